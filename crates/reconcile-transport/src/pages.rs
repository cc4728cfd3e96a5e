//! Pages, read ahead and in order, with the proof that none is missing.

mod reader;
mod reading;

use std::error::Error as StdError;
use std::fmt::{self, Debug};
use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{Stream, stream};

use reader::Reader;

/// Where pages come from: one list of a provider, asked page by page.
#[async_trait]
pub trait PageSource: Send + Sync + 'static {
    /// What one list request covers: a window, a kind, a day.
    type Span: Clone + Debug + Send + Sync + 'static;
    /// One row.
    type Row: Send + 'static;
    /// What a request fails with.
    type Error: Send + 'static;

    /// Asks for one page; `index` counts from 0 whatever the provider counts from.
    async fn fetch(&self, span: &Self::Span, index: u64) -> Result<Page<Self::Row>, Self::Error>;
}

/// One page as answered.
#[derive(Clone, Debug)]
pub struct Page<R> {
    /// The rows that are wanted.
    pub rows: Vec<R>,
    /// The id of every row the page held, in order, also of rows that the source
    /// set aside. A list has no two rows with one id.
    pub keys: Vec<String>,
    /// The index that the provider says this page has, counted from 0.
    pub echoed_index: Option<u64>,
    /// The number of rows that the provider says this page has.
    pub stated_rows: Option<u64>,
    /// The number of rows that this page had.
    pub seen_rows: u64,
    /// The most rows that a page has, as the provider says.
    pub max_rows: Option<u64>,
    /// Whether more pages follow.
    pub has_more: bool,
    /// The SHA-256 of the body.
    pub digest: [u8; 32],
}

/// One page as emitted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PagedOut<S, R> {
    /// The span it belongs to.
    pub span: S,
    /// Which reading of the span this is, from 0.
    pub pass: u32,
    /// The page's index, from 0.
    pub index: u64,
    /// Whether it is the last page of this pass. A pass that is broken off, since
    /// a page repeats an earlier one, has none.
    pub last: bool,
    /// On the last page of a pass: whether the list is proved to have stood
    /// still for this pass, so that the pass holds every row.
    pub settled: Option<bool>,
    /// The page.
    pub page: Page<R>,
    /// What is odd about it and stayed so.
    pub anomalies: Vec<Anomaly>,
}

/// Something odd that is no reason to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Anomaly {
    /// The provider states another number of rows than it sent.
    RowsDiffer {
        /// What it states.
        stated: u64,
        /// What it sent.
        seen: u64,
    },
    /// A page that others follow holds fewer rows than the first.
    ShortPage {
        /// The rows of the first page.
        expected: u64,
        /// The rows of this one.
        seen: u64,
    },
    /// The list changed during every pass.
    Moved {
        /// How many passes were made.
        passes: u32,
    },
}

/// How far to read ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadAhead {
    /// Requests under way at once, over all spans.
    pub concurrency: NonZeroUsize,
    /// The most pages of one span.
    pub max_pages: u64,
    /// How often a span is read at most while its list changes.
    pub max_passes: u32,
}

impl Default for ReadAhead {
    /// 16 requests, 100 000 pages, 3 passes.
    fn default() -> Self {
        Self {
            concurrency: const { NonZeroUsize::new(16).unwrap() },
            max_pages: 100_000,
            max_passes: 3,
        }
    }
}

/// A page that cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PageFault {
    /// The provider says that this is another page.
    WrongPage {
        /// What was asked for.
        asked: u64,
        /// What came.
        echoed: u64,
    },
    /// The page equals an earlier one, in every reading of the list.
    Repeated {
        /// The index of that one.
        earlier: u64,
    },
    /// More pages than allowed.
    CapReached {
        /// The cap.
        max: u64,
    },
    /// The page size changed while paging.
    MaxRowsChanged {
        /// The first page's.
        first: u64,
        /// This page's.
        now: u64,
    },
    /// More is announced on a page without rows.
    MoreAnnouncedButEmpty,
}

/// A stop, with the position to resume from.
#[derive(Clone, Debug)]
pub struct PagesError<S, E> {
    /// The span to resume from.
    pub span: S,
    /// The page that could not be read.
    pub index: u64,
    /// Why.
    pub cause: PagesCause<E>,
}

/// Why paging stopped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PagesCause<E> {
    /// A request failed.
    Source(E),
    /// A page cannot be right.
    Fault(PageFault),
}

/// What the stream of [`pages`] yields.
pub type PageResult<P> = Result<
    PagedOut<<P as PageSource>::Span, <P as PageSource>::Row>,
    PagesError<<P as PageSource>::Span, <P as PageSource>::Error>,
