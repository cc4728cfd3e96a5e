//! What may be money is exact, and never guessed.

use super::*;

#[test]
fn a_number_with_a_fraction_or_an_exponent_is_refused_unless_classified() {
    for number in ["7.92", "1e2", "-0"] {
        let body = format!("{{\"paid\": {number}}}");
        let refusal = only(thing(&[&body]));
        assert!(
            refusal.starts_with("x:paid: what may be an amount"),
            "{refusal}"
        );
        assert!(
            refusal.contains(r#"{ key = "paid", type = "decimal" }"#),
            "{refusal}"
        );

        let model = decided(r#"{ key = "paid", type = "decimal" }"#, &[&body]).unwrap();
        assert_eq!(*type_of(&model, "Thing", "paid"), Type::Decimal);
    }
}

#[test]
fn a_whole_number_under_a_key_of_money_is_refused_unless_classified() {
    for key in [
        "amount",
        "feeTotal",
        "net_amount",
        "TotalBalance",
        "usdCountryTaxFee",
    ] {
        let refusal = only(thing(&[&format!("{{\"{key}\": 30}}")]));
        assert!(refusal.contains("what may be an amount"), "{refusal}");
    }
    let model = thing(&[r#"{"count": 30, "feedback": 1, "planet": 2}"#]).unwrap();
    assert_eq!(*type_of(&model, "Thing", "count"), Type::I64);
    let model = decided(
        r#"{ key = "TotalCount", type = "u64" }"#,
        &[r#"{"TotalCount": 4}"#],
    );
    assert_eq!(*type_of(&model.unwrap(), "Thing", "TotalCount"), Type::U64);
}

#[test]
fn text_with_a_fraction_is_refused_unless_classified() {
    let refusal = only(thing(&[r#"{"value": "10.00"}"#, r#"{"value": "n/a"}"#]));
    assert!(refusal.contains("text that may be an amount"), "{refusal}");
    let fields = r#"{ key = "value", type = "decimal_text" }"#;
    let model = decided(fields, &[r#"{"value": "10.00"}"#, r#"{"value": "10"}"#]).unwrap();
    assert_eq!(*type_of(&model, "Thing", "value"), Type::DecimalText);
    let refusal = only(decided(
        fields,
        &[r#"{"value": "10.00"}"#, r#"{"value": "n/a"}"#],
    ));
    assert!(refusal.contains("which not all values fit"), "{refusal}");
}

#[test]
fn an_amount_in_a_list_is_refused() {
    let refusal = only(decided(
        r#"{ key = "amounts", type = "decimal" }"#,
        &[r#"{"amounts": [1.5]}"#],
    ));
    assert!(
        refusal.contains("amounts cannot stand in a list"),
        "{refusal}"
    );
}

#[test]
fn an_amount_is_exact_on_the_wire() {
    let code = code(
        "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n[[type]]\nname = \"Thing\"\ndoc = \"A.\"\n\
         at = [\"x:\"]\nfield = [{ key = \"a\", type = \"decimal\", required = true }, \
         { key = \"b\", type = \"decimal_text\" }]",
        &[("x", r#"{"a": 1.0, "b": "1.0"}"#)],
    );
    assert!(
        code.contains("#[serde(with = \"decimal\")]\n    pub a: Decimal,"),
        "{code}"
    );
    assert!(
        code.contains(
            "#[serde(with = \"optional_decimal_text\")]\n    \
             #[serde(default, skip_serializing_if = \"Option::is_none\")]\n    \
             pub b: Option<Decimal>,"
        ),
        "{code}"
    );
    assert!(!code.contains("f64"), "{code}");
}
