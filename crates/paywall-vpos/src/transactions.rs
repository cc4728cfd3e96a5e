//! The lists of transactions: by the day they began, and by the day of their steps.

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::civil::Date;
use reconcile_transport::PageSource;

use crate::{
    Client, Error,
    client::{MOST_ROWS, Parameters},
    list::{self, ReadPage},
    models::{Listing, Transaction},
};

pub(crate) const TRANSACTIONS: &str = "transaction list";
pub(crate) const ACTIVITIES: &str = "activity list";

/// What the list of transactions is asked for: a day, and a page of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransactionsQuery {
    day: Date,
    page: u64,
    page_size: u32,
}

impl TransactionsQuery {
    /// Asks for the first page of the transactions that began on this day, with
    /// 1000 rows at most.
    #[must_use]
    pub const fn new(day: Date) -> Self {
        Self {
            day,
            page: 1,
            page_size: MOST_ROWS,
        }
    }

    /// Asks for this page, from 1.
    #[must_use]
    pub const fn page(mut self, page: u64) -> Self {
        self.page = page;
        self
    }

    /// Asks for so many rows a page, from 1 to 1000.
    #[must_use]
    pub const fn page_size(mut self, rows: u32) -> Self {
        self.page_size = rows;
        self
    }

    /// As they are sent, once they are what Paywall documents.
    fn parameters(&self, operation: &'static str) -> Result<Parameters, Error> {
        let refuse = |reason: String| Err(Error::Query { operation, reason });
        if self.page == 0 {
            return refuse("pages count from 1".to_owned());
        }
        if !(1..=MOST_ROWS).contains(&self.page_size) {
            return refuse(format!(
                "a page has 1 to {MOST_ROWS} rows, not {}",
                self.page_size
            ));
        }
        Ok(vec![
            ("page", self.page.to_string()),
            ("pagesize", self.page_size.to_string()),
            ("date", self.day.to_string()),
        ])
    }
}

/// What the list of activities is asked for: a day, filters, and a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivitiesQuery {
    listing: TransactionsQuery,
    filters: ActivityFilters,
}

impl ActivitiesQuery {
    /// Asks for the first page of the transactions with a step on this day, with
    /// 1000 rows at most.
    #[must_use]
    pub fn new(day: Date) -> Self {
        Self {
            listing: TransactionsQuery::new(day),
            filters: ActivityFilters::default(),
        }
    }

    /// Asks for this page, from 1.
    #[must_use]
    pub const fn page(mut self, page: u64) -> Self {
        self.listing = self.listing.page(page);
        self
    }

    /// Asks for so many rows a page, from 1 to 1000.
    #[must_use]
    pub const fn page_size(mut self, rows: u32) -> Self {
        self.listing = self.listing.page_size(rows);
        self
    }

    /// Asks with these filters.
    #[must_use]
    pub const fn filters(mut self, filters: ActivityFilters) -> Self {
        self.filters = filters;
        self
    }

    fn parameters(&self, operation: &'static str) -> Result<Parameters, Error> {
        let ActivityFilters {
            only_success,
            only_date_sensitive,
        } = self.filters;
        let mut parameters = self.listing.parameters(operation)?;
        parameters.push(("onlysuccess", only_success.to_string()));
        parameters.push(("onlydatesensitiveactivity", only_date_sensitive.to_string()));
        Ok(parameters)
    }
}

/// The filters of the list of activities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActivityFilters {
    only_success: bool,
    only_date_sensitive: bool,
}

impl ActivityFilters {
    /// No filter: every step of every transaction with one on the day.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out what was not successful.
    #[must_use]
    pub const fn only_success(mut self) -> Self {
        self.only_success = true;
        self
    }

    /// Leaves out the steps of other days (`onlyDateSensitiveActivity`).
    #[must_use]
    pub const fn only_date_sensitive(mut self) -> Self {
        self.only_date_sensitive = true;
        self
    }
}

