//! The files that scripts read.

use reconcile_core::Verdict;
use reconcile_report::{Beside, Cell, ColumnType, Run, SideBySide, Summary, Table};

use crate::sample::{FORMULA, Month, file};

const DATA: [&str; 5] = [
    "summary.json",
    "matches.csv",
    "breaks.csv",
    "proofs.csv",
    "certificate.json",
];

#[test]
fn the_files_are_those_of_the_contract() {
    let month = Month::new();
    let mut run = month.run();
    let names = |run: &Run<'_>| -> Vec<_> { run.documents().map(|file| file.name).collect() };
    assert_eq!(
        names(&run),
        ["summary.json", "certificate.json", "report.html"]
    );
    assert_eq!(run.tables().map(|table| table.name), Table::NAMES);
    run.certificate = None;
    assert!(!names(&run).contains(&"certificate.json"));
}

#[test]
fn every_cell_is_absent_or_of_the_type_of_its_column() {
    let month = Month::new();
    let run = month.run();
    for table in run.tables().into_iter().chain([run.summary_table()]) {
        let (name, columns) = (table.name, table.columns);
        let mut rows = 0;
        for row in table.into_rows().map(Result::unwrap) {
            rows += 1;
            assert_eq!(row.len(), columns.len(), "{name}");
            for (cell, column) in row.iter().zip(columns) {
                let holds = match cell {
                    Cell::Absent => continue,
                    Cell::Text(_) | Cell::Label(_) => ColumnType::Text,
                    Cell::Amount { .. } => ColumnType::Amount,
                    Cell::Date(_) => ColumnType::Date,
                    Cell::Integer(_) => ColumnType::Integer,
                    Cell::Boolean(_) => ColumnType::Boolean,
                };
                assert_eq!(holds, column.holds, "{name}, {}", column.name);
            }
        }
        assert!(rows > 0, "{name}");
    }
}

#[test]
fn cells_hold_text_as_it_is_and_no_ids_where_there_is_no_row() {
    let month = Month::new();
    let run = month.run();
    let [_, breaks, _] = run.tables();
    let row = breaks.into_rows().next().unwrap().unwrap();
    assert_eq!(row[3], Cell::Text(FORMULA.replace('|', "\\|").into()));
    assert_eq!(row[4], Cell::Absent);
}

