//! The parts of `cargo xtask` that need the provider crates.

fn main() {}
