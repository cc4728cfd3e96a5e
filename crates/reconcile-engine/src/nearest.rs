//! Pairing the nearest rows of two sides.
//!
//! Rows with a common key stand in a line, in the order of amount and date.
//! Over and over, the two neighbours from different sides that lie nearest are
//! taken off. The nearest pair of all is always a pair of neighbours, so a
//! heap of neighbouring gaps finds it in `O(log n)`, and a million rows under
//! one reference cost no more than sorting them.

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

/// Pairs rows with equal keys whose amounts are `allowed` to differ as they do
/// (ledger row, record, gap): the nearest amounts first, then the nearest dates,
/// then in the order of their content.
pub(crate) fn pair<K: Ord + Copy>(
    mut seekers: Vec<Seeker<K>>,
    ledger: &Book,
    records: &Book,
    allowed: impl Fn(&Seeker<K>, &Seeker<K>, Decimal) -> bool,
) -> Vec<Pair> {
    seekers.sort_unstable_by(|a, b| {
        let place = |s: &Seeker<K>| (s.key, s.amount, s.date, s.side);
        place(a).cmp(&place(b)).then_with(|| match a.side {
            Side::Ledger => ledger.compare(a.row, b.row),
            Side::Records => records.compare(a.row, b.row),
        })
    });
    let mut line = Line {
        nodes: seekers
            .chunk_by(|a, b| (a.side, a.key, a.amount, a.date) == (b.side, b.key, b.amount, b.date))
            .map(|rows| Node {
                rows,
                alike: rows.len() > 1,
            })
            .enumerate()
            .collect(),
        gaps: BinaryHeap::new(),
        allowed,
    };
    let mut pairs = Vec::new();
    for place in 1..line.nodes.len() {
        line.measure(place - 1, place);
    }
    while let Some(Reverse(gap)) = line.gaps.pop() {
        line.take(gap.left, gap.right, &mut pairs);
    }
    pairs
}

struct Line<'a, K, F> {
    nodes: BTreeMap<usize, Node<'a, K>>,
    gaps: BinaryHeap<Reverse<Gap>>,
    allowed: F,
}

/// Rows of one side with the same key, amount and date.
#[derive(Clone, Copy)]
struct Node<'a, K> {
    /// Those that are not paired yet.
    rows: &'a [Seeker<K>],
    /// Whether there are several, those that are paired included.
    alike: bool,
}

/// How far two neighbours lie apart; ordered by how early they are to be taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Gap {
    amount: Decimal,
    days: i32,
    left: usize,
    right: usize,
}

impl<'a, K: Ord + Copy, F: Fn(&Seeker<K>, &Seeker<K>, Decimal) -> bool> Line<'a, K, F> {
    /// Notes the gap between two neighbours when they may be paired.
    fn measure(&mut self, left: usize, right: usize) {
        let (Some(a), Some(b)) = (self.head(left), self.head(right)) else {
            return;
        };
        if a.key != b.key || a.side == b.side {
            return;
        }
        let (ledger, record) = match a.side {
            Side::Ledger => (a, b),
            Side::Records => (b, a),
        };
        // Amounts that are too far apart for an exact gap are no pair.
        let Some(amount) = exact_difference(b.amount, a.amount) else {
            return;
        };
        if (self.allowed)(&ledger, &record, amount) {
            self.gaps.push(Reverse(Gap {
                amount,
                days: b
                    .date
                    .since(a.date)
                    .map_or(i32::MAX, |span| span.get_days().abs()),
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
        let ambiguous = a.alike || b.alike;
        pairs.extend(a.rows.iter().zip(b.rows).map(|(a, b)| {
            let (ledger, record) = match a.side {
                Side::Ledger => (a.row, b.row),
                Side::Records => (b.row, a.row),
            };
            Pair {
                ledger,
                record,
                ambiguous,
            }
        }));
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
        self.nodes.get(&place)?.rows.first().copied()
    }
}
