//! What is asked for, and what is refused before it is.

use futures::{StreamExt, TryStreamExt};
use httpmock::prelude::*;
use jiff::{civil::date, tz::TimeZone};
use paywall_vpos::{
    ActivitiesQuery, ActivityFilters, BaseUrl, BucketName, Client, Environment, Error,
    ReconciliationsQuery, Sort, TransactionsQuery,
};

use crate::{
    ACTIVITIES, END_OF_DAY, LIST, RECONCILIATION, TRANSACTIONS, client,
    mock::{answer, config, config_at, fixture},
    reconciled, totals,
};

#[tokio::test]
async fn a_day_is_looked_up_with_its_date_in_a_header() {
    let server = MockServer::start_async().await;
    let day = date(2024, 5, 7);
    let counted = answer(
        &server,
        END_OF_DAY,
        &[("endofdaydate", "2024-05-07")],
        fixture!("end-of-day/day"),
    )
    .await;
    let stored = answer(
        &server,
        RECONCILIATION,
        &[("reconciliationdate", "2024-05-07")],
        &reconciled(),
    )
    .await;
    let client = client(&server);
    let end_of_day = client.end_of_day(day).await.unwrap();
    assert_eq!(end_of_day.total_amount.to_string(), "46.00");
    assert_eq!(end_of_day.bucket(BucketName::Unsuccessful).count, 1);
    let reconciliation = client.reconciliation(day).await.unwrap();
    assert!(reconciliation.is_reconciled);
    assert_eq!(
        client.find_reconciliation(day).await.unwrap(),
        Some(reconciliation)
    );
    counted.assert_calls_async(1).await;
    stored.assert_calls_async(2).await;
}

