//! What Paywall is asked.

use std::{collections::BTreeMap, future::Future, pin::Pin};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use paywall_vpos::{
    ActivitiesQuery, BucketName, Client, Config, Environment, Error, ReconciliationsQuery,
    TransactionsQuery,
    models::{ReconcileRequest, Transaction},
};
use reconcile_transport::{ErrorKind, Transport};
use xtask::json::{Node, Value};

use super::{Environment as Known, Operation, Outcome, Refusal, Run, Scenario, Trouble};

pub(super) const SCENARIO: Scenario = Scenario {
    provider: "paywall",
    operations: OPERATIONS,
    environments: &[
        Known {
            name: "test",
            base_url: Environment::Test.base_url(),
            kind: "staging",
        },
        Known {
            name: "production",
            base_url: Environment::Production.base_url(),
            kind: "production",
        },
        Known {
            name: "turkey-production",
            base_url: Environment::TurkeyProduction.base_url(),
            kind: "production",
        },
    ],
    refuses,
    perform,
};

/// How many days a list of reconciliations is asked for; 30 is the most.
const REACH: i64 = 29;

/// How far back the last day with a reconciliation is looked for, in such
/// lists.
const LISTS: i64 = 13;

/// How many days are looked at.
const DAYS: usize = 3;

/// How many rows of a list are looked at; the whole page is kept.
const ROWS: u32 = 50;

/// A reference that no payment has.
const UNKNOWN: &str = "no-payment-has-this-reference";

const OPERATIONS: &[Operation] = &[
    Operation::new(
        "reconciliation-list",
        "/api/paywall/private/vpos/reconciliation/list",
        &[],
    ),
    Operation::new(
        "end-of-day",
        "/api/paywall/private/vpos/reconciliation/endofday",
        &[],
    ),
    Operation::new(
        "reconciliation",
        "/api/paywall/private/vpos/reconciliation",
        &[],
    ),
    Operation::new(
        "transaction-list",
        "/api/paywall/private/vpos/transaction/list",
        &[],
    ),
    Operation::new(
        "activity-list",
        "/api/paywall/private/vpos/transaction/list/activity",
        &[],
    ),
    Operation::new("payment-inquiry", "/api/paywall/private/query", &[]),
    Operation::new(
        "reconcile",
        "/api/paywall/private/vpos/reconciliation/reconcile",
        &[],
    ),
];

/// A refusal comes with HTTP 200, too.
fn refuses(body: &Node<'_>) -> bool {
    let result = body.member("Result").map(|result| &result.value);
    matches!(result, Some(Value::Bool(false)))
}

fn perform(run: Run) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
    Box::pin(async move {
        let mut outcome = Outcome::default();
        let clients = client(&run, &run.transport)
            .and_then(|observed| Ok((observed, client(&run, &run.unobserved)?)));
        match clients {
            Ok((client, unobserved)) => {
                let range = last_range(&run, &unobserved).await;
                let calls = Calls {
                    run: &run,
                    client: &client,
                    outcome: &mut outcome,
                };
                calls.all(range).await;
            }
            Err(trouble) => outcome.troubles.push(trouble),
        }
        outcome
    })
}

fn client(run: &Run, transport: &Transport) -> Result<Client, Trouble> {
    let config = Config::new(
        run.base_url.clone(),
        run.settings.require("api_key")?.into(),
        run.settings.require("api_client")?.into(),
    );
    Client::new(config.transport(transport.clone())).map_err(|error| error.trouble())
}

/// The last range of days that has a reconciliation, or else the last one:
/// what is asked of Paywall is asked by day, and an empty day shows nothing.
async fn last_range(run: &Run, client: &Client) -> (Date, Date) {
    let zone = TimeZone::get("Europe/Istanbul").unwrap_or(TimeZone::UTC);
    let last = run.until.to_zoned(zone).date();
    let range = |back: i64| {
        let to = last.saturating_sub((REACH * back).days());
        (to.saturating_sub(REACH.days()), to)
    };
    for back in 0..LISTS {
        let (from, to) = range(back);
        match client
            .reconciliation_list(&ReconciliationsQuery::new(from, to))
            .await
        {
            Ok(listed) if listed.data.is_empty() => {}
            Ok(_) => return (from, to),
            // It will be told when it is asked for in earnest.
            Err(_) => break,
        }
    }
    range(0)
}

struct Calls<'a> {
    run: &'a Run,
    client: &'a Client,
    outcome: &'a mut Outcome,
}

