//! The switches of the simulated StreamPay that no pull meets: single calls do.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/acts.rs"]
mod acts;

use acts::open_assignments;
use futures::TryStreamExt;
use reconcile_core::{ErrorKind, Provider, ProviderExt, PullOptions, RecordQuery, Window};
use reconcile_sandbox::{GatewayId, Sandbox};
use reconcile_trials::{at_once, conformance, now, sandbox};
use streampay_sdk::{Client, Config, StreamPay, TransactionsQuery};

const WRONG: &str = "sentinel-wrong-key";

#[tokio::test(flavor = "multi_thread")]
async fn each_switch_that_no_pull_meets_is_met_by_single_calls() {
    for faults in conformance::apart(GatewayId::StreamPay) {
        let sandbox = sandbox(&faults).await;
        match faults[..] {
            ["streampay/wrong-password-status=403"] => a_wrong_key_is_forbidden(&sandbox).await,
            ["streampay/tid-is=number"] => a_tid_is_the_whole_text(&sandbox).await,
            ["streampay/struck-writes", "server-error"] => {
                a_struck_call_that_acts_is_open(&sandbox).await;
            }
            ref unknown => panic!("nothing tries {unknown:?}"),
        }
    }
}

/// 403 is the standard's word for a right that is missing: the hint names the
/// key, too.
async fn a_wrong_key_is_forbidden(sandbox: &Sandbox) {
    let provider = StreamPay::new(config(sandbox, WRONG)).unwrap();
    let january = Window::days(
        "2026-01-01".parse().unwrap(),
        "2026-02-01".parse().unwrap(),
        &provider.descriptor().zone,
    );
    let query = RecordQuery::new(january.unwrap());
    let pull = provider.collect_records(query, PullOptions::at(now()));
    let error = pull.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
    assert!(error.hint().unwrap().contains("API key"), "{error:?}");
    let told = format!("{error} {error:?} {error:#?}");
    assert!(!told.contains(WRONG), "{told}");
}

/// Where StreamPay takes the tid for a number, one that is written shorter finds
/// the terminal at StreamPay, and is still another text.
async fn a_tid_is_the_whole_text(sandbox: &Sandbox) {
    let key = sandbox.streampay().api_key;
    let client = Client::new(config(sandbox, &key)).unwrap();
    let january = || {
        TransactionsQuery::new().between(
            "2026-01-01T00:00:00Z".parse().unwrap(),
            "2026-02-01T00:00:00Z".parse().unwrap(),
        )
    };
    let count = async |query| {
        let rows: Vec<_> = client.all_transactions(query).try_collect().await.unwrap();
        rows.len()
    };
    let all = count(january()).await;
    let whole = count(january().tid("0000000000000018")).await;
    assert!(0 < whole && whole < all, "{whole} of {all}");
    assert_eq!(count(january().tid("18")).await, 0);
}

async fn a_struck_call_that_acts_is_open(sandbox: &Sandbox) {
    let key = sandbox.streampay().api_key;
    let client = Client::new(config(sandbox, &key)).unwrap();
    let open = open_assignments(&client, 40).await;
    assert!(open > 0);
    // Nothing was sent twice.
    assert_eq!(sandbox.requests().count("streampay/assign-terminal"), 40);
}

/// Settings with a transport that waits for nothing between attempts.
fn config(sandbox: &Sandbox, key: &str) -> Config {
    let base_url = sandbox.streampay().base_url;
    Config::new(base_url.parse().unwrap(), key.into()).transport(at_once().build().unwrap())
}
