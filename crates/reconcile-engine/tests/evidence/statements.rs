//! Laws about statements alone.

use jiff::{SignedDuration, civil::date};
use reconcile_core::{FailureCode, Figure, Law, Window};
use reconcile_engine::{BreakCode, Period, ProofVerdict, prove};
use rust_decimal::dec;

use crate::acme::{World, days, failures, identity, open};

use ProofVerdict::{Fails, Holds, NotTestable};

/// A change of a figure, by one minor unit or by one.
fn add_one(figure: &mut Figure) {
    match figure {
        Figure::Amount(amount) => *amount += dec!(0.01),
        Figure::Count(count) => *count += 1,
        Figure::Flag(flag) => *flag = !*flag,
        _ => unreachable!("no other figure is stated here"),
    }
}

fn changed(batch: usize, scope: Option<&str>, figure: &str) -> World {
    let mut world = World::small();
    let statement = world.statement(batch, scope);
    add_one(statement.figures.get_mut(figure).unwrap());
    world
}

fn without(batch: usize, scope: Option<&str>, figure: &str) -> World {
    let mut world = World::small();
    let statement = world.statement(batch, scope);
    statement.figures.remove(figure).unwrap();
    world
}

#[test]
fn equal_sides_hold_on_the_parts_and_are_silent_about_the_wholes() {
    let proofs = World::small().test("sides");
    assert!(proofs.iter().all(|proof| proof.verdict == Holds));
    let scopes: Vec<_> = proofs.iter().map(|proof| proof.scope.as_deref()).collect();
    assert_eq!(scopes, [Some("P1"), Some("P1"), Some("VC")]);
    assert_eq!(
        proofs[0].note,
        "pos_debit 21.37 = host_debit 21.37; pos_debit_count 2 = host_debit_count 2; \
         pos_total 21.37 = host_total 21.37"
    );
}

#[test]
fn sides_that_differ_by_a_minor_unit_are_named() {
    let proofs = changed(0, Some("P1"), "host_debit").test("sides");
    let [failed] = failures(&proofs)[..] else {
        panic!("{proofs:#?}")
    };
    assert_eq!(proofs.len(), 3, "nothing else is said of that batch");
    assert_eq!(failed.account.as_deref(), Some("T-0"));
    assert_eq!(failed.scope.as_deref(), Some("P1"));
    assert_eq!(failed.statement.as_deref(), Some("B-0-0"));
    assert_eq!(failed.subject.as_deref(), Some("pos_debit = host_debit"));
    assert_eq!(failed.date, Some(date(2026, 1, 5)));
    assert_eq!(failed.expected, Some(dec!(21.37)));
    assert_eq!(failed.actual, Some(dec!(21.38)));
    assert_eq!(failed.difference, Some(dec!(-0.01)));
    assert_eq!(failed.note, "pos_debit 21.37 ≠ host_debit 21.38");
    let found = failed.to_break().unwrap();
    assert_eq!(found.code, BreakCode::BatchUnbalanced);
    assert_eq!(found.currency, Some("SAR".parse().unwrap()));
}

#[test]
fn an_identity_says_what_its_failure_is_filed_under() {
    let world = changed(0, Some("P1"), "host_debit");
    let identities = [identity("sides").filed_under(FailureCode::ControlTotal)];
    let proofs = prove(&identities, &world.statements, None, None);
    let found = failures(&proofs)[0].to_break().unwrap();
    assert_eq!(found.code, BreakCode::ControlTotal);
}

#[test]
fn a_difference_of_counts_is_not_money() {
    let proofs = changed(0, Some("P1"), "host_debit_count").test("sides");
    let found = failures(&proofs)[0].to_break().unwrap();
    assert_eq!((found.difference, found.currency), (Some(dec!(-1)), None));
}

#[test]
fn a_side_that_is_not_stated_leaves_its_pair_open() {
    let proofs = without(0, Some("P1"), "host_debit").test("sides");
    assert!(failures(&proofs).is_empty());
    let notes: Vec<_> = open(&proofs).iter().map(|proof| &proof.note).collect();
    assert_eq!(notes, ["host_debit is not stated"]);
}

