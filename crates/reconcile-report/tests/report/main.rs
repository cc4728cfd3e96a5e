//! What a run shows and leaves behind, on a small reconciliation.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows the tests here, but not the functions that they share"
)]

mod apart;
mod files;
mod page;
mod sample;
mod screen;
