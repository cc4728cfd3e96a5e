//! The numbers that say why a cashout was rejected.

use serde::{Deserialize, Serialize};

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
