//! Sessions that end at TuPay while the client takes them for open.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::time::Duration;

use futures::TryStreamExt;
use reconcile_sandbox::{Clock, Fault, Faults, Sandbox, SandboxConfig};
use tupay_merchants::{Client, Config, DepositsQuery};

/// The merchant of the simulated user that has no movements.
const SIBLING: u64 = 19_760;

struct Scene {
    client: Client,
    clock: Clock,
    sandbox: Sandbox,
}

impl Scene {
    /// A client that is logged in.
    async fn new(faults: &[&str]) -> Self {
        let clock = Clock::manual("2026-02-01T00:00:00Z".parse().unwrap());
        let faults: Faults = faults
            .iter()
            .map(|fault| fault.parse::<Fault>().unwrap())
            .collect();
        let config = SandboxConfig {
            clock: clock.clone(),
            faults,
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::start(config).await.unwrap();
        let access = sandbox.tupay();
        let config = Config::new(
            access.base_url.parse().unwrap(),
            access.access_key.into(),
            access.secret_key.into(),
        );
        let client = Client::new(config).unwrap();
        client.login().await.unwrap();
        Self {
            client,
            clock,
            sandbox,
        }
    }

    /// Lets the session end at TuPay, where alone time passes.
    fn expire(&self) {
        self.clock.advance(Duration::from_secs(16 * 60));
    }

    async fn deposits(&self) -> usize {
        let january = DepositsQuery::new().between(
            "2026-01-01T00:00:00Z".parse().unwrap(),
            "2026-02-01T00:00:00Z".parse().unwrap(),
        );
        let rows: Vec<_> = self
            .client
            .all_deposits(january)
            .try_collect()
            .await
            .unwrap();
        rows.len()
    }
}

#[tokio::test]
async fn a_list_outlives_the_session() {
    for faults in [&[][..], &["expired-status=403"]] {
        let scene = Scene::new(faults).await;
        scene.expire();
        assert_eq!(
            scene.deposits().await,
            scene.sandbox.tupay_world().deposits().len()
        );
    }
}

#[tokio::test]
async fn another_merchant_is_entered_though_the_session_has_ended() {
    let scene = Scene::new(&[]).await;
    scene.expire();
    scene.client.switch_context(SIBLING).await.unwrap();
    assert_eq!(scene.deposits().await, 0);
    scene.expire();
    assert_eq!(scene.deposits().await, 0);
}

#[tokio::test]
async fn a_merchant_that_is_not_the_users_changes_nothing() {
    let scene = Scene::new(&[]).await;
    scene.client.switch_context(1).await.unwrap_err();
    assert!(scene.deposits().await > 0);
}

#[tokio::test]
async fn a_session_that_has_ended_is_as_good_as_logged_out() {
    for faults in [&[][..], &["expired-status=403"]] {
        let scene = Scene::new(faults).await;
        scene.expire();
        scene.client.logout().await.unwrap();
    }
}
