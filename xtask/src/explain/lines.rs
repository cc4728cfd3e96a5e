//! On which line of `overrides.toml` a decision stands.

use std::collections::BTreeMap;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The lines of the fields, by type and key.
#[derive(Debug, Default)]
pub(super) struct Lines {
    fields: BTreeMap<(String, String), usize>,
}

impl Lines {
    /// Finds the decisions in the text of the file, which was read before.
    pub(super) fn of(text: &str) -> Self {
        let mut lines = Self::default();
        let Ok(document) = DeTable::parse(text) else {
            return lines;
        };
        for decided in array(document.get_ref(), "type") {
            let Some(decided) = decided.get_ref().as_table() else {
                continue;
            };
            let name = string(decided, "name");
            for field in array(decided, "field") {
                if let Some(key) = field.get_ref().as_table().map(|field| string(field, "key")) {
                    let before = text.get(..field.span().start).unwrap_or_default();
                    let line = before.matches('\n').count() + 1;
                    lines.fields.insert((name.clone(), key), line);
                }
            }
        }
        lines
    }

    /// The line, from 1, of what is decided about a field.
    pub(super) fn field(&self, owner: &str, key: &str) -> Option<usize> {
        self.fields
            .get(&(owner.to_owned(), key.to_owned()))
            .copied()
    }
}

fn array<'a, 'i>(table: &'a DeTable<'i>, key: &str) -> &'a [Spanned<DeValue<'i>>] {
    let value = table.get(key).and_then(|value| value.get_ref().as_array());
    value.map_or(&[], |array| array.as_ref())
}

fn string(table: &DeTable<'_>, key: &str) -> String {
    let value = table.get(key).and_then(|value| value.get_ref().as_str());
    value.unwrap_or_default().to_owned()
}
