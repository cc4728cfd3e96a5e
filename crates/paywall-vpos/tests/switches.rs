//! The switches of the simulated Paywall that no pull meets: single calls do.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use paywall_vpos::{
    ActivitiesQuery, BucketName, Client, Config, Error, Paywall, TransactionsQuery,
    models::ReconcileRequest,
};
use reconcile_core::{ErrorKind, Provider, ProviderExt, PullOptions, RecordQuery, Window};
use reconcile_sandbox::{Clock, Fault, GatewayId, Sandbox, SandboxConfig};
use reconcile_transport::{HttpClient, Limits, ReqwestClient, SendError};
use reconcile_trials::{Standing, at_once, conformance, now, sandbox};

const WRONG: &str = "sentinel-wrong-key";

/// The last day of the world, which nobody has reconciled where that is turned on.
const DAY: Date = date(2026, 1, 31);

#[tokio::test(flavor = "multi_thread")]
async fn each_switch_that_no_pull_meets_is_met_by_single_calls() {
    for faults in conformance::apart(GatewayId::Paywall) {
        let sandbox = sandbox(&faults).await;
        match faults[..] {
            [
                "paywall/wrong-key-status=200"
                | "paywall/wrong-key-status=401"
                | "paywall/wrong-key-status=403",
            ] => wrong_keys_are_told_as_such(&sandbox).await,
            ["paywall/missing-header=envelope"] => {
                a_lost_header_is(ErrorKind::InvalidRequest, "proxy", &sandbox).await;
            }
            ["paywall/missing-header=unauthorized"] => {
                a_lost_header_is(ErrorKind::Authentication, "key", &sandbox).await;
            }
            ["paywall/not-found-code=3"] => an_unknown_payment_is_told(&sandbox).await,
            ["paywall/already-code=1", "unreconciled=1"] => {
                a_day_that_somebody_else_closes_meanwhile_is_refused(&sandbox).await;
            }
            [
                "paywall/reconcile-again=update" | "paywall/reconcile-again=insert",
                "unreconciled=1",
            ] => a_corrected_day_is_taken(&sandbox).await,
            ["paywall/struck-writes", "server-error", "unreconciled=1"] => {
                a_struck_reconciliation_is_open(&sandbox).await;
            }
            ["paywall/intraday"] => intraday_lists_are_read().await,
            ref unknown => panic!("nothing tries {unknown:?}"),
        }
    }
}

async fn wrong_keys_are_told_as_such(sandbox: &Sandbox) {
    let access = sandbox.paywall();
    let client = access.api_client.clone();
    let config = Config::new(
        access.base_url.parse().unwrap(),
        WRONG.into(),
        access.api_client.into(),
    );
    let (kind, told) = refused_pull(config).await;
    assert_eq!(kind, ErrorKind::Authentication, "{told}");
    assert!(!told.contains(WRONG) && !told.contains(&client), "{told}");
}

/// A proxy loses one of the two headers that say who asks.
async fn a_lost_header_is(kind: ErrorKind, hinted: &str, sandbox: &Sandbox) {
    let lossy = Arc::new(Lossy(ReqwestClient::new(Duration::from_secs(5)).unwrap()));
    let config = config(sandbox).transport(at_once().http(lossy).build().unwrap());
    let (told_kind, told) = refused_pull(config).await;
    assert_eq!(told_kind, kind, "{told}");
    assert!(told.contains(hinted), "{told}");
    assert!(!told.contains(&sandbox.paywall().api_key), "{told}");
}

#[derive(Debug)]
struct Lossy(ReqwestClient);

#[async_trait]
impl HttpClient for Lossy {
    async fn send(
        &self,
        mut request: Request<Bytes>,
        limits: &Limits,
    ) -> Result<Response<Bytes>, SendError> {
        request.headers_mut().remove("apiclientprivate");
        self.0.send(request, limits).await
    }
}

/// How a pull of January ends that is refused, and all that is told of it.
async fn refused_pull(config: Config) -> (ErrorKind, String) {
    let provider = Paywall::new(config).unwrap();
    let zone = &provider.descriptor().zone;
    let january = Window::days(date(2026, 1, 1), date(2026, 2, 1), zone).unwrap();
    let pull = provider.collect_records(RecordQuery::new(january), PullOptions::at(now()));
    let error = pull.await.unwrap_err();
    let hint = error.hint().unwrap();
    (error.kind(), format!("{error} {error:?} {error:#?} {hint}"))
}

async fn an_unknown_payment_is_told(sandbox: &Sandbox) {
    let client = Client::new(config(sandbox)).unwrap();
    let error = client.payment_by_id(1).await.unwrap_err();
    let Error::Api(refusal) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(refusal.code, Some(3));
    assert!(
        error
            .hint()
            .unwrap()
            .contains("nothing under that day or key")
    );
}

