//! Rows of JSON Lines: one object a line.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::{BufRead, BufReader, Read},
    str,
};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    BadLine, Collector,
    attributes::{self, Attributes, Keys, OBJECT},
    line::{LONGEST, Problem},
};
use crate::{
    Field, FileError,
    mapping::Side,
    shown::shown_sentence,
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
        let mut bounded = reader.by_ref().take(LONGEST as u64);
        let count = bounded.read_until(b'\n', &mut line);
        let count = count.map_err(|source| collector.unreadable(source))?;
        if count == 0 {
            break;
        }
        if count == LONGEST && line.last() != Some(&b'\n') {
            let problem = Problem::too_long("in JSON Lines, each line is one object");
            return Err(collector.stop(BadLine::new(number, problem, Vec::new())));
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let Ok(text) = str::from_utf8(text) else {
            let problem = Problem::of_line("is not UTF-8").with_hint("save the file as UTF-8");
            collector.refuse(number, problem, text.to_vec())?;
            continue;
        };
        let values = Values::read(text, &names);
        if let Ok(values) = &values {
            match &mut used {
                Some(used) => used.note(values),
                None => used = Some(UsedNames::of_first(text, values, &names, collector)?),
            }
        }
        let row = values.as_ref().map_err(Problem::clone);
        let row = row.and_then(|values| values.row(&names));
        let row = row.as_ref().map(|(cells, attributes)| (cells, attributes));
        let row = row.map_err(Problem::clone);
        collector.take(number, row, || text.as_bytes().to_vec())?;
    }
    used.map_or(Ok(()), |used| used.check(&names, collector))
}

const BUFFER: usize = 1 << 16;

/// What the file calls what is read.
struct Names<'m> {
    fields: Vec<Name<'m>>,
    /// The attributes, each with its own key, and the fields among them.
    attributes: Keys<'m>,
    /// The keys that are read. A row has many: each is looked up once.
    keys: Vec<(&'m str, Key<'m>)>,
}

/// What a key stands for.
#[derive(Clone, Copy)]
struct Key<'m> {
    field: Option<Name<'m>>,
    /// The place of the first attribute with this key.
    attribute: Option<usize>,
    object: bool,
}

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
        let read = Field::ALL.into_iter();
        let read = read.filter(|field| mapping.reads(*field));
        let fields = read.map(|field| {
            let text = mapping.column(side, field);
            let place = texts.iter().position(|other| *other == text);
            Name {
                field,
                text,
                place: place.unwrap_or(field as usize),
            }
        });
        let attributes = mapping.attributes.iter();
        let mut names = Self {
            fields: fields.collect(),
            attributes: Keys {
                attributes: attributes.map(|(name, key)| (&**name, &**key)).collect(),
                fields: mapping.in_attributes(side).collect(),
            },
            keys: Vec::new(),
        };
        // Attributes of records may also stand in an object.
        let object = (side == Side::Records).then_some(OBJECT);
        let fields = names.fields.iter().map(|name| name.text);
        let attributes = names.attributes.attributes.iter().map(|(_, key)| *key);
        let keys = fields.chain(attributes).chain(object).map(|key| {
            let meaning = Key {
                field: names.fields.iter().find(|name| name.text == key).copied(),
                attribute: names.attribute(key),
                object: object == Some(key),
            };
            (key, meaning)
        });
        names.keys = keys.collect();
        names
    }

    /// What a key stands for, if it is one that is read.
    fn key(&self, key: &str) -> Option<Key<'m>> {
        let mut keys = self.keys.iter();
        keys.find(|(other, _)| *other == key).map(|(_, key)| *key)
    }

    fn in_attributes(&self, field: Field) -> bool {
        self.attributes.fields.iter().any(|one| one.field == field)
    }

    fn attribute(&self, key: &str) -> Option<usize> {
        let mut attributes = self.attributes.attributes.iter();
        attributes.position(|(_, other)| *other == key)
    }
}

/// Which names the rows use. JSON may leave out what is absent, so that a name
/// is wrong only when no row has it.
struct UsedNames {
    /// The keys of the first row.
    keys: Vec<String>,
    /// By place, whether any row has a value there.
    places: [bool; Field::ALL.len()],
    /// The places of the attributes that any row has.
    attributes: BTreeSet<usize>,
    /// Whether any row has the object that attributes stand in.
    object: bool,
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
            attributes: BTreeSet::new(),
            object: false,
        };
        used.note(values);
        let vital = [
            Field::Amount,
            Field::MoneyIn,
            Field::MoneyOut,
            Field::Currency,
            Field::Date,
        ];
        used.check_those(|field| vital.contains(&field), names, collector)?;
        Ok(used)
    }

    fn note(&mut self, values: &Values<'_>) {
        for (used, value) in self.places.iter_mut().zip(&values.fields) {
            *used |= value.is_some();
        }
        let attributes = values.attributes.iter();
        self.attributes.extend(attributes.map(|(place, _)| *place));
        self.object |= values.object.is_some();
    }

    /// An error when a column that the file must have is in no row.
    fn check(&self, names: &Names<'_>, collector: &Collector<'_>) -> Result<(), FileError> {
        self.check_those(|_| true, names, collector)?;
        let lacks = |key: &str| {
            let place = names.attribute(key);
            !self.object && !place.is_some_and(|place| self.attributes.contains(&place))
        };
        let mut attributes = names.attributes.attributes.iter();
        match attributes.find(|(_, key)| lacks(key)) {
            Some((name, key)) => Err(collector.missing_attribute(name, key, &self.keys)),
            None => Ok(()),
        }
    }

    fn check_those(
        &self,
        checked: impl Fn(Field) -> bool,
        names: &Names<'_>,
        collector: &Collector<'_>,
    ) -> Result<(), FileError> {
        let is_used = |name: &Name<'_>| {
            self.places.get(name.place).is_some_and(|used| *used)
                || (self.object && names.in_attributes(name.field))
        };
        // Where nothing moved the other way, no row need say so: one that moved in
        // a column by another name has no amount.
        let moved_otherwise = |field: Field| {
            let mut fields = names.fields.iter();
            let other = fields.find(|name| Some(name.field) == field.other_way());
            other.is_some_and(is_used)
        };
        let missing = names.fields.iter().find(|name| {
            checked(name.field)
                && collector.mapping.needs(collector.side, name.field)
                && !is_used(name)
                && !moved_otherwise(name.field)
        });
        match missing {
            Some(name) => Err(collector.missing_column(name.field, &self.keys)),
            None => Ok(()),
        }
    }
}

