//! Every transient fault and every deviation of bodies does here, too, what
//! its name says.

use std::collections::BTreeSet;

use reconcile_sandbox::{Fault, FaultKind, Faults, ODD_AMOUNTS, PaywallTransaction};
use serde_json::Value;

use crate::client::{Answer, Client, DAY, request};

/// The first of the small world's days.
const FIRST: &str = "2026-01-01";

/// A page of ten.
async fn page(client: &Client, number: usize) -> Answer {
    client.transactions(DAY, &number.to_string(), "10").await
}

#[tokio::test]
async fn refusals_in_the_place_of_an_answer_strike_twice_and_have_paywalls_form() {
    for (fault, status) in [
        ("rate-limit", 429),
        ("rate-limit-retry-after", 429),
        ("server-error", 500),
    ] {
        let client = Client::struck_by(fault).await;
        for (answer, again) in [
            (page(&client, 1).await, page(&client, 1).await),
            (client.end_of_day(DAY).await, client.end_of_day(DAY).await),
            (
                client.reconciliation(DAY).await,
                client.reconciliation(DAY).await,
            ),
            (
                client.reconciliations("0", "9").await,
                client.reconciliations("0", "9").await,
            ),
        ] {
            assert_eq!((answer.status, again.status), (status, status));
            assert_eq!(answer.json()["ErrorCode"], status);
            assert_eq!(answer.json()["Result"], false);
            let says_when = answer.header("retry-after").is_some();
            assert_eq!(says_when, fault == "rate-limit-retry-after");
        }
        assert_eq!(page(&client, 1).await.ids().len(), 10);
        let kind = fault.parse::<Fault>().unwrap().kind();
        assert_eq!(client.sandbox.requests().injected(kind), 8);
    }
}

