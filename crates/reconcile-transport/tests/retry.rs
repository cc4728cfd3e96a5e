//! The retry policy as one table, and its laws.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::fmt::Write as _;
use std::time::Duration;

use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use proptest::prelude::*;
use reconcile_transport::{
    Attempt, Decision, Outcome, Reason, RetryBudget, RetryPolicy, Safety, parse_retry_after,
};

fn attempt(safety: Safety, outcome: Outcome) -> Attempt {
    Attempt {
        safety,
        outcome,
        number: 1,
        remaining: Duration::from_secs(60),
        retry_after: None,
        roll: u32::MAX / 2 + 1,
    }
}

fn full() -> RetryBudget {
    RetryBudget::new(10, 10)
}

fn answered(status: u16) -> Outcome {
    Outcome::Answered(StatusCode::from_u16(status).unwrap())
}

#[test]
fn the_policy_decides_as_tabled() {
    let statuses = [
        200, 204, 400, 401, 403, 404, 408, 409, 412, 422, 425, 429, 500, 501, 502, 503, 504, 520,
    ];
    let outcomes = [
        Outcome::NotSent,
        Outcome::NoAnswer,
        Outcome::NotJson,
        Outcome::Unacceptable,
    ]
    .into_iter()
    .chain(statuses.map(answered));
    let mut table = format!("{:<16} {:<24} {}\n", "outcome", "repeatable", "acts");
    for outcome in outcomes {
        let name = match outcome {
            Outcome::Answered(status) => status.as_u16().to_string(),
            other => format!("{other:?}"),
        };
        let decide = |safety| {
            format!(
                "{:?}",
                RetryPolicy::default().decide(&attempt(safety, outcome), &full())
            )
        };
        let (repeatable, acts) = (decide(Safety::Repeatable), decide(Safety::OnlyIfNotSent));
        writeln!(table, "{name:<16} {repeatable:<24} {acts}").unwrap();
    }
    insta::assert_snapshot!(table, @"
    outcome          repeatable               acts
    NotSent          Retry(100ms)             Retry(100ms)
    NoAnswer         Retry(100ms)             Stop(MayHaveActed)
    NotJson          Retry(100ms)             Stop(MayHaveActed)
    Unacceptable     Stop(Final)              Stop(Final)
    200              Stop(Final)              Stop(Final)
    204              Stop(Final)              Stop(Final)
    400              Stop(Final)              Stop(Final)
    401              Stop(Final)              Stop(Final)
    403              Stop(Final)              Stop(Final)
    404              Stop(Final)              Stop(Final)
    408              Retry(100ms)             Stop(MayHaveActed)
    409              Stop(Final)              Stop(Final)
    412              Stop(Final)              Stop(Final)
    422              Stop(Final)              Stop(Final)
    425              Stop(Final)              Stop(Final)
    429              Retry(100ms)             Stop(MayHaveActed)
    500              Retry(100ms)             Stop(MayHaveActed)
    501              Stop(Final)              Stop(Final)
    502              Retry(100ms)             Stop(MayHaveActed)
    503              Retry(100ms)             Stop(MayHaveActed)
    504              Retry(100ms)             Stop(MayHaveActed)
    520              Stop(Final)              Stop(Final)
    ");
}

#[test]
fn waits_double_up_to_the_longest_and_attempts_end() {
    let policy = RetryPolicy {
        attempts: 10,
        ..RetryPolicy::default()
    };
    let waits: Vec<_> = (1..=10)
        .map(|number| {
            let roll = u32::MAX;
            policy.decide(
                &Attempt {
                    number,
                    roll,
                    ..attempt(Safety::Repeatable, answered(503))
                },
                &full(),
            )
        })
        .map(|decision| match decision {
            Decision::Retry(wait) => u64::try_from(wait.as_millis()).unwrap() + 1,
            Decision::Stop(reason) => {
                assert_eq!(reason, Reason::Attempts);
                0
            }
        })
        .collect();
    assert_eq!(
        waits,
        [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 0]
    );
}

#[test]
fn the_wait_that_is_asked_for_is_honoured_within_the_time_left_and_reported_beyond() {
    let policy = RetryPolicy::default();
    let asked = |wait| Attempt {
        retry_after: Some(Duration::from_secs(wait)),
        roll: 0,
        ..attempt(Safety::Repeatable, answered(429))
    };
    assert_eq!(
        policy.decide(&asked(7), &full()),
        Decision::Retry(Duration::from_secs(7))
    );
    assert_eq!(
        policy.decide(&asked(61), &full()),
        Decision::Stop(Reason::RetryAfter)
    );
    // A wait to the very end leaves no time for the attempt itself.
    assert_eq!(
        policy.decide(&asked(60), &full()),
        Decision::Stop(Reason::Time)
    );
}

#[test]
fn a_budget_gives_out_and_successes_refill_it_by_a_fifth() {
    let budget = RetryBudget::new(2, 2);
    let retry =
        || RetryPolicy::default().decide(&attempt(Safety::Repeatable, answered(500)), &budget);
    assert!(matches!(retry(), Decision::Retry(_)));
    assert!(matches!(retry(), Decision::Retry(_)));
    assert_eq!(retry(), Decision::Stop(Reason::Budget));
    (0..4).for_each(|_| budget.deposit());
    assert_eq!(retry(), Decision::Stop(Reason::Budget));
    budget.deposit();
    assert!(matches!(retry(), Decision::Retry(_)));
    (0..100).for_each(|_| budget.deposit());
    assert_eq!(budget.left(), 2);
}

#[test]
fn what_is_final_takes_nothing_from_the_budget() {
    let budget = RetryBudget::new(1, 1);
    for outcome in [answered(200), answered(404), Outcome::Unacceptable] {
        let decision =
            RetryPolicy::default().decide(&attempt(Safety::Repeatable, outcome), &budget);
        assert_eq!(decision, Decision::Stop(Reason::Final));
    }
    assert_eq!(budget.left(), 1);
}

#[test]
fn retry_after_is_read_as_seconds_or_as_a_date() {
    let now: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
    let cases = [
        ("0", Some(0)),
        ("120", Some(120)),
        (" 5 ", Some(5)),
        ("99999999999999999999999", Some(u64::MAX)),
        ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
        ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
        ("Sun Nov  6 08:50:37 1994", Some(60)),
        ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
    ];
    for (text, seconds) in cases {
        let wait = parse_retry_after(&HeaderValue::from_static(text), now);
        assert_eq!(wait, seconds.map(Duration::from_secs), "{text:?}");
    }
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::NotSent),
        Just(Outcome::NoAnswer),
        Just(Outcome::NotJson),
        Just(Outcome::Unacceptable),
        (100_u16..1000).prop_map(answered),
    ]
}

