//! The simulator of Paywall: its world, and the server of its Private API.

mod access;

use std::sync::Arc;

use axum::Router;

pub use access::{PaywallAccess, PaywallConfidential};

/// What its bodies are known by, after the names of the fixtures; the last
/// stands for the errors of all.
pub(crate) const OPERATIONS: &[&str] = &[
    "paywall/reconcile",
    "paywall/reconciliation",
    "paywall/end-of-day",
    "paywall/reconciliation-list",
    "paywall/transaction-list",
    "paywall/activity-list",
    "paywall/payment-inquiry",
    "paywall/error",
];

/// The books of the simulated Paywall, which never change once generated.
#[derive(Debug)]
pub struct PaywallWorld {}

impl PaywallWorld {
    /// Makes the world that `config` describes.
    #[must_use]
    pub fn generate(_config: &crate::worlds::WorldConfig) -> Self {
        Self {}
    }
}
#[derive(Debug)]
pub(crate) struct Gateway {}
impl Gateway {
    pub(crate) fn new(
        _: Arc<PaywallWorld>,
        _: PaywallAccess,
        config: &crate::sandbox::SandboxConfig,
        _: &Arc<crate::requests::Requests>,
    ) -> Result<Self, crate::sandbox::SandboxError> {
        let _ = config.paywall.stationery();
        Ok(Self {})
    }
}
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    Router::new().with_state(gateway)
}
