//! The pipeline: one call, as many attempts as the policy allows.

mod attempt;
mod builder;
mod gzip;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, StatusCode};

use crate::call::{Call, Reply};
use crate::error::Error;
use crate::http::{HttpClient, Limits};
use crate::rate::Gate;
use crate::retry::{Dice, RetryBudget, RetryPolicy};
use crate::session::Ticket;
use crate::tap::Tap;
use crate::timer::Timer;

pub use builder::TransportBuilder;

/// Puts credentials on a request, anew for each attempt.
#[async_trait]
pub trait Authorize: Send + Sync {
    /// Adds the headers of a credential; mark their values sensitive.
    ///
    /// Time spent here, for example in a login, is not the attempt's.
    async fn authorize(&self, headers: &mut HeaderMap) -> Result<Ticket, Error>;

    /// Told of each 401 and 403; true when a fresh authorisation may help.
    ///
    /// A call is sent again a few times at most for this, and also when it acts:
    /// what was refused was not done.
    fn refused(&self, ticket: Ticket, status: StatusCode) -> bool;
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Connecting, TLS included.
    pub connect: Duration,
    /// One attempt, up to the last byte of the answer.
    pub attempt: Duration,
    /// One call with all its attempts and the waits between, from the first
    /// request on.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 5 s, 30 s and 60 s.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(30),
            total: Duration::from_secs(60),
        }
    }
}

/// Sends calls to one provider, for all tasks together. Cloning it is cheap
/// and shares its limits.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    http: Arc<dyn HttpClient>,
    timeouts: Timeouts,
    limits: Limits,
    retry: RetryPolicy,
    budget: RetryBudget,
    gate: Gate,
    timer: Arc<dyn Timer>,
    dice: Dice,
    tap: Option<Arc<dyn Tap>>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("timeouts", &self.0.timeouts)
            .field("limits", &self.0.limits)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}

impl Transport {
    /// A transport with the defaults.
    pub fn builder() -> TransportBuilder {
        TransportBuilder::default()
    }

    /// Sends a call until it is answered or not worth repeating.
    ///
    /// A refusal by the provider is an `Ok` reply, also one that was repeated
    /// in vain: its body is the provider crate's to understand.
    ///
    /// # Errors
    ///
    /// No whole answer ([`NotSent`](crate::ErrorKind::NotSent),
    /// [`Timeout`](crate::ErrorKind::Timeout), [`Broken`](crate::ErrorKind::Broken), which also is a success that is a web page where
    /// JSON was expected), an answer over a cap, a redirect, a 429 that asks to
    /// wait for longer than the call may take, and errors of the authorisation.
    pub async fn send(&self, call: Call, auth: Option<&dyn Authorize>) -> Result<Reply, Error> {
        attempt::Sending::new(&self.0, &call, auth).run().await
    }

    /// How many requests may be under way at once, at present: the configured
    /// number, or fewer while the provider throttles.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.0.gate.places()
    }
}
