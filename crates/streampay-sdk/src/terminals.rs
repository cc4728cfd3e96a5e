//! Terminals, and the users that they are assigned to.

use futures::stream::BoxStream;
use jiff::{Timestamp, tz::TimeZone};
use reconcile_core::Window;

use crate::{
    Client, Error, Page, Query,
    client::Action,
    list::{self, Filters, List, Row, envelope},
    models::{
        AssignTerminal, CreateTerminal, CreatedTerminal, Disconnected, Terminal, TerminalReply,
    },
};

/// What the list of terminals is asked for.
pub type TerminalsQuery = Query<TerminalFilters>;

/// The filters of terminals.
#[derive(Clone, Debug, Default)]
pub struct TerminalFilters {
    tid: Option<String>,
    is_connected: Option<bool>,
    is_assigned: Option<bool>,
}

impl TerminalsQuery {
    /// Only with this terminal id of the acquirer: text, since its zeros in
    /// front belong to it.
    #[must_use]
    pub fn tid(mut self, tid: impl Into<String>) -> Self {
        self.filters.tid = Some(tid.into());
        self
    }

    /// Only those that a device is connected to, or none.
    #[must_use]
    pub fn is_connected(mut self, connected: bool) -> Self {
        self.filters.is_connected = Some(connected);
        self
    }

    /// Only those that are assigned to a user, or to none.
    #[must_use]
    pub fn is_assigned(mut self, assigned: bool) -> Self {
        self.filters.is_assigned = Some(assigned);
        self
    }
}

impl Filters for TerminalFilters {
    type Row = Terminal;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let flag = |name, flag: Option<bool>| flag.map(|flag| (name, flag.to_string()));
        let tid = self.tid.clone().map(|tid| ("tid", tid));
        let connected = flag("is_connected", self.is_connected);
        let assigned = flag("is_assigned", self.is_assigned);
        [tid, connected, assigned].into_iter().flatten().collect()
    }

    fn lasting(&self) -> Self {
        Self {
            tid: self.tid.clone(),
            ..Self::default()
        }
    }

    fn admits(&self, row: &Terminal) -> bool {
        // A row that does not say is taken as StreamPay chose it.
        let agrees = |asked: Option<bool>, said: Option<bool>| {
            asked.zip(said).is_none_or(|(asked, said)| asked == said)
        };
        (self.tid.is_none() || self.tid == row.tid)
            && agrees(self.is_connected, row.is_connected)
            && agrees(self.is_assigned, row.is_assigned_to_user)
    }
}

envelope!(TerminalsEnvelope, terminals);

impl Row for Terminal {
    const LIST: List = List::Terminals;
    type Envelope<'a> = TerminalsEnvelope<'a>;

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
    operation: "create terminal",
    check: "look for it in the list of terminals of the merchant",
};

const ASSIGN: Action = Action {
    operation: "assign terminal",
    check: "find the terminal: its user tells",
};

const UNASSIGN: Action = Action {
    operation: "unassign terminal",
    check: "find the terminal: it has a user as long as it is assigned",
};

const DISCONNECT: Action = Action {
    operation: "disconnect terminal",
    check: "find the terminal: `is_connected` tells",
};

