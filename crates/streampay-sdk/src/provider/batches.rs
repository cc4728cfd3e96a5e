//! Reconciliations as statements.
//!
//! A receipt of a reconciliation names neither the terminal nor when its batch
//! began. So every terminal's own list is asked for, and a batch begins with
//! the reconciliation before it.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    num::NonZeroUsize,
    sync::Arc,
};

use async_trait::async_trait;
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use jiff::Timestamp;
use reconcile_core::{Position, ProviderError, Statement, StatementPage, Window};
use reconcile_transport::{PageSource, PagedOut, PagesError};

use super::{errors::provider_error, evidence, mapping};
use crate::{
    Client, Error, ReconciliationsQuery, TerminalsQuery,
    list::{self, List, Trace},
    models::{Reconciliation, Terminal},
};

/// Every batch that began in the window, terminal by terminal; then what is
/// reconciled in it and of no terminal that is listed.
pub(super) fn read(
    client: &Client,
    window: Window,
    concurrency: NonZeroUsize,
) -> BoxStream<'static, Result<StatementPage, ProviderError>> {
    if window.is_empty() {
        return stream::empty().boxed();
    }
    let client = client.clone();
    let terminals = terminals(client.clone(), window, concurrency);
    stream::once(terminals)
        .map_ok(move |(pages, terminals)| {
            let batches = batches(client.clone(), window, concurrency, terminals);
            stream::iter(pages.into_iter().map(Ok)).chain(batches)
        })
        .try_flatten()
        .boxed()
}

/// The list of terminals: its pages, which hold no statements, and its rows.
async fn terminals(
    client: Client,
    window: Window,
    concurrency: NonZeroUsize,
) -> Result<(Vec<StatementPage>, Vec<Terminal>), ProviderError> {
    let (source, ahead) = (Arc::new(Terminals(client)), list::read_ahead(concurrency));
    let lists = vec![Trace::default()];
    let mut read = Box::pin(reconcile_transport::pages(source, lists, ahead));
    let (mut pages, mut terminals) = (Vec::new(), BTreeMap::new());
    while let Some(page) = read.next().await {
        let page = page.map_err(|error| failure(window, List::Terminals, error))?;
        pages.push(StatementPage {
            evidence: evidence(List::Terminals.name(), window, &page),
            statements: Vec::new(),
        });
        let rows = page.page.rows.into_iter();
        terminals.extend(rows.map(|row: Terminal| (row.id.clone(), row)));
    }
    let mut terminals: Vec<_> = terminals.into_values().collect();
    terminals.sort_by(|a, b| (&a.tid, &a.id).cmp(&(&b.tid, &b.id)));
    Ok((pages, terminals))
}

/// The batches of these terminals, page by page.
fn batches(
    client: Client,
    window: Window,
    concurrency: NonZeroUsize,
    terminals: Vec<Terminal>,
) -> impl futures::Stream<Item = Result<StatementPage, ProviderError>> + Send + 'static {
    let terminals = terminals.into_iter().map(|terminal| Some(terminal.into()));
    let spans = (0..)
        .zip(terminals.chain([None]))
        .map(|(place, owner)| Span {
            place,
            owner,
            trace: Trace::default(),
        });
    let source = Arc::new(Reconciliations {
        client: client.clone(),
        window,
        // Up to the present: the batch that begins last in the window ends with
        // the next reconciliation, whenever that was.
        until: Window::new(window.from(), window.to().max(Timestamp::now())).unwrap_or(window),
    });
    let ahead = list::read_ahead(concurrency);
    let pages = reconcile_transport::pages(source, spans.collect(), ahead);
    let gathering = Gathering {
        client,
        window,
        drafts: BTreeMap::new(),
        owners: HashMap::new(),
    };
    stream::try_unfold(
        (Box::pin(pages), gathering),
        move |(mut pages, mut gathering)| async move {
            let Some(page) = pages.next().await else {
                return Ok(None);
            };
            let page = page.map_err(|error| failure(window, List::Reconciliations, error))?;
            let page = gathering.take(page).await.map_err(provider_error)?;
            Ok(Some((page, (pages, gathering))))
        },
    )
}

fn failure<S>(window: Window, list: List, error: PagesError<S, Error>) -> ProviderError {
    let position = Position {
        from: window.from(),
        list: list.name().to_owned(),
        page: error.index,
    };
    provider_error(list::paging_error(list, error)).with_position(position)
}

/// A list of reconciliations: of one terminal, or of all.
#[derive(Clone, Debug)]
struct Span {
    place: usize,
    owner: Option<Owner>,
    trace: Trace,
}

impl Span {
    fn name(&self) -> String {
        let name = List::Reconciliations.name();
        match &self.owner {
            Some(owner) => format!("{name} of terminal {}", owner.id),
            None => name.to_owned(),
        }
    }
}

/// Whose reconciliations they are.
#[derive(Clone, Debug)]
struct Owner {
    id: String,
    account: String,
    created_at: Option<Timestamp>,
}

