//! A client against a mock server, for single exchanges.

use reconcile_trials::at_once;
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
    Config::new(base_url.parse().unwrap(), API_KEY.into()).transport(at_once().build().unwrap())
}
