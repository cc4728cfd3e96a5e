//! A day at the simulated Paywall, from before its opening to after its
//! reconciliation.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures::TryStreamExt;
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use paywall_vpos::{BucketName, Config, Error, Paywall};
use reconcile_core::{
    AttestationVerdict, DayTotals, ErrorKind, LocalDay, Provider, ProviderExt, PullOptions,
    Statement, StatementPull, StatementQuery, Verdict, Window,
};
use reconcile_sandbox::{Clock, Faults, Sandbox, SandboxConfig};
use reconcile_transport::{Timer, TokioTimer};
use reconcile_trials::at_once;

/// The last day of the world, which nobody has reconciled yet.
const DAY: Date = date(2026, 1, 31);

#[derive(Debug)]
struct SandboxTime(Clock);

#[async_trait]
impl Timer for SandboxTime {
    fn now(&self) -> Instant {
        TokioTimer.now()
    }

    fn timestamp(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        TokioTimer.sleep(duration).await;
    }
}

/// A sandbox and its provider, which have one clock.
async fn at(now: &str, faults: &[&str]) -> (Sandbox, Paywall, Clock) {
    let clock = Clock::manual(now.parse().unwrap());
    let faults: Result<Faults, _> = faults.iter().map(|fault| fault.parse()).collect();
    let config = SandboxConfig {
        clock: clock.clone(),
        faults: faults.unwrap().one_in(1),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let access = sandbox.paywall();
    let config = Config::new(
        access.base_url.parse().unwrap(),
        access.api_key.into(),
        access.api_client.into(),
    );
    let config = config
        .timer(Arc::new(SandboxTime(clock.clone())))
        .transport(at_once().build().unwrap());
    (sandbox, Paywall::new(config).unwrap(), clock)
}

/// The totals of the day, as the world has them.
fn totals(sandbox: &Sandbox) -> DayTotals {
    let counted = sandbox.paywall_world().end_of_day(DAY).unwrap();
    let buckets = BucketName::ALL
        .into_iter()
        .zip(counted.figures())
        .map(|(name, (_, figure))| {
            let bucket = reconcile_core::Bucket {
                count: figure.count,
                amount: figure.amount,
            };
            (name.as_str().to_owned(), bucket)
        });
    DayTotals {
        day: LocalDay {
            date: DAY,
            zone: "Europe/Istanbul".to_owned(),
        },
        currency: "TRY".parse().unwrap(),
        buckets: buckets.collect::<BTreeMap<_, _>>(),
    }
}

#[tokio::test]
async fn a_day_opens_is_corrected_and_is_then_closed_for_good() {
    // 00:29:59 of the next day in Istanbul.
    let (sandbox, paywall, clock) = at("2026-01-31T21:29:59Z", &["unreconciled=1"]).await;
    let right = totals(&sandbox);
    let early = paywall.attest(&right).await.unwrap_err();
    assert_eq!(early.kind(), ErrorKind::InvalidRequest);
    assert_eq!(sandbox.requests().total(), 0);

    clock.advance(Duration::from_secs(1));
    assert!(paywall.compare(&right).await.unwrap().agrees());
    let mut wrong = right.clone();
    wrong.buckets.get_mut("successful").unwrap().count += 1;
    assert!(!paywall.compare(&wrong).await.unwrap().agrees());
    let attestation = paywall.attest(&wrong).await.unwrap();
    assert_eq!(attestation.verdict, AttestationVerdict::Differs);
    let differing: Vec<_> = attestation
        .buckets
        .iter()
        .filter(|it| it.provider != Some(it.merchant))
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(differing, ["successful"]);

    let attestation = paywall.attest(&right).await.unwrap();
    assert_eq!(attestation.verdict, AttestationVerdict::Agreed);
    let again = paywall.attest(&right).await.unwrap();
    assert_eq!(again.verdict, AttestationVerdict::AlreadyAgreed);
    let stored = paywall.client().reconciliation(DAY).await.unwrap();
    assert!(stored.is_reconciled);
}

#[tokio::test]
async fn whatever_the_code_for_no_record_is_it_can_be_told() {
    let faults = ["unreconciled=1", "no-record-code=1"];
    let (sandbox, paywall, _) = at("2026-02-01T09:00:00Z", &faults).await;
    let right = totals(&sandbox);
    let error = paywall.attest(&right).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Rejected, Some("1"))
    );
    let access = sandbox.paywall();
    let config = Config::new(
        access.base_url.parse().unwrap(),
        access.api_key.into(),
        access.api_client.into(),
    );
    let paywall = Paywall::new(config.absent_codes([1])).unwrap();
    let attestation = paywall.attest(&right).await.unwrap();
    assert_eq!(attestation.verdict, AttestationVerdict::Agreed);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_by_asking_again() {
    // Every request fails, twice at most, and what acts fails after it acted.
    for lost in [
        "server-error",
        "unavailable",
        "cut-connection",
        "short-body",
        "html-body",
        "deep-json",
    ] {
        let faults = ["unreconciled=1", "struck-writes", lost];
        let (sandbox, paywall, _) = at("2026-02-01T09:00:00Z", &faults).await;
        let right = totals(&sandbox);
        // Where no answer can be read, what is stored is not known either, and
        // nothing is sent until it is.
        let mut errors = Vec::new();
        let attestation = loop {
            match paywall.attest(&right).await {
                Ok(attestation) => break attestation,
                Err(error) => errors.push(error),
            }
            assert!(errors.len() < 10, "{lost}: {errors:?}");
        };
        assert_eq!(
            attestation.verdict,
            AttestationVerdict::AlreadyAgreed,
            "{lost}"
        );
        errors.retain(|error| error.kind() == ErrorKind::OutcomeUnknown);
        let [uncertain] = errors.as_slice() else {
            panic!("{lost}: {errors:?}");
        };
        assert!(uncertain.hint().unwrap().contains("sending again is safe"));
        let sent = sandbox.requests().count("paywall/reconcile");
        assert_eq!(sent, 1, "{lost}");
    }
}

