//! The best of all choices: the most rows are paired, then their amounts lie apart the
//! least in all, then their days, each of which counts more than the one before it.

use std::collections::{BTreeMap, VecDeque};

use super::window::{Link, Pairing};
use crate::units::units;

/// What it costs to pair along a link: how far the amounts lie apart, in units of the
/// finest, then the days, squared.
type Cost = (i128, i128);

/// Pairs what lies nearest in all, and marks what another choice of the same cost would
/// not pair. `None` where that is too much work, or amounts do not fit a number.
pub(super) fn choose(pairing: &mut Pairing) -> Option<()> {
    let scale = pairing
        .links
        .iter()
        .map(|link| link.gap.normalize().scale());
    let scale = scale.max().unwrap_or(0);
    let costs = pairing.links.iter().map(|link| {
        let days = i128::from(link.days);
        Some((units(link.gap, scale)?, days * days))
    });
    let costs: Vec<Cost> = costs.collect::<Option<_>>()?;
    for part in parts(pairing) {
        loop {
            let (start, path) = cheapest_path(pairing, &costs, &part)?;
            if path.is_empty() {
                break;
            }
            pairing.shift(start, &path);
        }
        mark_ties(pairing, &costs, &part)?;
    }
    Some(())
}

/// The nodes with links, by what hangs together.
fn parts(pairing: &Pairing) -> Vec<Vec<usize>> {
    let mut seen = vec![false; pairing.of_node.len()];
    let mut see = |node: usize| {
        let first = seen.get_mut(node);
        first.is_some_and(|seen| !std::mem::replace(seen, true))
    };
    let mut parts = Vec::new();
    for link in &pairing.links {
        if !see(link.ledger) {
            continue;
        }
        let mut part = vec![link.ledger];
        let mut next = 0;
        while let Some(node) = part.get(next).copied() {
            next += 1;
            let links = pairing.of_node.get(node).into_iter().flatten();
            for link in links.filter_map(|place| pairing.links.get(*place)) {
                part.extend(
                    [link.ledger, link.record]
                        .into_iter()
                        .filter(|node| see(*node)),
                );
            }
        }
        part.sort_unstable();
        parts.push(part);
    }
    parts
}

/// The cheapest way to pair one row more, from an open node of the ledger to an open one
/// of the provider: where it begins, and its links, the last first; no links where there
/// is none. `None` where it is too much work.
fn cheapest_path(
    pairing: &mut Pairing,
    costs: &[Cost],
    part: &[usize],
) -> Option<(usize, Vec<usize>)> {
    let starts = open(pairing, part, Link::booked);
    let reached = reach(pairing, costs, &starts, None)?;
    let ends = open(pairing, part, Link::listed);
    let ends = ends
        .into_iter()
        .filter_map(|end| Some((reached.get(&end)?.0, end)));
    let Some((_, end)) = ends.min() else {
        return Some((0, Vec::new()));
    };
    let (mut node, mut path) = (end, Vec::new());
    while let Some((_, Some(place))) = reached.get(&node) {
        let link = pairing.links.get(*place)?;
        path.push(*place);
        node = if link.record == node {
            link.ledger
        } else {
            link.record
        };
    }
    Some((node, path))
}

/// Marks the links of which another choice of the same cost makes no use.
///
/// Such a choice leads from the one node to the other by other links, or leaves one of
/// the two without a counterpart for the sake of an open one.
fn mark_ties(pairing: &mut Pairing, costs: &[Cost], part: &[usize]) -> Option<()> {
    let (starts, ends) = (
        open(pairing, part, Link::booked),
        open(pairing, part, Link::listed),
    );
    let links = part.iter().filter_map(|node| pairing.of_node.get(*node));
    let mut links: Vec<usize> = links.flatten().copied().collect();
    links.sort_unstable();
    links.dedup();
    for place in links {
        let Some(link) = pairing.links.get(place).filter(|link| link.rows > 0) else {
            continue;
        };
        let (ledger, record) = (link.ledger, link.record);
        let from: Vec<usize> = starts.iter().copied().chain([ledger]).collect();
        let reached = reach(pairing, costs, &from, Some(place))?;
        let ends = ends.iter().chain([&record]);
        let cheapest = ends.filter_map(|end| Some(reached.get(end)?.0)).min();
        let tied = cheapest.is_some_and(|other| costs.get(place).is_some_and(|own| other <= *own));
        if let Some(link) = pairing.links.get_mut(place) {
            link.tied = tied;
        }
    }
    Some(())
}

impl Link {
    fn booked(&self) -> usize {
        self.ledger
    }

    fn listed(&self) -> usize {
        self.record
    }
}

/// The nodes of a side of a part that have rows open.
fn open(pairing: &Pairing, part: &[usize], side: fn(&Link) -> usize) -> Vec<usize> {
    let of_side = |node: &usize| {
        let first = pairing.of_node.get(*node).and_then(|links| links.first());
        let link = first.and_then(|place| pairing.links.get(*place));
        link.is_some_and(|link| side(link) == *node)
    };
    let open = part.iter().filter(|node| pairing.open_at(**node) > 0);
    open.filter(|node| of_side(node)).copied().collect()
}

/// What it costs at least to get from some nodes to others, and the last link of the
/// way: from the ledger to the provider along any link but one, and back along those
/// whose rows are paired, which saves what they cost. `None` where it is too much work.
fn reach(
    pairing: &mut Pairing,
    costs: &[Cost],
    starts: &[usize],
    without: Option<usize>,
) -> Option<BTreeMap<usize, (Cost, Option<usize>)>> {
    let mut reached: BTreeMap<usize, (Cost, Option<usize>)> =
        starts.iter().map(|node| (*node, ((0, 0), None))).collect();
    let mut waiting: VecDeque<usize> = starts.iter().copied().collect();
    while let Some(node) = waiting.pop_front() {
        let (gap, days) = reached.get(&node)?.0;
        for step in 0..pairing.of_node.get(node)?.len() {
            pairing.follow()?;
            let place = *pairing.of_node.get(node)?.get(step)?;
            let link = pairing.links.get(place)?;
            let cost = costs.get(place)?;
            let (next, cost) = if link.ledger == node {
                (link.record, (gap + cost.0, days + cost.1))
            } else {
                (link.ledger, (gap - cost.0, days - cost.1))
            };
            let open = next == link.record || link.rows > 0;
            let known = reached.get(&next);
            if without != Some(place) && open && known.is_none_or(|(known, _)| cost < *known) {
                reached.insert(next, (cost, Some(place)));
                waiting.push_back(next);
            }
        }
    }
    Some(reached)
}
