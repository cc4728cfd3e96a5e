//! The one table that can have millions of rows.

use std::{borrow::Cow, cmp::Ordering, io, iter::Peekable, slice};

use reconcile_engine::{Book, MatchGroup, RowIndex, Rule, SettledPair};
use rust_decimal::Decimal;

use super::{Cell, Column, ColumnType, Label, Rows, Table, amount, code, column, ids, text};
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
}

impl<'r, I: Iterator<Item = MatchGroup<'r>>> Rows<'r> for MatchRows<'r, '_, I> {
    fn next_row(&mut self, cells: &mut Vec<Cell<'r>>) -> io::Result<bool> {
        self.position += 1;
        if self.next_is_apart() {
            let row = self.next_apart()?;
            cells.extend(row);
            return Ok(true);
        }
        let Some(group) = self.groups.next() else {
            return Ok(false);
        };
        cells.extend(match_row(Line {
            position: self.position,
            rule: group.name(),
            ledger: (self.run.ledger, group.ledger),
            records: (self.run.records, group.records),
            difference: group.difference,
            ambiguous: group.ambiguous,
        }));
        Ok(true)
    }
}

impl<'r, I: Iterator<Item = MatchGroup<'r>>> MatchRows<'r, '_, I> {
    /// Whether a pair that was settled apart goes before the next group in the
    /// books. As long as one is to come, one that cannot be read does.
    fn next_is_apart(&mut self) -> bool {
        let (run, settled) = (self.run, &self.settled);
        let Some(group) = self.groups.peek().filter(|_| self.apart > 0) else {
            return self.apart > 0;
        };
        let (Some(Ok(settled)), Some((&row, &record))) =
            (settled, group.ledger.first().zip(group.records.first()))
        else {
            return true;
        };
        let in_books = SettledPair {
            ledger: (run.ledger, row),
            record: (run.records, record),
        };
        // Groups of several rows follow all pairs.
        let before = |pair: SettledPair<'_>| pair.compare(&in_books) != Ordering::Greater;
        group.rule == Rule::Group || settled.pair().is_none_or(before)
    }

    fn next_apart(&mut self) -> io::Result<[Cell<'r>; 9]> {
        self.apart -= 1;
        let missing = || io::Error::other("matches that were settled apart are missing");
        let settled = match self.settled.as_mut().ok_or_else(missing)? {
            Ok(settled) => settled,
            Err(error) => return Err(io::Error::new(error.kind(), error.to_string())),
        };
        let SettledPair { ledger, record } = settled.pair().ok_or_else(missing)?;
        let row = match_row(Line {
            position: self.position,
            rule: Cow::Borrowed(self.run.outcome.matches.first_pass()),
            ledger: (ledger.0, slice::from_ref(&ledger.1)),
            records: (record.0, slice::from_ref(&record.1)),
            difference: Decimal::ZERO,
            ambiguous: false,
        });
        let row = row.map(Cell::into_owned);
        settled.advance()?;
        Ok(row)
    }
}

/// What a row of the table says.
struct Line<'c> {
    position: u64,
    rule: Cow<'c, str>,
    ledger: (&'c Book, &'c [RowIndex]),
    records: (&'c Book, &'c [RowIndex]),
    difference: Decimal,
    ambiguous: bool,
}

fn match_row(line: Line<'_>) -> [Cell<'_>; 9] {
    let ledger = total(line.ledger.0, line.ledger.1);
    let records = total(line.records.0, line.records.1);
    let currency = ledger.or(records).map(|total| total.currency);
    [
        // The order of the matches follows from their ids alone, so a number is
        // as stable as the input is.
        Cell::Label(Label::numbered(b'M', line.position)),
        text(line.rule),
        ids(line.ledger.0, line.ledger.1),
        ids(line.records.0, line.records.1),
        amount(ledger.map(|total| total.amount), currency),
        amount(records.map(|total| total.amount), currency),
        amount(Some(line.difference), currency),
        code(currency),
        Cell::Boolean(line.ambiguous),
    ]
}
