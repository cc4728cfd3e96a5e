//! Exact sums.
//!
//! `Decimal::checked_add` rounds silently when digits after the point do not
//! fit. A sum that ties to the minor unit cannot: here a digit is either kept
//! or the sum fails.

use std::collections::BTreeMap;

use reconcile_core::Currency;
use rust_decimal::Decimal;

use crate::EngineError;

/// `left − right` to the last digit, or `None` when it does not fit.
pub(crate) fn exact_difference(left: Decimal, right: Decimal) -> Option<Decimal> {
    let mut sum = Sum::default();
    sum.add(left)?;
    sum.add(-right)?;
    sum.total()
}

/// A running total to the last digit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    mantissa: i128,
    scale: u32,
}

impl Sum {
    /// Adds an amount; `None` when the sum does not fit, which leaves it as it was.
    pub(crate) fn add(&mut self, amount: Decimal) -> Option<()> {
        if amount.scale() == self.scale {
            self.mantissa = self.mantissa.checked_add(amount.mantissa())?;
            return Some(());
        }
        let scale = self.scale.max(amount.scale());
        let mantissa = rescaled(self.mantissa, self.scale, scale)?.checked_add(rescaled(
            amount.mantissa(),
            amount.scale(),
            scale,
        )?)?;
        *self = Self { mantissa, scale };
        Some(())
    }

    /// The total; `None` when it has more digits than a decimal holds.
    pub(crate) fn total(self) -> Option<Decimal> {
        let Self {
            mut mantissa,
            mut scale,
        } = self;
        loop {
            match Decimal::try_from_i128_with_scale(mantissa, scale) {
                Ok(total) => return Some(total),
                Err(_) if scale > 0 && mantissa % 10 == 0 => {
                    mantissa /= 10;
                    scale -= 1;
                }
                Err(_) => return None,
            }
        }
    }
}

/// One running total a currency.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums(BTreeMap<Currency, Sum>);

impl Sums {
    /// Adds an amount to the total of its currency.
    pub(crate) fn add(&mut self, currency: Currency, amount: Decimal) -> Result<(), EngineError> {
        self.0
            .entry(currency)
            .or_default()
            .add(amount)
            .ok_or(EngineError::Inexact(currency))
    }

    /// The totals.
    pub(crate) fn totals(self) -> Result<BTreeMap<Currency, Decimal>, EngineError> {
        self.0
            .into_iter()
            .map(|(currency, sum)| {
                let total = sum.total().ok_or(EngineError::Inexact(currency))?;
                Ok((currency, total))
            })
            .collect()
    }
}

/// The same number with a scale that is at least as large.
fn rescaled(mantissa: i128, from: u32, to: u32) -> Option<i128> {
    mantissa.checked_mul(10_i128.checked_pow(to.checked_sub(from)?)?)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_sum_keeps_every_digit_where_a_decimal_would_round() {
        let (large, small) = (dec!(7922816251426433759354395033), dec!(0.01));
        assert_eq!(large.checked_add(small), Some(large + dec!(0.0)));
        assert_eq!(exact_difference(large, small), None);
        assert_eq!(
            exact_difference(dec!(104655.38), dec!(12.4)),
            Some(dec!(104642.98))
        );
    }

    #[test]
    fn zeros_after_the_point_never_make_a_sum_fail() {
        let large = dec!(79228162514264337593543950335);
        assert_eq!(exact_difference(large, dec!(0.00)), Some(large));
    }
}
