//! What the rows without a counterpart make of each other, and of the
//! differences that no figure of their own rows explains.
//!
//! Rows of different references contradict each other, so that this is no
//! match: it tells a person where to look first.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
    fmt::Write,
};

use foldhash::fast::RandomState;
use jiff::{ToSpan, civil::Date};
use reconcile_core::{Currency, Kind};
use rust_decimal::Decimal;

use super::{Charges, equations, namesakes::Namesakes, operand, payouts::Days, shown};
use crate::{
    Book, Break, BreakCode, Excluded, Row, RowIndex, Side, sum::exact_difference, units::units,
};

/// How many days before and after its own the rows may lie that explain a break.
const DAYS: i64 = 3;

/// The most rows of a side within these days among which two or three are
/// sought: among more, nearly any amount is a sum of some.
const MOST_ROWS: usize = 40;

/// How many sums are looked at in a run.
const MOST_STEPS: usize = 20_000_000;

/// Amounts are added up in units of so many digits after the point.
const DIGITS: u32 = 6;

/// Adds to the explanations what the rows without a counterpart show, and those
/// that take no part: one under the same reference, else one of the next day with
/// the same amount, else one, two or three whose sum is what is missing, else one
/// that has its amount after the fees, else a whole day of them, as a payout is,
/// before the fees or after. The breaks and the
/// excluded rows are in their order; gives for how many breaks no sums were looked
/// at. `is_net` says whose amounts were compared after the fees.
pub(crate) fn relate(
    breaks: &mut [Break],
    excluded: &[Excluded],
    (ledger, records): (&Book, &Book),
    is_net: impl Fn(&Break) -> bool,
) -> usize {
    let lone = Sides {
        ledger: Leftovers::of(breaks, Side::Ledger, ledger),
        records: Leftovers::of(breaks, Side::Records, records),
    };
    let namesakes = Namesakes::of(breaks, excluded, (ledger, records));
    if lone.is_empty() && namesakes.is_empty() {
        return 0;
    }
    let (mut steps, mut given_up) = (MOST_STEPS, 0);
    for found in breaks {
        let told = match (found.ledger.as_slice(), found.records.as_slice()) {
            (&[row], &[]) if is_lone(found) => {
                let row = ledger.row(row);
                namesakes.of_row(Side::Ledger, &row).map_or_else(
                    || lone.records.explain_row(&row, records, &mut steps),
                    Search::Found,
                )
            }
            (&[], &[row]) if is_lone(found) => {
                let row = records.row(row);
                namesakes.of_row(Side::Records, &row).map_or_else(
                    || lone.ledger.explain_row(&row, ledger, &mut steps),
                    Search::Found,
                )
            }
            (&[row, ..], &[record, ..])
                if !is_net(found) && is_unexplained(found, ledger, records) =>
            {
                let (row, record) = (ledger.row(row), records.row(record));
                namesakes.of_difference(found, &row, &record).map_or_else(
                    || lone.explain_difference(found, &row, (ledger, records), &mut steps),
                    Search::Found,
                )
            }
            _ => continue,
        };
        match told {
            Search::Found(text) => {
                let mark = if is_lone(found) { "; " } else { ", " };
                found.explanation.push_str(mark);
                found.explanation.push_str(&text);
            }
            Search::Nothing => {}
            Search::GaveUp => given_up += 1,
        }
    }
    given_up
}

/// Whether a break is of amounts that differ, and no figure of its own rows says
/// why.
fn is_unexplained(found: &Break, ledger: &Book, records: &Book) -> bool {
    let charges =
        |book: &Book, rows: &[RowIndex]| Charges::of(rows.iter().map(|row| book.row(*row)));
    match (
        found.code,
        found.ledger.as_slice(),
        found.records.as_slice(),
    ) {
        (BreakCode::AmountMismatch, &[row], &[record]) => {
            equations::first(&ledger.row(row), &records.row(record), false).is_none()
        }
        (BreakCode::SplitIncomplete | BreakCode::OverAllocated, booked, listed) => {
            let gap = found.difference.zip(found.currency);
            gap.is_some_and(|(gap, currency)| {
                let (booked, listed) = (charges(ledger, booked), charges(records, listed));
                equations::charged(gap.abs(), currency, booked, listed).is_none()
            })
        }
        _ => false,
    }
}

/// Whether a break is a row that moved money and has no counterpart.
pub(super) fn is_lone(found: &Break) -> bool {
    use BreakCode::{MissingAtProvider, MissingInLedger, Timing, Unproven};
    let alone = found.ledger.len() + found.records.len() == 1;
    let codes = [MissingAtProvider, MissingInLedger, Timing, Unproven];
    alone && found.difference.is_some() && codes.contains(&found.code)
}

enum Search {
    Found(String),
    Nothing,
    /// There were too many rows, or sums, to look at all.
    GaveUp,
}

struct Sides {
    ledger: Leftovers,
    records: Leftovers,
}

