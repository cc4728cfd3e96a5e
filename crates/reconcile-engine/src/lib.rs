#![doc = include_str!("../README.md")]

mod book;
mod bundles;
mod changes;
mod code;
mod crowd;
mod doubts;
mod error;
mod explain;
mod figures;
mod findings;
mod join;
mod keys;
mod listing;
mod matches;
#[cfg(feature = "mutations")]
pub mod mutations;
mod nearest;
mod nets;
mod normalise;
mod order;
mod outcome;
mod parts;
mod pending;
mod prove;
mod reconcile;
mod repeats;
mod rules;
mod search;
mod slips;
mod subset;
mod sum;
mod units;

pub use book::{Book, Flow, Row, RowIndex};
pub use changes::{Change, changes};
pub use code::{BreakCode, Severity};
pub use error::EngineError;
pub use listing::Listing;
pub use matches::{MatchGroup, Matches};
pub use outcome::{Break, Conservation, Excluded, Exclusion, Outcome, Rule, Side, Totals};
pub use parts::{Part, Parting, Settled, SettledPair};
pub use prove::{FoundConvention, Proof, ProofVerdict, prove};
pub use reconcile::{
    Absence, Context, Period, Stage, reconcile, reconcile_rest, reconcile_watched,
};
pub use rules::{
    Attention, Basis, Calendar, Column, DayWindow, Equality, Exclude, FeeTerm, FeeTier, Fees,
    GroupBy, Grouping, Normalisation, Pass, Rules, RulesError, Sides, Take, TextRule, Tolerance,
    Tolerances,
};
