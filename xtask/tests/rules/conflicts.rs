//! Several kinds at one place have no type.

use super::*;

const PAGES: [&str; 3] = [
    r#"{"pages": 1}"#,
    r#"{"pages": {"total": 1, "current": 1}}"#,
    r#"{"rows": true}"#,
];

#[test]
fn several_kinds_at_one_place_are_refused_unless_written_by_hand() {
    let refusal = only(thing(&PAGES));
    assert!(
        refusal.starts_with("x:pages: values of several kinds; seen: 1 object, 1 whole number"),
        "{refusal}"
    );
    let model = decided(r#"{ key = "pages", type = "own Pages" }"#, &PAGES).unwrap();
    assert_eq!(
        *type_of(&model, "Thing", "pages"),
        Type::Own("Pages".to_owned())
    );
    let model = decided(r#"{ key = "pages", type = "json" }"#, &PAGES).unwrap();
    assert_eq!(*type_of(&model, "Thing", "pages"), Type::Json);
}

#[test]
fn a_flag_may_be_an_object_in_one_type_and_bare_in_another() {
    let model = thing(&[r#"{"is_balanced": {"label": "yes", "value": true},
        "schemes": [{"is_balanced": true}]}"#])
    .unwrap();
    assert_eq!(
        *type_of(&model, "Thing", "is_balanced"),
        named("ThingIsBalanced")
    );
    assert_eq!(*type_of(&model, "ThingSchemes", "is_balanced"), Type::Bool);
}

#[test]
fn an_empty_object_is_no_value_of_a_plain_type() {
    let refusal = only(thing(&[r#"{"a": {}}"#, r#"{"a": "text"}"#]));
    assert!(
        refusal.contains("`{}` is no value of a plain type"),
        "{refusal}"
    );
}
