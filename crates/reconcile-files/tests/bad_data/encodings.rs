//! Text in other encodings, and files that are no text.

use crate::{HEADER, outcome};

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_column() {
    let csv = format!("\u{feff}{HEADER}A,5,PEN,2026-01-31\n");
    insta::assert_snapshot!(outcome("l.csv", csv), @r#"
    1 rows
      2 "A" 5 2026-01-31
    "#);
    let quoted = "\u{feff}\"reference\",amount,currency,date\nA,5,PEN,2026-01-31\n";
    insta::assert_snapshot!(outcome("l.csv", quoted), @r#"
    1 rows
      2 "A" 5 2026-01-31
    "#);
    let jsonl =
        "\u{feff}{\"reference\":\"A\",\"amount\":5,\"currency\":\"PEN\",\"date\":\"2026-01-31\"}";
    insta::assert_snapshot!(outcome("l.jsonl", jsonl), @r#"
    1 rows
      1 "A" 5 2026-01-31
    "#);
    insta::assert_snapshot!(outcome("l.csv", "\u{feff}"), @"0 rows");
}

#[test]
fn utf_16_is_told_with_and_without_its_mark() {
    let jsonl = "{\"reference\":\"A\"}\n";
    for text in [HEADER, jsonl, "\u{feff}reference"] {
        for bytes in [
            utf_16(text, u16::to_le_bytes),
            utf_16(text, u16::to_be_bytes),
        ] {
            for name in ["l.csv", "l.jsonl"] {
                let said = outcome(name, &bytes);
                assert!(said.contains("is UTF-16, not UTF-8\n"), "{said}");
            }
        }
    }
}

#[test]
fn what_is_not_utf_8_is_named_by_its_column_whether_it_is_read_or_not() {
    let row = |row: &[u8]| {
        outcome(
            "l.csv",
            [b"note,reference,amount,currency,date\n", row].concat(),
        )
    };
    insta::assert_snapshot!(row(b"x,Jos\xe9,5,PEN,2026-01-31\n"), @r"
    l.csv, line 2, column reference: is not UTF-8
      hint: save the file as CSV (UTF-8)
      1 set aside
    ");
    insta::assert_snapshot!(row(b"Jos\xe9,A,5,PEN,2026-01-31\n"), @r"
    l.csv, line 2, column note: is not UTF-8
      hint: save the file as CSV (UTF-8)
      1 set aside
    ");
    insta::assert_snapshot!(outcome(
        "l.csv",
        b"\"no\nte\xe9\",reference,amount,currency,date\n\xe9,A,5,PEN,2026-01-31\n"
    ), @r"
    l.csv, line 3, column no\nte�: is not UTF-8
      hint: save the file as CSV (UTF-8)
      1 set aside
    ");
    insta::assert_snapshot!(outcome(
        "l.jsonl",
        b"{\"reference\":\"A\",\"other\":\"\xe9\"}\n"
    ), @r"
    l.jsonl, line 1: is not UTF-8
      hint: save the file as UTF-8
      1 set aside
    ");
    // Half of a character, in two columns.
    insta::assert_snapshot!(row(b"\xc3,\xa9,5,PEN,2026-01-31\n"), @r"
    l.csv, line 2, column note: is not UTF-8
      hint: save the file as CSV (UTF-8)
      1 set aside
    ");
}

#[test]
fn what_is_no_text_is_told_by_its_first_bytes() {
    let starts: [(&str, &[u8]); 12] = [
        ("xlsx or zip", b"PK\x03\x04\x14\0"),
        ("empty zip", b"PK\x05\x06\0\0"),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1"),
        ("gzip", b"\x1f\x8b\x08\0"),
        ("bzip2", b"BZh91AY"),
        ("xz", b"\xfd7zXZ\0"),
        ("zstd", b"\x28\xb5\x2f\xfd\x04"),
        ("7z", b"7z\xbc\xaf\x27\x1c"),
        ("pdf", b"%PDF-1.7\n"),
        ("page", b"<html><table>"),
        ("zeros", &[0; 64]),
        ("encrypted", b"PARE1234"),
    ];
    let mut text = String::new();
    for (what, bytes) in starts {
        for name in ["l.csv", "l.jsonl", "l.parquet"] {
            let said = outcome(name, bytes).replace(name, "");
            let line = format!("{what}{}\n", said.replace("\n ", ""));
            if !text.contains(&line) {
                text += &line;
            }
        }
    }
    insta::assert_snapshot!(text, @r"
    xlsx or zip: is a workbook or another ZIP archive, not text hint: save the sheet as CSV (UTF-8); unpack an archive
    empty zip: is a workbook or another ZIP archive, not text hint: save the sheet as CSV (UTF-8); unpack an archive
    xls: is a workbook of an old kind, not text hint: save the sheet as CSV (UTF-8)
    gzip: is compressed hint: unpack it first
    bzip2: is compressed hint: unpack it first
    xz: is compressed hint: unpack it first
    zstd: is compressed hint: unpack it first
    7z: is compressed hint: unpack it first
    pdf: is a PDF, not a table hint: ask for the rows as CSV
    page: is a page or XML, not a table hint: open it in a spreadsheet and save the sheet as CSV (UTF-8), or ask for the rows as CSV
    zeros: begins with no text hint: check what wrote it, and write it anew
    encrypted: is encrypted Parquet hint: write it without encryption
    ");
}

#[test]
fn a_file_that_ends_within_its_first_bytes_is_read_as_what_there_is() {
    insta::assert_snapshot!(outcome("l.csv", b"\xef\xbb"), @r#"
    l.csv: no column `reference`; there are `�`
      hint: save the file as CSV (UTF-8), and say which column it is under [ledger] in the rules file: columns = { reference = "…" }, or have no pass look at references
    "#);
    insta::assert_snapshot!(outcome("l.csv", b"PAR"), @r#"
    l.csv: no column `reference`; there are `PAR`
      hint: say which column it is under [ledger] in the rules file: columns = { reference = "…" }, or have no pass look at references
    "#);
    insta::assert_snapshot!(outcome("l.parquet", b""), @r"
    l.parquet: is named as Parquet and is none
      hint: name it by what it is, .csv or .jsonl
    ");
}
