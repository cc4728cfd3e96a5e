//! Settlements: payments of the merchant's balance.

use jiff::Timestamp;
use reconcile_transport::{decimal, optional_decimal};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::words::open_words;

/// One settlement, as `GET /v1/settlements` of the sibling brands lists it.
/// All amounts are in `currency`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Settlement {
    /// The provider's id.
    pub id: u64,
    /// When it was created.
    pub creation_date: Timestamp,
    /// How it came about, such as `MANUAL`.
    pub r#type: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// What leaves the balance.
    #[serde(with = "decimal")]
    pub requested_amount: Decimal,
    /// What the provider keeps of it.
    #[serde(default, with = "optional_decimal")]
    pub fee: Option<Decimal>,
    /// What reaches the merchant: the amount less the fee.
    #[serde(default, with = "optional_decimal")]
    pub amount_to_transfer: Option<Decimal>,
    /// How far it got.
    pub status: SettlementStatus,
    /// The merchant.
    pub id_merchant: Option<u64>,
    /// The merchant's name.
    pub merchant_name: Option<String>,
}

open_words! {
    /// The status of a settlement. No list of the values is published: `PENDING`
    /// is in the samples, the others are named as the other lists name theirs.
    SettlementStatus {
        /// Under way.
        Pending = "PENDING",
        /// Paid.
        Completed = "COMPLETED",
        /// Called off.
        Cancelled = "CANCELLED",
        /// Refused.
        Rejected = "REJECTED",
    }
}