#[test]
fn without_any_side_nothing_holds() {
    let mut world = World::small();
    world.statements.retain(|s| s.scope.is_none());
    let proofs = world.test("sides");
    assert_eq!(proofs.len(), 1);
    assert_eq!(proofs[0].verdict, NotTestable);
    assert_eq!(
        proofs[0].note,
        "no statement states a figure that it is about"
    );
}

#[test]
fn parts_add_up_to_their_whole() {
    let proofs = World::small().test("schemes");
    assert!(proofs.iter().all(|proof| proof.verdict == Holds));
    assert_eq!(
        proofs[0].note,
        "21.37 (P1) + -1.37 (VC) = 20.00, stated 20.00"
    );
    // The second terminal had nothing to settle.
    assert_eq!(proofs[2].note, "it has no parts, stated 0");
}

#[test]
fn a_whole_that_is_not_the_sum_of_its_parts_is_named() {
    let proofs = changed(0, None, "total").test("schemes");
    let [failed] = failures(&proofs)[..] else {
        panic!("{proofs:#?}")
    };
    assert_eq!(failed.statement.as_deref(), Some("B-0-0"));
    assert_eq!(
        (failed.scope.as_deref(), failed.difference),
        (None, Some(dec!(-0.01)))
    );
    assert_eq!(failed.code, Some(BreakCode::ControlTotal));
    let mut world = World::small();
    world
        .statements
        .retain(|s| s.scope.as_deref() != Some("VC"));
    let proofs = world.test("schemes");
    assert_eq!(failures(&proofs)[0].difference, Some(dec!(1.37)));
}

#[test]
fn parts_without_figure_or_whole_are_open_and_contradictions_fail() {
    let note = |world: &World| open(&world.test("schemes"))[0].note.clone();
    assert_eq!(
        note(&without(0, Some("VC"), "pos_total")),
        "pos_total of VC is not stated"
    );
    assert_eq!(note(&without(0, None, "total")), "total is not stated");
    let mut world = World::small();
    world.statements.remove(0);
    assert_eq!(
        note(&world),
        "there are parts, and no statement of the whole"
    );
    let mut world = World::small();
    let mut twice = world.statement(0, Some("P1")).clone();
    world.statements.push(twice.clone());
    assert!(failures(&world.test("schemes")).is_empty());
    add_one(twice.figures.get_mut("pos_total").unwrap());
    world.statements.push(twice);
    assert_eq!(
        failures(&world.test("schemes"))[0].note,
        "2 statements of P1 contradict each other"
    );
}

#[test]
fn a_flag_agrees_with_the_pairs_of_its_statement_or_of_its_parts() {
    let proofs = World::small().test("balanced");
    let scopes: Vec<_> = proofs
        .iter()
        .map(|proof| (proof.scope.as_deref(), proof.verdict))
        .collect();
    assert_eq!(
        scopes,
        [
            (None, Holds),
            (None, Holds),
            (Some("P1"), Holds),
            (Some("P1"), Holds),
            (Some("VC"), Holds),
            // Nothing was settled: no pair can tell.
            (None, NotTestable),
            (None, NotTestable),
        ]
    );
    assert_eq!(proofs[5].note, "neither it nor a part of it states a pair");
}

#[test]
fn a_flag_that_covers_a_difference_up_fails_with_the_difference() {
    let proofs = changed(0, Some("P1"), "host_debit").test("balanced");
    let failed = failures(&proofs);
    assert_eq!(failed.len(), 2);
    assert_eq!(failed[0].scope, None);
    assert_eq!(
        failed[0].note,
        "balanced is true, though P1: pos_debit 21.37 ≠ host_debit 21.38"
    );
    assert_eq!(failed[1].scope.as_deref(), Some("P1"));
    assert_eq!(failed[1].difference, Some(dec!(-0.01)));
    assert_eq!(failed[1].code, Some(BreakCode::BatchUnbalanced));
}

