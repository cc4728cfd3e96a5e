//! The simulator of TuPay: its world, and the servers of its three APIs.

mod api;
mod balance_report;
mod confidential;
mod generate;
mod lists;
mod payment_api;
mod records;
mod render;
mod session;
mod world;

pub(crate) use api::{Gateway, router};
pub use confidential::TuPayConfidential;
pub use records::{BalanceDay, Cashout, CashoutStatus, Deposit, DepositStatus, Note, Settlement};
pub use render::ODD_AMOUNTS;
pub use session::TuPayAccess;
pub use world::{TuPayWorld, WorldConfig};
