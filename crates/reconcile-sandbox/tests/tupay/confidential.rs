//! Whatever is confidential in an exchange can be chosen.

use std::collections::BTreeSet;

use jiff::Timestamp;
use reconcile_sandbox::{
    Cashout, CashoutStatus, Clock, Fault, Sandbox, SandboxConfig, SandboxError, TuPayConfidential,
};
use serde_json::Value;

use crate::client::{Answer, Client, JANUARY, small};

const NOW: &str = "2026-02-01T10:00:00Z";

async fn with(tupay: TuPayConfidential, faults: &[&str]) -> Client {
    let faults = faults.iter().map(|fault| fault.parse::<Fault>().unwrap());
    Client::with(SandboxConfig {
        world: small(),
        faults: faults.collect(),
        clock: Clock::manual(NOW.parse::<Timestamp>().unwrap()),
        tupay,
        ..SandboxConfig::default()
    })
    .await
}

/// The id of a cashout that a bank rejected.
fn rejected(client: &Client) -> u64 {
    let is_rejected = |it: &&Cashout| it.status() == CashoutStatus::Rejected;
    let cashouts = client.sandbox.tupay_world().cashouts();
    cashouts.iter().find(is_rejected).expect("one").id()
}

/// An answer of every operation, and an error.
async fn answers(client: &Client) -> Vec<Answer> {
    let mut answers = vec![client.login().await];
    for list in [
        "deposits",
        "cashouts",
        "balance/report",
        "balance",
        "settlements",
        "notes",
    ] {
        answers.push(client.get(&format!("/v1/{list}?{JANUARY}")).await);
    }
    let world = client.sandbox.tupay_world();
    let key = client.sandbox.tupay().api_signature;
    let deposit = world.deposits()[0].id();
    answers.push(client.deposit_status(NOW, &key, deposit).await);
    let id = format!(r#""cashout_id":{}"#, rejected(client));
    answers.push(client.cashout_status(&id).await);
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    answers.push(client.get("/v1/nothing").await);
    answers
}

#[tokio::test]
async fn every_canary_is_in_an_exchange() {
    let canaries = TuPayConfidential::canaries(7);
    let client = with(canaries.clone(), &[]).await;
    let access = client.sandbox.tupay();
    // What stands in requests, which the sandbox has accepted below; the
    // signature's key is in none, but signs them.
    let mut seen = [
        access.access_key,
        access.secret_key,
        access.api_key,
        access.api_passphrase,
        access.api_signature,
    ]
    .concat();
    for answer in answers(&client).await {
        // The client lowers the names of headers, not their values.
        seen.push_str(&answer.head);
        seen.push_str(&answer.text());
    }
    for (field, canary) in canaries.values() {
        assert!(seen.contains(&canary), "{field} is nowhere");
    }
}

#[tokio::test]
async fn canaries_stand_wherever_their_kind_does() {
    let canaries = TuPayConfidential::canaries(7);
    let client = with(canaries.clone(), &[]).await;
    let rows = async |list: &str| {
        let page = client.get(&format!("/v1/{list}?{JANUARY}")).await.json();
        page["data"].as_array().unwrap().clone()
    };
    let all = |rows: &[Value], key: &str| -> BTreeSet<String> {
        let text = |row: &Value| row[key].as_str().unwrap().to_owned();
        rows.iter().map(text).collect()
    };
    let (deposits, cashouts) = (rows("deposits").await, rows("cashouts").await);
    let (notes, settlements) = (rows("notes").await, rows("settlements").await);
    let document = canaries.client_document.clone().unwrap();
    let reason = canaries.cashout_reason.clone().unwrap();
    for (rows, key, canary) in [
        (&deposits, "clientDocument", &document),
        (&cashouts, "clientDocument", &document),
        (&deposits, "idUser", &canaries.customer_id),
        (&cashouts, "reason", &reason),
        (&notes, "description", &canaries.note_description),
        (&notes, "externalId", &canaries.reference_prefix),
        (&deposits, "merchantName", &canaries.merchant_name),
        (&cashouts, "merchantName", &canaries.merchant_name),
        (&settlements, "merchantName", &canaries.merchant_name),
        (&notes, "merchantName", &canaries.merchant_name),
    ] {
        assert_eq!(all(rows, key), BTreeSet::from([canary.clone()]), "{key}");
    }
    for rows in [&deposits, &cashouts] {
        let references = all(rows, "externalId");
        assert!(references.len() > 1, "each has one of its own");
        let begins = |reference: &String| reference.starts_with(&canaries.reference_prefix);
        assert!(references.iter().all(begins));
    }
    let deposit = client.sandbox.tupay_world().deposits()[0].id();
    let key = client.sandbox.tupay().api_signature;
    let found = client.deposit_status(NOW, &key, deposit).await.json();
    assert_eq!(found["payer"]["document"], *document);
    let invoice = found["invoice_id"].as_str().unwrap();
    assert!(invoice.starts_with(&canaries.reference_prefix));
    let id = format!(r#""cashout_id":{}"#, rejected(&client));
    let found = client.cashout_status(&id).await.json();
    assert_eq!(found["rejection_reason"], *reason);
    // What a row shows is what it is found by.
    let path = format!("/v1/deposits?{JANUARY}&clientDocument={document}");
    assert_eq!(client.get(&path).await.ids().len(), 50);
    let reference = cashouts[0]["externalId"].as_str().unwrap();
    let which = format!(r#""external_id":"{reference}""#);
    assert_eq!(client.cashout_status(&which).await.status, 200);
}

#[tokio::test]
async fn every_refusal_ends_with_the_note() {
    let canaries = TuPayConfidential::canaries(7);
    for fault in [
        "rate-limit=always",
        "server-error=always",
        "unavailable=always",
        "html-body=always",
    ] {
        let client = with(canaries.clone(), &[fault]).await;
        let path = format!("/v1/deposits?{JANUARY}");
        let text = client.get(&path).await.text();
        assert!(text.contains(&canaries.error_note), "{fault}: {text}");
    }
    let client = with(canaries.clone(), &["ip-not-allowed"]).await;
    let unsigned = client.send("POST", "/v3/cashout/status", &[], "{}").await;
    let headless = client.send("GET", "/v3/deposits/1", &[], "").await;
    for answer in [
        client.login().await,
        client.get("/v1/balance").await,
        unsigned,
        headless,
    ] {
        let end = format!(r#" {}"}}"#, canaries.error_note);
        assert!(answer.text().ends_with(&end), "{}", answer.text());
    }
}

#[tokio::test]
async fn every_answer_has_the_headers_and_logging_in_both_cookies() {
    let canaries = TuPayConfidential::canaries(7);
    let client = with(canaries.clone(), &["cashout-alias"]).await;
    let trace = format!("x-trace-id: {}\n", canaries.trace_id.unwrap());
    let device = format!("set-cookie: DEVICE={}; ", canaries.device_cookie.unwrap());
    for answer in answers(&client).await {
        assert!(answer.head.contains(&trace) && answer.head.contains(&device));
    }
    let token = format!("set-cookie: BEARER_TOKEN={}", canaries.token_prefix);
    assert!(client.login().await.head.contains(&token));
    assert!(!client.get("/v1/balance").await.head.contains(&token));
}

#[tokio::test]
async fn texts_may_hold_what_json_escapes() {
    let odd = "a \"b\" \\c\n\u{1}é".to_owned();
    let client = with(
        TuPayConfidential {
            username: Some(odd.clone()),
            merchant_name: odd.clone(),
            error_note: odd.clone(),
            ..TuPayConfidential::default()
        },
        &[],
    )
    .await;
    assert_eq!(client.login().await.json()["username"], *odd);
    let page = client.get(&format!("/v1/notes?{JANUARY}")).await.json();
    assert_eq!(page["data"][0]["merchantName"], *odd);
    let error = client.get("/v1/nothing").await.json();
    assert_eq!(error["description"], *format!("Not found. {odd}"));
}

#[tokio::test]
async fn what_cannot_stand_in_a_header_keeps_the_sandbox_from_starting() {
    let tupay = TuPayConfidential {
        token_prefix: "a\r\nb".to_owned(),
        ..TuPayConfidential::default()
    };
    let config = SandboxConfig {
        tupay,
        ..SandboxConfig::default()
    };
    let refused = Sandbox::start(config).await;
    assert!(matches!(
        refused,
        Err(SandboxError::Header {
            field: "token_prefix",
            ..
        })
    ));
}

#[tokio::test]
async fn no_canary_is_in_debug_output() {
    let canaries = TuPayConfidential::canaries(7);
    let client = with(canaries.clone(), &[]).await;
    let log = client.sandbox.requests();
    let access = client.sandbox.tupay();
    let printed = format!("{:?} {canaries:?} {access:?} {log:?}", client.sandbox);
    for (field, canary) in canaries.values() {
        assert!(!printed.contains(&canary), "{field}");
    }
}
