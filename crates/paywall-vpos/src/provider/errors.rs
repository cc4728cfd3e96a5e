//! Errors of this crate as the trait has them.

use reconcile_core::{ErrorKind, ProviderError};

use super::ID;
use crate::{ApiError, Error, error::reason};

pub(super) fn provider_error(error: Error) -> ProviderError {
    let hint = error.hint();
    let converted = match error {
        Error::Api(error) => api_error(error),
        Error::Transport(error) => transport_error(error),
        Error::Row(row) => ProviderError::new(ErrorKind::Decode, ID, reason(&row))
            .with_operation(row.operation())
            .with_location(
                Some(row.path().to_owned()),
                row.page(),
                row.index().map(|index| index as u64),
            ),
        Error::Value {
            operation,
            page,
            index,
            path,
            reason,
        } => ProviderError::new(ErrorKind::Decode, ID, reason)
            .with_operation(operation)
            .with_location(Some(path), Some(page), Some(index)),
        Error::Paging {
            operation,
            page,
            fault,
        } => ProviderError::new(ErrorKind::Paging, ID, fault.to_string())
            .with_operation(operation)
            .with_location(None, Some(page), None),
        Error::Unproven {
            operation,
            page,
            doubt,
        } => ProviderError::new(ErrorKind::Paging, ID, doubt)
            .with_operation(operation)
            .with_location(None, Some(page), None),
        Error::Empty { operation } => {
            let message = "the answer says that it worked, and nothing else";
            ProviderError::new(ErrorKind::Decode, ID, message).with_operation(operation)
        }
        Error::NotYet {
            operation,
            day,
            from,
            zone,
        } => {
            let message = format!("{day} opens on {from} in {zone}");
            ProviderError::new(ErrorKind::InvalidRequest, ID, message).with_operation(operation)
        }
        Error::Uncertain { day, cause } => {
            let message =
                format!("the totals of {day} were sent, and what came of it is not known");
            ProviderError::new(ErrorKind::OutcomeUnknown, ID, message)
                .with_operation("reconcile")
                .with_source(provider_error(*cause))
        }
        Error::Query { operation, reason } => {
            ProviderError::new(ErrorKind::InvalidRequest, ID, reason).with_operation(operation)
        }
        Error::AlreadyReconciled { .. } => {
            ProviderError::new(ErrorKind::Rejected, ID, error.to_string())
        }
        Error::Configuration(_) | Error::Endpoint(_) => {
            ProviderError::new(ErrorKind::Configuration, ID, error.to_string())
        }
    };
    match hint {
        Some(hint) => converted.with_hint(hint),
        None => converted,
    }
}

fn api_error(error: ApiError) -> ProviderError {
    let kind = match error.status.as_u16() {
        401 => ErrorKind::Authentication,
        403 => ErrorKind::Forbidden,
        429 => ErrorKind::RateLimited,
        408 | 500.. => ErrorKind::Unavailable,
        status => match (status, error.code) {
            (_, Some(code)) => kind_of(code),
            (404, None) => ErrorKind::NotFound,
            (400 | 412 | 422, None) => ErrorKind::InvalidRequest,
            _ => ErrorKind::Rejected,
        },
    };
    let message = error
        .message
        .unwrap_or_else(|| "Paywall refused it".to_owned());
    let converted = ProviderError::new(kind, ID, message)
        .with_operation(error.operation)
        .with_status(error.status.as_u16())
        .with_attempts(error.attempts)
        .with_retry_after(error.retry_after);
    match error.code {
        Some(code) => converted.with_code(code.to_string()),
        None => converted,
    }
}

/// What a number most likely is, by the enum of the official SDK, which reads
/// the answers of this API with it.
const fn kind_of(code: i64) -> ErrorKind {
    match code {
        401 => ErrorKind::Authentication,
        354 | 403 | 513 => ErrorKind::Forbidden,
        3 | 56 | 57 | 404 => ErrorKind::NotFound,
        2 | 4 | 65 | 113 | 269 | 386 | 387 | 400 => ErrorKind::InvalidRequest,
        5 | 500 | 502..=504 => ErrorKind::Unavailable,
        _ => ErrorKind::Rejected,
    }
}

fn transport_error(error: reconcile_transport::Error) -> ProviderError {
    use reconcile_transport::ErrorKind as Transport;
    let (kind, message) = match error.kind() {
        Transport::NotSent => (ErrorKind::Unavailable, "Paywall cannot be reached"),
        Transport::Timeout => (ErrorKind::Unavailable, "no whole answer came in time"),
        Transport::Broken => (
            ErrorKind::Unavailable,
            "the answer was cut short, or is none of Paywall's",
        ),
        Transport::RateLimited => (
            ErrorKind::RateLimited,
            "Paywall asks to wait for longer than a call may take",
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
