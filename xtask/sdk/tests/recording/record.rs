//! What a recording compares, writes and refuses.

use std::{fs, path::Path};

use xtask::{
    check,
    fixture::{self, Origin},
    json, models,
    models::Mode,
};
use xtask_sdk::round_trips;

use crate::scene::{Scene, UNTIL};

#[test]
fn the_simulator_sends_the_shapes_of_the_committed_fixtures() {
    let scene = Scene::altered(&[]);
    let before = scene.files();
    let ran = scene.run(&format!("record tupay --until {UNTIL}")).exits(0);
    assert_eq!(
        ran.stdout,
        "no answer of: cashout-create, deposit-notification\n\
         without a model, not compared: balance\n\
         tupay: no differences in 8 operations\n"
    );
    assert_eq!(ran.stderr, "");
    assert_eq!(scene.files(), before);
}

#[test]
fn a_time_without_records_shows_as_much() {
    // The simulator has nothing in the last 30 days.
    Scene::altered(&[]).run("record tupay").exits(0);
}

#[test]
fn what_is_recorded_passes_every_check_and_is_then_what_is_known() {
    for scale in ["", "--scale-amounts 7"] {
        let scene = Scene::altered(&[]);
        let record = format!("record tupay --until {UNTIL}");
        let ran = scene.run(&format!("{record} --update {scale}")).exits(0);
        assert_eq!(ran.stderr, "");
        for path in [
            "fixtures/tupay/deposits/recorded.json",
            "fixtures/tupay/deposits/recorded.meta.toml",
            "fixtures/tupay/cashout-status/recorded-412.json",
            "fixtures/tupay/shapes.lock.json",
        ] {
            assert!(
                ran.stdout.contains(&format!("wrote {path}\n")),
                "{path}: {}",
                ran.stdout
            );
            assert!(scene.path(path).exists(), "{path}");
        }
        let workspace = scene.workspace();
        let report = check::check(&workspace, Some("tupay")).unwrap();
        assert_eq!(report.findings, []);
        let mut said = Vec::new();
        let status = round_trips::run(&workspace, Some("tupay"), &mut said).unwrap();
        assert_eq!(status, 0, "{}", String::from_utf8_lossy(&said));
        assert_eq!(
            models::run(&workspace, Some("tupay"), Mode::Check).unwrap(),
            []
        );
        scene.run(&record).exits(0);
    }
}

#[test]
fn a_sidecar_says_where_a_recording_comes_from_and_nothing_of_anybody() {
    let scene = Scene::altered(&[]);
    scene
        .run(&format!("record tupay --until {UNTIL} --update"))
        .exits(0);
    let recorded: Vec<_> = fixture::read_all(&scene.workspace(), "tupay")
        .unwrap()
        .into_iter()
        .filter(|fixture| fixture.sidecar.provenance.kind == Origin::Recorded)
        .collect();
    let cases: Vec<_> = recorded
        .iter()
        .map(|fixture| format!("{}/{}", fixture.operation, fixture.case))
        .collect();
    assert_eq!(
        cases,
        [
            "balance-report/recorded",
            "cashout-status/recorded-412",
            "cashout-status/recorded",
            "cashouts/recorded",
            "deposit-status/recorded-404",
            "deposit-status/recorded",
            "deposits/recorded",
            "login/recorded",
            "notes/recorded",
            "settlements/recorded",
        ]
    );
    let sidecar = fs::read_to_string(scene.path("fixtures/tupay/deposits/recorded.meta.toml"));
    assert_eq!(
        sidecar.unwrap(),
        r#"body = "response"

[provenance]
kind = "recorded"
source = "cargo xtask record tupay"
recorded = "2026-02-01"
environment = "simulator"

[provenance.redactions]
account = 50
document = 50
id = 150
merchant = 50

[request]
method = "GET"
path = "/v1/deposits"

[request.query]
from = "1767312000"
page = "0"
to = "1769904000"

[response]
status = 200

[response.headers]
content-type = "application/json"
"#
    );
    let lookup = recorded
        .iter()
        .find(|fixture| fixture.operation == "deposit-status");
    let lookup = lookup.unwrap();
    assert_eq!(
        lookup.sidecar.request.as_ref().unwrap().path,
        "/v3/deposits/{deposit_id}"
    );
}

