//! What is malformed is refused with its file, line and column, and nothing is written.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "support/copy.rs"]
mod copy;

use copy::Checkout;
use xtask::models::{self, Mode};

/// The error of a run over a checkout where one body, or other file, is replaced.
fn refusal(path: &str, text: impl AsRef<[u8]>) -> String {
    let checkout = Checkout::new();
    // There would be something to write.
    checkout.change(
        "crates/paywall-vpos/src/models/generated.rs",
        "@generated",
        "@stale",
    );
    std::fs::write(checkout.path(path), text).unwrap();
    let before = checkout.files();
    let error = models::run(&checkout.workspace(), None, Mode::Write).unwrap_err();
    assert_eq!(checkout.files(), before, "something was written");
    error.to_string()
}

fn of_body(body: impl AsRef<[u8]>) -> String {
    let path = "fixtures/tupay/login/success.json";
    let error = refusal(path, body);
    let place = error.strip_prefix(path);
    place.unwrap_or_else(|| panic!("{error}")).to_owned()
}

#[test]
fn a_body_that_is_cut_off() {
    assert_eq!(
        of_body("{\n  \"idUser\": 1"),
        ": line 2, column 14: expected ',' or '}', found the end of the text"
    );
}

#[test]
fn a_body_with_a_comment() {
    assert_eq!(
        of_body("{\n  \"idUser\": 1 // the user\n}\n"),
        ": line 2, column 15: expected ',' or '}', found a comment"
    );
}

#[test]
fn a_body_with_a_byte_order_mark() {
    assert_eq!(
        of_body("\u{feff}{}\n"),
        ": line 1, column 1: expected a value, found a byte-order mark"
    );
}

#[test]
fn a_body_with_a_key_twice() {
    assert_eq!(
        of_body("{\n  \"idUser\": 1,\n  \"idUser\": 2\n}\n"),
        ": line 3, column 3: expected a key that the object does not have yet, found one that it has"
    );
}

#[test]
fn a_body_that_is_nested_too_deeply() {
    assert_eq!(
        of_body("[".repeat(65) + &"]".repeat(65)),
        ": line 1, column 65: expected at most 64 levels of nesting, found '['"
    );
}

#[test]
fn a_body_that_is_no_utf_8() {
    assert_eq!(
        of_body(b"{\n  \"username\": \"\xFF\"\n}\n"),
        ": line 2, column 16: expected UTF-8, found a byte that is none"
    );
}

#[test]
fn a_body_with_text_behind_it() {
    assert_eq!(
        of_body("{}\n{}\n"),
        ": line 2, column 1: expected the end of the text, found '{'"
    );
}

#[test]
fn a_body_that_is_no_object_or_empty() {
    assert_eq!(
        of_body(""),
        ": line 1, column 1: expected a value, found the end of the text"
    );
}

#[test]
fn a_lock_that_is_malformed_or_of_another_generator() {
    let path = "fixtures/tupay/shapes.lock.json";
    assert_eq!(
        refusal(path, "{\n  \"generator\": 1,,\n}\n"),
        format!("{path}: line 2, column 18: expected a key, found ','")
    );
    let error = refusal(path, "{\"generator\": 2, \"roots\": {}, \"learned\": {}}");
    assert!(
        error.contains("it is of generator 2, and this is generator 1"),
        "{error}"
    );
    let error = refusal(path, "{\"generator\": 1, \"roots\": {}, \"learnt\": {}}");
    assert!(error.contains("unknown field `learnt`"), "{error}");
}

#[test]
fn overrides_with_a_key_that_nobody_knows() {
    let path = "fixtures/tupay/overrides.toml";
    let error = refusal(
        path,
        "[provider]\nname = \"TuPay\"\ncrate = \"tupay-merchants\"\ncrat = 1\n",
    );
    assert!(error.contains("overrides.toml"), "{error}");
    assert!(error.contains("unknown field `crat`"), "{error}");
    assert!(error.contains("line 4"), "{error}");
}
