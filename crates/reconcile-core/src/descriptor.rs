//! What a provider is and can do.

use std::{collections::BTreeSet, time::Duration};

use jiff::tz::TimeZone;

use crate::{Identity, Kind, ProviderError};

/// Who a provider is and what it can do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Descriptor {
    /// The short lower-case name, as in configuration and in every record.
    pub id: String,
    /// The name that people know.
    pub name: String,
    /// The zone whose days the provider counts in.
    pub zone: TimeZone,
    /// What it can do.
    pub capabilities: Capabilities,
    /// What it allows in one request.
    pub limits: Limits,
    /// The equations that its figures are to satisfy.
    pub identities: Vec<Identity>,
}

impl Descriptor {
    /// A provider that can do nothing yet.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>, zone: TimeZone) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            zone,
            capabilities: Capabilities::default(),
            limits: Limits::default(),
            identities: Vec::new(),
        }
    }

    /// Sets what it can do.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Sets what it allows in one request.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the equations that its figures are to satisfy.
    #[must_use]
    pub fn with_identities(mut self, identities: Vec<Identity>) -> Self {
        self.identities = identities;
        self
    }

    /// The kinds that a query is for: those it names, or the provider's usual
    /// ones when it names none. A kind that the provider cannot list is an
    /// error, never an empty success.
    pub fn kinds_of(&self, asked: &BTreeSet<Kind>) -> Result<BTreeSet<Kind>, ProviderError> {
        if asked.is_empty() {
            return Ok(self.capabilities.kinds.clone());
        }
        let known = |kind: &&Kind| {
            self.capabilities.kinds.contains(kind)
                || self.capabilities.kinds_on_request.contains(kind)
        };
        match asked.iter().find(|kind| !known(kind)) {
            Some(kind) => Err(ProviderError::unsupported(
                &self.id,
                format!("lists no records of kind `{kind}`"),
            )),
            None => Ok(asked.clone()),
        }
    }
}

/// What a provider can do. What is not claimed here answers
/// [`Unsupported`](crate::ErrorKind::Unsupported).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The kinds of record that it lists unless a query names others.
    pub kinds: BTreeSet<Kind>,
    /// The kinds that it lists only when a query names them.
    pub kinds_on_request: BTreeSet<Kind>,
    /// Whether it gives totals of its own.
    pub statements: bool,
    /// Whether it takes the merchant's totals and answers with a verdict.
    pub attest: bool,
}

/// What a provider allows in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest window of one request; longer ones are split by the provider crate.
    pub max_window: Option<Duration>,
    /// The most rows of one page.
    pub page_size: Option<u32>,
    /// How long after its creation a record may still be missing in the
    /// provider's list. A pull ends this long before now.
    pub settle_lag: Duration,
    /// Whether only days that are over, as the provider's zone counts them, are
    /// listed: a pull then ends with the last day that was over before the lag.
    pub closed_days: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_window: None,
            page_size: None,
            settle_lag: Duration::from_secs(15 * 60),
            closed_days: false,
        }
    }
}
