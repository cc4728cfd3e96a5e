//! What other rules do to the matches of the same rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::{MatchGroup, Matches, RowIndex, Side};

/// A match that two reconciliations of the same rows do not share.
///
/// Where both are there, rows of one are in the other with other counterparts:
/// they moved. One alone is lost or gained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change<'a> {
    /// The match of the first reconciliation.
    pub before: Option<MatchGroup<'a>>,
    /// The match of the second.
    pub after: Option<MatchGroup<'a>>,
}

/// What differs between the matches of two reconciliations: what was lost or
/// moved in the order of the first, then what was gained in that of the second.
///
/// The books of both must have the same rows in the same order. A match of the
/// same rows by another pass is the same.
#[must_use]
pub fn changes<'a>(before: &'a Matches, after: &'a Matches) -> Vec<Change<'a>> {
    let in_before = Groups::of(before);
    let in_after = Groups::of(after);
    let mut changes = Vec::new();
    let mut found = BTreeSet::new();
    let lost = in_before.groups.iter().filter(|one| !in_after.has(one));
    for group in lost {
        let others = in_after.sharing(group);
        if others.is_empty() {
            changes.push(Change {
                before: Some(*group),
                after: None,
            });
        }
        for other in others {
            found.insert(other);
            changes.push(Change {
                before: Some(*group),
                after: in_after.groups.get(other).copied(),
            });
        }
    }
    // Rows of what is left may have moved here while what they left went on to
    // others: that is a move, too.
    for (place, group) in in_after.groups.iter().enumerate() {
        if in_before.has(group) || found.contains(&place) {
            continue;
        }
        let left = in_before.sharing(group).into_iter().next();
        changes.push(Change {
            before: left.and_then(|place| in_before.groups.get(place).copied()),
            after: Some(*group),
        });
    }
    changes
}

/// Matches by their rows.
struct Groups<'a> {
    groups: Vec<MatchGroup<'a>>,
    places: BTreeMap<(Side, RowIndex), usize>,
}

impl<'a> Groups<'a> {
    fn of(matches: &'a Matches) -> Self {
        let groups: Vec<_> = matches.iter().collect();
        let rows = groups.iter().enumerate().flat_map(|(place, group)| {
            let ledger = group.ledger.iter().map(|row| (Side::Ledger, *row));
            let records = group.records.iter().map(|row| (Side::Records, *row));
            ledger.chain(records).map(move |row| (row, place))
        });
        Self {
            places: rows.collect(),
            groups,
        }
    }

    /// Whether a match of the same rows is among these.
    fn has(&self, group: &MatchGroup<'_>) -> bool {
        let first = group.ledger.first().map(|row| (Side::Ledger, *row));
        let place = first.and_then(|row| self.places.get(&row));
        place
            .and_then(|place| self.groups.get(*place))
            .is_some_and(|other| {
                same(group.ledger, other.ledger) && same(group.records, other.records)
            })
    }

    /// The matches with a row of this one: with its ledger rows where there are
    /// any, else with its records, so that two pairs that swap are two moves.
    fn sharing(&self, group: &MatchGroup<'_>) -> BTreeSet<usize> {
        let with = |side, rows: &[RowIndex]| -> BTreeSet<usize> {
            let places = rows.iter().filter_map(|row| self.places.get(&(side, *row)));
            places.copied().collect()
        };
        let by_ledger = with(Side::Ledger, group.ledger);
        if by_ledger.is_empty() {
            return with(Side::Records, group.records);
        }
        by_ledger
    }
}

fn same(rows: &[RowIndex], others: &[RowIndex]) -> bool {
    rows.len() == others.len() && rows.iter().all(|row| others.contains(row))
}
