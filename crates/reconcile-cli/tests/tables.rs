//! What `--out` holds, as CSV and as Parquet, and what is left of an earlier run.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use parquet::{
    file::{reader::FileReader, serialized_reader::SerializedFileReader},
    record::Field,
};
use rust_decimal::Decimal;
use tempfile::TempDir;

const TABLES: [&str; 3] = ["matches", "breaks", "proofs"];

#[test]
fn parquet_tables_hold_the_columns_and_cells_of_the_csv() {
    let month = Month::new();
    month.run(&["--out", "match"]);
    month.run(&["--out", "match-typed", "--format", "parquet"]);
    let demo = ["demo", "--records", "300", "--out"];
    month.reconcile(&[&demo[..], &["demo"]].concat());
    month.reconcile(&[&demo[..], &["demo-typed", "--format", "parquet"]].concat());
    for (run, folder) in [
        ("match", ""),
        ("demo", "/tupay"),
        ("demo", "/paywall"),
        ("demo", "/streampay"),
    ] {
        for table in TABLES {
            let text = csv_rows(&month.path(&format!("{run}{folder}/{table}.csv")));
            let typed = format!("{run}-typed{folder}/{table}.parquet");
            let typed = parquet_rows(&month.path(&typed));
            // The header is the same, and only a match of files proves nothing.
            assert_eq!(typed.first(), text.first(), "{run}{folder}, {table}");
            assert_eq!(text.len() > 1, (run, table) != ("match", "proofs"));
            let text = text.iter().map(|row| row.iter().map(|cell| value(cell)));
            let text: Vec<Vec<_>> = text.map(Iterator::collect).collect();
            assert_eq!(typed, text, "{run}{folder}, {table}");
        }
    }
}

#[test]
fn amounts_keep_every_digit_and_text_is_not_quoted_in_parquet() {
    let month = Month::new();
    month.run(&["--out", "out", "--format", "parquet"]);
    let breaks = parquet_rows(&month.path("out/breaks.parquet")).concat();
    for cell in ["=1+1", "0.1234567890123456789", "2026-01-03"] {
        assert!(
            breaks.iter().any(|found| found == cell),
            "{cell}: {breaks:?}"
        );
    }
}

