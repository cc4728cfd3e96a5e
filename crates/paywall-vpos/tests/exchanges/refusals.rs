//! Refusals and other answers that are none, told by what they are.

use futures::{StreamExt, TryStreamExt};
use httpmock::prelude::*;
use jiff::civil::date;
use paywall_vpos::{
    ActivitiesQuery, ActivityFilters, Client, Error, ReconciliationsQuery, TransactionsQuery,
};
use reconcile_transport::{RetryPolicy, Transport};
use reconcile_trials::at_once;

use crate::{
    END_OF_DAY, LIST, RECONCILE, RECONCILIATION, TRANSACTIONS, client,
    mock::{CLIENT, KEY, answer, config, fixture, get},
    stored, totals,
};

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
    insta::assert_snapshot!(told.join("\n"), @r"
    reconciliation: Paywall refused, code 3: There is no data
      Paywall has nothing under that day or key: is it the right one, and the right account?
    reconciliation: Paywall refused, code 4: A header is missing
      a header did not arrive: parameters travel as headers, which a proxy may drop
    end of day: Paywall refused, code 65: The end of day is not valid
      the day seems to have no end of day yet: it opens at 00:30 of the next, in Istanbul
    reconciliation list: Paywall refused, code 113: The date range must be less than 31 days
      ask for fewer than 31 days at once
    reconciliation list: Paywall refused, code 386: The start date is not valid
      Paywall does not take the first day: is it over, and before the last?
    reconciliation list: Paywall refused, code 387: The end date is not valid
      Paywall does not take the last day: is it over, and after the first?
    transaction list: Paywall refused, code 401: Unauthorized
      check the private key and the private client, of the merchant panel under Developer, Integration: those of another environment, and public ones, do not work
    ");
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
        let error = Client::new(config.transport(at_once().build().unwrap())).unwrap_err();
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
