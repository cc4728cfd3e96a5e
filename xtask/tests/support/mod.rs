//! Models of bodies that are written in the test.

#![allow(dead_code, reason = "no test file needs all of it")]

use std::collections::BTreeMap;

use xtask::{
    Error,
    fixture::Origin,
    json,
    lock::{Evidence, Lock},
    lower,
    model::{Field, Model, Struct, Type},
    overrides::Overrides,
};

/// The lock of documented bodies, by root.
pub(crate) fn lock(samples: &[(&str, &str)]) -> Lock {
    let mut evidence = Evidence::default();
    for (root, body) in samples {
        evidence.add(
            (*root).to_owned(),
            Origin::Documented,
            json::read(*body).unwrap(),
        );
    }
    evidence.lock(BTreeMap::new())
}

/// The overrides: a provider, and what the test decides.
pub(crate) fn overrides(decided: &str) -> Overrides {
    let provider = "[provider]\nname = \"Acme\"\ncrate = \"acme\"\n";
    toml::from_str(&format!("{provider}{decided}")).unwrap()
}

/// The model, or the refusals.
pub(crate) fn model(decided: &str, samples: &[(&str, &str)]) -> Result<Model, Vec<String>> {
    match lower::lower(&overrides(decided), &lock(samples)) {
        Ok(model) => Ok(model),
        Err(Error::Refused(lines)) => Err(lines),
        Err(other) => panic!("{other}"),
    }
}

/// The model of one root `x`, which is a `Thing`.
pub(crate) fn thing(samples: &[&str]) -> Result<Model, Vec<String>> {
    let samples: Vec<_> = samples.iter().map(|body| ("x", *body)).collect();
    model(THING, &samples)
}

/// The decision that the root `x` is a `Thing`.
pub(crate) const THING: &str = "[[operation]]\nname = \"x\"\ntype = \"Thing\"\n";

/// The model of one root `x`, with decisions about the fields of its `Thing`.
pub(crate) fn decided(fields: &str, samples: &[&str]) -> Result<Model, Vec<String>> {
    let decided = format!(
        "{THING}[[type]]\nname = \"Thing\"\ndoc = \"A thing.\"\nat = [\"x:\"]\nfield = [{fields}]\n"
    );
    let samples: Vec<_> = samples.iter().map(|body| ("x", *body)).collect();
    model(&decided, &samples)
}

pub(crate) fn object<'a>(model: &'a Model, name: &str) -> &'a Struct {
    let mut structs = model.structs.iter();
    structs
        .find(|object| object.name == name)
        .unwrap_or_else(|| panic!("no `{name}` in {model:#?}"))
}

pub(crate) fn field<'a>(model: &'a Model, owner: &str, key: &str) -> &'a Field {
    let mut fields = object(model, owner).fields.iter();
    fields.find(|field| field.key == key).unwrap()
}

pub(crate) fn type_of<'a>(model: &'a Model, owner: &str, key: &str) -> &'a Type {
    &field(model, owner, key).model
}

/// The code, which must be Rust.
pub(crate) fn code(decided: &str, samples: &[(&str, &str)]) -> String {
    let overrides = overrides(decided);
    let model = model(decided, samples).unwrap();
    let code = xtask::emit::models("acme", &overrides.provider, &model).unwrap();
    syn::parse_file(&code).unwrap();
    code
}
