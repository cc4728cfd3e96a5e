//! Tables of any columns, written as Parquet.

#![cfg(feature = "parquet")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use bytes::Bytes;
use jiff::civil::date;
use parquet::{
    file::{reader::FileReader, serialized_reader::SerializedFileReader},
    schema::printer::print_schema,
};
use reconcile_files::{Cell, Column, ColumnType, FileError, ParquetTable};

#[test]
fn every_type_of_cell_reads_back_and_an_absent_one_is_null() {
    let mut table = table();
    table.write(&full()).unwrap();
    table.write(&[const { Cell::Absent }; 5]).unwrap();
    insta::assert_snapshot!(rows(table), @r#"
    {name: "=1+1", paid: -0.1234567890123456789, day: 1969-12-31, age: -9223372036854775808, sure: true}
    {name: null, paid: null, day: null, age: null, sure: null}
    "#);
}

#[test]
fn columns_have_the_types_that_other_tools_expect() {
    let bytes = Bytes::from(table().finish().unwrap());
    let reader = SerializedFileReader::new(bytes).unwrap();
    let mut schema = Vec::new();
    print_schema(&mut schema, reader.metadata().file_metadata().schema());
    insta::assert_snapshot!(String::from_utf8(schema).unwrap(), @r"
    message sample {
      OPTIONAL BYTE_ARRAY name (STRING);
      OPTIONAL FIXED_LEN_BYTE_ARRAY (16) paid (DECIMAL(38,19));
      OPTIONAL INT32 day (DATE);
      OPTIONAL INT64 age;
      OPTIONAL BOOLEAN sure;
    }
    ");
}

#[test]
fn a_table_without_rows_is_a_whole_file() {
    assert_eq!(rows(table()), "");
}

#[test]
fn a_row_that_does_not_fit_is_refused_and_leaves_the_table_as_it_was() {
    let mut table = table();
    let mut refuse = |cells: &[Cell<'_>]| said(&table.write(cells).unwrap_err());
    let mut long = full();
    long[1] = Cell::Amount("10000000000000000000".parse().unwrap());
    insta::assert_snapshot!(refuse(&long), @"row `=1+1`, column paid: 10000000000000000000 does not fit 19 digits before and 19 after the decimal point");
    let mut mistyped = full();
    mistyped[3] = Cell::Boolean(true);
    insta::assert_snapshot!(refuse(&mistyped), @"row `=1+1`, column age: true is not of the type of its column");
    insta::assert_snapshot!(refuse(&full()[1..]), @"the rows cannot be written: a row of 4 cells in a table of 5 columns");
    table.write(&full()).unwrap();
    assert_eq!(rows(table).lines().count(), 1);
}

#[test]
fn rows_beyond_one_group_are_all_there() {
    let columns = [Column {
        name: "number",
        holds: ColumnType::Integer,
    }];
    let mut table = ParquetTable::create("numbers", &columns, Vec::new()).unwrap();
    for number in 0..50_001 {
        table.write(&[Cell::Integer(number)]).unwrap();
    }
    let rows = rows(table);
    assert_eq!(rows.lines().count(), 50_001);
    assert_eq!(rows.lines().last(), Some("{number: 50000}"));
}

fn table() -> ParquetTable<Vec<u8>> {
    let columns = [
        ("name", ColumnType::Text),
        ("paid", ColumnType::Amount),
        ("day", ColumnType::Date),
        ("age", ColumnType::Integer),
        ("sure", ColumnType::Boolean),
    ]
    .map(|(name, holds)| Column { name, holds });
    ParquetTable::create("sample", &columns, Vec::new()).unwrap()
}

fn full() -> [Cell<'static>; 5] {
    [
        Cell::Text("=1+1".into()),
        Cell::Amount("-0.1234567890123456789".parse().unwrap()),
        Cell::Date(date(1969, 12, 31)),
        Cell::Integer(i64::MIN),
        Cell::Boolean(true),
    ]
}

fn rows(table: ParquetTable<Vec<u8>>) -> String {
    let bytes = Bytes::from(table.finish().unwrap());
    let reader = SerializedFileReader::new(bytes).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    let lines: Vec<_> = rows.map(|row| row.unwrap().to_string()).collect();
    lines.join("\n")
}

fn said(error: &FileError) -> String {
    let cause = std::error::Error::source(error);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
