//! `StreamPay`, Saudi Arabia.

use std::sync::Arc;

use reconcile_core::Provider;
use reconcile_sandbox::streampay_ledger;
use reconcile_transport::BaseUrl;
use streampay_sdk::{Config, Environment, StreamPay};

use super::{Entry, Key, base_url, key, length_of_time, requests, word, zone};
use crate::{error::CommandError, settings::Settings};

pub(super) const ENTRY: Entry = Entry {
    id: "streampay",
    keys: KEYS,
    build,
    base_url: address,
    descriptor: StreamPay::describe,
    attest: None,
    planted: Some(|sandbox, seed| streampay_ledger(sandbox.streampay_world(), seed)),
};

const KEYS: &[Key] = &[
    key(
        "base_url",
        false,
        "scheme and host of the API; or `environment`",
    ),
    key("environment", false, "`sandbox` instead of a base URL"),
    key("api_key", true, "the key of the API"),
    key(
        "margin",
        false,
        "time around a window that is asked for as well (default 24h)",
    ),
    key("page_size", false, "rows asked for on a page (default 100)"),
    key(
        "concurrency",
        false,
        "requests under way at once (default 16)",
    ),
    key(
        "settle_lag",
        false,
        "how long before now a pull ends (default 15m)",
    ),
    key(
        "zone",
        false,
        "IANA zone of its days and times (default Asia/Riyadh)",
    ),
];

fn address(settings: &Settings) -> Result<BaseUrl, CommandError> {
    base_url(settings, |name| match name {
        "sandbox" => Some(Environment::Sandbox.base_url()),
        _ => None,
    })
}

fn build(settings: &Settings) -> Result<Arc<dyn Provider>, CommandError> {
    let mut config = Config::new(address(settings)?, settings.require("api_key")?.clone());
    if let Some(zone) = zone(settings)? {
        config = config.zone(zone);
    }
    if let Some(margin) = settings.parse("margin", length_of_time)? {
        config = config.margin(margin);
    }
    let rows = settings.parse("page_size", |text| word(text, "a whole number above zero"))?;
    if let Some(rows) = rows {
        config = config.page_size(rows);
    }
    if let Some(requests) = requests(settings)? {
        config = config.concurrency(requests);
    }
    let provider = StreamPay::new(config).map_err(|error| settings.unusable(&error))?;
    Ok(Arc::new(provider))
}
