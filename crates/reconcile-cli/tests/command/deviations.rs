//! A gateway that writes more, less or something else than is documented.

use serde_json::Value;

use crate::scene::{JANUARY, Scene};

fn pulled(faults: &[&str]) -> String {
    let scene = Scene::with(faults);
    scene.run(&format!("pull {JANUARY}")).exits(0).stdout
}

#[test]
fn unknown_fields_change_nothing() {
    assert_eq!(pulled(&["unknown-fields"]), pulled(&[]));
}

#[test]
fn null_for_optional_fields_costs_only_what_they_say() {
    let plain = pulled(&[]);
    let nulls = pulled(&["null-optionals"]);
    assert_eq!(plain.lines().count(), nulls.lines().count());
    for (plain, nulls) in plain.lines().zip(nulls.lines()) {
        let mut plain: Value = serde_json::from_str(plain).expect("JSON");
        let mut nulls: Value = serde_json::from_str(nulls).expect("JSON");
        // Of the optional fields, attributes alone are in a record.
        plain["attributes"].take();
        nulls["attributes"].take();
        assert_eq!(plain, nulls);
    }
}

#[test]
fn whole_numbers_pull_as_the_same_values() {
    let floats = pulled(&[]);
    let integers = pulled(&["integers"]);
    assert_eq!(floats.replace(".0\"", "\""), integers.replace(".0\"", "\""));
}

#[test]
fn a_status_that_nobody_knows_is_unknown_and_kept_as_it_was_said() {
    let plain = pulled(&[]);
    let unknown = pulled(&["unknown-values"]);
    let mut changed = 0;
    for (plain, unknown) in plain.lines().zip(unknown.lines()) {
        let plain: Value = serde_json::from_str(plain).expect("JSON");
        let unknown: Value = serde_json::from_str(unknown).expect("JSON");
        if plain == unknown {
            continue;
        }
        changed += 1;
        assert_eq!(unknown["status"], "unknown");
        assert_eq!(unknown["provider_status"], "IN_REVIEW");
        assert_eq!(unknown["amount"], plain["amount"]);
    }
    assert!(changed > 0);
}

