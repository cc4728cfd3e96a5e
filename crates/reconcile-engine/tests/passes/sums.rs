use reconcile_engine::{Column, DayWindow, GroupBy, Grouping, Pass, Rules, Sides};

use super::lines;

/// One booking of a payout, the records of its batch.
fn by_batch() -> Rules {
    let group = Grouping {
        by: GroupBy::Sum,
        sides: Sides::OneToMany,
        evidence: vec![Column::Attribute("batch".into())],
        most: Grouping::MOST,
    };
    Rules {
        passes: vec![Pass {
            group: Some(group),
            ..Pass::search("payout", Some(DayWindow::days(5, 0)))
        }],
        ..Rules::default()
    }
}

#[test]
fn a_payout_is_its_whole_batch_refunds_and_fees_included() {
    let records = [
        "R-1 60 3 batch=7",
        "R-2 50 4 batch=7",
        "R-3 -8.50 4 batch=7",
        "R-4 -1.50 4 batch=7",
        "R-5 100 4 batch=8",
        "R-6 20 4 batch=8",
    ];
    let said = lines(&["L-1 100 5", "L-2 120 5"], &records, &by_batch());
    assert_eq!(
        said,
        [
            "L-1 = R-1|R-2|R-3|R-4 by payout_group, off by 0",
            "L-2 = R-5|R-6 by payout_group, off by 0",
        ]
    );
}

#[test]
fn a_part_of_a_batch_is_taken_where_nothing_else_adds_up() {
    let records = [
        "R-1 600.17 3 batch=7",
        "R-2 500.01 4 batch=7",
        "R-3 270.50 4 batch=7",
    ];
    let said = lines(&["L-1 870.67 5"], &records, &by_batch());
    assert_eq!(said[0], "L-1 = R-1|R-3 by payout_group, off by 0");
    assert_eq!(said.len(), 2, "{said:#?}");
}

#[test]
fn what_the_booking_says_must_be_what_the_batch_shares() {
    let records = [
        "R-1 60 4 batch=7",
        "R-2 40 4 batch=7",
        "R-3 50 4 batch=8",
        "R-4 50 4 batch=8",
    ];
    let said = lines(&["L-1 100 5 batch=8"], &records, &by_batch());
    assert_eq!(said[0], "L-1 = R-3|R-4 by payout_group, off by 0");
    let said = lines(&["L-1 100 5"], &records, &by_batch());
    assert_eq!(
        said,
        [
            "ambiguous L-1/R-1|R-2|R-3|R-4 by payout: ledger 100.00 (1 row) − provider 200.00 (4 \
          rows) = -100.00 PEN: 2 ways to add up"
        ]
    );
}

#[test]
fn sixty_rows_that_add_up_in_many_ways_are_ambiguous_with_the_count() {
    let rows: Vec<String> = (0..60)
        .map(|row| format!("R-{row:02} {} 4 batch=7", 10 + row))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let said = lines(&["L-1 400 5"], &rows, &by_batch());
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with("ambiguous L-1/R-00|"), "{said:#?}");
    assert!(
        said[0].ends_with("10000 ways or more to add up"),
        "{said:#?}"
    );
}

#[test]
fn one_way_among_very_many_rows_proves_nothing() {
    let rows: Vec<String> = (0..20)
        .map(|row| format!("R-{row:02} {} 4 batch=7", 1 << row))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let said = lines(&["L-1 5 5"], &rows, &by_batch());
    let ambiguous = said
        .iter()
        .find(|line| line.starts_with("ambiguous"))
        .unwrap();
    assert!(
        ambiguous.starts_with("ambiguous L-1/R-00|R-02"),
        "{said:#?}"
    );
    assert!(ambiguous.contains("come to nearly any sum"), "{said:#?}");
}

#[test]
fn two_payouts_of_the_same_rows_are_ambiguous() {
    let records = ["R-1 60 4 batch=7", "R-2 40 4 batch=7"];
    let said = lines(&["L-1 100 5", "L-2 100 5"], &records, &by_batch());
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].starts_with("ambiguous L-1|L-2/R-1|R-2"),
        "{said:#?}"
    );
}

#[test]
fn rows_of_a_day_make_one_without_any_rule() {
    let said = lines(
        &["L-1 100 5", "L-2 7 5", "L-3 8.01 5"],
        &["R-1 60.02 4", "R-2 39.98 4", "R-3 15.01 6"],
        &Rules::default(),
    );
    assert_eq!(
        said,
        [
            "L-1 = R-1|R-2 by sum_of_records_group, off by 0",
            "L-2|L-3 = R-3 by sum_of_entries_group, off by 0",
        ]
    );
}

#[test]
fn a_search_for_a_sum_that_gives_up_says_so() {
    let rows: Vec<String> = (0..60)
        .map(|row| format!("R-{row:02} {}.01 4 batch=7", 1_000_003 * (row + 1)))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (ledger, records) = (super::book(&["L-1 30000123 5"]), super::book(&rows));
    let outcome = super::outcome(&ledger, &records, &by_batch());
    assert!(outcome.matches.is_empty());
    assert_eq!(
        outcome.notes,
        [
            "pass payout: the search for rows that add up took too much work for 1 rows; it gave up \
          on them and matched none",
            "1 break lies among too many unmatched rows to seek sums of them",
        ]
    );
}

