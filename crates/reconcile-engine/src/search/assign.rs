//! The best assignment of nodes to each other, and what nobody can decide.
//!
//! Candidates fall into parts that have nothing to do with each other. Small ones
//! are solved exactly: a pair of the best solution counts where every solution
//! without it is worse by the margin. Of large ones, first the pairs are taken of
//! which each is the other's best by the margin; that frees others. Which of them
//! is taken first makes no difference, since a pair stays such a pair whatever
//! else is taken. What is left falls into parts again, and those that are small
//! now are solved. All other rows that still have candidates are tied.
//!
//! Only a text tells one candidate from another whatever the others are: what
//! rests on amount and day is never taken for being the best of a large part, and
//! never where the same rows can be paired otherwise and are as near in all. Where a
//! text was asked for and a row has none, a pair of a few days counts once nothing
//! else is left for either row.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use rust_decimal::Decimal;

use super::{
    candidates::{Edge, Evidence, is_clear, thousandths},
    nodes::{Field, Nodes},
    text::Bits,
};
use crate::{RowIndex, TextRule, join::Crowd};

/// How many rows a side of a part may have to be solved exactly.
const SMALL: usize = 6;

/// Who belongs to whom.
pub(super) struct Assigned {
    pub(super) pairs: Vec<(RowIndex, RowIndex)>,
    /// Rows that fit each other equally well.
    pub(super) tied: Vec<Crowd>,
}

pub(super) fn assign(field: &Field<'_>, edges: Vec<Edge>, margin: Decimal) -> Assigned {
    let mut graph = Graph::of(field, edges, thousandths(margin));
    let mut assigned = Assigned {
        pairs: Vec::new(),
        tied: Vec::new(),
    };
    let mut large = Vec::new();
    let mut seen = Seen::nothing(&graph);
    while let Some(part) = graph.next_part(&mut seen) {
        if graph.is_small(&part) {
            graph.solve(&part, &mut assigned);
            graph.close(&part);
        } else {
            large.extend(part.ledger);
        }
    }
    large.reverse();
    graph.take_clear(large, &mut assigned);
    let mut seen = Seen::nothing(&graph);
    while let Some(part) = graph.next_part(&mut seen) {
        graph.solve(&part, &mut assigned);
    }
    assigned
}

struct Graph<'f, 'a> {
    field: &'f Field<'a>,
    margin: u64,
    /// Those of each ledger node together, the best first.
    edges: Vec<Edge>,
    /// Where the edges of each ledger node end.
    ledger_ends: Vec<u32>,
    /// The places of the edges of each node of the provider together, the best first.
    of_records: Vec<u32>,
    /// Where those of each end.
    record_ends: Vec<u32>,
    ledger_open: Vec<bool>,
    record_open: Vec<bool>,
}

/// Nodes that hang together.
#[derive(Default)]
struct Part {
    ledger: Vec<u32>,
    records: Vec<u32>,
}

impl<'f, 'a> Graph<'f, 'a> {
    /// The graph of edges that come ledger node by ledger node, the best first.
    fn of(field: &'f Field<'a>, edges: Vec<Edge>, margin: u64) -> Self {
        let record_ends = ends(edges.iter().map(|edge| edge.record), field.records.len());
        Self {
            margin,
            ledger_ends: ends(edges.iter().map(|edge| edge.ledger), field.ledger.len()),
            of_records: by_record(&edges, &record_ends),
            record_ends,
            edges,
            ledger_open: vec![true; field.ledger.len()],
            record_open: vec![true; field.records.len()],
            field,
        }
    }

