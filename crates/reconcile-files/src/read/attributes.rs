//! Further match keys by name: columns of their own, or keys of a JSON object.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Collector, line::Problem};
use crate::{
    Field, FileError,
    mapping::{InAttributes, Side},
    value::{self, Cell},
};

/// The attributes of a row by name; those that are empty are left out.
pub(super) type Attributes<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// The column in which our own files of records have their attributes.
pub(super) const OBJECT: &str = "attributes";

/// Where a file has the attributes that are read.
pub(super) struct Places<'m> {
    /// The attributes with a column, and where that is.
    pub(super) columns: Vec<(&'m str, usize)>,
    /// Where the object is in which the others are.
    pub(super) object: Option<usize>,
    /// The others, and the fields that stand there.
    pub(super) keys: Keys<'m>,
}

impl<'m> Places<'m> {
    /// Where among these names the attributes are; an error when one is not there.
    pub(super) fn find(collector: &Collector<'m>, names: &[String]) -> Result<Self, FileError> {
        let place = |column: &str| names.iter().position(|name| name == column);
        let object = (collector.side == Side::Records)
            .then(|| place(OBJECT))
            .flatten();
        let fields = collector.mapping.in_attributes(collector.side);
        let fields = fields.filter(|one| {
            let own = collector.mapping.column(collector.side, one.field);
            object.is_some() && place(own).is_none()
        });
        let fields: Vec<_> = fields.collect();
        let mut places = Self {
            columns: Vec::new(),
            object: object.filter(|_| !fields.is_empty()),
            keys: Keys {
                attributes: Vec::new(),
                fields,
            },
        };
        for (name, column) in &collector.mapping.attributes {
            match (place(column), object) {
                (Some(place), _) => places.columns.push((name, place)),
                (None, Some(_)) => {
                    places.object = object;
                    places.keys.attributes.push((name, column));
                }
                (None, None) => return Err(collector.missing_attribute(name, column, names)),
            }
        }
        Ok(places)
    }
}

/// The keys of an object that are read.
pub(super) struct Keys<'m> {
    /// Each with the name of its attribute before it.
    pub(super) attributes: Vec<(&'m str, &'m str)>,
    /// Those that are fields.
    pub(super) fields: Vec<InAttributes<'m>>,
}

impl<'m> Keys<'m> {
    /// What fields a JSON object has under the keys. The attributes that have no
    /// value yet are added.
    pub(super) fn pick<'a>(
        &self,
        json: &'a str,
        attributes: &mut Attributes<'a>,
    ) -> Result<Vec<(Field, Cell<'a>)>, Problem>
    where
        'm: 'a,
    {
        let mut fields = Vec::new();
        if self.have_none_in(json) {
            return Ok(fields);
        }
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let read = Picker {
            keys: self,
            own: attributes.len(),
            attributes,
            fields: &mut fields,
        }
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
        read.map_err(|_| Problem::of_column(OBJECT, "is not a JSON object of texts and numbers"))?;
        Ok(fields)
    }

    fn have(&self, key: &str) -> bool {
        self.attributes.iter().any(|(_, wanted)| *wanted == key)
            || self.fields.iter().any(|one| one.key == key)
    }

    /// Whether the object is empty, as that of most records, or nothing is asked for and
    /// what is looked for unasked is not there: it need not be parsed to see that.
    pub(super) fn have_none_in(&self, json: &str) -> bool {
        let mut fields = self.fields.iter();
        matches!(json, "" | "{}" | "null")
            || self.attributes.is_empty() && fields.all(|one| !one.asked && !json.contains(one.key))
    }
}

/// Adds the attribute that a cell holds.
pub(super) fn add<'a>(name: &'a str, cell: Cell<'a>, attributes: &mut Attributes<'a>) {
    attributes.push((
        name,
        match cell {
            Cell::Absent => return,
            Cell::Text(text) | Cell::Number(text) => Cow::Borrowed(text),
            Cell::Amount(amount) => Cow::Owned(amount.to_string()),
            Cell::Day(day) => Cow::Owned(day.to_string()),
            Cell::Clock(clock) => Cow::Owned(clock.to_string()),
            Cell::Instant(instant) => Cow::Owned(instant.to_string()),
        },
    ));
}

/// Adds the attribute that a JSON value is; false for one that is no text, no
/// number and no flag.
pub(super) fn add_json<'a>(name: &'a str, json: &'a str, attributes: &mut Attributes<'a>) -> bool {
    let text = match json.as_bytes() {
        b"null" => return true,
        [b'{' | b'[', ..] => return false,
        [b'"', .., b'"'] => match json.get(1..json.len() - 1) {
            Some(text) if !text.contains('\\') => Cow::Borrowed(text),
            _ => match serde_json::from_str(json) {
                Ok(text) => Cow::Owned(text),
                Err(_) => return false,
            },
        },
        _ => Cow::Borrowed(json),
    };
    if !text.is_empty() {
        attributes.push((name, text));
    }
    true
}

/// The cell that a JSON value is; none where it is no text and no number, or a
/// text with escapes, which is not written out anywhere.
fn cell(json: &str) -> Option<Cell<'_>> {
    match json.as_bytes() {
        b"null" => Some(Cell::Absent),
        [b'"', .., b'"'] => {
            let text = json.get(1..json.len() - 1)?;
            (!text.contains('\\')).then(|| Cell::text(text))
        }
        [b'-' | b'0'..=b'9', ..] => Some(Cell::Number(json)),
        _ => None,
    }
}

/// The same for a field that was not asked for: an amount as the toolkit writes
/// it, and nothing else.
fn unasked(json: &str) -> Cell<'_> {
    match cell(json) {
        Some(Cell::Text(text) | Cell::Number(text)) if value::number(text).is_ok() => {
            Cell::Number(text)
        }
        _ => Cell::Absent,
    }
}

struct Picker<'p, 'm, 'a> {
    keys: &'p Keys<'m>,
    /// How many attributes have a column of their own.
    own: usize,
    attributes: &'p mut Attributes<'a>,
    fields: &'p mut Vec<(Field, Cell<'a>)>,
}

impl<'a, 'm: 'a> Picker<'_, 'm, 'a> {
    /// Adds the value of a key; false where it is not what can be read, or
    /// stands there twice.
    fn add(&mut self, key: &str, json: &'a str) -> bool {
        let keys = self.keys;
        let mut attributes = keys.attributes.iter().filter(|(_, wanted)| *wanted == key);
        let mut fields = keys.fields.iter().filter(|one| one.key == key);
        attributes.all(|(name, _)| {
            let before = self.attributes.iter().position(|(other, _)| other == name);
            match before {
                Some(place) => place < self.own,
                None => add_json(name, json, self.attributes),
            }
        }) && fields.all(|one| {
            let cell = if one.asked {
                cell(json)
            } else {
                Some(unasked(json))
            };
            let twice = self.fields.iter().any(|(field, _)| *field == one.field);
            cell.filter(|_| !twice)
                .map(|cell| self.fields.push((one.field, cell)))
                .is_some()
        })
    }
}

impl<'a, 'm: 'a> DeserializeSeed<'a> for Picker<'_, 'm, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a, 'm: 'a> Visitor<'a> for Picker<'_, 'm, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            if self.keys.have(&key) {
                let json = map.next_value::<&RawValue>()?.get();
                if !self.add(&key, json) {
                    return Err(A::Error::custom(key));
                }
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
