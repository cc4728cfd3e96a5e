//! The declared identities hold on a consistent world, and name what is wrong
//! with another.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use paywall_vpos::{Config, Paywall};
use reconcile_engine::{BreakCode, Proof, ProofVerdict};

/// The proofs on the simulated month, with these faults.
async fn proofs(faults: &[&str]) -> Vec<Proof> {
    let sandbox = reconcile_trials::sandbox(faults).await;
    let access = sandbox.paywall();
    let config = Config::new(
        access.base_url.parse().unwrap(),
        access.api_key.into(),
        access.api_client.into(),
    );
    reconcile_trials::proofs(&Paywall::new(config).unwrap()).await
}

/// What does not hold: the identity, the day, and the difference or that it is open.
fn broken(proofs: &[Proof]) -> Vec<String> {
    proofs
        .iter()
        .filter(|proof| proof.verdict != ProofVerdict::Holds)
        .map(|proof| {
            let day = proof.date.map_or("-".to_owned(), |day| day.to_string());
            let difference = match (proof.verdict, proof.difference) {
                (ProofVerdict::NotTestable, _) => " open".to_owned(),
                (_, None) => String::new(),
                (_, Some(by)) => format!(" by {by}"),
            };
            format!("{} {day}{difference}", proof.identity)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_holds_on_a_consistent_world() {
    let proofs = proofs(&[]).await;
    assert_eq!(broken(&proofs), Vec::<String>::new());
    for identity in Paywall::describe().identities {
        let tested = proofs.iter().any(|proof| proof.identity == identity.name);
        assert!(tested, "{}", identity.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_listed_otherwise_is_no_batch_that_does_not_balance() {
    let proofs = proofs(&["list-disagrees=later"]).await;
    let failed = proofs
        .iter()
        .find(|proof| proof.verdict == ProofVerdict::Fails);
    let found = failed.unwrap().to_break().unwrap();
    assert_eq!(
        (&*found.rule, found.code),
        ("day_listed", BreakCode::ControlTotal)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_planted_is_named_with_its_day_and_difference() {
    let mut told = Vec::new();
    for fault in [
        "end-of-day-off=amount",
        "end-of-day-off=count",
        "missing-day",
        "verdict-missing",
        "verdict-late",
        "verdict-false",
        "list-disagrees=verdict",
        "list-disagrees=twice",
        "list-disagrees=alone",
        "list-disagrees=later",
    ] {
        let broken = broken(&proofs(&[fault]).await);
        told.push(format!("{fault}: {}", broken.join(", ")));
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    end-of-day-off=amount: day_successful 2026-01-16 by -0.01
    end-of-day-off=count: day_successful 2026-01-16 by -1
    missing-day: end_of_day 2026-01-24 by 1, day_total 2026-01-24 open, day_successful 2026-01-24 open, day_unsuccessful 2026-01-24 open, day_refund 2026-01-24 open, day_partial_refund 2026-01-24 open, day_cancel 2026-01-24 open
    verdict-missing: day_reconciled 2026-01-11, day_listed 2026-01-11 open
    verdict-late: day_reconciled 2026-01-08 by -36
    verdict-false: day_reconciled 2026-01-21
    list-disagrees=verdict: day_listed 2026-01-13 by 1
    list-disagrees=twice: day_listed 2026-01-13 by -1, day_listed 2026-01-13 by -1
    list-disagrees=alone: day_reconciled 2026-01-13, day_listed 2026-01-13 by -1, day_listed 2026-01-13 by -1, day_listed 2026-01-13 open
    list-disagrees=later: day_listed 2026-01-13 by -3
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_convention_breaks_only_the_totals_that_it_is_about() {
    let mut told = Vec::new();
    for switch in [
        "total-counts=decided",
        "successful-is=net",
        "day-of=transaction",
    ] {
        let mut identities: Vec<_> = proofs(&[switch])
            .await
            .into_iter()
            .filter(|proof| proof.verdict != ProofVerdict::Holds)
            .map(|proof| proof.identity)
            .collect();
        identities.dedup();
        told.push(format!("{switch}: {}", identities.join(", ")));
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    total-counts=decided: day_total
    successful-is=net: day_successful
    day-of=transaction: day_refund, day_partial_refund
    ");
}
