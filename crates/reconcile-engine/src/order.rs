//! The order of what was found, by content alone: the order of the input
//! never shows.

use std::{
    cmp::Ordering,
    collections::{HashMap, hash_map::Entry},
};

use foldhash::fast::RandomState;

use crate::{
    Book, Break, Excluded, RowIndex, Side,
    matches::{Couple, Group},
};

/// Sorts matches by the id of the ledger row, then of the record.
pub(crate) fn sort_matches(matches: &mut [Couple], ledger: &Book, records: &Book) {
    sort_pairs(
        matches,
        |couple| (couple.ledger, couple.record),
        ledger,
        records,
    );
}

/// Sorts what ties a row of the ledger and a record in the same way.
pub(crate) fn sort_pairs<P: Copy>(
    pairs: &mut [P],
    rows: impl Fn(&P) -> (RowIndex, RowIndex),
    ledger: &Book,
    records: &Book,
) {
    // In a ledger in the order of its ids, with each id once, the place of a
    // row says it all. Most pairs are in that order by then.
    if ledger.is_in_order() {
        return pairs.sort_by_key(|pair| rows(pair).0);
    }
    // The beginnings of ids decide nearly every comparison without a look into
    // the books.
    let shared = shared_prefix(ledger);
    let mut keyed: Vec<([u8; 8], P)> = pairs
        .iter()
        .map(|pair| (start(ledger.id(rows(pair).0), shared), *pair))
        .collect();
    keyed.sort_unstable_by(|(a_start, a), (b_start, b)| {
        let ((row, record), (other, its)) = (rows(a), rows(b));
        a_start
            .cmp(b_start)
            .then_with(|| ledger.compare(row, other))
            .then_with(|| records.compare(record, its))
    });
    for (place, (_, pair)) in pairs.iter_mut().zip(keyed) {
        *place = pair;
    }
}

/// Sorts groups by the ids of their rows.
pub(crate) fn sort_groups(groups: &mut [Group], ledger: &Book, records: &Book) {
    groups.sort_unstable_by(|a, b| {
        compare(ledger, &a.ledger, &b.ledger).then_with(|| compare(records, &a.records, &b.records))
    });
}

/// Sorts breaks by code, date and ids, and tells those apart that have the same
/// code and ids.
pub(crate) fn sort_breaks(breaks: &mut [Break], ledger: &Book, records: &Book) {
    breaks.sort_unstable_by(|a, b| {
        (a.code, a.date)
            .cmp(&(b.code, b.date))
            .then_with(|| compare(ledger, &a.ledger, &b.ledger))
            .then_with(|| compare(records, &a.records, &b.records))
    });
    let mut seen = HashMap::with_capacity_and_hasher(breaks.len(), RandomState::default());
    for found in breaks {
        let ids = |book, rows: &[RowIndex]| -> Vec<&str> {
            rows.iter().map(|row| Book::id(book, *row)).collect()
        };
        let key = (
            found.code,
            ids(ledger, &found.ledger),
            ids(records, &found.records),
        );
        match seen.entry(key) {
            Entry::Vacant(first) => {
                first.insert(1_u32);
            }
            Entry::Occupied(mut before) => {
                *before.get_mut() += 1;
                found.discriminator = before.get().to_string();
            }
        }
    }
}

/// Sorts excluded rows by side and id.
pub(crate) fn sort_excluded(excluded: &mut [Excluded], ledger: &Book, records: &Book) {
    excluded.sort_unstable_by(|a, b| {
        let within = || match a.side {
            Side::Ledger => ledger.compare(a.row, b.row),
            Side::Records => records.compare(a.row, b.row),
        };
        a.side.cmp(&b.side).then_with(within)
    });
}

/// Rows of one book by their content, one after the other; where all agree,
/// the fewer go first.
fn compare(book: &Book, left: &[RowIndex], right: &[RowIndex]) -> Ordering {
    let pairs = left.iter().zip(right);
    pairs
        .map(|(left, right)| book.compare(*left, *right))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| left.len().cmp(&right.len()))
}

/// How many bytes all ids begin with in common.
fn shared_prefix(book: &Book) -> usize {
    let mut indices = book.indices();
    let first = indices
        .next()
        .map_or(&[][..], |row| book.id(row).as_bytes());
    indices.fold(first.len(), |shared, row| {
        let id = book.id(row).as_bytes();
        let same = first.iter().zip(id).take(shared);
        same.take_while(|(a, b)| a == b).count()
    })
}

/// The eight bytes after the shared ones, which order as the ids do; a shorter
/// id counts as ending in zeros.
fn start(id: &str, shared: usize) -> [u8; 8] {
    let rest = id.as_bytes().get(shared..).unwrap_or_default();
    let mut start = [0; 8];
    for (place, byte) in start.iter_mut().zip(rest) {
        *place = *byte;
    }
    start
}
