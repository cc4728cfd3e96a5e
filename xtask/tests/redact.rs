//! What redaction lets pass, what it replaces, and what stays true of a body.

#![allow(
    clippy::unwrap_used,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::{collections::BTreeMap, fmt::Write as _, num::NonZeroU32};

use proptest::prelude::*;
use xtask::{
    Workspace, fixture,
    invariant::{Law, Verdict},
    json,
    overrides::Overrides,
    redact::{OTHER, Redacted, Redactor},
    scan::{self, Leak},
};

const OVERRIDES: &str = r#"
[provider]
name = "Bank"
crate = "bank"

[[type]]
name = "Page"
doc = "A page."
at = ["rows:"]
field = [
  { key = "rows" },
  { key = "count", type = "u64" },
  { key = "total", type = "decimal" },
  { key = "labels", keep = true },
  { key = "extra", type = "json" },
  { key = "hidden", type = "json", privacy = "person" },
  { key = "byUser", type = "map" },
]

[[type]]
name = "Row"
doc = "A row."
at = ["rows:rows[]"]
field = [
  { key = "id", type = "u64", privacy = "id" },
  { key = "reference", type = "text", privacy = "id" },
  { key = "tid", type = "text", keep = true },
  { key = "digest", type = "text", keep = true },
  { key = "email", privacy = "email" },
  { key = "owner", privacy = "person" },
  { key = "shop", privacy = "merchant" },
  { key = "document", type = "text", privacy = "document" },
  { key = "pan", privacy = "pan" },
  { key = "status", type = "enum Status" },
  { key = "state", type = "enum State" },
  { key = "created", type = "instant" },
  { key = "day", type = "date" },
  { key = "currency" },
  { key = "gross", type = "decimal" },
  { key = "fee", type = "decimal_text" },
  { key = "net", type = "decimal" },
  { key = "reason" },
  { key = "paid" },
]

[[enum]]
name = "Status"
doc = "A status."
value = [{ wire = "Paid out", doc = "Paid." }]

[[enum]]
name = "State"
doc = "A state."
wire = "integer"
value = [{ wire = 1, doc = "One.", name = "One" }]
"#;

fn overrides() -> Overrides {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("overrides.toml");
    std::fs::write(&path, OVERRIDES).unwrap();
    Overrides::read(&path).unwrap()
}

fn redact(redactor: &mut Redactor<'_>, root: &str, text: &str) -> Result<Redacted, Vec<Leak>> {
    redactor
        .body(root, &json::read(text).unwrap())
        .map_err(|findings| findings.into_iter().map(|finding| finding.leak).collect())
}

