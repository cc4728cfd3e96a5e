//! No secret and nobody's data in anything that a command leaves behind.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::TcpStream,
    sync::LazyLock,
};

use base64::{Engine, engine::general_purpose};
use reconcile_sandbox::{
    Faults, PaywallConfidential, SandboxConfig, StreamPayConfidential, TuPayConfidential,
    WorldConfig,
};

use crate::scene::{JANUARY, PROVIDERS, Scene, january};

/// What only the merchant and the gateway may see. Each occurs nowhere else,
/// and has what an encoding would change.
const SENTINELS: [&str; 5] = [
    "kestrel+access/01@sentinel.example",
    "Secret~Key?Quoll&7719=zz",
    "TokenPangolin.8842-qq_",
    "DOCNARWHAL5520913",
    "MERCHANT OCELOT 6617",
];

fn scene(faults: &[&str]) -> Scene {
    let [
        access_key,
        secret_key,
        token_prefix,
        document,
        merchant_name,
    ] = SENTINELS.map(str::to_owned);
    let faults = faults.iter().map(|fault| fault.parse());
    let scene = Scene::of(SandboxConfig {
        world: WorldConfig {
            records: 120,
            ..WorldConfig::default()
        },
        faults: faults.collect::<Result<Faults, _>>().expect("faults"),
        tupay: TuPayConfidential {
            access_key,
            secret_key,
            token_prefix,
            client_document: Some(document),
            merchant_name,
            ..canaries()
        },
        paywall: paywall_canaries(),
        streampay: StreamPayConfidential::canaries(1),
        ..SandboxConfig::default()
    });
    scene.write_ledger();
    scene
}

/// What else is confidential. References and the reasons of cashouts are in
/// records, where they belong.
fn canaries() -> TuPayConfidential {
    let usual = TuPayConfidential::default();
    TuPayConfidential {
        reference_prefix: usual.reference_prefix,
        cashout_reason: usual.cashout_reason,
        ..TuPayConfidential::canaries(1)
    }
}

/// The same of Paywall. The merchant's references are in records, and so is the
/// name of the gateway that a payment came by.
fn paywall_canaries() -> PaywallConfidential {
    let usual = PaywallConfidential::default();
    PaywallConfidential {
        reference_prefix: usual.reference_prefix,
        tracking_code: usual.tracking_code,
        gateway_name: String::new(),
        ..PaywallConfidential::canaries(1)
    }
}

/// Every form in which a sentinel could be found.
fn forms(sentinel: &str) -> Vec<String> {
    let percent: String = sentinel
        .bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let json = sentinel.replace('/', "\\/");
    let html = sentinel.replace('&', "&amp;");
    let mut forms = vec![
        sentinel.to_owned(),
        sentinel.to_lowercase(),
        percent.replace("%20", "+"),
        percent.to_lowercase(),
        percent,
        json,
        html,
        sentinel.chars().rev().collect(),
        hex::encode(sentinel),
        hex::encode_upper(sentinel),
    ];
    // In a longer text, Base64 depends on where the sentinel begins; the first
    // and the last group also hold what stands beside it.
    for shift in 0..3 {
        let padded = [&b"\0\0"[..shift], sentinel.as_bytes()].concat();
        for engine in [
            general_purpose::STANDARD_NO_PAD,
            general_purpose::URL_SAFE_NO_PAD,
        ] {
            let encoded = engine.encode(&padded);
            forms.push(encoded[4..encoded.len() - 4].to_owned());
        }
    }
    forms
}

/// Checks everything that the command said and wrote.
fn check(scene: &Scene, arguments: &str, status: i32) {
    let ran = scene.run(&format!("{arguments} -vvv")).exits(status);
    let mut places = scene.contents("");
    places.insert("stdout".to_owned(), ran.stdout.into_bytes());
    places.insert("stderr".to_owned(), ran.stderr.into_bytes());
    for (place, content) in &places {
        assert!(
            found(content).is_none(),
            "{arguments}: {:?} in {place}",
            found(content)
        );
    }
}

