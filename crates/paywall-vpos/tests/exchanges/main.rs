//! Single exchanges, as the documentation has them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

mod asking;
mod lists;
#[path = "../support/mock.rs"]
mod mock;
mod reconciling;
mod refusals;

use httpmock::prelude::*;
use mock::{answer, config, fixture};
use paywall_vpos::{Client, models::ReconcileRequest};

const RECONCILIATION: &str = "/api/paywall/private/vpos/reconciliation";
const END_OF_DAY: &str = "/api/paywall/private/vpos/reconciliation/endofday";
const RECONCILE: &str = "/api/paywall/private/vpos/reconciliation/reconcile";
const LIST: &str = "/api/paywall/private/vpos/reconciliation/list";
const TRANSACTIONS: &str = "/api/paywall/private/vpos/transaction/list";
const ACTIVITIES: &str = "/api/paywall/private/vpos/transaction/list/activity";

fn client(server: &MockServer) -> Client {
    Client::new(config(server)).unwrap()
}

/// The totals of the published request.
fn totals() -> ReconcileRequest {
    serde_json::from_str(fixture!("reconcile/request")).unwrap()
}

/// The published reconciliation, as one of the day of [`totals`].
fn reconciled() -> String {
    fixture!("reconciliation/reconciled").replace("2024-05-05", "2024-05-07")
}

/// Answers what is stored of the day of [`totals`].
async fn stored<'a>(server: &'a MockServer, body: &str) -> httpmock::Mock<'a> {
    answer(
        server,
        RECONCILIATION,
        &[("reconciliationdate", "2024-05-07")],
        body,
    )
    .await
}
