//! Answers, and the ways in which they arrive or don't.

use std::convert::Infallible;
use std::io::Write as _;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use crate::alteration::Alteration;
use crate::chaos::Strike;
use crate::faults::FaultKind;
use crate::refusal::Refusal;
use crate::wire::Line;

/// An answer that is whole in memory.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: Vec<u8>) -> Self {
        let json = HeaderValue::from_static("application/json");
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE, json)],
            body,
        }
    }

    pub(crate) fn text(status: StatusCode, kind: &'static str, text: &str) -> Self {
        let headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
        Self {
            status,
            headers,
            body: text.as_bytes().to_vec(),
        }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Makes an alteration, and says at how many places.
    pub(crate) fn alter(&mut self, alteration: &Alteration) -> u64 {
        let Some((body, places)) = alteration.apply(&self.body) else {
            return 0;
        };
        self.body = body;
        places
    }

    /// The same with `more` before its closing brace.
    pub(crate) fn padded(mut self, more: &[u8]) -> Self {
        if self.body.pop_if(|last| *last == b'}').is_some() {
            self.body.extend_from_slice(more);
            self.body.push(b'}');
        }
        self
    }

    /// The same, compressed.
    pub(crate) fn gzipped(mut self) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing to a `Vec` cannot fail.
        if encoder.write_all(&self.body).is_ok()
            && let Ok(body) = encoder.finish()
        {
            self.body = body;
            self.headers
                .push((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
        }
        self
    }
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        let mut response = Response::new(Body::from(answer.body));
        *response.status_mut() = answer.status;
        response.headers_mut().extend(answer.headers);
        response
    }
}

impl Strike {
    /// Whether a fault of that kind puts a refusal in the place of an answer.
    pub(crate) fn refuses(kind: FaultKind) -> bool {
        matches!(
            kind,
            FaultKind::RateLimit
                | FaultKind::RateLimitRetryAfter
                | FaultKind::ServerError
                | FaultKind::Unavailable
                | FaultKind::HtmlBody
        )
    }

    /// What is said instead of an answer, where the fault is of that kind;
    /// `error` is how the gateway says it in JSON.
    pub(crate) fn instead(
        self,
        now: Timestamp,
        error: impl FnOnce(StatusCode, &'static str) -> Refusal,
    ) -> Option<Refusal> {
        const BUSY: (StatusCode, &str) = (StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
        let page = |status| Refusal::page(status, "Please wait");
        match self.kind {
            FaultKind::RateLimit => Some(error(BUSY.0, BUSY.1)),
            FaultKind::RateLimitRetryAfter => {
                Some(error(BUSY.0, BUSY.1).retry_after(retry_after(self.variant, now)))
            }
            FaultKind::ServerError => Some(error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "An unexpected error has occurred.",
            )),
            FaultKind::Unavailable if self.variant.is_multiple_of(2) => Some(error(
                StatusCode::SERVICE_UNAVAILABLE,
                "The service is not available.",
            )),
            FaultKind::Unavailable => Some(page(StatusCode::SERVICE_UNAVAILABLE)),
            FaultKind::HtmlBody => Some(page(StatusCode::OK)),
            _ => None,
        }
    }
}

/// Seconds or a date (RFC 9110, 10.2.3), never far off.
fn retry_after(variant: u64, now: Timestamp) -> HeaderValue {
    match variant % 3 {
        0 => HeaderValue::from_static("0"),
        1 => HeaderValue::from_static("1"),
        _ => {
            let then = now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now);
            let date = then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            HeaderValue::from_str(&date).unwrap_or(HeaderValue::from_static("0"))
        }
    }
}

/// Sends an answer as the fault that strikes it will have it.
pub(crate) fn deliver(
    answer: Answer,
    strike: Option<Strike>,
    pause: Duration,
    line: &Line,
) -> Response {
    match strike {
        Some(Strike {
            kind: FaultKind::CutConnection,
            variant,
        }) => {
            let length = Some(answer.body.len());
            let words = if variant.is_multiple_of(2) {
                half(&answer, length)
            } else {
                Vec::new()
            };
            line.cut_after(words);
            answer.into()
        }
        Some(Strike {
            kind: FaultKind::ShortBody,
            ..
        }) => {
            line.cut_after(half(&answer, None));
            answer.into()
        }
        Some(Strike {
            kind: FaultKind::SlowBody,
            ..
        }) => slowly(answer, pause),
        _ => answer.into(),
    }
}

/// The head and the first half of the body. Without a length, a client can
/// take the end of the connection for the end of the body (RFC 9112, 6.3).
fn half(answer: &Answer, length: Option<usize>) -> Vec<u8> {
    let mut words = format!("HTTP/1.1 {}\r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        words.extend_from_slice(name.as_str().as_bytes());
        words.extend_from_slice(b": ");
        words.extend_from_slice(value.as_bytes());
        words.extend_from_slice(b"\r\n");
    }
    let framing = match length {
        Some(length) => format!("content-length: {length}\r\n\r\n"),
        None => "connection: close\r\n\r\n".to_owned(),
    };
    words.extend_from_slice(framing.as_bytes());
    words.extend_from_slice(answer.body.split_at(answer.body.len() / 2).0);
    words
}

fn slowly(answer: Answer, pause: Duration) -> Response {
    const PARTS: usize = 8;
    let size = answer.body.len().div_ceil(PARTS).max(1);
    let parts: Vec<Bytes> = answer
        .body
        .chunks(size)
        .map(Bytes::copy_from_slice)
        .collect();
    let parts = futures::stream::iter(parts).then(move |part| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, Infallible>(part)
    });
    let length = HeaderValue::from(answer.body.len());
    let mut response = Response::from(Answer {
        body: Vec::new(),
        ..answer
    });
    *response.body_mut() = Body::from_stream(parts);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    response
}
