//! The declared identities hold on a consistent world, whatever its report
//! counts, and name what is wrong with another.

#![allow(
    clippy::unwrap_used,
    reason = "a panic is how a test fails, in its helpers too"
)]

use reconcile_engine::{Proof, ProofVerdict};
use tupay_merchants::{Config, TuPay};

/// The proofs on the simulated month, with these faults.
async fn proofs(faults: &[&str]) -> Vec<Proof> {
    let sandbox = reconcile_trials::sandbox(faults).await;
    let access = sandbox.tupay();
    let config = Config::new(
        access.base_url.parse().unwrap(),
        access.access_key.clone().into(),
        access.secret_key.clone().into(),
    );
    reconcile_trials::proofs(&TuPay::new(config).unwrap()).await
}

fn failed(proofs: &[Proof]) -> Vec<&Proof> {
    let failed = proofs.iter();
    failed
        .filter(|proof| proof.verdict == ProofVerdict::Fails)
        .collect()
}

/// What is said of the conventions that were sought.
fn found(proofs: &[Proof]) -> String {
    let found = proofs.iter().filter(|proof| proof.convention.is_some());
    let told = found.map(|proof| format!("{}: {}\n", proof.identity, proof.note));
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_holds_on_a_consistent_world_and_its_conventions_are_told() {
    let proofs = proofs(&[]).await;
    assert_eq!(failed(&proofs), Vec::<&Proof>::new());
    for identity in TuPay::describe().identities {
        let holds =
            |proof: &Proof| proof.identity == identity.name && proof.verdict == ProofVerdict::Holds;
        assert!(proofs.iter().any(holds), "{}", identity.name);
    }
    insta::assert_snapshot!(found(&proofs), @r"
    deposit_total: depositTotal is the settled amounts of records that are APPROVED or COMPLETED, by the day of their creation, days of UTC (statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=settled): 31 of 31 days tie; no other convention does as well; the next best is statuses=COMPLETED;date=created;zone=UTC;amount=settled: 15 of 31 days tie, told apart by 2026-01-04, 2026-01-05, 2026-01-07 and 13 more
    deposit_fee_total: depositFeeTotal is the fees of records that are APPROVED or COMPLETED, by the day of their creation, days of UTC (statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=fee): 31 of 31 days tie; 1 other does as well: statuses=APPROVED+COMPLETED+PENDING;date=created;zone=UTC;amount=fee; a day with records that are PENDING would tell; the next best is statuses=APPROVED+CANCELLED+COMPLETED;date=created;zone=UTC;amount=fee: 26 of 31 days tie, told apart by 2026-01-06, 2026-01-21, 2026-01-27 and 2 more
    cashout_total: cashoutTotal is the settled amounts and the fees of records that are COMPLETED, by the day of their creation, days of UTC (statuses=COMPLETED;date=created;zone=UTC;amount=settled+fee): 31 of 31 days tie; 5 others do as well and differ in statuses, the most plausible of them statuses=COMPLETED+DELIVERED;date=created;zone=UTC;amount=settled+fee; a day with records that are DELIVERED, ON_HOLD, PENDING, REJECTED or anything else would tell; the next best is statuses=COMPLETED+REJECTED;date=updated;zone=America/Sao_Paulo;amount=settled+fee: 6 of 27 days tie, told apart by 2026-01-04, 2026-01-06, 2026-01-07 and 18 more
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_report_counts_is_found() {
    // Where all count, those that are left out of the fees have none.
    let mut told = Vec::new();
    for switch in [
        "report-day=changed",
        "report-zone=lima",
        "report-counts=completed",
        "report-counts=all",
        "report-deposits=net",
        "report-cashouts=without-fee",
    ] {
        let proofs = proofs(&[switch]).await;
        assert_eq!(failed(&proofs), Vec::<&Proof>::new(), "{switch}");
        told.push(switch.to_owned());
        for proof in proofs.iter().filter(|proof| proof.convention.is_some()) {
            let convention = &proof.convention.as_ref().unwrap().convention;
            told.push(format!("  {} = {convention}", proof.identity));
        }
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    report-day=changed
      deposit_total = statuses=APPROVED+COMPLETED;date=updated;zone=UTC;amount=settled
      deposit_fee_total = statuses=APPROVED+COMPLETED;date=updated;zone=UTC;amount=fee
      cashout_total = statuses=COMPLETED;date=updated;zone=UTC;amount=settled+fee
    report-zone=lima
      deposit_total = statuses=APPROVED+COMPLETED;date=created;zone=America/Lima;amount=settled
      deposit_fee_total = statuses=APPROVED+COMPLETED;date=created;zone=America/Lima;amount=fee
      cashout_total = statuses=COMPLETED;date=created;zone=America/Lima;amount=settled+fee
    report-counts=completed
      deposit_total = statuses=COMPLETED;date=created;zone=UTC;amount=settled
      deposit_fee_total = statuses=COMPLETED;date=created;zone=UTC;amount=fee
      cashout_total = statuses=COMPLETED;date=created;zone=UTC;amount=settled+fee
    report-counts=all
      deposit_total = statuses=any;date=created;zone=UTC;amount=settled
      deposit_fee_total = statuses=APPROVED+CANCELLED+COMPLETED;date=created;zone=UTC;amount=fee
      cashout_total = statuses=COMPLETED;date=created;zone=UTC;amount=settled+fee
    report-deposits=net
      deposit_total = statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=settled-fee
      deposit_fee_total = statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=fee
      cashout_total = statuses=COMPLETED;date=created;zone=UTC;amount=settled+fee
    report-cashouts=without-fee
      deposit_total = statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=settled
      deposit_fee_total = statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=fee
      cashout_total = statuses=COMPLETED;date=created;zone=UTC;amount=settled
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_the_report_forgets_is_named() {
    let proofs = proofs(&["omitted-deposit"]).await;
    let told: Vec<_> = failed(&proofs)
        .iter()
        .filter(|proof| proof.code.is_some())
        .map(|proof| {
            let (day, by) = (proof.date.unwrap(), proof.difference.unwrap());
            format!("{} {day} by {by}: {}", proof.identity, proof.note)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    deposit_total 2026-01-26 by 574.83: 51 records come to 7210.15; stated depositTotal 6635.32; without 301400190 (574.83) it would tie
    deposit_fee_total 2026-01-26 by 28.17: 51 records come to 353.33; stated depositFeeTotal 325.16; without 301400190 (28.17) it would tie
    ");
}
