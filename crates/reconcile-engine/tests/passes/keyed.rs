use reconcile_core::Kind;
use reconcile_engine::{Column, DayWindow, Equality, Exclude, Pass, Rules, Side, Tolerance};
use rust_decimal::dec;

use super::lines;

fn with(passes: Vec<Pass>) -> Rules {
    Rules {
        passes,
        ..Rules::default()
    }
}

#[test]
fn references_written_differently_are_the_same() {
    let ledger = ["L-1 30 ref=ORD-0042", "L-2 5 ref=٧٧٧", "L-3 8 ref=Ñandú"];
    let records = ["R-1 30 ref=ord42", "R-2 5 ref=777", "R-3 8 ref=nandu"];
    assert_eq!(
        lines(&ledger, &records, &Rules::default()),
        [
            "L-1 = R-1 by reference_normalised, off by 0",
            "L-2 = R-2 by reference_normalised, off by 0",
            "L-3 = R-3 by reference_normalised, off by 0",
        ]
    );
}

#[test]
fn punctuation_that_parts_digits_elsewhere_makes_another_reference() {
    let said = lines(
        &[
            "L-1 10 1 ref=INV-1-23",
            "L-2 20 1 ref=1.05",
            "L-3 30 1 ref=2026-001",
            "L-4 40 1 ref=7/8/9",
        ],
        &[
            "R-1 10 16 ref=INV-12-3",
            "R-2 20 1 ref=10.5",
            "R-3 30 1 ref=2026001",
            "R-4 40 1 ref=7_8-9",
        ],
        &Rules::default(),
    );
    let matched = said.iter().filter(|line| line.contains(", off by "));
    let matched: Vec<_> = matched.collect();
    assert_eq!(
        matched,
        [
            "L-3 = R-3 by reference_normalised, off by 0",
            "L-4 = R-4 by reference_normalised, off by 0",
        ]
    );
    // Where two contradict each other, a third that could be either is neither.
    let said = lines(
        &["L-1 10 ref=1-23", "L-2 10 ref=12-3"],
        &["R-1 10 ref=1/23", "R-2 10 ref=123"],
        &Rules::default(),
    );
    assert_eq!(said[0], "L-1 = R-1 by reference_normalised, off by 0");
    assert!(!said[1].contains(" = R-2 by"), "{said:#?}");
    // A number that is set off is a number, if the other sets off another one.
    let ledger = ["L-1 10 ref=A-100", "L-2 20 ref=B-200", "L-3 30 ref=C_300"];
    let records = ["R-1 10 ref=A1-00", "R-2 20 ref=B-2-00", "R-3 30 ref=c3/0/0"];
    let said = lines(&ledger, &records, &Rules::default());
    assert_eq!(said[0], "L-2 = R-2 by reference_normalised, off by 0");
    assert!(said[1].starts_with("missing_at_provider L-3/"), "{said:#?}");
    let slip = "a slip in the reference: A-100 in the ledger, A1-00 at the provider";
    assert!(said[3].ends_with(slip), "{said:#?}");
}

#[test]
fn any_columns_make_a_key() {
    let rrn = Equality::between(
        Column::Attribute("memo".into()),
        Column::Attribute("rrn".into()),
    );
    let rules = with(vec![Pass::keyed(
        "rrn",
        [rrn, Equality::of(Column::Account)],
    )]);
    let ledger = ["L-1 30 memo=77 account=4", "L-2 30 memo=77 account=5"];
    let records = ["R-1 30 rrn=77 account=5", "R-2 31 rrn=77 account=4"];
    assert_eq!(
        lines(&ledger, &records, &rules),
        [
            "L-2 = R-1 by rrn, off by 0",
            "amount_mismatch L-1/R-2 by rrn: ledger 30.00 − provider 31.00 = -1.00 PEN",
        ]
    );
}

