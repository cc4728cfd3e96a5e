//! Keys and what is personal are in no output: not in what is printed, not in an
//! error, not in a log at its most talkative.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::{
    error::Error,
    fmt::Debug,
    io,
    sync::{Arc, Mutex},
};

use futures::TryStreamExt;
use jiff::civil::{Date, date};
use paywall_vpos::{
    ActivityFilters, BucketName, Client, Config, Paywall, ReconciliationsQuery,
    models::ReconcileRequest,
};
use reconcile_core::{ProviderExt, PullOptions, RecordQuery, StatementQuery, Window};
use reconcile_sandbox::{Faults, PaywallConfidential, Sandbox, SandboxConfig, WorldConfig};
use reconcile_transport::{RetryPolicy, Transport};
use tracing_subscriber::fmt::MakeWriter;

/// The last day of the world, which nobody has reconciled yet, and the next.
const DAY: Date = date(2026, 1, 4);
const NEXT: Date = date(2026, 1, 5);

/// What rows and records are there to show; a log shows none of it.
const SHOWN: [&str; 5] = [
    "tracking_code",
    "reference_prefix",
    "gateway_name",
    "gateway_provider_name",
    "gateway_provider_key",
];

/// What is logged here, by the client and by the simulator alike.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A simulator whose every confidential field is a text of its own.
async fn sandbox(confidential: &PaywallConfidential, faults: &[&str]) -> Sandbox {
    let faults: Result<Faults, _> = faults.iter().map(|fault| fault.parse()).collect();
    let config = SandboxConfig {
        world: WorldConfig {
            records: 60,
            days: 4,
            ..WorldConfig::default()
        },
        faults: faults.unwrap().one_in(1),
        paywall: confidential.clone(),
        ..SandboxConfig::default()
    };
    Sandbox::start(config).await.unwrap()
}

/// Settings that give up at the first failure, with this in front of each key.
fn config(sandbox: &Sandbox, wrong: &str) -> Config {
    let access = sandbox.paywall();
    let once = Transport::builder().retry(RetryPolicy::never()).build();
    Config::new(
        access.base_url.parse().unwrap(),
        format!("{wrong}{}", access.api_key).into(),
        format!("{wrong}{}", access.api_client).into(),
    )
    .transport(once.unwrap())
}

/// What came of it, printed in every way, with its causes.
fn told<T: Debug>(result: Result<T, impl Error>) -> String {
    let error = match result {
        Ok(value) => return format!("{value:?} {value:#?}"),
        Err(error) => error,
    };
    let mut told = vec![format!("{error} {error:?} {error:#?}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push(format!("{error} {error:?}"));
        cause = error.source();
    }
    told.join(" ")
}

/// Everything that can be asked for, as it prints.
async fn everything(config: Config) -> String {
    let client = Client::new(config.clone()).unwrap();
    let paywall = Paywall::new(config.clone()).unwrap();
    let mut output = vec![
        format!("{config:?} {config:#?} {client:?} {client:#?} {paywall:?} {paywall:#?}"),
        told(client.end_of_day(DAY).await),
        told(client.reconciliation(DAY).await),
    ];
    let january = ReconciliationsQuery::new(date(2026, 1, 1), NEXT);
    output.push(told(client.reconciliation_list(&january).await));
    let sales: Result<Vec<_>, _> = client.all_transactions(DAY, NEXT).try_collect().await;
    if let Some(sale) = sales.iter().flatten().next() {
        output.push(told(client.payment_by_id(sale.id).await));
    }
    output.push(told(sales));
    let steps = client.all_activities(DAY, NEXT, ActivityFilters::new());
    output.push(told(steps.try_collect::<Vec<_>>().await));
    output.push(told(client.payment_by_merchant_code("nothing").await));
    let mut totals = ReconcileRequest::new(DAY);
    if let Ok(counted) = client.end_of_day(DAY).await {
        for name in BucketName::ALL {
            totals = totals.with(name, counted.bucket(name));
        }
    }
    output.push(told(client.reconcile(&totals).await));
    let day = Window::days(DAY, NEXT, &Paywall::describe().zone).unwrap();
    let options = PullOptions::at("2026-06-01T00:00:00Z".parse().unwrap());
    let records = paywall.collect_records(RecordQuery::new(day), options);
    output.push(told(records.await));
    let statements = paywall.collect_statements(StatementQuery::new(day), options);
    output.push(told(statements.await));
    output.join("\n")
}

#[tokio::test]
async fn nothing_that_is_printed_logged_or_returned_holds_a_secret() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let confidential = PaywallConfidential::canaries(7);
    let sound = sandbox(&confidential, &["unreconciled=1"]).await;
    let mut output = everything(config(&sound, "")).await;
    assert!(output.contains("ReconcileOutcome"), "{output}");
    assert!(output.contains("Payment {"), "{output}");
    output += &everything(config(&sound, "wrong-")).await;
    let failing = ["unreconciled=1", "server-error"];
    let failing = sandbox(&confidential, &failing).await;
    output += &everything(config(&failing, "")).await;
    assert!(output.contains("refused with 50"), "{output}");

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("attempt"), "the log is empty");
    for (name, secret) in confidential.values() {
        assert!(!logged.contains(&secret), "{name} is in the log");
        assert!(
            SHOWN.contains(&name) || !output.contains(&secret),
            "{name} is in {output}"
        );
    }
}
