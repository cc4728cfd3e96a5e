//! A client against a mock server, for single exchanges.

use httpmock::prelude::*;
use reconcile_trials::at_once;
use tupay_merchants::Config;

pub(crate) const TOKEN: &str = "U3dcUx8IRJ5nLjb0WYM4cHa3qHFqnrqAk";

/// The body of a fixture of the workspace, by operation and case.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/tupay/",
            $name,
            ".json"
        ))
    };
}
pub(crate) use fixture;

/// A server that knows the login of the documentation.
pub(crate) async fn server_with_login() -> MockServer {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/v1/auth/login")
                .header("content-type", "application/json")
                .json_body(serde_json::json!({
                    "accessKey": "user1@example.com",
                    "secretKey": "password"
                }));
            then.status(200)
                .header(
                    "set-cookie",
                    format!("BEARER_TOKEN={TOKEN}; Path=/; HttpOnly"),
                )
                .body(fixture!("login/success"));
        })
        .await;
    server
}

pub(crate) fn config(base_url: &str) -> Config {
    Config::new(
        base_url.parse().unwrap(),
        "user1@example.com".into(),
        "password".into(),
    )
    .transport(at_once().build().unwrap())
}
