//! Which page is the last of a list that may not say so.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, tz::TimeZone};
use reconcile_transport::{Anomaly, DecodeError, PagedOut, PagesCause, PagesError, ReadAhead};

use super::{Filters, List, Query, Row};
use crate::{Client, Error};

/// A page as the pager of [`reconcile_transport`] takes it, its rows still as
/// they arrived.
pub(crate) type Arrived<T> = reconcile_transport::Page<Result<T, DecodeError>>;

/// The page of a list with this index, from 0, and whether another follows.
///
/// Merchants come with a number that may count the pages or say which this is,
/// terminals and reconciliations with a total, transactions with nothing. A
/// total can say that there is more, never that there is not: it may count pages
/// of as many rows as were asked for, or change. So every list ends with a page
/// that is shorter than its first one, or empty: that the first one is short
/// shows nothing, since StreamPay may send fewer rows than were asked for, on
/// every page. A server that answers with its last page once more when it is
/// asked for what is behind it, or that refuses, is asked for its last row alone,
/// and for those behind it.
pub(crate) async fn nth<F: Filters>(
    client: &Client,
    query: &Query<F>,
    trace: &Trace,
    index: u64,
) -> Result<Arrived<F::Row>, Error> {
    let limit = trace.limit(index, query.limit.unwrap_or_else(|| client.page_size()));
    let query = &query.clone().limit(limit).page(index + 1);
    let page = match client.read(query).await {
        Err(error) if index > 0 && error.may_be_out_of_range() => {
            // Where not all before it have come, it is asked for again when they have.
            if let Some(before) = trace.before(index)
                && !ends_after(client, query, &before, Behind::Refusal).await?
            {
                return Err(error);
            }
            return Ok(the_end());
        }
        page => page?,
    };
    let place = trace.note(
        index,
        &page.keys,
        page.pages.and_then(|pages| pages.total()),
    );
    let may_be_the_end = place.repeats && place.total.is_none_or(|total| index >= total);
    if may_be_the_end
        && let Some(before) = trace.before(index)
        && ends_after(client, query, &before, Behind::LastAgain).await?
    {
        return Ok(Arrived {
            digest: page.digest,
            ..the_end()
        });
    }
    let is_whole = place.may_be_whole(limit) && is_whole(client, query, &page.keys).await?;
    Ok(Arrived {
        seen_rows: place.rows,
        rows: page.rows,
        keys: page.keys,
        // A list that counted from 0 would have kept its first page to itself:
        // its page 0 becomes a number that no page has.
        echoed_index: page
            .pages
            .and_then(|pages| pages.current())
            .map(|current| current.wrapping_sub(1)),
        has_more: place.has_more() && !is_whole,
        digest: page.digest,
        ..the_end()
    })
}

/// What is behind the last row.
fn the_end<T>() -> Arrived<T> {
    Arrived {
        rows: Vec::new(),
        keys: Vec::new(),
        echoed_index: None,
        stated_rows: None,
        seen_rows: 0,
        max_rows: None,
        has_more: false,
        digest: reconcile_transport::digest(b""),
    }
}

/// A page among those of its reading.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// From 0.
    index: u64,
    /// The rows of the page.
    rows: u64,
    /// The rows of the first page.
    first: u64,
    /// The most pages that any page so far says there are, where one does.
    total: Option<u64>,
    /// Whether it is the page before it once more.
    repeats: bool,
}

impl Place {
    /// Whether another page is to be asked for.
    fn has_more(self) -> bool {
        let is_full = self.rows > 0 && self.rows >= self.first;
        is_full || self.is_told_more()
    }

    /// Whether it is worth asking what is behind a first page before it is taken
    /// for one of several: it says that it is the only one, or came with fewer
    /// rows than were asked for.
    fn may_be_whole(self, limit: u32) -> bool {
        let is_likely = self.total.is_some() || self.rows < u64::from(limit);
        self.index == 0 && self.rows > 0 && is_likely && !self.is_told_more()
    }

    fn is_told_more(self) -> bool {
        self.total.is_some_and(|total| total > self.index + 1)
    }
}

/// Whether a first page with these rows is all there is: what is behind them is
/// empty, or is answered as what is behind the end.
async fn is_whole<F: Filters>(
    client: &Client,
    query: &Query<F>,
    keys: &[String],
) -> Result<bool, Error> {
    let before = Before {
        rows: keys.len() as u64,
        last: keys.last().cloned().unwrap_or_default(),
    };
    let limit = u32::try_from(before.rows).unwrap_or(u32::MAX);
    match client.read(&query.clone().limit(limit).page(2)).await {
        Err(error) if error.may_be_out_of_range() => {
            ends_after(client, query, &before, Behind::Refusal).await
        }
        page => match page?.keys {
            behind if behind.is_empty() => Ok(true),
            behind if behind == keys => ends_after(client, query, &before, Behind::LastAgain).await,
            _ => Ok(false),
        },
    }
}