impl From<Terminal> for Owner {
    fn from(terminal: Terminal) -> Self {
        let tid = terminal.tid.filter(|tid| !tid.is_empty());
        Self {
            account: tid.unwrap_or_else(|| terminal.id.clone()),
            id: terminal.id,
            created_at: terminal.created_at,
        }
    }
}

/// A reconciliation whose batch has no owner and no beginning yet.
struct Draft {
    id: String,
    created_at: Option<Timestamp>,
    /// When it was reconciled; `None` where it has no receipt yet.
    reconciled: Option<Timestamp>,
    /// Why others like it may be missing where a list ends with the window.
    doubt: Option<String>,
    /// Its statements, or why there are none: that matters only where the batch
    /// is of the window.
    statements: Result<Vec<Statement>, Error>,
}

impl Draft {
    /// Its statements, for the batch of this account that began then.
    fn finish(
        &self,
        account: Option<&str>,
        began: Timestamp,
        reconciled: Timestamp,
    ) -> Result<Vec<Statement>, Error> {
        let period = Window::new(began, reconciled).map_err(|error| Error::Query {
            operation: List::Reconciliations.name(),
            reason: error.to_string(),
        })?;
        let statements = self.statements.clone()?.into_iter();
        let finished = statements.map(|statement| Statement {
            account: account.map(str::to_owned),
            period,
            ..statement
        });
        Ok(finished.collect())
    }
}

/// The lists as far as they are read.
struct Gathering {
    client: Client,
    window: Window,
    /// The reconciliations of the present reading of the present list, by id.
    drafts: BTreeMap<String, Draft>,
    /// Which terminal's list each reconciliation was in.
    owners: HashMap<String, usize>,
}

impl Gathering {
    /// The page, with the statements of its list if it is the last.
    async fn take(&mut self, page: PagedOut<Span, Draft>) -> Result<StatementPage, Error> {
        let mut evidence = evidence(page.span.name(), self.window, &page);
        if page.index == 0 {
            self.drafts.clear();
        }
        for draft in page.page.rows {
            let inside = draft.reconciled.is_some_and(|at| self.window.contains(at));
            evidence.rows_outside += u64::from(!inside);
            match page.span.owner {
                Some(_) => self.claim(&draft.id, page.span.place, page.index)?,
                None => evidence.doubts.extend(draft.doubt.clone()),
            }
            if let Some(twin) = self.drafts.insert(draft.id.clone(), draft) {
                let doubt = format!("reconciliation {} is listed twice", twin.id);
                evidence.doubts.push(doubt);
            }
        }
        if page.last {
            evidence.doubts.extend(self.unfinished(&page.span));
        }
        let statements = match &page.span.owner {
            _ if !page.last => Vec::new(),
            Some(owner) => self.of_terminal(owner).await?,
            None => self.of_nobody()?,
        };
        Ok(StatementPage {
            evidence,
            statements,
        })
    }

    /// Fails where the list of another terminal has the reconciliation, too:
    /// then both would have the same batches.
    fn claim(&mut self, id: &str, place: usize, page: u64) -> Result<(), Error> {
        match self.owners.entry(id.to_owned()) {
            Entry::Occupied(owner) if *owner.get() != place => Err(Error::Unproven {
                operation: List::Reconciliations.name(),
                page: page + 1,
                doubt: format!(
                    "reconciliation {id} is listed for two terminals: StreamPay seems to ignore `terminal_id`"
                ),
            }),
            entry => {
                entry.or_insert(place);
                Ok(())
            }
        }
    }

    /// Doubts about reconciliations that have no receipt yet, and may end a batch
    /// of the window.
    fn unfinished(&self, span: &Span) -> Vec<String> {
        let end = self.window.to();
        let mut reconciled = self.drafts.values().filter_map(|draft| draft.reconciled);
        let is_over = reconciled.any(|reconciled| reconciled >= end);
        let matters = |draft: &&Draft| {
            let is_here = span.owner.is_some() || !self.owners.contains_key(&draft.id);
            let is_before = draft.created_at.is_none_or(|created| created < end);
            draft.reconciled.is_none() && is_here && (is_before || !is_over)
        };
        let unfinished = self.drafts.values().filter(matters);
        unfinished
            .map(|draft| format!("reconciliation {} has no receipt yet", draft.id))
            .collect()
    }

    /// The batches of a terminal that began in the window.
    async fn of_terminal(&self, owner: &Owner) -> Result<Vec<Statement>, Error> {
        let mut statements = Vec::new();
        let mut before = None;
        for (reconciled, draft) in self.in_order() {
            let began = match before {
                Some(before) => Some(before),
                None => self.beginning(owner, reconciled).await?,
            };
            if let Some(began) = began.filter(|began| self.window.contains(*began)) {
                let account = Some(owner.account.as_str());
                statements.extend(draft.finish(account, began, reconciled)?);
            }
            before = Some(reconciled);
        }
        Ok(statements)
    }

