//! The files of a run: their shape, and that equal input leaves equal bytes.

use std::{collections::BTreeSet, fmt::Write};

use reconcile_sandbox::{SandboxConfig, WorldConfig};
use serde_json::Value;

use crate::scene::{JANUARY, Scene};

/// A clean account with the books of it, and a run of the two in `run`.
fn reconciled() -> Scene {
    let scene = Scene::clean();
    scene.write_ledger();
    scene
        .run(&format!("run {JANUARY} --ledger ledger.csv --out run -q"))
        .exits(1);
    scene
}

#[test]
fn a_run_leaves_the_files_of_the_contract() {
    let scene = reconciled();
    let files: Vec<_> = scene.contents("run").into_keys().collect();
    assert_eq!(
        files,
        [
            "breaks.csv",
            "certificate.json",
            "matches.csv",
            "proofs.csv",
            "report.html",
            "summary.json"
        ]
    );
    let header = |file: &str| scene.read(file).lines().next().map(str::to_owned);
    assert_eq!(
        header("run/breaks.csv").as_deref(),
        Some(
            "break_id,code,severity,ledger_ids,record_ids,expected,actual,difference,\
             currency,date,age_days,rule,explanation"
        )
    );
    assert_eq!(
        header("run/matches.csv").as_deref(),
        Some(
            "match_id,rule,ledger_ids,record_ids,ledger_amount,record_amount,difference,\
             currency,ambiguous"
        )
    );
}

