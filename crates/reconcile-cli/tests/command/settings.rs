//! Configuration, and the commands about it: `providers`, `doctor`, `sandbox`.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use reconcile_sandbox::Alteration;

use crate::{
    errors::closed_port,
    scene::{JANUARY, PROVIDERS, Ran, Scene, january},
};

/// A value that no message may show.
const SECRET: &str = "do-not-show-me";

/// A file with the settings of the simulated account but its secret key.
fn file(scene: &Scene, secret_key: &str) -> String {
    let access = scene.sandbox().tupay();
    format!(
        "[providers.tupay]\nbase_url = \"{}\"\naccess_key = \"{}\"\nsecret_key = \"{secret_key}\"\n",
        access.base_url, access.access_key
    )
}

/// A scene whose environment says nothing.
fn unset() -> Scene {
    let mut scene = Scene::clean();
    scene.environment.clear();
    scene
}

#[test]
fn a_broken_file_is_placed_and_no_value_is_shown() {
    let scene = Scene::bare();
    let mut errors = String::new();
    for content in [
        format!("[providers.tupay]\nsecret_key = \"{SECRET}\n"),
        format!("[providers.tupay]\nsecret_key = {SECRET}\n"),
        format!("[providers.tupay]\nsecret_key = \"a\"\nsecret_key = \"{SECRET}\"\n"),
        format!("[providers.tupay]\nsecret_key = [\"{SECRET}\"]\n"),
        format!("[providers.tupay]\nsecret_kee = \"{SECRET}\"\n"),
        format!("[providers.tupy]\nsecret_key = \"{SECRET}\"\n"),
        format!("[provider.tupay]\nsecret_key = \"{SECRET}\"\n"),
        format!("providers = \"{SECRET}\"\n"),
    ] {
        scene.write("reconcile.toml", &content);
        errors += &scene.refusal(2, &format!("pull {JANUARY} --out p.jsonl"));
        errors += "\n";
    }
    assert!(!errors.contains(SECRET), "{errors}");
    insta::assert_snapshot!(errors, @r#"
    error: reconcile.toml: line 2 is not TOML: invalid basic string, expected `"`
      hint: each provider has a table like [providers.tupay] with keys and values
    error: reconcile.toml: line 2 is not TOML: string values must be quoted, expected literal string
      hint: each provider has a table like [providers.tupay] with keys and values
    error: reconcile.toml: line 3 is not TOML: duplicate key
      hint: each provider has a table like [providers.tupay] with keys and values
    error: reconcile.toml: a value in `providers.tupay` is no text, number or flag
      hint: each provider has a table like [providers.tupay] with keys and values
    error: [providers.tupay] has an unknown key `secret_kee`
      hint: known are base_url, environment, access_key, secret_key, merchant, cashouts_path, sibling_lists, concurrency, settle_lag, zone, conventions.deposit_total, conventions.deposit_fee_total, conventions.cashout_total
    error: reconcile.toml: there is no provider `tupy`, which has a table
      hint: `reconcile providers` lists them
    error: reconcile.toml: `provider` is not known
      hint: each provider has a table like [providers.tupay] with keys and values
    error: reconcile.toml: `providers` is no table
      hint: each provider has a table like [providers.tupay] with keys and values
    "#);
}

#[test]
fn a_setting_that_is_not_understood_is_named_with_where_it_comes_from() {
    let mut errors = String::new();
    for (key, value) in [
        ("ENVIRONMENT", "mars"),
        ("ZONE", "Mars/Olympus"),
        ("SETTLE_LAG", "soon"),
        ("CONCURRENCY", "0"),
        ("CASHOUTS_PATH", "payouts"),
        ("SIBLING_LISTS", "2"),
        ("MERCHANT", "first"),
        ("BASE_URL", "https://gateway.invalid/v1"),
    ] {
        let scene = Scene::clean().setting(key, value);
        errors += &scene.refusal(2, &format!("pull {JANUARY} --out p.jsonl"));
        errors += "\n";
    }
    insta::assert_snapshot!(errors, @"
    error: tupay: `environment` is not usable: it is no environment whose host is known
      hint: `environment`: `staging` or `production` instead of a base URL; it comes from RECONCILE_TUPAY_ENVIRONMENT or from [providers.tupay] in reconcile.toml
    error: tupay: `zone` is not usable: it is no IANA time zone
      hint: `zone`: IANA zone whose days --from and --to are (default UTC); it comes from RECONCILE_TUPAY_ZONE or from [providers.tupay] in reconcile.toml
    error: tupay: `settle_lag` is not usable: it is no length of time like 15m or 2h
      hint: `settle_lag`: how long before now a pull ends (default 15m); it comes from RECONCILE_TUPAY_SETTLE_LAG or from [providers.tupay] in reconcile.toml
    error: tupay: `concurrency` is not usable: it is not a whole number above zero
      hint: `concurrency`: requests under way at once (default 16); it comes from RECONCILE_TUPAY_CONCURRENCY or from [providers.tupay] in reconcile.toml
    error: tupay: `cashouts_path` is not usable: it is neither `cashouts` nor `cashout`
      hint: `cashouts_path`: `cashouts` (default) or `cashout`; it comes from RECONCILE_TUPAY_CASHOUTS_PATH or from [providers.tupay] in reconcile.toml
    error: tupay: `sibling_lists` is not usable: it is not `true` or `false`
      hint: `sibling_lists`: `true` to include settlements and notes; it comes from RECONCILE_TUPAY_SIBLING_LISTS or from [providers.tupay] in reconcile.toml
    error: tupay: `merchant` is not usable: it is not a number
      hint: `merchant`: the merchant to work as, where the user has several; it comes from RECONCILE_TUPAY_MERCHANT or from [providers.tupay] in reconcile.toml
    error: tupay: `base_url` is not usable: a base URL ends after host and port
      hint: `base_url`: scheme and host of the Merchants API; or `environment`; it comes from RECONCILE_TUPAY_BASE_URL or from [providers.tupay] in reconcile.toml
    ");
}

#[test]
fn the_file_is_looked_for_here_then_at_home_and_a_named_one_goes_before() {
    let scene = unset();
    let right = file(&scene, &scene.sandbox().tupay().secret_key);
    let wrong = file(&scene, "wrong");
    let pull = format!("pull {JANUARY} -q");

    let folder = scene.home(".config/reconcile");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("reconcile.toml"), &right).expect("a file");
    scene.run(&pull).exits(0);

    scene.write("reconcile.toml", &wrong);
    scene.run(&pull).exits(3);

    scene.write("named.toml", &right);
    scene.run(&format!("{pull} --config named.toml")).exits(0);
    scene.refusal(2, &format!("{pull} --config nowhere.toml"));
}

#[test]
fn the_environment_goes_before_the_file() {
    let scene = unset();
    let secret_key = scene.sandbox().tupay().secret_key;
    scene.write("reconcile.toml", &file(&scene, "wrong"));
    scene.run(&format!("pull {JANUARY} -q")).exits(3);
    let scene = scene.setting("SECRET_KEY", &secret_key);
    scene.run(&format!("pull {JANUARY} -q")).exits(0);
}

#[test]
fn a_named_environment_stands_in_for_a_base_url_and_yields_to_one() {
    let scene = Scene::clean().setting("ENVIRONMENT", "production");
    scene.run(&format!("pull {JANUARY} -q")).exits(0);
}

#[test]
fn a_date_is_a_day_in_the_zone_of_the_settings() {
    let scene = Scene::clean().setting("ZONE", "America/Lima");
    let day = "pull -q --provider tupay --from 2026-01-10 --to 2026-01-11";
    let pulled = scene.run(day).exits(0).stdout;
    let instants = "pull -q --provider tupay --from 2026-01-10T05:00:00Z --to 2026-01-11T05:00:00Z";
    assert!(!pulled.is_empty());
    assert_eq!(pulled, Scene::clean().run(instants).exits(0).stdout);
}

#[test]
fn a_doctor_finds_a_working_account_well() {
    let scene = Scene::clean();
    let ran = scene.run("doctor").exits(0);
    insta::assert_snapshot!(scene.redacted(&ran.stdout), @"
    ok   configuration: no file, the environment alone
    ok   tupay: settings are complete
    ok   tupay: [base URL] can be reached
    ok   tupay: the clocks agree
    ok   tupay: the credentials work
    ok   paywall: settings are complete
    ok   paywall: [base URL] can be reached
    ok   paywall: the clocks agree
    ok   paywall: the credentials work
    ok   streampay: settings are complete
    ok   streampay: [base URL] can be reached
    ok   streampay: the clocks agree
    ok   streampay: the credentials work
    ");
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_doctor_says_which_step_fails() {
    let scene = Scene::clean().only("tupay").setting("SECRET_KEY", "guess");
    let ran = scene.run("doctor").exits(3);
    insta::assert_snapshot!(scene.redacted(&format!("{}{}", ran.stdout, ran.stderr)), @"
    ok   configuration: no file, the environment alone
    ok   tupay: settings are complete
    ok   tupay: [base URL] can be reached
    ok   tupay: the clocks agree
    FAIL tupay login: The user or the password is not valid. (HTTP 401, code 3)
    --   paywall: not configured
    --   streampay: not configured
    error: tupay login: The user or the password is not valid. (HTTP 401, code 3)
      hint: check the access key (the API user's e-mail address) and the secret key; users of the web panel do not work here
    ");

    let scene = Scene::clean()
        .only("tupay")
        .setting("BASE_URL", &closed_port());
    let ran = scene.run("doctor").exits(3);
    insta::assert_snapshot!(scene.redacted(&ran.stdout), @"
    ok   configuration: no file, the environment alone
    ok   tupay: settings are complete
    FAIL tupay: [base URL] cannot be reached
    --   paywall: not configured
    --   streampay: not configured
    ");

    let scene = Scene::bare();
    let ran = scene.run("doctor").exits(2);
    insta::assert_snapshot!(format!("{}{}", ran.stdout, ran.stderr), @"
    ok   configuration: no file, the environment alone
    --   tupay: not configured
    --   paywall: not configured
    --   streampay: not configured
    error: no provider is configured
      hint: `reconcile providers` lists the settings of each; `reconcile demo` needs none
    ");
}

#[test]
fn a_doctor_says_of_each_account_what_to_do() {
    let scene = Scene::clean()
        .setting("SECRET_KEY", "guess")
        .setting_of("paywall", "BASE_URL", "http://example.com")
        .setting_of("streampay", "API_KEY", "guess");
    let ran = scene.run("doctor").exits(3);
    assert_eq!(ran.stdout.matches("FAIL").count(), 3, "{}", ran.stdout);
    insta::assert_snapshot!(ran.stderr, @"
    error: tupay login: The user or the password is not valid. (HTTP 401, code 3)
      hint: check the access key (the API user's e-mail address) and the secret key; users of the web panel do not work here
    error: paywall: `base_url` is not usable: plain http is accepted for a loopback host only
      hint: `base_url`: scheme and host of the payment private API; or `environment`; it comes from RECONCILE_PAYWALL_BASE_URL or from [providers.paywall] in reconcile.toml
    error: streampay transactions: The api key is not valid (HTTP 401, code 4010)
      hint: check the API key, and that it is one of this environment
    ");
}

#[test]
fn a_doctor_notices_a_wrong_key_also_where_today_is_not_listed() {
    for provider in ["paywall", "streampay"] {
        let scene = Scene::clean().only(provider);
        let scene = scene.setting_of(provider, "API_KEY", "guess");
        let ran = scene.run("doctor").exits(3);
        assert!(ran.stdout.contains("FAIL"), "{}", ran.stdout);
    }
}

#[test]
fn the_settings_of_the_other_gateways_are_named_with_where_they_come_from() {
    let mut errors = String::new();
    for (provider, key, value) in [
        ("paywall", "ENVIRONMENT", "mars"),
        ("paywall", "CURRENCY", "lira"),
        ("paywall", "STEPS", "5=gift"),
        ("paywall", "ABSENT_CODES", "none"),
        ("paywall", "VERDICT_WITHIN_DAYS", "soon"),
        ("paywall", "ZONE", "Mars/Olympus"),
        ("streampay", "ENVIRONMENT", "production"),
        ("streampay", "MARGIN", "some"),
        ("streampay", "PAGE_SIZE", "0"),
    ] {
        let scene = Scene::clean().setting_of(provider, key, value);
        let pull = format!("pull {} --out p.jsonl", january(provider));
        errors += &scene.refusal(2, &pull);
        errors += "\n";
    }
    insta::assert_snapshot!(errors, @"
    error: paywall: `environment` is not usable: it is no environment whose host is known
      hint: `environment`: `test`, `production` or `turkey-production` instead of a base URL; it comes from RECONCILE_PAYWALL_ENVIRONMENT or from [providers.paywall] in reconcile.toml
    error: paywall: `currency` is not usable: it is not three capital letters
      hint: `currency`: ISO 4217 code of the account, which no list names (default TRY); it comes from RECONCILE_PAYWALL_CURRENCY or from [providers.paywall] in reconcile.toml
    error: paywall: `steps` is not usable: it is no list like 2=cancel,3=refund,4=partial_refund
      hint: `steps`: types of steps (default 1=sale,2=cancel,3=refund,4=partial_refund); it comes from RECONCILE_PAYWALL_STEPS or from [providers.paywall] in reconcile.toml
    error: paywall: `absent_codes` is not usable: it is no list of numbers like 3,56
      hint: `absent_codes`: codes that say that there is nothing (default 3); it comes from RECONCILE_PAYWALL_ABSENT_CODES or from [providers.paywall] in reconcile.toml
    error: paywall: `verdict_within_days` is not usable: it is not a whole number of days
      hint: `verdict_within_days`: how soon a day is to be reconciled (default 7); it comes from RECONCILE_PAYWALL_VERDICT_WITHIN_DAYS or from [providers.paywall] in reconcile.toml
    error: paywall: `zone` is not usable: it is no IANA time zone
      hint: `zone`: IANA zone of its days and times (default Europe/Istanbul); it comes from RECONCILE_PAYWALL_ZONE or from [providers.paywall] in reconcile.toml
    error: streampay: `environment` is not usable: it is no environment whose host is known
      hint: `environment`: `sandbox` instead of a base URL; it comes from RECONCILE_STREAMPAY_ENVIRONMENT or from [providers.streampay] in reconcile.toml
    error: streampay: `margin` is not usable: it is no length of time like 15m or 2h
      hint: `margin`: time around a window that is asked for as well (default 24h); it comes from RECONCILE_STREAMPAY_MARGIN or from [providers.streampay] in reconcile.toml
    error: streampay: `page_size` is not usable: it is not a whole number above zero
      hint: `page_size`: rows asked for on a page (default 100); it comes from RECONCILE_STREAMPAY_PAGE_SIZE or from [providers.streampay] in reconcile.toml
    ");
}

#[test]
fn steps_of_other_types_are_read_once_they_are_said() {
    let scene = Scene::with(&["step-types=12"]);
    let pull = format!("pull {} -q", january("paywall"));
    assert!(scene.run(&pull).exits(3).stderr.contains("TypeId"));
    let steps = "12=cancel, 13=refund, 14=partial_refund";
    let scene = scene.setting_of("paywall", "STEPS", steps);
    let pulled = scene.run(&pull).exits(0).stdout;
    assert_eq!(pulled, Scene::clean().run(&pull).exits(0).stdout);
}

#[test]
fn providers_are_listed_with_every_setting_and_its_variable() {
    let ran = Scene::bare().run("providers").exits(0);
    insta::assert_snapshot!(ran.stdout, @"
    tupay  TuPay
      records           payment, payout
      on request        settlement, adjustment
      statements        yes
      attest            no
      identities        7
      window            60 days a request; any range is split
      days              UTC
      settings (reconcile.toml, [providers.tupay]; or the environment)
        base_url                       RECONCILE_TUPAY_BASE_URL                       scheme and host of the Merchants API; or `environment`
        environment                    RECONCILE_TUPAY_ENVIRONMENT                    `staging` or `production` instead of a base URL
        access_key                     RECONCILE_TUPAY_ACCESS_KEY                     e-mail address of the API user (required)
        secret_key                     RECONCILE_TUPAY_SECRET_KEY                     password of the API user (required)
        merchant                       RECONCILE_TUPAY_MERCHANT                       the merchant to work as, where the user has several
        cashouts_path                  RECONCILE_TUPAY_CASHOUTS_PATH                  `cashouts` (default) or `cashout`
        sibling_lists                  RECONCILE_TUPAY_SIBLING_LISTS                  `true` to include settlements and notes
        concurrency                    RECONCILE_TUPAY_CONCURRENCY                    requests under way at once (default 16)
        settle_lag                     RECONCILE_TUPAY_SETTLE_LAG                     how long before now a pull ends (default 15m)
        zone                           RECONCILE_TUPAY_ZONE                           IANA zone whose days --from and --to are (default UTC)
        conventions.deposit_total      RECONCILE_TUPAY_CONVENTIONS_DEPOSIT_TOTAL      which deposits a day's total counts, as `prove` finds it
        conventions.deposit_fee_total  RECONCILE_TUPAY_CONVENTIONS_DEPOSIT_FEE_TOTAL  the same for the total of their fees
        conventions.cashout_total      RECONCILE_TUPAY_CONVENTIONS_CASHOUT_TOTAL      the same for the total of the cashouts

    paywall  Paywall
      records           payment, refund, reversal
      on request        none
      statements        yes
      attest            yes
      identities        9
      window            1 day a request; any range is split
      days              Europe/Istanbul
      settings (reconcile.toml, [providers.paywall]; or the environment)
        base_url             RECONCILE_PAYWALL_BASE_URL             scheme and host of the payment private API; or `environment`
        environment          RECONCILE_PAYWALL_ENVIRONMENT          `test`, `production` or `turkey-production` instead of a base URL
        api_key              RECONCILE_PAYWALL_API_KEY              the private key (apikeyprivate) (required)
        api_client           RECONCILE_PAYWALL_API_CLIENT           the private client (apiclientprivate) (required)
        currency             RECONCILE_PAYWALL_CURRENCY             ISO 4217 code of the account, which no list names (default TRY)
        steps                RECONCILE_PAYWALL_STEPS                types of steps (default 1=sale,2=cancel,3=refund,4=partial_refund)
        absent_codes         RECONCILE_PAYWALL_ABSENT_CODES         codes that say that there is nothing (default 3)
        verdict_within_days  RECONCILE_PAYWALL_VERDICT_WITHIN_DAYS  how soon a day is to be reconciled (default 7)
        concurrency          RECONCILE_PAYWALL_CONCURRENCY          requests under way at once (default 16)
        settle_lag           RECONCILE_PAYWALL_SETTLE_LAG           how long ago a day must be over to be pulled (default 30m)
        zone                 RECONCILE_PAYWALL_ZONE                 IANA zone of its days and times (default Europe/Istanbul)

    streampay  StreamPay
      records           payment, refund, reversal
      on request        none
      statements        yes
      attest            no
      identities        13
      window            any
      days              Asia/Riyadh
      settings (reconcile.toml, [providers.streampay]; or the environment)
        base_url     RECONCILE_STREAMPAY_BASE_URL     scheme and host of the API; or `environment`
        environment  RECONCILE_STREAMPAY_ENVIRONMENT  `sandbox` instead of a base URL
        api_key      RECONCILE_STREAMPAY_API_KEY      the key of the API (required)
        margin       RECONCILE_STREAMPAY_MARGIN       time around a window that is asked for as well (default 24h)
        page_size    RECONCILE_STREAMPAY_PAGE_SIZE    rows asked for on a page (default 100)
        concurrency  RECONCILE_STREAMPAY_CONCURRENCY  requests under way at once (default 16)
        settle_lag   RECONCILE_STREAMPAY_SETTLE_LAG   how long before now a pull ends (default 15m)
        zone         RECONCILE_STREAMPAY_ZONE         IANA zone of its days and times (default Asia/Riyadh)
    ");
}

#[test]
fn the_simulator_prints_what_the_other_commands_need() {
    let mut scene = Scene::bare();
    for provider in PROVIDERS {
        let run = format!("run --provider {provider} --ledger books/{provider}.csv --out out -q");
        against_a_simulator(&mut scene, "--ledger books/", &run).exits(1);
        let summary = scene.read("out/summary.json");
        assert!(summary.contains(r#""fails": 0"#), "{provider}\n{summary}");
    }
}

#[test]
fn the_books_of_the_first_provider_go_into_a_file() {
    let mut scene = Scene::bare();
    let run = "run --provider tupay --ledger ledger.csv -q";
    against_a_simulator(&mut scene, "--ledger ledger.csv", run).exits(1);
    // A folder that is there needs no sign that it is one.
    fs::create_dir(scene.path("books")).expect("a folder");
    let run = "run --provider streampay --ledger books/streampay.csv -q";
    against_a_simulator(&mut scene, "--ledger books", run).exits(1);
}

#[test]
fn the_answers_of_the_simulator_can_be_altered() {
    let mut scene = Scene::bare();
    let pull = "pull --provider tupay --kind payout";
    against_a_simulator(&mut scene, "", pull).exits(0);
    let altered = "--alter cashouts:data[].amount:rename=sum --alter cashouts:data[].sum:text";
    let ran = against_a_simulator(&mut scene, altered, pull).exits(3);
    assert!(ran.stderr.contains("`amount`"), "{}", ran.stderr);
    let help = scene.run("sandbox --help").exits(0).stdout;
    for change in Alteration::CHANGES.split(", ") {
        assert!(help.contains(change), "{change}");
    }
}

/// Runs a command over the three days of a simulator with these arguments.
fn against_a_simulator(scene: &mut Scene, arguments: &str, command: &str) -> Ran {
    let mut simulator = scene
        .command(&format!("sandbox --records 60 --days 3 {arguments}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the simulator runs");
    let lines = BufReader::new(simulator.stdout.take().expect("stdout")).lines();
    // It prints the environment of all, and goes on running.
    for line in lines.take(Scene::clean().environment.len()) {
        let line = line.expect("text");
        let (name, value) = line.split_once('=').expect("an assignment");
        assert!(name.starts_with("RECONCILE_"), "{name}");
        scene.environment.insert(name.to_owned(), value.to_owned());
    }
    let ran = scene.run(&format!("{command} --from 2026-01-01 --to 2026-01-04"));
    simulator.kill().expect("the simulator is ours");
    simulator.wait().expect("an end");
    ran
}

#[test]
fn the_faults_of_the_simulator_are_listed() {
    let ran = Scene::bare().run("sandbox --fault list").exits(0);
    assert!(ran.stdout.contains("\nbad-record "), "{}", ran.stdout);
}
