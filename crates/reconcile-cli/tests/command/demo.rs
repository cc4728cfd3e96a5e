//! `reconcile demo`: every provider at once, and what it leaves behind.

use serde_json::Value;

use crate::scene::{PROVIDERS, Scene};

#[test]
fn the_demonstration_finds_what_was_planted_at_every_provider() {
    let scene = Scene::bare();
    let ran = scene.run("demo --records 200 --out out").exits(0);
    let (_, table) = ran.stdout.split_once("Side by side\n").expect("a table");
    insta::assert_snapshot!(scene.redacted(table), @"
      provider   verdict  records  statements  matched    breaks  proofs  failed  untested      pull
      tupay      breaks       200          31      160  28 of 28     219       0         2  complete
      paywall    breaks       200          31      166  28 of 28     279       0         0  complete
      streampay  breaks       200         168      168  25 of 25   1,124       0         2  complete

    The files of this run are in out.

    All 81 planted mistakes were found, and nothing else. Next: the commands `providers` and `doctor`, for an account of your own.
    ");
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_demonstration_of_too_few_records_for_mistakes_says_so() {
    let scene = Scene::bare();
    for records in [0, 10] {
        let demo = format!("demo --seed 5 --records {records} --out out");
        let said = scene.run(&demo).exits(0).stdout;
        assert!(said.contains("no mistakes planted"), "{said}");
    }
}

#[test]
fn each_provider_has_a_folder_and_all_have_a_summary_and_a_page() {
    let scene = Scene::bare();
    scene.run("demo --records 200 --out out -q").exits(0);
    let files: Vec<_> = scene.contents("out").into_keys().collect();
    let mut expected = vec!["report.html".to_owned(), "summary.json".to_owned()];
    for provider in PROVIDERS {
        expected.push(provider.to_owned());
        for file in [
            "breaks.csv",
            "certificate.json",
            "matches.csv",
            "proofs.csv",
            "report.html",
            "summary.json",
        ] {
            expected.push(format!("{provider}/{file}"));
        }
    }
    expected.sort();
    assert_eq!(files, expected);
    let page = scene.read("out/report.html");
    for provider in PROVIDERS {
        assert!(page.contains(&format!("href=\"{provider}/report.html\"")));
    }
}

#[test]
fn the_summary_of_all_is_the_sum_of_the_summaries() {
    let scene = Scene::bare();
    scene.run("demo --records 200 --out out -q").exits(0);
    let summary = |path: &str| -> Value { serde_json::from_str(&scene.read(path)).expect("JSON") };
    let all = summary("out/summary.json");
    let each = PROVIDERS.map(|provider| summary(&format!("out/{provider}/summary.json")));
    for pointer in [
        "/ledger/rows",
        "/records/rows",
        "/matched/groups",
        "/breaks/missing_in_ledger",
        "/proofs/holds",
    ] {
        let number = |value: &Value| value.pointer(pointer).and_then(Value::as_u64);
        let sum: u64 = each.iter().filter_map(number).sum();
        assert_eq!(number(&all), Some(sum), "{pointer}");
    }
    // Each provider has a currency that no other has.
    for (index, currency) in ["PEN", "TRY", "SAR"].iter().enumerate() {
        assert_eq!(
            all["records"]["amounts"][currency],
            each[index]["records"]["amounts"][currency]
        );
        assert_eq!(
            all["conservation"][currency],
            each[index]["conservation"][currency]
        );
    }
    assert_eq!(all["verdict"], "breaks");
}

#[test]
fn a_second_demonstration_leaves_the_same_bytes_and_nothing_of_another_run() {
    let scene = Scene::bare();
    scene.run("demo --records 200 --out one -q").exits(0);
    scene.write("two/breaks.csv", "of an earlier run of one provider");
    scene.run("demo --records 200 --out two -q").exits(0);
    assert_eq!(scene.contents("one"), scene.contents("two"));
}
