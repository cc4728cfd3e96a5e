//! Credit and debit notes.

use jiff::Timestamp;
use reconcile_transport::decimal;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::words::open_words;

/// One note, as `GET /v1/notes` of the sibling brands lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Note {
    /// The provider's id.
    pub id: u64,
    /// The merchant's reference; often empty.
    pub external_id: Option<String>,
    /// The merchant.
    pub id_merchant: Option<u64>,
    /// The merchant's name.
    pub merchant_name: Option<String>,
    /// When it was booked.
    pub date: Timestamp,
    /// How much, in `currency`.
    #[serde(with = "decimal")]
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// What it is for, such as `GENERIC_CREDIT_NOTE`.
    pub r#type: Option<String>,
    /// The provider's text.
    pub description: Option<String>,
    /// Which way it moves the balance.
    pub category: NoteCategory,
}

open_words! {
    /// Which way a note moves the balance.
    NoteCategory {
        /// Towards the merchant.
        Credit = "CREDIT",
        /// Away from the merchant.
        Debit = "DEBIT",
    }
}
