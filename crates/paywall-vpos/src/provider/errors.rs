//! Errors of this crate as the trait has them.

use reconcile_core::{ErrorKind, ProviderError};

use super::ID;
use crate::{
    ApiError, Error,
    error::{NAME, UNAUTHORIZED},
};

pub(super) fn provider_error(error: Error) -> ProviderError {
    let hint = error.hint();
    let converted = match error {
        Error::Api(error) => api_error(error),
        Error::Transport(error) => error.into_provider_error(ID, NAME),
        Error::Row(row) => row.to_provider_error(ID),
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
        Error::OtherAnswer {
            operation,
            asked,
            answered,
        } => {
            let message = format!("asked about {asked}, and answered about {answered}");
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
    // These go by their status; for the rest, Paywall's own number says more.
    let kind = match (ErrorKind::of_status(error.status.as_u16()), error.code) {
        (ErrorKind::Forbidden, Some(UNAUTHORIZED)) => ErrorKind::Authentication,
        (
            kind @ (ErrorKind::Authentication
            | ErrorKind::Forbidden
            | ErrorKind::RateLimited
            | ErrorKind::Unavailable),
            _,
        )
        | (kind, None) => kind,
        (_, Some(code)) => kind_of(code),
    };
    let message = error
        .message
        .unwrap_or_else(|| format!("{NAME} refused it"));
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
        UNAUTHORIZED => ErrorKind::Authentication,
        354 | 403 | 513 => ErrorKind::Forbidden,
        3 | 56 | 57 | 404 => ErrorKind::NotFound,
        2 | 4 | 65 | 113 | 269 | 386 | 387 | 400 => ErrorKind::InvalidRequest,
        5 | 500 | 502..=504 => ErrorKind::Unavailable,
        _ => ErrorKind::Rejected,
    }
}