#[tokio::test]
async fn a_list_of_reconciliations_is_whole_or_an_error_in_each_undocumented_way() {
    for (switch, is_whole) in [
        ("order=newest", true),
        ("paywall/exclusive-to", true),
        ("repeated-day", true),
        ("length-is-end", true),
        ("range-limit=31", true),
        ("paywall/max-rows=7", true),
        ("paywall/rows-mismatch=always", false),
    ] {
        let (_sandbox, paywall, _) = at("2026-03-01T09:00:00Z", &[switch]).await;
        let rows = paywall
            .client()
            .all_reconciliations(date(2025, 12, 20), date(2026, 2, 1));
        let mut days = Vec::new();
        let ending = rows
            .try_for_each(|entry| {
                days.push(entry.reconciliation_date.date());
                async { Ok(()) }
            })
            .await;
        assert_eq!(ending.is_ok(), is_whole, "{switch}: {ending:?}");
        if let Err(error) = ending {
            assert!(matches!(error, Error::Unproven { .. }), "{error:?}");
            continue;
        }
        days.sort_unstable();
        let january: Vec<_> = date(2026, 1, 1)
            .series(jiff::Span::new().days(1))
            .take(31)
            .collect();
        assert_eq!(days, january, "{switch}");
    }
}

/// The statements of January, pulled after it.
async fn january(faults: &[&str]) -> (Sandbox, StatementPull) {
    let (sandbox, paywall, _) = at("2026-06-01T09:00:00Z", faults).await;
    let zone = &paywall.descriptor().zone;
    let month = Window::days(date(2026, 1, 1), date(2026, 2, 1), zone).unwrap();
    let now = PullOptions::at("2026-06-01T09:00:00Z".parse().unwrap());
    let pull = paywall.collect_statements(StatementQuery::new(month), now);
    let pull = pull.await.unwrap();
    (sandbox, pull)
}

