//! What a world promises, for any seed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use reconcile_sandbox::{
    BalanceDay, Cashout, CashoutStatus, Deposit, DepositStatus, TuPayWorld, WorldConfig,
    tupay_ledger,
};
use rust_decimal::Decimal;

fn worlds() -> impl Strategy<Value = WorldConfig> {
    (
        any::<u64>(),
        0_usize..1_500,
        1_u32..70,
        prop::option::of(0_i64..70 * 24),
    )
        .prop_map(|(seed, records, days, hours)| {
            let mut config = WorldConfig {
                seed,
                records,
                days,
                ..WorldConfig::default()
            };
            config.as_of = hours.map(|hours| start() + SignedDuration::from_hours(hours));
            config
        })
}

fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn day(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::UTC).date()
}

fn by_day<'a, T: 'a>(
    rows: impl Iterator<Item = &'a T>,
    day_and_amount: impl Fn(&T) -> (Date, Decimal),
) -> BTreeMap<Date, Decimal> {
    let mut sums = BTreeMap::new();
    for (day, amount) in rows.map(day_and_amount) {
        *sums.entry(day).or_default() += amount;
    }
    sums
}

proptest! {
    #[test]
    fn the_balance_rolls_forward_and_ties_to_the_rows(config in worlds()) {
        let world = TuPayWorld::generate(&config);
        let credited = || world.deposits().iter().filter(|it| it.status().is_credited());
        let completed = world.cashouts().iter().filter(|it| it.status() == CashoutStatus::Completed);
        let deposits = by_day(credited(), |it| (day(it.created()), it.amount()));
        let fees = by_day(credited(), |it| (day(it.created()), it.fee()));
        let cashouts = by_day(completed, |it| (day(it.created()), it.merchant_amount() + it.fee()));
        let notes = by_day(world.notes().iter(), |it| (day(it.created()), it.signed_amount()));
        let settled = by_day(world.settlements().iter(), |it| (day(it.created()), it.requested_amount()));
        let back = world.settlements().iter().filter(|it| it.is_cancelled());
        let back = by_day(back, |it| (day(it.created()), it.requested_amount()));
        let sum = |sums: &BTreeMap<Date, Decimal>, date| sums.get(&date).copied().unwrap_or_default();
        let mut balance = Decimal::new(10_464_298, 2);
        for line in world.balance_days() {
            let date = line.date();
            prop_assert_eq!(line.deposit_total(), sum(&deposits, date));
            prop_assert_eq!(line.deposit_fee_total(), sum(&fees, date));
            prop_assert_eq!(line.cashout_total(), sum(&cashouts, date));
            prop_assert_eq!(line.note_total(), sum(&notes, date));
            prop_assert_eq!(line.settlement_total(), sum(&settled, date));
            prop_assert_eq!(line.cancelled_settlement_total(), sum(&back, date));
            let net = line.deposit_total() - line.deposit_fee_total() - line.cashout_total()
                + line.note_total() - line.settlement_total() + line.cancelled_settlement_total();
            prop_assert_eq!(line.net_amount(), net);
            balance += net;
            prop_assert_eq!(line.total_balance(), balance);
        }
        let expected: Vec<_> = config.from.series(jiff::Span::new().days(1))
            .take(world.balance_days().len()).collect();
        let dates: Vec<_> = world.balance_days().iter().map(BalanceDay::date).collect();
        prop_assert_eq!(dates, expected);
    }

    #[test]
    fn records_are_in_order_and_within_their_time(config in worlds()) {
        let world = TuPayWorld::generate(&config);
        prop_assert!(world.deposits().is_sorted_by(|a, b| a.id() < b.id() && a.created() <= b.created()));
        prop_assert!(world.cashouts().is_sorted_by(|a, b| a.id() < b.id() && a.created() <= b.created()));
        for deposit in world.deposits() {
            prop_assert!(start() <= deposit.created() && deposit.created() <= deposit.changed());
            prop_assert!(deposit.changed() < world.as_of());
            prop_assert!(deposit.amount() > Decimal::ZERO && deposit.fee() < deposit.amount());
        }
        for cashout in world.cashouts() {
            prop_assert!(start() <= cashout.created() && cashout.created() <= cashout.changed());
            prop_assert!(cashout.changed() < world.as_of());
            let is_completed = cashout.status() == CashoutStatus::Completed;
            prop_assert_eq!(cashout.merchant_amount() > Decimal::ZERO, is_completed);
        }
        if config.as_of.is_none() {
            prop_assert_eq!(world.deposits().len() + world.cashouts().len(), config.records);
        }
    }

    #[test]
    fn an_external_id_repeats_only_where_that_is_planted(config in worlds()) {
        let world = TuPayWorld::generate(&WorldConfig { as_of: None, ..config });
        let mut counts = BTreeMap::<String, usize>::new();
        for deposit in world.deposits() {
            *counts.entry(deposit.external_id()).or_default() += 1;
        }
        prop_assert!(counts.values().all(|count| *count <= 2));
        let repeated = counts.values().filter(|count| **count == 2).count();
        prop_assert!(repeated <= 3);
        prop_assert!(world.duplicates().count() <= repeated);
        for (original, repeated) in world.duplicates() {
            prop_assert_eq!(original.requested_amount(), repeated.requested_amount());
        }
    }

    #[test]
    fn later_looks_show_the_same_lives_further_on(config in worlds()) {
        let earlier = TuPayWorld::generate(&config);
        let later = TuPayWorld::generate(&WorldConfig { as_of: None, ..config });
        prop_assert!(earlier.deposits().len() <= later.deposits().len());
        for (before, after) in earlier.deposits().iter().zip(later.deposits()) {
            prop_assert_eq!(before.id(), after.id());
            prop_assert_eq!(before.requested_amount(), after.requested_amount());
            let decided = before.status() != DepositStatus::Pending;
            prop_assert!(!decided || before == after);
        }
    }

    #[test]
    fn mistakes_in_the_ledger_are_apart_and_add_up(config in worlds(), seed: u64) {
        let world = TuPayWorld::generate(&config);
        let ledger = tupay_ledger(&world, seed);
        prop_assert_eq!(&ledger, &tupay_ledger(&world, seed));
        let mut seen = BTreeSet::new();
        for planted in &ledger.planted {
            let line = planted.ledger_id.iter().map(|id| format!("line {id}"));
            let record = planted.record_id.iter().map(|id| format!("record {id}"));
            for one in line.chain(record) {
                prop_assert!(seen.insert(one), "{:?} shares its line or record", planted);
            }
        }
        let mut difference = BTreeMap::<&str, Decimal>::new();
        for row in &ledger.rows {
            *difference.entry(row.currency).or_default() += row.signed_amount();
        }
        for deposit in world.deposits().iter().filter(|it| it.status().is_credited()) {
            *difference.entry("PEN").or_default() -= deposit.requested_amount();
        }
        for cashout in world.cashouts().iter().filter(|it| it.status() == CashoutStatus::Completed) {
            *difference.entry(cashout.currency()).or_default() += cashout.amount();
        }
        for planted in &ledger.planted {
            *difference.entry(planted.currency).or_default() -= planted.difference;
            // Booked in dollars, the soles of the provider stand alone.
            if planted.code == "currency_mismatch" {
                *difference.entry("PEN").or_default() += planted.difference;
            }
        }
        prop_assert!(difference.values().all(Decimal::is_zero), "{:?}", difference);
    }
}

