//! What agrees, held compactly: nearly every row of a large book is in here.

use std::{collections::BTreeMap, slice};

use rust_decimal::Decimal;

use crate::{RowIndex, Rule};

/// The match groups of a reconciliation, by the id of the ledger row, then of
/// the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    couples: Vec<Couple>,
    /// By ledger row, where there is one: most rows agree to the last digit.
    differences: BTreeMap<RowIndex, Decimal>,
}

/// Rows that a rule ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatchGroup<'a> {
    /// The rows of the ledger; mostly one.
    pub ledger: &'a [RowIndex],
    /// The rows of the provider; mostly one.
    pub records: &'a [RowIndex],
    /// What ties them.
    pub rule: Rule,
    /// Ledger − provider, signed, in major units of the rows' currency.
    pub difference: Decimal,
    /// Whether other rows under the same reference had the same amount and
    /// date, so that which of them belong together is a matter of order.
    pub ambiguous: bool,
}

impl Matches {
    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.couples.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.couples.is_empty()
    }

    /// Every group, in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = MatchGroup<'_>> {
        self.couples.iter().map(|couple| MatchGroup {
            ledger: slice::from_ref(&couple.ledger),
            records: slice::from_ref(&couple.record),
            rule: couple.rule,
            difference: self.difference(couple),
            ambiguous: couple.ambiguous,
        })
    }

    pub(crate) fn with_capacity(groups: usize) -> Self {
        Self {
            couples: Vec::with_capacity(groups),
            differences: BTreeMap::new(),
        }
    }

    pub(crate) fn push(&mut self, couple: Couple, difference: Decimal) {
        if !difference.is_zero() {
            self.differences.insert(couple.ledger, difference);
        }
        self.couples.push(couple);
    }

    /// The differences that there are, each with its row of the ledger.
    pub(crate) fn differences(&self) -> impl Iterator<Item = (RowIndex, Decimal)> {
        self.differences
            .iter()
            .map(|(row, difference)| (*row, *difference))
    }

    pub(crate) fn couples_mut(&mut self) -> &mut [Couple] {
        &mut self.couples
    }

    fn difference(&self, couple: &Couple) -> Decimal {
        match couple.rule {
            // Neither moved money, or both the same.
            Rule::Exact | Rule::SameStatus => Decimal::ZERO,
            Rule::Tolerance => {
                let difference = self.differences.get(&couple.ledger);
                difference.copied().unwrap_or_default()
            }
        }
    }
}

/// One row of each side that a rule ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Couple {
    pub(crate) ledger: RowIndex,
    pub(crate) record: RowIndex,
    pub(crate) rule: Rule,
    pub(crate) ambiguous: bool,
}
