//! Bringing together the rows that share a reference.

use std::{cmp::Ordering, hash::BuildHasher};

use foldhash::fast::FixedState;

use crate::{Book, RowIndex};

/// What shares a reference on the two sides.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    /// One row on each side, in the order of the ledger's rows. They share the
    /// hash: whether also the reference is seen best where they are read anyway.
    pub(crate) couples: Vec<(RowIndex, RowIndex)>,
    /// At least one row on each side, and several on one.
    pub(crate) crowds: Vec<Crowd>,
    /// Ledger rows whose reference, if any, the provider does not know.
    pub(crate) ledger: Vec<RowIndex>,
    /// Records whose reference, if any, the ledger does not know.
    pub(crate) records: Vec<RowIndex>,
}

/// The rows of one reference.
#[derive(Debug)]
pub(crate) struct Crowd {
    pub(crate) ledger: Vec<RowIndex>,
    pub(crate) records: Vec<RowIndex>,
}

/// Joins two books on the reference: each is sorted by the hash of its
/// references, and the two are merged.
pub(crate) fn by_reference(ledger: &Book, records: &Book) -> Joined {
    // No outcome depends on the hash, so that its seed need not be secret: who
    // forges collisions gains a sort by text.
    let state = FixedState::default();
    by_hash(ledger, records, |reference| state.hash_one(reference))
}

/// The same with any hash.
pub(crate) fn by_hash(ledger: &Book, records: &Book, hash_of: impl Fn(&str) -> u64) -> Joined {
    let mut joined = Joined::default();
    let left = hashed(ledger, &hash_of, &mut joined.ledger);
    let right = hashed(records, &hash_of, &mut joined.records);
    let hash = |keyed: &Keyed| keyed.hash;
    merge(&left, &right, hash, hash, |l, r| match (l, r) {
        ([l], [r]) => joined.couples.push((l.row, r.row)),
        (l, []) => joined.ledger.extend(rows(l)),
        ([], r) => joined.records.extend(rows(r)),
        (l, r) => joined.split(ledger, records, l.to_vec(), r.to_vec()),
    });
    joined.couples.sort_unstable_by_key(|(row, _)| *row);
    joined
}

impl Joined {
    /// Files the rows of one hash by their references.
    fn split(
        &mut self,
        ledger: &Book,
        records: &Book,
        mut left: Vec<Keyed>,
        mut right: Vec<Keyed>,
    ) {
        let left_text = |keyed: &Keyed| ledger.reference(keyed.row);
        let right_text = |keyed: &Keyed| records.reference(keyed.row);
        left.sort_unstable_by_key(left_text);
        right.sort_unstable_by_key(right_text);
        merge(&left, &right, left_text, right_text, |l, r| match (l, r) {
            ([l], [r]) => self.couples.push((l.row, r.row)),
            (l, []) => self.ledger.extend(rows(l)),
            ([], r) => self.records.extend(rows(r)),
            (l, r) => self.crowds.push(Crowd {
                ledger: rows(l).collect(),
                records: rows(r).collect(),
            }),
        });
    }
}

#[derive(Clone, Copy, Debug)]
struct Keyed {
    /// Half of the hash: it keeps nearly all references apart.
    hash: u32,
    row: RowIndex,
}

/// The rows with a reference, sorted by its hash; the others go to `without`.
fn hashed(book: &Book, hash_of: impl Fn(&str) -> u64, without: &mut Vec<RowIndex>) -> Vec<Keyed> {
    let mut keyed = Vec::with_capacity(book.len());
    for row in book.indices() {
        match book.reference(row) {
            Some(reference) => keyed.push(Keyed {
                hash: (hash_of(reference) >> 32) as u32,
                row,
            }),
            None => without.push(row),
        }
    }
    keyed.sort_unstable_by_key(|keyed| keyed.hash);
    keyed
}

/// Walks two sorted lists and hands over the runs with equal keys, an empty
/// one where a side has none.
fn merge<'a, K: Ord>(
    left: &'a [Keyed],
    right: &'a [Keyed],
    left_key: impl Fn(&'a Keyed) -> K,
    right_key: impl Fn(&'a Keyed) -> K,
    mut each: impl FnMut(&'a [Keyed], &'a [Keyed]),
) {
    let run = |rest: &'a [Keyed], key: &dyn Fn(&'a Keyed) -> K| {
        let first = rest.first().map(key);
        let length = rest.iter().take_while(|keyed| Some(key(keyed)) == first);
        rest.split_at(length.count())
    };
    let (mut left, mut right) = (left, right);
    loop {
        let order = match (left.first().map(&left_key), right.first().map(&right_key)) {
            (Some(l), Some(r)) => l.cmp(&r),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return,
        };
        let (mut l, mut r): (&[Keyed], &[Keyed]) = (&[], &[]);
        if order.is_le() {
            (l, left) = run(left, &left_key);
        }
        if order.is_ge() {
            (r, right) = run(right, &right_key);
        }
        each(l, r);
    }
}

fn rows(run: &[Keyed]) -> impl Iterator<Item = RowIndex> {
    run.iter().map(|keyed| keyed.row)
}
