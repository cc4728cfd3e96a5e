//! Rewriting a body along a path. What lies beside the path is copied as text,
//! so that no number loses a digit, and no list its order.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Change, Step};

/// One change that is being made.
pub(super) struct Rewriting<'a> {
    change: &'a Change,
    places: u64,
}

impl<'a> Rewriting<'a> {
    pub(super) fn new(change: &'a Change) -> Self {
        Self { change, places: 0 }
    }

    /// At how many places the change was made so far.
    pub(super) fn places(&self) -> u64 {
        self.places
    }

    /// The body with the change made; nothing where it is no JSON.
    pub(super) fn body(&mut self, text: &str, path: &[Step]) -> Option<String> {
        let body: &RawValue = serde_json::from_str(text).ok()?;
        Some(self.value(body.get(), path))
    }

    fn value(&mut self, text: &str, path: &[Step]) -> String {
        let along = match path {
            [] => self.place(text),
            [Step::Elements, rest @ ..] => self.elements(text, rest),
            [Step::Field(key), rest @ ..] => self.object(text, key, rest),
        };
        along.unwrap_or_else(|| text.to_owned())
    }

    /// Nothing where the value is no list.
    fn elements(&mut self, text: &str, path: &[Step]) -> Option<String> {
        let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        let elements: Vec<String> = elements
            .iter()
            .map(|element| self.value(element.get(), path))
            .collect();
        Some(format!("[{}]", elements.join(",")))
    }

    /// Nothing where the value is no object.
    fn object(&mut self, text: &str, key: &str, path: &[Step]) -> Option<String> {
        let members: Members<'_> = serde_json::from_str(text).ok()?;
        let key = quoted(key);
        let fields: Vec<String> = members
            .0
            .iter()
            .filter_map(|(name, value)| {
                if name.get() == key {
                    self.field(&members, name.get(), value.get(), path)
                } else {
                    Some(format!("{}:{}", name.get(), value.get()))
                }
            })
            .collect();
        Some(format!("{{{}}}", fields.join(",")))
    }

    /// The field on the path, if it stays.
    fn field(
        &mut self,
        members: &Members<'_>,
        name: &str,
        value: &str,
        path: &[Step],
    ) -> Option<String> {
        match (path, self.change) {
            ([], Change::Drop) => {
                self.places += 1;
                None
            }
            ([], Change::Rename(key)) if !members.have(key) => {
                self.places += 1;
                Some(format!("{}:{value}", quoted(key)))
            }
            _ => Some(format!("{name}:{}", self.value(value, path))),
        }
    }

    /// What a value becomes, if it becomes another.
    fn place(&mut self, text: &str) -> Option<String> {
        let changed = match self.change {
            // Made where the object is at hand.
            Change::Drop | Change::Rename(_) => None,
            Change::Add(key) => with_field(text, key),
            Change::Text => Some(as_text(text)),
            Change::Number => Some(as_number(text)),
            Change::Null => Some("null".to_owned()),
            Change::Empty => Some("{}".to_owned()),
            Change::Bool => Some("true".to_owned()),
            Change::Word(word) => Some(quoted(word)),
        };
        let changed = changed.filter(|changed| changed != text)?;
        self.places += 1;
        Some(changed)
    }
}

/// The object with one more field, whose value is its key; nothing where the
/// value is no object, or has such a field.
fn with_field(text: &str, key: &str) -> Option<String> {
    let members: Members<'_> = serde_json::from_str(text).ok()?;
    if members.have(key) {
        return None;
    }
    let fields = text.strip_suffix('}')?;
    let comma = if members.0.is_empty() { "" } else { "," };
    let key = quoted(key);
    Some(format!("{fields}{comma}{key}:{key}}}"))
}

fn as_text(text: &str) -> String {
    match text.as_bytes().first() {
        Some(b'"') => text.to_owned(),
        Some(b'{' | b'[' | b'n') => quoted("text"),
        _ => quoted(text),
    }
}

fn as_number(text: &str) -> String {
    if is_number(text) {
        return text.to_owned();
    }
    let held = serde_json::from_str::<String>(text);
    held.ok()
        .filter(|held| is_number(held))
        .unwrap_or_else(|| "1".to_owned())
}

/// By the grammar of JSON, whatever the size of the number.
fn is_number(text: &str) -> bool {
    text.ends_with(|last: char| last.is_ascii_digit())
        && text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<&RawValue>(text).is_ok()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The fields of an object in their order, key and value as they are written.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl Members<'_> {
    fn have(&self, key: &str) -> bool {
        let key = quoted(key);
        self.0.iter().any(|(name, _)| name.get() == key)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
