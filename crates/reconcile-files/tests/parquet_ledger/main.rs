//! Ledgers and records in Parquet, as other tools write their types.

#![cfg(feature = "parquet")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod pages;
mod writing;

use jiff::tz::TimeZone;
use reconcile_core::Kind;
use reconcile_files::{Field, FileError, Invalid, Ledger, Mapping, read_ledger, read_records};

use self::writing::{Values, write};

#[test]
fn every_exact_type_is_read() {
    let amounts = [
        ("int32 amount (DECIMAL(9,2))", Values::I32(vec![3000, -150])),
        (
            "int64 amount (DECIMAL(18,2))",
            Values::I64(vec![3000, -150]),
        ),
        (
            "fixed_len_byte_array(3) amount (DECIMAL(6,2))",
            Values::Fixed(vec![vec![0, 0x0b, 0xb8], vec![0xff, 0xff, 0x6a]]),
        ),
        (
            "binary amount (DECIMAL(38,2))",
            Values::Bytes(vec![vec![0x0b, 0xb8], vec![0xff, 0x6a]]),
        ),
        (
            "binary amount (STRING)",
            Values::Bytes(vec![b"30".to_vec(), b"-1.5".to_vec()]),
        ),
    ];
    for (column, values) in amounts {
        let ledger = ledger(&[(column, values), currency(), reference(), date()]).unwrap();
        let amounts: Vec<_> = ledger
            .book
            .iter()
            .map(|row| row.signed().to_string())
            .collect();
        assert_eq!(amounts, ["30", "-1.5"], "{column}");
    }
}

#[test]
fn days_and_instants_are_days_in_the_zone_of_the_books() {
    let midnight = 1_769_904_000; // 2026-02-01T00:00:00Z
    let dates = [
        (
            "int32 date (DATE)",
            Values::I32(vec![20_485, 20_484]),
            ["2026-02-01", "2026-01-31"],
        ),
        (
            "int64 date (TIMESTAMP(MILLIS,true))",
            Values::I64(vec![midnight * 1000, (midnight - 86_400) * 1000]),
            ["2026-01-31", "2026-01-30"],
        ),
        (
            "int64 date (TIMESTAMP(NANOS,false))",
            Values::I64(vec![
                midnight * 1_000_000_000,
                (midnight - 1) * 1_000_000_000,
            ]),
            ["2026-02-01", "2026-01-31"],
        ),
    ];
    for (column, values, expected) in dates {
        let ledger = ledger(&[(column, values), currency(), reference(), amount()]).unwrap();
        let days: Vec<_> = ledger.book.iter().map(|row| row.date.to_string()).collect();
        assert_eq!(days, expected, "{column}");
    }
}

#[test]
fn a_time_on_the_books_own_clock_counts_by_the_cutoff() {
    let midnight = 1_769_904_000; // 2026-02-01T00:00:00
    let dates = [(midnight - 5400) * 1000, (midnight - 5401) * 1000];
    let column = (
        "int64 date (TIMESTAMP(MILLIS,false))",
        Values::I64(dates.into()),
    );
    let mut mapping = Mapping::default();
    mapping.cutoff = Some(jiff::civil::time(22, 30, 0, 0));
    let ledger = read(&[column, currency(), reference(), amount()], &mapping).unwrap();
    let days: Vec<_> = ledger.book.iter().map(|row| row.date.to_string()).collect();
    assert_eq!(days, ["2026-02-01", "2026-01-31"]);
}

#[test]
fn attributes_are_columns_of_any_exact_type() {
    let rrn = ("int64 RRN", Values::I64(vec![42, 43]));
    let mut mapping = Mapping::default();
    mapping.attributes = [("rrn".to_owned(), "RRN".to_owned())].into();
    let ledger = read(&[amount(), currency(), date(), reference(), rrn], &mapping).unwrap();
    let book = &ledger.book;
    let rows = book.indices().map(|row| book.attribute(row, "rrn"));
    assert_eq!(rows.collect::<Vec<_>>(), [Some("42"), Some("43")]);
}

