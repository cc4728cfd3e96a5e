//! Bringing together the rows that share a reference.

use std::{collections::BTreeMap, hash::BuildHasher, hint::black_box};

use foldhash::fast::RandomState;

use crate::{Book, RowIndex, Side};

/// What shares a reference on the two sides.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    /// One row on each side.
    pub(crate) couples: Couples,
    /// At least one row on each side, and several on one.
    pub(crate) crowds: Vec<Crowd>,
    /// Ledger rows whose reference, if any, the provider does not know.
    pub(crate) ledger: Vec<RowIndex>,
    /// Records whose reference, if any, the ledger does not know.
    pub(crate) records: Vec<RowIndex>,
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
    /// Every pair, in the order of the ledger's rows.
    pub(crate) fn iter(&self, ledger: &Book) -> impl Iterator<Item = (RowIndex, RowIndex)> {
        let rows = ledger.indices().zip(&self.0);
        rows.filter_map(|(row, record)| Some((row, (*record)?)))
    }
}

/// Joins two books on the reference: the ledger's rows are indexed by its hash,
/// in 13 bytes a row beside the books, and the records look themselves up.
pub(crate) fn by_reference(ledger: &Book, records: &Book) -> Joined {
    // No outcome depends on the hash, and a seed of its own for every process
    // leaves nothing to who would forge collisions.
    let state = RandomState::default();
    by_hash(ledger, records, |reference| state.hash_one(reference))
}

/// The same with any hash.
pub(crate) fn by_hash(ledger: &Book, records: &Book, hash_of: impl Fn(&str) -> u64) -> Joined {
    let mut crowds = BTreeMap::new();
    let mut index = Index::new(ledger);
    in_batches(ledger, &hash_of, |rows| {
        for row in rows {
            index.look_ahead(row);
        }
        for row in rows {
            if let Some(first) = index.insert(row) {
                crowd_of(&mut crowds, first).ledger.push(row.row);
            }
        }
    });
    let mut unknown = Vec::new();
    let mut partners = vec![None; ledger.len()];
    in_batches(records, &hash_of, |rows| {
        for row in rows {
            index.look_ahead(row);
        }
        for row in rows {
            let first = index.find(row);
            match first.and_then(|first| Some((first, partners.get_mut(first.position())?))) {
                None => unknown.push(row.row),
                Some((_, partner @ None)) => *partner = Some(row.row),
                Some((first, Some(_))) => crowd_of(&mut crowds, first).records.push(row.row),
            }
        }
    });
    drop(index);
    part(ledger, partners, crowds, unknown)
}

/// A row that is looked up.
struct Sought<'b> {
    row: RowIndex,
    reference: Option<&'b str>,
    hash: u64,
}

/// Hands over the rows of a book some at a time: where the first of them lie in
/// the index is asked for all of them before it is waited for.
fn in_batches<'b>(
    book: &'b Book,
    hash_of: impl Fn(&str) -> u64,
    mut each: impl FnMut(&[Sought<'b>]),
) {
    let mut batch = Vec::with_capacity(BATCH);
    for row in book.indices() {
        let reference = book.reference(row);
        batch.push(Sought {
            row,
            reference,
            hash: reference.map_or(0, &hash_of),
        });
        if batch.len() == BATCH {
            each(&batch);
            batch.clear();
        }
    }
    each(&batch);
}

const BATCH: usize = 32;

/// What repeats the first ledger row of a reference, or the first record that
/// has it.
type Repeated = BTreeMap<RowIndex, Crowd>;

fn crowd_of(crowds: &mut Repeated, first: RowIndex) -> &mut Crowd {
    crowds.entry(first).or_default()
}

/// Files the rows by how many there are of their reference on each side.
fn part(
    ledger: &Book,
    mut partners: Vec<Option<RowIndex>>,
    mut crowds: Repeated,
    unknown: Vec<RowIndex>,
) -> Joined {
    let mut joined = Joined {
        records: unknown,
        ..Joined::default()
    };
    let repeating = crowds.values().flat_map(|crowd| &crowd.ledger);
    let mut repeating: Vec<RowIndex> = repeating.copied().collect();
    repeating.sort_unstable();
    for (row, partner) in ledger.indices().zip(&mut partners) {
        let repeats = || repeating.binary_search(&row).is_ok();
        match (*partner, crowds.remove(&row)) {
            (Some(_), None) => {}
            (Some(record), Some(mut crowd)) => {
                *partner = None;
                crowd.ledger.push(row);
                crowd.records.push(record);
                joined.crowds.push(crowd);
            }
            (None, Some(crowd)) => {
                joined.ledger.push(row);
                joined.ledger.extend(crowd.ledger);
            }
            (None, None) if repeats() => {}
            (None, None) => joined.ledger.push(row),
        }
    }
    joined.couples = Couples(partners);
    joined
}

/// The first row of each reference in a book, by the hash of the reference.
struct Index<'b> {
    book: &'b Book,
    /// Of each bucket the row that came last. There is a power of two of them,
    /// at least as many as rows.
    heads: Vec<Option<RowIndex>>,
    /// Of each row the one before it in its bucket.
    next: Vec<Option<RowIndex>>,
    /// Of each row some of the hash, which keeps nearly all others apart.
    tags: Vec<u8>,
}

impl<'b> Index<'b> {
    fn new(book: &'b Book) -> Self {
        Self {
            book,
            heads: vec![None; book.len().next_power_of_two()],
            next: vec![None; book.len()],
            tags: vec![0; book.len()],
        }
    }

    /// Brings the bucket of a row near.
    fn look_ahead(&self, sought: &Sought<'_>) {
        black_box(self.heads.get(self.place(sought.hash).0));
    }

    /// Puts a row in that has a reference, unless a row with the same one is
    /// there already: that one is given back.
    fn insert(&mut self, sought: &Sought<'_>) -> Option<RowIndex> {
        let row = sought.row.position();
        let first = self.find(sought);
        let (bucket, tag) = self.place(sought.hash);
        if first.is_none()
            && sought.reference.is_some()
            && let Some(head) = self.heads.get_mut(bucket)
            && let Some(next) = self.next.get_mut(row)
            && let Some(place) = self.tags.get_mut(row)
        {
            (*next, *place) = (head.replace(sought.row), tag);
        }
        first
    }

    /// The first row with the reference of this one.
    fn find(&self, sought: &Sought<'_>) -> Option<RowIndex> {
        sought.reference?;
        let (bucket, tag) = self.place(sought.hash);
        let mut candidate = self.heads.get(bucket).copied().flatten();
        while let Some(row) = candidate {
            let is_like_it = self.tags.get(row.position()) == Some(&tag);
            if is_like_it && self.book.reference(row) == sought.reference {
                return Some(row);
            }
            candidate = self.next.get(row.position()).copied().flatten();
        }
        None
    }

    /// The bucket and the tag of a hash.
    fn place(&self, hash: u64) -> (usize, u8) {
        let [tag, ..] = hash.to_be_bytes();
        // Masked, it fits the number of buckets.
        let mask = self.heads.len().saturating_sub(1);
        let bucket = usize::try_from(hash & mask as u64).unwrap_or_default();
        (bucket, tag)
    }
}
