//! Which fields are required, and what proves it.

use std::collections::BTreeMap;

use super::*;
use xtask::{fixture::Origin, json, lock::Evidence, lower};

fn proven(objects: usize, origins: &[Origin]) -> bool {
    is_required("", objects, origins)
}

/// Whether so many objects of samples of these origins make their one field
/// required, where this is decided of it.
fn is_required(decision: &str, objects: usize, origins: &[Origin]) -> bool {
    let mut evidence = Evidence::default();
    for (index, origin) in origins.iter().enumerate() {
        let rows = vec![format!("{{\"id\": {index}}}"); objects / origins.len()];
        let body = format!("[{}]", rows.join(","));
        evidence.add("x".to_owned(), *origin, json::read(&body).unwrap());
    }
    let overrides = support::overrides(&format!(
        "[[operation]]\nname = \"x\"\ntype = \"Vec<Thing>\"\n\
         [[type]]\nname = \"Thing\"\ndoc = \"A thing.\"\nat = [\"x:[]\"]\n\
         field = [{{ key = \"id\"{decision} }}]\n"
    ));
    let model = lower::lower(&overrides, &evidence.lock(BTreeMap::new())).unwrap();
    field(&model, "Thing", "id").required
}

#[test]
fn a_field_is_optional_unless_somebody_or_enough_samples_say_otherwise() {
    let model = thing(&[r#"{"id": 1}"#]).unwrap();
    assert!(!field(&model, "Thing", "id").required);
    assert_eq!(
        field(&model, "Thing", "id").why_presence.rule,
        Rule::Optional
    );

    let model = decided(r#"{ key = "id", required = true }"#, &[r#"{"id": 1}"#]).unwrap();
    assert!(field(&model, "Thing", "id").required);
}

#[test]
fn twenty_objects_of_two_samples_that_nobody_built_prove_it() {
    assert!(proven(20, &[Origin::Documented, Origin::Recorded]));
    assert!(!proven(18, &[Origin::Documented, Origin::Recorded]));
    assert!(!proven(20, &[Origin::Recorded]));
    assert!(!proven(20, &[Origin::Recorded, Origin::Synthetic]));
}

#[test]
fn what_is_required_must_always_be_there() {
    for body in [r#"{"b": 1}"#, r#"{"a": null, "b": 1}"#] {
        let refusal = only(decided(
            r#"{ key = "a", required = true }"#,
            &[r#"{"a": true, "b": 1}"#, body],
        ));
        assert!(
            refusal.starts_with("x:a: required, but not always there"),
            "{refusal}"
        );
    }
}

#[test]
fn what_can_be_done_without_is_optional_however_often_it_was_seen() {
    let seen = [Origin::Documented, Origin::Recorded];
    assert!(!is_required(", required = false", 20, &seen));
    assert!(is_required("", 20, &seen));
}