/// How often a server is asked for a place behind the last row before its refusal
/// is an error: one that shows another page for once hides its end so often.
const MOST_ASKED_BEHIND_THE_END: u32 = 6;

/// How a server answers who asks for what is behind the last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    LastAgain,
    Refusal,
}

/// Whether the list ends with these rows: asked for alone, the last one is where
/// it is to be, so that the server does count rows, and the two places behind it
/// are answered in the same way. One place would not do: a server that shows the
/// page before for once shows the last row there, too.
async fn ends_after<F: Filters>(
    client: &Client,
    query: &Query<F>,
    before: &Before,
    manner: Behind,
) -> Result<bool, Error> {
    let alone = async |place: u64| -> Result<Vec<String>, Error> {
        match client.read(&query.clone().limit(1).page(place)).await {
            Err(error) if error.may_be_out_of_range() => Ok(Vec::new()),
            page => Ok(page?.keys),
        }
    };
    let last = std::slice::from_ref(&before.last);
    // No row is refused where it is, so that one refusal of a place says enough.
    let (behind, times) = match manner {
        Behind::LastAgain => (last, 1),
        Behind::Refusal => (&[][..], MOST_ASKED_BEHIND_THE_END),
    };
    let answers = async |place: u64, wanted: &[String]| -> Result<bool, Error> {
        for _ in 0..times {
            if alone(place).await? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    };
    Ok(answers(before.rows + 1, behind).await?
        && answers(before.rows + 2, behind).await?
        && answers(before.rows, last).await?)
}

/// What the pages of one reading of a list were. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace(Arc<Mutex<BTreeMap<u64, Seen>>>);

#[derive(Clone, Debug)]
struct Seen {
    rows: u64,
    /// What stands for the ids of the page, in order.
    digest: [u8; 32],
    last: String,
    /// How many pages there are, where it is told.
    total: Option<u64>,
}

/// The rows before a page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Before {
    rows: u64,
    /// The id of the last of them.
    last: String,
}

impl Trace {
    /// How many rows the page is to be asked for. Where the first one came with
    /// fewer than were asked for, StreamPay may send no more at once, and count
    /// the rows in front of a page by what it is asked for all the same: asked
    /// for as many as come, it passes over none.
    fn limit(&self, index: u64, asked: u32) -> u32 {
        let first = self.lock().get(&0).map(|first| first.rows);
        match first.map(u32::try_from) {
            Some(Ok(first)) if index > 0 && first > 0 => asked.min(first),
            _ => asked,
        }
    }

    /// Takes note of a page, from 0, and of the total that it tells; with the
    /// first one a reading begins anew.
    fn note(&self, index: u64, keys: &[String], total: Option<u64>) -> Place {
        let seen = Seen {
            rows: keys.len() as u64,
            digest: reconcile_transport::digest(keys.join("\n").as_bytes()),
            last: keys.last().cloned().unwrap_or_default(),
            total,
        };
        let mut pages = self.lock();
        if index == 0 {
            pages.clear();
        }
        let rows = seen.rows;
        let before = index.checked_sub(1).and_then(|before| pages.get(&before));
        let repeats = before.is_some_and(|before| rows > 0 && before.digest == seen.digest);
        pages.insert(index, seen);
        Place {
            index,
            rows,
            first: pages.get(&0).map_or(rows, |first| first.rows),
            total: pages.values().filter_map(|page| page.total).max(),
            repeats,
        }
    }

