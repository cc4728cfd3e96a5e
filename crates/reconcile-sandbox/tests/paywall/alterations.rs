//! Bodies that change their shape on purpose.

use reconcile_sandbox::{Alteration, Faults, SandboxConfig};

use crate::client::{AFTERWARDS, Answer, Client, DAY, clock, request, small};

async fn altered(texts: &[&str]) -> Client {
    Client::with(SandboxConfig {
        world: small(),
        alterations: texts.iter().map(|text| text.parse().unwrap()).collect(),
        faults: Faults::none().with(
            "unreconciled=5"
                .parse::<reconcile_sandbox::Fault>()
                .unwrap(),
        ),
        clock: clock(AFTERWARDS),
        ..SandboxConfig::default()
    })
    .await
}

/// Paywall's, whose names begin with its own.
fn operations() -> impl Iterator<Item = &'static str> {
    Alteration::operations().filter(|name| name.starts_with("paywall/"))
}

/// A successful answer of an operation, or a refusal for the errors.
async fn ask(client: &Client, operation: &str) -> Answer {
    let own = request(DAY, &client.figures(DAY));
    match operation {
        "paywall/reconcile" => client.reconcile(&own).await,
        "paywall/reconciliation" => {
            client.reconcile(&own).await;
            client.reconciliation(DAY).await
        }
        "paywall/end-of-day" => client.end_of_day(DAY).await,
        "paywall/reconciliation-list" => client.reconciliations("0", "9").await,
        "paywall/transaction-list" => client.transactions(DAY, "1", "5").await,
        "paywall/activity-list" => client.activities(DAY, &[]).await,
        "paywall/payment-inquiry" => {
            let id = client.sandbox.paywall_world().transactions()[0].id();
            let id = id.to_string();
            client
                .get("/query/by/paymentid", &[("paymentid", &id)])
                .await
        }
        _ => client.reconciliation("2026-03-01").await,
    }
}

#[tokio::test]
async fn every_operation_can_be_altered_and_no_other_is() {
    for operation in operations() {
        let text = format!("{operation}::add=newField");
        for asked in operations() {
            let client = altered(&[&text]).await;
            let is_altered = ask(&client, asked).await.text().contains("newField");
            assert_eq!(is_altered, asked == operation, "{text} {asked}");
        }
    }
}

#[tokio::test]
async fn names_that_no_other_gateway_has_may_stand_alone() {
    let client = altered(&["end-of-day:Body.TotalAmount:text"]).await;
    let total = format!("{:.2}", client.figures(DAY).total.amount);
    assert_eq!(
        client.end_of_day(DAY).await.success()["TotalAmount"],
        total.as_str()
    );
    let alteration: Alteration = "paywall/end-of-day:Body.TotalAmount:text".parse().unwrap();
    assert_eq!(client.sandbox.requests().altered(&alteration), 1);
    // A bare `error` is TuPay's.
    let client = altered(&["error:Message:drop"]).await;
    let refused = client.reconciliation("2026-03-01").await;
    assert!(refused.json()["Message"].is_string());
}
