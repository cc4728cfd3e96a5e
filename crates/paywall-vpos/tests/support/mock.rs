//! A client against a mock server, for single exchanges, with a clock that stands.

use std::sync::Arc;

use httpmock::{Mock, MockServer, When};
use paywall_vpos::Config;
use reconcile_trials::{Standing, at_once};

pub(crate) const KEY: &str = "sentinel-private-key";
pub(crate) const CLIENT: &str = "sentinel-private-client";

/// The present of these tests, long after the days of the fixtures.
pub(crate) const NOW: &str = "2026-06-01T12:00:00Z";

/// The body of a fixture of the workspace, by operation and case.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/paywall/",
            $name,
            ".json"
        ))
    };
}
pub(crate) use fixture;

pub(crate) fn config(server: &MockServer) -> Config {
    config_at(server, NOW)
}

pub(crate) fn config_at(server: &MockServer, now: &str) -> Config {
    let base_url = server.base_url().parse().unwrap();
    Config::new(base_url, KEY.into(), CLIENT.into())
        .timer(Arc::new(Standing(now.parse().unwrap())))
        .transport(at_once().build().unwrap())
}

/// A GET as Paywall documents it: credentials and parameters in headers, and no
/// query.
pub(crate) fn get(when: When, path: &str, parameters: &[(&str, &str)]) -> When {
    let when = when
        .method("GET")
        .path(path)
        .header("apikeyprivate", KEY)
        .header("apiclientprivate", CLIENT)
        .is_true(|request| request.uri().query().is_none());
    parameters
        .iter()
        .fold(when, |when, (name, value)| when.header(*name, *value))
}

/// Answers a GET.
pub(crate) async fn answer<'a>(
    server: &'a MockServer,
    path: &str,
    parameters: &[(&str, &str)],
    body: &str,
) -> Mock<'a> {
    server
        .mock_async(|when, then| {
            get(when, path, parameters);
            then.status(200).body(body);
        })
        .await
}
