//! StreamPay keeps the contract of a provider, against the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use async_trait::async_trait;
use httpmock::prelude::*;
use jiff::{civil::date, tz::TimeZone};
use reconcile_core::{
    Kind, Provider, Window,
    conformance::{self, Expected, Failure, Harness},
};
use reconcile_sandbox::{
    Fault, Faults, Sandbox, SandboxConfig, StreamPayConfidential, StreamPayReceiptKind, WorldConfig,
};
use reconcile_transport::{RetryPolicy, Transport};
use streampay_sdk::{Config, StreamPay};

const KEY: &str = "sentinel-api-key";

struct Simulated {
    sandbox: Sandbox,
    confidential: StreamPayConfidential,
    failing: Vec<(Failure, MockServer)>,
}

impl Simulated {
    async fn start(faults: &[&str]) -> Self {
        let faults: Faults = faults
            .iter()
            .map(|fault| fault.parse::<Fault>().unwrap())
            .collect();
        let confidential = StreamPayConfidential::canaries(7);
        let config = SandboxConfig {
            world: WorldConfig {
                records: 300,
                days: 40,
                ..WorldConfig::default()
            },
            faults,
            streampay: confidential.clone(),
            ..SandboxConfig::default()
        };
        let mut servers = Vec::new();
        for failure in Failure::ALL {
            servers.push((failure, failing(failure).await));
        }
        Self {
            sandbox: Sandbox::start(config).await.unwrap(),
            confidential,
            failing: servers,
        }
    }
}

fn streampay(base_url: &str, key: &str) -> Arc<dyn Provider> {
    let retry = RetryPolicy {
        first_delay: Duration::ZERO,
        max_delay: Duration::ZERO,
        ..RetryPolicy::default()
    };
    let transport = Transport::builder().retry(retry).build().unwrap();
    // Pages small enough for each window to have several.
    let config =
        Config::new(base_url.parse().unwrap(), key.into()).page_size(NonZeroU32::new(15).unwrap());
    Arc::new(StreamPay::new(config.transport(transport)).unwrap())
}

#[async_trait]
impl Harness for Simulated {
    fn provider(&self) -> Arc<dyn Provider> {
        let access = self.sandbox.streampay();
        streampay(&access.base_url, &access.api_key)
    }

    fn window(&self) -> Window {
        // Several requests' worth of days around the simulated ones.
        let riyadh = TimeZone::get("Asia/Riyadh").unwrap();
        Window::days(date(2025, 12, 1), date(2026, 3, 1), &riyadh).unwrap()
    }

    fn expected(&self) -> Vec<Expected> {
        let receipts = self.sandbox.streampay_world().receipts().iter();
        receipts
            .map(|receipt| Expected {
                kind: match receipt.kind() {
                    StreamPayReceiptKind::Purchase => Kind::Payment,
                    StreamPayReceiptKind::Refund => Kind::Refund,
                    _ => Kind::Reversal,
                },
                id: receipt.id(),
                amount: format!("{:.2}", receipt.amount()),
            })
            .collect()
    }

    async fn failing(&self, failure: Failure) -> Option<Arc<dyn Provider>> {
        let (_, server) = self.failing.iter().find(|(known, _)| *known == failure)?;
        Some(streampay(&server.base_url(), KEY))
    }

    fn secrets(&self) -> Vec<String> {
        let simulated = self.confidential.values().into_iter();
        let simulated = simulated.map(|(_, value)| value);
        simulated.chain([KEY.to_owned()]).collect()
    }
}

/// A server that always fails like this.
async fn failing(failure: Failure) -> MockServer {
    let (status, body) = match failure {
        Failure::Unauthorized => (401, r#"{"statusCode":401,"message":"who are you"}"#),
        Failure::Forbidden => (403, r#"{"code":7,"error":{"english":"not yours"}}"#),
        Failure::RateLimited => (429, "{}"),
        Failure::ServerError => (500, "{}"),
        Failure::BadJson => (200, r#"{"transactions":7}"#),
        other => panic!("{other:?} is not simulated"),
    };
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(status).body(body);
        })
        .await;
    server
}

async fn conforms(faults: &[&str]) {
    let simulated = Simulated::start(faults).await;
    let report = conformance::check(&simulated)
        .await
        .into_result()
        .unwrap_or_else(|why| panic!("{faults:?}: {why}"));
    assert!(report.skipped.is_empty(), "{faults:?}: {report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn streampay_conforms() {
    conforms(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streampay_conforms_in_each_undocumented_way_of_the_provider() {
    for faults in [
        &["order=newest", "streampay/max-rows=7"][..],
        &["cap-counts=total", "streampay/max-rows=7"],
        &["cap-counts=places", "streampay/max-rows=7"],
        &["beyond-end=not-found", "filter-by=created"],
        &["beyond-end=last-page", "pages-shape=current"],
        &["pages-shape=absent", "exclusive-to"],
        &["pages-shape=number", "pages-number=current"],
        &["shuffle-keys", "unknown-fields", "unknown-values"],
        &["null-optionals", "reversal-type=named"],
    ] {
        conforms(faults).await;
    }
}
