//! What no pass could tell of a row that it left open.

use std::{collections::BTreeMap, sync::Arc};

use crate::{RowIndex, Side};

/// What a row may be for all that a pass knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doubt {
    /// Part of a sum.
    Part,
    /// The sum of others, which chance may have made.
    Chance,
    /// The sum of others.
    Sum,
}

/// The rows that a pass could not tell of.
#[derive(Debug, Default)]
pub(crate) struct Doubts(BTreeMap<(Side, RowIndex), (Doubt, Arc<str>)>);

impl Doubts {
    /// Notes what a row may be for all that a pass knows; of two, that of which more
    /// depends.
    pub(crate) fn add(&mut self, side: Side, row: RowIndex, doubt: Doubt, pass: &Arc<str>) {
        let told = self.0.entry((side, row));
        let told = told.or_insert_with(|| (doubt, pass.clone()));
        if told.0 < doubt {
            *told = (doubt, pass.clone());
        }
    }

    /// Whether a row may be the sum of others, so that it is not known to be missing.
    pub(crate) fn may_be_sum(&self, side: Side, row: RowIndex) -> bool {
        matches!(self.0.get(&(side, row)), Some((Doubt::Sum, _)))
    }

    /// A finding on a row that stands alone, with what may be otherwise.
    pub(crate) fn beside(&self, side: Side, row: RowIndex, finding: &str) -> String {
        match self.0.get(&(side, row)) {
            None => finding.to_owned(),
            Some((Doubt::Sum, pass)) => format!(
                "{finding}; the search of pass {pass} for rows that add up to it was given up"
            ),
            Some((Doubt::Chance, pass)) => format!(
                "{finding}; what pass {pass} found to add up to it is left of a day of which most \
                 is matched otherwise, and may be chance"
            ),
            Some((Doubt::Part, pass)) => {
                format!("{finding}; pass {pass} could not tell whether it is part of a sum")
            }
        }
    }
}
