//! The rules by which samples and decisions become types, one by one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod support;

use support::{code, decided, field, model, object, thing, type_of};
use xtask::model::{Rule, Type};

fn only(refusals: Result<xtask::model::Model, Vec<String>>) -> String {
    let refusals = refusals.unwrap_err();
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
    refusals.into_iter().next().unwrap()
}

fn named(name: &str) -> Type {
    Type::Struct(name.to_owned(), None)
}

mod required {
    use std::collections::BTreeMap;

    use super::*;
    use xtask::{fixture::Origin, json, lock::Evidence, lower};

    fn proven(objects: usize, origins: &[Origin]) -> bool {
        let mut evidence = Evidence::default();
        for (index, origin) in origins.iter().enumerate() {
            let rows = vec![format!("{{\"id\": {index}}}"); objects / origins.len()];
            let body = format!("[{}]", rows.join(","));
            evidence.add("x".to_owned(), *origin, json::read(&body).unwrap());
        }
        let overrides = support::overrides("[[operation]]\nname = \"x\"\ntype = \"Vec<Thing>\"\n");
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
}

mod amounts {
    use super::*;

    #[test]
    fn a_number_with_a_fraction_or_an_exponent_is_refused_unless_classified() {
        for number in ["7.92", "1e2", "-0"] {
            let body = format!("{{\"paid\": {number}}}");
            let refusal = only(thing(&[&body]));
            assert!(
                refusal.starts_with("x:paid: what may be an amount"),
                "{refusal}"
            );
            assert!(
                refusal.contains(r#"{ key = "paid", type = "decimal" }"#),
                "{refusal}"
            );

            let model = decided(r#"{ key = "paid", type = "decimal" }"#, &[&body]).unwrap();
            assert_eq!(*type_of(&model, "Thing", "paid"), Type::Decimal);
        }
    }

    #[test]
    fn a_whole_number_under_a_key_of_money_is_refused_unless_classified() {
        for key in [
            "amount",
            "feeTotal",
            "net_amount",
            "TotalBalance",
            "usdCountryTaxFee",
        ] {
            let refusal = only(thing(&[&format!("{{\"{key}\": 30}}")]));
            assert!(refusal.contains("what may be an amount"), "{refusal}");
        }
        let model = thing(&[r#"{"count": 30, "feedback": 1, "planet": 2}"#]).unwrap();
        assert_eq!(*type_of(&model, "Thing", "count"), Type::I64);
        let model = decided(
            r#"{ key = "TotalCount", type = "u64" }"#,
            &[r#"{"TotalCount": 4}"#],
        );
        assert_eq!(*type_of(&model.unwrap(), "Thing", "TotalCount"), Type::U64);
    }

    #[test]
    fn text_with_a_fraction_is_refused_unless_classified() {
        let refusal = only(thing(&[r#"{"value": "10.00"}"#, r#"{"value": "n/a"}"#]));
        assert!(refusal.contains("text that may be an amount"), "{refusal}");
        let fields = r#"{ key = "value", type = "decimal_text" }"#;
        let model = decided(fields, &[r#"{"value": "10.00"}"#, r#"{"value": "10"}"#]).unwrap();
        assert_eq!(*type_of(&model, "Thing", "value"), Type::DecimalText);
        let refusal = only(decided(
            fields,
            &[r#"{"value": "10.00"}"#, r#"{"value": "n/a"}"#],
        ));
        assert!(refusal.contains("which not all values fit"), "{refusal}");
    }

    #[test]
    fn an_amount_in_a_list_is_refused() {
        let refusal = only(decided(
            r#"{ key = "amounts", type = "decimal" }"#,
            &[r#"{"amounts": [1.5]}"#],
        ));
        assert!(
            refusal.contains("amounts cannot stand in a list"),
            "{refusal}"
        );
    }

    #[test]
    fn an_amount_is_exact_on_the_wire() {
        let code = code(
            "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n[[type]]\nname = \"Thing\"\ndoc = \"A.\"\n\
             at = [\"x:\"]\nfield = [{ key = \"a\", type = \"decimal\", required = true }, \
             { key = \"b\", type = \"decimal_text\" }]",
            &[("x", r#"{"a": 1.0, "b": "1.0"}"#)],
        );
        assert!(
            code.contains("#[serde(with = \"decimal\")]\n    pub a: Decimal,"),
            "{code}"
        );
        assert!(
            code.contains(
                "#[serde(with = \"optional_decimal_text\")]\n    pub b: Option<Decimal>,"
            ),
            "{code}"
        );
        assert!(!code.contains("f64"), "{code}");
    }
}

mod text {
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
}

mod integers {
    use super::*;

    #[test]
    fn whole_numbers_are_as_wide_as_they_must_be() {
        let model = thing(&[r#"{"a": -5, "b": 18446744073709551615}"#]).unwrap();
        assert_eq!(*type_of(&model, "Thing", "a"), Type::I64);
        assert_eq!(*type_of(&model, "Thing", "b"), Type::U64);
        for body in [
            r#"{"a": 18446744073709551616}"#,
            r#"{"a": -9223372036854775809}"#,
        ] {
            let refusal = only(thing(&[body]));
            assert!(refusal.contains("no type of 64 bits holds"), "{refusal}");
        }
        let refusal = only(thing(&[r#"{"a": 18446744073709551615}"#, r#"{"a": -1}"#]));
        assert!(refusal.contains("no type of 64 bits holds"), "{refusal}");
    }

    #[test]
    fn a_negative_number_does_not_fit_u64() {
        let refusal = only(decided(r#"{ key = "a", type = "u64" }"#, &[r#"{"a": -1}"#]));
        assert!(
            refusal.contains("type = \"u64\", which not all values fit"),
            "{refusal}"
        );
    }

    #[test]
    fn the_same_key_may_be_a_number_here_and_text_there() {
        let model = model(
            "[[operation]]\nname = \"login\"\ntype = \"Login\"\n\
             [[operation]]\nname = \"deposit\"\ntype = \"Deposit\"\n",
            &[
                ("login", r#"{"idUser": 123}"#),
                ("deposit", r#"{"idUser": "105"}"#),
            ],
        )
        .unwrap();
        assert_eq!(*type_of(&model, "Login", "idUser"), Type::I64);
        assert_eq!(*type_of(&model, "Deposit", "idUser"), Type::Text);
    }
}

mod times {
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
}

mod words {
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
}

mod conflicts {
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
}

mod objects {
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
}

mod lists_and_maps {
    use super::*;

    #[test]
    fn an_array_is_a_list_and_an_absent_one_is_empty() {
        let code = code(support::THING, &[("x", r#"{"tags": ["a", "b"]}"#)]);
        assert!(
            code.contains(
                "#[serde(default, skip_serializing_if = \"Vec::is_empty\")]\n    \
                 #[serde(deserialize_with = \"list\")]\n    pub tags: Vec<String>,"
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
}

mod envelopes {
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
}

mod names {
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
}

mod decisions {
    use super::*;

    #[test]
    fn a_decision_that_matches_nothing_is_refused_and_all_are_told_at_once() {
        let refusals = model(
            "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n[[operation]]\nname = \"gone\"\ntype = \"Gone\"\n\
             [[type]]\nname = \"Thing\"\ndoc = \"A.\"\nat = [\"x:\", \"x:nowhere\"]\n\
             field = [{ key = \"missing\" }, { key = \"fee\" }]\n\
             [[enum]]\nname = \"Unused\"\ndoc = \"E.\"\nvalue = []\n\
             [[invariant]]\nname = \"law\"\ndoc = \"L.\"\neach = \"x:rows[]\"\nlaw = \"a = b\"\n",
            &[("x", r#"{"fee": 1.5}"#), ("untold", r#"{"a": 1}"#)],
        )
        .unwrap_err();
        let all = refusals.join("\n");
        for part in [
            "[[operation]] \"gone\": there are no fixtures of it",
            "[[type]] \"Thing\", at = \"x:nowhere\": no sample has such a place",
            "[[type]] \"Thing\", key = \"missing\": no sample has it",
            "x:fee: what may be an amount must be classified",
            "[[enum]] \"Unused\": no field is of it",
            "[[invariant]] \"law\": no sample has a place that is x:rows[]",
            "untold:: there are fixtures, but no model. Write: [[operation]] name = \"untold\"",
        ] {
            assert!(all.contains(part), "{part}\n{all}");
        }
        assert_eq!(refusals.len(), 7, "{all}");
    }

    #[test]
    fn a_decision_that_the_samples_contradict_is_refused() {
        for (kind, value) in [
            ("text", "1"),
            ("decimal", "\"1.5\""),
            ("decimal_text", "1.5"),
            ("bool", "\"true\""),
            ("instant", "\"2024-05-05T00:00:00\""),
            ("local_datetime", "\"2024-05-05T00:00:00Z\""),
            ("date", "\"05/05/2024\""),
            ("i64", "9223372036854775808"),
        ] {
            let refusal = only(decided(
                &format!("{{ key = \"a\", type = \"{kind}\" }}"),
                &[&format!("{{\"a\": {value}}}")],
            ));
            assert!(
                refusal.contains("which not all values fit"),
                "{kind}: {refusal}"
            );
        }
    }

    #[test]
    fn a_refusal_shows_no_value() {
        let refusal = only(thing(&[r#"{"secret_fee": "31337.42"}"#]));
        assert!(!refusal.contains("31337"), "{refusal}");
        assert!(
            refusal.contains("seen: 1 text (1 decimal, longest 8)"),
            "{refusal}"
        );
    }

    #[test]
    fn another_key_of_a_field_is_the_same_field() {
        let model = decided(
            r#"{ key = "deviceType", alias = ["type"] }"#,
            &[r#"{"deviceType": "phone"}"#, r#"{"type": "phone"}"#],
        )
        .unwrap();
        assert_eq!(object(&model, "Thing").fields.len(), 1);
        assert_eq!(field(&model, "Thing", "deviceType").shape.text.count, 2);
    }

    #[test]
    fn requests_can_be_made_from_nothing() {
        let code = code(
            "[[operation]]\nname = \"make.request\"\ntype = \"Make\"\n[[operation]]\nname = \"make\"\ntype = \"Made\"\n",
            &[("make.request", r#"{"a": 1}"#), ("make", r#"{"a": 1}"#)],
        );
        let derive = |name: &str| {
            let before = code.split(&format!("pub struct {name} ")).next().unwrap();
            before
                .rsplit("#[derive(")
                .next()
                .unwrap()
                .contains("Default")
        };
        assert!(derive("Make"));
        assert!(!derive("Made"));
    }

    #[test]
    fn a_field_tells_what_was_seen() {
        let code = code(
            support::THING,
            &[
                ("x", r#"{"a": "", "b": 1}"#),
                ("x", r#"{"a": null, "b": 2}"#),
            ],
        );
        assert!(
            code.contains("/// Seen in 2 of 2, null in 1, empty in 1.\n"),
            "{code}"
        );
        assert!(code.contains("/// Seen in 2 of 2, never null.\n"), "{code}");
    }
}
