//! The simulator of Paywall: its world, and the server of its Private API.

mod access;
mod api;
mod generate;
mod ledger;
mod lists;
mod parameters;
mod problem;
mod register;
mod render;
mod request;
mod totals;
mod world;

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

pub use access::{PaywallAccess, PaywallConfidential};
pub(crate) use api::{Gateway, router};
pub use ledger::paywall_ledger;
pub use totals::{PaywallEndOfDay, PaywallFigure};
pub use world::{PaywallStatus, PaywallStep, PaywallStepKind, PaywallTransaction, PaywallWorld};
