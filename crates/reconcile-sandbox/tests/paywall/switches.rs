//! What no document says is a switch.

use reconcile_sandbox::{
    Fault, Faults, PaywallFigure, PaywallStatus, PaywallStep, PaywallStepKind, PaywallTransaction,
};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::client::{AFTERWARDS, Client, DAY, request};

#[tokio::test]
async fn codes_are_as_they_are_turned() {
    let opening = "2026-01-03T21:00:00Z";
    let (early, _) = Client::at(opening, &["not-open-code=65", "end-of-day-code=269"]).await;
    let own = request(DAY, &early.figures(DAY));
    assert_eq!(early.reconcile(&own).await.code(), 65);
    assert_eq!(early.end_of_day(DAY).await.code(), 269);
    assert_eq!(early.transactions("2026-01-04", "1", "9").await.code(), 65);
    let turned = ["already-code=1", "no-record-code=57", "not-found-code=3"];
    let (late, _) = Client::at(AFTERWARDS, &turned).await;
    assert_eq!(late.reconcile(&own).await.code(), 1);
    assert_eq!(late.reconciliation("2026-02-11").await.code(), 57);
    assert_eq!(late.end_of_day("2026-02-11").await.code(), 57);
    let unknown = late.get("/query/by/paymentid", &[("paymentid", "1")]).await;
    assert_eq!(unknown.code(), 3);
}

#[tokio::test]
async fn refusals_come_with_the_status_that_is_turned() {
    let status = async |fault: &str| {
        let client = Client::struck_by(fault).await;
        let stranger = [("apikeyprivate", "a"), ("apiclientprivate", "b")];
        let path = "/vpos/reconciliation";
        let missing = client.get(path, &[]).await;
        let wrong = client.send("GET", path, &stranger, "").await;
        let empty = client.reconciliation("2026-02-11").await;
        for answer in [&missing, &wrong, &empty] {
            assert_eq!(answer.json()["Result"], false);
        }
        (missing.status, wrong.status, empty.status)
    };
    assert_eq!(status("missing-header=envelope").await, (200, 200, 200));
    assert_eq!(status("missing-header=unauthorized").await, (401, 200, 200));
    assert_eq!(status("wrong-key-status=403").await, (200, 403, 200));
    assert_eq!(status("refusal-status=422").await, (422, 200, 422));
    let elsewhere = Client::struck_by("ip-not-allowed").await;
    assert_eq!(elsewhere.end_of_day(DAY).await.code(), 513);
}

#[tokio::test]
async fn parameters_of_the_query_count_where_that_is_turned_on() {
    let client = Client::struck_by("query-parameters").await;
    let path = format!("/vpos/transaction/list?date={DAY}&page=1&pageSize=5");
    assert_eq!(client.get(&path, &[]).await.ids().len(), 5);
    // Keys do not travel so.
    let access = client.sandbox.paywall();
    let keys = format!(
        "/vpos/reconciliation?apikeyprivate={}&apiclientprivate={}&reconciliationdate={DAY}",
        access.api_key, access.api_client
    );
    assert_eq!(client.send("GET", &keys, &[], "").await.code(), 4);
}

