//! Which request is struck by which transient fault.
//!
//! Whether a request is struck follows from the seed, from what it asks for
//! and from how often that was asked before; never from the order in which
//! concurrent requests happen to arrive. So a failed run can be repeated.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::faults::{FaultKind, Faults};
use crate::random::{Random, mix};

/// A fault that strikes one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strike {
    pub(crate) kind: FaultKind,
    /// Chooses among the forms that a fault has.
    pub(crate) variant: u64,
}

/// The state of the transient faults of one gateway.
#[derive(Debug)]
pub(crate) struct Chaos {
    seed: u64,
    one_in: u64,
    transient: Vec<FaultKind>,
    permanent: Option<FaultKind>,
    attempts: Mutex<HashMap<String, Attempts>>,
    visits: Option<Mutex<HashMap<String, u64>>>,
}

/// How one and the same request has fared.
#[derive(Debug, Clone, Copy, Default)]
struct Attempts {
    made: u64,
    struck_in_a_row: u8,
}

/// A client with four attempts gets through, with one to spare.
const MOST_IN_A_ROW: u8 = 2;

impl Chaos {
    pub(crate) fn new(faults: &Faults) -> Self {
        let permanent = faults.permanent();
        let mut transient = faults.transient();
        transient.retain(|kind| Some(*kind) != permanent);
        Self {
            seed: faults.strike_seed(),
            one_in: faults.strike_rate(),
            transient,
            permanent,
            attempts: Mutex::default(),
            visits: faults
                .is_on(FaultKind::InsertWhilePaging)
                .then(Mutex::default),
        }
    }

    /// The fault that strikes this request, if any does.
    pub(crate) fn strike(&self, request: &str) -> Option<Strike> {
        if self.transient.is_empty() {
            return self.permanent.map(|kind| Strike { kind, variant: 0 });
        }
        let mut all = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempts = all.entry(request.to_owned()).or_default();
        let mut random = Random::new(self.seed ^ mix(attempts.made), request);
        let is_struck = random.one_in(self.one_in) && attempts.struck_in_a_row < MOST_IN_A_ROW;
        attempts.made += 1;
        attempts.struck_in_a_row = if is_struck {
            attempts.struck_in_a_row + 1
        } else {
            0
        };
        if !is_struck {
            return self.permanent.map(|kind| Strike { kind, variant: 0 });
        }
        let count = u64::try_from(self.transient.len()).unwrap_or(1);
        let chosen = usize::try_from(random.next() % count).unwrap_or(0);
        let kind = self.transient.get(chosen).copied()?;
        Some(Strike {
            kind,
            variant: random.next(),
        })
    }

    /// Which rows of a window show up at this visit, where some are late.
    pub(crate) fn late_rows(&self, window: &str) -> Option<LateRows> {
        let mut visits = self
            .visits
            .as_ref()?
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let visit = visits.entry(window.to_owned()).or_default();
        *visit += 1;
        Some(LateRows {
            seed: self.seed,
            visit: *visit,
        })
    }
}

/// The rows that a window shows at one visit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LateRows {
    seed: u64,
    visit: u64,
}

impl LateRows {
    /// One row in twenty is late, by one to six visits.
    pub(crate) fn shows(self, row: u64) -> bool {
        let drawn = mix(self.seed ^ mix(row));
        !drawn.is_multiple_of(20) || self.visit > (drawn >> 32) % 6 + 1
    }
}
