//! What is said of answers that have changed.

use std::fs;

use xtask::Workspace;
use xtask_sdk::record::{self, Ending, Format};

use crate::scene::{Scene, UNTIL};

/// What drift says of the simulator with these alterations, without the list
/// of what did not answer.
fn drift(alterations: &[&str]) -> String {
    let scene = Scene::altered(alterations);
    let ran = scene.run(&format!("drift tupay --until {UNTIL}")).exits(1);
    assert_eq!(ran.stderr, "");
    let told =
        |line: &&str| !line.starts_with("no answer of") && !line.starts_with("without a model");
    ran.stdout
        .lines()
        .filter(told)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_change_is_told_with_its_severity_its_rust_item_and_what_it_means() {
    for (alterations, report) in [
        (
            &["deposits:data[]:add=newField"][..],
            "info     deposits:data[].newField: was unknown, is a text
         ignored until it is added: cargo xtask record tupay --update
tupay: 0 errors, 0 warnings, 1 info in 8 operations",
        ),
        (
            &["deposits:data[].fee:rename=charge"],
            "error    deposits:data[].fee: was in 2 of 2 objects, is in none of 200; perhaps renamed to `charge`
         Deposit::fee: Option<Decimal> -- compiles; reads None
info     deposits:data[].charge: was unknown, is a number
         ignored until it is added: cargo xtask record tupay --update
tupay: 1 error, 0 warnings, 1 info in 8 operations",
        ),
        (
            &["cashouts:data[].merchantName:drop"],
            "error    cashouts:data[].merchantName: was in 1 of 1 object, is in none of 58
         Cashout::merchant_name: Option<String> -- compiles; reads None
tupay: 1 error, 0 warnings, 0 infos in 8 operations",
        ),
        (
            &["settlements:data[].status:drop"],
            "error    settlements:data[].status: was in 2 of 2 objects, is in none of 4
         Settlement::status: SettlementStatus -- the pull fails with a decode error
tupay: 1 error, 0 warnings, 0 infos in 8 operations",
        ),
        (
            &["deposits:data[].amount:text"],
            "error    deposits:data[].amount: was a number, is a text
         Deposit::amount: Decimal -- compiles; still read, and written back as it was before
tupay: 1 error, 0 warnings, 0 infos in 8 operations",
        ),
        (
            &["notes:data[].id:text"],
            "error    notes:data[].id: was a number, is a text
         Note::id: u64 -- the pull fails with a decode error
tupay: 1 error, 0 warnings, 0 infos in 8 operations",
        ),
        (
            &["balance-report:data[].netAmount:null"],
            "warning  balance-report:data[].netAmount: was never null, is null in 30 of 30
         BalanceDay::net_amount: Option<Decimal> -- compiles; reads None
tupay: 0 errors, 1 warning, 0 infos in 8 operations",
        ),
        (
            &["balance-report:data[].date:null"],
            "error    balance-report:data[].date: was never null, is null in 30 of 30
         BalanceDay::date: Timestamp -- the pull fails with a decode error
tupay: 1 error, 0 warnings, 0 infos in 8 operations",
        ),
        (
            &["deposit-status:payer:empty"],
            "warning  deposit-status:payer: was never `{}`, is `{}` in 5 of 5
         DepositLookup::payer: Option<Payer> -- compiles; reads None
tupay: 0 errors, 1 warning, 0 infos in 8 operations",
        ),
        (
            &["deposits:data[].refundAttempted:empty"],
            "error    deposits:data[].refundAttempted: was never `{}`, is `{}` in 50 of 50
         Deposit::refund_attempted: Option<bool> -- the pull fails with a decode error
tupay: 1 error, 0 warnings, 0 infos in 7 operations",
        ),
        (
            &["settlements:data[].status:word=EXPIRED"],
            "info     settlements:data[].status: was a word that `SettlementStatus` knows, is `EXPIRED`
         Settlement::status: SettlementStatus -- compiles; reads as `SettlementStatus::Unknown`
tupay: 0 errors, 0 warnings, 1 info in 8 operations",
        ),
        (
            &["settlements:data[].status:word=Jane Roe"],
            "info     settlements:data[].status: was a word that `SettlementStatus` knows, is a word that may be data and is not shown
         Settlement::status: SettlementStatus -- compiles; reads as `SettlementStatus::Unknown`
tupay: 0 errors, 0 warnings, 1 info in 8 operations",
        ),
        (
            &["deposits:data[].creationDate:word=2026-01-31 10:00"],
            "error    deposits:data[].creationDate: was text of the form instant.0, is other
         Deposit::creation_date: Timestamp -- the pull fails with a decode error
tupay: 1 error, 0 warnings, 0 infos in 7 operations",
        ),
        (
            &["login:idUser:text"],
            "error    login:idUser: was a number, is a text
         Login::id_user: Option<u64> -- the pull fails with a decode error
tupay: 1 error, 0 warnings, 0 infos in 1 operation",
        ),
    ] {
        assert_eq!(drift(alterations), report, "{alterations:?}");
    }
}

#[test]
fn values_are_told_only_where_their_type_depends_on_them() {
    let many = "9".repeat(29);
    for (operation, from, to, difference) in [
        // Whatever a type reads as before is not worth a word.
        ("tupay/deposits/page", "7.92", "12345678.5", ""),
        ("tupay/deposits/page", "7.92", "8", ""),
        ("tupay/deposits/page", "301393325", "1", ""),
        ("tupay/deposits/page", r#""1-44862-ACP""#, r#""A""#, ""),
        ("tupay/deposits/page", r#""CANCELLED""#, r#""PENDING""#, ""),
        (
            "tupay/deposits/page",
            "7.92",
            "7.92345",
            "info     deposits:data[].amount: was of up to 3 digits, 2 after the point, is of up to 6 digits, 5 after the point",
        ),
        (
            "tupay/deposits/page",
            "7.92",
            &many,
            "error    deposits:data[].amount: was of up to 3 digits, 2 after the point, is of up to 29 digits",
        ),
        (
            "tupay/deposits/page",
            "301393325",
            "99999999999999999999",
            "error    deposits:data[].idDeposit: was of up to 9 digits, is of up to 20 digits",
        ),
        (
            "tupay/deposits/page",
            "301393325",
            "-1",
            "error    deposits:data[].idDeposit: was of up to 9 digits, is of up to 1 digit, and negative",
        ),
        (
            "tupay/deposits/page",
            "301393325",
            "3.5",
            "error    deposits:data[].idDeposit: was a whole number, is a number with a fraction",
        ),
        (
            "tupay/deposits/page",
            "2024-06-01T13:37:17Z",
            "2024-06-01T13:37:17.123Z",
            "info     deposits:data[].creationDate: was text of the form instant.0, is instant.3",
        ),
        (
            "tupay/deposits/page",
            "2024-06-01T13:37:17Z",
            "",
            "error    deposits:data[].creationDate: was never empty, is an empty text in 1 of 1",
        ),
        (
            "tupay/deposits/page",
            r#""flags": []"#,
            r#""flags": ["NEW"]"#,
            "info     deposits:data[].flags: was always empty, is a list with elements",
        ),
        (
            "streampay/merchants/page",
            r#""pages": 1"#,
            r#""pages": "1""#,
            "error    merchants:pages: was a number, is a text",
        ),
    ] {
        let text = fs::read_to_string(format!("../../fixtures/{operation}.json")).unwrap();
        let changed = text.replacen(from, to, 1);
        assert_ne!(text, changed, "{operation} has no {from}");
        let folder = tempfile::tempdir().unwrap();
        let (provider, path) = operation.split_once('/').unwrap();
        let body = folder.path().join(format!("{path}.json"));
        fs::create_dir_all(body.parent().unwrap()).unwrap();
        fs::write(&body, changed).unwrap();
        let mut out = Vec::new();
        let ending = record::drift_of_folder(
            &Workspace::here(),
            provider,
            folder.path(),
            Format::Text,
            &mut out,
        );
        let said = String::from_utf8(out).unwrap();
        let same = if difference.is_empty() {
            Ending::Same
        } else {
            Ending::Differs
        };
        assert_eq!(ending, Ok(same), "{from} {to}: {said}");
        let first = if difference.is_empty() {
            "no answer of"
        } else {
            difference
        };
        assert!(said.starts_with(first), "{from} {to}: {said}");
    }
}

#[test]
fn record_says_the_same_and_writes_nothing() {
    let scene = Scene::altered(&["deposits:data[].fee:drop"]);
    let before = scene.files();
    let drift = scene.run(&format!("drift tupay --until {UNTIL}")).exits(1);
    let record = scene.run(&format!("record tupay --until {UNTIL}")).exits(1);
    assert_eq!(drift.stdout, record.stdout);
    assert_eq!(scene.files(), before);
}

#[test]
fn a_report_for_programs_has_the_same_in_keys() {
    let scene = Scene::altered(&["deposits:data[].fee:drop"]);
    let ran = scene
        .run(&format!("drift tupay --until {UNTIL} --format json"))
        .exits(1);
    assert_eq!(
        ran.stdout,
        r#"{
  "provider": "tupay",
  "differences": [
    {
      "severity": "error",
      "place": "deposits:data[].fee",
      "was": "in 2 of 2 objects",
      "is": "in none of 200",
      "item": "Deposit::fee: Option<Decimal>",
      "meaning": "compiles; reads None"
    }
  ],
  "compared": [
    "login",
    "deposits",
    "cashouts",
    "balance-report",
    "settlements",
    "notes",
    "deposit-status",
    "cashout-status"
  ],
  "unanswered": [
    "cashout-create",
    "deposit-notification"
  ],
  "without_model": [
    "balance"
  ]
}
"#
    );
}

#[test]
fn a_folder_may_hold_one_body_an_operation() {
    let scene = Scene::altered(&[]);
    let folder = scene.path("kept");
    fs::create_dir(&folder).unwrap();
    let deposits = scene.path("fixtures/tupay/deposits/page.json");
    fs::copy(&deposits, folder.join("deposits.json")).unwrap();
    let ran = scene.run("drift tupay --dir kept").exits(0);
    assert!(
        ran.stdout
            .ends_with("tupay: no differences in 1 operation\n"),
        "{}",
        ran.stdout
    );
    let changed = fs::read_to_string(&deposits).unwrap();
    let changed = changed.replace("\"fee\"", "\"charge\"");
    fs::write(folder.join("deposits.json"), changed).unwrap();
    scene.run("drift tupay --dir kept").exits(1);
    let ran = scene.run("drift tupay --dir nowhere").exits(2);
    assert!(
        ran.stderr.contains("hint: bodies are DIR/<operation>/"),
        "{}",
        ran.stderr
    );
}

#[test]
fn bodies_in_a_folder_are_compared_without_asking() {
    let scene = Scene::altered(&[]);
    for provider in ["tupay", "paywall", "streampay"] {
        let ran = scene
            .run(&format!("drift {provider} --dir fixtures/{provider}"))
            .exits(0);
        assert!(
            ran.stdout
                .contains(&format!("{provider}: no differences in "))
        );
    }
    assert_eq!(scene.sandbox().requests().total(), 0);

    let body = scene.path("bodies/settlements/today.json");
    fs::create_dir_all(body.parent().unwrap()).unwrap();
    fs::write(
        &body,
        r#"{"data":[],"page":0,"rows":0,"maxRows":50,"total":12.5}"#,
    )
    .unwrap();
    let ran = scene.run("drift tupay --dir bodies").exits(1);
    assert!(
        ran.stdout
            .starts_with("warning  settlements:data: was never empty, is empty in 1 of 1\n")
            && ran
                .stdout
                .contains("info     settlements:total: was unknown, is a number\n"),
        "{}",
        ran.stdout
    );

    fs::write(&body, "{\n  \"data\": [\n}").unwrap();
    let ran = scene.run("drift tupay --dir bodies").exits(2);
    assert!(
        ran.stderr
            .contains("today.json: line 3, column 1: expected a value or ']', found '}'"),
        "{}",
        ran.stderr
    );
    let ran = scene.run("drift tupay --dir nowhere").exits(2);
    assert!(
        ran.stderr.contains("nowhere cannot be read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_login_that_is_refused_is_trouble_not_drift() {
    let ran = Scene::faulty(&["ip-not-allowed"])
        .run("drift tupay")
        .exits(2);
    assert_eq!(
        ran.stderr.lines().next(),
        Some("error: login: TuPay answered 403 Forbidden, code 83")
    );
}
