//! The conformance kit: does an implementation keep the contract of
//! [`Provider`]?
//!
//! An implementor writes a [`Harness`] (a healthy provider over known data, and
//! the same provider when its service misbehaves) and calls [`check`]. Nothing
//! here needs a runtime of its own: await it in whichever the provider uses.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use async_trait::async_trait;
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};

use crate::{
    Certificate, DayTotals, ErrorKind, Kind, LocalDay, ModelError, Provider, ProviderError,
    ProviderExt, PullOptions, Record, RecordQuery, StatementQuery, Window,
};

/// What an implementor gives the kit.
#[async_trait]
pub trait Harness: Send + Sync {
    /// The provider with a service that works.
    fn provider(&self) -> Arc<dyn Provider>;

    /// A window in which the service has records; best with several pages and
    /// more than one request's worth of time.
    fn window(&self) -> Window;

    /// What the service holds in the window of the usual kinds, exactly.
    fn expected(&self) -> Vec<Expected>;

    /// The provider with a service that always fails like this; `None` where
    /// the gateway has no such failure.
    async fn failing(&self, failure: Failure) -> Option<Arc<dyn Provider>> {
        let _ = failure;
        None
    }

    /// The credentials and personal data that must not appear anywhere.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A record that the service holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its amount as text, with the digits that the service sends.
    pub amount: String,
}

/// A way in which a service fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// HTTP 401 to everything.
    Unauthorized,
    /// HTTP 403 to everything.
    Forbidden,
    /// HTTP 429 to everything.
    RateLimited,
    /// HTTP 5xx to everything.
    ServerError,
    /// Success with a body that is not the JSON that was promised.
    BadJson,
}

impl Failure {
    /// Every failure.
    pub const ALL: [Self; 5] = [
        Self::Unauthorized,
        Self::Forbidden,
        Self::RateLimited,
        Self::ServerError,
        Self::BadJson,
    ];

    /// The kinds of error that are a right answer to it.
    #[must_use]
    pub const fn admissible(self) -> &'static [ErrorKind] {
        match self {
            Self::Unauthorized => &[ErrorKind::Authentication],
            Self::Forbidden => &[ErrorKind::Forbidden, ErrorKind::Authentication],
            Self::RateLimited => &[ErrorKind::RateLimited, ErrorKind::Unavailable],
            Self::ServerError => &[ErrorKind::Unavailable],
            Self::BadJson => &[ErrorKind::Decode],
        }
    }
}

