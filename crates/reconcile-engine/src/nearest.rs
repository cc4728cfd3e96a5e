//! Pairing the nearest rows of two sides.
//!
//! Rows with a common key stand in a line, in the order of amount and date.
//! Over and over, the two neighbours from different sides that lie nearest are
//! taken off. The nearest pair of all is always a pair of neighbours, so a
//! heap of neighbouring gaps finds it in `O(log n)`, and a million rows under
//! one reference cost no more than sorting them. Where days are limited, or amounts
//! may differ, the right partner may stand behind a neighbour: there, all that are near
//! enough are looked at.

mod best;
mod window;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{Book, RowIndex, Side, sum::exact_difference};

/// A row that looks for a counterpart among the rows with the same key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeker<K> {
    pub(crate) key: K,
    pub(crate) amount: Decimal,
    pub(crate) date: Date,
    pub(crate) side: Side,
    pub(crate) row: RowIndex,
}

/// Two rows that found each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) ledger: RowIndex,
    pub(crate) record: RowIndex,
    /// Whether others with the same amount and date could stand in for either.
    pub(crate) ambiguous: bool,
}

/// Which of several ways to pair rows is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The nearest amounts first, then the nearest dates, then in the order of their
    /// content. Where days are limited, what this would leave without a counterpart is
    /// paired all the same, as far as others can make room for it.
    NearestFirst,
    /// The most rows, then the least that amounts lie apart in all, then days; others
    /// that would do as well are told. Where too many rows are near each other, the
    /// nearest first.
    LeastInAll,
}

/// Pairs rows with equal keys whose amounts lie `near` enough (ledger row, gap), and
/// whose days are `timely` (the ledger's, the provider's) where that is asked.
pub(crate) fn pair<K: Ord + Copy>(
    mut seekers: Vec<Seeker<K>>,
    (ledger, records): (&Book, &Book),
    near: impl Fn(&Seeker<K>, Decimal) -> bool,
    timely: Option<&impl Fn(Date, Date) -> bool>,
    choice: Choice,
) -> Vec<Pair> {
    seekers.sort_unstable_by(|a, b| {
        let place = |s: &Seeker<K>| (s.key, s.amount, s.date, s.side);
        place(a).cmp(&place(b)).then_with(|| match a.side {
            Side::Ledger => ledger.compare(a.row, b.row),
            Side::Records => records.compare(a.row, b.row),
        })
    });
    let mut pairs = Vec::new();
    for rows in seekers.chunk_by(|a, b| a.key == b.key) {
        let mut sides = rows.iter().map(|row| row.side);
        let first = sides.next();
        if sides.all(|side| Some(side) == first) {
            // Most keys that come so far are of two rows which differ in them.
            continue;
        }
        let nodes: Vec<Node<'_, K>> = rows
            .chunk_by(|a, b| (a.side, a.amount, a.date) == (b.side, b.amount, b.date))
            .map(|rows| Node {
                rows,
                alike: rows.len() > 1,
            })
            .collect();
        let looks_around = timely.is_some() || choice == Choice::LeastInAll;
        let in_time = |booked, listed| timely.is_none_or(|timely| timely(booked, listed));
        let found = looks_around.then(|| window::pair(&nodes, &near, in_time, choice));
        match found.flatten() {
            Some(found) => pairs.extend(found),
            None => Line::of(nodes, &near, timely).run(&mut pairs),
        }
    }
    pairs
}

/// Rows of one side with the same key, amount and date.
#[derive(Clone, Copy)]
struct Node<'a, K> {
    /// Those that are not paired yet.
    rows: &'a [Seeker<K>],
    /// Whether there are several, those that are paired included.
    alike: bool,
}

impl<K: Copy> Node<'_, K> {
    /// The first row, for all of them.
    fn head(&self) -> Option<Seeker<K>> {
        self.rows.first().copied()
    }

    /// Pairs rows with those of a node of the provider, as far as there are some.
    fn couple(&self, records: &Self) -> impl Iterator<Item = Pair> {
        let ambiguous = self.alike || records.alike;
        let rows = self.rows.iter().zip(records.rows);
        rows.map(move |(ledger, record)| Pair {
            ledger: ledger.row,
            record: record.row,
            ambiguous,
        })
    }
}

