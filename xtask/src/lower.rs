//! From evidence and decisions to models.
//!
//! Nothing here guesses what money is, what is secret or what two objects have
//! in common: where the evidence alone does not decide, the model is refused,
//! with the line to write in `overrides.toml`. All refusals come at once.

mod assign;
mod kind;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Error,
    lock::{Lock, Observed},
    model::{Field, Model, Root, Rule, Struct, Type, Why},
    names,
    overrides::{self, Overrides},
    place::{Place, Step},
    shape::{ANY_KEY, Shape},
};
use assign::Assigned;

/// How many objects prove that a field is always there.
const PROOF_OBJECTS: u64 = 20;
/// Of how many samples they must be.
const PROOF_SAMPLES: u64 = 2;

/// The models of a provider.
pub fn lower(overrides: &Overrides, lock: &Lock) -> Result<Model, Error> {
    let observed = lock.evidence();
    let mut shapes = BTreeMap::new();
    for (root, observed) in &observed {
        observed
            .shape
            .walk(&Place::root(root), &mut |place, shape| {
                shapes.insert(place.clone(), shape);
            });
    }
    let mut refusals = Vec::new();
    let assigned = assign::assign(overrides, &shapes, &mut refusals);
    let mut lowering = Lowering {
        overrides,
        observed: &observed,
        shapes: &shapes,
        assigned: &assigned,
        structs: Vec::new(),
        enums_used: BTreeSet::new(),
        refusals,
    };
    for name in &assigned.order {
        lowering.object(name, assigned.places(name));
    }
    lowering.check_names();
    lowering.check_recursion();
    lowering.check_invariants();
    let enums = words::enums(overrides, &lowering.enums_used, &mut lowering.refusals);
    if !lowering.refusals.is_empty() {
        return Err(Error::Refused(lowering.refusals));
    }
    Ok(Model {
        structs: lowering.structs,
        enums,
        roots: assigned
            .roots
            .iter()
            .map(|(name, model)| Root {
                name: name.clone(),
                model: model.clone(),
            })
            .collect(),
    })
}

struct Lowering<'a> {
    overrides: &'a Overrides,
    observed: &'a BTreeMap<String, Observed>,
    shapes: &'a BTreeMap<Place, &'a Shape>,
    assigned: &'a Assigned,
    structs: Vec<Struct>,
    enums_used: BTreeSet<String>,
    refusals: Vec<String>,
}

/// A struct that nobody named: its name and its places.
type Unnamed = (String, Vec<Place>);

/// Why a field cannot be typed, and what to decide about it.
struct Problem {
    what: String,
    write: &'static str,
}

/// What is known of a key in all places of a struct.
#[derive(Default)]
struct Seen {
    shape: Shape,
    places: Vec<Place>,
}