#[test]
fn a_record_and_its_look_up_share_their_pseudonyms() {
    let scene = Scene::altered(&[]);
    scene
        .run(&format!("record tupay --until {UNTIL} --update"))
        .exits(0);
    let read = |operation: &str| {
        let path = format!("fixtures/tupay/{operation}/recorded.json");
        fs::read_to_string(scene.path(&path)).unwrap()
    };
    let (lookup, list) = (read("deposit-status"), read("deposits"));
    let lookup = json::read(&lookup).unwrap();
    let list = json::read(&list).unwrap();
    let rows = list.member("data").unwrap().items();
    for (key, key_of_row) in [("deposit_id", "idDeposit"), ("invoice_id", "externalId")] {
        let id = &lookup.member(key).unwrap().value;
        let found = rows
            .iter()
            .filter(|row| kind(&row.member(key_of_row).unwrap().value) == kind(id));
        assert_eq!(found.count(), 1, "{key}");
    }
}

/// A value as it is written.
fn kind(value: &json::Value<'_>) -> String {
    json::write(&value.clone().into())
}

#[test]
fn one_operation_alone_is_recorded_alone() {
    let scene = Scene::altered(&["cashouts:data[].fee:drop"]);
    let record = format!("record tupay --until {UNTIL} --operation settlements");
    let ran = scene.run(&record).exits(0);
    assert!(
        ran.stdout
            .contains("no answer of: login, deposits, cashouts"),
        "{}",
        ran.stdout
    );
    scene.run(&format!("{record} --update")).exits(0);
    assert!(
        scene
            .path("fixtures/tupay/settlements/recorded.json")
            .exists()
    );
    assert!(!scene.path("fixtures/tupay/cashouts/recorded.json").exists());
}

#[test]
fn shapes_are_learned_without_a_body() {
    let scene = Scene::altered(&["deposits:data[]:add=newField"]);
    let record = format!("record tupay --until {UNTIL}");
    scene.run(&record).exits(1);
    let before = scene.files();
    let ran = scene.run(&format!("{record} --shapes-only")).exits(0);
    assert!(
        ran.stdout
            .ends_with("wrote fixtures/tupay/shapes.lock.json\nrun: cargo xtask models\n")
    );
    let after = scene.files();
    let changed: Vec<_> = after
        .iter()
        .filter(|(path, content)| before.get(*path) != Some(content))
        .map(|(path, _)| path.as_path())
        .collect();
    let lock = scene.path("fixtures/tupay/shapes.lock.json");
    assert_eq!(changed, [Path::new(&lock)]);
    let lock = fs::read_to_string(lock).unwrap();
    assert!(lock.contains("\"newField\""));
    // It is known now.
    scene.run(&record).exits(0);
}

#[test]
fn a_full_card_number_in_an_answer_ends_everything() {
    for (alteration, place) in [
        (
            "deposits:data[].paymentMethodName:word=4111111111111111",
            "deposits:data[].paymentMethodName",
        ),
        ("login:username:word=4111 1111 1111 1111", "login:username"),
        ("notes:data[]:add=4111-1111-1111-1111", "notes:data[]"),
        (
            "error:message:word=card 5500000000000004 unknown",
            "error:message",
        ),
    ] {
        let scene = Scene::altered(&[alteration]);
        let before = scene.files();
        for mode in ["", "--update", "--shapes-only"] {
            let ran = scene
                .run(&format!("record tupay --until {UNTIL} {mode}"))
                .exits(2);
            assert!(
                ran.stderr
                    .contains(&format!("because: {place}: a full card number\n")),
                "{}",
                ran.stderr
            );
            assert!(ran.stderr.contains("nothing was written"), "{}", ran.stderr);
            assert!(
                !ran.stderr.contains("1111") && !ran.stderr.contains("0004"),
                "{}",
                ran.stderr
            );
            assert_eq!(ran.stdout, "");
            assert_eq!(scene.files(), before, "{alteration} {mode}");
        }
        scene.run(&format!("drift tupay --until {UNTIL}")).exits(2);
    }
}

