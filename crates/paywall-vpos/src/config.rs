//! Settings of a client.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::Arc,
};

use jiff::tz::TimeZone;
use reconcile_core::Currency;
use reconcile_transport::{BaseUrl, Timer, TokioTimer, Transport};
use secrecy::SecretString;

/// The environments of Paywall whose hosts are published, in its official .NET
/// SDK: those of the payment private API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// Real money.
    Production,
    /// For integration; knows nothing of production.
    Test,
    /// Real money, in the data centre in Turkey, which has no test environment.
    TurkeyProduction,
}

impl Environment {
    /// The base URL of the payment private API: scheme and host.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Production => "https://payment-private-api.itspaywall.com",
            Self::Test => "https://test-payment-private-api.itspaywall.com",
            Self::TurkeyProduction => "https://payment-private-api.paywall.com.tr",
        }
    }
}

/// What a step of a transaction is: its `TypeId` in the list of activities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The sale, or a step of it: its money is that of the list of transactions.
    Sale,
    /// The sale was taken back before it was settled.
    Cancel,
    /// The whole was given back.
    Refund,
    /// A part was given back.
    PartialRefund,
}

impl Step {
    /// The step as a word, as records have it in their attribute `step`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Cancel => "cancel",
            Self::Refund => "refund",
            Self::PartialRefund => "partial_refund",
        }
    }
}

/// Settings of a [`Client`](crate::Client). `Debug` shows no credential.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) base_url: BaseUrl,
    pub(crate) api_key: SecretString,
    pub(crate) api_client: SecretString,
    pub(crate) currency: Option<Currency>,
    pub(crate) zone: TimeZone,
    pub(crate) concurrency: NonZeroUsize,
    pub(crate) page_size: u32,
    pub(crate) steps: BTreeMap<i64, Step>,
    pub(crate) absent_codes: BTreeSet<i64>,
    pub(crate) verdict_within_days: u64,
    pub(crate) intraday: Option<IntradayPaths>,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) transport: Option<Transport>,
}

/// Where the intraday lists are, which Paywall does not publish.
#[derive(Clone, Debug)]
pub(crate) struct IntradayPaths {
    pub(crate) transactions: String,
    pub(crate) activities: String,
}

impl Config {
    /// The settings for this host and these credentials, of the merchant panel
    /// under Developer, Integration: `api_key` is the private key
    /// (`apikeyprivate`), `api_client` the private client (`apiclientprivate`).
    #[must_use]
    pub fn new(base_url: BaseUrl, api_key: SecretString, api_client: SecretString) -> Self {
        Self {
            base_url,
            api_key,
            api_client,
            currency: None,
            zone: istanbul(),
            concurrency: const { NonZeroUsize::new(16).unwrap() },
            page_size: 1000,
            // Published are sales, in the samples; the others are assumed: the
            // documentation names them in this order, without their numbers.
            steps: BTreeMap::from([
                (1, Step::Sale),
                (2, Step::Cancel),
                (3, Step::Refund),
                (4, Step::PartialRefund),
            ]),
            absent_codes: BTreeSet::from([3]),
            verdict_within_days: VERDICT_WITHIN_DAYS,
            intraday: None,
            timer: Arc::new(TokioTimer),
            transport: None,
        }
    }

    /// Sets the currency of lists and days, which name none; `TRY` unless told
    /// otherwise.
    #[must_use]
    pub const fn currency(mut self, currency: Currency) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Sets the zone of Paywall's days and times, which it does not document;
    /// `Europe/Istanbul` unless told otherwise. It must have an IANA name.
    #[must_use]
    pub fn zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// Sets how many pages are asked for at once; 16 unless told otherwise.
    #[must_use]
    pub const fn concurrency(mut self, requests: NonZeroUsize) -> Self {
        self.concurrency = requests;
        self
    }

    /// Sets how many rows a page has where lists are read whole: 1 to 1000,
    /// which is what it is unless told otherwise.
    #[must_use]
    pub const fn page_size(mut self, rows: u32) -> Self {
        self.page_size = rows;
        self
    }

    /// Says what steps with this `TypeId` are. Published is only that 1 is a
    /// sale; that 2 is a cancellation, 3 a refund and 4 a partial refund is
    /// assumed. A step of any other type cannot be read until it is said here.
    #[must_use]
    pub fn step(mut self, type_id: i64, step: Step) -> Self {
        self.steps.insert(type_id, step);
        self
    }

    /// Sets the codes with which Paywall says that a day has no reconciliation
    /// or no end of day. No page names one; 3, which the official .NET SDK calls
    /// `NoData`, unless told otherwise.
    #[must_use]
    pub fn absent_codes(mut self, codes: impl IntoIterator<Item = i64>) -> Self {
        self.absent_codes = codes.into_iter().collect();
        self
    }

    /// Sets within how many days of its opening a day is to be reconciled, which
    /// the identity `day_reconciled` tests; 7 unless told otherwise.
    #[must_use]
    pub const fn verdict_within_days(mut self, days: u64) -> Self {
        self.verdict_within_days = days;
        self
    }

    /// Sets the paths of the intraday lists, such as `/api/…`. They are
    /// documented, but the paths are not published: without this, they cannot
    /// be asked for.
    #[must_use]
    pub fn intraday_paths(
        mut self,
        transactions: impl Into<String>,
        activities: impl Into<String>,
    ) -> Self {
        self.intraday = Some(IntradayPaths {
            transactions: transactions.into(),
            activities: activities.into(),
        });
        self
    }

    /// Sets the clock, by which days are over or not; the system's unless told
    /// otherwise.
    #[must_use]
    pub fn timer(mut self, timer: Arc<dyn Timer>) -> Self {
        self.timer = timer;
        self
    }

    /// Sets the transport: timeouts, retries, rate limit, another HTTP client.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = Some(transport);
        self
    }
}

/// Within how many days of its opening a day is to be reconciled, unless told
/// otherwise. Paywall names no limit: a day can be reconciled long after.
pub(crate) const VERDICT_WITHIN_DAYS: u64 = 7;

/// The zone of Turkey. Where no database of zones has it, it is one that says
/// that it is unknown, which a client refuses.
pub(crate) fn istanbul() -> TimeZone {
    TimeZone::get("Europe/Istanbul").unwrap_or_else(|_| TimeZone::unknown())
}
