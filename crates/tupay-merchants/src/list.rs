//! What all lists have in common: parameters, envelope, windows and reading ahead.

use std::{collections::HashSet, fmt::Debug, num::NonZeroUsize, sync::Arc};

use async_trait::async_trait;
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use jiff::{SignedDuration, Timestamp};
use reconcile_core::Window;
use reconcile_transport::{
    Anomaly, DecodeError, PageSource, PagedOut, PagesCause, PagesError, ReadAhead, Span,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{Client, Error};

/// The longest span of one request, as TuPay documents it.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(60 * 24);

/// The longest window of one request: whole days, and short of
/// [`LONGEST_SPAN`] by more than what [`Query::around`] adds.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(59 * 24);

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows that the filters admit.
    pub data: Vec<T>,
    /// The page's index, from 0.
    pub page: u64,
    /// The number of rows as TuPay says it, filtered ones included.
    pub rows: u64,
    /// The most rows that a page has. A page with as many may be followed by
    /// another, which may be empty.
    pub max_rows: u64,
}

impl<T> Page<T> {
    /// Whether another page is to be asked for.
    #[must_use]
    pub const fn has_more(&self) -> bool {
        self.rows >= self.max_rows
    }
}

/// The lists of the Merchants API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Deposits,
    Cashouts,
    BalanceReport,
    Settlements,
    Notes,
}

impl List {
    /// The name of the list, in errors and evidence.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Deposits => "deposits",
            Self::Cashouts => "cashouts",
            Self::BalanceReport => "balance report",
            Self::Settlements => "settlements",
            Self::Notes => "notes",
        }
    }
}

/// A row of a list.
pub(crate) trait Row: DeserializeOwned + Debug + Send + 'static {
    const LIST: List;

    /// What identifies it in the list.
    fn key(&self) -> String;

    /// The instant that the list filters by.
    fn instant(&self) -> Timestamp;
}

/// The filters of a list.
pub(crate) trait Filters: Clone + Send + Sync + 'static {
    type Row: Row;

    /// As they are sent.
    fn parameters(&self) -> Vec<(&'static str, String)>;

    /// Whether they admit the row: TuPay ignores parameters that it does not
    /// know, so what it sends is checked again.
    fn admits(&self, row: &Self::Row) -> bool;
}

/// What a list is asked for: a range of creation, a page, filters.
///
/// All are optional. What TuPay lists when no range is given is not documented.
#[derive(Clone, Debug, Default)]
pub struct Query<F> {
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
    pub(crate) page: u64,
    pub(crate) filters: F,
}

impl<F: Default> Query<F> {
    /// Asks for the first page of everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl<F> Query<F> {
    /// Asks for what was created from `from` to `to`. They are sent as whole
    /// seconds; whether TuPay includes the bounds is not documented. One
    /// request may span 60 days; lists read with `all_…` may span any time.
    #[must_use]
    pub const fn between(mut self, from: Timestamp, to: Timestamp) -> Self {
        self.from = Some(from);
        self.to = Some(to);
        self
    }

    /// Asks for this page, from 0.
    #[must_use]
    pub const fn page(mut self, page: u64) -> Self {
        self.page = page;
        self
    }

    /// The same filters for one page of the window, in a request that holds
    /// every row of it, whatever TuPay takes the bounds for: a second is added
    /// on both sides, and rows outside are left out when they arrive.
    pub(crate) fn around(&self, window: Window, page: u64) -> Self
    where
        F: Clone,
    {
        let second = SignedDuration::from_secs(1);
        let whole =
            |instant: Timestamp| Timestamp::from_second(instant.as_second()).unwrap_or(instant);
        Self {
            from: Some(
                whole(window.from())
                    .saturating_sub(second)
                    .unwrap_or(Timestamp::MIN),
            ),
            to: Some(
                whole(window.to())
                    .saturating_add(second)
                    .unwrap_or(Timestamp::MAX),
            ),
            page,
            filters: self.filters.clone(),
        }
    }
}

/// The query string: Unix seconds, as TuPay documents them.
pub(crate) fn parameters<F: Filters>(
    query: &Query<F>,
) -> Result<Vec<(&'static str, String)>, Error> {
    if let (Some(from), Some(to)) = (query.from, query.to) {
        check_span(F::Row::LIST, from, to)?;
    }
    let seconds = |name, instant: Option<Timestamp>| {
        instant.map(|instant| (name, instant.as_second().to_string()))
    };
    Ok([seconds("from", query.from), seconds("to", query.to)]
        .into_iter()
        .flatten()
        .chain([("page", query.page.to_string())])
        .chain(query.filters.parameters())
        .collect())
}

