//! A session that one task renews while the others wait.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::timer::{Timer, TokioTimer};

/// Which session a request went out with.
///
/// A refusal names it, so that a late answer to an old session does not throw
/// a new one away. The default is for keys that are not sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ticket(u64);

/// A value that costs a login: kept while it is used, renewed by one task at a time.
///
/// The session counts as expired when it was not used for `max_idle`: each use
/// prolongs it, as providers do whose tokens expire some time after the last
/// request.
pub struct Session<T, E = Error> {
    max_idle: Duration,
    timer: Arc<dyn Timer>,
    state: Mutex<State<T, E>>,
    renewing: tokio::sync::Mutex<()>,
}

struct State<T, E> {
    current: Option<Current<T>>,
    /// Renewals that ended, well or not.
    renewals: u64,
    /// How the last renewal failed, if it did.
    failure: Option<E>,
}

struct Current<T> {
    value: Arc<T>,
    ticket: Ticket,
    used: Instant,
}

impl<T, E: Clone> Session<T, E> {
    /// A session that is not open yet and expires after `max_idle` without use.
    #[must_use]
    pub fn new(max_idle: Duration) -> Self {
        Self::with_timer(max_idle, Arc::new(TokioTimer))
    }

    /// The same with a clock of the caller's.
    #[must_use]
    pub fn with_timer(max_idle: Duration, timer: Arc<dyn Timer>) -> Self {
        let state = State {
            current: None,
            renewals: 0,
            failure: None,
        };
        Self {
            max_idle,
            timer,
            state: Mutex::new(state),
            renewing: tokio::sync::Mutex::new(()),
        }
    }

    /// The open session, or the one that `renew` opens.
    ///
    /// However many tasks ask at once, one of them renews; the others get its
    /// session, or its error. A task that asks after a failed renewal tries
    /// anew. If the renewing task is dropped, one of those waiting takes over
    /// with its own `renew`.
    pub async fn current<F, R>(&self, renew: F) -> Result<(Arc<T>, Ticket), E>
    where
        F: FnOnce() -> R + Send,
        R: Future<Output = Result<T, E>> + Send,
    {
        let renewals_before = match self.open() {
            Ok(open) => return Ok(open),
            Err(renewals) => renewals,
        };
        let _turn = self.renewing.lock().await;
        if let Ok(open) = self.open() {
            return Ok(open);
        }
        if let Some(failure) = self.failure_since(renewals_before) {
            return Err(failure);
        }
        let renewed = renew().await;
        self.finish(renewed)
    }

    /// Puts in a session that was opened otherwise, in place of whichever is open.
    pub fn replace(&self, value: T) {
        // A session that is there is no failure.
        let _ = self.finish(Ok(value));
    }

    /// Tells that the provider refused this session. A newer one stays.
    pub fn refuse(&self, ticket: Ticket) {
        let mut state = self.lock();
        if state
            .current
            .as_ref()
            .is_some_and(|current| current.ticket == ticket)
        {
            state.current = None;
        }
    }

    /// Takes the session out, for example to end it at the provider.
    pub fn take(&self) -> Option<Arc<T>> {
        self.lock().current.take().map(|current| current.value)
    }

    /// The open session, or how many renewals have ended.
    fn open(&self) -> Result<(Arc<T>, Ticket), u64> {
        let now = self.timer.now();
        let mut state = self.lock();
        let renewals = state.renewals;
        let current = state.current.as_mut().ok_or(renewals)?;
        if now.saturating_duration_since(current.used) >= self.max_idle {
            return Err(renewals);
        }
        current.used = now;
        Ok((Arc::clone(&current.value), current.ticket))
    }

    fn failure_since(&self, renewals: u64) -> Option<E> {
        let state = self.lock();
        state.failure.clone().filter(|_| state.renewals > renewals)
    }

    fn finish(&self, renewed: Result<T, E>) -> Result<(Arc<T>, Ticket), E> {
        let used = self.timer.now();
        let mut state = self.lock();
        state.renewals += 1;
        match renewed {
            Ok(value) => {
                let (value, ticket) = (Arc::new(value), Ticket(state.renewals));
                state.current = Some(Current {
                    value: Arc::clone(&value),
                    ticket,
                    used,
                });
                state.failure = None;
                Ok((value, ticket))
            }
            Err(error) => {
                state.current = None;
                state.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows nothing of the session itself.
impl<T, E> fmt::Debug for Session<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("max_idle", &self.max_idle)
            .finish_non_exhaustive()
    }
}
