//! The settings of a mapping that are more than a word, as the rules file writes them.

use std::{collections::BTreeMap, fmt};

use jiff::{
    civil::{Time, date},
    fmt::strtime,
    tz::TimeZone,
};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess},
};

pub(super) fn separator<'de, D: Deserializer<'de>>(deserializer: D) -> Result<char, D::Error> {
    let text = String::deserialize(deserializer)?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(separator), None) if !separator.is_ascii_digit() && !"+-".contains(separator) => {
            Ok(separator)
        }
        _ => Err(de::Error::custom(format_args!(
            "`{text}` is not one character that can separate digits"
        ))),
    }
}

pub(super) fn optional_separator<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<char>, D::Error> {
    separator(deserializer).map(Some)
}

pub(super) fn delimiter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(*byte),
        _ => Err(de::Error::custom(format_args!(
            "`{text}` is not one ASCII character that can separate columns"
        ))),
    }
}

pub(super) fn zone<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<TimeZone>, D::Error> {
    let name = String::deserialize(deserializer)?;
    TimeZone::get(&name)
        .map(Some)
        .map_err(|_| de::Error::custom(format_args!("`{name}` is not an IANA time zone")))
}

/// A time of day, to the minute or the second.
pub(super) fn cutoff<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time = ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|pattern| Time::strptime(pattern, &text).ok());
    match time {
        None => Err(de::Error::custom(format_args!(
            "`{text}` is not a time of day (23:30)"
        ))),
        Some(Time::MIN) => Err(de::Error::custom(
            "from midnight on, an instant counts for the day that begins: no cutoff says so",
        )),
        time => Ok(time),
    }
}

/// A list of columns, or a table of names and their columns.
pub(super) fn attributes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    struct Visitor;

    impl<'de> de::Visitor<'de> for Visitor {
        type Value = BTreeMap<String, String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of columns, or a table of names and columns")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut columns = BTreeMap::new();
            while let Some(column) = list.next_element::<String>()? {
                columns.insert(column.clone(), column);
            }
            Ok(columns)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Self::Value, A::Error> {
            let mut columns = BTreeMap::new();
            while let Some((name, column)) = table.next_entry()? {
                columns.insert(name, column);
            }
            Ok(columns)
        }
    }

    deserializer.deserialize_any(Visitor)
}

/// A pattern is sound when a day that is written with it reads back, and the hour
/// where it has one: `%I` alone takes the evening for the morning.
pub(super) fn date_format<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let pattern = String::deserialize(deserializer)?;
    let day = date(2026, 10, 31).at(14, 15, 16, 0);
    let written = day
        .to_zoned(TimeZone::UTC)
        .and_then(|instant| strtime::format(&pattern, &instant));
    let read = written.and_then(|text| strtime::parse(&pattern, text));
    let read_day = read.as_ref().ok().and_then(|read| read.to_date().ok());
    if read_day != Some(day.date()) {
        return Err(de::Error::custom(format_args!(
            "`{pattern}` is not a pattern of year, month and day"
        )));
    }
    let timed = read.ok().filter(|read| read.hour().is_some());
    let time = timed.and_then(|read| read.to_time().ok());
    if time.is_some_and(|time| time.hour() != day.hour()) {
        return Err(de::Error::custom(format_args!(
            "`{pattern}` does not tell the morning from the evening: %I needs %p"
        )));
    }
    Ok(Some(pattern))
}
