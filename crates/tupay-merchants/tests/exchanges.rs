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
use mock::{TOKEN, config, fixture, server_with_login};
use reconcile_transport::{RetryPolicy, Transport};
use reconcile_trials::at_once;
use rust_decimal::dec;
use tupay_merchants::{
    BalanceReportQuery, CashoutReference, CashoutsPath, CashoutsQuery, Client, DepositsQuery,
    Error, NotesQuery, Payments, PaymentsConfig, SettlementsQuery,
    models::{
        CashoutState, CashoutStatus, DepositStatus, NoteCategory, RejectionCode, SettlementStatus,
    },
};

fn client(base_url: &str) -> Client {
    Client::new(config(base_url)).unwrap()
}

fn june() -> DepositsQuery {
    DepositsQuery::new().between(
        "2024-06-01T00:00:00Z".parse().unwrap(),
        "2024-06-30T00:00:00Z".parse().unwrap(),
    )
}

#[tokio::test]
async fn a_list_carries_the_token_of_the_cookie_and_the_documented_parameters() {
    let server = server_with_login().await;
    let list = server
        .mock_async(|when, then| {
            when.method(GET)
                .path("/v1/deposits")
                .header("authorization", format!("Bearer {TOKEN}"))
                .query_param("from", "1717200000")
                .query_param("to", "1719705600")
                .query_param("page", "0")
                .query_param("country", "PE")
                .query_param("paymentMethod", "XAQR")
                .query_param("clienteDocument", "00000001")
                .query_param("status", "CANCELLED");
            then.status(200).body(fixture!("deposits/page"));
        })
        .await;
    let query = june()
        .country("PE")
        .payment_method("XAQR")
        .client_document("00000001")
        .status(DepositStatus::Cancelled);
    let page = client(&server.base_url()).deposits(&query).await.unwrap();
    list.assert_async().await;
    let deposit = &page.data[0];
    assert_eq!(deposit.id_deposit, 301_393_325);
    assert_eq!(deposit.amount, dec!(7.92));
    assert_eq!(deposit.requested_amount.unwrap().to_string(), "30.0");
    assert_eq!(deposit.status, DepositStatus::Cancelled);
    assert!(!page.has_more());
}

#[tokio::test]
async fn what_a_server_ignores_is_filtered_on_this_side() {
    let server = server_with_login().await;
    server
        .mock_async(|when, then| {
            when.path("/v1/deposits");
            then.status(200).body(fixture!("deposits/page"));
        })
        .await;
    let client = client(&server.base_url());
    for query in [
        june().client_document("87654321"),
        june().country("BR"),
        june().payment_method("XA"),
        june().status(DepositStatus::Pending),
    ] {
        let page = client.deposits(&query).await.unwrap();
        assert!(page.data.is_empty(), "{query:?}");
        assert_eq!(page.rows, 1);
    }
}

#[tokio::test]
async fn integers_where_others_send_fractions_are_read_as_amounts() {
    let server = server_with_login().await;
    server
        .mock_async(|when, then| {
            when.path("/v1/deposits");
            then.status(200).body(fixture!("deposits/sibling"));
        })
        .await;
    let page = client(&server.base_url()).deposits(&june()).await.unwrap();
    assert_eq!(page.data[0].amount.to_string(), "10");
    assert_eq!(page.data[0].balance_currency, None);
    // The page says two rows and has one, as published.
    assert_eq!((page.rows, page.data.len()), (2, 1));
}

#[tokio::test]
async fn cashouts_have_both_spellings_of_the_path() {
    let server = server_with_login().await;
    for (path, setting) in [
        ("/v1/cashouts", CashoutsPath::Plural),
        ("/v1/cashout", CashoutsPath::Singular),
    ] {
        let list = server
            .mock_async(|when, then| {
                when.method(GET).path(path);
                then.status(200).body(fixture!("cashouts/page"));
            })
            .await;
        let client = Client::new(config(&server.base_url()).cashouts_path(setting)).unwrap();
        let page = client.cashouts(&CashoutsQuery::new()).await.unwrap();
        list.assert_async().await;
        assert_eq!(page.data[0].status, CashoutStatus::Pending);
        assert_eq!(page.data[0].amount.to_string(), "200.0");
    }
}

#[tokio::test]
async fn the_published_balance_report_adds_up() {
    let server = server_with_login().await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/v1/balance/report");
            then.status(200).body(fixture!("balance-report/two-days"));
        })
        .await;
    let client = client(&server.base_url());
    let page = client
        .balance_report(&BalanceReportQuery::new())
        .await
        .unwrap();
    let [first, second] = page.data.as_slice() else {
        panic!("two days are published");
    };
    let movement = second.deposit_total.unwrap() - second.deposit_fee_total.unwrap();
    assert_eq!(second.net_amount, Some(movement));
    let rolled = first.total_balance.unwrap() + movement;
    assert_eq!(second.total_balance, Some(rolled));
}

