//! What the payment API says about one deposit or cashout.

use reconcile_transport::optional_decimal;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Personal;

/// The status of one deposit, as `GET /v3/deposits/{deposit_id}` answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DepositLookup {
    /// The id that lists call `idDeposit`.
    pub deposit_id: u64,
    /// The merchant's reference, which lists call `externalId`.
    pub invoice_id: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The currency of `local_amount`, ISO 4217.
    pub currency: Option<String>,
    /// The amount in USD.
    #[serde(default, with = "optional_decimal")]
    pub usd_amount: Option<Decimal>,
    /// The amount in `currency`.
    #[serde(default, with = "optional_decimal")]
    pub local_amount: Option<Decimal>,
    /// The code of the method.
    pub payment_method: Option<String>,
    /// The kind of method, such as `VOUCHER`.
    pub payment_type: Option<String>,
    /// The status; the payment API knows more of them than the lists do, so it is text.
    pub status: String,
    /// Who pays.
    pub payer: Option<Payer>,
    /// What TuPay keeps, in `fee_currency`.
    #[serde(default, with = "optional_decimal")]
    pub fee_amount: Option<Decimal>,
    /// The currency of `fee_amount`, ISO 4217.
    pub fee_currency: Option<String>,
    /// Whether it was refunded.
    pub refunded: Option<bool>,
    /// What is known of the present payer.
    pub current_payer_verification: Option<String>,
    /// The code of the method that completed it.
    pub completed_payment_method_code: Option<String>,
}

/// Who pays a deposit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Payer {
    /// The document number.
    pub document: Option<Personal>,
    /// What kind of document, such as `DNI`.
    pub document_type: Option<String>,
    /// The e-mail address.
    pub email: Option<Personal>,
    /// The first name.
    pub first_name: Option<Personal>,
    /// The last name.
    pub last_name: Option<Personal>,
}

/// The status of one cashout, as `POST /v3/cashout/status` answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CashoutLookup {
    /// How far it got.
    pub cashout_status: CashoutState,
    /// The same in words.
    pub cashout_status_description: Option<String>,
    /// Why it was rejected.
    pub rejection_code: Option<RejectionCode>,
    /// The same in words.
    pub rejection_reason: Option<String>,
}

/// The numeric status of a cashout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
#[non_exhaustive]
pub enum CashoutState {
    /// 0: created, to be sent.
    Pending,
    /// 1: the beneficiary has it.
    Completed,
    /// 2: called off by the merchant.
    Cancelled,
    /// 3: the bank refused it.
    Rejected,
    /// 4: sent to the bank.
    Delivered,
    /// 5: held back.
    OnHold,
    /// A number that this version does not know.
    Unknown(i64),
}

impl From<i64> for CashoutState {
    fn from(number: i64) -> Self {
        match number {
            0 => Self::Pending,
            1 => Self::Completed,
            2 => Self::Cancelled,
            3 => Self::Rejected,
            4 => Self::Delivered,
            5 => Self::OnHold,
            other => Self::Unknown(other),
        }
    }
}

impl From<CashoutState> for i64 {
    fn from(state: CashoutState) -> Self {
        match state {
            CashoutState::Pending => 0,
            CashoutState::Completed => 1,
            CashoutState::Cancelled => 2,
            CashoutState::Rejected => 3,
            CashoutState::Delivered => 4,
            CashoutState::OnHold => 5,
            CashoutState::Unknown(other) => other,
        }
    }
}

/// Why a cashout was rejected, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RejectionCode(pub i64);

impl RejectionCode {
    /// The name that the published table gives the number.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            800 => "ERROR_ACCOUNT_INCORRECT",
            801 => "ERROR_ACCOUNT_CLOSED",
            802 => "ERROR_AMOUNT_INCORRECT",
            803 => "ERROR_BANK_INVALID",
            804 => "ERROR_BANK_BRANCH_INCORRECT",
            805 => "ERROR_BENEFICIARY_DOCUMENT_ID_INVALID",
            806 => "ERROR_BENEFICIARY_NAME_INCORRECT",
            807 => "ERROR_REJECTED_BY_BANK",
            808 => "ERROR_OTHER",
            809 => "WITHDRAWAL_EXPIRED",
            810 => "LIMIT_EXCEEDED",
            811 => "RISK_POLICY",
            812 => "BLOCKED_FROZEN_ACCOUNT",
            813 => "DOCUMENT_ACCOUNT_MISMATCH",
            816 => "INVALID_ACCOUNT_OR_IFSC_CODE",
            818 => "ACCOUNT_UNABLE",
            _ => return None,
        })
    }
}
