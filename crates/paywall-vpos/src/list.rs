//! What all lists have in common: pages, and reading them whole.

mod whole;

use std::num::NonZeroUsize;

use reconcile_transport::{
    Anomaly, DecodeError, PagedOut, PagesCause, PagesError, ReadAhead, Reply,
};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{Error, envelope, models::Listing};
pub(crate) use whole::{every, refused};

/// A page as it arrived, each row read on its own, so that an odd one is one
/// error with its place, and the page survives where wanted.
pub(crate) struct ReadPage<T> {
    pub(crate) rows: Vec<Result<T, DecodeError>>,
    /// Its index, from 0, as it was asked for.
    pub(crate) index: u64,
    /// Its index as Paywall says it, where it does.
    pub(crate) echoed: Option<u64>,
    pub(crate) page_size: u64,
    /// How many rows all pages have.
    pub(crate) total: u64,
    pub(crate) digest: [u8; 32],
}

impl<T: DeserializeOwned> ReadPage<T> {
    /// A page of transactions.
    pub(crate) fn of_listing(
        operation: &'static str,
        index: u64,
        reply: &Reply,
    ) -> Result<Self, Error> {
        let listing: Listing<&RawValue> = envelope::open(operation, reply)?;
        Ok(Self {
            rows: rows(operation, index, listing.data),
            index,
            // Pages count from 1, so a page 0 is none that was asked for.
            echoed: Some(listing.page.checked_sub(1).unwrap_or(u64::MAX)),
            page_size: listing.page_size,
            total: listing.total_records,
            digest: reconcile_transport::digest(&reply.body),
        })
    }
}

impl<T> ReadPage<T> {
    /// The page for the pager: what [`reconcile_transport::pages`] checks, and
    /// the rows as `map` makes them.
    pub(crate) fn checked<R>(
        self,
        key: impl Fn(&T) -> String,
        map: impl Fn(u64, Result<T, DecodeError>) -> Result<R, Error>,
    ) -> Result<reconcile_transport::Page<R>, Error> {
        let seen = self.rows.len() as u64;
        let before = self.index.saturating_mul(self.page_size);
        let stated = self.total.saturating_sub(before).min(self.page_size);
        let keys = (0_u64..).zip(&self.rows).map(|(place, row)| match row {
            Ok(row) => key(row),
            // What cannot be read has no id; its place stands for it.
            Err(_) => format!("unreadable {}.{place}", self.index),
        });
        Ok(reconcile_transport::Page {
            keys: keys.collect(),
            echoed_index: self.echoed,
            stated_rows: Some(stated),
            seen_rows: seen,
            max_rows: Some(self.page_size),
            // A page of another length than stated proves nothing about where
            // the list ends: only an empty one does.
            has_more: if seen == stated {
                before.saturating_add(seen) < self.total
            } else {
                seen > 0
            },
            digest: self.digest,
            rows: (0..)
                .zip(self.rows)
                .map(|(place, row)| map(place, row))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The rows of a page of a list, each read on its own.
pub(crate) fn rows<T: DeserializeOwned>(
    operation: &'static str,
    page: u64,
    data: Vec<&RawValue>,
) -> Vec<Result<T, DecodeError>> {
    let row = |(place, text)| {
        reconcile_transport::decode_row(operation, place, text)
            .map_err(|error: DecodeError| error.with_page(page))
    };
    (0..).zip(data).map(row).collect()
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
pub(crate) fn paging_error<S>(operation: &'static str, error: PagesError<S, Error>) -> Error {
    match error.cause {
        PagesCause::Source(cause) => cause,
        PagesCause::Fault(fault) => Error::Paging {
            operation,
            page: error.index,
            fault,
        },
        other => Error::Unproven {
            operation,
            page: error.index,
            doubt: format!("{other:?}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(index: u64, rows: u64, page_size: u64, total: u64) -> (Option<u64>, bool) {
        let page = ReadPage {
            rows: (0..rows).map(Ok).collect(),
            index,
            echoed: None,
            page_size,
            total,
            digest: [0; 32],
        };
        let page = page.checked(u64::to_string, |_, row| Ok(row?)).unwrap();
        (page.stated_rows, page.has_more)
    }

    #[test]
    fn the_total_says_how_many_rows_each_page_has_and_which_is_the_last() {
        assert_eq!(page(0, 1000, 1000, 1200), (Some(1000), true));
        assert_eq!(page(1, 200, 1000, 1200), (Some(200), false));
        assert_eq!(page(0, 0, 1000, 0), (Some(0), false));
        assert_eq!(page(1, 1000, 1000, 2000), (Some(1000), false));
    }

    #[test]
    fn pages_shorter_than_stated_are_read_up_to_an_empty_one() {
        // A server that sends 500 rows at most, and says otherwise.
        assert_eq!(page(0, 500, 1000, 1200), (Some(1000), true));
        assert_eq!(page(1, 500, 1000, 1200), (Some(200), true));
        assert_eq!(page(2, 200, 1000, 1200), (Some(0), true));
        assert_eq!(page(3, 0, 1000, 1200), (Some(0), false));
        // One whose total is too small, or none.
        assert_eq!(page(0, 3, 1000, 2), (Some(2), true));
        assert_eq!(page(0, 3, 0, 3), (Some(0), true));
    }
}
