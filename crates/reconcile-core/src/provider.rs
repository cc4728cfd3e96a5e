//! The provider trait, and what it is asked and answers.

use std::{collections::BTreeSet, fmt::Debug, num::NonZeroUsize};

use async_trait::async_trait;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Attestation, DayTotals, Descriptor, Kind, ProviderError, Record, Statement, Window};

/// One gateway account behind one API.
///
/// Implement this for a gateway; users call
/// [`ProviderExt`](crate::ProviderExt), which is built on it.
///
/// # Contract
///
/// The conformance kit (`reconcile_core::conformance`, feature `conformance`)
/// checks each of these.
///
/// **Windows.** [`records`](Self::records) yields every record whose
/// `created_at` is in the half-open window of the query and no other, for a
/// window of any length: splitting it into what the gateway allows is the
/// implementor's task. Where the gateway's own bounds are unclear, ask for a
/// wider window and leave out what lies outside. An empty window yields no
/// record and no error. A [`Window`] is never inverted.
///
/// **Order.** Pages come in an order that does not depend on timing: window by
/// window from the earliest, in each window list by list, in each list page by
/// page. So everything created before the window of a failed page has been
/// delivered, which is what [`Position`](crate::Position) promises.
///
/// **Evidence.** Every page that is asked for is yielded with its
/// [`PageEvidence`], pages without rows included: the certificate is made from
/// it. The last page of a list and window has [`PageEvidence::last`].
/// A list that is read again is yielded again with the next
/// [`PageEvidence::pass`].
///
/// **Completeness.** Read a list to its end. Never filter at the gateway by
/// what can change while paging, such as the status. Duplicates may be
/// yielded: they are dropped, and counted, above.
///
/// **Exactness.** Amounts are taken from the text of the answer, with their
/// digits, and are never negative: the direction carries the sign. Instants
/// are UTC.
///
/// **Unknowns.** Fields that are not known are ignored, values that are not
/// known become [`Status::Unknown`](crate::Status::Unknown) or are kept as
/// text. A row that cannot be read is an error with its location, or, where
/// the query says [`skip_invalid`](RecordQuery::skip_invalid), a [`SetAside`].
///
/// **Capabilities.** What the descriptor does not claim answers
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported), never an empty
/// success. There are no default methods, so nothing pretends by itself.
///
/// **Cancellation.** A stream is lazy and may be dropped at any point; the next
/// call works.
///
/// **Secrets.** Nothing that this crate prints, logs or returns holds a
/// credential or a person's data.
#[async_trait]
pub trait Provider: Debug + Send + Sync + 'static {
    /// Who this is and what it can do.
    fn descriptor(&self) -> &Descriptor;

    /// The records in the window, page by page, with the evidence of each page.
    /// The stream ends after its first error.
    fn records(&self, query: RecordQuery) -> BoxStream<'static, Result<RecordPage, ProviderError>>;

    /// The provider's own totals for the window. The stream ends after its
    /// first error.
    fn statements(
        &self,
        query: StatementQuery,
    ) -> BoxStream<'static, Result<StatementPage, ProviderError>>;

    /// Sends the merchant's totals and returns the provider's verdict.
    async fn attest(&self, totals: &DayTotals) -> Result<Attestation, ProviderError>;
}

/// Which records are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordQuery {
    /// The instants of creation.
    pub window: Window,
    /// The kinds; none means the provider's usual ones.
    pub kinds: BTreeSet<Kind>,
    /// How many requests may be under way at once; `None` leaves it to the provider crate.
    pub concurrency: Option<NonZeroUsize>,
    /// Whether rows that cannot be read are set aside instead of ending the pull.
    pub skip_invalid: bool,
}

impl RecordQuery {
    /// All usual records that were created in the window.
    #[must_use]
    pub const fn new(window: Window) -> Self {
        Self {
            window,
            kinds: BTreeSet::new(),
            concurrency: None,
            skip_invalid: false,
        }
    }

    /// Asks for these kinds only.
    #[must_use]
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    /// Sets how many requests may be under way at once.
    #[must_use]
    pub const fn concurrency(mut self, requests: NonZeroUsize) -> Self {
        self.concurrency = Some(requests);
        self
    }

