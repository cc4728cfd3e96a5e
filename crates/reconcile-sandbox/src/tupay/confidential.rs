//! What only the merchant and the gateway may see.

use std::fmt;

/// The credentials, tokens and personal data of a simulated TuPay.
///
/// The defaults are invented and the same for every sandbox. A test that looks
/// for leaks sets values of its own, which occur nowhere else, and then searches
/// everything that a client leaves behind for them. No text may need an escape
/// in JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct TuPayConfidential {
    /// The Merchants API's user.
    pub access_key: String,
    /// The Merchants API's password.
    pub secret_key: String,
    /// How the token of every session begins.
    pub token_prefix: String,
    /// The document in every row; where absent, each payer and beneficiary has
    /// one of their own.
    pub client_document: Option<String>,
    /// The merchant's name, which stands in every row.
    pub merchant_name: String,
}

impl Default for TuPayConfidential {
    fn default() -> Self {
        Self {
            access_key: "sandbox@example.com".to_owned(),
            secret_key: "sandbox-secret-key".to_owned(),
            token_prefix: String::new(),
            client_document: None,
            merchant_name: "TUPAY TEST".to_owned(),
        }
    }
}

impl fmt::Debug for TuPayConfidential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TuPayConfidential")
            .finish_non_exhaustive()
    }
}
