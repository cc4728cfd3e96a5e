//! Words become open enums where somebody lists them.

use super::*;

const STATUS: &str = "[[enum]]\nname = \"Status\"\ndoc = \"A status.\"\n\
    value = [{ wire = \"ON_HOLD\", doc = \"Held.\" }]\n";

#[test]
fn a_merchants_name_never_becomes_an_enum() {
    let bodies: Vec<String> = (0..60)
        .map(|id| format!(r#"{{"id": {id}, "merchantName": "ACME_SAC", "status": "PENDING"}}"#))
        .collect();
    let model = thing(&bodies.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    assert_eq!(*type_of(&model, "Thing", "merchantName"), Type::Text);
    assert_eq!(*type_of(&model, "Thing", "status"), Type::Text);
    assert!(model.enums.is_empty());
}

#[test]
fn words_become_an_open_enum_where_somebody_lists_them() {
    let decided = format!(
        "{}{STATUS}[[type]]\nname = \"Thing\"\ndoc = \"A thing.\"\nat = [\"x:\"]\n\
         field = [{{ key = \"status\", type = \"enum Status\" }}]\n",
        support::THING
    );
    let code = code(&decided, &[("x", r#"{"status": "EXPIRED"}"#)]);
    assert!(code.contains("    OnHold,\n"), "{code}");
    assert!(code.contains("    Unknown(String),\n"), "{code}");
    assert!(code.contains("Self::OnHold => \"ON_HOLD\","), "{code}");
    let refusals = model(&decided, &[("x", r#"{"status": 3}"#)]).unwrap_err();
    assert!(
        refusals[0].contains("which not all values fit"),
        "{refusals:?}"
    );
}

#[test]
fn what_is_private_is_no_enum() {
    let refusals = model(
        &format!(
            "{}{STATUS}[[type]]\nname = \"Thing\"\ndoc = \"A thing.\"\nat = [\"x:\"]\n\
             field = [{{ key = \"merchantName\", type = \"enum Status\", privacy = \"merchant\" }}]\n",
            support::THING
        ),
        &[("x", r#"{"merchantName": "ACME_SAC"}"#)],
    )
    .unwrap_err();
    assert!(
        refusals[0].contains("what is private is no word"),
        "{refusals:?}"
    );
}

#[test]
fn numbers_become_an_open_enum_too() {
    let decided = format!(
        "{}[[enum]]\nname = \"State\"\ndoc = \"A state.\"\nwire = \"integer\"\n\
         value = [{{ wire = 0, name = \"Pending\", doc = \"Created.\" }}, {{ wire = -1, name = \"Lost\", doc = \"Lost.\" }}]\n\
         [[type]]\nname = \"Thing\"\ndoc = \"A thing.\"\nat = [\"x:\"]\n\
         field = [{{ key = \"state\", type = \"enum State\" }}]\n",
        support::THING
    );
    let code = code(&decided, &[("x", r#"{"state": 7}"#)]);
    assert!(code.contains("/// 0: created.\n    Pending,"), "{code}");
    assert!(code.contains("-1 => Self::Lost,"), "{code}");
    assert!(code.contains("Unknown(i64)"), "{code}");
}

#[test]
fn an_enum_stands_behind_the_first_struct_that_has_it() {
    let decided = format!(
        "{}{STATUS}[[type]]\nname = \"Thing\"\ndoc = \"A thing.\"\nat = [\"x:\"]\n\
         field = [{{ key = \"statuses\", type = \"enum Status\" }}]\n\
         [[type]]\nname = \"Other\"\ndoc = \"Another.\"\nat = [\"x:other\"]\n\
         field = [{{ key = \"status\", type = \"enum Status\" }}]\n",
        support::THING
    );
    let body = r#"{"statuses": ["EXPIRED"], "other": {"status": "EXPIRED"}}"#;
    let code = code(&decided, &[("x", body)]);
    let at = |text: &str| code.find(text).unwrap();
    assert!(at("pub struct Thing") < at("pub enum Status"), "{code}");
    assert!(at("impl From<Status>") < at("pub struct Other"), "{code}");
    assert_eq!(code.matches("pub enum Status").count(), 1, "{code}");
}