    /// The edges of a ledger node, the best first.
    fn of_ledger(&self, node: u32) -> impl Iterator<Item = Edge> + Clone + use<'_> {
        let edges = self.edges.get(range(&self.ledger_ends, node));
        edges.unwrap_or_default().iter().copied()
    }

    /// The edges of a node of the provider, the best first.
    fn of_record(&self, node: u32) -> impl Iterator<Item = Edge> + Clone + use<'_> {
        let places = self.of_records.get(range(&self.record_ends, node));
        let places = places.unwrap_or_default().iter();
        places.filter_map(|place| self.edges.get(*place as usize).copied())
    }

    /// Takes every pair with texts of which each is the other's best by the margin.
    fn take_clear(&mut self, mut waiting: Vec<u32>, assigned: &mut Assigned) {
        while let Some(ledger) = waiting.pop() {
            let Some(edge) = self.clear_best(self.of_ledger(ledger)) else {
                continue;
            };
            if edge.evidence() != Evidence::Text
                || self.clear_best(self.of_record(edge.record)) != Some(edge)
            {
                continue;
            }
            let (&[booked], &[listed]) = (
                self.field.ledger.rows(ledger),
                self.field.records.rows(edge.record),
            ) else {
                continue;
            };
            assigned.pairs.push((booked, listed));
            self.close(&Part {
                ledger: vec![edge.ledger],
                records: vec![edge.record],
            });
            // Whoever had one of the two as a candidate may have a clear best now.
            waiting.extend(self.of_record(edge.record).map(|edge| edge.ledger));
            for other in self.of_ledger(ledger) {
                let best = self.of_record(other.record).next();
                waiting.extend(best.map(|edge| edge.ledger));
            }
        }
    }

    /// The best open edge of a node, where it is better than the next by the
    /// margin.
    fn clear_best(&self, edges: impl Iterator<Item = Edge>) -> Option<Edge> {
        let mut open = edges.filter(|edge| self.is_open(edge));
        let best = open.next()?;
        let second = open.next().map_or(0, |edge| edge.score());
        is_clear(best.score(), second, self.margin).then_some(best)
    }

    fn is_open(&self, edge: &Edge) -> bool {
        let open = |list: &[bool], place: u32| list.get(place as usize) == Some(&true);
        open(&self.ledger_open, edge.ledger) && open(&self.record_open, edge.record)
    }

    fn close(&mut self, part: &Part) {
        let close = |open: &mut [bool], places: &[u32]| {
            for place in places {
                if let Some(open) = open.get_mut(*place as usize) {
                    *open = false;
                }
            }
        };
        close(&mut self.ledger_open, &part.ledger);
        close(&mut self.record_open, &part.records);
    }

    /// Whether a part can be solved exactly.
    fn is_small(&self, part: &Part) -> bool {
        let rows = |nodes: &Nodes<'_>, places: &[u32]| -> usize {
            places.iter().map(|place| nodes.rows(*place).len()).sum()
        };
        rows(&self.field.ledger, &part.ledger) <= SMALL
            && rows(&self.field.records, &part.records) <= SMALL
    }

    /// The next open nodes with open edges that hang together, none of them seen yet.
    fn next_part(&self, seen: &mut Seen) -> Option<Part> {
        let starts = seen.ledger.iter().enumerate().skip(seen.before);
        let start = starts
            .filter(|(_, seen)| !**seen)
            .filter_map(|(start, _)| u32::try_from(start).ok())
            .find(|start| self.of_ledger(*start).any(|edge| self.is_open(&edge)));
        let Some(start) = start else {
            seen.before = seen.ledger.len();
            return None;
        };
        seen.before = start as usize + 1;
        see(&mut seen.ledger, start);
        let mut part = Part {
            ledger: vec![start],
            records: Vec::new(),
        };
        let mut next = 0;
        while let Some(&ledger) = part.ledger.get(next) {
            next += 1;
            for edge in self.of_ledger(ledger) {
                if !self.is_open(&edge) || !see(&mut seen.records, edge.record) {
                    continue;
                }
                part.records.push(edge.record);
                for back in self.of_record(edge.record) {
                    if self.is_open(&back) && see(&mut seen.ledger, back.ledger) {
                        part.ledger.push(back.ledger);
                    }
                }
            }
        }
        part.ledger.sort_unstable();
        part.records.sort_unstable();
        Some(part)
    }

    /// How the two nodes of an edge fit.
    fn fit(&self, edge: Edge) -> Fit {
        let nodes = self.field.ledger.get(edge.ledger);
        let nodes = nodes.zip(self.field.records.get(edge.record));
        let apart = nodes.map(|(booked, listed)| {
            let gap = booked.amount.abs_diff(listed.amount);
            (gap, booked.day.abs_diff(listed.day))
        });
        let (gap, lag) = apart.unwrap_or_default();
        Fit {
            score: edge.score(),
            evidence: edge.evidence(),
            gap,
            lag,
        }
    }

    /// Files the rows of a part as pairs, as tied, or not at all where others
    /// took their candidates.
    fn solve(&self, part: &Part, assigned: &mut Assigned) {
        let rows = |nodes: &Nodes<'_>, places: &[u32]| -> Vec<(u32, RowIndex)> {
            let rows = |place: &u32| {
                let rows = nodes.rows(*place).iter();
                rows.map(|row| (*place, *row)).collect::<Vec<_>>()
            };
            places.iter().flat_map(rows).collect()
        };
        let ledger = rows(&self.field.ledger, &part.ledger);
        let records = rows(&self.field.records, &part.records);
        if !self.is_small(part) {
            assigned.tied.push(Crowd {
                ledger: ledger.into_iter().map(|(_, row)| row).collect(),
                records: records.into_iter().map(|(_, row)| row).collect(),
            });
            return;
        }
        let mut scores = Scores::default();
        for (left, (node, _)) in ledger.iter().enumerate() {
            for edge in self.of_ledger(*node) {
                let fit = self.fit(edge);
                let same = records
                    .iter()
                    .enumerate()
                    .filter(|(_, (record, _))| *record == edge.record);
                for (right, _) in same {
                    scores.0.insert((left, right), fit);
                }
            }
        }
        for (left, right) in scores.take_firm(self.margin) {
            let pair = ledger.get(left).zip(records.get(right));
            assigned
                .pairs
                .extend(pair.map(|((_, left), (_, right))| (*left, *right)));
        }
        for (left, right) in scores.parts() {
            let pick = |rows: &[(u32, RowIndex)], places: BTreeSet<usize>| {
                let rows = places.into_iter().filter_map(|place| rows.get(place));
                rows.map(|(_, row)| *row).collect()
            };
            assigned.tied.push(Crowd {
                ledger: pick(&ledger, left),
                records: pick(&records, right),
            });
        }
    }
}

