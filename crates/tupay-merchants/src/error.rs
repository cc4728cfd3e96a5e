//! The error of this crate.

use std::{fmt, time::Duration};

use http::StatusCode;
use reconcile_transport::{DecodeError, EndpointError, PageFault, Reply, asks_to_wait, excerpt};

use crate::models::Refusal;

/// The provider's name for people.
pub(crate) const NAME: &str = "TuPay";

/// What can go wrong with TuPay.
///
/// `Display` is one line without its cause; [`hint`](Self::hint) says what to
/// do. No credential, no URL query and no value of a body is in either.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// TuPay answered, and said no.
    #[error(transparent)]
    Api(ApiError),
    /// There was no usable answer.
    #[error("{0}")]
    Transport(#[source] reconcile_transport::Error),
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
        path: &'static str,
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
    /// The login was accepted, but no `BEARER_TOKEN` came in `Set-Cookie`.
    #[error("login: accepted, but the answer sets no usable BEARER_TOKEN cookie")]
    NoToken,
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
            Self::Transport(error) => error.hint(NAME),
            Self::NoToken => Some("check that the base URL is that of the Merchants API".into()),
            Self::Paging { .. } | Self::Unproven { .. } => {
                Some("ask again; if it stays, tell TuPay, and say which list and days".into())
            }
            Self::Row(_) | Self::Value { .. } => Some(
                "tell us the field, or set such rows aside with --skip-invalid; the pull is then unproven".into(),
            ),
            _ => None,
        }
    }
}

impl Error {
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
        // A login that fails inside another call comes back as the cause.
        let cause = std::error::Error::source(&error);
        match cause.and_then(|cause| cause.downcast_ref::<Self>()) {
            Some(own) => own.clone(),
            None => Self::Transport(error),
        }
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

/// A refusal by TuPay.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The operation.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// TuPay's code. Its meaning depends on the API: the same number means
    /// different things for lists, deposits and cashouts.
    pub code: Option<i64>,
    /// TuPay's words, shortened, without addresses and long numbers.
    pub message: Option<String>,
    /// How often it was asked.
    pub attempts: u32,
    /// How long TuPay asks to wait, where it says so.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    pub(crate) fn new(operation: &'static str, reply: &Reply) -> Self {
        // What is no JSON, or another, has no code and no words to show.
        let refusal: Option<Refusal> = serde_json::from_slice(&reply.body).ok();
        let (code, words) = refusal.map_or((None, None), |refusal| {
            (refusal.code, refusal.message.or(refusal.description))
        });
        Self {
            operation,
            status: reply.status,
            code,
            message: words.as_deref().map(excerpt),
            attempts: reply.attempts,
            retry_after: reply.retry_after,
        }
    }

    /// What the published tables say that the code means. Each API has its own:
    /// the Merchants API publishes 83 only, the Deposit and Cashout APIs more.
    #[must_use]
    pub fn meaning(&self) -> Option<&'static str> {
        let code = self.code?;
        match self.operation {
            "deposit status" => deposit_code(code),
            "cashout status" => cashout_code(code),
            _ => (code == 83).then_some("login from an address that is not allowed"),
        }
    }

    /// Whether the credentials are what is refused. With which status a login
    /// says so is not documented; what else it can refuse has a code, or a status
    /// that is about something else.
    pub(crate) fn refuses_credentials(&self) -> bool {
        self.operation == "login"
            && self.code != Some(83)
            && matches!(self.status.as_u16(), 400 | 401 | 403 | 422)
    }

    fn is_of_payment_api(&self) -> bool {
        matches!(self.operation, "deposit status" | "cashout status")
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match (self.status.as_u16(), self.code) {
            (_, Some(83)) => Some(
                "this machine's public address is not on TuPay's allow-list: send it to your TuPay integration contact",
            ),
            _ if self.meaning() == Some(UNREGISTERED_ADDRESS) => Some(
                "this machine's public address is not on the list of the merchant panel: Settings, API Access, Cashouts IP Address",
            ),
            (401, _) if self.is_of_payment_api() => Some(
                "check the API key, the passphrase and the API signature: they are not those of the Merchants API",
            ),
            (404 | 412, _) if self.is_of_payment_api() => None,
            _ if self.refuses_credentials() => Some(
                "check the access key (the API user's e-mail address) and the secret key; users of the web panel do not work here",
            ),
            (401, _) => Some(
                "TuPay ends sessions that it has just opened: try again, and tell TuPay if it stays",
            ),
            (403, _) => Some("ask your TuPay integration contact for the right that is missing"),
            (404, _) => Some(
                "check the base URL; for cashouts, try the other spelling of the path (cashouts_path)",
            ),
            (429, _) => Some("ask for less at once (--concurrency), or try again later"),
            (500.., _) => Some("TuPay fails at present: try again later"),
            _ => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: TuPay answered {}", self.operation, self.status)?;
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

const UNREGISTERED_ADDRESS: &str = "call from an address that is not registered";

/// The codes of the Deposit API, as "API codes" of the documentation lists them.
const fn deposit_code(code: i64) -> Option<&'static str> {
    Some(match code {
        100 => "invalid credentials",
        101 => "a required header is missing",
        102 => "invalid signature",
        103 => "`X-Date` is out of the valid range: is this clock right?",
        104 => "the idempotency key was used before",
        105 => "a header is empty",
        _ => return None,
    })
}

/// The codes of the Cashout API, as "API codes" of the documentation lists them.
const fn cashout_code(code: i64) -> Option<&'static str> {
    Some(match code {
        300 => "a parameter is not valid",
        302 => "invalid control string",
        303 => "invalid bank code",
        401 => "invalid credentials",
        402 => UNREGISTERED_ADDRESS,
        502 => "invalid body",
        504 => "the user has no right to do this",
        509 => "there is no such cashout",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_what_its_own_api_says() {
        let refusal = |operation, code| ApiError {
            operation,
            status: StatusCode::BAD_REQUEST,
            code: Some(code),
            message: None,
            attempts: 1,
            retry_after: None,
        };
        assert_eq!(
            refusal("cashout status", 401).meaning(),
            Some("invalid credentials")
        );
        assert_eq!(refusal("deposits", 401).meaning(), None);
        assert!(refusal("login", 83).meaning().is_some());
        assert!(
            refusal("cashout status", 402)
                .hint()
                .is_some_and(|hint| hint.contains("panel"))
        );
    }

    #[test]
    fn errors_cross_threads() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Error>();
    }
}
