//! Errors of this crate as the trait has them.

use reconcile_core::{ErrorKind, ProviderError};
use reconcile_transport::DecodeError;

use super::ID;
use crate::{ApiError, Error, error::NAME};

/// An error of this crate as the trait has it, which counts pages from 0.
pub(super) fn provider_error(error: Error) -> ProviderError {
    let hint = error.hint();
    let converted = match error {
        Error::Api(refusal) => api_error(*refusal),
        Error::Transport(error) => error.into_provider_error(ID, NAME),
        Error::Row(row) => row_error(row),
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

fn row_error(row: DecodeError) -> ProviderError {
    let row = match from_zero(row.page()) {
        Some(page) => row.with_page(page),
        None => row,
    };
    row.to_provider_error(ID)
}

fn api_error(refusal: ApiError) -> ProviderError {
    let kind = ErrorKind::of_status(refusal.status.as_u16());
    let message = refusal
        .message
        .unwrap_or_else(|| format!("{NAME} refused it"));
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
