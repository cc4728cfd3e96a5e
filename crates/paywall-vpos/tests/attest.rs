//! The totals of a day in every state that it can be in.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/mock.rs"]
mod mock;

use std::collections::BTreeMap;

use httpmock::{Mock, prelude::*};
use jiff::civil::date;
use mock::{answer, config, config_at, fixture};
use paywall_vpos::{BucketName, Paywall, models::ReconcileRequest};
use reconcile_core::{
    AttestationVerdict, Bucket, DayTotals, ErrorKind, LocalDay, Provider, ProviderError,
};

const END_OF_DAY: &str = "/api/paywall/private/vpos/reconciliation/endofday";
const RECONCILIATION: &str = "/api/paywall/private/vpos/reconciliation";
const RECONCILE: &str = "/api/paywall/private/vpos/reconciliation/reconcile";

/// The published totals of 7 May 2024.
fn totals() -> DayTotals {
    let request: ReconcileRequest = serde_json::from_str(fixture!("reconcile/request")).unwrap();
    let bucket = |name: BucketName| (name.as_str().to_owned(), request.bucket(name));
    DayTotals {
        day: LocalDay {
            date: date(2024, 5, 7),
            zone: "Europe/Istanbul".to_owned(),
        },
        currency: "TRY".parse().unwrap(),
        buckets: BTreeMap::from(BucketName::ALL.map(bucket)),
    }
}

/// The published reconciliation, as one of that day.
fn reconciled() -> String {
    fixture!("reconciliation/reconciled").replace("2024-05-05", "2024-05-07")
}

/// Answers what is stored of the day, and counts it.
async fn day(server: &MockServer, stored: &str) {
    answer(server, RECONCILIATION, &[], stored).await;
    answer(server, END_OF_DAY, &[], fixture!("end-of-day/day")).await;
}

async fn sent<'a>(server: &'a MockServer, status: u16, body: &str) -> Mock<'a> {
    server
        .mock_async(|when, then| {
            when.method(POST).path(RECONCILE);
            then.status(status).body(body);
        })
        .await
}

fn paywall(server: &MockServer) -> Paywall {
    Paywall::new(config(server)).unwrap()
}

#[tokio::test]
async fn a_day_that_is_not_open_is_refused_before_anything_is_sent() {
    let server = MockServer::start_async().await;
    let any = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(500);
        })
        .await;
    let paywall = Paywall::new(config_at(&server, "2024-05-07T21:00:00Z")).unwrap();
    for error in [
        paywall.attest(&totals()).await.unwrap_err(),
        paywall.compare(&totals()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(
            error.to_string().contains("opens on 2024-05-08 00:30"),
            "{error}"
        );
        assert!(error.hint().is_some());
    }
    any.assert_calls_async(0).await;
}

#[tokio::test]
async fn equal_totals_are_agreed_and_both_sides_shown() {
    let server = MockServer::start_async().await;
    day(&server, fixture!("reconciliation/no-data")).await;
    let sent = sent(&server, 200, fixture!("reconcile/reconciled")).await;
    let paywall = paywall(&server);
    assert!(paywall.compare(&totals()).await.unwrap().agrees());
    sent.assert_calls_async(0).await;
    let attestation = paywall.attest(&totals()).await.unwrap();
    sent.assert_calls_async(1).await;
    assert_eq!(attestation.verdict, AttestationVerdict::Agreed);
    let names: Vec<_> = attestation
        .buckets
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, BucketName::ALL.map(BucketName::as_str));
    assert!(
        attestation
            .buckets
            .iter()
            .all(|it| it.provider == Some(it.merchant))
    );
    // 00:31:05 of the next day in Istanbul.
    let recorded = attestation.recorded_at.unwrap().to_string();
    assert_eq!(recorded, "2024-05-07T21:31:05.123456Z");
}

#[tokio::test]
async fn other_totals_differ_and_may_be_corrected() {
    let server = MockServer::start_async().await;
    let nothing = answer(
        &server,
        RECONCILIATION,
        &[],
        fixture!("reconciliation/no-data"),
    )
    .await;
    answer(&server, END_OF_DAY, &[], fixture!("end-of-day/day")).await;
    let refused = sent(&server, 200, fixture!("reconcile/not-reconciled")).await;
    let mut wrong = totals();
    let bucket = Bucket {
        count: 2,
        amount: "26.00".parse().unwrap(),
    };
    wrong.buckets.insert("unsuccessful".to_owned(), bucket);
    let paywall = paywall(&server);
    let comparison = paywall.compare(&wrong).await.unwrap();
    assert_eq!(comparison.differing().count(), 1);
    let attestation = paywall.attest(&wrong).await.unwrap();
    assert_eq!(attestation.verdict, AttestationVerdict::Differs);
    let differing: Vec<_> = attestation
        .buckets
        .iter()
        .filter(|it| it.provider != Some(it.merchant))
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(differing, ["unsuccessful"]);
    // What is stored now is that they differed.
    refused.assert_calls_async(1).await;
    nothing.delete_async().await;
    refused.delete_async().await;
    let failed = reconciled().replacen("true,\n    \"Ins", "false,\n    \"Ins", 1);
    answer(&server, RECONCILIATION, &[], &failed).await;
    let taken = sent(&server, 200, fixture!("reconcile/reconciled")).await;
    let attestation = paywall.attest(&totals()).await.unwrap();
    assert_eq!(attestation.verdict, AttestationVerdict::Agreed);
    taken.assert_calls_async(1).await;
}

