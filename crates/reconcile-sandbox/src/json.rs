//! JSON objects straight to bytes, field by field in the documented order.
//!
//! The sandbox does not serialise through a model, because it must control
//! what a model hides: the order of the keys, the lexemes of the numbers, and
//! how a gateway may deviate in both.

use std::io::Write as _;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::faults::{FaultKind, Faults};
use crate::money::Cents;

/// How a gateway writes its objects.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    /// Whole amounts as `10` instead of `10.0`.
    integers: bool,
    null_optionals: bool,
    unknown_fields: bool,
    pub(crate) shuffle_keys: bool,
}

impl Style {
    pub(crate) fn new(faults: &Faults) -> Self {
        Self {
            integers: faults.is_on(FaultKind::Integers),
            null_optionals: faults.is_on(FaultKind::NullOptionals),
            unknown_fields: faults.is_on(FaultKind::UnknownFields),
            shuffle_keys: faults.is_on(FaultKind::ShuffleKeys),
        }
    }
}

/// An object that is being written; [`close`](Self::close) ends it. Keys must
/// need no escape, as all of the sandbox's own do.
pub(crate) struct Object<'a> {
    out: &'a mut Vec<u8>,
    style: Style,
    start: usize,
    /// Where the fields start, kept only to shuffle them.
    fields: Vec<usize>,
}

impl<'a> Object<'a> {
    pub(crate) fn open(out: &'a mut Vec<u8>, style: Style) -> Self {
        let start = out.len();
        Self {
            out,
            style,
            start,
            fields: Vec::new(),
        }
    }

    pub(crate) fn integer(&mut self, key: &str, value: impl Into<i128>) {
        self.key(key);
        // Writing to a `Vec` cannot fail.
        let _ = write!(self.out, "{}", value.into());
    }

    pub(crate) fn boolean(&mut self, key: &str, value: bool) {
        self.raw(key, if value { "true" } else { "false" });
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        // Writing to a `Vec` cannot fail.
        let _ = serde_json::to_writer(&mut *self.out, value);
    }

    /// As [`text`](Self::text), of a field that may be null.
    pub(crate) fn optional_text(&mut self, key: &str, value: &str) {
        if self.style.null_optionals {
            self.raw(key, "null");
        } else {
            self.text(key, value);
        }
    }

    pub(crate) fn instant(&mut self, key: &str, value: Timestamp) {
        self.key(key);
        let _ = write!(self.out, "\"{value}\"");
    }

    /// A float with as few decimals as the amount needs, but with one.
    pub(crate) fn amount(&mut self, key: &str, value: Cents) {
        self.key(key);
        let (sign, cents) = (if value.0 < 0 { "-" } else { "" }, value.0.unsigned_abs());
        let (whole, rest) = (cents / 100, cents % 100);
        let _ = match rest {
            0 if self.style.integers => write!(self.out, "{sign}{whole}"),
            rest if rest.is_multiple_of(10) => write!(self.out, "{sign}{whole}.{}", rest / 10),
            rest => write!(self.out, "{sign}{whole}.{rest:02}"),
        };
    }

    /// As [`amount`](Self::amount), of a field that may be null.
    pub(crate) fn optional_amount(&mut self, key: &str, value: Cents) {
        if self.style.null_optionals {
            self.raw(key, "null");
        } else {
            self.amount(key, value);
        }
    }

    /// A float with two decimals at least.
    pub(crate) fn decimal(&mut self, key: &str, value: Decimal) {
        self.key(key);
        let value = value.normalize();
        let _ = if self.style.integers || value.scale() >= 2 {
            write!(self.out, "{value}")
        } else {
            write!(self.out, "{value:.2}")
        };
    }

    /// As [`decimal`](Self::decimal), of a field that may be null.
    pub(crate) fn optional_decimal(&mut self, key: &str, value: Decimal) {
        if self.style.null_optionals {
            self.raw(key, "null");
        } else {
            self.decimal(key, value);
        }
    }

