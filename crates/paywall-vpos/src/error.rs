//! The error of this crate.

use std::{collections::BTreeSet, fmt, time::Duration};

use http::StatusCode;
use jiff::civil::Date;
use reconcile_transport::{DecodeError, EndpointError, PageFault, Reply, asks_to_wait, excerpt};

use crate::{
    Meanings,
    codes::{self, FORBIDDEN, WRONG_CREDENTIALS},
    envelope::Head,
    models::Reconciliation,
};

/// The provider's name for people.
pub(crate) const NAME: &str = "Paywall";

/// The number of wrong keys, whatever the HTTP status: the SDK's `Unauthorized`.
pub(crate) const UNAUTHORIZED: i64 = 401;

/// What can go wrong with Paywall.
///
/// `Display` is one line without its cause; [`hint`](Self::hint) says what to
/// do. No credential, no parameter and no value of a body is in either.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Paywall answered, and said no.
    #[error(transparent)]
    Api(ApiError),
    /// There was no usable answer.
    #[error("{0}")]
    Transport(#[source] reconcile_transport::Error),
    /// Paywall said yes, and nothing else.
    #[error("{operation}: Paywall answered that it worked, and with nothing else")]
    Empty {
        /// The operation.
        operation: &'static str,
    },
    /// Paywall answered about something else than was asked. Since parameters
    /// travel as headers, a cache that goes by the address alone does so.
    #[error("{operation}: asked about {asked}, and answered about {answered}")]
    OtherAnswer {
        /// The operation.
        operation: &'static str,
        /// The day or the id that was asked about.
        asked: String,
        /// The one that was answered about.
        answered: String,
    },
    /// A row of a list could not be read.
    #[error("{0}")]
    Row(DecodeError),
    /// A row was read, but a value in it does not fit the model.
    #[error("{operation}, page {page}, row {index}, `{path}`: {reason}")]
    Value {
        /// The list.
        operation: &'static str,
        /// The page, from 0.
        page: u64,
        /// The index of the row, from 0.
        index: u64,
        /// The JSON path in the row.
        path: String,
        /// What is wrong with the value.
        reason: String,
    },
    /// The pages of a list do not fit together.
    #[error("{operation}, page {page}: {fault}")]
    Paging {
        /// The list.
        operation: &'static str,
        /// The page, from 0.
        page: u64,
        /// What does not fit.
        fault: PageFault,
    },
    /// A list was read to its end, but what was seen does not show that nothing
    /// is missing.
    #[error("{operation}, page {page}: {doubt}")]
    Unproven {
        /// The list.
        operation: &'static str,
        /// The page, from 0.
        page: u64,
        /// What was seen.
        doubt: String,
    },
    /// The day is not over, or cannot be reconciled yet; nothing was sent.
    #[error("{operation}: {day} opens on {from} in {zone}")]
    NotYet {
        /// The operation.
        operation: &'static str,
        /// The day.
        day: Date,
        /// When it can be asked for, as the clocks of the zone show it.
        from: String,
        /// The IANA name of the zone.
        zone: String,
    },
    /// The day is reconciled, so that its totals were not sent again.
    #[error("reconcile: {day} is reconciled already; nothing was sent")]
    AlreadyReconciled {
        /// The day.
        day: Date,
        /// What Paywall has stored of it.
        reconciliation: Reconciliation,
    },
    /// The totals of a day were sent, and whether Paywall has taken them is not
    /// known.
    #[error("reconcile: the totals of {day} were sent, and what came of it is not known")]
    Uncertain {
        /// The day.
        day: Date,
        /// What went wrong.
        #[source]
        cause: Box<Self>,
    },
    /// What was asked cannot be asked; nothing was sent.
    #[error("{operation}: {reason}")]
    Query {
        /// The operation.
        operation: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The settings cannot work.
    #[error("{0}")]
    Configuration(String),
    /// The base URL or a path cannot be part of a URL; nothing was sent.
    #[error("the address is not usable: {0}")]
    Endpoint(EndpointError),
}

impl Error {
    /// What to do about it, as one sentence.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Api(error) => {
                let wait = error.retry_after.and_then(|wait| asks_to_wait(NAME, wait));
                match (error.hint(), wait) {
                    (Some(hint), Some(wait)) => Some(format!("{hint}; {wait}")),
                    (hint, _) => hint,
                }
            }
            Self::Transport(error) => error.hint(NAME),
            Self::OtherAnswer { .. } => Some(
                "parameters travel as headers: see that no proxy drops them or answers from a cache".into(),
            ),
            Self::Paging { .. } | Self::Unproven { .. } => {
                Some("ask again; if it stays, tell Paywall, and say which list and days".into())
            }
            Self::Value { path, .. } if path.ends_with("TypeId") => Some(
                "say what steps of that type are (Config::step), or set such rows aside with --skip-invalid; the pull is then unproven".into(),
            ),
            Self::Row(_) | Self::Value { .. } => Some(
                "tell us the field, or set such rows aside with --skip-invalid; the pull is then unproven".into(),
            ),
            Self::NotYet { from, zone, .. } => {
                Some(format!("ask again from {from} on, as clocks in {zone} show it"))
            }
            Self::Uncertain { day, .. } => Some(format!(
                "look at the reconciliation of {day}; sending again is safe, since a day that is reconciled is not sent"
            )),
            _ => None,
        }
    }

    /// Whether a call that acts may have acted all the same.
    pub(crate) fn leaves_open(&self) -> bool {
        match self {
            Self::Transport(error) => error.may_have_acted(),
            Self::Api(error) => match error.status.as_u16() {
                // The SDK's names: Exception, InternalException to GatewayTimeout.
                200..=299 => matches!(error.code, Some(5 | 500..=504)),
                status => status == 408 || status >= 500,
            },
            Self::Empty { .. } | Self::OtherAnswer { .. } => true,
            _ => false,
        }
    }

    /// The JSON path of a row that could not be read.
    pub(crate) fn path(&self) -> Option<&str> {
        match self {
            Self::Row(row) => Some(row.path()),
            Self::Value { path, .. } => Some(path),
            _ => None,
        }
    }

    /// What is wrong with a row that could not be read, without its place.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Row(row) => row.reason(),
            Self::Value { reason, .. } => reason.clone(),
            other => other.to_string(),
        }
    }
}

