//! `TuPay` in Peru, and its sibling brands.

use std::sync::Arc;

use reconcile_core::Provider;
use reconcile_sandbox::tupay_ledger;
use reconcile_transport::BaseUrl;
use tupay_merchants::{CashoutsPath, Config, Environment, TuPay};

use super::{Entry, Key, base_url, key, requests, word};
use crate::{error::CommandError, settings::Settings};

pub(super) const ENTRY: Entry = Entry {
    id: "tupay",
    keys: KEYS,
    build,
    base_url: address,
    descriptor: TuPay::describe,
    attest: None,
    planted: Some(|sandbox, seed| tupay_ledger(sandbox.tupay_world(), seed)),
};

const KEYS: &[Key] = &[
    key(
        "base_url",
        false,
        "scheme and host of the Merchants API; or `environment`",
    ),
    key(
        "environment",
        false,
        "`staging` or `production` instead of a base URL",
    ),
    key("access_key", true, "e-mail address of the API user"),
    key("secret_key", true, "password of the API user"),
    key(
        "merchant",
        false,
        "the merchant to work as, where the user has several",
    ),
    key("cashouts_path", false, "`cashouts` (default) or `cashout`"),
    key(
        "sibling_lists",
        false,
        "`true` to include settlements and notes",
    ),
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
        "IANA zone whose days --from and --to are (default UTC)",
    ),
    key(
        "conventions.deposit_total",
        false,
        "which deposits a day's total counts, as `prove` finds it",
    ),
    key(
        "conventions.deposit_fee_total",
        false,
        "the same for the total of their fees",
    ),
    key(
        "conventions.cashout_total",
        false,
        "the same for the total of the cashouts",
    ),
];

fn address(settings: &Settings) -> Result<BaseUrl, CommandError> {
    base_url(settings, |name| match name {
        "staging" => Some(Environment::Staging.base_url()),
        "production" => Some(Environment::Production.base_url()),
        _ => None,
    })
}

fn build(settings: &Settings) -> Result<Arc<dyn Provider>, CommandError> {
    let mut config = Config::new(
        address(settings)?,
        settings.require("access_key")?.clone(),
        settings.require("secret_key")?.clone(),
    );
    if let Some(merchant) = settings.parse("merchant", |text| word(text, "a number"))? {
        config = config.merchant(merchant);
    }
    let path = settings.parse("cashouts_path", |path| match path {
        "cashouts" => Ok(CashoutsPath::Plural),
        "cashout" => Ok(CashoutsPath::Singular),
        _ => Err("it is neither `cashouts` nor `cashout`".to_owned()),
    })?;
    if let Some(path) = path {
        config = config.cashouts_path(path);
    }
    if let Some(included) =
        settings.parse("sibling_lists", |text| word(text, "`true` or `false`"))?
    {
        config = config.sibling_lists(included);
    }
    if let Some(requests) = requests(settings)? {
        config = config.concurrency(requests);
    }
    let provider = TuPay::new(config).map_err(|error| settings.unusable(&error))?;
    Ok(Arc::new(provider))
}
