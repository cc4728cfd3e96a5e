//! Proving a provider's own figures against each other.

mod composition;
mod days;

use std::collections::BTreeMap;

use jiff::civil::Date;
use reconcile_core::{Currency, Identity, Law, Statement};
use rust_decimal::Decimal;

use crate::{Break, BreakCode, Period, sum::exact_difference};

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
    /// The provider's id of the statement, where the proof is about one alone.
    pub statement: Option<String>,
    /// The day, as the provider counts days; `None` where the proof is about
    /// all of them.
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
            ..untestable(&READ, &reasons.join("; "))
        }
    }

    /// The break that a failed proof is; `None` when it did not fail, or when
    /// other proofs carry the failure.
    #[must_use]
    pub fn to_break(&self) -> Option<Break> {
        let code = self.code.filter(|_| self.verdict == ProofVerdict::Fails)?;
        let place = [
            Some(self.identity.to_owned()),
            self.account.clone(),
            self.scope.clone(),
            self.currency.map(|currency| currency.to_string()),
            self.date.map(|date| date.to_string()),
            // Several statements may be about no day, or about the same.
            self.statement
                .as_ref()
                .map(|id| format!("{id}: {}", self.note)),
        ];
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

/// Tests every identity on the statements, each account, scope and currency on
/// its own; only the signs of a composition are solved over all of them, since
/// a convention belongs to the provider.
///
/// `asked` are the days that were asked for, where that is known: what is missing
/// at their beginning or end is said.
///
/// The proofs come by identity, as given, then account, scope, currency and
/// day; the order of the statements does not matter.
#[must_use]
pub fn prove(
    identities: &[Identity],
    statements: &[Statement],
    asked: Option<Period>,
) -> Vec<Proof> {
    let series = by_series(statements);
    let mut proofs = Vec::new();
    for identity in identities {
        let before = proofs.len();
        match &identity.law {
            Law::EveryDayOnce => proofs.extend(days::every_day_once(identity, &series, asked)),
            Law::RollForward { balance, movement } => {
                proofs.extend(days::roll_forward(identity, &series, balance, movement));
            }
            Law::StepExplained { balance, parts } => {
                proofs.extend(days::step_explained(identity, &series, balance, parts));
            }
            Law::Composition { total, parts } => {
                proofs.extend(composition::prove(identity, &series, total, parts));
            }
            _ => proofs.push(untestable(identity, "this version does not know the law")),
        }
        if proofs.len() == before {
            proofs.push(untestable(identity, "there is no statement to test it on"));
        }
    }
    proofs
}

/// The statements of one account, scope and currency.
struct Series<'a> {
    account: Option<&'a str>,
    scope: Option<&'a str>,
    currency: Currency,
    /// By day, in the order of their content.
    days: BTreeMap<Date, Vec<&'a Statement>>,
    /// Those that are not about a day.
    other: Vec<&'a Statement>,
}

fn by_series(statements: &[Statement]) -> Vec<Series<'_>> {
    let mut series = BTreeMap::new();
    for statement in statements {
        let (account, scope) = (statement.account.as_deref(), statement.scope.as_deref());
        let key = (account, scope, statement.currency, &statement.provider);
        let series = series.entry(key).or_insert_with(|| Series {
            account,
            scope,
            currency: statement.currency,
            days: BTreeMap::new(),
            other: Vec::new(),
        });
        match &statement.day {
            Some(day) => series.days.entry(day.date).or_default().push(statement),
            None => series.other.push(statement),
        }
    }
    let mut series: Vec<Series<'_>> = series.into_values().collect();
    for series in &mut series {
        for statements in series.days.values_mut().chain([&mut series.other]) {
            statements.sort_by_cached_key(|s| (s.period, s.id.clone(), figures(s)));
        }
    }
    series
}

/// The figures as text, in an order that says nothing but is always the same.
fn figures(statement: &Statement) -> String {
    format!("{:?}", statement.figures)
}

/// A proof about all statements that the input leaves open.
fn untestable(identity: &Identity, note: &str) -> Proof {
    Proof {
        identity: identity.name,
        title: identity.title,
        account: None,
        scope: None,
        currency: None,
        statement: None,
        date: None,
        verdict: ProofVerdict::NotTestable,
        expected: None,
        actual: None,
        difference: None,
        note: note.to_owned(),
        code: None,
    }
}

impl Series<'_> {
    /// A proof about one day, still without figures.
    fn proof(
        &self,
        identity: &Identity,
        date: Option<Date>,
        code: BreakCode,
        verdict: ProofVerdict,
        note: impl Into<String>,
    ) -> Proof {
        Proof {
            account: self.account.map(str::to_owned),
            scope: self.scope.map(str::to_owned),
            currency: Some(self.currency),
            date,
            verdict,
            note: note.into(),
            code: Some(code),
            ..untestable(identity, "")
        }
    }
}

impl Proof {
    /// The proof that two figures are equal.
    fn equality(self, expected: Decimal, actual: Decimal) -> Self {
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
