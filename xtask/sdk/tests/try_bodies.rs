//! What `cargo xtask try` says of a body, and how it ends.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{fs, path::PathBuf};

use tempfile::TempDir;
use xtask::{Error, Workspace};
use xtask_sdk::attempt;

/// Bodies in files of their own.
struct Bodies {
    folder: TempDir,
}

impl Bodies {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    fn file(&self, name: &str, body: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, body).unwrap();
        path
    }

    /// The exit status, and what is said without the folder.
    fn attempt(&self, operation: &str, files: &[PathBuf]) -> (u8, String) {
        let mut said = Vec::new();
        let workspace = Workspace::here();
        let status = attempt::run(&workspace, "tupay", operation, files, &mut said).unwrap();
        let folder = format!("{}/", self.folder.path().display());
        (
            status,
            String::from_utf8(said).unwrap().replace(&folder, ""),
        )
    }
}

const PAGE: &str = r#"{"data": [], "page": 0, "rows": 0, "maxRows": 50}"#;

#[test]
fn a_body_that_comes_back_whole_ends_with_0() {
    let bodies = Bodies::new();
    let file = bodies.file("page.json", PAGE);
    assert_eq!(
        bodies.attempt("deposits", &[file]),
        (0, "page.json: lossless, 4 values\n".to_owned())
    );
}

#[test]
fn each_key_that_is_unknown_is_told_and_ends_with_1() {
    let bodies = Bodies::new();
    let file = bodies.file(
        "page.json",
        r#"{"data": [], "page": 0, "rows": 0, "maxRows": 50, "next": "s3cret", "more": {"a": 1}}"#,
    );
    assert_eq!(
        bodies.attempt("deposits", &[file]),
        (
            1,
            "page.json: more: an object, unknown to the model or lost\n\
             page.json: next: a text of 6 characters, unknown to the model or lost\n"
                .to_owned()
        )
    );
}

#[test]
fn a_body_that_does_not_fit_ends_with_2_and_says_where() {
    let bodies = Bodies::new();
    let file = bodies.file("page.json", &PAGE.replace("50", "\"s3cret\""));
    assert_eq!(
        bodies.attempt("deposits", &[file]),
        (
            2,
            "page.json:1:54: does not fit at maxRows: expected u64, found a string\n".to_owned()
        )
    );
    let file = bodies.file("page.json", &PAGE.replace("\"rows\": 0, ", ""));
    assert_eq!(
        bodies.attempt("deposits", &[file]),
        (
            2,
            "page.json:1:38: does not fit at .: missing field `rows`\n".to_owned()
        )
    );
}

#[test]
fn what_is_no_json_ends_with_2_with_line_and_column() {
    let bodies = Bodies::new();
    for (body, said) in [
        (
            "{\n  \"page\": 0\n",
            "3:1: expected ',' or '}', found the end of the text",
        ),
        (
            "{\n  \"page\": 0 // first\n}",
            "2:13: expected ',' or '}', found a comment",
        ),
        (
            "\u{feff}{}",
            "1:1: expected a value, found a byte-order mark",
        ),
        (
            "{\"a\": 1, \"a\": 1}",
            "1:10: expected a key that the object does not have yet, found one that it has",
        ),
    ] {
        let file = bodies.file("page.json", body);
        assert_eq!(
            bodies.attempt("deposits", &[file]),
            (2, format!("page.json:{said}\n"))
        );
    }
}

#[test]
fn of_several_bodies_the_worst_says_how_it_ends() {
    let bodies = Bodies::new();
    let good = bodies.file("good.json", PAGE);
    let lossy = bodies.file("lossy.json", &PAGE.replace("50", "50, \"next\": 1"));
    let bad = bodies.file("bad.json", "[]");
    let (status, said) = bodies.attempt("deposits", &[good.clone(), lossy.clone()]);
    assert_eq!((status, said.lines().count()), (1, 2));
    let (status, said) = bodies.attempt("deposits", &[lossy, bad, good]);
    assert_eq!((status, said.lines().count()), (2, 3));
}

#[test]
fn an_operation_may_be_written_with_blanks() {
    let bodies = Bodies::new();
    let file = bodies.file("page.json", PAGE);
    assert_eq!(bodies.attempt("balance report", &[file]).0, 0);
}

#[test]
fn what_is_unknown_is_told_with_what_is_known() {
    let run = |provider, operation, file: &str| -> Error {
        let workspace = Workspace::here();
        let files = [PathBuf::from(file)];
        attempt::run(&workspace, provider, operation, &files, &mut Vec::new()).unwrap_err()
    };
    let error = run("tupay", "refunds", "x").to_string();
    assert!(error.starts_with("there is no operation `refunds`; known are login, deposits,"));
    let error = run("nobody", "deposits", "x").to_string();
    assert_eq!(
        error,
        "there is no provider `nobody`; known are paywall, streampay, tupay"
    );
    let error = run("tupay", "deposits", "/nowhere/x.json").to_string();
    assert_eq!(error, "/nowhere/x.json cannot be read");
}
