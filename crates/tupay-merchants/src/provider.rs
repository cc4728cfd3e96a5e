//! TuPay behind the trait: the mapping of its lists to records and statements.

mod errors;
mod identities;
mod mapping;

use std::{collections::BTreeSet, num::NonZeroUsize, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use jiff::tz::TimeZone;
use reconcile_core::{
    Attestation, Capabilities, DayTotals, Descriptor, Kind, Limits, PageEvidence, Position,
    Provider, ProviderError, Record, RecordPage, RecordQuery, SetAside, Statement, StatementPage,
    StatementQuery, Window,
};
use reconcile_transport::{DecodeError, PageSource, PagedOut};

use crate::{
    BalanceReportQuery, CashoutsQuery, Client, Config, DepositsQuery, Error, NotesQuery,
    SettlementsQuery,
    error::NAME,
    list::{self, Filters, List, Query},
};
use errors::provider_error;
use identities::identities;
use mapping::ToRecord;

/// The provider's short name, in configuration and in every record.
const ID: &str = "tupay";

/// TuPay behind [`Provider`].
///
/// Days are UTC days, as those of the balance report are.
#[derive(Clone, Debug)]
pub struct TuPay {
    client: Client,
    descriptor: Arc<Descriptor>,
}

impl TuPay {
    /// The provider with these settings. Nothing is sent yet.
    pub fn new(config: Config) -> Result<Self, Error> {
        let descriptor = Arc::new(descriptor(config.sibling_lists));
        Ok(Self {
            client: Client::new(config)?,
            descriptor,
        })
    }

    /// What the provider is and can do, whatever its settings.
    #[must_use]
    pub fn describe() -> Descriptor {
        descriptor(false)
    }

    /// The client under it.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }
}

fn descriptor(sibling_lists: bool) -> Descriptor {
    let documented = BTreeSet::from([Kind::Payment, Kind::Payout]);
    let siblings = BTreeSet::from([Kind::Settlement, Kind::Adjustment]);
    let (kinds, kinds_on_request) = if sibling_lists {
        (&documented | &siblings, BTreeSet::new())
    } else {
        (documented, siblings)
    };
    Descriptor::new(ID, NAME, TimeZone::UTC)
        .with_capabilities(Capabilities {
            kinds,
            kinds_on_request,
            statements: true,
            attest: false,
        })
        .with_limits(Limits {
            max_window: Some(Duration::from_secs(60 * 24 * 60 * 60)),
            page_size: Some(50),
            ..Limits::default()
        })
        .with_identities(identities())
}

#[async_trait]
impl Provider for TuPay {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn records(&self, query: RecordQuery) -> BoxStream<'static, Result<RecordPage, ProviderError>> {
        let kinds = match self.descriptor.kinds_of(&query.kinds) {
            Ok(kinds) => kinds,
            Err(unsupported) => return unsupported.into_stream(),
        };
        let lists: Vec<_> = kinds.into_iter().filter_map(list_of).collect();
        let source = Records {
            client: self.client.clone(),
            skip_invalid: query.skip_invalid,
        };
        read(
            source,
            parts(query.window, &lists),
            self.concurrency(query.concurrency),
        )
        .map_ok(record_page)
        .boxed()
    }

    fn statements(
        &self,
        query: StatementQuery,
    ) -> BoxStream<'static, Result<StatementPage, ProviderError>> {
        let source = Statements {
            client: self.client.clone(),
        };
        let parts = parts(query.window, &[List::BalanceReport]);
        read(source, parts, self.concurrency(query.concurrency))
            .map_ok(statement_page)
            .boxed()
    }

    async fn attest(&self, _: &DayTotals) -> Result<Attestation, ProviderError> {
        Err(ProviderError::unsupported(
            ID,
            "takes no totals of the merchant",
        ))
    }
}

impl TuPay {
    fn concurrency(&self, asked: Option<NonZeroUsize>) -> NonZeroUsize {
        asked.unwrap_or_else(|| self.client.concurrency())
    }
}

const fn list_of(kind: Kind) -> Option<List> {
    match kind {
        Kind::Payment => Some(List::Deposits),
        Kind::Payout => Some(List::Cashouts),
        Kind::Settlement => Some(List::Settlements),
        Kind::Adjustment => Some(List::Notes),
        _ => None,
    }
}

/// One list over one part of a window: what a series of pages covers.
#[derive(Clone, Debug)]
struct ListPart {
    list: List,
    window: Window,
}

/// Every list over every part of the window: window by window, so that all of
/// what was created before a failed one has been delivered.
fn parts(window: Window, lists: &[List]) -> Vec<ListPart> {
    list::windows(window)
        .into_iter()
        .flat_map(|window| lists.iter().map(move |&list| ListPart { list, window }))
        .collect()
}

type Paged<R> = PagedOut<ListPart, R>;