#[test]
fn the_summary_has_the_keys_of_the_contract_in_its_order() {
    let summary = reconciled().read("run/summary.json");
    insta::assert_snapshot!(summary, @r#"
    {
      "ledger": {
        "rows": 111,
        "amounts": {
          "PEN": "27046.01",
          "USD": "-614.21"
        }
      },
      "records": {
        "rows": 120,
        "amounts": {
          "PEN": "31310.27",
          "USD": "-2118.87"
        }
      },
      "matched": {
        "groups": 96,
        "ledger_rows": 96,
        "record_rows": 96
      },
      "breaks": {
        "missing_at_provider": 2,
        "missing_in_ledger": 2,
        "duplicate_at_provider": 3,
        "duplicate_in_ledger": 2,
        "timing": 2,
        "amount_mismatch": 3,
        "currency_mismatch": 2,
        "sign_mismatch": 2,
        "status_mismatch": 2
      },
      "proofs": {
        "holds": 219,
        "fails": 0,
        "not_testable": 2
      },
      "verdict": "breaks",
      "conservation": {
        "PEN": {
          "ledger": "27046.01",
          "records": "30807.74",
          "explained": "-3761.73"
        },
        "USD": {
          "ledger": "-614.21",
          "records": "-2118.87",
          "explained": "1504.66"
        }
      }
    }
    "#);
}

#[test]
fn a_second_run_leaves_the_same_bytes() {
    let scene = reconciled();
    scene
        .run(&format!("run {JANUARY} --ledger ledger.csv --out again -q"))
        .exits(1);
    assert_eq!(scene.contents("run"), scene.contents("again"));
    // Into the folder of the first, too.
    scene
        .run(&format!("run {JANUARY} --ledger ledger.csv --out run -q"))
        .exits(1);
    assert_eq!(scene.contents("run"), scene.contents("again"));
}

#[test]
fn the_order_of_the_rows_changes_no_byte() {
    let scene = reconciled();
    scene
        .run(&format!("pull {JANUARY} --out records.jsonl -q"))
        .exits(0);
    scene.write(
        "shuffled/ledger.csv",
        &reversed(&scene.read("ledger.csv"), 1),
    );
    scene.write(
        "shuffled/records.jsonl",
        &reversed(&scene.read("records.jsonl"), 0),
    );
    scene
        .run("match --ledger ledger.csv --records records.jsonl --out one -q")
        .exits(1);
    scene
        .run("match --ledger shuffled/ledger.csv --records shuffled/records.jsonl --out two -q")
        .exits(1);
    assert_eq!(scene.contents("one"), scene.contents("two"));
}

/// The lines the other way round, but for a header of so many lines.
fn reversed(text: &str, header: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    let (header, rows) = lines.split_at(header);
    let turned = header.iter().chain(rows.iter().rev());
    turned.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn two_files_match_as_the_run_that_pulled_them_did() {
    let scene = reconciled();
    for format in ["csv", "jsonl", "parquet"] {
        let pull = format!("pull {JANUARY} --out r.{format} --certificate c.json -q");
        scene.run(&pull).exits(0);
        scene
            .run(&format!(
                "match --ledger ledger.csv --records r.{format} --certificate c.json \
                 --as-of 2026-01-31 --out {format} -q"
            ))
            .exits(1);
        for file in ["breaks.csv", "matches.csv"] {
            assert_eq!(
                scene.read(&format!("{format}/{file}")),
                scene.read(&format!("run/{file}")),
                "{format}, {file}"
            );
        }
    }
}

#[test]
fn books_without_a_mistake_reconcile() {
    let scene = Scene::clean();
    let pulled = scene
        .run(&format!("pull {JANUARY} --kind payment"))
        .exits(0)
        .stdout;
    let mut ledger = "reference,amount,currency,date\n".to_owned();
    let mut seen = BTreeSet::new();
    let mut records = String::new();
    for line in pulled.lines() {
        let record: Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| record[key].as_str().expect("text").to_owned();
        // The account has a payment that is listed twice, which is a break.
        if text("status") != "succeeded" || !seen.insert(text("reference")) {
            continue;
        }
        let date = &text("created_at")[..10];
        let (reference, amount) = (text("reference"), text("amount"));
        // Writing to a `String` cannot fail.
        let _ = writeln!(ledger, "{reference},{amount},PEN,{date}");
        let _ = writeln!(records, "{line}");
    }
    scene.write("ledger.csv", &ledger);
    scene.write("records.jsonl", &records);
    let ran = scene
        .run("match --ledger ledger.csv --records records.jsonl --out out")
        .exits(0);
    assert!(ran.stdout.starts_with("Reconciled"), "{}", ran.stdout);
    assert!(
        scene
            .read("out/summary.json")
            .contains(r#""verdict": "reconciled""#)
    );
    assert!(!scene.path("out/certificate.json").exists());
}

#[test]
fn a_run_over_books_without_a_mistake_has_nothing_open() {
    // So small a world has neither mistakes in its ledger nor doubles.
    let scene = Scene::of(SandboxConfig {
        world: WorldConfig {
            records: 19,
            ..WorldConfig::default()
        },
        ..SandboxConfig::default()
    });
    scene.write_ledger();
    let ran = scene
        .run(&format!("run {JANUARY} --ledger ledger.csv --out out"))
        .exits(0);
    assert!(ran.stdout.starts_with("Reconciled"), "{}", ran.stdout);
    assert_eq!(scene.read("out/breaks.csv").lines().count(), 1);
}

#[test]
fn unreadable_ledger_lines_are_set_aside_into_a_file_and_counted() {
    let scene = Scene::clean();
    scene.write(
        "ledger.csv",
        "id,reference,amount,currency,date\n1,a,10.00,PEN,2026-01-02\n2,b,ten,PEN,2026-01-02\n",
    );
    let ran = scene
        .run(&format!(
            "run {JANUARY} --ledger ledger.csv --out out --skip-invalid -q"
        ))
        .exits(1);
    insta::assert_snapshot!(ran.stderr, @"1 of 2 ledger lines could not be read and were set aside");
    assert_eq!(
        scene.read("out/ledger-set-aside.txt"),
        "id,reference,amount,currency,date\n2,b,ten,PEN,2026-01-02\n"
    );
}