/// The text of one row, redacted on its own, in one line.
fn row(members: &str) -> String {
    let overrides = overrides();
    let body = format!(r#"{{"rows":[{{{members}}}]}}"#);
    let redacted = redact(&mut Redactor::new(&overrides), "rows", &body).unwrap();
    let text: String = redacted.text.lines().map(str::trim_start).collect();
    text.strip_prefix(r#"{"rows": [{"#)
        .and_then(|text| text.strip_suffix("}]}"))
        .unwrap()
        .to_owned()
}

#[test]
fn what_is_declared_harmless_survives_as_it_is_written() {
    for members in [
        r#""status": "Paid out""#,
        r#""status": "NEVER_SEEN""#,
        r#""state": 99"#,
        r#""tid": "0000000000000018""#,
        r#""tid": "4111111111111111""#,
        r#""digest": "a8f5f167f44f4964e6c998dee827110c""#,
        r#""created": "2024-06-01T13:37:17.123Z""#,
        r#""day": "2024-06-01""#,
        r#""currency": "PEN""#,
        r#""gross": 123456789012345.670"#,
        r#""fee": "0.10""#,
        r#""reason": """#,
        r#""reason": null,"email": {},"owner": []"#,
        r#""paid": true"#,
        r#""tid": "\u0041\/é""#,
    ] {
        assert_eq!(row(members), members);
    }
}

#[test]
fn everything_else_is_replaced() {
    for (members, redacted) in [
        (r#""id": 301393325"#, r#""id": 100000001"#),
        (r#""id": "x-77""#, r#""id": "text-1""#),
        (r#""reference": "1-44862-ACP""#, r#""reference": "text-1""#),
        (
            r#""email": "jane@bank.pe""#,
            r#""email": "user1@example.com""#,
        ),
        (r#""owner": "Jane Roe""#, r#""owner": "Person 1""#),
        (r#""shop": "Acme SAC""#, r#""shop": "Merchant 1""#),
        (r#""status": "jane roe""#, r#""status": "text-1""#),
        (r#""state": 1.5"#, r#""state": 1.1"#),
        (r#""created": "yesterday""#, r#""created": "text-1""#),
        (r#""day": "1984""#, r#""day": "1001""#),
        (r#""currency": "Jane""#, r#""currency": "text-1""#),
        (r#""fee": "ten""#, r#""fee": "text-1""#),
        (r#""reason": "Jane called""#, r#""reason": "text-1""#),
        (r#""reason": 77123"#, r#""reason": 10001"#),
        (r#""news": "Jane""#, r#""news": "text-1""#),
        (r#""news": 12.50"#, r#""news": 10.01"#),
        (
            r#""news": {"who": ["Jane"]}"#,
            r#""news": {"who": ["text-1"]}"#,
        ),
        (
            r#""pan": "4941 46** **** 3714""#,
            r#""pan": "4000 00** **** 0001""#,
        ),
    ] {
        assert_eq!(row(members), redacted);
    }
}

#[test]
fn a_decision_covers_what_is_below_it() {
    let overrides = overrides();
    let body = r#"{"labels":{"en":"Total","n":[1.5]},"extra":{"a":"Jane","b":77},
        "hidden":{"first":"Roe","age":44},"byUser":{"jane@bank.pe":{"n":"x"},"Jane Roe":1}}"#;
    let redacted = redact(&mut Redactor::new(&overrides), "rows", body).unwrap();
    let text: String = redacted.text.lines().map(str::trim_start).collect();
    assert_eq!(
        text,
        concat!(
            r#"{"labels": {"en": "Total","n": [1.5]},"extra": {"a": "text-1","b": 11},"#,
            r#""hidden": {"first": "Person 1","age": 12},"#,
            r#""byUser": {"user1@example.com": {"n": "text-2"},"text-3": 2}}"#
        )
    );
    let counts = [(OTHER, 6), ("person", 2)].map(|(class, count)| (class.to_owned(), count));
    assert_eq!(redacted.replaced, BTreeMap::from(counts));
}

#[test]
fn joins_survive_between_bodies_texts_numbers_and_parameters() {
    let overrides = overrides();
    let mut redactor = Redactor::new(&overrides);
    let first = r#"{"rows":[{"id":301393325,"reference":"c25b24b2-0ca9-4f81-a24e-5ae06b4e545a"}]}"#;
    let first = redact(&mut redactor, "rows", first).unwrap().text;
    let second = r#"{"ids":["301393325",301393326,"c25b24b2-0ca9-4f81-a24e-5ae06b4e545a"]}"#;
    let second = redact(&mut redactor, "other", second).unwrap().text;
    for pseudonym in ["100000001", "00000000-0000-4000-8000-000000000001"] {
        assert!(first.contains(pseudonym) && second.contains(pseudonym));
    }
    assert!(second.contains("100000002"));
    assert_eq!(redactor.text("301393326"), "100000002");
}

#[test]
fn a_full_card_number_anywhere_ends_the_recording() {
    let overrides = overrides();
    for body in [
        r#"{"rows":[{"pan":"4111111111111111"}]}"#,
        r#"{"rows":[{"reason":"paid with 4111 1111 1111 1111"}]}"#,
        r#"{"rows":[{"id":"a","news":4111111111111111}]}"#,
        r#"{"rows":[{"gross":4111111111111111.00}]}"#,
        r#"{"4111-1111-1111-1111":1}"#,
        r#"{"byUser":{"4111111111111111":1}}"#,
    ] {
        let refused = redact(&mut Redactor::new(&overrides), "rows", body).unwrap_err();
        assert_eq!(refused, [Leak::CardNumber], "{body}");
    }
}

#[test]
fn a_key_that_is_data_ends_the_recording() {
    let overrides = overrides();
    for (key, leak) in [
        ("Jane Roe", vec![Leak::DataKey]),
        (
            "k3J9fQx81LmZ0pVt7RyW2sNb5UcD4eHg",
            vec![Leak::DataKey, Leak::Token],
        ),
        ("token_k3J9fQx81LmZ", vec![Leak::DataKey]),
        ("jane@bank.pe", vec![Leak::DataKey, Leak::Email]),
        ("1st", vec![Leak::DataKey]),
        ("", vec![Leak::DataKey]),
    ] {
        let body = format!(r#"{{"rows":[{{"news":{{"{key}":1}}}}]}}"#);
        let refused = redact(&mut Redactor::new(&overrides), "rows", &body).unwrap_err();
        assert_eq!(refused, leak, "{key}");
    }
    let findings = Redactor::new(&overrides)
        .body(
            "rows",
            &json::read(r#"{"rows":[{"Jane Roe":{"a b":1}}]}"#).unwrap(),
        )
        .unwrap_err();
    let places: Vec<_> = findings
        .iter()
        .map(|finding| finding.place.as_str())
        .collect();
    assert_eq!(places, ["rows:rows[]", "rows:rows[].*"]);
}

#[test]
fn what_is_kept_is_searched_all_the_same() {
    let overrides = overrides();
    for (members, leak) in [
        (r#""tid":"jane@bank.pe""#, Leak::Email),
        (r#""tid":"+51 987 654 321""#, Leak::Phone),
        (r#""tid":"k3J9fQx81LmZ0pVt7RyW2sNb5UcD4eHg""#, Leak::Token),
        // Short for a token, but no word either.
        (r#""tid":"key-k3J9fQx81LmZ""#, Leak::Token),
        (r#""tid":"81.21.5.9""#, Leak::Address),
        (r#""tid":"GB82 WEST 1234 5698 7654 32""#, Leak::Iban),
        (r#""tid":"-----BEGIN RSA PRIVATE KEY-----\nMII""#, Leak::Pem),
    ] {
        let body = format!(r#"{{"rows":[{{{members}}}]}}"#);
        let refused = redact(&mut Redactor::new(&overrides), "rows", &body).unwrap_err();
        assert_eq!(refused, [leak], "{members}");
    }
}

#[test]
fn the_committed_fixtures_can_be_redacted_and_their_identities_survive_scaling() {
    let workspace = Workspace::here();
    for provider in workspace.providers().unwrap() {
        let overrides = Overrides::read(&workspace.overrides(&provider)).unwrap();
        let mut redactor = Redactor::new(&overrides).scale_amounts(NonZeroU32::new(977).unwrap());
        for fixture in fixture::read_all(&workspace, &provider).unwrap() {
            let (root, node) = (fixture.root(), json::read(&fixture.body).unwrap());
            assert_eq!(scan::body(&root, &node, &overrides), [], "{root}");
            let redacted = redactor.body(&root, &node).unwrap().text;
            let after = json::read(&redacted).unwrap();
            for invariant in &overrides.invariants {
                let law: Law = invariant.law.parse().unwrap();
                assert_eq!(
                    law.verdicts(&invariant.each, &root, &node),
                    law.verdicts(&invariant.each, &root, &after),
                    "{}",
                    invariant.name
                );
            }
        }
    }
}

fn nasty_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{1,19}",
        "0[0-9]{1,9}",
        "-?[0-9]{1,6}\\.[0-9]{1,4}",
        "[A-Z_]{2,24}",
        "[a-f0-9]{8,40}",
        "[A-Za-z0-9]{1,40}",
        "[a-z]{1,5}@[a-z]{1,5}\\.pe",
        "\\+[1-9][0-9]{7,13}",
        "[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}",
        "20[0-9]{2}-0[1-9]-1[0-9]T1[0-9]:00:00(\\.[0-9]{1,9})?(Z|\\+03:00)?",
        "[0-9]{4} [0-9]{2}\\*\\* \\*\\*\\*\\* [0-9]{4}",
        "[A-Z]{2}[0-9]{2}( [0-9]{4}){2,5}",
        "https://[a-z]{3}\\.pe/[a-z]{5}",
        "[ -~é-ü]{0,30}",
        "[\u{600}-\u{6ff}]{1,8}",
    ]
}

fn nasty_value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => nasty_text().prop_map(|text| quoted(&text)),
        1 => "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?",
        1 => Just("null".to_owned()),
        1 => Just("{}".to_owned()),
        1 => Just("[]".to_owned()),
        1 => Just("true".to_owned()),
    ]
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", json::Text::new(text).lexeme())
}

/// A body with anything at every declared place, and at some that are not.
fn nasty_body() -> impl Strategy<Value = String> {
    let keys = [
        "id",
        "reference",
        "tid",
        "digest",
        "email",
        "owner",
        "shop",
        "document",
        "pan",
        "status",
        "state",
        "created",
        "day",
        "currency",
        "gross",
        "fee",
        "net",
        "reason",
        "paid",
        "news",
    ];
    let key = prop::sample::select(keys.to_vec());
    let row = prop::collection::btree_map(key, nasty_value(), 0..12);
    let map = prop::collection::btree_map(nasty_text(), nasty_value(), 0..4);
    (prop::collection::vec(row, 0..6), map).prop_map(|(rows, map)| {
        let rows = rows.into_iter().map(|row| {
            let members = row
                .into_iter()
                .map(|(key, value)| format!("{key:?}:{value}"));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        });
        let map = map
            .into_iter()
            .map(|(key, value)| format!("{}:{value}", quoted(&key)));
        format!(
            r#"{{"rows":[{}],"byUser":{{{}}}}}"#,
            rows.collect::<Vec<_>>().join(","),
            map.collect::<Vec<_>>().join(",")
        )
    })
}

fn amounts() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec(
        (-10_000_000_000..10_000_000_000_i64, 0..1_000_000_i64),
        1..8,
    )
}

fn cents(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.abs();
    format!("{sign}{}.{:02}", amount / 100, amount % 100)
}

proptest! {
    #[test]
    fn redacting_twice_is_redacting_once(bodies in prop::collection::vec(nasty_body(), 1..4)) {
        let overrides = overrides();
        let (mut first, mut second) = (Redactor::new(&overrides), Redactor::new(&overrides));
        for body in bodies {
            if let Ok(once) = redact(&mut first, "rows", &body) {
                let twice = redact(&mut second, "rows", &once.text).unwrap();
                prop_assert_eq!(once.text, twice.text);
            } else {
                // What was refused was numbered, so a later run numbers otherwise.
                return Ok(());
            }
        }
    }

    #[test]
    fn nothing_undeclared_survives(secret in "[A-Za-z]{4}[0-9]{4}[a-z]{4}", depth in 0..6_usize) {
        let overrides = overrides();
        let mut body = quoted(&secret);
        for level in 0..depth {
            body = if level % 2 == 0 { format!("[{body},{body}]") } else { format!("{{\"k\":{body}}}") };
        }
        let redacted = redact(&mut Redactor::new(&overrides), "unknown", &body).unwrap();
        prop_assert!(!redacted.text.contains(&secret));
        let digits: String = secret.chars().filter(char::is_ascii_digit).collect();
        let number = format!("77{digits}31");
        let redacted = redact(&mut Redactor::new(&overrides), "unknown", &number).unwrap();
        prop_assert!(!redacted.text.contains(&number));
    }

    #[test]
    fn scaling_keeps_every_identity(rows in amounts(), factor in 1..1000_u32) {
        let overrides = overrides();
        let mut body = r#"{"rows":["#.to_owned();
        for (index, (gross, fee)) in rows.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let (net, gross) = (cents(gross - fee), cents(*gross));
            let fee = cents(*fee);
            write!(body, r#"{comma}{{"gross":{gross},"fee":"{fee}","net":{net},"reference":"r{index}","tid":"x"}}"#).unwrap();
        }
        let total = cents(rows.iter().map(|(gross, fee)| gross - fee).sum());
        write!(body, "],\"total\":{total},\"count\":{}}}", rows.len()).unwrap();

        let mut redactor =
            Redactor::new(&overrides).scale_amounts(NonZeroU32::new(factor).unwrap());
        let redacted = redact(&mut redactor, "rows", &body).unwrap().text;
        let node = json::read(&redacted).unwrap();
        for (each, law) in [
            ("rows:rows[]", "net = gross - fee"),
            ("rows:", "total = rows[].net"),
            ("rows:rows[]", "tid = tid"),
        ] {
            let (law, each): (Law, _) = (law.parse().unwrap(), each.parse().unwrap());
            let verdicts = law.verdicts(&each, "rows", &node);
            prop_assert!(!verdicts.is_empty());
            for (place, verdict) in verdicts {
                prop_assert_eq!(verdict, Verdict::Holds, "{}", place);
            }
        }
        let count = format!("\"count\": {}", rows.len());
        prop_assert!(redacted.contains(&count));
    }
}
