//! Amounts: from the digits of the text to a `Decimal` and back.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
use serde_json::value::RawValue;

/// Serialises a `Decimal` exactly: `#[serde(with = "reconcile_transport::decimal")]`.
///
/// Reads a JSON number, or a string that holds one without an exponent, from
/// the text itself, and keeps the scale: `30.0` stays `30.0`. What does not
/// fit exactly is an error. Writes a JSON number with the same digits.
///
/// It reads and writes the text through `RawValue`. So it works with
/// `serde_json` only, whether or not somebody's crate enables
/// `arbitrary_precision`, and not within `flatten`, untagged and internally
/// tagged types, which buffer values and lose the text.
pub mod decimal {
    use super::{Decimal, Deserializer, Serializer};

    /// Reads a number or a string.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        super::read(deserializer)
    }

    /// Writes a number.
    pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        super::write(Some(*value), serializer)
    }
}

/// The same for an `Option<Decimal>`, where `null` is `None`; an absent key is
/// too, with `#[serde(default, with = "reconcile_transport::optional_decimal")]`.
pub mod optional_decimal {
    use super::{Decimal, Deserializer, Serializer};

    /// Reads a number, a string or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Decimal>, D::Error> {
        super::read_optional(deserializer)
    }

    /// Writes a number or null.
    pub fn serialize<S: Serializer>(
        value: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        super::write(*value, serializer)
    }
}

/// An amount that the gateway writes as text: `"10.00"`, not `10.00`.
///
/// Reads exactly what [`decimal`] reads, under the same rules; an empty text is
/// no amount and an error. Writes a JSON string with the same digits and scale.
/// Reading goes through `RawValue`, with the limits told at [`decimal`].
pub mod decimal_text {
    use super::{Decimal, Deserializer, Serializer};

    /// Reads a string or a number.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        super::read(deserializer)
    }

    /// Writes a string.
    pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }
}

/// The same for an `Option<Decimal>`, where `null` is `None`; an absent key is
/// too, with `#[serde(default, with = "reconcile_transport::optional_decimal_text")]`.
///
/// An empty text is an error here too: were it `None`, it would be written
/// back as something else.
pub mod optional_decimal_text {
    use super::{Decimal, Deserializer, Serializer};

    /// Reads a string, a number or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Decimal>, D::Error> {
        super::read_optional(deserializer)
    }

    /// Writes a string or null.
    pub fn serialize<S: Serializer>(
        value: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_none(),
        }
    }
}

/// Why a text is no exact decimal. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecimalError {
    /// Neither a JSON number nor a string.
    Kind,
    /// Not the grammar of a JSON number: a plus sign, a blank, a separator, a leading zero.
    Grammar,
    /// A string with an exponent, which no amount has; it looks like a spreadsheet's damage.
    Exponent,
    /// More digits than a `Decimal` holds (28 or 29).
    Digits,
}

impl DecimalError {
    pub(super) const ALL: [Self; 4] = [Self::Kind, Self::Grammar, Self::Exponent, Self::Digits];

    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Kind => "expected a decimal number or a string that holds one",
            Self::Grammar => "expected a decimal number in plain notation",
            Self::Exponent => "expected a decimal string without an exponent",
            Self::Digits => "expected a decimal number of at most 28 digits",
        }
    }
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for DecimalError {}

/// Parses a JSON number (RFC 8259, section 6) exactly, exponent included.
///
/// `1e-7` is `0.0000001`, `1E3` is `1000`, `30.0` keeps its scale. A number
/// that has no exact `Decimal` is an error; nothing is rounded.
pub fn parse_decimal(text: &str) -> Result<Decimal, DecimalError> {
    let number = Number::parse(text).ok_or(DecimalError::Grammar)?;
    let plain = match number.exponent {
        None => text.to_owned(),
        Some(exponent) => number.without_exponent(exponent)?,
    };
    Decimal::from_str_exact(&plain).map_err(|_| DecimalError::Digits)
}

/// The parts of a JSON number.
struct Number<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: Option<&'a str>,
}

impl<'a> Number<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (text, None),
        };
        let (negative, unsigned) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (unsigned, ""),
        };
        let whole_is_plain = is_digits(whole) && (whole == "0" || !whole.starts_with('0'));
        let exponent_is_plain =
            exponent.is_none_or(|text| is_digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
        (whole_is_plain && exponent_is_plain).then_some(Self {
            negative,
            whole,
            fraction,
            exponent,
        })
    }

    /// Moves the point by the exponent, in the text.
    fn without_exponent(&self, exponent: &str) -> Result<String, DecimalError> {
        // A `Decimal` has at most 29 digits and a scale of at most 28, so an
        // exponent beyond this cannot fit, and must not make a long text.
        const WIDEST: i32 = 64;
        let shift: i32 = exponent.parse().map_err(|_| DecimalError::Digits)?;
        if !(-WIDEST..=WIDEST).contains(&shift) {
            return Err(DecimalError::Digits);
        }
        let distance = usize::try_from(shift.unsigned_abs()).unwrap_or_default();
        let zeros = "0".repeat(distance);
        let (whole, fraction) = if shift < 0 {
            let whole = format!("{zeros}{}", self.whole);
            let (whole, moved) = whole.split_at(whole.len() - distance);
            (whole.to_owned(), format!("{moved}{}", self.fraction))
        } else {
            let fraction = format!("{}{zeros}", self.fraction);
            let (moved, rest) = fraction.split_at(distance);
            let kept = rest
                .get(..self.fraction.len().saturating_sub(distance))
                .unwrap_or_default();
            (format!("{}{moved}", self.whole), kept.to_owned())
        };
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            digits => digits,
        };
        let sign = if self.negative { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        Ok(format!("{sign}{whole}{point}{fraction}"))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    parse_raw(&raw).map_err(D::Error::custom)
}

fn read_optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    raw.as_deref()
        .map(parse_raw)
        .transpose()
        .map_err(D::Error::custom)
}

fn parse_raw(raw: &RawValue) -> Result<Decimal, DecimalError> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => parse_decimal(text),
        Some(b'"') => {
            let text: String = serde_json::from_str(text).map_err(|_| DecimalError::Grammar)?;
            match Number::parse(&text) {
                Some(Number {
                    exponent: Some(_), ..
                }) => Err(DecimalError::Exponent),
                _ => parse_decimal(&text),
            }
        }
        _ => Err(DecimalError::Kind),
    }
}

fn write<S: Serializer>(value: Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(value) = value else {
        return serializer.serialize_none();
    };
    RawValue::from_string(value.to_string())
        .map_err(S::Error::custom)?
        .serialize(serializer)
}
