//! What StreamPay sends and is sent, typed.
//!
//! Only what is documented to be there, or cannot be done without, is required;
//! a field that may be missing, `null` or `{}` is optional, and a field that is
//! not known here is ignored. Amounts are in major units, with the digits of the
//! answer; what looks like a number and is none is text.

mod generated;
mod pages;

pub use generated::*;
pub use pages::{PagePosition, Pages};
