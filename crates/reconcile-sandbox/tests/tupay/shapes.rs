//! Answers have the shape of the bodies that are published: the same keys, in
//! the same order, with values of the same kind.

use jiff::Timestamp;
use reconcile_sandbox::{CashoutStatus, Clock, Faults, SandboxConfig};

use crate::client::{Answer, Client, JANUARY, small};
use crate::shape::Shape;

impl Shape {
    /// The same with decimals under `keys`.
    fn with_decimals(self, keys: &[&str]) -> Self {
        match self {
            Self::List(elements) => {
                let elements = elements.into_iter();
                Self::List(elements.map(|it| it.with_decimals(keys)).collect())
            }
            Self::Object(fields) => {
                let fields = fields.into_iter().map(|(key, shape)| {
                    let shape = if keys.contains(&&*key) {
                        Self::Decimal
                    } else {
                        shape.with_decimals(keys)
                    };
                    (key, shape)
                });
                Self::Object(fields.collect())
            }
            other => other,
        }
    }
}

/// The shape of a body that `fixtures/tupay` has.
fn published(fixture: &str) -> Shape {
    Shape::published(&format!("tupay/{fixture}"))
}

fn assert_published(answer: &Answer, fixture: &str) {
    let shape = Shape::of(&answer.text());
    assert_eq!(shape, published(fixture), "{fixture}");
}

#[tokio::test]
async fn lists_have_the_published_shape_in_every_row() {
    let client = Client::of(small(), Faults::none()).await;
    for (path, fixture) in [
        ("deposits", "deposits/page.json"),
        ("cashouts", "cashouts/page.json"),
        ("balance/report", "balance-report/two-days.json"),
    ] {
        let page = client.get(&format!("/v1/{path}?{JANUARY}")).await;
        assert_published(&page, fixture);
        let empty = client.get(&format!("/v1/{path}?from=0&to=1")).await;
        assert_published(&empty, "deposits/empty.json");
    }
}

/// The sibling brand writes whole amounts as integers, TuPay never does: a
/// cashout that both publish is `200` there and `200.0` here.
#[tokio::test]
async fn lists_that_only_the_sibling_brand_publishes_have_its_shape_and_tupays_decimals() {
    let client = Client::of(small(), Faults::none()).await;
    for (list, amounts) in [
        (
            "settlements",
            &["requestedAmount", "fee", "amountToTransfer"][..],
        ),
        ("notes", &["amount"]),
    ] {
        let page = client.get(&format!("/v1/{list}?{JANUARY}")).await;
        let published = published(&format!("{list}/sibling.json"));
        let expected = published.with_decimals(amounts);
        assert_eq!(Shape::of(&page.text()), expected, "{list}");
    }
}

#[tokio::test]
async fn sessions_have_the_published_shape() {
    let client = Client::of(small(), Faults::none()).await;
    assert_published(&client.login().await, "login/success.json");
    let refused = Client::struck_by("ip-not-allowed").await.login().await;
    assert_published(&refused, "login/forbidden.json");
    let unknown = client.get("/v1/nothing").await;
    assert_published(&unknown, "login/forbidden.json");
}

#[tokio::test]
async fn look_ups_have_the_published_shape() {
    let now = "2026-02-01T10:00:00Z";
    let config = SandboxConfig {
        world: small(),
        clock: Clock::manual(now.parse::<Timestamp>().unwrap()),
        ..SandboxConfig::default()
    };
    let client = Client::with(config).await;
    let world = client.sandbox.tupay_world();
    let key = client.sandbox.tupay().api_signature;
    for deposit in world.deposits() {
        let found = client.deposit_status(now, &key, deposit.id());
        assert_published(&found.await, "deposit-status/pending.json");
    }
    for cashout in world.cashouts() {
        let id = format!(r#""cashout_id":{}"#, cashout.id());
        let found = client.cashout_status(&id).await;
        let fixture = match cashout.status() {
            CashoutStatus::Rejected => "cashout-status/rejected.json",
            CashoutStatus::Declined => "cashout-status/not-found.json",
            _ => "cashout-status/completed.json",
        };
        assert_published(&found, fixture);
    }
}

#[tokio::test]
async fn errors_of_the_payment_apis_have_the_published_shape() {
    let client = Client::of(small(), Faults::none()).await;
    let unsigned = client.send("POST", "/v3/cashout/status", &[], "{}").await;
    assert_published(&unsigned, "cashout-status/invalid-credentials.json");
    let neither = client.cashout_status(r#""note":"""#).await;
    assert_published(&neither, "cashout-status/not-found.json");
    let headless = client.send("GET", "/v3/deposits/1", &[], "").await;
    assert_published(&headless, "deposit-status/missing-header.json");
    let late = client.deposit_status("2020-06-21T12:33:20Z", "key", 1);
    assert_published(&late.await, "deposit-status/date-out-of-range.json");
    let stranger = [
        ("X-Login", "a"),
        ("X-Date", "2020-06-21T12:33:20Z"),
        ("Authorization", "TUPAY b"),
    ];
    let stranger = client.send("GET", "/v3/deposits/1", &stranger, "").await;
    assert_published(&stranger, "deposit-status/invalid-credentials.json");
}
