//! Personal data, which stays out of logs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Text about a person: a name, an address, the number of a document, an
/// account or a phone; or text that nobody should read over a shoulder.
///
/// It reads and writes as the text it is. `Debug` does not show it, and there
/// is no `Display`.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

impl Personal {
    /// The text itself. Keep it out of logs, errors and reports.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}
