//! A line that cannot be read.

use std::fmt;

use crate::shown::shown;

/// The longest line or record that is read, in bytes: whatever a file holds,
/// reading it takes no more memory than this. A quote that was lost makes such
/// records.
pub(super) const LONGEST: usize = 16 << 20;

/// A line that cannot be read.
///
/// `Display` names the line, the column and the value. `Debug` says the same:
/// the text of the line may hold what no log is to show.
#[derive(Clone, PartialEq, Eq)]
pub struct BadLine {
    number: u64,
    problem: Problem,
    text: Vec<u8>,
}

impl BadLine {
    pub(super) fn new(number: u64, problem: Problem, text: Vec<u8>) -> Self {
        Self {
            number,
            problem,
            text,
        }
    }

    /// The number of the line in the file, from 1; of a row in a Parquet file,
    /// the number of the row.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The column as the file names it, on one line, where one is at fault.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.problem.0.column.as_deref()
    }

    /// What is wrong, with the value shortened and card numbers masked.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.problem.0.message
    }

    /// What to do, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.problem.0.hint.as_deref()
    }

    /// The line as it stands in the file, without its line end.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.number)?;
        if let Some(column) = &self.problem.0.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.problem.0.message)
    }
}

impl fmt::Debug for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BadLine")
            .field("number", &self.number)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a line. It lies apart, so that a cell without fault, which
/// might have had one, takes no more room than it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem(Box<Wrong>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wrong {
    column: Option<String>,
    message: String,
    hint: Option<String>,
}

impl Problem {
    /// What is wrong with the line as a whole.
    pub(super) fn of_line(message: impl Into<String>) -> Self {
        Self(Box::new(Wrong {
            column: None,
            message: message.into(),
            hint: None,
        }))
    }

    /// What is wrong with one cell.
    pub(super) fn of_column(column: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Wrong {
            column: Some(shown(column)),
            message: message.into(),
            hint: None,
        }))
    }

    /// What is wrong with a line that has no end in sight.
    pub(super) fn too_long(hint: &str) -> Self {
        Self::of_line(format!("is longer than {} MiB", LONGEST >> 20)).with_hint(hint)
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }
}
