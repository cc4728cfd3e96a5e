//! The run in figures: `summary.json`.

use std::collections::BTreeMap;

use reconcile_core::{Currency, ModelError, Sum};
use reconcile_engine::{BreakCode, Matches, ProofVerdict, Totals};
use serde::{Serialize, Serializer};

use crate::{Run, amount::plain};

/// The run in figures. It serialises to the object of `summary.json`, with
/// amounts as text in major units, credits positive and debits negative.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The merchant's side.
    pub ledger: Side,
    /// The provider's side.
    pub records: Side,
    /// What was matched.
    pub matched: Matched,
    /// How many breaks there are of each code, failed proofs included; codes
    /// without a break are left out. In the order of the contract.
    #[serde(serialize_with = "by_code")]
    pub breaks: BTreeMap<BreakCode, usize>,
    /// What became of the proofs.
    pub proofs: Proofs,
    /// How many lines of the ledger could not be read and were set aside; left
    /// out where there are none.
    #[serde(skip_serializing_if = "is_zero")]
    pub set_aside: usize,
    /// Whether anything is open.
    pub verdict: Verdict,
    /// Per currency, that every difference between the sides is explained.
    #[serde(serialize_with = "equations")]
    pub conservation: BTreeMap<Currency, Conserved>,
}

/// One side of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Side {
    /// How many rows there are.
    pub rows: usize,
    /// Their net sum in each currency, in major units.
    #[serde(serialize_with = "amounts")]
    pub amounts: BTreeMap<Currency, Sum>,
}

/// What was matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// How many match groups there are.
    pub groups: usize,
    /// How many ledger entries are in them.
    pub ledger_rows: usize,
    /// How many records are in them.
    pub record_rows: usize,
}

/// What became of the proofs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proofs {
    /// How many hold.
    pub holds: usize,
    /// How many fail.
    pub fails: usize,
    /// How many could not be tested.
    pub not_testable: usize,
}

/// Whether anything is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No break, no failed proof, no line set aside, no doubt about completeness.
    #[default]
    Reconciled,
    /// At least one of them.
    Breaks,
}

/// The conservation equation of one currency, in major units:
/// `ledger − records = explained`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conserved {
    /// The net sum of the ledger entries that count.
    pub ledger: Sum,
    /// The net sum of the records that count.
    pub records: Sum,
    /// The sum of the differences of all matches and breaks.
    pub explained: Sum,
}

impl Summary {
    pub(crate) fn of(run: &Run<'_>) -> Self {
        let outcome = run.outcome;
        let proofs = Proofs::of(run);
        let unproven = run
            .certificate
            .is_some_and(|certificate| !certificate.verdict.is_proven());
        let breaks = breaks_by_code(run);
        let open = !breaks.is_empty() || proofs.fails > 0 || run.set_aside > 0 || unproven;
        Self {
            ledger: Side::of(&outcome.ledger),
            records: Side::of(&outcome.records),
            matched: Matched::of(&outcome.matches),
            breaks,
            proofs,
            set_aside: run.set_aside,
            verdict: if open {
                Verdict::Breaks
            } else {
                Verdict::Reconciled
            },
            conservation: conservation(run),
        }
    }

    /// Several runs in figures: everything added up, and reconciled when each
    /// of them is. An error when a sum has more digits than one holds.
    pub fn of_all<'r>(runs: impl IntoIterator<Item = &'r Run<'r>>) -> Result<Self, ModelError> {
        let mut all = Self::default();
        for run in runs {
            all.add(&Self::of(run))?;
        }
        Ok(all)
    }

    fn add(&mut self, other: &Self) -> Result<(), ModelError> {
        self.ledger.add(&other.ledger)?;
        self.records.add(&other.records)?;
        self.matched.groups += other.matched.groups;
        self.matched.ledger_rows += other.matched.ledger_rows;
        self.matched.record_rows += other.matched.record_rows;
        for (&code, &count) in &other.breaks {
            *self.breaks.entry(code).or_default() += count;
        }
        self.proofs.holds += other.proofs.holds;
        self.proofs.fails += other.proofs.fails;
        self.proofs.not_testable += other.proofs.not_testable;
        self.set_aside += other.set_aside;
        if other.verdict == Verdict::Breaks {
            self.verdict = Verdict::Breaks;
        }
        for (&currency, equation) in &other.conservation {
            self.conservation
                .entry(currency)
                .or_default()
                .add(*equation)?;
        }
        Ok(())
    }
}

impl Side {
    fn of(totals: &Totals) -> Self {
        Self {
            rows: totals.rows,
            amounts: totals.amounts.clone(),
        }
    }

    fn add(&mut self, other: &Self) -> Result<(), ModelError> {
        self.rows += other.rows;
        for (&currency, &amount) in &other.amounts {
            let sum = self.amounts.entry(currency).or_default();
            *sum = sum.plus(amount)?;
        }
        Ok(())
    }
}

impl Matched {
    fn of(matches: &Matches) -> Self {
        Self {
            groups: matches.len(),
            ledger_rows: matches.ledger_rows(),
            record_rows: matches.record_rows(),
        }
    }
}

impl Proofs {
    fn of(run: &Run<'_>) -> Self {
        let mut proofs = Self::default();
        for proof in run.proofs {
            let count = match proof.verdict {
                ProofVerdict::Holds => &mut proofs.holds,
                ProofVerdict::Fails => &mut proofs.fails,
                ProofVerdict::NotTestable => &mut proofs.not_testable,
            };
            *count = count.saturating_add(1);
        }
        proofs
    }
}

impl Conserved {
    fn add(&mut self, other: Self) -> Result<(), ModelError> {
        self.ledger = self.ledger.plus(other.ledger)?;
        self.records = self.records.plus(other.records)?;
        self.explained = self.explained.plus(other.explained)?;
        Ok(())
    }
}

fn breaks_by_code(run: &Run<'_>) -> BTreeMap<BreakCode, usize> {
    let mut counts = BTreeMap::new();
    for broken in run.breaks() {
        let count: &mut usize = counts.entry(broken.code).or_default();
        *count = count.saturating_add(1);
    }
    counts
}

fn conservation(run: &Run<'_>) -> BTreeMap<Currency, Conserved> {
    let equations = run.outcome.conservation.iter();
    equations
        .map(|(&currency, equation)| {
            let conserved = Conserved {
                ledger: equation.ledger,
                records: equation.records,
                explained: equation.explained,
            };
            (currency, conserved)
        })
        .collect()
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn by_code<S: Serializer>(
    breaks: &BTreeMap<BreakCode, usize>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(breaks.iter().map(|(code, count)| (code.as_str(), count)))
}

/// Amounts as text, with the digits of their currency.
fn amounts<S: Serializer>(
    amounts: &BTreeMap<Currency, Sum>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = |(&currency, &amount)| (currency, plain(amount, Some(currency)));
    serializer.collect_map(amounts.iter().map(text))
}

fn equations<S: Serializer>(
    equations: &BTreeMap<Currency, Conserved>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Equation {
        ledger: String,
        records: String,
        explained: String,
    }
    let equation = |(&currency, equation): (&Currency, &Conserved)| {
        let text = |sum: Sum| plain(sum, Some(currency));
        let equation = Equation {
            ledger: text(equation.ledger),
            records: text(equation.records),
            explained: text(equation.explained),
        };
        (currency, equation)
    };
    serializer.collect_map(equations.iter().map(equation))
}