#[test]
fn an_unreadable_record_stops_the_pull_and_names_its_place() {
    let scene = Scene::with(&["bad-record"]);
    let error = scene.refusal(3, &format!("pull {JANUARY} --kind payment --out p.csv"));
    insta::assert_snapshot!(error, @"
    error: tupay deposits, page 1, row 44, `amount`: expected a decimal number or a string that holds one, found an object
      hint: tell us the field, or set such rows aside with --skip-invalid; the pull is then unproven
    ");
}

#[test]
fn an_unreadable_record_is_set_aside_where_that_is_asked_for() {
    let scene = Scene::with(&["bad-record"]);
    let ran = scene
        .run(&format!(
            "pull {JANUARY} --skip-invalid --out p.jsonl --certificate c.json"
        ))
        .exits(1);
    insta::assert_snapshot!(ran.stderr, @"
    set aside: deposits, page 1, row 44, `amount`: expected a decimal number or a string that holds one, found an object
    set aside: cashouts, page 0, row 10, `amount`: expected a decimal number in plain notation, found a string
    Not proven complete: 118 records on 4 pages in 1 window, no duplicate
      2 rows could not be read and were set aside
    ");
    assert_eq!(scene.read("p.jsonl").lines().count(), 118);
    let certificate: Value = serde_json::from_str(&scene.read("c.json")).expect("JSON");
    assert_eq!(certificate["verdict"], "unproven");
    assert_eq!(certificate["set_aside"], 2);
    assert_eq!(certificate["distinct"], 118);
}

#[test]
fn what_is_not_found_in_an_unproven_pull_is_not_called_missing() {
    let scene = Scene::with(&["bad-record"]);
    let unreadable = &scene.sandbox().tupay_world().deposits()[7];
    let (reference, amount) = (unreadable.external_id(), unreadable.requested_amount());
    scene.write(
        "ledger.csv",
        &format!("id,reference,amount,currency,date\nL-1,{reference},{amount},PEN,2026-01-01\n"),
    );
    let run = format!("run {JANUARY} --ledger ledger.csv --out run --skip-invalid");
    let shown = scene.run(&run).exits(1).stdout;
    assert!(shown.contains("Not proven complete"), "{shown}");
    assert!(
        scene
            .read("run/breaks.csv")
            .contains(",unproven,medium,L-1,")
    );
    assert!(!scene.read("run/breaks.csv").contains("missing_at_provider"));

    // The same from two files: the certificate carries the doubt.
    let pull = format!("pull {JANUARY} --skip-invalid --out p.jsonl --certificate c.json -q");
    scene.run(&pull).exits(1);
    let files = "match --ledger ledger.csv --records p.jsonl -q";
    scene
        .run(&format!("{files} --certificate c.json --out doubted"))
        .exits(1);
    assert!(scene.read("doubted/breaks.csv").contains(",unproven,"));
    scene.run(&format!("{files} --out trusted")).exits(1);
    let trusted = scene.read("trusted/breaks.csv");
    assert!(trusted.contains(",missing_at_provider,"), "{trusted}");
}

#[test]
fn a_ledger_line_that_is_set_aside_stays_open() {
    let scene = Scene::bare();
    scene.write(
        "ledger.csv",
        "reference,amount,currency,date\nR1,10.00,PEN,2026-01-01\nR9,abc,PEN,2026-01-01\n",
    );
    scene.write(
        "records.csv",
        "id,kind,direction,status,reference,amount,currency,created_at\n\
         1,payment,credit,succeeded,R1,10.00,PEN,2026-01-01T10:00:00Z\n",
    );
    let files = "match --ledger ledger.csv --records records.csv --skip-invalid --out out";
    let shown = scene.run(files).exits(1).stdout;
    let line = "Not reconciled: 1 ledger line that could not be read set aside\n";
    assert!(shown.starts_with(line), "{shown}");
    let summary = scene.read("out/summary.json");
    assert!(summary.contains("\"set_aside\": 1"), "{summary}");
    assert!(scene.read("out/report.html").contains(line.trim_end()));
}

#[test]
fn a_certificate_proves_nothing_of_another_number_of_records() {
    let scene = Scene::clean();
    let pull = format!("pull {JANUARY} --format csv --out p.csv --certificate c.json -q");
    scene.run(&pull).exits(0);
    let all = scene.read("p.csv");
    let fewer: Vec<_> = all.lines().take(3).collect();
    scene.write("fewer.csv", &fewer.join("\n"));
    scene.write(
        "ledger.csv",
        "reference,amount,currency,date\nR1,10.00,PEN,2026-01-05\n",
    );
    let files = "match --ledger ledger.csv --certificate c.json -q";
    for (records, code) in [
        ("p.csv", ",missing_at_provider,"),
        ("fewer.csv", ",unproven,"),
    ] {
        scene
            .run(&format!("{files} --records {records} --out out"))
            .exits(1);
        let breaks = scene.read("out/breaks.csv");
        assert!(breaks.contains(code), "{breaks}");
    }
    let certificate = scene.read("out/certificate.json");
    assert!(certificate.contains("and the file has 2:"), "{certificate}");
}

#[test]
fn what_is_booked_after_the_pull_had_to_end_is_a_matter_of_time() {
    let scene = Scene::clean();
    // The window reaches far beyond now, so the pull ends before it does.
    scene.write(
        "ledger.csv",
        "id,reference,amount,currency,date\n\
         PAST,nobody-1,1.00,PEN,2026-01-10\n\
         FUTURE,nobody-2,1.00,PEN,2099-01-01\n",
    );
    let window = "--provider tupay --from 2026-01-01 --to 2100-01-01";
    scene
        .run(&format!("run {window} --ledger ledger.csv --out out -q"))
        .exits(1);
    let breaks = scene.read("out/breaks.csv");
    assert!(
        breaks.contains(",missing_at_provider,high,PAST,"),
        "{breaks}"
    );
    // Low, and a step up for its age: the window ends a year after it.
    assert!(breaks.contains(",timing,medium,FUTURE,"), "{breaks}");
    assert!(
        scene
            .read("out/certificate.json")
            .contains("\"complete_as_of\"")
    );
}

#[test]
fn totals_that_are_not_known_to_be_all_prove_nothing() {
    let scene = Scene::with(&["rows-mismatch=always"]);
    scene.run(&format!("prove {JANUARY} --out out -q")).exits(1);
    let proofs = scene.read("out/proofs.csv");
    assert!(proofs.contains("statements_read,,,,,fails,"), "{proofs}");
    assert!(scene.read("out/summary.json").contains("\"unproven\": 1"));
}
