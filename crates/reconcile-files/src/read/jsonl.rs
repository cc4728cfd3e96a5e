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
    let mapping = collector.mapping;
    let names = Field::ALL.map(|field| (field, mapping.column(collector.side, field)));
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let count = reader
            .read_until(b'\n', &mut line)
            .map_err(|source| collector.unreadable(source))?;
        if count == 0 {
            break;
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1);
        let text = text.unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        let Ok(text) = str::from_utf8(text) else {
            let problem = Problem::of_line("is not UTF-8").with_hint("save the file as UTF-8");
            collector.take(number, Err(problem), || text.to_vec())?;
            continue;
        };
        let values = Values::read(text, &names);
        if let (0, Ok(values)) = (collector.ledger.rows, &values) {
            collector.check_keys(text, values)?;
        }
        let cells = values.as_ref().map_err(Problem::clone);
        let cells = cells.and_then(|values| values.cells(&names));
        collector.take(number, cells, || text.as_bytes().to_vec())?;
    }
    Ok(())
}

const BUFFER: usize = 1 << 16;

impl Collector<'_> {
    /// A name that is not in the first row is a name that the file does not
    /// use: an error about the name says more than one about the line.
    fn check_keys(&self, text: &str, first: &Values<'_>) -> Result<(), FileError> {
        let missing = [Field::Amount, Field::Currency, Field::Date]
            .into_iter()
            .find(|field| self.mapping.needs(self.side, *field) && first.of(*field).is_none());
        match missing {
            Some(field) => Err(self.missing_column(field, keys(text))),
            None => Ok(()),
        }
    }
}

/// The names of the fields in the file.
type Names<'m> = [(Field, &'m str); Field::ALL.len()];

/// The values of a row that are read.
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

    fn of(&self, field: Field) -> Option<&Value<'l>> {
        self.0.get(field as usize)?.as_ref()
    }

    fn cells(&self, names: &Names<'_>) -> Result<Cells<'_>, Problem> {
        let mut cells = Cells::default();
        for (field, name) in names {
            let cell = match self.of(*field) {
                None | Some(Value::Null) => Cell::Absent,
                Some(Value::Text(text)) => Cell::text(text),
                Some(Value::Number(number)) => Cell::Number(number),
                Some(Value::Other) => {
                    return Err(Problem::of_column(*name, "is neither text nor a number"));
                }
            };
            cells.set(*field, cell);
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
        while let Some(field) = map.next_key_seed(KeySeed { names: self.names })? {
            let Some((field, name)) = field else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            // Through a number type, an amount would lose digits.
            let value = value(map.next_value::<&RawValue>()?.get()).map_err(A::Error::custom)?;
            if let Some(place) = values.0.get_mut(field as usize)
                && place.replace(value).is_some()
            {
                return Err(A::Error::custom(format_args!(
                    "`{name}` stands there twice"
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

/// Reads a key as the field that it names, if it names one.
struct KeySeed<'n> {
    names: &'n Names<'n>,
}

impl<'l, 'n> DeserializeSeed<'l> for KeySeed<'n> {
    type Value = Option<(Field, &'n str)>;

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for KeySeed<'n> {
    type Value = Option<(Field, &'n str)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.names.iter().find(|(_, name)| *name == key).copied())
    }
}

/// The keys of a row, sorted.
fn keys(line: &str) -> Vec<String> {
    let keys = serde_json::from_str::<BTreeMap<String, &RawValue>>(line);
    keys.unwrap_or_default().into_keys().collect()
}
