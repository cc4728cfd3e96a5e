//! The same samples make the same bytes, however they come; and what has a name
//! keeps it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use xtask::{
    fixture::Origin,
    json,
    lock::{Evidence, Lock},
    lower,
    shape::{Format, Shape},
};

/// Bodies with the few keys that make models interesting, each of one kind.
fn body() -> impl Strategy<Value = String> {
    object(2).prop_map(|members| format!("{{{}}}", members.join(", ")))
}

fn object(depth: u32) -> BoxedStrategy<Vec<String>> {
    let nothing = prop_oneof![Just("null".to_owned()), Just("{}".to_owned())];
    let mut members: Vec<BoxedStrategy<Option<String>>> = vec![
        member("id", "[1-9][0-9]{0,12}"),
        member("is_open", "true|false|null"),
        member("name", "\"[a-z]{0,5}\""),
        member("type", "\"[A-Z]{1,3}\"|null"),
        member("created_at", "\"2026-0[1-9]-1[0-9]T12:00:00(\\.123)?Z\""),
        member("tags", "\\[(\"[a-z]\")?\\]"),
    ];
    if depth > 0 {
        let inner = || object(depth - 1).prop_map(|members| format!("{{{}}}", members.join(",")));
        let child = prop_oneof![3 => inner().boxed(), 1 => nothing.boxed()];
        let rows = proptest::collection::vec(inner(), 0..3);
        members.push(keyed("child", child));
        members.push(keyed(
            "rows",
            rows.prop_map(|rows| format!("[{}]", rows.join(","))),
        ));
    }
    let count = members.len();
    let order = Just((0..count).collect::<Vec<_>>()).prop_shuffle();
    (members, order)
        .prop_map(|(members, order)| {
            let member = |index: usize| members[index].clone();
            order.into_iter().filter_map(member).collect()
        })
        .boxed()
}

fn member(key: &'static str, value: &'static str) -> BoxedStrategy<Option<String>> {
    keyed(key, proptest::string::string_regex(value).unwrap())
}

fn keyed(
    key: &'static str,
    value: impl Strategy<Value = String> + 'static,
) -> BoxedStrategy<Option<String>> {
    let member = value.prop_map(move |value| format!("\"{key}\": {value}"));
    proptest::option::weighted(0.8, member).boxed()
}

fn bodies() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(body(), 1..6)
}

fn lock(bodies: &[String]) -> Lock {
    let mut evidence = Evidence::default();
    for body in bodies {
        evidence.add(
            "x".to_owned(),
            Origin::Documented,
            json::read(body).unwrap(),
        );
    }
    evidence.lock(BTreeMap::new())
}

fn generated(bodies: &[String]) -> Option<(String, String)> {
    let overrides = support::overrides(support::THING);
    let lock = lock(bodies);
    let model = lower::lower(&overrides, &lock).ok()?;
    let code = xtask::emit::models("acme", &overrides.provider, &model).unwrap();
    Some((lock.text(), code))
}

/// The names of types and, with their types, of fields: `Thing.id`.
fn names(bodies: &[String]) -> Option<BTreeSet<String>> {
    let overrides = support::overrides(support::THING);
    let model = lower::lower(&overrides, &lock(bodies)).ok()?;
    let of_struct = |object: xtask::model::Struct| {
        let fields = object.fields.into_iter();
        let name = object.name.clone();
        fields
            .map(move |field| format!("{name}.{} {}", field.name, field.key))
            .chain([object.name])
    };
    Some(model.structs.into_iter().flat_map(of_struct).collect())
}

