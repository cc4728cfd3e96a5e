//! How a transport is put together.

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::{Shared, Timeouts, Transport};
use crate::error::Error;
use crate::http::{HttpClient, Limits};
use crate::rate::{Gate, RateLimit};
use crate::retry::{Dice, RetryBudget, RetryPolicy};
use crate::tap::Tap;
use crate::timer::{Timer, TokioTimer};

/// Builds a [`Transport`]. Each part has a default that is safe to run with.
#[derive(Debug)]
#[must_use]
pub struct TransportBuilder {
    http: Option<Arc<dyn HttpClient>>,
    timeouts: Timeouts,
    limits: Limits,
    retry: RetryPolicy,
    budget: Option<RetryBudget>,
    rate: Option<RateLimit>,
    concurrency: NonZeroUsize,
    timer: Arc<dyn Timer>,
    seed: Option<u64>,
    tap: Option<Arc<dyn Tap>>,
}

impl Default for TransportBuilder {
    fn default() -> Self {
        Self {
            http: None,
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            retry: RetryPolicy::default(),
            budget: None,
            rate: None,
            concurrency: const { NonZeroUsize::new(16).unwrap() },
            timer: Arc::new(TokioTimer),
            seed: None,
            tap: None,
        }
    }
}

impl TransportBuilder {
    /// The HTTP client; by default the one behind the feature `reqwest`.
    pub fn http(mut self, http: Arc<dyn HttpClient>) -> Self {
        self.http = Some(http);
        self
    }

    /// How long things may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// What an answer may cost.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How often and how patiently calls are repeated.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// How many retries all calls may make together. By default 10 and one for
    /// each concurrent call, so that one blip that hits every call under way is
    /// survived; successes refill it up to 100.
    pub fn budget(mut self, budget: RetryBudget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// The most requests a second; unlimited by default.
    pub fn rate(mut self, rate: RateLimit) -> Self {
        self.rate = Some(rate);
        self
    }

    /// The most requests at once; 16 by default.
    pub fn concurrency(mut self, concurrency: NonZeroUsize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// The clock; the system's by default.
    pub fn timer(mut self, timer: Arc<dyn Timer>) -> Self {
        self.timer = timer;
        self
    }

    /// Makes the jitter repeatable.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sees every exchange.
    pub fn tap(mut self, tap: Arc<dyn Tap>) -> Self {
        self.tap = Some(tap);
        self
    }

    /// The transport.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) when there is no HTTP
    /// client, or TLS cannot be set up.
    pub fn build(self) -> Result<Transport, Error> {
        let http = match self.http {
            Some(http) => http,
            None => default_client(&self.timeouts)?,
        };
        let concurrent = u32::try_from(self.concurrency.get()).unwrap_or(u32::MAX);
        let budget = self
            .budget
            .unwrap_or_else(|| RetryBudget::new(concurrent.saturating_add(10), 100));
        Ok(Transport(Arc::new(Shared {
            http,
            timeouts: self.timeouts,
            limits: self.limits,
            retry: self.retry,
            budget,
            gate: Gate::new(Arc::clone(&self.timer), self.concurrency, self.rate),
            timer: self.timer,
            dice: self.seed.map_or_else(Dice::random, Dice::seeded),
            tap: self.tap,
        })))
    }
}

#[cfg(feature = "reqwest")]
fn default_client(timeouts: &Timeouts) -> Result<Arc<dyn HttpClient>, Error> {
    Ok(Arc::new(crate::reqwest_client::ReqwestClient::new(
        timeouts.connect,
    )?))
}

#[cfg(not(feature = "reqwest"))]
fn default_client(_: &Timeouts) -> Result<Arc<dyn HttpClient>, Error> {
    Err(Error::new(
        crate::error::ErrorKind::Configuration,
        "no HTTP client: enable the feature `reqwest` or bring one",
    ))
}
