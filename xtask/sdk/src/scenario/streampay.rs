//! What StreamPay is asked.

use std::{future::Future, pin::Pin};

use reconcile_transport::ErrorKind;
use streampay_sdk::{
    Client, Config, Environment, Error, MerchantsQuery, Page, Query, ReconciliationsQuery,
    TerminalsQuery, TransactionsQuery,
    models::{AssignTerminal, CreateMerchant, CreateReconciliation, CreateTerminal, Merchant},
};

use super::{Environment as Known, Operation, Outcome, Refusal, Run, Scenario, Trouble};

pub(super) const SCENARIO: Scenario = Scenario {
    provider: "streampay",
    operations: OPERATIONS,
    environments: &[Known {
        name: "sandbox",
        base_url: Environment::Sandbox.base_url(),
        kind: "staging",
    }],
    refuses: |_| false,
    perform,
};

/// How many rows of a list are looked at; the whole page is kept.
const ROWS: u32 = 30;

/// An id that nothing has.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

const LIST: &[&str] = &["page", "limit"];

const OPERATIONS: &[Operation] = &[
    Operation::new("merchants", "/v1/clients-sdk/merchants", LIST),
    Operation {
        call: "find-merchant",
        ..Operation::new("merchant", "/v1/clients-sdk/merchants/{id}", &[])
    },
    Operation::new("terminals", "/v1/clients-sdk/terminals", LIST),
    Operation {
        call: "find-terminal",
        ..Operation::new("terminal", "/v1/clients-sdk/terminals/{id}", &[])
    },
    Operation::new("transactions", "/v1/clients-sdk/transactions", LIST),
    Operation {
        call: "find-transaction",
        ..Operation::new("transaction", "/v1/clients-sdk/transactions/{id}", &[])
    },
    Operation::new("reconciliations", "/v1/clients-sdk/reconciliations", LIST),
    Operation {
        call: "find-reconciliation",
        ..Operation::new(
            "reconciliation",
            "/v1/clients-sdk/reconciliations/{id}",
            &[],
        )
    },
    Operation::new("create-merchant", "/v1/clients-sdk/merchants", &[]),
    Operation::new("create-terminal", "/v1/clients-sdk/terminals", &[]),
    Operation::new(
        "assign-terminal",
        "/v1/clients-sdk/terminals/{terminal_id}/assign",
        &[],
    ),
    Operation::new(
        "disconnect-terminal",
        "/v1/clients-sdk/terminals/{id}/disconnect",
        &[],
    ),
    Operation::new(
        "unassign-terminal",
        "/v1/clients-sdk/terminals/{terminal_id}/unassign",
        &[],
    ),
    Operation::new(
        "create-reconciliation",
        "/v1/clients-sdk/reconciliations",
        &[],
    ),
];

fn perform(run: Run) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
    Box::pin(async move {
        let mut outcome = Outcome::default();
        match client(&run) {
            Ok(client) => {
                let calls = Calls {
                    run: &run,
                    client: &client,
                    outcome: &mut outcome,
                };
                calls.all().await;
            }
            Err(trouble) => outcome.troubles.push(trouble),
        }
        outcome
    })
}

fn client(run: &Run) -> Result<Client, Trouble> {
    let config = Config::new(
        run.base_url.clone(),
        run.settings.require("api_key")?.into(),
    );
    Client::new(config.transport(run.transport.clone())).map_err(|error| error.trouble())
}

struct Calls<'a> {
    run: &'a Run,
    client: &'a Client,
    outcome: &'a mut Outcome,
}

