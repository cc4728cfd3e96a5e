//! What TuPay is asked.

use std::{collections::BTreeSet, future::Future, pin::Pin};

use jiff::{SignedDuration, Timestamp};
use reconcile_transport::{BaseUrl, ErrorKind};
use tupay_merchants::{
    CashoutReference, Client, Config, Environment, Error, Page, Payments, PaymentsConfig, Query,
};

use super::{Environment as Known, Operation, Outcome, Refusal, Run, Scenario, Trouble};

pub(super) const SCENARIO: Scenario = Scenario {
    provider: "tupay",
    operations: OPERATIONS,
    environments: &[
        Known {
            name: "staging",
            base_url: Environment::Staging.base_url(),
            kind: "staging",
        },
        Known {
            name: "production",
            base_url: Environment::Production.base_url(),
            kind: "production",
        },
    ],
    refuses: |_| false,
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
        ..Operation::new("login", "/v1/auth/login", &[])
    },
    Operation::new("deposits", "/v1/deposits", LIST),
    Operation::new("cashouts", "/v1/cashouts", LIST),
    Operation::new("balance-report", "/v1/balance/report", LIST),
    Operation::new("balance", "/v1/balance", &[]),
    Operation::new("settlements", "/v1/settlements", LIST),
    Operation::new("notes", "/v1/notes", LIST),
    Operation::new("deposit-status", "/v3/deposits/{deposit_id}", &[]),
    Operation {
        sends_credentials: true,
        ..Operation::new("cashout-status", "/v3/cashout/status", &[])
    },
];

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
        if found.is_nobody_there && run.base_url.is_loopback() {
            // The simulator is both APIs, and would be missed three times.
            return calls.outcome;
        }
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
    Client::new(config.transport(run.transport.clone())).map_err(|error| error.trouble())
}

/// The payment API has other credentials, which not everybody has.
fn payments(run: &Run) -> Result<Option<Payments>, Trouble> {
    let Some(key) = run.settings.get("payments_api_key") else {
        return Ok(None);
    };
    let base_url = match run.settings.url("payments_base_url")? {
        Some(url) => url,
        None if run.base_url.is_loopback() => run.base_url.clone(),
        None if SCENARIO.environment(&run.base_url) == "staging" => {
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
        .map_err(|error| error.trouble())
}

/// What the lists had, to be looked up: one record of each status.
#[derive(Default)]
struct Found {
    is_nobody_there: bool,
    deposits: Vec<u64>,
    cashouts: Vec<u64>,
}

struct Calls<'a> {
    run: &'a Run,
    outcome: Outcome,
}

impl Calls<'_> {
    async fn merchants(&mut self, client: &Client) -> Found {
        let login = client.login().await;
        let is_nobody_there = matches!(
            &login,
            Err(Error::Transport(error)) if error.kind() == ErrorKind::NotSent
        );
        if self.outcome.settle("login", login).is_none() {
            // Without a session nothing else can be asked.
            return Found {
                is_nobody_there,
                ..Found::default()
            };
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
            self.outcome.settle("balance", client.balance().await);
        }
        Found {
            is_nobody_there: false,
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
                self.outcome.settle("deposit-status", known(answer));
            }
        }
        if self.run.wants("cashout-status") {
            for id in found.cashouts.iter().chain([&UNKNOWN]) {
                let reference = CashoutReference::CashoutId(*id);
                let answer = payments.cashout_status(&reference).await;
                self.outcome.settle("cashout-status", known(answer));
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
            let Some(page) = self.outcome.settle(operation, ask(index).await) else {
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

impl Refusal for Error {
    fn is_unread(&self) -> bool {
        match self {
            Self::Row(_) | Self::Value { .. } => true,
            Self::Transport(error) => error.kind() == ErrorKind::Decode,
            _ => false,
        }
    }

    fn trouble(&self) -> Trouble {
        let kind = match self {
            Self::Transport(error) => Some(error.kind()),
            _ => None,
        };
        let mut trouble = Trouble::of_call(self, kind, self.hint());
        if let Self::Api(refusal) = self {
            trouble.line = format!("{}: TuPay answered {}", refusal.operation, refusal.status);
            if let Some(code) = refusal.code {
                trouble.line = format!("{}, code {code}", trouble.line);
            }
            trouble.causes.clear();
        }
        trouble
    }
}
