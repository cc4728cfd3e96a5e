//! What the simulated StreamPay does otherwise than hoped is told, or does no
//! harm.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/acts.rs"]
mod acts;

use std::time::Duration;

use acts::open_assignments;
use jiff::civil::date;
use reconcile_core::{
    ErrorKind, Provider, ProviderExt, PullOptions, RecordQuery, StatementQuery, Verdict, Window,
};
use reconcile_sandbox::{Faults, Sandbox, SandboxConfig, WorldConfig};
use reconcile_trials::at_once;
use streampay_sdk::{Client, Config, StreamPay, TransactionsQuery};

/// A simulator with these faults, and the settings for it.
async fn simulated(faults: &[&str]) -> (Sandbox, Config) {
    let faults: Result<Faults, _> = faults.iter().map(|fault| fault.parse()).collect();
    let config = SandboxConfig {
        world: WorldConfig {
            records: 400,
            ..WorldConfig::default()
        },
        faults: faults.unwrap(),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let access = sandbox.streampay();
    let config = Config::new(access.base_url.parse().unwrap(), access.api_key.into());
    (sandbox, config.transport(at_once().build().unwrap()))
}

fn january(provider: &StreamPay) -> Window {
    let zone = &provider.descriptor().zone;
    Window::days(date(2026, 1, 1), date(2026, 2, 1), zone).unwrap()
}

fn afterwards() -> PullOptions {
    PullOptions::at("2026-06-01T00:00:00Z".parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_with_an_unknown_outcome_was_done_and_is_seen_where_the_error_says() {
    for fault in ["server-error", "cut-connection", "short-body", "html-body"] {
        let (_sandbox, config) = simulated(&["struck-writes", fault]).await;
        let client = Client::new(config).unwrap();
        let open = open_assignments(&client, 60).await;
        assert!(open > 0, "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_late_is_unproven_until_the_margin_holds_it() {
    let faults = ["filter-by=created", "stored-late=49"];
    let (sandbox, config) = simulated(&faults).await;
    let all = sandbox.streampay_world().receipts().len();
    let provider = StreamPay::new(config.clone()).unwrap();
    let query = RecordQuery::new(january(&provider));
    let (_, certificate) = provider
        .collect_records(query.clone(), afterwards())
        .await
        .unwrap();
    assert!(!certificate.verdict.is_proven());
    let margin = Duration::from_secs(3 * 24 * 60 * 60);
    let provider = StreamPay::new(config.margin(margin)).unwrap();
    let (records, certificate) = provider.collect_records(query, afterwards()).await.unwrap();
    assert_eq!(
        (records.len(), certificate.verdict),
        (all, Verdict::Complete)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_by_terminal_that_is_ignored_fails_statements() {
    let (_sandbox, config) = simulated(&["ignores-terminal"]).await;
    let provider = StreamPay::new(config).unwrap();
    let query = StatementQuery::new(january(&provider));
    let failed = provider.collect_statements(query, afterwards()).await;
    let error = failed.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging, "{error}");
    assert!(error.to_string().contains("terminal_id"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reconciliation_that_is_listed_twice_leaves_a_doubt() {
    let (_sandbox, config) = simulated(&["repeated-day"]).await;
    let provider = StreamPay::new(config).unwrap();
    let query = StatementQuery::new(january(&provider));
    let pull = provider
        .collect_statements(query, afterwards())
        .await
        .unwrap();
    let Verdict::Unproven { reasons } = pull.verdict else {
        panic!("{:?}", pull.verdict);
    };
    assert!(reasons.iter().all(|reason| reason.contains("listed twice")));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_whole_card_number_only_its_ends_are_kept() {
    let (_sandbox, config) = simulated(&["unmasked-card"]).await;
    let client = Client::new(config).unwrap();
    let page = client
        .transactions(&TransactionsQuery::new())
        .await
        .unwrap();
    let receipts = page.rows.iter().flat_map(|row| &row.receipts);
    let mut numbers = receipts
        .filter_map(|receipt| receipt.pan.as_ref())
        .peekable();
    assert!(numbers.peek().is_some());
    for number in numbers {
        let shown = number.to_string();
        let digits = shown.chars().filter(char::is_ascii_digit).count();
        assert_eq!(digits, 10, "{shown}");
        assert_eq!(format!("{number:?}"), "[card]");
    }
}
