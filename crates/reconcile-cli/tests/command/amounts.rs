//! Amounts survive to the last digit, in every output.

use reconcile_sandbox::{Deposit, Fault, ODD_AMOUNTS, SandboxConfig, TuPayWorld, WorldConfig};
use serde_json::Value;

use crate::scene::{JANUARY, Scene};

/// What the odd amounts are in plain notation.
const EXPECTED: [&str; 5] = [
    "123456789012345.67",
    "0.1234567890123456789",
    "30.0",
    "0.0000001",
    "42",
];

/// An account whose first five deposits, all paid, have the odd amounts.
fn odd() -> Scene {
    let world = (1..100)
        .map(|seed| WorldConfig {
            seed,
            records: 120,
            ..WorldConfig::default()
        })
        .find(|config| {
            let world = TuPayWorld::generate(config);
            let mut first = world.deposits().iter().take(ODD_AMOUNTS.len());
            first.all(|deposit| deposit.status().is_credited())
        })
        .expect("a seed");
    let odd_amounts = "odd-amounts".parse::<Fault>().expect("a fault");
    Scene::of(SandboxConfig {
        world,
        faults: [odd_amounts].into_iter().collect(),
        ..SandboxConfig::default()
    })
}

/// The references of the five deposits, oldest first.
fn references(scene: &Scene) -> Vec<String> {
    let deposits = scene.sandbox().tupay_world().deposits();
    let first = deposits.iter().take(ODD_AMOUNTS.len());
    first.map(Deposit::external_id).collect()
}

/// The five payments, booked with these amounts.
fn lines(scene: &Scene, amounts: &[&str]) -> Vec<String> {
    let references = references(scene);
    let rows = references.iter().zip(amounts);
    rows.map(|(reference, amount)| format!("L-{reference},{reference},{amount},PEN,2026-01-01\n"))
        .collect()
}

const HEADER: &str = "id,reference,amount,currency,date\n";

/// A window with the first of the odd amounts, and one with the others.
fn windows(scene: &Scene) -> [String; 2] {
    let second = scene.sandbox().tupay_world().deposits()[1].created();
    [
        format!("--provider tupay --from 2026-01-01 --to {second}"),
        format!("--provider tupay --from {second} --to 2026-02-01"),
    ]
}

/// The ledger of each window, with these amounts.
fn ledgers(scene: &Scene, amounts: &[&str]) -> [String; 2] {
    let lines = lines(scene, amounts);
    let (first, others) = lines.split_at(1);
    [first, others].map(|lines| format!("{HEADER}{}", lines.concat()))
}

#[test]
fn odd_amounts_are_pulled_exactly_as_json_lines() {
    let scene = odd();
    let pulled = scene.run(&format!("pull {JANUARY}")).exits(0).stdout;
    for (reference, amount) in references(&scene).iter().zip(EXPECTED) {
        let line = pulled
            .lines()
            .find(|line| line.contains(&format!(r#""reference":"{reference}""#)))
            .expect("the record");
        let record: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(record["amount"], amount);
        assert_eq!(record["settled_amount"], amount);
        assert_eq!(record["attributes"]["local_amount"], amount);
    }
}

#[test]
fn odd_amounts_are_pulled_exactly_as_csv() {
    let scene = odd();
    let pulled = scene
        .run(&format!("pull {JANUARY} --format csv"))
        .exits(0)
        .stdout;
    for (reference, amount) in references(&scene).iter().zip(EXPECTED) {
        let cells = format!(",{reference},{amount},PEN,{amount},USD,");
        assert!(pulled.contains(&cells), "{cells}");
    }
}

#[test]
fn every_format_of_odd_amounts_matches_alike() {
    let scene = odd();
    let mut matches = String::new();
    for (window, ledger) in windows(&scene).iter().zip(ledgers(&scene, &EXPECTED)) {
        scene.write("ledger.csv", &ledger);
        let outcome = |extension: &str| {
            let records = format!("records.{extension}");
            scene
                .run(&format!("pull {window} --out {records}"))
                .exits(0);
            let files = format!("--ledger ledger.csv --records {records}");
            scene
                .run(&format!("match {files} --out {extension} -q"))
                .exits(1);
            let mut files = scene.contents(extension);
            // It names the file of the records, which are not the same.
            files.remove("report.html").expect("a report");
            files
        };
        let lines = outcome("jsonl");
        assert_eq!(lines, outcome("csv"));
        assert_eq!(lines, outcome("parquet"));
        matches += &scene.read("parquet/matches.csv");
    }
    for amounts in [
        "123456789012345.67,123456789012345.67,0.00,PEN",
        "0.1234567890123456789,0.1234567890123456789,0.00,PEN",
        "30.00,30.00,0.00,PEN",
        "0.0000001,0.0000001,0.00,PEN",
        "42.00,42.00,0.00,PEN",
    ] {
        assert!(matches.contains(amounts), "{amounts}\n{matches}");
    }
}

#[test]
fn a_run_shows_the_last_digit_of_every_difference() {
    let scene = odd();
    let booked = [
        "123456789012345.68",
        "0.1234567890123456780",
        "30.1",
        "0.0000002",
        "43",
    ];
    let mut breaks = String::new();
    let mut reports = String::new();
    for (window, ledger) in windows(&scene).iter().zip(ledgers(&scene, &booked)) {
        scene.write("ledger.csv", &ledger);
        let run = format!("run {window} --ledger ledger.csv --out out -q");
        scene.run(&run).exits(1);
        breaks += &scene.read("out/breaks.csv");
        reports += &scene.read("out/report.html");
        reports += &scene.read("out/summary.json");
    }
    for figures in [
        "123456789012345.68,123456789012345.67,0.01,PEN",
        "0.123456789012345678,0.1234567890123456789,-0.0000000000000000009,PEN",
        "30.10,30.00,0.10,PEN",
        "0.0000002,0.0000001,0.0000001,PEN",
        "43.00,42.00,1.00,PEN",
    ] {
        assert!(breaks.contains(figures), "{figures}\n{breaks}");
    }
    for shown in [
        "123,456,789,012,345.67",
        "0.1234567890123456789",
        "\"PEN\": \"123456789012345.68\"",
        "\"PEN\": \"73.223456989012345678\"",
    ] {
        assert!(reports.contains(shown), "{shown}");
    }
}

#[test]
fn a_total_of_more_digits_than_a_decimal_holds_is_exact() {
    let scene = odd();
    let ledger = format!("{HEADER}{}", lines(&scene, &EXPECTED).concat());
    scene.write("ledger.csv", &ledger);
    let run = format!("run {JANUARY} --ledger ledger.csv --out out -q");
    scene.run(&run).exits(1);
    let total = "123456789012417.7934568890123456789";
    assert!(
        scene
            .read("out/summary.json")
            .contains(&format!("\"PEN\": \"{total}\""))
    );
    assert!(scene.read("out/matches.csv").lines().count() == 1 + EXPECTED.len());
}

#[test]
fn whole_numbers_are_the_same_amounts_as_floats() {
    let (floats, integers) = (Scene::clean(), Scene::with(&["integers"]));
    for scene in [&floats, &integers] {
        scene.write_ledger();
        scene
            .run(&format!("run {JANUARY} --ledger ledger.csv --out out -q"))
            .exits(1);
    }
    for file in ["out/matches.csv", "out/breaks.csv", "out/summary.json"] {
        assert_eq!(floats.read(file), integers.read(file), "{file}");
    }
}
