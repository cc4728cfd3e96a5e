//! What comes into question for a target, and what nobody can decide.

use std::collections::{BTreeMap, BTreeSet};

use crate::{RowIndex, subset::Ways};

/// How many parts of a million the sums that chance makes may come to, over all
/// that was looked at, where one way to add up still proves something.
const MOST_BY_CHANCE: u128 = 1_000;

/// How many parts of a million it may be that chance makes in a pool where one way
/// still proves something, with so many targets to make them for.
pub(super) fn most_by_chance(targets: usize) -> u128 {
    MOST_BY_CHANCE / (targets as u128).max(1)
}

/// How many rows a break lists: more are read by nobody.
const MOST_LISTED: usize = 100;

/// Rows that may add up to a target.
#[derive(Debug)]
pub(super) struct Claim {
    /// The place of the target.
    pub(super) target: usize,
    /// How many ways there are; where it is one, the rows are its.
    ways: u64,
    /// Whether there may be more ways.
    at_least: bool,
    /// Whether the way found is some rows of a pool, and not all of them.
    is_part: bool,
    /// How many ways chance alone is to be expected to find, in parts of a
    /// million.
    chance: u128,
    gave_up: bool,
    pub(super) rows: Vec<RowIndex>,
}

impl Claim {
    pub(super) fn new(target: usize) -> Self {
        Self {
            target,
            ways: 0,
            at_least: false,
            is_part: false,
            chance: 0,
            gave_up: false,
            rows: Vec::new(),
        }
    }

    /// Adds the ways of a pool. Its chance counts as often as there are targets:
    /// each is another one for a sum that means nothing.
    pub(super) fn add(&mut self, members: &[RowIndex], ways: &Ways, targets: usize) {
        let chance = ways.chance.saturating_mul(targets as u128);
        self.chance = self.chance.saturating_add(chance);
        if ways.count == 0 {
            return;
        }
        let used = members.iter().zip(&ways.used);
        self.rows
            .extend(used.filter(|(_, used)| **used).map(|(row, _)| *row));
        self.ways = self.ways.saturating_add(ways.count);
        self.at_least |= ways.at_least || self.ways == u64::MAX;
        self.is_part |= ways.used.contains(&false);
    }

    /// Leaves out rows of a pool that take too much work.
    pub(super) fn give_up(&mut self) {
        self.gave_up = true;
    }

    /// Whether the one way is the target's.
    pub(super) fn is_sure(&self) -> bool {
        self.ways == 1 && !self.is_by_chance() && !self.gave_up
    }

    /// Whether nobody can tell which rows are the target's. Where a search was
    /// given up, one way that it found before shows no such thing.
    pub(super) fn is_undecided(&self) -> bool {
        self.ways > u64::from(self.gave_up)
    }

    /// Whether nothing is known of the target.
    pub(super) fn is_given_up(&self) -> bool {
        self.gave_up && !self.is_undecided()
    }

    /// Whether so many rows come to nearly any sum, so that one way proves
    /// nothing.
    fn is_by_chance(&self) -> bool {
        self.is_part && self.chance > MOST_BY_CHANCE
    }
}

/// Targets that may have the same rows, or the same rows in several ways.
#[derive(Debug)]
pub(super) struct Tied<'a> {
    pub(super) claims: Vec<&'a Claim>,
    pub(super) rows: BTreeSet<RowIndex>,
}

impl<'a> Tied<'a> {
    fn of(claim: &'a Claim) -> Self {
        Self {
            claims: vec![claim],
            rows: claim.rows.iter().copied().collect(),
        }
    }

    /// Whether a person can read all rows that come into question.
    pub(super) fn is_legible(&self) -> bool {
        self.rows.len() <= MOST_LISTED
    }

    /// Each target by itself, without rows.
    pub(super) fn apart(self) -> Vec<Self> {
        let alone = |claim| Tied {
            claims: vec![claim],
            rows: BTreeSet::new(),
        };
        self.claims.into_iter().map(alone).collect()
    }

    /// What is known of it.
    pub(super) fn finding(&self) -> String {
        let all = self.claims.iter();
        let ways = all.fold(0_u64, |ways, claim| ways.saturating_add(claim.ways));
        let mut all = self.claims.iter();
        let more = all.any(|claim| claim.at_least || claim.gave_up) || ways == u64::MAX;
        let ways = match (self.claims.as_slice(), ways) {
            ([claim], 1) if claim.is_by_chance() => {
                "one way to add up, but among so many rows, or such round amounts, some come to \
                 nearly any sum"
                    .to_owned()
            }
            (_, ways) if more => format!("{ways} ways or more to add up"),
            (_, ways) => format!("{ways} ways to add up"),
        };
        match self.claims.as_slice() {
            [claim] if self.rows.is_empty() => {
                let rows = claim.rows.len();
                let shared = if rows > MOST_LISTED {
                    ""
                } else {
                    " with what shares them"
                };
                format!("{ways}; {rows} rows come into question, too many to list{shared}")
            }
            _ => ways,
        }
    }
}

/// What nobody can decide: targets with several ways, and those that are sure of
/// the same rows, by what they share. A target with more rows than can be listed
/// ties no others together.
pub(super) fn tied(claims: &[Claim]) -> Vec<Tied<'_>> {
    let undecided = claims.iter().filter(|claim| claim.is_undecided());
    let mut all: BTreeMap<usize, Tied<'_>> = BTreeMap::new();
    let mut owners: BTreeMap<RowIndex, usize> = BTreeMap::new();
    for (number, claim) in undecided.enumerate() {
        let mut joined = Tied::of(claim);
        if joined.is_legible() {
            let near: BTreeSet<usize> = claim
                .rows
                .iter()
                .filter_map(|row| owners.get(row).copied())
                .collect();
            for other in near.iter().filter_map(|number| all.remove(number)) {
                joined.claims.extend(other.claims);
                joined.rows.extend(other.rows);
            }
            owners.extend(joined.rows.iter().map(|row| (*row, number)));
        }
        all.insert(number, joined);
    }
    all.into_values().collect()
}
