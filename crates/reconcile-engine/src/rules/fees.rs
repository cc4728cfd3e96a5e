//! What turns gross amounts into net ones.

use reconcile_core::Currency;
use rust_decimal::{Decimal, RoundingStrategy};

use super::RulesError;

/// Which amounts each side states, and what lies between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fees {
    /// What the ledger's amounts are.
    pub ledger: Basis,
    /// What the provider's amounts are.
    pub records: Basis,
    /// The terms for payments; the first that covers one holds.
    pub schedule: Vec<FeeTerm>,
    /// Whether terms are inferred from the rows that are already matched,
    /// where the schedule has none.
    pub infer: bool,
    /// The tax on the fee, in percent of it.
    pub tax_percent: Decimal,
}

impl Fees {
    /// Whether one side states net amounts and the other gross ones.
    #[must_use]
    pub fn tell_sides_apart(&self) -> bool {
        self.ledger != self.records
    }

    /// The fee and the tax on it for a gross amount, by the schedule; `None`
    /// where no term covers the row. Both are rounded to the minor unit, halves
    /// away from zero.
    #[must_use]
    pub fn charge(
        &self,
        gross: Decimal,
        currency: Currency,
        method: Option<&str>,
    ) -> Option<(Decimal, Decimal)> {
        let covers = |term: &&FeeTerm| {
            term.currency.is_none_or(|other| other == currency)
                && (term.method.is_none() || term.method.as_deref() == method)
        };
        let term = self.schedule.iter().find(covers)?;
        let fee = to_minor(term.fee(gross)?, currency);
        let tax = fee.checked_mul(self.tax_percent)? / Decimal::ONE_HUNDRED;
        Some((fee, to_minor(tax, currency)))
    }

    pub(super) fn check(&self) -> Result<(), RulesError> {
        let negative = |amount: Decimal| amount.is_sign_negative() && !amount.is_zero();
        if negative(self.tax_percent) {
            return Err(RulesError::Fee("the tax is negative"));
        }
        for term in &self.schedule {
            let bounds = term.least.into_iter().chain(term.most);
            let tiers = term.tiers.iter().map(|tier| tier.percent);
            if [term.flat, term.percent]
                .into_iter()
                .chain(bounds)
                .chain(tiers)
                .any(negative)
            {
                return Err(RulesError::Fee("a figure is negative"));
            }
            if term
                .least
                .zip(term.most)
                .is_some_and(|(least, most)| most < least)
            {
                return Err(RulesError::Fee("the least fee is more than the most"));
            }
            let ends: Vec<_> = term.tiers.iter().map(|tier| tier.up_to).collect();
            let Some((last, closed)) = ends.split_last() else {
                continue;
            };
            if last.is_some()
                || closed.iter().any(Option::is_none)
                || !closed.is_sorted_by(|a, b| a < b)
            {
                return Err(RulesError::Fee(
                    "the tiers must rise, and only the last be open",
                ));
            }
        }
        Ok(())
    }
}

/// What an amount is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// What the customer paid.
    #[default]
    Gross,
    /// What is left of it after the fee and its tax.
    Net,
}

/// What a provider charges for a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeeTerm {
    /// Only for this payment method.
    pub method: Option<String>,
    /// Only in this currency.
    pub currency: Option<Currency>,
    /// A fixed sum, in major units.
    pub flat: Decimal,
    /// In percent of the gross amount; used where there are no tiers.
    pub percent: Decimal,
    /// Percentages by slices of the gross amount, each slice at its own.
    pub tiers: Vec<FeeTier>,
    /// The least that is charged.
    pub least: Option<Decimal>,
    /// The most that is charged.
    pub most: Option<Decimal>,
}

/// A slice of the gross amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeTier {
    /// Where the slice ends, in major units; the last has no end.
    pub up_to: Option<Decimal>,
    /// What is charged of the slice, in percent.
    pub percent: Decimal,
}

impl FeeTerm {
    /// The fee before rounding; `None` where it does not fit a decimal.
    fn fee(&self, gross: Decimal) -> Option<Decimal> {
        let part = |amount: Decimal, percent: Decimal| {
            Some(amount.checked_mul(percent)? / Decimal::ONE_HUNDRED)
        };
        let mut share = Decimal::ZERO;
        if self.tiers.is_empty() {
            share = part(gross, self.percent)?;
        }
        let mut from = Decimal::ZERO;
        for tier in &self.tiers {
            let end = tier.up_to.map_or(gross, |end| end.min(gross));
            if end > from {
                share = share.checked_add(part(end - from, tier.percent)?)?;
                from = end;
            }
        }
        let fee = share.checked_add(self.flat)?;
        let fee = self.least.map_or(fee, |least| fee.max(least));
        Some(self.most.map_or(fee, |most| fee.min(most)))
    }
}

/// Rounded to the minor unit of the currency, two digits where it is unknown.
pub(crate) fn to_minor(amount: Decimal, currency: Currency) -> Decimal {
    let digits = currency.exponent().unwrap_or(2);
    amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn the_first_term_that_covers_a_row_is_charged_with_its_tax() {
        let fees = Fees {
            schedule: vec![
                FeeTerm {
                    method: Some("YP".to_owned()),
                    flat: dec!(0.30),
                    percent: dec!(2.9),
                    least: Some(dec!(0.50)),
                    most: Some(dec!(10)),
                    ..FeeTerm::default()
                },
                FeeTerm {
                    tiers: vec![
                        FeeTier {
                            up_to: Some(dec!(100)),
                            percent: dec!(3),
                        },
                        FeeTier {
                            up_to: None,
                            percent: dec!(2),
                        },
                    ],
                    ..FeeTerm::default()
                },
            ],
            tax_percent: dec!(18),
            ..Fees::default()
        };
        fees.check().unwrap();
        let pen = "PEN".parse().unwrap();
        let charge = |gross, method| fees.charge(gross, pen, method).unwrap();
        assert_eq!(charge(dec!(100), Some("YP")), (dec!(3.20), dec!(0.58)));
        assert_eq!(charge(dec!(1), Some("YP")), (dec!(0.50), dec!(0.09)));
        assert_eq!(charge(dec!(1000), Some("YP")), (dec!(10), dec!(1.80)));
        assert_eq!(charge(dec!(50), None), (dec!(1.50), dec!(0.27)));
        assert_eq!(charge(dec!(150), Some("XX")), (dec!(4.00), dec!(0.72)));
    }
}
