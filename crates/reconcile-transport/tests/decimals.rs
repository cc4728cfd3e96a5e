//! Amounts keep every digit, in and out.
//!
//! CI runs them with `serde_json/arbitrary_precision` on, too, as somebody
//! else's crate may have it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use proptest::prelude::*;
use reconcile_transport::{DecimalError, decode, parse_decimal};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Amounts {
    #[serde(with = "reconcile_transport::decimal")]
    amount: Decimal,
    #[serde(default, with = "reconcile_transport::optional_decimal")]
    fee: Option<Decimal>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Texts {
    #[serde(with = "reconcile_transport::decimal_text")]
    amount: Decimal,
    #[serde(default, with = "reconcile_transport::optional_decimal_text")]
    fee: Option<Decimal>,
}

/// What both kinds of fields read from a token: they differ only in writing.
fn amount(token: &str) -> Result<String, reconcile_transport::Error> {
    let body = format!(r#"{{"amount":{token}}}"#);
    let number = decode::<Amounts>("amounts", body.as_bytes()).map(|read| read.amount.to_string());
    let text = decode::<Texts>("amounts", body.as_bytes()).map(|read| read.amount.to_string());
    assert_eq!(
        number.as_ref().map_err(ToString::to_string),
        text.as_ref().map_err(ToString::to_string)
    );
    number
}

#[test]
fn a_number_or_a_string_is_read_with_all_its_digits() {
    let cases = [
        ("0", "0"),
        ("30.0", "30.0"),
        ("30.00", "30.00"),
        ("-12.40", "-12.40"),
        ("104655.38", "104655.38"),
        // The next two lose digits on the way through a float.
        ("123456789012345.67", "123456789012345.67"),
        ("0.1234567890123456789", "0.1234567890123456789"),
        (
            "79228162514264337593543950335",
            "79228162514264337593543950335",
        ),
        (
            "0.0000000000000000000000000001",
            "0.0000000000000000000000000001",
        ),
        (r#""30.00""#, "30.00"),
        (r#""-0.10""#, "-0.10"),
        (r#""\u0031.5""#, "1.5"),
    ];
    for (token, text) in cases {
        assert_eq!(amount(token).unwrap(), text, "{token}");
    }
}

#[test]
fn an_exponent_in_a_number_is_exact() {
    let cases = [
        ("1e-7", "0.0000001"),
        ("1E3", "1000"),
        ("1e+3", "1000"),
        ("1.5e1", "15"),
        ("1.25e1", "12.5"),
        ("-1.25e-1", "-0.125"),
        ("120e-2", "1.20"),
        ("0e5", "0"),
        ("7e0", "7"),
        ("1e28", "10000000000000000000000000000"),
        ("1e-28", "0.0000000000000000000000000001"),
    ];
    for (token, text) in cases {
        assert_eq!(amount(token).unwrap(), text, "{token}");
    }
}

#[test]
fn what_does_not_fit_exactly_is_an_error() {
    let cases = [
        ("79228162514264337593543950336", DecimalError::Digits),
        ("0.12345678901234567890123456789", DecimalError::Digits),
        ("1234567890123456789012345678.99", DecimalError::Digits),
        ("1e29", DecimalError::Digits),
        ("1e-29", DecimalError::Digits),
        ("1e999999999999", DecimalError::Digits),
        ("-1e-2147483648", DecimalError::Digits),
        (r#""1e5""#, DecimalError::Exponent),
        (r#""1,000.00""#, DecimalError::Grammar),
        (r#"" 5.00""#, DecimalError::Grammar),
        (r#""5.00\n""#, DecimalError::Grammar),
        (r#""+5""#, DecimalError::Grammar),
        (r#""05""#, DecimalError::Grammar),
        (r#"".5""#, DecimalError::Grammar),
        (r#""5.""#, DecimalError::Grammar),
        (r#""""#, DecimalError::Grammar),
        (r#""1_000""#, DecimalError::Grammar),
        (r#""٣""#, DecimalError::Grammar),
        (r#""NaN""#, DecimalError::Grammar),
        ("true", DecimalError::Kind),
        ("null", DecimalError::Kind),
        ("[1]", DecimalError::Kind),
        // How serde_json spells a number to itself with arbitrary_precision.
        (
            r#"{"$serde_json::private::Number":"7.92"}"#,
            DecimalError::Kind,
        ),
    ];
    for (token, expected) in cases {
        let error = amount(token).unwrap_err();
        let decode = error.decode_error().unwrap();
        assert_eq!(
            (decode.path(), decode.message()),
            ("amount", expected.to_string().as_str()),
            "{token}"
        );
    }
}

#[test]
fn an_optional_amount_may_be_absent_or_null_and_nothing_else() {
    let fee = |fee: &str| {
        let body = format!(r#"{{"amount":1{fee}}}"#);
        let number = decode::<Amounts>("amounts", body.as_bytes()).map(|read| read.fee);
        let text = decode::<Texts>("amounts", body.as_bytes()).map(|read| read.fee);
        [number, text]
    };
    for read in fee("").into_iter().chain(fee(r#","fee":null"#)) {
        assert_eq!(read.unwrap(), None);
    }
    for read in fee(r#","fee":0.0"#)
        .into_iter()
        .chain(fee(r#","fee":"0.0""#))
    {
        assert_eq!(
            read.unwrap().map(|fee| fee.to_string()),
            Some("0.0".to_owned())
        );
    }
    for read in fee(r#","fee":"""#).into_iter().chain(fee(r#","fee":{}"#)) {
        assert_eq!(read.unwrap_err().path(), Some("fee"));
    }
}

#[test]
fn an_amount_is_written_as_a_number_with_the_same_digits() {
    let body = r#"{"amount":123456789012345.6700,"fee":30.0}"#;
    let amounts: Amounts = decode("amounts", body.as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&amounts).unwrap(), body);
    let without = Amounts {
        fee: None,
        ..amounts
    };
    assert_eq!(
        serde_json::to_string(&without).unwrap(),
        r#"{"amount":123456789012345.6700,"fee":null}"#
    );
}

#[test]
fn an_amount_in_text_is_written_as_text_with_the_same_digits() {
    let body = r#"{"amount":"123456789012345.6700","fee":"30.0"}"#;
    let texts: Texts = decode("amounts", body.as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&texts).unwrap(), body);
    let without = Texts { fee: None, ..texts };
    assert_eq!(
        serde_json::to_string(&without).unwrap(),
        r#"{"amount":"123456789012345.6700","fee":null}"#
    );
}

/// Plain notation with up to 28 digits, the point anywhere among them.
fn lexeme_of_28_digits() -> impl Strategy<Value = String> {
    ("(0|[1-9][0-9]{0,26})", "[0-9]{0,27}", any::<bool>()).prop_map(
        |(whole, fraction, negative)| {
            let fraction = &fraction[..fraction.len().min(28 - whole.len())];
            let point = if fraction.is_empty() { "" } else { "." };
            // Zero has no sign in a ledger.
            let is_zero = whole == "0" && fraction.bytes().all(|b| b == b'0');
            let sign = if negative && !is_zero { "-" } else { "" };
            format!("{sign}{whole}{point}{fraction}")
        },
    )
}

proptest! {
    #[test]
    fn any_lexeme_of_28_digits_survives_as_text_and_as_number(text in lexeme_of_28_digits()) {
        let body = format!(r#"{{"amount":"{text}","fee":"{text}"}}"#);
        let texts: Texts = decode("amounts", body.as_bytes()).unwrap();
        prop_assert_eq!(serde_json::to_string(&texts).unwrap(), body);
        let body = format!(r#"{{"amount":{text},"fee":{text}}}"#);
        let amounts: Amounts = decode("amounts", body.as_bytes()).unwrap();
        prop_assert_eq!(serde_json::to_string(&amounts).unwrap(), body);
    }

    #[test]
    fn an_exponent_moves_the_point_and_nothing_else(mantissa in -1_000_000_i64..1_000_000, scale in 0_u32..6, shift in -12_i32..12) {
        let plain = Decimal::new(mantissa, scale);
        let moved = parse_decimal(&format!("{plain}e{shift}")).unwrap();
        let power = Decimal::from_i128_with_scale(10_i128.pow(shift.unsigned_abs()), 0);
        let expected = if shift < 0 { plain.checked_div(power) } else { plain.checked_mul(power) };
        prop_assert_eq!(Some(moved), expected);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in r"-?[0-9.eE+-]{0,40}|\PC*") {
        let _ = parse_decimal(&text);
    }
}