#[tokio::test]
async fn the_lists_of_the_sibling_brands_are_read() {
    let server = server_with_login().await;
    server
        .mock_async(|when, then| {
            when.path("/v1/settlements");
            then.status(200).body(fixture!("settlements/sibling"));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.path("/v1/notes");
            then.status(200).body(fixture!("notes/sibling"));
        })
        .await;
    let client = client(&server.base_url());
    let settlements = client
        .settlements(&SettlementsQuery::new())
        .await
        .unwrap()
        .data;
    for settlement in &settlements {
        let transferred = settlement.requested_amount - settlement.fee.unwrap();
        assert_eq!(settlement.amount_to_transfer, Some(transferred));
        assert_eq!(settlement.status, SettlementStatus::Pending);
    }
    assert_eq!(settlements.len(), 2);
    let notes = client.notes(&NotesQuery::new()).await.unwrap().data;
    assert_eq!(notes[0].category, NoteCategory::Credit);
    let none = client
        .notes(&NotesQuery::new().r#type("OTHER"))
        .await
        .unwrap();
    assert!(none.data.is_empty());
}

#[tokio::test]
async fn a_whole_list_is_never_asked_for_by_what_changes_while_it_is_read() {
    let server = server_with_login().await;
    let by_status = server
        .mock_async(|when, then| {
            when.query_param_exists("status");
            then.status(500);
        })
        .await;
    for (path, body) in [
        ("/v1/deposits", fixture!("deposits/page")),
        ("/v1/settlements", fixture!("settlements/sibling")),
    ] {
        server
            .mock_async(|when, then| {
                when.path(path).query_param_missing("status");
                then.status(200).body(body);
            })
            .await;
    }
    let client = client(&server.base_url());
    let ids = async |status| -> Vec<u64> {
        let rows = client.all_deposits(june().status(status));
        rows.map_ok(|row| row.id_deposit)
            .try_collect()
            .await
            .unwrap()
    };
    assert_eq!(ids(DepositStatus::Cancelled).await, [301_393_325]);
    assert!(ids(DepositStatus::Pending).await.is_empty());
    let winter = SettlementsQuery::new()
        .between(
            "2019-12-01T00:00:00Z".parse().unwrap(),
            "2020-01-20T00:00:00Z".parse().unwrap(),
        )
        .status(SettlementStatus::Completed);
    let rows: Vec<_> = client.all_settlements(winter).try_collect().await.unwrap();
    assert!(rows.is_empty());
    by_status.assert_calls_async(0).await;
}

#[tokio::test]
async fn a_doubt_about_a_whole_list_comes_after_all_of_its_rows() {
    let server = server_with_login().await;
    let second = fixture!("deposits/page").replace("2024-06-01", "2024-03-10");
    // States two rows and has one.
    let doubtful = fixture!("deposits/sibling").to_owned();
    for (from, body) in [("1704067199", doubtful), ("1709164799", second)] {
        server
            .mock_async(|when, then| {
                when.path("/v1/deposits").query_param("from", from);
                then.status(200).body(body);
            })
            .await;
    }
    let query = DepositsQuery::new().between(
        "2024-01-01T00:00:00Z".parse().unwrap(),
        "2024-04-01T00:00:00Z".parse().unwrap(),
    );
    let client = client(&server.base_url());
    let rows: Vec<_> = client.all_deposits(query).collect().await;
    let [Ok(first), Ok(last), Err(error)] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!(
        (first.id_deposit, last.id_deposit),
        (301_164_223, 301_393_325)
    );
    insta::assert_snapshot!(error, @"deposits, page 0: TuPay states 2 rows and sent 1");
}

#[tokio::test]
async fn a_wait_that_tupay_asks_for_is_told() {
    for (seconds, wait) in [("7", 7), ("3600", 3600)] {
        let server = server_with_login().await;
        server
            .mock_async(|when, then| {
                when.path("/v1/deposits");
                then.status(429).header("retry-after", seconds).body("{}");
            })
            .await;
        let once = Transport::builder().retry(RetryPolicy::never()).build();
        let config = config(&server.base_url()).transport(once.unwrap());
        let client = Client::new(config).unwrap();
        let error = client.deposits(&june()).await.unwrap_err();
        let hint = error.hint().unwrap();
        assert!(
            hint.contains(&format!("TuPay asks to wait {wait} s")),
            "{hint}"
        );
    }
}

#[tokio::test]
async fn an_empty_list_and_an_unknown_balance_are_taken_as_they_are() {
    let server = server_with_login().await;
    server
        .mock_async(|when, then| {
            when.path("/v1/deposits");
            then.status(200).body(fixture!("deposits/empty"));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.path("/v1/balance");
            then.status(200)
                .body(r#"{"available": 1.10, "whatever": [1]}"#);
        })
        .await;
    let client = client(&server.base_url());
    assert!(client.deposits(&june()).await.unwrap().data.is_empty());
    let rows: Vec<_> = client.all_deposits(june()).try_collect().await.unwrap();
    assert!(rows.is_empty());
    let balance = client.balance().await.unwrap();
    assert_eq!(balance.json(), r#"{"available": 1.10, "whatever": [1]}"#);
    assert!(!format!("{balance:?}").contains("1.10"));
}

#[tokio::test]
async fn an_address_that_is_not_listed_is_said_to_be_so() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.path("/v1/auth/login");
            then.status(403).body(fixture!("login/forbidden"));
        })
        .await;
    let error = client(&server.base_url())
        .deposits(&june())
        .await
        .unwrap_err();
    let Error::Api(refusal) = &error else {
        panic!("{error:?}");
    };
    assert_eq!((refusal.operation, refusal.code), ("login", Some(83)));
    assert_eq!(refusal.status.as_u16(), 403);
    let words = refusal.message.as_deref().unwrap();
    assert!(words.starts_with("You are not permitted to log in"));
    assert!(error.hint().unwrap().contains("allow-list"));
}

