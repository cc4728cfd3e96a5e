//! Single exchanges, as the documentation has them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/mock.rs"]
mod mock;

use futures::{StreamExt, TryStreamExt};
use httpmock::prelude::*;
use jiff::{civil::date, tz::TimeZone};
use mock::{CLIENT, KEY, answer, config, config_at, fixture, get, transport};
use paywall_vpos::{
    ActivitiesQuery, ActivityFilters, BaseUrl, BucketName, Client, Environment, Error,
    ReconciliationsQuery, Sort, TransactionsQuery,
    models::{EndOfDay, Envelope, ReconcileRequest},
};
use reconcile_core::Bucket;
use reconcile_transport::{RetryPolicy, Transport};

const RECONCILIATION: &str = "/api/paywall/private/vpos/reconciliation";
const END_OF_DAY: &str = "/api/paywall/private/vpos/reconciliation/endofday";
const RECONCILE: &str = "/api/paywall/private/vpos/reconciliation/reconcile";
const LIST: &str = "/api/paywall/private/vpos/reconciliation/list";
const TRANSACTIONS: &str = "/api/paywall/private/vpos/transaction/list";
const ACTIVITIES: &str = "/api/paywall/private/vpos/transaction/list/activity";

fn client(server: &MockServer) -> Client {
    Client::new(config(server)).unwrap()
}

/// The totals of the published request.
fn totals() -> ReconcileRequest {
    serde_json::from_str(fixture!("reconcile/request")).unwrap()
}

/// The published reconciliation, as one of the day of [`totals`].
fn reconciled() -> String {
    fixture!("reconciliation/reconciled").replace("2024-05-05", "2024-05-07")
}

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

/// Answers what is stored of the day of [`totals`].
async fn stored<'a>(server: &'a MockServer, body: &str) -> httpmock::Mock<'a> {
    answer(
        server,
        RECONCILIATION,
        &[("reconciliationdate", "2024-05-07")],
        body,
    )
    .await
}

#[tokio::test]
async fn totals_are_sent_as_published_once_it_is_known_that_the_day_is_not_reconciled() {
    let failed = reconciled().replace("true,\n    \"Ins", "false,\n    \"Ins");
    assert!(failed.contains("\"IsReconciled\": false"));
    for before in [fixture!("reconciliation/no-data"), failed.as_str()] {
        let server = MockServer::start_async().await;
        let asked = stored(&server, before).await;
        let sent = server
            .mock_async(|when, then| {
                when.method(POST)
                    .path(RECONCILE)
                    .header("apikeyprivate", KEY)
                    .header("apiclientprivate", CLIENT)
                    .header("content-type", "application/json")
                    .body(fixture!("reconcile/request").replace(char::is_whitespace, ""));
                then.status(200).body(fixture!("reconcile/reconciled"));
            })
            .await;
        let outcome = client(&server).reconcile(&totals()).await.unwrap();
        assert!(outcome.is_reconciled);
        assert_eq!(outcome.sides_agree(), Some(true));
        asked.assert_async().await;
        sent.assert_async().await;
    }
}

#[tokio::test]
async fn a_verdict_can_be_held_against_both_sides() {
    let differing = fixture!("reconcile/not-reconciled");
    let wrongly_agreed = differing.replace("\"IsReconciled\": false", "\"IsReconciled\": true");
    let one_sided = differing.replace("\"Merchant\"", "\"Other\"");
    for (body, is_reconciled, sides_agree) in [
        (differing, false, Some(false)),
        (wrongly_agreed.as_str(), true, Some(false)),
        (one_sided.as_str(), false, None),
    ] {
        let server = MockServer::start_async().await;
        stored(&server, fixture!("reconciliation/no-data")).await;
        server
            .mock_async(|when, then| {
                when.method(POST).path(RECONCILE);
                then.status(200).body(body);
            })
            .await;
        let outcome = client(&server).reconcile(&totals()).await.unwrap();
        assert_eq!(outcome.is_reconciled, is_reconciled);
        assert_eq!(outcome.sides_agree(), sides_agree);
    }
}

#[tokio::test]
async fn a_day_that_is_reconciled_is_never_sent_again() {
    let server = MockServer::start_async().await;
    stored(&server, &reconciled()).await;
    let sent = server
        .mock_async(|when, then| {
            when.method(POST);
            then.status(200).body(fixture!("reconcile/reconciled"));
        })
        .await;
    let error = client(&server).reconcile(&totals()).await.unwrap_err();
    assert!(
        matches!(error, Error::AlreadyReconciled { .. }),
        "{error:?}"
    );
    insta::assert_snapshot!(error, @"reconcile: 2024-05-07 is reconciled already; nothing was sent");
    sent.assert_calls_async(0).await;
}