/// The window of a query that is to be read whole.
fn whole_window<F: Filters>(query: &Query<F>) -> Result<Window, Error> {
    let refuse = |reason: String| Error::Query {
        operation: F::Row::LIST.name(),
        reason,
    };
    match (query.from, query.to) {
        (Some(from), Some(to)) => Window::new(from, to).map_err(|error| refuse(error.to_string())),
        _ => Err(refuse(
            "reading a whole list needs a range (between)".to_owned(),
        )),
    }
}

fn check_span(list: List, from: Timestamp, to: Timestamp) -> Result<(), Error> {
    let reason = if from > to {
        format!("the range is inverted: {from} is after {to}")
    } else if from.duration_until(to) > LONGEST_SPAN {
        format!("{from} to {to} is more than the 60 days that TuPay allows in one request")
    } else {
        return Ok(());
    };
    Err(Error::Query {
        operation: list.name(),
        reason,
    })
}

/// The envelope of a list, strictly; its rows are decoded one by one, so that
/// an odd one is one error with its place, and the page survives where wanted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    page: u64,
    rows: u64,
    max_rows: u64,
}

/// A page as it arrived, each row read on its own.
pub(crate) struct ReadPage<T> {
    pub(crate) rows: Vec<Result<T, DecodeError>>,
    pub(crate) page: u64,
    pub(crate) rows_stated: u64,
    pub(crate) max_rows: u64,
    pub(crate) digest: [u8; 32],
}

impl<T: Row> ReadPage<T> {
    pub(crate) fn read(asked: u64, body: &[u8]) -> Result<Self, Error> {
        let operation = T::LIST.name();
        let envelope: Envelope<'_> = reconcile_transport::decode(operation, body)?;
        let row = |(index, text)| {
            reconcile_transport::decode_row(operation, index, text)
                .map_err(|error: DecodeError| error.with_page(asked))
        };
        Ok(Self {
            rows: (0..).zip(envelope.data).map(row).collect(),
            page: envelope.page,
            rows_stated: envelope.rows,
            max_rows: envelope.max_rows,
            digest: reconcile_transport::digest(body),
        })
    }

