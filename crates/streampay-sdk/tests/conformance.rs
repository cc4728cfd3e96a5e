//! StreamPay keeps the contract of a provider, against the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::{num::NonZeroU32, sync::Arc};

use async_trait::async_trait;
use httpmock::prelude::*;
use jiff::{civil::date, tz::TimeZone};
use reconcile_core::{
    Kind, Provider, Window,
    conformance::{Expected, Failure, Harness},
};
use reconcile_sandbox::{
    GatewayId, Sandbox, SandboxConfig, StreamPayConfidential, StreamPayReceiptKind, WorldConfig,
};
use reconcile_trials::conformance::{self, Bench, Digits, Simulated};
use streampay_sdk::{Config, StreamPay};

const KEY: &str = "sentinel-api-key";

/// The account at a simulator, and servers that always fail.
struct Account {
    bench: Arc<Bench>,
    sandbox: Sandbox,
    confidential: StreamPayConfidential,
    digits: Digits,
    zone: TimeZone,
    failing: Arc<Vec<(Failure, MockServer)>>,
}

impl Account {
    fn streampay(&self, base_url: &str, key: &str) -> Arc<dyn Provider> {
        // Pages small enough for each window to have several.
        let config = Config::new(base_url.parse().unwrap(), key.into())
            .page_size(NonZeroU32::new(10).unwrap())
            .zone(self.zone.clone());
        Arc::new(StreamPay::new(config.transport(self.bench.transport())).unwrap())
    }

    /// An amount as StreamPay writes it: with two places, unless it is whole and
    /// the places are left out.
    fn lexeme(&self, amount: rust_decimal::Decimal) -> String {
        let text = format!("{amount:.2}");
        if text.ends_with(".00") {
            self.digits.of(text)
        } else {
            text
        }
    }
}

impl Simulated for Account {
    const GATEWAY: GatewayId = GatewayId::StreamPay;

    fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }
}

#[async_trait]
impl Harness for Account {
    fn provider(&self) -> Arc<dyn Provider> {
        let access = self.sandbox.streampay();
        self.streampay(&access.base_url, &access.api_key)
    }

    fn window(&self) -> Window {
        // Several requests' worth of days around the simulated ones.
        Window::days(date(2025, 12, 1), date(2026, 3, 1), &self.zone).unwrap()
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
                amount: self.lexeme(receipt.amount()),
            })
            .collect()
    }

    async fn failing(&self, failure: Failure) -> Option<Arc<dyn Provider>> {
        let (_, server) = self.failing.iter().find(|(known, _)| *known == failure)?;
        Some(self.streampay(&server.base_url(), KEY))
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

/// Starts accounts with given faults, which share what they can.
async fn accounts() -> impl AsyncFn(&[&str]) -> Account {
    let confidential = StreamPayConfidential::canaries(7);
    let bench = Arc::new(Bench::new(SandboxConfig {
        world: WorldConfig {
            records: 45,
            days: 3,
            ..WorldConfig::default()
        },
        streampay: confidential.clone(),
        ..SandboxConfig::default()
    }));
    let mut servers = Vec::new();
    for failure in Failure::ALL {
        servers.push((failure, failing(failure).await));
    }
    let servers = Arc::new(servers);
    async move |faults: &[&str]| {
        let zone = if faults.contains(&"streampay/streampay-zone=utc") {
            "UTC"
        } else {
            "Asia/Riyadh"
        };
        Account {
            sandbox: bench.sandbox(faults).await,
            bench: Arc::clone(&bench),
            confidential: confidential.clone(),
            digits: Digits::under(faults),
            zone: TimeZone::get(zone).unwrap(),
            failing: Arc::clone(&servers),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streampay_conforms() {
    conformance::conforms(&accounts().await(&[]).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streampay_conforms_under_each_fault() {
    conformance::conforms_under_each_fault(accounts().await).await;
}
