use reconcile_engine::{BreakCode, Column, DayWindow, Equality, Pass, Rules, Tolerance};
use rust_decimal::dec;

use super::lines;

#[test]
fn rows_without_a_reference_find_each_other_by_amount_day_and_text() {
    let ledger = [
        "L-1 30 3 text=Order_of_Ana_Gonzalez",
        "L-2 30 3 text=Order_of_Eva_Quispe",
        "L-3 45 9",
    ];
    let records = [
        "R-1 30 5 text=QUISPE_EVA",
        "R-2 30 4 text=gonzalez_a,_order",
        "R-3 45 10",
    ];
    assert_eq!(
        lines(&ledger, &records, &Rules::default()),
        [
            "L-1 = R-2 by amount_date_text, off by 0",
            "L-2 = R-1 by amount_date_text, off by 0",
            "L-3 = R-3 by amount_date_text, off by 0",
        ]
    );
}

#[test]
fn two_references_contradict_each_other_and_one_does_not() {
    let said = lines(
        &["L-1 30 ref=A", "L-2 40 ref=B"],
        &["R-1 30 ref=C", "R-2 40"],
        &Rules::default(),
    );
    assert_eq!(said.len(), 3, "{said:#?}");
    assert_eq!(said[0], "L-2 = R-2 by amount_date_text, off by 0");
    assert!(said[1].starts_with("missing_at_provider L-1/"));
    assert!(said[2].starts_with("missing_in_ledger /R-1"));
}

#[test]
fn what_fits_equally_well_is_ambiguous_and_never_a_guess() {
    let finding = "one booking and 2 records fit each other equally well; all of one amount, \
                   one record more than bookings";
    assert_eq!(
        lines(&["L-1 30 3"], &["R-1 30 4", "R-2 30 4"], &Rules::default()),
        [format!(
            "ambiguous L-1/R-1|R-2 by amount_date_text: ledger 30.00 (1 row) − provider 60.00 \
             (2 rows) = -30.00 PEN: {finding}"
        )]
    );
    // The other booking decides which record is meant.
    let ledger = ["L-1 30 3 text=ana", "L-2 30 3 text=eva"];
    let records = ["R-1 30 3 text=ana", "R-2 30 3"];
    assert_eq!(
        lines(&ledger, &records, &Rules::default()),
        [
            "L-1 = R-1 by amount_date_text, off by 0",
            "L-2 = R-2 by amount_date_text, off by 0",
        ]
    );
}

#[test]
fn a_candidate_must_be_better_by_the_margin() {
    let with_margin = |margin| Rules {
        passes: vec![Pass {
            margin,
            ..Pass::search("near", Some(DayWindow::days(0, 20)))
        }],
        ..Rules::default()
    };
    let said = |margin| {
        let rules = with_margin(margin);
        lines(&["L-1 30 3"], &["R-1 30 3", "R-2 30 13"], &rules).remove(0)
    };
    assert_eq!(said(dec!(0.05)), "L-1 = R-1 by near, off by 0");
    assert!(said(dec!(0.2)).starts_with("ambiguous L-1/R-1|R-2"));
}

#[test]
fn the_whole_assignment_counts_and_not_the_first_come() {
    let rules = Rules {
        passes: vec![Pass::search("near", Some(DayWindow::days(0, 3)))],
        ..Rules::default()
    };
    // The nearest pair of all, L-2 and R-1, would leave L-1 without any.
    assert_eq!(
        lines(&["L-1 10 1", "L-2 10 3"], &["R-1 10 4", "R-2 10 6"], &rules),
        ["L-1 = R-1 by near, off by 0", "L-2 = R-2 by near, off by 0"]
    );
}

