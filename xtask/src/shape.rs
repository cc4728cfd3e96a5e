//! Evidence: what the samples show of a place, as counts, never as values.
//!
//! Observing and merging only add and take the larger, so that the order of
//! files, keys and samples does not matter.

mod describe;
mod text;

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::{
    json::{Member, Node, Text, Value},
    place::Place,
};

pub use text::Format;

/// The key under which all keys that are data are counted.
pub const ANY_KEY: &str = "*";

/// What was seen at one place. Every value is counted once: under its kind, as
/// null, or as `{}`, which says as much as null does and is no object whose
/// fields are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shape {
    /// `null`.
    #[serde(skip_serializing_if = "is_default")]
    pub null: u64,
    /// `{}`.
    #[serde(skip_serializing_if = "is_default")]
    pub empty_object: u64,
    /// `true` and `false`.
    #[serde(skip_serializing_if = "is_default")]
    pub bool: u64,
    /// Numbers without fraction and exponent.
    #[serde(skip_serializing_if = "is_default")]
    pub integer: Integers,
    /// All other numbers.
    #[serde(skip_serializing_if = "is_default")]
    pub decimal: Decimals,
    /// Texts.
    #[serde(skip_serializing_if = "is_default")]
    pub text: Texts,
    /// Arrays.
    #[serde(skip_serializing_if = "is_default")]
    pub array: Arrays,
    /// Objects that have a key at least.
    #[serde(skip_serializing_if = "is_default")]
    pub object: Objects,
}

/// Numbers without fraction and exponent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Integers {
    /// How many.
    pub count: u64,
    /// The most digits.
    pub digits: u64,
    /// How many are negative.
    #[serde(skip_serializing_if = "is_default")]
    pub negative: u64,
    /// How many do not fit an `i64`.
    #[serde(skip_serializing_if = "is_default")]
    pub beyond_i64: u64,
    /// How many fit neither an `i64` nor a `u64`.
    #[serde(skip_serializing_if = "is_default")]
    pub beyond_u64: u64,
}

/// Numbers with a fraction or an exponent, and `-0`, which no integer keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Decimals {
    /// How many.
    pub count: u64,
    /// The most digits, those after the point included.
    pub digits: u64,
    /// The most digits after the point.
    pub scale: u64,
}

/// Texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Texts {
    /// How many, the empty ones included.
    pub count: u64,
    /// How many are empty.
    #[serde(skip_serializing_if = "is_default")]
    pub empty: u64,
    /// The most characters.
    pub longest: u64,
    /// How many are digits only and begin with a zero.
    #[serde(skip_serializing_if = "is_default")]
    pub leading_zeros: u64,
    /// How many of those that are not empty have which format.
    #[serde(skip_serializing_if = "is_default")]
    pub formats: BTreeMap<Format, u64>,
}

/// Arrays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Arrays {
    /// How many, the empty ones included.
    pub count: u64,
    /// How many are empty.
    #[serde(skip_serializing_if = "is_default")]
    pub empty: u64,
    /// The elements of all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Shape>>,
}

/// Objects that have a key at least.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Objects {
    /// How many.
    pub count: u64,
    /// The values of each key; keys that are data are one, [`ANY_KEY`].
    pub fields: BTreeMap<String, Shape>,
}

impl Shape {
    /// What one body shows.
    #[must_use]
    pub fn of(node: &Node<'_>) -> Self {
        let mut shape = Self::default();
        shape.observe(node);
        shape
    }

    /// Adds what a value shows.
    pub fn observe(&mut self, node: &Node<'_>) {
        match &node.value {
            Value::Null => self.null += 1,
            Value::Bool(_) => self.bool += 1,
            Value::Number(lexeme) => self.observe_number(lexeme),
            Value::Text(text) => self.text.observe(text),
            Value::Array(items) => self.array.observe(items),
            Value::Object(members) if members.is_empty() => self.empty_object += 1,
            Value::Object(members) => self.object.observe(members),
        }
    }

    /// Adds what other samples showed.
    pub fn merge(&mut self, other: &Self) {
        self.null += other.null;
        self.empty_object += other.empty_object;
        self.bool += other.bool;
        self.integer.merge(&other.integer);
        self.decimal.merge(&other.decimal);
        self.text.merge(&other.text);
        self.array.merge(&other.array);
        self.object.merge(&other.object);
    }

