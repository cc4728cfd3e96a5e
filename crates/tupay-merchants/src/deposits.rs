//! Deposits: what customers pay.

use futures::stream::BoxStream;
use jiff::Timestamp;

use crate::{
    Client, Error, Page,
    list::{self, List, Query, Row},
    models::{Deposit, DepositStatus, Personal},
    transactions::{StatusOf, Transaction, TransactionFilters},
};

/// What the list of deposits is asked for.
pub type DepositsQuery = Query<TransactionFilters<DepositStatus>>;

impl Row for Deposit {
    const LIST: List = List::Deposits;

    fn key(&self) -> String {
        self.id_deposit.to_string()
    }

    fn instant(&self) -> Timestamp {
        self.creation_date
    }
}

impl Transaction for Deposit {
    type Status = DepositStatus;

    fn country(&self) -> Option<&String> {
        self.country.as_ref()
    }

    fn client_document(&self) -> Option<&Personal> {
        self.client_document.as_ref()
    }

    fn status(&self) -> &DepositStatus {
        &self.status
    }

    fn may_be_of_method(&self, code: &str) -> bool {
        self.payment_method_code.as_deref() == Some(code)
    }
}

impl StatusOf for DepositStatus {
    type Row = Deposit;
}

impl Client {
    /// One page of deposits: `GET /v1/deposits`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::Config::new(access.base_url.parse()?, access.access_key.clone().into(), access.secret_key.clone().into());
    /// # let client = tupay_merchants::Client::new(config)?;
    /// use tupay_merchants::DepositsQuery;
    ///
    /// let january = DepositsQuery::new()
    ///     .between("2026-01-01T00:00:00Z".parse()?, "2026-02-01T00:00:00Z".parse()?)
    ///     .country("PE");
    /// let page = client.deposits(&january).await?;
    /// assert_eq!(page.data.len(), 50);
    /// assert!(page.has_more());
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn deposits(&self, query: &DepositsQuery) -> Result<Page<Deposit>, Error> {
        self.page(query).await
    }

    /// All deposits that the query is for, over any range, each once, in
    /// TuPay's order within each part of the range.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    #[must_use]
    pub fn all_deposits(&self, query: DepositsQuery) -> BoxStream<'static, Result<Deposit, Error>> {
        list::every(self, query)
    }
}
