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
//! rests on amount and day is never taken for being the best of a large part. Where
//! a text was asked for and a row has none, a pair counts once nothing else is left
//! for either row.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{
    candidates::{Edge, Evidence, is_clear, thousandths},
    nodes::{Field, Node},
    text::Bits,
};
use crate::{RowIndex, join::Crowd};

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
    let (small, large): (Vec<Part>, Vec<Part>) = graph
        .parts()
        .into_iter()
        .partition(|part| graph.is_small(part));
    for part in small {
        graph.solve(&part, &mut assigned);
        graph.close(&part);
    }
    let waiting = large.into_iter().flat_map(|part| part.ledger).rev();
    graph.take_clear(waiting.collect(), &mut assigned);
    for part in graph.parts() {
        graph.solve(&part, &mut assigned);
    }
    assigned
}

struct Graph<'f, 'a> {
    field: &'f Field<'a>,
    margin: u64,
    edges: Vec<Edge>,
    /// Of each node its edges, the best first.
    of_ledger: Vec<Vec<usize>>,
    of_record: Vec<Vec<usize>>,
    ledger_open: Vec<bool>,
    record_open: Vec<bool>,
}

/// Nodes that hang together.
#[derive(Default)]
struct Part {
    ledger: Vec<usize>,
    records: Vec<usize>,
}

impl<'f, 'a> Graph<'f, 'a> {
    fn of(field: &'f Field<'a>, edges: Vec<Edge>, margin: u64) -> Self {
        let mut of_ledger = vec![Vec::new(); field.ledger.len()];
        let mut of_record = vec![Vec::new(); field.records.len()];
        let mut order: Vec<usize> = (0..edges.len()).collect();
        order.sort_unstable_by_key(|place| {
            let edge = edges.get(*place);
            edge.map(|edge| (std::cmp::Reverse(edge.score), edge.ledger, edge.record))
        });
        for place in order {
            let Some(edge) = edges.get(place) else {
                continue;
            };
            let lists = of_ledger
                .get_mut(edge.ledger)
                .zip(of_record.get_mut(edge.record));
            if let Some((ledger, record)) = lists {
                ledger.push(place);
                record.push(place);
            }
        }
        Self {
            margin,
            edges,
            of_ledger,
            of_record,
            ledger_open: vec![true; field.ledger.len()],
            record_open: vec![true; field.records.len()],
            field,
        }
    }

    /// Takes every pair with texts of which each is the other's best by the margin.
    fn take_clear(&mut self, mut waiting: Vec<usize>, assigned: &mut Assigned) {
        while let Some(ledger) = waiting.pop() {
            let Some(edge) = self.clear_best(self.of_ledger.get(ledger)) else {
                continue;
            };
            if edge.evidence != Evidence::Text
                || self.clear_best(self.of_record.get(edge.record)) != Some(edge)
            {
                continue;
            }
            let (Some(booked), Some(listed)) = (
                only_row(&self.field.ledger, ledger),
                only_row(&self.field.records, edge.record),
            ) else {
                continue;
            };
            assigned.pairs.push((booked, listed));
            self.close(&Part {
                ledger: vec![edge.ledger],
                records: vec![edge.record],
            });
            // Whoever had one of the two as a candidate may have a clear best now.
            waiting.extend(
                self.neighbours(self.of_record.get(edge.record))
                    .map(|edge| edge.ledger),
            );
            for other in self.neighbours(self.of_ledger.get(ledger)) {
                let best = self.neighbours(self.of_record.get(other.record)).next();
                waiting.extend(best.map(|edge| edge.ledger));
            }
        }
    }

    /// The best open edge of a list, where it is better than the next by the
    /// margin.
    fn clear_best(&self, list: Option<&Vec<usize>>) -> Option<Edge> {
        let mut open = self.neighbours(list).filter(|edge| self.is_open(edge));
        let best = open.next()?;
        let second = open.next().map_or(0, |edge| edge.score);
        is_clear(best.score, second, self.margin).then_some(best)
    }

