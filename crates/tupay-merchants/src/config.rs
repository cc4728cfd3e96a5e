//! Settings of a client.

use std::num::NonZeroUsize;

use reconcile_transport::{BaseUrl, Transport};
use secrecy::SecretString;

/// The environments of TuPay whose hosts are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// For integration; knows nothing of production.
    Staging,
    /// Real money.
    Production,
}

impl Environment {
    /// The base URL of the Merchants API: scheme and host.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Staging => "https://merchants-api-stg.tupayonline.com",
            Self::Production => "https://merchants-api.tupayonline.com",
        }
    }
}

/// The path of the list of cashouts. TuPay documents both spellings, and its
/// sibling brands only the plural.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CashoutsPath {
    /// `/v1/cashouts`
    #[default]
    Plural,
    /// `/v1/cashout`
    Singular,
}

/// Settings of a [`Client`](crate::Client).
///
/// The same API serves several brands (TuPay, Directa24, PandaBlue, OneKey),
/// so the base URL is free. `Debug` shows no credential.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) base_url: BaseUrl,
    pub(crate) access_key: SecretString,
    pub(crate) secret_key: SecretString,
    pub(crate) cashouts_path: CashoutsPath,
    pub(crate) merchant: Option<u64>,
    pub(crate) concurrency: NonZeroUsize,
    pub(crate) sibling_lists: bool,
    pub(crate) transport: Option<Transport>,
}

impl Config {
    /// The settings for this host and user: `access_key` is the e-mail address
    /// of the API user, `secret_key` its password.
    #[must_use]
    pub fn new(base_url: BaseUrl, access_key: SecretString, secret_key: SecretString) -> Self {
        Self {
            base_url,
            access_key,
            secret_key,
            cashouts_path: CashoutsPath::default(),
            merchant: None,
            concurrency: const { NonZeroUsize::new(16).unwrap() },
            sibling_lists: false,
            transport: None,
        }
    }

    /// Sets the path of the list of cashouts.
    #[must_use]
    pub const fn cashouts_path(mut self, path: CashoutsPath) -> Self {
        self.cashouts_path = path;
        self
    }

    /// Works as this merchant: every session switches to it right after its
    /// login. Documented by the sibling brands only.
    #[must_use]
    pub const fn merchant(mut self, id: u64) -> Self {
        self.merchant = Some(id);
        self
    }

    /// Sets how many pages are asked for at once; 16 unless told otherwise.
    #[must_use]
    pub const fn concurrency(mut self, requests: NonZeroUsize) -> Self {
        self.concurrency = requests;
        self
    }

    /// Whether a pull that names no kinds includes settlements and notes, which
    /// only the sibling brands document; off unless told otherwise.
    #[must_use]
    pub const fn sibling_lists(mut self, included: bool) -> Self {
        self.sibling_lists = included;
        self
    }

    /// Sets the transport: timeouts, retries, rate limit, another HTTP client.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = Some(transport);
        self
    }
}