/// The same body with all keys in reverse order and other blanks and line ends.
fn restyled(body: &str) -> String {
    fn turned(node: json::Node<'_>) -> json::Node<'_> {
        let value = match node.value {
            json::Value::Object(members) => {
                let turned = members.into_iter().rev().map(|member| json::Member {
                    node: turned(member.node),
                    ..member
                });
                json::Value::Object(turned.collect())
            }
            json::Value::Array(items) => {
                json::Value::Array(items.into_iter().map(turned).collect())
            }
            other => other,
        };
        value.into()
    }
    json::write(&turned(json::read(body).unwrap())).replace('\n', "\r\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_samples_changes_nothing(bodies in bodies()) {
        let reversed: Vec<String> = bodies.iter().rev().cloned().collect();
        prop_assert_eq!(generated(&bodies), generated(&reversed));
    }

    #[test]
    fn a_sample_that_comes_again_changes_nothing(bodies in bodies()) {
        let twice = [bodies.clone(), bodies.iter().map(|body| restyled(body)).collect()].concat();
        prop_assert_eq!(generated(&bodies), generated(&twice));
    }

    #[test]
    fn keys_in_another_order_and_other_line_ends_change_nothing(bodies in bodies()) {
        let restyled: Vec<String> = bodies.iter().map(|body| restyled(body)).collect();
        prop_assert_eq!(generated(&bodies), generated(&restyled));
    }

    #[test]
    fn a_further_sample_renames_nothing(bodies in bodies(), further in body()) {
        let more: Vec<String> = bodies.iter().cloned().chain([further]).collect();
        if let (Some(before), Some(after)) = (names(&bodies), names(&more)) {
            prop_assert!(before.is_subset(&after), "{before:?} {after:?}");
        }
    }

    #[test]
    fn merging_is_the_same_as_observing(bodies in bodies(), further in bodies()) {
        let shape = |bodies: &[String]| {
            let mut shape = Shape::default();
            for body in bodies {
                shape.observe(&json::read(body).unwrap());
            }
            shape
        };
        let mut left = shape(&bodies);
        left.merge(&shape(&further));
        let mut right = shape(&further);
        right.merge(&shape(&bodies));
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(&left, &shape(&[bodies, further].concat()));
    }

    #[test]
    fn a_lock_reads_back_as_it_is(bodies in bodies()) {
        let lock = lock(&bodies);
        let read: Lock = serde_json::from_str(&lock.text()).unwrap();
        prop_assert_eq!(read, lock);
    }

    #[test]
    fn the_code_is_rust(bodies in bodies()) {
        if let Some((_, code)) = generated(&bodies) {
            syn::parse_file(&code).unwrap();
        }
    }
}

#[test]
fn formats_have_names_that_read_back() {
    for (text, name) in [
        ("7e87b216-715c-4357-bb86-a3c40ce0342e", "uuid"),
        ("2022-10-19T15:45:20.041Z", "instant.3"),
        ("2022-10-19T15:45:20+03:00", "instant.0"),
        ("2024-06-17T17:21:08.415729", "local_datetime.6"),
        ("2024-05-05", "date"),
        ("000046", "digits"),
        ("-10.00", "decimal"),
        ("8F0A", "hex"),
        ("ON_HOLD", "token"),
        ("user1@example.com", "email"),
        ("https://example.com", "url"),
        ("17/10/2022", "other"),
    ] {
        let format = Format::of(text);
        assert_eq!(format.to_string(), name);
        assert_eq!(name.parse::<Format>(), Ok(format));
    }
}

#[test]
fn a_lock_has_no_value_and_no_key_that_is_one() {
    let body = r#"{"name": "Zaphod", "mobile": "+966500000000", "by_user": {
        "3a6e9685-8325-4844-8584-61fd022f52ad": 31337, "12345678901": 1,
        "zaphod@example.com": 2, "acct-99887766": 3}}"#;
    let text = lock(&[body.to_owned()]).text();
    for value in [
        "Zaphod",
        "966500",
        "31337",
        "3a6e",
        "12345678901",
        "zaphod",
        "99887766",
    ] {
        assert!(!text.contains(value), "{value}\n{text}");
    }
    assert!(text.contains("\"*\""), "{text}");
}