    /// When the first batch of a list began, as far as that may be in the
    /// window: when the terminal was created, or, where that is not told, an
    /// unknown time ago, for which its own end stands; then the batch covers no
    /// time.
    async fn beginning(
        &self,
        owner: &Owner,
        reconciled: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        if let Some(created) = owner.created_at.filter(|created| *created <= reconciled) {
            return Ok(Some(created));
        }
        let may_be_first = self.window.contains(reconciled);
        if may_be_first && !self.is_preceded(owner, reconciled).await? {
            return Ok(Some(reconciled));
        }
        Ok(None)
    }

    /// Whether the terminal has a reconciliation before this one, which is the
    /// first of what was asked for: any one before that will do.
    async fn is_preceded(&self, owner: &Owner, reconciled: Timestamp) -> Result<bool, Error> {
        let all = ReconciliationsQuery::new().terminal(&owner.id).limit(1);
        let query = all.around(self.window, self.client.margin());
        let before = query
            .range
            .map(|(asked, _)| (asked.min(Timestamp::UNIX_EPOCH), asked));
        let query = ReconciliationsQuery {
            range: before,
            ..query
        };
        let page = self.client.reconciliations(&query).await?;
        let zone = self.client.zone();
        let mut earlier = page.rows.iter().filter_map(|row| row.reconciled(zone));
        Ok(earlier.any(|earlier| earlier < reconciled))
    }

    /// The reconciliations in the window that no listed terminal has. Since when
    /// their batches are is unknown, so they cover no time.
    fn of_nobody(&self) -> Result<Vec<Statement>, Error> {
        let mut statements = Vec::new();
        for (reconciled, draft) in self.in_order() {
            if self.window.contains(reconciled) && !self.owners.contains_key(&draft.id) {
                statements.extend(draft.finish(None, reconciled, reconciled)?);
            }
        }
        Ok(statements)
    }

    /// The reconciliations of the list with a receipt, by time.
    fn in_order(&self) -> Vec<(Timestamp, &Draft)> {
        let drafts = self.drafts.values();
        let mut ordered: Vec<_> = drafts
            .filter_map(|draft| Some((draft.reconciled?, draft)))
            .collect();
        ordered.sort_by_key(|(reconciled, _)| *reconciled);
        ordered
    }
}

struct Terminals(Client);

#[async_trait]
impl PageSource for Terminals {
    type Span = Trace;
    type Row = Terminal;
    type Error = Error;

    async fn fetch(
        &self,
        trace: &Trace,
        page: u64,
    ) -> Result<reconcile_transport::Page<Terminal>, Error> {
        let arrived = list::nth(&self.0, &TerminalsQuery::new(), trace, page).await?;
        list::map_rows(arrived, |_, row| row.map_err(Error::from))
    }
}

struct Reconciliations {
    client: Client,
    window: Window,
    until: Window,
}

#[async_trait]
impl PageSource for Reconciliations {
    type Span = Span;
    type Row = Draft;
    type Error = Error;

    async fn fetch(
        &self,
        span: &Span,
        page: u64,
    ) -> Result<reconcile_transport::Page<Draft>, Error> {
        let all = ReconciliationsQuery::new();
        let (query, window) = match &span.owner {
            Some(owner) => (all.terminal(&owner.id), self.until),
            None => (all, self.window),
        };
        let query = query.around(window, self.client.margin());
        let arrived = list::nth(&self.client, &query, &span.trace, page).await?;
        list::map_rows(arrived, |index, row| {
            row.map_err(Error::from)
                .and_then(|row| self.draft(&row, page, index))
        })
    }
}

impl Reconciliations {
    fn draft(&self, row: &Reconciliation, page: u64, index: u64) -> Result<Draft, Error> {
        let unmappable = |value: mapping::Unmappable| {
            value
                .within("reconciliation_receipt")
                .at(List::Reconciliations, page, index)
        };
        let mut draft = Draft {
            id: row.id.clone(),
            created_at: row.created_at,
            reconciled: None,
            doubt: list::too_far_apart(row, self.client.zone(), self.client.margin()),
            statements: Ok(Vec::new()),
        };
        if let Some(receipt) = &row.reconciliation_receipt {
            let zone = self.client.zone();
            let reconciled = receipt
                .reconciled(zone)
                .ok_or_else(|| unmappable(mapping::unprinted("date", "time")))?;
            draft.reconciled = Some(reconciled);
            draft.statements = mapping::statements(receipt, reconciled, zone)
                .map(|statements| named(statements, &row.id))
                .map_err(unmappable);
        }
        Ok(draft)
    }
}

/// The statements under the id of the reconciliation, which is the receipt's in
/// all that is published.
fn named(mut statements: Vec<Statement>, id: &str) -> Vec<Statement> {
    for statement in &mut statements {
        id.clone_into(&mut statement.id);
    }
    statements
}
