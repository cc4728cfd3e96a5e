//! Bodies that change their shape on purpose.

use reconcile_sandbox::{Alteration, SandboxConfig};

use crate::client::{AFTERWARDS, Answer, Client, USED, clock, small};

async fn altered(texts: &[&str]) -> Client {
    Client::with(SandboxConfig {
        world: small(),
        alterations: texts.iter().map(|text| text.parse().unwrap()).collect(),
        clock: clock(AFTERWARDS),
        ..SandboxConfig::default()
    })
    .await
}

/// StreamPay's, whose names begin with its own.
fn operations() -> impl Iterator<Item = &'static str> {
    Alteration::operations().filter(|name| name.starts_with("streampay/"))
}

/// A successful answer of an operation, or a refusal for the errors.
async fn ask(client: &Client, operation: &str) -> Answer {
    let world = client.sandbox.streampay_world();
    let terminal = format!("/terminals/{}", client.terminal(USED));
    let user = r#"{"name":"P","mobile":"+999000000003","email":"user1@example.com"}"#;
    let first = async |list: &str| {
        // Whatever the alteration makes of it, the world has the ids.
        let id = match list {
            "transactions" => world.transactions()[0].id(),
            _ => world.reconciliations()[0].id(),
        };
        client.get(&format!("/{list}/{id}")).await
    };
    let act = async |method: &str, action: &str, body: &str| {
        let path = format!("{terminal}/{action}");
        client.act(method, &path, body).await
    };
    match operation.trim_start_matches("streampay/") {
        "merchant" => {
            client
                .get(&format!("/merchants/{}", merchant(client).await))
                .await
        }
        "create-merchant" => {
            let body = r#"{"name":"Store","name_ar":"متجر"}"#;
            client.act("POST", "/merchants", body).await
        }
        "terminal" => client.get(&terminal).await,
        "create-terminal" => {
            let merchant = merchant(client).await;
            let body = format!(r#"{{"trsm_code":"1","merchant_id":"{merchant}"}}"#);
            client.act("POST", "/terminals", &body).await
        }
        "assign-terminal" => act("POST", "assign", user).await,
        "unassign-terminal" => act("PUT", "unassign", "").await,
        "disconnect-terminal" => act("PUT", "disconnect", "").await,
        "transaction" => first("transactions").await,
        "reconciliation" => first("reconciliations").await,
        "create-reconciliation" => client.reconcile(&client.terminal(0)).await,
        "error" => client.get("/terminals/1").await,
        list => client.get(&format!("/{list}")).await,
    }
}

async fn merchant(client: &Client) -> String {
    client
        .get("/merchants")
        .await
        .ids("merchants")
        .swap_remove(0)
}

#[tokio::test]
async fn every_operation_can_be_altered_and_no_other_is() {
    for operation in operations() {
        let text = format!("{operation}::add=newField");
        let client = altered(&[&text]).await;
        for asked in operations() {
            let answer = ask(&client, asked).await;
            let is_altered = answer.text().contains("newField");
            assert_eq!(is_altered, asked == operation, "{text} {asked}");
            assert_eq!(answer.status == 200, asked != "streampay/error");
        }
    }
}

#[tokio::test]
async fn names_that_no_other_gateway_has_may_stand_alone() {
    let path = "transactions:transactions[].receipts[].tid:number";
    let client = altered(&[path]).await;
    let rows = client
        .get("/transactions?limit=2")
        .await
        .rows("transactions");
    assert!(rows[0]["receipts"][0]["tid"].is_number());
    let alteration: Alteration = format!("streampay/{path}").parse().unwrap();
    assert!(client.sandbox.requests().altered(&alteration) >= 2);
    let ambiguous = "reconciliation:id:drop".parse::<Alteration>();
    assert!(ambiguous.unwrap_err().to_string().contains("streampay/"));
}