/// Every form of everything that is looked for, by its first bytes: there are
/// a thousand, and each text is to be gone through once.
static FORMS: LazyLock<HashMap<[u8; 4], Vec<String>>> = LazyLock::new(|| {
    let canaries = [
        canaries().values(),
        paywall_canaries().values(),
        StreamPayConfidential::canaries(1).values(),
    ];
    let canaries = canaries.iter().flatten();
    let canaries = canaries.map(|(_, canary)| canary.as_str());
    let mut forms_by_start: HashMap<_, Vec<String>> = HashMap::new();
    for form in SENTINELS.into_iter().chain(canaries).flat_map(forms) {
        let start = *form.as_bytes().first_chunk().expect("four bytes");
        forms_by_start.entry(start).or_default().push(form);
    }
    forms_by_start
});

fn found(content: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(content).to_string();
    let lower = text.to_lowercase();
    let find = |text: &str| {
        let text = text.as_bytes();
        text.windows(4).enumerate().find_map(|(place, start)| {
            let forms = FORMS.get(start)?;
            let is_here = |form: &&String| text[place..].starts_with(form.as_bytes());
            forms.iter().find(is_here).cloned()
        })
    };
    find(&text).or_else(|| find(&lower))
}

#[test]
fn the_search_finds_every_form() {
    for sentinel in SENTINELS {
        for form in forms(sentinel) {
            let place = format!("before {form} after");
            assert!(found(place.as_bytes()).is_some(), "{form}");
        }
        for prefix in ["", "u:", "user:"] {
            let basic = general_purpose::STANDARD.encode(format!("{prefix}{sentinel}:more"));
            assert!(found(basic.as_bytes()).is_some(), "{basic}");
        }
    }
    assert_eq!(found(b"nothing to see"), None);
}

