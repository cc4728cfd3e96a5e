//! A client against a mock server, for single exchanges.

use std::time::Duration;

use reconcile_transport::{RetryPolicy, Transport};
use streampay_sdk::Config;

pub(crate) const API_KEY: &str = "sentinel-api-key";

/// The body of a fixture of the workspace, by operation and case.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/streampay/",
            $name,
            ".json"
        ))
    };
}
pub(crate) use fixture;

pub(crate) fn config(base_url: &str) -> Config {
    Config::new(base_url.parse().unwrap(), API_KEY.into()).transport(transport())
}

/// A transport that waits for nothing between attempts.
pub(crate) fn transport() -> Transport {
    let retry = RetryPolicy {
        first_delay: Duration::ZERO,
        max_delay: Duration::ZERO,
        ..RetryPolicy::default()
    };
    Transport::builder().retry(retry).build().unwrap()
}
