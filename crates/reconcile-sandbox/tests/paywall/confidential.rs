//! Whatever is confidential in an exchange can be chosen.

use reconcile_sandbox::{PaywallConfidential, Sandbox, SandboxConfig, SandboxError};

use crate::client::{AFTERWARDS, Answer, Client, DAY, clock, small};

async fn with(paywall: PaywallConfidential) -> Client {
    Client::with(SandboxConfig {
        world: small(),
        clock: clock(AFTERWARDS),
        paywall,
        ..SandboxConfig::default()
    })
    .await
}

/// An answer of every operation that has something to hide, and an error.
async fn answers(client: &Client) -> Vec<Answer> {
    let transaction = &client.sandbox.paywall_world().transactions()[3];
    let prefix = PaywallConfidential::canaries(7).reference_prefix;
    let reference = format!("{prefix}{}", transaction.reference());
    vec![
        client.transactions(DAY, "1", "50").await,
        client.activities(DAY, &[]).await,
        client
            .get("/query", &[("merchantuniquecode", &reference)])
            .await,
        client.end_of_day(DAY).await,
    ]
}

#[tokio::test]
async fn every_canary_is_in_an_exchange() {
    let canaries = PaywallConfidential::canaries(7);
    let client = with(canaries.clone()).await;
    let access = client.sandbox.paywall();
    // The keys stand in requests, which the sandbox has accepted.
    let mut seen = [access.api_key, access.api_client].concat();
    for answer in answers(&client).await {
        answer.success();
        seen.push_str(&answer.head);
        seen.push_str(&answer.text());
    }
    seen.push_str(&client.reconciliation("2026-03-01").await.text());
    for (field, canary) in canaries.values() {
        assert!(seen.contains(&canary), "{field} is nowhere");
    }
}

#[tokio::test]
async fn canaries_stand_wherever_their_kind_does() {
    let canaries = PaywallConfidential::canaries(7);
    let client = with(canaries.clone()).await;
    let page = client.transactions(DAY, "1", "1000").await.success();
    let number = canaries.card_number.clone().unwrap();
    for row in page["Data"].as_array().unwrap() {
        let reference = row["MerchantUniqueCode"].as_str().unwrap();
        assert!(reference.starts_with(&canaries.reference_prefix));
        for (value, canary) in [
            (&row["Card"]["Owner"], &canaries.card_owner),
            (&row["Card"]["Number"], &number),
            (&row["Ip"], &canaries.ip),
            (&row["ClientIp"], &canaries.client_ip),
            (&row["TrackingCode"], &canaries.tracking_code),
            (
                &row["PaymentGateway"]["PaymentGatewayName"],
                &canaries.gateway_name,
            ),
        ] {
            assert_eq!(value, canary.as_str());
        }
    }
}

#[tokio::test]
async fn every_answer_and_refusal_has_the_headers_and_refusals_end_with_the_note() {
    let canaries = PaywallConfidential::canaries(7);
    let client = with(canaries.clone()).await;
    let refused = client.reconciliation("2026-03-01").await;
    let message = refused.json()["Message"].as_str().unwrap().to_owned();
    assert!(message.ends_with(&canaries.error_note));
    for answer in [
        refused,
        client.get("/nowhere", &[]).await,
        client.end_of_day(DAY).await,
    ] {
        assert_eq!(answer.header("x-trace-id"), canaries.trace_id.as_deref());
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.contains(&canaries.device_cookie.clone().unwrap()));
    }
}

#[tokio::test]
async fn no_canary_is_in_debug_output() {
    let canaries = PaywallConfidential::canaries(7);
    let client = with(canaries.clone()).await;
    answers(&client).await;
    let debug = format!(
        "{:?}{:#?}{:?}{:?}",
        client.sandbox,
        client.sandbox.paywall(),
        canaries,
        client.sandbox.requests()
    );
    for (field, canary) in canaries.values() {
        assert!(!debug.contains(&canary), "{field}");
    }
}

#[tokio::test]
async fn what_cannot_stand_in_a_header_keeps_the_sandbox_from_starting() {
    let paywall = PaywallConfidential {
        trace_id: Some("a\r\nb".to_owned()),
        ..PaywallConfidential::default()
    };
    let config = SandboxConfig {
        paywall,
        ..SandboxConfig::default()
    };
    let refused = Sandbox::start(config).await;
    let said = refused.map(|_| ()).unwrap_err();
    assert!(matches!(
        said,
        SandboxError::Header {
            field: "trace_id",
            ..
        }
    ));
    assert_eq!(
        said.to_string(),
        "`trace_id` of the confidential data of paywall cannot stand in a header"
    );
}
