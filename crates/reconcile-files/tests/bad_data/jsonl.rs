//! JSON Lines that are no JSON, or say things twice or too big.

use crate::outcome;

/// The outcome of a line behind a good one.
fn line(line: &str) -> String {
    let good = r#"{"reference":"A","amount":1,"currency":"PEN","date":"2026-01-31"}"#;
    outcome("l.jsonl", format!("{good}\n{line}\n"))
}

/// The outcome of a value of an otherwise good line.
fn value(key: &str, json: &str) -> String {
    let keys = [
        ("reference", "\"B\""),
        ("amount", "2"),
        ("currency", "\"PEN\""),
        ("date", "\"2026-01-31\""),
    ];
    let values =
        keys.map(|(name, value)| format!("\"{name}\":{}", if name == key { json } else { value }));
    line(&format!("{{{}}}", values.join(",")))
}

#[test]
fn a_number_is_read_by_its_digits_or_refused() {
    for (json, amount) in [
        ("1e-7", "0.0000001"),
        ("1.50", "1.50"),
        ("-0.0", "0.0"),
        ("1E+2", "100"),
        ("0e99999999999999999999", "0"),
        ("123456789012345.67", "123456789012345.67"),
        ("0.1", "0.1"),
    ] {
        let rows = value("amount", json);
        assert!(
            rows.ends_with(&format!("  2 \"B\" {amount} 2026-01-31")),
            "{rows}"
        );
    }
    insta::assert_snapshot!(value("amount", "1e1000000000"), @r"
    l.jsonl, line 2, column amount: `1e1000000000` has more digits than can be held exactly
      1 set aside
    ");
    insta::assert_snapshot!(value("amount", "1e-99999999999999999999"), @r"
    l.jsonl, line 2, column amount: `1e-99999999999999999999` has more digits than can be held exactly
      1 set aside
    ");
    insta::assert_snapshot!(value("amount", "NaN"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: expected value, at character 27
      1 set aside
    ");
    insta::assert_snapshot!(value("amount", "01"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: invalid number, at character 28
      1 set aside
    ");
    insta::assert_snapshot!(value("amount", "+1"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: expected value, at character 27
      1 set aside
    ");
    insta::assert_snapshot!(value("amount", "true"), @r"
    l.jsonl, line 2, column amount: is neither text nor a number
      1 set aside
    ");
    insta::assert_snapshot!(value("amount", "{\"value\":1}"), @r"
    l.jsonl, line 2, column amount: is neither text nor a number
      1 set aside
    ");
    insta::assert_snapshot!(value("amount", "\"1,5\""), @r#"
    l.jsonl, line 2, column amount: `1,5` is not a decimal
      hint: decimal comma? set decimal_separator = "," under [ledger] in the rules file
      1 set aside
    "#);
    insta::assert_snapshot!(value("amount", "null"), @r"
    l.jsonl, line 2, column amount: is missing
      1 set aside
    ");
    insta::assert_snapshot!(value("date", "1769904000"), @r#"
    l.jsonl, line 2, column date: `1769904000` is not a date (2026-01-31) or an RFC 3339 instant
      hint: set date_format under [ledger] in the rules file, as in "%d/%m/%Y"
      1 set aside
    "#);
}

#[test]
fn a_text_is_unicode_without_control_characters() {
    insta::assert_snapshot!(value("reference", r#""\ud83d\ude00\u0000""#), @r#"
    2 rows
      1 "A" 1 2026-01-31
      2 "😀\0" 2 2026-01-31
    "#);
    insta::assert_snapshot!(value("reference", r#""\ud800""#), @r"
    l.jsonl, line 2: is not a JSON object that can be read: `reference` has an escape of no character, at character 21
      1 set aside
    ");
    insta::assert_snapshot!(value("reference", "\"a\0b\""), @r"
    l.jsonl, line 2: is not a JSON object that can be read: control character (\u0000-\u001F) found while parsing a string, at character 15
      1 set aside
    ");
    insta::assert_snapshot!(line(r#"{"\ud800":1}"#), @r"
    l.jsonl, line 2: is not a JSON object that can be read: unexpected end of hex escape, at character 9
      1 set aside
    ");
    // What is not read may be anything that ends where JSON says.
    assert!(
        line(
            r#"{"other":"\ud800","reference":"B","amount":2,"currency":"PEN","date":"2026-01-31"}"#
        )
        .starts_with("2 rows")
    );
}

#[test]
fn a_key_that_is_read_stands_there_once() {
    insta::assert_snapshot!(line(r#"{"amount":1,"amount":1}"#), @r"
    l.jsonl, line 2: is not a JSON object that can be read: `amount` stands there twice, at character 23
      1 set aside
    ");
    insta::assert_snapshot!(line(r#"{"amo\u0075nt":1,"amount":2}"#), @r"
    l.jsonl, line 2: is not a JSON object that can be read: `amount` stands there twice, at character 28
      1 set aside
    ");
}

#[test]
fn a_line_is_one_object() {
    insta::assert_snapshot!(line("[{\"amount\":1}]"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: invalid type: sequence, expected an object
      hint: in JSON Lines, each line is one object and each object one line
      1 set aside
    ");
    insta::assert_snapshot!(line("{\"amount\":1"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: EOF while parsing an object, at character 11
      hint: in JSON Lines, each line is one object and each object one line
      1 set aside
    ");
    insta::assert_snapshot!(line("{\"amount\":1} {\"amount\":2}"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: trailing characters, at character 14
      1 set aside
    ");
    insta::assert_snapshot!(line("{'amount':1}"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: key must be a string, at character 2
      1 set aside
    ");
    insta::assert_snapshot!(line("nul"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: EOF while parsing a value, at character 3
      hint: in JSON Lines, each line is one object and each object one line
      1 set aside
    ");
    insta::assert_snapshot!(line("reference,amount"), @r"
    l.jsonl, line 2: is not a JSON object that can be read: expected value, at character 1
      hint: in JSON Lines, each line is one object and each object one line
      1 set aside
    ");
    insta::assert_snapshot!(outcome("l.jsonl", "[\n  {\"reference\": \"A\"}\n]\n"), @r"
    l.jsonl, line 1: is not a JSON object that can be read: invalid type: sequence, expected an object
      hint: in JSON Lines, each line is one object and each object one line
    ");
    insta::assert_snapshot!(outcome("l.jsonl", ""), @"0 rows");
}

#[test]
fn however_deep_a_value_is_nested_the_rest_of_the_line_is_read() {
    let deep = |close: usize| format!("{}{}", "[".repeat(100_000), "]".repeat(close));
    let row = |deep: &str| {
        format!(
            r#"{{"other":{deep},"reference":"B","amount":2,"currency":"PEN","date":"2026-01-31"}}"#
        )
    };
    assert!(line(&row(&deep(100_000))).starts_with("2 rows"));
    assert!(line(&row(&deep(0))).contains("line 2: is not a JSON object"));
    insta::assert_snapshot!(value("reference", &deep(100_000)), @r"
    l.jsonl, line 2, column reference: is neither text nor a number
      1 set aside
    ");
}

#[test]
fn the_order_of_the_keys_of_a_row_does_not_matter_nor_those_that_are_not_read() {
    let others: Vec<_> = (0..100).map(|key| format!(r#""k{key}":1,"#)).collect();
    let others = others.concat();
    let rows = [
        r#"{"reference":"A","amount":1,"currency":"PEN","date":"2026-01-31"}"#.to_owned(),
        r#"{"date":"2026-01-30","reference":"B","currency":"PEN","amount":2}"#.to_owned(),
        r#"{"amount":3,"currency":"PEN","date":"2026-01-29"}"#.to_owned(),
        format!(r#"{{{others}"amount":4,"reference":"D","currency":"PEN","date":"2026-01-28"}}"#),
        r#"{"reference":"E","amount":5,"currency":"PEN","date":"2026-01-27","k":0}"#.to_owned(),
        format!(r#"{{"reference":"F",{others}"amount":6,"date":"2026-01-26","currency":"PEN"}}"#),
    ];
    insta::assert_snapshot!(outcome("l.jsonl", rows.join("\n")), @r#"
    6 rows
      1 "A" 1 2026-01-31
      2 "B" 2 2026-01-30
      3 "-" 3 2026-01-29
      4 "D" 4 2026-01-28
      5 "E" 5 2026-01-27
      6 "F" 6 2026-01-26
    "#);
}