    /// How often there was a value at all, null and `{}` included.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.null + self.empty_object + self.present()
    }

    /// How often there was a value that is neither null nor `{}`.
    #[must_use]
    pub const fn present(&self) -> u64 {
        self.bool
            + self.integer.count
            + self.decimal.count
            + self.text.count
            + self.array.count
            + self.object.count
    }

    /// Calls `visit` with this place and every place below it.
    pub fn walk<'a>(&'a self, here: &Place, visit: &mut impl FnMut(&Place, &'a Self)) {
        visit(here, self);
        if let Some(items) = &self.array.items {
            items.walk(&here.elements(), visit);
        }
        for (key, field) in &self.object.fields {
            field.walk(&here.key(key), visit);
        }
    }

    fn observe_number(&mut self, lexeme: &str) {
        let whole = !lexeme.contains(['.', 'e', 'E']) && lexeme != "-0";
        if whole {
            self.integer.observe(lexeme);
        } else {
            self.decimal.observe(lexeme);
        }
    }
}

impl Integers {
    fn observe(&mut self, lexeme: &str) {
        let digits = lexeme.trim_start_matches('-');
        let negative = digits.len() < lexeme.len();
        self.merge(&Self {
            count: 1,
            digits: length(digits),
            negative: negative.into(),
            beyond_i64: lexeme.parse::<i64>().is_err().into(),
            beyond_u64: (lexeme.parse::<i64>().is_err() && lexeme.parse::<u64>().is_err()).into(),
        });
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.digits = self.digits.max(other.digits);
        self.negative += other.negative;
        self.beyond_i64 += other.beyond_i64;
        self.beyond_u64 += other.beyond_u64;
    }
}

impl Decimals {
    /// `1.5e3` is 1500: four digits, none after the point.
    fn observe(&mut self, lexeme: &str) {
        let (mantissa, exponent) = lexeme.split_once(['e', 'E']).unwrap_or((lexeme, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let whole = whole.trim_start_matches('-').trim_start_matches('0');
        let shift: i64 = exponent.parse().unwrap_or(i64::MAX);
        let signed = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
        let scale = signed(fraction).saturating_sub(shift).max(0);
        let before_point = signed(whole).saturating_add(shift).max(0);
        self.merge(&Self {
            count: 1,
            digits: scale.saturating_add(before_point).unsigned_abs(),
            scale: scale.unsigned_abs(),
        });
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.digits = self.digits.max(other.digits);
        self.scale = self.scale.max(other.scale);
    }
}

impl Texts {
    /// How many have a format that `wanted` takes.
    pub fn with_format(&self, wanted: impl Fn(Format) -> bool) -> u64 {
        let counts = self.formats.iter();
        counts
            .filter_map(|(format, count)| wanted(*format).then_some(count))
            .sum()
    }

    fn observe(&mut self, text: &Text<'_>) {
        let text = text.decode();
        self.count += 1;
        self.longest = self.longest.max(length(&text));
        if text.is_empty() {
            self.empty += 1;
            return;
        }
        let format = Format::of(&text);
        if format == Format::Digits && text.starts_with('0') {
            self.leading_zeros += 1;
        }
        *self.formats.entry(format).or_default() += 1;
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.empty += other.empty;
        self.longest = self.longest.max(other.longest);
        self.leading_zeros += other.leading_zeros;
        for (format, count) in &other.formats {
            *self.formats.entry(*format).or_default() += count;
        }
    }
}

impl Arrays {
    fn observe(&mut self, items: &[Node<'_>]) {
        self.count += 1;
        if items.is_empty() {
            self.empty += 1;
            return;
        }
        let shape = self.items.get_or_insert_default();
        for item in items {
            shape.observe(item);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.empty += other.empty;
        if let Some(items) = &other.items {
            self.items.get_or_insert_default().merge(items);
        }
    }
}

impl Objects {
    fn observe(&mut self, members: &[Member<'_>]) {
        self.count += 1;
        for Member { key, node, .. } in members {
            let key = key.decode();
            match self.fields.get_mut(&*key) {
                Some(field) => field.observe(node),
                None => self.fields.entry(folded(key)).or_default().observe(node),
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        for (key, field) in &other.fields {
            match self.fields.get_mut(key) {
                Some(known) => known.merge(field),
                None => {
                    self.fields.insert(key.clone(), field.clone());
                }
            }
        }
    }
}

/// The key, or [`ANY_KEY`] for one that is data: it would be a value in the lock.
fn folded(key: Cow<'_, str>) -> String {
    if text::is_data(&key) || key == ANY_KEY {
        ANY_KEY.to_owned()
    } else {
        key.into_owned()
    }
}

/// In characters.
fn length(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
