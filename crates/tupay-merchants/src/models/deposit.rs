//! Deposits: payments of customers.

use jiff::Timestamp;
use reconcile_transport::{decimal, optional_decimal};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Personal, words::open_words};

/// One deposit, as `GET /v1/deposits` lists it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Deposit {
    /// TuPay's id.
    pub id_deposit: u64,
    /// The merchant's reference.
    pub external_id: Option<String>,
    /// When the deposit was created. Lists filter by this.
    pub creation_date: Timestamp,
    /// The country's English name.
    pub country_name: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The method's name.
    pub payment_method_name: Option<String>,
    /// The method's code, such as `XA` or `XAQR`.
    pub payment_method_code: Option<String>,
    /// The code of the method that was asked for.
    pub requested_payment_method: Option<String>,
    /// The name of the method that was asked for.
    pub requested_payment_method_name: Option<String>,
    /// The customer's document number.
    pub client_document: Option<Personal>,
    /// What is credited to the merchant's balance, before the fee, in `currency`.
    #[serde(with = "decimal")]
    pub amount: Decimal,
    /// The currency of `amount`, ISO 4217.
    pub currency: String,
    /// The currency of the balance, ISO 4217.
    pub balance_currency: Option<String>,
    /// What the merchant asked the customer for, in `requested_currency`.
    #[serde(default, with = "optional_decimal")]
    pub requested_amount: Option<Decimal>,
    /// The currency of `requested_amount`, ISO 4217.
    pub requested_currency: Option<String>,
    /// What the customer was to pay, in `local_currency`.
    #[serde(default, with = "optional_decimal")]
    pub local_amount: Option<Decimal>,
    /// The currency of `local_amount`, ISO 4217.
    pub local_currency: Option<String>,
    /// A tax of the country, in the local currency.
    #[serde(default, with = "optional_decimal")]
    pub local_country_tax_fee: Option<Decimal>,
    /// The same tax in USD.
    #[serde(default, with = "optional_decimal")]
    pub usd_country_tax_fee: Option<Decimal>,
    /// What TuPay keeps, in `fee_currency`.
    #[serde(default, with = "optional_decimal")]
    pub fee: Option<Decimal>,
    /// The currency of `fee`, ISO 4217.
    pub fee_currency: Option<String>,
    /// When the deposit last changed.
    pub last_change_date: Option<Timestamp>,
    /// How far it got.
    pub status: DepositStatus,
    /// The merchant's id of the customer.
    pub id_user: Option<Personal>,
    /// Flags, whose elements no sample shows.
    pub flags: Option<Box<RawValue>>,
    /// The merchant.
    pub id_merchant: Option<u64>,
    /// The merchant's name.
    pub merchant_name: Option<String>,
    /// Whether a refund was tried.
    pub refund_attempted: Option<bool>,
    /// The number of instalments.
    pub installments: Option<i64>,
    /// Whether a Pix payment may be refunded through the API.
    pub allow_pix_api_refund: Option<bool>,
}

open_words! {
    /// The status of a deposit.
    DepositStatus {
        /// The customer has not paid.
        Pending = "PENDING",
        /// Paid, and credited by hand.
        Approved = "APPROVED",
        /// Paid and credited.
        Completed = "COMPLETED",
        /// Expired, or called off.
        Cancelled = "CANCELLED",
        /// Refused.
        Declined = "DECLINED",
    }
}
