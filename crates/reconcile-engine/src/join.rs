//! Bringing together the rows that share a reference.

use std::{cmp::Ordering, collections::BTreeMap, hash::BuildHasher, mem, num::NonZeroU32};

use foldhash::fast::RandomState;

use crate::{Book, RowIndex, Side};

/// What shares a reference on the two sides.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    /// One row on each side.
    pub(crate) couples: Couples,
    /// At least one row on each side, and several on one.
    pub(crate) crowds: Vec<Crowd>,
    /// Rows whose reference, if any, the other side does not know, in their order.
    pub(crate) alone: Crowd,
}

/// Rows of both sides: those of one key, or those that are open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowd {
    pub(crate) ledger: Vec<RowIndex>,
    pub(crate) records: Vec<RowIndex>,
}

impl Crowd {
    pub(crate) fn of_mut(&mut self, side: Side) -> &mut Vec<RowIndex> {
        match side {
            Side::Ledger => &mut self.ledger,
            Side::Records => &mut self.records,
        }
    }

    /// Takes rows off.
    pub(crate) fn remove(&mut self, mut taken: Self) {
        let take = |open: &mut Vec<RowIndex>, taken: &mut Vec<RowIndex>| {
            taken.sort_unstable();
            open.retain(|row| taken.binary_search(row).is_err());
        };
        take(&mut self.ledger, &mut taken.ledger);
        take(&mut self.records, &mut taken.records);
    }
}

/// Pairs of a row of the ledger and a record.
#[derive(Debug, Default)]
pub(crate) struct Couples(
    /// Of each row of the ledger the record, where there is one.
    Vec<Option<RowIndex>>,
);

impl Couples {
    fn tie(&mut self, row: RowIndex, record: RowIndex) {
        if let Some(partner) = self.0.get_mut(row.position()) {
            *partner = Some(record);
        }
    }

    /// Every pair, in the order of the ledger's rows.
    pub(crate) fn iter(&self, ledger: &Book) -> impl Iterator<Item = (RowIndex, RowIndex)> {
        let rows = ledger.indices().zip(&self.0);
        rows.filter_map(|(row, record)| Some((row, (*record)?)))
    }
}

/// Joins two books on the reference: the rows of both are brought into the order of
/// its hash, in which those that share it meet. The texts themselves are compared in
/// the order in which they lie, so that nothing waits for far memory.
pub(crate) fn by_reference(ledger: &Book, records: &Book) -> Joined {
    // No outcome depends on the hash, and a seed of its own for every process
    // leaves nothing to who would forge collisions.
    let state = RandomState::default();
    by_hash(ledger, records, |reference| {
        // The upper half of a word fits half a word.
        u32::try_from(state.hash_one(reference) >> u32::BITS).unwrap_or_default()
    })
}

/// The same with any hash.
pub(crate) fn by_hash(ledger: &Book, records: &Book, hash_of: impl Fn(&[u8]) -> u32) -> Joined {
    let mut joined = Joined::default();
    let mut booked = Heaps::of(ledger, &hash_of, &mut joined.alone.ledger);
    let mut listed = Heaps::of(records, &hash_of, &mut joined.alone.records);
    joined.couples = Couples(vec![None; ledger.len()]);
    for (rows, others) in booked.sorted().zip(listed.sorted()) {
        joined.meet_in_order(ledger, records, rows, others);
    }
    joined.hold_texts(ledger, records);
    joined.alone.ledger.sort_unstable();
    joined.alone.records.sort_unstable();
    joined
}

impl Joined {
    /// Takes rows in the order of their hashes.
    fn meet_in_order(&mut self, ledger: &Book, records: &Book, rows: &[Hashed], others: &[Hashed]) {
        let alike = |one: &Hashed, next: &Hashed| one.hash() == next.hash();
        let mut rows = rows.chunk_by(alike).peekable();
        let mut others = others.chunk_by(alike).peekable();
        loop {
            let order = match (rows.peek(), others.peek()) {
                (Some(rows), Some(others)) => Hashed::compare(rows, others),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return,
            };
            let rows = rows.next_if(|_| order.is_le()).unwrap_or_default();
            let others = others.next_if(|_| order.is_ge()).unwrap_or_default();
            self.meet(ledger, records, rows, others);
        }
    }

