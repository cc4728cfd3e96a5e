//! Paywall keeps the contract of a provider, against the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::sync::Arc;

use async_trait::async_trait;
use httpmock::prelude::*;
use jiff::{civil::date, tz::TimeZone};
use paywall_vpos::{Config, Paywall, Step};
use reconcile_core::{
    Kind, Provider, Window,
    conformance::{self, Expected, Failure, Harness},
};
use reconcile_sandbox::{
    Fault, Faults, PaywallConfidential, PaywallStepKind, Sandbox, SandboxConfig, WorldConfig,
};
use reconcile_transport::{RetryPolicy, Transport};

const KEY: &str = "sentinel-private-key";
const CLIENT: &str = "sentinel-private-client";

struct Simulated {
    sandbox: Sandbox,
    confidential: PaywallConfidential,
    /// The types of cancellations, refunds and partial refunds begin here.
    first_type: i64,
    failing: Vec<(Failure, MockServer)>,
}

impl Simulated {
    async fn start(faults: &[&str]) -> Self {
        let types = faults
            .iter()
            .find_map(|fault| fault.strip_prefix("step-types="));
        let faults: Faults = faults
            .iter()
            .map(|fault| fault.parse::<Fault>().unwrap())
            .collect();
        let confidential = PaywallConfidential {
            card_owner: "sentinel-owner".to_owned(),
            ip: "sentinel-ip".to_owned(),
            client_ip: "sentinel-client-ip".to_owned(),
            ..PaywallConfidential::default()
        };
        let config = SandboxConfig {
            world: WorldConfig {
                records: 400,
                days: 8,
                ..WorldConfig::default()
            },
            faults,
            paywall: confidential.clone(),
            ..SandboxConfig::default()
        };
        let mut servers = Vec::new();
        for failure in Failure::ALL {
            servers.push((failure, failing(failure).await));
        }
        Self {
            sandbox: Sandbox::start(config).await.unwrap(),
            confidential,
            first_type: types.map_or(2, |first| first.parse().unwrap()),
            failing: servers,
        }
    }

    fn paywall(&self, base_url: &str, key: &str, client: &str) -> Arc<dyn Provider> {
        let retry = RetryPolicy {
            first_delay: std::time::Duration::ZERO,
            max_delay: std::time::Duration::ZERO,
            ..RetryPolicy::default()
        };
        let transport = Transport::builder().retry(retry).build().unwrap();
        // Pages small enough for each day to have several.
        let config = Config::new(base_url.parse().unwrap(), key.into(), client.into())
            .page_size(20)
            .step(self.first_type, Step::Cancel)
            .step(self.first_type + 1, Step::Refund)
            .step(self.first_type + 2, Step::PartialRefund);
        Arc::new(Paywall::new(config.transport(transport)).unwrap())
    }
}

#[async_trait]
impl Harness for Simulated {
    fn provider(&self) -> Arc<dyn Provider> {
        let access = self.sandbox.paywall();
        self.paywall(&access.base_url, &access.api_key, &access.api_client)
    }

    fn window(&self) -> Window {
        // Some days around the simulated ones.
        let istanbul = TimeZone::get("Europe/Istanbul").unwrap();
        Window::days(date(2025, 12, 29), date(2026, 1, 11), &istanbul).unwrap()
    }

    fn expected(&self) -> Vec<Expected> {
        let world = self.sandbox.paywall_world();
        let mut expected = Vec::new();
        for transaction in world.transactions() {
            expected.push(Expected {
                kind: Kind::Payment,
                id: transaction.id().to_string(),
                amount: lexeme(transaction.amount()),
            });
            for step in world.steps_of(transaction) {
                let kind = match step.kind() {
                    PaywallStepKind::Sale => continue,
                    PaywallStepKind::Cancel => Kind::Reversal,
                    PaywallStepKind::Refund | PaywallStepKind::PartialRefund => Kind::Refund,
                };
                expected.push(Expected {
                    kind,
                    id: format!("{}:{}", transaction.id(), step.id()),
                    amount: lexeme(step.amount()),
                });
            }
        }
        expected
    }

    async fn failing(&self, failure: Failure) -> Option<Arc<dyn Provider>> {
        let (_, server) = self.failing.iter().find(|(known, _)| *known == failure)?;
        Some(self.paywall(&server.base_url(), KEY, CLIENT))
    }

    fn secrets(&self) -> Vec<String> {
        let own = &self.confidential;
        let simulated = [
            &own.api_key,
            &own.api_client,
            &own.card_owner,
            &own.ip,
            &own.client_ip,
        ];
        let failing = [KEY, CLIENT].map(String::from);
        simulated.into_iter().cloned().chain(failing).collect()
    }
}

/// A server that always fails like this.
async fn failing(failure: Failure) -> MockServer {
    let (status, body) = match failure {
        Failure::Unauthorized => (401, r#"{"ErrorCode":401,"Result":false}"#),
        Failure::Forbidden => (403, r#"{"ErrorCode":513,"Result":false}"#),
        Failure::RateLimited => (429, "{}"),
        Failure::ServerError => (500, "{}"),
        Failure::BadJson => (200, r#"{"ErrorCode":0,"Result":true,"Body":7}"#),
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

/// An amount as Paywall writes it: with two places at least.
fn lexeme(amount: rust_decimal::Decimal) -> String {
    let amount = amount.normalize();
    if amount.scale() < 2 {
        format!("{amount:.2}")
    } else {
        amount.to_string()
    }
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
async fn paywall_conforms() {
    conforms(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paywall_conforms_in_each_undocumented_way_of_the_provider() {
    for faults in [
        &["paywall/order=newest"][..],
        &["paywall/max-rows=7"],
        &["beyond-end=not-found"],
        &["range-of=stored"],
        &["step-types=11"],
        &["shuffle-keys", "unknown-fields", "unknown-values"],
        &["null-optionals"],
        &["no-record-code=3", "refusal-status=400"],
    ] {
        conforms(faults).await;
    }
}
