//! Bringing together the rows that share a reference.

use std::{collections::BTreeMap, hash::BuildHasher, mem, num::NonZeroU32};

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
    let heaps = Heaps::enough_for(ledger.len().max(records.len()));
    let mut booked = Heaps::of(ledger, heaps, &hash_of, &mut joined.alone.ledger);
    let mut listed = Heaps::of(records, heaps, &hash_of, &mut joined.alone.records);
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
    fn meet_in_order(
        &mut self,
        ledger: &Book,
        records: &Book,
        mut rows: &[Hashed],
        mut others: &[Hashed],
    ) {
        while let (Some(row), Some(other)) = (rows.first(), others.first()) {
            let hash = row.hash().min(other.hash());
            self.meet(
                ledger,
                records,
                Hashed::take(&mut rows, hash),
                Hashed::take(&mut others, hash),
            );
        }
        self.meet(ledger, records, rows, &[]);
        self.meet(ledger, records, &[], others);
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

    /// It orders as it did before it was made a half of a word.
    fn hash(self) -> u32 {
        u32::try_from(self.0 >> u32::BITS).unwrap_or_default()
    }

    fn row(self) -> RowIndex {
        // The lower half of a word fits half a word.
        RowIndex::at(u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or_default())
    }

    /// Takes the rows of this hash, where the first ones have it.
    fn take<'r>(rows: &mut &'r [Self], hash: u32) -> &'r [Self] {
        let others = rows.iter().position(|row| row.hash() != hash);
        let (taken, rest) = rows.split_at(others.unwrap_or(rows.len()));
        *rows = rest;
        taken
    }
}

/// How many heaps there are at most: so many that the tops of all stay near while rows
/// are put on them.
const MOST_HEAPS: usize = 1 << 11;

/// How many rows a heap is to have, so that all of it stays near while it is sorted,
/// and what sorting it takes beside its rows is little.
const HEAP: usize = 1 << 9;

/// The rows of a book that have a reference, in heaps by the highest bits of its hash.
struct Heaps {
    rows: Vec<Hashed>,
    /// How many rows are on each.
    heights: Vec<usize>,
}

impl Heaps {
    /// How many heaps so many rows are put on: a power of two.
    fn enough_for(rows: usize) -> usize {
        (rows / HEAP).next_power_of_two().min(MOST_HEAPS)
    }

    /// Those of a book; its other rows are alone.
    fn of(
        book: &Book,
        heaps: usize,
        hash_of: impl Fn(&[u8]) -> u32,
        alone: &mut Vec<RowIndex>,
    ) -> Self {
        let heap = |hash: NonZeroU32| {
            let heap = (u64::from(hash.get()) * heaps as u64) >> u32::BITS;
            // It is less than the number of heaps.
            usize::try_from(heap).unwrap_or_default()
        };
        let mut heights = vec![0; heaps];
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
            // Those of one hash stay in the order in which they were put there.
            radsort::sort_by_key(heap, |row| row.hash());
            &*heap
        })
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use jiff::civil::date;
    use reconcile_core::{Direction, Money};
    use rust_decimal::dec;

    use super::*;
    use crate::Row;

    fn book(references: impl Iterator<Item = Option<usize>>) -> Book {
        let mut book = Book::new();
        for (id, reference) in references.enumerate() {
            let (id, reference) = (id.to_string(), reference.map(|it| format!("ORD-{it}")));
            let amount = Money::new(dec!(1), "PEN".parse().unwrap());
            let row = Row {
                reference: reference.as_deref(),
                ..Row::new(&id, amount, Direction::Credit, date(2026, 11, 3))
            };
            book.push(row).unwrap();
        }
        book
    }

    #[test]
    fn rows_on_many_heaps_meet_as_those_on_one_do() {
        let rows = 9 * HEAP;
        assert!(Heaps::enough_for(rows) > 1);
        // Every tenth reference stands twice, every seventh row has none, and a half of
        // those of each side is not known to the other.
        let ledger = book((0..rows).map(|row| (row % 7 > 0).then_some(row - row % 10 / 9)));
        let listed = (0..rows / 2).chain(3 * rows..3 * rows + rows / 2);
        let records = book(listed.map(Some).chain(iter::once(None)));
        let many = by_reference(&ledger, &records);
        let one = by_hash(&ledger, &records, |_| 0);
        let couples = |joined: &Joined| joined.couples.iter(&ledger).collect::<Vec<_>>();
        assert_eq!(couples(&many), couples(&one));
        assert!(couples(&many).len() > rows / 4);
        for side in [Side::Ledger, Side::Records] {
            let alone = |joined: &Joined| joined.alone.clone().of_mut(side).clone();
            assert_eq!(alone(&many), alone(&one));
            let crowds = |joined: &Joined| {
                let mut crowds = joined.crowds.clone();
                crowds.sort_unstable_by_key(|crowd| crowd.ledger.first().copied());
                let of_side = crowds.iter_mut().map(|crowd| crowd.of_mut(side).clone());
                of_side.collect::<Vec<_>>()
            };
            assert_eq!(crowds(&many), crowds(&one));
            assert!(!crowds(&many).is_empty());
        }
    }
}
