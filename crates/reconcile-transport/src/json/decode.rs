//! Decoding with the path of what does not fit, and without its value.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_path_to_error::{Path, Segment};

use super::amount::DecimalError;
use crate::error::{Error, ErrorKind};

/// The deepest nesting that [`decode`] accepts; no gateway's answer comes near.
pub const MAX_DEPTH: usize = 64;

/// Decodes a body.
///
/// A type that borrows from the body works too: an envelope whose elements are
/// `&RawValue` is decoded strictly, and each element then on its own with
/// [`decode_row`], so that one odd record is one error and the page survives.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`], or [`ErrorKind::Decode`] with the path.
pub fn decode<'de, T: Deserialize<'de>>(
    operation: &'static str,
    body: &'de [u8],
) -> Result<T, Error> {
    check_depth(body, MAX_DEPTH).map_err(|error| error.with_operation(operation))?;
    Ok(parse(operation, body)?)
}

/// Decodes one element of a page; `index` is its place in the page, from 0.
pub fn decode_row<'de, T: Deserialize<'de>>(
    operation: &'static str,
    index: usize,
    row: &'de RawValue,
) -> Result<T, DecodeError> {
    parse(operation, row.get().as_bytes()).map_err(|mut error| {
        error.index = Some(index);
        error
    })
}

/// Refuses a body that nests deeper than `max`, without parsing it.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`].
pub fn check_depth(body: &[u8], max: usize) -> Result<(), Error> {
    Nesting::of(body).check(max)
}

/// How deep a body nests, and whether all that it opens is closed.
pub(crate) struct Nesting {
    deepest: usize,
    open_at_end: bool,
}

impl Nesting {
    pub(crate) fn of(body: &[u8]) -> Self {
        let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
        for byte in body {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        Self {
            deepest,
            open_at_end: in_string || depth > 0,
        }
    }

    pub(crate) fn check(&self, max: usize) -> Result<(), Error> {
        if self.deepest > max {
            let message = format!("JSON deeper than {max} levels");
            return Err(Error::new(ErrorKind::TooDeep, message));
        }
        Ok(())
    }

    /// Whether the body ends within a value: so does one that ends with the
    /// connection, has no other end, and was cut short.
    pub(crate) fn is_cut(&self) -> bool {
        self.open_at_end
    }
}

/// A body, or one record of it, that is not what was expected.
///
/// It tells where, what was expected and what kind of value is there, but never
/// the value: a body holds names, documents and amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    operation: &'static str,
    page: Option<u64>,
    index: Option<usize>,
    path: String,
    expected: String,
    found: Option<JsonKind>,
    line: usize,
    column: usize,
}

impl DecodeError {
    /// The same error with the page it happened on.
    #[must_use]
    pub fn with_page(mut self, page: u64) -> Self {
        self.page = Some(page);
        self
    }

    /// The operation that was answered.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The page, from 0, where it was told.
    #[must_use]
    pub fn page(&self) -> Option<u64> {
        self.page
    }

    /// The record's place in the page, from 0; `None` when the envelope is at fault.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The path within the record or body, for example `fee.amount`; `.` is the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong, for example "expected u64".
    #[must_use]
    pub fn message(&self) -> &str {
        &self.expected
    }

    /// What kind of value is there.
    #[must_use]
    pub fn found(&self) -> Option<JsonKind> {
        self.found
    }

    /// What was expected and what kind of value is there, without the place.
    #[must_use]
    pub fn reason(&self) -> String {
        match self.found {
            Some(found) => format!("{}, found {found}", self.expected),
            None => self.expected.clone(),
        }
    }

    /// Line and column within the record or body, from 1.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        (self.line, self.column)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: unexpected JSON", self.operation)?;
        if let Some(page) = self.page {
            write!(f, ", page {page}")?;
        }
        if let Some(index) = self.index {
            write!(f, ", record {index}")?;
        }
        write!(
            f,
            " at {} (line {}, column {}): {}",
            self.path, self.line, self.column, self.expected
        )?;
        if let Some(found) = self.found {
            write!(f, ", found {found}")?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}

/// The kind of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are JSON's own")]
pub enum JsonKind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        })
    }
}

fn parse<'de, T: Deserialize<'de>>(
    operation: &'static str,
    text: &'de [u8],
) -> Result<T, DecodeError> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| decode_error(operation, text, error.path(), error.inner()))?;
    let root: Path = serde_path_to_error::Track::new().path();
    deserializer
        .end()
        .map_err(|error| decode_error(operation, text, &root, &error))?;
    Ok(value)
}

fn decode_error(
    operation: &'static str,
    text: &[u8],
    path: &Path,
    error: &serde_json::Error,
) -> DecodeError {
    DecodeError {
        operation,
        page: None,
        index: None,
        path: path.to_string(),
        expected: expectation(error),
        found: kind_at(text, path),
        line: error.line(),
        column: error.column(),
    }
}

/// What was expected, in words that hold nothing of the body.
///
/// serde's messages repeat the value (`invalid type: string "…", expected u64`),
/// and those of other crates may; so only what is known to come from our own
/// types is kept.
fn expectation(error: &serde_json::Error) -> String {
    if error.is_syntax() {
        return "expected well-formed JSON".to_owned();
    }
    if error.is_eof() {
        return "the text ends early".to_owned();
    }
    let message = error.to_string();
    if let Some(known) = DecimalError::ALL
        .into_iter()
        .find(|known| message.starts_with(known.message()))
    {
        return known.message().to_owned();
    }
    // serde_json appends the position, which is told apart.
    let message = message
        .rfind(" at line ")
        .and_then(|end| message.get(..end))
        .unwrap_or(&message);
    let is = |prefix: &str| message.starts_with(prefix);
    if is("missing field `") || is("duplicate field `") {
        return message.to_owned();
    }
    let misfit = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant `",
    ]
    .into_iter()
    .any(is);
    if let Some((_, expected)) = message.rsplit_once(", expected ").filter(|_| misfit) {
        return format!("expected {expected}");
    }
    if is("unknown field `") {
        return "unknown field".to_owned();
    }
    "the value does not fit its type".to_owned()
}

/// The kind of the value at the path, found by reading the text once more.
fn kind_at(text: &[u8], path: &Path) -> Option<JsonKind> {
    let root: serde_json::Value = serde_json::from_slice(text).ok()?;
    let mut value = &root;
    for segment in path {
        value = match segment {
            Segment::Seq { index } => value.get(*index)?,
            Segment::Map { key } => value.get(key.as_str())?,
            Segment::Enum { .. } | Segment::Unknown => return None,
        };
    }
    Some(match value {
        serde_json::Value::Null => JsonKind::Null,
        serde_json::Value::Bool(_) => JsonKind::Boolean,
        serde_json::Value::Number(_) => JsonKind::Number,
        serde_json::Value::String(_) => JsonKind::String,
        serde_json::Value::Array(_) => JsonKind::Array,
        serde_json::Value::Object(_) => JsonKind::Object,
    })
}
