//! What users call: pulls that deduplicate, stop at the settle lag, and certify.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    fmt,
    hash::Hash,
    time::Duration,
};

use async_trait::async_trait;
use futures::{StreamExt, stream::BoxStream};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    Certificate, CertifiedQuery, Currency, ErrorKind, Kind, PageEvidence, Provider, ProviderError,
    Record, RecordPage, RecordQuery, SetAside, Statement, StatementPage, StatementQuery, Status,
    Sum, Total, Verdict, Window, certificate,
};

/// When a pull takes place, and how young a record it trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PullOptions {
    /// The present instant.
    pub now: Timestamp,
    /// How long before now the pull ends; `None` is the provider's own lag.
    pub settle_lag: Option<Duration>,
    /// The instant on the certificate; `None` is now. A fixed one makes the
    /// certificates of two equal pulls equal.
    pub instant: Option<Timestamp>,
}

impl PullOptions {
    /// A pull at this instant, with the provider's own settle lag.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self {
            now,
            settle_lag: None,
            instant: None,
        }
    }

    /// Sets the instant on the certificate.
    #[must_use]
    pub const fn instant(mut self, instant: Timestamp) -> Self {
        self.instant = Some(instant);
        self
    }

    /// Sets how long before now the pull ends.
    #[must_use]
    pub const fn settle_lag(mut self, lag: Duration) -> Self {
        self.settle_lag = Some(lag);
        self
    }
}

/// What every provider can be asked, built on what an implementor writes.
#[async_trait]
pub trait ProviderExt: Provider {
    /// Pulls the records of the window, each once, and certifies the pull.
    ///
    /// The pull ends at the settle lag before now: what is younger may not have
    /// reached the provider's list yet, and its absence would prove nothing.
    fn pull(&self, query: RecordQuery, options: PullOptions) -> Pull {
        Pull::begin(self.descriptor(), query, options, |query| {
            self.records(query)
        })
    }

    /// Pulls the records of the window into memory.
    async fn collect_records(
        &self,
        query: RecordQuery,
        options: PullOptions,
    ) -> Result<(Vec<Record>, Certificate), ProviderError> {
        let mut pull = self.pull(query, options);
        let mut records = Vec::new();
        while let Some(page) = pull.next().await {
            records.extend(page?.records);
        }
        Ok((records, pull.certificate()))
    }

    /// Pulls the statements of the window, up to the settle lag before now.
    ///
    /// Statements are few and are never deduplicated: that a provider repeats a
    /// day is itself a finding. Of a list that was read several times, the last
    /// reading counts.
    async fn collect_statements(
        &self,
        query: StatementQuery,
        options: PullOptions,
    ) -> Result<StatementPull, ProviderError> {
        let read = settled(self.descriptor(), query.window, options);
        let mut pages: Vec<StatementPage> = Vec::new();
        let mut stream = self.statements(StatementQuery {
            window: read,
            ..query
        });
        while let Some(page) = stream.next().await {
            let page = page?;
            pages.retain(|earlier| !is_superseded(&earlier.evidence, &page.evidence));
            pages.push(page);
        }
        let evidence: Vec<_> = pages.iter().map(|page| page.evidence.clone()).collect();
        let doubts = certificate::doubts(read, &evidence);
        Ok(StatementPull {
            statements: pages.into_iter().flat_map(|page| page.statements).collect(),
            verdict: verdict(query.window, read, doubts),
            pages: evidence,
        })
    }
}

impl<P: Provider + ?Sized> ProviderExt for P {}

/// The statements of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementPull {
    /// The statements, in the provider's order.
    pub statements: Vec<Statement>,
    /// Whether they are all.
    pub verdict: Verdict,
    /// The pages that they were on.
    pub pages: Vec<PageEvidence>,
}

/// A pull under way.
///
/// Take pages with [`next`](Self::next); ask for the
/// [`certificate`](Self::certificate) when it is over. A pull that was left
/// before its end, or that failed, has a certificate that says so.
pub struct Pull {
    stream: BoxStream<'static, Result<RecordPage, ProviderError>>,
    seen: HashMap<IdHash, ContentHash>,
    totals: BTreeMap<(Kind, Status, Currency), (u64, Sum)>,
    unreadable: Unreadable,
    certificate: Certificate,
    state: State,
}