#[tokio::test]
async fn a_proxy_answers_with_pages() {
    let client = Client::struck_by("html-body").await;
    let html = client.end_of_day(DAY).await;
    assert_eq!(
        (html.status, html.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let client = Client::struck_by("unavailable=always").await;
    assert_eq!(client.end_of_day(DAY).await.status, 503);
}

#[tokio::test]
async fn connections_break_and_bodies_come_short_or_slowly() {
    let cut = page(&Client::struck_by("cut-connection").await, 1).await;
    assert!(cut.status == 0 || !cut.is_whole());
    let short = page(&Client::struck_by("short-body").await, 1).await;
    assert!(serde_json::from_slice::<Value>(&short.body).is_err());
    assert_eq!((short.status, short.header("content-length")), (200, None));
    let slow = page(&Client::struck_by("slow-body=1").await, 1).await;
    assert_eq!(slow.ids().len(), 10);
}

#[tokio::test]
async fn bodies_are_larger_or_deeper_than_any_client_should_bear() {
    let large = page(&Client::struck_by("oversize-body=2").await, 1).await;
    assert!(large.body.len() > 2 << 20 && large.ids().len() == 10);
    let deep = Client::struck_by("deep-json").await.end_of_day(DAY).await;
    assert!(deep.text().contains(&"[".repeat(100_000)));
}

#[tokio::test]
async fn pages_repeat_misstate_their_number_or_how_many_there_are() {
    let plain = Client::plain().await;
    let (first, second) = (page(&plain, 1).await, page(&plain, 2).await);
    let repeating = Client::struck_by("repeat-page").await;
    assert_eq!(page(&repeating, 1).await.text(), first.text());
    let repeated = page(&repeating, 2).await;
    assert_eq!(
        (repeated.ids(), &repeated.success()["Page"]),
        (first.ids(), &2.into())
    );
    let wrong = page(&Client::struck_by("wrong-page").await, 2).await;
    assert_eq!(
        (wrong.ids(), &wrong.success()["Page"]),
        (second.ids(), &3.into())
    );
    let stated = |page: &Answer| page.success()["TotalRecords"].as_u64().unwrap();
    let mismatch = page(&Client::struck_by("rows-mismatch").await, 1).await;
    assert_eq!(stated(&mismatch), stated(&first) + 1);

    let list = |client: Client| async move { client.reconciliations("2", "2").await.success() };
    let right = list(Client::plain().await).await;
    let repeated = list(Client::struck_by("repeat-page").await).await;
    assert_ne!(repeated["Data"], right["Data"]);
    let more = list(Client::struck_by("rows-mismatch").await).await;
    assert_eq!(
        (&more["Data"], &more["TotalRecord"]),
        (&right["Data"], &2.into())
    );
    assert_eq!(list(Client::struck_by("wrong-page").await).await, right);
}

#[tokio::test]
async fn late_rows_show_up_between_the_first_requests() {
    let client = Client::struck_by("insert-while-paging").await;
    let whole = Client::plain().await;
    let (mut missing, mut days) = (0, 0);
    for day in ["2026-01-01", "2026-01-02", DAY, "2026-01-04", "2026-01-05"] {
        let expected = whole.transactions(day, "1", "1000").await.ids();
        let mut seen = Vec::new();
        for _ in 0..8 {
            seen.push(client.transactions(day, "1", "1000").await.ids().len());
        }
        assert!(seen.is_sorted());
        assert_eq!(seen[7], expected.len());
        missing += expected.len() - seen[0];
        days += 1;
    }
    assert!(missing > 0 && days == 5);
}

#[tokio::test]
async fn bodies_deviate_as_the_switch_says() {
    let first = async |fault: &str| {
        let client = Client::struck_by(fault).await;
        let page = client.transactions(FIRST, "1", "10").await;
        (page.text(), page.json()["Body"]["Data"][0].clone())
    };
    let (_, unknown) = first("unknown-fields").await;
    assert!(unknown["sandboxExtra"].is_object() && unknown["Card"]["sandboxExtra"].is_object());
    let (_, nulls) = first("null-optionals").await;
    assert!(nulls["Card"].is_null() && nulls["Id"].is_u64() && nulls["Amount"].is_number());
    let (text, _) = first("integers").await;
    assert!(text.contains(r#""Commission":2,"#) && !text.contains(".00,"));
    let (text, shuffled) = first("shuffle-keys").await;
    assert!(text.starts_with(r#"{"Body":{"Data":[{"#));
    assert_eq!(shuffled.as_object().unwrap().len(), 20);
    let client = Client::struck_by("unknown-values").await;
    let page = client.transactions(DAY, "1", "1000").await;
    assert!(page.text().contains(r#""StatusId":42"#) && page.text().contains(r#""MethodId":99"#));
}

#[tokio::test]
async fn planted_amounts_stand_in_the_first_transactions_by_their_lexemes() {
    let client = Client::struck_by("odd-amounts").await;
    let text = client.transactions(FIRST, "1", "5").await.text();
    let amounts: Vec<_> = text
        .split(r#""TrackingCode":"","Amount":"#)
        .skip(1)
        .map(|rest| rest.split(',').next().unwrap())
        .collect();
    assert_eq!(amounts, ODD_AMOUNTS);
    let client = Client::struck_by("bad-record").await;
    let page = client.transactions(FIRST, "1", "10").await.success();
    let bad = |place: usize| page["Data"][place]["Amount"].is_object();
    let all: Vec<usize> = (0..10).filter(|place| bad(*place)).collect();
    assert_eq!(all, [7]);
}

#[tokio::test]
async fn what_acts_is_struck_only_where_that_is_wanted_and_has_acted() {
    let sent = async |faults: &[&str]| {
        let faults = faults.iter().chain(&["unreconciled=5"]);
        let faults: Faults = faults
            .map(|fault| fault.parse::<Fault>().unwrap())
            .collect();
        let client = Client::turned(faults.one_in(1)).await;
        let body = request(DAY, &client.figures(DAY));
        let status = client.reconcile(&body).await.status;
        // A look-up of another key may be struck as well, twice at most.
        let mut kept = client.reconciliation(DAY).await;
        while serde_json::from_slice::<Value>(&kept.body).is_err() || kept.status != 200 {
            kept = client.reconciliation(DAY).await;
        }
        (status, kept.json()["Result"] == true)
    };
    assert_eq!(sent(&["server-error"]).await, (200, true));
    assert_eq!(sent(&["server-error", "struck-writes"]).await, (500, true));
    assert_eq!(sent(&["rate-limit", "struck-writes"]).await, (429, false));
    assert_eq!(sent(&["short-body", "struck-writes"]).await, (200, true));
}

#[tokio::test]
async fn a_fault_at_one_gateway_leaves_the_others_alone() {
    let elsewhere = Client::struck_by("tupay/server-error").await;
    assert_eq!(elsewhere.end_of_day(DAY).await.status, 200);
    let here = Client::struck_by("paywall/server-error").await;
    assert_eq!(here.end_of_day(DAY).await.status, 500);
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
    let parameters = [
        ("date", DAY),
        ("page", "1"),
        ("pageSize", "9"),
        ("Accept-Encoding", "gzip"),
    ];
    let zipped = client.get("/vpos/transaction/list", &parameters).await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    let (one, other) = (Client::plain().await, Client::plain().await);
    let ids = |client: &Client| -> Vec<u64> {
        let all = client.sandbox.paywall_world().transactions().iter();
        all.map(PaywallTransaction::id).collect()
    };
    assert_eq!(ids(&one), ids(&other));
    assert_eq!(page(&one, 1).await.text(), page(&other, 1).await.text());
    let lists = (
        one.reconciliations("0", "9").await,
        other.reconciliations("0", "9").await,
    );
    assert_eq!(lists.0.text(), lists.1.text());
}
