//! Evidence in words, for refusals, explanations and the documentation of fields.

use std::fmt;

use super::{Shape, Texts};

impl Shape {
    /// How often a field of `objects` objects was there: the line below its
    /// documentation.
    #[must_use]
    pub fn presence(&self, objects: u64) -> String {
        let mut parts = vec![format!(
            "Seen in {} of {objects} object{}",
            self.seen(),
            if objects == 1 { "" } else { "s" }
        )];
        parts.push(match self.null {
            0 => "never null".to_owned(),
            null if null == self.seen() => "always null".to_owned(),
            null => format!("null in {null}"),
        });
        if self.empty_object > 0 {
            parts.push(format!("`{{}}` in {}", self.empty_object));
        }
        if self.text.empty > 0 {
            parts.push(format!("empty in {}", self.text.empty));
        }
        parts.join(", ") + "."
    }
}

/// The kinds and their counts, for example `2 texts (1 instant.3, 1 empty), 1 null`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        let mut add = |count: u64, one: &str, detail: String| {
            if count > 0 {
                let many = if count == 1 { "" } else { "s" };
                parts.push(format!("{count} {one}{many}{detail}"));
            }
        };
        add(self.object.count, "object", String::new());
        add(self.array.count, "array", empty(self.array.empty));
        add(self.text.count, "text", formats(&self.text));
        add(
            self.decimal.count,
            "number",
            format!(
                " with a fraction (up to {}, {} after the point)",
                digits(self.decimal.digits),
                self.decimal.scale
            ),
        );
        add(
            self.integer.count,
            "whole number",
            format!(" (up to {})", digits(self.integer.digits)),
        );
        add(self.bool, "boolean", String::new());
        add(self.null, "null", String::new());
        add(self.empty_object, "`{}`", String::new());
        if parts.is_empty() {
            return f.write_str("nothing");
        }
        f.write_str(&parts.join(", "))
    }
}

fn digits(count: u64) -> String {
    let many = if count == 1 { "" } else { "s" };
    format!("{count} digit{many}")
}

fn formats(texts: &Texts) -> String {
    let mut parts: Vec<String> = texts
        .formats
        .iter()
        .map(|(format, count)| format!("{count} {format}"))
        .collect();
    if texts.empty > 0 {
        parts.push(format!("{} empty", texts.empty));
    }
    if texts.leading_zeros > 0 {
        parts.push(format!("{} with leading zeros", texts.leading_zeros));
    }
    parts.push(format!("longest {}", texts.longest));
    format!(" ({})", parts.join(", "))
}

fn empty(count: u64) -> String {
    if count == 0 {
        String::new()
    } else {
        format!(" ({count} empty)")
    }
}