#[test]
fn rows_of_one_key_that_add_up_are_a_group() {
    let rules = Rules::default();
    assert_eq!(
        lines(
            &["L-1 100 ref=A"],
            &["R-1 60 ref=A", "R-2 40 ref=A"],
            &rules
        ),
        ["L-1 = R-1|R-2 by reference_group, off by 0"]
    );
    assert_eq!(
        lines(&["L-1 25 ref=A", "L-2 35 ref=A"], &["R-1 60 ref=A"], &rules),
        ["L-1|L-2 = R-1 by reference_group, off by 0"]
    );
    assert_eq!(
        lines(
            &["L-1 25 ref=A", "L-2 35 ref=A"],
            &["R-1 20 ref=A", "R-2 40 ref=A"],
            &rules
        ),
        ["L-1|L-2 = R-1|R-2 by reference_group, off by 0"]
    );
    // A net booking takes in the refund.
    assert_eq!(
        lines(
            &["L-1 90 ref=A"],
            &["R-1 100 ref=A", "R-2 -10 ref=A"],
            &rules
        ),
        ["L-1 = R-1|R-2 by reference_group, off by 0"]
    );
}

#[test]
fn negative_rows_belong_in_groups_of_several_on_both_sides() {
    let rules = Rules::default();
    let refunded = ["R-1 60 ref=A", "R-2 40 ref=A", "R-3 -10 ref=A kind=refund"];
    assert_eq!(
        lines(&["L-1 70 ref=A", "L-2 20 ref=A"], &refunded, &rules),
        ["L-1|L-2 = R-1|R-2|R-3 by reference_group, off by 0"]
    );
    assert_eq!(
        lines(
            &["L-1 70 ref=A", "L-2 -2 ref=A kind=adjustment"],
            &["R-1 40 ref=A kind=payment", "R-2 28 ref=A kind=payment"],
            &rules
        ),
        ["L-1|L-2 = R-1|R-2 by reference_group, off by 0"]
    );
    // Two pairs that differ by the same are two mistakes.
    assert_eq!(
        lines(
            &["L-1 70 ref=A", "L-2 -25 ref=A"],
            &["R-1 60 ref=A", "R-2 -15 ref=A"],
            &rules
        ),
        [
            "amount_mismatch L-1/R-1 by reference: ledger 70.00 − provider 60.00 = 10.00 PEN",
            "amount_mismatch L-2/R-2 by reference: ledger -25.00 − provider (-15.00) = -10.00 PEN",
        ]
    );
}

#[test]
fn rows_of_kinds_that_contradict_each_other_are_no_group() {
    let records = ["R-1 60 ref=A kind=payment", "R-2 40 ref=A kind=adjustment"];
    let said = lines(&["L-1 100 ref=A kind=payment"], &records, &Rules::default());
    assert!(
        said.iter().all(|line| !line.contains("_group")),
        "{said:#?}"
    );
    // Of a net booking, refunds and fees are a part by nature.
    let records = [
        "R-1 110 ref=A kind=payment",
        "R-2 -10 ref=A kind=adjustment",
    ];
    let said = lines(&["L-1 100 ref=A kind=payment"], &records, &Rules::default());
    assert_eq!(said, ["L-1 = R-1|R-2 by reference_group, off by 0"]);
}

#[test]
fn parts_that_do_not_add_up_say_what_is_missing_or_too_much() {
    let rules = Rules::default();
    assert_eq!(
        lines(
            &["L-1 100 ref=A"],
            &["R-1 60 ref=A", "R-2 30 ref=A"],
            &rules
        ),
        [
            "split_incomplete L-1/R-1|R-2 by reference: ledger 100.00 (1 row) − provider 90.00 \
             (2 rows) = 10.00 PEN: a part is missing"
        ]
    );
    assert_eq!(
        lines(
            &["L-1 80 ref=A", "L-2 30 ref=A"],
            &["R-1 100 ref=A"],
            &rules
        ),
        [
            "over_allocated L-1|L-2/R-1 by reference: ledger 110.00 (2 rows) − provider 100.00 \
             (1 row) = 10.00 PEN: the parts come to more than the whole"
        ]
    );
    // So do equal ones, as long as one alone is not nearer to the whole.
    let twice = lines(
        &["L-1 100 ref=A"],
        &["R-1 60 ref=A", "R-2 60 ref=A"],
        &rules,
    );
    assert_eq!(
        twice,
        [
            "over_allocated L-1/R-1|R-2 by reference: ledger 100.00 (1 row) − provider 120.00 (2 \
             rows) = -20.00 PEN: the parts come to more than the whole"
        ]
    );
    let thirds = ["L-1 33.34 ref=A", "L-2 33.34 ref=A", "L-3 33.34 ref=A"];
    let rounded = lines(&thirds, &["R-1 100 ref=A"], &rules);
    assert_eq!(rounded.len(), 1, "{rounded:#?}");
    assert!(
        rounded[0].starts_with("rounding L-1|L-2|L-3/R-1"),
        "{rounded:#?}"
    );
    let off = lines(
        &["L-1 100 ref=A"],
        &["R-1 99 ref=A", "R-2 99 ref=A"],
        &rules,
    );
    assert!(off[0].starts_with("duplicate_at_provider"), "{off:#?}");
    // A payment and its duplicate are no parts.
    assert_eq!(
        lines(&["L-1 30 ref=A", "L-2 30 ref=A"], &["R-1 28 ref=A"], &rules),
        [
            "duplicate_in_ledger L-2/ by reference: 30.00 PEN booked twice: also L-1",
            "amount_mismatch L-1/R-1 by reference: ledger 30.00 − provider 28.00 = 2.00 PEN",
        ]
    );
}