#[tokio::test]
async fn credentials_that_were_refused_are_tried_again_by_a_login_alone() {
    let server = MockServer::start_async().await;
    let refusing = server
        .mock_async(|when, then| {
            when.path("/v1/auth/login");
            then.status(401).body(r#"{"code": 1}"#);
        })
        .await;
    let client = client(&server.base_url());
    for _ in 0..2 {
        let error = client.deposits(&june()).await.unwrap_err();
        assert!(matches!(&error, Error::Api(refusal) if refusal.operation == "login"));
        assert!(error.hint().unwrap().contains("check the access key"));
        client.cashouts(&CashoutsQuery::new()).await.unwrap_err();
    }
    refusing.assert_calls_async(1).await;
    client.login().await.unwrap_err();
    refusing.assert_calls_async(2).await;
    refusing.delete_async().await;
    // What else goes wrong is no refusal of the credentials.
    let failing = server
        .mock_async(|when, then| {
            when.path("/v1/auth/login");
            then.status(404);
        })
        .await;
    client.login().await.unwrap_err();
    client.deposits(&june()).await.unwrap_err();
    failing.assert_calls_async(2).await;
}

#[tokio::test]
async fn a_login_without_the_cookie_is_no_login() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.path("/v1/auth/login");
            then.status(200)
                .header("set-cookie", "SESSION=1")
                .body(fixture!("login/success"));
        })
        .await;
    let error = client(&server.base_url()).login().await.unwrap_err();
    assert!(matches!(error, Error::NoToken), "{error:?}");
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_merchant_entered_again() {
    let server = MockServer::start_async().await;
    let login = server
        .mock_async(|when, then| {
            when.path("/v1/auth/login");
            then.status(200)
                .header("set-cookie", format!("BEARER_TOKEN={TOKEN}"))
                .body(fixture!("login/success"));
        })
        .await;
    let switch = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/v1/auth/77/switchContext")
                .header("cookie", format!("BEARER_TOKEN={TOKEN}"));
            then.status(204);
        })
        .await;
    let list = server
        .mock_async(|when, then| {
            when.path("/v1/deposits");
            then.status(401)
                .body(r#"{"code": 1, "description": "expired"}"#);
        })
        .await;
    let client = client(&server.base_url());
    client.switch_context(77).await.unwrap();
    let error = client.deposits(&june()).await.unwrap_err();
    assert!(matches!(error, Error::Api(refusal) if refusal.status.as_u16() == 401));
    // One session to begin with, and one for each renewal.
    let asked = list.calls_async().await;
    assert!(asked > 1);
    assert_eq!(login.calls_async().await, asked);
    assert_eq!(switch.calls_async().await, asked);
}

