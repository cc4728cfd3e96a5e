//! The pairs that were settled apart, as the report reads them.

use std::{cmp::Ordering, io};

use reconcile_engine::{Book, RowIndex, SettledPair};
use reconcile_files::{Pairs, PairsCursor};
use reconcile_report::{PairCursor, SettledPairs};

/// Those in memory, in the books of all rows.
#[derive(Debug)]
pub(super) struct PairsInMemory {
    pub(super) ledger: Book,
    pub(super) records: Book,
    pub(super) pairs: Vec<(RowIndex, RowIndex)>,
}

impl PairsInMemory {
    fn pair(&self, (row, record): (RowIndex, RowIndex)) -> SettledPair<'_> {
        SettledPair {
            ledger: (&self.ledger, row),
            record: (&self.records, record),
        }
    }
}

impl SettledPairs for PairsInMemory {
    fn first(&self) -> io::Result<Box<dyn PairCursor + '_>> {
        Ok(Box::new(Place { of: self, next: 0 }))
    }
}

struct Place<'p> {
    of: &'p PairsInMemory,
    next: usize,
}

impl PairCursor for Place<'_> {
    fn pair(&self) -> Option<SettledPair<'_>> {
        Some(self.of.pair(*self.of.pairs.get(self.next)?))
    }

    fn before(&self, other: &SettledPair<'_>) -> usize {
        let rest = self.of.pairs.get(self.next..).unwrap_or_default();
        let goes_before =
            |pair: &(RowIndex, RowIndex)| self.of.pair(*pair).compare(other) != Ordering::Greater;
        // Twice as far each time, so that few pairs are looked at, and near ones.
        let mut step = 1;
        while rest.get(step).is_some_and(goes_before) {
            step *= 2;
        }
        let near = rest.get(..step).unwrap_or(rest);
        near.partition_point(goes_before)
    }

    fn advance(&mut self) -> io::Result<()> {
        self.next += 1;
        Ok(())
    }
}

/// Those on disk.
#[derive(Debug)]
pub(super) struct PairsOnDisk(pub(super) Pairs);

impl SettledPairs for PairsOnDisk {
    fn first(&self) -> io::Result<Box<dyn PairCursor + '_>> {
        Ok(Box::new(Cursor(self.0.first()?)))
    }
}

struct Cursor<'p>(PairsCursor<'p>);

impl PairCursor for Cursor<'_> {
    fn pair(&self) -> Option<SettledPair<'_>> {
        self.0.pair()
    }

    fn advance(&mut self) -> io::Result<()> {
        self.0.advance()
    }
}