/// Between the look at what is stored and the sending, somebody else sends the
/// totals: the refusal is told with its code, and the next try knows why.
async fn a_day_that_somebody_else_closes_meanwhile_is_refused(sandbox: &Sandbox) {
    let rival = Client::new(config(sandbox)).unwrap();
    let totals = totals(&rival).await;
    let overtaken = Arc::new(Overtaken {
        http: ReqwestClient::new(Duration::from_secs(5)).unwrap(),
        rival,
        totals: totals.clone(),
    });
    let config = config(sandbox).transport(at_once().http(overtaken).build().unwrap());
    let client = Client::new(config).unwrap();
    let error = client.reconcile(&totals).await.unwrap_err();
    let Error::Api(refusal) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(refusal.code, Some(1));
    assert_eq!(sandbox.requests().count("paywall/reconcile"), 2);
    let again = client.reconcile(&totals).await.unwrap_err();
    assert!(
        matches!(again, Error::AlreadyReconciled { .. }),
        "{again:?}"
    );
    assert_eq!(sandbox.requests().count("paywall/reconcile"), 2);
}

/// Sends everything as it is, and lets a rival act before whatever acts.
#[derive(Debug)]
struct Overtaken {
    http: ReqwestClient,
    rival: Client,
    totals: ReconcileRequest,
}

#[async_trait]
impl HttpClient for Overtaken {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: &Limits,
    ) -> Result<Response<Bytes>, SendError> {
        if request.method() == Method::POST {
            let outcome = self.rival.reconcile(&self.totals).await.unwrap();
            assert!(outcome.is_reconciled);
        }
        self.http.send(request, limits).await
    }
}

async fn a_corrected_day_is_taken(sandbox: &Sandbox) {
    let client = Client::new(config(sandbox)).unwrap();
    let right = totals(&client).await;
    let outcome = client.reconcile(&off_by(&right, 1)).await.unwrap();
    assert!(!outcome.is_reconciled);
    let outcome = client.reconcile(&right).await.unwrap();
    assert!(outcome.is_reconciled);
    let stored = client.find_reconciliation(DAY).await.unwrap().unwrap();
    assert!(stored.is_reconciled);
}

async fn a_struck_reconciliation_is_open(sandbox: &Sandbox) {
    let client = Client::new(config(sandbox)).unwrap();
    let right = totals(&client).await;
    let mut open = 0;
    for more in 1..=30 {
        match client.reconcile(&off_by(&right, more)).await {
            Ok(outcome) => assert!(!outcome.is_reconciled),
            Err(error @ Error::Uncertain { .. }) => {
                assert!(error.hint().unwrap().contains("sending again is safe"));
                open += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(open > 0);
    // Nothing was sent twice.
    assert_eq!(sandbox.requests().count("paywall/reconcile"), 30);
}

/// The lists are of today and of yesterday by Paywall's clock, which is set to
/// the end of the simulated month.
async fn intraday_lists_are_read() {
    let now: Timestamp = "2026-01-31T15:00:00Z".parse().unwrap();
    let intraday: Fault = "paywall/intraday".parse().unwrap();
    for is_on in [true, false] {
        let settings = SandboxConfig {
            clock: Clock::manual(now),
            faults: is_on.then_some(intraday).into_iter().collect(),
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let config = config(&sandbox)
            .timer(Arc::new(Standing(now)))
            .intraday_paths(
                "/api/paywall/private/vpos/transaction/list/intraday",
                "/api/paywall/private/vpos/transaction/list/activity/intraday",
            );
        let client = Client::new(config).unwrap();
        let today = TransactionsQuery::new(DAY);
        let (begun, moved) = (
            client.intraday_transactions(&today).await,
            client.intraday_activities(&ActivitiesQuery::new(DAY)).await,
        );
        if is_on {
            assert!(!begun.unwrap().data.is_empty());
            assert!(!moved.unwrap().data.is_empty());
        } else {
            for error in [begun.unwrap_err(), moved.unwrap_err()] {
                let Error::Api(refusal) = &error else {
                    panic!("{error:?}");
                };
                assert_eq!(refusal.status, 404);
            }
        }
    }
}

/// What Paywall counts of the day.
async fn totals(client: &Client) -> ReconcileRequest {
    let counted = client.end_of_day(DAY).await.unwrap();
    let names = BucketName::ALL.into_iter();
    names.fold(ReconcileRequest::new(DAY), |totals, name| {
        totals.with(name, counted.bucket(name))
    })
}

/// The totals with so many more that succeeded.
fn off_by(totals: &ReconcileRequest, more: u64) -> ReconcileRequest {
    let mut bucket = totals.bucket(BucketName::Successful);
    bucket.count += more;
    totals.clone().with(BucketName::Successful, bucket)
}

fn config(sandbox: &Sandbox) -> Config {
    let access = sandbox.paywall();
    let config = Config::new(
        access.base_url.parse().unwrap(),
        access.api_key.into(),
        access.api_client.into(),
    );
    config.transport(at_once().build().unwrap())
}