#[test]
fn what_shares_a_key_and_lies_days_apart_is_a_break() {
    let pass = Pass {
        days: Some(DayWindow::days(0, 2)),
        ..Pass::keyed("reference", [Equality::of(Column::Reference)])
    };
    let rules = with(vec![pass]);
    assert_eq!(
        lines(
            &["L-1 30 1 ref=A", "L-2 30 5 ref=B", "L-3 30 5 ref=C"],
            &["R-1 30 3 ref=A", "R-2 30 8 ref=B", "R-3 30 4 ref=C"],
            &rules
        ),
        [
            "L-1 = R-1 by reference, off by 0",
            "date_out_of_window L-2/R-2 by reference: ledger 30.00 − provider 30.00 = 0.00 PEN, \
             booked on 2026-11-05, listed on 2026-11-08: 3 days after, where the rules say up to 2 \
             days after the ledger's day",
            "date_out_of_window L-3/R-3 by reference: ledger 30.00 − provider 30.00 = 0.00 PEN, \
             booked on 2026-11-05, listed on 2026-11-04: 1 day before, where the rules say up to 2 \
             days after the ledger's day",
        ]
    );
    // The sixth is a Friday.
    let pass = Pass {
        days: Some(DayWindow {
            business: true,
            ..DayWindow::default()
        }),
        ..Pass::keyed("reference", [Equality::of(Column::Reference)])
    };
    assert_eq!(
        lines(
            &["L-1 30 6 ref=A", "L-2 30 9 ref=B"],
            &["R-1 30 10 ref=A", "R-2 30 10 ref=B"],
            &with(vec![pass])
        ),
        [
            "date_out_of_window L-1/R-1 by reference: ledger 30.00 − provider 30.00 = 0.00 PEN, \
             booked on 2026-11-06, listed on 2026-11-10: 2 business days after, where the rules say \
             on the same day",
            "date_out_of_window L-2/R-2 by reference: ledger 30.00 − provider 30.00 = 0.00 PEN, \
             booked on 2026-11-09, listed on 2026-11-10: 1 business day after, where the rules say \
             on the same day, a next-day cut-off",
        ]
    );
}

