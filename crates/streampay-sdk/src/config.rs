//! Settings of a client.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};

use jiff::tz::{self, TimeZone};
use reconcile_transport::{BaseUrl, Transport};
use secrecy::SecretString;

/// The environments of StreamPay whose hosts are published. That of production
/// is not: StreamPay tells it to its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// For integration.
    Sandbox,
}

impl Environment {
    /// The base URL: scheme and host.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Sandbox => "https://sandbox-api.streampay.io",
        }
    }
}

/// Settings of a [`Client`](crate::Client).
///
/// NearPay's own hosts speak the same API, so the base URL is free. `Debug`
/// shows no key.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) base_url: BaseUrl,
    pub(crate) api_key: SecretString,
    pub(crate) zone: TimeZone,
    pub(crate) margin: Duration,
    pub(crate) page_size: NonZeroU32,
    pub(crate) concurrency: NonZeroUsize,
    pub(crate) transport: Option<Transport>,
}

impl Config {
    /// The settings for this host and key.
    #[must_use]
    pub fn new(base_url: BaseUrl, api_key: SecretString) -> Self {
        Self {
            base_url,
            api_key,
            zone: riyadh(),
            margin: Duration::from_secs(24 * 60 * 60),
            page_size: const { NonZeroU32::new(100).unwrap() },
            concurrency: const { NonZeroUsize::new(16).unwrap() },
            transport: None,
        }
    }

    /// Sets the zone of the dates and times on receipts, which StreamPay does
    /// not tell; `Asia/Riyadh` unless told otherwise.
    #[must_use]
    pub fn zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// Sets how much time before and after a window is asked for as well; a day
    /// unless told otherwise.
    ///
    /// Lists are filtered by an instant that StreamPay does not document: when
    /// a receipt was printed, or when it was stored. What lies further apart
    /// than this leaves a pull unproven.
    #[must_use]
    pub const fn margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// Sets how many rows a page of a list that is read whole is asked to have;
    /// 100 unless told otherwise. StreamPay may send fewer.
    #[must_use]
    pub const fn page_size(mut self, rows: NonZeroU32) -> Self {
        self.page_size = rows;
        self
    }

    /// Sets how many pages are asked for at once; 16 unless told otherwise.
    #[must_use]
    pub const fn concurrency(mut self, requests: NonZeroUsize) -> Self {
        self.concurrency = requests;
        self
    }

    /// Sets the transport: timeouts, retries, rate limit, another HTTP client.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = Some(transport);
        self
    }
}

/// Saudi Arabia has kept UTC+3 since 1947, should no time zone data be at hand.
pub(crate) fn riyadh() -> TimeZone {
    TimeZone::get("Asia/Riyadh").unwrap_or_else(|_| TimeZone::fixed(tz::offset(3)))
}
