//! What goes to stdout, what to stderr, and pipes.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use reconcile_sandbox::{SandboxConfig, WorldConfig};

use crate::scene::{JANUARY, Scene};

#[test]
fn a_pull_to_stdout_is_data_alone() {
    let scene = Scene::clean();
    let ran = scene.run(&format!("pull {JANUARY}")).exits(0);
    assert_eq!(ran.stdout.lines().count(), 120);
    for line in ran.stdout.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON");
    }
    insta::assert_snapshot!(ran.stderr, @"Complete: 120 records on 4 pages in 1 window, no gap, no page repeated, no duplicate");
    let quiet = scene.run(&format!("pull {JANUARY} --quiet")).exits(0);
    assert_eq!((quiet.stdout, quiet.stderr), (ran.stdout, String::new()));
}

#[test]
fn what_was_read_before_a_failure_stays_on_stdout() {
    let scene = Scene::with(&["bad-record"]);
    let ran = scene
        .run(&format!("pull {JANUARY} --concurrency 1"))
        .exits(3);
    let whole = Scene::clean().run(&format!("pull {JANUARY}")).stdout;
    assert!(!ran.stdout.is_empty());
    assert!(whole.starts_with(&ran.stdout));
}

#[test]
fn a_failure_in_a_later_window_says_where_to_resume() {
    // Longer than a request may ask for, so there are several windows.
    let scene = Scene::with(&["bad-record"]);
    let ran = scene
        .run("pull --provider tupay --from 2025-10-01 --to 2026-02-01")
        .exits(3);
    insta::assert_snapshot!(ran.stderr, @"
    error: tupay deposits, page 1, row 27, `amount`: expected a decimal number or a string that holds one, found an object
      hint: tell us the field, or set such rows aside with --skip-invalid; the pull is then unproven; everything created before 2025-11-29T00:00:00Z has been written: resume with --from 2025-11-29T00:00:00Z
    ");
}

#[test]
fn concurrency_changes_no_byte() {
    let scene = Scene::clean();
    scene.write_ledger();
    let at_once = scene.run(&format!("pull {JANUARY}")).exits(0);
    let one_by_one = scene
        .run(&format!("pull {JANUARY} --concurrency 1"))
        .exits(0);
    assert_eq!(at_once.stdout, one_by_one.stdout);
    let run = format!("run {JANUARY} --ledger ledger.csv -q");
    scene.run(&format!("{run} --out many")).exits(1);
    scene
        .run(&format!("{run} --out one --concurrency 1"))
        .exits(1);
    assert_eq!(scene.contents("many"), scene.contents("one"));
}

#[test]
fn a_closed_pipe_ends_the_command_without_a_word() {
    // Far more than a pipe holds.
    let scene = Scene::of(SandboxConfig {
        world: WorldConfig {
            records: 1_500,
            ..WorldConfig::default()
        },
        ..SandboxConfig::default()
    });
    for format in ["jsonl", "csv"] {
        let mut child = scene
            .command(&format!("pull {JANUARY} --format {format}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        lines.next().expect("a line").expect("text");
        drop(lines);
        let mut said = String::new();
        let mut stderr = child.stderr.take().expect("stderr");
        stderr.read_to_string(&mut said).expect("text");
        assert_eq!(said, "", "{format}");
        assert_eq!(child.wait().expect("an end").code(), Some(0), "{format}");
    }
}

#[test]
fn statements_go_to_stdout_as_csv_and_as_json_lines() {
    let scene = Scene::clean();
    let statements = format!("statements {JANUARY}");
    let csv = scene.run(&format!("{statements} --format csv")).exits(0);
    let mut lines = csv.stdout.lines();
    assert_eq!(
        lines.next(),
        Some(
            "provider,id,account,scope,day,zone,period_from,period_to,figure,amount,count,flag,currency"
        )
    );
    // Eight figures for each of 31 days.
    assert_eq!(lines.count(), 8 * 31);
    assert!(csv.stdout.contains(",totalBalance,"));
    let json = scene.run(&statements).exits(0);
    assert_eq!(json.stdout.lines().count(), 8 * 31);
    assert_eq!((csv.stderr, json.stderr), (String::new(), String::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stdout_is_an_error_of_the_user_s_machine() {
    let scene = Scene::clean();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let output = scene
        .command(&format!("pull {JANUARY} --format csv"))
        .stdout(full)
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"
    error: stdout cannot be written
      caused by: No space left on device (os error 28)
      hint: free some space, or choose another place
    ");
}
