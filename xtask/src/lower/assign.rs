//! Which places hold which type, as people decided.

use std::collections::BTreeMap;

use crate::{
    model::Type,
    overrides::{self, Overrides},
    place::{Place, Step, parse_steps},
    shape::Shape,
};

/// The names that places were given.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    /// The name of the type at a place.
    pub(super) names: BTreeMap<Place, String>,
    /// The names, in the order in which the types are written.
    pub(super) order: Vec<String>,
    /// The type of each root.
    pub(super) roots: BTreeMap<String, Type>,
}

impl Assigned {
    /// The places of a type, sorted.
    pub(super) fn places(&self, name: &str) -> Vec<Place> {
        let named = self.names.iter().filter(|(_, given)| *given == name);
        named.map(|(place, _)| place.clone()).collect()
    }
}

/// Collects the names that `[[type]]` and `[[operation]]` give.
pub(super) fn assign(
    overrides: &Overrides,
    shapes: &BTreeMap<Place, &Shape>,
    refusals: &mut Vec<String>,
) -> Assigned {
    let mut assignment = Assignment {
        overrides,
        shapes,
        refusals,
        assigned: Assigned::default(),
    };
    for decided in &overrides.types {
        assignment.declared(decided);
    }
    for operation in &overrides.operations {
        assignment.operation(operation);
    }
    assignment.check_roots();
    assignment.assigned
}

struct Assignment<'a> {
    overrides: &'a Overrides,
    shapes: &'a BTreeMap<Place, &'a Shape>,
    refusals: &'a mut Vec<String>,
    assigned: Assigned,
}

impl Assignment<'_> {
    fn declared(&mut self, decided: &overrides::Type) {
        let name = &decided.name;
        if self.assigned.order.contains(name) {
            self.refusals
                .push(format!("[[type]] \"{name}\" is there twice"));
            return;
        }
        self.assigned.order.push(name.clone());
        for pattern in &decided.at {
            let matching: Vec<Place> = self
                .shapes
                .keys()
                .filter(|place| pattern.matches(place))
                .cloned()
                .collect();
            if matching.is_empty() {
                self.refusals.push(format!(
                    "[[type]] \"{name}\", at = \"{pattern}\": no sample has such a place. \
                     Remove it, or add a fixture that shows it"
                ));
            }
            for place in matching {
                self.give(&place, name);
            }
        }
    }

    fn give(&mut self, place: &Place, name: &str) {
        let given = self.assigned.names.entry(place.clone());
        let given = given.or_insert_with(|| name.to_owned());
        if given != name {
            let refusal = format!("{place}: it is of two types, `{given}` and `{name}`");
            self.refusals.push(refusal);
        }
    }

    fn operation(&mut self, operation: &overrides::Operation) {
        let overrides::Operation { name, model } = operation;
        let Some(expression) = Expression::parse(model) else {
            self.refusals.push(format!(
                "[[operation]] \"{name}\": `{model}` is no type as `Page<Deposit>` is one"
            ));
            return;
        };
        let place = Place::root(name);
        if !self.shapes.contains_key(&place) {
            self.refusals.push(format!(
                "[[operation]] \"{name}\": there are no fixtures of it"
            ));
            return;
        }
        let model = self.place(&expression, &place);
        if self.assigned.roots.insert(name.clone(), model).is_some() {
            self.refusals
                .push(format!("[[operation]] \"{name}\" is there twice"));
        }
    }

    /// Gives the place of a root, and that of its type parameter, their names.
    fn place(&mut self, expression: &Expression, place: &Place) -> Type {
        let Expression { name, argument } = expression;
        if let Some(plain) = plain(name) {
            return plain;
        }
        if let ("Vec", Some(item)) = (name.as_str(), argument) {
            return Type::List(Box::new(self.place(item, &place.elements())));
        }
        let decided = self.overrides.types.iter().find(|t| t.name == *name);
        let generic = decided.and_then(|decided| decided.generic.as_deref());
        let argument = match (generic, argument) {
            (Some(path), Some(argument)) => {
                let inner =
                    parse_steps(path)
                        .iter()
                        .fold(place.clone(), |place, step| match step {
                            Step::Key(key) => place.key(key),
                            Step::Elements => place.elements(),
                        });
                Some(Box::new(self.place(argument, &inner)))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                self.refusals.push(format!(
                    "{place}: a type parameter where `{name}` has none, or none where it has one"
                ));
                None
            }
        };
        if decided.is_none() && !self.assigned.order.contains(name) {
            self.assigned.order.push(name.clone());
        }
        self.give(place, name);
        Type::Struct(name.clone(), argument)
    }

    fn check_roots(&mut self) {
        let roots = self.shapes.keys().filter(|place| place.steps.is_empty());
        for root in roots.filter(|place| !self.assigned.roots.contains_key(&place.root)) {
            let told = self
                .overrides
                .operations
                .iter()
                .any(|o| o.name == root.root);
            if !told {
                let root = &root.root;
                self.refusals.push(format!(
                    "{root}: there are fixtures, but no model. Write, with the name of a struct:\n    \
                     [[operation]]\n    name = {root:?}\n    type = \"…\""
                ));
            }
        }
    }
}

/// A type that is no struct of ours.
fn plain(name: &str) -> Option<Type> {
    Some(match name {
        "Json" => Type::Json,
        "String" => Type::Text,
        "bool" => Type::Bool,
        "i64" => Type::I64,
        "u64" => Type::U64,
        _ => return None,
    })
}

/// `Page<Deposit>`: a name, and perhaps what its type parameter is.
#[derive(Debug, PartialEq, Eq)]
struct Expression {
    name: String,
    argument: Option<Box<Expression>>,
}

impl Expression {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, argument) = match text.split_once('<') {
            None => (text, None),
            Some((name, rest)) => {
                let argument = Self::parse(rest.strip_suffix('>')?)?;
                (name.trim(), Some(Box::new(argument)))
            }
        };
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
        is_name.then(|| Self {
            name: name.to_owned(),
            argument,
        })
    }
}
