//! What must hold between fields, between types, and between decisions and samples.

use std::collections::{BTreeMap, BTreeSet};

use super::{Owner, shown};
use crate::{
    model::{Field, Struct, Type},
    names,
    overrides::Overrides,
    place::Place,
    shape::Shape,
};

/// Every field of a struct has a name of its own, and its type parameter a field.
pub(super) fn fields(owner: &Owner<'_>, fields: &[Field]) -> Vec<String> {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for field in fields {
        by_name.entry(&field.name).or_default().push(&field.key);
    }
    let shared = by_name.into_iter().filter(|(_, keys)| keys.len() > 1);
    let mut refusals: Vec<String> = shared
        .map(|(field, keys)| {
            format!(
                "`{}`: the keys {keys:?} would all be the field `{field}`. \
                 Write for all but one: name = \"…\"",
                owner.name
            )
        })
        .collect();
    let generic = owner.decided.and_then(|decided| decided.generic.as_deref());
    let has_parameter = fields.iter().any(|field| field.model.has_parameter());
    if let Some(path) = generic.filter(|_| !has_parameter) {
        refusals.push(format!(
            "[[type]] \"{}\", generic = {path:?}: it has no such key",
            owner.name
        ));
    }
    refusals
}

/// Every type has a name of its own, which Rust and generated code leave to it.
pub(super) fn names(structs: &[Struct], overrides: &Overrides) -> Vec<String> {
    let of_structs = structs
        .iter()
        .map(|object| (object.name.as_str(), shown(&object.places)));
    let of_enums = overrides
        .enums
        .iter()
        .map(|words| (words.name.as_str(), "[[enum]]".to_owned()));
    let by_hand: BTreeSet<&str> = structs
        .iter()
        .flat_map(|object| &object.fields)
        .filter_map(|field| own(&field.model))
        .collect();
    let by_hand = by_hand
        .into_iter()
        .map(|name| (name, "what is written by hand".to_owned()));
    let mut known: BTreeMap<&str, String> = BTreeMap::new();
    let mut refusals = Vec::new();
    for (name, origin) in of_structs.chain(of_enums).chain(by_hand) {
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
    refusals
}

/// A struct that holds itself without a list has no size.
pub(super) fn recursion(structs: &[Struct]) -> Vec<String> {
    let held: BTreeMap<&str, Vec<&str>> = structs
        .iter()
        .map(|object| {
            let fields = object.fields.iter().filter_map(|field| match &field.model {
                Type::Struct(name, _) => Some(name.as_str()),
                _ => None,
            });
            (object.name.as_str(), fields.collect())
        })
        .collect();
    let holds_itself = |start: &str| {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&str> = held.get(start).cloned().unwrap_or_default();
        while let Some(name) = next.pop() {
            if reached.insert(name) {
                next.extend(held.get(name).into_iter().flatten());
            }
        }
        reached.contains(start)
    };
    held.keys()
        .filter(|name| holds_itself(name))
        .map(|name| {
            format!(
                "`{name}` holds itself. \
                 Write for the field: type = \"own …\", or type = \"json\""
            )
        })
        .collect()
}

/// Every identity has a place where it can hold.
pub(super) fn invariants(overrides: &Overrides, shapes: &BTreeMap<Place, &Shape>) -> Vec<String> {
    overrides
        .invariants
        .iter()
        .filter(|invariant| !shapes.keys().any(|place| invariant.each.matches(place)))
        .map(|invariant| {
            format!(
                "[[invariant]] {:?}: no sample has a place that is {}",
                invariant.name, invariant.each
            )
        })
        .collect()
}

fn own(model: &Type) -> Option<&str> {
    match model.innermost() {
        Type::Own(name) => Some(name),
        _ => None,
    }
}
