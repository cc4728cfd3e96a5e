//! Pairing rows of which few come into question for each other.

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Choice, Node, Pair, Seeker, best, days_apart};
use crate::{Side, sum::exact_difference};

/// How many pairs of nodes are looked at.
const LOOKED: usize = 1 << 18;

/// How much work a choice may be, in links that are followed.
const FOLLOWED: usize = 1 << 24;

/// Pairs the nodes of one key, in the order of their amounts, by this choice: as many
/// as can be. `None` where too many are near each other.
pub(super) fn pair<K: Copy>(
    nodes: &[Node<'_, K>],
    near: impl Fn(&Seeker<K>, Decimal) -> bool,
    timely: impl Fn(Date, Date) -> bool,
    choice: Choice,
) -> Option<Vec<Pair>> {
    let mut pairing = Pairing::of(links(nodes, near, timely)?, nodes);
    if choice == Choice::LeastInAll {
        if best::choose(&mut pairing).is_some() {
            return Some(pairing.pairs(nodes));
        }
        pairing = Pairing::of(pairing.links, nodes);
    }
    pairing.take_nearest();
    pairing.make_room();
    Some(pairing.pairs(nodes))
}

/// Two nodes that may be paired, in the order of how early they are to be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) gap: Decimal,
    pub(super) days: i32,
    pub(super) ledger: usize,
    pub(super) record: usize,
    /// How many rows of the one are paired with rows of the other.
    pub(super) rows: usize,
    /// Whether another choice would do as well without them.
    pub(super) tied: bool,
}

