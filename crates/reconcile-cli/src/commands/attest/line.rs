//! The totals of a day on both sides, as lines for a machine.

use jiff::civil::Date;
use reconcile_core::{BucketComparison, Currency};
use serde::Serialize;

use super::Outcome;
use crate::{args::ListFormat, commands::list::csv, error::CommandError};

/// One total. Amounts are in major units; what the provider does not say is absent.
#[derive(Serialize)]
struct Line<'a> {
    date: Date,
    currency: Currency,
    total: &'a str,
    merchant_count: u64,
    merchant_amount: String,
    provider_count: Option<u64>,
    provider_amount: Option<String>,
    outcome: &'static str,
}

const HEADER: [&str; 8] = [
    "date",
    "currency",
    "total",
    "merchant_count",
    "merchant_amount",
    "provider_count",
    "provider_amount",
    "outcome",
];

/// Every total in a line, with what became of them.
pub(super) fn list(
    buckets: &[BucketComparison],
    (date, currency): (Date, Currency),
    outcome: Outcome,
    format: ListFormat,
) -> Result<String, CommandError> {
    let lines = buckets.iter().map(|bucket| Line {
        date,
        currency,
        total: &bucket.name,
        merchant_count: bucket.merchant.count,
        merchant_amount: bucket.merchant.amount.to_string(),
        provider_count: bucket.provider.map(|it| it.count),
        provider_amount: bucket.provider.map(|it| it.amount.to_string()),
        outcome: outcome.as_str(),
    });
    match format {
        ListFormat::Csv => csv(HEADER, lines.map(|line| line.cells())),
        _ => Ok(lines.map(|line| line.json()).collect()),
    }
}

impl Line<'_> {
    fn cells(&self) -> [String; 8] {
        [
            self.date.to_string(),
            self.currency.to_string(),
            self.total.to_owned(),
            self.merchant_count.to_string(),
            self.merchant_amount.clone(),
            self.provider_count
                .map(|it| it.to_string())
                .unwrap_or_default(),
            self.provider_amount.clone().unwrap_or_default(),
            self.outcome.to_owned(),
        ]
    }

    fn json(&self) -> String {
        // A struct of texts and numbers always serialises.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}