/// The pages of the parts, in order, with errors as the trait has them.
fn read<S>(
    source: S,
    parts: Vec<ListPart>,
    concurrency: NonZeroUsize,
) -> impl Stream<Item = Result<Paged<S::Row>, ProviderError>> + Send + 'static
where
    S: PageSource<Span = ListPart, Error = Error>,
{
    reconcile_transport::pages(Arc::new(source), parts, list::read_ahead(concurrency)).map_err(
        |error| {
            let position = Position {
                from: error.span.window.from(),
                list: error.span.list.name().to_owned(),
                page: error.index,
            };
            let list = error.span.list;
            provider_error(list::paging_error(list, error)).with_position(position)
        },
    )
}

fn evidence<R>(page: &Paged<R>) -> PageEvidence {
    let ListPart { list, window } = page.span;
    PageEvidence {
        pass: page.pass,
        rows_stated: page.page.stated_rows,
        rows_seen: page.page.seen_rows,
        first_id: page.page.keys.first().cloned(),
        last_id: page.page.keys.last().cloned(),
        sha256: hex::encode(page.page.digest),
        last: page.last,
        doubts: list::doubts(page),
        ..PageEvidence::new(list.name(), window, page.index, b"")
    }
}

/// A row of a list of records, as it is delivered.
enum RecordRow {
    Record(Box<Record>),
    Outside,
    SetAside(SetAside),
}

fn record_page(page: Paged<RecordRow>) -> RecordPage {
    let mut evidence = evidence(&page);
    let (mut records, mut set_aside) = (Vec::new(), Vec::new());
    for row in page.page.rows {
        match row {
            RecordRow::Record(record) => records.push(*record),
            RecordRow::Outside => evidence.rows_outside += 1,
            RecordRow::SetAside(row) => set_aside.push(row),
        }
    }
    RecordPage {
        evidence,
        records,
        set_aside,
    }
}

fn statement_page(page: Paged<Option<Statement>>) -> StatementPage {
    let mut evidence = evidence(&page);
    let rows = page.page.rows;
    evidence.rows_outside = rows.iter().filter(|row| row.is_none()).count() as u64;
    StatementPage {
        evidence,
        statements: rows.into_iter().flatten().collect(),
    }
}

struct Records {
    client: Client,
    skip_invalid: bool,
}

#[async_trait]
impl PageSource for Records {
    type Span = ListPart;
    type Row = RecordRow;
    type Error = Error;

    async fn fetch(
        &self,
        part: &ListPart,
        page: u64,
    ) -> Result<reconcile_transport::Page<RecordRow>, Error> {
        match part.list {
            List::Deposits => self.page(&DepositsQuery::new(), part, page).await,
            List::Cashouts => self.page(&CashoutsQuery::new(), part, page).await,
            List::Settlements => self.page(&SettlementsQuery::new(), part, page).await,
            List::Notes => self.page(&NotesQuery::new(), part, page).await,
            List::BalanceReport => Err(Error::Query {
                operation: part.list.name(),
                reason: "its rows are statements, no records".to_owned(),
            }),
        }
    }
}

impl Records {
    async fn page<F>(
        &self,
        query: &Query<F>,
        part: &ListPart,
        page: u64,
    ) -> Result<reconcile_transport::Page<RecordRow>, Error>
    where
        F: Filters<Row: ToRecord>,
    {
        let read = self.client.read(&query.around(part.window, page)).await?;
        read.checked(|index, row| self.deliver(part, page, index, row))
    }

    fn deliver<T: list::Row + ToRecord>(
        &self,
        part: &ListPart,
        page: u64,
        index: u64,
        row: Result<T, DecodeError>,
    ) -> Result<RecordRow, Error> {
        let record = row.map_err(Error::from).and_then(|row| {
            if !part.window.contains(row.instant()) {
                return Ok(RecordRow::Outside);
            }
            row.to_record()
                .map(|record| RecordRow::Record(Box::new(record)))
                .map_err(|value| value.at(part.list, page, index))
        });
        match record {
            Err(error) if self.skip_invalid => Ok(RecordRow::SetAside(SetAside {
                list: part.list.name().to_owned(),
                page,
                index,
                path: error.path().unwrap_or_default().to_owned(),
                reason: error.reason(),
            })),
            other => other,
        }
    }
}

struct Statements {
    client: Client,
}

#[async_trait]
impl PageSource for Statements {
    type Span = ListPart;
    type Row = Option<Statement>;
    type Error = Error;

    async fn fetch(
        &self,
        part: &ListPart,
        page: u64,
    ) -> Result<reconcile_transport::Page<Option<Statement>>, Error> {
        let query = BalanceReportQuery::new().around(part.window, page);
        self.client.read(&query).await?.checked(|index, row| {
            let day = row?;
            if !part.window.contains(day.date) {
                return Ok(None);
            }
            mapping::statement(&day)
                .map(Some)
                .map_err(|value| value.at(part.list, page, index))
        })
    }
}
