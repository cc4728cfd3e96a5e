//! What shares a key and differs is a break only when no later key matches it.

use std::cell::RefCell;

use reconcile_engine::{
    Absence, Basis, Column, Context, DayWindow, Equality, FeeTerm, Fees, GroupBy, Grouping, Pass,
    Rules, Settled, Sides, Stage, TextRule, Tolerance, reconcile, reconcile_watched,
};
use rust_decimal::{Decimal, dec};

use super::lines;

fn exact() -> Pass {
    Pass::keyed("exact", [Equality::of(Column::Reference)])
}

fn within(name: &'static str, absolute: Decimal) -> Pass {
    Pass {
        tolerance: Some(
            Tolerance {
                absolute,
                ..Tolerance::default()
            }
            .into(),
        ),
        ..Pass::keyed(name, [Equality::of(Column::Reference)])
    }
}

fn parts_under_one_key() -> Grouping {
    Grouping {
        by: GroupBy::Key,
        sides: Sides::OneToMany,
        evidence: Vec::new(),
        most: Grouping::MOST,
    }
}

fn rrn() -> Pass {
    Pass::keyed("rrn", [Equality::of(Column::Attribute("rrn".into()))])
}

fn with(passes: impl Into<Vec<Pass>>) -> Rules {
    Rules {
        passes: passes.into(),
        ..Rules::default()
    }
}

#[test]
fn a_later_tolerance_matches_what_the_exact_key_left() {
    let rules = with([exact(), within("near", dec!(1))]);
    assert_eq!(
        lines(
            &["L-1 10 ref=A", "L-2 10 ref=B"],
            &["R-1 10.50 ref=A", "R-2 12.50 ref=B"],
            &rules
        ),
        [
            "L-1 = R-1 by near_tolerance, off by -0.5",
            "amount_mismatch L-2/R-2 by exact: ledger 10.00 − provider 12.50 = -2.50 PEN",
        ]
    );
}

#[test]
fn a_later_pass_after_fees_matches_what_the_gross_amounts_left() {
    let net = Pass {
        name: "net".into(),
        net: true,
        ..exact()
    };
    let rules = Rules {
        fees: Fees {
            ledger: Basis::Net,
            records: Basis::Gross,
            schedule: vec![FeeTerm {
                percent: dec!(3),
                ..FeeTerm::default()
            }],
            ..Fees::default()
        },
        ..with([exact(), net])
    };
    assert_eq!(
        lines(
            &["L-1 97 ref=A"],
            &["R-1 100 ref=A", "R-2 100 ref=A"],
            &rules
        ),
        [
            "L-1 = R-1 by net_net, off by -3",
            "duplicate_at_provider /R-2 by exact: 100.00 PEN listed twice: also R-1",
        ]
    );
}

#[test]
fn a_later_window_of_days_matches_what_came_too_late() {
    let days = |pass: Pass, days| Pass {
        days: Some(DayWindow::days(0, days)),
        ..pass
    };
    let rules = with([days(exact(), 0), days(within("late", dec!(1)), 5)]);
    let ledger = ["L-1 10 1 ref=A", "L-2 10 1 ref=B", "L-3 10 1 ref=C"];
    let records = ["R-1 10 4 ref=A", "R-2 10.50 4 ref=B", "R-3 10 9 ref=C"];
    assert_eq!(
        lines(&ledger, &records, &rules),
        [
            "L-1 = R-1 by late, off by 0",
            "L-2 = R-2 by late_tolerance, off by -0.5",
            "date_out_of_window L-3/R-3 by exact: ledger 10.00 − provider 10.00 = 0.00 PEN, \
             booked on 2026-11-01, listed on 2026-11-09: 8 days after, where the rules say on the \
             same day",
        ]
    );
}

#[test]
fn a_group_that_came_too_late_is_matched_by_a_later_window_too() {
    let days = |name: &'static str, days| Pass {
        name: name.into(),
        days: Some(DayWindow::days(0, days)),
        group: Some(parts_under_one_key()),
        ..exact()
    };
    let ledger = ["L-1 10 1 ref=A", "L-2 10 1 ref=B"];
    let records = [
        "R-1 4 1 ref=A",
        "R-2 6 3 ref=A",
        "R-3 4 1 ref=B",
        "R-4 6 9 ref=B",
    ];
    assert_eq!(
        lines(
            &ledger,
            &records,
            &with([days("same day", 0), days("week", 5)])
        ),
        [
            "L-1 = R-1|R-2 by week_group, off by 0",
            "date_out_of_window L-2/R-3|R-4 by same day: ledger 10.00 (1 row) − provider 10.00 \
             (2 rows) = 0.00 PEN: the amounts tie, but R-4 is listed on 2026-11-09, 8 days after \
             L-2 is booked on 2026-11-01, where the rules say on the same day",
        ]
    );
}

