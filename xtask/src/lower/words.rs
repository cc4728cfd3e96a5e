//! Open enums, which only a person makes of words.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{Enum, Variant},
    names,
    overrides::{self, Overrides, Wire, Word},
};

/// The variant of whatever is not known.
const UNKNOWN: &str = "Unknown";

pub(super) fn enums(
    overrides: &Overrides,
    used: &BTreeSet<String>,
    refusals: &mut Vec<String>,
) -> Vec<Enum> {
    let mut enums = Vec::new();
    for decided in &overrides.enums {
        let name = &decided.name;
        if !used.contains(name) {
            refusals.push(format!(
                "[[enum]] \"{name}\": no field is of it. Write for one: type = \"enum {name}\""
            ));
        }
        let mut known: BTreeMap<String, &Word> = BTreeMap::new();
        let mut variants = Vec::new();
        for value in &decided.values {
            match variant(decided, value) {
                Err(refusal) => refusals.push(format!("[[enum]] \"{name}\": {refusal}")),
                Ok(variant) => {
                    if known.insert(variant.name.clone(), &value.wire).is_some() {
                        refusals.push(format!(
                            "[[enum]] \"{name}\": two values would be `{}`. Write: name = \"…\"",
                            variant.name
                        ));
                    }
                    variants.push(variant);
                }
            }
        }
        enums.push(Enum {
            name: name.clone(),
            doc: decided.doc.clone(),
            wire: decided.wire,
            variants,
        });
    }
    enums
}

fn variant(decided: &overrides::Enum, value: &overrides::Variant) -> Result<Variant, String> {
    let name = match (&value.wire, &value.name, decided.wire) {
        (Word::Text(word), None, Wire::Text) => names::pascal(word),
        (Word::Text(_), Some(name), Wire::Text) | (Word::Integer(_), Some(name), Wire::Integer) => {
            names::pascal(name)
        }
        (Word::Integer(number), None, Wire::Integer) => {
            return Err(format!("{number} has no name. Write: name = \"…\""));
        }
        _ => return Err("a value is not as `wire` says that values come".to_owned()),
    };
    match name {
        Some(name) if name != UNKNOWN => Ok(Variant {
            name,
            doc: value.doc.clone(),
            wire: value.wire.clone(),
        }),
        _ => Err("a value has a name that cannot be. Write: name = \"…\"".to_owned()),
    }
}
