//! Workbooks, as a reader of the format finds them.

#![cfg(feature = "xlsx")]
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows the tests here, but not the functions that they share"
)]

use std::io::{Cursor, Read};

use jiff::civil::date;
use reconcile_files::{Cell, Column, ColumnType, FileError, Workbook};
use rust_decimal::dec;
use zip::ZipArchive;

const COLUMNS: [Column; 5] = [
    column("id", ColumnType::Text),
    column("amount", ColumnType::Amount),
    column("date", ColumnType::Date),
    column("age", ColumnType::Integer),
    column("ambiguous", ColumnType::Boolean),
];

const fn column(name: &'static str, holds: ColumnType) -> Column {
    Column { name, holds }
}

fn workbook(rows: &[[Cell<'_>; 5]]) -> Result<Vec<u8>, FileError> {
    let directory = tempfile::tempdir().unwrap();
    let mut workbook = Workbook::create(directory.path())?;
    let mut sheet = workbook.sheet("breaks", &COLUMNS)?;
    for row in rows {
        sheet.write(row)?;
    }
    let mut file = Vec::new();
    workbook.finish(&mut file)?;
    Ok(file)
}

/// A part of the file.
fn part(file: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    let mut part = archive.by_name(name).unwrap();
    part.read_to_string(&mut text).unwrap();
    text
}

/// The cells of a row of the first sheet.
fn cells(file: &[u8], row: usize) -> Vec<String> {
    let sheet = part(file, "xl/worksheets/sheet1.xml");
    let start = format!("<row r=\"{row}\"");
    let (_, from) = sheet.split_once(&start).unwrap();
    let (row, _) = from.split_once("</row>").unwrap();
    let cells = row.split("<c ").skip(1);
    cells.map(|cell| cell.replace("</c>", "")).collect()
}

fn text(text: &str) -> Cell<'_> {
    Cell::Text(text.into())
}

#[test]
fn numbers_are_numbers_dates_are_dates_and_text_is_text() {
    let row = [
        text("B-1"),
        Cell::Amount(dec!(-1234.50)),
        Cell::Date(date(2026, 10, 31)),
        Cell::Integer(30),
        Cell::Boolean(true),
    ];
    let file = workbook(&[row]).unwrap();
    assert_eq!(
        cells(&file, 2),
        [
            "r=\"A2\" t=\"inlineStr\"><is><t>B-1</t></is>",
            "r=\"B2\" s=\"2\"><v>-1234.5</v>",
            "r=\"C2\" s=\"3\"><v>46326</v>",
            "r=\"D2\"><v>30</v>",
            "r=\"E2\" t=\"b\"><v>1</v>",
        ]
    );
    let styles = part(&file, "xl/styles.xml");
    assert!(styles.contains("formatCode=\"yyyy-mm-dd\""), "{styles}");
}

#[test]
fn an_amount_that_a_double_does_not_hold_is_text_to_the_last_digit() {
    let row = |amount| {
        let [none, nil, absent] = [Cell::Absent, Cell::Absent, Cell::Absent];
        [text("B-1"), Cell::Amount(amount), none, nil, absent]
    };
    let long = dec!(79228162514264337593543950.335);
    let file = workbook(&[row(dec!(0.1)), row(long), row(dec!(0.1234567890123456))]).unwrap();
    assert_eq!(cells(&file, 2)[1], "r=\"B2\" s=\"2\"><v>0.1</v>");
    for (row, digits) in [
        (3, "79228162514264337593543950.335"),
        (4, "0.1234567890123456"),
    ] {
        let cell = &cells(&file, row)[1];
        assert!(cell.contains("t=\"inlineStr\""), "{cell}");
        assert!(cell.contains(&format!("<t>{digits}</t>")), "{cell}");
    }
}

#[test]
fn hostile_text_is_neither_a_formula_nor_markup() {
    let row = |id| {
        let rest = [Cell::Absent, Cell::Absent, Cell::Absent, Cell::Absent];
        let [amount, date, age, ambiguous] = rest;
        [text(id), amount, date, age, ambiguous]
    };
    let file = workbook(&[
        row("=HYPERLINK(\"http://a\")"),
        row("</t><f>1+1</f>"),
        row("https://a.example"),
        row("a\u{0}b\u{1b}_x0041_"),
    ])
    .unwrap();
    let sheet = part(&file, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>"), "{sheet}");
    assert!(!sheet.contains("hyperlink"), "{sheet}");
    assert!(
        sheet.contains("<t>'=HYPERLINK(\"http://a\")</t>"),
        "{sheet}"
    );
    assert!(
        sheet.contains("<t>&lt;/t&gt;&lt;f&gt;1+1&lt;/f&gt;</t>"),
        "{sheet}"
    );
    assert!(
        sheet.contains("<t>a_x0000_b_x001B__x005F_x0041_</t>"),
        "{sheet}"
    );
}

#[test]
fn the_same_rows_give_the_same_bytes_and_no_clock_is_in_them() {
    let row = || {
        [
            text("B-1"),
            Cell::Amount(dec!(1)),
            Cell::Date(date(1899, 12, 31)),
            Cell::Integer(i64::MAX),
            Cell::Absent,
        ]
    };
    let file = workbook(&[row()]).unwrap();
    assert_eq!(file, workbook(&[row()]).unwrap());
    let core = part(&file, "docProps/core.xml");
    assert_eq!(core.matches("1980-01-01T00:00:00Z").count(), 2, "{core}");
    assert!(cells(&file, 2)[2].contains("<t>1899-12-31</t>"));
    assert!(cells(&file, 2)[3].contains("<t>9223372036854775807</t>"));
}

#[test]
fn a_text_longer_than_a_cell_is_refused() {
    let long = "a".repeat(32_768);
    let cells = || [Cell::Absent, Cell::Absent, Cell::Absent, Cell::Absent];
    let [amount, date, age, ambiguous] = cells();
    assert!(workbook(&[[text(&long[1..]), amount, date, age, ambiguous]]).is_ok());
    let [_, date, age, ambiguous] = cells();
    let columns = [text("B-1"), text(&long), date, age, ambiguous];
    let error = workbook(&[columns]).unwrap_err();
    insta::assert_snapshot!(error, @"row `B-1`, column amount: its text is longer than the 32,767 characters that a cell of a workbook holds");
}