impl From<reconcile_transport::Error> for Error {
    fn from(error: reconcile_transport::Error) -> Self {
        Self::Transport(error)
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Row(error)
    }
}

impl From<EndpointError> for Error {
    fn from(error: EndpointError) -> Self {
        Self::Endpoint(error)
    }
}

/// A refusal by Paywall, which mostly comes with HTTP 200.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The operation.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// Paywall's number. See [`meanings`](Self::meanings).
    pub code: Option<i64>,
    /// Paywall's words, shortened, without addresses and long numbers.
    pub message: Option<String>,
    /// How often it was asked.
    pub attempts: u32,
    /// How long Paywall asks to wait, where it says so.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    pub(crate) fn new(operation: &'static str, reply: &Reply) -> Self {
        let head = Head::of(&reply.body);
        Self {
            operation,
            status: reply.status,
            code: head.error_code,
            message: head.words().map(excerpt).filter(|words| !words.is_empty()),
            attempts: reply.attempts,
            retry_after: reply.retry_after,
        }
    }

    /// What the two published tables say that the number means. They contradict
    /// each other, so both are given.
    #[must_use]
    pub fn meanings(&self) -> Meanings {
        self.code.map(Meanings::of).unwrap_or_default()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match (self.status.as_u16(), self.code) {
            (401, _) | (403, Some(UNAUTHORIZED)) => WRONG_CREDENTIALS,
            (403, _) => FORBIDDEN,
            (404, None) => "check the base URL: it is that of the payment private API",
            (429, _) => "ask for less at once (--concurrency), or try again later",
            (500.., _) => "Paywall fails at present: try again later",
            (_, Some(code)) => return codes::hint(code),
            (_, None) => return None,
        };
        Some(hint.to_owned())
    }

    /// Whether it is one of these numbers, in an answer that is Paywall's own:
    /// refusals are known to come with HTTP 200, and others may with 4xx.
    pub(crate) fn says(&self, codes: &BTreeSet<i64>) -> bool {
        let is_about_the_request = matches!(self.status.as_u16(), 200..=299 | 400 | 404 | 422);
        is_about_the_request && self.code.is_some_and(|code| codes.contains(&code))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: Paywall refused", self.operation)?;
        if !self.status.is_success() {
            write!(f, " with {}", self.status)?;
        }
        if let Some(code) = self.code {
            write!(f, ", code {code}")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_published_tables_are_kept_apart() {
        let missing = Meanings::of(4);
        assert_eq!(missing.sdk, Some("HeaderMissing"));
        assert!(
            missing
                .documentation
                .is_some_and(|words| words.contains("exists already"))
        );
        assert_eq!(Meanings::of(9999), Meanings::default());
    }

    #[test]
    fn errors_cross_threads_and_are_small() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Error>();
        assert!(size_of::<Error>() <= 128, "{}", size_of::<Error>());
    }
}
