//! The clock that sessions and signatures are judged by.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// Where the sandbox takes the time from, to the second.
///
/// Clones share one clock, so a test keeps a clone and moves the time of the
/// sandbox with it instead of waiting for a session to expire.
///
/// ```
/// use reconcile_sandbox::Clock;
/// use std::time::Duration;
///
/// let clock = Clock::manual("2026-01-31T12:00:00Z".parse()?);
/// clock.advance(Duration::from_secs(15 * 60));
/// assert_eq!(clock.now(), "2026-01-31T12:15:00Z".parse()?);
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// The stopped clock's seconds since the epoch; the system's where absent.
    manual: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock, the default.
    #[must_use]
    pub fn system() -> Self {
        Self { manual: None }
    }

    /// A clock that stands at `start` until it is [advanced](Self::advance).
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self {
            manual: Some(Arc::new(AtomicI64::new(start.as_second()))),
        }
    }

    /// Moves a manual clock on; the system's clock goes its own way.
    pub fn advance(&self, by: Duration) {
        if let Some(seconds) = &self.manual {
            let by = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
            seconds.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// The instant it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.manual {
            Some(seconds) => {
                Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
            }
            None => Timestamp::now(),
        }
    }
}
