//! Errors of this crate as the trait has them.

use reconcile_core::{ErrorKind, ProviderError};

use super::ID;
use crate::{ApiError, Error, error::NAME};

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
            .with_location(Some(path.to_owned()), Some(page), Some(index)),
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
        Error::NoToken => ProviderError::new(ErrorKind::Decode, ID, error.to_string()),
        Error::Query { operation, reason } => {
            ProviderError::new(ErrorKind::InvalidRequest, ID, reason).with_operation(operation)
        }
        Error::Endpoint(_) => ProviderError::new(ErrorKind::Configuration, ID, error.to_string()),
    };
    match hint {
        Some(hint) => converted.with_hint(hint),
        None => converted,
    }
}

fn api_error(error: ApiError) -> ProviderError {
    let kind = if error.refuses_credentials() {
        ErrorKind::Authentication
    } else {
        ErrorKind::of_status(error.status.as_u16())
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