/// Which nodes a part was made of already.
struct Seen {
    ledger: Vec<bool>,
    records: Vec<bool>,
    /// The ledger's nodes before this place are seen, or have no open edges.
    before: usize,
}

impl Seen {
    fn nothing(graph: &Graph<'_, '_>) -> Self {
        Self {
            ledger: vec![false; graph.ledger_open.len()],
            records: vec![false; graph.record_open.len()],
            before: 0,
        }
    }
}

/// Sees a node; whether it is seen for the first time.
fn see(seen: &mut [bool], place: u32) -> bool {
    let seen = seen.get_mut(place as usize);
    seen.is_some_and(|seen| !std::mem::replace(seen, true))
}

/// The places of edges by the node of the provider, the best of each first.
fn by_record(edges: &[Edge], ends: &[u32]) -> Vec<u32> {
    let mut places = vec![0; edges.len()];
    let mut starts = ends.to_vec();
    for (place, edge) in (0..).zip(edges) {
        if let Some(start) = starts.get_mut(edge.record as usize) {
            *start -= 1;
            if let Some(slot) = places.get_mut(*start as usize) {
                *slot = place;
            }
        }
    }
    for (start, end) in starts.into_iter().zip(ends) {
        let places = places.get_mut(start as usize..*end as usize);
        places.unwrap_or_default().sort_unstable_by_key(|place| {
            let edge = edges.get(*place as usize);
            edge.map(|edge| (Reverse(edge.score()), edge.ledger))
        });
    }
    places
}