#[test]
fn the_summary_has_the_shape_of_the_contract() {
    let month = Month::new();
    insta::assert_snapshot!(file(&month.run(), "summary.json"), @r#"
    {
      "ledger": {
        "rows": 7,
        "amounts": {
          "JPY": "1500",
          "KWD": "0.125",
          "PEN": "1246.00"
        }
      },
      "records": {
        "rows": 7,
        "amounts": {
          "JPY": "1500",
          "PEN": "1226.03",
          "USD": "16.00"
        }
      },
      "matched": {
        "groups": 3,
        "ledger_rows": 3,
        "record_rows": 3
      },
      "breaks": {
        "missing_at_provider": 2,
        "missing_in_ledger": 1,
        "amount_mismatch": 1,
        "currency_mismatch": 1,
        "roll_forward": 1
      },
      "proofs": {
        "holds": 1,
        "fails": 1,
        "not_testable": 1
      },
      "verdict": "breaks",
      "conservation": {
        "JPY": {
          "ledger": "1500",
          "records": "1500",
          "explained": "0"
        },
        "KWD": {
          "ledger": "0.125",
          "records": "0.000",
          "explained": "0.125"
        },
        "PEN": {
          "ledger": "1246.00",
          "records": "1223.03",
          "explained": "22.97"
        },
        "USD": {
          "ledger": "0.00",
          "records": "16.00",
          "explained": "-16.00"
        }
      }
    }
    "#);
}

#[test]
fn the_figures_are_a_table_as_well() {
    let month = Month::new();
    let mut table = Vec::new();
    month.run().summary_table().write_csv(&mut table).unwrap();
    insta::assert_snapshot!(String::from_utf8(table).unwrap(), @r#"
    item,currency,rows,amount,text
    title,,,,"TuPay, October 2026"
    verdict,,,,"Not reconciled: 6 breaks, 1 failed proof among them"
    as_of,,,,2026-10-31
    completeness,,,,"Complete: 7 records on 3 pages in 2 windows, no gap, no page repeated, 1 duplicate dropped"
    Ledger,JPY,1,1500,
    Ledger,KWD,1,0.125,
    Ledger,PEN,5,1246.00,
    Provider,JPY,1,1500,
    Provider,PEN,4,1226.03,
    Provider,USD,2,16.00,
    Matched,JPY,1,1500,
    Matched,PEN,2,1194.50,
    not counted,,,,1 provider record: failed (3.00 PEN)
    rows to rows,JPY,,,"ties: ledger 1,500 − provider 1,500 = 0"
    rows to the provider's totals,JPY,,,not tested: no equation to test
    totals to each other and the balance,JPY,,,not tested: the provider states nothing in it
    rows to rows,KWD,,,"open: ledger 0.125 − provider 0.000 = 0.125, in 1 break"
    rows to the provider's totals,KWD,,,not tested: no equation to test
    totals to each other and the balance,KWD,,,not tested: the provider states nothing in it
    rows to rows,PEN,,,"open: ledger 1,246.00 − provider 1,223.03 = 22.97, in 3 breaks"
    rows to the provider's totals,PEN,,,not tested: no equation to test
    totals to each other and the balance,PEN,,,"open: 1 holds, 1 fails, 1 not testable; largest +5.00, 2026-10-03, merchant-7: Balance follows from the day before"
    rows to rows,USD,,,"open: ledger 0.00 − provider 16.00 = −16.00, in 2 breaks"
    rows to the provider's totals,USD,,,not tested: no equation to test
    totals to each other and the balance,USD,,,not tested: the provider states nothing in it
    missing_at_provider,,2,,
    missing_at_provider,KWD,,0.125,net difference
    missing_at_provider,PEN,,12.50,net difference
    missing_in_ledger,,1,,
    missing_in_ledger,USD,,-7.00,net difference
    amount_mismatch,,1,,
    amount_mismatch,PEN,,1.47,net difference
    currency_mismatch,,1,,
    roll_forward,,1,,
    roll_forward,PEN,,5.00,net difference
    "breaks of 8–30 days, unsigned",KWD,1,0.125,
    "breaks of 8–30 days, unsigned",PEN,4,18.97,
    "breaks of 8–30 days, unsigned",USD,1,7.00,
    proofs that hold,,1,,
    proofs that fail,,1,,
    proofs not testable,,1,,
    "#);
}

#[test]
fn matches_are_written_with_both_amounts() {
    let month = Month::new();
    insta::assert_snapshot!(file(&month.run(), "matches.csv"), @"
    match_id,rule,ledger_ids,record_ids,ledger_amount,record_amount,difference,currency,ambiguous
    M1,reference,L-1,P-1,1234.50,1234.50,0.00,PEN,false
    M2,reference,L-5,P-5,1500,1500,0,JPY,false
    M3,reference,L-8,P-8,-40.00,-40.00,0.00,PEN,false
    ");
}

#[test]
fn breaks_are_written_with_failed_proofs_after_them() {
    let month = Month::new();
    insta::assert_snapshot!(file(&month.run(), "breaks.csv"), @r#"
    break_id,code,severity,ledger_ids,record_ids,expected,actual,difference,currency,date,age_days,rule,explanation
    5faea6b6469e005b,missing_at_provider,high,'=cmd\|' /C calc'!A0,,0.125,,0.125,KWD,2026-10-01,30,reference,0.125 KWD booked on 2026-10-01 under reference order-6: the provider's complete list does not have it
    af84037256368f59,missing_at_provider,high,L-3,,12.50,,12.50,PEN,2026-10-01,30,reference,12.50 PEN booked on 2026-10-01 under reference order-3: the provider's complete list does not have it
    0eaf384b54072c8d,missing_in_ledger,high,,P-4,,7.00,-7.00,USD,2026-10-01,30,reference,7.00 USD listed by the provider on 2026-10-01 under reference order-4: nothing is booked
    60174ebd65c33ee5,amount_mismatch,medium,L-2,P-2,30.00,28.53,1.47,PEN,2026-10-01,30,reference,"ledger 30.00 − provider 28.53 = 1.47 PEN, the provider's fee"
    602d8a291a6cfff2,currency_mismatch,high,L-9,P-9,9.00,,,PEN,2026-10-01,30,reference,"ledger 9.00 PEN, provider 9.00 USD: the currencies differ, the figure is the same"
    1d563290447ce86b,roll_forward,high,,,104660.38,104655.38,5.00,PEN,2026-10-03,28,balance_roll_forward,"Balance follows from the day before: 104655.38 + 5 = 104660.38, stated 104655.38"
    "#);
}

#[test]
fn proofs_are_written_with_their_figures() {
    let month = Month::new();
    insta::assert_snapshot!(file(&month.run(), "proofs.csv"), @r#"
    identity,account,scope,currency,date,verdict,expected,actual,difference,note,title,statement,subject,record_ids
    balance_roll_forward,merchant-7,,PEN,2026-10-01,not_testable,,,,no previous day,Balance follows from the day before,,,
    balance_roll_forward,merchant-7,,PEN,2026-10-02,holds,104655.38,104655.38,0.00,"104642.98 + 12.4 = 104655.38, stated 104655.38",Balance follows from the day before,,,
    balance_roll_forward,merchant-7,,PEN,2026-10-03,fails,104660.38,104655.38,5.00,"104655.38 + 5 = 104660.38, stated 104655.38",Balance follows from the day before,,,
    "#);
}

#[test]
fn the_same_rows_in_another_order_give_the_same_bytes() {
    let (month, reversed) = (Month::new(), Month::reversed());
    for name in DATA.iter().chain(&["report.html"]) {
        assert_eq!(
            file(&month.run(), name),
            file(&reversed.run(), name),
            "{name}"
        );
    }
}

#[test]
fn ids_that_look_like_formulas_or_hold_the_separator_stay_ids() {
    let month = Month::new();
    let text = file(&month.run(), "breaks.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut ids = reader.records().map(|record| record.unwrap()[3].to_owned());
    assert!(ids.any(|id| id == format!("'{}", FORMULA.replace('|', "\\|"))));
}

#[test]
fn ids_of_matches_are_told_as_carefully_as_those_of_breaks() {
    let month = Month::of_hostile_ids();
    let text = file(&month.run(), "matches.csv");
    let lines = text.lines().skip(1);
    let ids: Vec<_> = lines
        .map(|line| {
            let (_, ids) = line.split_once(",reference,").unwrap();
            ids.strip_suffix(",1.00,1.00,0.00,PEN,false").unwrap()
        })
        .collect();
    assert_eq!(
        ids,
        [
            ",",
            "'\t1,'\t1",
            "''=1,''=1",
            "'-1,'-1",
            "'=cmd\\|' /C calc'!A0,'=cmd\\|' /C calc'!A0",
            "L-1,L-1",
            "\"a,b\",\"a,b\"",
            "a\\\\b,a\\\\b",
            "a\\|b,a\\|b",
            "\"say \"\"a\"\"\",\"say \"\"a\"\"\"",
        ]
    );
}

#[test]
fn numbers_are_never_quoted_as_text() {
    let month = Month::new();
    let text = file(&month.run(), "breaks.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let cells: Vec<_> = reader
        .records()
        .flat_map(|record| {
            let record = record.unwrap();
            [5, 6, 7, 10].map(|column| record[column].to_owned())
        })
        .filter(|cell| !cell.is_empty())
        .collect();
    assert!(cells.iter().any(|cell| cell.starts_with('-')), "{cells:?}");
    for cell in cells {
        let digits = cell.strip_prefix('-').unwrap_or(&cell);
        assert!(
            digits.chars().all(|c| c.is_ascii_digit() || c == '.'),
            "{cell}"
        );
    }
}

#[test]
fn every_break_has_an_id_of_its_own() {
    let month = Month::new();
    let text = file(&month.run(), "breaks.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut ids: Vec<_> = reader
        .records()
        .map(|record| record.unwrap()[0].to_owned())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn nothing_open_is_reconciled_and_an_unproven_pull_is_not() {
    let clean = Month::clean();
    assert_eq!(
        clean.run().summary().verdict,
        reconcile_report::Verdict::Reconciled
    );
    let reasons = vec!["the end of the list was not reached".to_owned()];
    let unproven = Month::clean().with_verdict(Verdict::Unproven { reasons });
    assert_eq!(
        unproven.run().summary().verdict,
        reconcile_report::Verdict::Breaks
    );
}

#[test]
fn runs_side_by_side_add_up_and_lead_to_their_pages() {
    let (open, clean) = (Month::new(), Month::clean());
    let (open, clean) = (open.run(), clean.run());
    let beside = |run, folder| Beside {
        run,
        folder,
        statements: 3,
        planted: None,
    };
    let entries = vec![beside(&open, "one"), beside(&clean, "a \"folder\" <b>")];
    let runs = SideBySide::new("October".to_owned(), entries).unwrap();
    let rows = |summary: &Summary| summary.ledger.rows + summary.records.rows;
    let sum = rows(&open.summary()) + rows(&clean.summary());
    assert_eq!(rows(runs.summary()), sum);
    assert_eq!(runs.summary().verdict, reconcile_report::Verdict::Breaks);
    let currency = "PEN".parse().unwrap();
    let amount = |summary: &Summary| summary.ledger.amounts[&currency];
    let sum = amount(&open.summary()).plus(amount(&clean.summary()));
    assert_eq!(amount(runs.summary()), sum.unwrap());
    let mut page = Vec::new();
    runs.write_report(&mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("href=\"one/report.html\""));
    assert!(page.contains("<td>KWD: rows to rows; PEN: rows to rows; USD: rows to rows</td></tr>"));
    assert!(page.contains("href=\"a &quot;folder&quot; &lt;b&gt;/report.html\""));
    assert!(!page.contains("{{"));
}

#[test]
fn a_summary_of_one_run_is_that_of_the_run() {
    let month = Month::new();
    let run = month.run();
    assert_eq!(Summary::of_all([&run]).unwrap(), run.summary());
}
