//! From evidence and decisions to models.
//!
//! Nothing here guesses what money is, what is secret or what two objects have
//! in common: where the evidence alone does not decide, the model is refused,
//! with the line to write in `overrides.toml`. All refusals come at once.

mod assign;
mod checks;
mod kind;
mod refusal;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Error,
    lock::{Lock, Observed},
    model::{Field, Model, Root, Rule, Struct, Type, Why},
    names,
    overrides::{self, Overrides},
    place::{Place, Step, parse_steps},
    shape::{ANY_KEY, Shape},
};
use assign::Assigned;
use kind::Value;
use refusal::{Problem, Refused};

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
        unnamed: Vec::new(),
        enums_used: BTreeSet::new(),
        refusals,
    };
    for name in &assigned.order {
        lowering.object(name, assigned.places(name));
    }
    let checked = checks::names(&lowering.structs, overrides)
        .into_iter()
        .chain(checks::recursion(&lowering.structs))
        .chain(checks::invariants(overrides, &shapes));
    lowering.refusals.extend(checked);
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
    /// The structs that nobody named, as they are met: name and places.
    unnamed: Vec<(String, Vec<Place>)>,
    enums_used: BTreeSet<String>,
    refusals: Vec<String>,
}

/// A struct whose fields are being made.
struct Owner<'a> {
    name: &'a str,
    decided: Option<&'a overrides::Type>,
    objects: u64,
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
        if let Some(refusal) = self.no_struct(name, &places, &whole) {
            self.refusals.push(refusal);
            return;
        }
        let owner = Owner {
            name,
            decided,
            objects: whole.object.count,
        };
        let fields = self.fields(&owner, &places);
        self.structs.push(Struct {
            name: name.to_owned(),
            doc: decided.map_or_else(
                || format!("What is at `{}`.", shown(&places)),
                |decided| decided.doc.clone(),
            ),
            generic: decided.is_some_and(|decided| decided.generic.is_some()),
            sent: places.iter().any(|place| place.root.ends_with(".request")),
            places,
            objects: owner.objects,
            fields,
        });
        for (name, places) in std::mem::take(&mut self.unnamed) {
            self.object(&name, places);
        }
    }

    /// Why what is at these places cannot be a struct.
    fn no_struct(&self, name: &str, places: &[Place], whole: &Shape) -> Option<String> {
        let shown = shown(places);
        if !places.iter().any(|place| self.shapes.contains_key(place)) {
            Some(format!(
                "{shown}: `{name}` is named, but no sample shows one"
            ))
        } else if whole.present() > whole.object.count {
            Some(self.no_objects(name, places))
        } else if whole.object.fields.contains_key(ANY_KEY) {
            Some(format!(
                "{shown}: some keys of `{name}` look like data, and a struct has names for keys. \
                 Write for the field that holds it: type = \"map\", or type = \"json\""
            ))
        } else {
            None
        }
    }

    /// Where there is something else than the objects that a struct is made of.
    fn no_objects(&self, name: &str, places: &[Place]) -> String {
        let others: Vec<String> = places
            .iter()
            .filter_map(|place| Some((place, self.shapes.get(place)?)))
            .filter(|(_, shape)| shape.present() > shape.object.count)
            .map(|(place, shape)| format!("{place} (seen: {shape})"))
            .collect();
        format!(
            "`{name}` is a struct, and there is none at {}. Write in [[type]] {name:?} an `at` \
             without it: places instead of a pattern",
            others.join(", ")
        )
    }

    /// The fields that somebody decided about, in that order, then the others.
    fn fields(&mut self, owner: &Owner<'_>, places: &[Place]) -> Vec<Field> {
        let mut seen = self.keys(places);
        let mut fields = Vec::new();
        let mut refused = Vec::new();
        let mut add = |field: Result<Field, Refused>| match field {
            Ok(field) => fields.push(field),
            Err(problems) => refused.push(problems),
        };
        for field in owner.decided.map_or(&[][..], |decided| &decided.fields) {
            let mut all = Seen::default();
            for part in std::iter::once(&field.key)
                .chain(&field.alias)
                .filter_map(|key| seen.remove(key))
            {
                all.shape.merge(&part.shape);
                all.places.extend(part.places);
            }
            if all.places.is_empty() {
                self.refusals.push(format!(
                    "[[type]] \"{}\", key = \"{}\": no sample has it at {}. \
                     Remove it, or add a fixture that shows it",
                    owner.name,
                    field.key,
                    shown(places)
                ));
            } else {
                add(self.field(owner, Some(field), &field.key, all));
            }
        }
        for (key, seen) in seen {
            add(self.field(owner, None, &key, seen));
        }
        self.refusals.extend(owner.refusals(places, &refused));
        self.refusals.extend(checks::fields(owner, &fields));
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

    fn field(
        &mut self,
        owner: &Owner<'_>,
        decided: Option<&overrides::Field>,
        key: &str,
        Seen { shape, places }: Seen,
    ) -> Result<Field, Refused> {
        let wanted = decided.and_then(|field| field.name.as_deref());
        let wanted = wanted.unwrap_or(key);
        let name = names::field(wanted).ok_or_else(|| Problem {
            what: "no name in Rust can be made of the key".to_owned(),
            write: "name = \"…\"",
        });
        let suggested = owner.name.to_owned() + &names::pascal(wanted).unwrap_or_default();
        let model = owner.parameter(key).map_or_else(
            || {
                self.resolve(&Value {
                    places: &places,
                    shape: &shape,
                    key,
                    decided,
                    suggested: &suggested,
                })
            },
            Ok,
        );
        let required = presence(decided, &shape, owner.objects, self.proof(&places));
        match (name, model, required) {
            (Ok(name), Ok((model, why_type)), Ok((required, why_presence))) => Ok(Field {
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
            (name, model, required) => {
                let problems = [name.err(), model.err(), required.err()];
                Err(Refused {
                    key: key.to_owned(),
                    places: shown(&places),
                    seen: shape.to_string(),
                    problems: problems.into_iter().flatten().collect(),
                })
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
}

impl Owner<'_> {
    /// The type of the field `key` where the type parameter is in it.
    fn parameter(&self, key: &str) -> Option<(Type, Why)> {
        let path = parse_steps(self.decided?.generic.as_deref()?);
        match path.split_first()? {
            (Step::Key(first), rest) if first == key => {
                let model = rest
                    .iter()
                    .fold(Type::Parameter, |inner, _| Type::List(Box::new(inner)));
                Some((
                    model,
                    Why::shown(Rule::Envelope, "it is the type parameter"),
                ))
            }
            _ => None,
        }
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
    let decided = decided.and_then(|field| field.required);
    if decided == Some(false) {
        return Ok((false, Why::decided(Rule::Optional, "required = false")));
    }
    if decided == Some(true) {
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