>;

/// Reads all pages of all spans, in order, and proves that none is missing.
///
/// The stream is lazy: nothing is asked before it is polled, which must happen
/// within a tokio runtime. It ends after the first error. Dropping it cancels
/// every request.
///
/// # Order and speed
///
/// With small pages the round trip is what costs, so many requests are under
/// way at once. They serve the spans in order, and what is emitted is strictly
/// in order of span, pass and page. Page 0 of a span is asked alone. Once it
/// says that more follow, deeper pages are asked before the ones in front are
/// answered: as many as have been answered so far, so the number doubles with
/// each round trip. Windows of one list are of similar size, so a span is taken
/// to be about as long as the one before it, and up to there its pages are
/// asked at once. Places that the first span does not use go to the next ones:
/// small accounts see no useless requests, large ones keep every place busy.
///
/// With a concurrency of N at most N requests are under way, and at most 6N
/// pages are under way or held, whatever the number of spans and pages. As soon
/// as a page says that none follows, whatever is under way beyond it is dropped.
///
/// # Why nothing is lost
///
/// Rows may appear in the list while it is read, at any place: a provider makes
/// some rows visible late. (They do not disappear as long as the list is
/// filtered only by what never changes.) A row that appears shifts those behind
/// it, and when pages are answered out of order a row can then fall between two
/// of them, without a duplicate to tell: page 3 is answered, a row appears, and
/// only then page 2 is answered, without the row that moved from it to page 3.
///
/// So a reading of several pages is *settled* only if
///
/// 1. every page that others follow is full, that is of one and the same size;
/// 2. no key occurs twice in it;
/// 3. the last page, asked again after all others were answered, is still the
///    last and holds the same keys.
///
/// Then it is complete, by counting. Let m be the page size, n the number of
/// pages and k the rows of the last one. Because of 3, the list had
/// (n − 1)·m + k rows when the last page was asked again: if k is 0, it had no
/// more because the last page was empty, and no fewer because the page before
/// it was full and rows do not disappear. Because of 1, the reading holds as
/// many rows. Because of 2, they are all different; and all of them are in the
/// list at that moment, since rows do not disappear. Of a set with so many
/// elements, so many different ones were seen: all of them. In which order the
/// answers came, and where and how many rows appeared, does not matter.
///
/// A list that really has a row twice never counts up. For it, two readings one
/// after the other that are the same, page by page, settle the second: a row
/// that appeared between them, or during one of them, would make them differ,
/// or was there for every page that it could shift.
///
/// A reading that is not settled is emitted like any other, and the span is
/// read again: the consumer keeps one row a key. The last reading allowed is
/// made one page at a time, which loses only what appears behind its back, and
/// if that one is not settled either, its last page carries [`Anomaly::Moved`].
/// A span of one page is one answer of the provider and needs none of this.
///
/// # What is asked twice
///
/// A page that is odd in itself is asked again, since a body cut short looks
/// so: up to three times if it cannot be right, which then is an error,
/// [`PageFault`], and once if its rows can be kept, with an [`Anomaly`]. So is the
/// last page when it is asked again: what it was before is not taken for changed
/// because a page in front of it came in its place.
///
/// A page that repeats an earlier one and goes on doing so is either what the
/// server answers to whatever it is asked, or the list grew by a whole page in
/// front of it. Reading the list again tells them apart: it is an error only if
/// the last reading allowed meets such a page, too.
pub fn pages<P: PageSource>(
    source: Arc<P>,
    spans: Vec<P::Span>,
    options: ReadAhead,
) -> impl Stream<Item = PageResult<P>> + Send + 'static {
    stream::unfold(Reader::new(source, spans, options), |mut reader| async {
        reader.next().await.map(|item| (item, reader))
    })
}

impl fmt::Display for PageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongPage { asked, echoed } => {
                write!(f, "page {asked} was asked for and page {echoed} came")
            }
            Self::Repeated { earlier } => write!(f, "the page repeats page {earlier}"),
            Self::CapReached { max } => write!(f, "more than {max} pages"),
            Self::MaxRowsChanged { first, now } => {
                write!(f, "the page size changed from {first} to {now} rows")
            }
            Self::MoreAnnouncedButEmpty => f.write_str("an empty page announces more"),
        }
    }
}

impl StdError for PageFault {}

impl<S, E> fmt::Display for PagesError<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {} could not be read", self.index)
    }
}

impl<S: Debug, E: StdError + 'static> StdError for PagesError<S, E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.cause {
            PagesCause::Source(error) => Some(error),
            PagesCause::Fault(fault) => Some(fault),
        }
    }
}
