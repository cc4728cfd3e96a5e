//! What a world promises, for any seed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use reconcile_sandbox::{
    LedgerRow, PaywallEndOfDay, PaywallFigure, PaywallStatus, PaywallStep, PaywallStepKind,
    PaywallTransaction, PaywallWorld, WorldConfig, paywall_ledger,
};
use rust_decimal::Decimal;

fn worlds() -> impl Strategy<Value = WorldConfig> {
    (
        any::<u64>(),
        0_usize..1_500,
        1_u32..70,
        prop::option::of(0_i64..70 * 24),
    )
        .prop_map(|(seed, records, days, hours)| WorldConfig {
            seed,
            records,
            days,
            as_of: hours.map(|hours| start() + SignedDuration::from_hours(hours)),
            ..WorldConfig::default()
        })
}

/// Midnight in Istanbul.
fn start() -> Timestamp {
    "2025-12-31T21:00:00Z".parse().unwrap()
}

fn day(instant: Timestamp) -> Date {
    let istanbul = TimeZone::get("Europe/Istanbul").unwrap();
    instant.to_zoned(istanbul).date()
}

fn undoings(world: &PaywallWorld) -> impl Iterator<Item = &PaywallStep> {
    world
        .steps()
        .iter()
        .filter(|step| step.kind() != PaywallStepKind::Sale)
}

/// How many and how much, by day.
fn sums(rows: impl Iterator<Item = (Date, Decimal)>) -> BTreeMap<Date, PaywallFigure> {
    let mut sums: BTreeMap<Date, PaywallFigure> = BTreeMap::new();
    for (day, amount) in rows {
        let sum = sums.entry(day).or_default();
        *sum = PaywallFigure::new(sum.count + 1, sum.amount + amount);
    }
    sums
}

fn created(transaction: &PaywallTransaction) -> (Date, Decimal) {
    (day(transaction.created()), transaction.amount())
}

