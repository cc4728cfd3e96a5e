//! No secret and nobody's data in anything that a recording leaves behind:
//! files, both streams, traces, errors, and what a panic says.

use std::{
    fmt::Write as _,
    io,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, engine::general_purpose};
use reconcile_sandbox::{
    Alteration, Faults, PaywallConfidential, SandboxConfig, StreamPayConfidential,
    TuPayConfidential,
};
use reconcile_transport::RetryPolicy;
use tracing_subscriber::fmt::MakeWriter;
use xtask_sdk::{
    observe::{self, Observer},
    record::{self, Asked, Ending, Use},
    scenario::{SCENARIOS, Scenario, Settings, Trouble},
};

use crate::scene::{Scene, UNTIL};

const SEED: u64 = 20_261_121;

/// A simulator in which every secret and everybody's data is a canary.
fn scene(alterations: &[&str], faults: &[&str]) -> (Scene, Canaries) {
    let tupay = TuPayConfidential::canaries(SEED);
    let paywall = PaywallConfidential::canaries(SEED);
    let streampay = StreamPayConfidential::canaries(SEED);
    let canaries = Canaries::of(&[
        ("tupay", tupay.values()),
        ("paywall", paywall.values()),
        ("streampay", streampay.values()),
    ]);
    let alterations = alterations.iter().map(|text| text.parse());
    let faults = faults.iter().map(|text| text.parse());
    let scene = Scene::of(SandboxConfig {
        tupay,
        paywall,
        streampay,
        alterations: alterations.collect::<Result<Vec<Alteration>, _>>().unwrap(),
        faults: faults.collect::<Result<Faults, _>>().unwrap(),
        ..SandboxConfig::default()
    });
    (scene, canaries)
}

/// What to search for: every canary in every form.
struct Canaries(Vec<(String, Vec<String>)>);

