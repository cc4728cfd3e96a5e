//! Bringing together the rows that share a reference.

use std::{cmp::Ordering, collections::BTreeMap, hash::BuildHasher, mem};

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
    let mut joined = Joined {
        couples: Couples(vec![None; ledger.len()]),
        ..Joined::default()
    };
    let mut room = Vec::with_capacity(ledger.len());
    let booked = in_order(ledger, &hash_of, &mut joined.alone.ledger, &mut room);
    let listed = in_order(records, &hash_of, &mut joined.alone.records, &mut room);
    drop(room);
    let alike = |one: &Hashed, next: &Hashed| one.hash == next.hash;
    let mut booked = booked.chunk_by(alike).peekable();
    let mut listed = listed.chunk_by(alike).peekable();
    loop {
        let order = match (booked.peek(), listed.peek()) {
            (Some(rows), Some(others)) => Hashed::compare(rows, others),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let rows = booked.next_if(|_| order.is_le()).unwrap_or_default();
        let others = listed.next_if(|_| order.is_ge()).unwrap_or_default();
        joined.meet(ledger, records, rows, others);
    }
    joined.hold_texts(ledger, records);
    joined.alone.ledger.sort_unstable();
    joined.alone.records.sort_unstable();
    joined
}

impl Joined {
    /// Takes the rows of one hash: nearly always one of each side.
    fn meet(&mut self, ledger: &Book, records: &Book, rows: &[Hashed], others: &[Hashed]) {
        match (rows, others) {
            (&[row], &[other]) => self.couples.tie(row.row, other.row),
            (rows, []) => self.alone.ledger.extend(rows.iter().map(|row| row.row)),
            ([], others) => self.alone.records.extend(others.iter().map(|row| row.row)),
            _ => {
                let mut crowds: BTreeMap<Option<&str>, Crowd> = BTreeMap::new();
                for &Hashed { row, .. } in rows {
                    let crowd = crowds.entry(ledger.reference(row)).or_default();
                    crowd.ledger.push(row);
                }
                for &Hashed { row, .. } in others {
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

/// A row with a reference, by its hash.
#[derive(Clone, Copy)]
struct Hashed {
    hash: u32,
    row: RowIndex,
}

impl Hashed {
    /// The order of two hashes, each that of some rows.
    fn compare(rows: &[Self], others: &[Self]) -> Ordering {
        let hash = |rows: &[Self]| rows.first().map(|row| row.hash);
        hash(rows).cmp(&hash(others))
    }
}

/// The rows of a book that have a reference, in the order of its hash; the others are
/// alone. The room is for so many rows again.
fn in_order(
    book: &Book,
    hash_of: impl Fn(&[u8]) -> u32,
    alone: &mut Vec<RowIndex>,
    room: &mut Vec<Hashed>,
) -> Vec<Hashed> {
    let mut rows = Vec::with_capacity(book.len());
    for row in book.indices() {
        match book.reference_bytes(row) {
            [] => alone.push(row),
            reference => rows.push(Hashed {
                hash: hash_of(reference),
                row,
            }),
        }
    }
    room.clone_from(&rows);
    for shift in (0..u32::BITS).step_by(BITS) {
        distribute(&rows, shift, room);
        mem::swap(&mut rows, room);
    }
    rows
}

/// How many bits of a hash rows are distributed by at once: so many that the ends of
/// all heaps stay near.
const BITS: usize = 11;

/// Brings rows into the order of some bits of their hashes, and leaves those in their
/// order that are alike in these: after the highest bits, all are in order.
fn distribute(rows: &[Hashed], shift: u32, sorted: &mut [Hashed]) {
    let heap = |row: &Hashed| (row.hash >> shift) as usize % (1 << BITS);
    let mut ends = [0_usize; 1 << BITS];
    for row in rows {
        if let Some(count) = ends.get_mut(heap(row)) {
            *count += 1;
        }
    }
    let mut start = 0;
    for end in &mut ends {
        start += mem::replace(end, start);
    }
    for row in rows {
        if let Some(end) = ends.get_mut(heap(row))
            && let Some(place) = sorted.get_mut(*end)
        {
            *place = *row;
            *end += 1;
        }
    }
}
