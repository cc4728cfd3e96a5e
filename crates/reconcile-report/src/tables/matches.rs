//! The one table that can have millions of rows.

use std::{borrow::Cow, io, iter::Peekable, slice};

use reconcile_core::{Currency, Money};
use reconcile_engine::{Book, MatchGroup, RowIndex, Rule, SettledPair};
use rust_decimal::Decimal;

use super::{Cell, Cells, Column, ColumnType, Lines, Rows, Table, column};
use crate::{PairCursor, Run, SettledPairs, overview::total};

/// Every match group, in the order of the outcome.
pub(crate) fn matches<'r>(run: &'r Run<'_>) -> Table<'r> {
    Table {
        name: "matches",
        columns: &MATCHES,
        rows: Box::new(MatchRows {
            run,
            position: 0,
            groups: run.outcome.matches.iter().peekable(),
            settled: run.settled.map(SettledPairs::first),
            apart: run.outcome.matches.apart(),
            before: 0,
        }),
    }
}

const MATCHES: [Column; 9] = [
    column("match_id", ColumnType::Text),
    column("rule", ColumnType::Text),
    column("ledger_ids", ColumnType::Text),
    column("record_ids", ColumnType::Text),
    column("ledger_amount", ColumnType::Amount),
    column("record_amount", ColumnType::Amount),
    column("difference", ColumnType::Amount),
    column("currency", ColumnType::Text),
    column("ambiguous", ColumnType::Boolean),
];

struct MatchRows<'r, 'b, I: Iterator> {
    run: &'r Run<'b>,
    /// How many rows there were.
    position: u64,
    groups: Peekable<I>,
    settled: Option<io::Result<Box<dyn PairCursor + 'r>>>,
    /// How many of those are still to come.
    apart: usize,
    /// How many of them are known to go before the next group in the books.
    before: usize,
}

impl<'r, I: Iterator<Item = MatchGroup<'r>>> Rows<'r> for MatchRows<'r, '_, I> {
    fn next_row(&mut self) -> io::Result<Option<Vec<Cell<'r>>>> {
        if self.next_is_apart() {
            let cells = self.next_apart(|line| {
                let mut cells = Vec::with_capacity(MATCHES.len());
                line.fill(&mut cells);
                // It goes with what it was read from.
                cells.into_iter().map(Cell::into_owned).collect()
            })?;
            return Ok(Some(cells));
        }
        Ok(self.next_in_books().map(|line| {
            let mut cells = Vec::with_capacity(MATCHES.len());
            line.fill(&mut cells);
            cells
        }))
    }

    fn write_next(&mut self, lines: &mut Lines) -> io::Result<bool> {
        if self.next_is_apart() {
            // Many follow each other, and nearly every line is one of them.
            while self.before > 0 && !lines.is_full() {
                self.next_apart(|line| line.fill(lines))?;
                lines.end();
            }
            return Ok(true);
        }
        let Some(line) = self.next_in_books() else {
            return Ok(false);
        };
        line.fill(lines);
        lines.end();
        Ok(true)
    }
}

impl<'r, I: Iterator<Item = MatchGroup<'r>>> MatchRows<'r, '_, I> {
    /// Whether a pair that was settled apart goes before the next group in the
    /// books. As long as one is to come, one that cannot be read does.
    fn next_is_apart(&mut self) -> bool {
        if self.apart > 0 && self.before == 0 {
            self.before = self.count_before().min(self.apart);
        }
        self.before > 0
    }

    fn count_before(&mut self) -> usize {
        let (run, all) = (self.run, self.apart);
        // Groups of several rows follow all pairs.
        let pairs = self.groups.peek().filter(|group| group.rule != Rule::Group);
        let rows = pairs.and_then(|group| group.ledger.first().zip(group.records.first()));
        let (Some(Ok(settled)), Some((&row, &record))) = (&self.settled, rows) else {
            return all;
        };
        if settled.pair().is_none() {
            return all;
        }
        settled.before(&SettledPair {
            ledger: (run.ledger, row),
            record: (run.records, record),
        })
    }

    /// The pair that comes next, while it is at hand.
    fn next_apart<T>(&mut self, take: impl FnOnce(Line<'_>) -> T) -> io::Result<T> {
        self.apart -= 1;
        self.before -= 1;
        self.position += 1;
        let missing = || io::Error::other("matches that were settled apart are missing");
        let settled = match self.settled.as_mut().ok_or_else(missing)? {
            Ok(settled) => settled,
            Err(error) => return Err(io::Error::new(error.kind(), error.to_string())),
        };
        let SettledPair { ledger, record } = settled.pair().ok_or_else(missing)?;
        // They agree to the last digit.
        let Money { amount, currency } = ledger.0.signed(ledger.1);
        let line = Line {
            position: self.position,
            rule: Cow::Borrowed(self.run.outcome.matches.first_pass()),
            ledger: (ledger.0, slice::from_ref(&ledger.1)),
            records: (record.0, slice::from_ref(&record.1)),
            amounts: [Some(amount); 2],
            currency: Some(currency),
            difference: Decimal::ZERO,
            ambiguous: false,
        };
        let taken = take(line);
        settled.advance()?;
        Ok(taken)
    }

    fn next_in_books(&mut self) -> Option<Line<'r>> {
        let group = self.groups.next()?;
        self.position += 1;
        let ledger = (self.run.ledger, group.ledger);
        let records = (self.run.records, group.records);
        let totals = [ledger, records].map(|(book, rows)| total(book, rows));
        let [booked, listed] = totals;
        Some(Line {
            position: self.position,
            rule: group.name(),
            ledger,
            records,
            amounts: totals.map(|total| total.map(|total| total.amount)),
            currency: booked.or(listed).map(|total| total.currency),
            difference: group.difference,
            ambiguous: group.ambiguous,
        })
    }
}

/// What a row of the table says.
struct Line<'c> {
    position: u64,
    rule: Cow<'c, str>,
    ledger: (&'c Book, &'c [RowIndex]),
    records: (&'c Book, &'c [RowIndex]),
    /// What the rows of each side come to.
    amounts: [Option<Decimal>; 2],
    currency: Option<Currency>,
    difference: Decimal,
    ambiguous: bool,
}

impl<'c> Line<'c> {
    /// Gives a cell for each of [`MATCHES`].
    fn fill(self, cells: &mut impl Cells<'c>) {
        // The order of the matches follows from their ids alone, so a number is
        // as stable as the input is.
        cells.number(b'M', self.position);
        cells.rule(self.rule);
        cells.ids(self.ledger.0, self.ledger.1);
        cells.ids(self.records.0, self.records.1);
        cells.amounts(self.amounts, self.currency);
        cells.verdict(self.difference, self.currency, self.ambiguous);
    }
}
