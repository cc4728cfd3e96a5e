//! How much attention a break needs, by its amount and its age.

use std::collections::BTreeMap;

use reconcile_core::Currency;
use rust_decimal::Decimal;

use super::RulesError;
use crate::{Break, BreakCode, Severity};

/// What changes the severity that a code has by itself. First the amount, which
/// says what a break may cost; then the age, since what was expected to clear
/// and did not needs a look after all.
///
/// An amount means nothing without its currency, so that none has a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// A break that is older than so many days is one step more severe; 30 by
    /// default, `None` for never.
    pub stale_after_days: Option<i64>,
    /// A difference of no more than this, in major units, is one step less
    /// severe. What differs by nothing is not judged by its amount.
    pub small: BTreeMap<Currency, Decimal>,
    /// A difference of this or more, in major units, is severe whatever its
    /// code.
    pub large: BTreeMap<Currency, Decimal>,
}

impl Default for Attention {
    fn default() -> Self {
        Self {
            stale_after_days: Some(30),
            small: BTreeMap::new(),
            large: BTreeMap::new(),
        }
    }
}

impl Attention {
    /// The severity of a break.
    #[must_use]
    pub fn severity(&self, found: &Break) -> Severity {
        let by_amount = self.by_amount(found).unwrap_or(found.code.severity());
        match found.age_days.zip(self.stale_after_days) {
            Some((age, limit)) if age > limit => more(by_amount),
            _ => by_amount,
        }
    }

    fn by_amount(&self, found: &Break) -> Option<Severity> {
        let (currency, difference) = (found.currency?, found.difference?.abs());
        let large = self.large.get(&currency);
        let small = self.small.get(&currency);
        if difference.is_zero() {
            None
        } else if large.is_some_and(|large| difference >= *large) {
            Some(Severity::High)
        } else {
            small
                .filter(|small| difference <= **small)
                .map(|_| less(found.code))
        }
    }

    pub(super) fn check(&self) -> Result<(), RulesError> {
        let all = self.small.values().chain(self.large.values());
        if all.into_iter().any(|amount| *amount <= Decimal::ZERO) {
            return Err(RulesError::Attention("an amount is not above zero"));
        }
        let crossed = |(currency, small): (&Currency, &Decimal)| {
            self.large.get(currency).is_some_and(|large| large <= small)
        };
        if self.small.iter().any(crossed) {
            return Err(RulesError::Attention(
                "a small amount is as large as a large one",
            ));
        }
        if self.stale_after_days.is_some_and(|days| days < 0) {
            return Err(RulesError::Attention("the days are negative"));
        }
        Ok(())
    }
}

fn more(severity: Severity) -> Severity {
    match severity {
        Severity::Low => Severity::Medium,
        Severity::Medium | Severity::High => Severity::High,
    }
}

fn less(code: BreakCode) -> Severity {
    match code.severity() {
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
    }
}
