//! Whatever is confidential in an exchange can be chosen.

use reconcile_sandbox::{Sandbox, SandboxConfig, SandboxError, StreamPayConfidential};
use serde_json::Value;

use crate::client::{AFTERWARDS, Answer, Client, clock, small};

async fn with(streampay: StreamPayConfidential) -> Client {
    Client::with(SandboxConfig {
        world: small(),
        clock: clock(AFTERWARDS),
        streampay,
        ..SandboxConfig::default()
    })
    .await
}

/// An answer of every operation that has something to hide, and an error.
async fn answers(client: &Client) -> Vec<Answer> {
    let merchants = client.get("/merchants").await;
    let merchant = &merchants.ids("merchants")[0];
    let body = format!(r#"{{"trsm_code":"1","merchant_id":"{merchant}"}}"#);
    vec![
        client.act("POST", "/terminals", &body).await,
        client.get("/terminals").await,
        client.get("/transactions").await,
        client.get("/nothing").await,
        merchants,
    ]
}

#[tokio::test]
async fn every_canary_is_in_an_exchange() {
    let canaries = StreamPayConfidential::canaries(7);
    let client = with(canaries.clone()).await;
    // The key stands in requests, which the sandbox has accepted.
    let mut seen = client.sandbox.streampay().api_key;
    for answer in answers(&client).await {
        seen.push_str(&answer.head);
        seen.push_str(&answer.text());
    }
    for (field, canary) in canaries.values() {
        assert!(seen.contains(&canary), "{field} is nowhere");
    }
}

#[tokio::test]
async fn canaries_stand_wherever_their_kind_does() {
    let canaries = StreamPayConfidential::canaries(7);
    let client = with(canaries.clone()).await;
    for row in client.all("transactions", "").await {
        assert_eq!(row["merchant"]["name"], canaries.merchant_name);
        if !row["user"].is_null() {
            for (key, canary) in [
                ("name", &canaries.user_name),
                ("mobile", &canaries.user_mobile),
                ("email", &canaries.user_email),
            ] {
                assert_eq!(row["user"][key], **canary);
            }
        }
        for receipt in row["receipts"].as_array().unwrap() {
            let page = receipt["qr_code"].as_str().unwrap();
            assert!(page.starts_with(&canaries.receipt_page));
            for (value, canary) in [
                (&receipt["pan"], canaries.card_number.as_ref().unwrap()),
                (&receipt["pan_suffix"], &canaries.card_suffix),
                (&receipt["card_expiration"], &canaries.card_expiration),
                (&receipt["merchant"]["id"], &canaries.acquirer_merchant_id),
                (
                    &receipt["payment_account_reference"],
                    &canaries.payment_account_reference,
                ),
                (
                    &receipt["receipt_line_two"]["arabic"],
                    &canaries.receipt_line,
                ),
            ] {
                assert_eq!(*value, **canary);
            }
        }
    }
}

#[tokio::test]
async fn every_answer_and_refusal_has_the_headers_and_refusals_end_with_the_note() {
    let canaries = StreamPayConfidential::canaries(7);
    let client = with(canaries.clone()).await;
    let unknown = client.get("/terminals/1").await;
    let text = unknown.json()["error"]["english"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(text.ends_with(&canaries.error_note));
    let invalid = client.get("/terminals?page=0").await;
    let text = &invalid.json()["message"]["page"][0];
    assert!(text.as_str().unwrap().ends_with(&canaries.error_note));
    for answer in [unknown, invalid, client.get("/merchants").await] {
        assert_eq!(answer.header("x-trace-id"), canaries.trace_id.as_deref());
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.contains(&canaries.device_cookie.clone().unwrap()));
    }
}

#[tokio::test]
async fn no_canary_is_in_debug_output() {
    let canaries = StreamPayConfidential::canaries(7);
    let client = with(canaries.clone()).await;
    answers(&client).await;
    let debug = format!(
        "{:?}{:#?}{:?}{:?}",
        client.sandbox,
        client.sandbox.streampay(),
        canaries,
        client.sandbox.requests()
    );
    for (field, canary) in canaries.values() {
        assert!(!debug.contains(&canary), "{field}");
    }
}

#[tokio::test]
async fn texts_may_hold_what_json_escapes() {
    let odd = "a \"b\" \\c\n\u{1}é".to_owned();
    let client = with(StreamPayConfidential {
        merchant_name: odd.clone(),
        receipt_name: odd.clone(),
        receipt_line: odd.clone(),
        user_name: odd.clone(),
        error_note: odd.clone(),
        ..StreamPayConfidential::default()
    })
    .await;
    let rows = client.get("/transactions").await.rows("transactions");
    let named = |value: &Value| assert_eq!(*value, *odd);
    named(&rows[0]["merchant"]["name"]);
    named(&rows[0]["receipts"][0]["merchant"]["name"]["english"]);
    named(&rows[0]["receipts"][0]["receipt_line_one"]["arabic"]);
    let refused = client.get("/terminals?page=0").await.json();
    let text = refused["message"]["page"][0].as_str().unwrap().to_owned();
    assert!(text.ends_with(&odd));
}

#[tokio::test]
async fn what_cannot_stand_in_a_header_keeps_the_sandbox_from_starting() {
    let streampay = StreamPayConfidential {
        trace_id: Some("a\r\nb".to_owned()),
        ..StreamPayConfidential::default()
    };
    let config = SandboxConfig {
        streampay,
        ..SandboxConfig::default()
    };
    let refused = Sandbox::start(config).await;
    assert!(matches!(
        refused,
        Err(SandboxError::Header {
            field: "trace_id",
            ..
        })
    ));
}
