//! Errors as those of the `Provider` trait, for crates that map a gateway to it.

use reconcile_core::{ErrorKind as Kind, ProviderError};

use crate::error::{Error, ErrorKind};
use crate::json::DecodeError;

impl Error {
    /// The same as an error of the `Provider` trait, with this error as its cause.
    ///
    /// `id` is the provider's short name, and `name` the one for people. The
    /// [`hint`](Self::hint) is the caller's to add.
    #[must_use]
    pub fn into_provider_error(self, id: &str, name: &str) -> ProviderError {
        let (kind, message) = told(self.kind(), name);
        let path = self.path().map(str::to_owned);
        let mut told = ProviderError::new(kind, id, message)
            .with_location(path, None, None)
            .with_attempts(self.attempts())
            .with_retry_after(self.retry_after());
        if let Some(operation) = self.operation() {
            told = told.with_operation(operation);
        }
        if let Some(status) = self.status() {
            told = told.with_status(status.as_u16());
        }
        told.with_source(self)
    }
}

impl DecodeError {
    /// The same as an error of the `Provider` trait; `id` is the provider's short
    /// name.
    #[must_use]
    pub fn to_provider_error(&self, id: &str) -> ProviderError {
        ProviderError::new(Kind::Decode, id, self.reason())
            .with_operation(self.operation())
            .with_location(
                Some(self.path().to_owned()),
                self.page(),
                self.index().map(|index| index as u64),
            )
    }
}

fn told(kind: ErrorKind, name: &str) -> (Kind, String) {
    let (kind, message) = match kind {
        ErrorKind::NotSent => return (Kind::Unavailable, format!("{name} cannot be reached")),
        ErrorKind::Broken => {
            let message = format!("the answer was cut short, or is none of {name}'s");
            return (Kind::Unavailable, message);
        }
        ErrorKind::RateLimited => {
            let message = format!("{name} asks to wait for longer than a call may take");
            return (Kind::RateLimited, message);
        }
        ErrorKind::Timeout => (Kind::Unavailable, "no whole answer came in time"),
        ErrorKind::TooLarge => (Kind::Decode, "the answer is larger than the cap"),
        ErrorKind::TooDeep => (Kind::Decode, "the answer nests deeper than the cap"),
        ErrorKind::Decode => (Kind::Decode, "the answer is not what is documented"),
        ErrorKind::Session => (Kind::Authentication, "no session could be opened"),
        ErrorKind::Redirected => (
            Kind::Configuration,
            "the answer is a redirect, which is never followed: is the base URL right?",
        ),
        ErrorKind::Endpoint | ErrorKind::Request | ErrorKind::Configuration => (
            Kind::Configuration,
            "the client is not configured in a way that can work",
        ),
    };
    (kind, message.to_owned())
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::time::Duration;

    use http::StatusCode;

    use super::*;

    #[test]
    fn an_error_keeps_its_context_and_is_the_cause_of_the_providers() {
        let error = Error::new(ErrorKind::RateLimited, "the provider asks to wait longer")
            .with_operation("deposits")
            .with_status(StatusCode::TOO_MANY_REQUESTS)
            .with_retry_after(Duration::from_secs(600))
            .with_attempts(2);
        let cause = error.to_string();
        let told = error.into_provider_error("acme", "Acme");
        assert_eq!(told.kind(), Kind::RateLimited);
        assert_eq!(told.retry_after(), Some(Duration::from_secs(600)));
        assert_eq!(
            told.to_string(),
            "acme deposits: Acme asks to wait for longer than a call may take (HTTP 429) after 2 attempts"
        );
        assert_eq!(told.source().map(ToString::to_string), Some(cause));
    }

    #[test]
    fn a_row_that_cannot_be_read_is_told_with_its_place() {
        let row: &serde_json::value::RawValue = serde_json::from_str("\"many\"").unwrap();
        let error = crate::decode_row::<u64>("deposits", 17, row).unwrap_err();
        let told = error.with_page(3).to_provider_error("acme");
        assert_eq!(
            told.to_string(),
            "acme deposits, page 3, row 17, `.`: expected u64, found a string"
        );
    }
}
