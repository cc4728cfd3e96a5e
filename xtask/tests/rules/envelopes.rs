//! Envelopes have their content as a type parameter.

use super::*;

const PAGE: &str = "[[type]]\nname = \"Page\"\ndoc = \"A page.\"\nat = [\"*:\"]\n\
    generic = \"data[]\"\nfield = [{ key = \"data\", required = true }]\n";

#[test]
fn an_empty_page_is_no_balance_report() {
    let decided = format!(
        "[[operation]]\nname = \"deposits\"\ntype = \"Page<Deposit>\"\n\
         [[operation]]\nname = \"balance\"\ntype = \"Page<BalanceDay>\"\n{PAGE}"
    );
    let model = model(
        &decided,
        &[
            ("deposits", r#"{"data": [], "rows": 0}"#),
            ("deposits", r#"{"data": [{"id": 1}], "rows": 1}"#),
            ("balance", r#"{"data": [], "rows": 0}"#),
            ("balance", r#"{"data": [{"day": "2026-01-31"}], "rows": 1}"#),
        ],
    )
    .unwrap();
    let items = Type::List(Box::new(Type::Parameter));
    assert_eq!(*type_of(&model, "Page", "data"), items);
    let keys = |name: &str| -> Vec<String> {
        object(&model, name)
            .fields
            .iter()
            .map(|field| field.key.clone())
            .collect()
    };
    assert_eq!(keys("Deposit"), ["id"]);
    assert_eq!(keys("BalanceDay"), ["day"]);
    let root = &model.roots[0];
    let day = Some(Box::new(named("BalanceDay")));
    assert_eq!(root.model, Type::Struct("Page".to_owned(), day));
}

#[test]
fn a_type_that_no_sample_shows_is_refused() {
    let refusals = model(
        &format!("[[operation]]\nname = \"deposits\"\ntype = \"Page<Deposit>\"\n{PAGE}"),
        &[("deposits", r#"{"data": []}"#)],
    )
    .unwrap_err();
    assert_eq!(
        refusals,
        ["deposits:data[]: `Deposit` is named, but no sample shows one"]
    );
}

#[test]
fn envelopes_may_hold_envelopes() {
    let decided = "[[operation]]\nname = \"list\"\ntype = \"Envelope<Listing<Row>>\"\n\
        [[type]]\nname = \"Envelope\"\ndoc = \"E.\"\nat = [\"list:\"]\ngeneric = \"Body\"\n\
        [[type]]\nname = \"Listing\"\ndoc = \"L.\"\nat = [\"list:Body\"]\ngeneric = \"Data[]\"\n";
    let code = code(
        decided,
        &[(
            "list",
            r#"{"Result": true, "Body": {"Page": 1, "Data": [{"Id": 1}]}}"#,
        )],
    );
    assert!(code.contains("pub struct Envelope<T> {"), "{code}");
    assert!(
        code.contains("#[serde(bound(deserialize = \"T: Deserialize<'de>\"))]"),
        "{code}"
    );
    assert!(code.contains("pub body: Option<T>,"), "{code}");
    assert!(code.contains("pub data: Vec<T>,"), "{code}");
    assert!(code.contains("pub struct Row {"), "{code}");
}

#[test]
fn a_page_of_a_further_list_needs_no_word_about_the_page() {
    let page = PAGE.replace("\"*:\"", "\"deposits:\"");
    let code = code(
        &format!(
            "[[operation]]\nname = \"deposits\"\ntype = \"Page<Deposit>\"\n\
             [[operation]]\nname = \"refunds\"\ntype = \"Page<Refund>\"\n{page}"
        ),
        &[
            ("deposits", r#"{"data": [{"id": 1}], "rows": 1}"#),
            ("refunds", r#"{"data": [{"day": "2026-01-31"}], "rows": 1}"#),
        ],
    );
    assert!(code.contains("pub struct Refund {"), "{code}");
    assert!(code.contains("Seen in 2 of 2 objects"), "{code}");
}

#[test]
fn a_bound_is_told_only_where_serde_does_not_see_it() {
    let code = code(
        &format!("[[operation]]\nname = \"deposits\"\ntype = \"Page<Deposit>\"\n{PAGE}"),
        &[("deposits", r#"{"data": [{"id": 1}]}"#)],
    );
    assert!(code.contains("pub struct Page<T> {"), "{code}");
    assert!(!code.contains("bound"), "{code}");
}
