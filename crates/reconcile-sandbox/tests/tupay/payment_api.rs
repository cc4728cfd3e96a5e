//! The status look-ups of the Deposit and Cashout APIs.

use jiff::Timestamp;
use reconcile_sandbox::{CashoutStatus, Clock, Faults, SandboxConfig};

use crate::client::{Answer, Client, sign, small};

#[tokio::test]
async fn a_cashout_is_found_by_its_id_and_by_its_reference() {
    let client = Client::of(small(), Faults::none()).await;
    let world = client.sandbox.tupay_world();
    let with = |status| {
        world
            .cashouts()
            .iter()
            .find(|it| it.status() == status)
            .unwrap()
    };
    let completed = with(CashoutStatus::Completed);
    let sample = r#"{"cashout_status":1,"cashout_status_description":"Completed"}"#;
    let id = completed.id();
    for which in [
        format!(r#""cashout_id":{id}"#),
        format!(r#""cashout_id":"{id}""#),
        format!(r#""external_id":"{}""#, completed.external_id()),
    ] {
        assert_eq!(client.cashout_status(&which).await.text(), sample);
    }
    let rejected = format!(r#""cashout_id":{}"#, with(CashoutStatus::Rejected).id());
    assert_eq!(
        client.cashout_status(&rejected).await.text(),
        r#"{"cashout_status":3,"cashout_status_description":"Rejected","rejection_code":807,"rejection_reason":"ERROR_REJECTED_BY_BANK"}"#
    );
}

#[tokio::test]
async fn a_cashout_answers_the_published_errors() {
    let client = Client::of(small(), Faults::none()).await;
    let unknown = client.cashout_status(r#""cashout_id":1"#).await;
    assert_eq!(unknown.status, 412);
    assert_eq!(
        unknown.text(),
        r#"{"code":509,"message":"Cashout not found with this ID"}"#
    );
    let body = r#"{"login":"a","pass":"b","cashout_id":1}"#;
    let signature = sign(&client.sandbox.tupay().api_signature, body);
    for signature in [signature.to_uppercase(), String::new()] {
        let headers = [("Payload-Signature", signature.as_str())];
        let refused = client
            .send("POST", "/v3/cashout/status", &headers, body)
            .await;
        assert_eq!(refused.status, 401);
        assert_eq!(
            refused.text(),
            r#"{"code":401,"message":"Invalid credentials."}"#
        );
    }
}

#[tokio::test]
async fn a_deposit_is_found_by_its_id_when_the_request_is_signed_now() {
    let now: Timestamp = "2026-02-01T10:00:00Z".parse().unwrap();
    let clock = Clock::manual(now);
    let config = SandboxConfig {
        world: small(),
        clock,
        ..SandboxConfig::default()
    };
    let client = Client::with(config).await;
    let deposit = &client.sandbox.tupay_world().deposits()[0];
    let key = client.sandbox.tupay().api_signature;
    let found = client
        .deposit_status("2026-02-01T10:05:00Z", &key, deposit.id())
        .await;
    assert_eq!(found.status, 200);
    let start = format!(
        r#"{{"deposit_id":{},"invoice_id":"{}","country":"PE","currency":"PEN","usd_amount":{},"local_amount":{},"#,
        deposit.id(),
        deposit.external_id(),
        deposit.amount(),
        deposit.requested_amount()
    );
    assert!(found.text().starts_with(&start), "{}", found.text());
    let code = |answer: Answer| (answer.status, answer.json()["code"].as_u64().unwrap());
    assert_eq!(
        code(
            client
                .deposit_status("2026-02-01T10:05:00Z", "another", deposit.id())
                .await
        ),
        (400, 102)
    );
    let late = client
        .deposit_status("2026-02-01T11:00:00Z", &key, deposit.id())
        .await;
    assert_eq!(code(late), (400, 103));
    let unknown = client.deposit_status("2026-02-01T10:00:00Z", &key, 1).await;
    assert_eq!(code(unknown), (404, 501));
}