/// How many days have a figure of what is listed of them.
fn listed(pull: &StatementPull) -> usize {
    let figure = |it: &&Statement| it.count("reconciliations_listed").is_some();
    pull.statements.iter().filter(figure).count()
}

#[tokio::test]
async fn the_list_is_held_against_all_days_whatever_its_range_is_of() {
    for switch in ["range-of=day", "range-of=stored", "paywall/exclusive-to"] {
        let (sandbox, pull) = january(&[switch]).await;
        assert_eq!(pull.verdict, Verdict::Complete, "{switch}");
        assert_eq!((pull.statements.len(), listed(&pull)), (31, 31), "{switch}");
        // 31 days, and a week in which the last of them may be stored.
        let requests = sandbox.requests().count("paywall/reconciliation-list");
        assert_eq!(requests, 2, "{switch}");
    }
}

#[tokio::test]
async fn a_list_of_fewer_rows_than_asked_for_is_read_on_from_where_it_stopped() {
    let (_sandbox, pull) = january(&["paywall/max-rows=7"]).await;
    assert_eq!(pull.verdict, Verdict::Complete);
    assert_eq!((pull.statements.len(), listed(&pull)), (31, 31));
}

#[tokio::test]
async fn a_list_that_is_not_shown_to_be_whole_leaves_a_doubt_and_what_it_shows() {
    let (_sandbox, pull) = january(&["paywall/rows-mismatch=always"]).await;
    assert_eq!((pull.statements.len(), listed(&pull)), (31, 31));
    let Verdict::Unproven { reasons } = &pull.verdict else {
        panic!("{:?}", pull.verdict);
    };
    let [reason] = reasons.as_slice() else {
        panic!("{reasons:?}");
    };
    assert!(
        reason.contains("the list of reconciliations was not read whole: "),
        "{reason}"
    );
}

#[tokio::test]
async fn a_list_that_cannot_be_read_leaves_a_doubt_and_the_statements() {
    let (_sandbox, pull) = january(&["range-limit=5"]).await;
    assert_eq!((pull.statements.len(), listed(&pull)), (31, 0));
    let Verdict::Unproven { reasons } = &pull.verdict else {
        panic!("{:?}", pull.verdict);
    };
    let [reason] = reasons.as_slice() else {
        panic!("{reasons:?}");
    };
    assert!(reason.contains("the list of reconciliations could not be read: "));
    assert!(reason.contains("113"), "{reason}");
}

#[tokio::test]
async fn one_end_of_day_told_of_two_days_leaves_a_doubt_that_names_both() {
    let (_sandbox, pull) = january(&["end-of-day-stale"]).await;
    assert_eq!(pull.statements.len(), 31);
    let Verdict::Unproven { reasons } = &pull.verdict else {
        panic!("{:?}", pull.verdict);
    };
    let [reason] = reasons.as_slice() else {
        panic!("{reasons:?}");
    };
    let said = "end of day 3434 was told of 2026-01-18 and of 2026-01-19";
    assert!(reason.contains(said), "{reason}");
}

#[tokio::test]
async fn a_day_that_differed_and_was_sent_again_is_listed_as_what_stands() {
    for again in ["reconcile-again=update", "reconcile-again=insert"] {
        let faults = ["unreconciled=1", again];
        let (sandbox, paywall, clock) = at("2026-02-01T09:00:00Z", &faults).await;
        let right = totals(&sandbox);
        let mut wrong = right.clone();
        wrong.buckets.get_mut("successful").unwrap().count += 1;
        paywall.attest(&wrong).await.unwrap();
        clock.advance(Duration::from_secs(60));
        paywall.attest(&right).await.unwrap();

        let day = Window::days(DAY, date(2026, 2, 1), &paywall.descriptor().zone).unwrap();
        let now = PullOptions::at(clock.now());
        let pull = paywall.collect_statements(StatementQuery::new(day), now);
        let pull = pull.await.unwrap();
        let statement = &pull.statements[0];
        for figure in ["reconciliations_listed", "agreements_listed"] {
            assert_eq!(statement.count(figure), Some(1), "{again}: {figure}");
        }
    }
}
