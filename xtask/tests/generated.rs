//! What is generated is what the fixtures and the overrides say.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "support/copy.rs"]
mod copy;

use copy::Checkout;
use xtask::{
    Workspace, explain,
    models::{self, Mode, Stale},
};

#[test]
fn generated_files_are_current() {
    let stale = models::run(&Workspace::here(), None, Mode::Check).unwrap();
    let diffs: String = stale.iter().map(|file| file.diff.as_str()).collect();
    assert!(stale.is_empty(), "{diffs}\nrun: {}", models::COMMAND);
}

fn check(checkout: &Checkout) -> Vec<Stale> {
    models::run(&checkout.workspace(), None, Mode::Check).unwrap()
}

fn paths(stale: &[Stale]) -> Vec<String> {
    stale
        .iter()
        .map(|file| file.path.display().to_string())
        .collect()
}

#[test]
fn an_untouched_copy_is_current_and_checking_writes_nothing() {
    let checkout = Checkout::new();
    let before = checkout.files();
    assert_eq!(paths(&check(&checkout)), Vec::<String>::new());
    checkout.change(
        "fixtures/tupay/login/success.json",
        "\"idUser\"",
        "\"idPerson\": 1, \"idUser\"",
    );
    let changed = checkout.files();
    assert!(!check(&checkout).is_empty());
    assert_eq!(checkout.files(), changed);
    assert_ne!(before, changed);
}

#[test]
fn a_changed_fixture_makes_lock_and_models_stale() {
    let checkout = Checkout::new();
    checkout.change(
        "fixtures/tupay/login/success.json",
        "\"idUser\"",
        "\"mayApprove\": true,\n  \"idUser\"",
    );
    let stale = check(&checkout);
    assert_eq!(
        paths(&stale),
        [
            "fixtures/tupay/shapes.lock.json",
            "crates/tupay-merchants/src/models/generated.rs",
        ]
    );
    let models = &stale[1].diff;
    assert!(
        models.contains("+    pub may_approve: Option<bool>,"),
        "{models}"
    );
    assert!(
        models.contains("--- crates/tupay-merchants/src/models/generated.rs"),
        "{models}"
    );
    assert!(
        models.contains(
            "+++ crates/tupay-merchants/src/models/generated.rs as cargo xtask models makes it"
        ),
        "{models}"
    );
}

#[test]
fn a_fixture_with_another_value_of_the_same_shape_makes_the_lock_stale() {
    let checkout = Checkout::new();
    let deposits = "fixtures/tupay/deposits/page.json";
    checkout.change(deposits, "7.92", "7.93");
    let stale = check(&checkout);
    assert_eq!(paths(&stale), ["fixtures/tupay/shapes.lock.json"]);
    assert!(stale[0].diff.contains("+      \"checksum\": "), "{stale:?}");
}

#[test]
fn a_changed_override_makes_the_models_stale() {
    let checkout = Checkout::new();
    checkout.change(
        "fixtures/streampay/overrides.toml",
        "{ key = \"pan_suffix\",",
        "{ key = \"pan_suffix\", name = \"end_of_pan\",",
    );
    let stale = check(&checkout);
    assert_eq!(
        paths(&stale),
        ["crates/streampay-sdk/src/models/generated.rs"]
    );
    assert!(
        stale[0]
            .diff
            .contains("+    pub end_of_pan: Option<Personal>,")
    );
}

#[test]
fn a_changed_generated_file_is_stale() {
    for path in [
        "crates/paywall-vpos/src/models/generated.rs",
        "fixtures/paywall/shapes.lock.json",
        "xtask/sdk/src/roots/paywall.rs",
    ] {
        let checkout = Checkout::new();
        let text = std::fs::read_to_string(checkout.path(path)).unwrap();
        std::fs::write(checkout.path(path), text.trim_end()).unwrap();
        assert_eq!(paths(&check(&checkout)), [path]);
    }
}

#[test]
fn a_missing_generated_file_is_stale_and_is_made() {
    let checkout = Checkout::new();
    let before = checkout.files();
    let path = "xtask/sdk/src/roots/tupay.rs";
    std::fs::remove_file(checkout.path(path)).unwrap();
    assert_eq!(paths(&check(&checkout)), [path]);
    let written = models::run(&checkout.workspace(), Some("tupay"), Mode::Write).unwrap();
    assert_eq!(paths(&written), [path]);
    assert_eq!(checkout.files(), before);
}

