//! The committed fixtures are sound, and whatever is unsound is found.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use xtask::{Error, Workspace, check};

#[test]
fn the_committed_fixtures_are_sound() {
    let report = check::check(&Workspace::here(), None).unwrap();
    let wrong: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(report.bodies > 60, "{} bodies", report.bodies);
}

const BODY: &str = "{\n  \"total\": 12.40,\n  \"parts\": [\n    12.5,\n    -0.1\n  ]\n}\n";
const SIDECAR: &str = r#"
body = "response"
[provenance]
kind = "documented"
source = "The page"
[request]
method = "GET"
path = "/v1/days/{day}"
[response]
status = 200
headers = { content-type = "application/json" }
"#;
const OVERRIDES: &str = r#"
[provider]
name = "Example"
crate = "example"
[[operation]]
name = "days"
type = "Day"
[[invariant]]
name = "sum"
doc = "The parts are the whole."
each = "days:"
law = "total = parts[]"
"#;

/// A checkout with one sound fixture, and what is done to it.
struct Checkout {
    root: TempDir,
}

impl Checkout {
    fn sound() -> Self {
        let root = TempDir::new().unwrap();
        let checkout = Self { root };
        checkout.write("overrides.toml", OVERRIDES);
        checkout.write("days/one.json", BODY);
        checkout.write("days/one.meta.toml", SIDECAR);
        checkout
    }

    fn path(&self, file: &str) -> PathBuf {
        self.root.path().join("fixtures").join("example").join(file)
    }

    fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "{from}");
        self.write(file, text.replace(from, to));
    }

    fn check(&self) -> check::Report {
        check::check(&Workspace::at(self.root.path()), None).unwrap()
    }

    /// What is found, each as `file: text`.
    fn findings(&self) -> Vec<String> {
        let base = Path::new("fixtures").join("example");
        let report = self.check();
        let shown = report.findings.iter().map(|finding| {
            let file = finding.path.strip_prefix(&base).unwrap();
            format!("{}: {}", file.display(), finding.text)
        });
        shown.collect()
    }

    fn assert_found(&self, what: &str) {
        let found = self.findings();
        assert!(
            found.len() == 1 && found[0].contains(what),
            "expected {what:?} alone in {found:#?}"
        );
    }
}

/// A sound checkout in which one text of one file is another one finds just this.
fn assert_found(file: &str, from: &str, to: &str, what: &str) {
    let checkout = Checkout::sound();
    checkout.replace(file, from, to);
    checkout.assert_found(what);
}

#[test]
fn a_sound_fixture_is_found_sound() {
    let report = Checkout::sound().check();
    assert_eq!(report.findings, []);
    assert_eq!(report.notes, []);
    assert_eq!(report.bodies, 1);
}

#[test]
fn a_body_is_in_canonical_form_and_format_gives_it() {
    let checkout = Checkout::sound();
    checkout.replace("days/one.json", "  \"parts\": [", "  \"parts\":[");
    checkout.assert_found("days/one.json: line 3 is not in canonical form");
    let workspace = Workspace::at(checkout.root.path());
    assert_eq!(
        check::format(&workspace, Some("example")).unwrap(),
        [PathBuf::from("fixtures/example/days/one.json")]
    );
    assert_eq!(checkout.findings(), [""; 0]);
    assert_eq!(
        fs::read_to_string(checkout.path("days/one.json")).unwrap(),
        BODY
    );
    assert!(check::format(&workspace, None).unwrap().is_empty());
}

#[test]
fn nothing_is_formatted_while_one_body_is_malformed() {
    let checkout = Checkout::sound();
    checkout.write("days/a.json", "{ }");
    checkout.write("days/b.json", "{\n  \"a\": 1 // one\n}");
    let error = check::format(&Workspace::at(checkout.root.path()), None).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("b.json: line 2, column 10: expected ',' or '}', found a comment"),
        "{error}"
    );
    assert_eq!(fs::read(checkout.path("days/a.json")).unwrap(), b"{ }");
}

#[test]
fn a_malformed_body_is_found_with_line_and_column() {
    for (body, what) in [
        (
            &b"{\n  \"a\": 1"[..],
            "line 2, column 9: expected ',' or '}'",
        ),
        (b"\xef\xbb\xbf{}", "found a byte-order mark"),
        (
            b"{\"a\":1,\"a\":2}",
            "line 1, column 8: expected a key that",
        ),
        (b"{\"a\":\"\xff\"}", "expected UTF-8"),
    ] {
        let checkout = Checkout::sound();
        checkout.write("days/two.json", body);
        checkout.write("days/two.meta.toml", SIDECAR);
        checkout.assert_found(what);
    }
}

