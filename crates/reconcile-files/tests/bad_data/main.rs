//! Files as nobody should write them and somebody does: each is read right, or
//! ends in one clear error, or has the line at fault set aside.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod altered;
mod csv;
mod encodings;
mod jsonl;
mod limits;
#[cfg(feature = "parquet")]
mod parquet;
mod text;
mod values;

use std::{fmt::Write, fs, path::Path};

use reconcile_files::{FileError, Invalid, Ledger, RulesFile, read_ledger};

const HEADER: &str = "reference,amount,currency,date\n";

/// What comes of a ledger without rules: its rows, or what is said of it.
fn outcome(name: &str, bytes: impl AsRef<[u8]>) -> String {
    outcome_by("", name, bytes)
}

/// The same by the rules of a rules file.
///
/// Whatever the file: an error is one line, and setting aside leaves out the
/// lines at fault and no others.
fn outcome_by(rules: &str, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let stopped = read(rules, name, bytes.as_ref(), Invalid::Stop);
    let set_aside = read(rules, name, bytes.as_ref(), Invalid::SetAside);
    if let Ok(ledger) = &set_aside {
        let (good, bad) = (ledger.book.len(), ledger.set_aside.len());
        assert_eq!(ledger.rows, (good + bad) as u64);
        assert_eq!(stopped.is_ok(), bad == 0, "{:?}", ledger.set_aside);
    }
    match stopped {
        Ok(ledger) => rows(&ledger),
        Err(error) => {
            let said = said(&error);
            let set_aside = set_aside.map_or(0, |ledger| ledger.set_aside.len());
            match set_aside {
                0 => said,
                lines => format!("{said}\n  {lines} set aside"),
            }
        }
    }
}

fn read(rules: &str, name: &str, bytes: &[u8], invalid: Invalid) -> Result<Ledger, FileError> {
    let rules = RulesFile::parse(rules, Path::new("rules.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read_ledger(&path, &rules.ledger, invalid)
}

/// The rows with what is read of them.
fn rows(ledger: &Ledger) -> String {
    let mut text = format!("{} rows", ledger.rows);
    for row in ledger.book.iter() {
        let (reference, signed) = (row.reference.unwrap_or("-"), row.signed());
        // Writing to a `String` cannot fail.
        let _ = write!(text, "\n  {} {reference:?} {signed} {}", row.id, row.date);
    }
    text
}

/// The error without the folder, its causes and the hint.
fn said(error: &FileError) -> String {
    let mut lines = vec![error.to_string()];
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        lines.push(format!("  caused by: {error}"));
        cause = error.source();
    }
    lines.extend(error.hint().map(|hint| format!("  hint: {hint}")));
    for line in &lines {
        let is_one_line = !line.contains(|character: char| character.is_control());
        assert!(is_one_line && line.len() < 1000, "{line:?}");
    }
    let temporary = format!("{}/", std::env::temp_dir().display());
    lines[0] = match lines[0].strip_prefix(&temporary) {
        Some(below) => below
            .split_once('/')
            .map_or(below, |(_, name)| name)
            .to_owned(),
        None => lines[0].clone(),
    };
    lines.join("\n")
}

/// The outcome of each value, parted by `|`, in a column of an otherwise good CSV.
fn each(column: &str, values: &str) -> String {
    let cells = |value: &str| match column {
        "reference" => format!("\"{value}\",5,PEN,2026-01-31"),
        "amount" => format!("A,\"{value}\",PEN,2026-01-31"),
        "currency" => format!("A,5,{value},2026-01-31"),
        _ => format!("A,5,PEN,{value}"),
    };
    let mut text = String::new();
    for value in values.split('|') {
        let outcome = outcome("l.csv", format!("{HEADER}{}\n", cells(value)));
        let outcome = outcome.replace("l.csv, line 2, column ", "");
        let outcome = outcome.replace("\n  1 set aside", "");
        let outcome = outcome.replace("1 rows\n  2 ", "").replace('\n', "\n  ");
        let _ = writeln!(text, "{}: {outcome}", value.escape_debug());
    }
    text
}
