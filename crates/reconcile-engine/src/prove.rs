//! Proving a provider's own figures against each other.

use jiff::civil::Date;
use reconcile_core::{Currency, Identity, Statement};
use rust_decimal::Decimal;

use crate::{Break, BreakCode};

/// One equation, tested or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The short name of the identity.
    pub identity: &'static str,
    /// The identity in words.
    pub title: &'static str,
    /// The account of the statements, where they have one.
    pub account: Option<String>,
    /// The part of the account, where the provider splits it.
    pub scope: Option<String>,
    /// What the figures are counted in.
    pub currency: Option<Currency>,
    /// The day; `None` where the proof is about all of them.
    pub date: Option<Date>,
    /// Whether it holds.
    pub verdict: ProofVerdict,
    /// What the other figures make of it, in major units.
    pub expected: Option<Decimal>,
    /// What the provider states, in major units.
    pub actual: Option<Decimal>,
    /// `expected − actual`.
    pub difference: Option<Decimal>,
    /// The equation with its figures, or why it cannot be tested.
    pub note: String,
    /// What a failure is filed under; `None` where other proofs carry it.
    pub code: Option<BreakCode>,
}

impl Proof {
    /// The break that a failed proof is; `None` when it did not fail.
    #[must_use]
    pub fn to_break(&self) -> Option<Break> {
        let code = self.code.filter(|_| self.verdict == ProofVerdict::Fails)?;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Some(Break {
            code,
            severity: code.severity(),
            ledger: Vec::new(),
            records: Vec::new(),
            expected: self.expected,
            actual: self.actual,
            difference: self.difference,
            currency: self.currency,
            date: self.date,
            age_days: None,
            rule: self.identity,
            explanation: format!("{}: {}", self.title, self.note),
            discriminator: text(&self.account),
        })
    }
}

/// Whether an equation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProofVerdict {
    /// It holds, to the last digit.
    Holds,
    /// It does not.
    Fails,
    /// The figures to tell are not there.
    NotTestable,
}

impl ProofVerdict {
    /// The word that stands for it in every file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::NotTestable => "not_testable",
        }
    }
}

/// Tests the identities on the statements.
#[must_use]
pub fn prove(_identities: &[Identity], _statements: &[Statement]) -> Vec<Proof> {
    Vec::new()
}