/// Where the edges of each node end.
fn ends(nodes: impl Iterator<Item = u32>, count: usize) -> Vec<u32> {
    let mut ends = vec![0; count];
    for node in nodes {
        if let Some(end) = ends.get_mut(node as usize) {
            *end += 1;
        }
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    ends
}

/// Where the edges of a node are.
fn range(ends: &[u32], node: u32) -> Range<usize> {
    let end = |node: u32| ends.get(node as usize).map(|end| *end as usize);
    let start = node.checked_sub(1).and_then(end).unwrap_or(0);
    start..end(node).unwrap_or(start)
}

/// How two rows of a small part fit each other.
#[derive(Clone, Copy)]
struct Fit {
    score: Bits,
    evidence: Evidence,
    /// How far their amounts lie apart, in units of the field.
    gap: u128,
    /// How many days they lie apart.
    lag: u32,
}

/// How each pair of rows of a small part fits.
#[derive(Clone, Default)]
struct Scores(BTreeMap<(usize, usize), Fit>);

impl Scores {
    /// Takes the pairs of the best solution that every other solution is worse
    /// without, then those that are alone, and everything else that these rows had.
    fn take_firm(&mut self, margin: u64) -> Vec<(usize, usize)> {
        let (total, pairs) = self.best();
        let mut firm = Vec::new();
        // What a pair that is not firm may give way to, others of the solution give way
        // to with it: they stand or fall together.
        let mut others = Vec::new();
        for pair in &pairs {
            let mut without = self.clone();
            let Some(fit) = without.0.remove(pair) else {
                continue;
            };
            let (next, other) = without.best();
            let loss = total - next;
            let decided = match fit.evidence {
                Evidence::Text => true,
                Evidence::AmountAndDay => !self.may_cross(*pair, &pairs),
                Evidence::Silence => false,
            };
            if decided && is_clear(fit.score, fit.score.saturating_sub(loss), margin) {
                firm.push(*pair);
            } else if fit.evidence != Evidence::Silence {
                others.push(other);
            }
        }
        firm.retain(|pair| others.iter().all(|other| other.contains(pair)));
        self.drop_rows(&firm);
        let alone = self.alone();
        self.drop_rows(&alone);
        firm.extend(alone);
        firm
    }

    /// Whether the rows of some pairs can be paired without one of these pairs, and
    /// lie no further apart in all, neither in amount nor in days. What has the same
    /// amount to the last digit stays together: that is no matter of being near.
    fn may_cross(&self, pair: (usize, usize), pairs: &[(usize, usize)]) -> bool {
        let fits = pairs
            .iter()
            .filter_map(|pair| Some((*pair, *self.0.get(pair)?)));
        let loose: Vec<_> = fits.filter(|(_, fit)| fit.gap > 0).collect();
        let apart = loose
            .iter()
            .fold(Apart::default(), |sum, (_, fit)| sum.with(fit));
        let crossing = Crossing {
            scores: self,
            without: pair,
            left: loose.iter().map(|((left, _), _)| *left).collect(),
            most: apart,
        };
        let mut right: Vec<usize> = loose.iter().map(|((_, right), _)| *right).collect();
        loose.iter().any(|(other, _)| *other == pair)
            && crossing.leads_on(&mut right, 0, Apart::default())
    }

    /// The pairs without a text that are few days apart, and of which neither row has
    /// another candidate, however far off.
    fn alone(&self) -> Vec<(usize, usize)> {
        let touching = |(left, right): &(usize, usize)| {
            let pairs = self.0.keys();
            let touching = pairs.filter(|other| other.0 == *left || other.1 == *right);
            touching.count()
        };
        let silent = self.0.iter().filter(|(_, fit)| {
            fit.evidence == Evidence::Silence && fit.lag <= TextRule::SILENT_DAYS
        });
        let alone = silent.filter(|(pair, _)| touching(pair) == 1);
        alone.map(|(pair, _)| *pair).collect()
    }

    /// Drops everything that the rows of some pairs have.
    fn drop_rows(&mut self, pairs: &[(usize, usize)]) {
        self.0.retain(|(left, right), _| {
            pairs
                .iter()
                .all(|(taken_left, taken_right)| left != taken_left && right != taken_right)
        });
    }

    /// The most that can be had with each row used once, and how.
    fn best(&self) -> (Bits, Vec<(usize, usize)>) {
        // By the rows of the provider that are used: the best so far.
        let mut reached: BTreeMap<u32, (Bits, Vec<(usize, usize)>)> = BTreeMap::new();
        reached.insert(0, (0, Vec::new()));
        for left in 0..SMALL {
            let mut next = reached.clone();
            for ((_, right), fit) in self.0.range((left, 0)..(left + 1, 0)) {
                for (used, (sum, pairs)) in &reached {
                    let bit = 1 << right;
                    let better = |other: &(Bits, _)| other.0 < sum + fit.score;
                    if used & bit == 0 && next.get(&(used | bit)).is_none_or(better) {
                        let mut pairs = pairs.clone();
                        pairs.push((left, *right));
                        next.insert(used | bit, (sum + fit.score, pairs));
                    }
                }
            }
            reached = next;
        }
        let best = reached.into_values().max_by_key(|(sum, _)| *sum);
        best.unwrap_or_default()
    }

    /// The rows that still have candidates, by what hangs together.
    fn parts(self) -> Vec<(BTreeSet<usize>, BTreeSet<usize>)> {
        let mut parts: Vec<(BTreeSet<usize>, BTreeSet<usize>)> = Vec::new();
        for (left, right) in self.0.into_keys() {
            let touches = |part: &(BTreeSet<usize>, BTreeSet<usize>)| {
                part.0.contains(&left) || part.1.contains(&right)
            };
            let (near, far): (Vec<_>, Vec<_>) = parts.into_iter().partition(touches);
            let mut joined = (BTreeSet::from([left]), BTreeSet::from([right]));
            for (ledger, records) in near {
                joined.0.extend(ledger);
                joined.1.extend(records);
            }
            parts = far;
            parts.push(joined);
        }
        parts
    }
}

/// How far pairs lie apart in all. Days count by their squares: bookings that all
/// arrive a day later are not as near when most are paired on the same day and one
/// far off.
#[derive(Clone, Copy, Default)]
struct Apart {
    gap: u128,
    days: u64,
}

impl Apart {
    fn with(self, fit: &Fit) -> Self {
        let days = u64::from(fit.lag).pow(2);
        Self {
            gap: self.gap.saturating_add(fit.gap),
            days: self.days.saturating_add(days),
        }
    }
}

/// A look for another way to pair the rows of some pairs.
struct Crossing<'s> {
    scores: &'s Scores,
    without: (usize, usize),
    left: Vec<usize>,
    /// How far the pairs may lie apart in all.
    most: Apart,
}

impl Crossing<'_> {
    /// Whether the rows from a place on can be paired with those that are left of the
    /// other side.
    fn leads_on(&self, right: &mut [usize], place: usize, sum: Apart) -> bool {
        if sum.gap > self.most.gap || sum.days > self.most.days {
            return false;
        }
        let Some(left) = self.left.get(place) else {
            return true;
        };
        (place..right.len()).any(|other| {
            right.swap(place, other);
            let pair = right.get(place).map(|right| (*left, *right));
            let pair = pair.filter(|pair| *pair != self.without);
            let fit = pair.and_then(|pair| self.scores.0.get(&pair));
            let found = fit.is_some_and(|fit| self.leads_on(right, place + 1, sum.with(fit)));
            right.swap(place, other);
            found
        })
    }
}