impl Sides {
    fn is_empty(&self) -> bool {
        self.ledger.by_amount.is_empty() && self.records.by_amount.is_empty()
    }

    /// Rows whose sum would close the difference of a pair: records that belong
    /// to the ledger's row, else rows of the ledger that belong to the record.
    fn explain_difference(
        &self,
        found: &Break,
        row: &Row<'_>,
        (ledger, records): (&Book, &Book),
        steps: &mut usize,
    ) -> Search {
        let Some(difference) = found.difference else {
            return Search::Nothing;
        };
        let target = (row.currency, row.date, difference);
        match self.records.sum(target, records, steps) {
            Search::Nothing => {
                let target = (row.currency, row.date, -difference);
                self.ledger.sum(target, ledger, steps)
            }
            told => told,
        }
    }
}

/// Rows by what each comes to.
type ByAmount = HashMap<(Currency, i128), Vec<Leftover>, RandomState>;

/// The rows of a side that have no counterpart.
struct Leftovers {
    side: Side,
    /// By day and content.
    by_amount: ByAmount,
    /// The same by what is left after the fees, of rows that state some.
    by_net: ByAmount,
    /// By day and content.
    by_currency: BTreeMap<Currency, Vec<Leftover>>,
    days: Days,
}

#[derive(Clone, Copy)]
struct Leftover {
    date: Date,
    units: i128,
    kind: Option<Kind>,
    row: RowIndex,
}

impl Leftovers {
    fn of(breaks: &[Break], side: Side, book: &Book) -> Self {
        let mut all: Vec<(Currency, Leftover)> = Vec::new();
        for found in breaks.iter().filter(|found| is_lone(found)) {
            let rows = match side {
                Side::Ledger => &found.ledger,
                Side::Records => &found.records,
            };
            all.extend(rows.iter().filter_map(|&row| {
                let facts = book.facts(row);
                let leftover = Leftover {
                    date: facts.date,
                    units: units(facts.signed(), DIGITS).filter(|units| *units != 0)?,
                    kind: facts.kind,
                    row,
                };
                Some((facts.currency, leftover))
            }));
        }
        all.sort_unstable_by(|(_, a), (_, b)| {
            let by_day = a.date.cmp(&b.date);
            by_day.then_with(|| book.compare(a.row, b.row))
        });
        let mut leftovers = Self {
            side,
            by_amount: ByAmount::default(),
            by_net: ByAmount::default(),
            by_currency: BTreeMap::new(),
            days: Days::of(book, all.iter().map(|(_, leftover)| leftover.row)),
        };
        for (currency, leftover) in all {
            let alike = leftovers.by_amount.entry((currency, leftover.units));
            alike.or_default().push(leftover);
            let net = after_fees(&book.row(leftover.row));
            if let Some(net) = net.and_then(|net| units(net, DIGITS)) {
                let alike = leftovers.by_net.entry((currency, net));
                alike.or_default().push(leftover);
            }
            let others = leftovers.by_currency.entry(currency);
            others.or_default().push(leftover);
        }
        leftovers
    }

    /// What a row of the other side, which has no counterpart either, may be.
    fn explain_row(&self, row: &Row<'_>, book: &Book, steps: &mut usize) -> Search {
        if let Some(text) = self.cut_off(row, book) {
            return Search::Found(text);
        }
        match self.sum((row.currency, row.date, row.signed()), book, steps) {
            Search::Found(text) => Search::Found(text),
            told => {
                let day = || self.days.explain(row, DAYS, &format!("{}s", self.one()));
                let text = self.after_fees(row, book).or_else(day);
                text.map_or(told, Search::Found)
            }
        }
    }

    /// A row of which the fees leave the amount of the other side's, or that has
    /// what they leave of that.
    fn after_fees(&self, row: &Row<'_>, book: &Book) -> Option<String> {
        let near = |rows: &ByAmount, amount| {
            let alike = rows.get(&(row.currency, units(amount, DIGITS)?))?;
            let alike = within(alike, row.date, DAYS);
            Some((book.row(alike.first()?.row), alike.len()))
        };
        let kind = self.one();
        let (text, ways) = if let Some((other, ways)) = near(&self.by_net, row.signed()) {
            let (id, figures) = (other.id, equation(&other, row.signed()));
            (
                format!("the unmatched {kind} {id} after its fees, {figures}"),
                ways,
            )
        } else {
            let net = after_fees(row)?;
            let (other, ways) = near(&self.by_amount, net)?;
            let (id, figures) = (other.id, equation(row, net));
            (
                format!("after its fees, {figures}, the unmatched {kind} {id}"),
                ways,
            )
        };
        Some(match ways {
            1 => format!("{text}, and no other one"),
            _ => format!("{text}, one of {ways} that would do"),
        })
    }

