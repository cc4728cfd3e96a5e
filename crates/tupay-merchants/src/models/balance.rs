//! The merchant's balance.

use std::fmt;

use jiff::Timestamp;
use reconcile_transport::optional_decimal;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One day of one merchant and currency, as `GET /v1/balance/report` lists it.
/// All amounts are in `currency`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BalanceDay {
    /// The merchant.
    pub id_merchant: Option<u64>,
    /// Deposits of the day.
    #[serde(default, with = "optional_decimal")]
    pub deposit_total: Option<Decimal>,
    /// Cashouts of the day; how it is signed is not documented.
    #[serde(default, with = "optional_decimal")]
    pub cashout_total: Option<Decimal>,
    /// Credit and debit notes of the day; how it is signed is not documented.
    #[serde(default, with = "optional_decimal")]
    pub note_total: Option<Decimal>,
    /// Settlements of the day; how it is signed is not documented.
    #[serde(default, with = "optional_decimal")]
    pub settlement_total: Option<Decimal>,
    /// Settlements called off; how it is signed is not documented.
    #[serde(default, with = "optional_decimal")]
    pub cancelled_settlement_total: Option<Decimal>,
    /// Fees of the day's deposits.
    #[serde(default, with = "optional_decimal")]
    pub deposit_fee_total: Option<Decimal>,
    /// What the day did to the balance.
    #[serde(default, with = "optional_decimal")]
    pub net_amount: Option<Decimal>,
    /// The balance at the end of the day.
    #[serde(default, with = "optional_decimal")]
    pub total_balance: Option<Decimal>,
    /// The beginning of the day, midnight UTC.
    pub date: Timestamp,
    /// ISO 4217.
    pub currency: String,
}

/// The answer of `GET /v1/balance`, which no documentation shows: the JSON as
/// it came.
#[derive(Clone)]
pub struct TotalBalance(pub(crate) Box<RawValue>);

impl TotalBalance {
    /// The JSON text.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

impl fmt::Debug for TotalBalance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TotalBalance").finish_non_exhaustive()
    }
}
