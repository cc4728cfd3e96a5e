//! Lists read whole: every row, once, or an error that says what is in doubt.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use reconcile_core::Window;
use reconcile_transport::{PageSource, PagedOut};

use super::{Filters, Query, Row, doubts, paging_error, read_ahead, windows};
use crate::{Client, Error};

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
    let source = Arc::new(Rows {
        client: client.clone(),
        query: Query {
            filters: query.filters.lasting(),
            ..query
        },
    });
    let mut listing = Listing::new(query.filters);
    reconcile_transport::pages(source, windows(window), read_ahead(client.concurrency()))
        .map(Some)
        .chain(stream::iter([None]))
        .flat_map(move |page| {
            stream::iter(match page {
                Some(Ok(page)) => listing.admit(page).into_iter().map(Ok).collect(),
                Some(Err(error)) => {
                    listing.failed = true;
                    vec![Err(paging_error(F::Row::LIST, error))]
                }
                None => listing.unproven().map(Err).into_iter().collect(),
            })
        })
        .boxed()
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

/// A list that is being read whole.
struct Listing<F> {
    filters: F,
    seen: HashSet<String>,
    /// The first doubt about the parts of the range that are read.
    doubt: Option<Error>,
    /// The first doubt about the latest reading, which another may supersede.
    doubt_of_reading: Option<Error>,
    failed: bool,
}

impl<F: Filters> Listing<F> {
    fn new(filters: F) -> Self {
        Self {
            filters,
            seen: HashSet::new(),
            doubt: None,
            doubt_of_reading: None,
            failed: false,
        }
    }

    /// The rows that have not been seen yet.
    fn admit(&mut self, page: PagedOut<Window, F::Row>) -> Vec<F::Row> {
        if page.index == 0 {
            let superseded = page.pass > 0;
            let before = self.doubt_of_reading.take().filter(|_| !superseded);
            self.doubt = self.doubt.take().or(before);
        }
        self.doubt_of_reading = self.doubt_of_reading.take().or_else(|| unproven(&page));
        let window = page.span;
        let mut rows = page.page.rows;
        rows.retain(|row| {
            window.contains(row.instant())
                && self.filters.admits(row)
                && self.seen.insert(row.key())
        });
        rows
    }

    /// Why it is not shown that every row was seen, when all is read.
    fn unproven(&mut self) -> Option<Error> {
        let doubt = self.doubt.take().or(self.doubt_of_reading.take());
        doubt.filter(|_| !self.failed)
    }
}

fn unproven<R: Row>(page: &PagedOut<Window, R>) -> Option<Error> {
    let seen = page.page.seen_rows;
    let stated = page.page.stated_rows.filter(|stated| *stated != seen);
    let doubts: Vec<_> = stated
        .map(|stated| format!("TuPay states {stated} rows and sent {seen}"))
        .into_iter()
        .chain(doubts(page))
        .collect();
    (!doubts.is_empty()).then(|| Error::Unproven {
        operation: R::LIST.name(),
        page: page.index,
        doubt: doubts.join("; "),
    })
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
