//! Who may ask, and what only the client and the gateway may see.

use std::fmt;

use crate::random::Random;
use crate::stationery::Stationery;

/// How a client reaches the simulated StreamPay.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamPayAccess {
    /// Scheme, host and port, without a path.
    pub base_url: String,
    /// The value of the header `api-key`.
    pub api_key: String,
}

impl StreamPayAccess {
    pub(crate) fn new(base_url: String, confidential: &StreamPayConfidential) -> Self {
        Self {
            base_url,
            api_key: confidential.api_key.clone(),
        }
    }
}

impl fmt::Debug for StreamPayAccess {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("StreamPayAccess")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// The credentials and personal data of a simulated StreamPay: everything in
/// its requests and answers that must not get about.
///
/// The defaults are invented and the same for every sandbox. A test that looks
/// for leaks takes [`canaries`](Self::canaries), and then searches everything
/// that a client leaves behind for their [`values`](Self::values).
#[derive(Clone, PartialEq, Eq)]
pub struct StreamPayConfidential {
    /// The key of the API.
    pub api_key: String,
    /// The name of every merchant, as StreamPay has it.
    pub merchant_name: String,
    /// The same in Arabic.
    pub merchant_name_ar: String,
    /// The client's reference of the merchants that have one.
    pub merchant_reference: String,
    /// The id of every merchant at the acquirer, which receipts print.
    pub acquirer_merchant_id: String,
    /// The name of every merchant on receipts.
    pub receipt_name: String,
    /// The address of every merchant on receipts.
    pub receipt_address: String,
    /// Both lines that the merchant adds to receipts.
    pub receipt_line: String,
    /// The name of every user.
    pub user_name: String,
    /// The telephone number of every user.
    pub user_mobile: String,
    /// The e-mail address of every user.
    pub user_email: String,
    /// The public key of every device.
    pub device_key: String,
    /// The masked number of every card; where absent, each payer has a card of
    /// their own.
    pub card_number: Option<String>,
    /// The end of every card's other number.
    pub card_suffix: String,
    /// When every card expires.
    pub card_expiration: String,
    /// What all tokens of a card have in common.
    pub payment_account_reference: String,
    /// The cryptogram of every receipt; where absent, each has its own.
    pub application_cryptogram: Option<String>,
    /// Where receipts are shown as pages to whoever has the address.
    pub receipt_page: String,
    /// What the text of every error ends with, and the text of every page that
    /// stands in the place of an answer.
    pub error_note: String,
    /// `X-Trace-Id` of every answer; where absent, there is none.
    pub trace_id: Option<String>,
    /// A cookie, `DEVICE`, that every answer sets; where absent, none does.
    pub device_cookie: Option<String>,
}

impl StreamPayConfidential {
    /// Every field filled with a text of its own, drawn from `seed`, which
    /// occurs nowhere else.
    #[must_use]
    pub fn canaries(seed: u64) -> Self {
        let random = |field: &str| Random::new(seed, field);
        let word = |field: &str| format!("{field}-{}", random(field).word(16));
        let mut digits = random("streampay-card");
        let (first, second) = (digits.between(0, 1_000), digits.between(0, 100));
        let last = digits.between(0, 10_000);
        Self {
            api_key: word("streampay-key"),
            merchant_name: word("store"),
            merchant_name_ar: word("store-ar"),
            merchant_reference: word("store-reference"),
            acquirer_merchant_id: word("acquirer-id"),
            receipt_name: word("receipt-name"),
            receipt_address: word("receipt-address"),
            receipt_line: word("receipt-line"),
            user_name: word("user-name"),
            user_mobile: word("user-mobile"),
            user_email: word("user-email"),
            device_key: word("device-key"),
            // The first digit of a range that no scheme has.
            card_number: Some(format!("9{first:03} {second:02}** **** {last:04}")),
            card_suffix: word("card-suffix"),
            card_expiration: word("card-expiration"),
            payment_account_reference: word("account-reference"),
            application_cryptogram: Some(word("cryptogram")),
            receipt_page: word("receipt-page"),
            error_note: word("streampay-error"),
            trace_id: Some(word("streampay-trace")),
            device_cookie: Some(word("streampay-cookie")),
        }
    }

    /// The name and the value of each field that holds something, **secrets
    /// included**: what to search for.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, String)> {
        // Without `..`, so that no field can be forgotten.
        let Self {
            api_key,
            merchant_name,
            merchant_name_ar,
            merchant_reference,
            acquirer_merchant_id,
            receipt_name,
            receipt_address,
            receipt_line,
            user_name,
            user_mobile,
            user_email,
            device_key,
            card_number,
            card_suffix,
            card_expiration,
            payment_account_reference,
            application_cryptogram,
            receipt_page,
            error_note,
            trace_id,
            device_cookie,
        } = self;
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut values = vec![
            ("api_key", api_key.clone()),
            ("merchant_name", merchant_name.clone()),
            ("merchant_name_ar", merchant_name_ar.clone()),
            ("merchant_reference", merchant_reference.clone()),
            ("acquirer_merchant_id", acquirer_merchant_id.clone()),
            ("receipt_name", receipt_name.clone()),
            ("receipt_address", receipt_address.clone()),
            ("receipt_line", receipt_line.clone()),
            ("user_name", user_name.clone()),
            ("user_mobile", user_mobile.clone()),
            ("user_email", user_email.clone()),
            ("device_key", device_key.clone()),
            ("card_number", optional(card_number)),
            ("card_suffix", card_suffix.clone()),
            ("card_expiration", card_expiration.clone()),
            (
                "payment_account_reference",
                payment_account_reference.clone(),
            ),
            ("application_cryptogram", optional(application_cryptogram)),
            ("receipt_page", receipt_page.clone()),
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
        let (trace_id, device) = (self.trace_id.as_deref(), self.device_cookie.as_deref());
        Stationery::new(trace_id, device, &self.error_note)
    }
}

impl Default for StreamPayConfidential {
    fn default() -> Self {
        Self {
            api_key: "sandbox-streampay-api-key".to_owned(),
            merchant_name: "streampay's store".to_owned(),
            merchant_name_ar: "متجر نيرباي".to_owned(),
            merchant_reference: "01112".to_owned(),
            acquirer_merchant_id: "000000000000001".to_owned(),
            receipt_name: "StreamPay-Test Terminal INMA".to_owned(),
            receipt_address: "KAFD".to_owned(),
            receipt_line: String::new(),
            user_name: "Test Person".to_owned(),
            user_mobile: "+999000000001".to_owned(),
            user_email: "person@example.com".to_owned(),
            device_key: "-----BEGIN PUBLIC KEY-----\nFAKE KEY\n-----END PUBLIC KEY-----\n"
                .to_owned(),
            card_number: None,
            card_suffix: "1234".to_owned(),
            card_expiration: "30/12".to_owned(),
            payment_account_reference: String::new(),
            application_cryptogram: None,
            receipt_page: "https://receipts.example/ui/receipt".to_owned(),
            error_note: String::new(),
            trace_id: None,
            device_cookie: None,
        }
    }
}

impl fmt::Debug for StreamPayConfidential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("StreamPayConfidential")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn canaries_fill_every_field_with_a_text_of_its_own() {
        let one = StreamPayConfidential::canaries(1).values();
        let other = StreamPayConfidential::canaries(2).values();
        let texts: BTreeSet<_> = one.iter().chain(&other).map(|(_, text)| text).collect();
        assert_eq!((one.len(), other.len(), texts.len()), (21, 21, 42));
        assert_eq!(one, StreamPayConfidential::canaries(1).values());
    }
}
