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
    conformance::{Expected, Failure, Harness},
};
use reconcile_sandbox::{GatewayId, Sandbox, SandboxConfig, WorldConfig};
use reconcile_trials::conformance::{self, Bench, Digits, Simulated};
use tupay_merchants::{CashoutsPath, Config, TuPay};

const ACCESS_KEY: &str = "sentinel-access-key@example.com";
const SECRET_KEY: &str = "sentinel-secret-key";

/// The account at a simulator, and servers that always fail.
struct Account {
    bench: Arc<Bench>,
    sandbox: Sandbox,
    cashouts_path: CashoutsPath,
    digits: Digits,
    failing: Arc<Vec<(Failure, MockServer)>>,
}

impl Account {
    fn tupay(&self, base_url: &str, access_key: &str, secret_key: &str) -> Arc<dyn Provider> {
        let config = Config::new(
            base_url.parse().unwrap(),
            access_key.into(),
            secret_key.into(),
        );
        let config = config.cashouts_path(self.cashouts_path);
        Arc::new(TuPay::new(config.transport(self.bench.transport())).unwrap())
    }
}

impl Simulated for Account {
    const GATEWAY: GatewayId = GatewayId::TuPay;

    fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }
}

#[async_trait]
impl Harness for Account {
    fn provider(&self) -> Arc<dyn Provider> {
        let access = self.sandbox.tupay();
        self.tupay(&access.base_url, &access.access_key, &access.secret_key)
    }

    fn window(&self) -> Window {
        // Three requests' worth of days around the simulated ones.
        Window::days(date(2025, 12, 1), date(2026, 4, 1), &TimeZone::UTC).unwrap()
    }

    fn expected(&self) -> Vec<Expected> {
        let world = self.sandbox.tupay_world();
        let deposits = world.deposits().iter().enumerate();
        let deposits = deposits.map(|(place, deposit)| Expected {
            kind: Kind::Payment,
            id: deposit.id().to_string(),
            amount: self
                .digits
                .of_payment(place, lexeme(deposit.requested_amount())),
        });
        let cashouts = world.cashouts().iter().map(|cashout| Expected {
            kind: Kind::Payout,
            id: cashout.id().to_string(),
            amount: self.digits.of(lexeme(cashout.amount())),
        });
        deposits.chain(cashouts).collect()
    }

    async fn failing(&self, failure: Failure) -> Option<Arc<dyn Provider>> {
        let (_, server) = self.failing.iter().find(|(known, _)| *known == failure)?;
        Some(self.tupay(&server.base_url(), ACCESS_KEY, SECRET_KEY))
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

/// Starts accounts with given faults, which share what they can.
async fn accounts() -> impl AsyncFn(&[&str]) -> Account {
    let bench = Arc::new(Bench::new(SandboxConfig {
        world: WorldConfig {
            records: 75,
            days: 3,
            ..WorldConfig::default()
        },
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
        cashouts_path: match faults {
            ["tupay/cashout-alias"] => CashoutsPath::Singular,
            _ => CashoutsPath::Plural,
        },
        digits: Digits::under(faults),
        failing: Arc::clone(&servers),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tupay_conforms() {
    conformance::conforms(&accounts().await(&[]).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tupay_conforms_under_each_fault() {
    conformance::conforms_under_each_fault(accounts().await).await;
}
