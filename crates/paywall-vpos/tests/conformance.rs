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
    conformance::{Expected, Failure, Harness},
};
use reconcile_sandbox::{
    GatewayId, PaywallConfidential, PaywallStepKind, Sandbox, SandboxConfig, WorldConfig,
};
use reconcile_trials::conformance::{self, Bench, Digits, Simulated};

const KEY: &str = "sentinel-private-key";
const CLIENT: &str = "sentinel-private-client";

/// The account at a simulator, and servers that always fail.
struct Account {
    bench: Arc<Bench>,
    sandbox: Sandbox,
    confidential: PaywallConfidential,
    ways: Ways,
    failing: Arc<Vec<(Failure, MockServer)>>,
}

/// The switches that the client is told of, or that change what there is.
struct Ways {
    /// The types of cancellations, refunds and partial refunds begin here.
    first_type: i64,
    zone: TimeZone,
    /// Only what is decided is listed.
    lists_decided: bool,
    digits: Digits,
}

impl Ways {
    fn of(faults: &[&str]) -> Self {
        let types = faults
            .iter()
            .find_map(|fault| fault.strip_prefix("paywall/step-types="));
        let zone = if faults.contains(&"paywall/paywall-zone=utc") {
            "UTC"
        } else {
            "Europe/Istanbul"
        };
        Self {
            first_type: types.map_or(2, |first| first.parse().unwrap()),
            zone: TimeZone::get(zone).unwrap(),
            lists_decided: faults.contains(&"paywall/listed=completed"),
            digits: Digits::under(faults),
        }
    }
}

impl Account {
    fn paywall(&self, base_url: &str, key: &str, client: &str) -> Arc<dyn Provider> {
        // Pages small enough for each day to have several.
        let config = Config::new(base_url.parse().unwrap(), key.into(), client.into())
            .page_size(6)
            .zone(self.ways.zone.clone())
            .step(self.ways.first_type, Step::Cancel)
            .step(self.ways.first_type + 1, Step::Refund)
            .step(self.ways.first_type + 2, Step::PartialRefund);
        Arc::new(Paywall::new(config.transport(self.bench.transport())).unwrap())
    }
}

impl Simulated for Account {
    const GATEWAY: GatewayId = GatewayId::Paywall;

    fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }
}

#[async_trait]
impl Harness for Account {
    fn provider(&self) -> Arc<dyn Provider> {
        let access = self.sandbox.paywall();
        self.paywall(&access.base_url, &access.api_key, &access.api_client)
    }

    fn window(&self) -> Window {
        // A day on either side of the simulated ones.
        Window::days(date(2025, 12, 31), date(2026, 1, 5), &self.ways.zone).unwrap()
    }

    fn expected(&self) -> Vec<Expected> {
        let world = self.sandbox.paywall_world();
        let mut expected = Vec::new();
        let digits = self.ways.digits;
        for (place, transaction) in world.transactions().iter().enumerate() {
            if self.ways.lists_decided && !transaction.status().is_final() {
                continue;
            }
            expected.push(Expected {
                kind: Kind::Payment,
                id: transaction.id().to_string(),
                amount: digits.of_payment(place, lexeme(transaction.amount())),
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
                    amount: digits.of(lexeme(step.amount())),
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

/// Starts accounts with given faults, which share what they can.
async fn accounts() -> impl AsyncFn(&[&str]) -> Account {
    let confidential = PaywallConfidential {
        card_owner: "sentinel-owner".to_owned(),
        ip: "sentinel-ip".to_owned(),
        client_ip: "sentinel-client-ip".to_owned(),
        ..PaywallConfidential::default()
    };
    let bench = Arc::new(Bench::new(SandboxConfig {
        world: WorldConfig {
            records: 45,
            days: 3,
            ..WorldConfig::default()
        },
        paywall: confidential.clone(),
        ..SandboxConfig::default()
    }));
    let mut servers = Vec::new();
    for failure in Failure::ALL {
        servers.push((failure, failing(failure).await));
    }
    let servers = Arc::new(servers);
    async move |faults: &[&str]| Account {
        sandbox: bench.sandbox(faults).await,
        bench: Arc::clone(&bench),
        confidential: confidential.clone(),
        ways: Ways::of(faults),
        failing: Arc::clone(&servers),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paywall_conforms() {
    conformance::conforms(&accounts().await(&[]).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paywall_conforms_under_each_fault() {
    conformance::conforms_under_each_fault(accounts().await).await;
}
