//! What all lists have in common: parameters, envelopes, pages and windows.

mod paging;
mod whole;

use std::{borrow::Cow, fmt::Debug, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use reconcile_core::Window;
use reconcile_transport::{DecodeError, Span};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{Client, Error, models::Pages};
pub(crate) use paging::{Trace, doubts, map_rows, nth, paging_error, read_ahead, too_far_apart};
pub(crate) use whole::every;

/// The window of one request. StreamPay documents no longest one; this one is
/// long enough for few requests, and short enough for what has to be read again
/// when a list changes meanwhile.
const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows that the filters admit.
    pub rows: Vec<T>,
    /// What StreamPay says of the list's pages, where it does.
    pub pages: Option<Pages>,
}

/// What a list is asked for: a page, how many rows, and filters.
#[derive(Clone, Debug, Default)]
pub struct Query<F> {
    pub(crate) page: Option<u64>,
    pub(crate) limit: Option<u32>,
    pub(crate) range: Option<(Timestamp, Timestamp)>,
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
    /// Asks for this page, from 1. Lists read with `all_…` are read from 1.
    #[must_use]
    pub const fn page(mut self, page: u64) -> Self {
        self.page = Some(page);
        self
    }

    /// Asks for so many rows; [`Config::page_size`](crate::Config::page_size)
    /// unless told otherwise. StreamPay may send fewer, without a word.
    #[must_use]
    pub const fn limit(mut self, rows: u32) -> Self {
        self.limit = Some(rows);
        self
    }
}

impl<F: Clone> Query<F> {
    /// The same for a window, asked for with so much before and after that it
    /// holds every row of it, whatever instant StreamPay filters by; rows
    /// outside are left out when they arrive.
    pub(crate) fn around(&self, window: Window, margin: Duration) -> Self {
        let margin = SignedDuration::try_from(margin).unwrap_or(SignedDuration::MAX);
        let from = window.from().saturating_sub(margin);
        // One more, since parts of a millisecond are not sent.
        let to = window
            .to()
            .saturating_add(margin.saturating_add(SignedDuration::from_millis(1)));
        Self {
            range: Some((from.unwrap_or(Timestamp::MIN), to.unwrap_or(Timestamp::MAX))),
            ..self.clone()
        }
    }
}

/// The lists of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Merchants,
    Terminals,
    Transactions,
    Reconciliations,
}

impl List {
    /// The name of the list, in paths, errors and evidence.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Merchants => "merchants",
            Self::Terminals => "terminals",
            Self::Transactions => "transactions",
            Self::Reconciliations => "reconciliations",
        }
    }
}

/// A row of a list.
pub(crate) trait Row: DeserializeOwned + Debug + Send + 'static {
    const LIST: List;

    /// The object that the list comes in.
    type Envelope<'a>: Deserialize<'a> + Into<Envelope<'a>>;

    /// What identifies it in the list.
    fn id(&self) -> &str;

    /// Whether it is of the window; of any one where it has no instant.
    fn is_of(&self, window: Window, zone: &TimeZone) -> bool;

    /// The first and the last of the instants that the list may filter it by.
    fn instants(&self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)>;
}

/// The filters of a list.
pub(crate) trait Filters: Clone + Debug + Send + Sync + 'static {
    type Row: Row;

    /// As they are sent.
    fn parameters(&self) -> Vec<(&'static str, String)>;

    /// The same without what can change while a list is read: rows that it
    /// takes away shift those behind them, and some would never be seen.
    fn lasting(&self) -> Self {
        self.clone()
    }

    /// Whether they admit the row: what a parameter does that StreamPay does not
    /// know, or no longer, is not documented, so what it sends is checked again.
    fn admits(&self, row: &Self::Row) -> bool;
}

/// A list as it comes: each row is decoded on its own, so that an odd one is one
/// error with its place, and the page survives where wanted.
pub(crate) struct Envelope<'a> {
    pub(crate) rows: Vec<&'a RawValue>,
    pub(crate) pages: Option<Pages>,
}

/// Defines the envelope whose rows are under this key.
macro_rules! envelope {
    ($name:ident, $key:ident) => {
        #[derive(serde::Deserialize)]
        pub(crate) struct $name<'a> {
            #[serde(borrow)]
            $key: Vec<&'a serde_json::value::RawValue>,
            pages: Option<$crate::models::Pages>,
        }

        impl<'a> From<$name<'a>> for $crate::list::Envelope<'a> {
            fn from(envelope: $name<'a>) -> Self {
                Self {
                    rows: envelope.$key,
                    pages: envelope.pages,
                }
            }
        }
    };
}
pub(crate) use envelope;

/// A page as it arrived, each row read on its own.
pub(crate) struct ReadPage<T> {
    pub(crate) rows: Vec<Result<T, DecodeError>>,
    /// The id of each row, readable or not.
    pub(crate) keys: Vec<String>,
    pub(crate) pages: Option<Pages>,
    pub(crate) digest: [u8; 32],
}

