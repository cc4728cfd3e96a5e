//! The errors of this crate: of the model, and of a provider.

use std::{error::Error as StdError, fmt, time::Duration};

use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{Currency, Money};

/// A value that the model does not admit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// Not three capital letters.
    #[error("`{0}` is not an ISO 4217 currency code (three capital letters)")]
    Currency(String),
    /// Amounts of different currencies were to be added or compared.
    #[error("{0} and {1} cannot be added")]
    CurrenciesDiffer(Currency, Currency),
    /// The currency has no minor unit, or is not listed.
    #[error("ISO 4217 gives no minor unit for {0}")]
    NoMinorUnit(Currency),
    /// The amount has a part smaller than a minor unit.
    #[error("{0} has a part smaller than the minor unit")]
    SubMinor(Money),
    /// The result has too many digits.
    #[error("the amount does not fit: too many digits")]
    Overflow,
    /// The text is not an exact decimal.
    #[error("`{text}` in `{column}` is not an exact decimal")]
    Amount {
        /// The column.
        column: &'static str,
        /// What stood there.
        text: String,
    },
    /// An amount stands without its currency, or the other way round.
    #[error("`{0}` needs both an amount and a currency, or neither")]
    HalfMoney(&'static str),
    /// A credit with a negative amount.
    #[error("a credit of {0} contradicts itself: leave out the sign or the direction")]
    NegativeCredit(Decimal),
    /// The start of the window is after its end.
    #[error("the window is inverted: {from} is after {to}")]
    InvertedWindow {
        /// The start.
        from: Timestamp,
        /// The end.
        to: Timestamp,
    },
    /// A date or time out of range.
    #[error("the date or time is out of range")]
    Time(#[source] jiff::Error),
    /// The text is no convention.
    #[error("`{text}` is no convention: {reason}")]
    Convention {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A zone that the time zone database does not have.
    #[error("`{0}` is not an IANA time zone")]
    Zone(String),
    /// A word that the contract does not know.
    #[error("`{word}` is not a known {what}; known are {}", known.join(", "))]
    Word {
        /// What the word was to be.
        what: &'static str,
        /// The word.
        word: String,
        /// The words that are known.
        known: &'static [&'static str],
    },
}

/// What kind of thing went wrong at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The settings are unusable; nothing was sent.
    Configuration,
    /// The provider does not know these credentials, or no longer.
    Authentication,
    /// The provider knows who asks and refuses: an address that is not on its
    /// allow-list, a missing right.
    Forbidden,
    /// The provider, or this client before it sent anything, refuses what was asked.
    InvalidRequest,
    /// There is no such thing at the provider.
    NotFound,
    /// The provider asks to slow down, for longer than the retries allow.
    RateLimited,
    /// The provider or the network failed, and retries did not help.
    Unavailable,
    /// The answer could not be understood.
    Decode,
    /// The pages do not fit together.
    Paging,
    /// The provider understood and said no, with a code of its own.
    Rejected,
    /// The provider cannot do this at all.
    Unsupported,
    /// A call that acts failed in a way that leaves open whether it acted.
    OutcomeUnknown,
}

impl ErrorKind {
    /// What a refusal with this HTTP status means by the standard, [RFC 9110], for
    /// a provider that does not say it better with a code of its own.
    ///
    /// [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110#name-status-codes
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Authentication,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            429 => Self::RateLimited,
            400 | 412 | 422 => Self::InvalidRequest,
            408 | 500.. => Self::Unavailable,
            _ => Self::Rejected,
        }
    }
}

/// Where to take up a pull again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Everything created before this instant has been delivered.
    pub from: Timestamp,
    /// The list that was being read.
    pub list: String,
    /// The page that could not be read, from 0.
    pub page: u64,
}

