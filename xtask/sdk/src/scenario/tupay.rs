//! What TuPay is asked.

use std::{collections::BTreeSet, future::Future, pin::Pin};

use jiff::{SignedDuration, Timestamp};
use reconcile_transport::{BaseUrl, ErrorKind};
use tupay_merchants::{
    CashoutReference, Client, Config, Environment, Error, Page, Payments, PaymentsConfig, Query,
};

use super::{Operation, Outcome, Run, Scenario, Settings, Trouble};

pub(super) const SCENARIO: Scenario = Scenario {
    provider: "tupay",
    operations: OPERATIONS,
    base_url,
    environment,
    perform,
};

/// How far back lists are asked for; one request may span 60 days.
const REACH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How many pages of a list are looked at. The first one is kept, the others
/// show what it does not.
const PAGES: u64 = 4;

/// An id that no deposit and no cashout has.
const UNKNOWN: u64 = 999_999_999_999;

const LIST: &[&str] = &["from", "to", "page"];

const OPERATIONS: &[Operation] = &[
    Operation {
        sends_credentials: true,
        ..operation("login", "/v1/auth/login", &[])
    },
    operation("deposits", "/v1/deposits", LIST),
    operation("cashouts", "/v1/cashouts", LIST),
    operation("balance-report", "/v1/balance/report", LIST),
    operation("balance", "/v1/balance", &[]),
    operation("settlements", "/v1/settlements", LIST),
    operation("notes", "/v1/notes", LIST),
    operation("deposit-status", "/v3/deposits/{deposit_id}", &[]),
    Operation {
        sends_credentials: true,
        ..operation("cashout-status", "/v3/cashout/status", &[])
    },
];

const fn operation(
    name: &'static str,
    path: &'static str,
    query: &'static [&'static str],
) -> Operation {
    Operation {
        name,
        path,
        query,
        sends_credentials: false,
    }
}

fn base_url(settings: &Settings) -> Result<BaseUrl, Trouble> {
    if let Some(url) = settings.url("base_url")? {
        return Ok(url);
    }
    let environment = match settings
        .get("environment")
        .ok_or_else(|| settings.missing("base_url"))?
        .as_str()
    {
        "staging" => Environment::Staging,
        "production" => Environment::Production,
        _ => {
            let variable = settings.variable("environment");
            return Err(Trouble::new(
                format!("{variable} is neither `staging` nor `production`"),
                "or give --base-url",
            ));
        }
    };
    BaseUrl::parse(environment.base_url()).map_err(|error| Trouble::of(&error, None))
}

fn environment(url: &BaseUrl) -> &'static str {
    if url.is_loopback() {
        "simulator"
    } else if url.to_string() == Environment::Staging.base_url() {
        "staging"
    } else {
        "production"
    }
}

fn perform(run: Run) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
    Box::pin(async move {
        let mut calls = Calls {
            run: &run,
            outcome: Outcome::default(),
        };
        let found = match client(&run) {
            Ok(client) => calls.merchants(&client).await,
            Err(trouble) => {
                calls.outcome.troubles.push(trouble);
                Found::default()
            }
        };
        match payments(&run) {
            Ok(Some(payments)) => calls.payments(&payments, &found).await,
            Ok(None) => {}
            Err(trouble) => calls.outcome.troubles.push(trouble),
        }
        calls.outcome
    })
}

fn client(run: &Run) -> Result<Client, Trouble> {
    let config = Config::new(
        run.base_url.clone(),
        run.settings.require("access_key")?.into(),
        run.settings.require("secret_key")?.into(),
    );
    Client::new(config.transport(run.transport.clone())).map_err(|error| trouble(&error))
}

/// The payment API has other credentials, which not everybody has.
fn payments(run: &Run) -> Result<Option<Payments>, Trouble> {
    let Some(key) = run.settings.get("payments_api_key") else {
        return Ok(None);
    };
    let base_url = match run.settings.url("payments_base_url")? {
        Some(url) => url,
        None if run.base_url.is_loopback() => run.base_url.clone(),
        None if environment(&run.base_url) == "staging" => {
            BaseUrl::parse(PaymentsConfig::STAGING).map_err(|error| Trouble::of(&error, None))?
        }
        None => return Err(run.settings.missing("payments_base_url")),
    };
    let config = PaymentsConfig::new(
        base_url,
        key.into(),
        run.settings.require("payments_api_passphrase")?.into(),
        run.settings.require("payments_api_signature")?.into(),
    );
    Payments::new(config.transport(run.transport.clone()))
        .map(Some)
        .map_err(|error| trouble(&error))
}

/// What the lists had, to be looked up: one record of each status.
#[derive(Default)]
struct Found {
    deposits: Vec<u64>,
    cashouts: Vec<u64>,
}