/// 128 bits of SHA-256: two ids of a pull share them once in 10^20 pulls of a
/// billion records, and a map of them stays small.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct IdHash(u128);

#[derive(Clone, Copy, PartialEq, Eq)]
struct ContentHash(u128);

enum State {
    Reading,
    Ended,
    Failed(String),
}

/// The new records of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PulledPage {
    /// The records whose ids had not been seen before.
    pub records: Vec<Record>,
    /// The rows that could not be read.
    pub set_aside: Vec<SetAside>,
    /// The part of the window that the page belongs to.
    pub window: Window,
}

impl Pull {
    fn begin(
        descriptor: &crate::Descriptor,
        mut query: RecordQuery,
        options: PullOptions,
        records: impl FnOnce(RecordQuery) -> BoxStream<'static, Result<RecordPage, ProviderError>>,
    ) -> Self {
        let asked = query.window;
        query.window = settled(descriptor, asked, options);
        let certificate = Certificate {
            provider: descriptor.id.clone(),
            query: CertifiedQuery {
                asked,
                read: query.window,
                // A kind that the provider does not list is its error to give.
                kinds: descriptor
                    .kinds_of(&query.kinds)
                    .unwrap_or_else(|_| query.kinds.clone()),
            },
            instant: options.instant.unwrap_or(options.now),
            verdict: Verdict::Unproven {
                reasons: Vec::new(),
            },
            distinct: 0,
            duplicates: 0,
            changed_while_paging: 0,
            set_aside: 0,
            totals: Vec::new(),
            pages: Vec::new(),
        };
        Self {
            stream: records(query),
            seen: HashMap::new(),
            totals: BTreeMap::new(),
            unreadable: Unreadable::default(),
            certificate,
            state: State::Reading,
        }
    }

    /// The next page's new records, or `None` when the pull is over. After an
    /// error it is over; what was delivered before remains good.
    pub async fn next(&mut self) -> Option<Result<PulledPage, ProviderError>> {
        if !matches!(self.state, State::Reading) {
            return None;
        }
        let outcome = match self.stream.next().await {
            None => {
                self.state = State::Ended;
                return None;
            }
            Some(page) => page.and_then(|page| self.admit(page)),
        };
        if let Err(error) = &outcome {
            self.state = State::Failed(error.to_string());
        }
        Some(outcome)
    }

    /// The evidence of the pull so far, and its verdict.
    #[must_use]
    pub fn certificate(&self) -> Certificate {
        let mut certificate = self.certificate.clone();
        certificate.distinct = self.seen.len() as u64;
        certificate.totals = self
            .totals
            .iter()
            .map(|(&(kind, status, currency), &(count, amount))| Total {
                kind,
                status,
                currency,
                count,
                amount,
            })
            .collect();
        let CertifiedQuery { asked, read, .. } = certificate.query;
        certificate.verdict = verdict(asked, read, self.doubts());
        certificate
    }

    fn doubts(&self) -> Vec<String> {
        let mut doubts = certificate::doubts(self.certificate.query.read, &self.certificate.pages);
        match &self.state {
            State::Reading => doubts.push("the pull was left before its end".to_owned()),
            State::Failed(error) => doubts.push(format!("the pull failed: {error}")),
            State::Ended => {}
        }
        if self.certificate.set_aside > 0 {
            doubts.push(format!(
                "{} rows could not be read and were set aside",
                self.certificate.set_aside
            ));
        }
        doubts
    }

    /// Takes a page in: drops what was seen before, adds up the rest.
    fn admit(&mut self, page: RecordPage) -> Result<PulledPage, ProviderError> {
        let window = page.evidence.window;
        let mut fresh = Vec::with_capacity(page.records.len());
        for record in page.records {
            let (id, content) = hashes(&record);
            match self.seen.entry(id) {
                Entry::Occupied(earlier) => {
                    self.certificate.duplicates += 1;
                    self.certificate.changed_while_paging += u64::from(*earlier.get() != content);
                }
                Entry::Vacant(place) => {
                    place.insert(content);
                    self.add_up(&record)?;
                    fresh.push(record);
                }
            }
        }
        let set_aside = self.unreadable.admit(&page.evidence, page.set_aside);
        self.certificate.set_aside += set_aside.len() as u64;
        self.certificate.pages.push(page.evidence);
        Ok(PulledPage {
            records: fresh,
            set_aside,
            window,
        })
    }