#[test]
fn what_comes_late_is_no_duplicate_of_what_came_in_time() {
    let pass = Pass {
        days: Some(DayWindow::days(0, 3)),
        tolerance: Some(
            Tolerance {
                absolute: dec!(0.05),
                ..Tolerance::default()
            }
            .into(),
        ),
        ..Pass::keyed("reference", [Equality::of(Column::Reference)])
    };
    let said =
        |ledger: &[&str], records: &[&str]| lines(ledger, records, &with(vec![pass.clone()]));
    // Two instalments: the second one comes a week late.
    assert_eq!(
        said(
            &["L-1 30 1 ref=A", "L-2 30 5 ref=A"],
            &["R-1 30 2 ref=A", "R-2 30 12 ref=A"]
        ),
        [
            "L-1 = R-1 by reference, off by 0",
            "date_out_of_window L-2/R-2 by reference: ledger 30.00 − provider 30.00 = 0.00 PEN, \
             booked on 2026-11-05, listed on 2026-11-12: 7 days after, where the rules say up to 3 \
             days after the ledger's day",
        ]
    );
    // The nearest pair alone would leave the first booking and the last record.
    assert_eq!(
        said(
            &["L-1 30 1 ref=A", "L-2 30 3 ref=A"],
            &["R-1 30 3 ref=A", "R-2 30 6 ref=A"]
        ),
        [
            "L-1 = R-1 by reference, off by 0",
            "L-2 = R-2 by reference, off by 0",
        ]
    );
    // The amount that is nearest came too late, and hides no other.
    assert_eq!(
        said(
            &["L-1 30 1 ref=A"],
            &["R-1 30 20 ref=A", "R-2 30.01 2 ref=A", "R-3 29.97 2 ref=A"]
        )[0],
        "L-1 = R-2 by reference_tolerance, off by -0.01"
    );
    // What is left over of what says the same is a duplicate still.
    let twice = said(&["L-1 30 1 ref=A"], &["R-1 30 2 ref=A", "R-2 30 20 ref=A"]);
    assert!(
        twice[1].starts_with("duplicate_at_provider /R-2"),
        "{twice:#?}"
    );
}

#[test]
fn the_next_number_is_a_slip_only_where_nothing_else_has_the_amount() {
    let slips = |ledger: &[&str], records: &[&str]| {
        let said = lines(ledger, records, &Rules::default());
        let slips = said
            .iter()
            .filter(|line| line.starts_with("reference_mismatch"));
        slips.count()
    };
    assert_eq!(
        slips(
            &["L-1 137.42 3 ref=ORD-1001"],
            &["R-1 137.42 3 ref=ORD-1002"]
        ),
        1
    );
    // The day after: a typo does not move the day.
    assert_eq!(
        slips(
            &["L-1 137.42 3 ref=ORD-1001"],
            &["R-1 137.42 4 ref=ORD-1002"]
        ),
        0
    );
    // A price that others pay, too: two sales, each missing on one side.
    let sold = ["L-1 9.99 3 ref=ORD-1001", "L-2 9.99 8 ref=ORD-1044"];
    assert_eq!(slips(&sold, &["R-1 9.99 3 ref=ORD-1002"]), 0);
    assert_eq!(
        slips(
            &["L-1 50 3 ref=INV-1-A", "L-2 50 9 ref=X"],
            &["R-1 50 3 ref=INV-1-B"]
        ),
        0
    );
    // A digit that is missing, or two that changed places, is no next number.
    let sold = ["L-1 9.99 3 ref=ORD-1021", "L-2 9.99 8 ref=ORD-1044"];
    assert_eq!(slips(&sold, &["R-1 9.99 3 ref=ORD-1012"]), 1);
}

#[test]
fn what_a_rule_excludes_takes_no_part() {
    let mut transfers = Exclude::new(Side::Ledger, "internal transfer");
    transfers.description_has = Some("Transfer".to_owned());
    let mut payouts = Exclude::new(Side::Records, "payouts are booked elsewhere");
    payouts.kinds.insert(Kind::Payout);
    let rules = Rules {
        exclusions: vec![transfers, payouts],
        ..Rules::default()
    };
    let ledger = ["L-1 30 ref=A text=bank_TRANSFER", "L-2 30 ref=B"];
    let records = ["R-1 30 ref=A", "R-2 30 ref=B"];
    let said = lines(&ledger, &records, &rules);
    assert_eq!(said.len(), 3, "{said:#?}");
    assert_eq!(said[0], "L-2 = R-2 by reference, off by 0");
    assert!(said[1].starts_with("missing_in_ledger /R-1"));
    assert_eq!(said[2], "L-1 left out: internal transfer");
}

