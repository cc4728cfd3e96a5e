//! What all lists have in common: parameters, pages, windows and reading ahead.

mod whole;

use std::{fmt::Debug, num::NonZeroUsize};

use jiff::{SignedDuration, Timestamp};
use reconcile_core::Window;
use reconcile_transport::{
    Anomaly, DecodeError, PagedOut, PagesCause, PagesError, ReadAhead, Span,
};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{
    Error,
    models::{Page, is_full},
};
pub(crate) use whole::every;

/// The longest span of one request, as TuPay documents it.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(60 * 24);

/// The longest window of one request: whole days, and short of
/// [`LONGEST_SPAN`] by more than what [`Query::around`] adds.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(59 * 24);

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

    /// The same without what can change while a list is read: rows that it
    /// takes away shift those behind them, and some would never be seen.
    fn lasting(&self) -> Self;

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
        // The page strictly; its rows one by one, so that an odd one is one
        // error with its place, and the page survives where wanted.
        let read: Page<&RawValue> = reconcile_transport::decode(operation, body)?;
        let row = |(index, text)| {
            reconcile_transport::decode_row(operation, index, text)
                .map_err(|error: DecodeError| error.with_page(asked))
        };
        Ok(Self {
            rows: (0..).zip(read.data).map(row).collect(),
            page: read.page,
            rows_stated: read.rows,
            max_rows: read.max_rows,
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
            has_more: is_full(self.rows_stated.max(seen), self.max_rows),
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

/// What about a page, or about the reading that it ends, leaves a doubt, but
/// for the number of its rows: the evidence has both numbers.
pub(crate) fn doubts<S, R>(page: &PagedOut<S, R>) -> Vec<String> {
    let mut doubts: Vec<_> = page.anomalies.iter().filter_map(doubt).collect();
    if page.last && page.settled == Some(false) && doubts.is_empty() {
        doubts.push("the list changed while it was read".to_owned());
    }
    doubts
}

fn doubt(anomaly: &Anomaly) -> Option<String> {
    match anomaly {
        Anomaly::RowsDiffer { .. } => None,
        Anomaly::Moved { passes } => {
            Some(format!("the list changed during each of {passes} readings"))
        }
        Anomaly::ShortPage { expected, seen } => Some(format!(
            "{seen} rows instead of {expected}, and more pages follow"
        )),
        other => Some(format!("{other:?}")),
    }
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
