//! CSV whose lines, quotes and columns are not as they should be.

use crate::{HEADER, each, outcome};

#[test]
fn any_line_end_ends_a_line() {
    let lines = [
        "reference,amount,currency,date",
        "A,5,PEN,2026-01-31",
        "B,6,PEN,2026-01-31",
    ];
    let expected = "2 rows\n  2 \"A\" 5 2026-01-31\n  3 \"B\" 6 2026-01-31";
    for end in ["\n", "\r\n", "\r"] {
        assert_eq!(outcome("l.csv", lines.join(end)), expected, "{end:?}");
        assert_eq!(outcome("l.csv", lines.join(end) + end), expected, "{end:?}");
    }
    let mixed = format!("{}\r{}\r\n{}\n", lines[0], lines[1], lines[2]);
    assert_eq!(outcome("l.csv", mixed), expected);
    let bad = format!("{}\r{}\rC,x,PEN,2026-01-31\r", lines[0], lines[1]);
    insta::assert_snapshot!(outcome("l.csv", bad), @r"
    l.csv, line 3, column amount: `x` is not a decimal
      1 set aside
    ");
}

#[test]
fn a_line_end_in_a_quoted_cell_belongs_to_the_cell() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("{HEADER}\"A{end}B\",5,PEN,2026-01-31{end}C,x,PEN,2026-01-31{end}");
        let said = outcome("l.csv", text);
        assert!(said.starts_with("l.csv, line 4, column amount"), "{said}");
    }
}

#[test]
fn quotes_that_do_not_fit_are_read_as_they_stand_or_refused() {
    let row = |row: &str| outcome("l.csv", format!("{HEADER}{row}\n"));
    insta::assert_snapshot!(row("5\" pipe,5,PEN,2026-01-31"), @r#"
    1 rows
      2 "5\" pipe" 5 2026-01-31
    "#);
    insta::assert_snapshot!(row("\"A\" x,5,PEN,2026-01-31"), @r#"
    1 rows
      2 "A x" 5 2026-01-31
    "#);
    insta::assert_snapshot!(row("\"A,5,PEN,2026-01-31\nB,5,PEN,2026-01-31"), @r"
    l.csv, line 2: a cell that begins with a quote does not end with one
      hint: close the quote; double one that belongs to the text
    ");
    insta::assert_snapshot!(row("A,5,PEN,\"2026-01-31"), @r"
    l.csv, line 2: a cell that begins with a quote does not end with one
      hint: close the quote; double one that belongs to the text
    ");
}

#[test]
fn a_header_that_does_not_fit_is_told_with_what_there_is() {
    insta::assert_snapshot!(outcome("l.csv", ""), @"0 rows");
    insta::assert_snapshot!(outcome("l.csv", "\r\n\r\n"), @"0 rows");
    insta::assert_snapshot!(outcome("l.csv", HEADER), @"0 rows");
    insta::assert_snapshot!(outcome(
        "l.csv",
        " Reference ,AMOUNT,currency,date\nA,5,PEN,2026-01-31\n"
    ), @r#"
    l.csv: no column `reference`; there are ` Reference `, `AMOUNT`, `currency`, `date`
      hint: say which column it is under [ledger] in the rules file: columns = { reference = " Reference " }
    "#);
    insta::assert_snapshot!(outcome("l.csv", "reference,AMOUNT,currency,date\n"), @r#"
    l.csv: no column `amount`; there are `reference`, `AMOUNT`, `currency`, `date`
      hint: say which column it is under [ledger] in the rules file: columns = { amount = "AMOUNT" }
    "#);
    insta::assert_snapshot!(outcome("l.csv", "reference,amount,date\nA,5,2026-01-31\n"), @r#"
    l.csv: no column `currency`; there are `reference`, `amount`, `date`
      hint: say which column it is under [ledger] in the rules file: columns = { currency = "…" }
    "#);
    insta::assert_snapshot!(outcome(
        "l.csv",
        "reference,amount,reference,currency,date\n"
    ), @r"
    l.csv: two columns are named `reference`
      hint: rename one of them
    ");
    insta::assert_snapshot!(outcome("l.csv", "A,5,PEN,2026-01-31\n"), @r#"
    l.csv: no column `reference`; there are `A`, `5`, `PEN`, `2026-01-31`
      hint: say which column it is under [ledger] in the rules file: columns = { reference = "…" }, or have no pass look at references
    "#);
    insta::assert_snapshot!(outcome("l.csv", "reference\tamount\tcurrency\tdate\n"), @r#"
    l.csv: no column `reference`; there are `reference\tamount\tcurrency\tdate`
      hint: set delimiter = "\t" under [ledger] in the rules file
    "#);
    insta::assert_snapshot!(outcome(
        "l.csv",
        (0..100).map(|column| format!("c{column}")).collect::<Vec<_>>().join(",")
    ), @r#"
    l.csv: no column `reference`; there are `c0`, `c1`, `c2`, `c3`, `c4`, `c5`, `c6`, `c7`, `c8`, `c9`, `c10`, `c11`, `c12`, `c13`, `c14`, `c15`, `c16`, `c17`, `c18`, `c19`, `c20`, `c21`, `c22`, `c23`, `c24`, `c25`, `c26`, `c27`, `c28`, `c29`, `c30`, `c31`, `c32`, `c33`, `c34`, `c35`, `c36`, `c37`, `c38`, `c39` and 60 more
      hint: say which column it is under [ledger] in the rules file: columns = { reference = "…" }, or have no pass look at references
    "#);
}

#[test]
fn a_line_has_as_many_cells_as_the_header() {
    let rows = |rows: &str| outcome("l.csv", format!("{HEADER}{rows}\n"));
    insta::assert_snapshot!(rows("A,5,PEN"), @r"
    l.csv, line 2: 3 fields, the header has 4
      hint: quote a cell that holds the delimiter, a decimal comma included
      1 set aside
    ");
    insta::assert_snapshot!(rows("A,5,PEN,2026-01-31,"), @r"
    l.csv, line 2: 5 fields, the header has 4
      hint: quote a cell that holds the delimiter, a decimal comma included
      1 set aside
    ");
    insta::assert_snapshot!(rows("A,1,50,PEN,2026-01-31\nB,5,PEN,2026-01-31"), @r"
    l.csv, line 2: 5 fields, the header has 4
      hint: quote a cell that holds the delimiter, a decimal comma included
      1 set aside
    ");
    // Spreadsheets write rows of empty cells behind the last one.
    insta::assert_snapshot!(rows(",,,"), @"0 rows");
    // Columns without a name are none that could be meant.
    insta::assert_snapshot!(outcome(
        "l.csv",
        "reference,amount,currency,date,,\nA,5,PEN,2026-01-31,,\n"
    ), @r#"
    1 rows
      2 "A" 5 2026-01-31
    "#);
}

#[test]
fn text_is_kept_whatever_characters_it_has() {
    insta::assert_snapshot!(each(
        "reference",
        "=1+1|@SUM(A1)|\tA|+A|A\0B|\u{202e}A| A |'A"
    ), @r#"
    =1+1: "=1+1" 5 2026-01-31
    @SUM(A1): "@SUM(A1)" 5 2026-01-31
    \tA: "\tA" 5 2026-01-31
    +A: "+A" 5 2026-01-31
    A\0B: "A\0B" 5 2026-01-31
    \u{202e}A: "\u{202e}A" 5 2026-01-31
     A : " A " 5 2026-01-31
    \'A: "'A" 5 2026-01-31
    "#);
}
