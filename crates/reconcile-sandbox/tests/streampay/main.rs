//! The simulated StreamPay, asked over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers, too"
)]

mod actions;
mod alterations;
mod client;
mod confidential;
mod faults;
mod lists;
mod planted;
mod receipts;
#[path = "../support/shape.rs"]
mod shape;
mod shapes;
mod switches;
#[path = "../support/wire.rs"]
mod wire;
mod world;
