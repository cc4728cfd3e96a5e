//! The types of fields that gateways' models are made of.
//!
//! CI runs them with `serde_json/arbitrary_precision` on, too, as somebody
//! else's crate may have it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use proptest::prelude::*;
use reconcile_transport::{Error, Json, JsonKind, MaskedPan, Personal, decode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A model as the generator writes them, with one field of each sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Answer {
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "reconcile_transport::optional_object"
    )]
    user: Option<User>,
    #[serde(default, deserialize_with = "reconcile_transport::list")]
    fees: Vec<Fee>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct User {
    email: Personal,
    #[serde(default, with = "reconcile_transport::optional_decimal")]
    limit: Option<Decimal>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "reconcile_transport::optional_object"
    )]
    fee: Option<Fee>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flags: Option<Json>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Fee {
    #[serde(with = "reconcile_transport::decimal_text")]
    amount: Decimal,
}

fn answer(body: &str) -> Result<Answer, Error> {
    decode("answers", body.as_bytes())
}

fn refusal(error: &Error) -> (&str, &str, Option<JsonKind>) {
    let error = error.decode_error().unwrap();
    (error.path(), error.message(), error.found())
}

#[test]
fn no_object_is_absent_null_or_empty() {
    for body in [
        "{}",
        r#"{"user":null}"#,
        r#"{"user":{}}"#,
        "{\"user\": {\n} }",
    ] {
        assert_eq!(answer(body).unwrap().user, None, "{body}");
    }
}

#[test]
fn an_object_is_read_whole_and_written_back() {
    let body = r#"{"user":{"email":"a@example.com","limit":123456789012345.6700,"fee":{"amount":"0.10"},"flags":[1.10, {}]},"fees":[]}"#;
    let read = answer(body).unwrap();
    let user = read.user.as_ref().unwrap();
    assert_eq!(user.email.expose(), "a@example.com");
    assert_eq!(user.limit.unwrap().to_string(), "123456789012345.6700");
    assert_eq!(user.flags.as_ref().unwrap().text(), "[1.10, {}]");
    assert_eq!(serde_json::to_string(&read).unwrap(), body);
}

