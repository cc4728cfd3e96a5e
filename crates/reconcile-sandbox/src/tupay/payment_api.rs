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
use super::render::{document, rejection};
use crate::answer::Answer;

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
    let _in_flight = gateway.begin("cashout-status").await;
    let signature = header(&headers, "payload-signature").unwrap_or_default();
    if signature != signature_of(&gateway.access.api_signature, &[&body]) {
        return cashout_error(StatusCode::UNAUTHORIZED, 401, "Invalid credentials.");
    }
    let Ok(request) = serde_json::from_slice::<StatusRequest>(&body) else {
        return cashout_error(StatusCode::BAD_REQUEST, 502, "Invalid body");
    };
    if request.login != gateway.access.api_key || request.pass != gateway.access.api_passphrase {
        return cashout_error(StatusCode::UNAUTHORIZED, 401, "Invalid credentials.");
    }
    let found = match (request.cashout_id, request.external_id) {
        (Some(Id::Number(id)), _) => gateway.world.cashout(id),
        (Some(Id::Text(id)), _) => id.parse().ok().and_then(|id| gateway.world.cashout(id)),
        (None, Some(reference)) => gateway.world.cashout_by_reference(&reference),
        (None, None) => return cashout_error(StatusCode::BAD_REQUEST, 300, "Invalid params"),
    };
    let Some(body) = found.and_then(cashout_body) else {
        let text = "Cashout not found with this ID";
        return cashout_error(StatusCode::PRECONDITION_FAILED, 509, text);
    };
    Answer::json(StatusCode::OK, body.into_bytes()).into()
}

/// A declined cashout was never created, so this API does not know it.
fn cashout_body(cashout: &Cashout) -> Option<String> {
    let (number, words) = match cashout.status {
        CashoutStatus::Pending => (0, "Pending"),
        CashoutStatus::Completed => (1, "Completed"),
        CashoutStatus::Cancelled => (2, "Cancelled"),
        CashoutStatus::Rejected => (3, "Rejected"),
        CashoutStatus::Delivered => (4, "Delivered"),
        CashoutStatus::OnHold => (5, "On Hold"),
        CashoutStatus::Declined => return None,
    };
    let reason = rejection(cashout.status).map_or_else(String::new, |(code, reason)| {
        format!(r#","rejection_code":{code},"rejection_reason":"{reason}""#)
    });
    Some(format!(
        r#"{{"cashout_status":{number},"cashout_status_description":"{words}"{reason}}}"#
    ))
}

fn cashout_error(status: StatusCode, code: u32, message: &str) -> Response {
    let body = format!(r#"{{"code":{code},"message":"{message}"}}"#);
    Answer::json(status, body.into_bytes()).into()
}

pub(super) async fn deposit_status(
    State(gateway): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let _in_flight = gateway.begin("deposit-status").await;
    if let Err((status, code, kind, message)) = check_deposit_headers(&gateway, &headers) {
        return deposit_error(status, code, kind, message);
    }
    let Ok(id) = id.parse() else {
        let text = "The deposit_id is not valid";
        return deposit_error(StatusCode::BAD_REQUEST, 200, "INVALID_PARAMETER", text);
    };
    let Some(deposit) = gateway.world.deposit(id) else {
        let text = "The deposit was not found";
        return deposit_error(StatusCode::NOT_FOUND, 501, "DEPOSIT_NOT_FOUND", text);
    };
    Answer::json(StatusCode::OK, deposit_body(deposit).into_bytes()).into()
}

type DepositError = (StatusCode, u32, &'static str, &'static str);

/// The gateway's word for a clock that is off names no limit; this is one.
const MOST_CLOCK_DRIFT_SECONDS: i64 = 15 * 60;

fn check_deposit_headers(gateway: &Gateway, headers: &HeaderMap) -> Result<(), DepositError> {
    const MISSING: DepositError = (
        StatusCode::BAD_REQUEST,
        101,
        "MISSING_REQUIRED_HEADER",
        "A required header is missing",
    );
    let login = header(headers, "x-login").ok_or(MISSING)?;
    let date = header(headers, "x-date").ok_or(MISSING)?;
    let authorization = header(headers, "authorization").ok_or(MISSING)?;
    if login != gateway.access.api_key {
        return Err((
            StatusCode::UNAUTHORIZED,
            100,
            "INVALID_CREDENTIALS",
            "Invalid credentials",
        ));
    }
    let drift = instant(date).map(|date| gateway.clock.now().as_second() - date.as_second());
    if drift.is_none_or(|drift| drift.abs() > MOST_CLOCK_DRIFT_SECONDS) {
        let text = "X-Date header value out of valid range";
        return Err((StatusCode::BAD_REQUEST, 103, "INVALID_DATE_RANGE", text));
    }
    let signature = signature_of(
        &gateway.access.api_signature,
        &[date.as_bytes(), login.as_bytes()],
    );
    if authorization.strip_prefix("TUPAY ") != Some(&signature) {
        return Err((
            StatusCode::BAD_REQUEST,
            102,
            "INVALID_SIGNATURE",
            "Invalid signature",
        ));
    }
    Ok(())
}

fn deposit_body(deposit: &Deposit) -> String {
    let payment_type = match deposit.method {
        Method::Voucher => "VOUCHER",
        Method::Qr => "QR",
    };
    format!(
        concat!(
            r#"{{"deposit_id":{id},"invoice_id":"{reference}","country":"PE","currency":"PEN","#,
            r#""usd_amount":{usd},"local_amount":{local},"payment_method":"{method}","#,
            r#""payment_type":"{payment_type}","status":"{status}","#,
            r#""payer":{{"document":"{document}","document_type":"DNI","#,
            r#""email":"prueba@example.com","first_name":"Nombre","last_name":"Apellido"}},"#,
            r#""fee_amount":{fee},"fee_currency":"USD","refunded":false,"#,
            r#""current_payer_verification":"NO_CURRENT_PAYER_DATA","#,
            r#""completed_payment_method_code":"YP"}}"#,
        ),
        id = deposit.id,
        reference = deposit.external_id(),
        usd = deposit.amount(),
        local = deposit.requested_amount(),
        method = deposit.method.code(),
        payment_type = payment_type,
        status = deposit.status.as_str(),
        document = document(deposit.document),
        fee = deposit.fee(),
    )
}

fn deposit_error(status: StatusCode, code: u32, kind: &str, message: &str) -> Response {
    let body = format!(r#"{{"code":{code},"type":"{kind}","message":"{message}"}}"#);
    Answer::json(status, body.into_bytes()).into()
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
