//! What the rules file says, and what is said about one that is wrong.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod errors;
mod passes;

use std::{collections::BTreeSet, path::Path};

use reconcile_core::{Kind, Status};
use reconcile_engine::{Rules, Take};
use reconcile_files::{Field, RulesFile};

#[test]
fn an_empty_file_is_the_defaults() {
    let file = parse("").unwrap();
    assert_eq!(file.rules, Rules::default());
    assert_eq!(file.ledger.delimiter, b',');
    assert_eq!(file.ledger.decimal_separator, '.');
}

#[test]
fn every_setting_is_read() {
    let file = parse(
        r#"
        [ledger]
        columns = { reference = "Order No", date = "Buchung" }
        decimal_separator = ","
        thousands_separator = "."
        date_format = "%d.%m.%Y"
        zone = "Europe/Berlin"
        delimiter = ";"
        currency = "EUR"
        kind = "payment"
        direction = "credit"

        [records]
        columns = { created_at = "when" }

        [tolerance]
        absolute = "0.01"
        percent = 1
        take = "larger"

        [statuses]
        counts = ["succeeded", "reversed"]
        pending = ["pending"]
        "#,
    )
    .unwrap();
    assert_eq!(file.ledger.columns[&Field::Reference], "Order No");
    assert_eq!(file.ledger.thousands_separator, Some('.'));
    let zone = file.ledger.zone.as_ref();
    assert_eq!(
        zone.and_then(|zone| zone.iana_name()),
        Some("Europe/Berlin")
    );
    assert_eq!(file.ledger.delimiter, b';');
    assert_eq!(file.ledger.kind, Some(Kind::Payment));
    assert_eq!(file.records.columns[&Field::Date], "when");
    assert_eq!(file.rules.tolerance.others.absolute.to_string(), "0.01");
    assert_eq!(file.rules.tolerance.others.percent.to_string(), "1");
    assert_eq!(file.rules.tolerance.others.take, Take::Larger);
    assert_eq!(
        file.rules.counts,
        BTreeSet::from([Status::Succeeded, Status::Reversed])
    );
    assert!(file.says_what_counts);
    assert_eq!(file.rules.pending, BTreeSet::from([Status::Pending]));
}

#[test]
fn errors_name_the_line_the_column_and_the_way_out() {
    insta::assert_snapshot!(error("[tolerance]\nabsolute = 0.01"), @r#"
    rules.toml, line 2, column 12: invalid type: floating point `0.01`, expected a decimal in quotes or a whole number
    hint: a fraction without quotes is a float and not exact: write "0.01"
    "#);
    insta::assert_snapshot!(error("[tolerance]\nabsolute = \"-1\""), @"rules.toml, line 2, column 12: -1 is negative");
    insta::assert_snapshot!(error("[tolerance]\npercent = \"1%\""), @r#"
    rules.toml, line 2, column 11: `1%` is not a decimal
    hint: digits, and a point before the fraction, as in "0.01"
    "#);
    insta::assert_snapshot!(error("[tolerance]\ntake = \"both\""), @"rules.toml, line 2, column 8: `both` is none of smaller, larger");
    insta::assert_snapshot!(error("[ledger]\ncolums = {}"), @"rules.toml, line 2, column 1: unknown field `colums`, expected one of `columns`, `decimal_separator`, `thousands_separator`, `date_format`, `zone`, `cutoff`, `attributes`, `delimiter`, `currency`, `kind`, `direction`, `status`, `words`");
    insta::assert_snapshot!(error("[ledger]\ncolumns = { refrence = \"x\" }"), @"rules.toml, line 2, column 13: unknown variant `refrence`, expected one of `id`, `reference`, `amount`, `money_in`, `money_out`, `currency`, `created_at`, `date`, `kind`, `direction`, `status`, `fee`, `fee_currency`, `description`, `account`, `method`, `tax`, `settled_amount`, `settled_currency`, `updated_at`");
    insta::assert_snapshot!(error("[ledger]\nzone = \"Lima\""), @r#"
    rules.toml, line 2, column 8: `Lima` is not an IANA time zone
    hint: name it as in "America/Lima" or "UTC"
    "#);
    insta::assert_snapshot!(error("[ledger]\ndate_format = \"%d/%m\""), @r#"
    rules.toml, line 2, column 15: `%d/%m` is not a pattern of year, month and day
    hint: use strptime directives, as in "%d/%m/%Y"
    "#);
    insta::assert_snapshot!(error("[ledger]\ncurrency = \"sol\""), @r#"
    rules.toml, line 2, column 12: `sol` is not an ISO 4217 currency code (three capital letters)
    hint: three capital letters, as in "PEN"
    "#);
    insta::assert_snapshot!(error("[ledger]\ndelimiter = \"||\""), @"rules.toml, line 2, column 13: `||` is not one ASCII character that can separate columns");
    insta::assert_snapshot!(error("[ledger]\ndecimal_separator = \"5\""), @"rules.toml, line 2, column 21: `5` is not one character that can separate digits");
    insta::assert_snapshot!(error("[ledger]\nthousands_separator = \".\""), @r"
    rules.toml, line 1, column 1: `.` cannot separate both the thousands and the fraction
    hint: set both decimal_separator and thousands_separator
    ");
    insta::assert_snapshot!(error("[statuses]\ncounts = [\"paid\"]"), @"rules.toml, line 2, column 11: unknown variant `paid`, expected one of `pending`, `on_hold`, `succeeded`, `failed`, `cancelled`, `reversed`, `unknown`");
    insta::assert_snapshot!(error("[ledger\n"), @"rules.toml, line 1, column 8: unclosed table, expected `]`");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = RulesFile::load(Path::new("no/such/rules.toml")).unwrap_err();
    insta::assert_snapshot!(error, @"no/such/rules.toml: cannot be read");
    assert!(error.hint().is_some());
}

fn parse(text: &str) -> Result<RulesFile, reconcile_files::FileError> {
    RulesFile::parse(text, Path::new("rules.toml"))
}

fn error(text: &str) -> String {
    let error = parse(text).unwrap_err();
    match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    }
}
