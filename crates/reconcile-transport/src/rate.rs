//! How many requests, and how fast: a rate that is configured and a
//! concurrency that learns.

use std::num::{NonZeroU32, NonZeroUsize};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::timer::Timer;

/// A steady rate with a burst, for providers that publish one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests a second, on average.
    pub per_second: NonZeroU32,
    /// Requests that may start at once after a rest.
    pub burst: NonZeroU32,
}

/// Lets requests through: as many at once as the provider bears, no faster
/// than the rate, and none while the provider asked for silence.
///
/// The concurrency begins at what is configured. A 429 halves it, and each run
/// of as many successes as there are places adds one place again, up to what
/// is configured: additive increase and multiplicative decrease, which finds
/// an unpublished limit without being told.
#[derive(Debug)]
pub(crate) struct Gate {
    timer: Arc<dyn Timer>,
    rate: Option<RateLimit>,
    most: usize,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    places: usize,
    taken: usize,
    run: usize,
    /// Counts the decreases, so that the 429s of one burst halve only once.
    era: u64,
    silent_until: Option<Instant>,
    /// When the next request would start if all came evenly spaced.
    next_start: Option<Instant>,
}

enum Entry {
    Now(u64),
    After(Duration),
    WhenChanged,
}

impl Gate {
    pub(crate) fn new(timer: Arc<dyn Timer>, most: NonZeroUsize, rate: Option<RateLimit>) -> Self {
        let state = State {
            places: most.get(),
            taken: 0,
            run: 0,
            era: 0,
            silent_until: None,
            next_start: None,
        };
        Self {
            timer,
            rate,
            most: most.get(),
            state: Mutex::new(state),
            changed: Notify::new(),
        }
    }

    /// Waits for a place. Dropping the future or the permit gives it back.
    pub(crate) async fn enter(&self) -> Permit<'_> {
        loop {
            let mut changed = pin!(self.changed.notified());
            // Registered before looking, so that no change is missed between.
            changed.as_mut().enable();
            match self.try_enter() {
                Entry::Now(era) => return Permit { gate: self, era },
                Entry::After(wait) => self.timer.sleep(wait).await,
                Entry::WhenChanged => changed.await,
            }
        }
    }

    /// How many requests may be under way at once, at present.
    pub(crate) fn places(&self) -> usize {
        self.lock().places
    }

    fn try_enter(&self) -> Entry {
        let now = self.timer.now();
        let mut state = self.lock();
        if let Some(wait) = state.silent_until.and_then(|until| time_left(now, until)) {
            return Entry::After(wait);
        }
        if state.taken >= state.places {
            return Entry::WhenChanged;
        }
        if let Some(rate) = self.rate {
            let interval = Duration::from_secs(1) / rate.per_second.get();
            let slack = interval.saturating_mul(rate.burst.get().saturating_sub(1));
            let start = state.next_start.map_or(now, |start| start.max(now));
            if let Some(wait) = time_left(now + slack, start) {
                return Entry::After(wait);
            }
            state.next_start = Some(start + interval);
        }
        state.taken += 1;
        Entry::Now(state.era)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can panic and leave a half-made change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn time_left(now: Instant, until: Instant) -> Option<Duration> {
    until
        .checked_duration_since(now)
        .filter(|left| !left.is_zero())
}

/// The right to have one request under way.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    gate: &'a Gate,
    era: u64,
}

impl Permit<'_> {
    /// The request succeeded.
    pub(crate) fn succeeded(self) {
        let mut state = self.gate.lock();
        state.run += 1;
        if state.run >= state.places {
            state.run = 0;
            state.places = (state.places + 1).min(self.gate.most);
        }
    }

    /// The provider answered 429, perhaps with a wait, which then binds every task.
    pub(crate) fn throttled(self, wait: Option<Duration>) {
        let now = self.gate.timer.now();
        let mut state = self.gate.lock();
        if self.era == state.era {
            state.era += 1;
            state.run = 0;
            state.places = (state.places / 2).max(1);
        }
        let until = wait.and_then(|wait| now.checked_add(wait));
        state.silent_until = state.silent_until.max(until);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        state.taken = state.taken.saturating_sub(1);
        drop(state);
        // All are woken, since one that is woken alone may be cancelled before
        // it takes the place, and nobody else would hear of it.
        self.gate.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timer::TokioTimer;

    fn gate(most: usize, rate: Option<(u32, u32)>) -> Gate {
        let rate = rate.map(|(per_second, burst)| RateLimit {
            per_second: NonZeroU32::new(per_second).unwrap(),
            burst: NonZeroU32::new(burst).unwrap(),
        });
        Gate::new(Arc::new(TokioTimer), NonZeroUsize::new(most).unwrap(), rate)
    }

    fn now() -> tokio::time::Instant {
        tokio::time::Instant::now()
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_lets_a_burst_pass_and_then_one_at_a_time() {
        let (gate, start) = (gate(100, Some((4, 3))), now());
        let mut waits = Vec::new();
        for _ in 0..6 {
            gate.enter().await.succeeded();
            waits.push(start.elapsed().as_millis());
        }
        assert_eq!(waits, [0, 0, 0, 250, 500, 750]);
    }

    #[tokio::test]
    async fn one_burst_of_429_halves_once_and_the_least_is_one_place() {
        let gate = gate(8, None);
        let burst = [gate.enter().await, gate.enter().await, gate.enter().await];
        for permit in burst {
            permit.throttled(None);
        }
        assert_eq!(gate.places(), 4);
        for _ in 0..5 {
            gate.enter().await.throttled(None);
        }
        assert_eq!(gate.places(), 1);
    }

    #[tokio::test]
    async fn a_run_of_successes_adds_one_place_up_to_what_is_configured() {
        let gate = gate(4, None);
        gate.enter().await.throttled(None);
        let mut places = Vec::new();
        for _ in 0..9 {
            gate.enter().await.succeeded();
            places.push(gate.places());
        }
        assert_eq!(places, [2, 3, 3, 3, 4, 4, 4, 4, 4]);
    }

    #[tokio::test]
    async fn a_place_is_given_back_by_whoever_is_dropped_waiting_or_not() {
        let gate = Arc::new(gate(1, None));
        let held = gate.enter().await;
        let waiter = |gate: &Arc<Gate>| {
            let gate = Arc::clone(gate);
            tokio::spawn(async move { gate.enter().await.succeeded() })
        };
        let (dropped, waiting) = (waiter(&gate), waiter(&gate));
        tokio::task::yield_now().await;
        drop(held);
        dropped.abort();
        waiting.await.unwrap();
        drop(gate.enter().await);
        gate.enter().await.succeeded();
    }

    #[tokio::test(start_paused = true)]
    async fn silence_binds_those_who_wait_already() {
        let (gate, start) = (Arc::new(gate(1, None)), now());
        let held = gate.enter().await;
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter().await.succeeded() }
        });
        tokio::task::yield_now().await;
        held.throttled(Some(Duration::from_secs(5)));
        waiting.await.unwrap();
        assert_eq!(start.elapsed().as_secs(), 5);
    }
}
