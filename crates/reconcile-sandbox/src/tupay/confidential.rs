//! What only the merchant and the gateway may see.

use std::fmt;

use axum::http::HeaderValue;

use crate::random::Random;
use crate::stationery::Stationery;

/// The credentials, tokens and personal data of a simulated TuPay: everything
/// in its requests and answers that must not get about.
///
/// The defaults are invented and the same for every sandbox. A test that looks
/// for leaks takes [`canaries`](Self::canaries), and then searches everything
/// that a client leaves behind for their [`values`](Self::values).
#[derive(Clone, PartialEq, Eq)]
pub struct TuPayConfidential {
    /// The Merchants API's user.
    pub access_key: String,
    /// The Merchants API's password.
    pub secret_key: String,
    /// How the token of every session begins.
    pub token_prefix: String,
    /// The API key of the Deposit and Cashout APIs.
    pub api_key: String,
    /// The API passphrase of the Cashout API.
    pub api_passphrase: String,
    /// The API signature, with which the Deposit and Cashout APIs sign.
    pub api_signature: String,
    /// The `username` that logging in answers; where absent, the access key.
    pub username: Option<String>,
    /// The `idUser` that logging in answers: the API's user.
    pub user_id: u64,
    /// The merchant's name, which stands in every row.
    pub merchant_name: String,
    /// The `idUser` of every deposit: the merchant's own id of the customer.
    pub customer_id: String,
    /// The document in every row and of every payer; where absent, each payer
    /// and beneficiary has one of their own.
    pub client_document: Option<String>,
    /// The e-mail address of every payer.
    pub payer_email: String,
    /// The first name of every payer.
    pub payer_first_name: String,
    /// The last name of every payer.
    pub payer_last_name: String,
    /// How every `externalId` and `invoice_id` begins, those of notes included,
    /// which are empty otherwise. The world and its ledger do not have it.
    pub reference_prefix: String,
    /// The description of every note.
    pub note_description: String,
    /// The `reason` of every cashout, and the `rejection_reason` where there is
    /// one; where absent, the gateway's own words.
    pub cashout_reason: Option<String>,
    /// What the text of every error ends with, and the text of every page that
    /// stands in the place of an answer.
    pub error_note: String,
    /// `X-Trace-Id` of every answer; where absent, there is none.
    pub trace_id: Option<String>,
    /// A cookie, `DEVICE`, that every answer sets; where absent, none does.
    pub device_cookie: Option<String>,
}

impl TuPayConfidential {
    /// Every field filled with a text of its own, drawn from `seed`, which
    /// occurs nowhere else.
    #[must_use]
    pub fn canaries(seed: u64) -> Self {
        let random = |field: &str| Random::new(seed, field);
        let word = |field: &str| format!("{field}-{}", random(field).word(16));
        let mail = |field: &str| format!("{}@canary.example", word(field));
        let number = |field: &str, low: i64| random(field).between(low, low * 10).unsigned_abs();
        Self {
            access_key: mail("access-key"),
            secret_key: word("secret-key"),
            token_prefix: word("token"),
            api_key: word("api-key"),
            api_passphrase: word("api-passphrase"),
            api_signature: word("api-signature"),
            username: Some(mail("username")),
            user_id: number("user-id", 100_000_000_000_000),
            merchant_name: word("merchant-name"),
            customer_id: word("customer-id"),
            // As long as a RUC, the longest document that has digits only.
            client_document: Some(number("client-document", 10_000_000_000).to_string()),
            payer_email: mail("payer-email"),
            payer_first_name: word("payer-first-name"),
            payer_last_name: word("payer-last-name"),
            reference_prefix: word("reference"),
            note_description: word("note-description"),
            cashout_reason: Some(word("cashout-reason")),
            error_note: word("error-note"),
            trace_id: Some(word("trace-id")),
            device_cookie: Some(word("device-cookie")),
        }
    }

    /// The name and the value of each field that holds something, **secrets
    /// included**: what to search for.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, String)> {
        // Without `..`, so that no field can be forgotten.
        let Self {
            access_key,
            secret_key,
            token_prefix,
            api_key,
            api_passphrase,
            api_signature,
            username,
            user_id,
            merchant_name,
            customer_id,
            client_document,
            payer_email,
            payer_first_name,
            payer_last_name,
            reference_prefix,
            note_description,
            cashout_reason,
            error_note,
            trace_id,
            device_cookie,
        } = self;
        let absent = String::new();
        let optional = |text: &Option<String>| text.as_ref().unwrap_or(&absent).clone();
        let mut values = vec![
            ("access_key", access_key.clone()),
            ("secret_key", secret_key.clone()),
            ("token_prefix", token_prefix.clone()),
            ("api_key", api_key.clone()),
            ("api_passphrase", api_passphrase.clone()),
            ("api_signature", api_signature.clone()),
            ("username", optional(username)),
            ("user_id", user_id.to_string()),
            ("merchant_name", merchant_name.clone()),
            ("customer_id", customer_id.clone()),
            ("client_document", optional(client_document)),
            ("payer_email", payer_email.clone()),
            ("payer_first_name", payer_first_name.clone()),
            ("payer_last_name", payer_last_name.clone()),
            ("reference_prefix", reference_prefix.clone()),
            ("note_description", note_description.clone()),
            ("cashout_reason", optional(cashout_reason)),
            ("error_note", error_note.clone()),
            ("trace_id", optional(trace_id)),
            ("device_cookie", optional(device_cookie)),
        ];
        values.retain(|(_, value)| !value.is_empty());
        values
    }

    /// What stands on every answer; the field that cannot stand in a header,
    /// if any cannot.
    pub(super) fn stationery(&self) -> Result<Stationery, &'static str> {
        // Only tried here: each session has a token of its own.
        HeaderValue::from_str(&self.token_prefix).map_err(|_| "token_prefix")?;
        let (trace_id, device) = (self.trace_id.as_deref(), self.device_cookie.as_deref());
        Stationery::new(trace_id, device, &self.error_note)
    }
}

impl Default for TuPayConfidential {
    fn default() -> Self {
        Self {
            access_key: "sandbox@example.com".to_owned(),
            secret_key: "sandbox-secret-key".to_owned(),
            token_prefix: String::new(),
            api_key: "sandbox-api-key".to_owned(),
            api_passphrase: "sandbox-api-passphrase".to_owned(),
            api_signature: "sandbox-api-signature".to_owned(),
            username: None,
            user_id: 105,
            merchant_name: "TUPAY TEST".to_owned(),
            customer_id: "105".to_owned(),
            client_document: None,
            payer_email: "prueba@example.com".to_owned(),
            payer_first_name: "Nombre".to_owned(),
            payer_last_name: "Apellido".to_owned(),
            reference_prefix: String::new(),
            note_description: "test note".to_owned(),
            cashout_reason: None,
            error_note: String::new(),
            trace_id: None,
            device_cookie: None,
        }
    }
}

impl fmt::Debug for TuPayConfidential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TuPayConfidential")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn canaries_fill_every_field_with_a_text_of_its_own() {
        let one = TuPayConfidential::canaries(1).values();
        let other = TuPayConfidential::canaries(2).values();
        let texts: BTreeSet<_> = one.iter().chain(&other).map(|(_, text)| text).collect();
        assert_eq!((one.len(), other.len(), texts.len()), (20, 20, 40));
        assert_eq!(one, TuPayConfidential::canaries(1).values());
    }
}