#[test]
fn a_flag_that_sees_a_difference_where_there_is_none_fails() {
    let proofs = changed(0, Some("VC"), "balanced").test("balanced");
    let [failed] = failures(&proofs)[..] else {
        panic!("{proofs:#?}")
    };
    assert_eq!(failed.scope.as_deref(), Some("VC"));
    assert!(
        failed
            .note
            .starts_with("balanced is false, though pos_debit 12.74 = host_debit")
    );
    assert_eq!(failed.difference, None);
}

#[test]
fn a_flag_that_owns_up_to_a_difference_holds() {
    let mut world = changed(0, Some("P1"), "host_debit");
    for scope in [None, Some("P1")] {
        let statement = world.statement(0, scope);
        add_one(statement.figures.get_mut("balanced").unwrap());
    }
    assert!(failures(&world.test("balanced")).is_empty());
}

#[test]
fn a_flag_or_a_pair_that_is_not_stated_decides_nothing() {
    let note = |world: &World| {
        let proofs = world.test("balanced");
        assert!(failures(&proofs).is_empty());
        let open = open(&proofs);
        let note = open
            .iter()
            .find(|proof| proof.account.as_deref() == Some("T-0"));
        note.unwrap().note.clone()
    };
    assert_eq!(
        note(&without(1, Some("P1"), "balanced")),
        "balanced is not stated"
    );
    assert_eq!(
        note(&without(1, Some("P1"), "host_total")),
        "host_total is not stated"
    );
}

#[test]
fn a_composition_may_be_of_counts() {
    assert!(failures(&World::small().test("counts")).is_empty());
    let proofs = changed(1, None, "count").test("counts");
    let [failed] = failures(&proofs)[..] else {
        panic!("{proofs:#?}")
    };
    assert_eq!(failed.statement.as_deref(), Some("B-0-1"));
    assert_eq!((failed.difference, failed.currency), (Some(dec!(-1)), None));
}

#[test]
fn periods_that_touch_hold_and_the_first_is_open() {
    let proofs = World::small().test("periods");
    let verdicts: Vec<_> = proofs.iter().map(|proof| proof.verdict).collect();
    assert_eq!(verdicts, [NotTestable, Holds, NotTestable, Holds]);
    assert_eq!(
        proofs[0].note,
        "nothing is known before 2026-01-04T21:00:00Z"
    );
    assert_eq!(proofs[1].note, "follows B-0-0 at 2026-01-05T03:00:00Z");
}

#[test]
fn a_hole_and_an_overlap_between_periods_are_named() {
    let shifted = |milliseconds: i64| {
        let mut world = World::small();
        for scope in [None, Some("P1")] {
            let period = &mut world.statement(1, scope).period;
            let from = period.from() + SignedDuration::from_millis(milliseconds);
            *period = Window::new(from, period.to()).unwrap();
        }
        let proofs = world.test("periods");
        let failed = failures(&proofs);
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].code, Some(BreakCode::SequenceGap));
        assert_eq!(failed[0].statement.as_deref(), Some("B-0-1"));
        assert_eq!(
            (failed[0].expected, failed[0].currency),
            (Some(dec!(0)), None)
        );
        (failed[0].note.clone(), failed[0].difference.unwrap())
    };
    let hole = "2026-01-05T03:00:00Z to 2026-01-05T03:00:01.5Z is in no statement".to_owned();
    assert_eq!(shifted(1_500), (hole, dec!(-1.5)));
    let overlap = "2026-01-05T02:59:58.5Z to 2026-01-05T03:00:00Z is also in B-0-0".to_owned();
    assert_eq!(shifted(-1_500), (overlap, dec!(1.5)));
}