/// The links of all nodes, the nearest first; `None` where there are too many.
fn links<K: Copy>(
    nodes: &[Node<'_, K>],
    near: impl Fn(&Seeker<K>, Decimal) -> bool,
    timely: impl Fn(Date, Date) -> bool,
) -> Option<Vec<Link>> {
    let mut looked = 0;
    let mut links = Vec::new();
    for (ledger, node) in nodes.iter().enumerate() {
        let Some(booked) = node.head().filter(|head| head.side == Side::Ledger) else {
            continue;
        };
        let mut look = |(record, other): (usize, &Node<'_, K>)| {
            let listed = other.head()?;
            let gap = exact_difference(booked.amount, listed.amount)?.abs();
            looked += 1;
            // Farther on, amounts only lie farther off.
            let goes_on = looked <= LOOKED && near(&booked, gap);
            let fits = || listed.side == Side::Records && timely(booked.date, listed.date);
            if goes_on && fits() {
                links.push(Link {
                    gap,
                    days: days_apart(booked.date, listed.date),
                    ledger,
                    record,
                    rows: 0,
                    tied: false,
                });
            }
            goes_on.then_some(())
        };
        let others = || nodes.iter().enumerate();
        others().skip(ledger + 1).try_for_each(&mut look);
        others().take(ledger).rev().try_for_each(&mut look);
    }
    links.sort_unstable();
    (looked <= LOOKED).then_some(links)
}

/// How many rows of which nodes are paired.
pub(super) struct Pairing {
    pub(super) links: Vec<Link>,
    /// Of each node its links, the nearest first.
    pub(super) of_node: Vec<Vec<usize>>,
    /// How many rows of each node are not paired.
    open: Vec<usize>,
    followed: usize,
}

impl Pairing {
    /// Nodes of which nothing is paired yet.
    fn of<K>(mut links: Vec<Link>, nodes: &[Node<'_, K>]) -> Self {
        let mut of_node = vec![Vec::new(); nodes.len()];
        for (place, link) in links.iter_mut().enumerate() {
            (link.rows, link.tied) = (0, false);
            for node in [link.ledger, link.record] {
                if let Some(links) = of_node.get_mut(node) {
                    links.push(place);
                }
            }
        }
        Self {
            links,
            of_node,
            open: nodes.iter().map(|node| node.rows.len()).collect(),
            followed: 0,
        }
    }

    /// Counts a link that is followed; `None` once it is too much work.
    pub(super) fn follow(&mut self) -> Option<()> {
        self.followed += 1;
        (self.followed <= FOLLOWED).then_some(())
    }

    /// Pairs what two nodes have open, the nearest first.
    fn take_nearest(&mut self) {
        for link in &mut self.links {
            let open = |node: usize| self.open.get(node).copied().unwrap_or(0);
            link.rows = open(link.ledger).min(open(link.record));
            for node in [link.ledger, link.record] {
                if let Some(open) = self.open.get_mut(node) {
                    *open -= link.rows;
                }
            }
        }
    }

    /// Pairs what is left by moving others to their next.
    fn make_room(&mut self) {
        let ledger = self.links.iter().map(|link| link.ledger);
        let mut starts: Vec<usize> = ledger.collect();
        starts.sort_unstable();
        starts.dedup();
        for start in starts {
            while self.open_at(start) > 0 {
                let Some(path) = self.path(start) else { break };
                self.shift(start, &path);
            }
        }
    }

    pub(super) fn open_at(&self, node: usize) -> usize {
        self.open.get(node).copied().unwrap_or(0)
    }

    /// The links from a node of the ledger to one of the provider that has rows
    /// open: every second is one along which rows are paired that are to move. The
    /// fewest there are; `None` where there are none, or it is too much work.
    fn path(&mut self, start: usize) -> Option<Vec<usize>> {
        // By the node that was reached, the link by which it was.
        let mut by = BTreeMap::from([(start, usize::MAX)]);
        let mut waiting = VecDeque::from([start]);
        while let Some(node) = waiting.pop_front() {
            let is_ledger = |link: &Link| link.ledger == node;
            for step in 0..self.of_node.get(node)?.len() {
                self.follow()?;
                let place = self.of_node.get(node)?.get(step)?;
                let link = self.links.get(*place)?;
                let next = match is_ledger(link) {
                    true => link.record,
                    false if link.rows > 0 => link.ledger,
                    false => continue,
                };
                if by.contains_key(&next) {
                    continue;
                }
                by.insert(next, *place);
                waiting.push_back(next);
                if is_ledger(link) && self.open_at(next) > 0 {
                    return Some(self.way_back(next, &by));
                }
            }
        }
        None
    }

    /// The links from the start to a node, the last first.
    fn way_back(&self, mut node: usize, by: &BTreeMap<usize, usize>) -> Vec<usize> {
        let mut path = Vec::new();
        while let Some((place, link)) = by
            .get(&node)
            .and_then(|place| Some((place, self.links.get(*place)?)))
        {
            path.push(*place);
            node = if link.record == node {
                link.ledger
            } else {
                link.record
            };
        }
        path
    }

    /// Moves as many rows along a path, the last link first, as every part of it
    /// allows.
    pub(super) fn shift(&mut self, start: usize, path: &[usize]) {
        let end = path.first().and_then(|place| self.links.get(*place));
        let Some(end) = end.map(|link| link.record) else {
            return;
        };
        let moved = path.iter().skip(1).step_by(2);
        let moved = moved
            .filter_map(|place| self.links.get(*place))
            .map(|link| link.rows);
        let rows = moved
            .chain([self.open_at(start), self.open_at(end)])
            .min()
            .unwrap_or(0);
        for (step, place) in path.iter().enumerate() {
            if let Some(link) = self.links.get_mut(*place) {
                link.rows = if step % 2 == 0 {
                    link.rows + rows
                } else {
                    link.rows - rows
                };
            }
        }
        for node in [start, end] {
            if let Some(open) = self.open.get_mut(node) {
                *open -= rows;
            }
        }
    }

    /// The rows that are paired, those of each node in their order.
    fn pairs<K: Copy>(&self, nodes: &[Node<'_, K>]) -> Vec<Pair> {
        let mut nodes = nodes.to_vec();
        let mut pairs = Vec::new();
        let mut take = |place: usize, count: usize| {
            let node = nodes.get_mut(place)?;
            let (taken, rest) = node.rows.split_at_checked(count)?;
            node.rows = rest;
            Some(Node {
                rows: taken,
                ..*node
            })
        };
        for link in &self.links {
            let taken = take(link.ledger, link.rows).zip(take(link.record, link.rows));
            if let Some((ledger, records)) = taken {
                pairs.extend(ledger.couple(&records).map(|pair| Pair {
                    ambiguous: pair.ambiguous || link.tied,
                    ..pair
                }));
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{ToSpan, civil::date};
    use proptest::prelude::*;
    use reconcile_core::{Direction, Money};

    use crate::{
        Book, Row, RowIndex, Side,
        nearest::{Choice, Pair, Seeker, pair},
    };

    /// How many pairs there can be: every row of the ledger in turn seeks a record,
    /// and whoever has it another.
    fn most(ledger: &[Seeker<()>], records: &[Seeker<()>]) -> usize {
        fn seek(
            row: usize,
            fits: &impl Fn(usize, usize) -> bool,
            taken: &mut [Option<usize>],
            seen: &mut BTreeSet<usize>,
        ) -> bool {
            (0..taken.len()).any(|record| {
                let free = fits(row, record) && seen.insert(record);
                if free && taken[record].is_none_or(|other| seek(other, fits, taken, seen)) {
                    taken[record] = Some(row);
                    return true;
                }
                false
            })
        }
        let fits = |row: usize, record: usize| {
            let gap = (ledger[row].amount - records[record].amount).abs();
            near(gap) && timely(ledger[row].date, records[record].date)
        };
        let mut taken = vec![None; records.len()];
        let rows = 0..ledger.len();
        rows.filter(|row| seek(*row, &fits, &mut taken, &mut BTreeSet::new()))
            .count()
    }

    fn near(gap: rust_decimal::Decimal) -> bool {
        gap <= rust_decimal::dec!(2)
    }

    fn timely(booked: jiff::civil::Date, listed: jiff::civil::Date) -> bool {
        let days = booked.until(listed).unwrap().get_days();
        (0..=3).contains(&days)
    }

    fn book(rows: &[(i64, i64)], side: Side) -> (Book, Vec<Seeker<()>>) {
        let mut book = Book::new();
        for (place, (amount, day)) in rows.iter().enumerate() {
            let amount = Money::new((*amount).into(), "PEN".parse().unwrap());
            let day = date(2026, 11, 1) + day.days();
            let id = format!("{place}");
            book.push(Row::new(&id, amount, Direction::Credit, day))
                .unwrap();
        }
        let seeker = |row: RowIndex| {
            let facts = book.facts(row);
            Seeker {
                key: (),
                amount: facts.amount,
                date: facts.date,
                side,
                row,
            }
        };
        let seekers = book.indices().map(seeker).collect();
        (book, seekers)
    }

    fn paired(ledger: &[(i64, i64)], records: &[(i64, i64)], choice: Choice) -> (usize, Vec<Pair>) {
        let (left, booked) = book(ledger, Side::Ledger);
        let (right, listed) = book(records, Side::Records);
        let most = most(&booked, &listed);
        let all = booked.into_iter().chain(listed).collect();
        (
            most,
            pair(
                all,
                (&left, &right),
                |_, gap| near(gap),
                Some(&timely),
                choice,
            ),
        )
    }

    proptest! {
        #[test]
        fn no_other_choice_pairs_more_rows(
            ledger in prop::collection::vec((0..6_i64, 0..8_i64), 0..12),
            records in prop::collection::vec((0..6_i64, 0..8_i64), 0..12),
        ) {
            for choice in [Choice::NearestFirst, Choice::LeastInAll] {
            let (most, pairs) = paired(&ledger, &records, choice);
            prop_assert_eq!(pairs.len(), most);
            let used = |row: fn(&Pair) -> RowIndex| pairs.iter().map(row).collect::<BTreeSet<_>>();
            prop_assert_eq!(used(|pair| pair.ledger).len(), most);
            prop_assert_eq!(used(|pair| pair.record).len(), most);
            for pair in pairs {
                let (amount, day) = ledger[pair.ledger.position()];
                let (other, later) = records[pair.record.position()];
                prop_assert!((amount - other).abs() <= 2 && (0..=3).contains(&(later - day)));
            }
            }
        }

        #[test]
        fn no_other_choice_of_as_many_lies_nearer_in_all_and_ties_are_told(
            ledger in prop::collection::vec((0..6_i64, 0..8_i64), 0..6),
            records in prop::collection::vec((0..6_i64, 0..8_i64), 0..6),
        ) {
            let (most, pairs) = paired(&ledger, &records, Choice::LeastInAll);
            let apart = |row: usize, record: usize| {
                let ((amount, day), (other, later)) = (ledger[row], records[record]);
                let fits = (amount - other).abs() <= 2 && (0..=3).contains(&(later - day));
                fits.then(|| ((amount - other).abs(), (later - day).pow(2)))
            };
            let mut all = Vec::new();
            choices(0, ledger.len(), records.len(), &apart, &mut Vec::new(), &mut all);
            let sum = |choice: &[(usize, usize)]| {
                choice.iter().fold((0, 0), |sum, (row, record)| {
                    let (gap, days) = apart(*row, *record).unwrap();
                    (sum.0 + gap, sum.1 + days)
                })
            };
            all.retain(|choice| choice.len() == most);
            let least = all.iter().map(|choice| sum(choice)).min().unwrap();
            let taken = |pair: &Pair| (pair.ledger.position(), pair.record.position());
            let chosen: Vec<_> = pairs.iter().map(taken).collect();
            prop_assert_eq!(sum(&chosen), least);
            for pair in &pairs {
                let best = all.iter().filter(|choice| sum(choice) == least);
                let needed = best.filter(|choice| !choice.contains(&taken(pair))).count() == 0;
                prop_assert!(needed || pair.ambiguous, "{:?}", pair);
            }
        }
    }

    /// Every way to pair rows from one on.
    fn choices(
        row: usize,
        rows: usize,
        records: usize,
        apart: &impl Fn(usize, usize) -> Option<(i64, i64)>,
        chosen: &mut Vec<(usize, usize)>,
        all: &mut Vec<Vec<(usize, usize)>>,
    ) {
        if row == rows {
            all.push(chosen.clone());
            return;
        }
        choices(row + 1, rows, records, apart, chosen, all);
        for record in 0..records {
            let free = chosen.iter().all(|(_, taken)| *taken != record);
            if free && apart(row, record).is_some() {
                chosen.push((row, record));
                choices(row + 1, rows, records, apart, chosen, all);
                chosen.pop();
            }
        }
    }

    #[test]
    fn the_nearest_that_comes_in_time_is_taken() {
        // The record of the same amount came too early, and stands in between.
        let records = [(5, 0), (6, 3), (3, 3)];
        let (_, pairs) = paired(&[(5, 3)], &records, Choice::NearestFirst);
        assert_eq!(pairs.len(), 1);
        assert_eq!(pairs[0].record.position(), 1);
    }
}
