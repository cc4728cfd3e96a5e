//! Whole numbers have 64 bits.

use super::*;

#[test]
fn whole_numbers_are_as_wide_as_they_must_be() {
    let model = thing(&[r#"{"a": -5, "b": 18446744073709551615}"#]).unwrap();
    assert_eq!(*type_of(&model, "Thing", "a"), Type::I64);
    assert_eq!(*type_of(&model, "Thing", "b"), Type::U64);
    for body in [
        r#"{"a": 18446744073709551616}"#,
        r#"{"a": -9223372036854775809}"#,
    ] {
        let refusal = only(thing(&[body]));
        assert!(refusal.contains("no type of 64 bits holds"), "{refusal}");
    }
    let refusal = only(thing(&[r#"{"a": 18446744073709551615}"#, r#"{"a": -1}"#]));
    assert!(refusal.contains("no type of 64 bits holds"), "{refusal}");
}

#[test]
fn a_negative_number_does_not_fit_u64() {
    let refusal = only(decided(r#"{ key = "a", type = "u64" }"#, &[r#"{"a": -1}"#]));
    assert!(
        refusal.contains("type = \"u64\", which not all values fit"),
        "{refusal}"
    );
}

#[test]
fn the_same_key_may_be_a_number_here_and_text_there() {
    let model = model(
        "[[operation]]\nname = \"login\"\ntype = \"Login\"\n\
         [[operation]]\nname = \"deposit\"\ntype = \"Deposit\"\n",
        &[
            ("login", r#"{"idUser": 123}"#),
            ("deposit", r#"{"idUser": "105"}"#),
        ],
    )
    .unwrap();
    assert_eq!(*type_of(&model, "Login", "idUser"), Type::I64);
    assert_eq!(*type_of(&model, "Deposit", "idUser"), Type::Text);
}