impl Client {
    /// One page of the transactions that began on a day that is over:
    /// `GET /api/paywall/private/vpos/transaction/list`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// use paywall_vpos::TransactionsQuery;
    ///
    /// let page = client.transactions(&TransactionsQuery::new("2026-01-15".parse()?)).await?;
    /// assert_eq!(page.data.len() as u64, page.total_records);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn transactions(
        &self,
        query: &TransactionsQuery,
    ) -> Result<Listing<Transaction>, Error> {
        let parameters = query.parameters(TRANSACTIONS)?;
        self.calendar().check_over(TRANSACTIONS, query.day)?;
        self.find(TRANSACTIONS, TRANSACTIONS_PATH, parameters).await
    }

    /// All transactions that began on the days from `from`, inclusive, to `to`,
    /// exclusive, each once, day by day.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// use futures::TryStreamExt;
    ///
    /// let mut sales = client.all_transactions("2026-01-01".parse()?, "2026-01-08".parse()?);
    /// let mut sold = rust_decimal::Decimal::ZERO;
    /// while let Some(sale) = sales.try_next().await? {
    ///     sold += sale.amount;
    /// }
    /// assert!(sold > rust_decimal::Decimal::ZERO);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn all_transactions(
        &self,
        from: Date,
        to: Date,
    ) -> BoxStream<'static, Result<Transaction, Error>> {
        self.every_day(DayList::Transactions, from, to)
    }

    /// One page of the transactions with a step (sale, cancellation, refund,
    /// partial refund) on a day that is over:
    /// `GET /api/paywall/private/vpos/transaction/list/activity`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// use paywall_vpos::{ActivitiesQuery, ActivityFilters};
    ///
    /// let steps_of_the_day = ActivitiesQuery::new("2026-01-15".parse()?)
    ///     .filters(ActivityFilters::new().only_date_sensitive());
    /// let page = client.activities(&steps_of_the_day).await?;
    /// assert!(page.data.iter().all(|row| !row.activities.is_empty()));
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn activities(&self, query: &ActivitiesQuery) -> Result<Listing<Transaction>, Error> {
        let parameters = query.parameters(ACTIVITIES)?;
        self.calendar().check_over(ACTIVITIES, query.listing.day)?;
        self.find(ACTIVITIES, ACTIVITIES_PATH, parameters).await
    }

    /// All transactions with a step on the days from `from`, inclusive, to `to`,
    /// exclusive, day by day. A transaction with steps on several days comes
    /// once for each, or once where the filters leave all its steps in it.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// # let client = paywall_vpos::Client::new(config)?;
    /// use futures::TryStreamExt;
    /// use paywall_vpos::ActivityFilters;
    ///
    /// let filters = ActivityFilters::new().only_success().only_date_sensitive();
    /// let rows: Vec<_> = client
    ///     .all_activities("2026-01-01".parse()?, "2026-01-08".parse()?, filters)
    ///     .try_collect()
    ///     .await?;
    /// assert!(!rows.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn all_activities(
        &self,
        from: Date,
        to: Date,
        filters: ActivityFilters,
    ) -> BoxStream<'static, Result<Transaction, Error>> {
        self.every_day(DayList::Activities(filters), from, to)
    }

    /// One page of the transactions that began today or yesterday. Paywall
    /// documents the list, but not where it is:
    /// [`Config::intraday_paths`](crate::Config::intraday_paths).
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let faults = std::iter::once("intraday".parse::<reconcile_sandbox::Fault>()?).collect();
    /// # let settings = reconcile_sandbox::SandboxConfig { faults, ..Default::default() };
    /// # let sandbox = reconcile_sandbox::Sandbox::start(settings).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// use paywall_vpos::{Client, TransactionsQuery};
    ///
    /// // As Paywall tells them to you; these are the simulator's.
    /// let client = Client::new(config.intraday_paths(
    ///     "/api/paywall/private/vpos/transaction/list/intraday",
    ///     "/api/paywall/private/vpos/transaction/list/activity/intraday",
    /// ))?;
    /// let today = jiff::Timestamp::now().in_tz("Europe/Istanbul")?.date();
    /// let page = client.intraday_transactions(&TransactionsQuery::new(today)).await?;
    /// assert_eq!(page.data.len() as u64, page.total_records);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn intraday_transactions(
        &self,
        query: &TransactionsQuery,
    ) -> Result<Listing<Transaction>, Error> {
        const OPERATION: &str = "intraday transaction list";
        let parameters = query.parameters(OPERATION)?;
        let path = self.intraday().map(|paths| paths.transactions.as_str());
        self.find_intraday(OPERATION, query.day, path, parameters)
            .await
    }

    /// One page of the transactions with a step today or yesterday, as
    /// [`intraday_transactions`](Self::intraday_transactions).
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let faults = std::iter::once("intraday".parse::<reconcile_sandbox::Fault>()?).collect();
    /// # let settings = reconcile_sandbox::SandboxConfig { faults, ..Default::default() };
    /// # let sandbox = reconcile_sandbox::Sandbox::start(settings).await?;
    /// # let access = sandbox.paywall();
    /// # let config = paywall_vpos::Config::new(access.base_url.parse()?, access.api_key.clone().into(), access.api_client.clone().into());
    /// use paywall_vpos::{Client, ActivitiesQuery};
    ///
    /// // As Paywall tells them to you; these are the simulator's.
    /// let client = Client::new(config.intraday_paths(
    ///     "/api/paywall/private/vpos/transaction/list/intraday",
    ///     "/api/paywall/private/vpos/transaction/list/activity/intraday",
    /// ))?;
    /// let today = jiff::Timestamp::now().in_tz("Europe/Istanbul")?.date();
    /// let page = client.intraday_activities(&ActivitiesQuery::new(today)).await?;
    /// assert_eq!(page.data.len() as u64, page.total_records);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn intraday_activities(
        &self,
        query: &ActivitiesQuery,
    ) -> Result<Listing<Transaction>, Error> {
        const OPERATION: &str = "intraday activity list";
        let parameters = query.parameters(OPERATION)?;
        let path = self.intraday().map(|paths| paths.activities.as_str());
        self.find_intraday(OPERATION, query.listing.day, path, parameters)
            .await
    }

    async fn find_intraday(
        &self,
        operation: &'static str,
        day: Date,
        path: Option<&str>,
        parameters: Parameters,
    ) -> Result<Listing<Transaction>, Error> {
        let refuse = |reason: String| Err(Error::Query { operation, reason });
        let Some(path) = path else {
            return refuse("its path is not published: set Config::intraday_paths".to_owned());
        };
        let today = self.calendar().today();
        if day != today && today.yesterday().ok() != Some(day) {
            return refuse(format!("{day} is neither today, {today}, nor yesterday"));
        }
        let segments: Vec<_> = path.trim_matches('/').split('/').collect();
        self.find(operation, &segments, parameters).await
    }

    fn every_day(
        &self,
        list: DayList,
        from: Date,
        to: Date,
    ) -> BoxStream<'static, Result<Transaction, Error>> {
        match self.days(list.name(), from, to) {
            Ok(days) => {
                let source = WholeDays {
                    client: self.clone(),
                    list,
                };
                list::every(list.name(), source, days, self.concurrency())
            }
            Err(error) => list::refused(error),
        }
    }

    fn days(&self, operation: &'static str, from: Date, to: Date) -> Result<Vec<Date>, Error> {
        if from > to {
            let reason = format!("the range is inverted: {from} is after {to}");
            return Err(Error::Query { operation, reason });
        }
        let days: Vec<_> = from
            .series(jiff::Span::new().days(1))
            .take_while(|day| *day < to)
            .collect();
        if let Some(last) = days.last() {
            self.calendar().check_over(operation, *last)?;
        }
        Ok(days)
    }

    /// One page of a list, as it arrived; `index` counts from 0.
    pub(crate) async fn read_day(
        &self,
        list: DayList,
        day: Date,
        index: u64,
    ) -> Result<ReadPage<Transaction>, Error> {
        let page = TransactionsQuery::new(day)
            .page(index.saturating_add(1))
            .page_size(self.page_size());
        let operation = list.name();
        let (path, parameters) = match list {
            DayList::Transactions => (TRANSACTIONS_PATH, page.parameters(operation)?),
            DayList::Activities(filters) => {
                let query = ActivitiesQuery {
                    listing: page,
                    filters,
                };
                (ACTIVITIES_PATH, query.parameters(operation)?)
            }
        };
        let reply = self.get(operation, path, parameters).await?;
        ReadPage::of_listing(operation, index, &reply)
    }
}

