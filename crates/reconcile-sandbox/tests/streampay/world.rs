//! What a world promises, for any seed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use reconcile_sandbox::{
    LedgerRow, StreamPayReceipt, StreamPayReceiptKind, StreamPayReconciliation,
    StreamPayTransaction, StreamPayWorld, WorldConfig, streampay_ledger,
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

/// Midnight in Riyadh.
fn start() -> Timestamp {
    "2025-12-31T21:00:00Z".parse().unwrap()
}

/// Positive where money goes to the merchant.
fn moved(receipt: &StreamPayReceipt) -> Decimal {
    match receipt.kind() {
        _ if !receipt.is_approved() => Decimal::ZERO,
        kind if kind.is_paid() => receipt.amount(),
        _ => -receipt.amount(),
    }
}

/// The receipts of each terminal in the order of their time and number.
fn by_terminal(world: &StreamPayWorld) -> BTreeMap<String, Vec<&StreamPayReceipt>> {
    let mut terminals: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for receipt in world.receipts() {
        terminals.entry(receipt.tid()).or_default().push(receipt);
    }
    for receipts in terminals.values_mut() {
        // Where several are of one second, their numbers tell which came first.
        receipts.sort_by_key(|it| it.at());
    }
    terminals
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn batches_tile_the_approved_receipts_of_each_terminal(config in worlds()) {
        let world = StreamPayWorld::generate(&config);
        let mut since: BTreeMap<String, Timestamp> = BTreeMap::new();
        let mut batched = BTreeSet::new();
        prop_assert!(world.reconciliations().is_sorted_by_key(StreamPayReconciliation::at));
        for reconciliation in world.reconciliations() {
            prop_assert!(reconciliation.at() < world.as_of());
            let began = since.insert(reconciliation.tid(), reconciliation.at());
            let began = began.unwrap_or(Timestamp::MIN);
            prop_assert!(world.batch(reconciliation).next().is_some());
            for receipt in world.batch(reconciliation) {
                prop_assert!(receipt.is_approved());
                prop_assert_eq!(receipt.tid(), reconciliation.tid());
                prop_assert!(began <= receipt.at() && receipt.at() < reconciliation.at());
                prop_assert!(batched.insert(receipt.id()), "in one batch only");
            }
        }
        for receipt in world.receipts().iter().filter(|it| it.is_approved()) {
            let last = since.get(&receipt.tid()).copied().unwrap_or(Timestamp::MIN);
            prop_assert_eq!(batched.contains(&receipt.id()), receipt.at() < last);
        }
    }

    #[test]
    fn trace_numbers_of_a_terminal_have_no_gap(config in worlds()) {
        let world = StreamPayWorld::generate(&config);
        for receipts in by_terminal(&world).values() {
            let mut numbers: Vec<_> = receipts.iter().map(|it| i64::from(it.stan())).collect();
            let from = world.terminals().iter().find(|it| it.tid() == receipts[0].tid()).unwrap();
            prop_assert!(from.created() <= receipts[0].at());
            // A second may have several, in any order.
            let first = numbers.iter().copied().min_by_key(|it| (it - numbers[0] + 5).rem_euclid(999_999)).unwrap();
            numbers.sort_by_key(|it| (it - first).rem_euclid(999_999));
            let expected: Vec<_> = (0..).map(|step| (first + step - 1) % 999_999 + 1).take(numbers.len()).collect();
            prop_assert_eq!(numbers, expected);
        }
    }

    #[test]
    fn records_are_in_order_and_within_their_time(config in worlds()) {
        let world = StreamPayWorld::generate(&config);
        prop_assert!(world.transactions().is_sorted_by_key(StreamPayTransaction::at));
        let mut ids = BTreeSet::new();
        for transaction in world.transactions() {
            prop_assert!(ids.insert(transaction.id()));
            let receipts = world.receipts_of(transaction);
            prop_assert!((1..=3).contains(&receipts.len()));
            prop_assert_eq!(receipts[0].at(), transaction.at());
            prop_assert!(receipts.is_sorted_by_key(StreamPayReceipt::at));
            for receipt in receipts {
                prop_assert!(ids.insert(receipt.id()));
                prop_assert!(start() <= receipt.at() && receipt.at() < world.as_of());
                prop_assert!(receipt.amount() > Decimal::ZERO);
                prop_assert_eq!(receipt.tid(), receipts[0].tid());
                prop_assert_eq!(receipt.scheme(), receipts[0].scheme());
                prop_assert_eq!(world.transaction_of(receipt), Some(transaction));
            }
            for pair in receipts.windows(2) {
                let is_reversal = pair[1].kind().is_reversal();
                prop_assert_eq!(pair[0].is_reversed(), is_reversal);
                if is_reversal {
                    prop_assert!(pair[0].is_approved() && pair[0].amount() == pair[1].amount());
                    prop_assert!(pair[1].at().duration_since(pair[0].at()) <= SignedDuration::from_secs(60));
                }
            }
        }
        if config.as_of.is_none() {
            prop_assert_eq!(world.receipts().len(), config.records);
        }
    }

    #[test]
    fn later_looks_show_the_same_lives_further_on(config in worlds(), hours in 0_i64..1_000) {
        let early = StreamPayWorld::generate(&config);
        let later = early.as_of() + SignedDuration::from_hours(hours);
        let late = StreamPayWorld::generate(&WorldConfig { as_of: Some(later), ..config });
        let receipts: BTreeMap<_, _> = late.receipts().iter().map(|it| (it.id(), it)).collect();
        for before in early.receipts() {
            let after = receipts[&before.id()];
            prop_assert_eq!((before.at(), before.amount(), before.stan()), (after.at(), after.amount(), after.stan()));
            prop_assert_eq!((before.tid(), before.kind(), before.is_approved()), (after.tid(), after.kind(), after.is_approved()));
            prop_assert!(!before.is_refunded() || after.is_refunded());
            prop_assert!(!before.is_reversed() || after.is_reversed());
        }
        for (before, after) in early.transactions().iter().zip(late.transactions()) {
            prop_assert_eq!(before.id(), after.id());
        }
        for (before, after) in early.reconciliations().iter().zip(late.reconciliations()) {
            prop_assert_eq!((before.id(), before.at()), (after.id(), after.at()));
        }
        prop_assert!(early.terminals().len() <= late.terminals().len());
    }

    #[test]
    fn a_purchase_repeats_in_its_transaction_only_where_that_is_planted(config in worlds()) {
        let world = StreamPayWorld::generate(&WorldConfig { as_of: None, ..config });
        let count = world.duplicates().count();
        prop_assert!(count <= 3);
        prop_assert!(count == 3 || world.receipts().len() < 100);
        for (original, repeated) in world.duplicates() {
            prop_assert_eq!(original.amount(), repeated.amount());
        }
    }

    #[test]
    fn mistakes_in_the_ledger_are_apart_and_add_up(config in worlds(), seed: u64) {
        let world = StreamPayWorld::generate(&config);
        let ledger = streampay_ledger(&world, seed);
        let lines: BTreeSet<_> = ledger.planted.iter().filter_map(|it| it.ledger_id.clone()).collect();
        let records: BTreeSet<_> = ledger.planted.iter().filter_map(|it| it.record_id.clone()).collect();
        prop_assert_eq!(lines.len(), ledger.planted.iter().filter(|it| it.ledger_id.is_some()).count());
        prop_assert_eq!(records.len(), ledger.planted.iter().filter(|it| it.record_id.is_some()).count());
        let moved: Decimal = world.receipts().iter().map(moved).sum();
        let booked: Decimal = ledger.rows.iter().map(LedgerRow::signed_amount).sum();
        // What was booked in another currency, its difference is all of it.
        let differences: Decimal = ledger.planted.iter()
            .filter(|it| it.code != "currency_mismatch").map(|it| it.difference).sum();
        prop_assert_eq!(booked - moved, differences);
    }
}

