//! Answers have the shape of the bodies that are published: the same keys, in
//! the same order, with values of the same kind.

use reconcile_sandbox::{PaywallFigure, PaywallStatus};

use crate::client::{Answer, Client, DAY, request};
use crate::shape::Shape;

impl Shape {
    /// A list with the elements of both, in otherwise equal bodies.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::List(mut one), Self::List(mut other)) => {
                one.append(&mut other);
                Self::List(one)
            }
            (Self::Object(one), Self::Object(other)) => {
                let pairs = one.into_iter().zip(other);
                let fields = pairs.map(|((key, one), (its_key, other))| {
                    assert_eq!(key, its_key);
                    (key, one.or(other))
                });
                Self::Object(fields.collect())
            }
            (one, other) => {
                assert_eq!(one, other);
                one
            }
        }
    }
}

/// The shape of a body that `fixtures/paywall` has.
fn published(fixture: &str) -> Shape {
    Shape::published(&format!("paywall/{fixture}.json"))
}

fn assert_published(answer: &Answer, fixture: &str) {
    assert_eq!(answer.status, 200);
    assert_eq!(Shape::of(&answer.text()), published(fixture), "{fixture}");
}

#[tokio::test]
async fn days_have_the_published_shape() {
    let client = Client::plain().await;
    assert_published(&client.end_of_day(DAY).await, "end-of-day/day");
    let kept = client.reconciliation(DAY).await;
    assert_published(&kept, "reconciliation/reconciled");
    let list = client.reconciliations("0", "20").await;
    assert_published(&list, "reconciliation-list/page");
}

#[tokio::test]
async fn transactions_have_the_published_shape_whatever_was_done_to_them() {
    let client = Client::plain().await;
    let mut listed = Shape::of(&client.transactions(DAY, "1", "1000").await.text());
    for day in ["2026-01-01", "2026-01-02", "2026-01-04", "2026-01-05"] {
        let page = client.transactions(day, "1", "1000").await;
        listed = listed.or(Shape::of(&page.text()));
    }
    let without_steps = published("transaction-list/intraday");
    let with_steps = published("activity-list/intraday");
    assert_eq!(listed, without_steps.or(with_steps.clone()));
    let page = client.activities(DAY, &[]).await;
    assert_eq!(Shape::of(&page.text()), with_steps);
}

#[tokio::test]
async fn outcomes_have_the_published_shape() {
    let client = Client::struck_by("unreconciled=2").await;
    let figures = client.figures("2026-01-04");
    let mut wrong = figures;
    wrong.unsuccessful = PaywallFigure::new(99, figures.unsuccessful.amount);
    let differs = client.reconcile(&request("2026-01-04", &wrong)).await;
    assert_published(&differs, "reconcile/not-reconciled");
    let agrees = client.reconcile(&request("2026-01-04", &figures)).await;
    assert_published(&agrees, "reconcile/reconciled");
}

#[tokio::test]
async fn an_inquiry_has_the_published_shape() {
    let client = Client::plain().await;
    let world = client.sandbox.paywall_world();
    let successful = world
        .transactions()
        .iter()
        .find(|it| it.status() == PaywallStatus::Successful && world.steps_of(it).len() == 1)
        .unwrap();
    let id = successful.id().to_string();
    let found = client
        .get("/query/by/paymentid", &[("paymentid", &id)])
        .await;
    assert_published(&found, "payment-inquiry/successful");
}

/// The published fixtures of refusals are built from the envelope and the
/// names of the codes; so are ours.
#[tokio::test]
async fn refusals_have_the_shape_and_the_code_of_the_fixtures() {
    let client = Client::plain().await;
    let (open, _) = Client::at("2026-01-03T21:29:59Z", &[]).await;
    let range = |from, to| {
        [
            ("datefrom", from),
            ("dateto", to),
            ("start", "0"),
            ("length", "9"),
        ]
    };
    let list = async |from, to| {
        let parameters = range(from, to);
        client.get("/vpos/reconciliation/list", &parameters).await
    };
    let own = request(DAY, &client.figures(DAY));
    let stranger = [("apikeyprivate", "a"), ("apiclientprivate", "b")];
    for (answer, fixture) in [
        (
            client.reconciliation("2026-02-11").await,
            "reconciliation/no-data",
        ),
        (
            client.get("/vpos/reconciliation", &[]).await,
            "reconciliation/header-missing",
        ),
        (open.end_of_day(DAY).await, "end-of-day/invalid-end-of-day"),
        (open.reconcile(&own).await, "reconcile/not-yet"),
        (client.reconcile(&own).await, "reconcile/already-reconciled"),
        (
            list("2026-01-01", "2026-02-01").await,
            "reconciliation-list/range-too-long",
        ),
        (
            list("2026-1-1", "2026-02-01").await,
            "reconciliation-list/invalid-start-date",
        ),
        (
            list("2026-01-01", "tomorrow").await,
            "reconciliation-list/invalid-end-date",
        ),
        (
            client
                .send("GET", "/vpos/transaction/list", &stranger, "")
                .await,
            "transaction-list/unauthorized",
        ),
    ] {
        assert_published(&answer, fixture);
        let text = std::fs::read_to_string(format!(
            "{}/../../fixtures/paywall/{fixture}.json",
            env!("CARGO_MANIFEST_DIR")
        ));
        let published: serde_json::Value = serde_json::from_str(&text.unwrap()).unwrap();
        assert_eq!(answer.json(), published, "{fixture}");
    }
}
