//! Lists, maps, and what no sample shows.

use super::*;

#[test]
fn an_array_is_a_list_and_an_absent_one_is_empty() {
    let code = code(support::THING, &[("x", r#"{"tags": ["a", "b"]}"#)]);
    assert!(
        code.contains(
            "#[serde(deserialize_with = \"list\")]\n    \
             #[serde(default, skip_serializing_if = \"Vec::is_empty\")]\n    pub tags: Vec<String>,"
        ),
        "{code}"
    );
}

#[test]
fn null_among_the_elements_is_kept() {
    let model = thing(&[r#"{"tags": ["a", null]}"#]).unwrap();
    let nullable = Type::Nullable(Box::new(Type::Text));
    assert_eq!(
        *type_of(&model, "Thing", "tags"),
        Type::List(Box::new(nullable))
    );
}

#[test]
fn what_no_sample_shows_stays_json() {
    let model = thing(&[r#"{"lat": null, "flags": [], "user": {}}"#]).unwrap();
    assert_eq!(*type_of(&model, "Thing", "lat"), Type::Json);
    assert_eq!(*type_of(&model, "Thing", "user"), Type::Json);
    assert_eq!(
        *type_of(&model, "Thing", "flags"),
        Type::List(Box::new(Type::Json))
    );
    assert_eq!(
        field(&model, "Thing", "lat").why_type.rule,
        Rule::NoEvidence
    );
}

#[test]
fn keys_that_are_data_make_a_map() {
    let body = r#"{"by_day": {"2026-01-31": {"count": 1}, "2026-02-01": {"count": 2}}}"#;
    let model = thing(&[body]).unwrap();
    let value = Box::new(named("ThingByDay"));
    assert_eq!(*type_of(&model, "Thing", "by_day"), Type::Map(value));
    assert_eq!(object(&model, "ThingByDay").objects, 2);
}

#[test]
fn a_map_by_decision_has_one_type_for_all_keys() {
    let model = decided(
        r#"{ key = "names", type = "map" }"#,
        &[r#"{"names": {"en": "a", "ar": "b"}}"#],
    )
    .unwrap();
    assert_eq!(
        *type_of(&model, "Thing", "names"),
        Type::Map(Box::new(Type::Text))
    );
}

#[test]
fn names_and_data_as_keys_of_one_object_are_refused() {
    let refusal = only(thing(&[
        r#"{"by": {"total_count": true, "2026-01-31": true}}"#,
    ]));
    assert!(
        refusal.contains("some keys of `ThingBy` look like data"),
        "{refusal}"
    );
    assert!(!refusal.contains("2026"), "{refusal}");
}
