//! The Private API: reconciliation of days, lists of transactions, inquiry.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{any, get, post};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::access::PaywallAccess;
use super::lists::{ListKind, ReconciliationQuery, TransactionQuery};
use super::parameters::Parameters;
use super::problem::{self, Problem};
use super::register::Register;
use super::render::{Dialect, Envelope, Outcome};
use super::request::read_request;
use super::totals::{self, Convention, PaywallEndOfDay};
use super::world::{PaywallTransaction, PaywallWorld, start_of};
use crate::answer::Answer;
use crate::chaos::Strike;
use crate::desk::{Desk, Exchange};
use crate::faults::FaultKind;
use crate::gateway::GatewayId;
use crate::refusal::Refusal;
use crate::requests::Requests;
use crate::sandbox::{SandboxConfig, SandboxError};
use crate::wire::Line;

/// Everything that one simulated Paywall knows and remembers.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(super) desk: Desk,
    pub(super) world: Arc<PaywallWorld>,
    pub(super) convention: Convention,
    pub(super) register: Register,
    pub(super) dialect: Dialect,
    access: PaywallAccess,
}

impl Gateway {
    /// The gateway that `config` describes, with that world.
    pub(crate) fn new(
        world: Arc<PaywallWorld>,
        access: PaywallAccess,
        config: &SandboxConfig,
        requests: &Arc<Requests>,
    ) -> Result<Self, SandboxError> {
        let confidential = &config.paywall;
        let stationery = confidential.stationery().map_err(|field| {
            let gateway = GatewayId::Paywall;
            SandboxError::Header { gateway, field }
        })?;
        let desk = Desk::new(GatewayId::Paywall, config, requests, stationery);
        let convention = Convention::new(&desk.faults);
        let zone = &convention.zone;
        Ok(Self {
            register: Register::new(&world, zone, &desk.faults),
            dialect: Dialect::new(&desk.faults, &world, zone.clone(), confidential.clone()),
            convention,
            desk,
            world,
            access,
        })
    }
}

/// The routes of the API.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    let mut private = Router::new()
        .route("/vpos/reconciliation/reconcile", post(reconcile))
        .route("/vpos/reconciliation", get(reconciliation))
        .route("/vpos/reconciliation/endofday", get(end_of_day))
        .route("/vpos/reconciliation/list", get(reconciliations))
        .route("/vpos/transaction/list", get(transactions))
        .route("/vpos/transaction/list/activity", get(activities))
        .route("/query", get(by_reference))
        .route("/query/by/uniquecode", get(by_unique_code))
        .route("/query/by/paymentid", get(by_payment_id));
    if gateway.desk.faults.is_on(FaultKind::Intraday) {
        private = private
            .route("/vpos/transaction/list/intraday", get(transactions_today))
            .route(
                "/vpos/transaction/list/activity/intraday",
                get(activities_today),
            );
    }
    Router::new()
        .nest("/api/paywall/private", private)
        .route("/api/paywall/{*rest}", any(not_found))
        .with_state(gateway)
}

type Shared = State<Arc<Gateway>>;

/// What a GET consists of.
type Ask = (
    HeaderMap,
    Result<Query<HashMap<String, String>>, QueryRejection>,
    ConnectInfo<Line>,
);

async fn reconcile(
    State(gateway): Shared,
    headers: HeaderMap,
    ConnectInfo(line): ConnectInfo<Line>,
    body: Bytes,
) -> Response {
    let exchange = gateway.desk.begin("paywall/reconcile").await;
    gateway.act(&exchange, &headers, &line, &body)
}

async fn reconciliation(State(gateway): Shared, ask: Ask) -> Response {
    let exchange = gateway.desk.begin("paywall/reconciliation").await;
    gateway.look_up(&exchange, ask, "reconciliationdate", |day| {
        let day = super::parameters::day(day).ok_or(Problem::InvalidData)?;
        let entry = gateway.register.of(day, gateway.now());
        let entry = entry.ok_or(Problem::NoRecord)?;
        Ok(gateway.dialect.reconciliation(&entry))
    })
}

async fn end_of_day(State(gateway): Shared, ask: Ask) -> Response {
    let exchange = gateway.desk.begin("paywall/end-of-day").await;
    gateway.look_up(&exchange, ask, "endofdaydate", |day| {
        let day = super::parameters::day(day).ok_or(Problem::InvalidData)?;
        if !gateway.is_open(day) {
            return Err(Problem::NoEndOfDay);
        }
        let figures = gateway.told_end_of_day(day).ok_or(Problem::NoRecord)?;
        Ok(gateway.dialect.end_of_day(&figures))
    })
}

async fn by_reference(State(gateway): Shared, ask: Ask) -> Response {
    gateway
        .inquire(ask, "merchantuniquecode", |reference| {
            let own = gateway.dialect.own_reference(reference)?;
            gateway.world.by_reference(own)
        })
        .await
}

async fn by_unique_code(State(gateway): Shared, ask: Ask) -> Response {
    gateway
        .inquire(ask, "uniquecode", |code| gateway.world.by_unique_code(code))
        .await
}

