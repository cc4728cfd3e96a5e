//! Totals of days whose convention nobody documents.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod found;
mod told;
mod world;