/// How far apart two days lie.
fn days_apart(a: Date, b: Date) -> i32 {
    let span = b.since(a);
    span.map_or(i32::MAX, |span| span.get_days().abs())
}

/// Nodes of one key in their order, of which neighbours are taken off.
struct Line<'a, 'f, K, N, T> {
    nodes: BTreeMap<usize, Node<'a, K>>,
    gaps: BinaryHeap<Reverse<Gap>>,
    near: &'f N,
    timely: Option<&'f T>,
}

/// How far two neighbours lie apart; ordered by how early they are to be taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Gap {
    amount: Decimal,
    days: i32,
    left: usize,
    right: usize,
}

impl<'a, 'f, K: Copy, N, T> Line<'a, 'f, K, N, T>
where
    N: Fn(&Seeker<K>, Decimal) -> bool,
    T: Fn(Date, Date) -> bool,
{
    fn of(nodes: Vec<Node<'a, K>>, near: &'f N, timely: Option<&'f T>) -> Self {
        Self {
            nodes: nodes.into_iter().enumerate().collect(),
            gaps: BinaryHeap::new(),
            near,
            timely,
        }
    }

    fn run(mut self, pairs: &mut Vec<Pair>) {
        for place in 1..self.nodes.len() {
            self.measure(place - 1, place);
        }
        while let Some(Reverse(gap)) = self.gaps.pop() {
            self.take(gap.left, gap.right, pairs);
        }
    }

    /// Notes the gap between two neighbours when they may be paired.
    fn measure(&mut self, left: usize, right: usize) {
        let (Some(a), Some(b)) = (self.head(left), self.head(right)) else {
            return;
        };
        let (ledger, record) = match (a.side, b.side) {
            (Side::Ledger, Side::Records) => (a, b),
            (Side::Records, Side::Ledger) => (b, a),
            _ => return,
        };
        // Amounts that are too far apart for an exact gap are no pair.
        let Some(amount) = exact_difference(b.amount, a.amount) else {
            return;
        };
        let timely = |timely: &T| timely(ledger.date, record.date);
        if (self.near)(&ledger, amount) && self.timely.is_none_or(timely) {
            self.gaps.push(Reverse(Gap {
                amount,
                days: days_apart(a.date, b.date),
                left,
                right,
            }));
        }
    }

    /// Pairs what two nodes hold, unless one of them was used up meanwhile,
    /// and closes the line where a node is used up.
    fn take(&mut self, left: usize, right: usize, pairs: &mut Vec<Pair>) {
        let (Some(&a), Some(&b)) = (self.nodes.get(&left), self.nodes.get(&right)) else {
            return;
        };
        match a.head().map(|head| head.side) {
            Some(Side::Ledger) => pairs.extend(a.couple(&b)),
            _ => pairs.extend(b.couple(&a)),
        }
        let taken = a.rows.len().min(b.rows.len());
        self.keep(left, a, taken);
        self.keep(right, b, taken);
        let before = self
            .nodes
            .range(..=left)
            .next_back()
            .map(|(place, _)| *place);
        let after = self.nodes.range(right..).next().map(|(place, _)| *place);
        if let Some((before, after)) = before.zip(after) {
            self.measure(before, after);
        }
    }

    /// Keeps of a node what is left after so many rows, if anything is.
    fn keep(&mut self, place: usize, node: Node<'a, K>, taken: usize) {
        match node.rows.get(taken..) {
            Some(rows) if !rows.is_empty() => self.nodes.insert(place, Node { rows, ..node }),
            _ => self.nodes.remove(&place),
        };
    }

    fn head(&self, place: usize) -> Option<Seeker<K>> {
        self.nodes.get(&place)?.head()
    }
}
