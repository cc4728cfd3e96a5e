//! Attestation: totals that the merchant sends to a provider, and its verdict.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Currency, LocalDay, money::decimal_text};

/// The merchant's own totals of one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTotals {
    /// The day, in the provider's zone.
    pub day: LocalDay,
    /// What the amounts are counted in.
    pub currency: Currency,
    /// Count and amount by the provider's name of the bucket.
    pub buckets: BTreeMap<String, Bucket>,
}

/// How many movements, and how much they come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// The number of movements.
    pub count: u64,
    /// Their sum in major units.
    #[serde(with = "decimal_text")]
    pub amount: Decimal,
}

/// What a provider answered to the totals of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// The day that was attested.
    pub day: LocalDay,
    /// The provider's verdict.
    pub verdict: Verdict,
    /// Each bucket, on both sides.
    pub buckets: Vec<BucketComparison>,
    /// When the provider recorded the verdict, where it says so.
    pub recorded_at: Option<Timestamp>,
}

/// One bucket on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketComparison {
    /// The provider's name of the bucket.
    pub name: String,
    /// What the merchant sent.
    pub merchant: Bucket,
    /// What the provider counted, where it says so.
    pub provider: Option<Bucket>,
}

/// A provider's verdict on the merchant's totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Both sides agree.
    Agreed,
    /// They differ; corrected totals may be sent.
    Differs,
    /// The day was attested before; nothing was sent.
    AlreadyAgreed,
}
