//! What a text looks like.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use serde::{Deserialize, Serialize};

/// The format of a text that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Format {
    /// A UUID in its usual form.
    Uuid,
    /// RFC 3339 with an offset, and how many digits its fraction has.
    Instant(u8),
    /// The same without an offset.
    LocalDatetime(u8),
    /// `2026-01-31`.
    Date,
    /// Digits only.
    Digits,
    /// Digits, a point, digits; perhaps negative.
    Decimal,
    /// Pairs of hexadecimal digits, not all of them decimal.
    Hex,
    /// Capitals, digits and underscores: `ON_HOLD`.
    Token,
    /// What could be an e-mail address.
    Email,
    /// `http://` or `https://`.
    Url,
    /// Anything else.
    Other,
}

impl Format {
    /// The format of a text that is not empty.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let only = |kind: fn(&u8) -> bool| bytes.iter().all(kind);
        if only(u8::is_ascii_digit) {
            Self::Digits
        } else if is_decimal(text) {
            Self::Decimal
        } else if let Some(time) = time(text) {
            time
        } else if is_uuid(bytes) {
            Self::Uuid
        } else if only(u8::is_ascii_hexdigit)
            && bytes.len().is_multiple_of(2)
            && bytes.iter().any(u8::is_ascii_digit)
        {
            Self::Hex
        } else if only(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')) {
            Self::Token
        } else if text.starts_with("https://") || text.starts_with("http://") {
            Self::Url
        } else if is_email(text) {
            Self::Email
        } else {
            Self::Other
        }
    }

    /// Whether it is an instant, of any fraction.
    #[must_use]
    pub const fn is_instant(self) -> bool {
        matches!(self, Self::Instant(_))
    }

    /// Whether it is a date and time without an offset, of any fraction.
    #[must_use]
    pub const fn is_local_datetime(self) -> bool {
        matches!(self, Self::LocalDatetime(_))
    }
}

/// Whether a key is an item of data rather than the name of a field.
pub(super) fn is_data(key: &str) -> bool {
    let bytes = key.as_bytes();
    let digit_run = bytes
        .split(|byte| !byte.is_ascii_digit())
        .map(<[u8]>::len)
        .max();
    // No field is called by six digits; `iso20022` has five.
    digit_run.is_some_and(|run| run >= 6)
        || bytes.len() > 64
        || (!key.is_empty()
            && match Format::of(key) {
                Format::Hex => bytes.len() >= 16,
                Format::Token | Format::Other => false,
                _ => true,
            })
}

fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    unsigned
        .split_once('.')
        .is_some_and(|(whole, fraction)| digits(whole) && digits(fraction))
}

/// Only the form of RFC 3339, although jiff reads more, and only what jiff reads.
fn time(text: &str) -> Option<Format> {
    let bytes = text.as_bytes();
    let fits = |pattern: &[u8], at: usize| {
        let part = bytes.get(at..at + pattern.len());
        part.is_some_and(|part| {
            part.iter()
                .zip(pattern)
                .all(|(byte, wanted)| byte == wanted || (*wanted == b'0' && byte.is_ascii_digit()))
        })
    };
    if !fits(b"0000-00-00", 0) {
        return None;
    }
    if bytes.len() == 10 {
        return text.parse::<Date>().is_ok().then_some(Format::Date);
    }
    if !fits(b"T00:00:00", 10) {
        return None;
    }
    let after = text.get(19..)?;
    let fraction = after.strip_prefix('.').map_or("", |fraction| {
        let end = fraction.find(|c: char| !c.is_ascii_digit());
        fraction.get(..end.unwrap_or(fraction.len())).unwrap_or("")
    });
    let digits = u8::try_from(fraction.len()).ok()?;
    let zone = if digits == 0 {
        after
    } else {
        after.get(fraction.len() + 1..)?
    };
    let offset_at = bytes.len() - zone.len();
    let is_offset = zone == "Z"
        || (zone.len() == 6 && (fits(b"+00:00", offset_at) || fits(b"-00:00", offset_at)));
    if zone.is_empty() && text.parse::<DateTime>().is_ok() {
        Some(Format::LocalDatetime(digits))
    } else if is_offset && text.parse::<Timestamp>().is_ok() {
        Some(Format::Instant(digits))
    } else {
        None
    }
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(index, byte)| {
            if matches!(index, 8 | 13 | 18 | 23) {
                *byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

fn is_email(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && text
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && host.contains('.'))
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uuid => "uuid",
            Self::Instant(digits) => return write!(f, "instant.{digits}"),
            Self::LocalDatetime(digits) => return write!(f, "local_datetime.{digits}"),
            Self::Date => "date",
            Self::Digits => "digits",
            Self::Decimal => "decimal",
            Self::Hex => "hex",
            Self::Token => "token",
            Self::Email => "email",
            Self::Url => "url",
            Self::Other => "other",
        })
    }
}

impl From<Format> for String {
    fn from(format: Format) -> Self {
        format.to_string()
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || format!("`{text}` is no format of a text");
        if let Some((name, digits)) = text.split_once('.') {
            let digits = digits.parse().map_err(|_| unknown())?;
            return match name {
                "instant" => Ok(Self::Instant(digits)),
                "local_datetime" => Ok(Self::LocalDatetime(digits)),
                _ => Err(unknown()),
            };
        }
        Ok(match text {
            "uuid" => Self::Uuid,
            "date" => Self::Date,
            "digits" => Self::Digits,
            "decimal" => Self::Decimal,
            "hex" => Self::Hex,
            "token" => Self::Token,
            "email" => Self::Email,
            "url" => Self::Url,
            "other" => Self::Other,
            _ => return Err(unknown()),
        })
    }
}

impl TryFrom<String> for Format {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