    /// A value that is JSON already.
    pub(crate) fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.out.extend_from_slice(json.as_bytes());
    }

    /// As [`raw`](Self::raw), of a field that may be null.
    pub(crate) fn optional_raw(&mut self, key: &str, json: &str) {
        self.raw(
            key,
            if self.style.null_optionals {
                "null"
            } else {
                json
            },
        );
    }

    /// A value that `write` appends.
    pub(crate) fn with(&mut self, key: &str, write: impl FnOnce(&mut Vec<u8>)) {
        self.key(key);
        write(self.out);
    }

    /// As [`with`](Self::with), of a field that may be null.
    pub(crate) fn optional_with(&mut self, key: &str, write: impl FnOnce(&mut Vec<u8>)) {
        if self.style.null_optionals {
            self.raw(key, "null");
        } else {
            self.with(key, write);
        }
    }

    /// A list whose elements `write` appends.
    pub(crate) fn array<T>(
        &mut self,
        key: &str,
        elements: &[T],
        mut write: impl FnMut(&mut Vec<u8>, &T),
    ) {
        self.with(key, |out| {
            out.push(b'[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(out, element);
            }
            out.push(b']');
        });
    }

    pub(crate) fn close(mut self) {
        if self.style.unknown_fields {
            self.raw("sandboxExtra", r#"{"since":"2026","values":[1,null,"x"]}"#);
        }
        if self.style.shuffle_keys {
            self.shuffle();
        }
        self.out.push(b'}');
    }

    fn key(&mut self, key: &str) {
        self.out.push(if self.out.len() == self.start {
            b'{'
        } else {
            b','
        });
        if self.style.shuffle_keys {
            self.fields.push(self.out.len());
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Turns the order round, from a field on that differs by object.
    fn shuffle(&mut self) {
        let written = self.out.split_off(self.start);
        let ends = self
            .fields
            .iter()
            .skip(1)
            .map(|next| next - 1)
            .chain([self.start + written.len()]);
        let spans = self.fields.iter().zip(ends);
        let mut fields: Vec<&[u8]> = spans
            .filter_map(|(from, to)| written.get(from - self.start..to - self.start))
            .collect();
        fields.reverse();
        let first = self.start % fields.len().max(1);
        fields.rotate_left(first);
        self.out.push(b'{');
        self.out.extend_from_slice(&fields.join(&b','));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(style: Style) -> String {
        let mut out = Vec::new();
        let mut object = Object::open(&mut out, style);
        object.integer("id", 7_u64);
        object.amount("whole", Cents(3_000));
        object.amount("tenths", Cents(790));
        object.amount("cents", Cents(-5));
        object.optional_text("note", "x");
        object.close();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn amounts_have_the_lexemes_of_the_samples() {
        assert_eq!(
            sample(Style::default()),
            r#"{"id":7,"whole":30.0,"tenths":7.9,"cents":-0.05,"note":"x"}"#
        );
    }

    #[test]
    fn decimals_have_two_places_at_least() {
        let written = |value: &str, style| {
            let mut out = Vec::new();
            let mut object = Object::open(&mut out, style);
            object.decimal("a", value.parse().unwrap());
            object.close();
            String::from_utf8(out).unwrap()
        };
        for (value, lexeme) in [
            ("46", "46.00"),
            ("-0.5", "-0.50"),
            ("1.005", "1.005"),
            ("100.000", "100.00"),
        ] {
            assert_eq!(
                written(value, Style::default()),
                format!(r#"{{"a":{lexeme}}}"#)
            );
        }
        let integers = Style {
            integers: true,
            ..Style::default()
        };
        assert_eq!(written("46.00", integers), r#"{"a":46}"#);
    }

    #[test]
    fn deviations_change_what_they_name() {
        let integers = Style {
            integers: true,
            ..Style::default()
        };
        assert!(sample(integers).contains(r#""whole":30,"tenths":7.9"#));
        let nulls = Style {
            null_optionals: true,
            ..Style::default()
        };
        assert!(sample(nulls).contains(r#""note":null"#));
        let shuffled = Style {
            shuffle_keys: true,
            ..Style::default()
        };
        assert_eq!(
            sample(shuffled),
            r#"{"note":"x","cents":-0.05,"tenths":7.9,"whole":30.0,"id":7}"#
        );
    }
}
