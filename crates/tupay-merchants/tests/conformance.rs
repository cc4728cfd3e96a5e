//! TuPay keeps the contract of a provider, against the simulator.

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
use reconcile_core::{
    Kind, Provider, Window,
    conformance::{self, Expected, Failure, Harness},
};
use reconcile_sandbox::{Fault, Faults, Sandbox, SandboxConfig};
use reconcile_transport::{RetryPolicy, Transport};
use tupay_merchants::{Config, TuPay};

const ACCESS_KEY: &str = "sentinel-access-key@example.com";
const SECRET_KEY: &str = "sentinel-secret-key";

struct Simulated {
    sandbox: Sandbox,
    failing: Vec<(Failure, MockServer)>,
}

impl Simulated {
    async fn start(faults: &[&str]) -> Self {
        let faults: Faults = faults
            .iter()
            .map(|fault| fault.parse::<Fault>().unwrap())
            .collect();
        let config = SandboxConfig {
            faults,
            ..SandboxConfig::default()
        };
        let mut servers = Vec::new();
        for failure in Failure::ALL {
            servers.push((failure, failing(failure).await));
        }
        Self {
            sandbox: Sandbox::start(config).await.unwrap(),
            failing: servers,
        }
    }
}

fn tupay(base_url: &str, access_key: &str, secret_key: &str) -> Arc<dyn Provider> {
    let retry = RetryPolicy {
        first_delay: std::time::Duration::ZERO,
        max_delay: std::time::Duration::ZERO,
        ..RetryPolicy::default()
    };
    let transport = Transport::builder().retry(retry).build().unwrap();
    let config = Config::new(
        base_url.parse().unwrap(),
        access_key.into(),
        secret_key.into(),
    );
    Arc::new(TuPay::new(config.transport(transport)).unwrap())
}

#[async_trait]
impl Harness for Simulated {
    fn provider(&self) -> Arc<dyn Provider> {
        let access = self.sandbox.tupay();
        tupay(&access.base_url, &access.access_key, &access.secret_key)
    }

    fn window(&self) -> Window {
        // Three requests' worth of days around the simulated month.
        Window::days(date(2025, 12, 1), date(2026, 4, 1), &TimeZone::UTC).unwrap()
    }

    fn expected(&self) -> Vec<Expected> {
        let world = self.sandbox.tupay_world();
        let deposits = world.deposits().iter().map(|deposit| Expected {
            kind: Kind::Payment,
            id: deposit.id().to_string(),
            amount: lexeme(deposit.requested_amount()),
        });
        let cashouts = world.cashouts().iter().map(|cashout| Expected {
            kind: Kind::Payout,
            id: cashout.id().to_string(),
            amount: lexeme(cashout.amount()),
        });
        deposits.chain(cashouts).collect()
    }

    async fn failing(&self, failure: Failure) -> Option<Arc<dyn Provider>> {
        let (_, server) = self.failing.iter().find(|(known, _)| *known == failure)?;
        Some(tupay(&server.base_url(), ACCESS_KEY, SECRET_KEY))
    }

    fn secrets(&self) -> Vec<String> {
        let access = self.sandbox.tupay();
        let simulated = [access.access_key, access.secret_key];
        let failing = [ACCESS_KEY, SECRET_KEY, "sentinel-token"].map(String::from);
        simulated.into_iter().chain(failing).collect()
    }
}

/// A server that lets everybody in, and then always fails like this.
async fn failing(failure: Failure) -> MockServer {
    let (status, body) = match failure {
        Failure::Unauthorized => (401, r#"{"code":1,"description":"who are you"}"#),
        Failure::Forbidden => (403, r#"{"code":83,"description":"not from there"}"#),
        Failure::RateLimited => (429, "{}"),
        Failure::ServerError => (500, "{}"),
        Failure::BadJson => (200, r#"{"data":7}"#),
        other => panic!("{other:?} is not simulated"),
    };
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.path("/v1/auth/login");
            then.status(200)
                .header("set-cookie", "BEARER_TOKEN=sentinel-token")
                .body("{}");
        })
        .await;
    server
        .mock_async(|when, then| {
            when.path_prefix("/v1/");
            then.status(status).body(body);
        })
        .await;
    server
}

/// An amount as TuPay writes it: with a fraction, and no zero behind it.
fn lexeme(amount: rust_decimal::Decimal) -> String {
    let amount = amount.normalize();
    if amount.scale() == 0 {
        format!("{amount}.0")
    } else {
        amount.to_string()
    }
}

async fn conforms(faults: &[&str]) {
    let simulated = Simulated::start(faults).await;
    let report = conformance::check(&simulated).await.into_result().unwrap();
    assert!(report.skipped.is_empty(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tupay_conforms() {
    conforms(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tupay_conforms_in_each_undocumented_way_of_the_provider() {
    for faults in [
        &["order=oldest"][..],
        &["exclusive-to"],
        &["max-rows=7"],
        &["shuffle-keys", "unknown-fields"],
        &["expired-status=403", "token-expiry=40"],
    ] {
        conforms(faults).await;
    }
}
