//! The status look-ups of the Deposit and Cashout APIs, by which a client
//! re-checks one record. They share the world with the lists.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use sha2::Sha256;

use super::api::Gateway;
use super::records::{Cashout, CashoutStatus, Deposit, Method};
use super::render::Dialect;
use crate::answer::Answer;
use crate::json::{Object, Style};
use crate::refusal::Refusal;

type Shared = State<Arc<Gateway>>;

#[derive(Deserialize)]
struct StatusRequest {
    login: String,
    pass: String,
    cashout_id: Option<Id>,
    external_id: Option<String>,
}

/// Creating a cashout answers its id as a text, asking for its status takes
/// a number; both are accepted.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

pub(super) async fn cashout_status(
    State(gateway): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let exchange = gateway.desk.begin("cashout-status").await;
    exchange.send(gateway.cashout_status(&headers, &body))
}

pub(super) async fn deposit_status(
    State(gateway): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let exchange = gateway.desk.begin("deposit-status").await;
    exchange.send(gateway.deposit_status(&headers, &id))
}

impl Gateway {
    fn cashout_status(&self, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Refusal> {
        let stranger = || cashout_error(StatusCode::UNAUTHORIZED, 401, "Invalid credentials.");
        let signature = header(headers, "payload-signature").unwrap_or_default();
        if signature != signature_of(&self.access.api_signature, &[body]) {
            return Err(stranger());
        }
        let request: StatusRequest = serde_json::from_slice(body)
            .map_err(|_| cashout_error(StatusCode::BAD_REQUEST, 502, "Invalid body"))?;
        if request.login != self.access.api_key || request.pass != self.access.api_passphrase {
            return Err(stranger());
        }
        let found = match (request.cashout_id, request.external_id) {
            (Some(Id::Number(id)), _) => self.world.cashout(id),
            (Some(Id::Text(id)), _) => id.parse().ok().and_then(|id| self.world.cashout(id)),
            (None, Some(reference)) => self
                .dialect
                .own_reference(&reference)
                .and_then(|own| self.world.cashout_by_reference(own)),
            (None, None) => {
                return Err(cashout_error(
                    StatusCode::BAD_REQUEST,
                    300,
                    "Invalid params",
                ));
            }
        };
        let body = found.and_then(|cashout| cashout_body(cashout, &self.dialect));
        let body = body.ok_or_else(|| {
            let text = "Cashout not found with this ID";
            cashout_error(StatusCode::PRECONDITION_FAILED, 509, text)
        })?;
        Ok(Answer::json(StatusCode::OK, body))
    }

    fn deposit_status(&self, headers: &HeaderMap, id: &str) -> Result<Answer, Refusal> {
        self.check_deposit_headers(headers)?;
        let id = id.parse().map_err(|_| {
            let text = "The deposit_id is not valid";
            deposit_error(StatusCode::BAD_REQUEST, 200, "INVALID_PARAMETER", text)
        })?;
        let deposit = self.world.deposit(id).ok_or_else(|| {
            let text = "The deposit was not found";
            deposit_error(StatusCode::NOT_FOUND, 501, "DEPOSIT_NOT_FOUND", text)
        })?;
        let body = deposit_body(deposit, &self.dialect);
        Ok(Answer::json(StatusCode::OK, body))
    }

    fn check_deposit_headers(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let bad = |code, kind, text| deposit_error(StatusCode::BAD_REQUEST, code, kind, text);
        let missing = || {
            bad(
                101,
                "MISSING_REQUIRED_HEADER",
                "A required header is missing",
            )
        };
        let login = header(headers, "x-login").ok_or_else(missing)?;
        let date = header(headers, "x-date").ok_or_else(missing)?;
        let authorization = header(headers, "authorization").ok_or_else(missing)?;
        if login != self.access.api_key {
            let (status, text) = (StatusCode::UNAUTHORIZED, "Invalid credentials");
            return Err(deposit_error(status, 100, "INVALID_CREDENTIALS", text));
        }
        let drift = instant(date).map(|date| self.desk.clock.now().as_second() - date.as_second());
        if drift.is_none_or(|drift| drift.abs() > MOST_CLOCK_DRIFT_SECONDS) {
            let text = "X-Date header value out of valid range";
            return Err(bad(103, "INVALID_DATE_RANGE", text));
        }
        let key = &self.access.api_signature;
        let signature = signature_of(key, &[date.as_bytes(), login.as_bytes()]);
        if authorization.strip_prefix("TUPAY ") != Some(&signature) {
            return Err(bad(102, "INVALID_SIGNATURE", "Invalid signature"));
        }
        Ok(())
    }
}

/// The gateway's word for a clock that is off names no limit; this is one.
const MOST_CLOCK_DRIFT_SECONDS: i64 = 15 * 60;

/// A declined cashout was never created, so this API does not know it.
fn cashout_body(cashout: &Cashout, dialect: &Dialect) -> Option<Vec<u8>> {
    let (number, words) = match cashout.status {
        CashoutStatus::Pending => (0_u32, "Pending"),
        CashoutStatus::Completed => (1, "Completed"),
        CashoutStatus::Cancelled => (2, "Cancelled"),
        CashoutStatus::Rejected => (3, "Rejected"),
        CashoutStatus::Delivered => (4, "Delivered"),
        CashoutStatus::OnHold => (5, "On Hold"),
        CashoutStatus::Declined => return None,
    };
    let mut body = Vec::new();
    let mut object = Object::open(&mut body, Style::default());
    object.integer("cashout_status", number);
    object.text("cashout_status_description", words);
    if let Some((code, reason)) = dialect.rejection(cashout.status) {
        object.integer("rejection_code", code);
        object.text("rejection_reason", reason);
    }
    object.close();
    Some(body)
}

fn cashout_error(status: StatusCode, code: u32, text: &'static str) -> Refusal {
    error(status, code, None, text)
}

/// Amounts have two decimals here, as in the published sample.
fn deposit_body(deposit: &Deposit, dialect: &Dialect) -> Vec<u8> {
    let payment_type = match deposit.method {
        Method::Voucher => "VOUCHER",
        Method::Qr => "QR",
    };
    let mut body = Vec::new();
    let mut object = Object::open(&mut body, Style::default());
    object.integer("deposit_id", deposit.id);
    object.text("invoice_id", &dialect.reference(deposit.external_id()));
    object.text("country", "PE");
    object.text("currency", "PEN");
    object.raw("usd_amount", &deposit.amount().to_string());
    object.raw("local_amount", &deposit.requested_amount().to_string());
    object.text("payment_method", deposit.method.code());
    object.text("payment_type", payment_type);
    object.text("status", deposit.status.as_str());
    object.with("payer", |out| dialect.payer(out, deposit.document));
    object.raw("fee_amount", &deposit.fee().to_string());
    object.text("fee_currency", "USD");
    object.boolean("refunded", false);
    object.text("current_payer_verification", "NO_CURRENT_PAYER_DATA");
    object.text("completed_payment_method_code", "YP");
    object.close();
    body
}

fn deposit_error(status: StatusCode, code: u32, kind: &'static str, text: &'static str) -> Refusal {
    error(status, code, Some(kind), text)
}

/// An object of a code, in one of the APIs a type, and a message.
fn error(status: StatusCode, code: u32, kind: Option<&'static str>, text: &'static str) -> Refusal {
    Refusal::json(status, text, move |text| {
        let mut body = Vec::new();
        let mut object = Object::open(&mut body, Style::default());
        object.integer("code", code);
        if let Some(kind) = kind {
            object.text("type", kind);
        }
        object.text("message", text);
        object.close();
        body
    })
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// `yyyy-MM-dd'T'HH:mm:ss'Z'`, and nothing else.
fn instant(text: &str) -> Option<Timestamp> {
    let civil = DateTime::strptime("%Y-%m-%dT%H:%M:%SZ", text).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// HMAC-SHA256 of the parts one after the other, in lower-case hexadecimals.
fn signature_of(key: &str, parts: &[&[u8]]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    for part in parts {
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_reference() {
        let signature = |parts: &[&[u8]]| signature_of("api_signature_example", parts);
        assert_eq!(
            signature(&[br#"{"login":"cashout_login","pass":"cashout_pass","cashout_id":11954}"#]),
            "09f1e4df922045d4aef7ab0cda27fda1ad9c5753e245373bddfecfad53b125e7"
        );
        assert_eq!(
            signature(&[b"2020-06-21T12:33:20Z", b"xlogin"]),
            "c51872ab2bd58e97a7505860df3874ea9a859674accf2fee9952a22d13419115"
        );
    }
}
