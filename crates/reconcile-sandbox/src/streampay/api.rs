//! The API: merchants, terminals, transactions, reconciliations.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{any, get, post, put};
use jiff::Timestamp;

use super::access::{StreamPayAccess, StreamPayConfidential};
use super::batch::Accounting;
use super::problem::{self, Problem, Shape};
use super::register::{Register, User};
use super::render::{Dialect, Whole};
use super::request::{
    List, ListQuery, NewMerchant, NewReconciliation, NewTerminal, NewUser, read, required,
};
use super::world::{StreamPayTransaction, StreamPayWorld};
use crate::answer::Answer;
use crate::chaos::Strike;
use crate::desk::{Desk, Exchange};
use crate::faults::FaultKind;
use crate::gateway::GatewayId;
use crate::refusal::Refusal;
use crate::requests::Requests;
use crate::sandbox::{SandboxConfig, SandboxError};
use crate::wire::Line;

/// Everything that one simulated StreamPay knows and remembers.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(super) desk: Desk,
    pub(super) world: Arc<StreamPayWorld>,
    pub(super) register: Register,
    pub(super) accounting: Accounting,
    pub(super) dialect: Dialect,
    access: StreamPayAccess,
    confidential: StreamPayConfidential,
}

impl Gateway {
    /// The gateway that `config` describes, with that world.
    pub(crate) fn new(
        world: Arc<StreamPayWorld>,
        access: StreamPayAccess,
        config: &SandboxConfig,
        requests: &Arc<Requests>,
    ) -> Result<Self, SandboxError> {
        let confidential = config.streampay.clone();
        let stationery = confidential.stationery().map_err(|field| {
            let gateway = GatewayId::StreamPay;
            SandboxError::Header { gateway, field }
        })?;
        let desk = Desk::new(GatewayId::StreamPay, config, requests, stationery);
        Ok(Self {
            register: Register::new(&world, &confidential),
            accounting: Accounting::new(&world, &desk.faults),
            dialect: Dialect::new(&desk.faults, &world, confidential.clone()),
            desk,
            world,
            access,
            confidential,
        })
    }
}

/// The routes of the API.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    let sdk = Router::new()
        .route("/merchants", get(merchants).post(create_merchant))
        .route("/merchants/{id}", get(merchant))
        .route("/terminals", get(terminals).post(create_terminal))
        .route("/terminals/{id}", get(terminal))
        .route("/terminals/{id}/assign", post(assign))
        .route("/terminals/{id}/unassign", put(unassign))
        .route("/terminals/{id}/disconnect", put(disconnect))
        .route("/transactions", get(transactions))
        .route("/transactions/{id}", get(transaction))
        .route("/reconciliations", get(reconciliations).post(reconcile))
        .route("/reconciliations/{id}", get(reconciliation));
    Router::new()
        .nest("/v1/clients-sdk", sdk)
        .route("/v1/clients-sdk/{*rest}", any(not_found))
        .with_state(gateway)
}

type Shared = State<Arc<Gateway>>;

/// What a request for a list consists of.
type Ask = (
    HeaderMap,
    Result<Query<HashMap<String, String>>, QueryRejection>,
    ConnectInfo<Line>,
);

/// What a request for one thing consists of.
type Which = (HeaderMap, Path<String>, ConnectInfo<Line>);

/// What a request that changes something consists of.
type Order = (HeaderMap, ConnectInfo<Line>, Bytes);

async fn merchants(State(gateway): Shared, ask: Ask) -> Response {
    gateway.list(List::Merchants, ask).await
}

async fn terminals(State(gateway): Shared, ask: Ask) -> Response {
    gateway.list(List::Terminals, ask).await
}

async fn transactions(State(gateway): Shared, ask: Ask) -> Response {
    gateway.list(List::Transactions, ask).await
}

async fn reconciliations(State(gateway): Shared, ask: Ask) -> Response {
    gateway.list(List::Reconciliations, ask).await
}

async fn merchant(State(gateway): Shared, which: Which) -> Response {
    let exchange = gateway.desk.begin("streampay/merchant").await;
    gateway.look_up(&exchange, which, |id| {
        let found = gateway.register.merchant(id);
        let found = found.ok_or(Problem::NotFound("Merchant"))?;
        Ok(gateway.dialect.merchant(&found))
    })
}

async fn terminal(State(gateway): Shared, which: Which) -> Response {
    let exchange = gateway.desk.begin("streampay/terminal").await;
    gateway.look_up(&exchange, which, |id| {
        let found = gateway.register.terminal(id).ok_or(NO_TERMINAL)?;
        Ok(gateway.dialect.terminal(&found))
    })
}