impl Canaries {
    fn of(providers: &[(&str, Vec<(&'static str, String)>)]) -> Self {
        let of_provider = |(provider, values): &(&str, Vec<(&'static str, String)>)| {
            let named =
                |(name, value): &(&str, String)| (format!("{provider} {name}"), forms(value));
            values.iter().map(named).collect::<Vec<_>>()
        };
        Self(providers.iter().flat_map(of_provider).collect())
    }

    /// The canaries in a text, in whatever case, by name and form.
    fn found(&self, content: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(content).to_lowercase();
        let forms = self
            .0
            .iter()
            .flat_map(|(name, forms)| forms.iter().enumerate().map(move |form| (name, form)));
        forms
            .filter(|(_, (_, form))| text.contains(*form))
            .map(|(name, (index, _))| format!("{name} in form {index}"))
            .collect()
    }
}

/// Every form in which a canary could be found, in lower case.
fn forms(canary: &str) -> Vec<String> {
    let percent = |encoded: fn(u8) -> bool| -> String {
        let byte = |byte: u8| match byte {
            byte if encoded(byte) => format!("%{byte:02X}"),
            byte => char::from(byte).to_string(),
        };
        canary.bytes().map(byte).collect()
    };
    let reserved = percent(|byte| !byte.is_ascii_alphanumeric() && !b"-._~".contains(&byte));
    let all = percent(|_| true);
    let mut forms = vec![
        canary.to_owned(),
        reserved,
        all,
        canary.chars().rev().collect(),
        hex::encode(canary),
    ];
    // In a longer text, Base64 depends on where the canary begins; the first
    // and the last group also hold what stands beside it.
    for shift in 0..3 {
        let padded = [&b"\0\0"[..shift], canary.as_bytes()].concat();
        for engine in [
            general_purpose::STANDARD_NO_PAD,
            general_purpose::URL_SAFE_NO_PAD,
        ] {
            let encoded = engine.encode(&padded);
            forms.push(encoded[4..encoded.len() - 4].to_owned());
        }
    }
    for form in &mut forms {
        *form = form.to_lowercase();
    }
    forms
}

/// Runs the command and searches all that it said and wrote.
#[track_caller]
fn check(scene: &Scene, canaries: &Canaries, arguments: &str, status: i32) {
    let ran = scene.run(arguments).exits(status);
    for (place, said) in [("stdout", ran.stdout), ("stderr", ran.stderr)] {
        let found = canaries.found(said.as_bytes());
        assert!(found.is_empty(), "{arguments}: {place} has {found:?}");
    }
    check_files(scene, canaries, arguments);
}

/// Searches all that was written: the committed fixtures cannot have what was
/// drawn for this scene.
#[track_caller]
fn check_files(scene: &Scene, canaries: &Canaries, when: &str) {
    for (path, content) in scene.written() {
        let name = path.display().to_string();
        let found = [canaries.found(name.as_bytes()), canaries.found(&content)].concat();
        assert!(found.is_empty(), "{when}: {name} has {found:?}");
    }
}

#[test]
fn the_search_finds_every_form() {
    let confidential = TuPayConfidential::canaries(SEED);
    let canaries = Canaries::of(&[("tupay", confidential.values())]);
    for (name, value) in confidential.values() {
        for form in forms(&value) {
            for form in [&form, &form.to_uppercase()] {
                let place = format!("before {form} after");
                assert!(!canaries.found(place.as_bytes()).is_empty(), "{name}");
            }
        }
        for prefix in ["", "u:", "user:"] {
            let basic = general_purpose::STANDARD.encode(format!("{prefix}{value}:more"));
            assert!(!canaries.found(basic.as_bytes()).is_empty(), "{name}");
        }
    }
    assert!(canaries.found(b"nothing to see").is_empty());
}

#[test]
fn the_simulator_sends_every_canary_that_it_can_send() {
    // Otherwise the other tests would prove nothing.
    let (scene, canaries) = scene(&[], &[]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let raw = Arc::clone(&seen);
    let observer = Arc::new(Observer::new(move |answer| {
        let mut raw = raw.lock().unwrap();
        raw.extend_from_slice(&answer.sent);
        raw.extend_from_slice(&answer.body);
    }));
    for scenario in SCENARIOS {
        perform(&scene, scenario, &observer);
    }
    let found = canaries.found(&seen.lock().unwrap());
    for (name, _) in &canaries.0 {
        let is_found = found.contains(&format!("{name} in form 0"));
        assert!(
            is_found || HIDDEN.contains(&name.as_str()),
            "{name} is never sent"
        );
    }
}

/// What never reaches a tap's consumer: a token, headers, and a key that only
/// signs.
const HIDDEN: &[&str] = &[
    "tupay token_prefix",
    "tupay api_signature",
    "tupay trace_id",
    "tupay device_cookie",
    "paywall api_key",
    "paywall api_client",
    "paywall trace_id",
    "paywall device_cookie",
    "streampay api_key",
    "streampay trace_id",
    "streampay device_cookie",
];

#[test]
fn nothing_is_left_of_what_works() {
    let (scene, canaries) = scene(&[], &[]);
    for Scenario { provider, .. } in SCENARIOS {
        let until = format!("{provider} --until {UNTIL}");
        check(&scene, &canaries, &format!("record {until}"), 0);
        check(&scene, &canaries, &format!("drift {until}"), 0);
        let json = format!("drift {until} --format json");
        check(&scene, &canaries, &json, 0);
        let scaled = format!("record {until} --update --scale-amounts 3");
        check(&scene, &canaries, &scaled, 0);
        check(&scene, &canaries, &format!("record {until} --update"), 0);
        let shapes = format!("record {until} --shapes-only");
        check(&scene, &canaries, &shapes, 0);
    }
    for recorded in [
        "fixtures/paywall/transaction-list/recorded.json",
        "fixtures/streampay/transactions/recorded.json",
        "fixtures/tupay/deposits/recorded.json",
    ] {
        assert!(scene.path(recorded).exists(), "{recorded}");
    }
}

#[test]
fn nothing_is_left_of_what_nobody_declared() {
    let canary = TuPayConfidential::canaries(SEED).merchant_name;
    let alterations = [
        // Personal data in new fields, in fields that had a code, as a key.
        "deposits:data[].merchantName:rename=seller".to_owned(),
        format!("deposits:data[].status:word={canary}"),
        format!("cashouts:data[].creationDate:word={canary}"),
        "settlements:data[].merchantName:rename=note".to_owned(),
        format!("notes:data[].amount:word={canary}"),
        "login:username:rename=mail".to_owned(),
        "deposit-status:payer.first_name:rename=name".to_owned(),
        format!("error:code:word={canary}"),
    ];
    let alterations: Vec<_> = alterations.iter().map(String::as_str).collect();
    let record = format!("record tupay --until {UNTIL}");
    for (arguments, status) in [
        (format!("drift tupay --until {UNTIL}"), 1),
        (record.clone(), 1),
        (format!("{record} --shapes-only"), 0),
        // The fixtures are written; of some a person must decide the models.
        (format!("{record} --update"), 2),
    ] {
        let (scene, canaries) = scene(&alterations, &[]);
        check(&scene, &canaries, &arguments, status);
    }

    let key = format!("deposits:data[]:add={canary}");
    let (scene, canaries) = scene(&[&key], &[]);
    for mode in ["", "--update", "--shapes-only"] {
        check(&scene, &canaries, &format!("{record} {mode}"), 2);
    }
    check(
        &scene,
        &canaries,
        &format!("drift tupay --until {UNTIL}"),
        2,
    );
}

#[test]
fn what_a_provider_says_of_a_refusal_is_not_told() {
    // It may repeat what was sent; here it is short and looks like any word.
    for (provider, setting, place) in [
        ("tupay", "SECRET_KEY", "error:description"),
        ("paywall", "API_KEY", "paywall/error:Message"),
        ("streampay", "API_KEY", "streampay/error:message"),
    ] {
        let scene = Scene::altered(&[&format!("{place}:word=JaneRoe")]);
        let ran = scene
            .setting_of(provider, setting, "guess")
            .run(&format!("record {provider}"))
            .exits(2);
        assert!(ran.stderr.contains(" answered "), "{}", ran.stderr);
        assert!(!ran.stderr.contains("JaneRoe"), "{}", ran.stderr);
    }
}

/// What can be wrong with the settings of a provider.
struct Failing {
    provider: &'static str,
    /// The settings that are secrets.
    secrets: &'static [&'static str],
    /// The settings that are addresses.
    addresses: &'static [&'static str],
    /// An operation that needs no other.
    operation: &'static str,
}

const FAILING: [Failing; 3] = [
    Failing {
        provider: "tupay",
        secrets: &[
            "ACCESS_KEY",
            "SECRET_KEY",
            "PAYMENTS_API_SIGNATURE",
            "PAYMENTS_API_PASSPHRASE",
        ],
        addresses: &["BASE_URL", "PAYMENTS_BASE_URL"],
        operation: "balance",
    },
    Failing {
        provider: "paywall",
        secrets: &["API_KEY", "API_CLIENT"],
        addresses: &["BASE_URL"],
        operation: "end-of-day",
    },
    Failing {
        provider: "streampay",
        secrets: &["API_KEY"],
        addresses: &["BASE_URL"],
        operation: "merchants",
    },
];

#[test]
fn nothing_is_left_of_what_fails() {
    for failing in FAILING {
        let provider = failing.provider;
        let record = format!("record {provider} --until {UNTIL} --update");
        // Every error says the canary `error_note`.
        let (refusing, canaries) = scene(&[], &["ip-not-allowed"]);
        check(&refusing, &canaries, &record, 2);
        for setting in failing.secrets {
            let (scene, canaries) = scene(&[], &[]);
            let scene = scene.setting_of(provider, setting, "guess");
            check(&scene, &canaries, &record, 2);
        }
        // A secret in the place of another setting.
        for setting in failing.addresses {
            let (scene, canaries) = scene(&[], &[]);
            let secret = scene.setting_named(provider, failing.secrets[0]);
            let scene = scene.setting_of(provider, setting, &secret);
            check(&scene, &canaries, &record, 2);
        }
        let (scene, canaries) = scene(&[], &[]);
        let secret = scene.setting_named(provider, failing.secrets[0]);
        let scene =
            scene
                .without_of(provider, "BASE_URL")
                .setting_of(provider, "ENVIRONMENT", &secret);
        check(&scene, &canaries, &record, 2);
    }
}

#[test]
fn nothing_is_left_of_what_is_tried_again_and_fails() {
    for failing in FAILING {
        for fault in ["server-error=always", "html-body=always"] {
            let (scene, canaries) = scene(&[], &[fault]);
            let mut asked = asked(&scene, failing.provider);
            asked.only = Some(failing.operation.to_owned());
            let ended = traced(&scene, &canaries, &asked, Use::Update(None));
            assert!(ended.is_err(), "{fault}: {ended:?}");
            check_files(&scene, &canaries, fault);
            let requests = scene.sandbox().requests().total();
            assert!(requests > 1, "{fault}: {requests} requests");
        }
    }
}

#[test]
fn nothing_is_left_in_traces_and_in_how_errors_are_shown() {
    for failing in FAILING {
        let provider = failing.provider;
        let (works, canaries) = scene(&[], &[]);
        let ended = traced(&works, &canaries, &asked(&works, provider), Use::Compare);
        assert!(ended.is_ok(), "{provider}: {ended:?}");
        let (fails, canaries) = scene(&[], &[]);
        let wrong = failing.secrets[failing.secrets.len() - 1];
        let fails = fails.setting_of(provider, wrong, "guess");
        let ended = traced(&fails, &canaries, &asked(&fails, provider), Use::Compare);
        assert!(ended.is_err(), "{provider}: {ended:?}");
    }
}

/// Records in this process, and searches all that is traced and shown.
fn traced(
    scene: &Scene,
    canaries: &Canaries,
    asked: &Asked,
    then: Use,
) -> Result<Ending, Vec<Trouble>> {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let mut out = Vec::new();
    let (workspace, provider) = (scene.workspace(), &asked.provider);
    let ended = tracing::subscriber::with_default(subscriber, || {
        let recording = record::record(&workspace, asked, then, &mut out);
        // On this thread, so that the subscriber sees it.
        let local = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        local.block_on(recording)
    });
    let mut said = String::from_utf8(out).unwrap();
    for trouble in ended.as_ref().err().into_iter().flatten() {
        write!(said, "{trouble}{trouble:?}{trouble:#?}").unwrap();
    }
    write!(said, "{asked:?}{asked:#?}").unwrap();
    assert_eq!(canaries.found(said.as_bytes()), [""; 0], "{provider}");
    let log = log.0.lock().unwrap();
    assert!(
        String::from_utf8_lossy(&log).contains("attempt"),
        "no trace was written of {provider}"
    );
    assert_eq!(canaries.found(&log), [""; 0], "{provider}");
    ended
}

/// What a panic says goes to the standard error of the process, so this test
/// runs itself as another process.
#[test]
fn a_panic_in_the_consumer_says_nothing_and_the_caller_gets_its_answer() {
    const CHILD: &str = "RECONCILE_PANICKING_CONSUMER";
    if std::env::var_os(CHILD).is_some() {
        return panic_in_the_consumer();
    }
    let name = "canary::a_panic_in_the_consumer_says_nothing_and_the_caller_gets_its_answer";
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap();
    let (_, canaries) = scene(&[], &[]);
    let stderr = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{stderr}");
    assert!(stderr.contains("error: a bug in xtask at "), "{stderr}");
    assert_eq!(canaries.found(&child.stderr), [""; 0]);
    assert_eq!(canaries.found(&child.stdout), [""; 0]);
}

fn panic_in_the_consumer() {
    observe::silence_panics();
    let (scene, _) = scene(&[], &[]);
    for scenario in SCENARIOS {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let operations = Arc::clone(&seen);
        let observer = Arc::new(Observer::new(move |answer| {
            operations.lock().unwrap().push(answer.operation.clone());
            let text = String::from_utf8_lossy(&answer.body);
            panic!("cannot make anything of {text}");
        }));
        let performed =
            panic::catch_unwind(AssertUnwindSafe(|| perform(&scene, scenario, &observer)));
        let outcome = performed.expect("the panic stays in the observer");
        assert_eq!(outcome, [], "the caller has an answer to each call");
        let seen = seen.lock().unwrap();
        assert!(seen.len() > 3, "{seen:?}");
        assert_eq!(observer.failed(), *seen);
    }
}

fn perform(scene: &Scene, scenario: &Scenario, observer: &Arc<Observer>) -> Vec<Trouble> {
    let asked = asked(scene, scenario.provider);
    let tap = Arc::clone(observer);
    let performed = scenario.perform(&asked.settings, asked.until, None, tap);
    let (_, outcome) = scene.runtime().block_on(performed).unwrap();
    outcome.troubles
}

fn asked(scene: &Scene, provider: &'static str) -> Asked {
    let environment = scene.environment();
    Asked {
        provider: provider.to_owned(),
        settings: Settings::new(provider, None, move |name| environment.get(name).cloned()).retry(
            RetryPolicy {
                first_delay: Duration::ZERO,
                max_delay: Duration::ZERO,
                ..RetryPolicy::default()
            },
        ),
        only: None,
        until: format!("{UNTIL}T23:59:59Z").parse().unwrap(),
    }
}

/// Collects what is traced.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