    /// Takes the rows of one hash: nearly always one of each side.
    fn meet(&mut self, ledger: &Book, records: &Book, rows: &[Hashed], others: &[Hashed]) {
        match (rows, others) {
            (&[row], &[other]) => self.couples.tie(row.row(), other.row()),
            (rows, []) => self.alone.ledger.extend(rows.iter().map(|row| row.row())),
            ([], others) => self
                .alone
                .records
                .extend(others.iter().map(|row| row.row())),
            _ => {
                let mut crowds: BTreeMap<Option<&str>, Crowd> = BTreeMap::new();
                for row in rows.iter().map(|row| row.row()) {
                    let crowd = crowds.entry(ledger.reference(row)).or_default();
                    crowd.ledger.push(row);
                }
                for row in others.iter().map(|row| row.row()) {
                    let crowd = crowds.entry(records.reference(row)).or_default();
                    crowd.records.push(row);
                }
                for crowd in crowds.into_values() {
                    self.file(crowd);
                }
            }
        }
    }

    /// Files the rows of one reference.
    fn file(&mut self, crowd: Crowd) {
        match (&*crowd.ledger, &*crowd.records) {
            (&[row], &[record]) => self.couples.tie(row, record),
            ([], _) | (_, []) => {
                self.alone.ledger.extend(crowd.ledger);
                self.alone.records.extend(crowd.records);
            }
            _ => self.crowds.push(crowd),
        }
    }

    /// Parts the couples that share a hash only.
    fn hold_texts(&mut self, ledger: &Book, records: &Book) {
        for (row, partner) in ledger.indices().zip(&mut self.couples.0) {
            let reference = ledger.reference_bytes(row);
            if let Some(record) = partner.take_if(|it| records.reference_bytes(*it) != reference) {
                self.alone.ledger.push(row);
                self.alone.records.push(record);
            }
        }
    }
}

/// A row with a reference: the hash of that, and behind it the position of the row, so
/// that rows are in the order of both.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Hashed(u64);

impl Hashed {
    fn new(hash: NonZeroU32, position: u32) -> Self {
        Self(u64::from(hash.get()) << u32::BITS | u64::from(position))
    }

    const fn hash(self) -> u64 {
        self.0 >> u32::BITS
    }

    fn row(self) -> RowIndex {
        // The lower half of a word fits half a word.
        RowIndex::at(u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or_default())
    }

    /// The order of two hashes, each that of some rows.
    fn compare(rows: &[Self], others: &[Self]) -> Ordering {
        let hash = |rows: &[Self]| rows.first().map(|row| row.hash());
        hash(rows).cmp(&hash(others))
    }
}

/// How many bits of a hash say which heap a row is on: so many that the tops of all
/// heaps stay near while rows are put on them, and all of a heap while it is sorted.
const BITS: u32 = 11;

/// The rows of a book that have a reference, in heaps by the highest bits of its hash.
struct Heaps {
    rows: Vec<Hashed>,
    /// How many rows are on each.
    heights: Vec<usize>,
}

impl Heaps {
    /// Those of a book; its other rows are alone.
    fn of(book: &Book, hash_of: impl Fn(&[u8]) -> u32, alone: &mut Vec<RowIndex>) -> Self {
        let heap = |hash: NonZeroU32| (hash.get() >> (u32::BITS - BITS)) as usize;
        let mut heights = vec![0; 1 << BITS];
        let mut hashes = Vec::with_capacity(book.len());
        for row in book.indices() {
            hashes.push(match book.reference_bytes(row) {
                [] => {
                    alone.push(row);
                    None
                }
                reference => {
                    // None and one share a heap, and the texts are compared.
                    let hash = NonZeroU32::new(hash_of(reference)).unwrap_or(NonZeroU32::MIN);
                    if let Some(height) = heights.get_mut(heap(hash)) {
                        *height += 1;
                    }
                    Some(hash)
                }
            });
        }
        let mut tops: Vec<usize> = heights
            .iter()
            .scan(0, |start, height| {
                Some(mem::replace(start, *start + height))
            })
            .collect();
        let mut rows = vec![Hashed::default(); book.len() - alone.len()];
        for (position, hash) in (0..).zip(hashes) {
            if let Some(hash) = hash
                && let Some(top) = tops.get_mut(heap(hash))
                && let Some(place) = rows.get_mut(*top)
            {
                *place = Hashed::new(hash, position);
                *top += 1;
            }
        }
        Self { rows, heights }
    }

    /// Every heap, its rows in the order of their hashes: the heaps follow each other in
    /// that order, too.
    fn sorted(&mut self) -> impl Iterator<Item = &[Hashed]> {
        let mut rest = self.rows.as_mut_slice();
        self.heights.iter().map(move |height| {
            let (heap, others) = mem::take(&mut rest).split_at_mut(*height);
            rest = others;
            heap.sort_unstable();
            &*heap
        })
    }
}
