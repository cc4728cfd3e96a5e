//! The error of this crate.

mod words;

use std::{fmt, time::Duration};

use http::StatusCode;
use reconcile_transport::{DecodeError, EndpointError, PageFault, Reply, asks_to_wait};

use words::Words;

/// The provider's name for people.
pub(crate) const NAME: &str = "StreamPay";

/// What can go wrong with StreamPay.
///
/// `Display` is one line without its cause; [`hint`](Self::hint) says what to
/// do. No key, no URL query and no value of a body is in either. Pages are
/// counted as StreamPay counts them, from 1.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// StreamPay answered, and said no.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// There was no usable answer.
    #[error("{0}")]
    Transport(#[source] reconcile_transport::Error),
    /// A call that acts failed in a way that leaves open whether it was done.
    /// It was sent once, and is not repeated by itself.
    #[error("{operation}: whether it was done is unknown")]
    OutcomeUnknown {
        /// The operation.
        operation: &'static str,
        /// Where to see whether it was done.
        check: &'static str,
        /// How it failed.
        #[source]
        cause: Box<Self>,
    },
    /// A row of a list could not be read.
    #[error("{0}")]
    Row(DecodeError),
    /// A row was read, but a value in it does not fit the model.
    #[error("{operation}, page {page}, row {index}, `{path}`: {reason}")]
    Value {
        /// The list.
        operation: &'static str,
        /// The page, from 1.
        page: u64,
        /// The index of the row, from 0.
        index: u64,
        /// The JSON path in the row.
        path: String,
        /// What is wrong with the value.
        reason: String,
    },
    /// The pages of a list do not fit together.
    #[error("{operation}, page {page}: {}", as_counted(fault))]
    Paging {
        /// The list.
        operation: &'static str,
        /// The page, from 1.
        page: u64,
        /// What does not fit; it counts pages from 0.
        fault: PageFault,
    },
    /// A list was read to its end, but what was seen does not show that nothing
    /// is missing.
    #[error("{operation}, page {page}: {doubt}")]
    Unproven {
        /// The list.
        operation: &'static str,
        /// The page, from 1.
        page: u64,
        /// What was seen.
        doubt: String,
    },
    /// What was asked cannot be asked; nothing was sent.
    #[error("{operation}: {reason}")]
    Query {
        /// The operation.
        operation: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The base URL or an id cannot be part of a URL; nothing was sent.
    #[error("the address is not usable: {0}")]
    Endpoint(EndpointError),
    /// The API key is empty, or no header can carry it.
    #[error("the API key is empty or has characters that no header can carry")]
    ApiKey,
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
                    (hint, _) => hint.map(str::to_owned),
                }
            }
            Self::OutcomeUnknown { check, .. } => {
                Some(format!("before asking for it again, {check}"))
            }
            Self::Transport(error) => error.hint(NAME),
            Self::Paging { .. } | Self::Unproven { .. } => {
                Some("ask again; if it stays, tell StreamPay, and say which list and days".into())
            }
            Self::Row(_) | Self::Value { .. } => Some(
                "tell us the field, or set such rows aside with --skip-invalid; the pull is then unproven".into(),
            ),
            Self::ApiKey => Some("copy the key once more, without blanks and quotes".into()),
            _ => None,
        }
    }

    /// Whether a call that acts and fails so may have been done all the same.
    pub(crate) fn leaves_outcome_open(&self) -> bool {
        match self {
            Self::Api(refusal) => {
                refusal.status.is_server_error() || refusal.status == StatusCode::REQUEST_TIMEOUT
            }
            Self::Transport(error) => error.may_have_acted(),
            _ => false,
        }
    }

    /// Whether it may be how a server answers who asks for a page behind the
    /// last one.
    pub(crate) fn may_be_out_of_range(&self) -> bool {
        match self {
            Self::Api(refusal) => matches!(refusal.status.as_u16(), 400 | 404 | 416 | 422),
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

/// A refusal by StreamPay.
///
/// StreamPay publishes no refusal. Those of NearPay, whose platform it runs on,
/// have two shapes, `{statusCode, message}` and `{code, code_text, error,
/// solution, …}`; both are read, and what is neither leaves the status alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The operation.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// The platform's code.
    pub code: Option<i64>,
    /// The code in a word, such as `TERMINAL_RECONCILING`.
    pub code_text: Option<String>,
    /// StreamPay's words, shortened, without addresses and long numbers.
    pub message: Option<String>,
    /// What StreamPay advises, shortened likewise.
    pub solution: Option<String>,
    /// How often it was asked.
    pub attempts: u32,
    /// How long StreamPay asks to wait, where it says so.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    pub(crate) fn new(operation: &'static str, reply: &Reply) -> Self {
        let Words {
            code,
            code_text,
            message,
            solution,
        } = Words::of(&reply.body);
        Self {
            operation,
            status: reply.status,
            code,
            code_text,
            message,
            solution,
            attempts: reply.attempts,
            retry_after: reply.retry_after,
        }
    }

    /// What to do about it. The words for a terminal's state are those of
    /// NearPay's terminals; whether this API uses them is not documented.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self.status.as_u16() {
            401 => Some("check the API key, and that it is one of this environment"),
            403 => Some("ask StreamPay for the right that is missing, or for a new API key"),
            404 => Some("check the id; it is the UUID that lists give, not the tid"),
            405 => Some("the terminal may be disconnected: look it up"),
            406 => Some("the terminal may be reconciling: try again in a minute"),
            410 => Some("the terminal may be updating: try again in a minute"),
            429 => Some("ask for less at once (--concurrency), or try again later"),
            500.. => Some("StreamPay fails at present: try again later"),
            _ => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: StreamPay answered {}", self.operation, self.status)?;
        match (self.code, &self.code_text) {
            (Some(code), Some(text)) => write!(f, ", code {code} {text}")?,
            (Some(code), None) => write!(f, ", code {code}")?,
            (None, Some(text)) => write!(f, ", code {text}")?,
            (None, None) => {}
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        if let Some(solution) = &self.solution {
            write!(f, " ({solution})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

/// The fault with its pages counted from 1.
fn as_counted(fault: &PageFault) -> PageFault {
    match *fault {
        PageFault::WrongPage { asked, echoed } => PageFault::WrongPage {
            asked: asked + 1,
            // A page 0 of a list that begins at 1 comes here as the last number.
            echoed: echoed.wrapping_add(1),
        },
        PageFault::Repeated { earlier } => PageFault::Repeated {
            earlier: earlier + 1,
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_cross_threads() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Error>();
    }

    #[test]
    fn faults_are_told_in_pages_that_count_from_one() {
        let told = |fault| {
            let error = Error::Paging {
                operation: "terminals",
                page: 3,
                fault,
            };
            error.to_string()
        };
        assert_eq!(
            told(PageFault::WrongPage {
                asked: 2,
                echoed: u64::MAX
            }),
            "terminals, page 3: page 3 was asked for and page 0 came"
        );
        assert_eq!(
            told(PageFault::Repeated { earlier: 1 }),
            "terminals, page 3: the page repeats page 2"
        );
    }

    #[test]
    fn a_refusal_says_its_code_its_words_and_what_is_advised() {
        let refusal = ApiError {
            operation: "create reconciliation",
            status: StatusCode::NOT_ACCEPTABLE,
            code: Some(5010),
            code_text: Some("TERMINAL_RECONCILING".into()),
            message: Some("The terminal is reconciling".into()),
            solution: Some("Try again".into()),
            attempts: 1,
            retry_after: None,
        };
        assert_eq!(
            refusal.to_string(),
            "create reconciliation: StreamPay answered 406 Not Acceptable, code 5010 TERMINAL_RECONCILING: The terminal is reconciling (Try again)"
        );
    }
}
