//! What a provider sends now that it did not send before, told to those who use
//! the crates: how much it matters, which Rust item it touches, and what their
//! code will see.
//!
//! Shapes are compared, never values. How a text looks counts only where a type
//! depends on it, or where texts are the provider's own vocabulary: what
//! merchants and customers write is theirs to change.

mod compare;
mod item;
mod known;
mod seen;

use std::fmt;

use serde::Serialize;

pub use known::Known;
pub use seen::Seen;

/// How much a difference matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something loses its meaning, or cannot be read.
    Error,
    /// What was always there is not always there.
    Warning,
    /// There is more than was known.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// One difference at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// How much it matters.
    pub severity: Severity,
    /// Where: `deposits:data[].fee`.
    pub place: String,
    /// What it was.
    pub was: String,
    /// What it is.
    pub is: String,
    /// The Rust item that reads it: `Deposit::fee: Option<Decimal>`.
    pub item: Option<String>,
    /// What it means for code that uses the item.
    pub meaning: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            severity,
            place,
            was,
            is,
            item,
            meaning,
        } = self;
        writeln!(f, "{severity:<8} {place}: was {was}, is {is}")?;
        f.write_str("         ")?;
        if let Some(item) = item {
            write!(f, "{item} -- ")?;
        }
        f.write_str(meaning)
    }
}

/// What a run showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The provider.
    pub provider: String,
    /// What is different, what matters most first.
    pub differences: Vec<Difference>,
    /// The operations of which an answer was compared.
    pub compared: Vec<String>,
    /// The operations that are known and were not asked, or did not answer with
    /// what they are for.
    pub unanswered: Vec<String>,
    /// The operations that answered and have no model to compare with.
    pub without_model: Vec<String>,
}

impl Report {
    /// Compares what was seen with what is known.
    #[must_use]
    pub fn new(known: &Known, seen: &Seen) -> Self {
        let mut differences = compare::all(known, seen);
        differences.sort_unstable();
        differences.dedup();
        let operations = known.operations();
        let (compared, unanswered): (Vec<_>, Vec<_>) = operations
            .iter()
            .map(|operation| (*operation).to_owned())
            .partition(|operation| seen.has(operation));
        let without_model = seen.operations();
        let without_model = without_model.filter(|operation| !operations.contains(operation));
        Self {
            provider: known.provider().to_owned(),
            differences,
            compared,
            unanswered,
            without_model: without_model.map(str::to_owned).collect(),
        }
    }

    /// Whether nothing is different.
    #[must_use]
    pub const fn is_same(&self) -> bool {
        self.differences.is_empty()
    }

    /// The report as JSON, with a line feed at the end.
    #[must_use]
    pub fn json(&self) -> String {
        // Texts and lists of texts: nothing that JSON refuses.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for difference in &self.differences {
            writeln!(f, "{difference}")?;
        }
        let list = |f: &mut fmt::Formatter<'_>, what: &str, operations: &[String]| {
            if operations.is_empty() {
                return Ok(());
            }
            writeln!(f, "{what}: {}", operations.join(", "))
        };
        if !self.compared.is_empty() {
            list(f, "no answer of", &self.unanswered)?;
        }
        list(f, "without a model, not compared", &self.without_model)?;
        let provider = &self.provider;
        if self.compared.is_empty() && self.is_same() {
            return writeln!(f, "{provider}: nothing was compared");
        }
        let operations = counted(self.compared.len() as u64, "operation");
        if self.is_same() {
            return writeln!(f, "{provider}: no differences in {operations}");
        }
        let count = |severity| {
            let of_it = |difference: &&Difference| difference.severity == severity;
            self.differences.iter().filter(of_it).count() as u64
        };
        writeln!(
            f,
            "{provider}: {}, {}, {} in {operations}",
            counted(count(Severity::Error), "error"),
            counted(count(Severity::Warning), "warning"),
            counted(count(Severity::Info), "info"),
        )
    }
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
