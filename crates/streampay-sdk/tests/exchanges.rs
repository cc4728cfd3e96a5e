//! Single exchanges, as the documentation has them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/mock.rs"]
mod mock;

use futures::TryStreamExt;
use httpmock::{Method, prelude::*};
use mock::{API_KEY, config, fixture};
use streampay_sdk::{
    Client, Config, Error, MerchantsQuery, ReconciliationsQuery, TerminalsQuery, TransactionsQuery,
    models::{AssignTerminal, CreateMerchant, CreateReconciliation, CreateTerminal, Pages},
};

const TERMINAL: &str = "3011473a-5784-4ea8-983a-d7a1d9a315da";

fn client(server: &MockServer) -> Client {
    Client::new(config(&server.base_url())).unwrap()
}

/// A server that answers this, and nothing else, with this body.
async fn answering(method: Method, path: &str, body: &str) -> MockServer {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(method)
                .path(format!("/v1/clients-sdk/{path}"))
                .header("api-key", API_KEY)
                .header("accept", "application/json");
            then.status(200).body(body);
        })
        .await;
    server
}

/// The same for what is sent a body, which has to be this one.
async fn taking(path: &str, request: &str, body: &str) -> MockServer {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(POST)
                .path(format!("/v1/clients-sdk/{path}"))
                .header("api-key", API_KEY)
                .header("content-type", "application/json")
                .json_body(serde_json::from_str::<serde_json::Value>(request).unwrap());
            then.status(201).body(body);
        })
        .await;
    server
}

#[tokio::test]
async fn merchants_are_created_listed_and_found() {
    let request = fixture!("create-merchant/request");
    let server = taking("merchants", request, fixture!("create-merchant/created")).await;
    let asked = CreateMerchant::new("streampay's store", "متجر نيرباي").reference_id("01112");
    let created = client(&server).create_merchant(&asked).await.unwrap();
    assert_eq!(created.reference_id.as_deref(), Some("01112"));
    assert_eq!(created.user, None);

    let server = answering(GET, "merchants", fixture!("merchants/page")).await;
    let page = client(&server)
        .merchants(&MerchantsQuery::new())
        .await
        .unwrap();
    assert_eq!(page.rows.len(), 2);
    assert_eq!(page.pages, Some(Pages::Number(1)));

    let id = "c10f260e-1a14-4602-a3b2-f2b5e128d8f6";
    let path = format!("merchants/{id}");
    let server = answering(GET, &path, fixture!("merchant/found")).await;
    let found = client(&server).find_merchant(id).await.unwrap();
    assert_eq!(found.id, id);
}

#[tokio::test]
async fn terminals_are_created_listed_and_found() {
    let request = fixture!("create-terminal/request");
    let server = taking("terminals", request, fixture!("create-terminal/created")).await;
    let asked = CreateTerminal::new("000112", "01b22f94-f8f3-41c6-aa58-304005acaa44");
    let created = client(&server).create_terminal(&asked).await.unwrap();
    assert_eq!(created.terminal.tid.as_deref(), Some("0000000000000031"));
    assert!(created.merchant.is_some());

    let server = answering(GET, "terminals", fixture!("terminals/page")).await;
    let page = client(&server)
        .terminals(&TerminalsQuery::new())
        .await
        .unwrap();
    assert_eq!(page.pages.unwrap().total(), Some(1));
    assert_eq!(page.rows[0].device, None);

    let id = "c25b24b2-0ca9-4f81-a24e-5ae06b4e545a";
    let path = format!("terminals/{id}");
    let server = answering(GET, &path, fixture!("terminal/found")).await;
    let found = client(&server).find_terminal(id).await.unwrap();
    assert_eq!(found.is_assigned_to_user, Some(true));
}

#[tokio::test]
async fn terminals_are_assigned_unassigned_and_disconnected() {
    let path = format!("terminals/{TERMINAL}/assign");
    let request = fixture!("assign-terminal/request");
    let server = taking(&path, request, fixture!("assign-terminal/assigned")).await;
    let body: serde_json::Value = serde_json::from_str(request).unwrap();
    let text = |key: &str| body[key].as_str().unwrap();
    let user = AssignTerminal::new(text("name"), text("mobile"), text("email"));
    let terminal = client(&server)
        .assign_terminal(TERMINAL, &user)
        .await
        .unwrap();
    assert!(terminal.user.is_some() && terminal.device.is_none());

    let path = format!("terminals/{TERMINAL}/unassign");
    let server = answering(PUT, &path, fixture!("unassign-terminal/unassigned")).await;
    let terminal = client(&server).unassign_terminal(TERMINAL).await.unwrap();
    assert_eq!(terminal.user, None);

    let path = format!("terminals/{TERMINAL}/disconnect");
    let server = answering(PUT, &path, fixture!("disconnect-terminal/disconnected")).await;
    let answer = client(&server).disconnect_terminal(TERMINAL).await.unwrap();
    assert!(answer.message.unwrap().contains("disconnected"));
}

