//! The layers of evidence between single rows and the balance, so that a
//! residual is looked for where it first shows and not below.

use std::collections::{BTreeMap, BTreeSet};

use reconcile_core::{Currency, Sum};
use reconcile_engine::{Break, Conservation, Proof, ProofVerdict};
use rust_decimal::Decimal;

use crate::{
    Run,
    amount::{Tally, counted, grouped, signed},
    overview::{place, verdicts},
};

/// A layer, from the single row outwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Each ledger entry against the provider's record of it.
    Rows,
    /// The records against what the provider states of them.
    Totals,
    /// What the provider states, against itself and its balance.
    Balance,
}

impl Layer {
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Rows => "rows to rows",
            Self::Totals => "rows to the provider's totals",
            Self::Balance => "totals to each other and the balance",
        }
    }
}

/// What became of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Ties,
    Open,
    Untested,
}

impl State {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Ties => "ties",
            Self::Open => "open",
            Self::Untested => "not tested",
        }
    }
}

/// What became of one layer, with its figures.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) layer: Layer,
    pub(crate) state: State,
    /// The figures, or why there are none.
    pub(crate) words: String,
    /// How much it is that does not tie, where that is an amount.
    residual: Option<String>,
}

/// The three layers in one currency.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    /// `None` for what the provider states in no currency, such as numbers that
    /// follow each other.
    pub(crate) currency: Option<Currency>,
    pub(crate) steps: [Step; 3],
}

impl Ladder {
    pub(crate) fn name(&self) -> &str {
        self.currency
            .as_ref()
            .map_or("All currencies", Currency::as_str)
    }

    /// The first layer that does not tie.
    pub(crate) fn residual(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.state == State::Open)
    }

    /// Where the residual lies: "22.97 is open at rows to rows".
    pub(crate) fn located(&self) -> String {
        match self.residual() {
            Some(step) => {
                let what = step.residual.as_deref().unwrap_or("the residual");
                format!("{what} is open at {}", step.layer.title())
            }
            None => "nothing is open".to_owned(),
        }
    }

    /// The layers that could not be tested.
    pub(crate) fn untested(&self) -> String {
        let untested = self
            .steps
            .iter()
            .filter(|step| step.state == State::Untested);
        let titles: Vec<_> = untested.map(|step| step.layer.title()).collect();
        titles.join(", ")
    }
}

/// The layers of a run, by currency; none where there is neither a row nor a proof.
pub(crate) fn ladders(run: &Run<'_>) -> Vec<Ladder> {
    let rows = rows(run);
    let mut stated = BTreeSet::new();
    let mut general = false;
    for proof in run.proofs {
        match proof.stated_in() {
            Some(currency) => _ = stated.insert(currency),
            None => general |= proof.verdict == ProofVerdict::Fails,
        }
    }
    stated.extend(rows.keys());
    let alone = stated.is_empty() && !run.proofs.is_empty();
    let mut currencies: Vec<_> = stated.into_iter().map(Some).collect();
    if general || alone {
        currencies.push(None);
    }
    currencies
        .into_iter()
        .map(|currency| Ladder {
            currency,
            steps: [
                currency
                    .and_then(|currency| rows.get(&currency).cloned())
                    .unwrap_or_else(no_rows),
                stated_layer(run, currency, Layer::Totals),
                stated_layer(run, currency, Layer::Balance),
            ],
        })
        .collect()
}

fn no_rows() -> Step {
    Step {
        layer: Layer::Rows,
        state: State::Untested,
        words: "no rows to compare".to_owned(),
        residual: None,
    }
}

/// The first layer, by currency.
fn rows(run: &Run<'_>) -> BTreeMap<Currency, Step> {
    let mut allowed = BTreeMap::<_, Tally>::new();
    for group in run.outcome.matches.differing() {
        if let Some(&row) = group.ledger.first() {
            let currency = run.ledger.signed(row).currency;
            allowed.entry(currency).or_default().add(group.difference);
        }
    }
    let mut open = BTreeMap::<_, usize>::new();
    for broken in &run.outcome.breaks {
        for currency in currencies(run, broken) {
            let count = open.entry(currency).or_default();
            *count = count.saturating_add(1);
        }
    }
    let equations = run.outcome.conservation.iter();
    equations
        .map(|(&currency, equation)| {
            let open = open.get(&currency).copied().unwrap_or_default();
            let allowed = allowed.get(&currency).copied().unwrap_or_default();
            (currency, row_step(currency, equation, open, allowed))
        })
        .collect()
}

/// The currencies that a break is about: two, where its sides differ in it.
fn currencies(run: &Run<'_>, broken: &Break) -> BTreeSet<Currency> {
    let ledger = broken.ledger.iter();
    let records = broken.records.iter();
    ledger
        .map(|&row| run.ledger.signed(row).currency)
        .chain(records.map(|&row| run.records.signed(row).currency))
        .chain(broken.currency)
        .collect()
}

