//! A view of every exchange.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::endpoint::RequestUrl;

/// Sees every exchange, for example to record it.
pub trait Tap: fmt::Debug + Send + Sync + 'static {
    /// Called after each whole answer, before it is judged. The exchange holds
    /// secrets and personal data in clear: an implementation sanitises first.
    fn exchange(&self, exchange: &Exchange<'_>);
}

/// One request and its answer. `Debug` shows neither headers nor bodies.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Exchange<'a> {
    /// The operation.
    pub operation: &'static str,
    /// The method.
    pub method: &'a Method,
    /// The URL.
    pub url: &'a RequestUrl,
    /// The headers sent, credentials included.
    pub request_headers: &'a HeaderMap,
    /// The body sent.
    pub request_body: &'a Bytes,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// The status.
    pub status: StatusCode,
    /// The headers received.
    pub headers: &'a HeaderMap,
    /// The body received, decompressed.
    pub body: &'a Bytes,
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("operation", &self.operation)
            .field("url", &self.url)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