impl Lowering<'_> {
    fn object(&mut self, name: &str, places: Vec<Place>) {
        let decided = self.overrides.types.iter().find(|t| t.name == name);
        let mut whole = Shape::default();
        for place in &places {
            if let Some(shape) = self.shapes.get(place) {
                whole.merge(shape);
            }
        }
        if !places.iter().any(|place| self.shapes.contains_key(place)) {
            self.refuse(format!(
                "{}: `{name}` is named, but no sample shows one",
                shown(&places)
            ));
        }
        if whole.present() > whole.object.count {
            self.refuse(format!(
                "{}: `{name}` is a struct, and here is {whole}",
                shown(&places)
            ));
        }
        if whole.object.fields.contains_key(ANY_KEY) {
            self.refuse(format!(
                "{}: some keys of `{name}` look like data, and a struct has names for keys. \
                 Write for the field that holds it: type = \"map\", or type = \"json\"",
                shown(&places)
            ));
            return;
        }
        let mut unnamed = Vec::new();
        let fields = self.fields(name, decided, &places, whole.object.count, &mut unnamed);
        self.structs.push(Struct {
            name: name.to_owned(),
            doc: decided.map_or_else(
                || format!("What is at `{}`.", shown(&places)),
                |decided| decided.doc.clone(),
            ),
            generic: decided.is_some_and(|decided| decided.generic.is_some()),
            sent: places.iter().any(|place| place.root.ends_with(".request")),
            places,
            objects: whole.object.count,
            fields,
        });
        for (name, places) in unnamed {
            self.object(&name, places);
        }
    }

    fn fields(
        &mut self,
        name: &str,
        decided: Option<&overrides::Type>,
        places: &[Place],
        objects: u64,
        unnamed: &mut Vec<Unnamed>,
    ) -> Vec<Field> {
        let mut seen = self.keys(places);
        let mut fields = Vec::new();
        for field in decided.map_or(&[][..], |decided| &decided.fields) {
            let mut keys = std::iter::once(&field.key).chain(&field.alias);
            let found: Vec<Seen> = keys.by_ref().filter_map(|key| seen.remove(key)).collect();
            if found.is_empty() {
                self.refuse(format!(
                    "[[type]] \"{name}\", key = \"{}\": no sample has it at {}. \
                     Remove it, or add a fixture that shows it",
                    field.key,
                    shown(places)
                ));
                continue;
            }
            let mut all = Seen::default();
            for part in found {
                all.shape.merge(&part.shape);
                all.places.extend(part.places);
            }
            fields.extend(self.field(
                name,
                decided,
                Some(field),
                &field.key,
                all,
                objects,
                unnamed,
            ));
        }
        for (key, seen) in seen {
            fields.extend(self.field(name, decided, None, &key, seen, objects, unnamed));
        }
        self.check_fields(name, decided, &fields);
        fields
    }

    /// What the objects at all of these places have, by key.
    fn keys(&self, places: &[Place]) -> BTreeMap<String, Seen> {
        let mut keys: BTreeMap<String, Seen> = BTreeMap::new();
        for place in places {
            let Some(shape) = self.shapes.get(place) else {
                continue;
            };
            for (key, field) in &shape.object.fields {
                let seen = keys.entry(key.clone()).or_default();
                seen.shape.merge(field);
                seen.places.push(place.key(key));
            }
        }
        keys
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a field is what all of these say"
    )]
    fn field(
        &mut self,
        owner: &str,
        owner_decided: Option<&overrides::Type>,
        decided: Option<&overrides::Field>,
        key: &str,
        seen: Seen,
        objects: u64,
        unnamed: &mut Vec<Unnamed>,
    ) -> Option<Field> {
        let Seen { shape, places } = seen;
        let wanted = decided
            .and_then(|field| field.name.as_deref())
            .unwrap_or(key);
        let name = names::field(wanted);
        let problem = |problem: Problem| {
            let write = format!("{{ key = {key:?}, {} }}", problem.write);
            let at = shown(&places);
            let place = match owner_decided {
                Some(_) => format!("Write in [[type]] {owner:?}: {write}"),
                None => format!(
                    "Write [[type]] name = {owner:?} with at = the places of that object, and in it: {write}"
                ),
            };
            format!("{at}: {}; seen: {shape}. {place}", problem.what)
        };
        let Some(name) = name else {
            self.refuse(problem(Problem {
                what: "no name in Rust can be made of the key".to_owned(),
                write: "name = \"…\"",
            }));
            return None;
        };
        let parameter = owner_decided
            .and_then(|decided| decided.generic.as_deref())
            .and_then(|path| parameter(path, key));
        let suggested = owner.to_owned() + &names::pascal(wanted).unwrap_or_default();
        let resolved = match parameter {
            Some(model) => Ok((
                model,
                Why::decided(Rule::Envelope, "it is the type parameter"),
            )),
            None => self.resolve(&places, &shape, key, decided, &suggested, unnamed),
        };
        let required = presence(decided, &shape, objects, self.proof(&places));
        match (resolved, required) {
            (Ok((model, why_type)), Ok((required, why_presence))) => Some(Field {
                key: key.to_owned(),
                alias: decided.map_or_else(Vec::new, |field| field.alias.clone()),
                name,
                doc: decided.and_then(|field| field.doc.clone()),
                model,
                required,
                why_type,
                why_presence,
                places,
                shape,
            }),
            (resolved, required) => {
                let problems = [resolved.err(), required.err()];
                self.refusals
                    .extend(problems.into_iter().flatten().map(problem));
                None
            }
        }
    }

    /// Whether the samples of these places may prove that a key is always there:
    /// what was built proves nothing.
    fn proof(&self, places: &[Place]) -> bool {
        let roots: BTreeSet<&str> = places.iter().map(|place| place.root.as_str()).collect();
        let observed = || roots.iter().filter_map(|root| self.observed.get(*root));
        observed().all(|observed| observed.synthetic == 0)
            && observed().map(|observed| observed.samples).sum::<u64>() >= PROOF_SAMPLES
    }

    fn check_fields(&mut self, name: &str, decided: Option<&overrides::Type>, fields: &[Field]) {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for field in fields {
            by_name.entry(&field.name).or_default().push(&field.key);
        }
        for (field, keys) in by_name.into_iter().filter(|(_, keys)| keys.len() > 1) {
            self.refuse(format!(
                "`{name}`: the keys {keys:?} would all be the field `{field}`. \
                 Write for all but one: name = \"…\""
            ));
        }
        let generic = decided.and_then(|decided| decided.generic.as_deref());
        let has_parameter = fields.iter().any(|field| contains_parameter(&field.model));
        if let Some(path) = generic.filter(|_| !has_parameter) {
            self.refuse(format!(
                "[[type]] \"{name}\", generic = {path:?}: it has no such key"
            ));
        }
    }

    fn check_names(&mut self) {
        let structs = self
            .structs
            .iter()
            .map(|s| (s.name.as_str(), shown(&s.places)));
        let enums = self.overrides.enums.iter();
        let all = structs.chain(enums.map(|e| (e.name.as_str(), "[[enum]]".to_owned())));
        let mut known: BTreeMap<&str, String> = BTreeMap::new();
        let mut refusals = Vec::new();
        for (name, origin) in all {
            if !names::is_type_name(name) {
                refusals.push(format!(
                    "{origin}: `{name}` cannot be the name of a type here"
                ));
            }
            if let Some(first) = known.insert(name, origin.clone()) {
                refusals.push(format!(
                    "`{name}` would be two types, of {first} and of {origin}. \
                     Write [[type]] with another name for one of them"
                ));
            }
        }
        self.refusals.extend(refusals);
    }

    /// A struct that holds itself without a list has no size.
    fn check_recursion(&mut self) {
        let held: BTreeMap<&str, Vec<&str>> = self
            .structs
            .iter()
            .map(|s| {
                let fields = s.fields.iter().filter_map(|field| match &field.model {
                    Type::Struct(name, _) => Some(name.as_str()),
                    _ => None,
                });
                (s.name.as_str(), fields.collect())
            })
            .collect();
        let mut refusals = Vec::new();
        for start in held.keys() {
            let mut reached = BTreeSet::new();
            let mut next: Vec<&str> = held.get(start).cloned().unwrap_or_default();
            while let Some(name) = next.pop() {
                if reached.insert(name) {
                    next.extend(held.get(name).into_iter().flatten());
                }
            }
            if reached.contains(start) {
                refusals.push(format!(
                    "`{start}` holds itself. Write for the field: type = \"own …\", or type = \"json\""
                ));
            }
        }
        self.refusals.extend(refusals);
    }

    fn check_invariants(&mut self) {
        for invariant in &self.overrides.invariants {
            if !self
                .shapes
                .keys()
                .any(|place| invariant.each.matches(place))
            {
                self.refusals.push(format!(
                    "[[invariant]] {:?}: no sample has a place that is {}",
                    invariant.name, invariant.each
                ));
            }
        }
    }

    fn refuse(&mut self, refusal: String) {
        self.refusals.push(refusal);
    }
}