#[test]
fn a_slip_in_a_reference_is_named_and_never_matched() {
    let said = lines(
        &[
            "L-1 30 3 ref=ORD-1234",
            "L-2 30 3 ref=ORD-9999",
            "L-3 5 3 ref=ABCDE",
            "L-4 5 3 ref=ABCDF",
        ],
        &[
            "R-1 30 4 ref=ORD-1243",
            "R-2 30 9 ref=ORD-9998",
            "R-3 5 3 ref=ABCDX",
        ],
        &Rules::default(),
    );
    assert_eq!(
        said.last().unwrap(),
        "reference_mismatch L-1/R-1 by reference: ledger 30.00 − provider 30.00 = 0.00 PEN, a \
         slip in the reference: ORD-1234 in the ledger, ORD-1243 at the provider"
    );
    // Too many days apart, or two that it could be: each stands alone.
    assert_eq!(said.len(), 6, "{said:#?}");
}

#[test]
fn a_number_without_its_prefix_is_named_where_nothing_else_has_the_amount() {
    let named = |ledger: &[&str]| {
        let said = lines(ledger, &["R-1 30 3 ref=ORD-0008841"], &Rules::default());
        said.into_iter()
            .find(|line| line.starts_with("reference_mismatch"))
    };
    assert_eq!(
        named(&["L-1 30 3 ref=8841"]).unwrap(),
        "reference_mismatch L-1/R-1 by reference: ledger 30.00 − provider 30.00 = 0.00 PEN, one \
         reference without the prefix of the other: 8841 in the ledger, ORD-0008841 at the provider"
    );
    assert_eq!(named(&["L-1 30 4 ref=8841"]), None, "another day");
    assert_eq!(named(&["L-1 30 3 ref=8841", "L-2 30 3 ref=7"]), None);
}

#[test]
fn a_key_may_be_of_any_column_that_a_row_has() {
    let same = |column| Equality::of(column);
    let rules = |column| {
        with(vec![Pass::keyed(
            "key",
            [same(Column::Reference), same(column)],
        )])
    };
    let matched = |column, booked: &str, listed: &str| {
        let (booked, listed) = (
            format!("L-1 30 ref=A {booked}"),
            format!("R-1 30 ref=A {listed}"),
        );
        lines(&[booked.trim()], &[listed.trim()], &rules(column)).len() == 1
    };
    assert!(matched(Column::Kind, "kind=payment", "kind=payment"));
    assert!(!matched(Column::Kind, "", "kind=payment"));
    assert!(matched(Column::Direction, "", ""));
    assert!(matched(Column::Currency, "", ""));
    assert!(matched(
        Column::Status,
        "status=succeeded",
        "status=succeeded"
    ));
    assert!(!matched(Column::Status, "status=succeeded", ""));
    assert!(matched(Column::Fee, "fee=1.50", "fee=1.5"));
    assert!(!matched(Column::Fee, "fee=1.50", ""));
    assert!(matched(Column::Tax, "tax=1.50", "tax=1.5"));
    assert!(matched(
        Column::SettledAmount,
        "settled=28.5",
        "settled=28.50"
    ));
    assert!(!matched(
        Column::SettledAmount,
        "settled=28.5",
        "settled=28.51"
    ));
}

#[test]
fn under_one_key_the_best_assignment_within_the_tolerance_is_matched() {
    let tolerance = Tolerance {
        absolute: dec!(0.60),
        ..Tolerance::default()
    };
    let rules = Rules {
        tolerance: tolerance.into(),
        passes: vec![Pass::keyed("reference", [Equality::of(Column::Reference)])],
        ..Rules::default()
    };
    // The nearest two, L-2 and R-1, would leave the others too far apart.
    let ledger = ["L-1 10.00 ref=A", "L-2 10.50 ref=A"];
    assert_eq!(
        lines(&ledger, &["R-1 10.45 ref=A", "R-2 11.05 ref=A"], &rules),
        [
            "L-1 = R-1 by reference_tolerance, off by -0.45",
            "L-2 = R-2 by reference_tolerance, off by -0.55",
        ]
    );
    // Either booking lies as near to the record.
    let ledger = ["L-1 10.00 ref=A", "L-2 10.20 ref=A"];
    let (ledger, records) = (super::book(&ledger), super::book(&["R-1 10.10 ref=A"]));
    let outcome = super::outcome(&ledger, &records, &rules);
    let ambiguous: Vec<bool> = outcome
        .matches
        .iter()
        .map(|found| found.ambiguous)
        .collect();
    assert_eq!(ambiguous, [true]);
}
