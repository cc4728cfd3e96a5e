//! `reconcile doctor`: what stands between the user and a pull.

use futures::StreamExt;
use http::header;
use jiff::{SignedDuration, Timestamp};
use reconcile_core::{ErrorKind, ProviderError, RecordQuery, Window};
use reconcile_transport::{BaseUrl, Call, Reply, Transport};

use crate::{
    Finding,
    args::Global,
    error::CommandError,
    registry::{Account, Entry, PROVIDERS},
    settings::{Configuration, Settings},
    terminal,
};

/// A clock that is further off than this breaks signatures and cut-offs.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

pub(crate) async fn run(global: &Global) -> Result<Finding, CommandError> {
    let configuration = Configuration::load(global.config.as_deref())?;
    match &configuration.path {
        Some(path) => say("ok", &format!("configuration: {}", path.display()))?,
        None => say("ok", "configuration: no file, the environment alone")?,
    }
    let mut errors = Vec::new();
    let mut configured = 0;
    for entry in PROVIDERS {
        let settings = configuration.of(entry)?;
        if settings.is_empty() {
            say("--", &format!("{}: not configured", entry.id))?;
            continue;
        }
        configured += 1;
        if let Err(error) = examine(entry, &settings).await {
            say("FAIL", &error.to_string())?;
            errors.push(error);
        }
    }
    // Each is told with what to do about it: the last is left to whoever asked.
    let last = errors.pop();
    errors.iter().for_each(CommandError::print);
    match last {
        Some(error) => Err(error),
        None if configured == 0 => Err(CommandError::configuration(
            "no provider is configured",
            "`reconcile providers` lists the settings of each; `reconcile demo` needs none",
        )),
        None => Ok(Finding::Clean),
    }
}

async fn examine(entry: &'static Entry, settings: &Settings) -> Result<(), CommandError> {
    let id = entry.id;
    let account = Account::open(settings)?;
    say("ok", &format!("{id}: settings are complete"))?;
    for oddity in &account.oddities {
        say("--", &format!("{id}: {oddity}"))?;
    }
    let base_url = (entry.base_url)(settings)?;
    let reply = reach(id, &base_url).await?;
    say("ok", &format!("{id}: {base_url} can be reached"))?;
    clock(id, &reply)?;
    credentials(&account).await?;
    say("ok", &format!("{id}: the credentials work"))
}

/// Whether anything answers there, whatever it says.
async fn reach(id: &str, base_url: &BaseUrl) -> Result<Reply, CommandError> {
    let unreachable = |error: reconcile_transport::Error| {
        ProviderError::new(
            ErrorKind::Unavailable,
            id,
            format!("{base_url} cannot be reached"),
        )
        .with_hint("check the base URL, the network and a proxy")
        .with_source(error)
    };
    let url = base_url
        .url(&[], &[])
        .map_err(|error| unreachable(error.into()))?;
    let transport = Transport::builder().build().map_err(unreachable)?;
    let call = Call::get("reachability", url).any_body();
    Ok(transport.send(call, None).await.map_err(unreachable)?)
}

/// Whether this clock agrees with the provider's, as its `Date` header has it.
fn clock(id: &str, reply: &Reply) -> Result<(), CommandError> {
    let date = reply
        .headers
        .get(header::DATE)
        .and_then(|date| date.to_str().ok());
    let theirs = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    let Some(theirs) = theirs else {
        return say("--", &format!("{id}: the provider does not tell its time"));
    };
    let apart = theirs.timestamp().duration_until(Timestamp::now()).abs();
    if apart > CLOCK_TOLERANCE {
        return Err(CommandError::configuration(
            format!(
                "{id}: this clock is {} s off the provider's",
                apart.as_secs()
            ),
            "set the clock of this machine, best by NTP",
        ));
    }
    say("ok", &format!("{id}: the clocks agree"))
}

/// Whether a record can be asked for: a second of an hour ago, or of two days
/// ago where only days that are over are listed.
async fn credentials(account: &Account) -> Result<(), CommandError> {
    let closed_days = account.provider.descriptor().limits.closed_days;
    let hours = if closed_days { 48 } else { 1 };
    let from = Timestamp::now()
        .saturating_sub(SignedDuration::from_hours(hours))
        .unwrap_or_default();
    let to = from
        .saturating_add(SignedDuration::from_secs(1))
        .unwrap_or(from);
    let second = Window::new(from, to)
        .map_err(|error| CommandError::usage(error.to_string(), "check the clock"))?;
    let mut pages = account.provider.records(RecordQuery::new(second));
    match pages.next().await {
        Some(Err(error)) => Err(error.into()),
        Some(Ok(_)) | None => Ok(()),
    }
}

fn say(mark: &str, text: &str) -> Result<(), CommandError> {
    terminal::print(&format!("{mark:<5}{text}\n"))
}