#[test]
fn a_seed_names_one_world() {
    let world = |seed| {
        StreamPayWorld::generate(&WorldConfig {
            seed,
            ..WorldConfig::default()
        })
    };
    assert_eq!(world(1), world(1));
    assert_ne!(world(1), world(2));
}

#[test]
fn the_default_world_has_every_kind_scheme_and_mistake() {
    let world = StreamPayWorld::generate(&WorldConfig::default());
    let kinds: BTreeSet<_> = world
        .receipts()
        .iter()
        .map(StreamPayReceipt::kind)
        .collect();
    assert_eq!(kinds.len(), 4);
    let schemes: BTreeSet<_> = world
        .receipts()
        .iter()
        .map(|it| it.scheme().code())
        .collect();
    assert_eq!(schemes.len(), 9);
    let declined = |kind| {
        let mut of_kind = world.receipts().iter().filter(move |it| it.kind() == kind);
        of_kind.any(|it| !it.is_approved())
    };
    assert!(declined(StreamPayReceiptKind::Purchase) && declined(StreamPayReceiptKind::Refund));
    let sizes: BTreeSet<_> = world
        .transactions()
        .iter()
        .map(|it| world.receipts_of(it).len())
        .collect();
    assert_eq!(Vec::from_iter(sizes), [1, 2, 3]);
    let wraps = |receipts: &Vec<&StreamPayReceipt>| {
        receipts
            .windows(2)
            .any(|pair| pair[1].stan() < pair[0].stan())
    };
    assert!(by_terminal(&world).values().any(wraps), "999999, then 1");
    assert!(world.terminals().len() > by_terminal(&world).len());

    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    let ledger = streampay_ledger(&world, 1);
    for planted in &ledger.planted {
        *codes.entry(planted.code).or_default() += 1;
    }
    // Nothing is pending at a terminal, and so there is nothing to be booked
    // too early.
    let expected = [
        ("amount_mismatch", 3),
        ("currency_mismatch", 3),
        ("duplicate_at_provider", 3),
        ("duplicate_in_ledger", 3),
        ("missing_at_provider", 3),
        ("missing_in_ledger", 4),
        ("sign_mismatch", 3),
        ("status_mismatch", 3),
    ];
    assert_eq!(Vec::from_iter(codes), expected);
    let kinds: BTreeSet<_> = ledger.rows.iter().map(|row| row.kind).collect();
    assert_eq!(Vec::from_iter(kinds), ["payment", "refund", "reversal"]);
}

#[test]
fn an_empty_world_has_terminals_that_nobody_used() {
    let world = StreamPayWorld::generate(&WorldConfig {
        records: 0,
        ..WorldConfig::default()
    });
    assert_eq!(world.terminals().len(), 5);
    assert!(world.transactions().is_empty() && world.reconciliations().is_empty());
}
