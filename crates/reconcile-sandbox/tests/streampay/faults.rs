//! Every transient fault and every deviation of bodies does here, too, what
//! its name says.

use std::collections::BTreeSet;

use reconcile_sandbox::{Fault, FaultKind, Faults, ODD_AMOUNTS, StreamPayTransaction};
use serde_json::Value;

use crate::client::{Answer, Client};

const LISTS: [&str; 4] = ["merchants", "terminals", "transactions", "reconciliations"];

/// A page of ten.
async fn page(client: &Client, number: usize) -> Answer {
    let path = format!("/transactions?limit=10&page={number}");
    client.get(&path).await
}

fn ids(page: &Answer) -> Vec<String> {
    page.ids("transactions")
}

#[tokio::test]
async fn refusals_in_the_place_of_an_answer_strike_twice_and_have_streampays_form() {
    for (fault, status) in [
        ("rate-limit", 429),
        ("rate-limit-retry-after", 429),
        ("server-error", 500),
    ] {
        let client = Client::struck_by(&[fault]).await;
        let found = format!("/terminals/{}", client.terminal(0));
        let lists = LISTS.map(|list| format!("/{list}"));
        for path in lists.iter().chain([&found]) {
            for _ in 0..2 {
                let answer = client.get(path).await;
                assert_eq!(answer.status, status);
                assert_eq!(answer.json()["statusCode"], status);
                assert!(answer.json()["error"]["english"].is_string());
                let says_when = answer.header("retry-after").is_some();
                assert_eq!(says_when, fault == "rate-limit-retry-after");
            }
            assert_eq!(client.get(path).await.status, 200);
        }
        let kind = fault.parse::<Fault>().unwrap().kind();
        assert_eq!(client.sandbox.requests().injected(kind), 10);
    }
}

