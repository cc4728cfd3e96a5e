//! What rules let a world look like, and which mistakes they let pass.

use std::{collections::BTreeSet, ops::ControlFlow};

use jiff::{ToSpan, civil::Date};
use reconcile_core::{Currency, Status};
use rust_decimal::Decimal;

use super::world::{Entry, Line};
use crate::{
    Basis, Column, DayWindow, EngineError, GroupBy, Pass, Rules, Side, Sides,
    book::Book,
    rules::{Standing, Way, to_minor},
};

/// How many days are looked at for the edge of a window.
const FAR: i64 = 120;

/// Rules, as a world is made for them.
#[derive(Debug)]
pub(super) struct Terms<'r> {
    pub(super) rules: &'r Rules,
    /// The first pass that brings together what shares a key.
    pub(super) leading: Option<&'r Pass>,
}

impl<'r> Terms<'r> {
    pub(super) fn of(rules: &'r Rules) -> Self {
        Self {
            rules,
            leading: rules.passes.iter().find(|pass| pass.way() == Way::Key),
        }
    }

    /// Whether the leading pass compares amounts after the fees.
    pub(super) fn is_net(&self) -> bool {
        self.rules.fees.tell_sides_apart() && self.leading.is_some_and(|pass| pass.net)
    }

    /// Whether a side states what is left after the fees.
    pub(super) fn states_net(&self, side: Side) -> bool {
        let basis = match side {
            Side::Ledger => self.rules.fees.ledger,
            Side::Records => self.rules.fees.records,
        };
        self.is_net() && basis == Basis::Net
    }

    /// The fee of a gross amount, and the tax on it: those of the schedule, else
    /// 2% and 18%.
    pub(super) fn charge(
        &self,
        gross: Decimal,
        currency: Currency,
        method: &str,
    ) -> (Decimal, Decimal) {
        let fees = &self.rules.fees;
        fees.charge(gross, currency, Some(method))
            .unwrap_or_else(|| {
                let part = |of: Decimal, percent| {
                    let part = of.checked_mul(Decimal::new(percent, 2));
                    to_minor(part.unwrap_or_default(), currency)
                };
                let fee = part(gross, 2);
                (fee, part(fee, 18))
            })
    }

