//! The laws of splitting a range into windows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use reconcile_transport::{Span, split};

fn span(from: i64, to: i64) -> Span {
    Span::new(
        Timestamp::from_second(from).unwrap(),
        Timestamp::from_second(to).unwrap(),
    )
}

proptest! {
    #[test]
    fn windows_tile_the_span_and_none_is_too_long(
        from in -10_000_000_i64..10_000_000,
        length in 0_i64..50_000_000,
        max in 10_000_i64..6_000_000,
    ) {
        let (whole, max) = (span(from, from + length), SignedDuration::from_secs(max));
        let windows = split(whole, max);
        let mut at = whole.from;
        for window in &windows {
            prop_assert_eq!(window.from, at);
            prop_assert!(window.from < window.to);
            prop_assert!(window.to.duration_since(window.from) <= max);
            at = window.to;
        }
        prop_assert_eq!(at, whole.to);
        // No more windows than needed.
        let needed = (length + max.as_secs() - 1) / max.as_secs();
        prop_assert_eq!(i64::try_from(windows.len()).unwrap(), needed);
    }
}

#[test]
fn an_empty_or_inverted_span_gives_no_window() {
    for (from, to) in [(5, 5), (6, 5)] {
        assert!(span(from, to).is_empty());
        assert_eq!(split(span(from, to), SignedDuration::from_secs(1)), []);
    }
}

#[test]
fn a_year_in_windows_of_sixty_days_takes_seven() {
    assert_eq!(
        split(span(0, 365 * 86_400), SignedDuration::from_hours(60 * 24)).len(),
        7
    );
}

#[test]
fn a_limit_that_cannot_advance_and_one_beyond_all_time_give_the_span_itself() {
    let whole = span(0, 10);
    for max in [
        SignedDuration::ZERO,
        SignedDuration::from_secs(-1),
        SignedDuration::MAX,
    ] {
        assert_eq!(split(whole, max), [whole]);
    }
}