async fn transaction(State(gateway): Shared, which: Which) -> Response {
    let exchange = gateway.desk.begin("streampay/transaction").await;
    gateway.look_up(&exchange, which, |id| {
        let found = gateway.world.transaction(id);
        let whole = found.and_then(|found| gateway.whole(found));
        let whole = whole.ok_or(Problem::NotFound("Transaction"))?;
        Ok(gateway.dialect.transaction(&whole))
    })
}

async fn reconciliation(State(gateway): Shared, which: Which) -> Response {
    let exchange = gateway.desk.begin("streampay/reconciliation").await;
    gateway.look_up(&exchange, which, |id| {
        let found = gateway.register.reconciliation(id);
        let found = found.filter(|it| gateway.accounting.missing != Some(it.serial));
        let found = found.ok_or(Problem::NotFound("Reconciliation"))?;
        let totals = gateway.accounting.totals(&gateway.world, &found);
        Ok(gateway.dialect.found_reconciliation(&found, &totals))
    })
}

async fn create_merchant(State(gateway): Shared, order: Order) -> Response {
    let exchange = gateway.desk.begin("streampay/create-merchant").await;
    gateway.act(&exchange, &order, "", |body, now| {
        let asked: NewMerchant = read(body)?;
        let name = required(asked.name, "name")?;
        let name_ar = required(asked.name_ar, "name_ar")?;
        let merchant = gateway
            .register
            .add_merchant(name, name_ar, asked.reference_id, now);
        Ok(gateway.dialect.created_merchant(&merchant))
    })
}

async fn create_terminal(State(gateway): Shared, order: Order) -> Response {
    let exchange = gateway.desk.begin("streampay/create-terminal").await;
    gateway.act(&exchange, &order, "", |body, now| {
        let asked: NewTerminal = read(body)?;
        required(asked.trsm_code, "trsm_code")?;
        let merchant = required(asked.merchant_id, "merchant_id")?;
        let merchant = gateway.register.merchant(&merchant);
        let merchant = merchant.ok_or(Problem::NotFound("Merchant"))?;
        let own = &gateway.confidential;
        let terminal = gateway.register.add_terminal(merchant, own, now);
        Ok(gateway.dialect.created_terminal(&terminal))
    })
}

async fn assign(State(gateway): Shared, Path(id): Path<String>, order: Order) -> Response {
    let exchange = gateway.desk.begin("streampay/assign-terminal").await;
    gateway.act(&exchange, &order, &id, |body, now| {
        let asked: NewUser = read(body)?;
        let (name, mobile, email) = asked.checked()?;
        let changed = gateway.register.change_terminal(&id, now, |terminal| {
            terminal.user = Some(User {
                number: terminal.number,
                name,
                mobile,
                email,
            });
        });
        let changed = changed.ok_or(NO_TERMINAL)?;
        Ok(gateway.dialect.assigned_terminal(&changed))
    })
}

async fn unassign(State(gateway): Shared, Path(id): Path<String>, order: Order) -> Response {
    let exchange = gateway.desk.begin("streampay/unassign-terminal").await;
    gateway.act(&exchange, &order, &id, |_, now| {
        let changed = gateway.register.change_terminal(&id, now, |terminal| {
            terminal.user = None;
            terminal.is_connected = false;
        });
        let changed = changed.ok_or(NO_TERMINAL)?;
        Ok(gateway.dialect.unassigned_terminal(&changed))
    })
}

async fn disconnect(State(gateway): Shared, Path(id): Path<String>, order: Order) -> Response {
    let exchange = gateway.desk.begin("streampay/disconnect-terminal").await;
    gateway.act(&exchange, &order, &id, |_, now| {
        let changed = gateway
            .register
            .change_terminal(&id, now, |terminal| terminal.is_connected = false);
        changed.ok_or(NO_TERMINAL)?;
        Ok(gateway.dialect.disconnected())
    })
}

async fn reconcile(State(gateway): Shared, order: Order) -> Response {
    let exchange = gateway.desk.begin("streampay/create-reconciliation").await;
    gateway.act(&exchange, &order, "", |body, now| {
        let asked: NewReconciliation = read(body)?;
        let id = required(asked.terminal_id, "terminal_id")?;
        let terminal = gateway.register.terminal(&id).ok_or(NO_TERMINAL)?;
        let second = now.div_euclid(1_000);
        let closed = gateway
            .register
            .reconcile(&gateway.world, &terminal, second);
        let closed = closed.map_err(|_| Problem::Reconciling)?;
        Ok(gateway.dialect.created_reconciliation(&closed))
    })
}

async fn not_found(State(gateway): Shared) -> Response {
    let exchange = gateway.desk.begin("streampay/unknown").await;
    exchange.send(Err(Problem::NoSuchPath.refusal(&gateway.desk)))
}