/// Whether there always is a value: decided, proven, or not.
fn presence(
    decided: Option<&overrides::Field>,
    shape: &Shape,
    objects: u64,
    may_prove: bool,
) -> Result<(bool, Why), Problem> {
    let always = shape.present() == objects;
    if decided.is_some_and(|field| field.required) {
        if always {
            let why = Why::decided(Rule::Required, "required = true");
            return Ok((true, why));
        }
        return Err(Problem {
            what: format!(
                "required, but not always there: {}",
                shape.presence(objects)
            ),
            write: "required = false",
        });
    }
    if always && may_prove && objects >= PROOF_OBJECTS {
        let reason = format!("all of {objects} objects have it, and none of them was built");
        return Ok((true, Why::shown(Rule::Required, reason)));
    }
    let reason = format!(
        "neither required in overrides.toml, nor proven by {PROOF_OBJECTS} objects \
         of {PROOF_SAMPLES} samples that nobody built"
    );
    Ok((false, Why::shown(Rule::Optional, reason)))
}

/// The type of the field `key` where `path` leads to the type parameter by it.
fn parameter(path: &str, key: &str) -> Option<Type> {
    match crate::place::parse_steps(path).split_first()? {
        (Step::Key(first), rest) if first == key => Some(
            rest.iter()
                .fold(Type::Parameter, |inner, _| Type::List(Box::new(inner))),
        ),
        _ => None,
    }
}

fn contains_parameter(model: &Type) -> bool {
    match model {
        Type::Parameter => true,
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => contains_parameter(inner),
        _ => false,
    }
}

/// The places, as many as a line takes.
fn shown(places: &[Place]) -> String {
    let first: Vec<String> = places.iter().take(3).map(ToString::to_string).collect();
    let more = places.len().saturating_sub(3);
    if more == 0 {
        first.join(", ")
    } else {
        format!("{} and {more} more", first.join(", "))
    }
}
