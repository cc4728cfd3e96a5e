//! What it proves that all rows which are left of a day come to a target.
//!
//! A payout is its whole day. But a day is no batch: every row has one. Where most
//! rows of a day are matched otherwise, those that are left over are some rows like any
//! others, and the fewer they are, the more sums does chance make of them.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use jiff::civil::Date;
use reconcile_core::Currency;

use super::{
    claims::Claim,
    pools::{BUDGET, Key, Pool, Search},
    trials::Trial,
};
use crate::{Column, rules::Standing};

impl Search<'_> {
    /// Notes of which claims the rows are the rest of a day, where chance may have
    /// made the claim.
    pub(super) fn weigh(&mut self, claims: &mut [Claim]) {
        // What else may be evidence is put on rows since they belong together.
        if self.group.evidence != [Column::Date] {
            return;
        }
        for claim in claims {
            let Some(pool) = claim.doubtful_pool() else {
                continue;
            };
            if self.rests.is_none() {
                self.rests = Some(self.find_rests());
            }
            if self
                .rests
                .as_ref()
                .is_some_and(|rests| rests.contains(&pool))
            {
                claim.note_rest();
            }
        }
    }

    /// The places of the pools that are less than half of what their day lists.
    fn find_rests(&self) -> BTreeSet<usize> {
        let (_, many) = self.sides();
        let mut days: HashMap<(Currency, Date), usize, RandomState> = HashMap::default();
        for ((currency, _), pool) in &self.pools {
            if let Some((date, _)) = pool.days() {
                days.insert((*currency, date), self.other.counted_on(*currency, date));
            }
        }
        let excludes = self
            .rules
            .exclusions
            .iter()
            .filter(|rule| rule.side == many);
        for row in self.other.indices() {
            let facts = self.other.facts(row);
            let Some(rows) = days.get_mut(&(facts.currency, facts.date)) else {
                continue;
            };
            // Those settled apart, which are counted only, moved and take part.
            let moved = self.rules.standing(facts.status) == Standing::Moved;
            if !moved
                || excludes
                    .clone()
                    .any(|rule| rule.covers(&self.other.row(row)))
            {
                *rows = rows.saturating_sub(1);
            }
        }
        let is_rest = |((currency, _), pool): &(Key, Pool)| {
            let day = pool
                .days()
                .and_then(|(date, _)| days.get(&(*currency, date)));
            day.is_some_and(|rows| 2 * pool.len() < *rows)
        };
        let pools = self.pools.iter().enumerate();
        pools
            .filter(|(_, pool)| is_rest(pool))
            .map(|(place, _)| place)
            .collect()
    }

    /// Drops the claims to all rows of a pool where some of so few rows of another that
    /// chance would not come to the target, too.
    pub(super) fn drop_contested(&mut self, claims: &mut Vec<Claim>) {
        let sure = claims.iter().filter(|claim| claim.is_sure());
        let sure: BTreeSet<usize> = sure.map(|claim| claim.target).collect();
        if sure.is_empty() {
            return;
        }
        let others = self.claims_of(Some(&sure), Trial::Telling, &mut BUDGET.clone());
        // Both are in the order of their targets.
        let mut others = others.into_iter().peekable();
        claims.retain(|claim| {
            while others
                .next_if(|other| other.target < claim.target)
                .is_some()
            {}
            let other = others.next_if(|other| other.target == claim.target);
            let other = other.filter(|_| sure.contains(&claim.target));
            other.is_none_or(|other| !claim.is_contested_by(&other))
        });
    }
}
