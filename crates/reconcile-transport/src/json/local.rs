//! Dates and times of a zone that the gateway does not tell.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// Reads a date and time without an offset, `2024-05-07T00:31:05.123456`:
/// `#[serde(deserialize_with = "reconcile_transport::local_datetime")]`.
///
/// `jiff` on its own takes more, and forgets the offset of what has one, or
/// makes midnight of what has no time.
///
/// # Errors
///
/// Anything else, a time with an offset or a `Z` and a date without a time included.
pub fn local_datetime<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime, D::Error> {
    Local::deserialize(deserializer).map(|Local(read)| read)
}

/// The same for an `Option`, where `null` is `None`; an absent key is too, with
/// `#[serde(default, deserialize_with = "reconcile_transport::optional_local_datetime")]`.
///
/// # Errors
///
/// As [`local_datetime`]; an empty text is one.
pub fn optional_local_datetime<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime>, D::Error> {
    let read = Option::<Local<DateTime>>::deserialize(deserializer)?;
    Ok(read.map(|Local(read)| read))
}

/// Reads a date, `2024-05-07`:
/// `#[serde(deserialize_with = "reconcile_transport::local_date")]`.
///
/// `jiff` on its own takes a date and time, too, and forgets the time.
///
/// # Errors
///
/// Anything else, a date with a time included.
pub fn local_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    Local::deserialize(deserializer).map(|Local(read)| read)
}

/// The same for an `Option`, where `null` is `None`; an absent key is too, with
/// `#[serde(default, deserialize_with = "reconcile_transport::optional_local_date")]`.
///
/// # Errors
///
/// As [`local_date`]; an empty text is one.
pub fn optional_local_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Date>, D::Error> {
    let read = Option::<Local<Date>>::deserialize(deserializer)?;
    Ok(read.map(|Local(read)| read))
}

/// What has a grammar of its own, narrower than that of its parser.
trait Civil: FromStr {
    const EXPECTED: &'static str;

    fn is_shape(text: &str) -> bool;
}

impl Civil for DateTime {
    const EXPECTED: &'static str = "a date and time without an offset";

    fn is_shape(text: &str) -> bool {
        text.split_once('T').is_some_and(|(date, time)| {
            Date::is_shape(date)
                && time
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'))
        })
    }
}

impl Civil for Date {
    const EXPECTED: &'static str = "a date without a time";

    fn is_shape(text: &str) -> bool {
        text.len() == "2024-05-07".len()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-')
    }
}

struct Local<T>(T);

impl<'de, T: Civil> Deserialize<'de> for Local<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(CivilText(PhantomData))
    }
}

struct CivilText<T>(PhantomData<T>);

impl<T: Civil> Visitor<'_> for CivilText<T> {
    type Value = Local<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Local<T>, E> {
        // The error names no value: what stands where a date should may be anything.
        let misfit = || E::invalid_value(Unexpected::Other("text"), &self);
        if !T::is_shape(text) {
            return Err(misfit());
        }
        text.parse().map(Local).map_err(|_| misfit())
    }
}