#[test]
fn a_workbook_has_the_summary_and_every_table() {
    let month = Month::new();
    month.run(&["--out", "out", "--format", "xlsx"]);
    let file = File::open(month.path("out/reconciliation.xlsx")).unwrap();
    let mut workbook = zip::ZipArchive::new(file).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        let mut part = workbook.by_name(name).unwrap();
        part.read_to_string(&mut text).unwrap();
        text
    };
    let names = part("xl/workbook.xml");
    let names: Vec<_> = names.split("<sheet name=\"").skip(1).collect();
    let names = names.iter().map(|name| name.split('"').next().unwrap());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["summary", "breaks", "matches", "proofs"]
    );
    let breaks = part("xl/worksheets/sheet2.xml");
    // What a double does not hold to the digit is text, and a formula is text too.
    for cell in ["<t>0.1234567890123456789</t>", "<t>'=1+1</t>"] {
        assert!(breaks.contains(cell), "{cell}: {breaks}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let month = Month::new();
    for format in ["parquet", "xlsx"] {
        for folder in ["one", "two"] {
            month.run(&["--out", folder, "--format", format]);
        }
        for name in names(&month.path("one")) {
            let bytes = |folder: &str| fs::read(month.path(folder).join(&name)).unwrap();
            assert_eq!(bytes("one"), bytes("two"), "{name}");
        }
    }
}

#[test]
fn a_folder_holds_one_run_and_what_is_not_a_runs() {
    let month = Month::new();
    fs::create_dir(month.path("out")).unwrap();
    for name in ["certificate.json", "ledger-set-aside.txt", "notes.csv"] {
        fs::write(month.path("out").join(name), "").unwrap();
    }
    let first = month.run(&["--out", "out"]);
    assert!(
        stdout(&first)
            .contains("Removed from an earlier run: certificate.json, ledger-set-aside.txt.")
    );
    month.run(&["--out", "out", "--format", "parquet"]);
    assert_eq!(
        names(&month.path("out")),
        [
            "breaks.parquet",
            "matches.parquet",
            "notes.csv",
            "proofs.parquet",
            "report.html",
            "summary.json"
        ]
    );
    let again = month.run(&["--out", "out", "--format", "parquet"]);
    assert!(!stdout(&again).contains("Removed"));
    month.run(&["--out", "out", "--format", "xlsx"]);
    assert_eq!(
        names(&month.path("out")),
        [
            "notes.csv",
            "reconciliation.xlsx",
            "report.html",
            "summary.json"
        ]
    );
    let last = month.run(&["--out", "out"]);
    assert!(stdout(&last).contains("Removed from an earlier run: reconciliation.xlsx."));
}

#[test]
fn a_run_that_fails_leaves_the_earlier_one_as_it_was() {
    let month = Month::new();
    month.run(&["--out", "out"]);
    let before = names(&month.path("out"));
    // More digits than a Parquet decimal holds: the run fails while it writes.
    let ledger = "id,reference,amount,currency,date\nL-1,a,0.12345678901234567891,PEN,2026-01-01\n";
    fs::write(month.path("ledger.csv"), ledger).unwrap();
    let failed = month.run(&["--out", "out", "--format", "parquet"]);
    assert_eq!(failed.status.code(), Some(2));
    let said = String::from_utf8(failed.stderr).unwrap();
    assert!(
        said.contains("column expected: 0.12345678901234567891 does not fit"),
        "{said}"
    );
    assert_eq!(names(&month.path("out")), before);
}

#[test]
fn a_run_does_not_replace_what_it_reads() {
    let month = Month::new();
    fs::create_dir(month.path("out")).unwrap();
    let ledger = month.path("out/ledger-set-aside.txt");
    fs::copy(month.path("ledger.csv"), &ledger).unwrap();
    let refused = month.reconcile(&[
        "match",
        "--ledger",
        "out/ledger-set-aside.txt",
        "--records",
        "records.csv",
        "--out",
        "out",
    ]);
    assert_eq!(refused.status.code(), Some(2));
    insta::assert_snapshot!(String::from_utf8(refused.stderr).unwrap(), @r"
    error: out/ledger-set-aside.txt: the run would replace this file, which it reads
      hint: rename the file, or choose another folder with --out
    ");
    assert!(ledger.exists());
}

#[test]
fn a_format_without_a_folder_is_refused() {
    let refused = Month::new().run(&["--format", "parquet"]);
    assert_eq!(refused.status.code(), Some(2));
}

/// Two files: one pair that matches, a break on each side.
struct Month(TempDir);

impl Month {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        file(
            "ledger.csv",
            "id,reference,amount,currency,date\n\
             L-1,order-1,30.00,PEN,2026-01-02\n\
             =1+1,order-2,0.1234567890123456789,XAU,2026-01-03\n",
        );
        file(
            "records.csv",
            "id,reference,amount,currency,created_at,kind,direction,status\n\
             P-1,order-1,30.00,PEN,2026-01-02,payment,credit,succeeded\n\
             P-3,order-3,12.5,PEN,2026-01-04,payment,credit,succeeded\n",
        );
        Self(folder)
    }

    /// Matches the two files.
    fn run(&self, args: &[&str]) -> Output {
        let files = [
            "match",
            "--ledger",
            "ledger.csv",
            "--records",
            "records.csv",
        ];
        self.reconcile(&[&files, args].concat())
    }

    fn reconcile(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_reconcile"))
            .args(args)
            .current_dir(self.0.path())
            .env_clear()
            .env("HOME", self.0.path())
            .output()
            .unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The header, then the rows.
fn csv_rows(path: &Path) -> Vec<Vec<String>> {
    let reader = csv::ReaderBuilder::new().has_headers(false).from_path(path);
    let rows = reader.unwrap().into_records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// The names of the columns, then the rows, null as no text.
fn parquet_rows(path: &Path) -> Vec<Vec<String>> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema();
    let header = schema
        .get_fields()
        .iter()
        .map(|field| field.name().to_owned());
    let mut rows = vec![header.collect()];
    for row in reader.get_row_iter(None).unwrap() {
        let cells = row.unwrap().into_columns().into_iter();
        rows.push(cells.map(|(_, field)| shown(field)).collect());
    }
    rows
}

fn shown(field: Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text,
        Field::Decimal(_) => value(&field.to_string()),
        field @ (Field::Date(_) | Field::Long(_) | Field::Bool(_)) => field.to_string(),
        other => panic!("no column holds {other:?}"),
    }
}

/// A cell of the CSV as its value: a number without trailing zeros, text
/// without the apostrophe that keeps it from being run. What begins with two
/// zeros is the id of a terminal, which is text.
fn value(cell: &str) -> String {
    match cell.parse::<Decimal>() {
        Ok(number) if !cell.starts_with("00") => number.normalize().to_string(),
        _ => cell.strip_prefix('\'').unwrap_or(cell).to_owned(),
    }
}
