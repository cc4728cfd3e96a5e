//! What StreamPay sends and is sent, typed.
//!
//! Only what is documented to be there, or cannot be done without, is required;
//! a field that may be missing, `null` or `{}` is optional, and a field that is
//! not known here is ignored. Amounts are in major units, with the digits of the
//! answer; what looks like a number and is none is text.
//!
//! The types are generated from published and recorded bodies, and each field
//! says how often it was seen there. By hand is what no body can tell.

mod generated;
mod pages;
mod requests;
mod times;

pub use generated::*;
pub use pages::{PagePosition, Pages};
pub use reconcile_transport::{Json, MaskedPan, Personal};
