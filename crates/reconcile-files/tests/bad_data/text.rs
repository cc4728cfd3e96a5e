//! Rules files and other text that is read as a whole.

use std::{fmt::Write, fs};

use reconcile_files::{RulesFile, read_text};

use crate::said;

/// What is said of a rules file.
fn refused(bytes: impl AsRef<[u8]>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.toml");
    fs::write(&path, bytes).unwrap();
    match RulesFile::load(&path) {
        Ok(_) => "makes sense".to_owned(),
        Err(error) => said(&error),
    }
}

#[test]
fn a_rules_file_is_utf_8_with_or_without_its_mark() {
    insta::assert_snapshot!(refused("\u{feff}[tolerance]\nabsolute = \"0.01\"\n"), @"makes sense");
    insta::assert_snapshot!(refused("\u{feff}[tolerance]\r\nabsolut = \"0.01\"\r\n"), @"rules.toml, line 2, column 1: unknown field `absolut`, expected one of `absolute`, `percent`, `take`, `currencies`");
    insta::assert_snapshot!(refused(b"[tolerance]\n# Caf\xe9\nabsolute = \"0.01\"\n"), @r"
    rules.toml, line 2: is not UTF-8
      hint: save the file as UTF-8
    ");
    insta::assert_snapshot!(refused(b"[\0t\0o\0l\0"), @r"
    rules.toml: is UTF-16, not UTF-8
      hint: save it as plain text in UTF-8
    ");
    insta::assert_snapshot!(refused(b"PK\x03\x04"), @r"
    rules.toml: is a workbook or another ZIP archive, not text
      hint: save it as plain text in UTF-8
    ");
    insta::assert_snapshot!(refused(b""), @"makes sense");
    insta::assert_snapshot!(refused("# long\n".repeat(200_000)), @r"
    rules.toml: is longer than such a file gets
      hint: check the path
    ");
}

#[test]
fn what_is_no_rules_file_is_one_error_with_its_place() {
    let mut text = String::new();
    for rules in [
        "\0",
        "{\"ledger\": {}}",
        "ledger",
        "[ledger]\n[ledger]\n",
        "[ledger]\nzone = \"UTC\"\nzone = \"UTC\"\n",
        "[ledger]\nzone = \"4111111111111111\"\n",
        "[ledger]\nzone = \"a\\nb\"\n",
        "[ledger]\nzone = \"\u{202e}CTU\"\n",
        "[ledger]\nzone = \"UTC",
        "[tolerance]\nabsolute = 0.01\n",
        "[tolerance]\nabsolute = \"1e-2\"\n",
        "[tolerance]\nabsolute = \"NaN\"\n",
        "[tolerance]\nabsolute = \"0.00000000000000000000000000001\"\n",
        "[tolerance]\nabsolute = 99999999999999999999\n",
        "[tolerance]\nabsolute = -1\n",
        "[tolerance]\npercent = \"٥\"\n",
        "[calendar]\nholidays = [\"2026-02-30\"]\n",
        "[ledger]\ncutoff = \"24:00\"\n",
        "[ledger]\ndate_format = \"%Q\"\n",
        "[ledger]\ndate_format = \"%d/%m/%Y %I:%M\"\n",
        "[ledger]\ndelimiter = \"\u{20ac}\"\n",
        "[ledger]\ncurrency = \"pen\"\n",
        "[ledger]\ncolumns = { amount = 5 }\n",
        "[[pass]]\nname = \"p\"\nequal = [\"reference\"]\ndays = { after = 99999999999 }\n",
    ] {
        let _ = writeln!(text, "{}", refused(rules));
    }
    insta::assert_snapshot!(text, @r#"
    rules.toml, line 1, column 2: key with no value, expected `=`
    rules.toml, line 1, column 1: invalid key-value pair, expected key
    rules.toml, line 1, column 7: key with no value, expected `=`
    rules.toml, line 2, column 2: duplicate key
    rules.toml, line 3, column 1: duplicate key
    rules.toml, line 2, column 8: `411111******1111` is not an IANA time zone
      hint: name it as in "America/Lima" or "UTC"
    rules.toml, line 2, column 8: `a; b` is not an IANA time zone
      hint: name it as in "America/Lima" or "UTC"
    rules.toml, line 2, column 8: `\u{202e}CTU` is not an IANA time zone
      hint: name it as in "America/Lima" or "UTC"
    rules.toml, line 2, column 12: invalid basic string, expected `"`
    rules.toml, line 2, column 12: invalid type: floating point `0.01`, expected a decimal in quotes or a whole number
      hint: a fraction without quotes is a float and not exact: write "0.01"
    rules.toml, line 2, column 12: `1e-2` is not a decimal
      hint: digits, and a point before the fraction, as in "0.01"
    rules.toml, line 2, column 12: `NaN` is not a decimal
      hint: digits, and a point before the fraction, as in "0.01"
    rules.toml, line 2, column 12: `0.00000000000000000000000000001` is not a decimal
      hint: digits, and a point before the fraction, as in "0.01"
    rules.toml, line 2, column 12: invalid type: integer `99999999999999999999` as i128, expected a decimal in quotes or a whole number
    rules.toml, line 2, column 12: -1 is negative
    rules.toml, line 2, column 11: `٥` is not a decimal
      hint: digits, and a point before the fraction, as in "0.01"
    rules.toml, line 2, column 13: `2026-02-30` is not a date (2026-01-31)
    rules.toml, line 2, column 10: `24:00` is not a time of day (23:30)
    rules.toml, line 2, column 15: `%Q` is not a pattern of year, month and day
      hint: use strptime directives, as in "%d/%m/%Y"
    rules.toml, line 2, column 15: `%d/%m/%Y %I:%M` does not tell the morning from the evening: %I needs %p
    rules.toml, line 2, column 13: `€` is not one ASCII character that can separate columns
    rules.toml, line 2, column 12: `pen` is not an ISO 4217 currency code (three capital letters)
      hint: three capital letters, as in "PEN"
    rules.toml, line 2, column 22: invalid type: integer `5`, expected a string
      hint: put it in quotes
    rules.toml, line 4, column 18: invalid value: integer `99999999999`, expected u16
      hint: a number of days, from 0 to 65535
    "#);
}

#[test]
fn nothing_that_is_nested_ends_the_program() {
    let deep = 100_000;
    for rules in [
        format!("ledger = {}", "[".repeat(deep)),
        format!("ledger = {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("ledger{} = 1", ".a".repeat(deep)),
        format!("[ledger{}]", ".a".repeat(deep)),
        format!("ledger = {}", "{a=".repeat(deep)),
        format!("[ledger]\nzone = \"{}\"", "x".repeat(deep)),
        format!("{} = 1", "x".repeat(deep)),
    ] {
        let said = refused(&rules);
        assert!(said.starts_with("rules.toml"), "{said}");
    }
}

#[test]
fn a_path_that_leads_to_no_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = read_text(folder.path(), 10).unwrap_err();
    assert!(
        said(&error).ends_with("hint: name the file in it"),
        "{error}"
    );
    let error = read_text(&folder.path().join("none"), 10).unwrap_err();
    assert!(said(&error).ends_with("nothing is there"), "{error}");
}