impl Calls<'_> {
    async fn all(mut self, (from, to): (Date, Date)) {
        let query = ReconciliationsQuery::new(from, to);
        let list = self.client.reconciliation_list(&query).await;
        let was_clean = self.outcome.is_clean();
        let listed = self.outcome.settle("reconciliation-list", list);
        if was_clean && !self.outcome.troubles.is_empty() {
            // The credentials, or the way there: nothing else would be answered.
            return;
        }
        let listed = listed.map(|list| list.data).unwrap_or_default();
        let verdicts = listed
            .iter()
            .map(|entry| (entry.reconciliation_date.date(), entry.is_reconciled));
        let verdicts: BTreeMap<_, _> = verdicts.collect();
        // Days in the middle have sales before and refunds after them.
        let mut days: Vec<_> = verdicts
            .keys()
            .copied()
            .skip(verdicts.len() / 2)
            .take(DAYS)
            .collect();
        if days.is_empty() {
            days.extend(to.yesterday());
        }
        self.look_at(&days).await;
        // One that nobody has reconciled, among or after those of the list.
        let first = verdicts.keys().next().copied().unwrap_or(from);
        let open = days_between(first, to).find(|day| !verdicts.contains_key(day));
        if self.run.wants("reconciliation") {
            for day in days.iter().copied().chain(open) {
                let answer = self.client.reconciliation(day).await;
                self.outcome.settle("reconciliation", answered(answer));
            }
        }
        let mut refused = verdicts
            .iter()
            .filter(|(_, is_reconciled)| !**is_reconciled);
        if let Some(day) = refused.next().map(|(day, _)| *day).or(open)
            && self.run.may_act()
            && self.run.wants("reconcile")
        {
            self.reconcile(day).await;
        }
    }

    async fn look_at(&mut self, days: &[Date]) {
        let mut rows = Vec::new();
        for day in days.iter().copied() {
            if self.run.wants("end-of-day") {
                let answer = self.client.end_of_day(day).await;
                self.outcome.settle("end-of-day", answered(answer));
            }
            if self.run.wants("transaction-list") || self.run.wants("payment-inquiry") {
                let query = TransactionsQuery::new(day).page_size(ROWS);
                let page = self.client.transactions(&query).await;
                let page = self.outcome.settle("transaction-list", page);
                rows.extend(page.map(|page| page.data).unwrap_or_default());
            }
            if self.run.wants("activity-list") {
                let query = ActivitiesQuery::new(day).page_size(ROWS);
                let page = self.client.activities(&query).await;
                self.outcome.settle("activity-list", page);
            }
        }
        if self.run.wants("payment-inquiry") {
            for reference in one_of_each(&rows).chain([UNKNOWN]) {
                let answer = self.client.payment_by_merchant_code(reference).await;
                self.outcome.settle("payment-inquiry", answered(answer));
            }
        }
    }

    /// Sends totals that are not those of the day, so that it stays open, and a
    /// recording is the same each time.
    async fn reconcile(&mut self, day: Date) {
        let mut totals = ReconcileRequest::new(day);
        if let Ok(counted) = self.client.end_of_day(day).await {
            for name in BucketName::ALL {
                totals = totals.with(name, counted.bucket(name));
            }
        }
        totals.total_count += 1;
        let answer = self.client.reconcile(&totals).await;
        self.outcome.settle("reconcile", answered(answer));
    }
}

fn days_between(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(1.day()).take_while(move |day| *day < to)
}

/// The references of one payment of each status.
fn one_of_each(rows: &[Transaction]) -> impl Iterator<Item = &str> {
    let with_reference = rows
        .iter()
        .filter_map(|row| Some((row.status_id, row.merchant_unique_code.as_deref()?)));
    let of_each: BTreeMap<_, _> = with_reference.collect();
    of_each.into_values()
}

/// An answer about what may not be there, or cannot be done again: that is an
/// answer, too.
fn answered<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Err(Error::Api(refusal)) if matches!(refusal.status.as_u16(), 200..=299 | 400 | 404) => {
            Ok(None)
        }
        answer => answer.map(Some),
    }
}

impl Refusal for Error {
    fn is_unread(&self) -> bool {
        match self {
            Self::Row(_) | Self::Value { .. } => true,
            Self::Transport(error) => error.kind() == ErrorKind::Decode,
            Self::Uncertain { cause, .. } => cause.is_unread(),
            _ => false,
        }
    }

    fn trouble(&self) -> Trouble {
        let kind = match self {
            Self::Transport(error) => Some(error.kind()),
            _ => None,
        };
        let mut trouble = match self {
            // Whether the simulator took it is nobody's concern.
            Self::Uncertain { cause, .. } => return cause.trouble(),
            _ => Trouble::of_call(self, kind, self.hint()),
        };
        if let Self::Api(refusal) = self {
            trouble.line = format!("{}: Paywall answered {}", refusal.operation, refusal.status);
            if let Some(code) = refusal.code {
                trouble.line = format!("{}, code {code}", trouble.line);
            }
            trouble.causes.clear();
        }
        trouble
    }
}