#[test]
fn a_period_within_another_hides_no_overlap() {
    let mut world = World::of(3, &[]);
    let mut long = world.statement(0, None).clone();
    let period = long.period;
    long.id = "LONG".to_owned();
    long.period = Window::new(period.from(), period.to() + SignedDuration::from_hours(9)).unwrap();
    world.statements.push(long);
    let proofs = world.test("periods");
    let notes: Vec<_> = failures(&proofs).iter().map(|proof| &proof.note).collect();
    assert_eq!(
        notes,
        [
            "2026-01-04T21:00:00Z to 2026-01-05T03:00:00Z is also in B-0-0",
            "2026-01-05T03:00:00Z to 2026-01-05T09:00:00Z is also in LONG",
            "2026-01-05T09:00:00Z to 2026-01-05T12:00:00Z is also in LONG",
        ]
    );
}

#[test]
fn periods_of_nobody_among_named_accounts_are_open() {
    let mut world = World::small();
    world.statement(1, None).account = None;
    let proofs = world.test("periods");
    assert!(failures(&proofs).is_empty());
    assert_eq!(
        open(&proofs)[0].note,
        "the statement does not say which account it is about"
    );
}

#[test]
fn every_closed_day_has_a_verdict_and_soon_enough() {
    let test = |world: &World, asked| {
        let proofs = prove(&[identity("closing")], &world.statements, None, asked);
        let first = proofs[0].clone();
        (
            first.verdict,
            first.code.unwrap(),
            first.note,
            first.difference,
        )
    };
    let mut world = World::small();
    let gap = BreakCode::SequenceGap;
    let note = "it took 2 days, of 3 allowed".to_owned();
    assert_eq!(test(&world, None), (Holds, gap, note, None));

    let figures = &mut world.statement(0, None).figures;
    figures.insert("verdict_days".to_owned(), Figure::Count(4));
    let note = "it took 4 days, of 3 allowed".to_owned();
    let late = BreakCode::DateOutOfWindow;
    assert_eq!(test(&world, None), (Fails, late, note, Some(dec!(-1))));

    let figures = &mut world.statement(0, None).figures;
    figures.remove("verdict_days");
    let note = "closed is true, and verdict_days is not stated".to_owned();
    assert_eq!(test(&world, None), (NotTestable, gap, note, None));

    let figures = &mut world.statement(0, None).figures;
    figures.insert("closed".to_owned(), Figure::Flag(false));
    let note = "closed is false".to_owned();
    assert_eq!(test(&world, Some(days())), (Fails, gap, note, None));
    let mut today = days();
    today.certain_to = today.from;
    let note = "closed is false, and the day is not over".to_owned();
    assert_eq!(test(&world, Some(today)), (NotTestable, gap, note, None));

    let figures = &mut world.statement(0, None).figures;
    figures.remove("closed");
    let note = "closed is not stated".to_owned();
    assert_eq!(test(&world, None), (NotTestable, gap, note, None));
}

#[test]
fn a_verdict_is_missing_only_once_the_days_that_it_may_take_are_over() {
    let mut world = World::small();
    let figures = &mut world.statement(0, None).figures;
    figures.insert("closed".to_owned(), Figure::Flag(false));
    let mut identity = identity("closing");
    let mut test = |within, asked_on| {
        if let Law::VerdictPresent { within_days, .. } = &mut identity.law {
            *within_days = within;
        }
        let asked = Some(Period { asked_on, ..days() });
        let first = prove(&[identity.clone()], &world.statements, None, asked).remove(0);
        (first.date.unwrap(), first.verdict, first.note)
    };
    // The fifth is closed with the sixth, and three days more are the ninth.
    let fifth = date(2026, 1, 5);
    let note = "closed is false, and the verdict may take 3 days".to_owned();
    let ninth = Some(date(2026, 1, 9));
    assert_eq!(test(3, ninth), (fifth, NotTestable, note));
    let note = "closed is false".to_owned();
    let tenth = Some(date(2026, 1, 10));
    assert_eq!(test(3, tenth), (fifth, Fails, note.clone()));
    assert_eq!(test(3, None), (fifth, Fails, note));
    assert_eq!(test(u64::MAX, tenth).1, NotTestable);
}
