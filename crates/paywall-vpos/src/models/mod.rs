//! What Paywall sends and is sent, typed.
//!
//! Only what is documented to be there, or cannot be done without, is required;
//! a field that may be missing or `null` is optional, and a field that is not
//! known here is ignored. Amounts are in major units, with the digits of the
//! answer; times are civil, since Paywall does not say their zone.

mod generated;

pub use generated::*;
pub use reconcile_transport::{Json, MaskedPan, Personal};
