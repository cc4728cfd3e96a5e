//! The mistakes that are planted in a world, by the code that each is to be
//! reported under.

mod amounts;
mod groups;
mod sides;

use super::{
    terms::Terms,
    world::{Entry, Role},
};
use crate::BreakCode;

/// A kind of mistake.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variant {
    pub(super) code: BreakCode,
    /// What was done, in words.
    pub(super) name: &'static str,
    pub(super) make: Make,
}

/// Makes a mistake in an entry.
type Make = fn(&Terms<'_>, &mut Entry) -> Made;

/// What came of making a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// The rules are to find it.
    Mistake,
    /// The rules let it pass by their own wish, for this reason.
    Allowed(&'static str),
    /// The entry is of a form in which it cannot be made.
    Unfit,
}

/// Every kind of mistake in the rows, in the order of the codes.
pub(super) fn variants() -> Vec<Variant> {
    let mut all: Vec<_> = [sides::VARIANTS, amounts::VARIANTS, groups::VARIANTS].concat();
    all.sort_by_key(|variant| variant.code);
    all
}

const fn of(code: BreakCode, name: &'static str, make: Make) -> Variant {
    Variant { code, name, make }
}

/// A mistake that shows only between two rows of one key.
fn keyed(terms: &Terms<'_>, entry: &Entry) -> Made {
    match (entry.role, terms.leading) {
        (Role::Plain, Some(_)) => Made::Mistake,
        (Role::Plain, None) => Made::Allowed(NO_KEY),
        _ => Made::Unfit,
    }
}

fn plain(entry: &Entry) -> Made {
    if entry.role == Role::Plain {
        Made::Mistake
    } else {
        Made::Unfit
    }
}

/// Why a mistake that shows only between rows of one key is let pass.
const NO_KEY: &str = "no pass brings together rows of one key";
