//! The declared identities hold on a consistent world, and name what is wrong
//! with another.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use reconcile_core::{Identity, Law};
use reconcile_engine::{Proof, ProofVerdict};
use streampay_sdk::{Config, StreamPay};

/// The proofs on the simulated month, with these faults.
async fn proofs(faults: &[&str]) -> Vec<Proof> {
    let sandbox = reconcile_trials::sandbox(faults).await;
    let access = sandbox.streampay();
    let config = Config::new(access.base_url.parse().unwrap(), access.api_key.into());
    reconcile_trials::proofs(&StreamPay::new(config).unwrap()).await
}

/// What does not hold: the identity, the terminal or receipt, the day, what of it,
/// and the difference.
fn broken(proofs: &[Proof]) -> Vec<String> {
    proofs
        .iter()
        .filter(|proof| proof.verdict == ProofVerdict::Fails)
        .map(|proof| {
            let day = proof.date.map_or("-".to_owned(), |day| day.to_string());
            let place = [&proof.account, &proof.scope, &proof.subject];
            let place: Vec<_> = place.into_iter().flatten().map(String::as_str).collect();
            let difference = proof.difference.map(|by| format!(" by {by}"));
            let difference = difference.unwrap_or_default();
            format!("{} {day} {}{difference}", proof.identity, place.join(" "))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_holds_on_a_consistent_world() {
    let proofs = proofs(&[]).await;
    assert_eq!(broken(&proofs), Vec::<String>::new());
    let identities = StreamPay::describe().identities.into_iter();
    let decidable = |it: &Identity| !matches!(it.law, Law::Undecidable { .. });
    for identity in identities.filter(decidable) {
        let mut tested = proofs
            .iter()
            .filter(|proof| proof.identity == identity.name);
        assert!(
            tested.any(|proof| proof.verdict == ProofVerdict::Holds),
            "{}",
            identity.name
        );
    }
    // Otherwise only what came after the last reconciliation of a terminal is open.
    let mut open = proofs
        .iter()
        .filter(|proof| proof.verdict == ProofVerdict::NotTestable)
        .filter(|proof| proof.identity != "batches_tile");
    assert!(
        open.all(|proof| proof.note.contains("in the period of no statement")),
        "{proofs:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_planted_is_named_with_its_terminal_day_and_difference() {
    let mut told = Vec::new();
    for fault in [
        "unbalanced-batch=amount",
        "unbalanced-batch=count",
        "wrong-verdict=unbalanced",
        "wrong-verdict=balanced",
        "unbatched-receipt",
        "twice-batched",
        "batch-hole",
        "stan-gap",
    ] {
        let broken = broken(&proofs(&[fault]).await);
        told.push(format!("{fault}:\n  {}", broken.join("\n  ")));
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    unbalanced-batch=amount:
      sides_agree 2026-01-18 0000000000000025 P1 pos_debit = host_debit by -0.01
      sides_agree 2026-01-18 0000000000000025 P1 pos_total = host_total by -0.01
    unbalanced-batch=count:
      sides_agree 2026-01-18 0000000000000025 P1 pos_debit_count = host_debit_count by -1
      sides_agree 2026-01-18 0000000000000025 P1 pos_total_count = host_total_count by -1
    wrong-verdict=unbalanced:
      balanced 2026-01-13 0000000000000025
      balanced 2026-01-13 0000000000000025 P1
    wrong-verdict=balanced:
      sides_agree 2026-01-13 0000000000000025 P1 pos_debit = host_debit by -0.01
      sides_agree 2026-01-13 0000000000000025 P1 pos_total = host_total by -0.01
      balanced 2026-01-13 0000000000000025 pos_debit = host_debit by -0.01
      balanced 2026-01-13 0000000000000025 P1 pos_debit = host_debit by -0.01
    unbatched-receipt:
      batch_receipts 2026-01-11 0000000000000011 purchase by 38.00
      batch_receipts 2026-01-11 0000000000000011 P1 pos_debit by 38.00
    twice-batched:
      batch_receipts 2026-01-11 0000000000000018 purchase by -208.00
      batch_receipts 2026-01-11 0000000000000018 MC pos_debit by -208.00
    batch-hole:
      batch_receipts 2026-01-22 0000000000000046 purchase by 2020.63
      batch_receipts 2026-01-22 0000000000000046 P1 pos_debit by 2020.63
    stan-gap:
      stan 2026-01-22 0000000000000053 028843 by 1
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_convention_breaks_only_what_it_is_about() {
    let mut told = Vec::new();
    for switch in [
        "reversals-count=neither",
        "reversal-type=named",
        "filter-by=created",
        "pages-shape=absent",
    ] {
        let broken = proofs(&[switch]).await.into_iter();
        let broken = broken.filter(|proof| proof.verdict == ProofVerdict::Fails);
        let mut identities: Vec<_> = broken.map(|proof| proof.identity).collect();
        identities.dedup();
        let identities = identities.join(", ");
        told.push(format!("{switch}: {identities}").trim_end().to_owned());
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    reversals-count=neither: batch_receipts
    reversal-type=named:
    filter-by=created:
    pages-shape=absent:
    ");
}
