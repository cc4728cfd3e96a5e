//! Instants, written with the precision that a gateway writes.

use std::fmt;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

/// An instant of a gateway that writes milliseconds: `#[serde(with =
/// "reconcile_transport::instant_millis")]` on a `jiff::Timestamp`.
///
/// Reads RFC 3339 text with any offset and any fraction down to nanoseconds; a
/// time without an offset is no instant and an error. Writes UTC with exactly
/// three digits of the second's fraction, `2022-10-19T13:38:46.000Z`, or with
/// all of them where the instant is finer than that, so that none is lost.
pub mod instant_millis {
    use super::{Deserialize as _, Deserializer, Millis, Serialize as _, Serializer, Timestamp};

    /// Reads text.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Millis::deserialize(deserializer).map(|Millis(instant)| instant)
    }

    /// Writes text, in UTC.
    pub fn serialize<S: Serializer>(value: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        Millis(*value).serialize(serializer)
    }
}

/// The same for an `Option<Timestamp>`, where `null` is `None`; an absent key is
/// too, with `#[serde(default, with = "reconcile_transport::optional_instant_millis")]`.
/// An empty text is an error.
pub mod optional_instant_millis {
    use super::{Deserialize as _, Deserializer, Millis, Serialize as _, Serializer, Timestamp};

    /// Reads text or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let instant = Option::<Millis>::deserialize(deserializer)?;
        Ok(instant.map(|Millis(instant)| instant))
    }

    /// Writes text, in UTC, or null.
    pub fn serialize<S: Serializer>(
        value: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(Millis).serialize(serializer)
    }
}

/// Reads an instant, `2022-10-19T13:38:46Z`, which is written with as many digits
/// of the second's fraction as it needs:
/// `#[serde(deserialize_with = "reconcile_transport::instant")]`.
///
/// It reads what `jiff` does; its error tells what was expected, and no value.
///
/// # Errors
///
/// What is no RFC 3339 text with an offset.
pub fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    instant_millis::deserialize(deserializer)
}

/// The same for an `Option`, where `null` is `None`; an absent key is too, with
/// `#[serde(default, deserialize_with = "reconcile_transport::optional_instant")]`.
///
/// # Errors
///
/// As [`instant`]; an empty text is one.
pub fn optional_instant<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    optional_instant_millis::deserialize(deserializer)
}

struct Millis(Timestamp);

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(instant) = self;
        if instant.subsec_nanosecond() % 1_000_000 == 0 {
            serializer.collect_str(&format_args!("{instant:.3}"))
        } else {
            serializer.collect_str(instant)
        }
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(InstantText)
    }
}

struct InstantText;

impl Visitor<'_> for InstantText {
    type Value = Millis;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instant in RFC 3339, with an offset")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Millis, E> {
        // The error names no value: what stands where an instant should may be anything.
        text.parse()
            .map(Millis)
            .map_err(|_| E::invalid_value(Unexpected::Other("text"), &self))
    }
}