#[test]
fn the_first_key_may_be_any_may_have_escapes_and_counts_for_duplicates() {
    let unknown_first = r#"{"user":{"odd":[{"a":{}}],"\u0065mail":"a"}}"#;
    assert_eq!(
        answer(unknown_first).unwrap().user.unwrap().email,
        "a".into()
    );
    let escaped_first = r#"{"user":{"\u0065mail":"a","limit":1}}"#;
    assert_eq!(
        answer(escaped_first).unwrap().user.unwrap().email,
        "a".into()
    );
    let twice = answer(r#"{"user":{"email":"a","email":"b"}}"#).unwrap_err();
    assert_eq!(
        refusal(&twice),
        ("user", "duplicate field `email`", Some(JsonKind::Object))
    );
}

#[test]
fn an_error_within_an_object_or_a_list_has_its_whole_path() {
    let grammar = "expected a decimal number in plain notation";
    let cases = [
        (
            r#"{"user":{"email":5}}"#,
            "user.email",
            "expected a string",
            JsonKind::Number,
        ),
        (
            r#"{"user":{"email":"a","limit":"x"}}"#,
            "user.limit",
            grammar,
            JsonKind::String,
        ),
        (
            r#"{"user":{"email":"a","fee":{"amount":""}}}"#,
            "user.fee.amount",
            grammar,
            JsonKind::String,
        ),
        (
            r#"{"user":{"limit":1}}"#,
            "user",
            "missing field `email`",
            JsonKind::Object,
        ),
        (
            r#"{"user":"sentinel"}"#,
            "user",
            "expected an object",
            JsonKind::String,
        ),
        (
            r#"{"user":1.5}"#,
            "user",
            "expected an object",
            JsonKind::Number,
        ),
        (
            r#"{"user":[]}"#,
            "user",
            "expected an object",
            JsonKind::Array,
        ),
        (
            r#"{"fees":[{"amount":1},{"amount":"x"}]}"#,
            "fees[1].amount",
            grammar,
            JsonKind::String,
        ),
        (
            r#"{"fees":[{"amount":1},{}]}"#,
            "fees[1]",
            "missing field `amount`",
            JsonKind::Object,
        ),
        (
            r#"{"fees":{}}"#,
            "fees",
            "expected a sequence",
            JsonKind::Object,
        ),
    ];
    for (body, path, message, found) in cases {
        let error = answer(body).unwrap_err();
        assert_eq!(refusal(&error), (path, message, Some(found)), "{body}");
    }
}

#[test]
fn a_list_is_empty_where_it_is_absent_or_null() {
    for body in ["{}", r#"{"fees":null}"#, r#"{"fees":[]}"#] {
        assert_eq!(answer(body).unwrap().fees, [], "{body}");
    }
    let body = r#"{"fees":[{"amount":"1.0"},{"amount":"1.00"}]}"#;
    assert_eq!(
        serde_json::to_string(&answer(body).unwrap()).unwrap(),
        body,
        "the scale is the element's own"
    );
}

#[test]
fn an_optional_object_may_be_a_map_and_may_borrow() {
    #[derive(Deserialize)]
    struct Borrowing<'a> {
        #[serde(borrow)]
        name: Cow<'a, str>,
        kind: &'a str,
    }
    #[derive(Deserialize)]
    struct Holder<'a> {
        #[serde(
            borrow,
            default,
            deserialize_with = "reconcile_transport::optional_object"
        )]
        names: Option<BTreeMap<&'a str, String>>,
        #[serde(
            borrow,
            default,
            deserialize_with = "reconcile_transport::optional_object"
        )]
        inner: Option<Borrowing<'a>>,
    }
    let body = r#"{"names":{"b":"2","a":"1"},"inner":{"name":"n","kind":"k"}}"#;
    let holder: Holder<'_> = decode("holders", body.as_bytes()).unwrap();
    let names = holder.names.unwrap();
    assert_eq!(names["a"], "1");
    assert_eq!(names["b"], "2");
    let inner = holder.inner.unwrap();
    assert_eq!((inner.name.as_ref(), inner.kind), ("n", "k"));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Instants {
    #[serde(with = "reconcile_transport::instant_millis")]
    at: Timestamp,
    #[serde(default, with = "reconcile_transport::optional_instant_millis")]
    seen: Option<Timestamp>,
}

