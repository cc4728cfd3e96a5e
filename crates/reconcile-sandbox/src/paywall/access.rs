//! Who may ask, and what only the merchant and the gateway may see.

use std::fmt;

use crate::random::Random;
use crate::stationery::Stationery;

/// How a client reaches the simulated Paywall.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaywallAccess {
    /// Scheme, host and port, without a path.
    pub base_url: String,
    /// The private key, the header `apikeyprivate`.
    pub api_key: String,
    /// The private client, the header `apiclientprivate`.
    pub api_client: String,
}

impl PaywallAccess {
    pub(crate) fn new(base_url: String, confidential: &PaywallConfidential) -> Self {
        Self {
            base_url,
            api_key: confidential.api_key.clone(),
            api_client: confidential.api_client.clone(),
        }
    }
}

impl fmt::Debug for PaywallAccess {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PaywallAccess")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// The credentials and personal data of a simulated Paywall: everything in its
/// requests and answers that must not get about.
///
/// The defaults are invented and the same for every sandbox. A test that looks
/// for leaks takes [`canaries`](Self::canaries), and then searches everything
/// that a client leaves behind for their [`values`](Self::values).
#[derive(Clone, PartialEq, Eq)]
pub struct PaywallConfidential {
    /// The private key.
    pub api_key: String,
    /// The private client.
    pub api_client: String,
    /// The holder of every card.
    pub card_owner: String,
    /// The masked number of every card; where absent, each payer has a card
    /// of their own.
    pub card_number: Option<String>,
    /// The address that asked for every payment, `Ip`.
    pub ip: String,
    /// The address of every customer, `ClientIp`.
    pub client_ip: String,
    /// The merchant's further reference of every payment.
    pub tracking_code: String,
    /// How every `MerchantUniqueCode` begins. The world and its ledger do not
    /// have it.
    pub reference_prefix: String,
    /// The merchant's name for its gateway.
    pub gateway_name: String,
    /// The name of the gateway's provider.
    pub gateway_provider_name: String,
    /// Paywall's word for the gateway's provider.
    pub gateway_provider_key: String,
    /// What the text of every error ends with, and the text of every page that
    /// stands in the place of an answer.
    pub error_note: String,
    /// `X-Trace-Id` of every answer; where absent, there is none.
    pub trace_id: Option<String>,
    /// A cookie, `DEVICE`, that every answer sets; where absent, none does.
    pub device_cookie: Option<String>,
}

impl PaywallConfidential {
    /// Every field filled with a text of its own, drawn from `seed`, which
    /// occurs nowhere else.
    #[must_use]
    pub fn canaries(seed: u64) -> Self {
        let random = |field: &str| Random::new(seed, field);
        let word = |field: &str| format!("{field}-{}", random(field).word(16));
        let mut digits = random("card-number");
        let (first, last) = (digits.between(0, 10_000_000), digits.between(0, 10_000));
        Self {
            api_key: word("paywall-key"),
            api_client: word("paywall-client"),
            card_owner: word("card-owner"),
            // The first digit of a range that no scheme has.
            card_number: Some(format!("9{first:07}****{last:04}")),
            ip: word("ip"),
            client_ip: word("client-ip"),
            tracking_code: word("tracking-code"),
            reference_prefix: word("merchant-code"),
            gateway_name: word("gateway-name"),
            gateway_provider_name: word("gateway-provider"),
            gateway_provider_key: word("gateway-key"),
            error_note: word("paywall-error"),
            trace_id: Some(word("paywall-trace")),
            device_cookie: Some(word("paywall-cookie")),
        }
    }

    /// The name and the value of each field that holds something, **secrets
    /// included**: what to search for.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, String)> {
        // Without `..`, so that no field can be forgotten.
        let Self {
            api_key,
            api_client,
            card_owner,
            card_number,
            ip,
            client_ip,
            tracking_code,
            reference_prefix,
            gateway_name,
            gateway_provider_name,
            gateway_provider_key,
            error_note,
            trace_id,
            device_cookie,
        } = self;
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut values = vec![
            ("api_key", api_key.clone()),
            ("api_client", api_client.clone()),
            ("card_owner", card_owner.clone()),
            ("card_number", optional(card_number)),
            ("ip", ip.clone()),
            ("client_ip", client_ip.clone()),
            ("tracking_code", tracking_code.clone()),
            ("reference_prefix", reference_prefix.clone()),
            ("gateway_name", gateway_name.clone()),
            ("gateway_provider_name", gateway_provider_name.clone()),
            ("gateway_provider_key", gateway_provider_key.clone()),
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

impl Default for PaywallConfidential {
    fn default() -> Self {
        Self {
            api_key: "sandbox-paywall-key".to_owned(),
            api_client: "sandbox-paywall-client".to_owned(),
            card_owner: "Test Kart".to_owned(),
            card_number: None,
            ip: "::1".to_owned(),
            client_ip: "192.0.2.1".to_owned(),
            tracking_code: String::new(),
            reference_prefix: String::new(),
            gateway_name: "GatewayName".to_owned(),
            gateway_provider_name: "ProviderName".to_owned(),
            gateway_provider_key: "ProviderKey".to_owned(),
            error_note: String::new(),
            trace_id: None,
            device_cookie: None,
        }
    }
}

impl fmt::Debug for PaywallConfidential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PaywallConfidential")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn canaries_fill_every_field_with_a_text_of_its_own() {
        let one = PaywallConfidential::canaries(1).values();
        let other = PaywallConfidential::canaries(2).values();
        let texts: BTreeSet<_> = one.iter().chain(&other).map(|(_, text)| text).collect();
        assert_eq!((one.len(), other.len(), texts.len()), (14, 14, 28));
        assert_eq!(one, PaywallConfidential::canaries(1).values());
    }
}
