//! The totals of a day, counted from the merchant's books.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use reconcile_core::{Bucket, Currency, Direction, Kind, Status, Sum};
use reconcile_engine::{Book, EngineError, Row};
use rust_decimal::Decimal;

use crate::{
    error::CommandError,
    registry::{DayTotal, PROVIDERS, Share},
};

/// The totals, and what is to be said of how they were counted.
pub(super) struct Counted {
    pub(super) buckets: BTreeMap<String, Bucket>,
    pub(super) notes: Vec<String>,
}

/// Counts the lines of a day, by their kind and status.
///
/// A line without a kind is a payment when it is a credit, else a refund; one
/// without a status succeeded. What gives back as much as a payment with its
/// reference is a refund of the whole.
pub(super) fn count(
    book: &Book,
    date: Date,
    currency: Currency,
    wanted: &[DayTotal],
) -> Result<Counted, CommandError> {
    let payments = Payments::of(book);
    let mut tallies: Vec<Tally> = wanted.iter().map(Tally::of).collect();
    let mut left_out = LeftOut::default();
    for row in book.iter().filter(|row| row.date == date) {
        left_out.of_day += 1;
        let kind = kind(&row);
        if row.currency != currency {
            left_out.foreign += 1;
            continue;
        }
        if row.direction != direction(kind) {
            left_out.contrary += 1;
            continue;
        }
        let paid = payments.of_reference(&row);
        let share = share(&row, paid);
        let mut counts = false;
        for tally in &mut tallies {
            counts |= tally.add(&row, kind, share)?;
        }
        left_out.uncounted += usize::from(!counts);
        let unpaid = counts && kind == Kind::Refund && paid.is_empty();
        left_out.unpaid += usize::from(unpaid);
    }
    let buckets = tallies.into_iter().map(|tally| tally.finish(currency));
    Ok(Counted {
        buckets: buckets.collect::<Result<_, CommandError>>()?,
        notes: left_out.notes(book.len(), date, currency),
    })
}

/// The conventions in words, for each provider that takes totals.
pub(super) fn conventions() -> String {
    let mut lines = vec![FIRST.to_owned()];
    for entry in PROVIDERS {
        let totals = entry.attest.as_ref().map_or(&[][..], |it| it.totals);
        lines.extend(totals.iter().map(|total| convention(entry.id, total)));
    }
    lines.push(FURTHER.to_owned());
    lines.join("\n")
}

fn convention(provider: &str, total: &DayTotal) -> String {
    let kinds = words(total.kinds.iter().map(|kind| kind.as_str()));
    let statuses = if total.statuses.len() == Status::ALL.len() {
        "whatever became of them".to_owned()
    } else {
        words(total.statuses.iter().map(|status| status.as_str()))
    };
    let share = match total.share {
        Share::Any => "",
        Share::Whole => ", of the whole payment",
        Share::Part => ", of a part of a payment",
    };
    let name = format!("{provider} {}", total.name);
    format!("  {name:<24}{kinds}: {statuses}{share}")
}

const FIRST: &str = "\
What --ledger counts, of the lines of the day (in the provider's zone) in the
account's currency:";

const FURTHER: &str = "\
A line without a kind is a payment when it is a credit, else a refund; one without
a status succeeded. A refund is of the whole when the ledger has a payment with
its reference and amount, or none with its reference at all, which is told. Books
that hold only what succeeded cannot count the rest: see --totals.

What --totals reads, as TOML, JSON or CSV by its extension, has each total once:
  TOML   total = { count = 12, amount = \"340.00\" }
  JSON   {\"total\": {\"count\": 12, \"amount\": \"340.00\"}, …}
  CSV    name,count,amount

Exit status: 0 equal, reconciled already, or sent and agreed; 1 different, or sent
and not agreed; 2 not open yet, or bad usage; 3 the provider failed.";

fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn kind(row: &Row<'_>) -> Kind {
    row.kind.unwrap_or(match row.direction {
        Direction::Debit => Kind::Refund,
        _ => Kind::Payment,
    })
}

/// Which way what is of this kind moves.
fn direction(kind: Kind) -> Direction {
    match kind {
        Kind::Refund | Kind::Reversal | Kind::Payout | Kind::Settlement => Direction::Debit,
        _ => Direction::Credit,
    }
}

/// One total as it grows.
struct Tally<'a> {
    total: &'a DayTotal,
    count: u64,
    amount: Sum,
}

impl<'a> Tally<'a> {
    const fn of(total: &'a DayTotal) -> Self {
        Self {
            total,
            count: 0,
            amount: Sum::ZERO,
        }
    }

    /// Adds the line, if the total counts it. Says whether it does.
    fn add(&mut self, row: &Row<'_>, kind: Kind, share: Share) -> Result<bool, CommandError> {
        let status = row.status.unwrap_or(Status::Succeeded);
        let DayTotal {
            kinds, statuses, ..
        } = self.total;
        let is_share = self.total.share == Share::Any || self.total.share == share;
        let counts = kinds.contains(&kind) && statuses.contains(&status) && is_share;
        if counts {
            self.count += 1;
            let sum = self.amount.plus(row.amount);
            self.amount = sum.map_err(|_| EngineError::Inexact(row.currency))?;
        }
        Ok(counts)
    }

    fn finish(self, currency: Currency) -> Result<(String, Bucket), CommandError> {
        let amount = self.amount.to_decimal();
        let bucket = Bucket {
            count: self.count,
            amount: amount.ok_or(EngineError::Inexact(currency))?,
        };
        Ok((self.total.name.to_owned(), bucket))
    }
}

/// The amounts that were paid, by reference.
struct Payments<'b>(HashMap<&'b str, Vec<Decimal>>);

impl<'b> Payments<'b> {
    fn of(book: &'b Book) -> Self {
        let mut paid: HashMap<&str, Vec<Decimal>> = HashMap::new();
        for row in book.iter().filter(|row| kind(row) == Kind::Payment) {
            if let Some(reference) = row.reference {
                paid.entry(reference).or_default().push(row.amount);
            }
        }
        Self(paid)
    }

    fn of_reference(&self, row: &Row<'_>) -> &[Decimal] {
        let paid = row.reference.and_then(|it| self.0.get(it));
        paid.map_or(&[], Vec::as_slice)
    }
}

/// How much of what was paid a line gives back. Where no payment is known, it
/// is taken to be all.
fn share(row: &Row<'_>, paid: &[Decimal]) -> Share {
    if paid.is_empty() || paid.contains(&row.amount) {
        Share::Whole
    } else {
        Share::Part
    }
}

/// What a reader should know of the lines of the day.
#[derive(Default)]
struct LeftOut {
    of_day: usize,
    foreign: usize,
    contrary: usize,
    uncounted: usize,
    unpaid: usize,
}

impl LeftOut {
    fn notes(&self, all: usize, date: Date, currency: Currency) -> Vec<String> {
        let mut notes = vec![format!(
            "{} of {all} ledger lines are of {date}",
            self.of_day
        )];
        let mut note = |number: usize, text: String| {
            if number > 0 {
                notes.push(format!("  {number} {text}"));
            }
        };
        note(
            self.foreign,
            format!("not counted: another currency than {currency}"),
        );
        note(
            self.contrary,
            "not counted: a payment that is a debit, or the like".to_owned(),
        );
        note(
            self.uncounted,
            "not counted: a kind or status that no total has".to_owned(),
        );
        note(
            self.unpaid,
            "counted as refunds of the whole: no payment in the ledger has their reference"
                .to_owned(),
        );
        notes
    }
}