#[test]
fn the_default_world_has_every_status_and_every_mistake() {
    let world = TuPayWorld::generate(&WorldConfig::default());
    let deposits: BTreeSet<_> = world.deposits().iter().map(Deposit::status).collect();
    let cashouts: BTreeSet<_> = world.cashouts().iter().map(Cashout::status).collect();
    assert_eq!(deposits.len(), 5);
    assert_eq!(cashouts.len(), 7);
    assert!(!world.settlements().is_empty() && !world.notes().is_empty());
    assert_eq!(world.duplicates().count(), 3);
    let mut counts = BTreeMap::<&str, usize>::new();
    for planted in tupay_ledger(&world, 1).planted {
        *counts.entry(planted.code).or_default() += 1;
    }
    let expected = [
        ("amount_mismatch", 4),
        ("currency_mismatch", 3),
        ("duplicate_at_provider", 3),
        ("duplicate_in_ledger", 3),
        ("missing_at_provider", 3),
        ("missing_in_ledger", 3),
        ("sign_mismatch", 3),
        ("status_mismatch", 3),
        ("timing", 3),
    ];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_world_has_as_many_records_as_were_asked_for() {
    for (records, deposits) in [
        (0, None),
        (1, None),
        (1, Some(1)),
        (50, Some(0)),
        (7, Some(9)),
    ] {
        let config = WorldConfig {
            records,
            deposits,
            ..WorldConfig::default()
        };
        let world = TuPayWorld::generate(&config);
        assert_eq!(world.deposits().len() + world.cashouts().len(), records);
        let wanted = deposits.map_or(world.deposits().len(), |deposits| deposits.min(records));
        assert_eq!(world.deposits().len(), wanted);
    }
}

#[test]
fn a_seed_names_one_world() {
    let config = WorldConfig::default();
    let world = TuPayWorld::generate(&config);
    assert_eq!(world, TuPayWorld::generate(&config));
    assert_ne!(
        world,
        TuPayWorld::generate(&WorldConfig { seed: 2, ..config })
    );
    assert_eq!(
        tupay_ledger(&world, 1).to_csv(),
        tupay_ledger(&world, 1).to_csv()
    );
}
