//! Merchants.

use futures::stream::BoxStream;
use jiff::{Timestamp, tz::TimeZone};
use reconcile_core::Window;

use crate::{
    Client, Error, Page, Query,
    client::Action,
    list::{self, Filters, List, Row, envelope},
    models::{CreateMerchant, Merchant},
};

/// What the list of merchants is asked for.
pub type MerchantsQuery = Query<NoFilters>;

/// A list that has no filters.
#[derive(Clone, Debug, Default)]
pub struct NoFilters;

impl Filters for NoFilters {
    type Row = Merchant;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn admits(&self, _: &Merchant) -> bool {
        true
    }
}

envelope!(MerchantsEnvelope, merchants);

impl Row for Merchant {
    const LIST: List = List::Merchants;
    type Envelope<'a> = MerchantsEnvelope<'a>;

    fn id(&self) -> &str {
        &self.id
    }

    fn is_of(&self, _: Window, _: &TimeZone) -> bool {
        true
    }

    fn instants(&self, _: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        None
    }
}

const CREATE: Action = Action {
    operation: "create merchant",
    check: "look for it in the list of merchants, by its name and reference",
};

impl Client {
    /// Creates a merchant: `POST /v1/clients-sdk/merchants`.
    ///
    /// It acts, and is never repeated by itself: see [`Error::OutcomeUnknown`].
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::models::CreateMerchant;
    ///
    /// let shop = CreateMerchant::new("Corner shop", "متجر الزاوية").reference_id("01112");
    /// let merchant = client.create_merchant(&shop).await?;
    /// println!("created {}", merchant.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn create_merchant(&self, merchant: &CreateMerchant) -> Result<Merchant, Error> {
        self.post(CREATE, &["merchants"], merchant).await
    }

    /// One page of merchants: `GET /v1/clients-sdk/merchants`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::MerchantsQuery;
    ///
    /// let page = client.merchants(&MerchantsQuery::new().limit(10)).await?;
    /// for merchant in page.rows {
    ///     println!("{} {:?}", merchant.id, merchant.name);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn merchants(&self, query: &MerchantsQuery) -> Result<Page<Merchant>, Error> {
        self.page(query).await
    }

    /// All merchants, each once.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use futures::TryStreamExt;
    /// use streampay_sdk::MerchantsQuery;
    ///
    /// let merchants: Vec<_> = client.all_merchants(MerchantsQuery::new()).try_collect().await?;
    /// println!("{} merchants", merchants.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn all_merchants(
        &self,
        query: MerchantsQuery,
    ) -> BoxStream<'static, Result<Merchant, Error>> {
        list::every(self, query)
    }

    /// The merchant with this id: `GET /v1/clients-sdk/merchants/{id}`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::MerchantsQuery;
    ///
    /// let first = client.merchants(&MerchantsQuery::new()).await?.rows.remove(0);
    /// let merchant = client.find_merchant(&first.id).await?;
    /// assert_eq!(merchant.id, first.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn find_merchant(&self, id: &str) -> Result<Merchant, Error> {
        self.find("find merchant", &["merchants", id]).await
    }
}
