//! What no document settles, one way and the other.

use serde_json::{Value, json};

use crate::client::{Client, printed};

async fn with(switch: &str) -> Client {
    Client::struck_by(&[switch]).await
}

#[tokio::test]
async fn lists_say_more_or_less_of_their_pages() {
    let pages = async |switch: &str, list: &str| {
        let client = with(switch).await;
        let page = client.get(&format!("/{list}?limit=2&page=2")).await;
        page.json()["pages"].clone()
    };
    for (switch, expected) in [
        ("pages-shape=absent", Value::Null),
        ("pages-shape=current", json!({"current": 2})),
        ("pages-shape=number", json!(3)),
        ("pages-shape=both", json!({"total": 3, "current": 2})),
    ] {
        assert_eq!(pages(switch, "terminals").await, expected, "{switch}");
    }
    let merchants = "merchants";
    assert_eq!(pages("pages-number=count", merchants).await, 2);
    assert_eq!(pages("pages-number=current", merchants).await, 2);
    assert_eq!(pages("pages-shape=absent", merchants).await, Value::Null);
    let client = with("pages-number=current").await;
    assert_eq!(client.get("/merchants?limit=2").await.json()["pages"], 1);
}

#[tokio::test]
async fn pages_have_fewer_rows_than_were_asked_for() {
    let client = with("max-rows=20").await;
    let count = async |query: &str| {
        let page = client.get(&format!("/transactions{query}")).await;
        page.rows("transactions").len()
    };
    assert_eq!(count("").await, 20);
    assert_eq!(count("?limit=100").await, 20);
    assert_eq!(count("?limit=7").await, 7);
}

#[tokio::test]
async fn pages_may_be_counted_by_what_was_asked_for() {
    let total_and_first = async |switch: &str| {
        let client = Client::struck_by(&["max-rows=2", switch]).await;
        let page = client.get("/terminals?limit=3&page=2").await;
        let all = client.sandbox.streampay_world().terminals();
        let first = page.ids("terminals")[0].clone();
        let place = all.iter().position(|terminal| terminal.id() == first);
        (page.json()["pages"]["total"].clone(), place, all.len())
    };
    assert_eq!(
        total_and_first("cap-counts=sent").await,
        (json!(3), Some(2), 5)
    );
    assert_eq!(
        total_and_first("cap-counts=total").await,
        (json!(2), Some(2), 5)
    );
    // One row is on no page.
    assert_eq!(
        total_and_first("cap-counts=places").await,
        (json!(2), Some(3), 5)
    );
}

#[tokio::test]
async fn pages_beyond_the_end_are_empty_missing_or_the_last_one_again() {
    let page = async |switch: &str, number: usize| {
        let client = with(switch).await;
        client
            .get(&format!("/terminals?limit=2&page={number}"))
            .await
    };
    let last = page("beyond-end=empty", 3).await;
    assert_eq!(last.rows("terminals").len(), 1);
    assert!(
        page("beyond-end=empty", 4)
            .await
            .rows("terminals")
            .is_empty()
    );
    assert_eq!(page("beyond-end=not-found", 3).await.status, 200);
    assert_eq!(page("beyond-end=not-found", 4).await.status, 404);
    let again = page("beyond-end=last-page", 4).await;
    assert_eq!(again.ids("terminals"), last.ids("terminals"));
}

#[tokio::test]
async fn rows_come_oldest_first_unless_turned() {
    let first = async |switch: &str| {
        let client = with(switch).await;
        client.get("/transactions").await.ids("transactions")[0].clone()
    };
    let world = Client::plain().await;
    let world = world.sandbox.streampay_world().transactions();
    assert_eq!(first("latency=1").await, world[0].id());
    assert_eq!(first("order=oldest").await, world[0].id());
    assert_eq!(first("order=newest").await, world[world.len() - 1].id());
}

#[tokio::test]
async fn the_range_is_of_what_happened_or_of_what_was_stored_then() {
    let client = Client::struck_by(&["filter-by=created", "stored-late=30"]).await;
    let plain = Client::struck_by(&["stored-late=30"]).await;
    // The third day, in Riyadh.
    let day = "from=1767387600000&to=1767473999999";
    let created = async |client: &Client, id: &Value| {
        let path = format!("/transactions/{}", id.as_str().unwrap());
        let found = client.get(&path).await.json();
        let text = found["transaction"]["created_at"].as_str().unwrap();
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    };
    let is_in = |at: i64| (1_767_387_600_000..=1_767_473_999_999).contains(&at);
    let mut late = 0;
    let rows = client.all("transactions", day).await;
    for row in &rows {
        assert!(is_in(created(&client, &row["id"]).await));
        let first = &row["receipts"][0];
        let began = printed(&first["start_date"], &first["start_time"]);
        late += usize::from(!is_in(began.as_millisecond()));
    }
    assert!(late > 0 && late < rows.len() / 5);
    let by_start = plain.all("transactions", day).await;
    assert_ne!(by_start.len(), 0);
    for row in &by_start {
        let first = &row["receipts"][0];
        let began = printed(&first["start_date"], &first["start_time"]);
        assert!(is_in(began.as_millisecond()));
    }
    assert!(!client.all("reconciliations", day).await.is_empty());
}

