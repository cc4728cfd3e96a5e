//! Texts as they are written.

use std::{
    borrow::Cow,
    fmt::{self, Write},
};

/// A text with its escapes as they stand. `Debug` shows its length only, since
/// a body may hold anything.
#[derive(Clone, PartialEq, Eq)]
pub struct Text<'a> {
    /// Between the quotes.
    lexeme: Cow<'a, str>,
    escaped: bool,
}

impl<'a> Text<'a> {
    /// A text to be written, escaped as little as JSON permits.
    #[must_use]
    pub fn new(text: &str) -> Text<'static> {
        let mut lexeme = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                '"' => lexeme.push_str("\\\""),
                '\\' => lexeme.push_str("\\\\"),
                '\n' => lexeme.push_str("\\n"),
                '\r' => lexeme.push_str("\\r"),
                '\t' => lexeme.push_str("\\t"),
                other if u32::from(other) < 0x20 => {
                    // Writing to a `String` cannot fail.
                    let _ = write!(lexeme, "\\u{:04x}", u32::from(other));
                }
                other => lexeme.push(other),
            }
        }
        Text {
            escaped: lexeme.contains('\\'),
            lexeme: Cow::Owned(lexeme),
        }
    }

    /// What the reader found between two quotes and checked.
    pub(super) const fn from_lexeme(lexeme: &'a str, escaped: bool) -> Self {
        Self {
            lexeme: Cow::Borrowed(lexeme),
            escaped,
        }
    }

    /// The same text, escapes included, without what it was read from.
    #[must_use]
    pub fn to_static(&self) -> Text<'static> {
        Text {
            lexeme: Cow::Owned(self.lexeme.clone().into_owned()),
            escaped: self.escaped,
        }
    }

    /// The text as it is written, without the quotes.
    #[must_use]
    pub fn lexeme(&self) -> &str {
        &self.lexeme
    }

    /// The text that is meant.
    #[must_use]
    pub fn decode(&self) -> Cow<'_, str> {
        if self.escaped {
            Cow::Owned(unescape(&self.lexeme))
        } else {
            Cow::Borrowed(&self.lexeme)
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.lexeme.len())
    }
}

/// Undoes the escapes, which the reader has found to be sound.
fn unescape(lexeme: &str) -> String {
    let mut text = String::with_capacity(lexeme.len());
    let mut characters = lexeme.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => text.extend(code_point(&mut characters)),
            Some(itself) => text.push(itself),
            None => {}
        }
    }
    text
}

/// The character after `\u`: four digits, or a pair of surrogates.
fn code_point(characters: &mut std::str::Chars<'_>) -> Option<char> {
    let high = unit(characters)?;
    if !(0xD800..=0xDBFF).contains(&high) {
        return char::from_u32(high);
    }
    // The second half has its own `\u`.
    characters.nth(1)?;
    let low = unit(characters)?;
    char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + low.checked_sub(0xDC00)?)
}

fn unit(characters: &mut std::str::Chars<'_>) -> Option<u32> {
    let mut unit = 0;
    for _ in 0..4 {
        unit = unit * 16 + characters.next()?.to_digit(16)?;
    }
    Some(unit)
}
