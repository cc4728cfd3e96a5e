//! What comes of testing an identity.

use jiff::civil::Date;
use reconcile_core::{Currency, Identity, Law, Statement};
use rust_decimal::Decimal;

use super::FoundConvention;
use crate::{Break, BreakCode, sum::exact_difference};

/// One equation, tested or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The short name of the identity.
    pub identity: &'static str,
    /// The identity in words.
    pub title: &'static str,
    /// Whether it ties single records to what the provider states of them;
    /// otherwise it ties statements to each other.
    pub over_records: bool,
    /// The account of the statements, where they have one.
    pub account: Option<String>,
    /// The part of the account, where the provider splits it.
    pub scope: Option<String>,
    /// What the figures are counted in; `None` where they count: movements,
    /// numbers, statements, days, or seconds between statements.
    pub currency: Option<Currency>,
    /// The provider's id of the statement, where the proof is about one alone.
    pub statement: Option<String>,
    /// What of it, where the identity tests several things: a pair of figures,
    /// a figure that records come to, a run of numbers.
    pub subject: Option<String>,
    /// The day, as the provider counts days; `None` where the proof is about
    /// all of them.
    pub date: Option<Date>,
    /// Whether it holds.
    pub verdict: ProofVerdict,
    /// What the other figures, or the records, make of it; in major units
    /// where it is an amount.
    pub expected: Option<Decimal>,
    /// What the provider states; in major units where it is an amount.
    pub actual: Option<Decimal>,
    /// `expected − actual`.
    pub difference: Option<Decimal>,
    /// The equation with its figures, or why it cannot be tested.
    pub note: String,
    /// The ids of the one or two records that make the difference, where no
    /// others do; of the records beside a gap.
    pub records: Vec<String>,
    /// The convention that was found, where the proof is about one that was
    /// sought.
    pub convention: Option<FoundConvention>,
    /// What a failure is filed under; `None` where other proofs carry it.
    pub code: Option<BreakCode>,
    /// The currency of the statements, also where the figures are counts.
    pub(super) stated_in: Option<Currency>,
}

impl Proof {
    /// The currency of the statements, also where the figures are counts;
    /// `None` where the proof is about statements of any currency.
    #[must_use]
    pub const fn stated_in(&self) -> Option<Currency> {
        self.stated_in
    }

    /// The failure that the statements themselves are not known to be all:
    /// what the others hold on may be a part.
    #[must_use]
    pub fn unproven_statements(reasons: &[String]) -> Self {
        const READ: Identity = Identity::new(
            "statements_read",
            "every statement that was asked for was read",
            Law::EveryDayOnce,
        );
        Self {
            verdict: ProofVerdict::Fails,
            code: Some(BreakCode::Unproven),
            ..Self::untestable(&READ, reasons.join("; "))
        }
    }

    /// The break that a failed proof is; `None` when it did not fail, or when
    /// other proofs carry the failure.
    #[must_use]
    pub fn to_break(&self) -> Option<Break> {
        let code = self.code.filter(|_| self.verdict == ProofVerdict::Fails)?;
        let mut place = vec![
            Some(self.identity.to_owned()),
            self.account.clone(),
            self.scope.clone(),
            self.stated_in.map(|currency| currency.to_string()),
            self.date.map(|date| date.to_string()),
            // Several statements may be about no day, or about the same.
            self.statement
                .as_ref()
                .map(|id| format!("{id}: {}", self.note)),
        ];
        place.extend(self.subject.clone().map(Some));
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
            rule: self.identity.into(),
            explanation: format!("{}: {}", self.title, self.note),
            discriminator: format!("{place:?}"),
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

impl Proof {
    /// A proof that the input as a whole leaves open.
    pub(super) fn untestable(identity: &Identity, note: impl Into<String>) -> Self {
        Self {
            identity: identity.name,
            title: identity.title,
            over_records: identity.law.needs_records(),
            account: None,
            scope: None,
            currency: None,
            statement: None,
            subject: None,
            date: None,
            verdict: ProofVerdict::NotTestable,
            expected: None,
            actual: None,
            difference: None,
            note: note.into(),
            records: Vec::new(),
            convention: None,
            code: None,
            stated_in: None,
        }
    }

    /// A proof about an account, still without figures.
    pub(super) fn about_account(
        identity: &Identity,
        account: Option<&str>,
        currency: Option<Currency>,
    ) -> Self {
        Self {
            account: account.map(str::to_owned),
            currency,
            stated_in: currency,
            code: Some(identity.code.into()),
            ..Self::untestable(identity, "")
        }
    }

    /// A proof about one statement, still without figures.
    pub(super) fn about(identity: &Identity, statement: &Statement) -> Self {
        let (account, currency) = (statement.account.as_deref(), Some(statement.currency));
        Self {
            scope: statement.scope.clone(),
            statement: Some(statement.id.clone()),
            date: statement.day.as_ref().map(|day| day.date),
            ..Self::about_account(identity, account, currency)
        }
    }

    /// The proof of one thing among several.
    pub(super) fn of(self, subject: impl Into<String>) -> Self {
        Self {
            subject: Some(subject.into()),
            ..self
        }
    }

    /// The proof with another verdict, and why.
    pub(super) fn with(self, verdict: ProofVerdict, note: impl Into<String>) -> Self {
        Self {
            verdict,
            note: note.into(),
            ..self
        }
    }

    /// The same, where it is about numbers of movements or days, not money.
    pub(super) fn counted(self, counted: bool) -> Self {
        Self {
            currency: self.currency.filter(|_| !counted),
            ..self
        }
    }

    /// The proof that two figures are equal.
    pub(super) fn equality(self, expected: Decimal, actual: Decimal) -> Self {
        let verdict = if expected == actual {
            ProofVerdict::Holds
        } else {
            ProofVerdict::Fails
        };
        Self {
            verdict,
            expected: Some(expected),
            actual: Some(actual),
            difference: exact_difference(expected, actual),
            ..self
        }
    }
}