#[tokio::test]
async fn a_proxy_answers_with_pages() {
    let client = Client::struck_by(&["html-body"]).await;
    let html = page(&client, 1).await;
    assert_eq!(
        (html.status, html.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let client = Client::struck_by(&["unavailable=always"]).await;
    assert_eq!(page(&client, 1).await.status, 503);
}

#[tokio::test]
async fn connections_break_and_bodies_come_short_or_slowly() {
    let cut = page(&Client::struck_by(&["cut-connection"]).await, 1).await;
    assert!(cut.status == 0 || !cut.is_whole());
    let short = page(&Client::struck_by(&["short-body"]).await, 1).await;
    assert!(serde_json::from_slice::<Value>(&short.body).is_err());
    assert_eq!((short.status, short.header("content-length")), (200, None));
    let slow = page(&Client::struck_by(&["slow-body=1"]).await, 1).await;
    assert_eq!(ids(&slow).len(), 10);
}

#[tokio::test]
async fn bodies_are_larger_or_deeper_than_any_client_should_bear() {
    let large = page(&Client::struck_by(&["oversize-body=2"]).await, 1).await;
    assert!(large.body.len() > 2 << 20 && ids(&large).len() == 10);
    let deep = page(&Client::struck_by(&["deep-json"]).await, 1).await;
    assert!(deep.text().contains(&"[".repeat(100_000)));
}

#[tokio::test]
async fn pages_repeat_or_misstate_their_number() {
    let plain = Client::plain().await;
    let (first, second) = (page(&plain, 1).await, page(&plain, 2).await);
    let repeating = Client::struck_by(&["repeat-page"]).await;
    assert_eq!(page(&repeating, 1).await.text(), first.text());
    assert_eq!(ids(&page(&repeating, 2).await), ids(&first));
    assert_eq!(ids(&page(&repeating, 2).await), ids(&first));
    assert_eq!(ids(&page(&repeating, 2).await), ids(&second));

    let wrong = Client::struck_by(&["wrong-page"]).await;
    let current = wrong.get("/terminals?limit=2&page=2").await.json();
    assert_eq!(current["pages"]["current"], 3);
    // A list that does not say which page it is cannot misstate it.
    assert_eq!(page(&wrong, 2).await.text(), second.text());
    let mismatch = Client::struck_by(&["rows-mismatch"]).await;
    assert_eq!(page(&mismatch, 1).await.text(), first.text());
}

#[tokio::test]
async fn late_rows_show_up_between_the_first_requests() {
    let client = Client::struck_by(&["insert-while-paging"]).await;
    let world = client.sandbox.streampay_world().transactions().len();
    let mut seen = Vec::new();
    for _ in 0..8 {
        let mut rows = 0;
        for number in [1, 2, 3, 4, 5, 6] {
            let path = format!("/transactions?limit=100&page={number}");
            rows += client.get(&path).await.ids("transactions").len();
        }
        seen.push(rows);
    }
    assert!(seen[0] < world, "{seen:?}");
    assert_eq!(seen[7], world);
}

#[tokio::test]
async fn bodies_deviate_as_the_switch_says() {
    let first = async |fault: &str| {
        let answer = page(&Client::struck_by(&[fault]).await, 1).await;
        (answer.text(), answer.rows("transactions")[0].clone())
    };
    let (_, unknown) = first("unknown-fields").await;
    assert!(unknown["sandboxExtra"].is_object());
    assert!(unknown["receipts"][0]["sandboxExtra"].is_object());
    let (_, nulls) = first("null-optionals").await;
    let receipt = &nulls["receipts"][0];
    assert!(nulls["merchant"].is_null() && receipt["card_scheme"].is_null());
    assert!(receipt["id"].is_string() && receipt["currency"]["english"] == "SAR");
    assert!(receipt["amount_authorized"]["value"].is_string());
    let (text, shuffled) = first("shuffle-keys").await;
    assert!(!text.starts_with(r#"{"transactions":[{"id""#));
    assert_eq!(shuffled["receipts"][0].as_object().unwrap().len(), 44);
    let client = Client::struck_by(&["unknown-values"]).await;
    let text = client.get("/transactions?limit=100").await.text();
    assert!(text.contains(r#""id":"ZZ""#) && text.contains("Under Review"));
}

#[tokio::test]
async fn whole_amounts_are_written_without_decimals_where_that_is_wanted() {
    let client = Client::struck_by(&["integers"]).await;
    let amounts = async |client: &Client| -> Vec<String> {
        let rows = client.all("transactions", "").await;
        let receipts = rows
            .iter()
            .flat_map(|row| row["receipts"].as_array().unwrap());
        let value = |it: &Value| {
            it["amount_authorized"]["value"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        receipts.map(value).collect()
    };
    let (whole, plain) = (
        amounts(&client).await,
        amounts(&Client::plain().await).await,
    );
    assert!(whole.iter().any(|amount| !amount.contains('.')));
    for (whole, plain) in whole.iter().zip(&plain) {
        assert_eq!(*whole, plain.trim_end_matches(".00"), "{plain}");
    }
}

#[tokio::test]
async fn planted_amounts_stand_in_the_first_purchases_by_their_lexemes() {
    let amounts = async |fault: &str| -> Vec<Value> {
        let client = Client::struck_by(&[fault]).await;
        let rows = client
            .get("/transactions?limit=100")
            .await
            .rows("transactions");
        let receipts = rows
            .iter()
            .flat_map(|row| row["receipts"].as_array().unwrap());
        let purchases = receipts.filter(|it| it["type"] == "purchase");
        purchases
            .map(|it| it["amount_authorized"]["value"].clone())
            .collect()
    };
    assert_eq!(amounts("odd-amounts").await[..5], ODD_AMOUNTS);
    let bad = amounts("bad-record").await;
    let objects: Vec<_> = (0..bad.len())
        .filter(|place| bad[*place].is_object())
        .collect();
    assert_eq!(objects, [7]);
}

#[tokio::test]
async fn a_fault_at_one_gateway_leaves_the_others_alone() {
    let elsewhere = Client::struck_by(&["paywall/server-error"]).await;
    assert_eq!(page(&elsewhere, 1).await.status, 200);
    let here = Client::struck_by(&["streampay/server-error"]).await;
    assert_eq!(page(&here, 1).await.status, 500);
}

#[tokio::test]
async fn which_requests_are_struck_follows_from_the_seed() {
    let struck = async |seed: u64| {
        let faults = Faults::none()
            .with(FaultKind::ServerError)
            .seed(seed)
            .one_in(3);
        let client = Client::turned(faults).await;
        let mut struck = BTreeSet::new();
        for number in 1..30 {
            if page(&client, number).await.status == 500 {
                struck.insert(number);
            }
        }
        struck
    };
    let one = struck(1).await;
    assert!(one.len() > 3 && one.len() < 20, "{one:?}");
    assert_eq!(one, struck(1).await);
    assert_ne!(one, struck(2).await);
}

#[tokio::test]
async fn a_body_is_compressed_only_for_those_who_ask() {
    let client = Client::plain().await;
    assert_eq!(page(&client, 1).await.header("content-encoding"), None);
    let key = client.sandbox.streampay().api_key;
    let headers = [("api-key", key.as_str()), ("Accept-Encoding", "gzip")];
    let zipped = client.send("GET", "/transactions", &headers, "").await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    let (one, other) = (Client::plain().await, Client::plain().await);
    let ids = |client: &Client| -> Vec<String> {
        let all = client.sandbox.streampay_world().transactions().iter();
        all.map(StreamPayTransaction::id).collect()
    };
    assert_eq!(ids(&one), ids(&other));
    for list in LISTS {
        let path = format!("/{list}?limit=100");
        let (one, other) = (one.get(&path).await, other.get(&path).await);
        assert_eq!(one.text(), other.text());
    }
}

#[tokio::test]
async fn requests_are_counted_by_their_operation() {
    let client = Client::plain().await;
    page(&client, 1).await;
    page(&client, 2).await;
    client.get("/nothing").await;
    client.reconcile("1").await;
    let log = client.sandbox.requests();
    let count = |operation: &str| log.count(&format!("streampay/{operation}"));
    assert_eq!(count("transactions"), 2);
    assert_eq!(count("create-reconciliation"), 1);
    assert_eq!(count("unknown"), 1);
    assert_eq!(log.total(), 4);
}
