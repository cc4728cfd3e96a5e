//! Matching a ledger with a provider's records.

use jiff::civil::Date;

use crate::{Book, EngineError, Outcome, Rules};

/// What a reconciliation knows beside the rows and the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The day that breaks are aged to.
    pub as_of: Date,
    /// The days that were asked of the provider; `None` is all there are.
    pub period: Option<Period>,
    /// Whether a record that is not there can be said to be missing.
    pub proof_of_absence: Absence,
}

/// The days that were asked of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub to: Date,
    /// The first day that is not certain to be listed whole: `to`, or earlier
    /// where the pull is complete only as of an instant.
    pub certain_to: Date,
}

impl Period {
    /// The days from `from`, inclusive, to `to`, exclusive, all certain.
    #[must_use]
    pub const fn new(from: Date, to: Date) -> Self {
        Self {
            from,
            to,
            certain_to: to,
        }
    }
}

/// Whether a record that is not there can be said to be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The provider's list is complete.
    Proven,
    /// It is not known to be, for these reasons.
    Unproven {
        /// The reasons.
        reasons: Vec<String>,
    },
}

/// Matches a ledger with a provider's records.
pub fn reconcile(
    _ledger: &Book,
    _records: &Book,
    _rules: &Rules,
    _context: &Context,
) -> Result<Outcome, EngineError> {
    Ok(Outcome {
        matches: vec![],
        breaks: vec![],
        excluded: vec![],
        ledger: crate::Totals::default(),
        records: crate::Totals::default(),
        conservation: std::collections::BTreeMap::new(),
    })
}