#[test]
fn a_tie_is_never_cut_through() {
    let numbered = |side: &str, what: &str| -> Vec<String> {
        let row = |number| format!("{side}-{number:02} 9.99 3 {what}{number}");
        (1..=50).map(row).collect()
    };
    let sizes = |ledger: &[String], records: &[String], rules: &Rules| -> Vec<_> {
        let rows =
            |rows: &[String]| super::book(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let (ledger, records) = (rows(ledger), rows(records));
        let outcome = super::outcome(&ledger, &records, rules);
        assert!(outcome.matches.is_empty());
        let breaks = outcome.breaks.iter();
        breaks
            .map(|found| (found.code, found.ledger.len(), found.records.len()))
            .collect()
    };
    let whole = [(BreakCode::Ambiguous, 50, 50)];
    let silent = numbered("L", "ref=A");
    let told = numbered("R", "text=access_of_visitor_");
    assert_eq!(sizes(&silent, &told, &Rules::default()), whole);

    // Neither does a pass that compares no text cut through one.
    let rules = Rules {
        passes: vec![Pass {
            across_references: true,
            ..Pass::search("near", Some(DayWindow::days(0, 3)))
        }],
        ..Rules::default()
    };
    assert_eq!(sizes(&silent, &numbered("R", "ref=B"), &rules), whole);
}

#[test]
fn without_a_text_a_pair_counts_only_where_nothing_else_comes_into_question() {
    let said = |ledger: &[&str], records: &[&str]| lines(ledger, records, &Rules::default());
    let alone = "L-1 = R-1 by amount_date_text, off by 0";
    assert_eq!(said(&["L-1 10 1"], &["R-1 10 2 text=ana"]), [alone]);

    let contested: [(&[&str], &[&str], &str); 4] = [
        (&["L-1 10 1"], &["R-1 10 1", "R-2 10 8"], "L-1/R-1|R-2"),
        (&["L-1 10 1", "L-2 10 6"], &["R-1 10 6"], "L-1|L-2/R-1"),
        (
            &["L-1 10 1 text=ana"],
            &["R-1 10 1", "R-2 10 5"],
            "L-1/R-1|R-2",
        ),
        // R-2 is in the window of both, R-1 in that of L-1 alone.
        (
            &["L-1 10 5", "L-2 10 9"],
            &["R-1 10 4", "R-2 10 9"],
            "L-1|L-2/R-1|R-2",
        ),
    ];
    for (ledger, records, rows) in contested {
        let said = said(ledger, records);
        assert_eq!(said.len(), 1, "{said:#?}");
        assert!(
            said[0].starts_with(&format!("ambiguous {rows} by")),
            "{said:#?}"
        );
    }
}

#[test]
fn without_a_text_a_pair_lies_few_days_apart_and_is_else_left_to_a_person() {
    let said = |ledger: &str, record: &str| lines(&[ledger], &[record], &Rules::default());
    for record in ["R-1 10 7", "R-1 10 13", "R-1 10 10 text=ana"] {
        assert_eq!(
            said("L-1 10 10", record),
            ["L-1 = R-1 by amount_date_text, off by 0"]
        );
    }
    let far = said("L-1 10 10", "R-1 10 14");
    let finding = "no text tells whether one booking and one record that lie 4 days apart belong \
                   together";
    assert_eq!(far.len(), 1, "{far:#?}");
    assert!(far[0].starts_with("ambiguous L-1/R-1 by"), "{far:#?}");
    assert!(far[0].ends_with(finding), "{far:#?}");
    assert_eq!(
        said("L-1 10 10 text=ana", "R-1 10 14 text=ana"),
        ["L-1 = R-1 by amount_date_text, off by 0"]
    );
}

#[test]
fn rows_that_can_be_crossed_at_no_cost_are_ambiguous() {
    let tolerance = Tolerance {
        absolute: dec!(0.50),
        ..Tolerance::default()
    };
    let rules = Rules {
        passes: vec![Pass {
            tolerance: Some(tolerance.into()),
            ..Pass::search("near", Some(DayWindow::days(0, 3)))
        }],
        ..Rules::default()
    };
    // Straight or crossed, the amounts lie 0.40 apart in all, and the days three.
    let ledger = ["L-1 23.77 4", "L-2 23.81 5"];
    let said = lines(&ledger, &["R-1 23.47 6", "R-2 23.71 6"], &rules);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].starts_with("ambiguous L-1|L-2/R-1|R-2"),
        "{said:#?}"
    );

    let straight = [
        "L-1 = R-1 by near_tolerance, off by 0.05",
        "L-2 = R-2 by near_tolerance, off by -0.05",
    ];
    let ledger = ["L-1 10.10 4", "L-2 10.20 4"];
    assert_eq!(
        lines(&ledger, &["R-1 10.05 4", "R-2 10.25 4"], &rules),
        straight
    );
    // What has the same amount to the last digit stays together, as far as that weighs
    // more by the margin; where it does not, neither pair is taken.
    let said = |ledger: &[&str], records: &[&str]| lines(ledger, records, &rules);
    assert_eq!(
        said(
            &["L-1 10.01 4", "L-2 10.11 4"],
            &["R-1 10.11 4", "R-2 10.21 4"]
        ),
        [
            "L-1 = R-2 by near_tolerance, off by -0.2",
            "L-2 = R-1 by near, off by 0",
        ]
    );
    let said = said(&["L-1 10 4", "L-2 10.1 4"], &["R-1 10.1 4", "R-2 10.2 4"]);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].starts_with("ambiguous L-1|L-2/R-1|R-2"),
        "{said:#?}"
    );
}

