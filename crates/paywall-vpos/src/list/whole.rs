//! Lists read whole: every row, once, or an error that says what is in doubt.

use std::{collections::HashSet, num::NonZeroUsize, sync::Arc};

use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use reconcile_transport::{PageSource, PagedOut};

use super::{doubts, paging_error, read_ahead};
use crate::Error;

/// Every row of these parts of a list, each once, in order: pages are read ahead.
/// Each row comes with what identifies it, or without where it is not wanted. A
/// list that cannot be shown to be complete ends with an error, after its rows.
pub(crate) fn every<P, T>(
    operation: &'static str,
    source: P,
    parts: Vec<P::Span>,
    concurrency: NonZeroUsize,
) -> BoxStream<'static, Result<T, Error>>
where
    P: PageSource<Row = Option<(String, T)>, Error = Error>,
    T: Send + 'static,
{
    let mut whole = Whole::new(operation);
    reconcile_transport::pages(Arc::new(source), parts, read_ahead(concurrency))
        .map(Some)
        .chain(stream::iter([None]))
        .flat_map(move |page| {
            stream::iter(match page {
                Some(Ok(page)) => whole.admit(page).into_iter().map(Ok).collect(),
                Some(Err(error)) => {
                    whole.failed = true;
                    vec![Err(paging_error(operation, error))]
                }
                None => whole.unproven().map(Err).into_iter().collect(),
            })
        })
        .boxed()
}

/// A list that is not asked for at all.
pub(crate) fn refused<T: Send + 'static>(error: Error) -> BoxStream<'static, Result<T, Error>> {
    stream::iter([Err(error)]).boxed()
}

/// A list that is being read whole.
struct Whole {
    operation: &'static str,
    seen: HashSet<String>,
    /// The first doubt about the parts that are read.
    doubt: Option<Error>,
    /// The first doubt about the latest reading, which another may supersede.
    doubt_of_reading: Option<Error>,
    failed: bool,
}

impl Whole {
    fn new(operation: &'static str) -> Self {
        Self {
            operation,
            seen: HashSet::new(),
            doubt: None,
            doubt_of_reading: None,
            failed: false,
        }
    }

    /// The rows that have not been seen yet.
    fn admit<S, T>(&mut self, page: PagedOut<S, Option<(String, T)>>) -> Vec<T> {
        if page.index == 0 {
            let is_again = page.pass > 0;
            let before = self.doubt_of_reading.take().filter(|_| !is_again);
            self.doubt = self.doubt.take().or(before);
        }
        let doubt = self.doubt_of_reading.take();
        self.doubt_of_reading = doubt.or_else(|| self.doubt_about(&page));
        let wanted = page.page.rows.into_iter().flatten();
        let fresh = wanted.filter_map(|(key, row)| self.seen.insert(key).then_some(row));
        fresh.collect()
    }

    /// Why it is not shown that every row was seen, when all is read.
    fn unproven(&mut self) -> Option<Error> {
        let doubt = self.doubt.take().or(self.doubt_of_reading.take());
        doubt.filter(|_| !self.failed)
    }

    fn doubt_about<S, R>(&self, page: &PagedOut<S, R>) -> Option<Error> {
        let seen = page.page.seen_rows;
        let stated = page.page.stated_rows.filter(|stated| *stated != seen);
        let doubts: Vec<_> = stated
            .map(|stated| format!("Paywall states {stated} rows and sent {seen}"))
            .into_iter()
            .chain(doubts(page))
            .collect();
        (!doubts.is_empty()).then(|| Error::Unproven {
            operation: self.operation,
            page: page.index,
            doubt: doubts.join("; "),
        })
    }
}