#[tokio::test]
async fn logging_out_sends_the_cookie_and_accepts_any_success() {
    let server = server_with_login().await;
    let logout = server
        .mock_async(|when, then| {
            when.method(DELETE)
                .path("/v1/auth/session/destroy")
                .header("cookie", format!("BEARER_TOKEN={TOKEN}"));
            then.status(200).body("bye");
        })
        .await;
    let client = client(&server.base_url());
    client.logout().await.unwrap();
    logout.assert_calls_async(0).await;
    client.login().await.unwrap();
    client.logout().await.unwrap();
    client.logout().await.unwrap();
    logout.assert_calls_async(1).await;
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
    for status in [301, 302, 307, 308] {
        let server = MockServer::start_async().await;
        let target = elsewhere.url("/v1/auth/login");
        server
            .mock_async(|when, then| {
                when.any_request();
                then.status(status).header("location", &target);
            })
            .await;
        let error = client(&server.base_url()).login().await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{error:?}");
    }
    stolen.assert_calls_async(0).await;
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_an_error_with_its_place_and_not_its_value() {
    let server = server_with_login().await;
    let body = fixture!("deposits/page").replace("\"amount\": 7.92", "\"amount\": {\"secret\": 1}");
    server
        .mock_async(|when, then| {
            when.path("/v1/deposits");
            then.status(200).body(body);
        })
        .await;
    let error = client(&server.base_url())
        .deposits(&june().page(4))
        .await
        .unwrap_err();
    insta::assert_snapshot!(
        error,
        @"deposits: unexpected JSON, page 4, record 0 at amount (line 12, column 29): expected a decimal number or a string that holds one, found an object"
    );
}

#[tokio::test]
async fn the_payment_api_is_asked_with_the_documented_signatures() {
    let server = MockServer::start_async().await;
    let body = r#"{"login":"cashout_login","pass":"cashout_pass","cashout_id":11954}"#;
    let cashout = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/v3/cashout/status")
                .body(body)
                .header(
                    "payload-signature",
                    "09f1e4df922045d4aef7ab0cda27fda1ad9c5753e245373bddfecfad53b125e7",
                );
            then.status(200).body(fixture!("cashout-status/rejected"));
        })
        .await;
    let deposit = server
        .mock_async(|when, then| {
            when.method(GET)
                .path("/v3/deposits/301178393")
                .header("x-login", "cashout_login")
                .header_exists("x-date")
                .header_prefix("authorization", "D24 ");
            then.status(200).body(fixture!("deposit-status/pending"));
        })
        .await;
    let payments = payments(&server);
    let found = payments
        .cashout_status(&CashoutReference::CashoutId(11954))
        .await
        .unwrap();
    cashout.assert_async().await;
    assert_eq!(found.cashout_status, CashoutState::Rejected);
    assert_eq!(found.rejection_code, Some(RejectionCode(808)));
    assert_eq!(RejectionCode(808).name(), Some("ERROR_OTHER"));
    let found = payments.deposit_status(301_178_393).await.unwrap();
    deposit.assert_async().await;
    assert_eq!(found.local_amount.unwrap().to_string(), "10.00");
    let shown = format!("{found:?} {payments:?}");
    assert!(!shown.contains("cashout_pass"));
    let payer = found.payer.unwrap();
    for private in [
        payer.document,
        payer.email,
        payer.first_name,
        payer.last_name,
    ] {
        assert!(!shown.contains(private.unwrap().expose()), "{shown}");
    }
}

#[tokio::test]
async fn the_errors_of_the_payment_api_have_another_shape_and_are_read_too() {
    for (status, body, code) in [
        (401, fixture!("cashout-status/invalid-credentials"), 401),
        (412, fixture!("cashout-status/not-found"), 509),
    ] {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.path("/v3/cashout/status");
                then.status(status).body(body);
            })
            .await;
        let asked = CashoutReference::ExternalId("test123".into());
        let error = payments(&server).cashout_status(&asked).await.unwrap_err();
        let Error::Api(refusal) = error else {
            panic!("{error:?}");
        };
        assert_eq!(refusal.code, Some(code));
        assert!(refusal.message.is_some());
    }
}

#[tokio::test]
async fn a_refusal_stays_a_refusal_whatever_its_body() {
    for body in [
        "",
        "null",
        "[]",
        "<html>no</html>",
        r#"{"code": "83"}"#,
        r#"{"code": 83.5, "description": "no"}"#,
        r#"{"message": {"english": "no"}}"#,
        r#"{"code": 83, "code": 84}"#,
    ] {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.path("/v1/auth/login");
                then.status(403).body(body);
            })
            .await;
        let error = client(&server.base_url()).login().await.unwrap_err();
        let Error::Api(refusal) = error else {
            panic!("{body}: {error:?}");
        };
        assert_eq!(refusal.status.as_u16(), 403);
        assert_eq!((refusal.code, refusal.message), (None, None), "{body}");
    }
}

fn payments(server: &MockServer) -> Payments {
    let config = PaymentsConfig::new(
        server.base_url().parse().unwrap(),
        "cashout_login".into(),
        "cashout_pass".into(),
        "api_signature_example".into(),
    );
    Payments::new(config.prefix("D24").transport(at_once().build().unwrap())).unwrap()
}
