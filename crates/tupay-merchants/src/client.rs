//! The client of the Merchants API.

use std::{fmt, num::NonZeroUsize, sync::Arc};

use bytes::Bytes;
use reconcile_transport::{Call, Transport};

use crate::{
    CashoutsPath, Config, Error, Page,
    list::{self, Filters, List, Query, ReadPage},
    models::Login,
    session::{Sessions, accepted},
};

/// A client of the Merchants API.
///
/// Cloning it is cheap and shares the session. The first call logs in; when
/// the session expires, one task renews it while the others wait.
#[derive(Clone)]
pub struct Client {
    config: Arc<Config>,
    transport: Transport,
    sessions: Arc<Sessions>,
}

impl Client {
    /// A client with these settings. Nothing is sent yet.
    pub fn new(config: Config) -> Result<Self, Error> {
        let transport = match &config.transport {
            Some(transport) => transport.clone(),
            None => Transport::builder()
                .concurrency(config.concurrency)
                .build()?,
        };
        Ok(Self {
            sessions: Arc::new(Sessions::new(config.clone(), transport.clone())),
            config: Arc::new(config),
            transport,
        })
    }

    /// Logs in now: `POST /v1/auth/login`. Any other call does so by itself
    /// when it has to; this is for checking the credentials. Once TuPay refused
    /// them, other calls end in the same refusal without asking again, and only
    /// this one tries them anew.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::Config::new(access.base_url.parse()?, access.access_key.clone().into(), access.secret_key.clone().into());
    /// # let client = tupay_merchants::Client::new(config)?;
    /// let login = client.login().await?;
    /// println!("working as merchant {:?}", login.id_merchant);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn login(&self) -> Result<Login, Error> {
        self.sessions.login().await
    }

    /// Ends the session: `DELETE /v1/auth/session/destroy`. The next call logs
    /// in again.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::Config::new(access.base_url.parse()?, access.access_key.clone().into(), access.secret_key.clone().into());
    /// # let client = tupay_merchants::Client::new(config)?;
    /// client.login().await?;
    /// client.logout().await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn logout(&self) -> Result<(), Error> {
        self.sessions.logout().await
    }

    /// Works as another merchant that the user belongs to, from now on:
    /// `POST /v1/auth/{MID}/switchContext`, documented by the sibling brands.
    ///
    /// A list that is being read at this moment may show either merchant, page by
    /// page; use one client a merchant ([`Config::merchant`]) to work as several
    /// at once. When the switch fails, everything stays as it was.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::Config::new(access.base_url.parse()?, access.access_key.clone().into(), access.secret_key.clone().into());
    /// # let client = tupay_merchants::Client::new(config)?;
    /// client.switch_context(19759).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn switch_context(&self, merchant: u64) -> Result<(), Error> {
        self.sessions.switch_context(merchant).await
    }

    /// How many pages are asked for at once.
    pub(crate) fn concurrency(&self) -> NonZeroUsize {
        self.config.concurrency
    }

    /// One page for users.
    pub(crate) async fn page<F: Filters>(&self, query: &Query<F>) -> Result<Page<F::Row>, Error> {
        let page = self.read(query).await?;
        page.admit(|row| query.filters.admits(row))
    }

    /// One page as it arrives.
    pub(crate) async fn read<F: Filters>(
        &self,
        query: &Query<F>,
    ) -> Result<ReadPage<F::Row>, Error> {
        use crate::list::Row as _;
        let parameters = list::parameters(query)?;
        let path = self.path(F::Row::LIST);
        let body = self
            .read_body(F::Row::LIST.name(), path, &parameters)
            .await?;
        ReadPage::read(query.page, &body)
    }

    /// The body of a GET that succeeded.
    pub(crate) async fn read_body(
        &self,
        operation: &'static str,
        path: &[&str],
        parameters: &[(&str, String)],
    ) -> Result<Bytes, Error> {
        let url = self.config.base_url.url(path, parameters)?;
        let call = Call::get(operation, url);
        let reply = self.transport.send(call, Some(&*self.sessions)).await?;
        Ok(accepted(operation, reply)?.body)
    }

    fn path(&self, list: List) -> &'static [&'static str] {
        match (list, self.config.cashouts_path) {
            (List::Deposits, _) => &["v1", "deposits"],
            (List::Cashouts, CashoutsPath::Plural) => &["v1", "cashouts"],
            (List::Cashouts, CashoutsPath::Singular) => &["v1", "cashout"],
            (List::BalanceReport, _) => &["v1", "balance", "report"],
            (List::Settlements, _) => &["v1", "settlements"],
            (List::Notes, _) => &["v1", "notes"],
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.config.base_url)
            .finish_non_exhaustive()
    }
}
