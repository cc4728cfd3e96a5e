//! The order of what was found, by content alone: the order of the input
//! never shows.

use std::{
    cmp::Ordering,
    collections::{HashMap, hash_map::Entry},
};

use crate::{Book, Break, Excluded, MatchGroup, RowIndex, Rows, Side};

/// Sorts matches by the id of the ledger row, then of the record.
pub(crate) fn sort_matches(matches: &mut [MatchGroup], ledger: &Book, records: &Book) {
    let first = |rows: &Rows| rows.as_slice().first().copied();
    // A ledger in the order of its ids, with each id once, leaves them sorted.
    let sorted = matches.is_sorted_by(|a, b| {
        let ids = first(&a.ledger).zip(first(&b.ledger));
        ids.is_some_and(|(a, b)| ledger.id(a) < ledger.id(b))
    });
    if sorted {
        return;
    }
    let shared = shared_prefix(ledger);
    matches.sort_by_cached_key(|group| MatchKey {
        start: first(&group.ledger).map_or(0, |row| start(ledger.id(row), shared)),
        ledger: BookRow(ledger, first(&group.ledger)),
        record: BookRow(records, first(&group.records)),
    });
}

/// Sorts breaks by code, date and ids, and tells those apart that have the same
/// code and ids.
pub(crate) fn sort_breaks(breaks: &mut [Break], ledger: &Book, records: &Book) {
    let rows = |book: &Book, left: &[RowIndex], right: &[RowIndex]| {
        let keys = |rows: &[RowIndex]| rows.iter().map(|row| BookRow(book, Some(*row))).collect();
        let (left, right): (Vec<_>, Vec<_>) = (keys(left), keys(right));
        left.cmp(&right)
    };
    breaks.sort_unstable_by(|a, b| {
        (a.code, a.date)
            .cmp(&(b.code, b.date))
            .then_with(|| rows(ledger, &a.ledger, &b.ledger))
            .then_with(|| rows(records, &a.records, &b.records))
    });
    let mut seen = HashMap::with_capacity(breaks.len());
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

/// The beginnings of ids decide nearly every comparison without a look into
/// the books.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct MatchKey<'a> {
    start: u64,
    ledger: BookRow<'a>,
    record: BookRow<'a>,
}

/// A row that compares by its content.
struct BookRow<'a>(&'a Book, Option<RowIndex>);

impl Ord for BookRow<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.1, other.1) {
            (Some(left), Some(right)) if left == right => Ordering::Equal,
            (Some(left), Some(right)) => self.0.compare(left, right),
            (left, right) => left.cmp(&right),
        }
    }
}

impl PartialOrd for BookRow<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for BookRow<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for BookRow<'_> {}

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

/// The eight bytes after the shared ones as a number that orders as they do;
/// a shorter id counts as ending in zeros.
fn start(id: &str, shared: usize) -> u64 {
    let rest = id.as_bytes().get(shared..).unwrap_or_default();
    rest.iter()
        .copied()
        .chain(std::iter::repeat(0))
        .take(8)
        .fold(0, |start, byte| start << 8 | u64::from(byte))
}
