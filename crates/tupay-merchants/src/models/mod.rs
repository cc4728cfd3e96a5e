//! What TuPay sends, typed.
//!
//! Only what every published sample has is required; a field that may be
//! missing or `null` is optional, a field that is not known here is ignored,
//! and a value that is not known is kept as it came. Amounts are in major
//! units, with the digits of the answer; instants are UTC.

mod balance;
mod cashout;
mod deposit;
mod login;
mod note;
mod payment;
mod personal;
mod settlement;
mod words;

pub use balance::{BalanceDay, TotalBalance};
pub use cashout::{Cashout, CashoutStatus};
pub use deposit::{Deposit, DepositStatus};
pub use login::Login;
pub use note::{Note, NoteCategory};
pub use payment::{CashoutLookup, CashoutState, DepositLookup, Payer, RejectionCode};
pub use personal::Personal;
pub use settlement::{Settlement, SettlementStatus};