    /// Sets rows that cannot be read aside instead of ending the pull.
    #[must_use]
    pub const fn skip_invalid(mut self) -> Self {
        self.skip_invalid = true;
        self
    }
}

/// Which statements are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementQuery {
    /// The instants; a statement is in it when its period begins in it.
    pub window: Window,
    /// How many requests may be under way at once; `None` leaves it to the provider crate.
    pub concurrency: Option<NonZeroUsize>,
}

impl StatementQuery {
    /// All statements whose period begins in the window.
    #[must_use]
    pub const fn new(window: Window) -> Self {
        Self {
            window,
            concurrency: None,
        }
    }

    /// Sets how many requests may be under way at once.
    #[must_use]
    pub const fn concurrency(mut self, requests: NonZeroUsize) -> Self {
        self.concurrency = Some(requests);
        self
    }
}

/// One page of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPage {
    /// What the provider said about the page, and what was seen.
    pub evidence: PageEvidence,
    /// Its records that are in the window.
    pub records: Vec<Record>,
    /// Its rows that could not be read.
    pub set_aside: Vec<SetAside>,
}

impl RecordPage {
    /// A list read page by page, from index 0 up to the page that says it is the
    /// [last](PageEvidence::last) or fails: for gateways whose pages are asked
    /// for one after the other.
    pub fn in_sequence<F>(
        page: impl Fn(u64) -> F + Send + 'static,
    ) -> BoxStream<'static, Result<Self, ProviderError>>
    where
        F: Future<Output = Result<Self, ProviderError>> + Send + 'static,
    {
        stream::unfold((Some(0), page), |(index, page)| async move {
            let index: u64 = index?;
            let outcome = page(index).await;
            let more = matches!(&outcome, Ok(page) if !page.evidence.last);
            Some((outcome, (more.then_some(index + 1), page)))
        })
        .boxed()
    }
}

/// One page of statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementPage {
    /// What the provider said about the page, and what was seen.
    pub evidence: PageEvidence,
    /// Its statements that are in the window.
    pub statements: Vec<Statement>,
}

/// What a provider said about one page, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageEvidence {
    /// The list that the page is of, as the provider names it.
    pub list: String,
    /// The part of the query's window that the list was asked for. The parts of
    /// a query touch and do not overlap, even where the request was wider.
    pub window: Window,
    /// Which reading of the list this is, from 0.
    pub pass: u32,
    /// The page's index, from 0.
    pub index: u64,
    /// The number of rows of this page as the provider says it; one that is not
    /// the number of rows seen leaves the pull unproven.
    pub rows_stated: Option<u64>,
    /// The number of rows in the body.
    pub rows_seen: u64,
    /// The rows that lie outside the window, since the request was wider.
    pub rows_outside: u64,
    /// The id of the first row.
    pub first_id: Option<String>,
    /// The id of the last row.
    pub last_id: Option<String>,
    /// SHA-256 of the decompressed body, in lower-case hex.
    pub sha256: String,
    /// Whether the list ends with this page.
    pub last: bool,
    /// What is odd about the page or, on the last one, about the reading; none
    /// when this reading of the list proves it complete.
    pub doubts: Vec<String>,
}

impl PageEvidence {
    /// The evidence of a page with this decompressed body, of the first reading
    /// of a list; the counts, the ids and whether it is the last are to be set.
    #[must_use]
    pub fn new(list: impl Into<String>, window: Window, index: u64, body: &[u8]) -> Self {
        Self {
            list: list.into(),
            window,
            pass: 0,
            index,
            rows_stated: None,
            rows_seen: 0,
            rows_outside: 0,
            first_id: None,
            last_id: None,
            sha256: hex(&Sha256::digest(body)),
            last: false,
            doubts: Vec::new(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
    }
    text
}

/// A row that could not be read and was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// The list.
    pub list: String,
    /// The page, from 0.
    pub page: u64,
    /// The index of the row in the page, from 0.
    pub index: u64,
    /// The JSON path in the row.
    pub path: String,
    /// What was expected and what kind of value was found; never the value.
    pub reason: String,
}
