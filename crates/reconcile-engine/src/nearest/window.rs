//! Pairing rows whose days must lie within a window of each other.

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Node, Pair, Seeker, days_apart};
use crate::{Side, sum::exact_difference};

/// How many pairs of nodes are looked at.
const LOOKED: usize = 1 << 18;

/// How much work it may be to make room, in links that are followed.
const FOLLOWED: usize = 1 << 24;

/// Pairs the nodes of one key, in the order of their amounts: the nearest first,
/// then as many others as can be. `None` where too many are near each other.
pub(super) fn pair<K: Copy>(
    nodes: &[Node<'_, K>],
    near: impl Fn(&Seeker<K>, Decimal) -> bool,
    timely: impl Fn(Date, Date) -> bool,
) -> Option<Vec<Pair>> {
    let mut pairing = Pairing {
        links: links(nodes, near, timely)?,
        of_node: vec![Vec::new(); nodes.len()],
        open: nodes.iter().map(|node| node.rows.len()).collect(),
        followed: 0,
    };
    pairing.take_nearest();
    pairing.make_room();
    Some(pairing.pairs(nodes))
}

/// Two nodes that may be paired, in the order of how early they are to be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    gap: Decimal,
    days: i32,
    ledger: usize,
    record: usize,
    /// How many rows of the one are paired with rows of the other.
    rows: usize,
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
struct Pairing {
    links: Vec<Link>,
    /// Of each node its links, the nearest first.
    of_node: Vec<Vec<usize>>,
    /// How many rows of each node are not paired.
    open: Vec<usize>,
    followed: usize,
}

impl Pairing {
    /// Pairs what two nodes have open, the nearest first.
    fn take_nearest(&mut self) {
        for (place, link) in self.links.iter_mut().enumerate() {
            let open = |node: usize| self.open.get(node).copied().unwrap_or(0);
            link.rows = open(link.ledger).min(open(link.record));
            for node in [link.ledger, link.record] {
                if let Some(open) = self.open.get_mut(node) {
                    *open -= link.rows;
                }
                if let Some(links) = self.of_node.get_mut(node) {
                    links.push(place);
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

    fn open_at(&self, node: usize) -> usize {
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
            for place in self.of_node.get(node)? {
                self.followed += 1;
                let link = self.links.get(*place)?;
                let next = match is_ledger(link) {
                    true => link.record,
                    false if link.rows > 0 => link.ledger,
                    false => continue,
                };
                if self.followed > FOLLOWED {
                    return None;
                }
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

    /// Moves as many rows along a path as every part of it allows.
    fn shift(&mut self, start: usize, path: &[usize]) {
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
                pairs.extend(ledger.couple(&records));
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
        nearest::{Pair, Seeker, pair},
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

    fn paired(ledger: &[(i64, i64)], records: &[(i64, i64)]) -> (usize, Vec<Pair>) {
        let (left, booked) = book(ledger, Side::Ledger);
        let (right, listed) = book(records, Side::Records);
        let most = most(&booked, &listed);
        let all = booked.into_iter().chain(listed).collect();
        (
            most,
            pair(all, &left, &right, |_, gap| near(gap), Some(&timely)),
        )
    }

    proptest! {
        #[test]
        fn no_other_choice_pairs_more_rows(
            ledger in prop::collection::vec((0..6_i64, 0..8_i64), 0..12),
            records in prop::collection::vec((0..6_i64, 0..8_i64), 0..12),
        ) {
            let (most, pairs) = paired(&ledger, &records);
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
    fn the_nearest_that_comes_in_time_is_taken() {
        // The record of the same amount came too early, and stands in between.
        let (_, pairs) = paired(&[(5, 3)], &[(5, 0), (6, 3), (3, 3)]);
        assert_eq!(pairs.len(), 1);
        assert_eq!(pairs[0].record.position(), 1);
    }
}
