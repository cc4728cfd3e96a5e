//! The merchant's balance: the daily report, and what is available now.

use futures::stream::BoxStream;
use jiff::Timestamp;

use crate::{
    Client, Error, Page,
    list::{self, Filters, List, Query, Row},
    models::{BalanceDay, TotalBalance},
};

/// What the balance report is asked for.
pub type BalanceReportQuery = Query<NoFilters>;

/// The balance report has no filters.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFilters;

impl Filters for NoFilters {
    type Row = BalanceDay;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn lasting(&self) -> Self {
        *self
    }

    fn admits(&self, _: &BalanceDay) -> bool {
        true
    }
}

impl Row for BalanceDay {
    const LIST: List = List::BalanceReport;

    fn key(&self) -> String {
        let merchant = self
            .id_merchant
            .map(|id| id.to_string())
            .unwrap_or_default();
        format!("{merchant} {} {}", self.currency, self.date)
    }

    fn instant(&self) -> Timestamp {
        self.date
    }
}

impl Client {
    /// One page of the daily balance report: `GET /v1/balance/report`. A row is
    /// one UTC day of one merchant and currency.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::Config::new(access.base_url.parse()?, access.access_key.clone().into(), access.secret_key.clone().into());
    /// # let client = tupay_merchants::Client::new(config)?;
    /// use tupay_merchants::BalanceReportQuery;
    ///
    /// let january = BalanceReportQuery::new()
    ///     .between("2026-01-01T00:00:00Z".parse()?, "2026-01-31T00:00:00Z".parse()?);
    /// let page = client.balance_report(&january).await?;
    /// assert_eq!(page.data.len(), 31);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn balance_report(
        &self,
        query: &BalanceReportQuery,
    ) -> Result<Page<BalanceDay>, Error> {
        self.page(query).await
    }

    /// All days that the query is for, over any range, each once.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    #[must_use]
    pub fn all_balance_days(
        &self,
        query: BalanceReportQuery,
    ) -> BoxStream<'static, Result<BalanceDay, Error>> {
        list::every(self, query)
    }

    /// What is available now: `GET /v1/balance`. No documentation shows the
    /// answer, so it is the JSON as it comes.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::Config::new(access.base_url.parse()?, access.access_key.clone().into(), access.secret_key.clone().into());
    /// # let client = tupay_merchants::Client::new(config)?;
    /// let balance = client.balance().await?;
    /// println!("{}", balance.json());
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn balance(&self) -> Result<TotalBalance, Error> {
        let body = self.read_body("balance", &["v1", "balance"], &[]).await?;
        Ok(reconcile_transport::decode("balance", &body)?)
    }
}
