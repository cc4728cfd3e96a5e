//! The pairs that were settled, in the order of the matches.

use std::{cmp::Ordering, fs::File, io, slice};

use reconcile_engine::{Book, RowIndex, SettledPair};

use super::{
    bins::{Bins, Chunk},
    row,
};
use crate::FileError;

/// The pairs that were settled, on disk: those of each part in their order.
#[derive(Debug)]
pub struct Pairs {
    file: File,
    parts: Vec<Vec<Chunk>>,
}

/// A place among the pairs of all parts, in the order of the matches: the parts
/// are merged as they are read.
#[derive(Debug)]
pub struct PairsCursor<'p> {
    /// Those that have a pair left; the one with the first of all stands last.
    parts: Vec<PartCursor<'p>>,
}

/// A place among the pairs of a part.
#[derive(Debug)]
struct PartCursor<'p> {
    file: &'p File,
    chunks: slice::Iter<'p, Chunk>,
    bytes: Vec<u8>,
    /// The pairs of the current chunk: each book has one row of each.
    ledger: Book,
    records: Book,
    /// Those that are left of them.
    rows: Vec<(RowIndex, RowIndex)>,
}

impl Pairs {
    pub(super) fn new(bins: Bins) -> Result<Self, FileError> {
        let (file, parts) = bins.finish()?;
        Ok(Self { file, parts })
    }

    /// Goes to the first pair.
    pub fn first(&self) -> io::Result<PairsCursor<'_>> {
        let mut cursor = PairsCursor { parts: Vec::new() };
        for chunks in &self.parts {
            let mut part = PartCursor {
                file: &self.file,
                chunks: chunks.iter(),
                bytes: Vec::new(),
                ledger: Book::new(),
                records: Book::new(),
                rows: Vec::new(),
            };
            part.fill()?;
            cursor.insert(part);
        }
        Ok(cursor)
    }
}

impl PairsCursor<'_> {
    /// The pair at this place; `None` behind the last one.
    #[must_use]
    pub fn pair(&self) -> Option<SettledPair<'_>> {
        self.parts.last()?.pair()
    }

    /// Goes to the next pair.
    pub fn advance(&mut self) -> io::Result<()> {
        if let Some(mut part) = self.parts.pop() {
            part.rows.pop();
            part.fill()?;
            self.insert(part);
        }
        Ok(())
    }
}

impl<'p> PairsCursor<'p> {
    /// Puts a part where its pair belongs, if it has one left.
    fn insert(&mut self, part: PartCursor<'p>) {
        if let Some(pair) = part.pair() {
            let after = |other: SettledPair<'_>| other.compare(&pair) == Ordering::Greater;
            let place = self
                .parts
                .partition_point(|other| other.pair().is_some_and(after));
            self.parts.insert(place, part);
        }
    }
}

impl PartCursor<'_> {
    fn pair(&self) -> Option<SettledPair<'_>> {
        let &(row, record) = self.rows.last()?;
        Some(SettledPair {
            ledger: (&self.ledger, row),
            record: (&self.records, record),
        })
    }

    /// Reads the next chunk where nothing is left of the current one.
    fn fill(&mut self) -> io::Result<()> {
        if !self.rows.is_empty() {
            return Ok(());
        }
        let Some(chunk) = self.chunks.next() else {
            return Ok(());
        };
        (self.ledger, self.records) = (Book::new(), Book::new());
        chunk.read(self.file, &mut self.bytes)?;
        let mut bytes = self.bytes.as_slice();
        while !bytes.is_empty() {
            bytes = row::read(bytes, &mut self.ledger)?;
            bytes = row::read(bytes, &mut self.records)?;
        }
        let pairs = self.ledger.indices().zip(self.records.indices());
        self.rows.extend(pairs);
        self.rows.reverse();
        Ok(())
    }
}
