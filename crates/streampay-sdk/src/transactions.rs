//! Transactions and their receipts.

use futures::stream::BoxStream;
use jiff::{Timestamp, tz::TimeZone};
use reconcile_core::Window;

use crate::{
    Client, Error, Page, Query,
    list::{self, Filters, List, Row, envelope},
    models::{Transaction, TransactionReply},
};

/// What the list of transactions is asked for.
pub type TransactionsQuery = Query<TransactionFilters>;

/// The filters of transactions.
#[derive(Clone, Debug, Default)]
pub struct TransactionFilters {
    tid: Option<String>,
}

impl TransactionsQuery {
    /// Asks for what happened from `from` to `to`, which are sent as epoch
    /// milliseconds. Which instant StreamPay compares with them, and whether it
    /// includes the bounds, is not documented.
    #[must_use]
    pub const fn between(mut self, from: Timestamp, to: Timestamp) -> Self {
        self.range = Some((from, to));
        self
    }

    /// Only of this terminal id of the acquirer: text, since its zeros in front
    /// belong to it.
    #[must_use]
    pub fn tid(mut self, tid: impl Into<String>) -> Self {
        self.filters.tid = Some(tid.into());
        self
    }
}

impl Filters for TransactionFilters {
    type Row = Transaction;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        self.tid
            .clone()
            .map(|tid| ("tid", tid))
            .into_iter()
            .collect()
    }

    fn admits(&self, row: &Transaction) -> bool {
        let mut tids = row
            .receipts
            .iter()
            .filter_map(|it| it.tid.as_ref())
            .peekable();
        // A row that does not say is taken as StreamPay chose it.
        let is_untold = tids.peek().is_none();
        self.tid
            .as_ref()
            .is_none_or(|asked| is_untold || tids.any(|tid| tid == asked))
    }
}

envelope!(TransactionsEnvelope, transactions);

impl Row for Transaction {
    const LIST: List = List::Transactions;
    type Envelope<'a> = TransactionsEnvelope<'a>;

    fn id(&self) -> &str {
        &self.id
    }

    fn is_of(&self, window: Window, zone: &TimeZone) -> bool {
        let is_in = |at: Option<Timestamp>| at.is_none_or(|at| window.contains(at));
        let mut starts = self.receipts.iter().map(|receipt| receipt.started(zone));
        if self.receipts.is_empty() {
            is_in(self.created_at)
        } else {
            starts.any(is_in)
        }
    }

    fn instants(&self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let receipts = self.receipts.iter();
        let of_receipts = receipts.flat_map(|receipt| [receipt.started(zone), receipt.created_at]);
        let instants = of_receipts.chain([self.created_at]).flatten();
        instants.fold(None, |bounds, instant| {
            let (first, last) = bounds.unwrap_or((instant, instant));
            Some((first.min(instant), last.max(instant)))
        })
    }
}

impl Client {
    /// One page of transactions: `GET /v1/clients-sdk/transactions`.
    ///
    /// StreamPay says nothing of other pages here, and may send fewer rows than
    /// were asked for: only an empty page is the last beyond doubt.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::TransactionsQuery;
    ///
    /// let january = TransactionsQuery::new()
    ///     .between("2026-01-01T00:00:00Z".parse()?, "2026-02-01T00:00:00Z".parse()?);
    /// for transaction in client.transactions(&january).await?.rows {
    ///     for receipt in transaction.receipts {
    ///         println!("{} {} {:?}", receipt.id, receipt.amount_authorized.value, receipt.currency.english);
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn transactions(
        &self,
        query: &TransactionsQuery,
    ) -> Result<Page<Transaction>, Error> {
        self.page(query).await
    }

    /// All transactions that the query is for, over any range, each once: those
    /// that have a receipt of the range.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use futures::TryStreamExt;
    /// use streampay_sdk::TransactionsQuery;
    ///
    /// let quarter = TransactionsQuery::new()
    ///     .between("2026-01-01T00:00:00Z".parse()?, "2026-04-01T00:00:00Z".parse()?);
    /// let mut transactions = client.all_transactions(quarter);
    /// let mut receipts = 0;
    /// while let Some(transaction) = transactions.try_next().await? {
    ///     receipts += transaction.receipts.len();
    /// }
    /// println!("{receipts} receipts");
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn all_transactions(
        &self,
        query: TransactionsQuery,
    ) -> BoxStream<'static, Result<Transaction, Error>> {
        list::every(self, query)
    }

    /// The transaction with this id: `GET /v1/clients-sdk/transactions/{id}`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::TransactionsQuery;
    ///
    /// let first = client.transactions(&TransactionsQuery::new()).await?.rows.remove(0);
    /// let transaction = client.find_transaction(&first.id).await?;
    /// println!("stored at {:?}", transaction.created_at);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn find_transaction(&self, id: &str) -> Result<Transaction, Error> {
        let path = ["transactions", id];
        let reply: TransactionReply = self.find("find transaction", &path).await?;
        Ok(reply.transaction)
    }
}
