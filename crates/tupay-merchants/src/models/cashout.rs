//! Cashouts: payouts to beneficiaries.

use jiff::Timestamp;
use reconcile_transport::{decimal, optional_decimal};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Personal, words::open_words};

/// One cashout, as `GET /v1/cashouts` lists it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cashout {
    /// TuPay's id.
    pub id_cashout: u64,
    /// The merchant's reference.
    pub external_id: Option<String>,
    /// When the cashout was created. Lists filter by this.
    pub creation_date: Timestamp,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The currency of `amount`, ISO 4217.
    pub currency: String,
    /// What the beneficiary is to get, in `currency`.
    #[serde(with = "decimal")]
    pub amount: Decimal,
    /// The currency of `credited_amount`, ISO 4217.
    pub credited_currency: Option<String>,
    /// What the beneficiary got; zero until it is known.
    #[serde(default, with = "optional_decimal")]
    pub credited_amount: Option<Decimal>,
    /// The currency of `merchant_amount`, ISO 4217.
    pub merchant_currency: Option<String>,
    /// What leaves the merchant's balance; zero until it is known.
    #[serde(default, with = "optional_decimal")]
    pub merchant_amount: Option<Decimal>,
    /// The currency of `fee`, ISO 4217.
    pub fee_currency: Option<String>,
    /// What TuPay keeps, in `fee_currency`.
    #[serde(default, with = "optional_decimal")]
    pub fee: Option<Decimal>,
    /// A tax; its currency is not documented.
    #[serde(default, with = "optional_decimal")]
    pub tax: Option<Decimal>,
    /// When the cashout last changed.
    pub last_change_date: Option<Timestamp>,
    /// How far it got.
    pub status: CashoutStatus,
    /// The beneficiary's document number.
    pub client_document: Option<Personal>,
    /// Flags, whose elements no sample shows.
    pub flags: Option<Box<RawValue>>,
    /// The merchant.
    pub id_merchant: Option<u64>,
    /// The merchant's name.
    pub merchant_name: Option<String>,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// Whether there is a voucher.
    pub exist_voucher: Option<bool>,
}

open_words! {
    /// The status of a cashout. Even a completed one can still be rejected by
    /// the bank, so none but `Cancelled` and `Declined` is final.
    CashoutStatus {
        /// Held back by the merchant or in the panel.
        OnHold = "ON_HOLD",
        /// Created, to be sent.
        Pending = "PENDING",
        /// Sent to the bank.
        Delivered = "DELIVERED",
        /// The beneficiary has it.
        Completed = "COMPLETED",
        /// The bank refused it.
        Rejected = "REJECTED",
        /// Called off by the merchant.
        Cancelled = "CANCELLED",
        /// Never created.
        Declined = "DECLINED",
    }
}