#[test]
fn a_later_key_parts_what_an_earlier_one_mixed_up() {
    let rules = with([exact(), rrn()]);
    let ledger = ["L-1 10 ref=A rrn=7", "L-2 20 ref=B rrn=8"];
    let records = ["R-1 20 ref=A rrn=8", "R-2 10 ref=B rrn=7"];
    assert_eq!(
        lines(&ledger, &records, &rules),
        ["L-1 = R-2 by rrn, off by 0", "L-2 = R-1 by rrn, off by 0"]
    );
}

#[test]
fn a_group_ties_once_a_later_key_has_matched_what_was_too_much() {
    let rules = |days| {
        let exact = Pass {
            days,
            group: Some(parts_under_one_key()),
            ..exact()
        };
        with([exact, rrn()])
    };
    for days in [None, Some(DayWindow::days(0, 2))] {
        let ledger = ["L-1 10 1 ref=A", "L-2 5 1 ref=B rrn=7"];
        let records = ["R-1 4 1 ref=A", "R-2 6 1 ref=A", "R-3 5 1 ref=A rrn=7"];
        assert_eq!(
            lines(&ledger, &records, &rules(days)),
            [
                "L-2 = R-3 by rrn, off by 0",
                "L-1 = R-1|R-2 by exact_group, off by 0",
            ]
        );
    }
}

#[test]
fn what_is_left_of_a_pair_that_a_later_key_parts_stands_alone() {
    let rules = with([exact(), rrn()]);
    let ledger = ["L-1 10 ref=A rrn=7"];
    let records = ["R-1 20 ref=A", "R-2 10 rrn=7"];
    let said = lines(&ledger, &records, &rules);
    assert_eq!(said[0], "L-1 = R-2 by rrn, off by 0");
    assert!(said[1].starts_with("missing_in_ledger /R-1"), "{said:#?}");
}

#[test]
fn no_search_tears_apart_what_a_key_ties() {
    let search = |name: &'static str| Pass {
        across_references: true,
        ..Pass::search(name, Some(DayWindow::days(0, 2)))
    };
    let ledger = ["L-1 10 ref=A rrn=7", "L-2 30 ref=B", "L-3 10.25 ref=C"];
    let records = ["R-1 10.50 ref=A", "R-2 10 rrn=7", "R-3 10.25", "R-4 30"];
    let found = ["L-2 = R-4 by any, off by 0", "L-3 = R-3 by any, off by 0"];
    let before = lines(&ledger, &records, &with([exact(), search("any")]));
    assert_eq!(before[..2], found);
    let breaks = &before[2..];
    let tied = |line: &String| line.starts_with("amount_mismatch L-1/R-1 by exact");
    assert!(breaks.iter().any(tied), "{before:#?}");
    // Nor one before a key that may yet match it.
    let between = lines(
        &ledger,
        &records,
        &with([exact(), search("any"), within("near", dec!(1))]),
    );
    assert_eq!(
        between[..3],
        [
            "L-1 = R-1 by near_tolerance, off by -0.5",
            "L-2 = R-4 by any, off by 0",
            "L-3 = R-3 by any, off by 0",
        ]
    );
}

#[test]
fn a_search_under_a_key_that_identifies_sees_what_the_key_ties() {
    let worded = Pass {
        name: "worded".into(),
        text: Some(TextRule::descriptions()),
        ..within("", dec!(1))
    };
    assert_eq!(
        lines(
            &["L-1 10 ref=A text=ana_maria"],
            &["R-1 10.50 ref=A text=ana_maria"],
            &with([exact(), worded])
        ),
        ["L-1 = R-1 by worded_tolerance, off by -0.5"]
    );
}

#[test]
fn before_each_pass_it_is_told_how_many_rows_are_done() {
    let ledger = super::book(&["L-1 10 ref=A", "L-2 10 ref=B", "L-3 30"]);
    let records = super::book(&["R-1 10 ref=A", "R-2 10 ref=b"]);
    let context = Context {
        as_of: jiff::civil::date(2026, 11, 21),
        period: None,
        proof_of_absence: Absence::Proven,
    };
    let told = RefCell::new(Vec::new());
    let watch = |stage: Stage<'_>| {
        let (number, passes) = (stage.number, stage.passes);
        let (pass, done, rows) = (stage.pass, stage.done, stage.rows);
        let told = &mut *told.borrow_mut();
        told.push(format!("{number}/{passes} {pass} {done}/{rows}"));
    };
    let rules = with(Pass::defaults());
    let settled = Settled::default();
    let watched = reconcile_watched(&ledger, &records, &rules, &context, &settled, watch).unwrap();
    assert_eq!(
        told.into_inner(),
        [
            "1/5 reference 0/5",
            "2/5 reference_normalised 2/5",
            "3/5 amount_date_text 4/5",
            "4/5 sum_of_records 4/5",
            "5/5 sum_of_entries 4/5",
        ]
    );
    assert_eq!(
        watched,
        reconcile(&ledger, &records, &rules, &context).unwrap()
    );
}

