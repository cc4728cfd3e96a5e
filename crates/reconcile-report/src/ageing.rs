//! How old what is open is, by the as-of date.

use std::collections::BTreeMap;

use reconcile_core::Currency;

use crate::{
    Run,
    amount::{Tally, count},
};

/// Ages in days, each up to and including its last; a date yet to come is young.
const AGES: [(&str, i64); 5] = [
    ("0–1", 1),
    ("2–7", 7),
    ("8–30", 30),
    ("31–90", 90),
    ("over 90", i64::MAX),
];

/// The breaks of an age.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bucket {
    /// The days, as "8–30".
    pub(crate) days: &'static str,
    /// By the currency of the break, where it has one.
    pub(crate) breaks: BTreeMap<Option<Currency>, Aged>,
}

/// The breaks of an age and a currency.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Aged {
    pub(crate) breaks: usize,
    /// Their differences without the signs, so that a credit does not hide a
    /// debit; where any of them states one.
    pub(crate) amount: Option<Tally>,
}

impl Bucket {
    pub(crate) fn count(&self) -> usize {
        self.breaks.values().map(|aged| aged.breaks).sum()
    }
}

/// The breaks by age, the youngest first, and last those without a date.
pub(crate) fn buckets(run: &Run<'_>) -> Vec<Bucket> {
    let named = |days| Bucket {
        days,
        ..Bucket::default()
    };
    let mut buckets: Vec<_> = AGES.iter().map(|(days, _)| named(days)).collect();
    let mut undated = named("undated");
    for broken in run.breaks() {
        let bucket = broken
            .age_days
            .and_then(|age| AGES.iter().position(|(_, last)| age <= *last))
            .and_then(|position| buckets.get_mut(position))
            .unwrap_or(&mut undated);
        let aged = bucket.breaks.entry(broken.currency).or_default();
        aged.breaks = aged.breaks.saturating_add(1);
        if let Some(difference) = broken.difference {
            let amount = aged.amount.get_or_insert_default();
            amount.add(difference.abs());
        }
    }
    buckets.push(undated);
    buckets
}

/// A table of them: days, currency, breaks, differences; without what is empty.
pub(crate) fn table(buckets: &[Bucket]) -> Vec<[String; 4]> {
    let mut rows = Vec::new();
    for bucket in buckets {
        for (position, (currency, aged)) in bucket.breaks.iter().enumerate() {
            let days = if position == 0 { bucket.days } else { "" };
            let amount = currency.zip(aged.amount);
            let amount = amount.map(|(currency, amount)| amount.grouped(currency));
            rows.push([
                days.to_owned(),
                currency.map_or_else(String::new, |currency| currency.to_string()),
                count(aged.breaks),
                amount.unwrap_or_else(|| "—".to_owned()),
            ]);
        }
    }
    rows
}
