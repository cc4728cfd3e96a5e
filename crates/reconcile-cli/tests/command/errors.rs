//! Each failure: one line, the causes, a hint, the right exit status, and no
//! file left behind.

use std::{
    fs,
    net::TcpListener,
    process::{Command, Stdio},
    thread,
};

use crate::scene::{JANUARY, Scene};

#[test]
fn a_wrong_password_is_the_provider_s_no() {
    let scene = Scene::clean().setting("SECRET_KEY", "guess");
    let error = scene.refusal(3, &format!("pull {JANUARY} --out p.jsonl"));
    insta::assert_snapshot!(error, @"
    error: tupay login: The user or the password is not valid. (HTTP 401, code 3)
      hint: check the access key (the API user's e-mail address) and the secret key; users of the web panel do not work here
    ");
}

#[test]
fn an_address_that_is_not_on_the_allow_list_is_told_so() {
    let scene = Scene::with(&["ip-not-allowed"]);
    scene.write_ledger();
    let error = scene.refusal(3, &format!("run {JANUARY} --ledger ledger.csv --out out"));
    insta::assert_snapshot!(error, @"
    error: tupay login: You are not permitted to log in from this location, please contact your account administrator. (HTTP 403, code 83)
      hint: this machine's public address is not on TuPay's allow-list: send it to your TuPay integration contact
    ");
}

#[test]
fn an_expired_token_is_renewed_without_a_word() {
    let scene = Scene::with(&["token-expiry=5"]);
    let clean = Scene::clean().run(&format!("pull {JANUARY} --concurrency 1"));
    let renewed = scene
        .run(&format!("pull {JANUARY} --concurrency 1"))
        .exits(0);
    assert_eq!(clean.stdout, renewed.stdout);
}

#[test]
fn a_provider_that_stays_unavailable_is_an_error() {
    let scene = Scene::with(&["unavailable=always"]);
    let error = scene.refusal(3, &format!("statements {JANUARY} --out s.csv"));
    insta::assert_snapshot!(error, @"
    error: tupay balance report: The service is not available. (HTTP 503, code 503) after 4 attempts
      hint: TuPay fails at present: try again later
    ");
}

#[test]
fn a_host_that_does_not_answer_is_an_error_of_the_network() {
    let scene = Scene::clean().setting("BASE_URL", &closed_port());
    let error = scene.refusal(3, &format!("pull {JANUARY} --out p.jsonl"));
    let (first, rest) = error.split_once('\n').expect("causes");
    insta::assert_snapshot!(first, @"error: tupay login: TuPay cannot be reached after 4 attempts");
    let hint = rest.lines().last().expect("a hint");
    insta::assert_snapshot!(hint, @"  hint: check the base URL, the network and a proxy, or try again later");
}

/// The base URL of a port of this machine where nobody listens.
pub(crate) fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

#[test]
fn plain_http_to_another_host_is_refused_before_anything_is_sent() {
    let scene = Scene::clean().setting("BASE_URL", "http://gateway.invalid");
    let error = scene.refusal(2, &format!("pull {JANUARY} --out p.jsonl"));
    insta::assert_snapshot!(error, @"
    error: tupay: `base_url` is not usable: plain http is accepted for a loopback host only
      hint: `base_url`: scheme and host of the Merchants API; or `environment`; it comes from RECONCILE_TUPAY_BASE_URL or from [providers.tupay] in reconcile.toml
    ");
    assert_eq!(scene.sandbox().requests().total(), 0);
}

#[test]
fn what_is_wrong_with_the_call_is_said_before_anything_is_sent() {
    let scene = Scene::clean();
    let range = "--provider tupay --from 2026-02-01 --to 2026-01-01";
    insta::assert_snapshot!(scene.refusal(2, &format!("pull {range}")), @"
    error: the range is inverted: --from 2026-02-01 is after --to 2026-01-01
      hint: swap them; --to is exclusive, so a single day is --from that day --to the next
    ");
    let range = "--provider tupay --from yesterday --to 2026-01-01";
    insta::assert_snapshot!(scene.refusal(2, &format!("prove {range} --out out")), @"
    error: --from yesterday is no date and no instant
      hint: write a date like 2026-01-31, or an instant like 2026-01-31T13:00:00Z
    ");
    let range = "--provider paypal --from 2026-01-01 --to 2026-02-01";
    insta::assert_snapshot!(scene.refusal(2, &format!("statements {range}")), @"
    error: there is no provider `paypal`
      hint: known are tupay, paywall, streampay; `reconcile providers` says what each can do
    ");
    insta::assert_snapshot!(scene.refusal(2, &format!("pull {JANUARY} --kind refund")), @"
    error: tupay: lists no records of kind `refund`
      hint: `reconcile providers` says what each can do
    ");
    insta::assert_snapshot!(scene.refusal(2, &format!("pull {JANUARY} --out p.xlsx")), @"
    error: p.xlsx: the extension does not tell the format
      hint: name it .csv, .jsonl or .parquet; unpack a compressed file, save a workbook as CSV
    ");
    assert_eq!(scene.sandbox().requests().total(), 0);
}

#[test]
fn words_that_clap_refuses_exit_with_the_status_of_usage() {
    let scene = Scene::clean();
    for arguments in [
        "pull --provider tupay --to 2026-02-01",
        "pull --provider tupay --from 2026-01-01 --to 2026-02-01 --format xml",
        "pull --provider tupay --from 2026-01-01 --to 2026-02-01 --kind tip",
        "pull --provider tupay --from 2026-01-01 --to 2026-02-01 --concurrency 0",
        "reconcile",
        "sandbox --fault gremlins",
        "sandbox --alter deposits:data[]:drop",
    ] {
        let ran = scene.run(arguments).exits(2);
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
    assert_eq!(scene.listing(), [""; 0]);
}

#[test]
fn a_missing_configuration_says_how_to_set_it() {
    let scene = Scene::bare();
    let error = scene.refusal(2, &format!("pull {JANUARY} --out p.jsonl"));
    insta::assert_snapshot!(error, @"
    error: tupay is not configured: `base_url` is missing
      hint: set RECONCILE_TUPAY_BASE_URL in the environment, or `base_url` under [providers.tupay] in reconcile.toml
    ");
    let scene = scene.setting("BASE_URL", "https://gateway.invalid");
    let error = scene.refusal(2, &format!("pull {JANUARY} --out p.jsonl"));
    insta::assert_snapshot!(error, @"
    error: tupay is not configured: `access_key` is missing
      hint: set RECONCILE_TUPAY_ACCESS_KEY in the environment, or `access_key` under [providers.tupay] in reconcile.toml
    ");
}

#[test]
fn a_ledger_that_cannot_be_read_stops_the_run_before_anything_is_sent() {
    let scene = Scene::clean();
    let run = format!("run {JANUARY} --out out --ledger");
    insta::assert_snapshot!(scene.refusal(2, &format!("{run} nowhere.csv")), @"
    error: nowhere.csv: cannot be read
      caused by: No such file or directory (os error 2)
      hint: check the path; nothing is there
    ");
    scene.write(
        "ledger.csv",
        "id,reference,amount,currency,date\n1,a,10.00,PEN,2026-01-02\n2,b,ten,PEN,2026-01-02\n",
    );
    insta::assert_snapshot!(scene.refusal(2, &format!("{run} ledger.csv")), @"
    error: ledger.csv, line 3, column amount: `ten` is not a decimal
      hint: correct the line, or say in the rules file how it is written; --skip-invalid sets such lines of the ledger aside
    ");
    scene.write("ledger.csv", "id,ref,amount,currency,date\n");
    insta::assert_snapshot!(scene.refusal(2, &format!("{run} ledger.csv")), @r#"
    error: ledger.csv: no column `reference`; there are `id`, `ref`, `amount`, `currency`, `date`
      hint: say which column it is under [ledger] in the rules file: columns = { reference = "…" }, or have no pass look at references
    "#);
    scene.write_ledger();
    scene.write("rules.toml", "tolerence = 1\n");
    insta::assert_snapshot!(
        scene.refusal(2, &format!("{run} ledger.csv --rules rules.toml")),
        @"
    error: rules.toml, line 1, column 1: unknown field `tolerence`, expected one of `ledger`, `records`, `tolerance`, `statuses`, `calendar`, `fees`, `attention`, `exclude`, `pass`
      hint: a rules file has the tables [ledger], [records], [tolerance], [statuses], [calendar], [fees], [attention], [[exclude]] and [[pass]]
    "
    );
    assert_eq!(scene.sandbox().requests().total(), 0);
}

#[test]
fn files_to_match_that_cannot_be_read_are_named() {
    let scene = Scene::bare();
    scene.write(
        "ledger.csv",
        "reference,amount,currency,date\na,1.00,PEN,2026-01-02\n",
    );
    scene.write("records.jsonl", "{\"provider\":\"tupay\"}\n");
    scene.write(
        "records.csv",
        "reference,amount,currency,date\na,1.00,PEN,2026-01-02\n",
    );
    let ledger = "match --out out --ledger ledger.csv";
    insta::assert_snapshot!(
        scene.refusal(2, &format!("{ledger} --records nowhere.jsonl")), @"
    error: nowhere.jsonl: cannot be read
      caused by: No such file or directory (os error 2)
      hint: check the path; nothing is there
    "
    );
    insta::assert_snapshot!(
        scene.refusal(2, &format!("{ledger} --records records.jsonl")), @r#"
    error: records.jsonl: no column `amount`; there are `provider`
      hint: say which column it is under [records] in the rules file: columns = { amount = "…" }
    "#
    );
    insta::assert_snapshot!(
        scene.refusal(
            2,
            &format!("{ledger} --records records.csv --certificate records.csv")
        ),
        @"
    error: records.csv: cannot be read as a certificate: expected value at line 1 column 1
      hint: give the file that `reconcile pull --certificate` wrote
    "
    );
}

#[test]
fn what_cannot_be_written_is_said_before_anything_is_sent() {
    let scene = Scene::clean();
    scene.write_ledger();
    scene.write("old.csv", "kept");
    fs::create_dir(scene.path("folder.csv")).expect("a folder");
    let pull = format!("pull {JANUARY}");
    insta::assert_snapshot!(scene.refusal(2, &format!("{pull} --out folder.csv")), @"
    error: folder.csv: cannot be written: it is a directory
      hint: name a file in it
    ");
    insta::assert_snapshot!(scene.refusal(2, &format!("{pull} --out nowhere/p.csv")), @"
    error: nowhere/p.csv: cannot be written: its directory does not exist
      hint: create the directory first, or choose another
    ");
    insta::assert_snapshot!(
        scene.refusal(2, &format!("{pull} --out p.csv --certificate nowhere/c.json")),
        @"
    error: nowhere/c.json: cannot be written: its directory does not exist
      hint: create the directory first, or choose another
    "
    );
    let run = format!("run {JANUARY} --ledger ledger.csv");
    insta::assert_snapshot!(scene.refusal(2, &format!("{run} --out old.csv")), @"
    error: old.csv: cannot be written: it is a file
      hint: name a directory
    ");
    scene.refusal(2, &format!("{run} --out old.csv/out"));
    scene.refusal(2, &format!("statements {JANUARY} --out folder.csv"));
    scene.refusal(2, &format!("prove {JANUARY} --out old.csv"));

    let mut rights = fs::metadata(scene.path("old.csv"))
        .expect("a file")
        .permissions();
    rights.set_readonly(true);
    fs::set_permissions(scene.path("old.csv"), rights).expect("rights");
    insta::assert_snapshot!(scene.refusal(2, &format!("{pull} --out old.csv")), @"
    error: old.csv: cannot be written: it is there and read-only
      hint: choose another name, or make it writable
    ");
    assert_eq!(scene.read("old.csv"), "kept");
    assert_eq!(scene.sandbox().requests().total(), 0);
}

#[test]
fn a_failed_pull_leaves_the_file_of_the_last_one_as_it_was() {
    let scene = Scene::with(&["bad-record"]);
    scene.write("p.csv", "the last one");
    scene.refusal(
        3,
        &format!("pull {JANUARY} --out p.csv --certificate c.json"),
    );
    assert_eq!(scene.read("p.csv"), "the last one");
}

#[test]
fn a_simulator_without_its_address_says_where_to_look() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    let scene = Scene::bare();
    let error = scene.refusal(3, &format!("sandbox --listen {address}"));
    assert!(error.contains("--listen"), "{error}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing() {
    // No answer comes while the test lasts.
    let scene = Scene::with(&["latency=60000"]);
    scene.write_ledger();
    let before = scene.listing();
    let child = scene
        .command(&format!("run {JANUARY} --ledger ledger.csv --out out"))
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    while scene.sandbox().requests().total() == 0 {
        thread::yield_now();
    }
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.expect("kill").success());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(130));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"error: interrupted; nothing was written");
    assert_eq!(scene.listing(), before);
}

#[cfg(unix)]
#[test]
fn an_interrupted_match_leaves_nothing_while_it_waits_for_a_file() {
    let scene = Scene::bare();
    scene.write("records.csv", "");
    let pipe = scene.path("ledger.csv");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let child = scene
        .command("match --ledger ledger.csv --records records.csv --out out")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    // Opening waits until the command reads, which never ends: nothing is written.
    let writer = fs::File::options()
        .write(true)
        .open(&pipe)
        .expect("a reader");
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.expect("kill").success());
    let output = child.wait_with_output().expect("an end");
    drop(writer);
    assert_eq!(output.status.code(), Some(130));
    assert!(!scene.path("out").exists());
}
