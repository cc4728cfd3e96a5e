//! The run in figures: `summary.json`.

use std::collections::BTreeMap;

use reconcile_core::{Currency, Sum};
use reconcile_engine::{Matches, ProofVerdict, Totals};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{Run, amount::plain};

/// The run in figures. It serialises to the object of `summary.json`, with
/// amounts as text in major units, credits positive and debits negative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The merchant's side.
    pub ledger: Side,
    /// The provider's side.
    pub records: Side,
    /// What was matched.
    pub matched: Matched,
    /// How many breaks there are of each code, failed proofs included; codes
    /// without a break are left out. In the order of the contract.
    #[serde(serialize_with = "as_map")]
    pub breaks: Vec<(&'static str, usize)>,
    /// What became of the proofs.
    pub proofs: Proofs,
    /// Whether anything is open.
    pub verdict: Verdict,
    /// Per currency, that every difference between the sides is explained.
    pub conservation: BTreeMap<Currency, Conserved>,
}

/// One side of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// How many rows there are.
    pub rows: usize,
    /// Their net sum in each currency.
    pub amounts: BTreeMap<Currency, String>,
}

/// What was matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No break, no failed proof, no doubt about completeness.
    Reconciled,
    /// At least one of them.
    Breaks,
}

/// The conservation equation of one currency: `ledger − records = explained`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conserved {
    /// The net sum of the ledger entries that count.
    pub ledger: String,
    /// The net sum of the records that count.
    pub records: String,
    /// The sum of the differences of all matches and breaks.
    pub explained: String,
}

impl Summary {
    pub(crate) fn of(run: &Run<'_>) -> Self {
        let outcome = run.outcome;
        let proofs = Proofs::of(run);
        let unproven = run
            .certificate
            .is_some_and(|certificate| !certificate.verdict.is_proven());
        let breaks = breaks_by_code(run);
        let open = !breaks.is_empty() || proofs.fails > 0 || unproven;
        Self {
            ledger: Side::of(&outcome.ledger),
            records: Side::of(&outcome.records),
            matched: Matched::of(&outcome.matches),
            breaks,
            proofs,
            verdict: if open {
                Verdict::Breaks
            } else {
                Verdict::Reconciled
            },
            conservation: conservation(run),
        }
    }
}

impl Side {
    fn of(totals: &Totals) -> Self {
        let text =
            |(&currency, &amount): (&Currency, &Sum)| (currency, plain(amount, Some(currency)));
        Self {
            rows: totals.rows,
            amounts: totals.amounts.iter().map(text).collect(),
        }
    }
}

impl Matched {
    fn of(matches: &Matches) -> Self {
        Self {
            groups: matches.len(),
            ledger_rows: matches.iter().map(|group| group.ledger.len()).sum(),
            record_rows: matches.iter().map(|group| group.records.len()).sum(),
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

fn breaks_by_code(run: &Run<'_>) -> Vec<(&'static str, usize)> {
    let mut counts = BTreeMap::new();
    for broken in run.breaks() {
        let count: &mut usize = counts.entry(broken.code).or_default();
        *count = count.saturating_add(1);
    }
    counts
        .into_iter()
        .map(|(code, count)| (code.as_str(), count))
        .collect()
}

fn conservation(run: &Run<'_>) -> BTreeMap<Currency, Conserved> {
    let equations = run.outcome.conservation.iter();
    equations
        .map(|(&currency, equation)| {
            let text = |sum: Sum| plain(sum, Some(currency));
            let conserved = Conserved {
                ledger: text(equation.ledger),
                records: text(equation.records),
                explained: text(equation.explained),
            };
            (currency, conserved)
        })
        .collect()
}

fn as_map<S: Serializer>(
    entries: &[(&'static str, usize)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(entries.len()))?;
    for (key, value) in entries {
        map.serialize_entry(key, value)?;
    }
    map.end()
}
