//! What Paywall refuses, and how it says so.
//!
//! No page shows a refusal. The codes are those of the enum of Paywall's
//! official .NET SDK whose names fit; where a guess matters it is a switch.

use axum::http::StatusCode;

use super::render::Envelope;
use crate::desk::Desk;
use crate::faults::FaultKind;
use crate::refusal::Refusal;

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    HeaderMissing,
    WrongKey,
    NotFromHere,
    InvalidData,
    /// The day cannot be reconciled or listed yet.
    NotOpen,
    /// The day has no end of day: it is not over, or not of this account.
    NoEndOfDay,
    AlreadyReconciled,
    NoRecord,
    NoPayment,
    RangeTooLong,
    InvalidStart,
    InvalidEnd,
    NoSuchPath,
}

impl Problem {
    pub(super) fn refusal(self, desk: &Desk, envelope: Envelope) -> Refusal {
        let status = match self {
            Self::HeaderMissing if desk.faults.value(FaultKind::MissingHeader) != 0 => {
                return refusal(StatusCode::UNAUTHORIZED, 401, "Unauthorized", envelope);
            }
            Self::WrongKey => desk.status(FaultKind::WrongKeyStatus),
            Self::NoSuchPath => StatusCode::NOT_FOUND,
            _ => desk.status(FaultKind::RefusalStatus),
        };
        refusal(status, self.code(desk), self.text(), envelope)
    }

    fn code(self, desk: &Desk) -> u64 {
        match self {
            Self::HeaderMissing => 4,
            Self::WrongKey => 401,
            Self::NotFromHere => 513,
            Self::InvalidData => 2,
            Self::NotOpen => desk.faults.value(FaultKind::NotOpenCode),
            Self::NoEndOfDay => desk.faults.value(FaultKind::EndOfDayCode),
            Self::AlreadyReconciled => desk.faults.value(FaultKind::AlreadyCode),
            Self::NoRecord => desk.faults.value(FaultKind::NoRecordCode),
            Self::NoPayment => desk.faults.value(FaultKind::NotFoundCode),
            Self::RangeTooLong => 113,
            Self::InvalidStart => 386,
            Self::InvalidEnd => 387,
            Self::NoSuchPath => 404,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::HeaderMissing => "A header is missing",
            Self::WrongKey => "Unauthorized",
            Self::NotFromHere => "The IP is not valid",
            Self::InvalidData => "The data is not valid",
            Self::NotOpen => "This operation cannot be done at this time",
            Self::NoEndOfDay => "The end of day is not valid",
            Self::AlreadyReconciled => "The data exists already",
            Self::NoRecord => "There is no data",
            Self::NoPayment => "The payment was not found",
            Self::RangeTooLong => "The date range must be less than 31 days",
            Self::InvalidStart => "The start date is not valid",
            Self::InvalidEnd => "The end date is not valid",
            Self::NoSuchPath => "Not found",
        }
    }
}

/// A refusal with that code: an envelope without a body.
pub(super) fn refusal(
    status: StatusCode,
    code: u64,
    text: &'static str,
    envelope: Envelope,
) -> Refusal {
    Refusal::json(status, text, move |text| envelope.refusal(code, text))
}
