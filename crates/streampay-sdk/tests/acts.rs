//! Calls that act: each is sent once, and says when nobody knows its outcome.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/mock.rs"]
#[allow(dead_code, reason = "other tests need the rest")]
mod mock;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use httpmock::prelude::*;
use mock::{config, fixture};
use reconcile_transport::{
    ErrorKind, HttpClient, Limits, RetryPolicy, SendError, SendFailure, Transport,
};
use streampay_sdk::{
    Client, Error,
    models::{AssignTerminal, CreateMerchant, CreateReconciliation, CreateTerminal},
};

const TERMINAL: &str = "3011473a-5784-4ea8-983a-d7a1d9a315da";

fn client(server: &MockServer) -> Client {
    Client::new(config(&server.base_url())).unwrap()
}

/// The error of each operation that acts.
async fn every_act(client: &Client) -> [Error; 6] {
    let user = AssignTerminal::new("n", "m", "e");
    let (merchant, terminal) = (CreateMerchant::new("n", "n"), CreateTerminal::new("t", "m"));
    let reconciliation = CreateReconciliation::new(TERMINAL);
    [
        client.create_merchant(&merchant).await.map(drop),
        client.create_terminal(&terminal).await.map(drop),
        client.assign_terminal(TERMINAL, &user).await.map(drop),
        client.unassign_terminal(TERMINAL).await.map(drop),
        client.disconnect_terminal(TERMINAL).await.map(drop),
        client
            .create_reconciliation(&reconciliation)
            .await
            .map(drop),
    ]
    .map(Result::unwrap_err)
}

fn assert_is_open(error: &Error) {
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("before asking for it again"));
    assert!(std::error::Error::source(error).is_some());
}

/// Fails every exchange in the same way.
#[derive(Debug)]
struct Line {
    failure: SendFailure,
    sent: AtomicUsize,
}

#[async_trait]
impl HttpClient for Line {
    async fn send(&self, _: Request<Bytes>, _: &Limits) -> Result<Response<Bytes>, SendError> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        Err(SendError::new(self.failure))
    }
}

/// A client that tries what may be tried twice.
fn on_a_line_that_fails(failure: SendFailure) -> (Client, Arc<Line>) {
    let line = Arc::new(Line {
        failure,
        sent: AtomicUsize::new(0),
    });
    let retry = RetryPolicy {
        attempts: 2,
        first_delay: Duration::ZERO,
        max_delay: Duration::ZERO,
    };
    let transport = Transport::builder()
        .http(Arc::clone(&line) as Arc<dyn HttpClient>)
        .retry(retry)
        .build()
        .unwrap();
    let config = config("https://127.0.0.1").transport(transport);
    (Client::new(config).unwrap(), line)
}

#[tokio::test]
async fn a_call_that_acts_is_sent_once_and_says_when_nobody_knows_its_outcome() {
    for (status, body) in [
        (500, "{}"),
        (502, "<html>bad gateway</html>"),
        (503, fixture!("create-reconciliation/refused")),
        (504, ""),
        (408, ""),
        // Done, as it seems, but nobody can tell what.
        (200, "<html>maintenance</html>"),
        (200, r#"{"reconciliation":{"#),
        (
            200,
            r#"{"id":7,"terminal":7,"reconciliation":7,"message":7}"#,
        ),
    ] {
        let server = MockServer::start_async().await;
        let everything = server
            .mock_async(|when, then| {
                when.any_request();
                then.status(status).body(body);
            })
            .await;
        let errors = every_act(&client(&server)).await;
        let sent = errors.len();
        errors.iter().for_each(assert_is_open);
        everything.assert_calls_async(sent).await;
    }
}

#[tokio::test]
async fn what_was_sent_and_not_answered_is_not_sent_again() {
    for failure in [
        SendFailure::Timeout,
        SendFailure::Broken,
        SendFailure::TooLarge,
        SendFailure::Other,
    ] {
        let (client, line) = on_a_line_that_fails(failure);
        let errors = every_act(&client).await;
        errors.iter().for_each(assert_is_open);
        assert_eq!(line.sent.load(Ordering::Relaxed), errors.len());
    }
}

#[tokio::test]
async fn what_was_never_sent_is_tried_again_and_was_not_done() {
    let (client, line) = on_a_line_that_fails(SendFailure::NotSent);
    let errors = every_act(&client).await;
    for error in &errors {
        let Error::Transport(error) = error else {
            panic!("{error:?}");
        };
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::NotSent, 2));
    }
    assert_eq!(line.sent.load(Ordering::Relaxed), 2 * errors.len());
}

#[tokio::test]
async fn a_redirect_may_be_the_answer_to_what_was_done() {
    let server = MockServer::start_async().await;
    let everything = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(303).header("location", "/elsewhere");
        })
        .await;
    let errors = every_act(&client(&server)).await;
    errors.iter().for_each(assert_is_open);
    everything.assert_calls_async(errors.len()).await;
}

#[tokio::test]
async fn an_unknown_outcome_says_where_to_look() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(POST);
            then.status(504);
        })
        .await;
    let asked = CreateReconciliation::new(TERMINAL);
    let error = client(&server)
        .create_reconciliation(&asked)
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"create reconciliation: whether it was done is unknown");
    insta::assert_snapshot!(error.hint().unwrap(), @"before asking for it again, look at the terminal's list of reconciliations");
}

#[tokio::test]
async fn a_call_that_acts_and_is_refused_was_not_done() {
    for status in [400, 401, 403, 404, 406, 409, 422, 429] {
        let server = MockServer::start_async().await;
        let put = server
            .mock_async(|when, then| {
                when.method(PUT);
                then.status(status).body("{}");
            })
            .await;
        let error = client(&server)
            .disconnect_terminal(TERMINAL)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{error:?}");
        put.assert_calls_async(1).await;
    }
}

#[tokio::test]
async fn a_call_that_never_left_was_not_done() {
    // Nobody listens on the port of a server that is gone.
    let gone = MockServer::start_async().await.base_url();
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", unused.local_addr().unwrap());
    drop((gone, unused));
    let client = Client::new(config(&address)).unwrap();
    let error = client.unassign_terminal(TERMINAL).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
}
