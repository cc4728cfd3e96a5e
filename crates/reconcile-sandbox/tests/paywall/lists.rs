//! The lists of transactions, and the inquiry.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use reconcile_sandbox::{PaywallStatus, PaywallTransaction};
use serde_json::Value;

use crate::client::{Client, DAY};

fn istanbul() -> TimeZone {
    TimeZone::get("Europe/Istanbul").unwrap()
}

fn created_on(client: &Client, day: &str) -> Vec<u64> {
    let day: Date = day.parse().unwrap();
    let is_of_the_day = |it: &&PaywallTransaction| it.created().to_zoned(istanbul()).date() == day;
    let all = client.sandbox.paywall_world().transactions().iter();
    all.filter(is_of_the_day)
        .map(PaywallTransaction::id)
        .collect()
}

#[tokio::test]
async fn pages_have_every_transaction_of_a_day_once_in_order() {
    let client = Client::plain().await;
    let expected = created_on(&client, DAY);
    assert!(expected.len() > 20);
    let mut listed = Vec::new();
    let mut page = 1;
    loop {
        let answer = client.transactions(DAY, &page.to_string(), "7").await;
        let body = answer.success();
        assert_eq!(body["TotalRecords"], expected.len());
        assert_eq!(
            (&body["Page"], &body["PageSize"]),
            (&page.into(), &7.into())
        );
        assert_eq!(body["SortType"], "asc");
        let ids = answer.ids();
        if ids.is_empty() {
            break;
        }
        listed.extend(ids);
        page += 1;
    }
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn only_closed_days_are_listed_and_that_by_istanbuls_midnight() {
    let (client, clock) = Client::at("2026-01-03T20:59:59Z", &[]).await;
    for day in [DAY, "2026-01-04"] {
        assert_eq!(client.transactions(day, "1", "10").await.code(), 269);
        assert_eq!(client.activities(day, &[]).await.code(), 269);
    }
    clock.advance(std::time::Duration::from_secs(1));
    assert!(!client.transactions(DAY, "1", "10").await.ids().is_empty());
    assert!(
        client
            .transactions("2025-01-01", "1", "10")
            .await
            .ids()
            .is_empty()
    );
}

#[tokio::test]
async fn pages_begin_at_one_and_have_a_thousand_rows_at_most() {
    let client = Client::plain().await;
    for (page, size) in [
        ("0", "10"),
        ("-1", "10"),
        ("1", "0"),
        ("1", "1001"),
        ("one", "10"),
    ] {
        assert_eq!(client.transactions(DAY, page, size).await.code(), 2);
    }
    assert!(
        client
            .transactions(DAY, "1", "1000")
            .await
            .success()
            .is_object()
    );
    let missing = client
        .get("/vpos/transaction/list", &[("date", DAY), ("page", "1")])
        .await;
    assert_eq!(missing.code(), 4);
    let absurd = client
        .transactions(DAY, "18446744073709551615", "1000")
        .await;
    assert!(absurd.ids().is_empty());
}

/// The steps of the rows of a page, with the id of their transaction.
fn steps(page: &Value) -> Vec<(u64, Value)> {
    let rows = page["Data"].as_array().unwrap().iter();
    rows.flat_map(|row| {
        let steps = row["Activities"].as_array().unwrap().iter();
        steps.map(|step| (row["Id"].as_u64().unwrap(), step.clone()))
    })
    .collect()
}

/// A day on which something was done to a transaction of an earlier one.
fn day_of_a_refund(client: &Client) -> Date {
    let world = client.sandbox.paywall_world();
    let day = |instant: jiff::Timestamp| instant.to_zoned(istanbul()).date();
    let late = world.steps().iter().find(|step| {
        let transaction = world.transaction_of(step).unwrap();
        day(step.at()) > day(transaction.created()) && step.status() == PaywallStatus::Successful
    });
    day(late.unwrap().at())
}

#[tokio::test]
async fn activities_are_listed_by_the_day_of_a_step_with_or_without_the_others() {
    let client = Client::plain().await;
    let day = day_of_a_refund(&client);
    let is_of_the_day = |step: &Value| {
        let at = step["InsertDateTime"].as_str().unwrap();
        at.starts_with(&day.to_string())
    };
    let whole = client.activities(&day.to_string(), &[]).await.success();
    let all_steps = steps(&whole);
    assert!(all_steps.iter().any(|(_, step)| !is_of_the_day(step)));
    let only = [("onlyDateSensitiveActivity", "true")];
    let sensitive = client.activities(&day.to_string(), &only).await.success();
    let shown = steps(&sensitive);
    let expected: Vec<_> = all_steps
        .into_iter()
        .filter(|(_, it)| is_of_the_day(it))
        .collect();
    assert_eq!(shown, expected);
    assert_eq!(whole["TotalRecords"], sensitive["TotalRecords"]);

    let world = client.sandbox.paywall_world();
    let done = world
        .steps()
        .iter()
        .filter(|it| it.at().to_zoned(istanbul()).date() == day);
    let done: BTreeSet<u64> = done.map(reconcile_sandbox::PaywallStep::id).collect();
    let listed: BTreeSet<u64> = shown
        .iter()
        .map(|(_, it)| it["Id"].as_u64().unwrap())
        .collect();
    assert_eq!(listed, done);
}

#[tokio::test]
async fn only_success_drops_what_failed() {
    let client = Client::plain().await;
    let all = client.activities(DAY, &[]).await.success();
    assert!(steps(&all).iter().any(|(_, step)| step["StatusId"] != 4));
    let only = [("onlySuccess", "TRUE")];
    let successful = client.activities(DAY, &only).await.success();
    assert!(
        steps(&successful)
            .iter()
            .all(|(_, step)| step["StatusId"] == 4)
    );
    assert!(successful["TotalRecords"].as_u64() < all["TotalRecords"].as_u64());
    let bad = client.activities(DAY, &[("onlySuccess", "yes")]).await;
    assert_eq!(bad.code(), 2);
}

#[tokio::test]
async fn a_payment_is_found_by_each_of_its_names() {
    let client = Client::plain().await;
    let world = client.sandbox.paywall_world();
    for transaction in world.transactions().iter().step_by(17) {
        let id = transaction.id().to_string();
        let (code, reference) = (transaction.unique_code(), transaction.reference());
        for (path, name, value) in [
            ("/query", "merchantuniquecode", &reference),
            ("/query/by/uniquecode", "uniquecode", &code),
            ("/query/by/paymentid", "paymentid", &id),
        ] {
            let found = client.get(path, &[(name, value)]).await.success();
            let payment = &found["Paywall"];
            assert_eq!(payment["PaymentId"], transaction.id(), "{path}");
            assert_eq!(payment["StatusId"], transaction.status().id());
            let is_successful = transaction.status() == PaywallStatus::Successful;
            assert_eq!(payment["Status"], is_successful);
            let latest = world
                .steps_of(transaction)
                .last()
                .map(reconcile_sandbox::PaywallStep::id);
            assert_eq!(payment["ActivityId"].as_u64(), latest);
        }
    }
    for (path, name, value) in [
        ("/query", "merchantuniquecode", "order-1"),
        ("/query", "merchantuniquecode", "order-00100001"),
        (
            "/query/by/uniquecode",
            "uniquecode",
            "00000000-0000-4000-a000-0000014ee9bb",
        ),
        ("/query/by/paymentid", "paymentid", "one"),
    ] {
        assert_eq!(
            client.get(path, &[(name, value)]).await.code(),
            56,
            "{value}"
        );
    }
}

#[tokio::test]
async fn a_reference_that_was_paid_twice_is_the_later_payment() {
    let client = Client::plain().await;
    let world = client.sandbox.paywall_world();
    let (original, repeated) = world.duplicates().next().expect("one");
    assert_eq!(original.reference(), repeated.reference());
    let key = [("merchantuniquecode", &*repeated.reference())];
    let found = client.get("/query", &key).await.success();
    assert_eq!(found["Paywall"]["PaymentId"], repeated.id());
}
