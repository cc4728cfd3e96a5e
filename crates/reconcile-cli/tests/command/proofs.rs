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
fn proofs_that_one_record_explains_are_told_as_one_cause() {
    let scene = Scene::with(&["omitted-deposit"]);
    let shown = scene.run(&format!("prove {JANUARY}")).exits(1).stdout;
    let headline = shown.lines().next().expect("a headline");
    assert_eq!(headline, "Not reconciled: 2 failed proofs of 1 cause");
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
    let shown = Scene::of(SandboxConfig::default())
        .run(&prove)
        .exits(0)
        .stdout;
    let (_, told) = shown
        .split_once("holds later days to them:\n")
        .expect("lines");
    let (locks, tied) = told.split_once("\n\n").expect("two parts");
    insta::assert_snapshot!(locks, @r#"  conventions.deposit_total = "statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=settled""#);
    insta::assert_snapshot!(tied, @"
    Conventions that tie with others, so that later days are not to be held to one of them yet:
      conventions.deposit_fee_total: statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=fee; 1 other does as well: statuses=APPROVED+COMPLETED+PENDING;date=created;zone=UTC;amount=fee; a day with records that are PENDING would tell
      conventions.cashout_total: statuses=COMPLETED;date=created;zone=UTC;amount=settled+fee; 5 others do as well and differ in statuses, the most plausible of them statuses=COMPLETED+DELIVERED;date=created;zone=UTC;amount=settled+fee; a day with records that are DELIVERED, ON_HOLD, PENDING, REJECTED or anything else would tell
    ");
    // Who knows better than the days can tell may lock them all the same.
    let locked = format!(
        "[providers.tupay]\n{locks}\n{}",
        r#"
        conventions.deposit_fee_total = "statuses=APPROVED+COMPLETED;date=created;zone=UTC;amount=fee"
        conventions.cashout_total = "statuses=COMPLETED;date=created;zone=UTC;amount=settled+fee"
        "#
    );
    let scene = Scene::clean();
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
fn a_convention_that_is_none_is_refused_with_what_it_may_be_and_not_shown() {
    let mut errors = Vec::new();
    for broken in [
        "statuses=APPROVED;date=sometime;zone=UTC;amount=fee",
        "statuses=APPROVED;date=created;zone=Mars/Olympus;amount=fee",
        "statuses=APPROVED;date=created;zone=UTC;amount=gross",
        "statuses=APPROVED;date=created;zone=UTC",
        "statuses=APPROVED;day=created;zone=UTC;amount=fee",
        "s3cret",
    ] {
        let scene = Scene::bare()
            .setting("BASE_URL", "http://127.0.0.1:1")
            .setting("ACCESS_KEY", "me")
            .setting("SECRET_KEY", "mine")
            .setting("CONVENTIONS_DEPOSIT_TOTAL", broken);
        let error = scene.refusal(2, &format!("prove {JANUARY} --out out"));
        let (what, hint) = error.split_once('\n').expect("a hint");
        assert!(hint.contains("RECONCILE_TUPAY_CONVENTIONS_DEPOSIT_TOTAL"));
        errors.push(what.to_owned());
    }
    insta::assert_snapshot!(errors.join("\n"), @r"
    error: tupay: `conventions.deposit_total` is not usable: its `date` is none of created, updated
    error: tupay: `conventions.deposit_total` is not usable: its `zone` is not an IANA time zone
    error: tupay: `conventions.deposit_total` is not usable: its `amount` is none of amount, settled, fee, amount-fee, amount+fee, settled-fee, settled+fee
    error: tupay: `conventions.deposit_total` is not usable: `amount` is missing
    error: tupay: `conventions.deposit_total` is not usable: the name of a part is none of statuses, date, zone, cutoff, amount, signs
    error: tupay: `conventions.deposit_total` is not usable: a part of it is not written name=value
    ");
}

#[test]
fn a_locked_status_that_the_provider_is_not_known_to_give_is_told_and_held_to() {
    let odd = "statuses=COMPLETD+PAID+REJECTED;date=created;zone=UTC;amount=settled+fee";
    let scene = Scene::clean()
        .only("tupay")
        .setting("CONVENTIONS_CASHOUT_TOTAL", odd);
    let prove = scene.run(&format!("prove {JANUARY} -q")).exits(1);
    insta::assert_snapshot!(prove.stderr, @r"
    tupay: `conventions.cashout_total` counts `COMPLETD`, which is none of the statuses that are known: CANCELLED, COMPLETED, DECLINED, DELIVERED, ON_HOLD, PENDING, REJECTED
    tupay: `conventions.cashout_total` counts `PAID`, which is none of the statuses that are known: CANCELLED, COMPLETED, DECLINED, DELIVERED, ON_HOLD, PENDING, REJECTED
    ");
    let doctor = scene.run("doctor").exits(0);
    for line in prove.stderr.lines() {
        assert!(doctor.stdout.contains(line), "{}", doctor.stdout);
    }
}

#[test]
fn an_unreadable_record_stops_the_proof() {
    let scene = Scene::with(&["bad-record"]);
    scene.refusal(3, &format!("prove {JANUARY} --out out"));
}