    /// The passes that bring together what shares a key.
    fn keyed(&self) -> impl Iterator<Item = &'r Pass> {
        let passes = self.rules.passes.iter();
        passes.filter(|pass| pass.way() == Way::Key)
    }

    /// Whether a pass by a key matches a ledger amount that is so far off.
    pub(super) fn tolerates(&self, currency: Currency, ledger: Decimal, gap: Decimal) -> bool {
        self.keyed().any(|pass| {
            let tolerance = self.rules.tolerance_of(pass).of(currency);
            gap.is_zero() || tolerance.allows(ledger, gap)
        })
    }

    /// How many minor units a ledger amount may be off at most.
    pub(super) fn tolerated_units(&self, currency: Currency, ledger: Decimal) -> Decimal {
        let limits = self
            .keyed()
            .filter_map(|pass| self.rules.tolerance_of(pass).of(currency).limit(ledger));
        let units = limits
            .max()
            .and_then(|limit| limit.checked_div(unit(currency)));
        units.unwrap_or_default().floor()
    }

    /// What a status says about the money.
    pub(super) fn standing(&self, status: Status) -> Standing {
        self.rules.standing(Some(status))
    }

    /// The last day that a pass by a key lets a record have, after the ledger's or
    /// before it; `None` where there is no such day.
    pub(super) fn edge(&self, ledger: Date, after: bool) -> Option<Date> {
        let windows = self.keyed().map(|pass| pass.days);
        let windows: Vec<DayWindow> = windows.collect::<Option<_>>()?;
        let holds = |day| {
            let mut windows = windows.iter();
            windows.any(|window| window.holds(&self.rules.calendar, ledger, day))
        };
        let step = if after { 1.day() } else { -1.day() };
        let walk = (0..FAR).try_fold(ledger, |day, _| match day.checked_add(step) {
            Ok(next) if holds(next) => ControlFlow::Continue(next),
            _ => ControlFlow::Break(day),
        });
        walk.break_value()
    }

    /// Whether rows of one key are tied as a group with several on these sides.
    pub(super) fn groups(&self, sides: Sides) -> bool {
        let mut groups = self.keyed().filter_map(|pass| pass.group.as_ref());
        groups.any(|group| {
            group.by == GroupBy::Key
                && group.most > PARTS
                && [sides, Sides::ManyToMany].contains(&group.sides)
        })
    }

    /// Whether rows without a key find each other by amount, day and text.
    pub(super) fn searches(&self) -> bool {
        let mut passes = self.rules.passes.iter();
        passes.any(|pass| {
            let same_day =
                |days: DayWindow| days.holds(&self.rules.calendar, Date::ZERO, Date::ZERO);
            let by_text = |side| {
                let text = pass.text.as_ref();
                text.is_none_or(|text| *text.column(side) == Column::Description)
            };
            pass.way() == Way::Search
                && pass.days.is_none_or(same_day)
                && by_text(Side::Ledger)
                && by_text(Side::Records)
        })
    }

    /// Whether rows without a key are tied to the one that is their sum.
    pub(super) fn sums(&self) -> bool {
        let mut passes = self.rules.passes.iter();
        passes.any(|pass| {
            let group = pass.group.as_ref();
            pass.way() == Way::Sum && group.is_some_and(|group| group.sides == Sides::OneToMany)
        })
    }

    /// Whether a slip in a reference is looked for.
    pub(super) fn compares_references(&self) -> bool {
        let mut passes = self.rules.passes.iter();
        passes.any(|pass| {
            let mut equal = pass.equal.iter();
            pass.way() == Way::Key && equal.any(|one| one.ledger == Column::Reference)
        })
    }

    /// Whether the rules leave out a row of the entry.
    pub(super) fn excludes(&self, entry: &Entry) -> bool {
        let covered = |side, lines: &[Line]| {
            lines.iter().any(|line| {
                let row = line.row("");
                let mut rules = self.rules.exclusions.iter();
                rules.any(|rule| rule.side == side && rule.covers(&row))
            })
        };
        covered(Side::Ledger, &entry.ledger) || covered(Side::Records, &entry.records)
    }

    /// The rows of a side as a book, in the order of the entries. Whatever the
    /// rules take for a key holds the key.
    pub(super) fn book(&self, side: Side, entries: &[Entry]) -> Result<Book, EngineError> {
        let columns = |identifies: bool| -> BTreeSet<&Column> {
            let passes = self.rules.passes.iter();
            let passes = passes.filter(|pass| pass.identifies == identifies);
            let equal = passes.flat_map(|pass| &pass.equal);
            equal.map(|one| one.column(side)).collect()
        };
        let (keys, shared) = (columns(true), columns(false));
        let texts = self
            .rules
            .passes
            .iter()
            .filter_map(|pass| pass.text.as_ref());
        let texts: BTreeSet<&Column> = texts.map(|text| text.column(side)).collect();
        let attributes = self.rules.attributes(side);
        let mut book = Book::new();
        for line in entries.iter().flat_map(|entry| entry.of(side)) {
            let number = format!(
                "{}-{}",
                if side == Side::Ledger { 'L' } else { 'R' },
                book.len()
            );
            let id = line.key.as_ref().filter(|_| keys.contains(&Column::Id));
            let day = line.date.to_string();
            let attributes = attributes.iter().filter_map(|name| {
                let column = Column::Attribute((*name).into());
                let value = if keys.contains(&column) {
                    line.key.as_deref()
                } else if shared.contains(&column) {
                    Some(line.account)
                } else if texts.contains(&column) {
                    Some(line.text.as_str())
                } else {
                    // What is left is evidence of a group: the batch of a day.
                    Some(day.as_str())
                };
                Some((*name, value?))
            });
            book.push_with(line.row(id.unwrap_or(&number)), attributes)?;
        }
        Ok(book)
    }
}

/// How many parts a split payment has.
pub(super) const PARTS: usize = 3;

/// The minor unit of a currency, in major units.
pub(super) fn unit(currency: Currency) -> Decimal {
    Decimal::new(1, currency.exponent().unwrap_or(2))
}
