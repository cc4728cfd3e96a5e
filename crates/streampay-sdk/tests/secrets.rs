//! The key and what is personal is in no output: not in what is printed, not in
//! an error, not in a log at its most talkative.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/mock.rs"]
mod mock;

use std::{
    io,
    sync::{Arc, Mutex},
};

use httpmock::prelude::*;
use mock::{API_KEY, config, fixture};
use reconcile_core::{ProviderExt, PullOptions, RecordQuery, StatementQuery, Window};
use streampay_sdk::{Client, Error, StreamPay, TransactionsQuery, models::AssignTerminal};
use tracing_subscriber::fmt::MakeWriter;

/// What of the published transactions is a person's or a card's.
const PERSONAL: [&str; 6] = [
    "Person 4",
    "+999000000001",
    "user1@example.com",
    "0001",
    "00/01",
    "AAA00A00AA0002AA",
];

/// What is logged here; what the mock server logs of what it was sent is not.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }

    fn make_writer_for(&'a self, of: &tracing::Metadata<'_>) -> Self {
        if of.target().starts_with("httpmock") {
            Self::default()
        } else {
            self.clone()
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut texts = vec![format!("{error} {error:?} {error:#?}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(format!("{error} {error:?}"));
        cause = error.source();
    }
    texts.join(" ")
}

#[tokio::test]
async fn nothing_that_is_printed_logged_or_returned_holds_a_secret() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut output = Vec::new();

    let server = MockServer::start_async().await;
    let list = server
        .mock_async(|when, then| {
            when.method(GET)
                .path("/v1/clients-sdk/transactions")
                .query_param("page", "1");
            then.status(200).body(fixture!("transactions/page"));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/v1/clients-sdk/transactions");
            then.status(200).body(r#"{"transactions":[]}"#);
        })
        .await;
    let echo = format!(r#"{{"message":"{API_KEY}@key user1@example.com +999000000001"}}"#);
    server
        .mock_async(|when, then| {
            when.method(POST);
            then.status(500).body(&echo);
        })
        .await;
    let settings = config(&server.base_url());
    output.push(format!("{settings:?} {settings:#?}"));
    let client = Client::new(settings.clone()).unwrap();
    output.push(format!("{client:?} {client:#?}"));
    let page = client
        .transactions(&TransactionsQuery::new())
        .await
        .unwrap();
    output.push(format!("{page:?} {page:#?}"));
    let user = AssignTerminal::new("Person 4", "+999000000001", "user1@example.com");
    output.push(format!("{user:?}"));
    let error = client.assign_terminal("t", &user).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }));
    output.push(chain(&error));

    let provider = StreamPay::new(settings).unwrap();
    output.push(format!("{provider:?} {provider:#?}"));
    let october = Window::new(
        "2022-10-10T00:00:00Z".parse().unwrap(),
        "2022-10-30T00:00:00Z".parse().unwrap(),
    )
    .unwrap();
    let options = PullOptions::at("2026-01-01T00:00:00Z".parse().unwrap());
    let pulled = provider
        .collect_records(RecordQuery::new(october), options)
        .await
        .unwrap();
    assert_eq!(pulled.0.len(), 2);
    output.push(format!(
        "{pulled:?} {}",
        serde_json::to_string(&pulled.0).unwrap()
    ));
    let error = provider
        .collect_statements(StatementQuery::new(october), options)
        .await
        .unwrap_err();
    output.push(chain(&error));
    assert!(list.calls_async().await > 0);

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("attempt"), "the log is empty");
    output.push(logged);
    let output = output.join(" ");
    for secret in [API_KEY].into_iter().chain(PERSONAL) {
        // A price or a time may have such digits by chance.
        let shown = output.match_indices(secret).find(|(at, _)| {
            let before = output[..*at].chars().next_back();
            secret != "0001" || before == Some(' ')
        });
        assert_eq!(shown, None, "{secret}");
    }
}