#[tokio::test]
async fn transactions_are_listed_and_found() {
    let server = answering(GET, "transactions", fixture!("transactions/page")).await;
    let page = client(&server)
        .transactions(&TransactionsQuery::new())
        .await
        .unwrap();
    assert_eq!((page.rows.len(), page.pages), (2, None));
    let receipt = &page.rows[0].receipts[0];
    assert_eq!(receipt.amount_authorized.value.to_string(), "5.00");
    assert_eq!(receipt.tid.as_deref(), Some("0000000000000018"));

    let id = "cd10c49c-ab61-4214-9e5c-022985b73110";
    let path = format!("transactions/{id}");
    let server = answering(GET, &path, fixture!("transaction/found")).await;
    let found = client(&server).find_transaction(id).await.unwrap();
    assert!(found.created_at.is_some());
}

#[tokio::test]
async fn reconciliations_are_created_listed_and_found() {
    let request = fixture!("create-reconciliation/request");
    let reply = fixture!("create-reconciliation/created");
    let server = taking("reconciliations", request, reply).await;
    let body: serde_json::Value = serde_json::from_str(request).unwrap();
    let asked = CreateReconciliation::new(body["terminal_id"].as_str().unwrap());
    let created = client(&server).create_reconciliation(&asked).await.unwrap();
    assert!(reply.contains(&created.id));

    let server = answering(GET, "reconciliations", fixture!("reconciliations/page")).await;
    let page = client(&server)
        .reconciliations(&ReconciliationsQuery::new())
        .await
        .unwrap();
    assert!(
        page.rows
            .iter()
            .all(|row| row.reconciliation_receipt.is_some())
    );

    let id = "09a949c8-c2c1-40f6-9ec8-ef3864da0558";
    let path = format!("reconciliations/{id}");
    let server = answering(GET, &path, fixture!("reconciliation/found")).await;
    let found = client(&server).find_reconciliation(id).await.unwrap();
    assert_eq!(found.reconciliation_receipt.unwrap().details.total.count, 4);
}

