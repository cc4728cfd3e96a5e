//! How far amounts may lie apart.

use std::collections::BTreeMap;

use reconcile_core::Currency;
use rust_decimal::Decimal;

use super::RulesError;

/// How far the amounts of a matched pair may lie apart, by currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tolerances {
    /// In the currencies that have none of their own.
    pub others: Tolerance,
    /// In these currencies.
    pub currencies: BTreeMap<Currency, Tolerance>,
}

impl Tolerances {
    /// The tolerance in a currency.
    #[must_use]
    pub fn of(&self, currency: Currency) -> &Tolerance {
        self.currencies.get(&currency).unwrap_or(&self.others)
    }

    /// Whether equal amounts are asked for in every currency.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.others.is_exact() && self.currencies.values().all(Tolerance::is_exact)
    }

    pub(super) fn check(&self) -> Result<(), RulesError> {
        let all = self.currencies.values().chain([&self.others]);
        let mut limits = all.flat_map(|tolerance| [tolerance.absolute, tolerance.percent]);
        match limits.find(|limit| limit.is_sign_negative() && !limit.is_zero()) {
            Some(limit) => Err(RulesError::NegativeTolerance(limit)),
            None => Ok(()),
        }
    }
}

impl From<Tolerance> for Tolerances {
    fn from(others: Tolerance) -> Self {
        Self {
            others,
            currencies: BTreeMap::new(),
        }
    }
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

    /// How far a ledger amount may lie off; `None` where that does not fit a
    /// decimal.
    pub(crate) fn limit(&self, ledger: Decimal) -> Option<Decimal> {
        let percent = ledger.checked_mul(self.percent)? / Decimal::ONE_HUNDRED;
        Some(match (self.absolute.is_zero(), self.percent.is_zero()) {
            (_, true) => self.absolute,
            (true, false) => percent,
            (false, false) => match self.take {
                Take::Smaller => self.absolute.min(percent),
                Take::Larger => self.absolute.max(percent),
            },
        })
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
