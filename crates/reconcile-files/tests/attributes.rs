//! Attributes: which are read, from where, and what is said about one that is
//! not there.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{fs, path::Path};

use jiff::tz::TimeZone;
use reconcile_engine::Book;
use reconcile_files::{Field, FileError, Invalid, Mapping, read_ledger, read_records};

#[test]
fn a_ledger_keeps_the_columns_that_are_asked_for() {
    let mapping = mapping(&[("batch", "batch"), ("rrn", "RRN No.")]);
    let csv = "id,reference,amount,currency,date,batch,RRN No.,other\n\
               1,A,5.00,PEN,2026-01-31,B-7,0042,x\n\
               2,B,5.00,PEN,2026-01-31,,\"4,3\",x\n";
    let jsonl = r#"{"id":"1","reference":"A","amount":"5.00","currency":"PEN","date":"2026-01-31","batch":"B-7","RRN No.":"0042","other":1}
{"id":"2","reference":"B","amount":"5.00","currency":"PEN","date":"2026-01-31","batch":null,"RRN No.":"4\u002c3"}
"#;
    for (name, text) in [("l.csv", csv), ("l.jsonl", jsonl)] {
        let book = ledger(name, text, &mapping).unwrap();
        assert_eq!(
            attributes(&book),
            [vec!["batch=B-7", "rrn=0042"], vec!["rrn=4,3"]],
            "{name}"
        );
    }
}

