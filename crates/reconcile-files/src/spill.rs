//! Matching more rows than memory holds: they wait on disk until the pairs among
//! them are settled, a part of all rows at a time.

mod bins;
mod pairs;
mod row;

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use reconcile_engine::{Book, EngineError, Parting, RowIndex, Rules, Settled, Side};

use self::bins::Bins;
pub use self::pairs::{Pairs, PairsCursor};
use crate::{FileError, Invalid, Ledger, Mapping, mapping, read};

/// Where rows wait, and how much memory their match may take.
///
/// They wait in temporary files without a name, which only this process sees and
/// which are gone with it, however it ends. They are as readable to the owner of
/// the disk as the files that they were read from.
#[derive(Debug)]
pub struct Spill {
    folder: PathBuf,
    parting: Parting,
    /// How many bytes the process may take.
    allowed: usize,
    /// How many rows are left to be looked at together, and how many bytes they
    /// will have taken in the end.
    left: AtomicUsize,
    needed: AtomicUsize,
}

/// A side that waits: the rows that are left so far are in a book.
#[derive(Debug)]
pub struct Spilled {
    side: Side,
    /// Counts every row and holds none.
    all: Book,
    left: Book,
    parts: Bins,
}

/// Into how many parts the rows go. A part of both sides is in memory at once.
const PARTS: NonZeroU32 = NonZeroU32::MIN.saturating_add(127);

/// What the process takes in bytes beside rows: itself, and what it reads and
/// writes at once.
const PROCESS: usize = 48 << 20;

/// What a row that is left takes in bytes in the end, beside its texts: it may
/// become a break, with its explanation, in the order of all of them.
const ROW: usize = 900;

/// What a row of a part takes in memory for a byte on disk, the indices to look
/// others up included.
const UNPACKED: usize = 2;

impl Spill {
    /// Prepares to match by these rules, within so many bytes of memory, with
    /// rows that wait in this folder.
    #[must_use]
    pub fn new(folder: &Path, rules: &Rules, memory: usize) -> Self {
        Self {
            folder: folder.into(),
            parting: Parting::by(rules, PARTS),
            allowed: memory,
            left: AtomicUsize::new(0),
            needed: AtomicUsize::new(PROCESS),
        }
    }

    /// Reads the merchant's ledger, as [`read_ledger`](crate::read_ledger) does,
    /// but for its rows: they wait, and its book is empty.
    pub fn read_ledger(
        &self,
        path: &Path,
        mapping: &Mapping,
        invalid: Invalid,
    ) -> Result<(Ledger, Spilled), FileError> {
        let mut spilled = Spilled::new(self, Side::Ledger)?;
        let mut take = |rows: &Book| spilled.take(self, rows);
        let side = mapping::Side::Ledger;
        let ledger = read::read(path, side, mapping, invalid, Some(&mut take))?;
        Ok((ledger, spilled))
    }

    /// Reads a file of records, as [`read_records`](crate::read_records) does.
    pub fn read_records(&self, path: &Path, mapping: &Mapping) -> Result<Spilled, FileError> {
        let mut spilled = self.records()?;
        let mut take = |rows: &Book| spilled.take(self, rows);
        let side = mapping::Side::Records;
        read::read(path, side, mapping, Invalid::Stop, Some(&mut take))?;
        Ok(spilled)
    }

    /// A side of records that [takes](Spilled::take) them as they come.
    pub fn records(&self) -> Result<Spilled, FileError> {
        Spilled::new(self, Side::Records)
    }

    /// An error when so many bytes take too much beside what is left so far:
    /// what is kept of so many rows for another purpose.
    pub fn afford(&self, rows: usize, bytes: usize) -> Result<(), FileError> {
        let needed = self.needed.load(Ordering::Relaxed) + bytes;
        if needed <= self.allowed {
            return Ok(());
        }
        Err(FileError::Memory {
            left: rows,
            rows,
            needed,
            allowed: self.allowed,
        })
    }

    /// Keeps a row that is left in the book, as long as there is memory for all
    /// of them. All are counted, so that the error can say how many there are.
    fn keep(&self, from: &Book, row: RowIndex, left: &mut Book) -> Result<(), FileError> {
        let what = from.row(row);
        let texts = [Some(what.id), what.reference, what.description];
        let texts: usize = texts.into_iter().flatten().map(str::len).sum();
        let takes = ROW + 2 * texts;
        self.left.fetch_add(1, Ordering::Relaxed);
        if self.needed.fetch_add(takes, Ordering::Relaxed) + takes <= self.allowed {
            let pushed = left.push_with(what, from.attributes(row));
            return pushed.map_err(|source| self.full(source));
        }
        *left = Book::new();
        Ok(())
    }

