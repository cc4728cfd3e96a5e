//! The providers of this command. A new gateway is one more entry here.

mod paywall;
mod streampay;
mod tupay;

use std::{num::NonZeroUsize, str::FromStr, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jiff::{SignedDuration, tz::TimeZone};
use reconcile_core::{
    BucketComparison, Convention, Currency, DayTotals, Descriptor, Identity, Kind, ModelError,
    Provider, ProviderError, Status,
};
use reconcile_files::shown;
use reconcile_sandbox::{PlantedLedger, Sandbox};
use reconcile_transport::BaseUrl;

use crate::{error::CommandError, settings::Settings};

/// Every gateway, by name.
pub(crate) const PROVIDERS: &[Entry] = &[tupay::ENTRY, paywall::ENTRY, streampay::ENTRY];

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
    /// How it takes the merchant's totals of a day, if it does.
    pub(crate) attest: Option<Attest>,
    /// The books of its simulated account with mistakes drawn from a seed, if
    /// the sandbox simulates it.
    pub(crate) planted: Option<Planted>,
}

/// Keeps the books of a simulated account.
pub(crate) type Planted = fn(&Sandbox, u64) -> PlantedLedger;

/// One setting of a gateway.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) about: &'static str,
}

/// How a gateway takes the merchant's totals of a day.
#[derive(Debug)]
pub(crate) struct Attest {
    /// What it totals, in its order.
    pub(crate) totals: &'static [DayTotal],
    /// What the totals are counted in.
    pub(crate) currency: fn(&Settings) -> Result<Currency, CommandError>,
    /// Asks for the gateway's own totals beside the merchant's, and whether it
    /// has reconciled the day. Sends nothing that acts; a day that cannot be attested yet is refused unasked.
    pub(crate) compare: fn(&Settings, DayTotals) -> Result<Comparing, CommandError>,
}

/// What the gateway has of a day, once it has answered.
pub(crate) type Comparing = BoxFuture<'static, Result<Compared, ProviderError>>;

/// The totals of a day beside what the gateway has of it.
#[derive(Debug)]
pub(crate) struct Compared {
    /// Each total on both sides.
    pub(crate) buckets: Vec<BucketComparison>,
    /// Whether the day is reconciled, so that its totals are taken no more.
    pub(crate) is_reconciled: bool,
}

/// One of the totals, and which lines of the merchant's books it counts.
#[derive(Debug)]
pub(crate) struct DayTotal {
    /// The gateway's name for it.
    pub(crate) name: &'static str,
    pub(crate) kinds: &'static [Kind],
    pub(crate) statuses: &'static [Status],
    /// Of what is given back, how much of it.
    pub(crate) share: Share,
}

/// How much of a payment a line gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// It does not matter.
    Any,
    /// All of it.
    Whole,
    /// Less than all.
    Part,
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
    /// What the provider declares, with the conventions that the settings lock.
    pub(crate) identities: Vec<Identity>,
    /// What is odd about these conventions, each in a line.
    pub(crate) oddities: Vec<String>,
    /// The zone whose days `--from` and `--to` are.
    pub(crate) zone: TimeZone,
    /// How long before now a pull ends, where the settings say.
    pub(crate) settle_lag: Option<Duration>,
}

impl Account {
    /// The provider with these settings.
    pub(crate) fn open(settings: &Settings) -> Result<Self, CommandError> {
        let provider = (settings.entry.build)(settings)?;
        let settle_lag = settings.parse("settle_lag", length_of_time)?;
        let (identities, oddities) = locked(settings, provider.descriptor().identities.clone())?;
        Ok(Self {
            zone: zone(settings)?.unwrap_or_else(|| provider.descriptor().zone.clone()),
            identities,
            oddities,
            provider,
            settle_lag,
        })
    }
}

/// The gateways that the sandbox simulates, each with the books of its account.
pub(crate) fn simulated() -> impl Iterator<Item = (&'static Entry, Planted)> {
    let with_books = |entry: &'static Entry| Some((entry, entry.planted?));
    PROVIDERS.iter().filter_map(with_books)
}

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

fn zone(settings: &Settings) -> Result<Option<TimeZone>, CommandError> {
    settings.parse("zone", |name| {
        TimeZone::get(name).map_err(|_| "it is no IANA time zone".to_owned())
    })
}

/// The setting that locks the convention of an identity.
pub(crate) fn convention_key(identity: &str) -> String {
    format!("conventions.{identity}")
}

/// The identities, held to the conventions that the settings name, and what is odd
/// about these.
fn locked(
    settings: &Settings,
    mut identities: Vec<Identity>,
) -> Result<(Vec<Identity>, Vec<String>), CommandError> {
    let mut oddities = Vec::new();
    for identity in &mut identities {
        let key = convention_key(identity.name);
        if let Some(convention) = settings.parse(&key, convention)? {
            oddities.extend(unknown_statuses(&key, identity, &convention));
            identity.lock(convention);
        }
    }
    Ok((identities, oddities))
}

/// A convention as `reconcile prove` prints it. What is wrong with it is told
/// without the value, which may be a secret in the wrong place.
fn convention(text: &str) -> Result<Convention, String> {
    text.parse().map_err(|error| match error {
        ModelError::Convention { reason, .. } => reason,
        _ => "it is not a convention as `reconcile prove` prints it".to_owned(),
    })
}

/// The statuses that a convention counts and that the provider is not known to
/// give, each in a line. They are held to, since it may give new ones.
fn unknown_statuses(key: &str, identity: &Identity, convention: &Convention) -> Vec<String> {
    let Some(space) = identity.sought() else {
        return Vec::new();
    };
    let known: Vec<_> = space.words.iter().map(String::as_str).collect();
    let line = |word| {
        format!(
            "`{key}` counts `{}`, which is none of the statuses that are known: {}",
            shown(word),
            known.join(", ")
        )
    };
    space.unknown(convention).map(line).collect()
}

/// How many requests may be under way at once.
fn requests(settings: &Settings) -> Result<Option<NonZeroUsize>, CommandError> {
    settings.parse("concurrency", |text| {
        word(text, "a whole number above zero")
    })
}

fn length_of_time(text: &str) -> Result<Duration, String> {
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|length| Duration::try_from(length).ok())
        .ok_or_else(|| "it is no length of time like 15m or 2h".to_owned())
}

fn word<T: FromStr>(text: &str, wanted: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("it is not {wanted}"))
}

#[cfg(test)]
mod tests {
    use reconcile_core::Law;

    use super::*;

    #[test]
    fn an_entry_has_the_name_and_the_capabilities_of_its_provider() {
        for entry in PROVIDERS {
            let descriptor = (entry.descriptor)();
            assert_eq!(descriptor.id, entry.id);
            let takes_totals = descriptor.capabilities.attest;
            assert_eq!(takes_totals, entry.attest.is_some(), "{}", entry.id);
        }
    }

    #[test]
    fn every_convention_that_is_sought_can_be_locked_and_no_other() {
        for entry in PROVIDERS {
            let identities = (entry.descriptor)().identities.into_iter();
            let sought = identities.filter(|it| matches!(it.law, Law::DayTotal { .. }));
            let sought: Vec<_> = sought.map(|it| convention_key(it.name)).collect();
            let names = entry.keys.iter().map(|key| key.name);
            let keys: Vec<_> = names
                .filter(|name| name.starts_with("conventions."))
                .collect();
            assert_eq!(keys, sought, "{}", entry.id);
        }
    }
}
