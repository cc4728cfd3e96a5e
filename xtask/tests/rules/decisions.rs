//! Decisions that match nothing, or that the samples contradict.

use super::*;

#[test]
fn a_decision_that_matches_nothing_is_refused_and_all_are_told_at_once() {
    let refusals = model(
        "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n[[operation]]\nname = \"gone\"\ntype = \"Gone\"\n\
         [[type]]\nname = \"Thing\"\ndoc = \"A.\"\nat = [\"x:\", \"x:nowhere\"]\n\
         field = [{ key = \"missing\" }, { key = \"fee\" }]\n\
         [[enum]]\nname = \"Unused\"\ndoc = \"E.\"\nvalue = []\n\
         [[invariant]]\nname = \"law\"\ndoc = \"L.\"\neach = \"x:rows[]\"\nlaw = \"a = b\"\n",
        &[("x", r#"{"fee": 1.5}"#), ("untold", r#"{"a": 1}"#)],
    )
    .unwrap_err();
    let all = refusals.join("\n");
    for part in [
        "[[operation]] \"gone\": there are no fixtures of it",
        "[[type]] \"Thing\", at = \"x:nowhere\": no sample has such a place",
        "[[type]] \"Thing\", key = \"missing\": no sample has it",
        "x:fee: what may be an amount must be classified",
        "[[enum]] \"Unused\": no field is of it",
        "[[invariant]] \"law\": no sample has a place that is x:rows[]",
        "untold: there are fixtures, but no model. Write, with the name of a struct:\n    [[operation]]\n    name = \"untold\"",
    ] {
        assert!(all.contains(part), "{part}\n{all}");
    }
    assert_eq!(refusals.len(), 7, "{all}");
}

#[test]
fn a_decision_that_the_samples_contradict_is_refused() {
    for (kind, value) in [
        ("text", "1"),
        ("decimal", "\"1.5\""),
        ("decimal_text", "1.5"),
        ("bool", "\"true\""),
        ("instant", "\"2024-05-05T00:00:00\""),
        ("local_datetime", "\"2024-05-05T00:00:00Z\""),
        ("date", "\"05/05/2024\""),
        ("i64", "9223372036854775808"),
    ] {
        let refusal = only(decided(
            &format!("{{ key = \"a\", type = \"{kind}\" }}"),
            &[&format!("{{\"a\": {value}}}")],
        ));
        assert!(
            refusal.contains("which not all values fit"),
            "{kind}: {refusal}"
        );
    }
}

#[test]
fn a_refusal_shows_no_value() {
    let refusal = only(thing(&[r#"{"secret_fee": "31337.42"}"#]));
    assert!(!refusal.contains("31337"), "{refusal}");
    assert!(
        refusal.contains("seen: 1 text (1 decimal, longest 8)"),
        "{refusal}"
    );
}

#[test]
fn a_refusal_says_all_that_is_to_be_written() {
    let samples = [("x", r#"{"rows": [{"fee": 1.5, "tip": "1.50"}]}"#)];
    let refusal = only(model(support::THING, &samples));
    let (told, write) = refusal.split_once(" Write:\n").unwrap();
    assert_eq!(
        told,
        "x:rows[].fee: what may be an amount must be classified; \
         seen: 1 number with a fraction (up to 2 digits, 1 after the point)\n\
         x:rows[].tip: text that may be an amount must be classified \
         (\"text\" where it is none); seen: 1 text (1 decimal, longest 4)."
    );
    let model = model(&format!("{}{write}\n", support::THING), &samples).unwrap();
    assert_eq!(*type_of(&model, "ThingRows", "fee"), Type::Decimal);
    assert_eq!(*type_of(&model, "ThingRows", "tip"), Type::DecimalText);
}

#[test]
fn a_pattern_that_takes_too_much_is_told_where() {
    let refusal = only(model(
        "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n\
         [[type]]\nname = \"Code\"\ndoc = \"A code.\"\nat = [\"*:**.code\"]\n",
        &[(
            "x",
            r#"{"a": {"code": {"value": "1"}}, "b": {"code": "1"}}"#,
        )],
    ));
    assert_eq!(
        refusal,
        "`Code` is a struct, and there is none at x:b.code (seen: 1 text (1 digits, longest 1)). \
         Write in [[type]] \"Code\" an `at` without it: places instead of a pattern"
    );
}

#[test]
fn another_key_of_a_field_is_the_same_field() {
    let model = decided(
        r#"{ key = "deviceType", alias = ["type"] }"#,
        &[r#"{"deviceType": "phone"}"#, r#"{"type": "phone"}"#],
    )
    .unwrap();
    assert_eq!(object(&model, "Thing").fields.len(), 1);
    assert_eq!(field(&model, "Thing", "deviceType").shape.text.count, 2);
}

#[test]
fn requests_can_be_made_from_nothing() {
    let code = code(
        "[[operation]]\nname = \"make.request\"\ntype = \"Make\"\n[[operation]]\nname = \"make\"\ntype = \"Made\"\n",
        &[("make.request", r#"{"a": 1}"#), ("make", r#"{"a": 1}"#)],
    );
    let derive = |name: &str| {
        let before = code.split(&format!("pub struct {name} ")).next().unwrap();
        before
            .rsplit("#[derive(")
            .next()
            .unwrap()
            .contains("Default")
    };
    assert!(derive("Make"));
    assert!(!derive("Made"));
}

#[test]
fn a_field_tells_what_was_seen() {
    let code = code(
        support::THING,
        &[
            ("x", r#"{"a": "", "b": 1}"#),
            ("x", r#"{"a": null, "b": 2}"#),
        ],
    );
    assert!(
        code.contains("/// Seen in 2 of 2 objects, null in 1, empty in 1.\n"),
        "{code}"
    );
    assert!(
        code.contains("/// Seen in 2 of 2 objects, never null.\n"),
        "{code}"
    );
}
