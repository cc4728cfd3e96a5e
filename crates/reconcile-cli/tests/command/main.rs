//! The command as its users meet it: a process with arguments, an environment
//! and a folder, against the simulator on loopback.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod amounts;
mod attest;
mod bad_data;
mod demo;
mod deviations;
mod errors;
mod files;
mod gateways;
mod memory;
mod proofs;
mod rules;
mod scene;
mod secrets;
mod settings;
mod streams;
mod two_columns;