#[test]
fn the_rules_say_which_later_keys_may_match_a_difference() {
    let told = with([exact(), rrn(), within("near", dec!(1))]).describe();
    let passes: Vec<_> = told
        .iter()
        .filter(|told| told.starts_with("Pass"))
        .collect();
    assert!(
        passes[0]
            .ends_with("what shares the key and differs is a break unless rrn or near matches it.")
    );
    assert!(passes[1].ends_with("is a break unless near matches it."));
    assert!(passes[2].ends_with("what shares the key and differs is a break."));
}

#[test]
fn what_repeats_a_match_under_its_reference_written_otherwise_is_a_duplicate() {
    let ledger = ["L-1 10 ref=ORD-1", "L-2 20 ref=ORD-2", "L-3 20 ref=ord2"];
    let records = [
        "R-1 10.00 ref=ORD-1",
        "R-2 10 ref=ord1",
        "R-3 11 ref=ord_1",
        "R-4 20 ref=ORD-2",
    ];
    assert_eq!(
        lines(&ledger, &records, &Rules::default()),
        [
            "L-1 = R-1 by reference, off by 0",
            "L-2 = R-4 by reference, off by 0",
            "missing_in_ledger /R-3 by reference: 11.00 PEN listed by the provider on 2026-11-01 \
             under reference ord 1: nothing is booked",
            "duplicate_at_provider /R-2 by reference_normalised: 10.00 PEN listed twice: also R-1",
            "duplicate_in_ledger L-3/ by reference_normalised: 20.00 PEN booked twice: also L-2",
        ]
    );
    // However many others are left, beside few that are matched.
    let others: Vec<_> = (2..9).map(|n| format!("R-{n} {n}3 ref=X-{n}")).collect();
    let records: Vec<_> = ["R-1 10 ref=ORD-1", "R-0 10.00 ref=ord1"]
        .into_iter()
        .chain(others.iter().map(String::as_str))
        .collect();
    let said = lines(&["L-1 10 ref=ORD-1"], &records, &Rules::default());
    let again = "duplicate_at_provider /R-0 by reference_normalised";
    assert!(said.iter().any(|line| line.starts_with(again)), "{said:#?}");
    // A booking of its own is its counterpart, and no search takes a duplicate.
    let said = lines(
        &["L-1 10 ref=ORD-1", "L-2 10 ref=ORD1", "L-3 10"],
        &["R-1 10 ref=ORD-1", "R-2 10 ref=ord1", "R-3 10 ref=ord-1"],
        &Rules::default(),
    );
    assert_eq!(said[1], "L-2 = R-2 by reference_normalised, off by 0");
    let again = "duplicate_at_provider /R-3 by reference_normalised";
    assert!(said.iter().any(|line| line.starts_with(again)), "{said:#?}");
    assert!(
        said.iter()
            .any(|line| line.starts_with("missing_at_provider L-3/"))
    );
    // Punctuation that parts the digits elsewhere makes another reference.
    let said = lines(
        &["L-1 10 ref=1-23"],
        &["R-1 10 ref=1-23", "R-2 10 9 ref=12-3"],
        &Rules::default(),
    );
    assert!(said[1].starts_with("missing_in_ledger /R-2"), "{said:#?}");
}

#[test]
fn what_another_key_has_left_over_makes_no_matched_row_a_contradiction() {
    // R-3 repeats R-1: 12-3, which would make it doubtful, is of another amount.
    let ledger = ["L-1 10 ref=1-23", "L-2 20 ref=12-3"];
    let records = ["R-1 10 ref=1-23", "R-2 20 ref=12-3", "R-3 10 ref=123"];
    let again = "duplicate_at_provider /R-3 by reference_normalised";
    let alone = lines(&ledger, &records, &Rules::default());
    assert!(alone[2].starts_with(again), "{alone:#?}");
    // Nor is it, where a row of another key that is left has that amount.
    let others = [&records[..], &["R-4 20 ref=Z-9"]].concat();
    let said = lines(&ledger, &others, &Rules::default());
    assert!(said.iter().any(|line| line.starts_with(again)), "{said:#?}");
}