#[tokio::test]
async fn filters_are_sent_as_documented() {
    let server = MockServer::start_async().await;
    let lists = [
        ("terminals", "is_connected", "true"),
        ("terminals", "is_assigned", "false"),
        ("terminals", "tid", "0000000000000024"),
        ("transactions", "tid", "0000000000000018"),
        ("transactions", "from", "1664582400000"),
        ("transactions", "to", "1667260800000"),
        ("reconciliations", "terminal_id", TERMINAL),
        ("reconciliations", "from", "1664582400000"),
    ];
    let mut asked = Vec::new();
    for (list, name, value) in lists {
        let mock = server
            .mock_async(|when, then| {
                when.path(format!("/v1/clients-sdk/{list}"))
                    .query_param("page", "3")
                    .query_param("limit", "7")
                    .query_param(name, value);
                then.status(200).body(format!(r#"{{"{list}":[]}}"#));
            })
            .await;
        let client = client(&server);
        let (from, to) = (
            "2022-10-01T00:00:00Z".parse().unwrap(),
            "2022-11-01T00:00:00Z".parse().unwrap(),
        );
        let empty = match (list, name) {
            ("terminals", _) => {
                let query = TerminalsQuery::new().page(3).limit(7);
                let query = match name {
                    "is_connected" => query.is_connected(true),
                    "is_assigned" => query.is_assigned(false),
                    _ => query.tid(value),
                };
                client.terminals(&query).await.unwrap().rows.is_empty()
            }
            ("transactions", _) => {
                let query = TransactionsQuery::new().page(3).limit(7);
                let query = match name {
                    "tid" => query.tid(value),
                    _ => query.between(from, to),
                };
                client.transactions(&query).await.unwrap().rows.is_empty()
            }
            _ => {
                let query = ReconciliationsQuery::new().page(3).limit(7);
                let query = match name {
                    "terminal_id" => query.terminal(value),
                    _ => query.between(from, to),
                };
                client
                    .reconciliations(&query)
                    .await
                    .unwrap()
                    .rows
                    .is_empty()
            }
        };
        asked.push((name, empty, mock.calls_async().await));
        mock.delete_async().await;
    }
    assert!(
        asked.iter().all(|(_, empty, calls)| *empty && *calls == 1),
        "{asked:?}"
    );
}

#[tokio::test]
async fn what_a_server_ignores_is_filtered_on_this_side() {
    let server = answering(GET, "terminals", fixture!("terminals/page")).await;
    let client_of = client(&server);
    for (query, rows) in [
        (TerminalsQuery::new().tid("0000000000000011"), 1),
        // A number without its zeros is another tid.
        (TerminalsQuery::new().tid("11"), 0),
        (TerminalsQuery::new().is_connected(true), 1),
        (
            TerminalsQuery::new().is_assigned(true).is_connected(true),
            0,
        ),
    ] {
        let page = client_of.terminals(&query).await.unwrap();
        assert_eq!(page.rows.len(), rows, "{query:?}");
    }
    let server = answering(GET, "transactions", fixture!("transactions/page")).await;
    let query = TransactionsQuery::new().tid("0000000000000019");
    let page = client(&server).transactions(&query).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    // Without a receipt it does not say whose it is.
    let body = r#"{"transactions":[{"id":"open","receipts":[]}]}"#;
    let server = answering(GET, "transactions", body).await;
    let page = client(&server).transactions(&query).await.unwrap();
    assert_eq!(page.rows.len(), 1);
}

#[tokio::test]
async fn a_whole_list_is_never_asked_for_by_what_changes_while_it_is_read() {
    let server = MockServer::start_async().await;
    let list = server
        .mock_async(|when, then| {
            when.path("/v1/clients-sdk/terminals")
                .query_param("page", "1")
                .query_param_missing("is_connected")
                .query_param_missing("is_assigned");
            then.status(200).body(fixture!("terminals/page"));
        })
        .await;
    let behind = server
        .mock_async(|when, then| {
            when.path("/v1/clients-sdk/terminals")
                .query_param("page", "2")
                .query_param_missing("is_connected")
                .query_param_missing("is_assigned");
            then.status(200).body(r#"{"terminals":[]}"#);
        })
        .await;
    let idle = TerminalsQuery::new().is_assigned(false).is_connected(true);
    let idle: Vec<_> = client(&server)
        .all_terminals(idle)
        .try_collect()
        .await
        .unwrap();
    list.assert_calls_async(1).await;
    behind.assert_calls_async(1).await;
    assert_eq!(idle.len(), 1);
}

#[tokio::test]
async fn a_list_that_fails_for_once_is_asked_for_again() {
    let server = MockServer::start_async().await;
    let list = server
        .mock_async(|when, then| {
            when.path("/v1/clients-sdk/terminals");
            then.status(503);
        })
        .await;
    let error = client(&server)
        .terminals(&TerminalsQuery::new())
        .await
        .unwrap_err();
    let Error::Api(refusal) = error else {
        panic!("{error:?}");
    };
    assert_eq!((refusal.attempts, refusal.status.as_u16()), (4, 503));
    list.assert_calls_async(4).await;
}

async fn refused(status: u16, body: &str) -> Error {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(status).body(body);
        })
        .await;
    let user = AssignTerminal::new("n", "m", "e");
    client(&server)
        .assign_terminal(TERMINAL, &user)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn refusals_of_both_shapes_and_of_none_are_told() {
    let invalid = refused(400, fixture!("assign-terminal/invalid")).await;
    insta::assert_snapshot!(invalid, @"assign terminal: StreamPay answered 400 Bad Request: mobile: mobile must be a valid phone number");
    let rich = refused(406, fixture!("create-reconciliation/refused")).await;
    insta::assert_snapshot!(rich, @"assign terminal: StreamPay answered 406 Not Acceptable, code 5010 TERMINAL_RECONCILING: The terminal is reconciling (Try again)");
    assert!(rich.hint().unwrap().contains("reconciling"));
    let none = refused(403, "<html>who are you</html>").await;
    insta::assert_snapshot!(none, @"assign terminal: StreamPay answered 403 Forbidden");
    for (status, hint) in [(401, "API key"), (404, "UUID"), (429, "concurrency")] {
        let error = refused(status, "{}").await;
        assert!(error.hint().unwrap().contains(hint), "{error}");
    }
}

#[tokio::test]
async fn every_operation_says_that_it_was_the_one_refused_and_why() {
    let server = MockServer::start_async().await;
    let everything = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(404)
                .body(fixture!("create-reconciliation/refused"));
        })
        .await;
    let client = client(&server);
    let user = AssignTerminal::new("n", "m", "e");
    let (merchant, terminal) = (CreateMerchant::new("n", "n"), CreateTerminal::new("t", "m"));
    let reconciliation = CreateReconciliation::new(TERMINAL);
    let refused = [
        client.create_merchant(&merchant).await.map(drop),
        client.merchants(&MerchantsQuery::new()).await.map(drop),
        client.find_merchant(TERMINAL).await.map(drop),
        client.create_terminal(&terminal).await.map(drop),
        client.terminals(&TerminalsQuery::new()).await.map(drop),
        client.find_terminal(TERMINAL).await.map(drop),
        client.assign_terminal(TERMINAL, &user).await.map(drop),
        client.unassign_terminal(TERMINAL).await.map(drop),
        client.disconnect_terminal(TERMINAL).await.map(drop),
        client
            .transactions(&TransactionsQuery::new())
            .await
            .map(drop),
        client.find_transaction(TERMINAL).await.map(drop),
        client
            .create_reconciliation(&reconciliation)
            .await
            .map(drop),
        client
            .reconciliations(&ReconciliationsQuery::new())
            .await
            .map(drop),
        client.find_reconciliation(TERMINAL).await.map(drop),
    ];
    let asked = refused.len();
    let operations = refused.map(|refused| {
        let Err(Error::Api(refusal)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!((refusal.status.as_u16(), refusal.code), (404, Some(5010)));
        refusal.operation
    });
    insta::assert_snapshot!(operations.join("\n"), @r"
    create merchant
    merchants
    find merchant
    create terminal
    terminals
    find terminal
    assign terminal
    unassign terminal
    disconnect terminal
    transactions
    find transaction
    create reconciliation
    reconciliations
    find reconciliation
    ");
    // None of them is worth asking again.
    everything.assert_calls_async(asked).await;
}

#[tokio::test]
async fn a_wait_that_streampay_asks_for_is_told() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(429).header("retry-after", "3600").body("{}");
        })
        .await;
    let error = client(&server)
        .terminals(&TerminalsQuery::new())
        .await
        .unwrap_err();
    let hint = error.hint().unwrap();
    assert!(hint.contains("StreamPay asks to wait 3600 s"), "{hint}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_takes_no_key_along() {
    let elsewhere = MockServer::start_async().await;
    let stolen = elsewhere
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body("{}");
        })
        .await;
    for status in [301, 302, 303, 307, 308] {
        let server = MockServer::start_async().await;
        let target = elsewhere.url("/v1/clients-sdk/terminals");
        server
            .mock_async(|when, then| {
                when.any_request();
                then.status(status).header("location", &target);
            })
            .await;
        let error = client(&server)
            .terminals(&TerminalsQuery::new())
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{error:?}");
    }
    stolen.assert_calls_async(0).await;
}

