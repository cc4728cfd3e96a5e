//! Windows of records, from servers that filter by one instant or by another.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/fake.rs"]
#[allow(dead_code, reason = "other tests need the rest")]
mod fake;

use std::{ops::RangeInclusive, sync::Arc};

use fake::{Behind, Fake, Manner, Told, page};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use proptest::prelude::*;
use reconcile_core::{ProviderExt, PullOptions, RecordQuery, Verdict, Window};
use streampay_sdk::StreamPay;

/// A transaction with one receipt: when it was paid, and how much later or, by
/// its clock, earlier it was stored, in minutes.
#[derive(Clone, Copy, Debug)]
struct Paid {
    at: i64,
    stored_after: i64,
}

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

impl Paid {
    fn stored(self) -> Timestamp {
        at(self.at + self.stored_after)
    }

    fn row(self, id: usize) -> String {
        let riyadh = TimeZone::get("Asia/Riyadh").unwrap();
        let paid = riyadh.to_datetime(at(self.at));
        let (date, time) = (paid.strftime("%d/%m/%Y"), paid.strftime("%H:%M:%S"));
        let stored = self.stored();
        format!(
            r#"{{"id":"t{id}","receipts":[{{"id":"{id}","type":"purchase","start_date":"{date}","start_time":"{time}","amount_authorized":{{"value":"1.00"}},"currency":{{"arabic":"","english":"SAR"}},"is_approved":true,"created_at":"{stored:.3}"}}]}}"#
        )
    }
}

/// What a server may compare `from` and `to` with, and whether it includes them.
#[derive(Clone, Copy, Debug)]
struct Filter {
    by_stored: bool,
    exclusive: bool,
}

fn account(paid: Vec<Paid>, filter: Filter, manner: Manner) -> Arc<Fake> {
    Fake::new(move |path, parameters| {
        let bound = |name| parameters[name].parse::<i64>().unwrap();
        let inset = i64::from(filter.exclusive);
        let asked: RangeInclusive<i64> = bound("from") + inset..=bound("to") - inset;
        let numbered = paid.iter().enumerate();
        let listed = numbered.filter(|(_, paid)| {
            let instant = if filter.by_stored {
                paid.stored()
            } else {
                at(paid.at)
            };
            asked.contains(&instant.as_millisecond())
        });
        let rows: Vec<_> = listed.map(|(id, paid)| paid.row(id)).collect();
        page(path, &rows, parameters, manner)
    })
}

const DAYS: i64 = 24 * 60;

fn transactions() -> impl Strategy<Value = Vec<Paid>> {
    let paid = (0..100 * DAYS, -DAYS..=DAYS);
    let paid = paid.prop_map(|(at, stored_after)| Paid { at, stored_after });
    prop::collection::vec(paid, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn a_window_has_exactly_its_receipts_whatever_is_filtered_by(
        paid in transactions(),
        (from, length) in (0..100 * DAYS, 0..80 * DAYS),
        (by_stored, exclusive) in any::<(bool, bool)>(),
        (cap, skips) in (1_usize..20, any::<bool>()),
        behind in prop::sample::select(vec![Behind::NoRows, Behind::LastPage, Behind::Refusal]),
    ) {
        let filter = Filter { by_stored, exclusive };
        let manner = Manner { told: Told::Nothing, cap, skips, behind };
        let fake = account(paid.clone(), filter, manner);
        let window = Window::new(at(from), at(from + length)).unwrap();
        let provider = StreamPay::new(fake.config(10)).unwrap();
        let options = PullOptions::at(at(1_000 * DAYS));
        let pull = provider.collect_records(RecordQuery::new(window), options);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (records, certificate) = runtime.block_on(pull).unwrap();
        let mut ids: Vec<usize> = records.iter().map(|record| record.id.parse().unwrap()).collect();
        ids.sort_unstable();
        let expected = paid.iter().enumerate().filter(|(_, paid)| window.contains(at(paid.at)));
        let expected: Vec<_> = expected.map(|(id, _)| id).collect();
        prop_assert_eq!(ids, expected);
        prop_assert_eq!(certificate.verdict, Verdict::Complete);
    }
}