proptest! {
    #[test]
    fn no_input_panics_and_every_wait_fits_the_time_left(
        outcome in any_outcome(),
        acts in any::<bool>(),
        (number, attempts, roll) in any::<(u32, u32, u32)>(),
        (remaining, first, max) in any::<(Duration, Duration, Duration)>(),
        retry_after in any::<Option<Duration>>(),
    ) {
        let safety = if acts { Safety::OnlyIfNotSent } else { Safety::Repeatable };
        let policy = RetryPolicy { attempts, first_delay: first, max_delay: max };
        let budget = full();
        let attempt = Attempt { safety, outcome, number, remaining, retry_after, roll };
        match policy.decide(&attempt, &budget) {
            Decision::Retry(wait) => {
                prop_assert!(wait < remaining && number < attempts);
                prop_assert!(wait >= retry_after.unwrap_or_default());
                prop_assert!(!acts || outcome == Outcome::NotSent);
                prop_assert_eq!(budget.left(), 9);
            }
            Decision::Stop(_) => prop_assert_eq!(budget.left(), 10),
        }
    }

    #[test]
    fn no_header_makes_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), second in -60_000_000_000_i64..250_000_000_000) {
        if let (Ok(value), Ok(now)) = (HeaderValue::from_bytes(&bytes), Timestamp::from_second(second)) {
            let _ = parse_retry_after(&value, now);
        }
    }
}
