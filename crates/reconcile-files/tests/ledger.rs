//! Ledgers as merchants write them, and what is said about those that are wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::{fs, path::Path};

use reconcile_core::Status;
use reconcile_engine::Book;
use reconcile_files::{
    BadLine, FileError, Invalid, Ledger, Mapping, RulesFile, read_ledger, read_records,
};

const HEADER: &str = "reference,amount,currency,date\n";

#[test]
fn a_plain_ledger_needs_no_rules() {
    let book = book(
        "l.csv",
        "\u{feff}id,reference,amount,currency,date,kind,direction,status,fee,description,account\r\n\
         L-1,A-1,30.0,PEN,2026-01-31,payment,credit,succeeded,1.05,\"one, \"\"two\"\"\",7\r\n\
         L-2,,-5.00,PEN,2026-01-31T23:30:00-05:00,,,,,,\r\n",
    );
    insta::assert_snapshot!(rows(&book), @r#"
    L-1 A-1 2026-01-31 credit 30.0 PEN Some(Payment) Some(Succeeded) fee Some(1.05) 7 one, "two"
    L-2 - 2026-02-01 debit 5.00 PEN None None fee None - -
    "#);
}

#[test]
fn json_lines_hold_exact_numbers_and_texts() {
    let book = book(
        "l.jsonl",
        concat!(
            r#"{"reference":"A\u002d1","amount":30.0,"currency":"PEN","date":"2026-01-31","other":[{"amount":9}]}"#,
            "\n\n",
            r#"{"amount":"123456789012345.67","currency":"PEN","date":"2026-01-31","reference":17,"fee":1e-7}"#,
            "\r\n",
            r#"{"amount":-1.5E+2,"currency":"PEN","date":"2026-01-31","reference":null}"#,
        ),
    );
    insta::assert_snapshot!(rows(&book), @r"
    1 A-1 2026-01-31 credit 30.0 PEN None None fee None - -
    3 17 2026-01-31 credit 123456789012345.67 PEN None None fee Some(0.0000001) - -
    4 - 2026-01-31 debit 150 PEN None None fee None - -
    ");
}

#[test]
fn the_rules_map_columns_formats_and_constants() {
    let rules = r#"
        [ledger]
        columns = { reference = "Order No", amount = "Betrag", date = "Tag" }
        decimal_separator = ","
        thousands_separator = "."
        date_format = "%d.%m.%Y"
        delimiter = ";"
        currency = "EUR"
        direction = "debit"
    "#;
    let text = "Tag;Betrag;Order No\n31.01.2026;1.234,50;A;\n".replace(";\n", "\n");
    let ledger = with_rules("l.csv", text.as_bytes(), rules, Invalid::Stop).unwrap();
    insta::assert_snapshot!(rows(&ledger.book), @"2 A 2026-01-31 debit 1234.50 EUR None None fee None - -");
}

#[test]
fn the_line_number_is_the_id_where_there_is_none() {
    let text = format!(
        "{HEADER}\n\nA,1,PEN,2026-01-31\r\n\r\n\"B\nC\",2,PEN,2026-01-31\r\nD,3,PEN,2026-01-31"
    );
    let book = book("l.csv", &text);
    let ids: Vec<_> = book.iter().map(|row| row.id.to_owned()).collect();
    assert_eq!(ids, ["4", "6", "8"]);
}

#[test]
fn an_empty_file_and_a_lone_header_are_no_rows() {
    for (name, text) in [
        ("l.csv", ""),
        ("l.csv", HEADER),
        ("l.jsonl", ""),
        ("l.jsonl", "\n"),
    ] {
        assert!(book(name, text).is_empty(), "{name} {text:?}");
    }
}

#[test]
fn a_value_that_cannot_be_read_is_named_with_its_place() {
    let amount = |text: &str| error("l.csv", format!("{HEADER}A,\"{text}\",PEN,2026-01-31\n"));
    insta::assert_snapshot!(amount("12,50"), @r#"
    l.csv, line 2, column amount: `12,50` is not a decimal
    hint: decimal comma? set decimal_separator = "," under [ledger] in the rules file
    "#);
    insta::assert_snapshot!(amount("1,234.50"), @r#"
    l.csv, line 2, column amount: `1,234.50` is not a decimal
    hint: thousands separator? set thousands_separator = "," under [ledger] in the rules file
    "#);
    insta::assert_snapshot!(amount("1.234,50"), @r#"
    l.csv, line 2, column amount: `1.234,50` is not a decimal
    hint: decimal comma? set decimal_separator = "," and thousands_separator = "." under [ledger] in the rules file
    "#);
    insta::assert_snapshot!(amount("1e5"), @r"
    l.csv, line 2, column amount: `1e5` is not a decimal
    hint: a spreadsheet writes an exponent when it rounds: show all digits there, and save anew
    ");
    insta::assert_snapshot!(amount(""), @"l.csv, line 2, column amount: is missing");
    insta::assert_snapshot!(amount("4111 1111 1111 1111"), @"l.csv, line 2, column amount: `4111 11** **** 1111` is not a decimal");
    insta::assert_snapshot!(amount("0.12345678901234567890123456789"), @"l.csv, line 2, column amount: `0.12345678901234567890123456789` has more digits than can be held exactly");
    let row = |row: &str| error("l.csv", format!("{HEADER}{row}\n"));
    insta::assert_snapshot!(row("A,1,pen,2026-01-31"), @r#"
    l.csv, line 2, column currency: `pen` is not an ISO 4217 code (three capital letters)
    hint: say what it means under [ledger] in the rules file: words = { currency = { "pen" = "…" } }
    "#);
    insta::assert_snapshot!(row("A,1,PEN,31/01/2026"), @r#"
    l.csv, line 2, column date: `31/01/2026` is not a date (2026-01-31) or an RFC 3339 instant
    hint: set date_format under [ledger] in the rules file, as in "%d/%m/%Y"
    "#);
    insta::assert_snapshot!(row("A,1,PEN"), @r"
    l.csv, line 2: 3 fields, the header has 4
    hint: quote a cell that holds the delimiter, a decimal comma included
    ");
    let more = |row: &str| {
        error(
            "l.csv",
            format!("reference,amount,currency,date,kind,direction,fee\n{row}\n"),
        )
    };
    insta::assert_snapshot!(more("A,-1,PEN,2026-01-31,,credit,"), @"l.csv, line 2, column amount: a credit of -1 contradicts itself: leave out the sign or the direction");
    insta::assert_snapshot!(more("A,1,PEN,2026-01-31,sale,,"), @r#"
    l.csv, line 2, column kind: `sale` is not one of payment, refund, reversal, payout, settlement, adjustment
    hint: say what it means under [ledger] in the rules file: words = { kind = { "sale" = "…" } }
    "#);
    insta::assert_snapshot!(more("A,1,PEN,2026-01-31,,,free"), @"l.csv, line 2, column fee: `free` is not a decimal");
}

#[test]
fn a_line_of_json_that_cannot_be_read_is_named_with_its_place() {
    let row = |row: &str| {
        let good = r#"{"reference":"A","amount":1,"currency":"PEN","date":"2026-01-31"}"#;
        error("l.jsonl", format!("{good}\n{row}\n"))
    };
    insta::assert_snapshot!(row(r#"{"reference":"A","amount":"#), @r"
    l.jsonl, line 2: is not a JSON object that can be read: EOF while parsing a value, at character 26
    hint: in JSON Lines, each line is one object and each object one line
    ");
    insta::assert_snapshot!(row("[1]"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: invalid type: sequence, expected an object
    hint: in JSON Lines, each line is one object and each object one line
    ");
    insta::assert_snapshot!(row(r#"{"amount":1,"amount":2}"#), @"l.jsonl, line 2: is not a JSON object that can be read: `amount` stands there twice, at character 23");
    insta::assert_snapshot!(row(r#"{"amount":true,"currency":"PEN","date":"2026-01-31"}"#), @"l.jsonl, line 2, column amount: is neither text nor a number");
    insta::assert_snapshot!(row(r#"{"amount":1e400,"currency":"PEN","date":"2026-01-31"}"#), @"l.jsonl, line 2, column amount: `1e400` has more digits than can be held exactly");
    insta::assert_snapshot!(row(r#"{"amount":"1e4","currency":"PEN","date":"2026-01-31"}"#), @r"
    l.jsonl, line 2, column amount: `1e4` is not a decimal
    hint: a spreadsheet writes an exponent when it rounds: show all digits there, and save anew
    ");
    insta::assert_snapshot!(row(r#"{"currency":"PEN","date":"2026-01-31"}"#), @"l.jsonl, line 2, column amount: is missing");
}

#[test]
fn a_file_of_another_form_is_named_as_what_it_is() {
    insta::assert_snapshot!(error("l.csv", "ref,amount,currency,date\n"), @r#"
    l.csv: no column `reference`; there are `ref`, `amount`, `currency`, `date`
    hint: say which column it is under [ledger] in the rules file: columns = { reference = "…" }, or have no pass look at references
    "#);
    insta::assert_snapshot!(error("l.csv", "reference;amount;currency;date\n"), @r#"
    l.csv: no column `reference`; there are `reference;amount;currency;date`
    hint: set delimiter = ";" under [ledger] in the rules file
    "#);
    insta::assert_snapshot!(error("l.csv", "reference,amount,amount,currency,date\n"), @r"
    l.csv: two columns are named `amount`
    hint: rename one of them
    ");
    insta::assert_snapshot!(error("l.jsonl", r#"{"Amount":1,"reference":"A"}"#), @r#"
    l.jsonl: no column `amount`; there are `Amount`, `reference`
    hint: say which column it is under [ledger] in the rules file: columns = { amount = "Amount" }
    "#);
    insta::assert_snapshot!(error("l.csv", b"PK\x03\x04..."), @r"
    l.csv: is a workbook or another ZIP archive, not text
    hint: save the sheet as CSV (UTF-8); unpack an archive
    ");
    insta::assert_snapshot!(error("l.csv", b"\xff\xfer\0e\0f\0"), @r"
    l.csv: is UTF-16, not UTF-8
    hint: save it as CSV (UTF-8)
    ");
    insta::assert_snapshot!(error("l.xlsx", "x"), @r"
    l.xlsx: the extension does not tell the format
    hint: name it .csv, .jsonl or .parquet; unpack a compressed file, save a workbook as CSV
    ");
    insta::assert_snapshot!(error("l.parquet", "x"), @r"
    l.parquet: is named as Parquet and is none
    hint: name it by what it is, .csv or .jsonl
    ");
    insta::assert_snapshot!(error("l.csv", b"reference,amount,currency,date\nJos\xe9,1,PEN,2026-01-31\n"), @r"
    l.csv, line 2, column reference: is not UTF-8
    hint: save the file as CSV (UTF-8)
    ");
    insta::assert_snapshot!(error("l.jsonl", b"{\"reference\":\"Jos\xe9\"}\n"), @r"
    l.jsonl, line 1: is not UTF-8
    hint: save the file as UTF-8
    ");
    let missing = read_ledger(Path::new("no/l.csv"), &Mapping::default(), Invalid::Stop);
    insta::assert_snapshot!(missing.unwrap_err(), @"no/l.csv: cannot be read");
}

#[test]
#[cfg(feature = "parquet")]
fn a_broken_parquet_file_is_an_error() {
    insta::assert_snapshot!(error("l.csv", "PAR1 and nothing more"), @r"
    l.csv: is damaged or not of its format
    hint: write it anew; of compressions, Snappy, Zstandard, gzip and LZ4 (raw) are read
    ");
}

#[test]
fn lines_that_are_set_aside_stay_as_they_are() {
    let text = format!(
        "\u{feff}{HEADER}A,1,PEN,2026-01-31\r\n\r\n\"B \"\"x\"\"\",\"1,5\",PEN,2026-01-31\r\nC,2,PEN,2026-01-31\r\nD\r\n\"E\nF\",x,PEN,2026-01-31"
    );
    let ledger = set_aside("l.csv", text.as_bytes());
    assert_eq!(
        (ledger.rows, ledger.book.len(), ledger.set_aside.len()),
        (5, 2, 3)
    );
    let mut written = Vec::new();
    ledger.write_set_aside(&mut written).unwrap();
    assert_eq!(
        String::from_utf8(written).unwrap(),
        format!("{HEADER}\"B \"\"x\"\"\",\"1,5\",PEN,2026-01-31\nD\n\"E\nF\",x,PEN,2026-01-31\n")
    );
    let lines: Vec<_> = ledger.set_aside.iter().map(BadLine::number).collect();
    assert_eq!(lines, [4, 6, 7]);
}

#[test]
fn a_cell_never_swallows_the_lines_after_it() {
    let described = |cells: &str| {
        let text = format!("reference,amount,currency,date,description\n{cells}");
        with_rules("l.csv", text.as_bytes(), "", Invalid::SetAside)
    };
    let whole =
        described("A,1,PEN,2026-01-31,\"x\n\"\"y\"\"\"\nB,1,PEN,2026-01-31,5\" pipe\n").unwrap();
    let texts: Vec<_> = whole
        .book
        .iter()
        .map(|row| row.description.unwrap().to_owned())
        .collect();
    assert_eq!(texts, ["x\n\"y\"", "5\" pipe"]);
    // Which lines there are is not known here, so that none is set aside.
    for cells in [
        "A,1,PEN,2026-01-31,\"open\nB,1,PEN,2026-01-31,x\n",
        "A,1,PEN,2026-01-31,\"open",
        "A,1,PEN,2026-01-31,\"5\" pipe\nB,1,PEN,2026-01-31,\"8\" pipe\"\nC,1,PEN,2026-01-31,\"x\ny\" z\n",
    ] {
        assert!(
            matches!(described(cells), Err(FileError::Line { .. })),
            "{cells}"
        );
    }
    insta::assert_snapshot!(error("l.csv", format!("{HEADER}A,1,PEN,2026-01-31\n\"B,1,PEN,2026-01-31\nC,1,PEN,2026-01-31\n")), @r"
    l.csv, line 3: a cell that begins with a quote does not end with one
    hint: close the quote; double one that belongs to the text
    ");
    insta::assert_snapshot!(error("l.csv", "reference,\"amount,currency,date\nA,1,PEN,2026-01-31\n"), @r"
    l.csv, line 1: a cell that begins with a quote does not end with one
    hint: close the quote; double one that belongs to the text
    ");
}

#[test]
fn a_record_that_never_ends_is_not_held() {
    let endless = format!(
        "{HEADER}A,1,PEN,2026-01-31\n\"{}",
        "x,1\n".repeat(5_000_000)
    );
    insta::assert_snapshot!(error("l.csv", endless), @r"
    l.csv, line 3: is longer than 16 MiB
    hint: a quote that is not closed takes all that follows for its cell; a file without line ends is no CSV
    ");
}

#[test]
fn one_column_may_stand_for_several_fields() {
    let rules = "[ledger]\ncolumns = { id = \"order\", reference = \"order\" }";
    for (name, text) in [
        ("l.csv", "order,amount,currency,date\nA,1,PEN,2026-01-31\n"),
        (
            "l.jsonl",
            r#"{"order":"A","amount":1,"currency":"PEN","date":"2026-01-31"}"#,
        ),
    ] {
        let ledger = with_rules(name, text.as_bytes(), rules, Invalid::Stop).unwrap();
        let row = ledger.book.iter().next().unwrap();
        assert_eq!((row.id, row.reference), ("A", Some("A")), "{name}");
    }
}

#[test]
fn a_name_that_no_line_of_json_has_is_an_error() {
    let rows = |rules: &str| {
        let text = concat!(
            r#"{"amount":1,"currency":"PEN","date":"2026-01-31"}"#,
            "\n",
            r#"{"amount":1,"currency":"PEN","date":"2026-01-31","order":"A"}"#
        );
        with_rules("l.jsonl", text.as_bytes(), rules, Invalid::Stop)
    };
    // One line that has it is enough: JSON leaves out what is absent.
    let ledger = rows("[ledger]\ncolumns = { reference = \"order\" }").unwrap();
    assert_eq!(ledger.book.len(), 2);
    for rules in [
        "",
        "[ledger]\ncolumns = { reference = \"order\", fee = \"cost\" }",
    ] {
        let error = rows(rules).unwrap_err();
        assert!(matches!(error, FileError::MissingColumn { .. }), "{error}");
    }
}

#[test]
fn names_of_columns_are_shown_on_one_short_line() {
    let long = "y".repeat(100);
    insta::assert_snapshot!(error("l.csv", format!("\"a\nb\",{long},x\u{1b}[0m\n")), @r#"
    l.csv: no column `reference`; there are `a\nb`, `yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…`, `x\u{1b}[0m`
    hint: say which column it is under [ledger] in the rules file: columns = { reference = "…" }, or have no pass look at references
    "#);
    insta::assert_snapshot!(error("l.csv", format!("{long},{long}\n")), @r"
    l.csv: two columns are named `yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…`
    hint: rename one of them
    ");
}

#[test]
fn a_long_file_is_set_aside_as_exactly_as_a_short_one() {
    let good = "A,1,PEN,2026-01-31\n".repeat(40_000);
    let text = format!("{HEADER}{good}first,bad,PEN,2026-01-31\n{good}last,bad,PEN,2026-01-31\n");
    let ledger = set_aside("l.csv", text.as_bytes());
    assert_eq!(ledger.book.len(), 80_000);
    let lines: Vec<_> = ledger
        .set_aside
        .iter()
        .map(|line| (line.number(), line.text()))
        .collect();
    assert_eq!(
        lines,
        [
            (40_002, &b"first,bad,PEN,2026-01-31"[..]),
            (80_003, &b"last,bad,PEN,2026-01-31"[..]),
        ]
    );
}

#[test]
fn what_a_bad_line_shows_of_itself_has_no_card_number() {
    let text = format!("{HEADER}4111111111111111,4111111111111111x,PEN,2026-01-31\n");
    let ledger = set_aside("l.csv", text.as_bytes());
    let shown = format!("{ledger:?} {:#?} {}", ledger.set_aside, ledger.set_aside[0]);
    assert!(shown.contains("411111******1111"));
    assert!(!shown.contains("4111111111111111"));
}

#[test]
fn formulas_are_restored_in_records_and_left_alone_in_ledgers() {
    let ledger = book("l.csv", &format!("{HEADER}'=A,1,PEN,2026-01-31\n"));
    assert_eq!(ledger.iter().next().unwrap().reference, Some("'=A"));
    let text = "id,kind,direction,status,reference,amount,currency,created_at\n\
                1,payment,credit,succeeded,'=A,1,PEN,2026-01-31T00:00:00Z\n";
    let (_held, path) = file("r.csv", text.as_bytes());
    let records = read_records(&path, &Mapping::default()).unwrap();
    assert_eq!(records.iter().next().unwrap().reference, Some("=A"));
}

#[test]
fn records_need_their_columns() {
    let (_held, path) = file("r.csv", b"id,reference,amount,currency,created_at\n");
    let error = read_records(&path, &Mapping::default()).unwrap_err();
    insta::assert_snapshot!(said(&error, &path), @r#"
    r.csv: no column `kind`; there are `id`, `reference`, `amount`, `currency`, `created_at`
    hint: say which column it is under [records] in the rules file: columns = { kind = "…" }
    "#);
}

#[test]
fn words_of_the_file_mean_what_the_rules_say() {
    let rules = r#"
        [records]
        delimiter = ";"
        columns = { id = "Nº", reference = "Nº", amount = "Importe", created_at = "Fecha", currency = "Divisa", kind = "Tipo", status = "Estado" }
        direction = "credit"
        [records.words]
        currency = { "S/" = "PEN" }
        kind = { Venta = "payment", "Devolución" = "refund", payout = "adjustment" }
        status = { Aprobada = "succeeded", Rechazada = "failed" }
    "#;
    let rules = RulesFile::parse(rules, Path::new("rules.toml")).unwrap();
    let read = |rows: &str| {
        let text = format!("Nº;Importe;Divisa;Fecha;Tipo;Estado\n{rows}");
        let (_held, path) = file("r.csv", text.as_bytes());
        let records = read_records(&path, &rules.records);
        records.map_err(|error| said(&error, &path))
    };
    let records = read(
        "A;5;S/;2026-01-31;Venta;Aprobada\n\
         B;-2;PEN;2026-01-31; Devolución ;Aprobada\n\
         C;7;USD;2026-01-31;payment;Rechazada\n\
         D;1;PEN;2026-01-31;payout;pending\n",
    );
    insta::assert_snapshot!(rows(&records.unwrap()), @r"
    A A 2026-01-31 credit 5 PEN Some(Payment) Some(Succeeded) fee None - -
    B B 2026-01-31 debit 2 PEN Some(Refund) Some(Succeeded) fee None - -
    C C 2026-01-31 credit 7 USD Some(Payment) Some(Failed) fee None - -
    D D 2026-01-31 credit 1 PEN Some(Adjustment) Some(Pending) fee None - -
    ");
    insta::assert_snapshot!(read("E;5;S/;2026-01-31;Venta;aprobada\n").unwrap_err(), @r#"
    r.csv, line 2, column Estado: `aprobada` is not one of pending, on_hold, succeeded, failed, cancelled, reversed, unknown
    hint: say what it means under [records] in the rules file: words = { status = { "aprobada" = "…" } }
    "#);
}

#[test]
fn what_stands_before_the_names_of_the_columns_is_said_to_be_in_the_way() {
    insta::assert_snapshot!(error("l.csv", format!("Statement of account,,,\n{HEADER}")), @r"
    l.csv: no column `reference`; there are `Statement of account`, ``, ``, ``
    hint: the first line names the columns: delete what stands before it
    ");
}

#[test]
fn a_word_is_that_of_its_own_cell_though_the_row_before_had_it_beside() {
    let header = "reference,amount,date,currency,fee_currency\n";
    for (first, next) in [("PEN,", ",PEN"), (r#""PEN","""#, r#""","PEN""#)] {
        let rows = format!("A,1,2026-01-31,{first}\nB,1,2026-01-31,{next}\n");
        let said = error("l.csv", format!("{header}{rows}"));
        assert_eq!(said, "l.csv, line 3, column currency: is missing", "{next}");
    }
}

#[test]
fn a_row_of_empty_cells_is_a_blank_line() {
    let ledger = book(
        "l.csv",
        &format!("{HEADER},,,\nA,1,PEN,2026-01-31\n\"\",\" \",,\t\n,,,,,,\n"),
    );
    let ids: Vec<_> = ledger.iter().map(|row| row.id).collect();
    assert_eq!(ids, ["3"]);
    let said = error("l.csv", format!("{HEADER},.,,\n"));
    assert!(
        said.starts_with("l.csv, line 2, column amount: `.` is not a decimal"),
        "{said}"
    );
}

#[test]
fn a_row_without_a_status_has_that_of_the_rules() {
    let text = "id,reference,amount,currency,created_at,status\n\
                1,A,5,PEN,2026-01-31T00:00:00Z,\n2,B,5,PEN,2026-01-31T00:00:00Z,failed\n";
    let rules = "[records]\nkind = \"payment\"\ndirection = \"credit\"\nstatus = \"succeeded\"";
    let rules = RulesFile::parse(rules, Path::new("rules.toml")).unwrap();
    let (_held, path) = file("r.csv", text.as_bytes());
    let records = read_records(&path, &rules.records).unwrap();
    let statuses: Vec<_> = records.iter().map(|row| row.status).collect();
    assert_eq!(statuses, [Some(Status::Succeeded), Some(Status::Failed)]);
    // Nor need there be a column.
    let text = text.replace(",status", ",state");
    let (_held, path) = file("r.csv", text.as_bytes());
    let records = read_records(&path, &rules.records).unwrap();
    assert!(
        records
            .iter()
            .all(|row| row.status == Some(Status::Succeeded))
    );
}

fn book(name: &str, text: &str) -> Book {
    with_rules(name, text.as_bytes(), "", Invalid::Stop)
        .unwrap()
        .book
}

fn set_aside(name: &str, text: &[u8]) -> Ledger {
    with_rules(name, text, "", Invalid::SetAside).unwrap()
}

fn with_rules(name: &str, text: &[u8], rules: &str, invalid: Invalid) -> Result<Ledger, FileError> {
    let rules = RulesFile::parse(rules, Path::new("rules.toml")).unwrap();
    let (_held, path) = file(name, text);
    read_ledger(&path, &rules.ledger, invalid)
}

fn error(name: &str, text: impl AsRef<[u8]>) -> String {
    let (_held, path) = file(name, text.as_ref());
    let error = read_ledger(&path, &Mapping::default(), Invalid::Stop).unwrap_err();
    said(&error, &path)
}

fn said(error: &FileError, path: &Path) -> String {
    let text = match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    };
    text.replace(&format!("{}/", path.parent().unwrap().display()), "")
}

fn file(name: &str, text: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let held = tempfile::tempdir().unwrap();
    let path = held.path().join(name);
    fs::write(&path, text).unwrap();
    (held, path)
}

fn rows(book: &Book) -> String {
    let rows = book.iter().map(|row| {
        let option = |text: Option<&str>| text.unwrap_or("-").to_owned();
        format!(
            "{} {} {} {} {} {} {:?} {:?} fee {:?} {} {}",
            row.id,
            option(row.reference),
            row.date,
            row.direction,
            row.amount,
            row.currency,
            row.kind,
            row.status,
            row.fee,
            option(row.account),
            option(row.description),
        )
    });
    rows.collect::<Vec<_>>().join("\n")
}
