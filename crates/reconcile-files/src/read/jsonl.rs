//! Rows of JSON Lines: one object a line.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    io::{BufRead, BufReader, Read},
    str,
};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Collector, line::Problem};
use crate::{
    Field, FileError,
    shown::shown,
    value::{Cell, Cells},
};

/// Reads every row of the file into the collector.
pub(super) fn read(bytes: impl Read, collector: &mut Collector<'_>) -> Result<(), FileError> {
    let mut reader = BufReader::with_capacity(BUFFER, bytes);
    let names = Names::of(collector);
    let mut line = Vec::new();
    let mut used: Option<UsedNames> = None;
    for number in 1_u64.. {
        line.clear();
        let count = reader
            .read_until(b'\n', &mut line)
            .map_err(|source| collector.unreadable(source))?;
        if count == 0 {
            break;
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let Ok(text) = str::from_utf8(text) else {
            let problem = Problem::of_line("is not UTF-8").with_hint("save the file as UTF-8");
            collector.take(number, Err(problem), || text.to_vec())?;
            continue;
        };
        let values = Values::read(text, &names);
        if let Ok(values) = &values {
            match &mut used {
                Some(used) => used.note(values),
                None => used = Some(UsedNames::of_first(text, values, &names, collector)?),
            }
        }
        let cells = values.as_ref().map_err(Problem::clone);
        let cells = cells.and_then(|values| values.cells(&names));
        collector.take(number, cells, || text.as_bytes().to_vec())?;
    }
    used.map_or(Ok(()), |used| used.check(&names, collector))
}

const BUFFER: usize = 1 << 16;

/// What the file calls the fields.
struct Names<'m>([Name<'m>; Field::ALL.len()]);

/// What the file calls one field.
#[derive(Clone, Copy)]
struct Name<'m> {
    field: Field,
    text: &'m str,
    /// Where in a row's values its value is: several fields may share a name.
    place: usize,
}

impl<'m> Names<'m> {
    fn of(collector: &Collector<'m>) -> Self {
        let (mapping, side) = (collector.mapping, collector.side);
        let texts = Field::ALL.map(|field| mapping.column(side, field));
        Self(Field::ALL.map(|field| {
            let text = mapping.column(side, field);
            let place = texts.iter().position(|other| *other == text);
            Name {
                field,
                text,
                place: place.unwrap_or(field as usize),
            }
        }))
    }

    fn named(&self, key: &str) -> Option<Name<'m>> {
        self.0.iter().find(|name| name.text == key).copied()
    }
}

/// Which names the rows use. JSON may leave out what is absent, so that a name
/// is wrong only when no row has it.
struct UsedNames {
    /// The keys of the first row.
    keys: Vec<String>,
    /// By place, whether any row has a value there.
    places: [bool; Field::ALL.len()],
}

impl UsedNames {
    /// The names of the first row. It cannot do without some fields: an error
    /// about the name says more than one about the line.
    fn of_first(
        row: &str,
        values: &Values<'_>,
        names: &Names<'_>,
        collector: &Collector<'_>,
    ) -> Result<Self, FileError> {
        let mut used = Self {
            keys: keys(row),
            places: Default::default(),
        };
        used.note(values);
        let vital = [Field::Amount, Field::Currency, Field::Date];
        used.check_those(|field| vital.contains(&field), names, collector)?;
        Ok(used)
    }

    fn note(&mut self, values: &Values<'_>) {
        for (used, value) in self.places.iter_mut().zip(&values.0) {
            *used |= value.is_some();
        }
    }

    /// An error when a column that the file must have is in no row.
    fn check(&self, names: &Names<'_>, collector: &Collector<'_>) -> Result<(), FileError> {
        self.check_those(|_| true, names, collector)
    }

