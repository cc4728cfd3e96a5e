//! What stands on a receipt agrees with itself and with the world.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use reconcile_sandbox::{StreamPayReceipt, StreamPayReceiptKind};
use serde_json::Value;

use crate::client::{Client, printed};

/// Every receipt as it is told, the id of its transaction, and as the world
/// has it.
async fn receipts(client: &Client) -> Vec<(Value, Value, StreamPayReceipt)> {
    let world = client.sandbox.streampay_world().receipts().iter();
    let by_id: BTreeMap<_, _> = world.map(|it| (it.id(), it)).collect();
    let rows = client.all("transactions", "").await;
    let told = rows.into_iter().flat_map(|mut row| {
        let id = row["id"].clone();
        let Value::Array(receipts) = row["receipts"].take() else {
            panic!("no receipts");
        };
        receipts.into_iter().map(move |it| (it, id.clone()))
    });
    let told = told.map(|(it, id)| {
        let known = by_id[it["id"].as_str().unwrap()].clone();
        (it, id, known)
    });
    told.collect()
}

fn instant(value: &Value) -> Timestamp {
    let text = value.as_str().unwrap();
    assert_eq!(text.len(), "2022-10-19T15:45:20.041Z".len(), "{text}");
    text.parse().unwrap()
}

#[tokio::test]
async fn receipts_say_what_the_world_has() {
    let told = receipts(&Client::plain().await).await;
    assert_eq!(told.len(), 600);
    for (receipt, transaction, known) in told {
        assert_eq!(receipt["transaction_uuid"], transaction);
        assert_eq!(receipt["tid"], known.tid());
        assert_eq!(receipt["card_scheme"]["id"], known.scheme().code());
        let value = receipt["amount_authorized"]["value"].as_str().unwrap();
        assert_eq!(value, known.amount().to_string());
        let (word, code) = match known.kind() {
            StreamPayReceiptKind::Purchase => ("purchase", "00"),
            StreamPayReceiptKind::PurchaseReversal => ("reversal", "00"),
            StreamPayReceiptKind::Refund => ("refund", "20"),
            StreamPayReceiptKind::RefundReversal => ("reversal", "20"),
        };
        assert_eq!(receipt["type"], word);
        assert_eq!(receipt["transaction_type"]["id"], code);
        for (key, is) in [
            ("is_approved", known.is_approved()),
            ("is_refunded", known.is_refunded()),
            ("is_reversed", known.is_reversed()),
        ] {
            assert_eq!(receipt[key], is, "{key}");
        }
        assert_eq!(receipt["approval_code"].is_null(), !known.is_approved());
        assert_eq!(receipt["action_code"] == "000", known.is_approved());
    }
}

#[tokio::test]
async fn receipts_are_stored_soon_and_change_when_they_are_taken_back() {
    for (receipt, _, known) in receipts(&Client::plain().await).await {
        let began = printed(&receipt["start_date"], &receipt["start_time"]);
        let ended = printed(&receipt["end_date"], &receipt["end_time"]);
        assert_eq!((began, ended), (known.at(), known.at()));
        let (created, updated) = (
            instant(&receipt["created_at"]),
            instant(&receipt["updated_at"]),
        );
        let delay = created.duration_since(began);
        assert!(delay > SignedDuration::ZERO && delay < SignedDuration::from_secs(5));
        let was_taken_back = known.is_refunded() || known.is_reversed();
        assert_eq!(updated > created, was_taken_back);
    }
}

#[tokio::test]
async fn numbers_have_their_published_forms() {
    for (receipt, _, known) in receipts(&Client::plain().await).await {
        let text = |key: &str| receipt[key].as_str().unwrap();
        let pan: String = text("pan")
            .chars()
            .map(|it| if it.is_ascii_digit() { '0' } else { it })
            .collect();
        assert_eq!(pan, "0000 00** **** 0000");
        let stan = format!("{:06}", known.stan());
        assert_eq!(text("system_trace_audit_number"), stan);
        let reference = text("retrieval_reference_number");
        assert!(reference.len() == 12 && reference.ends_with(&stan));
        assert_eq!(text("tid").len(), 16);
        assert_eq!(text("application_cryptogram").len(), 16);
    }
}
