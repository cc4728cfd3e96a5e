//! Names that keys and types have in Rust.

use super::*;

#[test]
fn keys_that_are_no_names_are_made_ones() {
    let code = code(
        support::THING,
        &[(
            "x",
            r#"{"gen": 1, "type": 1, "Option": 1, "String": 1, "Vec": 1, "1st": 1,
                "self": 1, "async": 1, "Box": {"Result": {"Some": 1}}}"#,
        )],
    );
    for line in [
        "    pub r#gen: Option<i64>,",
        "    pub r#type: Option<i64>,",
        "    pub option: Option<i64>,",
        "    pub string: Option<i64>,",
        "    pub vec: Option<i64>,",
        "    #[serde(rename = \"1st\")]",
        "    pub field_1st: Option<i64>,",
        "    pub self_: Option<i64>,",
        "    pub r#async: Option<i64>,",
        "pub struct ThingBox {",
        "pub struct ThingBoxResult {",
    ] {
        assert!(code.contains(line), "{line}\n{code}");
    }
}

#[test]
fn keys_that_would_be_one_name_are_refused_until_one_gets_another() {
    let bodies = [r#"{"user_id": 1, "userId": 2}"#];
    let refusal = only(thing(&bodies));
    assert!(
        refusal.contains(r#"["userId", "user_id"] would all be the field `user_id`"#),
        "{refusal}"
    );
    let model = decided(r#"{ key = "userId", name = "user" }"#, &bodies).unwrap();
    assert_eq!(field(&model, "Thing", "userId").name, "user");
}

#[test]
fn a_key_that_no_name_can_be_made_of_needs_one() {
    for key in ["", "نص"] {
        let body = format!("{{\"{key}\": 1}}");
        let refusal = only(thing(&[&body]));
        assert!(refusal.contains("no name in Rust"), "{refusal}");
        let write = format!("{{ key = \"{key}\", name = \"…\" }}");
        assert!(refusal.contains(&write), "{refusal}");
        let named = format!("{{ key = \"{key}\", name = \"text\" }}");
        assert!(decided(&named, &[&body]).is_ok());
    }
}

#[test]
fn a_type_may_not_have_a_name_that_the_code_needs() {
    for name in ["Option", "String", "Decimal", "deposit"] {
        let operation = format!(
            "[[operation]]\nname = \"x\"\ntype = \"{name}\"\n\
            [[type]]\nname = \"{name}\"\ndoc = \"A.\"\nat = [\"x:\"]\n"
        );
        let refused = model(&operation, &[("x", r#"{"a": 1}"#)]).unwrap_err();
        assert!(
            refused[0].contains("cannot be the name of a type"),
            "{refused:?}"
        );
    }
}

#[test]
fn two_types_may_not_have_one_name() {
    let refused = model(
        "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n[[operation]]\nname = \"y\"\ntype = \"ThingUser\"\n",
        &[("x", r#"{"user": {"id": 1}}"#), ("y", r#"{"id": 1}"#)],
    )
    .unwrap_err();
    assert!(
        refused[0].starts_with("`ThingUser` would be two types, of x:user and of y:"),
        "{refused:?}"
    );
}

#[test]
fn a_struct_is_spelt_by_its_keys() {
    for (keys, attribute) in [
        (
            ["idUser", "userName"],
            "#[serde(rename_all = \"camelCase\")]",
        ),
        (
            ["IdUser", "UserName"],
            "#[serde(rename_all = \"PascalCase\")]",
        ),
        (
            ["ID_USER", "USER_NAME"],
            "#[serde(rename_all = \"SCREAMING_SNAKE_CASE\")]",
        ),
        (
            ["id-user", "user-name"],
            "#[serde(rename_all = \"kebab-case\")]",
        ),
    ] {
        let code = code(
            support::THING,
            &[("x", &format!("{{\"{}\": 1, \"{}\": 1}}", keys[0], keys[1]))],
        );
        assert!(code.contains(attribute), "{code}");
        assert!(!code.contains("rename ="), "{code}");
        assert!(code.contains("pub id_user: Option<i64>"), "{code}");
    }
    let code = code(
        support::THING,
        &[("x", r#"{"id_user": 1, "user_name": 1, "publicKey": 1}"#)],
    );
    assert!(code.contains("#[serde(rename = \"publicKey\")]"), "{code}");
    assert!(!code.contains("rename_all"), "{code}");
}
