//! The simulator of TuPay: its world, and the servers of its three APIs.

mod api;
mod balance_report;
mod confidential;
mod generate;
mod ledger;
mod lists;
mod payment_api;
mod records;
mod render;
mod session;
mod world;

/// What its bodies are known by, after the names of the fixtures; the last
/// stands for the errors of all.
pub(crate) const OPERATIONS: &[&str] = &[
    "login",
    "deposits",
    "cashouts",
    "balance-report",
    "balance",
    "settlements",
    "notes",
    "deposit-status",
    "cashout-status",
    "error",
];

pub(crate) use api::{Gateway, router};
pub use confidential::TuPayConfidential;
pub use ledger::tupay_ledger;
pub use records::{BalanceDay, Cashout, CashoutStatus, Deposit, DepositStatus, Note, Settlement};
pub use render::ODD_AMOUNTS;
pub use session::TuPayAccess;
pub use world::TuPayWorld;
