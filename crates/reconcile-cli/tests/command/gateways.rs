//! Every provider through every command, and what each is planted with found.

use std::collections::BTreeSet;

use reconcile_sandbox::Planted;

use crate::scene::{PROVIDERS, Scene, january};

#[test]
fn each_provider_is_pulled_whole_whatever_the_format_or_the_concurrency() {
    let scene = Scene::clean();
    for provider in PROVIDERS {
        let pull = format!("pull {}", january(provider));
        let ran = scene.run(&pull).exits(0);
        assert_eq!(ran.stdout.lines().count(), 120, "{provider}");
        assert!(
            ran.stderr.starts_with("Complete: 120 records"),
            "{}",
            ran.stderr
        );
        let one_by_one = scene.run(&format!("{pull} --concurrency 1")).exits(0);
        assert_eq!(ran.stdout, one_by_one.stdout, "{provider}");
        let csv = scene.run(&format!("{pull} --format csv -q")).exits(0);
        assert_eq!(csv.stdout.lines().count(), 121, "{provider}");
    }
}

#[test]
fn each_provider_gives_statements_and_is_proven_by_them() {
    let scene = Scene::clean();
    for provider in PROVIDERS {
        let january = january(provider);
        let statements = scene.run(&format!("statements {january}")).exits(0);
        assert!(statements.stdout.lines().count() >= 31, "{provider}");
        let proven = scene
            .run(&format!("prove {january} --out {provider}"))
            .exits(0);
        assert!(proven.stdout.starts_with("Reconciled"), "{}", proven.stdout);
        let proofs = scene.read(&format!("{provider}/proofs.csv"));
        assert!(proofs.contains(",holds,") && !proofs.contains(",fails,"));
    }
}

#[test]
fn each_run_finds_what_is_planted_and_a_match_of_its_files_does_too() {
    let scene = Scene::clean();
    for provider in PROVIDERS {
        let planted = scene.write_ledger_of(provider).planted;
        let january = january(provider);
        let run = format!("run {january} --ledger ledger.csv --out run -q");
        scene.run(&run).exits(1);
        let breaks = scene.read("run/breaks.csv");
        let wanted: BTreeSet<_> = planted.iter().map(mistake).collect();
        let found: BTreeSet<_> = breaks.lines().skip(1).map(found).collect();
        assert_eq!(found, wanted, "{provider}");
        assert_eq!(breaks.lines().count(), 1 + planted.len(), "{provider}");

        let pull = format!("pull {january} --out records.jsonl --certificate c.json -q");
        scene.run(&pull).exits(0);
        let zone = match provider {
            "tupay" => "UTC",
            "paywall" => "Europe/Istanbul",
            _ => "Asia/Riyadh",
        };
        scene.write("rules.toml", &format!("[records]\nzone = \"{zone}\"\n"));
        let files = "match --ledger ledger.csv --records records.jsonl --certificate c.json";
        let outcome = "--rules rules.toml --as-of 2026-01-31 --out match -q";
        scene.run(&format!("{files} {outcome}")).exits(1);
        for file in ["breaks.csv", "matches.csv"] {
            let matched = scene.read(&format!("match/{file}"));
            assert_eq!(matched, scene.read(&format!("run/{file}")), "{provider}");
        }
    }
}

/// A planted mistake as its code, line and record.
fn mistake(planted: &Planted) -> [String; 3] {
    // The record of a line that is booked twice is matched with the other.
    let record = planted.record_id.clone();
    let record = record.filter(|_| planted.code != "duplicate_in_ledger");
    let text = |id: &Option<String>| id.clone().unwrap_or_default();
    [
        planted.code.to_owned(),
        text(&planted.ledger_id),
        text(&record),
    ]
}

/// A line of `breaks.csv` as the same.
fn found(line: &str) -> [String; 3] {
    let cells: Vec<_> = line.split(',').collect();
    [cells[1], cells[3], cells[4]].map(str::to_owned)
}

#[test]
fn an_instant_in_the_books_is_booked_on_its_day_in_the_provider_s_zone() {
    let scene = Scene::clean();
    // Half past one of the next day in Istanbul, which is not asked for.
    scene.write(
        "ledger.csv",
        "id,reference,amount,currency,date\nL-1,nobody-1,1.00,TRY,2026-01-10T22:30:00Z\n",
    );
    let missing = |rules: &str| {
        let run = "run --provider paywall --from 2026-01-10 --to 2026-01-11 --ledger ledger.csv";
        scene.run(&format!("{run} {rules} --out out -q")).exits(1);
        let breaks = scene.read("out/breaks.csv");
        breaks.contains(",missing_at_provider,")
    };
    assert!(!missing(""));
    scene.write("rules.toml", "[ledger]\nzone = \"UTC\"\n");
    assert!(missing("--rules rules.toml"));
}

#[test]
fn what_was_reversed_counts_beside_its_reversal_unless_the_rules_say_otherwise() {
    let scene = Scene::clean();
    scene.write_ledger_of("streampay");
    let run = format!("run {} --ledger ledger.csv -q", january("streampay"));
    let reversed = |folder: &str| scene.read(folder).matches("says reversed").count();
    scene.run(&format!("{run} --out usual")).exits(1);
    assert_eq!(reversed("usual/breaks.csv"), 0);
    scene.write("rules.toml", "[statuses]\ncounts = [\"succeeded\"]\n");
    scene
        .run(&format!("{run} --rules rules.toml --out strict"))
        .exits(1);
    assert!(reversed("strict/breaks.csv") > 0);
}

#[test]
fn a_day_that_is_not_over_is_left_for_later_and_the_certificate_says_so() {
    let scene = Scene::clean();
    let pull = "pull --provider paywall --from 2026-01-30 --to 2100-01-01";
    let ran = scene.run(&format!("{pull} --certificate c.json")).exits(0);
    assert!(ran.stderr.starts_with("Complete as of"), "{}", ran.stderr);
    assert!(scene.read("c.json").contains("\"complete_as_of\""));
}

#[test]
fn a_wrong_key_is_the_provider_s_no_at_each() {
    let mut errors = String::new();
    for provider in ["paywall", "streampay"] {
        let scene = Scene::clean().setting_of(provider, "API_KEY", "guess");
        let pull = format!("pull {} --out p.jsonl", january(provider));
        errors += &scene.refusal(3, &pull);
        errors += "\n";
    }
    insta::assert_snapshot!(errors, @"
    error: paywall transaction list: Unauthorized (HTTP 200, code 401)
      hint: check the private key and the private client, of the merchant panel under Developer, Integration: those of another environment, and public ones, do not work
    error: streampay transactions: The api key is not valid (HTTP 401, code 4010)
      hint: check the API key, and that it is one of this environment
    ");
}
