//! Time that passes faster, or not at all.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use reconcile_transport::{RetryPolicy, Timer, TokioTimer, Transport, TransportBuilder};

/// A timer that runs fifty times as fast, so that waiting out a provider costs
/// no time; what it measures stays consistent with how long it sleeps.
///
/// Deadlines come as much sooner, so a transport with this timer needs generous
/// ones.
#[derive(Debug)]
pub struct Hurried {
    begin: Instant,
}

const HURRY: u32 = 50;

impl Default for Hurried {
    fn default() -> Self {
        Self {
            begin: Instant::now(),
        }
    }
}

#[async_trait]
impl Timer for Hurried {
    fn now(&self) -> Instant {
        self.begin + self.begin.elapsed() * HURRY
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, duration: Duration) {
        TokioTimer.sleep(duration / HURRY).await;
    }
}

/// A clock that stands. Sleeps take as long as they take.
#[derive(Debug)]
pub struct Standing(pub Timestamp);

#[async_trait]
impl Timer for Standing {
    fn now(&self) -> Instant {
        TokioTimer.now()
    }

    fn timestamp(&self) -> Timestamp {
        self.0
    }

    async fn sleep(&self, duration: Duration) {
        TokioTimer.sleep(duration).await;
    }
}

/// The settings of a transport that waits for nothing between attempts.
pub fn at_once() -> TransportBuilder {
    Transport::builder().retry(RetryPolicy {
        first_delay: Duration::ZERO,
        max_delay: Duration::ZERO,
        ..RetryPolicy::default()
    })
}
