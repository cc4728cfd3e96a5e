//! Deposits: what customers pay.

use futures::stream::BoxStream;
use jiff::Timestamp;

use crate::{
    Client, Error, Page,
    list::{self, Filters, List, Query, Row},
    models::{Deposit, DepositStatus, Personal},
};

/// What the list of deposits is asked for.
pub type DepositsQuery = Query<DepositFilters>;

/// The filters of deposits.
#[derive(Clone, Debug, Default)]
pub struct DepositFilters {
    country: Option<String>,
    payment_method: Option<String>,
    client_document: Option<Personal>,
    status: Option<DepositStatus>,
}

impl DepositsQuery {
    /// Only of this country, ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.filters.country = Some(country.into());
        self
    }

    /// Only of this method, such as `XA` or `XAQR`.
    #[must_use]
    pub fn payment_method(mut self, code: impl Into<String>) -> Self {
        self.filters.payment_method = Some(code.into());
        self
    }

    /// Only of the customer with this document number.
    #[must_use]
    pub fn client_document(mut self, document: impl Into<Personal>) -> Self {
        self.filters.client_document = Some(document.into());
        self
    }

    /// Only with this status. The status changes while a list is read, so
    /// reading page after page with this filter loses rows: read everything
    /// and filter afterwards where that matters.
    #[must_use]
    pub fn status(mut self, status: DepositStatus) -> Self {
        self.filters.status = Some(status);
        self
    }
}

impl Filters for DepositFilters {
    type Row = Deposit;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let document = self.client_document.as_ref().map(Personal::expose);
        [
            ("country", self.country.as_deref()),
            ("paymentMethod", self.payment_method.as_deref()),
            // TuPay documents this spelling; its sibling brands `clientDocument`.
            ("clienteDocument", document),
            ("status", self.status.as_ref().map(DepositStatus::as_str)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.to_owned())))
        .collect()
    }

    fn admits(&self, row: &Deposit) -> bool {
        list::is_or_any(self.country.as_ref(), row.country.as_ref())
            && list::is_or_any(
                self.payment_method.as_ref(),
                row.payment_method_code.as_ref(),
            )
            && list::is_or_any(self.client_document.as_ref(), row.client_document.as_ref())
            && list::is_or_any(self.status.as_ref(), Some(&row.status))
    }
}

impl Row for Deposit {
    const LIST: List = List::Deposits;

    fn key(&self) -> String {
        self.id_deposit.to_string()
    }

    fn instant(&self) -> Timestamp {
        self.creation_date
    }
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