#[test]
fn bodies_and_sidecars_come_in_pairs() {
    let checkout = Checkout::sound();
    checkout.write("days/two.json", BODY);
    checkout.assert_found("days/two.json: has no sidecar `two.meta.toml` beside it");
    let checkout = Checkout::sound();
    checkout.write("days/two.meta.toml", SIDECAR);
    checkout.assert_found("days/two.meta.toml: has no body `two.json` beside it");
}

#[test]
fn whatever_else_lies_about_is_found() {
    for file in ["days/notes.txt", "notes.txt", "days/one.json.bak"] {
        let checkout = Checkout::sound();
        checkout.write(file, "");
        checkout.assert_found(file);
    }
    let checkout = Checkout::sound();
    checkout.write("days/Two_Days.json", BODY);
    checkout.write("days/Two_Days.meta.toml", SIDECAR);
    checkout.assert_found("days/Two_Days.json: the name of a case is in lower case");
}

#[test]
fn a_sidecar_says_all_and_nothing_that_cannot_be() {
    let sidecar = "days/one.meta.toml";
    for (from, to, what) in [
        ("\"The page\"", "\" \"", "`source` says nothing"),
        ("body = \"response\"", "", "missing field `body`"),
        (
            "kind = \"documented\"",
            "kind = \"heard\"",
            "unknown variant",
        ),
        (
            "status = 200",
            "status = 200\nspeed = 1",
            "unknown field `speed`",
        ),
        (
            "status = 200",
            "status = 404",
            "status 404 does not fit `body = \"response\"`",
        ),
        (
            "body = \"response\"",
            "body = \"request\"",
            "a request has no `[response]`",
        ),
        (
            "content-type",
            "set-cookie",
            "header `set-cookie` is not one that may be told",
        ),
        ("\"GET\"", "\"get\"", "`method` is one of GET"),
        ("/v1/days/{day}", "v1/days", "`path` begins with `/`"),
        ("/{day}", "/20240601", "neither a word nor a parameter"),
        ("/{day}", "//x", "neither a word nor a parameter"),
        ("/{day}", "?day=1", "neither a word nor a parameter"),
        (
            "[request]",
            "recorded = \"2026-11-21\"\n[request]",
            "only a recorded body has",
        ),
        (
            "[request]",
            "redactions = { mail = 1 }\n[request]",
            "names no class `mail`",
        ),
        (
            "[request]",
            "redactions = { pan = 0 }\n[request]",
            "counts no pan",
        ),
        (
            "[request]",
            "redactions = { email = 1 }\n[request]",
            "counts 1 of class `email`, the body has 0",
        ),
        (
            "[request]",
            "repairs = [\"append-close-brace\"]\n[request]",
            "without the `published` text",
        ),
    ] {
        let checkout = Checkout::sound();
        checkout.replace(sidecar, from, to);
        let found = checkout.findings().join("\n");
        assert!(found.contains(what), "expected {what:?} in {found}");
    }
}

#[test]
fn a_recorded_body_has_its_day_and_environment() {
    let sidecar = "days/one.meta.toml";
    let checkout = Checkout::sound();
    checkout.replace(
        sidecar,
        "kind = \"documented\"",
        "kind = \"recorded\"\nrecorded = \"2026-11-21\"\nenvironment = \"simulator\"",
    );
    assert_eq!(checkout.findings(), [""; 0]);
    checkout.replace(sidecar, "\"simulator\"", "\"my laptop\"");
    checkout.assert_found("one of simulator, staging, production");
    checkout.replace(
        sidecar,
        "environment = \"my laptop\"",
        "environment = \"staging\"",
    );
    checkout.replace(sidecar, "recorded = \"2026-11-21\"", "");
    checkout.assert_found("a recorded body has the day");
}

#[test]
fn an_error_has_its_status_or_says_so_itself() {
    let checkout = Checkout::sound();
    checkout.replace(
        "overrides.toml",
        "[[invariant]]",
        "[[operation]]\nname = \"error\"\ntype = \"Refusal\"\n[[invariant]]",
    );
    let sidecar = SIDECAR.replace("\"response\"", "\"error\"");
    checkout.write("days/no.json", "{\n  \"Result\": false\n}\n");
    checkout.write("days/no.meta.toml", &sidecar);
    assert_eq!(checkout.findings(), [""; 0]);
    checkout.write("days/no.json", "{\n  \"Result\": true\n}\n");
    checkout.assert_found("status 200 does not fit `body = \"error\"`");
    checkout.write("days/no.meta.toml", sidecar.replace("200", "403"));
    assert_eq!(checkout.findings(), [""; 0]);
}

