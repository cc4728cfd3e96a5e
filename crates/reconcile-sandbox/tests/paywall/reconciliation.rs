//! Reconciling a day, in every state that a day can be in.

use std::time::Duration;

use jiff::civil::Date;
use reconcile_sandbox::PaywallFigure;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::client::{Client, DAY, request};

/// The third of January is over in Istanbul at this instant, and opens half an
/// hour later.
const MIDNIGHT: &str = "2026-01-03T21:00:00Z";

#[tokio::test]
async fn a_day_opens_half_an_hour_after_midnight_in_istanbul() {
    let (client, clock) = Client::at(MIDNIGHT, &[]).await;
    let own = request(DAY, &client.figures(DAY));
    clock.advance(Duration::from_secs(30 * 60 - 1));
    assert_eq!(client.reconcile(&own).await.code(), 269);
    assert_eq!(client.end_of_day(DAY).await.code(), 65);
    clock.advance(Duration::from_secs(1));
    assert_eq!(client.end_of_day(DAY).await.success()["EndOfDayId"], 3_419);
    assert_eq!(client.reconcile(&own).await.success()["IsReconciled"], true);
}

#[tokio::test]
async fn a_day_that_agreed_is_closed() {
    let (client, _) = Client::at("2026-01-04T05:00:00Z", &[]).await;
    assert_eq!(client.reconciliation(DAY).await.code(), 3);
    let own = request(DAY, &client.figures(DAY));
    let outcome = client.reconcile(&own).await.success();
    assert_eq!(outcome["ExistsReconciliation"], false);
    assert_eq!(outcome["ReconciliationDate"], "2026-01-03T00:00:00");
    assert_eq!(outcome["OperationDateTime"], "2026-01-04T08:00:00.000000");
    let kept = client.reconciliation(DAY).await.success();
    assert_eq!(kept["IsReconciled"], true);
    assert_eq!(kept["InsertDateTime"], "2026-01-04T08:00:00.000000");
    assert_eq!(client.reconcile(&own).await.code(), 392);
}

#[tokio::test]
async fn a_day_that_differed_tells_both_sides_and_can_be_sent_again() {
    let (client, clock) = Client::at("2026-01-04T05:00:00Z", &[]).await;
    let figures = client.figures(DAY);
    let mut wrong = figures;
    // One minor unit is enough.
    let amount = figures.refund.amount + Decimal::new(1, 2);
    wrong.refund = PaywallFigure::new(figures.refund.count, amount);
    let outcome = client.reconcile(&request(DAY, &wrong)).await.success();
    assert_eq!(outcome["IsReconciled"], false);
    assert_eq!(
        client.reconciliation(DAY).await.success()["IsReconciled"],
        false
    );
    assert!(sides(&outcome).0 != sides(&outcome).1);

    clock.advance(Duration::from_secs(60));
    let mut wrong = figures;
    wrong.total = PaywallFigure::new(figures.total.count + 1, figures.total.amount);
    let outcome = client.reconcile(&request(DAY, &wrong)).await.success();
    assert_eq!(outcome["ExistsReconciliation"], true);
    assert_eq!(outcome["IsReconciled"], false);

    let outcome = client.reconcile(&request(DAY, &figures)).await.success();
    assert_eq!(outcome["IsReconciled"], true);
    assert_eq!(sides(&outcome).0, sides(&outcome).1);
    let kept = client.reconciliation(DAY).await.success();
    assert_eq!(kept["UpdateDateTime"], "2026-01-04T08:01:00.000000");
}

/// The twelve figures of the merchant and of Paywall.
fn sides(outcome: &Value) -> (Value, Value) {
    let merchant = outcome["Merchant"].clone();
    let mut paywall = outcome["PayWall"].clone();
    assert!(paywall["EndOfDayId"].is_u64());
    paywall.as_object_mut().unwrap().remove("EndOfDayId");
    (merchant, paywall)
}