#[test]
fn what_is_kept_verbatim_is_searched_before_it_is_written() {
    let scene = Scene::altered(&["deposits:data[].countryName:word=jane@bank.pe"]);
    let before = scene.files();
    let ran = scene
        .run(&format!("record tupay --until {UNTIL} --update"))
        .exits(2);
    assert!(
        ran.stderr
            .contains("deposits:data[].countryName: an e-mail address"),
        "{}",
        ran.stderr
    );
    assert_eq!(scene.files(), before);
}

#[test]
fn a_failure_of_one_operation_is_told_after_the_others_and_nothing_is_written() {
    let scene = Scene::altered(&[]).setting("PAYMENTS_API_SIGNATURE", "another");
    let before = scene.files();
    let ran = scene
        .run(&format!("record tupay --until {UNTIL} --update"))
        .exits(2);
    assert_eq!(
        ran.stderr.lines().next(),
        Some("error: deposit status: TuPay answered 400 Bad Request, code 102")
    );
    assert!(
        ran.stderr
            .contains("error: cashout status: TuPay answered 401"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("hint: check the API key"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stdout
            .ends_with("no differences in 6 operations\nnothing was written\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(scene.files(), before);
}

#[test]
fn what_is_not_configured_is_not_asked_or_is_told() {
    let scene = Scene::altered(&[]).without("PAYMENTS_API_KEY");
    let ran = scene.run(&format!("record tupay --until {UNTIL}")).exits(0);
    assert!(
        ran.stdout.starts_with(
            "no answer of: deposit-status, cashout-status, cashout-create, deposit-notification\n"
        ),
        "{}",
        ran.stdout
    );
    let ran = Scene::altered(&[])
        .without("SECRET_KEY")
        .run("record tupay")
        .exits(2);
    assert_eq!(
        ran.stderr.lines().next(),
        Some("error: RECONCILE_TUPAY_SECRET_KEY is not set")
    );
    let ran = Scene::altered(&[]).run("record nobody").exits(2);
    assert_eq!(
        ran.stderr,
        "error: there is no provider that can be asked `nobody`; known are paywall, streampay, tupay\n"
    );
    let ran = Scene::altered(&[])
        .run("record tupay --operation payouts")
        .exits(2);
    assert!(
        ran.stderr
            .contains("there is no operation that can be asked `payouts`"),
        "{}",
        ran.stderr
    );
    let ran = Scene::altered(&[])
        .run("record tupay --base-url http://gateway.invalid")
        .exits(2);
    assert!(
        ran.stderr
            .contains("plain http is accepted for a loopback host only"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_base_url_goes_before_the_environment() {
    let scene = Scene::altered(&[]);
    let url = scene.sandbox().tupay().base_url;
    let scene = scene.setting("BASE_URL", "http://127.0.0.1:9");
    scene
        .run(&format!("record tupay --until {UNTIL} --base-url {url}"))
        .exits(0);
}

#[test]
fn what_is_recorded_of_each_provider_is_sound_and_the_same_the_next_time() {
    for (provider, written) in [("paywall", PAYWALL), ("streampay", STREAMPAY)] {
        // The last days of the month are left to be reconciled.
        let scene = Scene::faulty(&["unreconciled=3"]);
        let record = format!("record {provider} --until {UNTIL}");
        let ran = scene.run(&format!("{record} --update")).exits(0);
        assert_eq!(ran.stderr, "");
        let workspace = scene.workspace();
        let recorded = fixture::read_all(&workspace, provider).unwrap();
        let recorded = recorded
            .iter()
            .filter(|fixture| fixture.sidecar.provenance.kind == Origin::Recorded)
            .map(|fixture| format!("{}/{}", fixture.operation, fixture.case));
        assert_eq!(recorded.collect::<Vec<_>>(), written);
        let report = check::check(&workspace, Some(provider)).unwrap();
        assert_eq!(report.findings, []);
        let mut said = Vec::new();
        let status = round_trips::run(&workspace, Some(provider), &mut said).unwrap();
        assert_eq!(status, 0, "{}", String::from_utf8_lossy(&said));
        scene.run(&record).exits(0);
    }
}

/// A refusal comes with 200, and is no answer of its operation all the same.
const PAYWALL: &[&str] = &[
    "activity-list/recorded",
    "end-of-day/recorded",
    "payment-inquiry/recorded-refusal",
    "payment-inquiry/recorded",
    "reconcile/recorded-request",
    "reconcile/recorded",
    "reconciliation/recorded-refusal",
    "reconciliation/recorded",
    "reconciliation-list/recorded",
    "transaction-list/recorded",
];

const STREAMPAY: &[&str] = &[
    "assign-terminal/recorded-request",
    "assign-terminal/recorded",
    "create-merchant/recorded-request",
    "create-merchant/recorded",
    "create-reconciliation/recorded-request",
    "create-reconciliation/recorded",
    "create-terminal/recorded-request",
    "create-terminal/recorded",
    "disconnect-terminal/recorded",
    "merchant/recorded-404",
    "merchant/recorded",
    "merchants/recorded",
    "reconciliation/recorded-404",
    "reconciliation/recorded",
    "reconciliations/recorded",
    "terminal/recorded-404",
    "terminal/recorded",
    "terminals/recorded",
    "transaction/recorded-404",
    "transaction/recorded",
    "transactions/recorded",
    "unassign-terminal/recorded",
];

#[test]
fn a_provider_that_cannot_be_reached_is_told_in_one_line_with_causes_and_a_hint() {
    for provider in ["paywall", "streampay", "tupay"] {
        let record = format!("record {provider} --base-url http://127.0.0.1:9");
        let ran = Scene::altered(&[]).run(&record).exits(2);
        let lines: Vec<_> = ran.stderr.lines().collect();
        assert!(lines[0].ends_with("no connection, after 4 attempts"));
        assert!(
            lines[1..lines.len() - 1]
                .iter()
                .all(|line| line.starts_with("  because: "))
        );
        assert_eq!(
            lines
                .iter()
                .filter(|line| line.contains("no connection"))
                .count(),
            1
        );
        assert!(
            lines[lines.len() - 1].starts_with("hint: check the base URL"),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stdout, format!("{provider}: nothing was compared\n"));
    }
}

#[test]
fn wrong_credentials_and_a_wrong_base_url_are_told_with_what_to_do() {
    for (provider, setting, status) in [
        ("paywall", "API_KEY", "Paywall answered"),
        (
            "streampay",
            "API_KEY",
            "StreamPay answered 401 Unauthorized",
        ),
    ] {
        let scene = Scene::altered(&[]).setting_of(provider, setting, "another");
        let ran = scene.run(&format!("drift {provider}")).exits(2);
        assert!(ran.stderr.contains(status), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: check the "), "{}", ran.stderr);
        assert_eq!(ran.stderr.matches("error: ").count(), 1, "{}", ran.stderr);
    }
    let ran = Scene::altered(&[])
        .run("record streampay --base-url ftp://here")
        .exits(2);
    assert!(
        ran.stderr
            .starts_with("error: --base-url is no usable base URL\n"),
        "{}",
        ran.stderr
    );
}
