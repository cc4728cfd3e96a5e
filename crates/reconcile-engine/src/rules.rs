//! The rules of a reconciliation: what counts, what takes part, and the passes
//! in which rows find each other.

mod attention;
mod calendar;
mod column;
mod describe;
mod error;
mod exclude;
mod fees;
mod pass;
mod tolerance;

use std::collections::BTreeSet;

use reconcile_core::Status;

pub use self::{
    attention::Attention,
    calendar::{Calendar, DayWindow},
    column::{Column, Equality, Normalisation},
    error::RulesError,
    exclude::Exclude,
    fees::{Basis, FeeTerm, FeeTier, Fees},
    pass::{GroupBy, Grouping, Pass, Sides, TextRule},
    tolerance::{Take, Tolerance, Tolerances},
};
pub(crate) use self::{calendar::days_between, describe::in_words, fees::to_minor, pass::Way};
use crate::Side;

/// The rules of a reconciliation. The defaults need no setting: `succeeded`
/// counts, `pending` and `on_hold` are under way, amounts are exact, and rows
/// find each other in the passes of [`Pass::defaults`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The passes, in their order: a later one sees what the earlier ones left.
    /// What shares a key and differs is left to later passes whose key
    /// identifies, and to no others.
    pub passes: Vec<Pass>,
    /// How far the amounts of a matched pair may lie apart, in the passes that
    /// do not say.
    pub tolerance: Tolerances,
    /// The statuses whose money moved. A ledger row without a status counts.
    pub counts: BTreeSet<Status>,
    /// The statuses whose money may yet move; `counts` goes first where a
    /// status is in both.
    pub pending: BTreeSet<Status>,
    /// Which days are business days.
    pub calendar: Calendar,
    /// What turns gross amounts into net ones.
    pub fees: Fees,
    /// What takes no part.
    pub exclusions: Vec<Exclude>,
    /// How amount and age change how severe a break is.
    pub attention: Attention,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            passes: Pass::defaults(),
            tolerance: Tolerances::default(),
            counts: BTreeSet::from([Status::Succeeded]),
            pending: BTreeSet::from([Status::Pending, Status::OnHold]),
            calendar: Calendar::default(),
            fees: Fees::default(),
            exclusions: Vec::new(),
            attention: Attention::default(),
        }
    }
}

impl Rules {
    /// Whether the rules make sense; the error says which part does not.
    ///
    /// [`reconcile`](crate::reconcile()) asks this first.
    pub fn check(&self) -> Result<(), RulesError> {
        if self.passes.is_empty() {
            return Err(RulesError::NoPass);
        }
        if self.passes.len() > Pass::MOST {
            return Err(RulesError::TooManyPasses(self.passes.len()));
        }
        let mut names = BTreeSet::new();
        for pass in &self.passes {
            if !names.insert(pass.name.as_ref()) {
                return Err(RulesError::SameName(pass.name.to_string()));
            }
            pass.check(&self.fees)?;
        }
        self.tolerance.check()?;
        self.calendar.check()?;
        self.fees.check()?;
        self.attention.check()?;
        self.exclusions.iter().try_for_each(Exclude::check)
    }

    /// The attributes that the rules ask for on a side: readers need keep no
    /// others.
    #[must_use]
    pub fn attributes(&self, side: Side) -> BTreeSet<&str> {
        let columns = self.passes.iter().flat_map(|pass| pass.columns(side));
        columns
            .filter_map(|column| match column {
                Column::Attribute(name) => Some(name.as_ref()),
                _ => None,
            })
            .collect()
    }

    /// Whether any pass looks at the column of a side.
    #[must_use]
    pub fn look_at(&self, side: Side, column: &Column) -> bool {
        let mut columns = self.passes.iter().flat_map(|pass| pass.columns(side));
        columns.any(|one| one == column)
    }

    /// What the rules do, a sentence each.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        describe::rules(self)
    }

    /// What the status says about the money.
    pub(crate) fn standing(&self, status: Option<Status>) -> Standing {
        match status {
            None => Standing::Moved,
            Some(status) if self.counts.contains(&status) => Standing::Moved,
            Some(status) if self.pending.contains(&status) => Standing::UnderWay,
            Some(_) => Standing::Still,
        }
    }

    /// The pass that brings together by the key of the first one, which that
    /// compares as it is written and this one does not.
    pub(crate) fn respelt(&self) -> Option<&Pass> {
        let (first, later) = self.passes.split_first()?;
        let is_verbatim = |one: &Equality| one.normalise.is_empty() && one.prefixes.is_empty();
        let columns = |pass: &Pass| -> Vec<(Column, Column)> {
            let equal = pass.equal.iter();
            let columns = equal.map(|one| (one.ledger.clone(), one.records.clone()));
            columns.collect()
        };
        let verbatim = first.way() == Way::Key && first.equal.iter().all(is_verbatim);
        let mut keyed = later.iter().filter(|pass| pass.way() == Way::Key);
        keyed.find(|pass| verbatim && columns(pass) == columns(first))
    }

    /// How far amounts may lie apart in a pass.
    pub(crate) fn tolerance_of<'a>(&'a self, pass: &'a Pass) -> &'a Tolerances {
        pass.tolerance.as_ref().unwrap_or(&self.tolerance)
    }
}

/// What a status says about the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It moved.
    Moved,
    /// It may yet move.
    UnderWay,
    /// It did not move, or not for good, or nobody knows.
    Still,
}
