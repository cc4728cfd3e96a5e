//! What clients create and change is there afterwards.

use std::time::Duration;

use reconcile_sandbox::{Faults, SandboxConfig, StreamPayReceipt};
use serde_json::{Value, json};

use crate::client::{AFTERWARDS, Client, USED, clock, printed, small};

async fn terminal(client: &Client, id: &str) -> Value {
    let mut found = client.get(&format!("/terminals/{id}")).await.json();
    found["terminal"].take()
}

#[tokio::test]
async fn a_merchant_is_found_and_listed_after_it_was_created() {
    let client = Client::plain().await;
    let body = r#"{"name":"Store","name_ar":"متجر"}"#;
    let created = client.act("POST", "/merchants", body).await.json();
    let id = created["id"].as_str().unwrap();
    let found = client.get(&format!("/merchants/{id}")).await.json();
    assert_eq!(
        (&found["name"], &found["name_ar"], &found["reference_id"]),
        (&json!("Store"), &json!("متجر"), &json!(""))
    );
    assert_eq!(found["created_at"], "2026-02-15T09:00:00.000Z");
    let listed = client.all("merchants", "").await;
    assert_eq!((listed.len(), listed.last()), (4, Some(&found)));
}

#[tokio::test]
async fn a_terminal_is_there_after_it_was_created_and_can_be_reconciled() {
    let client = Client::plain().await;
    let merchant = &client.get("/merchants").await.ids("merchants")[0];
    let body = format!(r#"{{"trsm_code":"000112","merchant_id":"{merchant}"}}"#);
    let created = client.act("POST", "/terminals", &body).await.json();
    let id = created["terminal"]["id"].as_str().unwrap();
    let found = terminal(&client, id).await;
    assert_eq!(found["merchant"]["id"], merchant.as_str());
    assert_eq!(found["tid"], created["terminal"]["tid"]);
    assert_eq!(found["tid"].as_str().unwrap().len(), 16);
    // It is as old as the sandbox's clock, which stands still.
    assert_eq!(client.reconcile(id).await.status, 406);
}

#[tokio::test]
async fn assigning_unassigning_and_disconnecting_really_act() {
    let client = Client::plain().await;
    let id = client.terminal(USED + 2);
    let before = terminal(&client, &id).await;
    assert_eq!(before["is_assigned_to_user"], false);
    assert_eq!(before["is_connected"], true);

    let user = r#"{"name":"P","mobile":"+999000000003","email":"user1@example.com"}"#;
    let path = |action: &str| format!("/terminals/{id}/{action}");
    client.act("POST", &path("assign"), user).await;
    let assigned = terminal(&client, &id).await;
    assert_eq!(assigned["user"]["mobile"], "+999000000003");
    assert_eq!(assigned["is_assigned_to_user"], true);
    let listed = client.all("terminals", "is_assigned=true").await;
    assert!(listed.iter().any(|row| row["id"] == id.as_str()));
    let row = listed.iter().find(|row| row["id"] == id.as_str()).unwrap();
    assert_eq!(row["updated_at"], "2026-02-15T09:00:00.000Z");

    client.act("PUT", &path("disconnect"), "").await;
    let disconnected = terminal(&client, &id).await;
    assert_eq!(disconnected["device"], Value::Null);
    assert_eq!(disconnected["is_connected"], false);
    assert_eq!(disconnected["is_assigned_to_user"], true);

    client.act("PUT", &path("unassign"), "").await;
    let unassigned = terminal(&client, &id).await;
    assert_eq!(unassigned["user"], Value::Null);
    assert_eq!(unassigned["is_assigned_to_user"], false);
}

#[tokio::test]
async fn reconciling_closes_the_batch_of_what_was_paid_since() {
    let clock = clock(AFTERWARDS);
    let client = Client::with(SandboxConfig {
        world: small(),
        clock: clock.clone(),
        ..SandboxConfig::default()
    })
    .await;
    let world = client.sandbox.streampay_world();
    let tid = world.terminals()[0].tid();
    let mut batches = world.reconciliations().iter();
    let last = batches.rfind(|it| it.tid() == tid).unwrap().at();
    let receipts = world.receipts().iter();
    let open = receipts.filter(|it| it.tid() == tid && it.at() >= last && it.is_approved());
    let open = open.count();

    let created = client.reconcile(&client.terminal(0)).await.json();
    let id = created["reconciliation"]["id"].as_str().unwrap();
    let found = client.get(&format!("/reconciliations/{id}")).await.json();
    let receipt = &found["reconciliation"]["reconciliation_receipt"];
    assert_eq!(receipt["details"]["total"]["count"], open);
    assert_eq!(receipt["is_balanced"]["value"], true);
    let at = printed(&receipt["date"], &receipt["time"]);
    assert_eq!(at, AFTERWARDS.parse().unwrap());
    let query = format!("terminal_id={}", client.terminal(0));
    let listed = client.all("reconciliations", &query).await;
    assert_eq!(listed.last(), Some(&found["reconciliation"]));

    // A second later there is nothing in it.
    clock.advance(Duration::from_secs(1));
    let again = client.reconcile(&client.terminal(0)).await.json();
    let id = again["reconciliation"]["id"].as_str().unwrap();
    let empty = client.get(&format!("/reconciliations/{id}")).await.json();
    let receipt = &empty["reconciliation"]["reconciliation_receipt"];
    assert_eq!(receipt["details"]["total"]["total"], "0.00");
    assert_eq!(receipt["schemes"], json!([]));
}

#[tokio::test]
async fn what_is_paid_in_the_second_of_a_reconciliation_is_of_the_next_batch() {
    let last = Client::plain().await;
    let world = last.sandbox.streampay_world();
    let tid = world.terminals()[0].tid();
    let of_terminal = world.receipts().iter().filter(|it| it.tid() == tid);
    let at = of_terminal
        .filter(|it| it.is_approved())
        .map(StreamPayReceipt::at)
        .max();
    let at = at.unwrap();
    let clock = clock(&at.to_string());
    let client = Client::with(SandboxConfig {
        world: small(),
        clock: clock.clone(),
        ..SandboxConfig::default()
    })
    .await;
    let counted = async || {
        let created = client.reconcile(&client.terminal(0)).await.json();
        let id = created["reconciliation"]["id"].as_str().unwrap();
        let found = client.get(&format!("/reconciliations/{id}")).await.json();
        found["reconciliation"]["reconciliation_receipt"]["details"]["total"]["count"].clone()
    };
    let before = counted().await;
    clock.advance(Duration::from_secs(1));
    assert_eq!(counted().await, 1, "after {before}");
}

#[tokio::test]
async fn what_is_not_there_or_not_right_is_refused_and_changes_nothing() {
    let client = Client::plain().await;
    let before = client.all("terminals", "").await;
    let id = client.terminal(0);
    let user = r#"{"name":"P","mobile":"+999000000003","email":"user1@example.com"}"#;
    let nobody = r#"{"name":"","mobile":"+999000000003","email":"user1@example.com"}"#;
    let no_email = r#"{"name":"P","mobile":"+999000000003","email":"user1"}"#;
    let other = r#"{"trsm_code":"1","merchant_id":"00000000-0000-4000-a000-000000000001"}"#;
    for (method, path, body, status) in [
        ("POST", "/terminals/nothing/assign".to_owned(), user, 404),
        ("PUT", "/terminals/nothing/unassign".to_owned(), "", 404),
        ("PUT", "/terminals/nothing/disconnect".to_owned(), "", 404),
        ("POST", format!("/terminals/{id}/assign"), nobody, 400),
        ("POST", format!("/terminals/{id}/assign"), no_email, 400),
        ("POST", format!("/terminals/{id}/assign"), "{", 400),
        ("POST", "/terminals".to_owned(), other, 404),
        ("POST", "/terminals".to_owned(), r#"{"trsm_code":"1"}"#, 400),
        ("POST", "/terminals".to_owned(), r#"{"trsm_code":1}"#, 400),
        ("POST", "/merchants".to_owned(), r#"{"name":"A"}"#, 400),
        ("POST", "/reconciliations".to_owned(), "{}", 400),
        (
            "POST",
            "/reconciliations".to_owned(),
            r#"{"terminal_id":"1"}"#,
            404,
        ),
    ] {
        let answer = client.act(method, &path, body).await;
        assert_eq!(answer.status, status, "{method} {path} {}", answer.text());
    }
    assert_eq!(client.all("terminals", "").await, before);
    assert_eq!(client.all("merchants", "").await.len(), 3);
}

#[tokio::test]
async fn what_acts_is_struck_only_where_that_is_wanted_and_has_acted() {
    let created = async |faults: &[&str]| {
        let faults = faults.iter().map(|fault| fault.parse().unwrap());
        let faults = faults.collect::<Faults>().one_in(1);
        let client = Client::turned(faults).await;
        let body = r#"{"name":"Store","name_ar":"متجر"}"#;
        let answer = client.act("POST", "/merchants", body).await;
        // The list is struck, too; the third time it answers.
        let mut merchants = client.get("/merchants").await;
        for _ in 0..2 {
            if serde_json::from_slice::<Value>(&merchants.body)
                .is_ok_and(|page| page["merchants"].is_array())
            {
                break;
            }
            merchants = client.get("/merchants").await;
        }
        (answer.status, merchants.rows("merchants").len())
    };
    assert_eq!(created(&["server-error"]).await, (200, 4));
    assert_eq!(created(&["server-error", "struck-writes"]).await, (500, 4));
    assert_eq!(created(&["rate-limit", "struck-writes"]).await, (429, 3));
    assert_eq!(created(&["short-body", "struck-writes"]).await, (200, 4));
}
