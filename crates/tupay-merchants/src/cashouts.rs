//! Cashouts: what beneficiaries are paid.

use futures::stream::BoxStream;
use jiff::Timestamp;

use crate::{
    Client, Error, Page,
    list::{self, List, Query, Row},
    models::{Cashout, CashoutStatus, Personal},
    transactions::{StatusOf, Transaction, TransactionFilters},
};

/// What the list of cashouts is asked for.
pub type CashoutsQuery = Query<TransactionFilters<CashoutStatus>>;

impl Row for Cashout {
    const LIST: List = List::Cashouts;

    fn key(&self) -> String {
        self.id_cashout.to_string()
    }

    fn instant(&self) -> Timestamp {
        self.creation_date
    }
}

impl Transaction for Cashout {
    type Status = CashoutStatus;

    fn country(&self) -> Option<&String> {
        self.country.as_ref()
    }

    fn client_document(&self) -> Option<&Personal> {
        self.client_document.as_ref()
    }

    fn status(&self) -> &CashoutStatus {
        &self.status
    }

    fn may_be_of_method(&self, _: &str) -> bool {
        true
    }
}

impl StatusOf for CashoutStatus {
    type Row = Cashout;
}

impl Client {
    /// One page of cashouts: `GET /v1/cashouts`, or `/v1/cashout`
    /// with [`CashoutsPath::Singular`](crate::CashoutsPath).
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::Config::new(access.base_url.parse()?, access.access_key.clone().into(), access.secret_key.clone().into());
    /// # let client = tupay_merchants::Client::new(config)?;
    /// use tupay_merchants::CashoutsQuery;
    ///
    /// let january = CashoutsQuery::new()
    ///     .between("2026-01-01T00:00:00Z".parse()?, "2026-02-01T00:00:00Z".parse()?);
    /// let page = client.cashouts(&january).await?;
    /// assert!(page.data.iter().all(|cashout| cashout.external_id.is_some()));
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn cashouts(&self, query: &CashoutsQuery) -> Result<Page<Cashout>, Error> {
        self.page(query).await
    }

    /// All cashouts that the query is for, over any range, each once, in
    /// TuPay's order within each part of the range.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    #[must_use]
    pub fn all_cashouts(&self, query: CashoutsQuery) -> BoxStream<'static, Result<Cashout, Error>> {
        list::every(self, query)
    }
}
