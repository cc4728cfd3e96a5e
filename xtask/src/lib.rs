//! Makes the typed models of the provider crates from recorded exchanges, and
//! keeps exchanges and models true to each other.
//!
//! `fixtures/<provider>` holds bodies ([`fixture`]) and what people decide about
//! them ([`overrides`]). `cargo xtask` is the command line; `xtask-sdk` adds what
//! needs the provider crates.

pub mod check;
pub mod drift;
pub mod emit;
mod error;
pub mod explain;
pub mod fixture;
pub mod invariant;
pub mod json;
pub mod lock;
pub mod lossless;
pub mod lower;
pub mod model;
pub mod models;
mod names;
pub mod overrides;
pub mod place;
pub mod redact;
pub mod repair;
pub mod scan;
pub mod shape;
mod workspace;

pub use error::Error;
pub use workspace::Workspace;
