#![doc = include_str!("../README.md")]

mod ageing;
mod amount;
mod attestation;
mod html;
mod layers;
mod overview;
mod run;
mod settled;
mod side_by_side;
mod summary;
mod tables;
mod terminal;

pub use attestation::day_totals;
pub use overview::completeness;
pub use run::{Document, Run};
pub use settled::{PairCursor, SettledPairs};
pub use side_by_side::{Beside, SideBySide};
pub use summary::{Conserved, Matched, Proofs, Side, Summary, Verdict};
pub use tables::{Cell, Column, ColumnType, Label, Table};
pub use terminal::{Style, terminal};