fn expected(world: &PaywallWorld, date: Date) -> [PaywallFigure; 6] {
    let transactions = |is_counted: fn(PaywallStatus) -> bool| {
        let all = world.transactions().iter();
        sums(all.filter(|it| is_counted(it.status())).map(created))
    };
    let steps = |kind| {
        let succeeded = undoings(world).filter(|it| it.status() == PaywallStatus::Successful);
        let of_kind = succeeded.filter(|it| it.kind() == kind);
        sums(of_kind.map(|it| (day(it.at()), it.amount())))
    };
    [
        transactions(|_| true),
        transactions(|status| status.id() == 4),
        transactions(|status| [5, 7].contains(&status.id())),
        steps(PaywallStepKind::Refund),
        steps(PaywallStepKind::PartialRefund),
        steps(PaywallStepKind::Cancel),
    ]
    .map(|by_day| by_day.get(&date).copied().unwrap_or_default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_end_of_a_day_equals_its_rows(config in worlds()) {
        let world = PaywallWorld::generate(&config);
        let last = config.from + i64::from(config.days).days();
        for date in config.from.series(1.day()).take_while(|date| *date < last).step_by(5) {
            let told = world.end_of_day(date).map(|end| end.figures().map(|it| it.1));
            let has_begun = day(world.as_of() - SignedDuration::from_micros(1)) >= date;
            prop_assert_eq!(told, has_begun.then(|| expected(&world, date)));
        }
        prop_assert_eq!(world.end_of_day(last), None);
        prop_assert_eq!(world.end_of_day(config.from.yesterday().unwrap()), None);
    }

    #[test]
    fn records_are_in_order_and_within_their_time(config in worlds()) {
        let world = PaywallWorld::generate(&config);
        let transactions = world.transactions();
        prop_assert!(transactions.is_sorted_by(|a, b| a.id() < b.id() && a.created() <= b.created()));
        let mut steps: Vec<_> = world.steps().iter().collect();
        steps.sort_by_key(|it| it.id());
        prop_assert!(steps.is_sorted_by(|a, b| a.id() < b.id() && a.at() <= b.at()));
        for transaction in transactions {
            let steps = world.steps_of(transaction);
            prop_assert!(start() <= transaction.created());
            prop_assert!(steps.is_sorted_by_key(PaywallStep::at));
            prop_assert!(steps.iter().all(|it| transaction.created() <= it.at() && it.at() < world.as_of()));
            let undone = steps.iter().filter(|it| it.kind() != PaywallStepKind::Sale);
            let succeeded = undone.clone().filter(|it| it.status() == PaywallStatus::Successful);
            let given_back: Decimal = succeeded.map(PaywallStep::amount).sum();
            prop_assert!(given_back <= transaction.amount());
            let is_successful = transaction.status() == PaywallStatus::Successful;
            prop_assert!(undone.count() == 0 || is_successful);
            let sold = steps.iter().any(|it| it.kind() == PaywallStepKind::Sale && it.status().id() == 4);
            prop_assert_eq!(sold, is_successful);
        }
        if config.as_of.is_none() {
            prop_assert_eq!(transactions.len() + undoings(&world).count(), config.records);
        }
    }

    #[test]
    fn a_reference_repeats_only_where_that_is_planted(config in worlds()) {
        let world = PaywallWorld::generate(&WorldConfig { as_of: None, ..config });
        let mut counts = BTreeMap::<String, usize>::new();
        for transaction in world.transactions() {
            *counts.entry(transaction.reference()).or_default() += 1;
        }
        let repeated = counts.values().filter(|count| **count == 2).count();
        prop_assert!(counts.values().all(|count| *count <= 2) && repeated <= 3);
        prop_assert_eq!(world.duplicates().count(), repeated);
        for (original, repeated) in world.duplicates() {
            prop_assert_eq!(original.amount(), repeated.amount());
        }
    }

    #[test]
    fn later_looks_show_the_same_lives_further_on(config in worlds(), hours in 0_i64..1_000) {
        let early = PaywallWorld::generate(&config);
        let later = early.as_of() + SignedDuration::from_hours(hours);
        let late = PaywallWorld::generate(&WorldConfig { as_of: Some(later), ..config });
        for (one, other) in early.transactions().iter().zip(late.transactions()) {
            prop_assert_eq!((one.created(), one.amount()), (other.created(), other.amount()));
            prop_assert_eq!(one.reference(), other.reference());
            prop_assert!(!one.status().is_final() || one.status() == other.status());
            let (before, after) = (early.steps_of(one), late.steps_of(other));
            prop_assert!(before.len() <= after.len());
            for (before, after) in before.iter().zip(after) {
                prop_assert_eq!(before.id(), after.id());
                prop_assert_eq!((before.at(), before.status()), (after.at(), after.status()));
            }
        }
    }

    #[test]
    fn mistakes_in_the_ledger_are_apart_and_add_up(config in worlds(), seed: u64) {
        let world = PaywallWorld::generate(&config);
        let ledger = paywall_ledger(&world, seed);
        let lines: BTreeSet<_> = ledger.planted.iter().filter_map(|it| it.ledger_id.clone()).collect();
        let records: BTreeSet<_> = ledger.planted.iter().filter_map(|it| it.record_id.clone()).collect();
        prop_assert_eq!(lines.len(), ledger.planted.iter().filter(|it| it.ledger_id.is_some()).count());
        prop_assert_eq!(records.len(), ledger.planted.iter().filter(|it| it.record_id.is_some()).count());
        let paid: Decimal = world.transactions().iter()
            .filter(|it| it.status() == PaywallStatus::Successful)
            .map(PaywallTransaction::amount).sum();
        let given_back: Decimal = undoings(&world)
            .filter(|it| it.status() == PaywallStatus::Successful)
            .map(PaywallStep::amount).sum();
        let booked: Decimal = ledger.rows.iter().map(LedgerRow::signed_amount).sum();
        // What was booked in another currency, its difference is all of it.
        let differences: Decimal = ledger.planted.iter()
            .filter(|it| it.code != "currency_mismatch").map(|it| it.difference).sum();
        prop_assert_eq!(booked - (paid - given_back), differences);
    }
}

#[test]
fn a_seed_names_one_world() {
    let world = |seed| {
        PaywallWorld::generate(&WorldConfig {
            seed,
            ..WorldConfig::default()
        })
    };
    assert_eq!(world(1), world(1));
    assert_ne!(world(1), world(2));
}

#[test]
fn the_default_world_has_every_status_step_and_mistake() {
    let world = PaywallWorld::generate(&WorldConfig::default());
    let statuses: BTreeSet<_> = world
        .transactions()
        .iter()
        .map(|it| it.status().id())
        .collect();
    assert_eq!(Vec::from_iter(statuses), [1, 2, 3, 4, 5, 6, 7]);
    let undone: BTreeSet<_> = undoings(&world)
        .map(|it| (it.kind(), it.status()))
        .collect();
    for kind in [
        PaywallStepKind::Cancel,
        PaywallStepKind::Refund,
        PaywallStepKind::PartialRefund,
    ] {
        assert!(undone.contains(&(kind, PaywallStatus::Successful)));
    }
    assert!(undone.contains(&(PaywallStepKind::Refund, PaywallStatus::Failed)));
    let ledger = paywall_ledger(&world, 1);
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for planted in &ledger.planted {
        *codes.entry(planted.code).or_default() += 1;
    }
    let expected = [
        ("amount_mismatch", 3),
        ("currency_mismatch", 3),
        ("duplicate_at_provider", 3),
        ("duplicate_in_ledger", 3),
        ("missing_at_provider", 3),
        ("missing_in_ledger", 4),
        ("sign_mismatch", 3),
        ("status_mismatch", 3),
        ("timing", 3),
    ];
    assert_eq!(Vec::from_iter(codes), expected);
    let kinds: BTreeSet<_> = ledger.rows.iter().map(|row| row.kind).collect();
    assert_eq!(Vec::from_iter(kinds), ["payment", "refund", "reversal"]);
}

#[test]
fn days_of_an_empty_world_have_figures_of_nothing() {
    let config = WorldConfig {
        records: 0,
        ..WorldConfig::default()
    };
    let day = PaywallWorld::generate(&config)
        .end_of_day(config.from)
        .unwrap();
    assert_eq!(day.figures(), PaywallEndOfDay::default().figures());
}
