//! The laws of matching, on small books made to collide.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use reconcile_core::{Currency, Status};
use reconcile_engine::{
    Absence, Book, BreakCode, Conservation, DayWindow, Outcome, Pass, Row, RowIndex, Rule, Rules,
    Side, reconcile,
};
use rust_decimal::Decimal;

use worlds::{Owned, book, context, crowded, floods, ledger, records, rules, worlds};

/// How many worlds each law is tried on: as many as `PROPTEST_CASES` says, else few
/// enough for every run of the tests.
fn cases() -> Config {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default(),
        None => Config::with_cases(500),
    }
}

/// All of the outcome in words, rows by their content instead of their position.
fn said(outcome: &Outcome, ledger: &Book, records: &Book) -> Vec<String> {
    let told = |book: &Book, row: RowIndex| {
        let attributes: Vec<_> = book.attributes(row).collect();
        format!("{:?} {attributes:?}", book.row(row))
    };
    let rows = |book: &Book, rows: &[RowIndex]| -> Vec<String> {
        rows.iter().map(|row| told(book, *row)).collect()
    };
    let matches = outcome.matches.iter().map(|group| {
        let (left, right) = (rows(ledger, group.ledger), rows(records, group.records));
        let (name, difference) = (group.name(), group.difference);
        format!("{left:?} {right:?} {name} {difference} {}", group.ambiguous)
    });
    let breaks = outcome.breaks.iter().map(|found| {
        let (left, right) = (rows(ledger, &found.ledger), rows(records, &found.records));
        let figures = (
            found.expected,
            found.actual,
            found.difference,
            found.currency,
        );
        let place = (found.date, found.age_days, &found.rule, found.severity);
        format!(
            "{} {} {left:?} {right:?} {figures:?} {place:?} {}",
            found.id(ledger, records),
            found.code,
            found.explanation
        )
    });
    let excluded = outcome.excluded.iter().map(|excluded| {
        let book = match excluded.side {
            Side::Ledger => ledger,
            Side::Records => records,
        };
        format!("{} {}", told(book, excluded.row), excluded.reason)
    });
    let sums = format!(
        "{:?} {:?} {:?}",
        outcome.ledger, outcome.records, outcome.conservation
    );
    let notes = outcome.notes.iter().cloned();
    matches
        .chain(breaks)
        .chain(excluded)
        .chain([sums])
        .chain(notes)
        .collect()
}

fn moved(row: &Row<'_>, rules: &Rules) -> Decimal {
    if row
        .status
        .is_none_or(|status| rules.counts.contains(&status))
    {
        row.signed()
    } else {
        Decimal::ZERO
    }
}

