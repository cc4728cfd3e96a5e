//! Bodies that are sent.

use reconcile_transport::Personal;

use super::{AssignTerminal, CreateMerchant, CreateReconciliation, CreateTerminal};

impl CreateMerchant {
    /// A merchant with this name in English and in Arabic.
    #[must_use]
    pub fn new(name: impl Into<String>, name_ar: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            name_ar: name_ar.into(),
            reference_id: None,
        }
    }

    /// Sets the client's own reference.
    #[must_use]
    pub fn reference_id(mut self, reference: impl Into<String>) -> Self {
        self.reference_id = Some(reference.into());
        self
    }
}

impl CreateTerminal {
    /// The terminal with this TRSM code, for the merchant with this id.
    #[must_use]
    pub fn new(trsm_code: impl Into<String>, merchant_id: impl Into<String>) -> Self {
        Self {
            trsm_code: trsm_code.into(),
            merchant_id: merchant_id.into(),
        }
    }
}

impl AssignTerminal {
    /// The user with this name, telephone number (with `+` and the country's
    /// code) and e-mail address.
    #[must_use]
    pub fn new(
        name: impl Into<Personal>,
        mobile: impl Into<Personal>,
        email: impl Into<Personal>,
    ) -> Self {
        Self {
            name: name.into(),
            mobile: mobile.into(),
            email: email.into(),
        }
    }
}

impl CreateReconciliation {
    /// A reconciliation of the terminal with this id, which is no tid.
    #[must_use]
    pub fn new(terminal_id: impl Into<String>) -> Self {
        Self {
            terminal_id: terminal_id.into(),
        }
    }
}
