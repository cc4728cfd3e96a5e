//! Settlements: payments of the merchant's balance. Documented by the sibling
//! brands of TuPay only.

use futures::stream::BoxStream;
use jiff::Timestamp;

use crate::{
    Client, Error, Page,
    list::{self, Filters, List, Query, Row},
    models::{Settlement, SettlementStatus},
    transactions::is_or_any,
};

/// What the list of settlements is asked for.
pub type SettlementsQuery = Query<SettlementFilters>;

/// The filters of settlements.
#[derive(Clone, Debug, Default)]
pub struct SettlementFilters {
    status: Option<SettlementStatus>,
}

impl SettlementsQuery {
    /// Only with this status, which can change while a list is read:
    /// [`Client::all_settlements`] does not send it, and filters what arrives.
    #[must_use]
    pub fn status(mut self, status: SettlementStatus) -> Self {
        self.filters.status = Some(status);
        self
    }
}

impl Filters for SettlementFilters {
    type Row = Settlement;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let status = self
            .status
            .as_ref()
            .map(|status| ("status", status.as_str().to_owned()));
        status.into_iter().collect()
    }

    fn lasting(&self) -> Self {
        Self::default()
    }

    fn admits(&self, row: &Settlement) -> bool {
        is_or_any(self.status.as_ref(), Some(&row.status))
    }
}

impl Row for Settlement {
    const LIST: List = List::Settlements;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn instant(&self) -> Timestamp {
        self.creation_date
    }
}

impl Client {
    /// One page of settlements: `GET /v1/settlements`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::Config::new(access.base_url.parse()?, access.access_key.clone().into(), access.secret_key.clone().into());
    /// # let client = tupay_merchants::Client::new(config)?;
    /// use tupay_merchants::SettlementsQuery;
    ///
    /// let january = SettlementsQuery::new()
    ///     .between("2026-01-01T00:00:00Z".parse()?, "2026-02-01T00:00:00Z".parse()?);
    /// for settlement in client.settlements(&january).await?.data {
    ///     println!("{} {} {}", settlement.id, settlement.requested_amount, settlement.currency);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn settlements(&self, query: &SettlementsQuery) -> Result<Page<Settlement>, Error> {
        self.page(query).await
    }

    /// All settlements that the query is for, over any range, each once.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    #[must_use]
    pub fn all_settlements(
        &self,
        query: SettlementsQuery,
    ) -> BoxStream<'static, Result<Settlement, Error>> {
        list::every(self, query)
    }
}
