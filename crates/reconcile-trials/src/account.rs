//! What a provider crate says of its provider.

use std::{collections::BTreeMap, num::NonZeroU32, sync::Arc};

use jiff::Timestamp;
use reconcile_core::{Kind, Provider};
use reconcile_sandbox::{FaultKind, Sandbox};
use reconcile_transport::Transport;
use rust_decimal::Decimal;

use crate::chaos::Case;

/// A provider's account at the simulator.
pub trait Account {
    /// The faults of the promise: each is tried alone, and all of them together.
    const FAULTS: &'static [FaultKind];

    /// How much there is to pull in the case of a seed.
    ///
    /// Rows that are late show up within six visits of what they belong to, so
    /// that must have pages enough for all to have shown up when the pull ends.
    fn scale(seed: u64, rows_are_late: bool) -> Scale;

    /// What the provider's documentation leaves open, as the case of a seed has it.
    fn switches(seed: u64) -> Vec<&'static str>;

    /// The provider of the account.
    fn provider(sandbox: &Sandbox, case: &Case, transport: Transport) -> Arc<dyn Provider>;

    /// What there is to pull.
    fn books(sandbox: &Sandbox) -> Books;
}

/// How much there is to pull.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// The records of the world.
    pub records: u64,
    /// Its days.
    pub days: u32,
    /// The rows of a page, where the provider lets its client say so.
    pub page_size: NonZeroU32,
}

impl Scale {
    /// That many records, days and rows a page.
    #[must_use]
    pub fn new(records: u64, days: u32, page_size: u32) -> Self {
        Self {
            records,
            days,
            page_size: NonZeroU32::new(page_size).unwrap(),
        }
    }
}

/// A record's kind and id, which are unique together.
pub type Id = (Kind, String);

/// What the world has under an id: the instant of creation in UTC, and the amount.
pub type Entry = (Timestamp, Decimal);

/// The simulator's own books, by id.
pub type Books = BTreeMap<Id, Entry>;