#[tokio::test]
async fn a_day_that_is_reconciled_is_told_and_not_sent_again() {
    let server = MockServer::start_async().await;
    day(&server, &reconciled()).await;
    let sent = sent(&server, 500, "").await;
    let attestation = paywall(&server).attest(&totals()).await.unwrap();
    sent.assert_calls_async(0).await;
    assert_eq!(attestation.verdict, AttestationVerdict::AlreadyAgreed);
    assert!(
        attestation
            .buckets
            .iter()
            .all(|it| it.provider == Some(it.merchant))
    );
    let recorded = attestation.recorded_at.unwrap().to_string();
    assert_eq!(recorded, "2024-06-17T14:21:08.415729Z");
}

#[tokio::test]
async fn that_a_day_is_reconciled_is_told_also_where_its_totals_cannot_be() {
    let server = MockServer::start_async().await;
    answer(&server, RECONCILIATION, &[], &reconciled()).await;
    answer(
        &server,
        END_OF_DAY,
        &[],
        fixture!("end-of-day/invalid-end-of-day"),
    )
    .await;
    let attestation = paywall(&server).attest(&totals()).await.unwrap();
    assert_eq!(attestation.verdict, AttestationVerdict::AlreadyAgreed);
    assert!(attestation.buckets.iter().all(|it| it.provider.is_none()));
}

#[tokio::test]
async fn a_lost_answer_is_an_unknown_outcome_that_says_what_to_do() {
    let server = MockServer::start_async().await;
    day(&server, fixture!("reconciliation/no-data")).await;
    let sent = sent(&server, 502, "<html>").await;
    let error = paywall(&server).attest(&totals()).await.unwrap_err();
    sent.assert_calls_async(1).await;
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(!error.is_retryable());
    assert!(
        error
            .hint()
            .unwrap()
            .contains("reconciliation of 2024-05-07")
    );
    let cause = std::error::Error::source(&error).unwrap();
    let cause = cause.downcast_ref::<ProviderError>().unwrap();
    assert_eq!(cause.status(), Some(502));
}

#[tokio::test]
async fn a_refusal_is_rejected_with_its_number() {
    let server = MockServer::start_async().await;
    day(&server, fixture!("reconciliation/no-data")).await;
    sent(&server, 200, fixture!("reconcile/already-reconciled")).await;
    let error = paywall(&server).attest(&totals()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Rejected, Some("392"))
    );
    assert!(error.hint().unwrap().contains("reconciled already"));
}

#[tokio::test]
async fn totals_that_are_not_what_paywall_takes_are_refused_before_anything_is_sent() {
    let server = MockServer::start_async().await;
    let any = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(500);
        })
        .await;
    let paywall = paywall(&server);
    let zone = |totals: &mut DayTotals| totals.day.zone = "UTC".to_owned();
    let currency = |totals: &mut DayTotals| totals.currency = "USD".parse().unwrap();
    let missing = |totals: &mut DayTotals| _ = totals.buckets.remove("cancel");
    let unknown = |totals: &mut DayTotals| {
        let bucket = totals.buckets["cancel"];
        totals.buckets.insert("tips".to_owned(), bucket);
    };
    let negative = |totals: &mut DayTotals| {
        totals.buckets.get_mut("refund").unwrap().amount = "-1".parse().unwrap();
    };
    let wrongs: [fn(&mut DayTotals); 5] = [zone, currency, missing, unknown, negative];
    let mut told = Vec::new();
    for wrong in wrongs {
        let mut totals = totals();
        wrong(&mut totals);
        let error = paywall.attest(&totals).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        told.push(error.to_string());
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    paywall reconcile: the day is one of UTC; Paywall's days are of Europe/Istanbul
    paywall reconcile: the totals are in USD; this account is in TRY
    paywall reconcile: the total `cancel` is missing: Paywall asks for all six
    paywall reconcile: Paywall has no total `tips`
    paywall reconcile: the total `refund` is negative
    ");
    any.assert_calls_async(0).await;
}
