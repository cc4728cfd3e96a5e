//! One call, as a provider crate describes it, and its reply.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Serialize;

use crate::endpoint::RequestUrl;
use crate::error::{Error, ErrorKind};
use crate::retry::Safety;

/// One call: what to send, and whether it may be sent again.
///
/// `Debug` shows the operation, the method and the URL without its query, and
/// neither headers nor body.
#[derive(Clone)]
pub struct Call {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) url: RequestUrl,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) safety: Safety,
    pub(crate) expects_json: bool,
}

impl Call {
    /// A GET: repeatable, and answered with JSON.
    #[must_use]
    pub fn get(operation: &'static str, url: RequestUrl) -> Self {
        Self::new(operation, Method::GET, url, Safety::Repeatable)
    }

    /// A POST: it acts, and is answered with JSON.
    #[must_use]
    pub fn post(operation: &'static str, url: RequestUrl) -> Self {
        Self::new(operation, Method::POST, url, Safety::OnlyIfNotSent)
    }

    /// A PUT: it acts, and is answered with JSON.
    #[must_use]
    pub fn put(operation: &'static str, url: RequestUrl) -> Self {
        Self::new(operation, Method::PUT, url, Safety::OnlyIfNotSent)
    }

    /// A DELETE: it acts, and may be answered with anything.
    #[must_use]
    pub fn delete(operation: &'static str, url: RequestUrl) -> Self {
        Self::new(operation, Method::DELETE, url, Safety::OnlyIfNotSent).any_body()
    }

    fn new(operation: &'static str, method: Method, url: RequestUrl, safety: Safety) -> Self {
        Self {
            operation,
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            safety,
            expects_json: true,
        }
    }

    /// The value as a JSON body.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, Error> {
        let body = serde_json::to_vec(value).map_err(|_| {
            // The cause may repeat a value of the body.
            Error::new(ErrorKind::Request, "the body does not serialise")
                .with_operation(self.operation)
        })?;
        Ok(self.body(body.into(), HeaderValue::from_static("application/json")))
    }

    /// These very bytes as the body, for example because a signature covers them.
    #[must_use]
    pub fn body(mut self, body: Bytes, content_type: HeaderValue) -> Self {
        self.body = body;
        self.header(header::CONTENT_TYPE, content_type)
    }

    /// A header, which replaces one of the same name.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// A header whose value is a secret: it is marked so, for every layer below.
    #[must_use]
    pub fn sensitive_header(self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.header(name, value)
    }

    /// Whether the call may be repeated, where the method does not tell.
    #[must_use]
    pub fn safety(mut self, safety: Safety) -> Self {
        self.safety = safety;
        self
    }

    /// Accepts an answer that is no JSON.
    #[must_use]
    pub fn any_body(mut self) -> Self {
        self.expects_json = false;
        self
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("url", &self.url)
            .field("safety", &self.safety)
            .finish_non_exhaustive()
    }
}

/// A whole answer. `Debug` shows neither headers nor body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The status; a refusal is a reply too.
    pub status: StatusCode,
    /// The headers as received.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
    /// How many requests it took.
    pub attempts: u32,
    /// How long the provider asks to wait, where it says so, counted from this answer.
    pub retry_after: Option<Duration>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