    /// The page for users: its rows, or the first that could not be read.
    pub(crate) fn admit(self, admits: impl Fn(&T) -> bool) -> Result<Page<T>, Error> {
        let rows = self.rows.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Page {
            data: rows.into_iter().filter(admits).collect(),
            page: self.page,
            rows: self.rows_stated,
            max_rows: self.max_rows,
        })
    }

    /// The page for the pager: what [`reconcile_transport::pages`] checks, and
    /// the rows as `map` makes them.
    pub(crate) fn checked<R>(
        self,
        map: impl Fn(u64, Result<T, DecodeError>) -> Result<R, Error>,
    ) -> Result<reconcile_transport::Page<R>, Error> {
        let seen = self.rows.len() as u64;
        let keys = self.rows.iter().enumerate().map(|(index, row)| match row {
            Ok(row) => row.key(),
            // What cannot be read has no id; its place stands for it.
            Err(_) => format!("unreadable {}.{index}", self.page),
        });
        Ok(reconcile_transport::Page {
            keys: keys.collect(),
            echoed_index: Some(self.page),
            stated_rows: Some(self.rows_stated),
            seen_rows: seen,
            max_rows: Some(self.max_rows),
            // Where the two disagree, a page too many is asked rather than one too few.
            has_more: self.rows_stated.max(seen) >= self.max_rows && self.max_rows > 0,
            digest: self.digest,
            rows: (0..)
                .zip(self.rows)
                .map(|(index, row)| map(index, row))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The windows that a long one is asked for in.
pub(crate) fn windows(window: Window) -> Vec<Window> {
    let span = Span {
        from: window.from(),
        to: window.to(),
    };
    reconcile_transport::split(span, LONGEST_WINDOW)
        .into_iter()
        .filter_map(|span| Window::new(span.from, span.to).ok())
        .collect()
}

/// How far to read ahead with this many requests at once.
pub(crate) fn read_ahead(concurrency: NonZeroUsize) -> ReadAhead {
    ReadAhead {
        concurrency,
        ..ReadAhead::default()
    }
}

/// What about a page, or about the reading that it ends, leaves a doubt.
pub(crate) fn doubts<S, R>(page: &PagedOut<S, R>) -> Vec<String> {
    let unsettled = (page.last && page.settled == Some(false))
        .then(|| "the list changed while it was read".to_owned());
    page.anomalies
        .iter()
        .map(|anomaly| match anomaly {
            Anomaly::RowsDiffer { stated, seen } => {
                format!("TuPay states {stated} rows and sent {seen}")
            }
            Anomaly::Moved { passes } => {
                format!("the list changed during each of {passes} readings")
            }
            Anomaly::ShortPage { expected, seen } => {
                format!("{seen} rows instead of {expected}, and more pages follow")
            }
            other => format!("{other:?}"),
        })
        .chain(unsettled)
        .collect()
}

/// An error of the pager as one of this crate.
pub(crate) fn paging_error<S>(list: List, error: PagesError<S, Error>) -> Error {
    match error.cause {
        PagesCause::Source(cause) => cause,
        PagesCause::Fault(fault) => Error::Paging {
            operation: list.name(),
            page: error.index,
            fault,
        },
        other => Error::Unproven {
            operation: list.name(),
            page: error.index,
            doubt: format!("{other:?}"),
        },
    }
}

/// Every row that the query is for, each once: long ranges are split, pages are
/// read ahead and in order. A list that cannot be shown to be complete ends
/// with an error, after its rows.
pub(crate) fn every<F: Filters>(
    client: &Client,
    query: Query<F>,
) -> BoxStream<'static, Result<F::Row, Error>> {
    let window = match whole_window(&query) {
        Ok(window) => window,
        Err(error) => return stream::iter([Err(error)]).boxed(),
    };
    let options = read_ahead(client.concurrency());
    let filters = query.filters.clone();
    let source = Arc::new(Rows {
        client: client.clone(),
        query,
    });
    let mut seen = HashSet::new();
    reconcile_transport::pages(source, windows(window), options)
        .map_err(|error| paging_error(F::Row::LIST, error))
        .flat_map(move |page| {
            stream::iter(match page {
                Err(error) => vec![Err(error)],
                Ok(page) => fresh_rows(page, &mut seen, &filters),
            })
        })
        .boxed()
}

fn fresh_rows<F: Filters>(
    page: PagedOut<Window, F::Row>,
    seen: &mut HashSet<String>,
    filters: &F,
) -> Vec<Result<F::Row, Error>> {
    let doubt = (!page.anomalies.is_empty()).then(|| Error::Unproven {
        operation: F::Row::LIST.name(),
        page: page.index,
        doubt: doubts(&page).join("; "),
    });
    let window = page.span;
    let is_fresh = |row: &F::Row| {
        window.contains(row.instant()) && filters.admits(row) && seen.insert(row.key())
    };
    page.page
        .rows
        .into_iter()
        .filter(is_fresh)
        .map(Ok)
        .chain(doubt.map(Err))
        .collect()
}

struct Rows<F> {
    client: Client,
    query: Query<F>,
}

#[async_trait]
impl<F: Filters> PageSource for Rows<F> {
    type Span = Window;
    type Row = F::Row;
    type Error = Error;

    async fn fetch(
        &self,
        window: &Window,
        index: u64,
    ) -> Result<reconcile_transport::Page<F::Row>, Error> {
        let page = self.client.read(&self.query.around(*window, index)).await?;
        page.checked(|_, row| row.map_err(Error::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deposits::DepositsQuery;

    fn window(from: &str, to: &str) -> Window {
        Window::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn range(from: &str, to: &str) -> DepositsQuery {
        DepositsQuery::new().between(from.parse().unwrap(), to.parse().unwrap())
    }

    #[test]
    fn a_request_reaches_beyond_the_window_and_stays_within_60_days() {
        let long = window("2024-01-01T00:00:00.5Z", "2026-01-01T00:00:00.5Z");
        for window in windows(long) {
            let query = DepositsQuery::new().around(window, 0);
            assert!(query.from.unwrap() < window.from());
            assert!(query.to.unwrap() > window.to());
            parameters(&query).unwrap();
        }
    }

    #[test]
    fn an_inverted_or_too_long_range_is_refused_before_it_is_sent() {
        let inverted = range("2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z");
        let long = range("2024-01-01T00:00:00Z", "2024-03-01T00:00:01Z");
        for query in [inverted, long] {
            let error = parameters(&query).unwrap_err();
            assert!(matches!(error, Error::Query { .. }), "{error}");
        }
        let sixty = range("2024-01-01T00:00:00Z", "2024-03-01T00:00:00Z");
        assert!(parameters(&sixty).is_ok());
    }

    #[test]
    fn the_range_is_in_unix_seconds() {
        let january = range("2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z")
            .page(3)
            .country("PE");
        let parameters = parameters(&january).unwrap();
        let text: Vec<_> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(
            text.join("&"),
            "from=1577836800&to=1580515200&page=3&country=PE"
        );
    }
}