#[test]
fn the_simulator_sends_what_is_looked_for() {
    // Otherwise the other tests would prove nothing.
    let [
        access_key,
        secret_key,
        token_prefix,
        document,
        merchant_name,
    ] = SENTINELS;
    let scene = scene(&[]);
    let credentials = format!(r#"{{"accessKey":"{access_key}","secretKey":"{secret_key}"}}"#);
    let length = credentials.len();
    let login = exchange(
        &scene,
        &format!("POST /v1/auth/login HTTP/1.1\r\nContent-Length: {length}\r\n"),
        &credentials,
    );
    let (_, cookie) = login.split_once("BEARER_TOKEN=").expect("a token");
    let (token, _) = cookie.split_once(';').expect("attributes");
    assert!(token.starts_with(token_prefix), "{token}");
    let rows = exchange(
        &scene,
        &format!("GET /v1/deposits HTTP/1.1\r\nAuthorization: Bearer {token}\r\n"),
        "",
    );
    assert!(rows.contains(document) && rows.contains(merchant_name));
}

/// What the simulator answers to a request on a connection of its own.
fn exchange(scene: &Scene, head: &str, body: &str) -> String {
    let base_url = scene.sandbox().tupay().base_url;
    let address = base_url.strip_prefix("http://").expect("plain http");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = format!("{head}Host: {address}\r\nConnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn nothing_confidential_of_any_gateway_is_in_what_works() {
    let scene = scene(&["unknown-fields", "unmasked-card"]);
    for provider in PROVIDERS {
        scene.write_ledger_of(provider);
        let january = january(provider);
        let files = "--out p.csv --certificate c.json";
        check(&scene, &format!("pull {january} {files}"), 0);
        check(&scene, &format!("statements {january} --out s.csv"), 0);
        check(&scene, &format!("prove {january} --out proven"), 0);
        let run = format!("run {january} --ledger ledger.csv --out run");
        check(&scene, &run, 1);
    }
    let attest = "attest --provider paywall --date 2026-01-05 --ledger ledger.csv";
    check(&scene, attest, 1);
    check(&scene, &format!("{attest} --submit"), 1);
}

#[test]
fn nothing_confidential_of_any_gateway_is_in_what_it_refuses_or_garbles() {
    for provider in ["paywall", "streampay"] {
        let pull = format!("pull {} --concurrency 1 --out p.jsonl", january(provider));
        for fault in [
            "ip-not-allowed",
            "bad-record",
            "html-body=always",
            "server-error=always",
        ] {
            check(&scene(&[fault]), &pull, 3);
        }
        let wrong = scene(&[]).setting_of(provider, "API_KEY", "guess");
        check(&wrong, &pull, 3);
        check(&wrong.only(provider), "doctor", 3);
    }
    let attest = "attest --provider paywall --date 2026-01-05 --ledger ledger.csv --submit";
    let uncertain = ["unreconciled=40", "struck-writes", "server-error=always"];
    check(&scene(&uncertain), attest, 3);
}

#[test]
fn nothing_confidential_of_any_gateway_is_in_what_is_wrong_with_its_settings() {
    let paywall = paywall_canaries();
    for (provider, secret, keys) in [
        (
            "paywall",
            paywall.api_key,
            &["ENVIRONMENT", "CURRENCY", "STEPS", "ABSENT_CODES", "ZONE"][..],
        ),
        (
            "streampay",
            StreamPayConfidential::canaries(1).api_key,
            &["ENVIRONMENT", "MARGIN", "PAGE_SIZE", "ZONE"],
        ),
    ] {
        let pull = format!("pull {} --out p.jsonl", january(provider));
        for key in keys {
            check(&scene(&[]).setting_of(provider, key, &secret), &pull, 2);
        }
        let url = format!("http://127.0.0.1/?secret={secret}");
        let scene = scene(&[]).setting_of(provider, "BASE_URL", &url);
        check(&scene, &pull, 2);
    }
}

#[test]
fn nothing_confidential_is_in_what_works() {
    let scene = scene(&["unknown-fields"]);
    for extension in ["jsonl", "csv", "parquet"] {
        let files = format!("--out p.{extension} --certificate c.json");
        check(&scene, &format!("pull {JANUARY} {files}"), 0);
    }
    check(&scene, &format!("pull {JANUARY}"), 0);
    check(&scene, &format!("statements {JANUARY} --out s.csv"), 0);
    check(&scene, &format!("statements {JANUARY}"), 0);
    check(&scene, &format!("prove {JANUARY} --out proven"), 0);
    check(&scene, "doctor", 0);
    check(&scene, "providers", 0);
    let run = format!("run {JANUARY} --ledger ledger.csv --out run");
    check(&scene, &run, 1);
    let files = "match --ledger ledger.csv --records p.csv --out matched";
    check(&scene, files, 1);
}

#[test]
fn nothing_confidential_is_in_what_a_provider_refuses_or_garbles() {
    for (fault, status) in [
        ("ip-not-allowed", 3),
        ("bad-record", 3),
        ("html-body=always", 3),
        ("deep-json=always", 3),
        ("cut-connection", 0),
        ("token-expiry=3", 0),
    ] {
        let pull = format!("pull {JANUARY} --concurrency 1 --out p.jsonl");
        check(&scene(&[fault]), &pull, status);
    }
    let scene = scene(&["bad-record"]);
    let run = format!("run {JANUARY} --ledger ledger.csv --out run --skip-invalid");
    check(&scene, &run, 1);
}

#[test]
fn nothing_confidential_is_in_what_is_wrong_with_the_configuration() {
    let [access_key, secret_key, ..] = SENTINELS;
    let pull = format!("pull {JANUARY} --out p.jsonl");
    // The right user with another's password, and the other way round.
    check(&scene(&[]).setting("SECRET_KEY", "guess"), &pull, 3);
    check(&scene(&[]).setting("ACCESS_KEY", "guess"), &pull, 3);
    check(&scene(&[]).setting("ACCESS_KEY", "guess"), "doctor", 3);
    // Nobody there, a host without TLS, credentials in the address.
    let nobody = crate::errors::closed_port();
    check(&scene(&[]).setting("BASE_URL", &nobody), &pull, 3);
    check(
        &scene(&[]).setting("BASE_URL", "http://gateway.invalid"),
        &pull,
        2,
    );
    let url = format!("https://{access_key}:{secret_key}@gateway.invalid");
    check(&scene(&[]).setting("BASE_URL", &url), &pull, 2);
    let url = format!("http://127.0.0.1/?secret={secret_key}");
    check(&scene(&[]).setting("BASE_URL", &url), &pull, 2);
    // What belongs to one setting in the place of another.
    for key in [
        "ENVIRONMENT",
        "ZONE",
        "SETTLE_LAG",
        "MERCHANT",
        "CASHOUTS_PATH",
    ] {
        check(&scene(&[]).setting(key, secret_key), &pull, 2);
    }
}
