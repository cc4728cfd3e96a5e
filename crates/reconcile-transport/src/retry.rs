//! When a call is repeated: a pure policy over what happened.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use http::{HeaderValue, StatusCode};
use jiff::{SignedDuration, Timestamp};

/// Whether a call may be repeated when nobody knows if it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Safety {
    /// Repeating it changes nothing, as with a GET.
    Repeatable,
    /// It acts: it is repeated only when it was certainly not sent.
    OnlyIfNotSent,
}

/// What one attempt came to, as far as repeating it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// No byte of the request left.
    NotSent,
    /// It was sent, and no whole answer came: a timeout, a reset, a body cut short.
    NoAnswer,
    /// An answer came that is a gateway's error page in disguise.
    NotJson,
    /// A whole answer with this status.
    Answered(StatusCode),
    /// An answer that a repetition would give again: a redirect, a body over a cap.
    Unacceptable,
}

impl Outcome {
    /// Whether a repetition may end better.
    fn is_transient(self) -> bool {
        match self {
            Self::NotSent | Self::NoAnswer | Self::NotJson => true,
            Self::Answered(status) => {
                matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
            }
            Self::Unacceptable => false,
        }
    }
}

/// One attempt, with all that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Whether the call may be repeated.
    pub safety: Safety,
    /// What came of it.
    pub outcome: Outcome,
    /// Its number, from 1.
    pub number: u32,
    /// What is left of the call's total time.
    pub remaining: Duration,
    /// The wait the provider asks for.
    pub retry_after: Option<Duration>,
    /// A random number, uniform over its whole range, for the jitter.
    pub roll: u32,
}

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Try again after this wait.
    Retry(Duration),
    /// Do not.
    Stop(Reason),
}

/// Why a call is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The outcome is final: a success, or a refusal that would come again.
    Final,
    /// The call acts, and it may have arrived.
    MayHaveActed,
    /// All attempts are used.
    Attempts,
    /// The wait would exceed the call's total time.
    Time,
    /// The provider asks to wait for longer than the call's total time.
    RetryAfter,
    /// Too many calls fail at present: the budget is used up.
    Budget,
}

/// How often and how patiently a call is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all, the first included.
    pub attempts: u32,
    /// The longest wait after the first attempt; it doubles with each one.
    pub first_delay: Duration,
    /// The longest wait ever, unless the provider asks for more.
    pub max_delay: Duration,
}

impl Default for RetryPolicy {
    /// Four attempts, waits of up to 200 ms, doubling up to 10 s.
    fn default() -> Self {
        Self {
            attempts: 4,
            first_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(10),
        }
    }
}

impl RetryPolicy {
    /// A policy that never repeats a call.
    #[must_use]
    pub fn never() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }

    /// Decides what follows an attempt. A retry takes from the budget.
    ///
    /// The wait is drawn uniformly between nothing and a bound that doubles:
    /// "full jitter", which spreads the callers of a failing provider best.
    /// Where the provider names a wait, that is the least.
    #[must_use]
    pub fn decide(&self, attempt: &Attempt, budget: &RetryBudget) -> Decision {
        if !attempt.outcome.is_transient() {
            return Decision::Stop(Reason::Final);
        }
        if attempt.safety == Safety::OnlyIfNotSent && attempt.outcome != Outcome::NotSent {
            return Decision::Stop(Reason::MayHaveActed);
        }
        if attempt
            .retry_after
            .is_some_and(|wait| wait > attempt.remaining)
        {
            return Decision::Stop(Reason::RetryAfter);
        }
        if attempt.number >= self.attempts {
            return Decision::Stop(Reason::Attempts);
        }
        let wait = self
            .jittered(attempt.number, attempt.roll)
            .saturating_add(attempt.retry_after.unwrap_or_default());
        if wait >= attempt.remaining {
            return Decision::Stop(Reason::Time);
        }
        if !budget.withdraw() {
            return Decision::Stop(Reason::Budget);
        }
        Decision::Retry(wait)
    }

    fn jittered(&self, number: u32, roll: u32) -> Duration {
        let doublings = number.saturating_sub(1).min(31);
        let bound = self
            .first_delay
            .saturating_mul(1 << doublings)
            .min(self.max_delay);
        let nanos = (bound.as_nanos() * u128::from(roll)) >> u32::BITS;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// How many retries all calls of a transport may make together.
///
/// Without it, an outage multiplies the load by the number of attempts just
/// when the provider can bear it least. Each retry takes one; each success
/// gives a fifth back. A budget holds no state to get stuck in, as a circuit
/// breaker does.
#[derive(Debug)]
pub struct RetryBudget {
    fifths: AtomicU32,
    most: u32,
}

impl RetryBudget {
    const RETRY: u32 = 5;

    /// A budget of this many retries, which successes refill up to `most`.
    #[must_use]
    pub fn new(retries: u32, most: u32) -> Self {
        let most = most.max(retries).saturating_mul(Self::RETRY);
        Self {
            fifths: AtomicU32::new(retries.saturating_mul(Self::RETRY)),
            most,
        }
    }

    /// How many retries are left.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.fifths.load(Ordering::Relaxed) / Self::RETRY
    }

    /// Takes one retry; false when none is left.
    pub fn withdraw(&self) -> bool {
        self.fifths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |fifths| {
                fifths.checked_sub(Self::RETRY)
            })
            .is_ok()
    }

    /// Counts a success.
    pub fn deposit(&self) {
        let most = self.most;
        // The closure always returns a value, so the update always happens.
        let _ = self
            .fifths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |fifths| {
                Some(fifths.saturating_add(1).min(most))
            });
    }
}

/// Reads a `Retry-After` header: seconds, or an HTTP date compared with `now`.
///
/// A date that has passed means no wait; what is neither is `None`.
/// See RFC 9110, section 10.2.3.
#[must_use]
pub fn parse_retry_after(value: &HeaderValue, now: Timestamp) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More seconds than fit are a wait without end, not a malformed header.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = Timestamp::try_from(httpdate::parse_http_date(text).ok()?).ok()?;
    let wait = date.duration_since(now).max(SignedDuration::ZERO);
    Some(wait.unsigned_abs())
}

/// A sequence of random numbers for the jitter (SplitMix64): it decides no
/// secret, so speed and a seed matter, and unpredictability does not.
#[derive(Debug)]
pub(crate) struct Dice(AtomicU64);

impl Dice {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// A seed that differs between processes.
    pub(crate) fn random() -> Self {
        Self::seeded(RandomState::new().hash_one("jitter"))
    }

    pub(crate) fn roll(&self) -> u32 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(u32::MAX)
    }
}