/// The figures of a day, by name.
async fn figures(client: &Client, day: &str, names: [&str; 2]) -> [(u64, String); 2] {
    let text = client.end_of_day(day).await.text();
    names.map(|name| {
        let after = |key: &str| {
            let (_, rest) = text.split_once(&format!(r#""{key}":"#)).unwrap();
            rest.split([',', '}']).next().unwrap().to_owned()
        };
        let count = after(&format!("{name}Count")).parse().unwrap();
        (count, after(&format!("{name}Amount")))
    })
}

fn told(figure: PaywallFigure) -> (u64, String) {
    (figure.count, format!("{:.2}", figure.amount))
}

#[tokio::test]
async fn the_total_counts_what_it_is_told_to() {
    let (all, decided, parts) = (
        Client::plain().await,
        Client::struck_by("total-counts=decided").await,
        Client::struck_by("total-counts=parts").await,
    );
    let own = all.figures(DAY);
    let total = async |client: &Client| figures(client, DAY, ["Total", "Cancel"]).await[0].clone();
    let sum = |figures: &[PaywallFigure]| {
        let count = figures.iter().map(|it| it.count).sum();
        let amount: Decimal = figures.iter().map(|it| it.amount).sum();
        (count, format!("{amount:.2}"))
    };
    let two = [own.successful, own.unsuccessful];
    let five = [
        own.successful,
        own.unsuccessful,
        own.refund,
        own.partial_refund,
        own.cancel,
    ];
    assert_eq!(total(&all).await, told(own.total));
    assert_eq!(total(&decided).await, sum(&two));
    assert_eq!(total(&parts).await, sum(&five));
    assert!(told(own.total) != sum(&two) && sum(&two) != sum(&five));
}

/// The undone amount of a transaction, where it was given back.
fn undone(client: &Client, transaction: &PaywallTransaction) -> Decimal {
    let steps = client.sandbox.paywall_world().steps_of(transaction).iter();
    let given_back = |step: &&PaywallStep| {
        step.kind() != PaywallStepKind::Sale && step.status() == PaywallStatus::Successful
    };
    steps.filter(given_back).map(PaywallStep::amount).sum()
}

#[tokio::test]
async fn what_is_taken_back_counts_on_its_own_day_or_with_its_sale() {
    let day = "2026-01-01";
    let (own, with_sale) = (
        Client::plain().await,
        Client::struck_by("day-of=transaction").await,
    );
    let names = ["Refund", "PartialRefund"];
    assert_ne!(
        figures(&own, day, names).await,
        figures(&with_sale, day, names).await
    );
    let mut counts = [0, 0];
    let mut days: Vec<String> = (1..=5).map(|day| format!("2026-01-0{day}")).collect();
    for day in days.drain(..) {
        for (client, count) in [&own, &with_sale].into_iter().zip(&mut counts) {
            let [refunds, parts] = figures(client, &day, names).await;
            *count += refunds.0 + parts.0;
        }
    }
    assert_eq!(counts[0], counts[1], "over all days it comes to the same");
}

#[tokio::test]
async fn what_was_taken_back_is_successful_or_not() {
    let net = Client::struck_by("successful-is=net").await;
    let day: jiff::civil::Date = DAY.parse().unwrap();
    let zone = jiff::tz::TimeZone::get("Europe/Istanbul").unwrap();
    let left: Vec<Decimal> = net
        .sandbox
        .paywall_world()
        .transactions()
        .iter()
        .filter(|it| it.created().to_zoned(zone.clone()).date() == day)
        .filter(|it| it.status() == PaywallStatus::Successful)
        .map(|it| it.amount() - undone(&net, it))
        .filter(|left| !left.is_zero())
        .collect();
    let amount: Decimal = left.iter().sum();
    let [successful, _] = figures(&net, DAY, ["Successful", "Cancel"]).await;
    assert_eq!(successful, (left.len() as u64, format!("{amount:.2}")));
    assert_ne!(successful, told(net.figures(DAY).successful));
}

#[tokio::test]
async fn days_are_istanbuls_or_those_of_utc() {
    let utc = Client::struck_by("paywall-zone=utc").await;
    let page = utc.transactions(DAY, "1", "1000").await;
    let day: jiff::civil::Date = DAY.parse().unwrap();
    let all = utc.sandbox.paywall_world().transactions().iter();
    let of_the_day = all.filter(|it| it.created().to_zoned(jiff::tz::TimeZone::UTC).date() == day);
    let expected: Vec<u64> = of_the_day.map(PaywallTransaction::id).collect();
    assert_eq!(page.ids(), expected);
    for row in page.success()["Data"].as_array().unwrap() {
        assert!(row["InsertDateTime"].as_str().unwrap().starts_with(DAY));
    }
    let [total, _] = figures(&utc, DAY, ["Total", "Cancel"]).await;
    assert_eq!(total.0, expected.len() as u64);
    // The world begins at midnight in Istanbul, which is the day before.
    assert!(utc.end_of_day("2025-12-31").await.success().is_object());
}

#[tokio::test]
async fn lists_have_what_is_under_way_or_not() {
    let statuses = async |fault: &str| {
        let client = Client::struck_by(fault).await;
        let page = client.transactions(DAY, "1", "1000").await.success();
        let rows = page["Data"].as_array().unwrap().iter();
        rows.map(|row| row["StatusId"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let is_final = |status: &u64| [4, 5, 7].contains(status);
    let all = statuses("listed=all").await;
    assert!(!all.iter().all(is_final));
    let completed: Vec<u64> = all.into_iter().filter(is_final).collect();
    assert_eq!(statuses("listed=completed").await, completed);
}

#[tokio::test]
async fn types_of_steps_begin_where_they_are_turned_to() {
    let types = async |fault: &str| {
        let client = Client::struck_by(fault).await;
        let mut types = std::collections::BTreeSet::new();
        for day in 1..=5 {
            let page = client
                .activities(&format!("2026-01-0{day}"), &[])
                .await
                .success();
            for row in page["Data"].as_array().unwrap() {
                let steps = row["Activities"].as_array().unwrap().iter();
                types.extend(steps.map(|step| step["TypeId"].as_u64().unwrap()));
            }
        }
        Vec::from_iter(types)
    };
    assert_eq!(types("latency=1").await, [1, 2, 3, 4]);
    assert_eq!(types("step-types=20").await, [1, 20, 21, 22]);
}

#[tokio::test]
async fn pages_are_ordered_capped_and_end_as_turned() {
    let plain = Client::plain()
        .await
        .transactions(DAY, "1", "1000")
        .await
        .ids();
    let newest = Client::struck_by("order=newest").await;
    let page = newest.transactions(DAY, "1", "1000").await;
    assert_eq!(page.success()["SortType"], "desc");
    assert!(page.ids().iter().eq(plain.iter().rev()));
    let few = Client::struck_by("max-rows=8").await;
    let page = few.transactions(DAY, "2", "1000").await;
    assert_eq!(
        (page.ids(), &page.success()["PageSize"]),
        (plain[8..16].to_vec(), &8.into())
    );
    assert_eq!(
        few.reconciliations("0", "20").await.success()["Data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let beyond = async |fault: &str| {
        Client::struck_by(fault)
            .await
            .transactions(DAY, "99", "10")
            .await
    };
    assert!(beyond("beyond-end=empty").await.ids().is_empty());
    assert_eq!(beyond("beyond-end=not-found").await.code(), 3);
    let last = beyond("beyond-end=last-page").await;
    assert_eq!(last.ids(), plain.chunks(10).last().unwrap());
}

#[tokio::test]
async fn the_list_of_reconciliations_is_bounded_as_turned() {
    let list = async |fault: &str, to: &str, length: &str| {
        let client = Client::struck_by(fault).await;
        let parameters = [
            ("datefrom", "2026-01-01"),
            ("dateto", to),
            ("start", "1"),
            ("length", length),
        ];
        client.get("/vpos/reconciliation/list", &parameters).await
    };
    let count = |list: Value| list["Data"].as_array().unwrap().len();
    assert_eq!(
        count(list("latency=1", "2026-01-31", "3").await.success()),
        3
    );
    assert_eq!(list("latency=1", "2026-02-01", "3").await.code(), 113);
    assert_eq!(list("range-limit=5", "2026-01-06", "3").await.code(), 113);
    assert_eq!(
        count(list("length-is-end", "2026-01-31", "3").await.success()),
        2
    );
    assert_eq!(
        count(list("exclusive-to", "2026-01-03", "9").await.success()),
        1
    );
    assert_eq!(list("latency=1", "2025-12-31", "3").await.code(), 386);
    // Stored on the mornings after: the first to the fourth of five days.
    assert_eq!(
        count(list("range-of=stored", "2026-01-05", "9").await.success()),
        3
    );
}

#[tokio::test]
async fn a_day_sent_again_is_changed_or_kept_beside() {
    let entries = async |fault: &str| {
        let faults = [fault, "unreconciled=5"].map(|fault| fault.parse::<Fault>().unwrap());
        let client = Client::turned(faults.into_iter().collect::<Faults>()).await;
        let right = client.figures(DAY);
        let mut wrong = right;
        wrong.total = PaywallFigure::new(0, Decimal::ZERO);
        client.reconcile(&request(DAY, &wrong)).await;
        client.reconcile(&request(DAY, &right)).await;
        let parameters = [
            ("datefrom", DAY),
            ("dateto", DAY),
            ("start", "0"),
            ("length", "9"),
        ];
        let list = client.get("/vpos/reconciliation/list", &parameters).await;
        let list = list.success();
        let rows = list["Data"].as_array().unwrap().iter();
        rows.map(|row| (row["IsReconciled"].clone(), row["UpdateDateTime"].is_null()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        entries("reconcile-again=update").await,
        [(true.into(), false)]
    );
    let beside = [(true.into(), true), (false.into(), true)];
    assert_eq!(entries("reconcile-again=insert").await, beside);
}

#[tokio::test]
async fn intraday_lists_are_there_only_where_they_are_turned_on() {
    let path = "/vpos/transaction/list/intraday";
    let parameters = |day| [("date", day), ("page", "1"), ("pageSize", "1000")];
    let (off, _) = Client::at("2026-01-04T10:00:00Z", &[]).await;
    assert_eq!(off.get(path, &parameters(DAY)).await.status, 404);
    let (on, _) = Client::at("2026-01-04T10:00:00Z", &["intraday"]).await;
    for (day, is_listed) in [
        ("2026-01-02", false),
        (DAY, true),
        ("2026-01-04", true),
        ("2026-01-05", false),
    ] {
        let page = on.get(path, &parameters(day)).await;
        assert_eq!(page.json()["Result"], is_listed, "{day}");
    }
    let path = "/vpos/transaction/list/activity/intraday";
    assert!(!on.get(path, &parameters(DAY)).await.ids().is_empty());
}

#[tokio::test]
async fn card_numbers_are_masked_unless_turned() {
    let numbers = async |fault: &str| {
        let client = Client::struck_by(fault).await;
        let page = client.transactions(DAY, "1", "1000").await.success();
        let rows = page["Data"].as_array().unwrap().iter();
        rows.map(|row| row["Card"]["Number"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (masked, whole) = (numbers("latency=1").await, numbers("unmasked-card").await);
    assert!(
        masked
            .iter()
            .all(|it| it.len() == 16 && &it[8..12] == "****")
    );
    let is_digit = |letter: char| letter.is_ascii_digit();
    assert!(
        whole
            .iter()
            .all(|it| it.len() == 16 && it.chars().all(is_digit))
    );
    for (masked, whole) in masked.iter().zip(&whole) {
        assert_eq!((&masked[..8], &masked[12..]), (&whole[..8], &whole[12..]));
    }
}
