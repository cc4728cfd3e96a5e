//! A provider against itself: `reconcile prove`.

use crate::scene::{JANUARY, Scene};

/// The proofs that fail, as identity and day.
fn failures(fault: &str) -> Vec<String> {
    let scene = Scene::with(&[fault]);
    let shown = scene
        .run(&format!("prove {JANUARY} --out out"))
        .exits(1)
        .stdout;
    assert!(shown.starts_with("Not reconciled"), "{shown}");
    let proofs = scene.read("out/proofs.csv");
    let failed: Vec<_> = proofs
        .lines()
        .filter(|line| line.contains(",fails,"))
        .map(|line| {
            let cells: Vec<_> = line.split(',').collect();
            assert!(shown.contains(cells[4]), "the day is shown\n{shown}");
            format!("{} {}", cells[0], cells[4])
        })
        .collect();
    let breaks = scene.read("out/breaks.csv");
    assert_eq!(breaks.lines().count(), failed.len() + 1, "{breaks}");
    failed
}

#[test]
fn a_clean_account_is_proven() {
    let scene = Scene::clean();
    let ran = scene.run(&format!("prove {JANUARY} --out out")).exits(0);
    assert!(ran.stdout.starts_with("Reconciled"), "{}", ran.stdout);
    assert!(!scene.read("out/proofs.csv").contains(",fails,"));
    assert_eq!(scene.read("out/breaks.csv").lines().count(), 1);
}

#[test]
fn a_balance_that_does_not_follow_is_named_by_its_day_and_the_next() {
    assert_eq!(
        failures("broken-roll-forward"),
        [
            "balance_roll_forward 2026-01-16",
            "balance_roll_forward 2026-01-17"
        ]
    );
}

#[test]
fn a_missing_day_is_named() {
    assert_eq!(failures("missing-day"), ["balance_days 2026-01-21"]);
}

#[test]
fn a_day_that_is_there_twice_is_named() {
    assert_eq!(failures("repeated-day"), ["balance_days 2026-01-08"]);
}

#[test]
fn a_step_without_a_movement_is_named() {
    assert_eq!(
        failures("unexplained-step"),
        ["balance_roll_forward 2026-01-12"]
    );
}

#[test]
fn an_unreadable_record_stops_the_proof() {
    let scene = Scene::with(&["bad-record"]);
    scene.refusal(3, &format!("prove {JANUARY} --out out"));
}
