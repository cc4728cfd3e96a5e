//! `reconcile attest` in every state of a day.

use std::fmt::Write;

use reconcile_sandbox::{Alteration, Faults, SandboxConfig, WorldConfig};

use rust_decimal::Decimal;

use crate::{
    errors::closed_port,
    scene::{Ran, Scene},
};

/// The last day of the simulated world, which nobody has reconciled yet.
const DAY: &str = "attest --provider paywall --date 2026-01-05";

/// A Paywall of five days, the last of which is not reconciled.
fn scene() -> Scene {
    of(&["unreconciled"], &[])
}

fn of(faults: &[&str], alterations: &[&str]) -> Scene {
    let faults = faults.iter().map(|fault| fault.parse());
    let alterations = alterations.iter().map(|it| it.parse::<Alteration>());
    let scene = Scene::of(SandboxConfig {
        world: WorldConfig {
            records: 400,
            days: 5,
            ..WorldConfig::default()
        },
        faults: faults.collect::<Result<Faults, _>>().expect("faults"),
        alterations: alterations.collect::<Result<_, _>>().expect("alterations"),
        ..SandboxConfig::default()
    });
    let right = right(&scene);
    scene.write("right.toml", &totals(&right));
    let mut wrong = right;
    wrong[1].2 += Decimal::new(1, 2);
    wrong[3].1 -= 1;
    scene.write("wrong.toml", &totals(&wrong));
    scene
}