#[tokio::test]
async fn an_id_that_is_no_single_segment_is_refused_before_it_is_sent() {
    let server = MockServer::start_async().await;
    let everything = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body("{}");
        })
        .await;
    let client = client(&server);
    for id in ["", ".", "..", "a/b", "a?b", "a#b", "%2e%2e", "a\\b", "a\nb"] {
        let error = client.find_transaction(id).await.unwrap_err();
        assert!(matches!(error, Error::Endpoint(_)), "{id:?}: {error:?}");
        let error = client.disconnect_terminal(id).await.unwrap_err();
        assert!(matches!(error, Error::Endpoint(_)), "{id:?}: {error:?}");
    }
    everything.assert_calls_async(0).await;
}

#[test]
fn plain_http_is_for_loopback_only() {
    let documented = "http://sandbox-api.streampay.io";
    assert!(documented.parse::<streampay_sdk::BaseUrl>().is_err());
    assert!(
        "http://127.0.0.1:80"
            .parse::<streampay_sdk::BaseUrl>()
            .is_ok()
    );
}

#[test]
fn a_key_that_no_header_can_carry_is_refused() {
    for key in ["", "two\nlines", "nul\0"] {
        let config = Config::new("https://127.0.0.1".parse().unwrap(), key.into());
        let error = Client::new(config).unwrap_err();
        assert!(matches!(error, Error::ApiKey), "{error:?}");
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_an_error_with_its_place_and_not_its_value() {
    let body = fixture!("transactions/page").replacen(
        "\"value\": \"0.01\"",
        "\"value\": {\"secret\": 1}",
        1,
    );
    let server = answering(GET, "transactions", &body).await;
    let query = TransactionsQuery::new().page(4);
    let error = client(&server).transactions(&query).await.unwrap_err();
    insta::assert_snapshot!(
        error,
        @"transactions: unexpected JSON, page 4, record 1 at receipts[0].amount_authorized.value (line 59, column 11): expected a decimal number or a string that holds one, found an object"
    );
}
