//! Paywall, Turkey.

use std::sync::Arc;

use paywall_vpos::{Config, Environment, Paywall, Step};
use reconcile_core::{Currency, DayTotals, Kind, Provider, Status};
use reconcile_sandbox::paywall_ledger;
use reconcile_transport::BaseUrl;

use super::{
    Attest, Compared, Comparing, DayTotal, Entry, Key, Share, base_url, key, requests, word, zone,
};
use crate::{error::CommandError, settings::Settings};

pub(super) const ENTRY: Entry = Entry {
    id: "paywall",
    keys: KEYS,
    build: |settings| Ok(Arc::new(open(settings)?) as Arc<dyn Provider>),
    base_url: address,
    descriptor: Paywall::describe,
    attest: Some(Attest {
        totals: TOTALS,
        currency,
        compare,
    }),
    planted: Some(|sandbox, seed| paywall_ledger(sandbox.paywall_world(), seed)),
};

const KEYS: &[Key] = &[
    key(
        "base_url",
        false,
        "scheme and host of the payment private API; or `environment`",
    ),
    key(
        "environment",
        false,
        "`test`, `production` or `turkey-production` instead of a base URL",
    ),
    key("api_key", true, "the private key (apikeyprivate)"),
    key("api_client", true, "the private client (apiclientprivate)"),
    key(
        "currency",
        false,
        "ISO 4217 code of the account, which no list names (default TRY)",
    ),
    key(
        "steps",
        false,
        "types of steps (default 1=sale,2=cancel,3=refund,4=partial_refund)",
    ),
    key(
        "absent_codes",
        false,
        "codes that say that there is nothing (default 3)",
    ),
    key(
        "verdict_within_days",
        false,
        "how soon a day is to be reconciled (default 7)",
    ),
    key(
        "concurrency",
        false,
        "requests under way at once (default 16)",
    ),
    key(
        "settle_lag",
        false,
        "how long ago a day must be over to be pulled (default 30m)",
    ),
    key(
        "zone",
        false,
        "IANA zone of its days and times (default Europe/Istanbul)",
    ),
];

/// The totals of a day by the conventions that the provider's identities
/// assume: none is documented.
const TOTALS: &[DayTotal] = &[
    total("total", &[Kind::Payment], Status::ALL, Share::Any),
    total("successful", &[Kind::Payment], SUCCEEDED, Share::Any),
    total(
        "unsuccessful",
        &[Kind::Payment],
        &[Status::Failed],
        Share::Any,
    ),
    total("refund", &[Kind::Refund], SUCCEEDED, Share::Whole),
    total("partial_refund", &[Kind::Refund], SUCCEEDED, Share::Part),
    total("cancel", &[Kind::Reversal], SUCCEEDED, Share::Any),
];

const SUCCEEDED: &[Status] = &[Status::Succeeded];

const fn total(
    name: &'static str,
    kinds: &'static [Kind],
    statuses: &'static [Status],
    share: Share,
) -> DayTotal {
    DayTotal {
        name,
        kinds,
        statuses,
        share,
    }
}

fn address(settings: &Settings) -> Result<BaseUrl, CommandError> {
    base_url(settings, |name| match name {
        "test" => Some(Environment::Test.base_url()),
        "production" => Some(Environment::Production.base_url()),
        "turkey-production" => Some(Environment::TurkeyProduction.base_url()),
        _ => None,
    })
}

fn open(settings: &Settings) -> Result<Paywall, CommandError> {
    let mut config = Config::new(
        address(settings)?,
        settings.require("api_key")?.clone(),
        settings.require("api_client")?.clone(),
    )
    .currency(currency(settings)?);
    if let Some(zone) = zone(settings)? {
        config = config.zone(zone);
    }
    for (type_id, step) in settings.parse("steps", steps)?.unwrap_or_default() {
        config = config.step(type_id, step);
    }
    if let Some(codes) = settings.parse("absent_codes", codes)? {
        config = config.absent_codes(codes);
    }
    let days = settings.parse("verdict_within_days", |text| {
        word(text, "a whole number of days")
    })?;
    if let Some(days) = days {
        config = config.verdict_within_days(days);
    }
    if let Some(requests) = requests(settings)? {
        config = config.concurrency(requests);
    }
    Paywall::new(config).map_err(|error| settings.unusable(&error))
}

fn currency(settings: &Settings) -> Result<Currency, CommandError> {
    let said = settings.parse("currency", |code| word(code, "three capital letters"))?;
    match said {
        Some(currency) => Ok(currency),
        None => "TRY".parse().map_err(|error| settings.unusable(&error)),
    }
}

fn compare(settings: &Settings, totals: DayTotals) -> Result<Comparing, CommandError> {
    let provider = open(settings)?;
    Ok(Box::pin(async move {
        let comparison = provider.compare(&totals).await?;
        Ok(Compared {
            is_reconciled: comparison.is_reconciled(),
            buckets: comparison.buckets,
        })
    }))
}

/// Types of steps as `5=refund,6=cancel`.
fn steps(text: &str) -> Result<Vec<(i64, Step)>, String> {
    let step = |part: &str| {
        let (type_id, word) = part.split_once('=')?;
        let known = [Step::Sale, Step::Cancel, Step::Refund, Step::PartialRefund];
        let step = known
            .into_iter()
            .find(|step| step.as_str() == word.trim())?;
        Some((type_id.trim().parse().ok()?, step))
    };
    let read: Option<_> = text.split(',').map(step).collect();
    read.ok_or_else(|| "it is no list like 2=cancel,3=refund,4=partial_refund".to_owned())
}

/// Codes as `3,56`.
fn codes(text: &str) -> Result<Vec<i64>, String> {
    let codes = text.split(',').map(|code| code.trim().parse::<i64>());
    let read: Result<_, _> = codes.collect();
    read.map_err(|_| "it is no list of numbers like 3,56".to_owned())
}