/// The most rows of one reference that can be paired with equal amounts, by
/// trying: the slow and obvious way.
fn most_exact_pairs(ledger: &[Owned], records: &[Owned]) -> usize {
    fn fits(ledger: &Owned, record: &Owned) -> bool {
        let moved = |row: &Owned| matches!(row.status, None | Some(Status::Succeeded));
        ledger
            .reference
            .as_deref()
            .is_some_and(|reference| reference != " ")
            && ledger.reference == record.reference
            && (ledger.amount, ledger.currency, ledger.direction)
                == (record.amount, record.currency, record.direction)
            && ledger.kind.zip(record.kind).is_none_or(|(l, r)| l == r)
            && moved(ledger)
            && moved(record)
    }
    fn augment(
        row: usize,
        ledger: &[Owned],
        records: &[Owned],
        seen: &mut BTreeSet<usize>,
        taken: &mut BTreeMap<usize, usize>,
    ) -> bool {
        for (place, record) in records.iter().enumerate() {
            if fits(&ledger[row], record) && seen.insert(place) {
                let holder = taken.get(&place).copied();
                if holder.is_none_or(|holder| augment(holder, ledger, records, seen, taken)) {
                    taken.insert(place, row);
                    return true;
                }
            }
        }
        false
    }
    let mut taken = BTreeMap::new();
    (0..ledger.len())
        .filter(|&row| augment(row, ledger, records, &mut BTreeSet::new(), &mut taken))
        .count()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_row_ends_in_exactly_one_place(
        world in worlds(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&world.ledger), book(&world.records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        let mut seen = [vec![0; ledger.len()], vec![0; records.len()]];
        let groups = outcome.matches.iter().map(|group| (group.ledger, group.records));
        let breaks = outcome.breaks.iter().map(|found| (&*found.ledger, &*found.records));
        for (left, right) in groups.chain(breaks) {
            for row in left {
                seen[0][row.position()] += 1;
            }
            for row in right {
                seen[1][row.position()] += 1;
            }
        }
        for excluded in &outcome.excluded {
            let side = usize::from(excluded.side == Side::Records);
            seen[side][excluded.row.position()] += 1;
        }
        prop_assert!(seen.iter().flatten().all(|&times| times == 1), "{seen:?}");
    }

    #[test]
    fn what_is_found_explains_what_the_sides_differ_by(
        world in worlds(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&world.ledger), book(&world.records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        let mut sums: BTreeMap<Currency, [Decimal; 3]> = BTreeMap::new();
        let out: BTreeSet<_> = outcome.excluded.iter().map(|it| (it.side, it.row)).collect();
        for (place, (side, book)) in [(Side::Ledger, &ledger), (Side::Records, &records)].into_iter().enumerate() {
            for row in book.indices().filter(|row| !out.contains(&(side, *row))) {
                let row = book.row(row);
                sums.entry(row.currency).or_default()[place] += moved(&row, &rules);
            }
        }
        for group in outcome.matches.iter() {
            let currency = ledger.row(group.ledger[0]).currency;
            sums.entry(currency).or_default()[2] += group.difference;
        }
        for found in &outcome.breaks {
            if let Some(difference) = found.difference {
                sums.entry(found.currency.unwrap()).or_default()[2] += difference;
            } else if found.code == BreakCode::CurrencyMismatch {
                let (left, right) = (ledger.row(found.ledger[0]), records.row(found.records[0]));
                prop_assert_ne!(left.currency, right.currency);
                sums.entry(left.currency).or_default()[2] += left.signed();
                sums.entry(right.currency).or_default()[2] -= right.signed();
            }
        }
        for (currency, [ledger, records, explained]) in sums {
            prop_assert_eq!(ledger - records, explained);
            let said = outcome.conservation[&currency];
            prop_assert!(said.holds());
            let said = (said.ledger, said.records, said.explained);
            prop_assert_eq!(said, (ledger.into(), records.into(), explained.into()));
        }
    }

    #[test]
    fn the_order_of_the_rows_never_shows(
        (world, ledger, records) in worlds().prop_flat_map(|world| {
            let shuffled = (Just(world.ledger.clone()).prop_shuffle(), Just(world.records.clone()).prop_shuffle());
            (Just(world), shuffled).prop_map(|(world, (ledger, records))| (world, ledger, records))
        }),
        rules in rules(), context in context(),
    ) {
        let run = |ledger: &[Owned], records: &[Owned]| {
            let (ledger, records) = (book(ledger), book(records));
            let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
            said(&outcome, &ledger, &records)
        };
        prop_assert_eq!(run(&world.ledger, &world.records), run(&ledger, &records));
    }

    #[test]
    fn as_many_rows_match_as_can(
        ledger in crowded(ledger()), records in crowded(records()), context in context(),
    ) {
        let most = most_exact_pairs(&ledger, &records);
        let outcome = reconcile(&book(&ledger), &book(&records), &Rules::default(), &context).unwrap();
        let exact = outcome.matches.iter().filter(|group| group.rule == Rule::Exact && group.pass == "reference");
        prop_assert_eq!(exact.count(), most);
    }

    #[test]
    fn tolerated_differences_are_within_the_tolerance(
        world in worlds(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&world.ledger), book(&world.records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        for group in outcome.matches.iter() {
            let pass = pass(&rules, group.pass);
            // What is compared after the fees differs before them.
            if pass.net {
                continue;
            }
            let currency = ledger.row(group.ledger[0]).currency;
            let booked: Decimal = group.ledger.iter().map(|row| ledger.row(*row).signed()).sum();
            let tolerance = pass.tolerance.as_ref().unwrap_or(&rules.tolerance).of(currency);
            prop_assert!(tolerance.allows(booked.abs(), group.difference.abs()));
            if group.rule != Rule::Group {
                prop_assert_eq!(group.rule == Rule::Tolerance, !group.difference.is_zero());
            }
        }
    }

    #[test]
    fn what_is_matched_is_of_one_currency_and_within_the_days_and_contradicts_no_reference(
        world in worlds(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&world.ledger), book(&world.records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        for group in outcome.matches.iter() {
            let pass = pass(&rules, group.pass);
            let currency = ledger.row(group.ledger[0]).currency;
            let still = group.rule == Rule::SameStatus;
            for (booked, listed) in group.ledger.iter().flat_map(|l| group.records.iter().map(move |r| (l, r))) {
                let (booked, listed) = (ledger.row(*booked), records.row(*listed));
                prop_assert_eq!((booked.currency, listed.currency), (currency, currency));
                let timely = |days: DayWindow| days.holds(&rules.calendar, booked.date, listed.date);
                prop_assert!(still || pass.days.is_none_or(timely));
                let searched = pass.text.is_some() || !pass.identifies;
                let contradict = |(left, right): (&str, &str)| left.trim() != right.trim();
                let contradict = booked.reference.zip(listed.reference).is_some_and(contradict);
                prop_assert!(!searched || pass.across_references || !contradict);
            }
        }
    }

    #[test]
    fn only_a_complete_list_shows_that_a_record_is_missing(
        world in worlds(), rules in rules(), context in context(),
    ) {
        let outcome = reconcile(&book(&world.ledger), &book(&world.records), &rules, &context).unwrap();
        for found in &outcome.breaks {
            let gave_up = found.explanation.contains("was given up");
            match context.proof_of_absence {
                Absence::Proven => prop_assert!(gave_up || found.code != BreakCode::Unproven),
                Absence::Unproven { .. } => prop_assert!(found.code != BreakCode::MissingAtProvider),
            }
            prop_assert!(!gave_up || found.code != BreakCode::MissingAtProvider);
        }
    }

    #[test]
    fn break_ids_are_unique_and_the_three_amounts_agree(
        world in worlds(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&numbered(&world.ledger)), book(&numbered(&world.records)));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        let ids: BTreeSet<String> = outcome.breaks.iter().map(|found| found.id(&ledger, &records)).collect();
        prop_assert_eq!(ids.len(), outcome.breaks.len());
        for found in &outcome.breaks {
            if let Some(difference) = found.difference {
                let side = |amount: Option<Decimal>| amount.unwrap_or_default();
                prop_assert_eq!(side(found.expected) - side(found.actual), difference);
            }
        }
    }
}

fn pass<'r>(rules: &'r Rules, name: &str) -> &'r Pass {
    let mut passes = rules.passes.iter();
    passes.find(|pass| &*pass.name == name).unwrap()
}

/// The rows, each with an id of its own.
fn numbered(rows: &[Owned]) -> Vec<Owned> {
    let rows = (0..).zip(rows.iter().cloned());
    rows.map(|(id, row)| Owned { id, ..row }).collect()
}

/// The laws say nothing about what no world comes to.
#[test]
fn worlds_come_to_every_rule_and_every_break_of_rows() {
    let mut runner = TestRunner::deterministic();
    let (mut passes, mut codes, mut reasons) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let all = (worlds(), rules(), context());
    for _ in 0..3_000 {
        let (world, rules, context) = all.new_tree(&mut runner).unwrap().current();
        let (ledger, records) = (book(&world.ledger), book(&world.records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        assert!(outcome.conservation.values().all(Conservation::holds));
        passes.extend(
            outcome
                .matches
                .iter()
                .map(|group| group.name().into_owned()),
        );
        codes.extend(outcome.breaks.iter().map(|found| found.code));
        reasons.extend(
            outcome
                .excluded
                .iter()
                .map(|excluded| excluded.reason.to_string()),
        );
    }
    let of_rows = |code: &&BreakCode| **code < BreakCode::RollForward;
    let wanted: BTreeSet<_> = BreakCode::ALL.iter().filter(of_rows).copied().collect();
    assert_eq!(codes, wanted);
    for name in [
        "amount_date_text",
        "batch",
        "batch_group",
        "dated_tolerance",
        "many_to_one_group",
        "near",
        "near_tolerance",
        "net_group",
        "net_near_net",
        "net_net",
        "of_account",
        "one_to_many_group",
        "reference",
        "reference_group",
        "reference_normalised",
        "reference_status",
        "reference_tolerance",
        "split_group",
        "sum_of_entries_group",
        "sum_of_records_group",
        "text",
    ] {
        assert!(passes.contains(name), "{name} is not in {passes:?}");
    }
    for reason in [
        "failed",
        "outside the period",
        "payouts",
        "the second terminal",
        "unknown",
    ] {
        assert!(reasons.contains(reason), "{reason} is not in {reasons:?}");
    }
}

proptest! {
    #![proptest_config(Config { cases: cases().cases / 20, ..cases() })]

    #[test]
    fn a_search_that_gives_up_says_so_and_claims_nothing(world in floods(), context in context()) {
        let (ledger, records) = (book(&world.ledger), book(&world.records));
        let outcome = reconcile(&ledger, &records, &Rules::default(), &context).unwrap();
        let gave_up = outcome.notes.iter().any(|note| note.contains("gave up"));
        prop_assert!(gave_up || records.len() <= 512);
        if gave_up {
            prop_assert_eq!(outcome.matches.len(), 0);
            prop_assert!(outcome.breaks.iter().all(|found| found.code != BreakCode::Ambiguous));
        }
    }
}