#[test]
fn one_way_proves_less_the_more_there_is_to_look_at() {
    let rows = |batches: u64| -> Vec<String> {
        let cents = |at: u64| 300_000 + at.pow(3) * 7_919 % 400_000;
        let row = |at: u64| {
            let cents = cents(at + 3);
            format!(
                "R-{at:02} {}.{:02} 4 batch={}",
                cents / 100,
                cents % 100,
                at / 8
            )
        };
        (0..batches * 8).map(row).collect()
    };
    let said = |batches: u64| {
        let rows = rows(batches);
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        //
        let said = lines(&["L-1 8797.67 5"], &rows, &by_batch());
        said.into_iter().find(|line| line.contains("L-1")).unwrap()
    };
    assert_eq!(said(1), "L-1 = R-01|R-06 by payout_group, off by 0");
    let among_many = said(12);
    assert!(
        among_many.starts_with("ambiguous L-1/R-01|R-06 by payout"),
        "{among_many}"
    );
}

#[test]
fn rows_of_nothing_are_no_sum_and_no_part_of_one() {
    let records = ["R-1 25 4 batch=7", "R-2 -25 4 batch=7"];
    let said = lines(&["L-1 0 5"], &records, &by_batch());
    assert!(
        said.iter().all(|line| !line.starts_with("L-1")),
        "{said:#?}"
    );
    let records = ["R-1 60 4 batch=7", "R-2 40 4 batch=7", "R-3 0 4 batch=7"];
    let said = lines(&["L-1 100 5"], &records, &by_batch());
    assert_eq!(said[0], "L-1 = R-1|R-2 by payout_group, off by 0");
}

#[test]
fn a_crowd_out_of_the_window_stops_no_search() {
    let far = (0..600).map(|row| format!("R-9{row} {}.03 28 batch=7", 11 + row));
    let rows: Vec<String> = far
        .chain(["R-1 60 4 batch=7".into(), "R-2 40 4 batch=7".into()])
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let said = lines(&["L-1 100 5"], &rows, &by_batch());
    assert_eq!(said[0], "L-1 = R-1|R-2 by payout_group, off by 0");
}

#[test]
fn very_many_rows_prove_no_more_than_many() {
    let crowd = |rows: usize| {
        let crowd = (0..rows).map(|row| format!("R-9{row} 50 4 batch=7"));
        let rows: Vec<String> = crowd
            .chain(["R-1 0.01 4 batch=7".into(), "R-2 0.02 4 batch=7".into()])
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        lines(&["L-1 0.03 5"], &rows, &by_batch())
    };
    for rows in [123, 124, 125, 126, 127] {
        let said = crowd(rows);
        assert!(said.iter().all(|line| !line.starts_with("L-1")), "{rows}");
    }
}

#[test]
fn years_of_days_are_searched_by_the_window_of_each_row() {
    let group = Grouping {
        by: GroupBy::Sum,
        sides: Sides::OneToMany,
        evidence: vec![Column::Date],
        most: Grouping::MOST,
    };
    let rules = Rules {
        passes: vec![Pass {
            group: Some(group),
            ..Pass::search("payout", Some(DayWindow::days(2, 0)))
        }],
        ..Rules::default()
    };
    let records: Vec<String> = (0..3650 * 2)
        .map(|row| format!("R-{row} 1.50 {}", row / 2 + 1))
        .collect();
    // More than all that there is of any day.
    let mut ledger: Vec<String> = (0..5_000)
        .map(|row| format!("L-{row} 1000 {}", row % 3650 + 1))
        .collect();
    ledger.push("L-whole 3 200".to_owned());
    let rows = |rows: &[String]| super::book(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let outcome = super::outcome(&rows(&ledger), &rows(&records), &rules);
    let gave_up = |note: &String| note.contains("gave up");
    assert!(!outcome.notes.iter().any(gave_up), "{:?}", outcome.notes);
    // Three days come to as much.
    let tied = outcome
        .breaks
        .iter()
        .filter(|found| found.records.len() == 6);
    assert_eq!(tied.count(), 1);
}

#[test]
fn ways_are_counted_by_rows_and_not_by_amounts() {
    let records = ["R-1 50 4 batch=7", "R-2 50 4 batch=7", "R-3 50 4 batch=7"];
    let said = lines(&["L-1 100 5"], &records, &by_batch());
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].ends_with(": 3 ways to add up"), "{said:#?}");
    // Each refund takes back one of two equal payments, in two ways each.
    let records = [
        "R-1 70.11 4 batch=7",
        "R-2 70.11 4 batch=7",
        "R-3 -70.11 4 batch=7",
        "R-4 25.36 4 batch=7",
        "R-5 900.57 4 batch=7",
    ];
    let said = lines(&["L-1 25.36 5"], &records, &by_batch());
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(
        said[1].starts_with("ambiguous L-1/R-1|R-2|R-3|R-4 by payout")
            && said[1].ends_with(": 2 ways to add up"),
        "{said:#?}"
    );
}