async fn by_payment_id(State(gateway): Shared, ask: Ask) -> Response {
    gateway
        .inquire(ask, "paymentid", |id| gateway.world.by_id(id.parse().ok()?))
        .await
}

async fn reconciliations(State(gateway): Shared, ask: Ask) -> Response {
    let exchange = gateway.desk.begin("paywall/reconciliation-list").await;
    let (headers, _, ConnectInfo(line)) = &ask;
    let query = gateway
        .parameters(&ask)
        .and_then(|parameters| ReconciliationQuery::read(&parameters, &gateway.desk.faults));
    let query = match query {
        Ok(query) => query,
        Err(problem) => return gateway.refuse(&exchange, problem, Envelope::Plain),
    };
    let strike = gateway.desk.strike(&query.to_string(), |kind| match kind {
        FaultKind::RepeatPage => query.start > 0,
        // The page says neither where it begins nor how many it has.
        FaultKind::WrongPage => false,
        _ => true,
    });
    let outcome = gateway.unless_struck(strike, Envelope::Plain, || {
        gateway.page_of_reconciliations(&query, strike)
    });
    exchange.deliver(outcome, strike, headers, line)
}

async fn transactions(State(gateway): Shared, ask: Ask) -> Response {
    gateway.list(ListKind::Transactions, ask).await
}

async fn activities(State(gateway): Shared, ask: Ask) -> Response {
    gateway.list(ListKind::Activities, ask).await
}

async fn transactions_today(State(gateway): Shared, ask: Ask) -> Response {
    gateway.list(ListKind::TransactionsToday, ask).await
}

async fn activities_today(State(gateway): Shared, ask: Ask) -> Response {
    gateway.list(ListKind::ActivitiesToday, ask).await
}

async fn not_found(State(gateway): Shared) -> Response {
    let exchange = gateway.desk.begin("paywall/unknown").await;
    gateway.refuse(&exchange, Problem::NoSuchPath, Envelope::Plain)
}

impl Gateway {
    pub(super) fn now(&self) -> i64 {
        self.desk.clock.now().as_microsecond()
    }

    /// Whether the day can be reconciled: half an hour of the next has passed.
    fn is_open(&self, day: Date) -> bool {
        const HALF_AN_HOUR: i64 = 30 * 60 * 1_000_000;
        let next = day.tomorrow().unwrap_or(Date::MAX);
        self.now() >= start_of(next, &self.convention.zone).saturating_add(HALF_AN_HOUR)
    }

    pub(super) fn today(&self) -> Date {
        let zone = self.convention.zone.clone();
        self.desk.clock.now().to_zoned(zone).date()
    }

    /// The figures of a day as they are told, which faults may bend.
    fn told_end_of_day(&self, day: Date) -> Option<PaywallEndOfDay> {
        let faults = &self.desk.faults;
        let zone = &self.convention.zone;
        let place = self.world.days(zone).position(|it| it == day)?;
        let count = self.world.days(zone).count();
        if faults.is_on(FaultKind::MissingDay) && place == count * 3 / 4 {
            return None;
        }
        let is_stale = faults.is_on(FaultKind::EndOfDayStale) && place == count * 3 / 5;
        let day = if is_stale { day.yesterday().ok()? } else { day };
        let mut figures = totals::end_of_day(&self.world, day, &self.convention)?;
        if faults.is_on(FaultKind::EndOfDayOff) && place == count / 2 {
            match faults.value(FaultKind::EndOfDayOff) {
                0 => figures.successful.amount += Decimal::new(1, 2),
                _ => figures.successful.count += 1,
            }
        }
        Some(figures)
    }

