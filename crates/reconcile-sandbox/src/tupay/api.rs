//! The Merchants API: sessions, lists, balances.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Path, Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{delete, get, post};
use jiff::Timestamp;
use serde::Deserialize;

use super::balance_report::balance_report;
use super::lists::{BadRequest, Envelope, List, Order, Parameters, Request, page};
use super::payment_api;
use super::records::BalanceDay;
use super::render::{Dialect, Listed, MERCHANT_ID};
use super::session::{Sessions, TuPayAccess, bearer};
use super::world::TuPayWorld;
use crate::answer::Answer;
use crate::chaos::Strike;
use crate::desk::Desk;
use crate::faults::FaultKind;
use crate::gateway::GatewayId;
use crate::json::{Object, Style};
use crate::refusal::Refusal;
use crate::requests::Requests;
use crate::sandbox::{SandboxConfig, SandboxError};
use crate::wire::Line;

/// Everything that one simulated TuPay knows and remembers.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(super) desk: Desk,
    pub(super) world: Arc<TuPayWorld>,
    /// The balance report as it is told, which faults may bend.
    balance_days: Vec<BalanceDay>,
    pub(super) access: TuPayAccess,
    pub(super) dialect: Dialect,
    sessions: Sessions,
}

impl Gateway {
    /// The gateway that `config` describes, with that world.
    pub(crate) fn new(
        world: Arc<TuPayWorld>,
        access: TuPayAccess,
        config: &SandboxConfig,
        requests: &Arc<Requests>,
    ) -> Result<Self, SandboxError> {
        let confidential = &config.tupay;
        let stationery = confidential.stationery().map_err(|field| {
            let gateway = GatewayId::TuPay;
            SandboxError::Header { gateway, field }
        })?;
        let desk = Desk::new(GatewayId::TuPay, config, requests, stationery);
        Ok(Self {
            balance_days: balance_report(&world, &desk.faults),
            sessions: Sessions::new(confidential.token_prefix.clone()),
            dialect: Dialect::new(&desk.faults, &world, confidential.clone()),
            desk,
            world,
            access,
        })
    }

    /// The merchant whose data the request may see.
    fn authorise(&self, headers: &HeaderMap) -> Result<u64, Refusal> {
        let refusal = || {
            let status = self.desk.status(FaultKind::ExpiredStatus);
            refusal(status, 2, "Your session is not valid or has expired.")
        };
        let token = bearer(headers).ok_or_else(refusal)?;
        let merchant = self
            .sessions
            .merchant(token, self.desk.clock.now())
            .ok_or_else(refusal)?;
        if self.desk.kills_token() {
            self.desk.injected(FaultKind::TokenExpiry);
            self.sessions.close(token);
            return Err(refusal());
        }
        Ok(merchant)
    }

    fn order(&self) -> Order {
        if self.desk.faults.value(FaultKind::Order) == 0 {
            Order::Newest
        } else {
            Order::Oldest
        }
    }

    fn page_size(&self) -> usize {
        usize::try_from(self.desk.faults.value(FaultKind::MaxRows)).unwrap_or(50)
    }
}

/// The routes of all three APIs.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    let mut router = Router::new()
        .route("/v1/auth/login", post(login))
        .route("/v1/auth/session/destroy", delete(logout))
        .route("/v1/auth/{merchant}/switchContext", post(switch_context))
        .route("/v1/deposits", get(deposits))
        .route("/v1/cashouts", get(cashouts))
        .route("/v1/balance/report", get(balance_days))
        .route("/v1/balance", get(balance))
        .route("/v1/settlements", get(settlements))
        .route("/v1/notes", get(notes))
        .route("/v3/cashout/status", post(payment_api::cashout_status))
        .route("/v3/deposits/{id}", get(payment_api::deposit_status));
    if gateway.desk.faults.is_on(FaultKind::CashoutAlias) {
        router = router.route("/v1/cashout", get(cashouts));
    }
    router.fallback(not_found).with_state(gateway)
}

type Shared = State<Arc<Gateway>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    access_key: String,
    secret_key: String,
}

async fn login(State(gateway): Shared, body: Bytes) -> Response {
    let exchange = gateway.desk.begin("login").await;
    exchange.send(gateway.log_in(&body))
}

async fn logout(State(gateway): Shared, headers: HeaderMap) -> Response {
    let exchange = gateway.desk.begin("logout").await;
    exchange.send(gateway.log_out(&headers))
}

async fn switch_context(
    State(gateway): Shared,
    Path(merchant): Path<String>,
    headers: HeaderMap,
) -> Response {
    let exchange = gateway.desk.begin("switch-context").await;
    exchange.send(gateway.switch_context(&merchant, &headers))
}