#[tokio::test]
async fn lists_are_asked_for_with_all_their_parameters_in_headers() {
    let server = MockServer::start_async().await;
    let transactions = answer(
        &server,
        TRANSACTIONS,
        &[("page", "3"), ("pageSize", "25"), ("date", "2026-05-14")],
        fixture!("transaction-list/intraday"),
    )
    .await;
    let activities = answer(
        &server,
        ACTIVITIES,
        &[
            ("page", "1"),
            ("pageSize", "1000"),
            ("date", "2026-05-13"),
            ("onlySuccess", "true"),
            ("onlyDateSensitiveActivity", "false"),
        ],
        fixture!("activity-list/intraday"),
    )
    .await;
    let list = answer(
        &server,
        LIST,
        &[
            ("datefrom", "2024-05-01"),
            ("dateto", "2024-05-31"),
            ("start", "20"),
            ("length", "10"),
            ("sortvalue", "desc"),
        ],
        fixture!("reconciliation-list/page"),
    )
    .await;
    let client = client(&server);
    let third = TransactionsQuery::new(date(2026, 5, 14))
        .page(3)
        .page_size(25);
    let page = client.transactions(&third).await.unwrap();
    assert_eq!((page.total_records, page.data[0].id), (4, 21_951_627));
    let successes =
        ActivitiesQuery::new(date(2026, 5, 13)).filters(ActivityFilters::new().only_success());
    let page = client.activities(&successes).await.unwrap();
    assert_eq!(page.data[0].activities[0].amount.to_string(), "1.51");
    let may = ReconciliationsQuery::new(date(2024, 5, 1), date(2024, 5, 31))
        .start(20)
        .length(10)
        .sort(Sort::Descending);
    let page = client.reconciliation_list(&may).await.unwrap();
    assert_eq!((page.data.len(), page.total_record), (3, Some(3)));
    for mock in [transactions, activities, list] {
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn a_payment_is_found_by_each_of_its_keys() {
    let server = MockServer::start_async().await;
    let body = fixture!("payment-inquiry/successful");
    let query = "/api/paywall/private/query";
    let by_code = format!("{query}/by/uniquecode");
    let by_id = format!("{query}/by/paymentid");
    let mocks = [
        answer(&server, query, &[("merchantuniquecode", "order-1")], body).await,
        answer(&server, &by_code, &[("uniquecode", "7876-319b")], body).await,
        answer(&server, &by_id, &[("paymentid", "21951627")], body).await,
    ];
    let client = client(&server);
    let found = [
        client.payment_by_merchant_code("order-1").await.unwrap(),
        client.payment_by_unique_code("7876-319b").await.unwrap(),
        client.payment_by_id(21_951_627).await.unwrap(),
    ];
    for (payment, mock) in found.iter().zip(&mocks) {
        assert_eq!(payment.payment_id, 21_951_627);
        assert_eq!(payment.payment_amount.to_string(), "10.00");
        mock.assert_async().await;
    }
    for key in [
        "",
        "  ",
        "two\nlines",
        "a\r\napikeyprivate: b",
        "ödeme",
        " order-1",
        "order-1 ",
    ] {
        let error = client.payment_by_merchant_code(key).await.unwrap_err();
        assert!(matches!(error, Error::Query { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_day_before_its_opening_is_refused_before_any_request() {
    let server = MockServer::start_async().await;
    let any = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(500);
        })
        .await;
    // 00:29 on 8 May in Istanbul.
    let client = Client::new(config_at(&server, "2024-05-07T21:29:59Z")).unwrap();
    let day = date(2024, 5, 7);
    let error = client.reconcile(&totals()).await.unwrap_err();
    insta::assert_snapshot!(
        error,
        @"reconcile: 2024-05-07 opens on 2024-05-08 00:30 in Europe/Istanbul"
    );
    for error in [
        client.end_of_day(day).await.unwrap_err(),
        client.reconciliation(day).await.unwrap_err(),
        client.compare(&totals()).await.unwrap_err(),
        client
            .transactions(&TransactionsQuery::new(date(2024, 5, 8)))
            .await
            .unwrap_err(),
        client
            .activities(&ActivitiesQuery::new(date(2024, 5, 9)))
            .await
            .unwrap_err(),
        client
            .all_transactions(day, date(2024, 5, 9))
            .try_next()
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(error, Error::NotYet { .. }), "{error:?}");
        assert!(error.hint().unwrap().contains("2024-05-"));
    }
    any.assert_calls_async(0).await;
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_before_any_request() {
    let server = MockServer::start_async().await;
    let any = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(500);
        })
        .await;
    let client = client(&server);
    let day = date(2026, 5, 14);
    for query in [
        TransactionsQuery::new(day).page(0),
        TransactionsQuery::new(day).page_size(0),
        TransactionsQuery::new(day).page_size(1001),
    ] {
        let error = client.transactions(&query).await.unwrap_err();
        assert!(matches!(error, Error::Query { .. }), "{query:?}");
    }
    for query in [
        ReconciliationsQuery::new(day, date(2026, 5, 13)),
        ReconciliationsQuery::new(day, day).length(0),
    ] {
        let error = client.reconciliation_list(&query).await.unwrap_err();
        assert!(matches!(error, Error::Query { .. }), "{query:?}");
    }
    let inverted = client.all_reconciliations(day, date(2026, 5, 13));
    assert!(inverted.collect::<Vec<_>>().await[0].is_err());
    let intraday = client
        .intraday_transactions(&TransactionsQuery::new(day))
        .await;
    assert!(intraday.unwrap_err().to_string().contains("not published"));
    for config in [
        config(&server).page_size(0),
        config(&server).page_size(1001),
        config(&server).zone(TimeZone::fixed(jiff::tz::offset(3))),
    ] {
        let error = Client::new(config).unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{error:?}");
    }
    any.assert_calls_async(0).await;
}

#[tokio::test]
async fn intraday_lists_are_asked_for_where_their_paths_are_told() {
    let server = MockServer::start_async().await;
    let listed = answer(
        &server,
        "/api/paywall/somewhere/intraday",
        &[("date", "2026-05-31")],
        fixture!("transaction-list/intraday"),
    )
    .await;
    let steps = answer(
        &server,
        "/api/paywall/somewhere/intraday/activity",
        &[("date", "2026-06-01"), ("onlySuccess", "false")],
        fixture!("activity-list/intraday"),
    )
    .await;
    let config = config(&server).intraday_paths(
        "/api/paywall/somewhere/intraday",
        "/api/paywall/somewhere/intraday/activity",
    );
    let client = Client::new(config).unwrap();
    let yesterday = TransactionsQuery::new(date(2026, 5, 31));
    client.intraday_transactions(&yesterday).await.unwrap();
    let today = ActivitiesQuery::new(date(2026, 6, 1));
    client.intraday_activities(&today).await.unwrap();
    listed.assert_async().await;
    steps.assert_async().await;
    for day in [date(2026, 5, 30), date(2026, 6, 2)] {
        let error = client
            .intraday_transactions(&TransactionsQuery::new(day))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Query { .. }), "{error:?}");
    }
}

#[test]
fn environments_are_those_that_are_published_and_plain_http_is_for_loopback_only() {
    let hosts = [
        Environment::Production,
        Environment::Test,
        Environment::TurkeyProduction,
    ]
    .map(|environment| environment.base_url().parse::<BaseUrl>().unwrap());
    insta::assert_snapshot!(hosts.map(|host| host.to_string()).join("\n"), @r"
    https://payment-private-api.itspaywall.com
    https://test-payment-private-api.itspaywall.com
    https://payment-private-api.paywall.com.tr
    ");
    assert!("https://paywall.example.com".parse::<BaseUrl>().is_ok());
    assert!("http://127.0.0.1:8080".parse::<BaseUrl>().is_ok());
    assert!("http://paywall.example.com".parse::<BaseUrl>().is_err());
}