fn instant(text: &str) -> Result<String, Error> {
    let body = format!(r#"{{"at":"{text}","seen":"{text}"}}"#);
    let read: Instants = decode("instants", body.as_bytes())?;
    assert_eq!(read.seen, Some(read.at));
    let written: BTreeMap<String, String> =
        serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert_eq!(written["at"], written["seen"]);
    Ok(written["at"].clone())
}

#[test]
fn an_instant_is_written_with_three_digits_or_with_all_it_has() {
    let cases = [
        ("2022-10-19T13:38:46.863Z", "2022-10-19T13:38:46.863Z"),
        ("2022-10-19T13:38:46.860Z", "2022-10-19T13:38:46.860Z"),
        ("2022-10-19T13:38:46.000Z", "2022-10-19T13:38:46.000Z"),
        ("2022-10-19T13:38:46Z", "2022-10-19T13:38:46.000Z"),
        ("2022-10-19T13:38:46.8Z", "2022-10-19T13:38:46.800Z"),
        ("2022-10-19T16:38:46.863+03:00", "2022-10-19T13:38:46.863Z"),
        ("2022-10-19T13:38:46.8631Z", "2022-10-19T13:38:46.8631Z"),
        (
            "2022-10-19T13:38:46.863000001Z",
            "2022-10-19T13:38:46.863000001Z",
        ),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.9999Z"),
    ];
    for (text, written) in cases {
        assert_eq!(instant(text).unwrap(), written, "{text}");
    }
}

#[test]
fn what_is_no_instant_is_refused_without_its_text() {
    let message = "expected an instant in RFC 3339, with an offset";
    for text in [
        "",
        "sentinel",
        "2022-10-19T13:38:46.863",
        "2022-10-19",
        "1666186726",
        "2022-13-19T13:38:46Z",
        "2022-10-19T13:38:46.0000000001Z",
    ] {
        let error = instant(text).unwrap_err();
        assert_eq!(
            refusal(&error),
            ("at", message, Some(JsonKind::String)),
            "{text}"
        );
        let plain = serde_json::from_str::<Instants>(&format!(r#"{{"at":"{text}"}}"#)).unwrap_err();
        assert!(text.is_empty() || !plain.to_string().contains(text));
    }
    for (token, kind) in [
        ("1666186726", JsonKind::Number),
        ("{}", JsonKind::Object),
        ("null", JsonKind::Null),
    ] {
        let body = format!(r#"{{"at":{token}}}"#);
        let error = decode::<Instants>("instants", body.as_bytes()).unwrap_err();
        assert_eq!(refusal(&error), ("at", message, Some(kind)), "{token}");
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Times {
    #[serde(deserialize_with = "reconcile_transport::instant")]
    at: Timestamp,
    #[serde(deserialize_with = "reconcile_transport::local_datetime")]
    local: DateTime,
    #[serde(deserialize_with = "reconcile_transport::local_date")]
    day: Date,
    #[serde(default, deserialize_with = "reconcile_transport::optional_instant")]
    last: Option<Timestamp>,
    #[serde(
        default,
        deserialize_with = "reconcile_transport::optional_local_datetime"
    )]
    changed: Option<DateTime>,
    #[serde(default, deserialize_with = "reconcile_transport::optional_local_date")]
    until: Option<Date>,
}

const TIMES: &str = r#"{"at":"2022-10-19T13:38:46Z","local":"2024-05-07T00:31:05.123456","day":"2024-05-07","last":"2022-10-19T13:38:46.5Z","changed":"2024-05-07T00:00:00","until":"2024-02-29"}"#;

#[test]
fn times_come_back_as_they_came() {
    let read: Times = decode("times", TIMES.as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), TIMES);
    let few = r#"{"at":"2022-10-19T13:38:46Z","local":"2024-05-07T00:31:05","day":"2024-05-07","last":null}"#;
    let read: Times = decode("times", few.as_bytes()).unwrap();
    assert_eq!((read.last, read.changed, read.until), (None, None, None));
}

#[test]
fn a_time_that_would_lose_a_part_is_refused_without_its_text() {
    const INSTANT: &str = "expected an instant in RFC 3339, with an offset";
    const LOCAL: &str = "expected a date and time without an offset";
    const DAY: &str = "expected a date without a time";
    for (key, value, text, message) in [
        ("at", "2022-10-19T13:38:46Z", "2022-10-19T13:38:46", INSTANT),
        ("last", "2022-10-19T13:38:46.5Z", "", INSTANT),
        (
            "local",
            "2024-05-07T00:31:05.123456",
            "2024-05-07T00:31:05Z",
            LOCAL,
        ),
        (
            "local",
            "2024-05-07T00:31:05.123456",
            "2024-05-07T00:31:05+03:00",
            LOCAL,
        ),
        (
            "local",
            "2024-05-07T00:31:05.123456",
            "2024-05-07T00:31:05[Europe/Istanbul]",
            LOCAL,
        ),
        ("local", "2024-05-07T00:31:05.123456", "2024-05-07", LOCAL),
        (
            "changed",
            "2024-05-07T00:00:00",
            "2024-05-07T24:00:00",
            LOCAL,
        ),
        ("changed", "2024-05-07T00:00:00", "", LOCAL),
        ("until", "2024-02-29", "2024-02-29T00:00:00", DAY),
        ("until", "2024-02-29", "2023-02-29", DAY),
        ("until", "2024-02-29", "29.02.2024", DAY),
        ("until", "2024-02-29", "", DAY),
    ] {
        let body = TIMES.replace(
            &format!(r#""{key}":"{value}""#),
            &format!(r#""{key}":"{text}""#),
        );
        let error = decode::<Times>("times", body.as_bytes()).unwrap_err();
        assert_eq!(
            refusal(&error),
            (key, message, Some(JsonKind::String)),
            "{text}"
        );
        assert!(text.is_empty() || !error.to_string().contains(text));
    }
    for (key, value, message) in [
        ("at", "1", INSTANT),
        ("local", "1", LOCAL),
        ("day", "null", DAY),
    ] {
        let body = TIMES.replacen(
            &format!(r#""{key}":""#),
            &format!(r#""{key}":{value},"x":""#),
            1,
        );
        let error = decode::<Times>("times", body.as_bytes()).unwrap_err();
        assert_eq!(refusal(&error).0, key);
        assert_eq!(refusal(&error).1, message);
    }
}

#[test]
fn an_optional_instant_may_be_absent_or_null() {
    for rest in ["", r#","seen":null"#] {
        let body = format!(r#"{{"at":"2022-10-19T13:38:46.863Z"{rest}}}"#);
        let read: Instants = decode("instants", body.as_bytes()).unwrap();
        assert_eq!(read.seen, None);
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            r#"{"at":"2022-10-19T13:38:46.863Z","seen":null}"#
        );
    }
}

#[test]
fn a_card_number_keeps_what_may_be_kept() {
    let cases = [
        // As gateways write them.
        ("4829 15** **** 3969", "4829 15** **** 3969"),
        ("45467112******7893", "45467112******7893"),
        ("40227801****8552", "40227801****8552"),
        ("482915XXXXXX3969", "482915XXXXXX3969"),
        ("482915\u{2022}\u{2022}3969", "482915\u{2022}\u{2022}3969"),
        ("************3969", "************3969"),
        ("3969", "3969"),
        ("", ""),
        // Whole numbers of 19, 16, 15, 13 and 12 digits.
        ("4829151234567893969", "48291512*******3969"),
        ("4829151234563969", "48291512****3969"),
        ("4829-1512-3456-3969", "4829-1512-****-3969"),
        ("378282246310005", "378282*****0005"),
        ("4829151233969", "482915***3969"),
        ("482915123969", "482915**3969"),
        // Masked, but not enough.
        ("4829 1512 34** 3969", "4829 1512 **** 3969"),
        ("4829151234******", "48291512********"),
        ("***5123456783969", "***51234****3969"),
        ("3782822*****005", "378282******005"),
        // Digits of any script, and text around them.
        ("482915123\u{664}563969", "48291512****3969"),
        ("\u{ff14}829151234563969", "\u{ff14}8291512****3969"),
        ("card 4829151234563969", "card 4829********3969"),
    ];
    for (text, kept) in cases {
        let read: MaskedPan = serde_json::from_str(&serde_json::to_string(text).unwrap()).unwrap();
        assert_eq!(
            serde_json::to_value(&read).unwrap(),
            serde_json::json!(kept),
            "{text}"
        );
        assert_eq!(read, MaskedPan::from(text));
        assert_eq!(read, MaskedPan::from(text.to_owned()));
    }
}

#[test]
fn a_card_number_tells_its_ends_where_they_are_readable() {
    let some = |text: &str| Some(text.to_owned());
    let cases = [
        ("4829 15** **** 3969", some("482915"), some("3969")),
        ("45467112******7893", some("454671"), some("7893")),
        ("4829151234563969", some("482915"), some("3969")),
        ("************3969", None, some("3969")),
        ("4829********39**", None, None),
        ("***", None, None),
        // A part of a number does not say which part it is.
        ("3969", None, None),
        ("48291512", None, None),
        ("", None, None),
    ];
    for (text, first, last) in cases {
        let pan = MaskedPan::from(text);
        assert_eq!((pan.first_six(), pan.last_four()), (first, last), "{text}");
    }
}

#[test]
fn a_card_number_shows_first_six_and_last_four_and_hides_from_debug() {
    let pan = MaskedPan::from("4546-7112-3456-7893");
    assert_eq!(pan.to_string(), "4546-71**-****-7893");
    assert_eq!(format!("{pan:>20}"), " 4546-71**-****-7893");
    assert_eq!(format!("{pan:?} {pan:#?}"), "[card] [card]");
}

#[test]
fn a_card_number_that_comes_as_a_number_is_refused_and_not_told() {
    let error = decode::<MaskedPan>("cards", b"4829151234563969").unwrap_err();
    assert_eq!(
        refusal(&error),
        (".", "expected a string", Some(JsonKind::Number))
    );
    assert!(!format!("{error} {error:?}").contains("4829"));
}

#[test]
fn personal_text_is_itself_but_for_debug() {
    let read: Personal = serde_json::from_str(r#""J\u00fcrgen""#).unwrap();
    assert_eq!(read.expose(), "Jürgen");
    assert_eq!(read, "Jürgen".into());
    assert_eq!(read, Personal::from("Jürgen".to_owned()));
    assert_eq!(serde_json::to_string(&read).unwrap(), r#""Jürgen""#);
    assert_eq!(format!("{read:?} {read:#?}"), "[personal] [personal]");
    let hash = RandomState::new();
    assert_eq!(
        hash.hash_one(&read),
        hash.hash_one(Personal::from("Jürgen"))
    );
}

#[test]
fn json_is_kept_as_it_came_and_hides_from_debug() {
    let text = r#"{"b": 1.10, "a": [null, 1e2, "\u0041"], "b": {}}"#;
    let read: Json = decode("answers", format!(" {text} ").as_bytes()).unwrap();
    assert_eq!(read.text(), text);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    assert_eq!(format!("{read:?} {read:#?}"), "[json] [json]");
    assert_eq!(read, read.clone());
    assert_ne!(read, Json::default());
    assert_eq!(Json::default().text(), "null");
    let raw = serde_json::value::to_raw_value(&1).unwrap();
    assert_eq!(Json::from(raw), serde_json::from_str("1").unwrap());
}

proptest! {
    #[test]
    fn an_instant_survives_writing(seconds in -2_000_000_000_i64..4_000_000_000, nanos in 0_i32..1_000_000_000, digits in 0_u32..=9) {
        let unit = 10_i32.pow(9 - digits);
        let at = Timestamp::new(seconds, nanos / unit * unit).unwrap();
        let written = instant(&at.to_string()).unwrap();
        prop_assert_eq!(written.parse::<Timestamp>().unwrap(), at);
        prop_assert!(written.len() >= "2022-10-19T13:38:46.863Z".len());
    }

    #[test]
    fn no_text_keeps_more_than_twelve_digits_and_masking_again_changes_nothing(text in "[0-9*xX -]{0,40}|[0-9]{11,19}|\\PC{0,30}") {
        let pan = MaskedPan::from(text.as_str());
        let kept = serde_json::to_string(&pan).unwrap();
        let kept: String = serde_json::from_str(&kept).unwrap();
        let readable = |text: &str| text.chars().filter(|c| c.is_numeric()).count();
        prop_assert!(readable(&kept) <= 12);
        prop_assert!(readable(&pan.to_string()) <= 10);
        prop_assert_eq!(kept.chars().count(), text.chars().count());
        prop_assert_eq!(&MaskedPan::from(kept), &pan);
        if readable(&text) > 10 && text.bytes().all(|b| b.is_ascii_digit()) {
            prop_assert_ne!(pan.to_string(), text);
        }
    }

    #[test]
    fn no_text_within_an_object_makes_reading_panic(inner in "[{}\\[\\]:,\"a1. ]{0,24}") {
        let _ = answer(&format!(r#"{{"user":{inner}}}"#));
    }
}
