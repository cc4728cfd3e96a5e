//! What the tests of every provider crate put their provider to, against the
//! simulator: [pulls under faults](chaos), the faults of the [conformance] kit, and
//! [proofs](fn@proofs) of the identities that it declares.
//!
//! A provider crate says in an [`Account`] what is its own, and makes its harness
//! of the kit [`Simulated`](conformance::Simulated); whatever holds for each
//! provider alike is here. It is for tests and examples alone, and is not
//! published.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a panic is how a test fails, in its helpers too"
)]

mod account;
pub mod chaos;
pub mod conformance;
mod proofs;
mod time;

pub use account::{Account, Books, Entry, Id, Scale};
pub use proofs::{proofs, sandbox};
pub use time::{Hurried, Standing, at_once};

use jiff::Timestamp;

/// When pulls of the simulated worlds are made: after everything in them.
#[must_use]
pub fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}