#[test]
fn what_stands_in_the_attributes_of_a_record_is_said_of_that_record_alone() {
    use Kind::{Payment, Payout, Refund};
    let said = [
        (r#"{"tax":"0.26"}"#, Payment, Some("0.26")),
        (r#"{"what":"refund","tax":"1"}"#, Refund, Some("1")),
        (r#"{"what":"payout"}"#, Payout, None),
        ("{}", Payment, None),
        (r#"{"what":"refund"}"#, Refund, None),
        (r#"{"else":"refund"}"#, Payment, None),
    ];
    let same = |text: &str| Values::Bytes(vec![text.into(); said.len()]);
    let ids = (0..said.len()).map(|row| row.to_string().into());
    let objects = said.map(|(object, ..)| object.into());
    let columns = [
        ("binary id (STRING)", Values::Bytes(ids.collect())),
        ("binary reference (STRING)", same("A")),
        ("binary amount (STRING)", same("5")),
        ("binary currency (STRING)", same("PEN")),
        ("binary created_at (STRING)", same("2026-01-31T10:00:00Z")),
        ("binary direction (STRING)", same("credit")),
        ("binary status (STRING)", same("succeeded")),
        ("binary attributes (STRING)", Values::Bytes(objects.into())),
    ];
    let mut mapping = Mapping::default();
    mapping.kind = Some(Payment);
    mapping
        .columns
        .insert(Field::Kind, "attributes.what".to_owned());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("records.parquet");
    write(&path, &columns);
    let book = read_records(&path, &mapping).unwrap();
    let read = book
        .iter()
        .map(|row| (row.kind, row.tax.map(|tax| tax.to_string())));
    let written = said.map(|(_, kind, tax)| (Some(kind), tax.map(str::to_owned)));
    assert_eq!(read.collect::<Vec<_>>(), written);
}

#[test]
fn numbers_stand_for_references_and_what_is_absent_stays_so() {
    let numbers = ("int64 reference", Values::I64(vec![17, -1]));
    let ledger = ledger(&[
        numbers,
        amount(),
        currency(),
        date(),
        (
            "optional binary description (STRING)",
            Values::OptionalBytes(vec![None, Some(b"x".to_vec())]),
        ),
    ])
    .unwrap();
    let rows: Vec<_> = ledger
        .book
        .iter()
        .map(|row| {
            (
                row.id.to_owned(),
                row.reference.map(str::to_owned),
                row.description.map(str::to_owned),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("1".to_owned(), Some("17".to_owned()), None),
            ("2".to_owned(), Some("-1".to_owned()), Some("x".to_owned())),
        ]
    );
}

#[test]
fn a_column_without_any_value_is_of_no_type_and_says_nothing() {
    // As pandas writes one.
    let none = ("optional int32 fee (UNKNOWN)", Values::Nothing(2));
    let ledger = ledger(&[amount(), currency(), reference(), date(), none]).unwrap();
    let fees: Vec<_> = ledger.book.iter().map(|row| row.fee).collect();
    assert_eq!(fees, [None, None]);
}

#[test]
fn a_float_is_no_amount() {
    let float = ("double amount", Values::F64(vec![30.0, 1.5]));
    let error = ledger(&[float, currency(), reference(), date()]).unwrap_err();
    assert!(matches!(&error, FileError::ColumnType { column, .. } if column == "amount"));
    assert!(error.hint().unwrap().contains("a float is not exact"));
}

#[test]
fn a_row_that_is_set_aside_shows_its_day_as_it_is_written() {
    let (first, second) = ("2026-01-31T10:20:30Z", "2026-02-01T10:20:30Z");
    for days in [[first, second], [first, first]] {
        let columns = [
            (
                "binary amount (STRING)",
                Values::Bytes(vec![b"x".to_vec(); 2]),
            ),
            (
                "binary date (STRING)",
                Values::Bytes(days.map(Vec::from).to_vec()),
            ),
            currency(),
            reference(),
        ];
        let ledger = read(&columns, &Mapping::default()).unwrap();
        let set_aside = ledger.set_aside.iter().zip(days);
        assert!(set_aside.len() == 2);
        for (line, day) in set_aside {
            let text = String::from_utf8_lossy(line.text());
            assert!(text.contains(&format!(r#""date":"{day}""#)), "{text}");
        }
    }
}

#[test]
fn a_row_that_is_set_aside_shows_what_was_read() {
    let bad = (
        "binary amount (STRING)",
        Values::Bytes(vec![b"30".to_vec(), b"1,5".to_vec()]),
    );
    let ledger = ledger(&[bad, currency(), reference(), date()]).unwrap();
    let mut written = Vec::new();
    ledger.write_set_aside(&mut written).unwrap();
    insta::assert_snapshot!(String::from_utf8(written).unwrap(), @r#"{"amount":"1,5","currency":"PEN","date":"2026-02-01","reference":"B"}"#);
    insta::assert_snapshot!(ledger.set_aside.first().unwrap(), @"line 2, column amount: `1,5` is not a decimal");
}

fn amount() -> (&'static str, Values) {
    ("int64 amount (DECIMAL(18,2))", Values::I64(vec![3000, 150]))
}

fn currency() -> (&'static str, Values) {
    let values = Values::Bytes(vec![b"PEN".to_vec(), b"PEN".to_vec()]);
    ("binary currency (STRING)", values)
}

fn reference() -> (&'static str, Values) {
    let values = Values::Bytes(vec![b"A".to_vec(), b"B".to_vec()]);
    ("binary reference (STRING)", values)
}

fn date() -> (&'static str, Values) {
    ("int32 date (DATE)", Values::I32(vec![20_485, 20_485]))
}

fn ledger(columns: &[(&str, Values)]) -> Result<Ledger, FileError> {
    let mut mapping = Mapping::default();
    mapping.zone = TimeZone::get("America/Lima").ok();
    read(columns, &mapping)
}

fn read(columns: &[(&str, Values)], mapping: &Mapping) -> Result<Ledger, FileError> {
    let directory = tempfile::tempdir().unwrap();
    // Content counts, not the name.
    let path = directory.path().join("ledger.csv");
    write(&path, columns);
    read_ledger(&path, mapping, Invalid::SetAside)
}
