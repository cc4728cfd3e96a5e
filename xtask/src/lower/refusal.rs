//! What to tell a person who has to decide about fields.

use super::Owner;
use crate::place::Place;

/// Why a field cannot be typed, and what to decide about it.
pub(super) struct Problem {
    pub(super) what: String,
    pub(super) write: &'static str,
}

/// A field that needs decisions.
pub(super) struct Refused {
    pub(super) key: String,
    /// Where it is.
    pub(super) places: String,
    /// What is there.
    pub(super) seen: String,
    pub(super) problems: Vec<Problem>,
}

impl Owner<'_> {
    /// What is wrong, what was seen, and what to write where: a line each where
    /// the struct has a `[[type]]`, else all of that.
    pub(super) fn refusals(&self, places: &[Place], refused: &[Refused]) -> Vec<String> {
        let name = self.name;
        if self.decided.is_some() {
            let told = |field: &Refused| {
                let (told, write) = (field.told(), field.decision());
                format!("{told}. Write in [[type]] {name:?}: {write}")
            };
            return refused.iter().map(told).collect();
        }
        if refused.is_empty() {
            return Vec::new();
        }
        let told: Vec<String> = refused.iter().map(Refused::told).collect();
        let at: Vec<String> = places.iter().map(|place| format!("\"{place}\"")).collect();
        let fields: Vec<String> = refused.iter().map(Refused::decision).collect();
        vec![format!(
            "{}. Write:\n    [[type]]\n    name = {name:?}\n    doc = \"…\"\n    \
             at = [{}]\n    field = [\n      {},\n    ]",
            told.join("\n"),
            at.join(", "),
            fields.join(",\n      ")
        )]
    }
}

impl Refused {
    fn told(&self) -> String {
        let what: Vec<&str> = self.problems.iter().map(|p| p.what.as_str()).collect();
        format!("{}: {}; seen: {}", self.places, what.join("; "), self.seen)
    }

    /// As `overrides.toml` has it.
    fn decision(&self) -> String {
        let write: Vec<&str> = self.problems.iter().map(|p| p.write).collect();
        format!("{{ key = {:?}, {} }}", self.key, write.join(", "))
    }
}
