//! What counts and how far amounts may lie apart.

use std::collections::BTreeSet;

use reconcile_core::Status;
use rust_decimal::Decimal;

/// The rules of a reconciliation. The defaults need no setting: exact amounts,
/// `succeeded` counts, `pending` and `on_hold` are under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How far the amounts of a matched pair may lie apart.
    pub tolerance: Tolerance,
    /// The statuses whose money moved. A ledger row without a status counts.
    pub counts: BTreeSet<Status>,
    /// The statuses whose money may yet move; `counts` goes first where a
    /// status is in both.
    pub pending: BTreeSet<Status>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            tolerance: Tolerance::default(),
            counts: BTreeSet::from([Status::Succeeded]),
            pending: BTreeSet::from([Status::Pending, Status::OnHold]),
        }
    }
}

impl Rules {
    /// What the status says about the money.
    pub(crate) fn standing(&self, status: Option<Status>) -> Standing {
        match status {
            None => Standing::Moved,
            Some(status) if self.counts.contains(&status) => Standing::Moved,
            Some(status) if self.pending.contains(&status) => Standing::UnderWay,
            Some(_) => Standing::Still,
        }
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

/// How far the amounts of a matched pair may lie apart.
///
/// A zero is a limit that is not used, so that one of the two can stand alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// In major units of the pair's currency.
    pub absolute: Decimal,
    /// In percent of the ledger's amount; `0.5` is one in two hundred.
    pub percent: Decimal,
    /// Which limit holds where both are set.
    pub take: Take,
}

impl Tolerance {
    /// Whether it asks for equal amounts.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.absolute.is_zero() && self.percent.is_zero()
    }

    /// Whether a ledger amount may differ by `gap`. Neither may be negative.
    #[must_use]
    pub fn allows(&self, ledger: Decimal, gap: Decimal) -> bool {
        let absolute = gap <= self.absolute;
        // A product that does not fit belongs to no real amount: refuse it.
        let percent = gap
            .checked_mul(Decimal::ONE_HUNDRED)
            .zip(ledger.checked_mul(self.percent))
            .is_some_and(|(gap, limit)| gap <= limit);
        match (self.absolute.is_zero(), self.percent.is_zero()) {
            (_, true) => absolute,
            (true, false) => percent,
            (false, false) => match self.take {
                Take::Smaller => absolute && percent,
                Take::Larger => absolute || percent,
            },
        }
    }
}

/// Which of two limits holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Take {
    /// The stricter one.
    #[default]
    Smaller,
    /// The laxer one.
    Larger,
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn the_smaller_limit_needs_both_and_the_larger_either() {
        let tolerance = |absolute, percent, take| Tolerance {
            absolute,
            percent,
            take,
        };
        let smaller = tolerance(dec!(0.05), dec!(1), Take::Smaller);
        assert!(smaller.allows(dec!(5.00), dec!(0.05)));
        assert!(!smaller.allows(dec!(4.99), dec!(0.05)));
        assert!(!smaller.allows(dec!(100), dec!(0.06)));
        let larger = tolerance(dec!(0.05), dec!(1), Take::Larger);
        assert!(larger.allows(dec!(100), dec!(1.00)));
        assert!(larger.allows(dec!(1), dec!(0.05)));
        assert!(!larger.allows(dec!(1), dec!(0.06)));
    }

    #[test]
    fn one_limit_stands_alone_and_none_means_equal() {
        let absolute = Tolerance {
            absolute: dec!(0.05),
            ..Tolerance::default()
        };
        assert!(absolute.allows(dec!(0.01), dec!(0.05)));
        let percent = Tolerance {
            percent: dec!(10),
            ..Tolerance::default()
        };
        assert!(percent.allows(dec!(1), dec!(0.1)));
        assert!(!percent.allows(dec!(1), dec!(0.11)));
        assert!(Tolerance::default().is_exact());
        assert!(Tolerance::default().allows(dec!(1), dec!(0.00)));
        assert!(!Tolerance::default().allows(dec!(1), dec!(0.01)));
    }
}
