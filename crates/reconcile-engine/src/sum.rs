//! Sums by currency, and differences of two amounts.

use std::collections::BTreeMap;

use reconcile_core::{Currency, Sum};
use rust_decimal::Decimal;

use crate::EngineError;

/// `left − right` to the last digit, or `None` when no decimal holds it.
pub(crate) fn exact_difference(left: Decimal, right: Decimal) -> Option<Decimal> {
    Sum::from(left).minus(right).ok()?.to_decimal()
}

/// One running total a currency.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums(BTreeMap<Currency, Sum>);

impl Sums {
    /// Adds an amount to the total of its currency.
    pub(crate) fn add(&mut self, currency: Currency, amount: Decimal) -> Result<(), EngineError> {
        let sum = self.0.entry(currency).or_default();
        *sum = sum
            .plus(amount)
            .map_err(|_| EngineError::Inexact(currency))?;
        Ok(())
    }

    /// The totals.
    pub(crate) fn totals(self) -> BTreeMap<Currency, Sum> {
        self.0
    }
}

impl From<BTreeMap<Currency, Sum>> for Sums {
    fn from(totals: BTreeMap<Currency, Sum>) -> Self {
        Self(totals)
    }
}