/// "ledger 1,246.00 − provider 1,223.03 = 22.97, 22.95 in 3 breaks, 0.02 allowed in matches".
fn row_step(currency: Currency, equation: &Conservation, open: usize, allowed: Tally) -> Step {
    let text = |sum: Sum| grouped(sum, Some(currency));
    let ledger = Tally::from(equation.ledger);
    let apart = Tally::from(equation.explained).minus(allowed);
    let mut parts = Vec::new();
    let breaks = counted(open, "break", "breaks");
    if allowed.is_zero() {
        parts.extend((open > 0).then(|| format!("in {breaks}")));
    } else {
        let (apart, allowed) = (apart.grouped(currency), allowed.grouped(currency));
        parts.extend((open > 0).then(|| format!("{apart} in {breaks}")));
        parts.push(format!("{allowed} allowed in matches"));
    }
    // The engine keeps this law; a page that hid a broken one would be worth nothing.
    if !equation.holds() {
        parts.push(format!("only {} explained", text(equation.explained)));
    }
    let figures = format!(
        "ledger {} − provider {} = {}",
        text(equation.ledger),
        text(equation.records),
        ledger.minus(equation.records.into()).grouped(currency),
    );
    let state = if open > 0 || !equation.holds() {
        State::Open
    } else {
        State::Ties
    };
    Step {
        layer: Layer::Rows,
        state,
        words: [&[figures][..], &parts].concat().join(", "),
        residual: (!apart.is_zero()).then(|| apart.grouped(currency)),
    }
}

/// A layer of what the provider states.
fn stated_layer(run: &Run<'_>, currency: Option<Currency>, layer: Layer) -> Step {
    let about = |proof: &&Proof| proof.over_records == (layer == Layer::Totals);
    let proofs: Vec<_> = run
        .proofs
        .iter()
        .filter(about)
        .filter(|proof| proof.stated_in() == currency)
        .collect();
    let with = |verdict| proofs.iter().filter(move |proof| proof.verdict == verdict);
    let failed: Vec<_> = with(ProofVerdict::Fails).copied().collect();
    let largest = largest(&failed);
    let (state, words) = if let Some(first) = failed.first() {
        let shown = largest.unwrap_or(first);
        (
            State::Open,
            format!("{}; {}", verdicts(&proofs), failure(shown)),
        )
    } else if with(ProofVerdict::Holds).next().is_some() {
        (State::Ties, verdicts(&proofs))
    } else {
        (
            State::Untested,
            untested(run, &proofs, currency, layer).to_owned(),
        )
    };
    Step {
        layer,
        state,
        words,
        residual: largest.and_then(gap),
    }
}

/// Why a layer cannot be tested.
fn untested<'r>(
    run: &Run<'r>,
    proofs: &[&'r Proof],
    currency: Option<Currency>,
    layer: Layer,
) -> &'r str {
    let about = |proof: &&Proof| proof.over_records == (layer == Layer::Totals);
    let mut others = run.proofs.iter().filter(about);
    if let Some(first) = proofs.first() {
        &first.note
    } else if currency.is_some() && others.clone().any(|proof| proof.stated_in().is_some()) {
        "the provider states nothing in it"
    } else {
        // What says of all currencies that it cannot be tested is the reason here too.
        let general = |proof: &&Proof| proof.verdict == ProofVerdict::NotTestable;
        let general = others.find(general);
        general.map_or("no equation to test", |proof| &*proof.note)
    }
}

/// The failure with the largest difference in money, the earliest of several.
fn largest<'r>(failed: &[&'r Proof]) -> Option<&'r Proof> {
    let money = failed.iter().filter(|proof| proof.currency.is_some());
    let size = |proof: &Proof| proof.difference.map(|difference| difference.abs());
    money.fold(None, |largest: Option<&Proof>, proof| {
        match largest.and_then(size) {
            Some(most) if size(proof).is_none_or(|size| size <= most) => largest,
            _ if proof.difference.is_some() => Some(proof),
            _ => largest,
        }
    })
}

/// The difference of a proof about money.
fn gap(proof: &Proof) -> Option<String> {
    let difference: Decimal = proof.difference?;
    proof.currency.map(|_| signed(difference, proof.currency))
}

/// "largest +5.00, 2026-10-03, merchant-7: Balance follows from the day before".
fn failure(proof: &Proof) -> String {
    let figure = gap(proof).map(|gap| format!("largest {gap}"));
    let date = proof.date.map(|date| date.to_string());
    let facts: Vec<_> = figure
        .into_iter()
        .chain(date)
        .chain(place(proof).map(str::to_owned))
        .collect();
    if facts.is_empty() {
        return proof.title.to_owned();
    }
    format!("{}: {}", facts.join(", "), proof.title)
}
