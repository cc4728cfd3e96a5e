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
    extent: Extent,
    /// Where a way was found: the place of the pool, of several the last one.
    pool: Option<usize>,
    /// How many pools were looked at for it where only one way to take rows was
    /// tried of each.
    looked: u32,
    /// How many ways chance alone is to be expected to find, in parts of a
    /// million.
    chance: u128,
    gave_up: bool,
    pub(super) rows: Vec<RowIndex>,
}

/// How much the rows of a way are of all that share the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// All of a pool.
    Whole,
    /// Some of a pool.
    Part,
    /// All or some of a pool that is what others left of a day.
    Rest,
}

impl Claim {
    pub(super) fn new(target: usize) -> Self {
        Self {
            target,
            ways: 0,
            at_least: false,
            extent: Extent::Whole,
            pool: None,
            looked: 0,
            chance: 0,
            gave_up: false,
            rows: Vec::new(),
        }
    }

    /// Counts the ways that chance is to be expected to find in a pool, as often as
    /// there are targets: each is another one for a sum that means nothing.
    pub(super) fn expect(&mut self, chance: u128, targets: usize) {
        let chance = chance.saturating_mul(targets as u128);
        self.chance = self.chance.saturating_add(chance);
    }

    /// Adds the ways of a pool, and those that chance may make.
    pub(super) fn add(&mut self, pool: usize, members: &[RowIndex], ways: &Ways, targets: usize) {
        self.expect(ways.chance, targets);
        if ways.count == 0 {
            return;
        }
        let used = members.iter().zip(&ways.used);
        self.rows
            .extend(used.filter(|(_, used)| **used).map(|(row, _)| *row));
        self.pool = Some(pool);
        self.ways = self.ways.saturating_add(ways.count);
        self.at_least |= ways.at_least || self.ways == u64::MAX;
        if ways.used.contains(&false) {
            self.extent = Extent::Part;
        }
    }

    /// Counts a pool of which all rows together are tried.
    pub(super) fn look(&mut self) {
        self.looked = self.looked.saturating_add(1);
    }

    /// The pool of the one way, where chance may have made it.
    pub(super) fn doubtful_pool(&self) -> Option<usize> {
        self.pool
            .filter(|_| self.ways == 1 && !self.gave_up && self.may_be_chance())
    }

    /// Notes that most of what shares the evidence is matched otherwise: all of the
    /// rest are no more than some.
    pub(super) fn note_rest(&mut self) {
        self.extent = Extent::Rest;
    }

    /// Whether another claim to the target is to other rows, or in more ways.
    pub(super) fn is_contested_by(&self, other: &Self) -> bool {
        other.ways > 1 || other.ways == 1 && other.rows != self.rows
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
        self.ways > u64::from(self.gave_up) && !self.is_coincidence()
    }

    /// Whether chance made the one way of rows of which most others are matched
    /// otherwise: that is no reason to hold any of them back.
    pub(super) fn is_coincidence(&self) -> bool {
        self.ways == 1 && !self.gave_up && self.extent == Extent::Rest && self.may_be_chance()
    }

    /// Whether nothing is known of the target.
    pub(super) fn is_given_up(&self) -> bool {
        self.gave_up && !self.is_undecided()
    }

    /// Whether so many rows come to nearly any sum, so that one way proves
    /// nothing.
    fn is_by_chance(&self) -> bool {
        self.extent != Extent::Whole && self.may_be_chance()
    }

    fn may_be_chance(&self) -> bool {
        self.chance.saturating_mul(self.looked.max(1).into()) > MOST_BY_CHANCE
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