/// A list of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayList {
    Transactions,
    Activities(ActivityFilters),
}

impl DayList {
    /// The name of the list, in errors and evidence.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Transactions => TRANSACTIONS,
            Self::Activities(_) => ACTIVITIES,
        }
    }

    /// What identifies a row. A transaction may have one for each step.
    pub(crate) fn key(self, row: &Transaction) -> String {
        let mut key = row.id.to_string();
        if matches!(self, Self::Activities(_)) {
            for step in &row.activities {
                key.push(':');
                key.push_str(&step.id.to_string());
            }
        }
        key
    }
}

const TRANSACTIONS_PATH: &[&str] = &["api", "paywall", "private", "vpos", "transaction", "list"];

const ACTIVITIES_PATH: &[&str] = &[
    "api",
    "paywall",
    "private",
    "vpos",
    "transaction",
    "list",
    "activity",
];

/// The rows of whole days.
struct WholeDays {
    client: Client,
    list: DayList,
}

#[async_trait]
impl PageSource for WholeDays {
    type Span = Date;
    type Row = Option<(String, Transaction)>;
    type Error = Error;

    async fn fetch(
        &self,
        day: &Date,
        index: u64,
    ) -> Result<reconcile_transport::Page<Self::Row>, Error> {
        let page = self.client.read_day(self.list, *day, index).await?;
        let key = |row: &Transaction| self.list.key(row);
        page.checked(key, |_, row| {
            let row = row?;
            Ok(Some((key(&row), row)))
        })
    }
}