impl<T: Row> ReadPage<T> {
    /// Reads the page that is the `page`th, from 1.
    fn read(page: u64, body: &[u8]) -> Result<Self, Error> {
        let operation = T::LIST.name();
        let envelope: T::Envelope<'_> = reconcile_transport::decode(operation, body)?;
        let Envelope { rows, pages } = envelope.into();
        let (rows, keys) = (0..)
            .zip(rows)
            .map(|(index, text)| {
                let row = reconcile_transport::decode_row::<T>(operation, index, text)
                    .map_err(|error| error.with_page(page));
                let key = match &row {
                    Ok(row) => row.id().to_owned(),
                    Err(_) => id_of(text).unwrap_or_else(|| format!("unreadable {page}.{index}")),
                };
                (row, key)
            })
            .unzip();
        Ok(Self {
            rows,
            keys,
            pages,
            digest: reconcile_transport::digest(body),
        })
    }
}

/// The id of a row that cannot be read otherwise.
fn id_of(row: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Identified<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
    }
    let row: Identified<'_> = serde_json::from_str(row.get()).ok()?;
    Some(row.id.into_owned())
}

impl Client {
    /// One page for users.
    pub(crate) async fn page<F: Filters>(&self, query: &Query<F>) -> Result<Page<F::Row>, Error> {
        let page = self.read(query).await?;
        let mut rows = page.rows.into_iter().collect::<Result<Vec<_>, _>>()?;
        rows.retain(|row| query.filters.admits(row));
        Ok(Page {
            rows,
            pages: page.pages,
        })
    }

    /// One page as it arrives.
    pub(crate) async fn read<F: Filters>(
        &self,
        query: &Query<F>,
    ) -> Result<ReadPage<F::Row>, Error> {
        let name = F::Row::LIST.name();
        let parameters = parameters(query, self.page_size())?;
        let body = self.get(name, &[name], &parameters).await?;
        ReadPage::read(query.page.unwrap_or(1), &body)
    }
}

/// The query string: always a page and a limit, since neither default is
/// documented, and epoch milliseconds, which are.
fn parameters<F: Filters>(
    query: &Query<F>,
    page_size: u32,
) -> Result<Vec<(&'static str, String)>, Error> {
    let refuse = |reason: String| Error::Query {
        operation: F::Row::LIST.name(),
        reason,
    };
    let (page, limit) = (query.page.unwrap_or(1), query.limit.unwrap_or(page_size));
    if page == 0 {
        return Err(refuse("pages count from 1".to_owned()));
    }
    if limit == 0 {
        return Err(refuse("a page has at least one row".to_owned()));
    }
    let mut parameters = vec![("page", page.to_string()), ("limit", limit.to_string())];
    if let Some((from, to)) = query.range {
        if from > to {
            let reason = format!("the range is inverted: {from} is after {to}");
            return Err(refuse(reason));
        }
        parameters.push(("from", from.as_millisecond().to_string()));
        parameters.push(("to", to.as_millisecond().to_string()));
    }
    parameters.extend(query.filters.parameters());
    Ok(parameters)
}

/// The windows that a long one is asked for in.
pub(crate) fn windows(window: Window) -> Vec<Window> {
    let span = Span::new(window.from(), window.to());
    reconcile_transport::split(span, WINDOW)
        .into_iter()
        .filter_map(|span| Window::new(span.from, span.to).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TransactionsQuery, reconciliations::ReconciliationsQuery};

    fn text<F: Filters>(query: &Query<F>) -> String {
        let parameters = parameters(query, 100).unwrap();
        let text: Vec<_> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        text.join("&")
    }

    fn october() -> TransactionsQuery {
        TransactionsQuery::new().between(
            "2022-10-01T00:00:00Z".parse().unwrap(),
            "2022-11-01T00:00:00Z".parse().unwrap(),
        )
    }

    #[test]
    fn the_range_is_in_epoch_milliseconds_and_page_and_limit_are_explicit() {
        let query = october().page(2).limit(30).tid("0000000000000018");
        assert_eq!(
            text(&query),
            "page=2&limit=30&from=1664582400000&to=1667260800000&tid=0000000000000018"
        );
        let query = ReconciliationsQuery::new().terminal("3011473a");
        assert_eq!(text(&query), "page=1&limit=100&terminal_id=3011473a");
    }

    #[test]
    fn what_cannot_be_asked_is_refused_before_it_is_sent() {
        let inverted = TransactionsQuery::new().between(Timestamp::MAX, Timestamp::MIN);
        for query in [inverted, october().page(0), october().limit(0)] {
            let error = parameters(&query, 100).unwrap_err();
            assert!(matches!(error, Error::Query { .. }), "{error}");
        }
    }

    #[test]
    fn a_request_reaches_beyond_the_window_by_the_margin() {
        let window = Window::new(
            "2022-10-01T00:00:00.0005Z".parse().unwrap(),
            "2022-10-02T00:00:00.0005Z".parse().unwrap(),
        )
        .unwrap();
        let query = TransactionsQuery::new().around(window, Duration::from_secs(3600));
        assert_eq!(
            text(&query),
            "page=1&limit=100&from=1664578800000&to=1664672400001"
        );
        // Beyond the range of time there is nothing to ask for.
        let query = TransactionsQuery::new().around(window, Duration::MAX);
        assert_eq!(query.range, Some((Timestamp::MIN, Timestamp::MAX)));
    }

    #[test]
    fn an_odd_row_still_has_its_id() {
        let id = |text: &str| id_of(&RawValue::from_string(text.to_owned()).unwrap());
        assert_eq!(
            id(r#"{"id":"a\u0041","receipts":7}"#).as_deref(),
            Some("aA")
        );
        assert_eq!(id(r#"{"id":7}"#), None);
        assert_eq!(id("[]"), None);
    }
}
