//! Makes of a body one that may be kept, before anything is written.
//!
//! Deny by default: a text survives only where `overrides.toml` says that it
//! may; all others are replaced by a pseudonym of the same form. The same value
//! has the same pseudonym throughout a run, so that joins survive. Amounts stay,
//! or are all multiplied by one number, so that the identities between them hold.
//!
//! A body that holds a full card number anywhere is refused, and so is a result
//! in which [`scan`] still finds something.

mod form;
mod number;
mod pseudonym;
mod rules;

use std::{collections::BTreeMap, num::NonZeroU32};

use crate::{
    json::{self, Member, Node, Text, Value},
    overrides::{Field, Overrides, Privacy},
    place::Place,
    scan::{self, Finding, Leak},
};

use pseudonym::Pseudonyms;
pub(crate) use rules::{Decision, Rules};

/// The class of what nobody declared, in the counts of a sidecar.
pub const OTHER: &str = "other";

/// Redacts the exchanges of one run with one provider.
#[derive(Debug)]
pub struct Redactor<'a> {
    overrides: &'a Overrides,
    rules: Rules<'a>,
    pseudonyms: Pseudonyms,
    scale: Option<NonZeroU32>,
}

/// A body that may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The canonical text.
    pub text: String,
    /// How many values were replaced, by class: the name of a
    /// [`Privacy`], or [`OTHER`].
    pub replaced: BTreeMap<String, u64>,
}

impl<'a> Redactor<'a> {
    /// A redactor by these decisions, which leaves amounts as they are.
    #[must_use]
    pub fn new(overrides: &'a Overrides) -> Self {
        Self {
            overrides,
            rules: Rules::new(overrides),
            pseudonyms: Pseudonyms::default(),
            scale: None,
        }
    }

    /// Multiplies every amount by `factor`, which keeps its fraction as long as
    /// it was.
    #[must_use]
    pub fn scale_amounts(mut self, factor: NonZeroU32) -> Self {
        self.scale = Some(factor);
        self
    }

    /// The body of `root` as it may be kept.
    ///
    /// # Errors
    ///
    /// Where a full card number is in the body, where a key may be data, and
    /// where something is left that [`scan`] finds.
    pub fn body(&mut self, root: &str, node: &Node<'_>) -> Result<Redacted, Vec<Finding>> {
        let cards: Vec<_> = scan::body(root, node, self.overrides)
            .into_iter()
            .filter(|finding| finding.leak == Leak::CardNumber)
            .collect();
        if !cards.is_empty() {
            return Err(cards);
        }
        let mut pass = Pass {
            rules: &self.rules,
            pseudonyms: &mut self.pseudonyms,
            scale: self.scale,
            replaced: BTreeMap::new(),
            refused: Vec::new(),
        };
        let clean = pass.node(&Place::root(root), Decision::default(), node);
        let Pass {
            replaced,
            mut refused,
            ..
        } = pass;
        refused.extend(scan::body(root, &clean, self.overrides));
        if refused.is_empty() {
            Ok(Redacted {
                text: json::write(&clean),
                replaced,
            })
        } else {
            Err(refused)
        }
    }

    /// The pseudonym of a text outside bodies, such as a parameter of a query:
    /// that which it has in bodies, too.
    pub fn text(&mut self, text: &str) -> String {
        self.pseudonyms.text(None, text)
    }
}

/// One body on its way.
struct Pass<'r, 'a> {
    rules: &'r Rules<'a>,
    pseudonyms: &'r mut Pseudonyms,
    scale: Option<NonZeroU32>,
    replaced: BTreeMap<String, u64>,
    refused: Vec<Finding>,
}

impl<'a> Pass<'_, 'a> {
    fn node(&mut self, place: &Place, decision: Decision<'a>, node: &Node<'_>) -> Node<'static> {
        match &node.value {
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(*value),
            Value::Number(lexeme) => Value::Number(self.number(decision.field, lexeme).into()),
            Value::Text(text) => self.text(decision.field, text),
            Value::Array(items) => {
                let elements = place.elements();
                let items = items
                    .iter()
                    .map(|item| self.node(&elements, decision, item));
                Value::Array(items.collect())
            }
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|member| self.member(place, decision, member));
                Value::Object(members.collect())
            }
        }
        .into()
    }

    fn member(
        &mut self,
        object: &Place,
        above: Decision<'a>,
        member: &Member<'_>,
    ) -> Member<'static> {
        let key = member.key.decode();
        let decision = self.rules.below(object, above, &key);
        let place = object.key(scan::shown(&key, above));
        Member {
            key: self.key(object, above, &key),
            offset: 0,
            node: self.node(&place, decision, &member.node),
        }
    }

    /// Keys are names, unless they are declared to be data.
    fn key(&mut self, object: &Place, above: Decision<'a>, key: &str) -> Text<'static> {
        if let (true, Some(map)) = (above.is_map, above.field) {
            if map.keep {
                return Text::new(key);
            }
            self.count(map.privacy);
            return Text::new(&self.pseudonyms.text(map.privacy, key));
        }
        if !self.rules.declares(object, key) && !scan::is_plain_key(key) {
            self.refused.push(Finding {
                place: object.to_string(),
                leak: Leak::DataKey,
            });
        }
        Text::new(key)
    }

    fn number(&mut self, field: Option<&Field>, lexeme: &str) -> String {
        match rules::of_number(field, lexeme) {
            Treatment::Keep => lexeme.to_owned(),
            Treatment::Amount => self.amount(lexeme),
            Treatment::Replace(class) => {
                self.count(class);
                self.pseudonyms.number(lexeme)
            }
        }
    }

    /// What stays keeps its escapes.
    fn text(&mut self, field: Option<&Field>, text: &Text<'_>) -> Value<'static> {
        let decoded = text.decode();
        Value::Text(match self.rules.of_text(field, &decoded) {
            Treatment::Keep => text.to_static(),
            Treatment::Amount => Text::new(&self.amount(&decoded)),
            Treatment::Replace(class) => {
                self.count(class);
                Text::new(&self.pseudonyms.text(class, &decoded))
            }
        })
    }

    fn amount(&self, lexeme: &str) -> String {
        match self.scale {
            Some(factor) => number::times(lexeme, factor),
            None => lexeme.to_owned(),
        }
    }

    fn count(&mut self, class: Option<Privacy>) {
        let class = class.map_or(OTHER, Privacy::name);
        *self.replaced.entry(class.to_owned()).or_default() += 1;
    }
}

/// What becomes of a value.
enum Treatment {
    /// It stays.
    Keep,
    /// It stays, or is multiplied as all amounts are.
    Amount,
    /// A pseudonym takes its place.
    Replace(Option<Privacy>),
}