#[tokio::test]
async fn what_is_stored_must_be_known_before_anything_is_sent() {
    let server = MockServer::start_async().await;
    stored(&server, fixture!("reconcile/unsuccessful")).await;
    let sent = server
        .mock_async(|when, then| {
            when.method(POST);
            then.status(200).body(fixture!("reconcile/reconciled"));
        })
        .await;
    let error = client(&server).reconcile(&totals()).await.unwrap_err();
    assert!(matches!(error, Error::Api(refusal) if refusal.operation == "reconciliation"));
    sent.assert_calls_async(0).await;
    // Which number says that there is nothing is not documented.
    let config = config(&server).absent_codes([1, 3]);
    Client::new(config)
        .unwrap()
        .reconcile(&totals())
        .await
        .unwrap();
    sent.assert_calls_async(1).await;
}

#[tokio::test]
async fn totals_are_sent_once_and_a_lost_answer_is_told() {
    let internal = fixture!("reconcile/unsuccessful").replace(": 1,", ": 500,");
    let no_body = r#"{"ErrorCode":0,"Result":true,"Message":"","Body":null}"#;
    for (status, body) in [
        (500, "{}"),
        (503, "<html>"),
        (408, ""),
        (200, "<html>login</html>"),
        (200, r#"{"Result": true"#),
        (200, r#"{"Result": true}"#),
        (200, no_body),
        (200, internal.as_str()),
    ] {
        let server = MockServer::start_async().await;
        stored(&server, fixture!("reconciliation/no-data")).await;
        let sent = server
            .mock_async(|when, then| {
                when.method(POST).path(RECONCILE);
                then.status(status).body(body);
            })
            .await;
        let error = client(&server).reconcile(&totals()).await.unwrap_err();
        assert!(
            matches!(error, Error::Uncertain { .. }),
            "{body}: {error:?}"
        );
        assert!(error.hint().unwrap().contains("sending again is safe"));
        assert!(std::error::Error::source(&error).is_some());
        sent.assert_calls_async(1).await;
    }
}

#[tokio::test]
async fn an_answer_about_another_day_closes_none() {
    let server = MockServer::start_async().await;
    let of_another = stored(&server, fixture!("reconciliation/reconciled")).await;
    let sent = server
        .mock_async(|when, then| {
            when.method(POST);
            let outcome = fixture!("reconcile/reconciled");
            then.status(200)
                .body(outcome.replace("2024-05-07T", "2024-05-06T"));
        })
        .await;
    let client = client(&server);
    let day = totals().date;
    for error in [
        client.reconciliation(day).await.unwrap_err(),
        client.find_reconciliation(day).await.unwrap_err(),
        client.reconcile(&totals()).await.unwrap_err(),
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(
                error,
                @"reconciliation: asked about 2024-05-07, and answered about 2024-05-05"
            );
        }
        assert!(error.hint().unwrap().contains("proxy"));
    }
    sent.assert_calls_async(0).await;
    // Once they are sent, what came of them is then not known.
    of_another.delete_async().await;
    stored(&server, fixture!("reconciliation/no-data")).await;
    let error = client.reconcile(&totals()).await.unwrap_err();
    let Error::Uncertain { cause, .. } = error else {
        panic!("{error:?}");
    };
    insta::assert_snapshot!(cause, @"reconcile: asked about 2024-05-07, and answered about 2024-05-06");
    sent.assert_calls_async(1).await;
}

#[tokio::test]
async fn a_refusal_leaves_no_doubt_about_what_came_of_it() {
    for (status, body) in [
        (200, fixture!("reconcile/not-yet")),
        (200, fixture!("reconcile/already-reconciled")),
        (200, fixture!("reconcile/unsuccessful")),
        (401, "{}"),
        (403, ""),
        (429, ""),
    ] {
        let server = MockServer::start_async().await;
        stored(&server, fixture!("reconciliation/no-data")).await;
        let sent = server
            .mock_async(|when, then| {
                when.method(POST).path(RECONCILE);
                then.status(status).body(body);
            })
            .await;
        let error = client(&server).reconcile(&totals()).await.unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{body}: {error:?}");
        sent.assert_calls_async(1).await;
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

#[tokio::test]
async fn a_refusal_with_http_200_is_an_error_with_number_words_and_hint() {
    let mut told = Vec::new();
    for (path, body) in [
        (RECONCILIATION, fixture!("reconciliation/no-data")),
        (RECONCILIATION, fixture!("reconciliation/header-missing")),
        (END_OF_DAY, fixture!("end-of-day/invalid-end-of-day")),
        (LIST, fixture!("reconciliation-list/range-too-long")),
        (LIST, fixture!("reconciliation-list/invalid-start-date")),
        (LIST, fixture!("reconciliation-list/invalid-end-date")),
        (TRANSACTIONS, fixture!("transaction-list/unauthorized")),
    ] {
        let server = MockServer::start_async().await;
        answer(&server, path, &[], body).await;
        let client = client(&server);
        let day = date(2024, 5, 7);
        let error = match path {
            RECONCILIATION => client.reconciliation(day).await.unwrap_err(),
            END_OF_DAY => client.end_of_day(day).await.unwrap_err(),
            LIST => client
                .reconciliation_list(&ReconciliationsQuery::new(day, day))
                .await
                .unwrap_err(),
            _ => client
                .transactions(&TransactionsQuery::new(day))
                .await
                .unwrap_err(),
        };
        let Error::Api(refusal) = &error else {
            panic!("{error:?}");
        };
        assert!(refusal.meanings().sdk.is_some());
        told.push(format!("{error}\n  {}", error.hint().unwrap()));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn every_other_operation_tells_a_refusal_alike() {
    let server = MockServer::start_async().await;
    let refusal = r#"{"ErrorCode":56,"Result":false,"Message":"Odeme yok","Body":null}"#;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body(refusal);
        })
        .await;
    let client = Client::new(config(&server).intraday_paths("/today", "/today/steps")).unwrap();
    let (over, today) = (date(2026, 5, 14), date(2026, 6, 1));
    let errors = [
        client.activities(&ActivitiesQuery::new(over)).await.err(),
        client
            .intraday_transactions(&TransactionsQuery::new(today))
            .await
            .err(),
        client
            .intraday_activities(&ActivitiesQuery::new(today))
            .await
            .err(),
        client.payment_by_merchant_code("order-1").await.err(),
        client.payment_by_unique_code("7876-319b").await.err(),
        client.payment_by_id(21_951_627).await.err(),
        client.compare(&totals()).await.err(),
        client.all_transactions(over, today).try_next().await.err(),
        client
            .all_activities(over, today, ActivityFilters::new())
            .try_next()
            .await
            .err(),
        client
            .all_reconciliations(over, today)
            .try_next()
            .await
            .err(),
    ];
    let mut told = Vec::new();
    for error in errors {
        let error = error.unwrap();
        assert!(matches!(error, Error::Api(_)), "{error:?}");
        assert!(error.hint().unwrap().contains("PaymentNotFound"));
        told.push(error.to_string());
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    activity list: Paywall refused, code 56: Odeme yok
    intraday transaction list: Paywall refused, code 56: Odeme yok
    intraday activity list: Paywall refused, code 56: Odeme yok
    payment inquiry: Paywall refused, code 56: Odeme yok
    payment inquiry: Paywall refused, code 56: Odeme yok
    payment inquiry: Paywall refused, code 56: Odeme yok
    end of day: Paywall refused, code 56: Odeme yok
    transaction list: Paywall refused, code 56: Odeme yok
    activity list: Paywall refused, code 56: Odeme yok
    reconciliation list: Paywall refused, code 56: Odeme yok
    ");
}

#[tokio::test]
async fn a_number_in_either_published_table_has_a_hint_and_another_has_none() {
    let mut told = Vec::new();
    for code in [2, 8, 92, 4, 9999] {
        let server = MockServer::start_async().await;
        let body = format!(r#"{{"ErrorCode":{code},"Result":false,"Message":"","Body":null}}"#);
        answer(&server, END_OF_DAY, &[], &body).await;
        let error = client(&server).end_of_day(date(2024, 5, 7)).await;
        told.push(error.unwrap_err().hint().unwrap_or_default());
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    code 2 is "unexpected parameters" in Paywall's documentation, and InvalidData in its .NET SDK
    code 8 is "the currency" in Paywall's documentation
    code 92 is PaymentNotConvenientForOperation in its .NET SDK
    a header did not arrive: parameters travel as headers, which a proxy may drop
    "#);
}

#[tokio::test]
async fn a_payment_other_than_the_one_asked_for_is_an_error() {
    let server = MockServer::start_async().await;
    let path = "/api/paywall/private/query/by/paymentid";
    answer(&server, path, &[], fixture!("payment-inquiry/successful")).await;
    let error = client(&server).payment_by_id(7).await.unwrap_err();
    insta::assert_snapshot!(error, @"payment inquiry: asked about 7, and answered about 21951627");
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

#[tokio::test]
async fn either_sign_of_a_refusal_is_one() {
    for body in [
        r#"{"ErrorCode":0,"Result":false,"Message":"no","Body":{"EndOfDayId":1}}"#,
        r#"{"ErrorCode":7,"Result":true,"Message":"no","Body":null}"#,
        r#"{"Result":false}"#,
        r#"{"ErrorCode":7}"#,
    ] {
        let server = MockServer::start_async().await;
        answer(&server, END_OF_DAY, &[], body).await;
        let error = client(&server)
            .end_of_day(date(2024, 5, 7))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn other_answers_are_told_by_what_they_are() {
    for (status, body, expected) in [
        (401, "{}", "Api"),
        (403, "<html>", "Api"),
        (404, "", "Api"),
        (429, r#"{"ErrorCode": 429, "Message": 7}"#, "Api"),
        (500, "[]", "Api"),
        (503, "busy", "Api"),
        (200, "<html>hello</html>", "Transport"),
        (
            200,
            r#"{"ErrorCode": 0, "Result": true, "Body": []}"#,
            "Transport",
        ),
        (
            200,
            r#"{"ErrorCode": 0, "Result": true, "Body": {"EndOfDayId": 1}}"#,
            "Transport",
        ),
        (200, "[]", "Transport"),
        (
            200,
            r#"{"ErrorCode": 0, "Result": true, "Body": null}"#,
            "Empty",
        ),
    ] {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                get(when, END_OF_DAY, &[]);
                then.status(status).body(body);
            })
            .await;
        let error = client(&server)
            .end_of_day(date(2024, 5, 7))
            .await
            .unwrap_err();
        assert!(
            format!("{error:?}").starts_with(expected),
            "{status} {body}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_get_is_repeated_when_paywall_fails() {
    let server = MockServer::start_async().await;
    let failing = server
        .mock_async(|when, then| {
            get(when, END_OF_DAY, &[]);
            then.status(503).up_to_n_times(2);
        })
        .await;
    answer(&server, END_OF_DAY, &[], fixture!("end-of-day/day")).await;
    client(&server).end_of_day(date(2024, 5, 7)).await.unwrap();
    failing.assert_calls_async(2).await;
}

#[tokio::test]
async fn a_wait_that_paywall_asks_for_is_told() {
    for (seconds, wait) in [("7", 7), ("3600", 3600)] {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.path(END_OF_DAY);
                then.status(429).header("retry-after", seconds).body("{}");
            })
            .await;
        let once = Transport::builder().retry(RetryPolicy::never()).build();
        let config = config(&server).transport(once.unwrap());
        let client = Client::new(config).unwrap();
        let error = client.end_of_day(date(2024, 5, 7)).await.unwrap_err();
        let hint = error.hint().unwrap();
        assert!(
            hint.contains(&format!("Paywall asks to wait {wait} s")),
            "{hint}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_takes_no_credential_along() {
    let elsewhere = MockServer::start_async().await;
    let stolen = elsewhere
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body("{}");
        })
        .await;
    for status in [301, 302, 303, 307, 308] {
        let server = MockServer::start_async().await;
        let redirect = server
            .mock_async(|when, then| {
                when.any_request();
                then.status(status).header("location", elsewhere.url("/"));
            })
            .await;
        let client = client(&server);
        let error = client.end_of_day(date(2024, 5, 7)).await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{error:?}");
        assert!(client.reconcile(&totals()).await.is_err());
        // Some answer so to what they have done.
        redirect.delete_async().await;
        stored(&server, fixture!("reconciliation/no-data")).await;
        let sent = server
            .mock_async(|when, then| {
                when.method(POST).path(RECONCILE);
                then.status(status).header("location", elsewhere.url("/"));
            })
            .await;
        let error = client.reconcile(&totals()).await.unwrap_err();
        assert!(matches!(error, Error::Uncertain { .. }), "{error:?}");
        sent.assert_calls_async(1).await;
    }
    stolen.assert_calls_async(0).await;
}

#[tokio::test]
async fn credentials_and_personal_data_are_in_no_output() {
    let server = MockServer::start_async().await;
    let words = r#"{"ErrorCode":2,"Result":false,"Message":"kart 4000 0012 3456 0001 ve jane@example.com"}"#;
    answer(&server, END_OF_DAY, &[], words).await;
    answer(
        &server,
        TRANSACTIONS,
        &[],
        fixture!("transaction-list/intraday"),
    )
    .await;
    let (config, client) = (config(&server), client(&server));
    let error = client.end_of_day(date(2024, 5, 7)).await.unwrap_err();
    let day = TransactionsQuery::new(date(2026, 5, 14));
    let page = client.transactions(&day).await.unwrap();
    let shown = format!(
        "{config:?} {config:#?} {client:?} {client:#?} {error} {error:?} {error:#?} {page:?}"
    );
    let card = page.data[0].card.as_ref().unwrap();
    let holder = card.owner.as_ref().unwrap().expose();
    let secrets = [KEY, CLIENT, "3456", "jane@", holder, "192.0.2.1"];
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    for unusable in ["", "line\nbreak", "ключ", " key", "key "] {
        let base_url = server.base_url().parse().unwrap();
        let config = paywall_vpos::Config::new(base_url, unusable.into(), CLIENT.into());
        let error = Client::new(config.transport(transport())).unwrap_err();
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"`apikeyprivate` is empty, or holds what no header can");
        }
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_an_error_with_its_place_and_not_its_value() {
    let server = MockServer::start_async().await;
    let body = fixture!("transaction-list/intraday")
        .replace("\"TotalRecords\": 4", "\"TotalRecords\": 1")
        .replace("\"Amount\": 10.00", "\"Amount\": {\"secret\": 1}");
    answer(&server, TRANSACTIONS, &[], &body).await;
    let rows = client(&server).all_transactions(date(2026, 5, 14), date(2026, 5, 15));
    let rows: Vec<_> = rows.collect().await;
    let [Err(error)] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    insta::assert_snapshot!(
        error,
        @"transaction list: unexpected JSON, page 0, record 0 at Amount (line 8, column 31): expected a decimal number or a string that holds one, found an object"
    );
}

/// A page of transactions with these ids, made from the published row.
fn page(number: u64, size: u64, total: u64, ids: &[u64]) -> String {
    let sample = fixture!("transaction-list/intraday");
    let (head, rest) = sample.split_once("\"Data\": [").unwrap();
    let (row, _) = rest.rsplit_once("]\n  }\n}").unwrap();
    let head = head
        .replace("\"Page\": 1", &format!("\"Page\": {number}"))
        .replace("\"PageSize\": 1000", &format!("\"PageSize\": {size}"))
        .replace("\"TotalRecords\": 4", &format!("\"TotalRecords\": {total}"));
    let rows: Vec<_> = ids
        .iter()
        .map(|id| row.replace("21951627", &id.to_string()))
        .collect();
    format!("{head}\"Data\": [{}]\n  }}\n}}", rows.join(","))
}

/// All transactions of 14 May 2026, from a server with these pages of two rows.
async fn whole(pages: &[String]) -> Vec<Result<i64, Error>> {
    let server = MockServer::start_async().await;
    for (number, body) in (1_u64..).zip(pages) {
        let number = number.to_string();
        let parameters = [("page", number.as_str()), ("pageSize", "2")];
        answer(&server, TRANSACTIONS, &parameters, body).await;
    }
    let client = Client::new(config(&server).page_size(2)).unwrap();
    let rows = client.all_transactions(date(2026, 5, 14), date(2026, 5, 15));
    rows.map(|row| Ok(row?.id)).collect().await
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page_and_no_further() {
    let pages = [page(1, 2, 3, &[1, 2]), page(2, 2, 3, &[3])];
    let ids: Result<Vec<_>, _> = whole(&pages).await.into_iter().collect();
    assert_eq!(ids.unwrap(), [1, 2, 3]);
    let full = [page(1, 2, 4, &[1, 2]), page(2, 2, 4, &[3, 4])];
    let ids: Result<Vec<_>, _> = whole(&full).await.into_iter().collect();
    assert_eq!(ids.unwrap(), [1, 2, 3, 4]);
    let none: Result<Vec<_>, _> = whole(&[page(1, 2, 0, &[])]).await.into_iter().collect();
    assert!(none.unwrap().is_empty());
}

#[tokio::test]
async fn pages_that_do_not_fit_together_end_with_an_error_after_their_rows() {
    let mut told = Vec::new();
    for (what, pages) in [
        (
            "another page than asked for",
            vec![page(1, 2, 3, &[1, 2]), page(1, 2, 3, &[1, 2])],
        ),
        (
            "the same rows again",
            vec![page(1, 2, 4, &[1, 2]), page(2, 2, 4, &[1, 2])],
        ),
        (
            "fewer rows than stated",
            vec![page(1, 2, 3, &[1, 2]), page(2, 2, 3, &[])],
        ),
        (
            "pages that are capped without a word",
            vec![page(1, 2, 2, &[1]), page(2, 2, 2, &[2]), page(3, 2, 2, &[])],
        ),
        (
            "another page size",
            vec![page(1, 2, 3, &[1, 2]), page(2, 3, 3, &[3])],
        ),
    ] {
        let rows = whole(&pages).await;
        let read = rows.iter().filter(|row| row.is_ok()).count();
        let Some(Err(error)) = rows.last() else {
            panic!("{what} is no error");
        };
        told.push(format!("{what}: {read} rows, then {error}"));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn reconciliations_are_read_by_offset_and_filtered_by_their_day() {
    let server = MockServer::start_async().await;
    let parts = [
        ("2024-04-20", "2024-05-19", "0"),
        ("2024-05-19", "2024-05-25", "0"),
    ];
    let mut mocks = Vec::new();
    for (from, to, start) in parts {
        let parameters = [
            ("datefrom", from),
            ("dateto", to),
            ("start", start),
            ("length", "100"),
            ("sortvalue", "asc"),
        ];
        mocks.push(
            answer(
                &server,
                LIST,
                &parameters,
                fixture!("reconciliation-list/page"),
            )
            .await,
        );
    }
    let client = client(&server);
    let entries: Vec<_> = client
        .all_reconciliations(date(2024, 4, 20), date(2024, 5, 25))
        .try_collect()
        .await
        .unwrap();
    let days: Vec<_> = entries
        .iter()
        .map(|entry| entry.reconciliation_date.day())
        .collect();
    assert_eq!(days, [7, 5, 6]);
    for mock in mocks {
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn a_list_of_reconciliations_without_a_total_is_not_taken_for_whole() {
    let server = MockServer::start_async().await;
    let body = fixture!("reconciliation-list/page").replace("TotalRecord", "Other");
    answer(&server, LIST, &[], &body).await;
    let client = client(&server);
    let mut entries = client.all_reconciliations(date(2024, 5, 1), date(2024, 5, 25));
    let error = entries.try_next().await.unwrap_err();
    assert!(error.to_string().contains("TotalRecord"), "{error}");
}

#[tokio::test]
async fn totals_are_compared_with_the_end_of_day_name_by_name() {
    let server = MockServer::start_async().await;
    answer(&server, END_OF_DAY, &[], fixture!("end-of-day/day")).await;
    let nothing = stored(&server, fixture!("reconciliation/no-data")).await;
    let client = client(&server);
    let comparison = client.compare(&totals()).await.unwrap();
    assert!(comparison.agrees() && comparison.stored.is_none());
    nothing.delete_async().await;
    stored(&server, &reconciled()).await;
    assert!(client.compare(&totals()).await.unwrap().is_reconciled());
    let more = Bucket {
        count: 2,
        amount: "26".parse().unwrap(),
    };
    let other = totals().with(BucketName::Unsuccessful, more);
    let comparison = client.compare(&other).await.unwrap();
    let differing: Vec<_> = comparison.differing().collect();
    assert_eq!(differing.len(), 1);
    assert_eq!(differing[0].name, "unsuccessful");
    assert_eq!(differing[0].merchant, more);
    // The same value with other digits is the same.
    let same = Bucket {
        count: 4,
        amount: "46".parse().unwrap(),
    };
    let same = totals().with(BucketName::Total, same);
    assert!(client.compare(&same).await.unwrap().agrees());
    let published: Envelope<EndOfDay> = serde_json::from_str(fixture!("end-of-day/day")).unwrap();
    assert_eq!(
        published.body.unwrap().bucket(BucketName::Total),
        Bucket {
            count: 4,
            amount: "46.00".parse().unwrap()
        }
    );
}