    fn add_up(&mut self, record: &Record) -> Result<(), ProviderError> {
        let key = (record.kind, record.status, record.amount.currency);
        let (count, sum) = self.totals.entry(key).or_default();
        *count += 1;
        *sum = sum.plus(record.amount.amount).map_err(|cause| {
            let message = format!("the amounts of the pull do not add up at {}", record.id);
            ProviderError::new(ErrorKind::Decode, &record.provider, message).with_source(cause)
        })?;
        Ok(())
    }
}

impl fmt::Debug for Pull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pull")
            .field("query", &self.certificate.query)
            .field("distinct", &self.seen.len())
            .finish_non_exhaustive()
    }
}

/// The rows that could not be read, by list and part of the window.
///
/// A list that is read again shows them again, and nothing but their number
/// tells them apart: they have no id, and their place moves with the list. So
/// of a later reading, only those count that no earlier one had as many of.
#[derive(Default)]
struct Unreadable(BTreeMap<(String, Window), Readings>);

#[derive(Default)]
struct Readings {
    pass: u32,
    seen_in_pass: usize,
    told: usize,
}

impl Unreadable {
    /// The rows among these that have not been told yet.
    fn admit(&mut self, page: &PageEvidence, mut rows: Vec<SetAside>) -> Vec<SetAside> {
        if rows.is_empty() {
            return rows;
        }
        let part = (page.list.clone(), page.window);
        let readings = self.0.entry(part).or_default();
        if readings.pass != page.pass {
            (readings.pass, readings.seen_in_pass) = (page.pass, 0);
        }
        readings.seen_in_pass += rows.len();
        let new = readings.seen_in_pass.saturating_sub(readings.told);
        readings.told += new;
        rows.split_off(rows.len().saturating_sub(new))
    }
}

/// The window up to the settle lag before now or, where only days that are over
/// are listed, to the end of the last that was over by then.
fn settled(descriptor: &crate::Descriptor, asked: Window, options: PullOptions) -> Window {
    let lag = options.settle_lag.unwrap_or(descriptor.limits.settle_lag);
    // A lag beyond the range of time leaves nothing that could be trusted.
    let end = options.now.checked_sub(lag).unwrap_or(Timestamp::MIN);
    if descriptor.limits.closed_days {
        let day = end.to_zoned(descriptor.zone.clone()).start_of_day();
        return asked.until(day.map_or(Timestamp::MIN, |day| day.timestamp()));
    }
    // Whole seconds: no provider's list is finer, and people read it.
    asked.until(Timestamp::from_second(end.as_second()).unwrap_or(end))
}

fn verdict(asked: Window, read: Window, doubts: Vec<String>) -> Verdict {
    if !doubts.is_empty() {
        Verdict::Unproven { reasons: doubts }
    } else if read == asked {
        Verdict::Complete
    } else {
        Verdict::CompleteAsOf { as_of: read.to() }
    }
}

fn is_superseded(earlier: &PageEvidence, page: &PageEvidence) -> bool {
    earlier.list == page.list && earlier.window == page.window && earlier.pass < page.pass
}

fn hashes(record: &Record) -> (IdHash, ContentHash) {
    let mut id = Sha256::new();
    for part in [&record.provider, record.kind.as_str(), &record.id] {
        id.update(part.as_bytes());
        id.update([0]);
    }
    let mut content = Sha256::new();
    for cell in record.cells() {
        content.update(cell.as_deref().unwrap_or("\u{0}").as_bytes());
        content.update([0]);
    }
    (IdHash(leading_bits(id)), ContentHash(leading_bits(content)))
}

/// The leading 128 bits of a digest.
fn leading_bits(digest: Sha256) -> u128 {
    digest
        .finalize()
        .into_iter()
        .take(16)
        .fold(0, |bits, byte| (bits << 8) | u128::from(byte))
}