#[tokio::test]
async fn amounts_are_compared_by_value_and_told_as_they_came() {
    let client = Client::struck_by("unreconciled=5").await;
    let figures = client.figures(DAY);
    let exact = request(DAY, &figures);
    let total = format!(r#""TotalAmount":{}"#, figures.total.amount);
    // More digits than a float holds.
    let longer = exact.replace(&total, &format!("{total}00000000000001"));
    assert_ne!(longer, exact);
    let outcome = client.reconcile(&longer).await;
    assert_eq!(outcome.success()["IsReconciled"], false);
    assert!(outcome.text().contains(&format!("{total}00000000000001")));
    let zeros = exact.replace(&total, &format!("{total}000"));
    assert_eq!(
        client.reconcile(&zeros).await.success()["IsReconciled"],
        true
    );
}

#[tokio::test]
async fn a_body_must_have_every_field_with_a_value_of_its_kind() {
    let client = Client::struck_by("unreconciled=5").await;
    let right = request(DAY, &client.figures(DAY));
    let fields: serde_json::Map<String, Value> = serde_json::from_str(&right).unwrap();
    for missing in fields.keys() {
        let mut fewer = fields.clone();
        fewer.remove(missing);
        let body = Value::Object(fewer).to_string();
        assert_eq!(client.reconcile(&body).await.code(), 2, "{missing}");
    }
    for (right_part, wrong_part) in [
        (r#""Date":"2026-01-03""#, r#""Date":"03.01.2026""#),
        (r#""RefundCount":"#, r#""RefundCount":-"#),
        (r#""RefundAmount":"#, r#""RefundAmount":"1.00","X":"#),
    ] {
        let body = right.replacen(right_part, wrong_part, 1);
        assert_ne!(body, right);
        assert_eq!(client.reconcile(&body).await.code(), 2, "{wrong_part}");
    }
    assert_eq!(client.reconcile("").await.code(), 2);
    // None of that was kept.
    assert_eq!(client.reconciliation(DAY).await.code(), 3);
}

#[tokio::test]
async fn a_day_that_is_not_of_the_world_cannot_be_reconciled() {
    let client = Client::plain().await;
    for day in ["2025-12-31", "2026-01-06"] {
        let own = request(day, &client.figures(DAY));
        assert_eq!(client.reconcile(&own).await.code(), 65);
        assert_eq!(client.end_of_day(day).await.code(), 3);
    }
}

#[tokio::test]
async fn the_merchant_has_reconciled_each_day_the_morning_after() {
    let (client, _) = Client::at("2026-01-04T10:00:00Z", &[]).await;
    for (day, is_kept) in [("2026-01-02", true), (DAY, true), ("2026-01-04", false)] {
        let kept = client.reconciliation(day).await.json();
        assert_eq!(kept["Result"], is_kept, "{day}");
    }
    let kept = client.reconciliation(DAY).await.success();
    let inserted = kept["InsertDateTime"].as_str().unwrap();
    assert!(
        ("2026-01-04T08".."2026-01-04T12").contains(&inserted),
        "{inserted}"
    );
}

#[tokio::test]
async fn the_list_passes_over_takes_and_sorts() {
    let client = Client::plain().await;
    let days = async |start: &str, length: &str, sort: Option<&str>| -> (Vec<Date>, Value) {
        let mut parameters = vec![
            ("datefrom", "2026-01-02"),
            ("dateto", "2026-01-05"),
            ("start", start),
            ("length", length),
        ];
        parameters.extend(sort.map(|sort| ("sortvalue", sort)));
        let list = client.get("/vpos/reconciliation/list", &parameters).await;
        let list = list.success();
        let day = |row: &Value| {
            row["ReconciliationDate"].as_str().unwrap()[..10]
                .parse()
                .unwrap()
        };
        let rows = list["Data"].as_array().unwrap().iter();
        (rows.map(day).collect(), list["TotalRecord"].clone())
    };
    let january = |days: &[i8]| -> Vec<Date> {
        days.iter()
            .map(|day| Date::constant(2026, 1, *day))
            .collect()
    };
    assert_eq!(
        days("0", "20", None).await,
        (january(&[5, 4, 3, 2]), 4.into())
    );
    assert_eq!(
        days("1", "2", Some("desc")).await,
        (january(&[4, 3]), 4.into())
    );
    assert_eq!(
        days("1", "2", Some("asc")).await,
        (january(&[3, 4]), 4.into())
    );
    assert_eq!(days("4", "2", None).await, (january(&[]), 4.into()));
}

#[tokio::test]
async fn parameters_are_headers_and_nothing_else() {
    let client = Client::plain().await;
    let access = client.sandbox.paywall();
    let path = format!("/vpos/reconciliation/endofday?endofdaydate={DAY}");
    assert_eq!(client.get(&path, &[]).await.code(), 4);
    let path = "/vpos/reconciliation/endofday";
    let key = ("ApiKeyPrivate", access.api_key.as_str());
    let own = ("apiclientprivate", access.api_client.as_str());
    let day = ("EndOfDayDate", DAY);
    assert!(
        client
            .send("GET", path, &[key, own, day], "")
            .await
            .success()
            .is_object()
    );
    for fewer in [[key, day], [own, day]] {
        assert_eq!(client.send("GET", path, &fewer, "").await.code(), 4);
    }
    for wrong in [("apikeyprivate", "guess"), ("apiclientprivate", "guess")] {
        let other = if wrong.0 == own.0 { key } else { own };
        let answer = client.send("GET", path, &[wrong, other, day], "").await;
        assert_eq!(answer.code(), 401);
    }
    let posted = client
        .send("POST", "/vpos/reconciliation/reconcile", &[], "{}")
        .await;
    assert_eq!(posted.code(), 4);
}

#[tokio::test]
async fn days_are_written_in_one_way() {
    let client = Client::plain().await;
    for day in [
        "20260103",
        "2026-1-3",
        "2026-01-03T00:00:00",
        "03.01.2026",
        "",
    ] {
        assert_eq!(client.end_of_day(day).await.code(), 2, "{day}");
        assert_eq!(client.transactions(day, "1", "9").await.code(), 2, "{day}");
    }
}

#[tokio::test]
async fn what_paywall_does_not_have_is_its_own_404() {
    let client = Client::plain().await;
    let nowhere = client.get("/vpos/nowhere", &[]).await;
    assert_eq!(
        (nowhere.status, &nowhere.json()["ErrorCode"]),
        (404, &404.into())
    );
    let log = client.sandbox.requests();
    assert_eq!((log.count("paywall/unknown"), log.total()), (1, 1));
}