    /// The parameters of a request whose credentials are right.
    pub(super) fn parameters<'a>(&self, ask: &'a Ask) -> Result<Parameters<'a>, Problem> {
        let (headers, query, _) = ask;
        let query = match query {
            Ok(Query(query)) if self.desk.faults.is_on(FaultKind::QueryParameters) => query.clone(),
            _ => HashMap::new(),
        };
        let parameters = Parameters::new(headers, query);
        self.authorise(&Parameters::new(headers, HashMap::new()))?;
        Ok(parameters)
    }

    fn authorise(&self, headers: &Parameters<'_>) -> Result<(), Problem> {
        let key = headers.required("apikeyprivate")?;
        let client = headers.required("apiclientprivate")?;
        if key != self.access.api_key || client != self.access.api_client {
            return Err(Problem::WrongKey);
        }
        if self.desk.faults.is_on(FaultKind::IpNotAllowed) {
            self.desk.injected(FaultKind::IpNotAllowed);
            return Err(Problem::NotFromHere);
        }
        Ok(())
    }

    pub(super) fn refuse(
        &self,
        exchange: &Exchange<'_>,
        problem: Problem,
        envelope: Envelope,
    ) -> Response {
        exchange.send(Err(problem.refusal(&self.desk, envelope)))
    }

    /// What the strike has the gateway say, or else the answer.
    pub(super) fn unless_struck(
        &self,
        strike: Option<Strike>,
        envelope: Envelope,
        answer: impl FnOnce() -> Result<Vec<u8>, Problem>,
    ) -> Result<Answer, Refusal> {
        let now = self.desk.clock.now();
        match strike.and_then(|strike| instead(strike, now, envelope)) {
            Some(refusal) => Err(refusal),
            None => answer()
                .map(|body| Answer::json(StatusCode::OK, body))
                .map_err(|problem| problem.refusal(&self.desk, envelope)),
        }
    }

    /// Answers a request for one thing, which one parameter names.
    fn look_up(
        &self,
        exchange: &Exchange<'_>,
        ask: Ask,
        name: &str,
        find: impl FnOnce(&str) -> Result<Vec<u8>, Problem>,
    ) -> Response {
        let parameters = self.parameters(&ask);
        let wanted = parameters.and_then(|it| it.required(name).map(str::to_owned));
        let wanted = match wanted {
            Ok(wanted) => wanted,
            Err(problem) => return self.refuse(exchange, problem, Envelope::Plain),
        };
        let strike = self.desk.strike(&format!("{name}={wanted}"), |kind| {
            !PAGE_FAULTS.contains(&kind)
        });
        let outcome = self.unless_struck(strike, Envelope::Plain, || find(&wanted));
        let (headers, _, ConnectInfo(line)) = ask;
        exchange.deliver(outcome, strike, &headers, &line)
    }

    async fn inquire<'a>(
        &'a self,
        ask: Ask,
        name: &str,
        find: impl FnOnce(&str) -> Option<&'a PaywallTransaction>,
    ) -> Response {
        let exchange = self.desk.begin("paywall/payment-inquiry").await;
        self.look_up(&exchange, ask, name, |wanted| {
            let found = find(wanted).ok_or(Problem::NoPayment)?;
            let steps = self.world.steps_of(found);
            Ok(self.dialect.inquiry(found, steps))
        })
    }

    /// Answers a request that changes something. A strike comes after the
    /// change, which is the worse case for a client, unless it is a 429.
    fn act(
        &self,
        exchange: &Exchange<'_>,
        headers: &HeaderMap,
        line: &Line,
        body: &[u8],
    ) -> Response {
        let parameters = Parameters::new(headers, HashMap::new());
        if let Err(problem) = self.authorise(&parameters) {
            return self.refuse(exchange, problem, Envelope::Plain);
        }
        let strike = if self.desk.faults.is_on(FaultKind::StruckWrites) {
            let text = String::from_utf8_lossy(body);
            self.desk.strike(&text, |kind| !PAGE_FAULTS.contains(&kind))
        } else {
            None
        };
        let is_too_busy = strike.is_some_and(|strike| {
            matches!(
                strike.kind,
                FaultKind::RateLimit | FaultKind::RateLimitRetryAfter
            )
        });
        let outcome = if is_too_busy {
            self.unless_struck(strike, Envelope::Plain, || self.reconcile(body))
        } else {
            let done = self.reconcile(body);
            self.unless_struck(strike, Envelope::Plain, || done)
        };
        exchange.deliver(outcome, strike, headers, line)
    }

    /// Compares the merchant's totals with our own and keeps the outcome. A
    /// day that agreed is closed; one that did not may be sent again.
    fn reconcile(&self, body: &[u8]) -> Result<Vec<u8>, Problem> {
        let (day, merchant) = read_request(body).ok_or(Problem::InvalidData)?;
        let paywall = self.told_end_of_day(day).ok_or(Problem::NoEndOfDay)?;
        if !self.is_open(day) {
            return Err(Problem::NotOpen);
        }
        let is_reconciled = merchant.figures() == paywall.figures();
        let at = self.now();
        let existed = self.register.keep(day, is_reconciled, at);
        let existed = existed.map_err(|_| Problem::AlreadyReconciled)?;
        Ok(self.dialect.outcome(&Outcome {
            day,
            is_reconciled,
            existed,
            at,
            merchant,
            paywall,
        }))
    }

    async fn list(&self, kind: ListKind, ask: Ask) -> Response {
        let exchange = self.desk.begin(kind.operation()).await;
        let query = self
            .parameters(&ask)
            .and_then(|parameters| TransactionQuery::read(kind, &parameters, self));
        let query = match query {
            Ok(query) => query,
            Err(problem) => return self.refuse(&exchange, problem, Envelope::Listing),
        };
        let strike = self.desk.strike(&query.to_string(), |kind| {
            kind != FaultKind::RepeatPage || query.page > 1
        });
        let outcome = self.unless_struck(strike, Envelope::Listing, || {
            self.page_of_transactions(&query, strike)
        });
        let (headers, _, ConnectInfo(line)) = ask;
        exchange.deliver(outcome, strike, &headers, &line)
    }
}

/// What cannot be felt where there are no pages.
const PAGE_FAULTS: [FaultKind; 3] = [
    FaultKind::RepeatPage,
    FaultKind::WrongPage,
    FaultKind::RowsMismatch,
];

/// What a strike has the gateway say instead of an answer.
fn instead(strike: Strike, now: Timestamp, envelope: Envelope) -> Option<Refusal> {
    strike.instead(now, |status, text| {
        problem::refusal(status, status.as_u16().into(), text, envelope)
    })
}
