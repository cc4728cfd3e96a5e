//! The rules by which samples and decisions become types, one by one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod amounts;
mod conflicts;
mod decisions;
mod envelopes;
mod integers;
mod lists_and_maps;
mod names;
mod objects;
mod required;
#[path = "../support/mod.rs"]
mod support;
mod text;
mod times;
mod words;

use support::{code, decided, field, model, object, thing, type_of};
use xtask::model::{Rule, Type};

fn only(refusals: Result<xtask::model::Model, Vec<String>>) -> String {
    let refusals = refusals.unwrap_err();
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
    refusals.into_iter().next().unwrap()
}

fn named(name: &str) -> Type {
    Type::Struct(name.to_owned(), None)
}
