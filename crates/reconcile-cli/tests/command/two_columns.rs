//! Accounts and statements that write debits and credits in two columns.

use std::fmt::Write;

use crate::scene::Scene;

/// The books of a bank account and the bank's statement of it: in the books, what comes
/// in is a debit, on the statement a credit.
const RULES: &str = r#"
[ledger]
columns = { reference = "Documento", date = "Fecha", money_in = "Debe", money_out = "Haber" }
decimal_separator = ","
date_format = "%d/%m/%Y"
delimiter = ";"
currency = "PEN"

[records]
columns = { id = "Op", reference = "Glosa", created_at = "Fecha", money_in = "Abono", money_out = "Cargo" }
currency = "PEN"
kind = "settlement"
status = "succeeded"
"#;

const MATCH: &str = "match --ledger diario.csv --records estado.csv";

/// Payments in and out that agree, and one that the books take back by a storno, as
/// the bank does by a charge.
fn scene() -> Scene {
    let scene = Scene::bare();
    let mut books = String::from("Documento;Fecha;Debe;Haber\n");
    let mut statement = String::from("Op,Glosa,Fecha,Cargo,Abono\n");
    for number in 10..40 {
        let _ = writeln!(books, "D-{number};05/03/2026;{number},50;0,00");
        let _ = writeln!(statement, "{number},D-{number},2026-03-05,,{number}.50");
        let _ = writeln!(books, "P-{number};05/03/2026;;{number},25");
        let _ = writeln!(statement, "9{number},P-{number},2026-03-05,{number}.25,");
    }
    books += "S-1;06/03/2026;-7,00;\n";
    statement += "7,S-1,2026-03-06,7.00,0.00\n";
    scene.write("diario.csv", &books);
    scene.write("estado.csv", &statement);
    scene.write("rules.toml", RULES);
    scene
}

#[test]
fn the_books_match_the_banks_statement() {
    let scene = scene();
    scene
        .run(&format!("{MATCH} --rules rules.toml --out out -q"))
        .exits(0);
    let summary = scene.read("out/summary.json");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!(summary["matched"]["groups"], 61);
    // 30 times 0.25 more came in than went out, and 7 were taken back.
    assert_eq!(summary["ledger"]["amounts"]["PEN"], "0.50");
    assert_eq!(summary["records"]["amounts"]["PEN"], "0.50");
    scene
        .run(&format!(
            "{MATCH} --rules rules.toml --memory 64M --out out-bounded -q"
        ))
        .exits(0);
    assert!(scene.contents("out") == scene.contents("out-bounded"));
    scene
        .run("rules test --rules rules.toml --pairs 1000")
        .exits(0);
}

#[test]
fn which_way_is_which_is_explained_and_turned_about_seen() {
    let scene = scene();
    let ran = scene.run("rules check rules.toml").exits(0);
    for way in [
        r#"- What stands in "Debe" came in, and what stands in "Haber" went out;"#,
        r#"- What stands in "Abono" came in, and what stands in "Cargo" went out;"#,
    ] {
        assert!(ran.stdout.contains(way), "{way}\n{}", ran.stdout);
    }
    let turned = RULES.replace(
        r#"money_in = "Debe", money_out = "Haber""#,
        r#"money_in = "Haber", money_out = "Debe""#,
    );
    scene.write("turned.toml", &turned);
    scene
        .run(&format!("{MATCH} --rules turned.toml --out out -q"))
        .exits(1);
    let breaks = scene.read("out/breaks.csv");
    let codes = breaks.lines().skip(1).map(|line| line.split(',').nth(1));
    assert!(codes.eq([Some("sign_mismatch"); 61]), "{breaks}");
}

#[test]
fn files_in_two_columns_that_no_rules_map_are_told_how() {
    let scene = scene();
    let rules = RULES.replace(r#", money_in = "Debe", money_out = "Haber""#, "");
    scene.write("rules.toml", &rules);
    let command = format!("{MATCH} --rules rules.toml --out out");
    insta::assert_snapshot!(scene.refusal(2, &command), @r#"
    error: diario.csv: no column `amount`; there are `Documento`, `Fecha`, `Debe`, `Haber`
      hint: two columns for the amount? say so under [ledger] in the rules file: columns = { money_in = "Debe", money_out = "Haber" } where it is the account of a bank or of clearing in your books, and the other way about where it is the bank's statement
    "#);
}

#[test]
fn a_line_that_moves_both_ways_is_set_aside_where_that_is_asked_for() {
    let scene = scene();
    let totals = ";31/03/2026;750,00;742,50\n";
    let books = scene.read("diario.csv") + totals;
    scene.write("diario.csv", &books);
    let command = format!("{MATCH} --rules rules.toml --out out");
    insta::assert_snapshot!(scene.refusal(2, &command), @r"
    error: diario.csv, line 63, column Debe: `750,00` stands beside `742,50` in column Haber: one of them must be empty or zero
      hint: an entry that moves both ways is two rows; a line of totals is no row
    ");
    scene.run(&format!("{command} --skip-invalid -q")).exits(1);
    let aside: Vec<_> = scene
        .contents("out")
        .into_values()
        .filter(|file| file.ends_with(totals.as_bytes()))
        .collect();
    assert_eq!(
        aside,
        [format!("Documento;Fecha;Debe;Haber\n{totals}").into_bytes()]
    );
}
