//! The reader keeps what it reads, and refuses what it must with a place.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use proptest::prelude::*;
use xtask::json::{self, Value};

fn refusal(text: impl AsRef<[u8]>) -> String {
    json::read(text.as_ref()).unwrap_err().to_string()
}

#[test]
fn lexemes_escapes_and_the_order_of_keys_survive() {
    let text = r#"{
  "z": 10.00,
  "a": 1E+2,
  "big": 123456789012345678901234567890.10,
  "text": "A\/\"نص 😀\ud83d\ude00",
  "none": [],
  "empty": {},
  "rows": [
    null,
    true,
    -0.0
  ]
}
"#;
    assert_eq!(json::write(&json::read(text).unwrap()), text);
}

#[test]
fn layout_becomes_canonical_and_stays_so() {
    let written = json::write(&json::read("\r\n{\"a\" :[ ] ,\"b\":[1,{ }]}\t").unwrap());
    assert_eq!(
        written,
        "{\n  \"a\": [],\n  \"b\": [\n    1,\n    {}\n  ]\n}\n"
    );
    assert_eq!(json::write(&json::read(&written).unwrap()), written);
}

#[test]
fn what_fits_on_a_line_may_stand_on_one() {
    let node = json::read(r#"{"a": {"b": [1, 2], "c": {}}, "long": ["aaaaaaaaaa", "bbbbbbbbbb"]}"#)
        .unwrap();
    assert_eq!(
        json::write_within(&node, 32),
        "{\n  \"a\": { \"b\": [1, 2], \"c\": {} },\n  \"long\": [\n    \"aaaaaaaaaa\",\n    \"bbbbbbbbbb\"\n  ]\n}\n"
    );
}

#[test]
fn escapes_are_decoded_on_demand() {
    let read = json::read(r#""\u0041\t\\\/\ud83d\ude00é""#).unwrap();
    let Value::Text(text) = &read.value else {
        panic!("a text")
    };
    assert_eq!(text.decode(), "A\t\\/😀é");
    assert_eq!(text.lexeme(), r"\u0041\t\\\/\ud83d\ude00é");
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    for (text, message) in [
        (
            "",
            "line 1, column 1: expected a value, found the end of the text",
        ),
        (
            "{\"a\": 1",
            "line 1, column 8: expected ',' or '}', found the end of the text",
        ),
        (
            "{\n  \"a\": 1 // one\n}",
            "line 2, column 10: expected ',' or '}', found a comment",
        ),
        (
            "/* a */ {}",
            "line 1, column 1: expected a value, found a comment",
        ),
        (
            "\u{feff}{}",
            "line 1, column 1: expected a value, found a byte-order mark",
        ),
        (
            "{}\n{}",
            "line 2, column 1: expected the end of the text, found '{'",
        ),
        (
            "{\"é\": 1,\n \"b\": }",
            "line 2, column 7: expected a value, found '}'",
        ),
        ("{\"a\": 1,}", "line 1, column 9: expected a key, found '}'"),
        (
            "{a: 1}",
            "line 1, column 2: expected a key or '}', found a word",
        ),
        (
            "{\"a\" 1}",
            "line 1, column 6: expected ':', found a number",
        ),
        (
            "[1 2]",
            "line 1, column 4: expected ',' or ']', found a number",
        ),
        ("[1,]", "line 1, column 4: expected a value, found ']'"),
        (
            "['a']",
            "line 1, column 2: expected a value or ']', found a single quote",
        ),
        ("NaN", "line 1, column 1: expected a value, found a word"),
        ("nul", "line 1, column 1: expected a value, found a word"),
        (
            "01",
            "line 1, column 2: expected a number without leading zeros, found another digit",
        ),
        (
            "-",
            "line 1, column 2: expected a digit, found the end of the text",
        ),
        (
            "1.",
            "line 1, column 3: expected a digit, found the end of the text",
        ),
        (
            "1.5e",
            "line 1, column 5: expected a digit, found the end of the text",
        ),
        (
            "\"a",
            "line 1, column 3: expected the quote that ends the text, found the end of the text",
        ),
        (
            "\"a\nb\"",
            "line 1, column 3: expected control characters to be escaped, found the end of the line",
        ),
        (
            r#""\x""#,
            "line 1, column 3: expected one of \" \\ / b f n r t u after '\\', found a word",
        ),
        (
            r#""\u12g4""#,
            "line 1, column 6: expected four hexadecimal digits, found a word",
        ),
        (
            r#""\ud83d""#,
            "line 1, column 8: expected the low surrogate of a pair, found a text",
        ),
        (
            r#""\ude00""#,
            "line 1, column 8: expected a high surrogate first, found a low one",
        ),
    ] {
        assert_eq!(refusal(text), message, "{text:?}");
    }
}

#[test]
fn invalid_utf_8_is_refused_where_it_stands() {
    assert_eq!(
        refusal(b"{\n  \"a\": \"\xC3\x28\"}"),
        "line 2, column 9: expected UTF-8, found a byte that is none"
    );
}

#[test]
fn a_key_may_not_come_twice_however_it_is_written() {
    assert_eq!(
        refusal("{\"a\": 1,\n \"\\u0061\": 2}"),
        "line 2, column 2: expected a key that the object does not have yet, found one that it has"
    );
    assert!(json::read(r#"{"a": {"a": 1}, "b": {"a": 1}}"#).is_ok());
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(json::read(&nested(json::MAX_DEPTH)).is_ok());
    assert_eq!(
        refusal(nested(json::MAX_DEPTH + 1)),
        "line 1, column 65: expected at most 64 levels of nesting, found '['"
    );
}

#[test]
fn a_refusal_never_shows_a_value() {
    let message = refusal(r#"{"password": "hunter2" "hunter2"}"#);
    assert!(!message.contains("hunter2"), "{message}");
    let read = json::read(r#""hunter2""#).unwrap();
    assert!(!format!("{read:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn a_text_that_is_written_reads_back(text in any::<String>()) {
        let written = json::write(&Value::Text(json::Text::new(&text)).into());
        let read = json::read(&written).unwrap();
        let Value::Text(read) = read.value else { panic!("a text") };
        prop_assert_eq!(read.decode(), text);
    }

    #[test]
    fn it_agrees_with_serde_json_on_what_is_json(text in r#"[\[\]{},:"a1.e\\u0\- ]{0,12}"#) {
        // `serde_json` takes duplicate keys and refuses numbers it cannot hold.
        let ours = json::read(&text).is_ok();
        let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        let narrower = text.contains('e') || text.matches('"').count() > 3;
        prop_assert!(ours == theirs || narrower, "{:?}: {} {}", text, ours, theirs);
    }
}