#[test]
fn records_keep_the_keys_of_their_attributes_that_are_asked_for() {
    let mapping = mapping(&[("flag", "flag"), ("rrn", "rrn"), ("stan", "stan")]);
    let csv = "id,reference,amount,currency,created_at,kind,direction,status,attributes,stan\n\
               1,A,5.00,PEN,2026-01-31T10:00:00Z,payment,credit,succeeded,\"{\"\"rrn\"\":\"\"a\\\"\"b\"\",\"\"flag\"\":true,\"\"no\"\":{}}\",17\n\
               2,B,5.00,PEN,2026-01-31T10:00:00Z,payment,credit,succeeded,,18\n";
    let row = |rest: &str| {
        format!(
            r#"{{"id":"1","reference":"A","amount":"5.00","currency":"PEN","created_at":"2026-01-31T10:00:00Z","kind":"payment","direction":"credit","status":"succeeded",{rest}}}"#
        )
    };
    let jsonl = format!(
        "{}\n{}\n",
        row(r#""attributes":{"rrn":"a\"b","flag":true,"no":{}},"stan":17"#),
        row(r#""attributes":{},"stan":18"#)
    );
    for (name, text) in [("r.csv", csv), ("r.jsonl", &jsonl)] {
        let book = records(name, text, &mapping).unwrap();
        let mut found = attributes(&book);
        found[0].sort_unstable();
        assert_eq!(
            found,
            [vec!["flag=true", "rrn=a\"b", "stan=17"], vec!["stan=18"]],
            "{name}"
        );
    }
}

#[test]
fn a_field_may_stand_in_the_attributes_of_records() {
    let tax = |columns: &[(Field, &str)], attributes: &str, own: &str| {
        let mut mapping = Mapping::default();
        let columns = columns.iter();
        mapping.columns = columns
            .map(|(field, column)| (*field, (*column).to_owned()))
            .collect();
        let csv = format!(
            "id,reference,amount,currency,created_at,kind,direction,status,attributes{own}\n\
             1,A,5.00,PEN,2026-01-31T10:00:00Z,payment,credit,succeeded,\"{}\"{}\n",
            attributes.replace('"', "\"\""),
            if own.is_empty() { "" } else { ",0.50" },
        );
        let jsonl = format!(
            r#"{{"id":"1","reference":"A","amount":"5.00","currency":"PEN","created_at":"2026-01-31T10:00:00Z","kind":"payment","direction":"credit","status":"succeeded","attributes":{attributes}{}}}"#,
            own.strip_prefix(',')
                .map_or_else(String::new, |name| format!(r#","{name}":"0.50""#)),
        );
        let told = ["r.csv", "r.jsonl"].map(|name| {
            let text = if name == "r.csv" { &csv } else { &jsonl };
            match records(name, text, &mapping) {
                Ok(book) => {
                    let row = book.iter().next().unwrap();
                    format!(
                        "{} {:?}",
                        row.reference.unwrap(),
                        row.tax.map(|tax| tax.to_string())
                    )
                }
                Err(error) => error.to_string().rsplit('/').next().unwrap().to_owned(),
            }
        });
        assert_eq!(
            told[0].replace("r.csv", ""),
            told[1].replace("r.jsonl", "").replace("line 1", "line 2")
        );
        told[0].clone()
    };
    let of_attribute = r#"A Some("0.26")"#;
    assert_eq!(tax(&[], r#"{"tax":"0.26"}"#, ""), of_attribute);
    assert_eq!(tax(&[], r#"{"tax":0.26}"#, ""), of_attribute);
    // What is no amount says nothing that anybody asked for.
    for other in [r#"{"tax":"VAT"}"#, r#"{"tax":{}}"#, r#"{"tax":null}"#, "{}"] {
        assert_eq!(tax(&[], other, ""), "A None", "{other}");
    }
    // A column of its own goes first.
    assert_eq!(tax(&[], r#"{"tax":"0.26"}"#, ",tax"), r#"A Some("0.50")"#);
    let mapped = [
        (Field::Tax, "attributes.vat"),
        (Field::Reference, "attributes.order"),
    ];
    assert_eq!(
        tax(&mapped, r#"{"order":"B","tax":"9","vat":"0.26"}"#, ""),
        r#"B Some("0.26")"#
    );
    let literal = [(Field::Tax, "attributes.vat")];
    assert_eq!(
        tax(&literal, r#"{"vat":"0.26"}"#, ",attributes.vat"),
        r#"A Some("0.50")"#
    );
    let wrong = tax(&mapped, r#"{"order":"B","vat":"VAT"}"#, "");
    assert!(wrong.contains("`VAT` is not a decimal"), "{wrong}");
    let twice = tax(&literal, r#"{"vat":"1","vat":"2"}"#, "");
    assert!(
        twice.contains("not a JSON object of texts and numbers"),
        "{twice}"
    );
}

#[test]
fn a_change_on_a_later_day_is_kept_with_its_instant() {
    let mut lima = Mapping::default();
    lima.zone = Some(TimeZone::get("America/Lima").unwrap());
    let changed = |updated: &str| {
        let text = format!(
            "id,reference,amount,currency,created_at,updated_at,kind,direction,status\n\
             1,A,5.00,PEN,2026-01-30T10:00:00Z,{updated},payment,credit,reversed\n"
        );
        let book = records("r.csv", &text, &lima).unwrap();
        let row = book.indices().next().unwrap();
        book.attribute(row, Book::UPDATED_AT).map(str::to_owned)
    };
    let later = "2026-01-31T05:00:00Z";
    assert_eq!(changed(later).as_deref(), Some(later));
    // The same evening in Lima, and what is no instant.
    for other in ["2026-01-31T04:59:59Z", "", "yesterday"] {
        assert_eq!(changed(other), None, "{other}");
    }
}

#[test]
fn an_attribute_that_is_not_there_is_named() {
    let rrn = mapping(&[("rrn", "RRN")]);
    let error = |result: Result<Book, FileError>| {
        let error = result.unwrap_err();
        let text = error.to_string();
        let name = text.rsplit('/').next().unwrap_or_default().to_owned();
        format!("{name}\n{}", error.hint().unwrap_or_default())
    };
    let csv = ledger(
        "l.csv",
        "reference,amount,currency,date\nA,5,PEN,2026-01-31\n",
        &rrn,
    );
    insta::assert_snapshot!(error(csv), @r#"
    l.csv: no column `RRN`; there are `reference`, `amount`, `currency`, `date`
    say which column it is under [ledger] in the rules file: attributes = { rrn = "…" }
    "#);
    let row = r#"{"reference":"A","amount":"5","currency":"PEN","date":"2026-01-31"}"#;
    insta::assert_snapshot!(error(ledger("l.jsonl", row, &rrn)), @r#"
    l.jsonl: no column `RRN`; there are `amount`, `currency`, `date`, `reference`
    say which column it is under [ledger] in the rules file: attributes = { rrn = "…" }
    "#);
}

#[test]
fn attributes_that_cannot_be_read_are_an_error_of_the_line() {
    let header = "id,reference,amount,currency,created_at,kind,direction,status,attributes\n";
    let read = |attributes: &str| {
        let line = format!(
            "{header}1,A,5,PEN,2026-01-31T10:00:00Z,payment,credit,succeeded,{attributes}\n"
        );
        let error = records("r.csv", &line, &mapping(&[("rrn", "rrn")])).unwrap_err();
        error.to_string().rsplit('/').next().unwrap().to_owned()
    };
    let what = "r.csv, line 2, column attributes: is not a JSON object of texts and numbers";
    assert_eq!(read("rrn"), what);
    assert_eq!(read("\"{\"\"rrn\"\":[1]}\""), what);
    assert_eq!(read("\"{\"\"rrn\"\":1,\"\"rrn\"\":2}\""), what);
}

fn mapping(attributes: &[(&str, &str)]) -> Mapping {
    let mut mapping = Mapping::default();
    let attributes = attributes.iter();
    mapping.attributes = attributes
        .map(|(name, column)| ((*name).to_owned(), (*column).to_owned()))
        .collect();
    mapping
}

/// The attributes of each row, as `name=value`.
fn attributes(book: &Book) -> Vec<Vec<String>> {
    let rows = book.indices();
    rows.map(|row| {
        let attributes = book.attributes(row);
        attributes
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    })
    .collect()
}

fn ledger(name: &str, text: &str, mapping: &Mapping) -> Result<Book, FileError> {
    written(name, text, |path| {
        read_ledger(path, mapping, Invalid::Stop).map(|ledger| ledger.book)
    })
}

fn records(name: &str, text: &str, mapping: &Mapping) -> Result<Book, FileError> {
    written(name, text, |path| read_records(path, mapping))
}

fn written<T>(name: &str, text: &str, read: impl FnOnce(&Path) -> T) -> T {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs::write(&path, text).unwrap();
    read(&path)
}