impl Calls<'_> {
    /// Lists are asked for without a window, since StreamPay does not tell
    /// which instant a window is of.
    async fn all(mut self) {
        let client = self.client;
        let query: MerchantsQuery = first();
        let merchants = self.list("merchants", client.merchants(&query)).await;
        let Some(merchants) = merchants else {
            // The key, or the way there: nothing else would be answered.
            return;
        };
        let known = merchants.first().map(|row| row.id.as_str());
        let find = |id| client.find_merchant(id);
        self.look_up("merchant", known, find).await;

        let query: TerminalsQuery = first();
        let terminals = self.list("terminals", client.terminals(&query)).await;
        let terminals = terminals.unwrap_or_default();
        let known = terminals.first().map(|row| row.id.as_str());
        let find = |id| client.find_terminal(id);
        self.look_up("terminal", known, find).await;

        let query: TransactionsQuery = first();
        let transactions = self.list("transactions", client.transactions(&query)).await;
        let transactions = transactions.unwrap_or_default();
        let known = transactions.first().map(|row| row.id.as_str());
        let find = |id| client.find_transaction(id);
        self.look_up("transaction", known, find).await;

        let query: ReconciliationsQuery = first();
        let ask = client.reconciliations(&query);
        let reconciliations = self.list("reconciliations", ask).await.unwrap_or_default();
        let known = reconciliations.first().map(|row| row.id.as_str());
        let find = |id| client.find_reconciliation(id);
        self.look_up("reconciliation", known, find).await;

        if self.run.may_act() {
            let terminal = terminals.first().map(|row| row.id.as_str());
            self.act(terminal, &merchants).await;
        }
    }

    async fn list<T>(
        &mut self,
        operation: &'static str,
        ask: impl Future<Output = Result<Page<T>, Error>>,
    ) -> Option<Vec<T>> {
        let page = self.outcome.settle(operation, ask.await)?;
        Some(page.rows)
    }

    /// Looks up what a list had, and what there is not.
    async fn look_up<'i, T, F>(
        &mut self,
        operation: &'static str,
        known: Option<&'i str>,
        find: impl Fn(&'i str) -> F,
    ) where
        F: Future<Output = Result<T, Error>>,
    {
        if !self.run.wants(operation) {
            return;
        }
        for id in known.into_iter().chain([UNKNOWN]) {
            self.outcome.settle(operation, answered(find(id).await));
        }
    }

    /// The calls that change something, on a merchant and a terminal of their own.
    async fn act(&mut self, reconciled: Option<&str>, merchants: &[Merchant]) {
        let Self {
            run,
            client,
            outcome,
        } = self;
        if run.wants("create-merchant") {
            let merchant = CreateMerchant::new("Merchant 1", "Merchant 1").reference_id("1");
            let created = client.create_merchant(&merchant).await;
            outcome.settle("create-merchant", created);
        }
        let acts_on_terminal = [
            "create-terminal",
            "assign-terminal",
            "disconnect-terminal",
            "unassign-terminal",
        ];
        if let Some(merchant) = merchants.first()
            && acts_on_terminal
                .iter()
                .any(|operation| run.wants(operation))
        {
            let terminal = CreateTerminal::new("000001", merchant.id.as_str());
            let created = client.create_terminal(&terminal).await;
            if let Some(created) = outcome.settle("create-terminal", created) {
                let id = created.terminal.id.as_str();
                let user = AssignTerminal::new("Person 1", "+999000000001", "user1@example.com");
                let assigned = client.assign_terminal(id, &user).await;
                outcome.settle("assign-terminal", assigned);
                let disconnected = client.disconnect_terminal(id).await;
                outcome.settle("disconnect-terminal", disconnected);
                let unassigned = client.unassign_terminal(id).await;
                outcome.settle("unassign-terminal", unassigned);
            }
        }
        if let Some(terminal) = reconciled
            && run.wants("create-reconciliation")
        {
            let created = client
                .create_reconciliation(&CreateReconciliation::new(terminal))
                .await;
            outcome.settle("create-reconciliation", answered(created));
        }
    }
}

fn first<F: Default>() -> Query<F> {
    Query::new().page(1).limit(ROWS)
}

/// An answer about what may not be there, or cannot be done now: that is an
/// answer, too.
fn answered<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Err(Error::Api(refusal)) if matches!(refusal.status.as_u16(), 400 | 404 | 406 | 409) => {
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
            Self::OutcomeUnknown { cause, .. } => cause.is_unread(),
            _ => false,
        }
    }

    fn trouble(&self) -> Trouble {
        let kind = match self {
            Self::Transport(error) => Some(error.kind()),
            _ => None,
        };
        let mut trouble = match self {
            // Whether the simulator did it is nobody's concern.
            Self::OutcomeUnknown { cause, .. } => return cause.trouble(),
            _ => Trouble::of_call(self, kind, self.hint()),
        };
        if let Self::Api(refusal) = self {
            trouble.line = format!(
                "{}: StreamPay answered {}",
                refusal.operation, refusal.status
            );
            if let Some(code) = refusal.code {
                trouble.line = format!("{}, code {code}", trouble.line);
            }
            trouble.causes.clear();
        }
        trouble
    }
}