/// An error of a provider.
///
/// `Display` is one line without its source; the causes follow through
/// [`source`](StdError::source), what to do is in [`hint`](Self::hint). No
/// secret, no URL query and no value of a body is in any of them.
pub struct ProviderError(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    provider: String,
    message: String,
    operation: Option<String>,
    path: Option<String>,
    page: Option<u64>,
    index: Option<u64>,
    status: Option<u16>,
    code: Option<String>,
    attempts: Option<u32>,
    retry_after: Option<Duration>,
    position: Option<Position>,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ProviderError {
    /// An error of this kind; the message is one line without a full stop.
    pub fn new(kind: ErrorKind, provider: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            provider: provider.into(),
            message: message.into(),
            operation: None,
            path: None,
            page: None,
            index: None,
            status: None,
            code: None,
            attempts: None,
            retry_after: None,
            position: None,
            hint: None,
            source: None,
        }))
    }

    /// A value that the model does not admit.
    pub fn unreadable(provider: impl Into<String>, cause: ModelError) -> Self {
        Self::new(
            ErrorKind::Decode,
            provider,
            "a value does not fit the model",
        )
        .with_source(cause)
    }

    /// The answer to what a provider cannot do.
    pub fn unsupported(provider: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, provider, what)
    }

    /// Adds the operation that failed, as the provider's documentation names it.
    #[must_use]
    pub fn with_operation(mut self, operation: impl Into<String>) -> Self {
        self.0.operation = Some(operation.into());
        self
    }

    /// Adds where in the body it is: the JSON path, and the page and the index
    /// of the row, both from 0.
    #[must_use]
    pub fn with_location(
        mut self,
        path: Option<String>,
        page: Option<u64>,
        index: Option<u64>,
    ) -> Self {
        self.0.path = path;
        self.0.page = page;
        self.0.index = index;
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the provider's own code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Adds how often it was tried.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = Some(attempts);
        self
    }

    /// Adds how long the provider asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Adds where to take up the pull again.
    #[must_use]
    pub fn with_position(mut self, position: Position) -> Self {
        self.0.position = Some(position);
        self
    }

    /// Adds what to do about it, as one sentence.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// A stream that ends with this error at once.
    #[must_use]
    pub fn into_stream<T: Send + 'static>(self) -> BoxStream<'static, Result<T, Self>> {
        stream::iter([Err(self)]).boxed()
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The provider's short name.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.0.provider
    }

    /// The operation that failed.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The JSON path of what could not be understood.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The page it is about, from 0.
    #[must_use]
    pub fn page(&self) -> Option<u64> {
        self.0.page
    }

    /// The index of the row in its page, from 0.
    #[must_use]
    pub fn index(&self) -> Option<u64> {
        self.0.index
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's own code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// How often it was tried.
    #[must_use]
    pub fn attempts(&self) -> Option<u32> {
        self.0.attempts
    }

    /// How long the provider asks to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Where to take up the pull again.
    #[must_use]
    pub fn position(&self) -> Option<&Position> {
        self.0.position.as_ref()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Whether the same call may succeed later without any change.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Paging
        )
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.write_str(&inner.provider)?;
        if let Some(operation) = &inner.operation {
            write!(f, " {operation}")?;
        }
        if let Some(page) = inner.page {
            write!(f, ", page {page}")?;
        }
        if let Some(index) = inner.index {
            write!(f, ", row {index}")?;
        }
        if let Some(path) = &inner.path {
            write!(f, ", `{path}`")?;
        }
        write!(f, ": {}", inner.message)?;
        match (inner.status, &inner.code) {
            (Some(status), Some(code)) => write!(f, " (HTTP {status}, code {code})")?,
            (Some(status), None) => write!(f, " (HTTP {status})")?,
            (None, Some(code)) => write!(f, " (code {code})")?,
            (None, None) => {}
        }
        match inner.attempts {
            Some(attempts) if attempts > 1 => write!(f, " after {attempts} attempts"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("ProviderError")
            .field("kind", &inner.kind)
            .field("message", &self.to_string())
            .field("position", &inner.position)
            .field("hint", &inner.hint)
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for ProviderError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_cross_threads() {
        fn check<T: Send + Sync + 'static>() {}
        check::<ProviderError>();
        check::<ModelError>();
    }

    #[test]
    fn one_line_says_where_and_what_without_the_cause() {
        let error = ProviderError::new(
            ErrorKind::Decode,
            "acme",
            "expected a decimal, found an object",
        )
        .with_operation("deposits")
        .with_location(Some("amount".into()), Some(3), Some(17))
        .with_source("the cause");
        assert_eq!(
            error.to_string(),
            "acme deposits, page 3, row 17, `amount`: expected a decimal, found an object"
        );
        assert_eq!(error.source().unwrap().to_string(), "the cause");
    }
}
