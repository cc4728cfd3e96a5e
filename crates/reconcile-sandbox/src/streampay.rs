//! The simulator of StreamPay: its world, and the server of its API.
//!
//! # Where it meets the others
//!
//! The sandbox ([`crate::sandbox`]) asks of a gateway:
//!
//! - a world, `generate`d from [`WorldConfig`](crate::worlds::WorldConfig) and
//!   immutable afterwards, exactly `records` records in it;
//! - an access, made from the base URL and the confidential data;
//! - its confidential data: `Clone`, `Default`, a `Debug` that says nothing;
//! - a [`Gateway`] of world, access, configuration and the request counters
//!   that all gateways share, and its [`router`], whose paths begin with
//!   `/v1/clients-sdk` and which has **no fallback** (TuPay has the only one;
//!   a route `/v1/clients-sdk/{*rest}` answers for what is unknown here);
//! - [`OPERATIONS`], after the names of the fixtures.
//!
//! What a gateway does with a request is the same everywhere and lives in
//! [`Desk`]: `desk.begin(operation)` counts and delays, `desk.strike(..)` says
//! which transient fault strikes, `exchange.send(..)` or `exchange.deliver(..)`
//! alters and answers; `desk.faults` has the switches as they are here. Errors
//! are [`Refusal::json`](crate::refusal::Refusal::json) with the gateway's own
//! body. New switches are one line each in `faults/catalogue.rs` and in the
//! table of the README. The merchant's books come from `Books` in
//! `ledger/books.rs`, as `tupay/ledger.rs` shows.

use std::fmt;
use std::sync::Arc;

use axum::Router;

use crate::desk::Desk;
use crate::gateway::GatewayId;
use crate::requests::Requests;
use crate::sandbox::{SandboxConfig, SandboxError};
use crate::stationery::Stationery;
use crate::worlds::WorldConfig;

/// What its bodies are known by, after the names of the fixtures; the last
/// stands for the errors of all.
pub(crate) const OPERATIONS: &[&str] = &["streampay/reconciliation", "streampay/error"];

/// The books of the simulated StreamPay, which never change once generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPayWorld {}

impl StreamPayWorld {
    /// Makes the world that `config` describes.
    #[must_use]
    pub fn generate(_config: &WorldConfig) -> Self {
        Self {}
    }
}

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

/// The credentials and personal data of a simulated StreamPay.
#[derive(Clone, PartialEq, Eq)]
pub struct StreamPayConfidential {
    /// The key of the API.
    pub api_key: String,
}

impl Default for StreamPayConfidential {
    fn default() -> Self {
        Self {
            api_key: "sandbox-streampay-api-key".to_owned(),
        }
    }
}

impl fmt::Debug for StreamPayConfidential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("StreamPayConfidential")
            .finish_non_exhaustive()
    }
}

/// Everything that one simulated StreamPay knows and remembers.
#[derive(Debug)]
pub(crate) struct Gateway {
    _desk: Desk,
}

impl Gateway {
    /// The gateway that `config` describes, with that world.
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        reason = "as the others are made"
    )]
    pub(crate) fn new(
        _world: Arc<StreamPayWorld>,
        _access: StreamPayAccess,
        config: &SandboxConfig,
        requests: &Arc<Requests>,
    ) -> Result<Self, SandboxError> {
        let stationery = Stationery::default();
        Ok(Self {
            _desk: Desk::new(GatewayId::StreamPay, config, requests, stationery),
        })
    }
}

pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    Router::new().with_state(gateway)
}
