//! Time, from one place, so that tests can set it.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;

/// The clock and the alarm of a transport.
#[async_trait]
pub trait Timer: Debug + Send + Sync + 'static {
    /// The monotonic clock, for everything measured.
    fn now(&self) -> Instant;
    /// The wall clock in UTC, for dates that a provider sends.
    fn timestamp(&self) -> Timestamp;
    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// The system's clocks and tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioTimer;

#[async_trait]
impl Timer for TokioTimer {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
