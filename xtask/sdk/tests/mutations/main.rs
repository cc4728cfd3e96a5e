//! Single realistic changes of the bodies: the models accept whatever a
//! provider may send, and refuse, with the path, what would lose information.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic is how a test fails; its output are the figures"
)]

mod change;
mod paywall;
mod streampay;
mod tupay;

use std::fs;

use change::Change;
use xtask::{
    Workspace, json,
    lossless::{Change as Difference, Loss},
};
use xtask_sdk::attempt::{Models, Outcome};

/// One change of one fixture, and what is right.
struct Mutation {
    name: &'static str,
    /// `operation/case`.
    fixture: &'static str,
    change: Change,
    right: Right,
}

/// What is right.
#[derive(Debug)]
enum Right {
    /// The model carries all of it.
    Lossless,
    /// It is read, and the key that the model does not know is told.
    Unknown(&'static str),
    /// It is read, and what is written otherwise is told.
    Rewritten(&'static str),
    /// It is refused, at this path.
    Refused(&'static str),
    /// It is no JSON as it must be.
    Malformed,
}

/// How many of the corpus were treated how.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    lossless: usize,
    told: usize,
    refused: usize,
    wrong: Vec<String>,
}

#[test]
fn what_a_provider_may_send_is_read_and_what_would_lose_information_is_refused() {
    let mut all = Tally::default();
    for (provider, mutations) in [
        ("tupay", tupay::mutations()),
        ("paywall", paywall::mutations()),
        ("streampay", streampay::mutations()),
    ] {
        let tally = run(provider, &mutations);
        println!(
            "{provider}: {} changes: {} read without loss, {} read and told, {} refused where they stand, {} wrong",
            mutations.len(),
            tally.lossless,
            tally.told,
            tally.refused,
            tally.wrong.len()
        );
        all.lossless += tally.lossless;
        all.told += tally.told;
        all.refused += tally.refused;
        all.wrong.extend(tally.wrong);
    }
    assert!(all.wrong.is_empty(), "{}", all.wrong.join("\n"));
    assert!(all.lossless + all.told + all.refused >= 60);
}

fn run(provider: &str, mutations: &[Mutation]) -> Tally {
    let workspace = Workspace::here();
    let models = Models::of(&workspace, provider).unwrap();
    let mut tally = Tally::default();
    for mutation in mutations {
        let Mutation {
            name,
            fixture,
            change,
            right,
        } = mutation;
        let path = workspace.fixtures(provider).join(format!("{fixture}.json"));
        let before = fs::read_to_string(&path).unwrap();
        let after = change.apply(&before);
        assert_ne!(before, after, "{name} changes nothing");
        let (operation, case) = fixture.split_once('/').unwrap();
        let root = match case {
            "request" => format!("{operation}.request"),
            _ => operation.to_owned(),
        };
        let outcome = models.attempt(&root, after.as_bytes()).unwrap();
        match (right, is_right(right, &outcome)) {
            (_, false) => tally.wrong.push(format!(
                "{provider} {fixture}, {name}: {right:?} is right, but {outcome:?}"
            )),
            (Right::Lossless, true) => tally.lossless += 1,
            (Right::Unknown(_) | Right::Rewritten(_), true) => tally.told += 1,
            (Right::Refused(_) | Right::Malformed, true) => tally.refused += 1,
        }
    }
    tally
}

fn is_right(right: &Right, outcome: &Outcome) -> bool {
    match (right, outcome) {
        (Right::Lossless, Outcome::Lossless { .. }) => true,
        (Right::Unknown(place), Outcome::Lossy(losses)) => {
            is_only(losses, place) && matches!(losses[0].change, Difference::Lost { .. })
        }
        (Right::Rewritten(place), Outcome::Lossy(losses)) => {
            is_only(losses, place) && matches!(losses[0].change, Difference::Altered { .. })
        }
        (Right::Refused(place), Outcome::Unfit(unfit)) => unfit.place.as_deref() == Some(place),
        (Right::Malformed, Outcome::Unfit(unfit)) => unfit.place.is_none(),
        _ => false,
    }
}

fn is_only(losses: &[Loss], place: &str) -> bool {
    losses.len() == 1 && losses[0].place == place
}

#[test]
fn a_name_stands_for_one_change() {
    for mutations in [
        tupay::mutations(),
        paywall::mutations(),
        streampay::mutations(),
    ] {
        let mut names: Vec<_> = mutations.iter().map(|mutation| mutation.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}

#[test]
fn a_change_does_what_it_says() {
    let body = r#"{"a":[{"b":1,"c":2}],"d":3}"#;
    for (change, expected) in [
        (
            Change::Set("a[0].b", "[]"),
            r#"{"a":[{"b":[],"c":2}],"d":3}"#,
        ),
        (Change::Drop("a[0].b"), r#"{"a":[{"c":2}],"d":3}"#),
        (
            Change::Add("", "e", "4"),
            r#"{"a":[{"b":1,"c":2}],"d":3,"e":4}"#,
        ),
        (Change::Rename("d", "e"), r#"{"a":[{"b":1,"c":2}],"e":3}"#),
        (Change::Backwards, r#"{"d":3,"a":[{"c":2,"b":1}]}"#),
    ] {
        let expected = json::write(&json::read(expected).unwrap());
        assert_eq!(change.apply(body), expected);
    }
    assert_eq!(Change::Replace("3", "4").apply("[3, 3]"), "[4, 3]");
    assert_eq!(Change::Whole("x").apply(body), "x");
}
