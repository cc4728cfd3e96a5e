//! Errors of this crate as the trait has them.

use reconcile_core::{ErrorKind, ProviderError};
use reconcile_transport::DecodeError;

use super::ID;
use crate::{
    ApiError, Error,
    error::{self},
};

/// An error of this crate as the trait has it, which counts pages from 0.
pub(super) fn provider_error(error: Error) -> ProviderError {
    let hint = error.hint();
    let converted = match error {
        Error::Api(refusal) => api_error(*refusal),
        Error::Transport(error) => transport_error(error),
        Error::Row(row) => row_error(&row),
        Error::Value {
            operation,
            page,
            index,
            path,
            reason,
        } => ProviderError::new(ErrorKind::Decode, ID, reason)
            .with_operation(operation)
            .with_location(Some(path), from_zero(Some(page)), Some(index)),
        Error::Paging {
            operation,
            page,
            fault,
        } => paging(operation, page, fault.to_string()),
        Error::Unproven {
            operation,
            page,
            doubt,
        } => paging(operation, page, doubt),
        Error::OutcomeUnknown {
            operation, cause, ..
        } => ProviderError::new(
            ErrorKind::OutcomeUnknown,
            ID,
            "whether it was done is unknown",
        )
        .with_operation(operation)
        .with_source(*cause),
        Error::Query { operation, reason } => {
            ProviderError::new(ErrorKind::InvalidRequest, ID, reason).with_operation(operation)
        }
        Error::Endpoint(_) | Error::ApiKey => {
            ProviderError::new(ErrorKind::Configuration, ID, error.to_string())
        }
    };
    match hint {
        Some(hint) => converted.with_hint(hint),
        None => converted,
    }
}

const fn from_zero(page: Option<u64>) -> Option<u64> {
    match page {
        Some(page) => Some(page.saturating_sub(1)),
        None => None,
    }
}

fn paging(operation: &'static str, page: u64, what: String) -> ProviderError {
    ProviderError::new(ErrorKind::Paging, ID, what)
        .with_operation(operation)
        .with_location(None, from_zero(Some(page)), None)
}

fn row_error(row: &DecodeError) -> ProviderError {
    ProviderError::new(ErrorKind::Decode, ID, error::reason(row))
        .with_operation(row.operation())
        .with_location(
            Some(row.path().to_owned()),
            from_zero(row.page()),
            row.index().map(|index| index as u64),
        )
}

fn api_error(refusal: ApiError) -> ProviderError {
    let kind = match refusal.status.as_u16() {
        401 => ErrorKind::Authentication,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        429 => ErrorKind::RateLimited,
        400 | 422 => ErrorKind::InvalidRequest,
        408 | 500.. => ErrorKind::Unavailable,
        _ => ErrorKind::Rejected,
    };
    let message = refusal
        .message
        .unwrap_or_else(|| "StreamPay refused it".to_owned());
    let converted = ProviderError::new(kind, ID, message)
        .with_operation(refusal.operation)
        .with_status(refusal.status.as_u16())
        .with_attempts(refusal.attempts)
        .with_retry_after(refusal.retry_after);
    let code = refusal.code.map(|code| code.to_string());
    match code.or(refusal.code_text) {
        Some(code) => converted.with_code(code),
        None => converted,
    }
}

fn transport_error(error: reconcile_transport::Error) -> ProviderError {
    use reconcile_transport::ErrorKind as Transport;
    let (kind, message) = match error.kind() {
        Transport::NotSent => (ErrorKind::Unavailable, "StreamPay cannot be reached"),
        Transport::Timeout => (ErrorKind::Unavailable, "no whole answer came in time"),
        Transport::Broken => (
            ErrorKind::Unavailable,
            "the answer was cut short, or is none of StreamPay's",
        ),
        Transport::RateLimited => (
            ErrorKind::RateLimited,
            "StreamPay asks to wait for longer than a call may take",
        ),
        Transport::TooLarge => (ErrorKind::Decode, "the answer is larger than the cap"),
        Transport::TooDeep => (ErrorKind::Decode, "the answer nests deeper than the cap"),
        Transport::Decode => (ErrorKind::Decode, "the answer is not what is documented"),
        Transport::Redirected => (
            ErrorKind::Configuration,
            "the answer is a redirect, which is never followed: is the base URL right?",
        ),
        _ => (
            ErrorKind::Configuration,
            "the client is not configured in a way that can work",
        ),
    };
    let path = error.path().map(str::to_owned);
    let mut converted = ProviderError::new(kind, ID, message)
        .with_location(path, None, None)
        .with_attempts(error.attempts())
        .with_retry_after(error.retry_after());
    if let Some(operation) = error.operation() {
        converted = converted.with_operation(operation);
    }
    if let Some(status) = error.status() {
        converted = converted.with_status(status.as_u16());
    }
    converted.with_source(error)
}
