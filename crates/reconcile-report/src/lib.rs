#![doc = include_str!("../README.md")]

mod amount;
mod html;
mod overview;
mod run;
mod summary;
mod tables;
mod terminal;

pub use overview::completeness;
pub use run::{File, Run};
pub use summary::{Conserved, Matched, Proofs, Side, Summary, Verdict};
pub use terminal::{Style, terminal};