    /// The only row of the same amount on the day before or after.
    fn cut_off(&self, row: &Row<'_>, book: &Book) -> Option<String> {
        let alike = self
            .by_amount
            .get(&(row.currency, units(row.signed(), DIGITS)?))?;
        let kinds_agree = |other: &&Leftover| {
            let kinds = row.kind.zip(other.kind);
            kinds.is_none_or(|(one, other)| one == other)
        };
        let mut near = within(alike, row.date, 1).iter().filter(kinds_agree);
        let (only, None) = (near.next()?, near.next()) else {
            return None;
        };
        let day = match only.date.cmp(&row.date) {
            Ordering::Greater => "next day",
            Ordering::Less => "day before",
            Ordering::Equal => return None,
        };
        let id = book.id(only.row);
        let date = only.date;
        Some(format!(
            "{id} of the {day}, {date}, has the same amount: a cut-off between them"
        ))
    }

    /// The fewest rows, no more than three, whose sum is the target, and how
    /// many other choices of as many rows have it, too.
    fn sum(
        &self,
        (currency, date, target): (Currency, Date, Decimal),
        book: &Book,
        steps: &mut usize,
    ) -> Search {
        let Some(units) = units(target, DIGITS).filter(|units| *units != 0) else {
            return Search::Nothing;
        };
        let alike = self.by_amount.get(&(currency, units));
        let alike = alike.map_or(&[][..], |alike| within(alike, date, DAYS));
        if let Some(first) = alike.first() {
            return Search::Found(self.told(&[*first], alike.len(), book));
        }
        let all = self.by_currency.get(&currency);
        let rows = all.map_or(&[][..], |all| within(all, date, DAYS));
        let cost = rows.len().pow(3) / 6;
        if rows.len() > MOST_ROWS || cost > *steps {
            return Search::GaveUp;
        }
        *steps -= cost;
        for sums in [pairs(rows, units), triples(rows, units)] {
            if let Some(first) = sums.first() {
                return Search::Found(self.told(first, sums.len(), book));
            }
        }
        Search::Nothing
    }

    /// What a row of the side is called.
    const fn one(&self) -> &'static str {
        match self.side {
            Side::Ledger => "booking",
            Side::Records => "record",
        }
    }

    fn told(&self, rows: &[Leftover], ways: usize, book: &Book) -> String {
        let shown: Vec<String> = rows
            .iter()
            .map(|leftover| {
                let row = book.row(leftover.row);
                let (id, amount) = (row.id, shown(row.signed(), row.currency));
                format!("{id} {amount}")
            })
            .collect();
        let kind = self.one();
        let (what, choice) = match rows.len() {
            1 => (format!("the amount of the unmatched {kind}"), "one"),
            2 => (format!("the sum of the unmatched {kind}s"), "two"),
            _ => (format!("the sum of the unmatched {kind}s"), "three"),
        };
        let sum = shown.join(" + ");
        match ways {
            1 => format!("{what} {sum}, and of no other {choice}"),
            _ => format!("{what} {sum}, one of {ways} choices of {choice}"),
        }
    }
}

/// What the fee and the tax leave of a row that states some.
fn after_fees(row: &Row<'_>) -> Option<Decimal> {
    let (fee, tax) = (row.fee.unwrap_or_default(), row.tax.unwrap_or_default());
    if fee.is_zero() && tax.is_zero() {
        return None;
    }
    exact_difference(exact_difference(row.signed(), fee)?, tax)
}

/// The same in figures.
fn equation(row: &Row<'_>, net: Decimal) -> String {
    let mut text = shown(row.signed(), row.currency).to_string();
    for (name, charge) in [("fee", row.fee), ("tax", row.tax)] {
        if let Some(charge) = charge.filter(|charge| !charge.is_zero()) {
            // Writing to a string never fails.
            let _ = write!(text, " − {name} {}", operand(charge, row.currency));
        }
    }
    let _ = write!(text, " = {}", shown(net, row.currency));
    text
}

/// The rows, which are in the order of their days, of so many days around one.
fn within(rows: &[Leftover], date: Date, days: i64) -> &[Leftover] {
    let from = date.saturating_sub(days.days());
    let to = date.saturating_add(days.days());
    let start = rows.partition_point(|row| row.date < from);
    let end = rows.partition_point(|row| row.date <= to);
    rows.get(start..end).unwrap_or_default()
}

fn pairs(rows: &[Leftover], target: i128) -> Vec<Vec<Leftover>> {
    let mut found = Vec::new();
    for (place, first) in rows.iter().enumerate() {
        for second in rows.iter().skip(place + 1) {
            if first.units + second.units == target {
                found.push(vec![*first, *second]);
            }
        }
    }
    found
}

fn triples(rows: &[Leftover], target: i128) -> Vec<Vec<Leftover>> {
    let mut found = Vec::new();
    for (place, first) in rows.iter().enumerate() {
        let later = rows.get(place + 1..).unwrap_or_default();
        for pair in pairs(later, target - first.units) {
            found.push([&[*first], pair.as_slice()].concat());
        }
    }
    found
}
