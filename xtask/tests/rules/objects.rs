//! Objects are named by people or by their place, never by their shape.

use super::*;

#[test]
fn an_empty_user_is_no_device() {
    let model = decided(
        r#"{ key = "user" }, { key = "device" }"#,
        &[
            r#"{"user": {}, "device": {}}"#,
            r#"{"user": null, "device": {"id": "1", "status": "new"}}"#,
        ],
    )
    .unwrap();
    assert_eq!(*type_of(&model, "Thing", "user"), Type::Json);
    assert_eq!(*type_of(&model, "Thing", "device"), named("ThingDevice"));
    assert_eq!(object(&model, "ThingDevice").objects, 1);
}

#[test]
fn an_empty_object_costs_no_field_its_place() {
    let decided = "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n[[type]]\nname = \"Device\"\n\
        doc = \"A device.\"\nat = [\"x:device\"]\nfield = [{ key = \"id\", required = true }]";
    let model = model(
        decided,
        &[
            ("x", r#"{"device": {}}"#),
            ("x", r#"{"device": {"id": "1"}}"#),
        ],
    )
    .unwrap();
    assert!(field(&model, "Device", "id").required);
    assert!(!field(&model, "Thing", "device").required);
}

#[test]
fn objects_of_one_shape_are_two_types_unless_somebody_says_otherwise() {
    let body = r#"{"status": {"arabic": "a", "english": "b"}, "currency": {"english": "c", "arabic": "d"}}"#;
    let model = thing(&[body]).unwrap();
    assert_eq!(*type_of(&model, "Thing", "status"), named("ThingStatus"));
    assert_eq!(
        *type_of(&model, "Thing", "currency"),
        named("ThingCurrency")
    );

    let model = support::model(
        "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n[[type]]\nname = \"LocalizedText\"\n\
         doc = \"Text in two languages.\"\nat = [\"x:*\"]\n",
        &[("x", body)],
    )
    .unwrap();
    assert_eq!(*type_of(&model, "Thing", "status"), named("LocalizedText"));
    assert_eq!(
        *type_of(&model, "Thing", "currency"),
        named("LocalizedText")
    );
    assert_eq!(object(&model, "LocalizedText").objects, 2);
}

#[test]
fn one_field_has_one_type() {
    let refusals = model(
        "[[operation]]\nname = \"a\"\ntype = \"Thing\"\n[[operation]]\nname = \"b\"\ntype = \"Thing\"\n\
         [[type]]\nname = \"User\"\ndoc = \"A user.\"\nat = [\"a:user\"]\n",
        &[("a", r#"{"user": {"id": 1}}"#), ("b", r#"{"user": {"id": 2}}"#)],
    )
    .unwrap_err();
    assert!(
        refusals[0].contains("one field, but not one type: none, User"),
        "{refusals:?}"
    );
}

#[test]
fn a_place_has_one_type() {
    let refusals = model(
        "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n\
         [[type]]\nname = \"A\"\ndoc = \"A.\"\nat = [\"x:a\"]\n\
         [[type]]\nname = \"B\"\ndoc = \"B.\"\nat = [\"*:**.a\"]\n",
        &[("x", r#"{"a": {"b": 1}}"#)],
    )
    .unwrap_err();
    assert_eq!(refusals[0], "x:a: it is of two types, `A` and `B`");
}

#[test]
fn a_struct_that_holds_itself_is_refused() {
    let refusals = model(
        "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n\
         [[type]]\nname = \"Node\"\ndoc = \"A.\"\nat = [\"x:node\", \"x:node.next\"]\n",
        &[("x", r#"{"node": {"next": {"id": 1}}}"#)],
    )
    .unwrap_err();
    assert!(
        refusals[0].starts_with("`Node` holds itself"),
        "{refusals:?}"
    );
}