    /// What was before this page; `None` unless all of it is known.
    fn before(&self, index: u64) -> Option<Before> {
        let pages = self.lock();
        let known = || pages.range(..index).map(|(_, page)| page);
        (known().count() as u64 == index).then(|| Before {
            rows: known().map(|page| page.rows).sum(),
            last: known()
                .next_back()
                .map(|page| page.last.clone())
                .unwrap_or_default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The page with other rows in place of its own.
pub(crate) fn map_rows<T, R>(
    page: Arrived<T>,
    mut map: impl FnMut(u64, Result<T, DecodeError>) -> Result<R, Error>,
) -> Result<reconcile_transport::Page<R>, Error> {
    let rows = (0..).zip(page.rows).map(|(index, row)| map(index, row));
    Ok(reconcile_transport::Page {
        rows: rows.collect::<Result<_, _>>()?,
        keys: page.keys,
        echoed_index: page.echoed_index,
        stated_rows: page.stated_rows,
        seen_rows: page.seen_rows,
        max_rows: page.max_rows,
        has_more: page.has_more,
        digest: page.digest,
    })
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
    let mut doubts: Vec<_> = page.anomalies.iter().map(doubt).collect();
    if page.last && page.settled == Some(false) && doubts.is_empty() {
        doubts.push("the list changed while it was read".to_owned());
    }
    doubts
}

fn doubt(anomaly: &Anomaly) -> String {
    match anomaly {
        Anomaly::Moved { passes } => {
            format!("the list changed during each of {passes} readings")
        }
        Anomaly::ShortPage { expected, seen } => {
            format!("{seen} rows instead of {expected}, and more pages follow")
        }
        other => format!("{other:?}"),
    }
}

/// The doubt that a row raises whose instants lie further apart than the margin:
/// others like it may have been filtered out.
pub(crate) fn too_far_apart(row: &impl Row, zone: &TimeZone, margin: Duration) -> Option<String> {
    let (first, last) = row.instants(zone)?;
    let apart = first.duration_until(last);
    let margin = SignedDuration::try_from(margin).unwrap_or(SignedDuration::MAX);
    (apart > margin).then(|| {
        format!(
            "{} was stored or went on {} h after it began, and only {} h around the window were asked for: raise the margin",
            row.id(),
            apart.as_hours(),
            margin.as_hours(),
        )
    })
}

/// An error of the pager as one of this crate.
pub(crate) fn paging_error<S>(list: List, error: PagesError<S, Error>) -> Error {
    let (operation, page) = (list.name(), error.index + 1);
    match error.cause {
        PagesCause::Source(cause) => cause,
        PagesCause::Fault(fault) => Error::Paging {
            operation,
            page,
            fault,
        },
        other => Error::Unproven {
            operation,
            page,
            doubt: format!("{other:?}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(index: u64, rows: u64, first: u64, total: Option<u64>) -> Place {
        Place {
            index,
            rows,
            first,
            total,
            repeats: false,
        }
    }

    #[test]
    fn only_a_page_shorter_than_the_first_is_the_last() {
        assert!(place(0, 100, 100, None).has_more());
        // Fewer than asked for: all there is, or all that is sent at once.
        assert!(place(0, 37, 37, None).has_more());
        assert!(place(1, 37, 37, None).has_more());
        assert!(!place(1, 36, 37, None).has_more());
        assert!(!place(1, 0, 37, None).has_more());
        assert!(!place(0, 0, 0, None).has_more());
    }

    #[test]
    fn a_total_says_that_there_is_more_and_never_that_there_is_not() {
        assert!(place(1, 36, 37, Some(3)).has_more());
        assert!(place(0, 100, 100, Some(1)).has_more());
        assert!(place(1, 100, 100, Some(2)).has_more());
        assert!(!place(1, 99, 100, Some(2)).has_more());
        assert!(!place(1, 0, 100, Some(2)).has_more());
    }

    #[test]
    fn a_first_page_that_may_be_all_there_is_is_known_by_its_rows_or_its_total() {
        assert!(place(0, 37, 37, None).may_be_whole(100));
        assert!(place(0, 100, 100, Some(1)).may_be_whole(100));
        assert!(!place(0, 100, 100, None).may_be_whole(100));
        assert!(!place(0, 37, 37, Some(2)).may_be_whole(100));
        assert!(!place(1, 37, 37, None).may_be_whole(100));
        assert!(!place(0, 0, 0, Some(1)).may_be_whole(100));
    }

    #[test]
    fn pages_behind_a_short_first_one_are_asked_for_as_many_rows() {
        let keys = |count: usize| vec![String::new(); count];
        let trace = Trace::default();
        assert_eq!(trace.limit(1, 100), 100);
        trace.note(0, &keys(50), None);
        assert_eq!((trace.limit(0, 100), trace.limit(1, 100)), (100, 50));
        trace.note(0, &keys(150), None);
        assert_eq!(trace.limit(1, 100), 100);
        trace.note(0, &[], None);
        assert_eq!(trace.limit(1, 100), 100);
    }

    #[test]
    fn of_totals_that_change_the_largest_is_believed() {
        let keys = ["a".to_owned()];
        let trace = Trace::default();
        assert_eq!(trace.note(0, &keys, Some(3)).total, Some(3));
        assert_eq!(trace.note(1, &keys, Some(2)).total, Some(3));
        assert_eq!(trace.note(2, &keys, None).total, Some(3));
        assert_eq!(trace.note(0, &keys, Some(1)).total, Some(1));
    }

    #[test]
    fn a_page_that_comes_once_more_is_known_as_such() {
        let keys = |ids: &str| ids.chars().map(String::from).collect::<Vec<_>>();
        let trace = Trace::default();
        let note = |index, ids: &str| {
            let place = trace.note(index, &keys(ids), None);
            (place.first, place.repeats)
        };
        assert_eq!(note(0, "ab"), (2, false));
        assert_eq!(note(2, "cd"), (2, false));
        assert_eq!(note(3, "cd"), (2, true));
        assert_eq!(trace.before(3), None, "page 1 is not known");
        assert_eq!(note(1, "xy"), (2, false));
        let before = Before {
            rows: 6,
            last: "d".to_owned(),
        };
        assert_eq!(trace.before(3), Some(before));
        assert_eq!(note(4, "dc"), (2, false), "another order");
        // A new reading knows nothing of the one before.
        assert_eq!(note(0, "cde"), (3, false));
        assert_eq!(trace.before(2), None);
        assert_eq!(note(1, ""), (3, false));
        assert_eq!(note(2, ""), (3, false), "nothing repeats nothing");
    }
}
