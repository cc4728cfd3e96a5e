//! Rules files: explained, refused, and compared on the same data.

use reconcile_engine::Rules;
use serde_json::Value;

use crate::scene::{Scene, january};

#[test]
fn a_rules_file_is_explained_in_the_order_in_which_it_is_done() {
    let scene = Scene::bare();
    scene.write(
        "rules.toml",
        r#"
[ledger]
columns = { reference = "Order No" }
decimal_separator = ","
thousands_separator = "."
zone = "Europe/Berlin"
cutoff = "23:30"
attributes = ["memo_ref"]
currency = "EUR"

[tolerance]
absolute = "0.01"
currencies.KWD = { absolute = "0.005", percent = "1", take = "larger" }

[calendar]
weekend = ["friday", "saturday"]
holidays = ["2026-01-01"]

[fees]
ledger = "net"
infer = true
tax_percent = "18"
schedule = [{ method = "YP", flat = "0.30", percent = "2.9", least = "0.50" }, { tiers = [{ up_to = "100", percent = "3" }, { percent = "2" }] }]

[[exclude]]
side = "ledger"
kind = ["adjustment"]
description_has = "transfer"
reason = "internal transfer"

[[pass]]
name = "by rrn"
equal = [{ ledger = "memo_ref", records = "attributes.rrn", normalise = ["case", "zeros"], prefix = "ORD-" }]
days = { after = 3, business = true }
net = true

[[pass]]
name = "payouts"
days = { before = 7, after = 3 }
tolerance = { percent = "0.5" }
group = { by = "sum", sides = "one_to_many", evidence = ["day", "account"], most = 200 }
"#,
    );
    let ran = scene.run("rules check rules.toml").exits(0);
    insta::assert_snapshot!(ran.stdout, @r#"
    rules.toml makes sense. What it says:
    
    Reading the ledger
    - Columns that must be there: reference (in "Order No"), amount, date.
    - Amounts are written as 1.234,50.
    - Dates are written as 2026-01-31, or as RFC 3339 instants; an instant counts for its day in Europe/Berlin, and from 23:30 on for the next.
    - Attributes that are kept: memo_ref.
    - A row that does not say has currency EUR.
    
    Reading a file of records
    - Columns that must be there: id, amount, currency, date (in "created_at"), kind, direction, status.
    - Amounts are written as 1234.50.
    - Dates are written as 2026-01-31, or as RFC 3339 instants; an instant counts for its day in UTC, and in a run in the zone of the provider.
    - Attributes that are kept: rrn; each a column of its own, or a key of the JSON in the column "attributes".
    
    Matching
    - Rows of the ledger of kind adjustment and with "transfer" in the description take no part: internal transfer.
    - Money moved where the status is succeeded, and in ledger rows without one; it is under way where the status is pending or on_hold; a row of another status moved none, and takes no part unless the other side claims it.
    - The ledger states net amounts, the provider gross ones: net is gross without the fee and the tax on it, those that the row states.
    - Where a payment states none, the tax is 18% of the fee, both rounded to the minor unit.
    - The fee of a payment by YP is 0.30 and 2.9% of the gross amount, at least 0.50.
    - The fee of any other payment is 3% of what lies below 100 and 2% of what lies above.
    - Fees that no term covers are inferred from the rows that are already matched.
    - Business days are all but Fridays, Saturdays and one holiday.
    - Pass 1, by rrn: rows with equal attributes.memo_ref (ledger) and attributes.rrn (provider) (without regard to capitals, leading zeros and "ORD-" in front), amounts after fees within 0.01, in KWD within the larger of 0.005 and 1%, up to 3 business days after the ledger's day; what shares the key and differs is a break.
    - Pass 2, payouts: rows that add up to one, amounts equal, from 7 days before to 3 after the ledger's day; groups of one ledger row to several records that share date and account: all of them, all but one or two, or, of at most 200, some; never rows with two different references; ambiguous unless better than any other by 0.05.
    - Each row is used once, and a pass sees what the passes before it left. What the last one leaves is a break.
    
    Worth a second look
    - The pass by rrn takes rows with equal attributes.memo_ref for the same thing, so that what differs between them is a break. If payments share it, as they share a country or a terminal, say identifies = false; if none do, identifies = true.
    - The tolerance of the pass payouts does nothing: sums are to be equal, since some of many rows nearly come to any amount.
    
    Defaults in force
    - [statuses] counts: succeeded; where a provider lists reversals as records of their own, reversed too.
    - [statuses] pending: pending and on_hold.
    - [attention]: a break is as severe as its code, one step less up to a hundredth of what a row of its currency moves on average, severe from ten times that, and one step more when older than 30 days.
    "#);
}

#[test]
fn what_a_file_says_of_severity_is_explained_and_done() {
    let scene = Scene::bare();
    scene.write(
        "rules.toml",
        "[attention]\nstale_after_days = \"never\"\n\
         small = { PEN = \"2.50\" }\nlarge = { PEN = \"100.00\" }\n",
    );
    let ran = scene.run("rules check rules.toml").exits(0);
    let told = "- A break is one step less severe up to 2.50 PEN, severe from 100.00 PEN and as \
                severe however old. In a currency without such amounts, it is one step less \
                severe up to a hundredth of what a row moves on average, and severe from ten \
                times that.\n";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    assert!(!ran.stdout.contains("[attention]"), "{}", ran.stdout);
    scene.write(
        "ledger.csv",
        "reference,amount,currency,date\nA,12.40,PEN,2026-03-02\nB,300.00,PEN,2026-03-02\n",
    );
    scene.write(
        "records.csv",
        "id,reference,amount,currency,created_at,kind,direction,status\n\
         r1,A,10.00,PEN,2026-03-02T10:00:00Z,payment,credit,succeeded\n\
         r2,B,300.00,PEN,2026-03-02T10:00:00Z,payment,credit,pending\n",
    );
    let severities = |rules: &str| {
        let files = "--ledger ledger.csv --records records.csv";
        scene
            .run(&format!("match {files} {rules} --out out -q"))
            .exits(1);
        let breaks = scene.read("out/breaks.csv");
        let severity = |line: &str| line.split(',').nth(2).map(str::to_owned);
        breaks
            .lines()
            .skip(1)
            .filter_map(severity)
            .collect::<Vec<_>>()
    };
    assert_eq!(severities(""), ["low", "high"]);
    assert_eq!(severities("--rules rules.toml"), ["high", "medium"]);
}

#[test]
fn without_a_file_the_defaults_are_explained() {
    let ran = Scene::bare().run("rules check").exits(0);
    for sentence in Rules::default().describe() {
        assert!(
            ran.stdout.contains(&format!("\n- {sentence}\n")),
            "{sentence}"
        );
    }
    let (_, in_force) = ran
        .stdout
        .split_once("Defaults in force\n")
        .expect("a part");
    insta::assert_snapshot!(in_force, @r"
    - [[pass]]: the passes above.
    - [tolerance]: none; amounts are equal where a pass does not say otherwise.
    - [statuses] counts: succeeded; where a provider lists reversals as records of their own, reversed too.
    - [statuses] pending: pending and on_hold.
    - [calendar]: Saturday and Sunday are no business days, and there are no holidays.
    - [fees]: none; amounts are compared as both sides state them.
    - [[exclude]]: none.
    - [attention]: a break is as severe as its code, one step less up to a hundredth of what a row of its currency moves on average, severe from ten times that, and one step more when older than 30 days.
    ");
}

#[test]
fn a_rules_file_that_makes_no_sense_is_refused_by_its_place() {
    let scene = Scene::bare();
    scene.write(
        "rules.toml",
        "[[pass]]\nname = \"p\"\nequal = [\"refrence\"]\n",
    );
    insta::assert_snapshot!(scene.refusal(2, "rules check rules.toml"), @r#"
    error: rules.toml, line 3, column 10: `refrence` is none of id, reference, account, method, description, amount, currency, date, kind, direction, status, fee, tax, settled_amount, attributes.NAME
      hint: a column of the file is named as an attribute: attributes = ["batch"] under [ledger] or [records], then "attributes.batch"
    "#);
    scene.write("sound.toml", "");
    insta::assert_snapshot!(
            scene.refusal(2, "rules diff sound.toml rules.toml --ledger none.csv --records none.csv"),
            @r#"
    error: rules.toml, line 3, column 10: `refrence` is none of id, reference, account, method, description, amount, currency, date, kind, direction, status, fee, tax, settled_amount, attributes.NAME
      hint: a column of the file is named as an attribute: attributes = ["batch"] under [ledger] or [records], then "attributes.batch"
    "#
    );
}

/// Two lines whose references say one thing and whose receipts another, and one
/// that only its receipt brings to its record.
fn books() -> Scene {
    let scene = Scene::bare();
    scene.write(
        "ledger.csv",
        "id,reference,amount,currency,date,receipt\n\
         l1,A,10.00,PEN,2026-03-02,2\n\
         l2,B,10.00,PEN,2026-03-02,1\n\
         l3,,7.00,PEN,2026-03-02,3\n",
    );
    scene.write(
        "records.csv",
        "id,reference,amount,currency,created_at,kind,direction,status,attributes\n\
         r1,A,10.00,PEN,2026-03-02T10:00:00Z,payment,credit,succeeded,\"{\"\"receipt\"\":1}\"\n\
         r2,B,10.00,PEN,2026-03-02T10:00:00Z,payment,credit,succeeded,\"{\"\"receipt\"\":2}\"\n\
         =r3,X,7.00,PEN,2026-03-02T10:00:00Z,payment,credit,succeeded,\"{\"\"receipt\"\":3}\"\n",
    );
    scene.write(
        "references.toml",
        "[[pass]]\nname = \"reference\"\nequal = [\"reference\"]\n",
    );
    scene.write(
        "receipts.toml",
        "[ledger]\nattributes = [\"receipt\"]\n[[pass]]\nname = \"receipt\"\nequal = [\"attributes.receipt\"]\n",
    );
    scene
}

const DATA: &str = "--ledger ledger.csv --records records.csv";

#[test]
fn other_rules_show_what_they_gain_lose_and_move() {
    let scene = books();
    let ran = scene
        .run(&format!("rules diff references.toml receipts.toml {DATA}"))
        .exits(1);
    insta::assert_snapshot!(ran.stdout, @r"
    change  old rule   old ledger ids  old record ids  new rule  new ledger ids  new record ids
    moved   reference  l1              r1              receipt   l1              r2
    moved   reference  l2              r2              receipt   l2              r1
    gained  -          -               -               receipt   l3              =r3
    1 gained, 0 lost, 2 moved.
    ");
    let ran = scene
        .run(&format!(
            "rules diff receipts.toml references.toml {DATA} --format csv"
        ))
        .exits(1);
    insta::assert_snapshot!(ran.stdout, @r"
    change,old_rule,old_ledger_ids,old_record_ids,new_rule,new_ledger_ids,new_record_ids
    moved,receipt,l1,r2,reference,l1,r1
    moved,receipt,l2,r1,reference,l2,r2
    lost,receipt,l3,'=r3,,,
    ");
    let ran = scene
        .run(&format!(
            "rules diff references.toml receipts.toml {DATA} --format jsonl"
        ))
        .exits(1);
    insta::assert_snapshot!(ran.stdout, @r#"
    {"change":"moved","old_rule":"reference","old_ledger_ids":"l1","old_record_ids":"r1","new_rule":"receipt","new_ledger_ids":"l1","new_record_ids":"r2"}
    {"change":"moved","old_rule":"reference","old_ledger_ids":"l2","old_record_ids":"r2","new_rule":"receipt","new_ledger_ids":"l2","new_record_ids":"r1"}
    {"change":"gained","old_rule":"","old_ledger_ids":"","old_record_ids":"","new_rule":"receipt","new_ledger_ids":"l3","new_record_ids":"=r3"}
    "#);
}

#[test]
fn rules_that_match_the_same_are_no_difference() {
    let scene = books();
    scene.write(
        "renamed.toml",
        "[[pass]]\nname = \"by order\"\nequal = [\"reference\"]\n",
    );
    let ran = scene
        .run(&format!("rules diff references.toml renamed.toml {DATA}"))
        .exits(0);
    assert_eq!(ran.stdout, "The matches are the same.\n");
}

#[test]
fn a_run_reads_attributes_and_days_as_a_match_of_its_files_does() {
    let scene = Scene::clean();
    scene.write_ledger_of("streampay");
    scene.write(
        "rules.toml",
        "[records]\nzone = \"Asia/Riyadh\"\ncutoff = \"12:00\"\n\
         [[pass]]\nname = \"uuid\"\n\
         equal = [{ ledger = \"reference\", records = \"attributes.transaction_uuid\" }]\n",
    );
    let january = january("streampay");
    scene
        .run(&format!(
            "run {january} --ledger ledger.csv --rules rules.toml --out run -q"
        ))
        .exits(1);
    let matches = scene.read("run/matches.csv");
    assert!(matches.lines().count() > 50, "{matches}");
    assert!(matches.lines().skip(1).all(|line| line.contains(",uuid")));
    for format in ["csv", "jsonl", "parquet"] {
        scene
            .run(&format!(
                "pull {january} --out r.{format} --certificate c.json -q"
            ))
            .exits(0);
        scene
            .run(&format!(
                "match --ledger ledger.csv --records r.{format} --certificate c.json \
                 --rules rules.toml --as-of 2026-01-31 --out {format} -q"
            ))
            .exits(1);
        for file in ["matches.csv", "breaks.csv"] {
            assert_eq!(
                scene.read(&format!("{format}/{file}")),
                scene.read(&format!("run/{file}")),
                "{format}, {file}"
            );
        }
    }
}

#[test]
fn by_a_cutoff_the_first_day_of_a_run_is_not_known_to_be_whole() {
    let scene = Scene::clean();
    scene.write(
        "ledger.csv",
        "reference,amount,currency,date\n\
         nobody,1.00,SAR,2026-01-01\n\
         no one,1.00,SAR,2026-01-02\n",
    );
    scene.write("rules.toml", "[records]\ncutoff = \"22:00\"\n");
    let run = format!("run {} --ledger ledger.csv", january("streampay"));
    let missing = |arguments: &str| {
        scene
            .run(&format!("{run} --out out -q {arguments}"))
            .exits(1);
        let summary: Value = serde_json::from_str(&scene.read("out/summary.json")).expect("JSON");
        summary["breaks"]["missing_at_provider"].clone()
    };
    assert_eq!(missing(""), 2);
    assert_eq!(missing("--rules rules.toml"), 1);
}

#[test]
fn the_default_rules_find_every_kind_of_mistake_as_what_it_is() {
    let ran = Scene::bare().run("rules test --pairs 1000").exits(0);
    insta::assert_snapshot!(ran.stdout, @"
    code                   planted  found  missed  under another  let pass  false alarms
    missing_at_provider    18       18     0       0              0         0
    missing_in_ledger      18       18     0       0              0         0
    duplicate_at_provider  12       12     0       0              0         0
    duplicate_in_ledger    12       12     0       0              0         0
    timing                 24       24     0       0              0         0
    unproven               6        6      0       0              0         0
    amount_mismatch        68       68     0       0              0         0
    currency_mismatch      12       12     0       0              0         0
    sign_mismatch          12       12     0       0              0         0
    status_mismatch        36       36     0       0              0         0
    date_out_of_window     3        3      0       0              12        0
    reference_mismatch     30       30     0       0              0         0
    fee_variance           18       18     0       0              0         0
    tax_variance           18       18     0       0              0         0
    fx_variance            16       16     0       0              0         0
    rounding               18       18     0       0              0         0
    net_identity           24       24     0       0              0         0
    split_incomplete       18       18     0       0              0         0
    over_allocated         18       18     0       0              0         0
    ambiguous              24       24     0       0              0         0
    roll_forward           9        9      0       0              0         0
    control_total          21       21     0       0              0         0
    batch_unbalanced       9        9      0       0              0         0
    sequence_gap           21       21     0       0              0         0
    nothing                0        0      0       0              0         0
    all_at_once            390      390    0       0              0         0
    
    Let pass by the rules
    - date_out_of_window: 12, since a pass by a key compares no days
    
    Every mistake was found under its code and nothing else, alone and 390 at once.
    ");
}

#[test]
fn rules_that_take_a_mistake_for_another_are_found_out() {
    let scene = Scene::bare();
    // Where all that an account moves in a day is taken for one thing, what is
    // listed twice is taken for a part of something else.
    scene.write(
        "rules.toml",
        "[[pass]]\nname = \"day\"\nequal = [\"day\", \"account\"]\nidentifies = true\n",
    );
    let ran = scene
        .run("rules test --rules rules.toml --pairs 1000 --format jsonl --out list.jsonl")
        .exits(1);
    assert_eq!(ran.stdout, "");
    let list = scene.read("list.jsonl");
    let line = |code: &str| -> Value {
        let mut lines = list.lines();
        let line = lines
            .find(|line| line.starts_with(&format!("{{\"code\":\"{code}\"")))
            .expect(code);
        serde_json::from_str(line).expect("JSON")
    };
    assert!(
        line("duplicate_at_provider")["under_another"].as_u64() > Some(0),
        "{list}"
    );
    assert_eq!(
        line("roll_forward")["found"],
        line("roll_forward")["planted"]
    );
}

#[test]
fn what_rules_let_pass_by_their_own_wish_is_said_and_is_no_miss() {
    let scene = Scene::bare();
    scene.write(
        "rules.toml",
        "[tolerance]\nabsolute = \"1\"\n[statuses]\ncounts = [\"succeeded\", \"reversed\"]\n",
    );
    let ran = scene
        .run("rules test --rules rules.toml --pairs 1000")
        .exits(0);
    let (_, let_pass) = ran
        .stdout
        .split_once("Let pass by the rules\n")
        .expect("a part");
    insta::assert_snapshot!(let_pass, @"
    - amount_mismatch: 17, since the tolerance lets it pass
    - status_mismatch: 8, since the rules give the status another meaning
    - date_out_of_window: 12, since a pass by a key compares no days
    - rounding: 20, since the tolerance lets it pass
    - split_incomplete: 6, since the tolerance lets it pass
    - over_allocated: 8, since the tolerance lets it pass
    
    Every mistake was found under its code and nothing else, alone and 339 at once.
    ");
    let ran = scene
        .run("rules test --rules rules.toml --pairs 1000 --format csv")
        .exits(0);
    assert!(ran.stdout.starts_with("code,planted,found,missed,under_another,let_pass,false_alarms\nmissing_at_provider,18,18,0,0,0,0\n"), "{}", ran.stdout);
    let few = scene.run("rules test --pairs 10").exits(2);
    let why = "less than 1000 has no room for every kind of mistake";
    assert!(few.stderr.contains(why), "{}", few.stderr);
}

#[test]
fn a_statement_without_references_is_matched_by_rules_that_look_at_none() {
    let scene = Scene::bare();
    scene.write(
        "ledger.csv",
        "amount,currency,date,description\n\
         30.00,PEN,2026-03-02,transfer of Quispe\n\
         30.00,PEN,2026-03-02,transfer of Huaman\n",
    );
    scene.write(
        "records.csv",
        "id,reference,amount,currency,created_at,kind,direction,status,description\n\
         r1,A,30.00,PEN,2026-03-02T10:00:00Z,payment,credit,succeeded,HUAMAN\n\
         r2,B,30.00,PEN,2026-03-02T10:00:00Z,payment,credit,succeeded,QUISPE\n",
    );
    scene.write(
        "rules.toml",
        "[[pass]]\nname = \"text\"\ndays = { before = 1, after = 3 }\ntext = {}\n",
    );
    let files = "match --ledger ledger.csv --records records.csv";
    let refused = scene.run(files).exits(2);
    let hint = "columns = { reference = \"…\" }, or have no pass look at references";
    assert!(refused.stderr.contains(hint), "{}", refused.stderr);
    for memory in ["", "--memory 64M"] {
        scene
            .run(&format!("{files} --rules rules.toml --out out -q {memory}"))
            .exits(0);
        let matches = scene.read("out/matches.csv");
        assert!(matches.contains(",text,2,r2,"), "{matches}");
        assert!(matches.contains(",text,3,r1,"), "{matches}");
    }
}
