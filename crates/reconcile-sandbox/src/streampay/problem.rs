//! What StreamPay refuses, and how it says so.
//!
//! No page shows a refusal. These have the two shapes of NearPay's terminal
//! SDK, whose platform StreamPay runs on; the codes are invented.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::words::Words;
use crate::desk::Desk;
use crate::faults::FaultKind;
use crate::json::{Object, Style};
use crate::refusal::Refusal;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    Unauthorised,
    NotFromHere,
    /// A field or parameter, and what it must be.
    Invalid(&'static str, &'static str),
    NotFound(&'static str),
    /// The terminal is being reconciled already.
    Reconciling,
    NoSuchPath,
}

impl Problem {
    pub(super) fn refusal(self, desk: &Desk) -> Refusal {
        let shape = Shape::new(desk);
        let (status, text): (StatusCode, Cow<'static, str>) = match self {
            Self::Unauthorised => (
                desk.status(FaultKind::WrongPasswordStatus),
                "The api key is not valid".into(),
            ),
            Self::NotFromHere => (StatusCode::FORBIDDEN, "The address is not allowed".into()),
            Self::Invalid(field, must) => return invalid(shape, field, must),
            Self::NotFound(what) => (StatusCode::NOT_FOUND, format!("{what} not found").into()),
            Self::Reconciling => (
                StatusCode::NOT_ACCEPTABLE,
                "The terminal is reconciling".into(),
            ),
            Self::NoSuchPath => (StatusCode::NOT_FOUND, "Not found".into()),
        };
        refusal(shape, status, text)
    }
}

/// How refusals are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Wrong fields in the plain shape, all else in the rich one.
    Mixed,
    /// A status and a text, or texts by field.
    Plain,
    /// A code, and texts in both languages.
    Rich,
}

impl Shape {
    pub(super) fn new(desk: &Desk) -> Self {
        match desk.faults.value(FaultKind::RefusalShape) {
            0 => Self::Mixed,
            1 => Self::Plain,
            _ => Self::Rich,
        }
    }
}

/// A refusal in those words.
pub(super) fn refusal(
    shape: Shape,
    status: StatusCode,
    text: impl Into<Cow<'static, str>>,
) -> Refusal {
    Refusal::json(status, text, move |text| match shape {
        Shape::Plain => plain(status, |object| object.text("message", text)),
        Shape::Mixed | Shape::Rich => rich(status, text),
    })
}

fn invalid(shape: Shape, field: &'static str, must: &'static str) -> Refusal {
    let status = StatusCode::BAD_REQUEST;
    let text = format!("{field} {must}");
    Refusal::json(status, text, move |text| match shape {
        Shape::Rich => rich(status, text),
        Shape::Mixed | Shape::Plain => plain(status, |object| {
            object.with("message", |out| {
                let mut fields = Object::open(out, Style::default());
                fields.array(field, &[text], |out, text| {
                    // Writing to a `Vec` cannot fail.
                    let _ = serde_json::to_writer(out, text);
                });
                fields.close();
            });
        }),
    })
}

fn plain(status: StatusCode, message: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut object = Object::open(&mut out, Style::default());
    object.integer("statusCode", status.as_u16());
    message(&mut object);
    object.close();
    out
}

fn rich(status: StatusCode, text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut object = Object::open(&mut out, Style::default());
    let (name, code, words, solution) = case(status);
    object.text("code_text", name);
    object.integer("code", code);
    object.integer("statusCode", status.as_u16());
    object.integer("terminal_paused_seconds", 0);
    object.with("error", |out| {
        let mut error = Object::open(out, Style::default());
        error.text("arabic", words);
        error.text("english", text);
        error.close();
    });
    object.with("solution", |out| solution.arabic_first(out));
    object.text("level", "MEDIUM");
    object.with("source", |out| {
        let mut source = Object::open(out, Style::default());
        source.text("arabic", "الخادم");
        source.text("english", "Server");
        source.text("color", "#000000");
        source.close();
    });
    object.close();
    out
}

/// The code of a status in words and as a number, its words in Arabic, and
/// what to do.
fn case(status: StatusCode) -> (&'static str, u32, &'static str, Words) {
    const AGAIN: Words = Words {
        arabic: "حاول مرة أخرى",
        english: "Try again",
    };
    const CHECK: Words = Words {
        arabic: "تحقق من الطلب",
        english: "Check the request",
    };
    match status.as_u16() {
        400 => ("VALIDATION", 4_000, "الطلب غير صالح", CHECK),
        401 => ("AUTHENTICATION", 4_010, "فشل التحقق", CHECK),
        403 => ("FORBIDDEN", 4_030, "غير مسموح", CHECK),
        404 => ("NOT_FOUND", 4_040, "غير موجود", CHECK),
        406 => ("TERMINAL_RECONCILING", 5_010, "الجهاز قيد الموازنة", AGAIN),
        429 => ("TOO_MANY_REQUESTS", 4_290, "طلبات كثيرة", AGAIN),
        503 => ("UNAVAILABLE", 5_030, "الخدمة غير متاحة", AGAIN),
        _ => ("SERVER_ERROR", 5_000, "خطأ في الخادم", AGAIN),
    }
}