async fn balance(State(gateway): Shared, headers: HeaderMap) -> Response {
    let exchange = gateway.desk.begin("balance").await;
    exchange.send(gateway.balance(&headers))
}

async fn not_found(State(gateway): Shared) -> Response {
    let exchange = gateway.desk.begin("unknown").await;
    exchange.send(Err(refusal(StatusCode::NOT_FOUND, 404, "Not found.")))
}

/// The published words for an address that is not on the allow-list.
const NOT_FROM_HERE: &str = "You are not permitted to log in from this location, \
                             please contact your account administrator.";

/// A second account of the same user, without any movement.
const SIBLING_MERCHANT: u64 = MERCHANT_ID + 1;

impl Gateway {
    fn log_in(&self, body: &[u8]) -> Result<Answer, Refusal> {
        if self.desk.faults.is_on(FaultKind::IpNotAllowed) {
            self.desk.injected(FaultKind::IpNotAllowed);
            return Err(refusal(StatusCode::FORBIDDEN, 83, NOT_FROM_HERE));
        }
        if let Some(refusal) = self.struck_login() {
            return Err(refusal);
        }
        let given: Credentials = serde_json::from_slice(body)
            .map_err(|_| refusal(StatusCode::BAD_REQUEST, 1, "The body is not valid."))?;
        let access = &self.access;
        if given.access_key != access.access_key || given.secret_key != access.secret_key {
            let status = self.desk.status(FaultKind::WrongPasswordStatus);
            return Err(refusal(status, 3, "The user or the password is not valid."));
        }
        let token = self.sessions.open(self.desk.clock.now());
        let cookie = format!("BEARER_TOKEN={token}; Path=/; HttpOnly; Secure");
        let mut answer = Answer::json(StatusCode::OK, self.dialect.user());
        // A prefix that cannot stand in a header is refused at the start.
        let cookie = HeaderValue::from_str(&cookie).ok();
        let cookie = cookie.map(|cookie| (header::SET_COOKIE, cookie));
        answer.headers.extend(cookie);
        Ok(answer)
    }

    fn struck_login(&self) -> Option<Refusal> {
        if !self.desk.faults.is_on(FaultKind::StruckLogin) {
            return None;
        }
        let strike = self.desk.strike("login", Strike::refuses)?;
        instead(strike, self.desk.clock.now())
    }

    /// The status and the body of logging out are not documented.
    fn log_out(&self, headers: &HeaderMap) -> Result<Answer, Refusal> {
        self.authorise(headers)?;
        self.sessions.close(bearer(headers).unwrap_or_default());
        Ok(match self.desk.status(FaultKind::LogoutStatus) {
            StatusCode::NO_CONTENT => Answer::empty(StatusCode::NO_CONTENT),
            status => Answer::text(status, "text/plain", "Session destroyed"),
        })
    }

    fn switch_context(&self, merchant: &str, headers: &HeaderMap) -> Result<Answer, Refusal> {
        self.authorise(headers)?;
        let Ok(merchant @ (MERCHANT_ID | SIBLING_MERCHANT)) = merchant.parse() else {
            let text = "The user does not belong to that merchant.";
            return Err(refusal(StatusCode::FORBIDDEN, 4, text));
        };
        let token = bearer(headers).unwrap_or_default();
        self.sessions.switch(token, merchant);
        Ok(Answer::empty(StatusCode::OK))
    }