impl Client {
    /// Creates a terminal of a merchant: `POST /v1/clients-sdk/terminals`.
    ///
    /// It acts, and is never repeated by itself: see [`Error::OutcomeUnknown`].
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::{MerchantsQuery, models::CreateTerminal};
    ///
    /// let merchant = client.merchants(&MerchantsQuery::new()).await?.rows.remove(0);
    /// let created = client.create_terminal(&CreateTerminal::new("000112", merchant.id)).await?;
    /// println!("tid {:?}", created.terminal.tid);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn create_terminal(
        &self,
        terminal: &CreateTerminal,
    ) -> Result<CreatedTerminal, Error> {
        self.post(CREATE, &["terminals"], terminal).await
    }

    /// One page of terminals: `GET /v1/clients-sdk/terminals`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::TerminalsQuery;
    ///
    /// let connected = TerminalsQuery::new().is_connected(true);
    /// for terminal in client.terminals(&connected).await?.rows {
    ///     println!("{} {:?}", terminal.id, terminal.tid);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn terminals(&self, query: &TerminalsQuery) -> Result<Page<Terminal>, Error> {
        self.page(query).await
    }

    /// All terminals that the query is for, each once.
    ///
    /// Whether a terminal is connected or assigned can change while the list is
    /// read, so these are not sent: what arrives is filtered. Ends with
    /// [`Error::Unproven`] when it cannot be shown that none is missing.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use futures::TryStreamExt;
    /// use streampay_sdk::TerminalsQuery;
    ///
    /// let idle = TerminalsQuery::new().is_assigned(false);
    /// let idle: Vec<_> = client.all_terminals(idle).try_collect().await?;
    /// println!("{} terminals are nobody's", idle.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn all_terminals(
        &self,
        query: TerminalsQuery,
    ) -> BoxStream<'static, Result<Terminal, Error>> {
        list::every(self, query)
    }

    /// The terminal with this id, which is no tid:
    /// `GET /v1/clients-sdk/terminals/{id}`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::TerminalsQuery;
    ///
    /// let first = client.terminals(&TerminalsQuery::new()).await?.rows.remove(0);
    /// let terminal = client.find_terminal(&first.id).await?;
    /// assert_eq!(terminal.tid, first.tid);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn find_terminal(&self, id: &str) -> Result<Terminal, Error> {
        let reply: TerminalReply = self.find("find terminal", &["terminals", id]).await?;
        Ok(reply.terminal)
    }

    /// Assigns the terminal to a user:
    /// `POST /v1/clients-sdk/terminals/{id}/assign`.
    ///
    /// It acts, and is never repeated by itself: see [`Error::OutcomeUnknown`].
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::{TerminalsQuery, models::AssignTerminal};
    ///
    /// let terminal = client.terminals(&TerminalsQuery::new()).await?.rows.remove(0);
    /// let user = AssignTerminal::new("Cashier", "+966500000000", "cashier@example.com");
    /// let terminal = client.assign_terminal(&terminal.id, &user).await?;
    /// assert_eq!(terminal.is_assigned_to_user, Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn assign_terminal(
        &self,
        id: &str,
        user: &AssignTerminal,
    ) -> Result<Terminal, Error> {
        let path = ["terminals", id, "assign"];
        let reply: TerminalReply = self.post(ASSIGN, &path, user).await?;
        Ok(reply.terminal)
    }

    /// Takes the terminal from its user:
    /// `PUT /v1/clients-sdk/terminals/{id}/unassign`.
    ///
    /// It acts, and is never repeated by itself: see [`Error::OutcomeUnknown`].
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::TerminalsQuery;
    ///
    /// let terminal = client.terminals(&TerminalsQuery::new()).await?.rows.remove(0);
    /// let terminal = client.unassign_terminal(&terminal.id).await?;
    /// assert_eq!(terminal.user, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn unassign_terminal(&self, id: &str) -> Result<Terminal, Error> {
        let path = ["terminals", id, "unassign"];
        let reply: TerminalReply = self.put(UNASSIGN, &path).await?;
        Ok(reply.terminal)
    }

    /// Disconnects the terminal from its device:
    /// `PUT /v1/clients-sdk/terminals/{id}/disconnect`.
    ///
    /// It acts, and is never repeated by itself: see [`Error::OutcomeUnknown`].
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.streampay();
    /// # let client = streampay_sdk::Client::new(streampay_sdk::Config::new(access.base_url.parse()?, access.api_key.into()))?;
    /// use streampay_sdk::TerminalsQuery;
    ///
    /// let connected = TerminalsQuery::new().is_connected(true);
    /// let terminal = client.terminals(&connected).await?.rows.remove(0);
    /// let answer = client.disconnect_terminal(&terminal.id).await?;
    /// println!("{:?}", answer.message);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn disconnect_terminal(&self, id: &str) -> Result<Disconnected, Error> {
        self.put(DISCONNECT, &["terminals", id, "disconnect"]).await
    }
}
