//! The parts of `cargo xtask` that need the provider crates.

pub mod attempt;
pub mod observe;
pub mod record;
mod roots;
pub mod round_trips;
pub mod scenario;
