//! How much attention a break needs, by its amount and its age.

use std::collections::BTreeMap;

use reconcile_core::{Currency, Sum};
use rust_decimal::Decimal;

use super::RulesError;
use crate::{Book, Break, BreakCode, Severity};

/// What changes the severity that a code has by itself. First the amount, which
/// says what a break may cost; then the age, since what was expected to clear
/// and did not needs a look after all.
///
/// An amount means nothing without its currency. Where the rules give a currency
/// none, what its rows move on average is the measure: to a shop that sells for
/// 20.00, what a wholesaler writes off is a month of sales.
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
    /// Whether a currency with neither a small nor a large amount has
    /// [both](Self::SMALL_SHARE) by the average amount of its rows on both sides,
    /// matched ones included.
    pub by_average: bool,
}

impl Default for Attention {
    fn default() -> Self {
        Self {
            stale_after_days: Some(30),
            small: BTreeMap::new(),
            large: BTreeMap::new(),
            by_average: true,
        }
    }
}

impl Attention {
    /// What is small by the average, as a share of it: a hundredth.
    pub const SMALL_SHARE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
    /// How many times the average is large: ten.
    pub const LARGE_TIMES: Decimal = Decimal::TEN;

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

    /// The same with amounts for the currencies of these books that have none.
    pub(crate) fn with_averages(&self, ledger: &Book, records: &Book) -> Self {
        let mut all = self.clone();
        if !self.by_average {
            return all;
        }
        for (currency, average) in averages(ledger, records) {
            let limits = average
                .checked_mul(Self::SMALL_SHARE)
                .zip(average.checked_mul(Self::LARGE_TIMES));
            let given = self.small.contains_key(&currency) || self.large.contains_key(&currency);
            if let Some((small, large)) = limits.filter(|_| !given) {
                all.small.insert(currency, small);
                all.large.insert(currency, large);
            }
        }
        all
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

/// What a row of both books moves on average, by currency; none where the sum has
/// more digits than a decimal holds.
fn averages(ledger: &Book, records: &Book) -> BTreeMap<Currency, Decimal> {
    let mut sums: BTreeMap<Currency, (usize, Option<Sum>)> = BTreeMap::new();
    for flow in ledger.flows().into_iter().chain(records.flows()) {
        let nothing = (0, Some(Sum::ZERO));
        let (rows, sum) = sums.entry(flow.currency).or_insert(nothing);
        *rows += flow.rows;
        *sum = sum
            .zip(flow.amount)
            .and_then(|(sum, more)| sum.plus(more).ok());
    }
    let average = |(currency, (rows, sum)): (Currency, (usize, Option<Sum>))| {
        let average = sum?.to_decimal()?.checked_div(Decimal::from(rows))?;
        (!average.is_zero()).then_some((currency, average))
    };
    sums.into_iter().filter_map(average).collect()
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
