//! The list of reconciliations.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::{Span, ToSpan, civil::Date};
use reconcile_transport::{PageSource, Reply};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    Client, Error,
    client::Parameters,
    envelope,
    list::{self, ReadPage},
    models::{ReconciliationEntry, ReconciliationList},
    reconciliation::RECONCILIATION_PATH,
};

const LIST: &str = "reconciliation list";

/// How many entries a page has, unless told otherwise; the most that Paywall
/// takes is not documented.
const PAGE: u64 = 100;

/// The days of one request where the list is read whole. A range must be
/// shorter than 31 days for some calls, which are not named, and one day more
/// is asked for than these.
const DAYS: i64 = 29;

/// What the list of reconciliations is asked for.
///
/// Which date its range filters by is not documented, nor whether it includes
/// the last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReconciliationsQuery {
    from: Date,
    to: Date,
    start: u64,
    length: u64,
    sort: Option<Sort>,
}

/// Which way a list is sorted. By what is not documented; in what is published,
/// it is by when the reconciliations were stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The first first.
    Ascending,
    /// The last first.
    Descending,
}

impl ReconciliationsQuery {
    /// Asks for the first 100 reconciliations of this range of days.
    #[must_use]
    pub const fn new(from: Date, to: Date) -> Self {
        Self {
            from,
            to,
            start: 0,
            length: PAGE,
            sort: None,
        }
    }

    /// Leaves out so many before the first.
    #[must_use]
    pub const fn start(mut self, offset: u64) -> Self {
        self.start = offset;
        self
    }

    /// Asks for so many. (The documentation describes `length` as the end.)
    #[must_use]
    pub const fn length(mut self, entries: u64) -> Self {
        self.length = entries;
        self
    }

    /// Asks for them in this order.
    #[must_use]
    pub const fn sort(mut self, sort: Sort) -> Self {
        self.sort = Some(sort);
        self
    }

    fn parameters(&self) -> Result<Parameters, Error> {
        check_range(self.from, self.to)?;
        if self.length == 0 {
            return Err(refusal("a page has at least one entry".to_owned()));
        }
        let mut parameters = vec![
            ("datefrom", self.from.to_string()),
            ("dateto", self.to.to_string()),
            ("start", self.start.to_string()),
            ("length", self.length.to_string()),
        ];
        if let Some(sort) = self.sort {
            let value = match sort {
                Sort::Ascending => "asc",
                Sort::Descending => "desc",
            };
            parameters.push(("sortvalue", value.to_owned()));
        }
        Ok(parameters)
    }
}

impl Client {
    /// Some of the reconciliations of a range of days:
    /// `GET /api/paywall/private/vpos/reconciliation/list`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// use paywall_vpos::{ReconciliationsQuery, Sort};
    ///
    /// let january = ReconciliationsQuery::new("2026-01-01".parse()?, "2026-01-30".parse()?)
    ///     .length(10)
    ///     .sort(Sort::Descending);
    /// let list = client.reconciliation_list(&january).await?;
    /// assert_eq!(list.data.len(), 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn reconciliation_list(
        &self,
        query: &ReconciliationsQuery,
    ) -> Result<ReconciliationList, Error> {
        self.find(LIST, &path(), query.parameters()?).await
    }

    /// All reconciliations of the days from `from`, inclusive, to `to`,
    /// exclusive, each once.
    ///
    /// The range is taken to be of the days that are reconciled, not of when:
    /// what lies outside is left out on this side. Ends with
    /// [`Error::Unproven`] when it cannot be shown that none is missing.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// use futures::TryStreamExt;
    ///
    /// let all: Vec<_> = client
    ///     .all_reconciliations("2026-01-01".parse()?, "2026-01-31".parse()?)
    ///     .try_collect()
    ///     .await?;
    /// assert!(all.iter().any(|day| day.is_reconciled));
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn all_reconciliations(
        &self,
        from: Date,
        to: Date,
    ) -> BoxStream<'static, Result<ReconciliationEntry, Error>> {
        match check_range(from, to) {
            Ok(()) => self.reconciliations_of(Range { from, to }, to, self.concurrency()),
            Err(error) => list::refused(error),
        }
    }

    /// All reconciliations of these days, in ranges that go on to `until`: what
    /// was stored by then is in them, too, if they are of when that was.
    pub(crate) fn reconciliations_of(
        &self,
        days: Range,
        until: Date,
        concurrency: NonZeroUsize,
    ) -> BoxStream<'static, Result<ReconciliationEntry, Error>> {
        let source = Reconciliations {
            client: self.clone(),
            days,
        };
        list::every(LIST, source, ranges(days.from, until), concurrency)
    }
}