    fn neighbours<'g>(
        &'g self,
        list: Option<&'g Vec<usize>>,
    ) -> impl Iterator<Item = Edge> + use<'g> {
        let places = list.map_or(&[][..], Vec::as_slice);
        let edges = &self.edges;
        places.iter().filter_map(|place| edges.get(*place)).copied()
    }

    fn is_open(&self, edge: &Edge) -> bool {
        let open = |list: &[bool], place: usize| list.get(place) == Some(&true);
        open(&self.ledger_open, edge.ledger) && open(&self.record_open, edge.record)
    }

    fn close(&mut self, part: &Part) {
        let close = |open: &mut [bool], places: &[usize]| {
            for place in places {
                if let Some(open) = open.get_mut(*place) {
                    *open = false;
                }
            }
        };
        close(&mut self.ledger_open, &part.ledger);
        close(&mut self.record_open, &part.records);
    }

    /// Whether a part can be solved exactly.
    fn is_small(&self, part: &Part) -> bool {
        let rows = |nodes: &[Node<'_>], places: &[usize]| -> usize {
            let nodes = places.iter().filter_map(|place| nodes.get(*place));
            nodes.map(|node| node.rows.len()).sum()
        };
        rows(&self.field.ledger, &part.ledger) <= SMALL
            && rows(&self.field.records, &part.records) <= SMALL
    }

    /// The open nodes with open edges, by what hangs together.
    fn parts(&self) -> Vec<Part> {
        let mut ledger_seen = vec![false; self.ledger_open.len()];
        let mut record_seen = vec![false; self.record_open.len()];
        let see = |seen: &mut Vec<bool>, place: usize| {
            let first = seen.get_mut(place);
            first.is_some_and(|seen| !std::mem::replace(seen, true))
        };
        let mut parts = Vec::new();
        for start in 0..self.of_ledger.len() {
            let mut open = self
                .neighbours(self.of_ledger.get(start))
                .filter(|edge| self.is_open(edge));
            if open.next().is_none() || !see(&mut ledger_seen, start) {
                continue;
            }
            let mut part = Part {
                ledger: vec![start],
                records: Vec::new(),
            };
            let mut next = 0;
            while let Some(&ledger) = part.ledger.get(next) {
                next += 1;
                for edge in self.neighbours(self.of_ledger.get(ledger)) {
                    if !self.is_open(&edge) || !see(&mut record_seen, edge.record) {
                        continue;
                    }
                    part.records.push(edge.record);
                    for back in self.neighbours(self.of_record.get(edge.record)) {
                        if self.is_open(&back) && see(&mut ledger_seen, back.ledger) {
                            part.ledger.push(back.ledger);
                        }
                    }
                }
            }
            part.ledger.sort_unstable();
            part.records.sort_unstable();
            parts.push(part);
        }
        parts
    }

    /// Files the rows of a part as pairs, as tied, or not at all where others
    /// took their candidates.
    fn solve(&self, part: &Part, assigned: &mut Assigned) {
        let rows = |nodes: &[Node<'_>], places: &[usize]| -> Vec<(usize, RowIndex)> {
            let rows = |place: &usize| {
                let node = nodes.get(*place);
                let rows = node.map_or(&[][..], |node| &node.rows);
                rows.iter().map(|row| (*place, *row)).collect::<Vec<_>>()
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
            for edge in self.neighbours(self.of_ledger.get(*node)) {
                let same = records
                    .iter()
                    .enumerate()
                    .filter(|(_, (record, _))| *record == edge.record);
                for (right, _) in same {
                    scores.0.insert((left, right), edge);
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
            let pick = |rows: &[(usize, RowIndex)], places: BTreeSet<usize>| {
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

/// The row of a node; none where there are several.
fn only_row(nodes: &[Node<'_>], place: usize) -> Option<RowIndex> {
    match nodes.get(place)?.rows.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// The edge of each pair of rows of a small part.
#[derive(Clone, Default)]
struct Scores(BTreeMap<(usize, usize), Edge>);

impl Scores {
    /// Takes the pairs of the best solution that every other solution is worse
    /// without, then those that are alone, and everything else that these rows had.
    fn take_firm(&mut self, margin: u64) -> Vec<(usize, usize)> {
        let (total, pairs) = self.best();
        let mut firm: Vec<_> = pairs
            .into_iter()
            .filter(|pair| {
                let mut without = self.clone();
                let Some(edge) = without.0.remove(pair) else {
                    return false;
                };
                let score = edge.score;
                let loss = total - without.best().0;
                edge.evidence != Evidence::Silence
                    && is_clear(score, score.saturating_sub(loss), margin)
            })
            .collect();
        self.drop_rows(&firm);
        let alone = self.alone();
        self.drop_rows(&alone);
        firm.extend(alone);
        firm
    }

    /// The pairs without a text of which neither row has another candidate.
    fn alone(&self) -> Vec<(usize, usize)> {
        let touching = |(left, right): &(usize, usize)| {
            let pairs = self.0.keys();
            let touching = pairs.filter(|other| other.0 == *left || other.1 == *right);
            touching.count()
        };
        let silent = self
            .0
            .iter()
            .filter(|(_, edge)| edge.evidence == Evidence::Silence);
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
            for ((_, right), edge) in self.0.range((left, 0)..(left + 1, 0)) {
                for (used, (sum, pairs)) in &reached {
                    let bit = 1 << right;
                    let better = |other: &(Bits, _)| other.0 < sum + edge.score;
                    if used & bit == 0 && next.get(&(used | bit)).is_none_or(better) {
                        let mut pairs = pairs.clone();
                        pairs.push((left, *right));
                        next.insert(used | bit, (sum + edge.score, pairs));
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
