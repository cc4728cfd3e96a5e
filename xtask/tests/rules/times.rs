//! Times are typed where all texts are of one format.

use super::*;

#[test]
fn times_are_typed_where_all_texts_are_of_one_format() {
    for (text, expected) in [
        ("2024-06-01T13:37:17Z", Type::Instant),
        ("2024-06-01T16:37:17.25+03:00", Type::Instant),
        ("2022-10-19T15:45:20.041Z", Type::InstantMillis),
        ("2024-06-17T17:21:08.415729", Type::LocalDatetime),
        ("2024-05-05T00:00:00", Type::LocalDatetime),
        ("2024-05-05", Type::Date),
        ("17/10/2022", Type::Text),
        ("17:23:13", Type::Text),
        ("23/12", Type::Text),
        ("2024-13-45T99:00:00Z", Type::Text),
        ("2024-06-01 13:37:17Z", Type::Text),
    ] {
        let model = thing(&[&format!("{{\"at\": \"{text}\"}}")]).unwrap();
        assert_eq!(*type_of(&model, "Thing", "at"), expected, "{text}");
    }
}

#[test]
fn instants_of_different_fractions_are_instants() {
    let model = thing(&[
        r#"{"at": "2022-10-19T15:45:20.041Z"}"#,
        r#"{"at": "2022-10-19T15:45:20Z"}"#,
    ]);
    assert_eq!(*type_of(&model.unwrap(), "Thing", "at"), Type::Instant);
}

#[test]
fn an_empty_text_among_times_is_refused() {
    let refusal = only(thing(&[r#"{"at": "2024-05-05"}"#, r#"{"at": ""}"#]));
    assert!(refusal.contains("times, and empty texts"), "{refusal}");
}
