//! A hidden convention is found, and what breaks it is named.

use jiff::civil::Date;
use proptest::{prelude::*, sample::Index};
use reconcile_core::{Convention, Record};
use reconcile_engine::{BreakCode, Proof, ProofVerdict};
use rust_decimal::Decimal;

use crate::world::{
    DAYS, FIRST, World, day, day_of, hour, locked, payout, sought, space, weight, with,
};

use ProofVerdict::{Fails, Holds};

/// How long after its creation a record changes at most, in hours.
const LATEST: i64 = 30;

/// Records from days before the first to days after the last. Each day has one
/// of every status created, and one changed, at hours at which no two of the
/// conventions have the same day.
fn records() -> impl Strategy<Value = Vec<Record>> {
    let others = (0..3_usize, -72..(DAYS + 3) * 24, 0..=LATEST);
    prop::collection::vec(others, 0..60).prop_map(|others| {
        let words = ["DONE", "PAID", "OPEN"];
        let hours = |day: i64| [3, 12, 17, 21, 23].map(|hour| day * 24 + hour);
        let each = (-3..DAYS + 3).flat_map(hours);
        let each = each.flat_map(|at| (0..3).map(move |word| (word, at, LATEST)));
        let all = each.chain(others).zip(0..);
        all.map(|((word, at, after), number)| payout(number, words[word], at, after))
            .collect()
    })
}

fn conventions() -> impl Strategy<Value = Convention> {
    prop::sample::select(space().all())
}

/// The proof that says which convention was found.
fn summary(proofs: &[Proof]) -> &Proof {
    let mut proofs = proofs.iter();
    proofs.find(|proof| proof.convention.is_some()).unwrap()
}

/// The next best convention, and the first of the days that tell it apart.
fn runner_up(note: &str) -> (&str, usize) {
    let (_, next) = note.split_once("the next best is ").unwrap();
    let (next, score) = next.split_once(": ").unwrap();
    let (_, date) = score.split_once("told apart by ").unwrap();
    let date: Date = date[..10].parse().unwrap();
    let number = date.duration_since(FIRST).as_hours() / 24;
    (next, usize::try_from(number).unwrap())
}

/// A day that every convention can be tested on.
fn middle(which: Index) -> i64 {
    3 + i64::try_from(which.index(usize::try_from(DAYS - 6).unwrap())).unwrap()
}

proptest! {
    // A world is tested by a hundred conventions.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_hidden_convention_is_found_and_is_the_only_one(records in records(), hidden in conventions()) {
        let world = World::of(records.clone(), &hidden.to_string());
        let proofs = world.test(&sought());
        let summary = summary(&proofs);
        let found = summary.convention.as_ref().unwrap();
        prop_assert_eq!((&found.convention, found.is_only()), (&hidden, true), "{}", summary.note);
        prop_assert_eq!(summary.verdict, Holds);
        prop_assert!(summary.note.contains("no other convention does as well"), "{}", summary.note);
        let (next, telling) = runner_up(&summary.note);
        prop_assert_ne!(next, hidden.to_string());
        let of_day = |world: &World| world.statements[telling].amount("paid");
        prop_assert_ne!(of_day(&World::of(records, next)), of_day(&world));
        prop_assert_eq!(with(&proofs, Fails), Vec::<&Proof>::new());
        let days = with(&proofs, Holds).len() - 1;
        prop_assert!(i64::try_from(days).unwrap() >= DAYS - 4, "{days} days");
        prop_assert_eq!(proofs.len() - 1 - usize::from(has_days_beyond(&proofs)), 14);
    }

    #[test]
    fn a_record_that_its_day_leaves_out_is_named(records in records(), hidden in conventions(), which in any::<Index>()) {
        let mut world = World::of(records, &hidden.to_string());
        let noon = hour(middle(which) * 24 + 12);
        let counted = world.records.iter().filter(|it| !weight(it, &hidden).is_zero());
        let lost = counted.min_by_key(|it| it.created_at.duration_since(noon).abs());
        let lost = lost.unwrap().clone();
        let number = day_of(&lost, &hidden).duration_since(FIRST).as_hours() / 24;
        world.add_to(number, -weight(&lost, &hidden));
        let proofs = world.test(&sought());
        prop_assert_eq!(&summary(&proofs).convention.as_ref().unwrap().convention, &hidden);
        let failed: Vec<_> = with(&proofs, Fails).into_iter().filter(|it| it.code.is_some()).collect();
        prop_assert_eq!(failed.len(), 1);
        let failed = failed[0];
        prop_assert_eq!(failed.difference, Some(weight(&lost, &hidden)));
        prop_assert_eq!(failed.code, Some(BreakCode::ControlTotal));
        prop_assert_eq!(&failed.records[..], std::slice::from_ref(&lost.id), "{}", failed.note);
        prop_assert!(failed.note.contains(&format!("; without {} (", lost.id)), "{}", failed.note);
    }

    #[test]
    fn a_day_that_leaves_a_locked_convention_fails(records in records(), hidden in conventions(), which in any::<Index>()) {
        let mut world = World::of(records, &hidden.to_string());
        let number = middle(which);
        world.add_to(number, Decimal::new(1, 2));
        let proofs = world.test(&locked(&hidden.to_string()));
        let failed: Vec<_> = with(&proofs, Fails).into_iter().filter(|it| it.code.is_some()).collect();
        prop_assert_eq!(failed.len(), 1);
        prop_assert_eq!(failed[0].date, Some(day(number)));
        prop_assert_eq!(failed[0].difference, Some(Decimal::new(-1, 2)));
        prop_assert_eq!(failed[0].to_break().unwrap().code, BreakCode::ControlTotal);
        prop_assert!(proofs.iter().all(|proof| proof.convention.is_none()), "nothing is sought");
    }

    #[test]
    fn the_order_of_the_input_changes_nothing(records in records(), hidden in conventions(), which in any::<Index>()) {
        let mut world = World::of(records, &hidden.to_string());
        world.add_to(middle(which), Decimal::new(1, 2));
        let proofs = world.test(&sought());
        world.records.reverse();
        let place = which.index(world.statements.len());
        world.statements.rotate_left(place);
        prop_assert_eq!(world.test(&sought()), proofs);
    }
}

/// Whether records are told that count on a day for which nothing is stated.
fn has_days_beyond(proofs: &[Proof]) -> bool {
    proofs
        .iter()
        .any(|proof| proof.note.contains("nothing is stated"))
}