#[test]
fn a_provider_is_checked_alone() {
    let checkout = Checkout::new();
    std::fs::remove_file(checkout.path("xtask/sdk/src/roots/tupay.rs")).unwrap();
    let alone = |provider| models::run(&checkout.workspace(), Some(provider), Mode::Check);
    assert!(alone("paywall").unwrap().is_empty());
    assert_eq!(alone("tupay").unwrap().len(), 1);
    let error = alone("acme").unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no provider `acme`; known are paywall, streampay, tupay"
    );
}

#[test]
fn a_refusal_says_whose_decision_is_missing_and_writes_nothing() {
    let checkout = Checkout::new();
    checkout.change(
        "fixtures/tupay/login/success.json",
        "\"idUser\"",
        "\"bonus\": 1.5,\n  \"idUser\"",
    );
    let before = checkout.files();
    let error = models::run(&checkout.workspace(), None, Mode::Write).unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with("tupay: login:bonus: what may be an amount"),
        "{error}"
    );
    assert!(
        error.contains("Write in [[type]] \"Login\": { key = \"bonus\", type = \"decimal\" }"),
        "{error}"
    );
    assert_eq!(checkout.files(), before);
}

#[test]
fn what_was_learned_without_bodies_stays_in_the_lock_and_is_evidence() {
    let checkout = Checkout::new();
    checkout.change(
        "fixtures/tupay/shapes.lock.json",
        "\"learned\": {}",
        r#""learned": {"login": {"samples": 3, "shape": {"object": {"count": 3, "fields": {"lastSeen": {"bool": 3}}}}}}"#,
    );
    models::run(&checkout.workspace(), Some("tupay"), Mode::Write).unwrap();
    let read = |path| std::fs::read_to_string(checkout.path(path)).unwrap();
    let lock = read("fixtures/tupay/shapes.lock.json");
    assert!(lock.contains("\"samples\": 3"), "{lock}");
    let code = read("crates/tupay-merchants/src/models/generated.rs");
    assert!(
        code.contains("    /// Seen in 3 of 4 objects, never null.\n"),
        "{code}"
    );
    assert!(code.contains("    pub last_seen: Option<bool>,"), "{code}");
    assert!(check(&checkout).is_empty());
}

#[test]
fn a_field_is_explained_by_its_name_and_by_its_place() {
    let workspace = Workspace::here();
    let by_name = explain::explain(&workspace, "streampay", "Receipt.pan_suffix").unwrap();
    let place = "transaction:transaction.receipts[].pan_suffix";
    let by_place = explain::explain(&workspace, "streampay", place).unwrap();
    assert_eq!(by_name, by_place);
    let text = by_name[0].to_string();
    assert!(
        text.starts_with("Receipt.pan_suffix: Option<Personal>\n"),
        "{text}"
    );
    assert!(
        text.contains("R7, fixtures/streampay/overrides.toml:"),
        "{text}"
    );
    assert!(text.contains("type = \"text\""), "{text}");
    assert!(text.contains("transactions/page (documented)"), "{text}");
    assert!(
        text.contains("Seen in 4 of 4 objects, never null."),
        "{text}"
    );
}

#[test]
fn the_line_of_an_explanation_is_the_line_of_the_override() {
    let workspace = Workspace::here();
    let explained = explain::explain(&workspace, "tupay", "Deposit.amount").unwrap();
    let text = explained[0].to_string();
    let after = text.split("overrides.toml:").nth(1).unwrap();
    let line: usize = after.split(':').next().unwrap().parse().unwrap();
    let overrides = std::fs::read_to_string(workspace.overrides("tupay")).unwrap();
    let line = overrides.lines().nth(line - 1).unwrap();
    assert!(
        line.contains("key = \"amount\", type = \"decimal\""),
        "{line}"
    );
}

#[test]
fn what_is_not_there_cannot_be_explained() {
    let nobody = explain::explain(&Workspace::here(), "acme", "Login.id_user");
    assert!(
        nobody
            .unwrap_err()
            .to_string()
            .contains("known are paywall, streampay, tupay")
    );
    let explain = |path| {
        explain::explain(&Workspace::here(), "tupay", path)
            .unwrap_err()
            .to_string()
    };
    assert!(explain("Nothing.at_all").contains("known are Login, Page"));
    assert!(explain("Login.nothing").contains("known are Login.id_user, Login.username"));
    assert!(explain("deposits:nothing").contains("balance-report:"));
}
