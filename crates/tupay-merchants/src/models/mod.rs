//! What TuPay sends, typed.
//!
//! Only what every published sample has is required; a field that may be
//! missing or `null` is optional, a field that is not known here is ignored,
//! and a value that is not known is kept as it came. Amounts are in major
//! units, with the digits of the answer; instants are UTC.
//!
//! The types are generated from published and recorded bodies, and each field
//! says how often it was seen there. By hand is what no body can tell.

mod generated;
mod page;
mod rejection_code;
mod total_balance;

pub use generated::*;
pub(crate) use page::is_full;
pub use reconcile_transport::{Json, Personal};
pub use rejection_code::RejectionCode;
pub use total_balance::TotalBalance;
