//! A provider against itself: `reconcile prove`.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use reconcile_sandbox::{SandboxConfig, WorldConfig};

use crate::scene::{JANUARY, Scene, january};

/// Proves a provider with each of these faults: what fails, as identity, account,
/// part, day, subject, difference and what that is counted in.
fn failures(provider: &str, faults: &[&str]) -> String {
    let told = faults.iter().map(|fault| {
        let scene = Scene::with(&[fault]);
        let prove = format!("prove {} --out out", january(provider));
        let shown = scene.run(&prove).exits(1).stdout;
        assert!(shown.starts_with("Not reconciled"), "{shown}");
        let mut proofs = csv::Reader::from_path(scene.path("out/proofs.csv")).expect("proofs");
        let mut told = vec![(*fault).to_owned()];
        for proof in proofs.records() {
            let proof = proof.expect("a proof");
            let [identity, account, scope, currency, day, verdict] =
                [0, 1, 2, 3, 4, 5].map(|column| &proof[column]);
            // What sums up several days is no break beside theirs.
            let sums_up = account.is_empty() && day.is_empty();
            if verdict != "fails" || sums_up {
                continue;
            }
            assert!(shown.contains(day), "the day is shown\n{shown}");
            let (difference, subject) = (&proof[8], &proof[12]);
            let place = [identity, account, scope, day, subject, difference, currency];
            let place: Vec<_> = place.into_iter().filter(|text| !text.is_empty()).collect();
            told.push(format!("  {}", place.join(" ")));
        }
        let breaks = scene.read("out/breaks.csv");
        assert_eq!(breaks.lines().count(), told.len(), "{breaks}");
        told.join("\n")
    });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn each_inconsistency_of_tupay_is_named_by_its_identity_day_and_difference() {
    let faults = [
        "broken-roll-forward",
        "missing-day",
        "repeated-day",
        "unexplained-step",
        "omitted-deposit",
    ];
    // A wrong balance is also what the next day begins with.
    insta::assert_snapshot!(failures("tupay", &faults), @r"
    broken-roll-forward
      balance_roll_forward 19759 2026-01-16 -1.00 USD
      balance_roll_forward 19759 2026-01-17 1.00 USD
    missing-day
      balance_days 19759 2026-01-21 1
    repeated-day
      balance_days 19759 2026-01-08 -1
    unexplained-step
      balance_roll_forward 19759 2026-01-12 -25.00 USD
    omitted-deposit
      deposit_total 19759 2026-01-26 depositTotal 89.69 USD
      deposit_fee_total 19759 2026-01-26 depositFeeTotal 4.39 USD
    ");
}

#[test]
fn each_inconsistency_of_paywall_is_named_by_its_identity_day_and_difference() {
    let faults = [
        "missing-day",
        "verdict-missing",
        "verdict-late",
        "verdict-false",
        "list-disagrees=verdict",
        "list-disagrees=twice",
        "list-disagrees=alone",
        "list-disagrees=later",
        "end-of-day-off=amount",
        "end-of-day-off=count",
    ];
    insta::assert_snapshot!(failures("paywall", &faults), @r"
    missing-day
      end_of_day 2026-01-24 1
    verdict-missing
      day_reconciled 2026-01-11 TRY
    verdict-late
      day_reconciled 2026-01-08 -36
    verdict-false
      day_reconciled 2026-01-21 TRY
    list-disagrees=verdict
      day_listed 2026-01-13 agreements = agreements_listed 1
    list-disagrees=twice
      day_listed 2026-01-13 reconciliations = reconciliations_listed -1
      day_listed 2026-01-13 agreements = agreements_listed -1
    list-disagrees=alone
      day_reconciled 2026-01-13 TRY
      day_listed 2026-01-13 reconciliations = reconciliations_listed -1
      day_listed 2026-01-13 agreements = agreements_listed -1
    list-disagrees=later
      day_listed 2026-01-13 verdict_days = verdict_days_listed -3
    end-of-day-off=amount
      day_successful 2026-01-16 successful -0.01 TRY
    end-of-day-off=count
      day_successful 2026-01-16 successful_count -1
    ");
}

#[test]
fn each_inconsistency_of_streampay_is_named_by_its_identity_terminal_and_difference() {
    let faults = [
        "unbalanced-batch=amount",
        "unbalanced-batch=count",
        "wrong-verdict=unbalanced",
        "wrong-verdict=balanced",
        "unbatched-receipt",
        "twice-batched",
        "batch-hole",
        "stan-gap",
    ];
    // What a scheme is off by, the total is off by, too.
    insta::assert_snapshot!(failures("streampay", &faults), @r"
    unbalanced-batch=amount
      sides_agree 0000000000000018 VC 2026-01-16 pos_debit = host_debit -0.01 SAR
      sides_agree 0000000000000018 VC 2026-01-16 pos_total = host_total -0.01 SAR
    unbalanced-batch=count
      sides_agree 0000000000000018 VC 2026-01-16 pos_debit_count = host_debit_count -1
      sides_agree 0000000000000018 VC 2026-01-16 pos_total_count = host_total_count -1
    wrong-verdict=unbalanced
      balanced 0000000000000011 2026-01-12 SAR
      balanced 0000000000000011 P1 2026-01-12 SAR
    wrong-verdict=balanced
      sides_agree 0000000000000011 P1 2026-01-12 pos_debit = host_debit -0.01 SAR
      sides_agree 0000000000000011 P1 2026-01-12 pos_total = host_total -0.01 SAR
      balanced 0000000000000011 2026-01-12 pos_debit = host_debit -0.01 SAR
      balanced 0000000000000011 P1 2026-01-12 pos_debit = host_debit -0.01 SAR
    unbatched-receipt
      batch_receipts 0000000000000011 2026-01-10 purchase 332.20 SAR
      batch_receipts 0000000000000011 P1 2026-01-10 pos_debit 332.20 SAR
    twice-batched
      batch_receipts 0000000000000018 2026-01-09 purchase -253.00 SAR
      batch_receipts 0000000000000018 VC 2026-01-09 pos_debit -253.00 SAR
    batch-hole
      batch_receipts 0000000000000011 2026-01-20 purchase 1837.76 SAR
    stan-gap
      stan 0000000000000018 2026-01-22 999931 1
    ");
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
fn a_day_without_a_verdict_is_left_open_as_long_as_the_verdict_may_take() {
    // Nobody reconciled the last two of these days, the third and fourth before
    // today; another seven would be too late. That they are not listed either
    // proves nothing.
    let zone = TimeZone::get("Europe/Istanbul").expect("a zone");
    let today = Timestamp::now().to_zoned(zone).date();
    let scene = |days_ago: i32| {
        let world = WorldConfig {
            records: 30,
            from: today - days_ago.days(),
            days: 10,
            ..WorldConfig::default()
        };
        let faults = ["unreconciled=2".parse()];
        let config = SandboxConfig {
            world,
            faults: faults
                .into_iter()
                .collect::<Result<_, _>>()
                .expect("a fault"),
            ..SandboxConfig::default()
        };
        let scene = Scene::of(config);
        let (from, to) = (today - days_ago.days(), today - (days_ago - 10).days());
        let prove = format!("prove --provider paywall --from {from} --to {to} --out out -q");
        let status = scene.run(&prove).status;
        let proofs = scene.read("out/proofs.csv");
        let verdicts = [",not_testable,", ",fails,"].map(|v| proofs.matches(v).count());
        (status, verdicts)
    };
    assert_eq!(scene(12), (0, [4, 0]));
    assert_eq!(scene(30), (1, [2, 2]));
}

#[test]
fn conventions_that_are_found_can_be_locked_and_a_report_that_leaves_them_breaks() {
    let prove = format!("prove {JANUARY} --out out");
    let scene = Scene::clean();
    let shown = scene.run(&prove).exits(0).stdout;
    let (_, locks) = shown
        .split_once("holds later days to them:\n")
        .expect("lines");
    insta::assert_snapshot!(locks, @r#"
    conventions.deposit_total = "statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=settled"
    conventions.deposit_fee_total = "statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=fee"
    conventions.cashout_total = "statuses=COMPLETED;date=created;zone=UTC;amount=settled+fee"
    "#);
    let locked = format!("[providers.tupay]\n{locks}");
    scene.write("reconcile.toml", &locked);
    let shown = scene.run(&prove).exits(0).stdout;
    assert!(!shown.contains("conventions."), "{shown}");
    assert!(scene.read("out/proofs.csv").contains("as it is locked"));

    let other = Scene::with(&["report-deposits=net"]);
    other.run(&prove).exits(0);
    other.write("reconcile.toml", &locked);
    other.run(&prove).exits(1);
    let breaks = other.read("out/breaks.csv");
    let mut codes = breaks.lines().skip(1);
    assert!(codes.all(|line| line.contains("control_total")), "{breaks}");
    assert!(breaks.contains("stated depositTotal"), "{breaks}");
}

#[test]
fn a_convention_that_is_none_is_refused_and_not_shown() {
    let broken = "statuses=APPROVED;date=sometime";
    let scene = Scene::clean().setting("CONVENTIONS_DEPOSIT_TOTAL", broken);
    let error = scene.refusal(2, &format!("prove {JANUARY} --out out"));
    insta::assert_snapshot!(error, @r"
    error: tupay: `conventions.deposit_total` is not usable: it is not a convention as `reconcile prove` prints it
      hint: `conventions.deposit_total`: which deposits a day's total counts, as `prove` finds it; it comes from RECONCILE_TUPAY_CONVENTIONS_DEPOSIT_TOTAL or from [providers.tupay] in reconcile.toml
    ");
}

#[test]
fn an_unreadable_record_stops_the_proof() {
    let scene = Scene::with(&["bad-record"]);
    scene.refusal(3, &format!("prove {JANUARY} --out out"));
}
