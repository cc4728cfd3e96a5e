//! JSON as it stands: number lexemes, the escapes of texts and the order of
//! keys survive reading and writing.
//!
//! `serde_json` keeps these only with features that change every crate of the
//! build (`arbitrary_precision`, `preserve_order`), and it hides duplicate
//! keys. Hence a reader of our own, as strict as RFC 8259 and stricter: no
//! byte-order mark, no duplicate keys, no lone surrogates, at most
//! [`MAX_DEPTH`] levels.

mod read;
mod text;
mod write;

use std::{borrow::Cow, fmt};

pub use read::read;
pub use text::Text;
pub use write::{write, write_within};

/// How many arrays and objects may enclose one another.
pub const MAX_DEPTH: usize = 64;

/// One value, and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// The value.
    pub value: Value<'a>,
    /// The byte at which it begins; [`Position::of`] makes a line and a column
    /// of it.
    pub offset: usize,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(Cow<'a, str>),
    /// A text.
    Text(Text<'a>),
    /// An array.
    Array(Vec<Node<'a>>),
    /// An object, in the order of its keys.
    Object(Vec<Member<'a>>),
}

/// One key of an object with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The key.
    pub key: Text<'a>,
    /// The byte at which the key begins.
    pub offset: usize,
    /// The value.
    pub node: Node<'a>,
}

impl<'a> Node<'a> {
    /// The value of a key; nothing where this is no object or the key is not in it.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<&Node<'a>> {
        self.members()
            .iter()
            .find_map(|member| (member.key.decode() == key).then_some(&member.node))
    }

    /// The members of an object; none for anything else.
    #[must_use]
    pub fn members(&self) -> &[Member<'a>] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of an array; none for anything else.
    #[must_use]
    pub fn items(&self) -> &[Node<'a>] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }
}

impl<'a> From<Value<'a>> for Node<'a> {
    /// A value that was not read, so that it has no place.
    fn from(value: Value<'a>) -> Self {
        Self { value, offset: 0 }
    }
}

impl Value<'_> {
    /// What kind of value it is, in words for a message.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// A place in a text, as editors count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl Position {
    /// The place of a byte of `text`; the end where the text is shorter.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before
                .get(line_start..)
                .map_or(0, |line| line.chars().count())
                + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a text is not the JSON that [`read`] takes. It says what stands there in
/// kind only, never the value, which may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{position}: expected {expected}, found {found}")]
pub struct SyntaxError {
    /// Where.
    pub position: Position,
    /// What may stand there.
    pub expected: &'static str,
    /// What does.
    pub found: &'static str,
}
