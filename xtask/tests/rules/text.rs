//! Text stays text, whatever it looks like.

use super::*;

#[test]
fn digits_and_hexadecimal_stay_text() {
    let model = thing(&[
        r#"{"pan_suffix": "1234", "tid": "0200010400000104", "tsi": "80", "cid": "8F0A"}"#,
    ])
    .unwrap();
    for key in ["pan_suffix", "tid", "tsi", "cid"] {
        assert_eq!(*type_of(&model, "Thing", key), Type::Text, "{key}");
        assert_eq!(field(&model, "Thing", key).why_type.rule, Rule::Text);
    }
}

#[test]
fn an_approval_code_is_no_decimal() {
    let receipt = r#"{
        "approval_code": {"label": "Code", "value": "000000"},
        "amount_authorized": {"label": "Amount", "value": "10.00"}
    }"#;
    let model = model(
        "[[operation]]\nname = \"x\"\ntype = \"Receipt\"\n[[type]]\nname = \"LabelledAmount\"\n\
         doc = \"An amount.\"\nat = [\"x:amount_authorized\"]\n\
         field = [{ key = \"value\", type = \"decimal_text\" }]",
        &[("x", receipt)],
    )
    .unwrap();
    assert_eq!(
        *type_of(&model, "LabelledAmount", "value"),
        Type::DecimalText
    );
    assert_eq!(*type_of(&model, "ReceiptApprovalCode", "value"), Type::Text);
}

#[test]
fn a_uuid_stays_text() {
    let model = thing(&[r#"{"id": "7e87b216-715c-4357-bb86-a3c40ce0342e"}"#]).unwrap();
    assert_eq!(*type_of(&model, "Thing", "id"), Type::Text);
}

#[test]
fn an_empty_text_stays_one() {
    let model = thing(&[r#"{"reference_id": ""}"#, r#"{"reference_id": "01112"}"#]).unwrap();
    assert_eq!(*type_of(&model, "Thing", "reference_id"), Type::Text);
}

#[test]
fn personal_data_and_secrets_are_silent() {
    let fields = r#"{ key = "mail", privacy = "email" }, { key = "pan", privacy = "pan" },
        { key = "key", privacy = "key" }, { key = "shop", privacy = "merchant" },
        { key = "id", privacy = "id" }"#;
    let model = decided(
        fields,
        &[r#"{"mail": "user1@example.com", "pan": "400000******0001", "key": "k", "shop": "s", "id": "1"}"#],
    )
    .unwrap();
    let types = ["mail", "pan", "key", "shop", "id"].map(|key| type_of(&model, "Thing", key));
    let expected = [
        Type::Personal,
        Type::MaskedPan,
        Type::Personal,
        Type::Text,
        Type::Text,
    ];
    assert_eq!(types, expected.each_ref());
}

#[test]
fn what_looks_personal_or_secret_is_not_shown_until_somebody_says_that_it_may() {
    let body = r#"{"contact": "user1@example.com", "mobileNumber": "+999000000001",
        "password": "x", "documentType": "PASSPORT", "note": "n", "emails": ["user1@example.com"]}"#;
    let inferred = thing(&[body]).unwrap();
    for key in ["contact", "mobileNumber", "password"] {
        assert_eq!(*type_of(&inferred, "Thing", key), Type::Personal, "{key}");
    }
    let several = Type::List(Box::new(Type::Personal));
    assert_eq!(*type_of(&inferred, "Thing", "emails"), several);
    for key in ["documentType", "note"] {
        assert_eq!(*type_of(&inferred, "Thing", key), Type::Text, "{key}");
    }
    let told = decided(r#"{ key = "contact", type = "text" }"#, &[body]).unwrap();
    assert_eq!(*type_of(&told, "Thing", "contact"), Type::Text);
}
