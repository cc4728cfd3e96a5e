//! Reconciliations: what a terminal counted, and what the host did.

use futures::stream::BoxStream;
use jiff::{Timestamp, tz::TimeZone};
use reconcile_core::Window;

use crate::{
    Client, Error, Page, Query,
    client::Action,
    list::{self, Filters, List, Row, envelope},
    models::{
        CreateReconciliation, CreatedReconciliation, Reconciliation, ReconciliationReference,
        ReconciliationReply,
    },
};

/// What the list of reconciliations is asked for.
pub type ReconciliationsQuery = Query<ReconciliationFilters>;

/// The filters of reconciliations.
#[derive(Clone, Debug, Default)]
pub struct ReconciliationFilters {
    terminal: Option<String>,
}

impl ReconciliationsQuery {
    /// Asks for what was reconciled from `from` to `to`, which are sent as epoch
    /// milliseconds. Which instant StreamPay compares with them, and whether it
    /// includes the bounds, is not documented.
    #[must_use]
    pub const fn between(mut self, from: Timestamp, to: Timestamp) -> Self {
        self.range = Some((from, to));
        self
    }

    /// Only of the terminal with this id, which is no tid. No row says which
    /// terminal it is of, so this cannot be checked again.
    #[must_use]
    pub fn terminal(mut self, id: impl Into<String>) -> Self {
        self.filters.terminal = Some(id.into());
        self
    }
}

impl Filters for ReconciliationFilters {
    type Row = Reconciliation;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let terminal = self.terminal.clone().map(|id| ("terminal_id", id));
        terminal.into_iter().collect()
    }

    fn admits(&self, _: &Reconciliation) -> bool {
        true
    }
}

envelope!(ReconciliationsEnvelope, reconciliations);

impl Row for Reconciliation {
    const LIST: List = List::Reconciliations;
    type Envelope<'a> = ReconciliationsEnvelope<'a>;

    fn id(&self) -> &str {
        &self.id
    }

    fn is_of(&self, window: Window, zone: &TimeZone) -> bool {
        let instant = self.reconciled(zone).or(self.created_at);
        instant.is_none_or(|instant| window.contains(instant))
    }

    fn instants(&self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let (reconciled, stored) = (self.reconciled(zone)?, self.created_at?);
        Some((reconciled.min(stored), reconciled.max(stored)))
    }
}

const CREATE: Action = Action {
    operation: "create reconciliation",
    check: "look at the terminal's list of reconciliations",
};

impl Client {
    /// Reconciles a terminal: `POST /v1/clients-sdk/reconciliations`. The answer
    /// says only which reconciliation it is; ask for it to see its outcome.
    ///
    /// It acts, and is never repeated by itself: see [`Error::OutcomeUnknown`].
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::{TerminalsQuery, models::CreateReconciliation};
    ///
    /// let terminal = client.terminals(&TerminalsQuery::new()).await?.rows.remove(0);
    /// let asked = CreateReconciliation::new(terminal.id);
    /// let reconciliation = client.create_reconciliation(&asked).await?;
    /// println!("reconciled as {}", reconciliation.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn create_reconciliation(
        &self,
        reconciliation: &CreateReconciliation,
    ) -> Result<ReconciliationReference, Error> {
        let path = ["reconciliations"];
        let reply: CreatedReconciliation = self.post(CREATE, &path, reconciliation).await?;
        Ok(reply.reconciliation)
    }

    /// One page of reconciliations: `GET /v1/clients-sdk/reconciliations`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::ReconciliationsQuery;
    ///
    /// for reconciliation in client.reconciliations(&ReconciliationsQuery::new()).await?.rows {
    ///     if let Some(receipt) = reconciliation.reconciliation_receipt {
    ///         println!("{} {} {:?}", receipt.date, receipt.details.total.total, receipt.currency.english);
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn reconciliations(
        &self,
        query: &ReconciliationsQuery,
    ) -> Result<Page<Reconciliation>, Error> {
        self.page(query).await
    }

    /// All reconciliations that the query is for, over any range, each once.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use futures::TryStreamExt;
    /// use streampay_sdk::{ReconciliationsQuery, TerminalsQuery};
    ///
    /// let terminal = client.terminals(&TerminalsQuery::new()).await?.rows.remove(0);
    /// let january = ReconciliationsQuery::new()
    ///     .between("2026-01-01T00:00:00Z".parse()?, "2026-02-01T00:00:00Z".parse()?)
    ///     .terminal(terminal.id);
    /// let reconciliations: Vec<_> = client.all_reconciliations(january).try_collect().await?;
    /// println!("{} reconciliations", reconciliations.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn all_reconciliations(
        &self,
        query: ReconciliationsQuery,
    ) -> BoxStream<'static, Result<Reconciliation, Error>> {
        list::every(self, query)
    }

    /// The reconciliation with this id:
    /// `GET /v1/clients-sdk/reconciliations/{id}`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::ReconciliationsQuery;
    ///
    /// let first = client.reconciliations(&ReconciliationsQuery::new()).await?.rows.remove(0);
    /// let reconciliation = client.find_reconciliation(&first.id).await?;
    /// assert_eq!(reconciliation, first);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn find_reconciliation(&self, id: &str) -> Result<Reconciliation, Error> {
        let path = ["reconciliations", id];
        let reply: ReconciliationReply = self.find("find reconciliation", &path).await?;
        Ok(reply.reconciliation)
    }
}
