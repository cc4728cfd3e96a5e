//! Every fixture comes back as it was, and whatever a model does not carry is told.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::collections::BTreeSet;

use xtask::{
    Workspace,
    fixture::{self, Fixture},
    json::{self, Member, Node, Text, Value},
    lossless::Change,
};
use xtask_sdk::{
    attempt::{Models, Outcome},
    round_trips,
};

#[test]
fn every_fixture_comes_back_as_it_was() {
    let mut said = Vec::new();
    let status = round_trips::run(&Workspace::here(), None, &mut said).unwrap();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(status, 0, "{said}");
    assert!(said.ends_with("bodies come back as they were\n"), "{said}");
}

#[test]
fn an_unknown_key_is_told_wherever_it_stands() {
    let mut kept = BTreeSet::new();
    let mut told = 0;
    for (models, fixture) in fixtures() {
        let body = json::read(&fixture.body).unwrap();
        for path in objects(&body) {
            let mut changed = body.clone();
            add_key(at(&mut changed, &path));
            let outcome = models
                .attempt(&fixture.root(), json::write(&changed).as_bytes())
                .unwrap();
            let unknown = format!("{}unknownKey", dotted(&path));
            match outcome {
                Outcome::Lossy(losses) => {
                    assert_eq!(losses.len(), 1, "{}: {losses:?}", fixture.path.display());
                    assert_eq!(losses[0].place, unknown);
                    assert!(matches!(losses[0].change, Change::Lost { .. }));
                    told += 1;
                }
                Outcome::Lossless { .. } => {
                    kept.insert(format!("{}:{}", fixture.root(), shown(&path)));
                }
                Outcome::Unfit(unfit) => panic!("{}: {unfit}", fixture.path.display()),
            }
        }
    }
    // Objects that are kept as they came, whatever is in them.
    assert_eq!(kept, BTreeSet::from(["error:message".to_owned()]));
    assert!(told > 300, "{told}");
}

#[test]
fn every_value_is_carried_or_refused_where_it_stands() {
    let mut carried = 0;
    let mut masked = BTreeSet::new();
    for (models, fixture) in fixtures() {
        let body = json::read(&fixture.body).unwrap();
        for path in leaves(&body) {
            let mut changed = body.clone();
            change_value(at(&mut changed, &path));
            let outcome = models
                .attempt(&fixture.root(), json::write(&changed).as_bytes())
                .unwrap();
            match outcome {
                Outcome::Lossless { .. } => carried += 1,
                Outcome::Unfit(unfit) => {
                    assert_eq!(unfit.place.as_deref(), Some(shown(&path).as_str()));
                }
                Outcome::Lossy(losses) => {
                    assert_eq!(losses.len(), 1);
                    assert_eq!(losses[0].place, shown(&path));
                    masked.insert(shown(&path));
                }
            }
        }
    }
    // Of a card number no more is kept than may be, so what looks like none is masked.
    let card_numbers = [
        "Body.Data[0].Card.Number",
        "Body.Paywall.CardNumber",
        "transaction.receipts[0].pan",
        "transactions[0].receipts[0].pan",
        "transactions[1].receipts[0].pan",
    ];
    assert_eq!(masked, card_numbers.map(String::from).into());
    assert!(carried > 900, "{carried}");
}

fn fixtures() -> impl Iterator<Item = (Models, Fixture)> {
    let workspace = Workspace::here();
    let providers = workspace.providers().unwrap();
    providers.into_iter().flat_map(move |provider| {
        let fixtures = fixture::read_all(&workspace, &provider).unwrap();
        let workspace = workspace.clone();
        fixtures
            .into_iter()
            .map(move |fixture| (Models::of(&workspace, &provider).unwrap(), fixture))
    })
}

/// A step down a body.
#[derive(Clone)]
enum Step {
    Key(String),
    Index(usize),
}

/// The objects that have a key; an empty one stands for nothing.
fn objects(body: &Node<'_>) -> Vec<Vec<Step>> {
    places(body, |node| !node.members().is_empty())
}

/// The texts, numbers and flags.
fn leaves(body: &Node<'_>) -> Vec<Vec<Step>> {
    places(body, |node| {
        matches!(
            node.value,
            Value::Bool(_) | Value::Number(_) | Value::Text(_)
        )
    })
}

fn places(node: &Node<'_>, wanted: fn(&Node<'_>) -> bool) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    if wanted(node) {
        found.push(Vec::new());
    }
    let members = node
        .members()
        .iter()
        .map(|member| (Step::Key(member.key.decode().into_owned()), &member.node));
    let items = node.items().iter().enumerate();
    for (step, below) in members.chain(items.map(|(index, item)| (Step::Index(index), item))) {
        for mut path in places(below, wanted) {
            path.insert(0, step.clone());
            found.push(path);
        }
    }
    found
}

fn at<'n, 'a>(node: &'n mut Node<'a>, path: &[Step]) -> &'n mut Node<'a> {
    path.iter()
        .fold(node, |here, step| match (&mut here.value, step) {
            (Value::Object(members), Step::Key(key)) => {
                let mut members = members.iter_mut();
                &mut members
                    .find(|member| member.key.decode() == *key)
                    .unwrap()
                    .node
            }
            (Value::Array(items), Step::Index(index)) => &mut items[*index],
            _ => panic!("no such place"),
        })
}

/// As messages write it: `data[0].amount`.
fn shown(path: &[Step]) -> String {
    path.iter().fold(String::new(), |shown, step| match step {
        Step::Key(key) if shown.is_empty() => key.clone(),
        Step::Key(key) => format!("{shown}.{key}"),
        Step::Index(index) => format!("{shown}[{index}]"),
    })
}

fn dotted(path: &[Step]) -> String {
    let shown = shown(path);
    if shown.is_empty() {
        shown
    } else {
        format!("{shown}.")
    }
}

fn add_key(node: &mut Node<'_>) {
    let Value::Object(members) = &mut node.value else {
        panic!("an object")
    };
    members.push(Member {
        key: Text::new("unknownKey"),
        offset: 0,
        node: Node::from(Value::Number("1".into())),
    });
}

/// Another value of the same kind.
fn change_value(node: &mut Node<'_>) {
    match &mut node.value {
        Value::Bool(value) => *value = !*value,
        Value::Number(lexeme) => lexeme.to_mut().insert(0, '1'),
        Value::Text(text) => *text = Text::new(&format!("{} é\"", text.decode())),
        _ => panic!("a text, a number or a flag"),
    }
}
