//! What the records of each day come to, in every way that may count.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use jiff::{SignedDuration, civil::Date};
use reconcile_core::{
    Convention, Currency, DateField, DayBounds, Direction, Kind, Money, Signs, Sum,
};
use rust_decimal::Decimal;

use crate::listing::{Entry, Records};

/// Sums by day, status and direction, from one pass over the records: every
/// convention is a choice of these.
pub(super) struct Tally<'a> {
    clocks: Vec<Clock>,
    days: HashMap<Place<'a>, Vec<Line<'a>>, RandomState>,
    /// How long after its creation the last record of a status changed.
    changed_after: BTreeMap<&'a str, SignedDuration>,
}

/// What says on which day a record counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) date: DateField,
    pub(super) days: DayBounds,
}

/// A day of an account and currency, by one of the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place<'a> {
    pub(super) account: Option<&'a str>,
    pub(super) currency: Currency,
    pub(super) date: Date,
    pub(super) clock: usize,
}

/// The records of a day with one status and direction.
struct Line<'a> {
    status: &'a str,
    direction: Direction,
    /// Of the amounts, the settled amounts and the fees.
    totals: [Total; 3],
}

#[derive(Clone, Copy)]
struct Total {
    /// `None` where it has too many digits.
    sum: Option<Sum>,
    records: u64,
}

/// What the records of a day come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) sum: Decimal,
    pub(super) records: u64,
}

impl<'a> Tally<'a> {
    pub(super) fn of(records: &Records<'a>, kinds: &[Kind], conventions: &[Convention]) -> Self {
        let mut tally = Self {
            clocks: clocks(conventions),
            days: HashMap::default(),
            changed_after: BTreeMap::new(),
        };
        for (account, entries) in records.accounts() {
            for entry in entries.iter().filter(|entry| kinds.contains(&entry.kind)) {
                tally.add(account, entry);
            }
        }
        tally
    }

    fn add(&mut self, account: Option<&'a str>, entry: &'a Entry) {
        let status = entry.provider_status.as_ref();
        let after = entry.changed_at().duration_since(entry.created_at);
        let longest = self.changed_after.entry(status).or_default();
        *longest = after.max(*longest);
        for (clock, rule) in self.clocks.iter().enumerate() {
            let date = rule.day(entry);
            for (part, money) in (0..).zip(entry.parts()) {
                let Some(Money { amount, currency }) = money else {
                    continue;
                };
                let place = Place {
                    account,
                    currency,
                    date,
                    clock,
                };
                let lines = self.days.entry(place).or_default();
                add(lines, (status, entry.direction), part, amount);
            }
        }
    }

    /// The place of a convention's clock.
    pub(super) fn clock(&self, convention: &Convention) -> usize {
        let clocks = self.clocks.iter();
        let mut places = (0..).zip(clocks);
        let found = places.find(|(_, clock)| clock.is_of(convention));
        found.map_or(0, |(place, _)| place)
    }

    /// What the records of a day come to; `None` where it has too many digits.
    pub(super) fn counted(&self, place: Place<'a>, convention: &Convention) -> Option<Counted> {
        let lines = self.days.get(&place).map_or(&[][..], Vec::as_slice);
        let factors = convention.basis.factors();
        let (mut sum, mut records) = (Sum::ZERO, 0);
        let counts = |line: &&Line<'_>| convention.statuses.count(line.status);
        for line in lines.iter().filter(counts) {
            let mut most = 0;
            for (&factor, total) in factors.iter().zip(&line.totals) {
                let takes_off = (factor < 0) != is_taken_off(convention, line.direction);
                sum = match (factor, takes_off) {
                    (0, _) => continue,
                    (_, false) => sum.plus(total.sum?).ok()?,
                    (_, true) => sum.minus(total.sum?).ok()?,
                };
                most = total.records.max(most);
            }
            records += most;
        }
        Some(Counted {
            sum: sum.to_decimal()?,
            records,
        })
    }

