//! Pages, filters and keys of the lists.

use std::collections::BTreeSet;

use reconcile_sandbox::StreamPayTransaction;
use serde_json::{Value, json};

use crate::client::{Client, USED, printed};

fn milliseconds(transaction: &StreamPayTransaction) -> i64 {
    transaction.at().as_millisecond()
}

#[tokio::test]
async fn pages_count_from_one_and_have_thirty_rows_unless_asked_and_a_hundred_at_most() {
    let client = Client::plain().await;
    let ids = async |query: &str| {
        let path = format!("/transactions{query}");
        client.get(&path).await.ids("transactions")
    };
    let world = client.sandbox.streampay_world().transactions();
    let all: Vec<String> = world.iter().map(StreamPayTransaction::id).collect();
    assert_eq!(ids("").await, all[..30]);
    assert_eq!(ids("?page=1").await, all[..30]);
    assert_eq!(ids("?page=2&limit=7").await, all[7..14]);
    assert_eq!(ids("?limit=1000").await, all[..100]);
    let last = all.len().div_ceil(100);
    let rest = ids(&format!("?limit=100&page={last}")).await;
    assert_eq!(rest, all[(last - 1) * 100..]);
    assert!(ids("?limit=100&page=90000").await.is_empty());
}

#[tokio::test]
async fn each_list_says_of_its_pages_what_is_published() {
    let client = Client::plain().await;
    let pages = async |path: &str| client.get(path).await.json()["pages"].clone();
    assert_eq!(pages("/merchants?limit=2").await, 2);
    let both = json!({"total": 3, "current": 2});
    assert_eq!(pages("/terminals?limit=2&page=2").await, both);
    let reconciliations = client.sandbox.streampay_world().reconciliations().len();
    let both = json!({"total": reconciliations.div_ceil(5), "current": 1});
    assert_eq!(pages("/reconciliations?limit=5").await, both);
    assert_eq!(pages("/transactions").await, Value::Null);
}

#[tokio::test]
async fn transactions_are_filtered_by_terminal_and_by_when_they_began() {
    let client = Client::plain().await;
    let world = client.sandbox.streampay_world();
    let tid = world.terminals()[1].tid();
    let rows = client.all("transactions", &format!("tid={tid}")).await;
    let of_terminal = |row: &Value| row["receipts"][0]["tid"] == tid.as_str();
    assert!(rows.len() > 50 && rows.iter().all(of_terminal));
    assert!(client.all("transactions", "tid=18").await.is_empty());

    let (first, last) = (&world.transactions()[100], &world.transactions()[119]);
    let (from, to) = (milliseconds(first), milliseconds(last));
    let ids = async |from: i64, to: i64| {
        let query = format!("from={from}&to={to}");
        client.all("transactions", &query).await.len()
    };
    assert_eq!(ids(from, to).await, 20);
    assert_eq!(ids(from + 1, to).await, 19);
    assert_eq!(ids(from, to - 1).await, 19);
    assert_eq!(ids(from, from).await, 1);
}

#[tokio::test]
async fn terminals_are_filtered_by_what_they_are() {
    let client = Client::plain().await;
    let places = async |query: &str| {
        let rows = client.all("terminals", query).await;
        let all: Vec<_> = (0..USED + 3).map(|place| client.terminal(place)).collect();
        let place = |row: &Value| all.iter().position(|id| row["id"] == id.as_str()).unwrap();
        rows.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(places("").await, [0, 1, 2, 3, 4]);
    assert_eq!(places("is_connected=true").await, [0, 1, 4]);
    assert_eq!(places("is_assigned=false").await, [3, 4]);
    assert_eq!(places("is_assigned=true&is_connected=false").await, [2]);
    assert_eq!(places("tid=0000000000000018").await, [1]);
    assert!(places("tid=18").await.is_empty());
}

#[tokio::test]
async fn reconciliations_are_filtered_by_terminal_and_time() {
    let client = Client::plain().await;
    let world = client.sandbox.streampay_world().reconciliations();
    let mut seen = BTreeSet::new();
    for place in 0..USED + 3 {
        let query = format!("terminal_id={}", client.terminal(place));
        let rows = client.all("reconciliations", &query).await;
        assert_eq!(rows.is_empty(), place >= USED);
        let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
        assert!(rows.iter().all(|row| seen.insert(id(row))));
    }
    assert_eq!(seen.len(), world.len());
    assert!(
        client
            .all("reconciliations", "terminal_id=1")
            .await
            .is_empty()
    );
    let (from, to) = (world[2].at(), world[5].at());
    let query = format!("from={}&to={}", from.as_millisecond(), to.as_millisecond());
    let rows = client.all("reconciliations", &query).await;
    let receipt = &rows[0]["reconciliation_receipt"];
    assert_eq!(printed(&receipt["date"], &receipt["time"]), from);
    assert_eq!(rows.len(), 4);
}

#[tokio::test]
async fn what_is_listed_is_found_and_nothing_else() {
    let client = Client::plain().await;
    for list in ["merchants", "terminals", "transactions", "reconciliations"] {
        for id in client.get(&format!("/{list}?limit=5")).await.ids(list) {
            let found = client.get(&format!("/{list}/{id}")).await;
            assert_eq!(found.status, 200);
            assert!(found.text().contains(&id));
        }
        for id in ["1", "..", "%2e%2e", "00000000-0000-4000-a000-000000000000"] {
            let none = client.get(&format!("/{list}/{id}")).await;
            assert_eq!(none.status, 404, "{list} {id}");
        }
    }
}

#[tokio::test]
async fn queries_that_make_no_sense_are_refused_by_their_field() {
    let client = Client::plain().await;
    for (query, field) in [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=one", "page"),
        ("limit=0", "limit"),
        ("from=2026-01-01", "from"),
        ("to=1.5", "to"),
        ("from=2&to=1", "to"),
        ("is_connected=1", "is_connected"),
        ("is_assigned=yes", "is_assigned"),
    ] {
        let refused = client.get(&format!("/terminals?{query}")).await;
        assert_eq!(refused.status, 400, "{query}");
        let refused = refused.json();
        assert_eq!(refused["statusCode"], 400);
        assert!(refused["message"][field].is_array(), "{query}: {refused}");
    }
}

#[tokio::test]
async fn only_the_right_key_opens_anything() {
    let client = Client::plain().await;
    let key = client.sandbox.streampay().api_key;
    let wrong = format!("{key}x");
    for headers in [
        vec![],
        vec![("api-key", "")],
        vec![("api-key", wrong.as_str())],
        vec![("Authorization", key.as_str())],
    ] {
        for (method, path) in [
            ("GET", "/merchants"),
            ("GET", "/transactions/1"),
            ("POST", "/reconciliations"),
        ] {
            let refused = client.send(method, path, &headers, "{}").await;
            assert_eq!(refused.status, 401);
            assert_eq!(refused.json()["code_text"], "AUTHENTICATION");
        }
    }
}

#[tokio::test]
async fn other_paths_are_not_found_in_streampays_words() {
    let client = Client::plain().await;
    for path in ["/nothing", "/merchants/1/2", "/terminals/1/sessions"] {
        let refused = client.get(path).await;
        assert_eq!(refused.status, 404);
        assert_eq!(refused.json()["error"]["english"], "Not found");
    }
}
