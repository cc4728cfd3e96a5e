//! Input without an end: what is held of it is bounded.

use crate::{HEADER, outcome};

#[test]
fn a_line_without_an_end_is_refused() {
    let long = "x".repeat((16 << 20) + 1);
    insta::assert_snapshot!(outcome("l.csv", &long), @r"
    l.csv, line 1: is longer than 16 MiB
      hint: a quote that is not closed takes all that follows for its cell; a file without line ends is no CSV
    ");
    insta::assert_snapshot!(outcome("l.csv", format!("{HEADER}{long}")), @r"
    l.csv, line 2: is longer than 16 MiB
      hint: a quote that is not closed takes all that follows for its cell; a file without line ends is no CSV
    ");
}

#[test]
fn a_header_has_no_more_columns_than_a_table() {
    insta::assert_snapshot!(outcome("l.csv", ",".repeat(1 << 20)), @r"
    l.csv, line 1: has 1048577 columns
      hint: the first line names the columns, of which a spreadsheet has 16384 at most
    ");
}

#[test]
fn a_file_of_short_lines_takes_time_by_its_length_alone() {
    // Where each line were looked for to the end of what is read, this would
    // take minutes.
    let rows = 100_000;
    let text = format!("{HEADER}{}", "A,5,PEN,2026-01-31\r".repeat(rows)).replace('\n', "\r");
    let read = crate::read("", "l.csv", text.as_bytes(), reconcile_files::Invalid::Stop).unwrap();
    assert_eq!(read.book.len(), rows);
}
