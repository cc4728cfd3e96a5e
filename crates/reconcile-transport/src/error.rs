//! The one error of this crate.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::endpoint::EndpointError;
use crate::http::{SendError, SendFailure};
use crate::json::DecodeError;

/// What went wrong, as far as a caller acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A base URL or a path element was refused before anything was sent.
    Endpoint,
    /// A call could not be put together: a body that does not serialise, an illegal header.
    Request,
    /// The request certainly never left: no address, no connection, no TLS session.
    NotSent,
    /// No whole answer arrived in time; the provider may have acted.
    Timeout,
    /// The answer was cut short or unreadable; the provider may have acted.
    Broken,
    /// The answer is larger than the configured cap, after decompression.
    TooLarge,
    /// The answer nests deeper than the configured cap.
    TooDeep,
    /// The provider answered with a redirect, which is never followed.
    Redirected,
    /// The provider asks to wait for longer than the call may take.
    RateLimited,
    /// The answer is not the JSON that was expected.
    Decode,
    /// A session could not be opened or renewed.
    Session,
    /// The transport is configured in a way that cannot work.
    Configuration,
}

/// An error of the transport: a kind, and accessors for its context.
///
/// `Display` is one line without the source, and neither ever holds a body, a
/// header or a query: those may carry secrets and personal data.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    operation: Option<&'static str>,
    status: Option<StatusCode>,
    attempts: u32,
    retry_after: Option<Duration>,
    decode: Option<DecodeError>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of this kind with a one-line message, which must hold no secret.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            status: None,
            attempts: 0,
            retry_after: None,
            decode: None,
            source: None,
        }))
    }

    /// A session that could not be opened, with the provider's own error as the source.
    ///
    /// An implementation of [`Authorize`](crate::Authorize) reports a failed
    /// login so; the caller finds its own error again by downcasting the source.
    #[must_use]
    pub fn session(
        operation: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::new(ErrorKind::Session, "no session could be opened")
            .with_operation(operation)
            .with_source(source)
    }

    /// The same error with the operation it happened in.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// The same error with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error with the status of the last answer.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    /// The same error with the number of attempts made.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// The same error with the wait the provider asks for.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.0.retry_after = Some(retry_after);
        self
    }

    pub(crate) fn from_send(error: SendError) -> Self {
        let (kind, message) = match error.failure() {
            SendFailure::NotSent => (ErrorKind::NotSent, "no connection"),
            SendFailure::Timeout => (ErrorKind::Timeout, "no whole answer in time"),
            SendFailure::Broken => (ErrorKind::Broken, "the answer was cut short"),
            SendFailure::TooLarge => (ErrorKind::TooLarge, "the answer is larger than the cap"),
            SendFailure::Other => (ErrorKind::Broken, "the exchange failed"),
        };
        Self::new(kind, message).with_source(error)
    }

    /// What to do about it, as one sentence, where there is something to do; `server`
    /// is the name of the service for people.
    #[must_use]
    pub fn hint(&self, server: &str) -> Option<String> {
        match self.kind() {
            ErrorKind::RateLimited => asks_to_wait(server, self.retry_after()?),
            ErrorKind::TooLarge | ErrorKind::TooDeep | ErrorKind::Decode => Some(format!(
                "check that the base URL is {server}'s; if it is, tell us what was asked"
            )),
            _ => None,
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation, as the caller named it in its [`Call`](crate::Call).
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status of the last answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// How many requests were made; 0 when nothing was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the provider asks to wait, counted from its answer.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The JSON path at which decoding failed, for example `data[3].amount`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.decode_error().map(DecodeError::path)
    }

    /// The decode error in full, for [`ErrorKind::Decode`].
    #[must_use]
    pub fn decode_error(&self) -> Option<&DecodeError> {
        self.0.decode.as_ref()
    }

    /// Whether a call that acts and fails so may have acted all the same: the
    /// request left, and what came back does not tell.
    #[must_use]
    pub fn may_have_acted(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Timeout
                | ErrorKind::Broken
                | ErrorKind::TooLarge
                | ErrorKind::TooDeep
                | ErrorKind::Decode
                // What was done may be answered with where to look for it.
                | ErrorKind::Redirected
        )
    }

    /// Whether the same call may succeed later without a change on this side.
    ///
    /// This says nothing about whether repeating is safe; that is the call's
    /// [`Safety`](crate::Safety).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::NotSent | ErrorKind::Timeout | ErrorKind::Broken | ErrorKind::RateLimited
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(decode) = &self.0.decode {
            return decode.fmt(f);
        }
        if let Some(operation) = self.0.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(status) = self.0.status {
            write!(f, ", status {}", status.as_u16())?;
        }
        if let Some(wait) = self.0.retry_after {
            write!(f, ", retry after {} s", wait.as_secs())?;
        }
        if self.0.attempts > 1 {
            write!(f, ", after {} attempts", self.0.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<DecodeError> for Error {
    fn from(decode: DecodeError) -> Self {
        let mut error =
            Self::new(ErrorKind::Decode, "unexpected JSON").with_operation(decode.operation());
        error.0.decode = Some(decode);
        error
    }
}

impl From<EndpointError> for Error {
    fn from(error: EndpointError) -> Self {
        Self::new(ErrorKind::Endpoint, error.to_string())
    }
}

/// How long a service asks to wait, in words and whole seconds; nothing where it
/// asks for no wait.
#[must_use]
pub fn asks_to_wait(server: &str, wait: Duration) -> Option<String> {
    (!wait.is_zero()).then(|| format!("{server} asks to wait {} s", wait.as_secs().max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_crosses_threads_and_fits_in_a_word() {
        fn crosses<T: Send + Sync + 'static>() {}
        crosses::<Error>();
        crosses::<DecodeError>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn display_is_one_line_without_the_source() {
        let error = Error::session("login", "the cause")
            .with_status(StatusCode::FORBIDDEN)
            .with_retry_after(Duration::from_secs(7))
            .with_attempts(2);
        assert_eq!(
            error.to_string(),
            "login: no session could be opened, status 403, retry after 7 s, after 2 attempts"
        );
        assert_eq!(
            error.source().map(ToString::to_string).as_deref(),
            Some("the cause")
        );
    }

    #[test]
    fn what_was_sent_and_not_understood_may_have_acted() {
        let may_have_acted = |kind| Error::new(kind, "").may_have_acted();
        assert!(may_have_acted(ErrorKind::Broken));
        assert!(may_have_acted(ErrorKind::Decode));
        assert!(may_have_acted(ErrorKind::Redirected));
        assert!(!may_have_acted(ErrorKind::NotSent));
        assert!(!may_have_acted(ErrorKind::RateLimited));
    }

    #[test]
    fn a_wait_of_less_than_a_second_is_told_as_one() {
        let hint = |wait| {
            Error::new(ErrorKind::RateLimited, "")
                .with_retry_after(wait)
                .hint("Acme")
        };
        assert_eq!(
            hint(Duration::from_millis(20)).as_deref(),
            Some("Acme asks to wait 1 s")
        );
        assert_eq!(hint(Duration::ZERO), None);
    }
}