/// What the kit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What was checked and holds.
    pub passed: Vec<&'static str>,
    /// What was checked and does not hold, and why.
    pub failed: Vec<(&'static str, String)>,
    /// What could not be checked, and why.
    pub skipped: Vec<(&'static str, String)>,
}

impl Report {
    /// Nothing when all holds; else the report as an error.
    pub fn into_result(self) -> Result<Self, Nonconformance> {
        if self.failed.is_empty() {
            Ok(self)
        } else {
            Err(Nonconformance(self))
        }
    }

    fn add(&mut self, name: &'static str, outcome: Outcome) {
        match outcome {
            Ok(()) => self.passed.push(name),
            Err(Finding::Wrong(why)) => self.failed.push((name, why)),
            Err(Finding::Skipped(why)) => self.skipped.push((name, why)),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in &self.passed {
            writeln!(f, "holds    {name}")?;
        }
        for (name, why) in &self.skipped {
            writeln!(f, "skipped  {name}: {why}")?;
        }
        for (name, why) in &self.failed {
            writeln!(f, "FAILS    {name}: {why}")?;
        }
        Ok(())
    }
}

/// An implementation does not keep the contract.
#[derive(Debug, thiserror::Error)]
#[error("the provider does not conform:\n{0}")]
pub struct Nonconformance(pub Report);

/// Checks an implementation against the contract of [`Provider`].
pub async fn check(harness: &dyn Harness) -> Report {
    let mut report = Report::default();
    report.add("the descriptor is usable", descriptor(harness));
    report.add(
        "every record is delivered, to the digit",
        exact(harness).await,
    );
    report.add(
        "records are in the window, and of the provider",
        bounds(harness).await,
    );
    report.add(
        "two halves of a window make the whole",
        halves(harness).await,
    );
    report.add("an empty window has no records", empty(harness).await);
    report.add("a pull is the same every time", stable(harness).await);
    report.add("the certificate proves the pull", certified(harness).await);
    report.add(
        "only the kinds that were asked for come",
        kinds(harness).await,
    );
    report.add(
        "what is not claimed is unsupported",
        unclaimed(harness).await,
    );
    report.add("statements are in the window", statements(harness).await);
    report.add("a dropped stream leaves no trace", cancelled(harness).await);
    report.add("failures have the right kind", failures(harness).await);
    report.add("secrets are in no output", secrets(harness).await);
    report
}

enum Finding {
    Wrong(String),
    Skipped(String),
}

type Outcome = Result<(), Finding>;

impl From<ProviderError> for Finding {
    fn from(error: ProviderError) -> Self {
        Self::Wrong(format!("it failed: {error}"))
    }
}

fn wrong(why: impl Into<String>) -> Outcome {
    Err(Finding::Wrong(why.into()))
}

fn skipped(why: impl Into<String>) -> Outcome {
    Err(Finding::Skipped(why.into()))
}

/// Long after the window, so that the settle lag takes nothing away.
fn afterwards(window: Window) -> PullOptions {
    let month = SignedDuration::from_hours(24 * 30);
    PullOptions::at(window.to().saturating_add(month).unwrap_or(Timestamp::MAX))
}

async fn pulled(
    harness: &dyn Harness,
    query: RecordQuery,
) -> Result<(Vec<Record>, Certificate), ProviderError> {
    let options = afterwards(query.window);
    harness.provider().collect_records(query, options).await
}

fn descriptor(harness: &dyn Harness) -> Outcome {
    let provider = harness.provider();
    let descriptor = provider.descriptor();
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if descriptor.id.is_empty() || !descriptor.id.chars().all(is_word) {
        return wrong("the id is not a lower-case word");
    }
    if descriptor.name.trim().is_empty() {
        return wrong("the name is empty");
    }
    if descriptor.zone.iana_name().is_none() {
        return wrong("the zone has no IANA name");
    }
    let capabilities = &descriptor.capabilities;
    if capabilities.kinds.is_empty() && capabilities.kinds_on_request.is_empty() {
        return wrong("it lists no kind of record");
    }
    Ok(())
}

async fn exact(harness: &dyn Harness) -> Outcome {
    let (records, _) = pulled(harness, RecordQuery::new(harness.window())).await?;
    if let Some(record) = records.iter().find(|r| r.amount.amount.is_sign_negative()) {
        return wrong(format!("{} has a negative amount", record.id));
    }
    let seen: BTreeSet<_> = records.iter().map(as_expected).collect();
    let expected: BTreeSet<_> = harness.expected().into_iter().collect();
    if let Some(missing) = expected.difference(&seen).next() {
        return wrong(format!("{missing:?} was not delivered as such"));
    }
    if let Some(extra) = seen.difference(&expected).next() {
        return wrong(format!(
            "{extra:?} was delivered and does not exist as such"
        ));
    }
    Ok(())
}

fn as_expected(record: &Record) -> Expected {
    Expected {
        kind: record.kind,
        id: record.id.clone(),
        amount: record.amount.amount.to_string(),
    }
}

async fn bounds(harness: &dyn Harness) -> Outcome {
    let window = harness.window();
    let provider = harness.provider();
    let mut pages = provider.records(RecordQuery::new(window));
    while let Some(page) = pages.next().await {
        for record in page?.records {
            if !window.contains(record.created_at) {
                return wrong(format!("{} was created outside of {window}", record.id));
            }
            if record.provider != provider.descriptor().id {
                return wrong(format!("{} says it is of {}", record.id, record.provider));
            }
        }
    }
    Ok(())
}

async fn halves(harness: &dyn Harness) -> Outcome {
    let whole = harness.window();
    let (records, _) = pulled(harness, RecordQuery::new(whole)).await?;
    // The instant of a record is the bound that is most easily got wrong.
    let mut instants: Vec<_> = records.iter().map(|record| record.created_at).collect();
    instants.sort_unstable();
    let Some(&middle) = instants.get(instants.len() / 2) else {
        return skipped("the window has no records");
    };
    let half = |from, to| Window::new(from, to).map_err(|e| Finding::Wrong(e.to_string()));
    let (left, _) = pulled(harness, RecordQuery::new(half(whole.from(), middle)?)).await?;
    let (right, _) = pulled(harness, RecordQuery::new(half(middle, whole.to())?)).await?;
    let ids = |records: &[Record]| -> Vec<(Kind, String)> {
        let mut ids: Vec<_> = records.iter().map(|r| (r.kind, r.id.clone())).collect();
        ids.sort();
        ids
    };
    if ids(&[left, right].concat()) == ids(&records) {
        Ok(())
    } else {
        wrong(format!("the halves at {middle} lose or double records"))
    }
}

async fn empty(harness: &dyn Harness) -> Outcome {
    let nothing = harness.window().until(harness.window().from());
    let (records, _) = pulled(harness, RecordQuery::new(nothing)).await?;
    match records.len() {
        0 => Ok(()),
        count => wrong(format!("{count} records came")),
    }
}

async fn stable(harness: &dyn Harness) -> Outcome {
    let query = RecordQuery::new(harness.window());
    let (first, _) = pulled(harness, query.clone()).await?;
    let (second, _) = pulled(harness, query).await?;
    let ids: BTreeSet<_> = first
        .iter()
        .map(|record| (record.kind, &record.id))
        .collect();
    if ids.len() != first.len() {
        return wrong("two records share a kind and an id");
    }
    if first == second {
        Ok(())
    } else {
        wrong("two pulls of the same window differ in content or order")
    }
}

async fn certified(harness: &dyn Harness) -> Outcome {
    let (records, certificate) = pulled(harness, RecordQuery::new(harness.window())).await?;
    if certificate.distinct != records.len() as u64 {
        return wrong("the certificate counts other records than were delivered");
    }
    if !certificate.verdict.is_proven() {
        return wrong(format!("{:?}", certificate.verdict));
    }
    let lone_page = certificate.pages.len() < 2;
    if lone_page {
        return skipped("it holds, but the window has a single page: use a longer one");
    }
    Ok(())
}

async fn kinds(harness: &dyn Harness) -> Outcome {
    let provider = harness.provider();
    let (all, _) = pulled(harness, RecordQuery::new(harness.window())).await?;
    let mut by_kind: BTreeMap<Kind, usize> = BTreeMap::new();
    for record in &all {
        *by_kind.entry(record.kind).or_default() += 1;
    }
    for &kind in &provider.descriptor().capabilities.kinds {
        let query = RecordQuery::new(harness.window()).kinds([kind]);
        let (records, _) = pulled(harness, query).await?;
        if records.iter().any(|record| record.kind != kind) {
            return wrong(format!("other kinds came than `{kind}`"));
        }
        if records.len() != by_kind.get(&kind).copied().unwrap_or_default() {
            return wrong(format!("`{kind}` alone has other records than among all"));
        }
    }
    Ok(())
}

async fn unclaimed(harness: &dyn Harness) -> Outcome {
    let provider = harness.provider();
    let capabilities = &provider.descriptor().capabilities;
    let claims = |kind: &Kind| {
        capabilities.kinds.contains(kind) || capabilities.kinds_on_request.contains(kind)
    };
    for &kind in Kind::ALL.iter().filter(|kind| !claims(kind)) {
        let query = RecordQuery::new(harness.window()).kinds([kind]);
        expect_unsupported("records", pulled(harness, query).await)?;
    }
    if !capabilities.statements {
        let query = StatementQuery::new(harness.window());
        let options = afterwards(query.window);
        expect_unsupported(
            "statements",
            provider.collect_statements(query, options).await,
        )?;
    }
    if !capabilities.attest {
        let totals = some_totals(&*provider, harness.window())?;
        expect_unsupported("attest", provider.attest(&totals).await)?;
    }
    Ok(())
}

fn expect_unsupported<T>(what: &str, answer: Result<T, ProviderError>) -> Outcome {
    match answer {
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(()),
        Err(error) => wrong(format!("{what} failed otherwise: {error}")),
        Ok(_) => wrong(format!("{what} pretended success")),
    }
}

fn some_totals(provider: &dyn Provider, window: Window) -> Result<DayTotals, Finding> {
    let zone = &provider.descriptor().zone;
    let currency = "USD"
        .parse()
        .map_err(|e: ModelError| Finding::Wrong(e.to_string()))?;
    Ok(DayTotals {
        day: LocalDay {
            date: window.from().to_zoned(zone.clone()).date(),
            zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        },
        currency,
        buckets: BTreeMap::new(),
    })
}

async fn statements(harness: &dyn Harness) -> Outcome {
    let provider = harness.provider();
    if !provider.descriptor().capabilities.statements {
        return skipped("the provider has none");
    }
    let window = harness.window();
    let query = StatementQuery::new(window);
    let pull = provider
        .collect_statements(query, afterwards(window))
        .await?;
    if let Some(outside) = pull
        .statements
        .iter()
        .find(|s| !window.contains(s.period.from()))
    {
        return wrong(format!("{} begins outside of {window}", outside.id));
    }
    if !pull.verdict.is_proven() {
        return wrong(format!("{:?}", pull.verdict));
    }
    Ok(())
}

async fn cancelled(harness: &dyn Harness) -> Outcome {
    let query = RecordQuery::new(harness.window());
    let provider = harness.provider();
    let mut pages = provider.records(query.clone());
    if let Some(page) = pages.next().await {
        page?;
    }
    drop(pages);
    let options = afterwards(query.window);
    let (records, _) = provider.collect_records(query, options).await?;
    if records.len() == harness.expected().len() {
        Ok(())
    } else {
        wrong("the pull after a dropped one is not whole")
    }
}

async fn failures(harness: &dyn Harness) -> Outcome {
    let mut unknown = Vec::new();
    for failure in Failure::ALL {
        let Some(provider) = harness.failing(failure).await else {
            unknown.push(format!("{failure:?}"));
            continue;
        };
        let query = RecordQuery::new(harness.window());
        let options = afterwards(query.window);
        match provider.collect_records(query, options).await {
            Ok(_) => return wrong(format!("{failure:?} is no error")),
            Err(error) if !failure.admissible().contains(&error.kind()) => {
                return wrong(format!("{failure:?} became {:?}: {error}", error.kind()));
            }
            Err(error) => no_secrets(harness, &format!("{error} {error:?} {error:#?}"))?,
        }
    }
    if unknown.is_empty() {
        Ok(())
    } else {
        skipped(format!("the harness does not show {}", unknown.join(", ")))
    }
}

async fn secrets(harness: &dyn Harness) -> Outcome {
    let provider = harness.provider();
    no_secrets(harness, &format!("{provider:?} {provider:#?}"))?;
    no_secrets(harness, &format!("{:?}", provider.descriptor()))?;
    let (records, certificate) = pulled(harness, RecordQuery::new(harness.window())).await?;
    no_secrets(harness, &format!("{records:?} {certificate:?}"))?;
    if harness.secrets().is_empty() {
        return skipped("the harness names no secrets");
    }
    Ok(())
}

fn no_secrets(harness: &dyn Harness, output: &str) -> Outcome {
    if harness
        .secrets()
        .iter()
        .any(|secret| output.contains(secret.as_str()))
    {
        wrong("a secret is in an output")
    } else {
        Ok(())
    }
}
