//! The conformance kit under each fault of the simulator.
//!
//! A provider crate says how its harness of the kit starts over a simulator
//! with some faults; which faults there are, and what becomes of a pull under
//! each, is in one table here. Every fault and switch of the simulator has its
//! place in it: one without fails the tests of all providers.

mod bench;
mod digits;
mod table;

use std::collections::BTreeSet;

use reconcile_core::{
    ProviderError, ProviderExt, PullOptions, RecordQuery, StatementQuery, Verdict,
    conformance::{self, Harness},
};
use reconcile_sandbox::{Fault, FaultKind, GatewayId, Sandbox};

pub use bench::Bench;
pub use digits::Digits;
use table::{End, TABLE, Then};

use crate::now;

/// A harness of the kit over a simulator.
pub trait Simulated: Harness {
    /// The gateway that it simulates.
    const GATEWAY: GatewayId;

    /// The simulator.
    fn sandbox(&self) -> &Sandbox;
}

/// Puts the harness that `start` gives for some faults to the kit: nothing may
/// fail, and nothing may be skipped.
pub async fn conforms(harness: &impl Simulated) {
    if let Err(why) = passes(harness).await {
        panic!("{why}");
    }
}

/// Puts a provider to the kit under each fault and switch of the simulator that
/// its gateway has; `start` gives the harness over a simulator with these faults.
pub async fn conforms_under_each_fault<S: Simulated>(start: impl AsyncFn(&[&str]) -> S) {
    let mut wrong = Vec::new();
    for trial in Trial::of(S::GATEWAY) {
        let harness = start(&trial.faults).await;
        let outcome = match trial.then {
            Then::Conforms => passes(&harness).await,
            Then::Records(end) => ends(end, records(&harness).await, &harness),
            Then::Statements(end) => ends(end, statements(&harness).await, &harness),
            Then::Apart => continue,
        };
        if let Err(why) = outcome.and_then(|()| trial.was_felt(harness.sandbox())) {
            wrong.push(format!("under {}: {why}", trial.faults.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The trials of a gateway that no pull meets, each the faults that are turned on
/// together: a test of the gateway's own makes the calls that meet them, and
/// fails for one that it does not know.
pub fn apart(gateway: GatewayId) -> impl Iterator<Item = Vec<&'static str>> {
    let trials = Trial::of(gateway).filter(|trial| trial.then == Then::Apart);
    trials.map(|trial| trial.faults)
}

/// One line of the table.
struct Trial {
    kind: FaultKind,
    faults: Vec<&'static str>,
    then: Then,
}

impl Trial {
    /// All that are of that gateway, those that several faults share once.
    fn of(gateway: GatewayId) -> impl Iterator<Item = Self> {
        let of_gateway = move |fault: &str| match fault.split_once('/') {
            Some((of, _)) => of == gateway.as_str(),
            None => true,
        };
        let mut tried = BTreeSet::new();
        all()
            .filter(move |trial| trial.faults.iter().copied().all(of_gateway))
            .filter(move |trial| tried.insert(trial.faults.clone()))
    }

    /// An error where the simulator counts how often the fault strikes, and it
    /// never did: then nothing was tried.
    fn was_felt(&self, sandbox: &Sandbox) -> Result<(), String> {
        let is_counted = Fault::all().any(|it| it.kind == self.kind && it.transient);
        if is_counted && sandbox.requests().injected(self.kind) == 0 {
            return Err("no request was struck".to_owned());
        }
        Ok(())
    }
}

/// Every trial of every fault.
fn all() -> impl Iterator<Item = Trial> {
    FaultKind::ALL.iter().flat_map(|&kind| {
        let place = TABLE.iter().find(|(of, _)| *of == kind);
        let (_, trials) = place.unwrap_or_else(|| panic!("{kind:?} has no place in the table"));
        trials.iter().map(move |&(faults, then)| Trial {
            kind,
            faults: faults.split(' ').collect(),
            then,
        })
    })
}

/// The kit passes whole.
async fn passes(harness: &impl Simulated) -> Result<(), String> {
    let report = conformance::check(harness).await.into_result();
    let report = report.map_err(|why| why.to_string())?;
    if report.skipped.is_empty() {
        Ok(())
    } else {
        Err(report.to_string())
    }
}

/// The pull ended as it has to, and an error tells no secret.
fn ends(
    end: End,
    outcome: Result<Verdict, ProviderError>,
    harness: &impl Simulated,
) -> Result<(), String> {
    match (end, outcome) {
        (End::Fails(kind), Err(error)) if error.kind() == kind => {
            let told = format!("{error} {error:?} {error:#?}");
            if harness.secrets().iter().any(|secret| told.contains(secret)) {
                Err("the error tells a secret".to_owned())
            } else {
                Ok(())
            }
        }
        (End::IsUnproven, Ok(verdict)) if !verdict.is_proven() => Ok(()),
        (_, outcome) => Err(format!("the pull ended otherwise: {outcome:?}")),
    }
}

/// What a pull of the records says of itself.
async fn records(harness: &impl Simulated) -> Result<Verdict, ProviderError> {
    let provider = harness.provider();
    let query = RecordQuery::new(harness.window());
    let pull = provider.collect_records(query, PullOptions::at(now()));
    pull.await.map(|(_, certificate)| certificate.verdict)
}

/// What a pull of the statements says of itself.
async fn statements(harness: &impl Simulated) -> Result<Verdict, ProviderError> {
    let provider = harness.provider();
    let query = StatementQuery::new(harness.window());
    let pull = provider.collect_statements(query, PullOptions::at(now()));
    pull.await.map(|pull| pull.verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trial_of_a_fault_turns_it() {
        for Trial { kind, faults, .. } in all() {
            let turned: Vec<Fault> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
            let turns = turned.iter().any(|fault| fault.kind() == kind);
            assert!(turns, "{faults:?} does not turn {kind:?}");
        }
    }

    #[test]
    fn every_fault_that_strikes_requests_is_tried_at_every_gateway_that_has_it() {
        for fault in Fault::all().filter(|fault| fault.transient) {
            for &gateway in GatewayId::ALL {
                let has_no_count = fault.kind == FaultKind::RowsMismatch;
                let is_exempt = has_no_count && gateway == GatewayId::StreamPay;
                let is_tried = Trial::of(gateway).any(|trial| trial.kind == fault.kind);
                assert_eq!(is_tried, !is_exempt, "{} at {gateway}", fault.name);
            }
        }
    }
}
