//! What the sandbox was asked, counted.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::alteration::Alteration;
use crate::faults::FaultKind;

/// Counters of what a sandbox has served so far, as of the call that took it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestLog {
    by_endpoint: BTreeMap<&'static str, u64>,
    injected: BTreeMap<FaultKind, u64>,
    altered: BTreeMap<Alteration, u64>,
    in_flight: u64,
    max_in_flight: u64,
}

impl RequestLog {
    /// All requests.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_endpoint.values().sum()
    }

    /// The requests to one endpoint: `login`, `logout`, `switch-context`,
    /// `deposits`, `cashouts`, `balance-report`, `balance`, `settlements`,
    /// `notes`, `cashout-status`, `deposit-status` of TuPay; of the others, an
    /// operation as in [`Alteration::operations`], such as
    /// `paywall/end-of-day`.
    #[must_use]
    pub fn count(&self, endpoint: &str) -> u64 {
        self.by_endpoint.get(endpoint).copied().unwrap_or(0)
    }

    /// Every endpoint that was asked, with its number of requests.
    #[must_use]
    pub fn endpoints(&self) -> &BTreeMap<&'static str, u64> {
        &self.by_endpoint
    }

    /// The log-in attempts, refused ones included.
    #[must_use]
    pub fn logins(&self) -> u64 {
        self.count("login")
    }

    /// The most requests that were being answered at one moment.
    #[must_use]
    pub fn max_in_flight(&self) -> u64 {
        self.max_in_flight
    }

    /// How often a fault was injected into an answer.
    #[must_use]
    pub fn injected(&self, fault: FaultKind) -> u64 {
        self.injected.get(&fault).copied().unwrap_or(0)
    }

    /// At how many places of all answers an alteration was made. None, and
    /// its path leads nowhere, or nobody asked.
    #[must_use]
    pub fn altered(&self, alteration: &Alteration) -> u64 {
        self.altered.get(alteration).copied().unwrap_or(0)
    }
}

/// The counters as the server's tasks share them.
#[derive(Debug, Default)]
pub(crate) struct Requests(Mutex<RequestLog>);

impl Requests {
    /// Counts a request, which is in flight until the guard is dropped.
    pub(crate) fn begin(&self, endpoint: &'static str) -> InFlight<'_> {
        self.update(|log| {
            *log.by_endpoint.entry(endpoint).or_default() += 1;
            log.in_flight += 1;
            log.max_in_flight = log.max_in_flight.max(log.in_flight);
        });
        InFlight(self)
    }

    pub(crate) fn injected(&self, fault: FaultKind) {
        self.update(|log| *log.injected.entry(fault).or_default() += 1);
    }

    pub(crate) fn altered(&self, alteration: &Alteration, places: u64) {
        self.update(|log| *log.altered.entry(alteration.clone()).or_default() += places);
    }

    pub(crate) fn snapshot(&self) -> RequestLog {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn update(&self, change: impl FnOnce(&mut RequestLog)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A request that is being answered.
pub(crate) struct InFlight<'a>(&'a Requests);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.update(|log| log.in_flight -= 1);
    }
}
