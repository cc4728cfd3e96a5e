//! JSON that nobody can type yet.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A JSON value that no sample explains, kept as it came, to the digit and the
/// blank.
///
/// Equal means the same text. `Debug` does not show it, for nobody knows what
/// is in it. The default is `null`. It goes through `RawValue`: it works with
/// `serde_json` only, and not within `flatten`, untagged and internally tagged
/// types, which lose the text. As an `Option`, `null` is `None`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(Box<RawValue>);

impl Json {
    /// The text: one JSON value without blanks around it. It may hold personal
    /// data; keep it out of logs, errors and reports.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.get()
    }
}

impl From<Box<RawValue>> for Json {
    fn from(value: Box<RawValue>) -> Self {
        Self(value)
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Json {}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[json]")
    }
}