struct Calls<'a> {
    run: &'a Run,
    outcome: Outcome,
}

impl Calls<'_> {
    async fn merchants(&mut self, client: &Client) -> Found {
        if self.settle("login", client.login().await).is_none() {
            // Without a session nothing else can be asked.
            return Found::default();
        }
        let start = self.run.until.saturating_sub(REACH).ok();
        let mut reach = start.map(|start| (start, self.run.until));
        let ask = |page, reach| async move { client.deposits(&within(reach).page(page)).await };
        let mut deposits = self.pages("deposits", |page| ask(page, reach)).await;
        if deposits.is_empty() && self.outcome.is_clean() {
            // An empty list shows nothing: TuPay may choose the time itself.
            reach = None;
            deposits = self.pages("deposits", |page| ask(page, reach)).await;
        }
        let ask = |page| async move { client.cashouts(&within(reach).page(page)).await };
        let cashouts = self.pages("cashouts", ask).await;
        let ask = |page| async move { client.balance_report(&within(reach).page(page)).await };
        self.pages("balance-report", ask).await;
        let ask = |page| async move { client.settlements(&within(reach).page(page)).await };
        self.pages("settlements", ask).await;
        let ask = |page| async move { client.notes(&within(reach).page(page)).await };
        self.pages("notes", ask).await;
        if self.run.wants("balance") {
            self.settle("balance", client.balance().await);
        }
        Found {
            deposits: one_of_each(
                deposits
                    .iter()
                    .map(|row| (row.status.as_str(), row.id_deposit)),
            ),
            cashouts: one_of_each(
                cashouts
                    .iter()
                    .map(|row| (row.status.as_str(), row.id_cashout)),
            ),
        }
    }

    async fn payments(&mut self, payments: &Payments, found: &Found) {
        if self.run.wants("deposit-status") {
            for id in found.deposits.iter().chain([&UNKNOWN]) {
                let answer = payments.deposit_status(*id).await;
                self.settle("deposit-status", known(answer));
            }
        }
        if self.run.wants("cashout-status") {
            for id in found.cashouts.iter().chain([&UNKNOWN]) {
                let reference = CashoutReference::CashoutId(*id);
                let answer = payments.cashout_status(&reference).await;
                self.settle("cashout-status", known(answer));
            }
        }
    }

    /// The rows of the first pages of a list that is wanted, or that has what
    /// is looked up.
    async fn pages<T, F>(&mut self, operation: &'static str, ask: impl Fn(u64) -> F) -> Vec<T>
    where
        F: Future<Output = Result<Page<T>, Error>>,
    {
        let mut rows = Vec::new();
        let is_needed = matches!(operation, "deposits" | "cashouts");
        if !is_needed && !self.run.wants(operation) {
            return rows;
        }
        for index in 0..PAGES {
            let Some(page) = self.settle(operation, ask(index).await) else {
                break;
            };
            let has_more = page.has_more();
            rows.extend(page.data);
            if !has_more {
                break;
            }
        }
        rows
    }

    fn settle<T>(&mut self, operation: &'static str, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => return Some(value),
            // It came: what is odd about it is told by its shape.
            Err(error) if is_unread(&error) => self.outcome.unread.push(operation),
            Err(error) => self.outcome.troubles.push(trouble(&error)),
        }
        None
    }
}

/// An answer about a record that may not be known, which is an answer, too.
fn known<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Err(Error::Api(refusal)) if matches!(refusal.status.as_u16(), 404 | 412) => Ok(None),
        answer => answer.map(Some),
    }
}

fn within<F: Default>(reach: Option<(Timestamp, Timestamp)>) -> Query<F> {
    match reach {
        Some((from, to)) => Query::new().between(from, to),
        None => Query::new(),
    }
}

fn one_of_each<'a>(rows: impl Iterator<Item = (&'a str, u64)>) -> Vec<u64> {
    let mut statuses = BTreeSet::new();
    rows.filter_map(|(status, id)| statuses.insert(status).then_some(id))
        .collect()
}

fn is_unread(error: &Error) -> bool {
    match error {
        Error::Row(_) | Error::Value { .. } => true,
        Error::Transport(error) => error.kind() == ErrorKind::Decode,
        _ => false,
    }
}

/// An error without the provider's words, which may repeat what was sent.
fn trouble(error: &Error) -> Trouble {
    let mut trouble = Trouble::of(error, error.hint());
    if let Error::Api(refusal) = error {
        trouble.line = format!("{}: TuPay answered {}", refusal.operation, refusal.status);
        if let Some(code) = refusal.code {
            trouble.line = format!("{}, code {code}", trouble.line);
        }
        trouble.causes.clear();
    }
    trouble
}