/// The values of a row that are read.
#[derive(Default)]
struct Values<'l> {
    /// By the places of their names.
    fields: [Option<Value<'l>>; Field::ALL.len()],
    /// Those of attributes as JSON, each with the place of its attribute.
    attributes: Vec<(usize, &'l str)>,
    /// The object that attributes stand in, as JSON.
    object: Option<&'l str>,
}

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
            let message = shown_sentence(message.split(&place).next().unwrap_or_default());
            let problem = format!("is not a JSON object that can be read: {message}");
            let problem = match error.column() {
                0 => problem,
                column => format!("{problem}, at character {column}"),
            };
            let problem = Problem::of_line(problem);
            if error.is_eof() || !line.starts_with('{') {
                return problem
                    .with_hint("in JSON Lines, each line is one object and each object one line");
            }
            problem
        })
    }

    /// The cells and attributes that the values are.
    fn row<'a>(&'a self, names: &'a Names<'_>) -> Result<(Cells<'a>, Attributes<'a>), Problem> {
        let mut cells = Cells::default();
        for name in &names.fields {
            let cell = match self.fields.get(name.place).and_then(Option::as_ref) {
                None | Some(Value::Null) => continue,
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
        let attributes = self.attributes(names, &mut cells)?;
        Ok((cells, attributes))
    }

    /// The attributes; what of the object is a field goes to the cells.
    fn attributes<'a>(
        &'a self,
        names: &'a Names<'_>,
        cells: &mut Cells<'a>,
    ) -> Result<Attributes<'a>, Problem> {
        let mut attributes = Attributes::new();
        for (name, key) in &names.attributes.attributes {
            let place = names.attribute(key);
            let mut values = self.attributes.iter();
            if let Some((_, json)) = values.find(|(other, _)| Some(*other) == place)
                && !attributes::add_json(name, json, &mut attributes)
            {
                return Err(Problem::of_column(key, "is neither text nor a number"));
            }
        }
        if let Some(json) = self.object {
            cells.complete(names.attributes.pick(json, &mut attributes)?);
        }
        Ok(attributes)
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
        while let Some(key) = map.next_key_seed(KeySeed { names: self.names })? {
            let Some(key) = key else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            // Through a number type, an amount would lose digits.
            let json = map.next_value::<&RawValue>()?.get();
            let twice = |what| A::Error::custom(format_args!("`{what}` stands there twice"));
            let no_text =
                |what| A::Error::custom(format_args!("`{what}` has an escape of no character"));
            if let Some(name) = key.field
                && let Some(place) = values.fields.get_mut(name.place)
                && place
                    .replace(value(json).ok_or_else(|| no_text(name.text))?)
                    .is_some()
            {
                return Err(twice(name.text));
            }
            if let Some(place) = key.attribute {
                if values.attributes.iter().any(|(other, _)| *other == place) {
                    let attribute = self.names.attributes.attributes.get(place);
                    return Err(twice(attribute.map_or(OBJECT, |(_, key)| key)));
                }
                values.attributes.push((place, json));
            }
            if key.object && values.object.replace(json).is_some() {
                return Err(twice(OBJECT));
            }
        }
        Ok(values)
    }
}

/// The value, unless an escape in a text stands for no character.
fn value(json: &str) -> Option<Value<'_>> {
    Some(match json.as_bytes() {
        [b'"', .., b'"'] => Value::Text(match json.get(1..json.len() - 1) {
            Some(text) if !text.contains('\\') => Cow::Borrowed(text),
            _ => Cow::Owned(serde_json::from_str(json).ok()?),
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
    type Value = Option<Key<'n>>;

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for KeySeed<'n> {
    type Value = Option<Key<'n>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.names.key(key))
    }
}

/// The keys of a row, sorted.
fn keys(line: &str) -> Vec<String> {
    let keys = serde_json::from_str::<BTreeMap<String, &RawValue>>(line);
    keys.unwrap_or_default().into_keys().collect()
}