/// One total: its name, how many, and how much.
type Total = (&'static str, u64, Decimal);

/// The totals of the day, as Paywall counts them.
fn right(scene: &Scene) -> [Total; 6] {
    let world = scene.sandbox().paywall_world();
    let day = world.end_of_day("2026-01-05".parse().expect("a date"));
    let figures = day.expect("a day of the world").figures();
    let names = [
        "total",
        "successful",
        "unsuccessful",
        "refund",
        "partial_refund",
        "cancel",
    ];
    std::array::from_fn(|index| {
        let (_, figure) = figures[index];
        (names[index], figure.count, figure.amount)
    })
}

fn totals(totals: &[Total]) -> String {
    let mut text = String::new();
    for (name, count, amount) in totals {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{name} = {{ count = {count}, amount = \"{amount}\" }}"
        );
    }
    text
}

/// How often totals were sent.
fn sent(scene: &Scene) -> u64 {
    scene.sandbox().requests().count("paywall/reconcile")
}

/// The last line on stdout: what came of it.
fn conclusion(ran: &Ran) -> &str {
    ran.stdout.lines().last().expect("a conclusion")
}

#[test]
fn a_day_that_is_not_open_is_refused_before_anything_is_asked() {
    let scene = scene();
    let error = scene.refusal(
        2,
        "attest --provider paywall --date 2999-12-31 --totals right.toml --submit",
    );
    insta::assert_snapshot!(error, @"
    error: paywall end of day: 2999-12-31 opens on 3000-01-01 00:30 in Europe/Istanbul
      hint: ask again from 3000-01-01 00:30 on, as clocks in Europe/Istanbul show it
    ");
    assert_eq!(scene.sandbox().requests().total(), 0);
}

#[test]
fn a_day_that_has_no_end_at_the_provider_is_not_compared() {
    let scene = scene();
    let error = scene.refusal(
        3,
        "attest --provider paywall --date 2020-01-01 --totals right.toml --submit",
    );
    insta::assert_snapshot!(error, @"
    error: paywall end of day: There is no data (HTTP 200, code 3)
      hint: Paywall has nothing under that day or key: is it the right one, and the right account?
    ");
    assert_eq!(sent(&scene), 0);
}

#[test]
fn equal_totals_are_shown_and_not_sent() {
    let scene = scene();
    let ran = scene.run(&format!("{DAY} --totals right.toml")).exits(0);
    insta::assert_snapshot!(ran.stdout, @"
    Paywall on 2026-01-05, in TRY

                         your count  provider's  difference  your amount  provider's  difference
      total           =          73          73           0   125,248.18  125,248.18        0.00
      successful      =          64          64           0   107,605.74  107,605.74        0.00
      unsuccessful    =           3           3           0     9,072.86    9,072.86        0.00
      refund          =           5           5           0    10,984.56   10,984.56        0.00
      partial_refund  =           5           5           0     1,883.11    1,883.11        0.00
      cancel          =           1           1           0       602.30      602.30        0.00

    Equal. Nothing was sent; --submit sends these totals.
    ");
    assert_eq!(ran.stderr, "");
    assert_eq!(sent(&scene), 0);
}

#[test]
fn different_totals_are_shown_with_the_difference_and_not_sent() {
    let scene = scene();
    let ran = scene.run(&format!("{DAY} --totals wrong.toml")).exits(1);
    insta::assert_snapshot!(ran.stdout, @"
    Paywall on 2026-01-05, in TRY

                         your count  provider's  difference  your amount  provider's  difference
      total           =          73          73           0   125,248.18  125,248.18        0.00
      successful      ≠          64          64           0   107,605.75  107,605.74       +0.01
      unsuccessful    =           3           3           0     9,072.86    9,072.86        0.00
      refund          ≠           4           5          −1    10,984.56   10,984.56        0.00
      partial_refund  =           5           5           0     1,883.11    1,883.11        0.00
      cancel          =           1           1           0       602.30      602.30        0.00

    Different: 2 of 6 totals. Nothing was sent.
    ");
    assert_eq!(sent(&scene), 0);
}

#[test]
fn a_day_that_is_reconciled_is_not_sent_again() {
    let scene = scene();
    let submit = format!("{DAY} --totals right.toml --submit");
    let ran = scene.run(&submit).exits(0);
    assert_eq!(
        conclusion(&ran),
        "Sent. paywall agrees: 2026-01-05 is reconciled."
    );
    assert_eq!(sent(&scene), 1);

    let ran = scene.run(&submit).exits(0);
    assert_eq!(
        conclusion(&ran),
        "Equal. 2026-01-05 is reconciled already; nothing was sent."
    );
    let ran = scene.run(&format!("{DAY} --totals right.toml")).exits(0);
    assert!(conclusion(&ran).contains("is reconciled already"));
    // Books that differ from what was agreed on are a finding all the same.
    let ran = scene
        .run(&format!("{DAY} --totals wrong.toml --submit"))
        .exits(1);
    assert_eq!(
        conclusion(&ran),
        "2026-01-05 is reconciled already; nothing was sent. Yet 2 of these totals differ."
    );
    assert_eq!(sent(&scene), 1);
}

#[test]
fn totals_that_were_refused_are_corrected_and_sent_again() {
    let scene = scene();
    let ran = scene
        .run(&format!("{DAY} --totals wrong.toml --submit"))
        .exits(1);
    assert_eq!(
        conclusion(&ran),
        "Sent. paywall does not agree: correct the totals, and send them again."
    );
    let ran = scene
        .run(&format!("{DAY} --totals right.toml --submit"))
        .exits(0);
    assert_eq!(
        conclusion(&ran),
        "Sent. paywall agrees: 2026-01-05 is reconciled."
    );
    assert_eq!(sent(&scene), 2);
}

#[test]
fn a_verdict_is_held_against_the_figures_of_both_sides() {
    let attest = |alteration: &str, file: &str, status: i32| {
        let scene = of(&["unreconciled"], &[alteration]);
        // A cent more that succeeded than Paywall counts.
        let mut cent = right(&scene);
        cent[1].2 += Decimal::new(1, 2);
        scene.write("cent.toml", &totals(&cent));
        let submit = format!("{DAY} --totals {file} --submit");
        let ran = scene.run(&submit).exits(status);
        assert_eq!(sent(&scene), 1);
        conclusion(&ran).to_owned()
    };
    let mut told = String::new();
    for (alteration, file, status) in [
        // It agrees with what is not the same,
        ("paywall/reconcile:Body.IsReconciled:bool", "wrong.toml", 1),
        // does not agree with what is,
        (
            "paywall/reconcile:Body.PayWall.SuccessfulAmount:word=107605.75",
            "cent.toml",
            1,
        ),
        // and does not say what it counts.
        ("paywall/reconcile:Body.PayWall:null", "right.toml", 0),
        ("paywall/reconcile:Body.PayWall:null", "wrong.toml", 1),
    ] {
        told += &attest(alteration, file, status);
        told += "\n";
    }
    insta::assert_snapshot!(told, @"
    Sent. paywall agrees: 2026-01-05 is reconciled. Yet 2 of these totals differ.
    Sent. paywall does not agree, yet none of these totals differs: ask paywall why.
    Sent. paywall agrees: 2026-01-05 is reconciled.
    Sent. paywall does not agree: correct the totals, and send them again.
    ");
}

#[test]
fn each_thing_is_asked_once_before_anything_is_sent() {
    let scene = scene();
    let asked = |endpoint| scene.sandbox().requests().count(endpoint);
    scene.run(&format!("{DAY} --totals right.toml")).exits(0);
    assert_eq!(asked("paywall/end-of-day"), 1);
    assert_eq!(asked("paywall/reconciliation"), 1);
    assert_eq!(scene.sandbox().requests().total(), 2);
    // Whether it is reconciled by now is asked once more right before sending.
    scene
        .run(&format!("{DAY} --totals right.toml --submit"))
        .exits(0);
    assert_eq!(asked("paywall/end-of-day"), 2);
    assert_eq!(asked("paywall/reconciliation"), 3);
    assert_eq!((sent(&scene), scene.sandbox().requests().total()), (1, 6));
}

#[test]
fn a_lost_answer_is_said_and_the_day_looked_at_before_it_is_sent_again() {
    // The totals arrive, and the answer holds nothing that says so.
    let scene = of(&["unreconciled"], &["paywall/reconcile:Body:drop"]);
    let submit = format!("{DAY} --totals right.toml --submit");
    let ran = scene.run(&submit).exits(3);
    insta::assert_snapshot!(scene.redacted(&ran.stderr), @"
    error: paywall reconcile: the totals of 2026-01-05 were sent, and what came of it is not known
      caused by: paywall reconcile: the answer says that it worked, and nothing else
      hint: look at the reconciliation of 2026-01-05; sending again is safe, since a day that is reconciled is not sent
    ");
    assert_eq!(sent(&scene), 1);
    let ran = scene.run(&submit).exits(0);
    assert!(conclusion(&ran).contains("is reconciled already"));
    assert_eq!(sent(&scene), 1);
}

#[test]
fn a_provider_that_fails_is_told_from_totals_that_differ() {
    let attest = format!("{DAY} --totals right.toml --submit");
    for scene in [
        of(&["unavailable=always"], &[]),
        scene().setting_of("paywall", "API_KEY", "guess"),
    ] {
        scene.refusal(3, &attest);
        assert_eq!(sent(&scene), 0);
    }
    scene()
        .setting_of("paywall", "BASE_URL", &closed_port())
        .refusal(3, &attest);
}

#[test]
fn books_that_hold_everything_come_to_the_totals() {
    let scene = scene();
    scene
        .run("pull --provider paywall --from 2026-01-01 --to 2026-01-06 --out books.csv -q")
        .exits(0);
    scene.write(
        "rules.toml",
        "[ledger]\ncolumns = { date = \"created_at\" }\n",
    );
    let books = "--ledger books.csv --rules rules.toml";
    let ran = scene.run(&format!("{DAY} {books}")).exits(0);
    assert!(conclusion(&ran).starts_with("Equal."), "{}", ran.stdout);
    let totals = scene.run(&format!("{DAY} --totals right.toml")).exits(0);
    assert_eq!(ran.stdout, totals.stdout);
    // It is a day in Istanbul, whatever zone the books count days in.
    scene.write(
        "rules.toml",
        "[ledger]\nzone = \"America/Lima\"\ncolumns = { date = \"created_at\" }\n",
    );
    scene.run(&format!("{DAY} {books} --submit -q")).exits(0);
}

#[test]
fn both_sides_are_lines_for_a_machine() {
    let scene = scene();
    let run = format!("{DAY} --totals wrong.toml --format");
    let csv = scene.run(&format!("{run} csv")).exits(1);
    insta::assert_snapshot!(csv.stdout, @"
    date,currency,total,merchant_count,merchant_amount,provider_count,provider_amount,outcome
    2026-01-05,TRY,total,73,125248.18,73,125248.18,not_sent
    2026-01-05,TRY,successful,64,107605.75,64,107605.74,not_sent
    2026-01-05,TRY,unsuccessful,3,9072.86,3,9072.86,not_sent
    2026-01-05,TRY,refund,4,10984.56,5,10984.56,not_sent
    2026-01-05,TRY,partial_refund,5,1883.11,5,1883.11,not_sent
    2026-01-05,TRY,cancel,1,602.30,1,602.30,not_sent
    ");
    assert!(
        csv.stderr.starts_with("Different: 2 of 6 totals."),
        "{}",
        csv.stderr
    );
    let right = format!("{DAY} --totals right.toml --submit -q --format jsonl");
    let sent = scene.run(&right).exits(0);
    let line = r#"{"date":"2026-01-05","currency":"TRY","total":"successful","merchant_count":64,"merchant_amount":"107605.74","provider_count":64,"provider_amount":"107605.74","outcome":"agreed"}"#;
    assert_eq!(sent.stdout.lines().nth(1), Some(line));
    assert_eq!((sent.stdout.lines().count(), &*sent.stderr), (6, ""));
}

#[test]
fn lines_count_by_kind_and_status_and_what_does_not_count_is_told() {
    let scene = scene();
    scene.write(
        "books.csv",
        "id,reference,amount,currency,date,kind,direction,status\n\
         1,A,10.00,TRY,2026-01-05,,,\n\
         2,B,20.00,TRY,2026-01-05,payment,credit,failed\n\
         3,C,40.00,TRY,2026-01-05,payment,credit,pending\n\
         4,D,80.00,TRY,2026-01-01,payment,credit,succeeded\n\
         5,D,30.00,TRY,2026-01-05,refund,debit,succeeded\n\
         6,A,-10.00,TRY,2026-01-05,,,\n\
         7,E,5.00,TRY,2026-01-05,refund,debit,succeeded\n\
         8,A,1.00,TRY,2026-01-05,reversal,debit,succeeded\n\
         9,F,7.00,EUR,2026-01-05,payment,credit,succeeded\n\
         10,G,7.00,TRY,2026-01-05,payment,debit,succeeded\n\
         11,H,7.00,TRY,2026-01-05,payout,debit,succeeded\n\
         12,I,7.00,TRY,2026-01-05,refund,debit,failed\n",
    );
    let ran = scene.run(&format!("{DAY} --ledger books.csv")).exits(1);
    insta::assert_snapshot!(format!("{}{}", ran.stderr, ran.stdout), @"
    11 of 12 ledger lines are of 2026-01-05
      1 not counted: another currency than TRY
      1 not counted: a payment that is a debit, or the like
      2 not counted: a kind or status that no total has
      1 counted as refunds of the whole: no payment in the ledger has their reference
    Paywall on 2026-01-05, in TRY

                         your count  provider's  difference  your amount  provider's   difference
      total           ≠           3          73         −70        70.00  125,248.18  −125,178.18
      successful      ≠           1          64         −63        10.00  107,605.74  −107,595.74
      unsuccessful    ≠           1           3          −2        20.00    9,072.86    −9,052.86
      refund          ≠           2           5          −3        15.00   10,984.56   −10,969.56
      partial_refund  ≠           1           5          −4        30.00    1,883.11    −1,853.11
      cancel          ≠           1           1           0         1.00      602.30      −601.30

    Different: 6 of 6 totals. Nothing was sent.
    ");
}

#[test]
fn totals_are_the_same_as_toml_json_and_csv() {
    let scene = scene();
    let rows = right(&scene).map(|(name, count, amount)| {
        // A number in JSON is exact, too.
        format!("\"{name}\": {{\"count\": {count}, \"amount\": {amount}}}")
    });
    scene.write("right.json", &format!("{{{}}}", rows.join(",")));
    let rows = right(&scene).map(|(name, count, amount)| format!("{name},{count},{amount}\n"));
    scene.write(
        "right.csv",
        &format!("name,count,amount\n{}", rows.concat()),
    );
    let run = |file: &str| scene.run(&format!("{DAY} --totals {file}")).exits(0).stdout;
    assert_eq!(run("right.toml"), run("right.json"));
    assert_eq!(run("right.toml"), run("right.csv"));
}

/// Totals that can be read.
const TOTALS: &str = "\
total = { count = 73, amount = \"180516.12\" }
successful = { count = 64, amount = \"163297.75\" }
unsuccessful = { count = 3, amount = \"13369.27\" }
refund = { count = 4, amount = \"4345.93\" }
partial_refund = { count = 5, amount = \"654.64\" }
cancel = { count = 1, amount = \"1728.30\" }
";

#[test]
fn totals_that_are_not_what_is_asked_for_are_refused_with_the_place() {
    let scene = scene();
    let right = TOTALS;
    let json = |body: &str| format!("{{\"total\": {body}}}");
    let mut errors = String::new();
    for (file, text) in [
        ("a.toml", right.replace("refund = ", "refunds = ")),
        ("a.toml", right.replace("cancel = ", "# cancel = ")),
        ("a.toml", right.replace("\"1728.30\"", "1728.30")),
        ("a.toml", right.replace("1728.30", "-1728.30")),
        ("a.toml", right.replace("1728.30", "1.728,30")),
        ("a.toml", right.replace("count = 73", "count = -73")),
        ("a.toml", right.replace("count = 73", "number = 73")),
        ("a.toml", format!("{right}total = {{")),
        (
            "a.json",
            json("{\"count\": 1, \"amount\": 1}, \"total\": {\"count\": 1, \"amount\": 1}"),
        ),
        ("a.json", json("{\"count\": 1.5, \"amount\": 1}")),
        ("a.json", json("[1, 1]")),
        ("a.csv", "total,1,1\n".to_owned()),
        ("a.csv", "name,count,amount\ntotal,1\n".to_owned()),
        ("a.csv", "name,count,amount\ntotal,one,1\n".to_owned()),
        ("a.txt", String::new()),
    ] {
        scene.write(file, &text);
        errors += &scene.refusal(2, &format!("{DAY} --totals {file} --submit"));
        errors += "\n";
    }
    errors += &scene.refusal(2, &format!("{DAY} --totals nowhere.toml"));
    // The hint is the same for all.
    let lines = errors.lines().filter(|line| !line.starts_with("  hint: "));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    error: a.toml: there is no total `partial_refunds`
    error: a.toml: `cancel` is missing
    error: a.toml: `cancel`: invalid type: floating point `1728.3`, expected a decimal in quotes or a whole number
    error: a.toml: the amount of `cancel` is negative
    error: a.toml: `cancel`: `1.728,30` is no exact decimal
    error: a.toml: `total`: invalid value: integer `-73`, expected u64
    error: a.toml: `total`: unknown field `number`, expected `count` or `amount`
    error: a.toml: it is not TOML: unclosed inline table, expected `}`
    error: a.json: `total` is there twice
    error: a.json: it is not JSON as it should be: invalid type: floating point `1.5`, expected u64 at line 1 column 23
    error: a.json: `cancel` is missing
    error: a.csv: its header is not name,count,amount
    error: a.csv: CSV error: record 1 (line: 2, byte: 18): found record with 2 fields, but the previous record has 3 fields
    error: a.csv: `total`: `one` is no whole number
    error: a.txt: its name ends in none of .toml, .json and .csv
    error: nowhere.toml: cannot be read
      caused by: No such file or directory (os error 2)
    ");
    assert_eq!(scene.sandbox().requests().total(), 0);
}

#[test]
fn a_provider_that_takes_no_totals_says_so() {
    let scene = scene();
    let mut errors = String::new();
    for provider in ["tupay", "streampay"] {
        let attest = format!("attest --provider {provider} --date 2026-01-05");
        errors += &scene.refusal(2, &format!("{attest} --totals right.toml"));
        errors += "\n";
    }
    insta::assert_snapshot!(errors, @"
    error: tupay: takes no totals of the merchant
      hint: `reconcile providers` says what each can do
    error: streampay: takes no totals of the merchant
      hint: `reconcile providers` says what each can do
    ");
}

#[test]
fn totals_come_from_one_place() {
    let scene = scene();
    for options in [
        "",
        "--totals right.toml --ledger right.toml",
        "--totals right.toml --rules r.toml",
    ] {
        scene.run(&format!("{DAY} {options}")).exits(2);
    }
    assert_eq!(scene.sandbox().requests().total(), 0);
}

#[test]
fn quiet_leaves_the_exit_status_alone() {
    let scene = scene();
    for (file, status) in [("right.toml", 0), ("wrong.toml", 1)] {
        let ran = scene
            .run(&format!("{DAY} --totals {file} -q"))
            .exits(status);
        assert_eq!((ran.stdout, ran.stderr), (String::new(), String::new()));
    }
}

#[test]
fn the_help_says_which_lines_count() {
    let help = Scene::bare().run("attest --help").exits(0).stdout;
    let (_, conventions) = help
        .split_once("What --ledger counts")
        .expect("conventions");
    insta::assert_snapshot!(conventions, @r#"
    , of the lines of the day (in the provider's zone) in the
    account's currency:
      paywall total           payment: whatever became of them
      paywall successful      payment: succeeded
      paywall unsuccessful    payment: failed
      paywall refund          refund: succeeded, of the whole payment
      paywall partial_refund  refund: succeeded, of a part of a payment
      paywall cancel          reversal: succeeded
    A line without a kind is a payment when it is a credit, else a refund; one without
    a status succeeded. A refund is of the whole when the ledger has a payment with
    its reference and amount, or none with its reference at all, which is told. Books
    that hold only what succeeded cannot count the rest: see --totals.

    What --totals reads, as TOML, JSON or CSV by its extension, has each total once:
      TOML   total = { count = 12, amount = "340.00" }
      JSON   {"total": {"count": 12, "amount": "340.00"}, …}
      CSV    name,count,amount

    Exit status: 0 equal, reconciled already, or sent and agreed; 1 different, or sent
    and not agreed; 2 not open yet, or bad usage; 3 the provider failed.
    "#);
}