    fn check_those(
        &self,
        checked: impl Fn(Field) -> bool,
        names: &Names<'_>,
        collector: &Collector<'_>,
    ) -> Result<(), FileError> {
        let missing = names.0.iter().find(|name| {
            checked(name.field)
                && collector.mapping.needs(collector.side, name.field)
                && !self.places.get(name.place).is_some_and(|used| *used)
        });
        match missing {
            Some(name) => Err(collector.missing_column(name.field, &self.keys)),
            None => Ok(()),
        }
    }
}

/// The values of a row that are read, by the places of their names.
#[derive(Default)]
struct Values<'l>([Option<Value<'l>>; Field::ALL.len()]);

/// A value as JSON writes it.
enum Value<'l> {
    Null,
    Text(Cow<'l, str>),
    Number(&'l str),
    Other,
}

impl<'l> Values<'l> {
    fn read(line: &'l str, names: &Names<'_>) -> Result<Self, Problem> {
        let mut deserializer = serde_json::Deserializer::from_str(line);
        let values = RowVisitor { names }
            .deserialize(&mut deserializer)
            .and_then(|values| deserializer.end().map(|()| values));
        values.map_err(|error| {
            let (message, place) = (error.to_string(), format!(" at line {}", error.line()));
            // Every row is line 1 to the parser.
            let message = shown(message.split(&place).next().unwrap_or_default());
            let problem = format!("is not a JSON object that can be read: {message}");
            Problem::of_line(match error.column() {
                0 => problem,
                column => format!("{problem}, at character {column}"),
            })
        })
    }

    fn cells(&self, names: &Names<'_>) -> Result<Cells<'_>, Problem> {
        let mut cells = Cells::default();
        for name in &names.0 {
            let cell = match self.0.get(name.place).and_then(Option::as_ref) {
                None | Some(Value::Null) => Cell::Absent,
                Some(Value::Text(text)) => Cell::text(text),
                Some(Value::Number(number)) => Cell::Number(number),
                Some(Value::Other) => {
                    return Err(Problem::of_column(
                        name.text,
                        "is neither text nor a number",
                    ));
                }
            };
            cells.set(name.field, cell);
        }
        Ok(cells)
    }
}

struct RowVisitor<'n> {
    names: &'n Names<'n>,
}

impl<'l> DeserializeSeed<'l> for RowVisitor<'_> {
    type Value = Values<'l>;

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Values<'l>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'l> Visitor<'l> for RowVisitor<'_> {
    type Value = Values<'l>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<Values<'l>, A::Error> {
        let mut values = Values::default();
        while let Some(name) = map.next_key_seed(KeySeed { names: self.names })? {
            let Some(name) = name else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            // Through a number type, an amount would lose digits.
            let value = value(map.next_value::<&RawValue>()?.get()).map_err(A::Error::custom)?;
            if let Some(place) = values.0.get_mut(name.place)
                && place.replace(value).is_some()
            {
                return Err(A::Error::custom(format_args!(
                    "`{}` stands there twice",
                    name.text
                )));
            }
        }
        Ok(values)
    }
}

fn value(json: &str) -> Result<Value<'_>, serde_json::Error> {
    Ok(match json.as_bytes() {
        [b'"', .., b'"'] => Value::Text(match json.get(1..json.len() - 1) {
            Some(text) if !text.contains('\\') => Cow::Borrowed(text),
            _ => Cow::Owned(serde_json::from_str(json)?),
        }),
        [b'-' | b'0'..=b'9', ..] => Value::Number(json),
        b"null" => Value::Null,
        _ => Value::Other,
    })
}

/// Reads a key as the name that it is, if it is one that is read.
struct KeySeed<'n> {
    names: &'n Names<'n>,
}

impl<'l, 'n> DeserializeSeed<'l> for KeySeed<'n> {
    type Value = Option<Name<'n>>;

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for KeySeed<'n> {
    type Value = Option<Name<'n>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.names.named(key))
    }
}

/// The keys of a row, sorted.
fn keys(line: &str) -> Vec<String> {
    let keys = serde_json::from_str::<BTreeMap<String, &RawValue>>(line);
    keys.unwrap_or_default().into_keys().collect()
}
