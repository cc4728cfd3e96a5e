//! Identities over batches of terminals: statements with parts, and records.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod acme;
mod records;
mod statements;
mod worlds;