    /// Whether any record is on a day, by any of the clocks.
    pub(super) fn lists(&self, place: Place<'a>) -> bool {
        let mut clocks = 0..self.clocks.len();
        clocks.any(|clock| self.days.contains_key(&Place { clock, ..place }))
    }

    /// How long after their creation records that count may have changed, by
    /// those at hand.
    pub(super) fn changed_after(&self, convention: &Convention) -> SignedDuration {
        let counts = |status: &&&str| convention.statuses.count(status);
        let counted = self
            .changed_after
            .iter()
            .filter(|(status, _)| counts(status));
        counted.map(|(_, after)| *after).max().unwrap_or_default()
    }

    /// The days on which records count by a convention, in order.
    pub(super) fn places(&self, convention: &Convention) -> Vec<(Place<'a>, Counted)> {
        let clock = self.clock(convention);
        let places = self.days.keys().filter(|place| place.clock == clock);
        let counted = places.filter_map(|place| {
            let counted = self.counted(*place, convention)?;
            (counted.records > 0).then_some((*place, counted))
        });
        let mut counted: Vec<_> = counted.collect();
        counted.sort_by_key(|(place, _)| *place);
        counted
    }
}

/// What of a record counts; `None` where that has too many digits.
pub(super) fn weight(
    entry: &Entry,
    convention: &Convention,
    currency: Currency,
) -> Option<Decimal> {
    let mut sum = Sum::ZERO;
    for (factor, money) in convention.basis.factors().into_iter().zip(entry.parts()) {
        let money = money.filter(|money| money.currency == currency);
        let amount = money.map_or(Decimal::ZERO, |money| money.amount);
        let takes_off = (factor < 0) != is_taken_off(convention, entry.direction);
        sum = match (factor, takes_off) {
            (0, _) => sum,
            (_, false) => sum.plus(amount).ok()?,
            (_, true) => sum.minus(amount).ok()?,
        };
    }
    sum.to_decimal()
}

fn is_taken_off(convention: &Convention, direction: Direction) -> bool {
    convention.signs == Signs::ByDirection && direction == Direction::Debit
}

/// The clocks of these conventions, each once.
fn clocks(conventions: &[Convention]) -> Vec<Clock> {
    let mut clocks: Vec<Clock> = Vec::new();
    for convention in conventions {
        if !clocks.iter().any(|clock| clock.is_of(convention)) {
            clocks.push(Clock::of(convention));
        }
    }
    clocks
}

impl Clock {
    pub(super) fn of(convention: &Convention) -> Self {
        Self {
            date: convention.date,
            days: convention.days.clone(),
        }
    }

    fn is_of(&self, convention: &Convention) -> bool {
        self.date == convention.date && self.days == convention.days
    }

    /// The day on which a record counts.
    pub(super) fn day(&self, entry: &Entry) -> Date {
        self.days.day(match self.date {
            DateField::Updated => entry.changed_at(),
            _ => entry.created_at,
        })
    }
}

/// Adds to the line of a status and direction, of which there are a handful.
fn add<'a>(
    lines: &mut Vec<Line<'a>>,
    (status, direction): (&'a str, Direction),
    part: usize,
    amount: Decimal,
) {
    let is_it = |line: &&mut Line<'_>| (line.status, line.direction) == (status, direction);
    if let Some(line) = lines.iter_mut().find(is_it) {
        return line.add(part, amount);
    }
    let mut line = Line {
        status,
        direction,
        totals: [Total::NOTHING; 3],
    };
    line.add(part, amount);
    lines.push(line);
}

impl Line<'_> {
    fn add(&mut self, part: usize, amount: Decimal) {
        if let Some(total) = self.totals.get_mut(part) {
            total.sum = total.sum.and_then(|sum| sum.plus(amount).ok());
            total.records += 1;
        }
    }
}

impl Total {
    const NOTHING: Self = Self {
        sum: Some(Sum::ZERO),
        records: 0,
    };
}
