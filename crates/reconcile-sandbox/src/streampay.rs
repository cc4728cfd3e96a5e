//! The simulator of StreamPay: its world, and the server of its API.

mod access;
mod api;
mod batch;
mod generate;
mod ledger;
mod lists;
mod problem;
mod register;
mod render;
mod request;
mod words;
mod world;

/// What its bodies are known by, after the names of the fixtures; the last
/// stands for the errors of all.
pub(crate) const OPERATIONS: &[&str] = &[
    "streampay/merchants",
    "streampay/merchant",
    "streampay/create-merchant",
    "streampay/terminals",
    "streampay/terminal",
    "streampay/create-terminal",
    "streampay/assign-terminal",
    "streampay/unassign-terminal",
    "streampay/disconnect-terminal",
    "streampay/transactions",
    "streampay/transaction",
    "streampay/reconciliations",
    "streampay/reconciliation",
    "streampay/create-reconciliation",
    "streampay/error",
];

pub use access::{StreamPayAccess, StreamPayConfidential};
pub(crate) use api::{Gateway, router};
pub use ledger::streampay_ledger;
pub use words::{StreamPayReceiptKind, StreamPayScheme};
pub use world::{
    StreamPayReceipt, StreamPayReconciliation, StreamPayTerminal, StreamPayTransaction,
    StreamPayWorld,
};