fn path() -> Vec<&'static str> {
    [RECONCILIATION_PATH, &["list"]].concat()
}

fn check_range(from: Date, to: Date) -> Result<(), Error> {
    if from > to {
        let reason = format!("the range is inverted: {from} is after {to}");
        return Err(refusal(reason));
    }
    Ok(())
}

fn refusal(reason: String) -> Error {
    Error::Query {
        operation: LIST,
        reason,
    }
}

/// Days, the second exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: Date,
    pub(crate) to: Date,
}

impl Range {
    fn contains(self, day: Date) -> bool {
        self.from <= day && day < self.to
    }
}

/// The ranges that a long one is asked for in.
fn ranges(from: Date, to: Date) -> Vec<Range> {
    from.series(Span::new().days(DAYS))
        .take_while(|from| *from < to)
        .map(|from| Range {
            from,
            to: from.saturating_add(DAYS.days()).min(to),
        })
        .collect()
}

struct Reconciliations {
    client: Client,
    /// The days that are meant: in the answer about a range may be others.
    days: Range,
}

#[async_trait]
impl PageSource for Reconciliations {
    type Span = Range;
    type Row = Option<(String, ReconciliationEntry)>;
    type Error = Error;

    async fn fetch(
        &self,
        range: &Range,
        index: u64,
    ) -> Result<reconcile_transport::Page<Self::Row>, Error> {
        let key = |entry: &ReconciliationEntry| entry.reconciliation_id.to_string();
        self.page(*range, index).await?.checked(key, |_, entry| {
            let entry = entry?;
            let is_meant = self.days.contains(entry.reconciliation_date.date());
            Ok(is_meant.then(|| (content(&entry), entry)))
        })
    }
}

impl Reconciliations {
    /// A page of the list. Paywall may send fewer entries than it is asked for:
    /// the others are asked for from where it stopped.
    async fn page(&self, range: Range, index: u64) -> Result<ReadPage<ReconciliationEntry>, Error> {
        let start = index.saturating_mul(PAGE);
        let mut page = self.part(range, index, start, PAGE).await?;
        loop {
            let seen = page.rows.len() as u64;
            let stated = page.total.saturating_sub(start).min(PAGE);
            if seen == 0 || seen >= stated {
                return Ok(page);
            }
            let start = start.saturating_add(seen);
            let rest = self.part(range, index, start, PAGE - seen).await?;
            if rest.rows.is_empty() {
                return Ok(page);
            }
            page.rows.extend(rest.rows);
            page.total = page.total.max(rest.total);
            page.digest = reconcile_transport::digest(&[page.digest, rest.digest].concat());
        }
    }

    /// What one request brings of a page.
    async fn part(
        &self,
        range: Range,
        index: u64,
        start: u64,
        length: u64,
    ) -> Result<ReadPage<ReconciliationEntry>, Error> {
        // The last day is asked for whether or not the range includes its end,
        // and in the order in which new ones come last.
        let query = ReconciliationsQuery::new(range.from, range.to)
            .start(start)
            .length(length)
            .sort(Sort::Ascending);
        let reply = self.client.get(LIST, &path(), query.parameters()?).await?;
        read(index, &reply)
    }
}

/// What a reconciliation says: two that say the same are one, listed twice; two
/// of one number that do not are both told.
fn content(entry: &ReconciliationEntry) -> String {
    format!(
        "{} {} {} {:?} {:?}",
        entry.reconciliation_id,
        entry.reconciliation_date,
        entry.is_reconciled,
        entry.insert_date_time,
        entry.update_date_time
    )
}

/// A page whose total must be there: without it, an end that is none could not
/// be told from the last.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    total_record: u64,
}

fn read(index: u64, reply: &Reply) -> Result<ReadPage<ReconciliationEntry>, Error> {
    let page: Page<'_> = envelope::open(LIST, reply)?;
    Ok(ReadPage {
        rows: list::rows(LIST, index, page.data),
        index,
        echoed: None,
        page_size: PAGE,
        total: page.total_record,
        digest: reconcile_transport::digest(&reply.body),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_long_range_is_asked_for_in_parts_of_fewer_than_31_days() {
        let (from, to) = (date(2025, 12, 1), date(2026, 4, 1));
        let ranges = ranges(from, to);
        let mut reached = from;
        for range in &ranges {
            assert_eq!(range.from, reached);
            let sent = range.from.until(range.to).unwrap().get_days();
            assert!((1..=30).contains(&sent), "{range:?}");
            reached = range.to;
        }
        assert_eq!((ranges.len(), reached), (5, to));
        assert!(super::ranges(from, from).is_empty());
    }
}
