//! Sees the exchanges of a run.

use std::{
    fmt,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use reconcile_transport::{Exchange, Tap};

/// An answer, and what was asked. It holds secrets and personal data, stays in
/// memory, and has no `Debug` that shows them.
#[derive(Clone)]
pub struct Answer {
    /// The operation as the client calls it, with `-` for blanks.
    pub operation: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query.
    pub query: Vec<(String, String)>,
    /// The body that was sent.
    pub sent: Bytes,
    /// The status.
    pub status: u16,
    /// The headers that a sidecar may hold.
    pub headers: Vec<(String, String)>,
    /// The body that came.
    pub body: Bytes,
}

impl Answer {
    /// Whether the operation succeeded.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    fn of(exchange: &Exchange<'_>) -> Self {
        let headers = xtask::fixture::HEADERS.iter().filter_map(|name| {
            let value = exchange.headers.get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), value.to_owned()))
        });
        let query = exchange.url.uri().query().unwrap_or_default();
        Self {
            operation: exchange.operation.replace(' ', "-"),
            method: exchange.method.to_string(),
            path: exchange.url.path().to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            sent: exchange.request_body.clone(),
            status: exchange.status.as_u16(),
            headers: headers.collect(),
            body: exchange.body.clone(),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// A tap that gives each answer to a consumer, and never harms the call: when
/// the consumer panics, the caller gets its answer all the same.
pub struct Observer {
    consumer: Mutex<Box<dyn FnMut(Answer) + Send>>,
    failed: Mutex<Vec<String>>,
}

impl Observer {
    /// An observer that gives every answer to `consumer`.
    pub fn new(consumer: impl FnMut(Answer) + Send + 'static) -> Self {
        Self {
            consumer: Mutex::new(Box::new(consumer)),
            failed: Mutex::default(),
        }
    }

    /// An observer that collects, and where it collects.
    #[must_use]
    pub fn collecting() -> (Self, Answers) {
        let answers = Answers::default();
        let here = answers.clone();
        (Self::new(move |answer| lock(&here.0).push(answer)), answers)
    }

    /// The operations whose answers the consumer failed at.
    #[must_use]
    pub fn failed(&self) -> Vec<String> {
        lock(&self.failed).clone()
    }
}

impl Tap for Observer {
    fn exchange(&self, exchange: &Exchange<'_>) {
        let answer = Answer::of(exchange);
        let operation = answer.operation.clone();
        let consume = AssertUnwindSafe(|| lock(&self.consumer)(answer));
        if panic::catch_unwind(consume).is_err() {
            lock(&self.failed).push(operation);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").finish_non_exhaustive()
    }
}

/// Answers in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Answers(Arc<Mutex<Vec<Answer>>>);

impl Answers {
    /// All of them; none are left.
    #[must_use]
    pub fn take(&self) -> Vec<Answer> {
        std::mem::take(&mut lock(&self.0))
    }
}

/// Lets a panic say where it happened, and nothing else: its message may hold
/// what was being worked on.
pub fn silence_panics() {
    panic::set_hook(Box::new(|panic| {
        use std::io::Write as _;
        let place = panic
            .location()
            .map(|place| format!(" at {}:{}", place.file(), place.line()));
        // There is nobody to tell when this fails, too.
        let _ = writeln!(
            std::io::stderr(),
            "error: a bug in xtask{}",
            place.unwrap_or_default()
        );
    }));
}

/// What a panic leaves behind is whole: a list with or without one more.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