#[test]
fn what_must_not_be_written_down_is_found_in_every_file_and_not_repeated() {
    let leak = ["jane", "doe@mail.invalid"].join(".");
    for (file, text) in [
        (
            "days/two.json",
            format!("{{\n  \"total\": \"{leak}\"\n}}\n"),
        ),
        ("days/two.json", format!("{{ \"{leak}\": ")),
        ("days/two.meta.toml", SIDECAR.replace("The page", &leak)),
        ("overrides.toml", OVERRIDES.replace("The parts are", &leak)),
        ("published/two.txt", leak.clone()),
        ("shapes.lock.json", format!("{{\"a\": \"{leak}\"}}")),
        ("days/stray.txt", leak.clone()),
    ] {
        let checkout = Checkout::sound();
        checkout.write("days/two.json", BODY);
        checkout.write("days/two.meta.toml", SIDECAR);
        checkout.write(file, text);
        let found = checkout.findings();
        let told = |found: &String| found.starts_with(file) && found.ends_with("an e-mail address");
        assert!(found.iter().any(told), "{file}: {found:#?}");
        assert!(
            found.iter().all(|found| !found.contains("jane")),
            "{found:#?}"
        );
    }
}

#[test]
fn every_root_has_a_model_and_every_model_a_sample() {
    let checkout = Checkout::sound();
    checkout.write("weeks/one.json", "{}\n");
    checkout.write("weeks/one.meta.toml", SIDECAR);
    checkout.assert_found("weeks/one.json: its root `weeks` has no `[[operation]]`");

    let checkout = Checkout::sound();
    let more =
        |model| format!("[[operation]]\nname = \"weeks\"\ntype = \"{model}\"\n[[invariant]]");
    checkout.replace("overrides.toml", "[[invariant]]", &more("Week"));
    checkout.assert_found("root `weeks` has no fixture, nor has another its model `Week`");

    let checkout = Checkout::sound();
    checkout.replace("overrides.toml", "[[invariant]]", &more("Day"));
    let report = checkout.check();
    assert_eq!(report.findings, []);
    assert!(
        report.notes[0]
            .text
            .contains("others teach its model `Day`")
    );
}

#[test]
fn a_mended_body_is_what_its_repair_makes_of_the_published_text() {
    let checkout = Checkout::sound();
    checkout.replace(
        "days/one.meta.toml",
        "[request]",
        "published = \"one.txt\"\nrepairs = [\"append-close-brace\"]\n[request]",
    );
    checkout.assert_found("one.txt: cannot be read");
    checkout.write("published/one.txt", BODY.trim_end().trim_end_matches('}'));
    assert_eq!(checkout.findings(), [""; 0]);
    checkout.write(
        "published/one.txt",
        "{\"total\": 12.4, \"parts\": [12.5, -0.1]",
    );
    checkout.assert_found("days/one.json: line 2 is not what the repairs make");
    checkout.write("published/one.txt", "{\"total\" 12.4");
    checkout.assert_found("malformed still at line 1, column 10: expected ':'");
    checkout.write("published/one.txt", BODY);
    checkout.assert_found("`append-close-brace` mends a text that is sound without it");
    checkout.write("published/one.txt", BODY.trim_end().trim_end_matches('}'));
    checkout.write("published/two.txt", "");
    checkout.assert_found("published/two.txt: is the published text of no fixture");
}

#[test]
fn an_identity_holds_and_is_tested_somewhere() {
    assert_found(
        "days/one.json",
        "12.40",
        "12.41",
        "`sum` (total = parts[]) is broken at .: left less right is 0.01",
    );
    assert_found(
        "days/one.json",
        "total",
        "sum",
        "invariant `sum`: it is tested nowhere: no fixture has `total`",
    );
    assert_found(
        "overrides.toml",
        "\"days:\"",
        "\"days:x\"",
        "no fixture has a place `days:x`",
    );
    assert_found(
        "overrides.toml",
        "total = parts",
        "total == parts",
        "invariant `sum`: `total == parts[]` is no law",
    );
}

#[test]
fn every_finding_is_told_at_once() {
    let checkout = Checkout::sound();
    checkout.replace("days/one.json", "12.40", "12.41");
    checkout.write("days/stray.txt", "");
    checkout.replace("days/one.meta.toml", "GET", "FETCH");
    assert_eq!(checkout.findings().len(), 3);
}

#[test]
fn a_provider_without_fixtures_is_told_with_those_that_have_some() {
    let checkout = Checkout::sound();
    let workspace = Workspace::at(checkout.root.path());
    let error = check::check(&workspace, Some("nobody")).unwrap_err();
    assert!(matches!(error, Error::Unknown { .. }));
    assert_eq!(
        error.to_string(),
        "there is no provider `nobody`; known are example"
    );
}
