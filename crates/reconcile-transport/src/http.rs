//! The small trait under the transport: one request, one whole answer.

use std::error::Error as StdError;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

/// What an answer may cost this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest body in bytes, counted after decompression.
    pub max_body: usize,
    /// The deepest nesting of a JSON body.
    pub max_depth: usize,
}

impl Default for Limits {
    /// 8 MiB and 64 levels.
    fn default() -> Self {
        Self {
            max_body: 8 << 20,
            max_depth: crate::json::MAX_DEPTH,
        }
    }
}

/// An HTTP client: sends one request and returns the whole answer, or says how far it got.
///
/// # Contract
///
/// - One call is at most one request on the wire: no retries, no redirects, no
///   cookies; the transport above decides all of that.
/// - The body is read to its end before returning, so that a cut answer is this
///   call's failure. A body over `limits.max_body` is given up while reading.
/// - A compressed body may be returned as it came, with its `content-encoding`
///   header: the transport decodes gzip within the cap. A client that decodes
///   by itself removes the header and counts decoded bytes.
/// - Dropping the future cancels the exchange; the transport times it out so.
/// - [`SendFailure::NotSent`] is claimed only when no byte of the request left.
/// - An error shows no URL, no header and no body.
#[async_trait]
pub trait HttpClient: fmt::Debug + Send + Sync + 'static {
    /// Performs the exchange.
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: &Limits,
    ) -> Result<Response<Bytes>, SendError>;
}

/// How far an exchange got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SendFailure {
    /// Name resolution, connecting or the TLS handshake failed: nothing was sent.
    NotSent,
    /// No whole answer in time.
    Timeout,
    /// The connection was reset, or the body was cut short or could not be decompressed.
    Broken,
    /// The body exceeds the cap.
    TooLarge,
    /// Anything else, for example an answer that is no HTTP.
    Other,
}

/// A failed exchange.
#[derive(Debug)]
pub struct SendError {
    failure: SendFailure,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl SendError {
    /// A failure without a cause to tell.
    #[must_use]
    pub fn new(failure: SendFailure) -> Self {
        Self {
            failure,
            source: None,
        }
    }

    /// A failure and its cause, which must show no URL.
    #[must_use]
    pub fn with_source(
        failure: SendFailure,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            failure,
            source: Some(source.into()),
        }
    }

    /// How far the exchange got.
    #[must_use]
    pub fn failure(&self) -> SendFailure {
        self.failure
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.failure {
            SendFailure::NotSent => "the request was not sent",
            SendFailure::Timeout => "the exchange took too long",
            SendFailure::Broken => "the answer was cut short or damaged",
            SendFailure::TooLarge => "the answer exceeds the size cap",
            SendFailure::Other => "the exchange failed",
        })
    }
}

impl StdError for SendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
