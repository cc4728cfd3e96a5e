//! Files that are not what they should be: one error with its place and what to
//! do, exit status 2, nothing written, and memory that has a bound.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    process::Command,
    thread,
};

use crate::scene::{JANUARY, Scene};

/// A scene with two files that match.
fn scene() -> Scene {
    let scene = Scene::bare();
    scene.write(
        "ledger.csv",
        "reference,amount,currency,date\nA,5.00,PEN,2026-01-02\n",
    );
    scene.write(
        "records.csv",
        "id,kind,direction,status,reference,amount,currency,created_at\n\
         1,payment,credit,succeeded,A,5.00,PEN,2026-01-02T10:00:00Z\n",
    );
    scene
}

fn write_bytes(scene: &Scene, name: &str, bytes: &[u8]) {
    fs::write(scene.path(name), bytes).expect("a file");
}

/// What is said of each file in the place of one that can be read.
fn refusals(files: &[(&str, &[u8])], arguments: &str) -> String {
    let scene = scene();
    let mut said = String::new();
    for (name, bytes) in files {
        write_bytes(&scene, name, bytes);
        said += &scene.refusal(2, &arguments.replace("FILE", name));
        said += "\n";
    }
    said
}

/// The same without the hints, which are the same for all.
fn without_hints(said: &str) -> String {
    let lines = said.lines().filter(|line| !line.starts_with("  hint: "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_ledger_of_another_kind_is_told_by_what_it_is() {
    let said = refusals(
        &[
            ("l.csv", b"PK\x03\x04\x14\0\x06\0"),
            ("l.csv", b"\x1f\x8b\x08\0\0\0\0\0"),
            ("l.csv", b"r\0e\0f\0e\0r\0e\0n\0c\0e\0"),
            (
                "l.csv",
                b"reference,amount,currency,date\nJos\xe9,5,PEN,2026-01-02\n",
            ),
            (
                "l.csv",
                b"reference,amount,currency,date\nA,4111 1111 1111 1111,PEN,2026-01-02\n",
            ),
            ("l.jsonl", b"[{\"reference\": \"A\"}]"),
            ("l.parquet", b"PAR1PAR1"),
        ],
        "match --ledger FILE --records records.csv --out out",
    );
    insta::assert_snapshot!(said, @r"
    error: l.csv: is a workbook or another ZIP archive, not text
      hint: save the sheet as CSV (UTF-8); unpack an archive
    error: l.csv: is compressed
      hint: unpack it first
    error: l.csv: is UTF-16, not UTF-8
      hint: save it as CSV (UTF-8)
    error: l.csv, line 2, column reference: is not UTF-8
      hint: save the file as CSV (UTF-8)
    error: l.csv, line 2, column amount: `4111 11** **** 1111` is not a decimal
      hint: correct the line, or say in the rules file how it is written; --skip-invalid sets such lines of the ledger aside
    error: l.jsonl, line 1: is not a JSON object that can be read: invalid type: sequence, expected an object
      hint: in JSON Lines, each line is one object and each object one line
    error: l.parquet: is damaged or not of its format
      caused by: EOF: Parquet file too small. Size is 8 but need 827474264
      hint: write it anew; of compressions, Snappy, Zstandard, gzip and LZ4 (raw) are read
    ");
}

#[test]
fn records_are_read_or_refused_as_a_ledger_is() {
    let said = refusals(
        &[
            ("r.csv", b"id,kind,direction,status,reference,amount,currency,created_at\n1,payment,credit,succeeded,A,\xd9\xa5,PEN,2026-01-02T10:00:00Z\n"),
            ("r.jsonl", b"{\"id\":\"1\",\"amount\":1e400,\"currency\":\"PEN\",\"created_at\":\"2026-01-02T10:00:00Z\",\"kind\":\"payment\",\"direction\":\"credit\",\"status\":\"succeeded\",\"reference\":\"A\"}"),
        ],
        "match --ledger ledger.csv --records FILE --out out",
    );
    insta::assert_snapshot!(said, @r"
    error: r.csv, line 2, column amount: `٥` is not a decimal
      hint: write digits as 0 to 9, and what separates them as in 1234.50
    error: r.jsonl, line 1, column amount: `1e400` has more digits than can be held exactly
      hint: correct the line, or say in the rules file how it is written; --skip-invalid sets such lines of the ledger aside
    ");
}

#[test]
fn a_certificate_that_is_none_is_one_error() {
    let said = refusals(
        &[
            ("c.json", b""),
            ("c.json", b"{\"provider\": \"tupay\""),
            ("c.json", b"[\0]\0"),
            ("c.json", b"{\"provider\": \"\xe9\"}"),
            (
                "c.json",
                b"\xef\xbb\xbf{\"provider\": [\"4111111111111111\"]}",
            ),
            (
                "c.json",
                &[b"{\"provider\": 1, \"".as_slice(), &[b'x'; 5000]].concat(),
            ),
            ("c.json", &b"[".repeat(100_000)),
        ],
        "match --ledger ledger.csv --records records.csv --certificate FILE --out out",
    );
    insta::assert_snapshot!(without_hints(&said), @r"
    error: c.json: cannot be read as a certificate: EOF while parsing a value at line 1 column 0
    error: c.json: cannot be read as a certificate: EOF while parsing an object at line 1 column 20
    error: c.json: is UTF-16, not UTF-8
    error: c.json, line 1: is not UTF-8
    error: c.json: cannot be read as a certificate: invalid type: sequence, expected a string at line 1 column 13
    error: c.json: cannot be read as a certificate: invalid type: integer `1`, expected a string at line 1 column 14
    error: c.json: cannot be read as a certificate: invalid type: sequence, expected struct Certificate at line 1 column 0
    ");
}

#[test]
fn totals_that_are_none_are_one_error() {
    let scene = Scene::clean();
    let mut said = String::new();
    let files: [(&str, &[u8]); 9] = [
        ("t.csv", b"name;count;amount\n"),
        ("t.csv", b"\xef\xbb\xbfname,count,amount\ntotal,1,1_000\n"),
        ("t.csv", b"name,count,amount\ntotal,1,5.\n"),
        ("t.csv", b"name,count,amount\ntotal,1,4111111111111111x\n"),
        (
            "t.csv",
            b"name,count,amount\ntotal,99999999999999999999,1\n",
        ),
        ("t.csv", b"name,count,amount\n\"total,1,1\n"),
        (
            "t.json",
            b"\xef\xbb\xbf{\"total\": {\"count\": 1, \"amount\": 1e400}}",
        ),
        ("t.toml", b"total = { count = 1, amount = \"\xe9\" }"),
        (
            "t.toml",
            &[b"total".as_slice(), &b".a".repeat(100_000), b" = 1"].concat(),
        ),
    ];
    for (name, bytes) in files {
        write_bytes(&scene, name, bytes);
        let attest = format!("attest --provider paywall --date 2026-01-05 --totals {name}");
        said += &scene.refusal(2, &attest);
        said += "\n";
    }
    insta::assert_snapshot!(without_hints(&said), @r"
    error: t.csv: its header is not name,count,amount
    error: t.csv: `total`: `1_000` is no exact decimal
    error: t.csv: `total`: `5.` is no exact decimal
    error: t.csv: `total`: `411111******1111x` is no exact decimal
    error: t.csv: `total`: `99999999999999999999` is no whole number
    error: t.csv: CSV error: record 1 (line: 2, byte: 18): found record with 1 fields, but the previous record has 3 fields
    error: t.json: it is not JSON as it should be: expected a decimal number of at most 28 digits at line 1 column 39
    error: t.toml, line 1: is not UTF-8
    error: t.toml: it is not TOML: recursion limit
    ");
    assert_eq!(scene.sandbox().requests().total(), 0);
}

#[test]
fn a_configuration_that_is_none_is_one_error_without_a_value() {
    let sentinel = "Secret~Key?Quoll&7719=zz";
    let scene = Scene::bare();
    let mut said = String::new();
    for text in [
        format!("\u{feff}[providers.tupay]\nsecret_key = \"{sentinel}\n"),
        format!("[providers.tupay]\nsecret_key = {sentinel}\n"),
        format!("[providers.tupay]\nsecret_key = '{sentinel}' x\n"),
        format!("[providers.tupay]\nsecret_key = [\"{sentinel}\"]\n"),
        format!("[providers.tupay]\r\nsecret_key = \"{sentinel}\"\rx = 1\n"),
        format!("x{} = \"{sentinel}\"\n", ".a".repeat(100_000)),
        format!("{} = \"{sentinel}\"\n", "x".repeat(100_000)),
        format!("\"a\\nb\" = \"{sentinel}\"\n"),
        format!("# {sentinel}\n").repeat(100_000),
    ] {
        scene.write("reconcile.toml", &text);
        said += &scene.refusal(2, &format!("pull {JANUARY}"));
        said += "\n";
    }
    write_bytes(&scene, "reconcile.toml", b"[\0p\0r\0o\0v\0");
    said += &scene.refusal(2, &format!("pull {JANUARY}"));
    write_bytes(
        &scene,
        "reconcile.toml",
        b"[providers.tupay]\nsecret_key = \"\xe9\"\n",
    );
    said += "\n";
    said += &scene.refusal(2, &format!("pull {JANUARY}"));
    assert!(!said.contains("Quoll"), "{said}");
    insta::assert_snapshot!(without_hints(&said), @r#"
    error: reconcile.toml: line 2 is not TOML: invalid basic string, expected `"`
    error: reconcile.toml: line 2 is not TOML: unexpected key or value, expected newline, `#`
    error: reconcile.toml: line 2 is not TOML: unexpected key or value, expected newline, `#`
    error: reconcile.toml: a value in `providers.tupay` is no text, number or flag
    error: reconcile.toml: line 2 is not TOML: carriage return must be followed by newline, expected newline
    error: reconcile.toml: line 1 is not TOML: recursion limit
    error: reconcile.toml: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` is not known
    error: reconcile.toml: `a\nb` is not known
    error: reconcile.toml: is longer than such a file gets
    error: reconcile.toml: is UTF-16, not UTF-8
    error: reconcile.toml, line 2: is not UTF-8
    "#);
}

#[test]
fn a_path_that_leads_to_no_file_is_named() {
    let scene = scene();
    fs::create_dir(scene.path("folder.csv")).expect("a folder");
    let said = scene.refusal(
        2,
        "match --ledger folder.csv --records records.csv --out out",
    );
    insta::assert_snapshot!(said, @r"
    error: folder.csv: cannot be read
      caused by: Is a directory (os error 21)
      hint: name the file in it
    ");
    let said = scene.refusal(2, "rules check folder.csv");
    insta::assert_snapshot!(said, @r"
    error: folder.csv: cannot be read
      caused by: Is a directory (os error 21)
      hint: name the file in it
    ");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_as_a_file_is() {
    let scene = scene();
    let text = fs::read(scene.path("ledger.csv")).expect("a file");
    let pipe = scene.path("pipe.csv");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let writer = thread::spawn(move || fs::write(pipe, text));
    scene
        .run("match --ledger pipe.csv --records records.csv --out out -q")
        .exits(0);
    writer.join().expect("a writer").expect("a reader");
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_without_an_end_takes_no_more_memory_than_a_long_one() {
    let scene = scene();
    for (name, start) in [
        ("endless.csv", "reference,amount,currency,date\n\"A"),
        ("open.csv", "reference,amount,currency,date\nA,"),
        ("endless.jsonl", "{\"reference\":\"A"),
        ("endless.toml", "[ledger]\n"),
    ] {
        let mut file = File::create(scene.path(name)).expect("a file");
        file.write_all(start.as_bytes()).expect("a start");
        // What is not written is zeros, and takes no place on the disk.
        file.seek(SeekFrom::Start(64 << 30)).expect("a place");
        file.write_all(b"\n").expect("an end");
        let arguments = match name {
            "endless.toml" => format!("rules check {name}"),
            _ => format!("match --ledger {name} --records records.csv --skip-invalid -q"),
        };
        let bounded = format!(
            "ulimit -v 4194304; exec {} {arguments}",
            env!("CARGO_BIN_EXE_reconcile")
        );
        let ran = Command::new("sh")
            .args(["-c", &bounded])
            .current_dir(scene.path(""))
            .output()
            .expect("a shell");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains("longer than"), "{name}: {said}");
    }
}

#[test]
fn amounts_beyond_any_machine_word_are_exact_or_refused() {
    let scene = scene();
    let ledger = |amounts: [&str; 2]| {
        let rows = amounts.map(|amount| format!("{amount},{amount},PEN,2026-01-02\n"));
        scene.write(
            "l.csv",
            &format!("reference,amount,currency,date\n{}", rows.concat()),
        );
    };
    ledger([
        "79228162514264337593543950335",
        "79228162514264337593543950335.0",
    ]);
    let said = scene.refusal(2, "match --ledger l.csv --records records.csv --out out");
    insta::assert_snapshot!(said, @r"
    error: l.csv, line 3, column amount: `79228162514264337593543950335.0` has more digits than can be held exactly
      hint: correct the line, or say in the rules file how it is written; --skip-invalid sets such lines of the ledger aside
    ");
    ledger([
        "79228162514264337593543950335",
        "0.0000000000000000000000000001",
    ]);
    let said = scene.refusal(2, "match --ledger l.csv --records records.csv --out out");
    insta::assert_snapshot!(said, @r"
    error: the rows cannot be reconciled
      caused by: the amounts in PEN do not add up exactly: too many digits
      hint: a total holds 38 digits: take the rows with the most digits apart, with a shorter range or in files of their own
    ");
    ledger([
        "79228162514264337593543950335",
        "79228162514264337593543950334",
    ]);
    scene
        .run("match --ledger l.csv --records records.csv --out out -q")
        .exits(1);
    let summary = scene.read("out/summary.json");
    assert!(
        summary.contains("158456325028528675187087900669"),
        "{summary}"
    );
}

#[test]
fn nothing_in_the_texts_of_others_runs_wherever_it_is_shown() {
    let scene = Scene::bare();
    let texts = [
        "=HYPERLINK(A1)",
        "@SUM(A1)",
        "+1",
        "-1",
        "\tTAB",
        "\u{1b}[31mred",
        "\u{202e}desrever",
        "N\0L",
        "</script><img src=x onerror=alert(1)>",
    ];
    let rows = texts.map(|text| format!("\"{text}\",\"{text}\",5.00,PEN,2026-01-02,\"{text}\"\n"));
    let header = "id,reference,amount,currency,date,description\n";
    scene.write("ledger.csv", &format!("{header}{}", rows.concat()));
    scene.write(
        "records.csv",
        "id,kind,direction,status,reference,amount,currency,created_at\n",
    );
    let ran = scene
        .run("match --ledger ledger.csv --records records.csv --out out")
        .exits(1);
    let steers =
        |character: char| (character.is_control() && character != '\n') || character == '\u{202e}';
    assert!(!ran.stdout.contains(steers), "{}", ran.stdout);
    let breaks = scene.read("out/breaks.csv");
    let mut reader = csv::Reader::from_reader(breaks.as_bytes());
    let ids = reader
        .records()
        .map(|row| row.expect("a row")[3].to_owned());
    let ids: BTreeSet<String> = ids.collect();
    for text in texts {
        let defused = format!("'{text}");
        assert!(
            ids.contains(text) != ids.contains(&defused),
            "{text}: {ids:?}"
        );
    }
    assert!(
        !ids.iter()
            .any(|id| id.starts_with(['=', '+', '-', '@', '\t'])),
        "{ids:?}"
    );
    let page = scene.read("out/report.html");
    assert!(page.contains("&lt;img src=x"));
    assert!(!page.contains("<img"));
    assert_eq!(
        page.matches("<script").count(),
        page.matches("</script>").count()
    );
    // What turns letters around is alone in an element of its own.
    for (at, _) in page.match_indices('\u{202e}') {
        let before = &page[..at];
        let in_data = before.rfind("<script") > before.rfind("</script>");
        let isolated = before.rfind("<bdi") > before.rfind("</bdi>");
        assert!(in_data || isolated, "{}", &page[at.saturating_sub(80)..at]);
    }
}