#[tokio::test]
async fn the_end_of_the_range_is_in_it_unless_turned() {
    let count = async |switch: &str| {
        let client = with(switch).await;
        let at = client.sandbox.streampay_world().transactions()[5].at();
        let at = at.as_millisecond();
        let query = format!("from={at}&to={at}");
        client.get(&format!("/transactions?{query}")).await
    };
    assert_eq!(count("latency=1").await.rows("transactions").len(), 1);
    // Then nothing can be in it.
    let none = count("exclusive-to").await;
    assert!(none.rows("transactions").is_empty());
}

#[tokio::test]
async fn a_tid_is_text_or_a_number() {
    let client = with("tid-is=number").await;
    let rows = client.all("transactions", "tid=18").await;
    assert!(!rows.is_empty());
    assert!(
        rows.iter()
            .all(|row| row["receipts"][0]["tid"] == "0000000000000018")
    );
    assert_eq!(client.all("terminals", "tid=018").await.len(), 1);
}

#[tokio::test]
async fn the_terminal_of_reconciliations_is_ignored() {
    let client = with("ignores-terminal").await;
    let query = format!("terminal_id={}", client.terminal(0));
    let all = client.sandbox.streampay_world().reconciliations().len();
    assert_eq!(client.all("reconciliations", &query).await.len(), all);
}

#[tokio::test]
async fn reversals_have_one_word_or_two() {
    let words = async |switch: &str| {
        let client = with(switch).await;
        let rows = client.all("transactions", "").await;
        let receipts = rows
            .iter()
            .flat_map(|row| row["receipts"].as_array().unwrap());
        let words = receipts.map(|it| it["type"].as_str().unwrap().to_owned());
        words.collect::<std::collections::BTreeSet<_>>()
    };
    let plain = words("reversal-type=plain").await;
    assert_eq!(Vec::from_iter(plain), ["purchase", "refund", "reversal"]);
    let named = words("reversal-type=named").await;
    assert!(named.contains("purchase_reversal") && !named.contains("reversal"));
}

#[tokio::test]
async fn times_are_riyadhs_unless_turned() {
    let start = async |switch: &str| {
        let client = with(switch).await;
        let rows = client.get("/transactions").await.rows("transactions");
        let first = &rows[0]["receipts"][0];
        let begun = client.sandbox.streampay_world().transactions()[0].at();
        let printed = printed(&first["start_date"], &first["start_time"]);
        begun.duration_since(printed).as_hours()
    };
    assert_eq!(start("streampay-zone=riyadh").await, 0);
    assert_eq!(start("streampay-zone=utc").await, 3);
}

#[tokio::test]
async fn cards_are_masked_unless_turned() {
    let number = async |switch: &str| {
        let client = with(switch).await;
        let rows = client.get("/transactions").await.rows("transactions");
        rows[0]["receipts"][0]["pan"].as_str().unwrap().to_owned()
    };
    let (masked, whole) = (number("latency=1").await, number("unmasked-card").await);
    assert_eq!((masked.len(), whole.len()), (19, 19));
    assert_eq!(&masked[7..14], "** ****");
    assert_eq!(masked[..7], whole[..7]);
    assert_eq!(masked[14..], whole[14..]);
    assert!(!whole.contains('*'));
}

#[tokio::test]
async fn refusals_are_plain_or_rich() {
    let refused = async |switch: &str, path: &str| {
        let client = with(switch).await;
        client.get(path).await.json()
    };
    let (missing, wrong) = ("/terminals/1", "/terminals?page=0");
    let plain = refused("refusal-shape=plain", missing).await;
    let expected = json!({"statusCode": 404, "message": "Terminal not found"});
    assert_eq!(plain, expected);
    let mixed = refused("refusal-shape=mixed", missing).await;
    assert_eq!(mixed["error"]["english"], "Terminal not found");
    assert_eq!(mixed["statusCode"], 404);
    let rich = refused("refusal-shape=rich", wrong).await;
    assert_eq!(rich["error"]["english"], "page must be a positive number");
    let plain = refused("refusal-shape=plain", wrong).await;
    assert_eq!(
        plain["message"],
        json!({"page": ["page must be a positive number"]})
    );
}

#[tokio::test]
async fn keys_and_addresses_are_refused_with_the_status_that_is_wanted() {
    let client = with("wrong-password-status=403").await;
    let refused = client.send("GET", "/merchants", &[], "").await;
    assert_eq!(refused.status, 403);
    let client = with("ip-not-allowed").await;
    assert_eq!(client.get("/merchants").await.status, 403);
}
