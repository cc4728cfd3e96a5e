//! Further match keys by name: columns of their own, or keys of a JSON object.

use std::{borrow::Cow, fmt, iter};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Collector, line::Problem};
use crate::{FileError, mapping::Side, value::Cell};

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
    /// The others.
    pub(super) keys: Keys<'m>,
}

impl<'m> Places<'m> {
    /// Where among these names the attributes are; an error when one is not there.
    pub(super) fn find(collector: &Collector<'m>, names: &[String]) -> Result<Self, FileError> {
        let place = |column: &str| names.iter().position(|name| name == column);
        let object = (collector.side == Side::Records)
            .then(|| place(OBJECT))
            .flatten();
        let mut places = Self {
            columns: Vec::new(),
            object: None,
            keys: Keys(Vec::new()),
        };
        for (name, column) in &collector.mapping.attributes {
            match (place(column), object) {
                (Some(place), _) => places.columns.push((name, place)),
                (None, Some(_)) => {
                    places.object = object;
                    places.keys.0.push((name, column));
                }
                (None, None) => return Err(collector.missing_attribute(name, column, names)),
            }
        }
        Ok(places)
    }
}

/// The keys of an object that are read, each with the name of its attribute.
pub(super) struct Keys<'m>(pub(super) Vec<(&'m str, &'m str)>);

impl<'m> Keys<'m> {
    /// Adds what a JSON object has under the keys, of attributes that have no
    /// value yet.
    pub(super) fn pick<'a>(&self, json: &'a str, picked: &mut Attributes<'a>) -> Result<(), Problem>
    where
        'm: 'a,
    {
        if self.0.is_empty() || json.is_empty() || json == "null" {
            return Ok(());
        }
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let read = Picker {
            keys: self,
            own: picked.len(),
            picked,
        }
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
        read.map_err(|_| Problem::of_column(OBJECT, "is not a JSON object of texts and numbers"))
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

struct Picker<'p, 'm, 'a> {
    keys: &'p Keys<'m>,
    /// How many attributes have a column of their own.
    own: usize,
    picked: &'p mut Attributes<'a>,
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

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            let mut wanted = self.keys.0.iter().filter(|(_, wanted)| *wanted == key);
            let Some((first, _)) = wanted.next() else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let json = map.next_value::<&RawValue>()?.get();
            for name in iter::once(first).chain(wanted.map(|(name, _)| name)) {
                let before = self.picked.iter().position(|(other, _)| other == name);
                let fits = match before {
                    Some(place) => place < self.own,
                    None => add_json(name, json, self.picked),
                };
                if !fits {
                    return Err(A::Error::custom(name));
                }
            }
        }
        Ok(())
    }
}
