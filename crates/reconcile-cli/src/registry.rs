//! The providers of this command. A new gateway is one more entry here.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use jiff::{SignedDuration, tz::TimeZone};
use reconcile_core::{Descriptor, Provider};
use reconcile_transport::BaseUrl;
use tupay_merchants::{CashoutsPath, Environment, TuPay};

use crate::{error::CommandError, settings::Settings};

/// One gateway that the command knows.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: &'static str,
    pub(crate) keys: &'static [Key],
    /// Makes the provider from its settings; sends nothing.
    build: fn(&Settings) -> Result<Arc<dyn Provider>, CommandError>,
    /// Where it is.
    pub(crate) base_url: fn(&Settings) -> Result<BaseUrl, CommandError>,
    /// What it can do, without settings.
    pub(crate) descriptor: fn() -> Descriptor,
}

/// One setting of a gateway.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) about: &'static str,
}

impl Entry {
    pub(crate) fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// A provider that is configured.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) provider: Arc<dyn Provider>,
    /// The zone whose days `--from` and `--to` are.
    pub(crate) zone: TimeZone,
    /// How long before now a pull ends, where the settings say.
    pub(crate) settle_lag: Option<Duration>,
}

impl Account {
    /// The provider with these settings.
    pub(crate) fn open(settings: &Settings) -> Result<Self, CommandError> {
        let provider = (settings.entry.build)(settings)?;
        let zone = settings.parse("zone", |name| {
            TimeZone::get(name).map_err(|_| "it is no IANA time zone".to_owned())
        })?;
        let settle_lag = settings.parse("settle_lag", |text| {
            text.parse::<SignedDuration>()
                .ok()
                .and_then(|lag| Duration::try_from(lag).ok())
                .ok_or_else(|| "it is no length of time like 15m or 2h".to_owned())
        })?;
        Ok(Self {
            zone: zone.unwrap_or_else(|| provider.descriptor().zone.clone()),
            provider,
            settle_lag,
        })
    }
}

/// Every gateway, by name.
pub(crate) const PROVIDERS: &[Entry] = &[Entry {
    id: "tupay",
    keys: TUPAY_KEYS,
    build: tupay,
    base_url: tupay_base_url,
    descriptor: TuPay::describe,
}];

/// The gateway with this name.
pub(crate) fn find(id: &str) -> Result<&'static Entry, CommandError> {
    PROVIDERS
        .iter()
        .find(|entry| entry.id == id)
        .ok_or_else(|| {
            let known: Vec<_> = PROVIDERS.iter().map(|entry| entry.id).collect();
            CommandError::usage(
                format!("there is no provider `{id}`"),
                format!(
                    "known are {}; `reconcile providers` says what each can do",
                    known.join(", ")
                ),
            )
        })
}

const fn key(name: &'static str, required: bool, about: &'static str) -> Key {
    Key {
        name,
        required,
        about,
    }
}

const TUPAY_KEYS: &[Key] = &[
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
];

fn tupay_base_url(settings: &Settings) -> Result<BaseUrl, CommandError> {
    base_url(settings, |name| match name {
        "staging" => Some(Environment::Staging.base_url()),
        "production" => Some(Environment::Production.base_url()),
        _ => None,
    })
}

fn tupay(settings: &Settings) -> Result<Arc<dyn Provider>, CommandError> {
    let mut config = tupay_merchants::Config::new(
        tupay_base_url(settings)?,
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
    let requests = settings.parse("concurrency", |text| {
        word::<NonZeroUsize>(text, "a whole number above zero")
    })?;
    if let Some(requests) = requests {
        config = config.concurrency(requests);
    }
    let provider = TuPay::new(config).map_err(|error| {
        CommandError::configuration(error.to_string(), "check the settings of tupay")
    })?;
    Ok(Arc::new(provider))
}

/// The base URL, or that of a named environment whose host is known.
fn base_url(
    settings: &Settings,
    environment: impl Fn(&str) -> Option<&'static str>,
) -> Result<BaseUrl, CommandError> {
    let named = settings.parse("environment", |name| {
        environment(name)
            .ok_or_else(|| "it is no environment whose host is known".to_owned())
            .and_then(|url| BaseUrl::parse(url).map_err(|error| error.to_string()))
    })?;
    let given = settings.parse("base_url", |text| {
        BaseUrl::parse(text).map_err(|error| error.to_string())
    })?;
    given
        .or(named)
        .ok_or_else(|| settings.missing_key("base_url"))
}

fn word<T: std::str::FromStr>(text: &str, wanted: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("it is not {wanted}"))
}