#[test]
fn daily_sales_of_one_price_are_never_shifted_by_a_day() {
    let daily = |side: &str, days: std::ops::RangeInclusive<u32>| -> Vec<String> {
        let rows = (1..).zip(days);
        rows.map(|(number, day)| format!("{side}-{number} 9.99 {day}"))
            .collect()
    };
    let near = Rules {
        passes: vec![Pass::search("near", Some(DayWindow::days(0, 3)))],
        ..Rules::default()
    };
    for rules in [Rules::default(), near] {
        for count in [2, 3, 6, 7, 15] {
            let (ledger, records) = (daily("L", 1..=count), daily("R", 2..=count + 1));
            let rows =
                |rows: &[String]| super::book(&rows.iter().map(String::as_str).collect::<Vec<_>>());
            let (ledger, records) = (rows(&ledger), rows(&records));
            let outcome = super::outcome(&ledger, &records, &rules);
            for pair in outcome.matches.iter() {
                let (booked, listed) = (ledger.row(pair.ledger[0]), records.row(pair.records[0]));
                assert_eq!(booked.id[1..], listed.id[1..], "of {count} days");
            }
            let tied: usize = outcome.breaks.iter().map(|found| found.ledger.len()).sum();
            assert_eq!(outcome.matches.len() + tied, count as usize);
            assert!(
                outcome
                    .breaks
                    .iter()
                    .all(|found| found.code == BreakCode::Ambiguous)
            );
        }
    }
}

#[test]
fn of_daily_sales_of_one_price_is_told_whether_any_is_left_over() {
    let said = |ledger: &[&str], records: &[&str]| {
        let said = lines(ledger, records, &Rules::default());
        assert_eq!(said.len(), 1, "{said:#?}");
        said.concat()
            .rsplit_once("equally well")
            .unwrap()
            .1
            .to_owned()
    };
    let daily = ["L-1 9.99 1", "L-2 9.99 2", "L-3 9.99 3"];
    let next = ["R-1 9.99 2", "R-2 9.99 3", "R-3 9.99 4"];
    let complete = "; all of one amount, and none is left over where they are paired in the order \
                    of their days: what cannot be told is only which belong together";
    assert_eq!(said(&daily, &next), complete);
    assert_eq!(
        said(&daily, &next[..2]),
        "; all of one amount, one booking more than records"
    );
    // Only one record lies in the days of the first two.
    let early = ["L-1 9.99 1", "L-2 9.99 1", "L-3 9.99 2", "L-4 9.99 6"];
    let late = ["R-1 9.99 2", "R-2 9.99 9", "R-3 9.99 12", "R-4 9.99 13"];
    assert_eq!(
        said(&early, &late),
        "; all of one amount, but however they are paired, some lie too many days apart"
    );
    // A payment and a refund of it are no sales of one price.
    let kinds = ["R-1 9.99 2 kind=payment", "R-2 9.99 2 kind=adjustment"];
    assert_eq!(said(&daily[..2], &kinds), "");
    let referred = ["R-1 9.99 2 ref=B", "R-2 9.99 2"];
    assert_eq!(said(&["L-1 9.99 1 ref=A", "L-2 9.99 2"], &referred), "");
}

#[test]
fn a_key_that_identifies_nothing_narrows_the_search() {
    let account = Pass {
        equal: vec![Equality::of(Column::Account)],
        ..Pass::search("account", Some(DayWindow::days(0, 2)))
    };
    let rules = Rules {
        passes: vec![account],
        ..Rules::default()
    };
    let said = lines(
        &["L-1 30 3 account=4", "L-2 30 3 account=5"],
        &["R-1 30 3 account=5", "R-2 30 3 account=4"],
        &rules,
    );
    assert_eq!(
        said,
        [
            "L-1 = R-2 by account, off by 0",
            "L-2 = R-1 by account, off by 0"
        ]
    );
}

#[test]
fn a_search_that_gives_up_says_so_and_matches_nothing() {
    // Everything is near everything, and no text tells it apart.
    let pass = Pass {
        tolerance: Some(
            Tolerance {
                percent: dec!(50),
                ..Tolerance::default()
            }
            .into(),
        ),
        ..Pass::search("near", Some(DayWindow::days(0, 0)))
    };
    let rules = Rules {
        passes: vec![pass],
        ..Rules::default()
    };
    let rows: Vec<String> = (0..3000)
        .map(|row| format!("{row} {}.{:02}", 1000 + row / 100, row % 100))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (ledger, records) = (super::book(&rows[..1]), super::book(&rows));
    let outcome = super::outcome(&ledger, &records, &rules);
    assert!(outcome.matches.is_empty());
    assert_eq!(
        outcome.notes,
        [
            "pass near: 1 ledger rows have too many candidates to tell them apart by amount and \
             day; the search gave up on them and matched none"
        ]
    );
}

#[test]
fn amounts_too_long_to_compare_are_told_and_hide_no_others() {
    let ledger = ["L-1 30 3", "L-2 10000000000000 3 currency=USD"];
    let records = ["R-1 30 4", "R-2 0.00000000000000000000000001 4"];
    let (ledger, records) = (super::book(&ledger), super::book(&records));
    let outcome = super::outcome(&ledger, &records, &Rules::default());
    assert_eq!(outcome.matches.len(), 1);
    let left_out = "more digits than can be compared with the finest amount; the pass left it out";
    let note = |pass: &str| format!("pass {pass}: the amount of one row has {left_out}");
    assert_eq!(
        outcome.notes[..3],
        ["amount_date_text", "sum_of_records", "sum_of_entries"].map(note)
    );
}