const NO_TERMINAL: Problem = Problem::NotFound("Terminal");

impl Gateway {
    /// A transaction with all that is shown of it.
    pub(super) fn whole<'a>(&'a self, transaction: &'a StreamPayTransaction) -> Option<Whole<'a>> {
        let receipts = self.world.receipts_of(transaction);
        Some(Whole {
            transaction,
            terminal: self.world.terminals().get(receipts.first()?.terminal)?,
            receipts,
            accounting: &self.accounting,
        })
    }

    fn authorise(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let key = headers.get("api-key").map(HeaderValue::as_bytes);
        if key != Some(self.access.api_key.as_bytes()) {
            return Err(Problem::Unauthorised);
        }
        if self.desk.faults.is_on(FaultKind::IpNotAllowed) {
            self.desk.injected(FaultKind::IpNotAllowed);
            return Err(Problem::NotFromHere);
        }
        Ok(())
    }

    async fn list(&self, list: List, ask: Ask) -> Response {
        let exchange = self.desk.begin(list.operation()).await;
        let (headers, parameters, ConnectInfo(line)) = ask;
        let parameters = parameters.map(|Query(parameters)| parameters);
        let query = self.authorise(&headers).and_then(|()| {
            ListQuery::read(list, &parameters.unwrap_or_default(), &self.desk.faults)
        });
        let query = match query {
            Ok(query) => query,
            Err(problem) => return exchange.send(Err(problem.refusal(&self.desk))),
        };
        let strike = self
            .desk
            .strike(&query.to_string(), |kind| self.is_felt(&query, kind));
        let outcome = self.unless_struck(strike, || self.page(&query, strike));
        exchange.deliver(outcome, strike, &headers, &line)
    }

    fn look_up(
        &self,
        exchange: &Exchange<'_>,
        which: Which,
        find: impl FnOnce(&str) -> Result<Vec<u8>, Problem>,
    ) -> Response {
        let (headers, Path(id), ConnectInfo(line)) = which;
        if let Err(problem) = self.authorise(&headers) {
            return exchange.send(Err(problem.refusal(&self.desk)));
        }
        let strike = self.desk.strike(&id, |kind| !PAGE_FAULTS.contains(&kind));
        let outcome = self.unless_struck(strike, || find(&id));
        exchange.deliver(outcome, strike, &headers, &line)
    }

    /// Answers a request that changes something. A strike comes after the
    /// change, which is the worse case for a client, unless it is a 429.
    fn act(
        &self,
        exchange: &Exchange<'_>,
        (headers, ConnectInfo(line), body): &Order,
        id: &str,
        change: impl FnOnce(&[u8], i64) -> Result<Vec<u8>, Problem>,
    ) -> Response {
        if let Err(problem) = self.authorise(headers) {
            return exchange.send(Err(problem.refusal(&self.desk)));
        }
        let strike = if self.desk.faults.is_on(FaultKind::StruckWrites) {
            let request = format!("{id} {}", String::from_utf8_lossy(body));
            let is_felt = |kind| !PAGE_FAULTS.contains(&kind);
            self.desk.strike(&request, is_felt)
        } else {
            None
        };
        let now = self.desk.clock.now().as_millisecond();
        let is_too_busy = strike.is_some_and(|strike| {
            matches!(
                strike.kind,
                FaultKind::RateLimit | FaultKind::RateLimitRetryAfter
            )
        });
        let outcome = if is_too_busy {
            self.unless_struck(strike, || change(body, now))
        } else {
            let done = change(body, now);
            self.unless_struck(strike, || done)
        };
        exchange.deliver(outcome, strike, headers, line)
    }

    /// What the strike has the gateway say, or else the answer.
    fn unless_struck(
        &self,
        strike: Option<Strike>,
        answer: impl FnOnce() -> Result<Vec<u8>, Problem>,
    ) -> Result<Answer, Refusal> {
        let shape = Shape::new(&self.desk);
        let now = self.desk.clock.now();
        match strike.and_then(|strike| instead(strike, now, shape)) {
            Some(refusal) => Err(refusal),
            None => answer()
                .map(|body| Answer::json(StatusCode::OK, body))
                .map_err(|problem| problem.refusal(&self.desk)),
        }
    }
}

/// What cannot be felt where there are no pages.
const PAGE_FAULTS: [FaultKind; 3] = [
    FaultKind::RepeatPage,
    FaultKind::WrongPage,
    FaultKind::RowsMismatch,
];

/// What a strike has the gateway say instead of an answer.
fn instead(strike: Strike, now: Timestamp, shape: Shape) -> Option<Refusal> {
    strike.instead(now, |status, text| problem::refusal(shape, status, text))
}
