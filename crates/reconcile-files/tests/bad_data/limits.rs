//! Input without an end: what is held of it is bounded.

use std::{
    fs,
    io::{Seek, SeekFrom, Write},
};

use reconcile_files::{Invalid, Mapping, read_ledger};

use crate::{HEADER, outcome, said};

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
fn a_line_of_json_without_an_end_is_refused() {
    let long = format!("{{\"reference\":\"{}\"}}\n", "x".repeat(16 << 20));
    insta::assert_snapshot!(outcome("l.jsonl", &long), @r"
    l.jsonl, line 1: is longer than 16 MiB
      hint: in JSON Lines, each line is one object
    ");
    let just = format!("{{\"x\":\"{}\"}}\n", "x".repeat((16 << 20) - 9));
    assert_eq!(just.len(), 16 << 20);
    assert!(!outcome("l.jsonl", just).contains("longer"));
}

#[test]
fn bad_lines_are_held_up_to_a_bound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.jsonl");
    let mut file = fs::File::create(&path).unwrap();
    let good = r#"{"reference":"A","amount":1,"currency":"PEN","date":"2026-01-31"}"#;
    file.write_all(good.as_bytes()).unwrap();
    file.write_all(b"\n").unwrap();
    // Lines of a mebibyte that take no place on the disk.
    for line in 1..=300 {
        file.seek(SeekFrom::Start(line << 20)).unwrap();
        file.write_all(b"\n").unwrap();
    }
    let read = |invalid| said(&read_ledger(&path, &Mapping::default(), invalid).unwrap_err());
    assert!(read(Invalid::Stop).starts_with("l.jsonl, line 2: is not a JSON object"));
    insta::assert_snapshot!(read(Invalid::SetAside), @r"
    l.jsonl: 256 lines cannot be read, and there are more
      hint: say in the rules file how the file is written; no line is set aside then
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
    let read = crate::read("", "l.csv", text.as_bytes(), Invalid::Stop).unwrap();
    assert_eq!(read.book.len(), rows);
}
