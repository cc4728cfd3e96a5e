#![doc = include_str!("../README.md")]

mod amount;
mod html;
mod overview;
mod run;
mod summary;
mod tables;
mod terminal;

pub use overview::completeness;
pub use run::{Document, Run};
pub use summary::{Conserved, Matched, Proofs, Side, Summary, Verdict};
pub use tables::{Cell, Column, ColumnType, Table};
pub use terminal::{Style, terminal};