    fn balance(&self, headers: &HeaderMap) -> Result<Answer, Refusal> {
        self.authorise(headers)?;
        let latest = self.world.balance_days().last();
        let balance = latest.map(BalanceDay::total_balance).unwrap_or_default();
        let body = match self.desk.faults.value(FaultKind::BalanceShape) {
            0 => format!(r#"{{"balance":{balance},"currency":"USD"}}"#),
            1 => format!(r#"[{{"currency":"USD","balance":{balance}}}]"#),
            _ => balance.to_string(),
        };
        Ok(Answer::json(StatusCode::OK, body.into_bytes()))
    }
}

/// What a request for a list consists of.
type Ask = (
    HeaderMap,
    RawQuery,
    Result<Query<Parameters>, QueryRejection>,
    ConnectInfo<Line>,
);

async fn deposits(State(gateway): Shared, ask: Ask) -> Response {
    let list = List {
        endpoint: "deposits",
        order: gateway.order(),
        data_last: false,
    };
    gateway.list(list, &gateway.world.deposits, ask).await
}

async fn cashouts(State(gateway): Shared, ask: Ask) -> Response {
    let list = List {
        endpoint: "cashouts",
        order: gateway.order(),
        data_last: false,
    };
    gateway.list(list, &gateway.world.cashouts, ask).await
}

/// Oldest first, as in the published sample.
async fn balance_days(State(gateway): Shared, ask: Ask) -> Response {
    let list = List {
        endpoint: "balance-report",
        order: Order::Oldest,
        data_last: false,
    };
    gateway.list(list, &gateway.balance_days, ask).await
}

async fn settlements(State(gateway): Shared, ask: Ask) -> Response {
    let list = List {
        endpoint: "settlements",
        order: gateway.order(),
        data_last: false,
    };
    gateway.list(list, &gateway.world.settlements, ask).await
}

async fn notes(State(gateway): Shared, ask: Ask) -> Response {
    let list = List {
        endpoint: "notes",
        order: gateway.order(),
        data_last: true,
    };
    gateway.list(list, &gateway.world.notes, ask).await
}

impl Gateway {
    async fn list<T: Listed>(&self, list: List, all: &[T], ask: Ask) -> Response {
        let (headers, RawQuery(query), parameters, ConnectInfo(line)) = ask;
        let exchange = self.desk.begin(list.endpoint).await;
        let merchant = match self.authorise(&headers) {
            Ok(merchant) => merchant,
            Err(refusal) => return exchange.send(Err(refusal)),
        };
        let now = self.world.as_of().as_second();
        let request = parameters
            .map_err(|_| BadRequest::Unreadable)
            .and_then(|Query(parameters)| Request::read(parameters, &self.desk.faults, now));
        let request = match request {
            Ok(request) => request,
            Err(reason) => return exchange.send(self.refuse_window(reason, list)),
        };
        let all = if merchant == MERCHANT_ID { all } else { &[] };
        let strike = self.strike(list, &query.unwrap_or_default(), &request);
        let refusal = strike.and_then(|strike| instead(strike, self.desk.clock.now()));
        let outcome = match refusal {
            Some(refusal) => Err(refusal),
            None => self.page(list, all, &request, strike),
        };
        exchange.deliver(outcome, strike, &headers, &line)
    }

    /// The fault that strikes this request, if it can be felt there.
    fn strike(&self, list: List, query: &str, request: &Request) -> Option<Strike> {
        let request_line = format!("{}?{query}", list.endpoint);
        let has_page_before = request.page > 0;
        self.desk.strike(&request_line, |kind| {
            kind != FaultKind::RepeatPage || has_page_before
        })
    }

    fn page<T: Listed>(
        &self,
        list: List,
        all: &[T],
        request: &Request,
        strike: Option<Strike>,
    ) -> Result<Answer, Refusal> {
        let struck = |kind| strike.is_some_and(|strike| strike.kind == kind);
        let mut shown = request.clone();
        if struck(FaultKind::RepeatPage) {
            shown.page -= 1;
        }
        let size = self.page_size();
        let window = format!("{} {}", list.endpoint, request.window());
        let late = self.desk.late_rows(&window);
        let mut found = page(all, &shown, &self.dialect, list.order, size, late);
        if found.is_beyond_end {
            match self.desk.faults.value(FaultKind::BeyondEnd) {
                0 => {}
                1 => return Err(refusal(StatusCode::NOT_FOUND, 23, "There is no such page.")),
                _ => {
                    shown.page = found.last;
                    found = page(all, &shown, &self.dialect, list.order, size, late);
                }
            }
        }
        let envelope = Envelope {
            page: request
                .page
                .saturating_add(struck(FaultKind::WrongPage).into()),
            rows: found.rows.len() + usize::from(struck(FaultKind::RowsMismatch)),
            page_size: size,
            data_last: list.data_last,
        };
        let body = envelope.write(&found.rows, &self.dialect);
        Ok(Answer::json(StatusCode::OK, body))
    }

    fn refuse_window(&self, reason: BadRequest, list: List) -> Result<Answer, Refusal> {
        let (code, description) = reason.answer();
        let status = match reason {
            BadRequest::UpsideDown | BadRequest::TooLong => {
                self.desk.status(FaultKind::WindowStatus)
            }
            BadRequest::Number(_) | BadRequest::Unreadable => StatusCode::BAD_REQUEST,
        };
        if status.is_success() {
            let empty = Envelope {
                page: 0,
                rows: 0,
                page_size: self.page_size(),
                data_last: list.data_last,
            };
            let body = empty.write::<BalanceDay>(&[], &self.dialect);
            return Ok(Answer::json(status, body));
        }
        Err(refusal(status, code, description))
    }
}

/// The Merchants API's error.
fn refusal(status: StatusCode, code: u32, text: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::json(status, text, move |text| {
        let mut body = Vec::new();
        let mut object = Object::open(&mut body, Style::default());
        object.integer("code", code);
        object.text("description", text);
        object.close();
        body
    })
}

/// What a strike has the gateway say instead of an answer.
fn instead(strike: Strike, now: Timestamp) -> Option<Refusal> {
    strike.instead(now, |status, text| {
        refusal(status, status.as_u16().into(), text)
    })
}