    fn full(&self, source: EngineError) -> FileError {
        FileError::Book {
            path: self.folder.clone(),
            source,
        }
    }

    /// An error when the rows that are left, and these in memory meanwhile, take
    /// too much.
    fn check(&self, rows: usize, meanwhile: usize) -> Result<(), FileError> {
        let needed = self.needed.load(Ordering::Relaxed);
        let most = needed.max(PROCESS + meanwhile);
        if most <= self.allowed {
            return Ok(());
        }
        Err(FileError::Memory {
            left: self.left.load(Ordering::Relaxed),
            rows,
            needed: most,
            allowed: self.allowed,
        })
    }
}

impl Spilled {
    fn new(spill: &Spill, side: Side) -> Result<Self, FileError> {
        Ok(Self {
            side,
            all: Book::new(),
            left: Book::new(),
            parts: Bins::new(&spill.folder, spill.parting.parts())?,
        })
    }

    /// An empty book that counts every row of the side: it knows their kinds and
    /// their last day.
    #[must_use]
    pub const fn all(&self) -> &Book {
        &self.all
    }

    /// Takes rows as they are read; `spill` is what the side is of.
    pub fn take(&mut self, spill: &Spill, rows: &Book) -> Result<(), FileError> {
        let counted = self.all.count(rows, rows.indices());
        counted.map_err(|source| spill.full(source))?;
        for row in rows.indices() {
            match spill.parting.part(rows, self.side, row) {
                Some(part) => self.parts.push(part, |bin| row::write(rows, row, bin))?,
                None => spill.keep(rows, row, &mut self.left)?,
            }
        }
        Ok(())
    }

    /// The rows of a part, from the disk.
    fn part(&mut self, part: u32) -> Result<Book, FileError> {
        let mut book = Book::new();
        self.parts.read(part, |mut bytes| {
            while !bytes.is_empty() {
                bytes = row::read(bytes, &mut book)?;
            }
            Ok(())
        })?;
        Ok(book)
    }
}

/// Settles the pairs of both sides, a part at a time.
///
/// Gives what [`reconcile_rest`](reconcile_engine::reconcile_rest) asks for (the
/// books of what is left, and what was settled), and the pairs, which are on disk.
/// An error when what is left does not fit the memory allowed: nothing less than
/// all of it would be matched as all rows together are. `watch` is told after each
/// part how many rows were looked at.
pub fn settle(
    spill: &Spill,
    mut ledger: Spilled,
    mut records: Spilled,
    rules: &Rules,
    watch: impl Fn(usize),
) -> Result<(Book, Book, Settled, Pairs), FileError> {
    let rows = ledger.all.counted() + records.all.counted();
    let mut settled = Settled::default();
    let mut looked = ledger.left.len() + records.left.len();
    let mut pairs = Bins::new(&spill.folder, spill.parting.parts())?;
    for part in 0..spill.parting.parts() {
        let held = ledger.left.bytes() + records.left.bytes();
        let on_disk = ledger.parts.bytes(part) + records.parts.bytes(part);
        spill.check(rows, held + UNPACKED * on_disk)?;
        let (booked, listed) = (ledger.part(part)?, records.part(part)?);
        let found = settled.settle(&booked, &listed, rules);
        for &(row, record) in &found.pairs {
            pairs.push(part, |bin| {
                row::write(&booked, row, bin)?;
                row::write(&listed, record, bin)
            })?;
        }
        count(
            spill,
            &mut ledger.left,
            &booked,
            found.pairs.iter().map(|pair| pair.0),
        )?;
        count(
            spill,
            &mut records.left,
            &listed,
            found.pairs.iter().map(|pair| pair.1),
        )?;
        for row in found.ledger {
            spill.keep(&booked, row, &mut ledger.left)?;
        }
        for row in found.records {
            spill.keep(&listed, row, &mut records.left)?;
        }
        looked += booked.len() + listed.len();
        watch(looked);
    }
    spill.check(rows, 0)?;
    Ok((ledger.left, records.left, settled, Pairs::new(pairs)?))
}

fn count(
    spill: &Spill,
    left: &mut Book,
    rows: &Book,
    settled: impl Iterator<Item = RowIndex>,
) -> Result<(), FileError> {
    left.count(rows, settled)
        .map_err(|source| spill.full(source))
}
