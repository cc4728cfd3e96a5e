//! What is wrong on purpose, in one place each.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::client::Client;

/// The days of the small world.
const DAYS: [&str; 5] = [
    "2026-01-01",
    "2026-01-02",
    "2026-01-03",
    "2026-01-04",
    "2026-01-05",
];

async fn ends_of_days(client: &Client) -> Vec<String> {
    let mut days = Vec::new();
    for day in DAYS {
        days.push(client.end_of_day(day).await.text());
    }
    days
}

/// The places that differ.
fn differing<T: PartialEq>(one: &[T], other: &[T]) -> Vec<usize> {
    (0..DAYS.len())
        .filter(|day| one[*day] != other[*day])
        .collect()
}

#[tokio::test]
async fn one_end_of_day_is_off_by_a_minor_unit_or_by_one() {
    let client = Client::plain().await;
    let right = ends_of_days(&client).await;
    let successful = client.figures(DAYS[2]).successful;
    let amount = |amount| format!(r#""SuccessfulAmount":{amount},"#);
    let count = |count| format!(r#""SuccessfulCount":{count},"#);
    for (fault, stated, told) in [
        (
            "end-of-day-off=amount",
            amount(successful.amount),
            amount(successful.amount + Decimal::new(1, 2)),
        ),
        (
            "end-of-day-off=count",
            count(successful.count),
            count(successful.count + 1),
        ),
    ] {
        let off = ends_of_days(&Client::struck_by(fault).await).await;
        assert_eq!(differing(&right, &off), [2]);
        assert_eq!(off[2], right[2].replace(&stated, &told), "and nothing else");
        assert_ne!(off[2], right[2]);
    }
}

#[tokio::test]
async fn one_day_has_no_end() {
    let right = ends_of_days(&Client::plain().await).await;
    let client = Client::struck_by("missing-day").await;
    assert_eq!(differing(&right, &ends_of_days(&client).await), [3]);
    assert_eq!(client.end_of_day(DAYS[3]).await.code(), 3);
}

async fn verdicts(fault: &str) -> Vec<Value> {
    let client = Client::struck_by(fault).await;
    let mut verdicts = Vec::new();
    for day in DAYS {
        verdicts.push(client.reconciliation(day).await.json());
    }
    verdicts
}

#[tokio::test]
async fn one_verdict_is_missing_late_or_against_the_merchant() {
    let right = verdicts("latency=1").await;
    assert!(right.iter().all(|it| it["Body"]["IsReconciled"] == true));
    let missing = verdicts("verdict-missing").await;
    assert_eq!(differing(&right, &missing), [1]);
    assert_eq!(missing[1]["ErrorCode"], 3);
    let wrong = verdicts("verdict-false").await;
    assert_eq!(differing(&right, &wrong), [3]);
    assert_eq!(wrong[3]["Body"]["IsReconciled"], false);
    let last = verdicts("unreconciled=2").await;
    assert_eq!(differing(&right, &last), [3, 4]);
}

#[tokio::test]
async fn a_late_verdict_is_there_once_it_is_not_late_any_more() {
    let late = "verdict-late";
    let inserted = async |instant: &str| {
        let (client, _) = Client::at(instant, &[late]).await;
        client.reconciliation(DAYS[1]).await.json()
    };
    // 43 days after the morning of the third.
    assert_eq!(inserted("2026-02-15T05:00:00Z").await["ErrorCode"], 3);
    let kept = inserted("2026-02-15T09:00:00Z").await;
    let at = kept["Body"]["InsertDateTime"].as_str().unwrap();
    assert!(at.starts_with("2026-02-15T"), "{at}");
}

/// The list of reconciliations, the first stored first.
async fn listed(fault: &str) -> Vec<Value> {
    let client = Client::struck_by(fault).await;
    let parameters = [
        ("datefrom", DAYS[0]),
        ("dateto", DAYS[4]),
        ("start", "0"),
        ("length", "20"),
        ("sortvalue", "asc"),
    ];
    let list = client.get("/vpos/reconciliation/list", &parameters).await;
    list.success()["Data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_list_disagrees_with_what_is_told_of_one_day() {
    let right = listed("latency=1").await;
    let verdict = listed("list-disagrees=verdict").await;
    assert_eq!(differing(&right, &verdict), [2]);
    assert_eq!(verdict[2]["IsReconciled"], false);
    let mut twice = listed("list-disagrees=twice").await;
    let second = twice.remove(3);
    assert_eq!(twice, right);
    assert_eq!(second["ReconciliationDate"], "2026-01-03T00:00:00");
    assert!(
        right
            .iter()
            .all(|entry| entry["ReconciliationId"] != second["ReconciliationId"])
    );
    let later = listed("list-disagrees=later").await;
    assert_eq!(differing(&right, &later), [2]);
    let stored = later[2]["InsertDateTime"].as_str().unwrap();
    assert!(stored.starts_with("2026-01-07T"), "{stored}");
    assert_eq!(listed("list-disagrees=alone").await, right);

    let told = verdicts("latency=1").await;
    for fault in ["verdict", "twice", "later"] {
        let fault = format!("list-disagrees={fault}");
        assert_eq!(verdicts(&fault).await, told, "{fault}");
    }
    let alone = verdicts("list-disagrees=alone").await;
    assert_eq!(differing(&told, &alone), [2]);
    assert_eq!(alone[2]["ErrorCode"], 3);
}

#[tokio::test]
async fn one_end_of_day_is_the_one_before() {
    let right = ends_of_days(&Client::plain().await).await;
    let stale = ends_of_days(&Client::struck_by("end-of-day-stale").await).await;
    assert_eq!(differing(&right, &stale), [3]);
    assert_eq!(stale[3], right[2]);
}

#[tokio::test]
async fn one_reconciliation_is_listed_twice() {
    let (right, repeated) = (listed("latency=1").await, listed("repeated-day").await);
    assert_eq!((right.len(), repeated.len()), (5, 6));
    let mut once = repeated.clone();
    once.dedup();
    assert_eq!(once, right);
}
