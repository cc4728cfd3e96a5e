//! What a body that does not fit says, and what it must not say.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use reconcile_transport::{
    Error, ErrorKind, JsonKind, MAX_DEPTH, check_depth, decode, decode_row, digest,
};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only decoding is tested")]
struct Deposit {
    id: u64,
    status: Status,
    client: Client,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Pending,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only decoding is tested")]
struct Client {
    document: [u8; 2],
    seen: jiff::Timestamp,
}

#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    page: u64,
}

const GOOD: &str =
    r#"{"id":1,"status":"PENDING","client":{"document":[1,2],"seen":"2024-06-01T00:00:00Z"}}"#;

fn row(text: &str) -> reconcile_transport::DecodeError {
    let raw: &RawValue = serde_json::from_str(text).unwrap();
    decode_row::<Deposit>("deposits", 3, raw).unwrap_err()
}

#[test]
fn one_odd_record_is_one_error_and_the_page_survives() {
    let body = format!(r#"{{"data":[{GOOD},{{"id":"sentinel"}},{GOOD}],"page":7}}"#);
    let envelope: Envelope<'_> = decode("deposits", body.as_bytes()).unwrap();
    let rows: Vec<_> = envelope
        .data
        .iter()
        .enumerate()
        .map(|(index, raw)| decode_row::<Deposit>("deposits", index, raw))
        .collect();
    assert!(rows[0].is_ok() && rows[2].is_ok());
    let error = rows[1]
        .as_ref()
        .unwrap_err()
        .clone()
        .with_page(envelope.page);
    assert_eq!(
        (error.page(), error.index(), error.path()),
        (Some(7), Some(1), "id")
    );
    assert_eq!(error.found(), Some(JsonKind::String));
    assert_eq!(
        error.to_string(),
        "deposits: unexpected JSON, page 7, record 1 at id (line 1, column 16): \
         expected u64, found a string"
    );
    let error = Error::from(error);
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Decode, Some("id"))
    );
    assert_eq!(error.operation(), Some("deposits"));
}

#[test]
fn an_error_names_path_expectation_and_kind_and_no_value() {
    let cases = [
        (
            GOOD.replace(":1,", r#":"sentinel","#),
            "id",
            "expected u64",
            Some(JsonKind::String),
        ),
        (
            GOOD.replace(":1,", ":-77123,"),
            "id",
            "expected u64",
            Some(JsonKind::Number),
        ),
        (
            GOOD.replace(":1,", ":77.123,"),
            "id",
            "expected u64",
            Some(JsonKind::Number),
        ),
        (
            GOOD.replace(":1,", ":null,"),
            "id",
            "expected u64",
            Some(JsonKind::Null),
        ),
        (
            GOOD.replace(":1,", ":true,"),
            "id",
            "expected u64",
            Some(JsonKind::Boolean),
        ),
        (
            GOOD.replace(":1,", ":[77123],"),
            "id",
            "expected u64",
            Some(JsonKind::Array),
        ),
        (
            GOOD.replace(":1,", r#":"sentinel, expected ","#),
            "id",
            "expected u64",
            Some(JsonKind::String),
        ),
        (
            GOOD.replace("PENDING", "sentinel"),
            "status",
            "expected `PENDING`",
            Some(JsonKind::String),
        ),
        (
            GOOD.replace("[1,2]", "[1,256]"),
            "client.document[1]",
            "expected u8",
            Some(JsonKind::Number),
        ),
        (
            // The message of another crate repeats its input, and is not used.
            GOOD.replace("2024-06-01T00:00:00Z", "sentinel"),
            "client.seen",
            "the value does not fit its type",
            Some(JsonKind::String),
        ),
        (
            GOOD.replace(r#""document":[1,2],"#, ""),
            "client",
            "missing field `document`",
            Some(JsonKind::Object),
        ),
        (
            GOOD.replace(r#""id":1"#, r#""id":1,"id":77123"#),
            ".",
            "duplicate field `id`",
            Some(JsonKind::Object),
        ),
    ];
    for (text, path, message, found) in cases {
        let error = row(&text);
        assert_eq!(
            (error.path(), error.message(), error.found()),
            (path, message, found),
            "{text}"
        );
        let shown = format!(
            "{error} {error:?} {error:#?} {:?}",
            Error::from(error.clone())
        );
        assert!(
            !shown.contains("sentinel") && !shown.contains("77"),
            "{shown}"
        );
    }
}

#[test]
fn a_body_that_is_no_json_is_told_without_repeating_it() {
    let cases = [
        ("<html>sentinel</html>", "expected well-formed JSON"),
        (
            r#"{"data":[],"page":0}sentinel"#,
            "expected well-formed JSON",
        ),
        (
            "\u{feff}{\"data\":[],\"page\":0}",
            "expected well-formed JSON",
        ),
        (r#"{"data":["#, "the text ends early"),
        ("", "the text ends early"),
    ];
    for (body, message) in cases {
        let error = decode::<Envelope<'_>>("deposits", body.as_bytes()).unwrap_err();
        assert_eq!(error.decode_error().unwrap().message(), message, "{body}");
        assert!(!format!("{error} {error:?}").contains("sentinel"));
    }
}

#[test]
fn a_depth_bomb_is_refused_before_it_is_parsed() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(check_depth(nested(MAX_DEPTH).as_bytes(), MAX_DEPTH).is_ok());
    let error =
        decode::<serde::de::IgnoredAny>("deposits", nested(100_000).as_bytes()).unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::TooDeep, Some("deposits"))
    );
    // Brackets within strings, after escaped quotes too, do not count.
    let quoted = format!(r#"["\"{}", "\\"]"#, "[".repeat(1000));
    assert!(check_depth(quoted.as_bytes(), 1).is_ok());
}

#[test]
fn the_digest_is_sha_256() {
    // The first example of FIPS 180-4.
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let bytes = expected
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap());
    assert_eq!(digest(b"abc").to_vec(), bytes.collect::<Vec<_>>());
}
