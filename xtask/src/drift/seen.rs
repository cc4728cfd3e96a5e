//! What a run saw of a provider: shapes, and the words of enums that nobody
//! knows yet.

use std::collections::{BTreeMap, BTreeSet};

use super::Known;
use crate::{
    json::{Node, Value},
    overrides::{Kind, Word},
    place::Place,
    redact::{Decision, Rules},
    scan,
    shape::Shape,
};

/// What a run saw. It holds no value but words that look like a provider's
/// vocabulary.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    roots: BTreeMap<String, Root>,
    statuses: BTreeMap<String, BTreeSet<u16>>,
}

/// What was seen of one root.
#[derive(Clone, Debug, Default)]
pub(super) struct Root {
    pub(super) samples: u64,
    pub(super) shape: Shape,
    /// The unknown words of enums, by place and enum, as they may be shown.
    pub(super) words: BTreeMap<(Place, String), BTreeSet<String>>,
}

impl Seen {
    /// Adds what a body shows.
    pub fn body(&mut self, known: &Known, root: &str, body: &Node<'_>) {
        let seen = self.roots.entry(root.to_owned()).or_default();
        seen.samples += 1;
        seen.shape.observe(body);
        let mut words = Words {
            known,
            rules: Rules::new(&known.overrides),
            found: &mut seen.words,
        };
        words.node(&Place::root(root), Decision::default(), body);
    }

    /// Adds a status with which an operation succeeded.
    pub fn status(&mut self, operation: &str, status: u16) {
        let statuses = self.statuses.entry(operation.to_owned()).or_default();
        statuses.insert(status);
    }

    /// The shape of a root and how many bodies showed it.
    pub fn shapes(&self) -> impl Iterator<Item = (&str, u64, &Shape)> {
        let roots = self.roots.iter();
        roots.map(|(root, seen)| (root.as_str(), seen.samples, &seen.shape))
    }

    pub(super) fn has(&self, root: &str) -> bool {
        self.roots.contains_key(root)
    }

    /// The operations of which an answer was seen.
    pub(super) fn operations(&self) -> impl Iterator<Item = &str> {
        let roots = self.roots.keys().map(String::as_str);
        roots.filter(|root| *root != "error" && !root.ends_with(".request"))
    }

    pub(super) fn roots(&self) -> impl Iterator<Item = (&str, &Root)> {
        self.roots.iter().map(|(root, seen)| (root.as_str(), seen))
    }

    pub(super) fn statuses(&self) -> impl Iterator<Item = (&str, u16)> {
        self.statuses.iter().flat_map(|(operation, statuses)| {
            statuses.iter().map(|status| (operation.as_str(), *status))
        })
    }
}

struct Words<'a> {
    known: &'a Known,
    rules: Rules<'a>,
    found: &'a mut BTreeMap<(Place, String), BTreeSet<String>>,
}

impl<'a> Words<'a> {
    fn node(&mut self, place: &Place, decision: Decision<'a>, node: &Node<'_>) {
        match &node.value {
            Value::Text(text) => self.word(place, decision, &Word::Text(text.decode().into())),
            Value::Number(lexeme) => {
                if let Ok(number) = lexeme.parse() {
                    self.word(place, decision, &Word::Integer(number));
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.node(&place.elements(), decision, item);
                }
            }
            Value::Object(members) => {
                for member in members {
                    let key = member.key.decode();
                    let below = place.key(scan::shown(&key, decision));
                    let decision = self.rules.below(place, decision, &key);
                    self.node(&below, decision, &member.node);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn word(&mut self, place: &Place, decision: Decision<'a>, word: &Word) {
        let Some(Kind::Enum(name)) = decision.field.and_then(|field| field.kind.as_ref()) else {
            return;
        };
        let mut enums = self.known.overrides.enums.iter();
        let known = enums
            .find(|one| one.name == *name)
            .is_some_and(|one| one.values.iter().any(|value| value.wire == *word));
        if !known {
            let words = self.found.entry((place.clone(), name.clone())).or_default();
            words.insert(shown(word));
        }
    }
}

/// A word as it may be told: what is no vocabulary may be anything.
fn shown(word: &Word) -> String {
    match word {
        Word::Integer(number) if number.unsigned_abs() < 1000 => format!("`{number}`"),
        Word::Text(text) if Rules::is_token(text) => format!("`{text}`"),
        Word::Text(text) if text.is_empty() => "an empty text".to_owned(),
        _ => "a word that may be data and is not shown".to_owned(),
    }
}
