//! Lists read whole: every row, once, or an error that says what is in doubt.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use reconcile_core::Window;
use reconcile_transport::{PageSource, PagedOut};

use super::{
    Filters, Query, Row, Trace, doubts, map_rows, nth, paging_error, read_ahead, too_far_apart,
    windows,
};
use crate::{Client, Error};

/// Every row that the query is for, each once: long ranges are split, pages are
/// read in order. A list that cannot be shown to be complete ends with an error,
/// after its rows.
pub(crate) fn every<F: Filters>(
    client: &Client,
    query: Query<F>,
) -> BoxStream<'static, Result<F::Row, Error>> {
    let parts = match parts(&query) {
        Ok(parts) => parts,
        Err(error) => return stream::iter([Err(error)]).boxed(),
    };
    let source = Arc::new(Rows {
        client: client.clone(),
        query: Query {
            filters: query.filters.lasting(),
            ..query.clone()
        },
    });
    let mut listing = Listing::new(client.clone(), query.filters);
    reconcile_transport::pages(source, parts, read_ahead(client.concurrency()))
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

/// What one series of pages covers: a part of the range, or all there is.
#[derive(Clone, Debug)]
struct Part {
    window: Option<Window>,
    trace: Trace,
}

fn parts<F: Filters>(query: &Query<F>) -> Result<Vec<Part>, Error> {
    let part = |window| Part {
        window,
        trace: Trace::default(),
    };
    let Some((from, to)) = query.range else {
        return Ok(vec![part(None)]);
    };
    let window = Window::new(from, to).map_err(|error| Error::Query {
        operation: F::Row::LIST.name(),
        reason: error.to_string(),
    })?;
    Ok(windows(window).into_iter().map(Some).map(part).collect())
}

/// A list that is being read whole.
struct Listing<F> {
    client: Client,
    filters: F,
    seen: HashSet<String>,
    /// The first doubt about the parts of the range that are read.
    doubt: Option<Error>,
    /// The first doubt about the latest reading, which another may supersede.
    doubt_of_reading: Option<Error>,
    failed: bool,
}

impl<F: Filters> Listing<F> {
    fn new(client: Client, filters: F) -> Self {
        Self {
            client,
            filters,
            seen: HashSet::new(),
            doubt: None,
            doubt_of_reading: None,
            failed: false,
        }
    }

    /// The rows that have not been seen yet.
    fn admit(&mut self, page: PagedOut<Part, F::Row>) -> Vec<F::Row> {
        if page.index == 0 {
            let superseded = page.pass > 0;
            let before = self.doubt_of_reading.take().filter(|_| !superseded);
            self.doubt = self.doubt.take().or(before);
        }
        self.doubt_of_reading = self.doubt_of_reading.take().or_else(|| self.doubts(&page));
        let window = page.span.window;
        let zone = self.client.zone();
        let mut rows = page.page.rows;
        rows.retain(|row| {
            window.is_none_or(|window| row.is_of(window, zone))
                && self.filters.admits(row)
                && self.seen.insert(row.id().to_owned())
        });
        rows
    }

    fn doubts(&self, page: &PagedOut<Part, F::Row>) -> Option<Error> {
        let mut doubts = doubts(page);
        if page.span.window.is_some() {
            let (zone, margin) = (self.client.zone(), self.client.margin());
            let rows = &page.page.rows;
            doubts.extend(rows.iter().find_map(|row| too_far_apart(row, zone, margin)));
        }
        (!doubts.is_empty()).then(|| Error::Unproven {
            operation: F::Row::LIST.name(),
            page: page.index + 1,
            doubt: doubts.join("; "),
        })
    }

    /// Why it is not shown that every row was seen, when all is read.
    fn unproven(&mut self) -> Option<Error> {
        let doubt = self.doubt.take().or(self.doubt_of_reading.take());
        doubt.filter(|_| !self.failed)
    }
}

struct Rows<F> {
    client: Client,
    query: Query<F>,
}

#[async_trait]
impl<F: Filters> PageSource for Rows<F> {
    type Span = Part;
    type Row = F::Row;
    type Error = Error;

    async fn fetch(
        &self,
        part: &Part,
        index: u64,
    ) -> Result<reconcile_transport::Page<F::Row>, Error> {
        let query = match part.window {
            Some(window) => self.query.around(window, self.client.margin()),
            None => self.query.clone(),
        };
        let page = nth(&self.client, &query, &part.trace, index).await?;
        map_rows(page, |_, row| row.map_err(Error::from))
    }
}
