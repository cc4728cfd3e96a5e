//! From text to values.

use std::borrow::Cow;

use super::{MAX_DEPTH, Member, Node, Position, SyntaxError, Text, Value};

/// Reads one JSON value, which must be all there is.
///
/// The nodes borrow from `input`.
pub fn read(input: &(impl AsRef<[u8]> + ?Sized)) -> Result<Node<'_>, SyntaxError> {
    let text = utf8(input.as_ref())?;
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
    };
    reader.skip_blanks();
    let node = reader.node("a value")?;
    reader.skip_blanks();
    if reader.peek().is_some() {
        return Err(reader.unexpected("the end of the text"));
    }
    Ok(node)
}

fn utf8(bytes: &[u8]) -> Result<&str, SyntaxError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let valid = std::str::from_utf8(valid).unwrap_or_default();
        SyntaxError {
            position: Position::of(valid, valid.len()),
            expected: "UTF-8",
            found: "a byte that is none",
        }
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn node(&mut self, expected: &'static str) -> Result<Node<'a>, SyntaxError> {
        let offset = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::Text(self.text()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(Cow::Borrowed(self.number()?)),
            Some(b't') => self.word("true", Value::Bool(true), expected)?,
            Some(b'f') => self.word("false", Value::Bool(false), expected)?,
            Some(b'n') => self.word("null", Value::Null, expected)?,
            _ => return Err(self.unexpected(expected)),
        };
        Ok(Node { value, offset })
    }

    fn nested(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<Value<'a>, SyntaxError>,
    ) -> Result<Value<'a>, SyntaxError> {
        if self.depth == MAX_DEPTH {
            return Err(self.unexpected("at most 64 levels of nesting"));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_blanks();
        let value = inner(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value<'a>, SyntaxError> {
        let mut members = Vec::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        let mut expected = "a key or '}'";
        loop {
            members.push(self.member(expected)?);
            self.skip_blanks();
            if self.take(b'}') {
                break;
            }
            self.require(b',', "',' or '}'")?;
            self.skip_blanks();
            expected = "a key";
        }
        self.refuse_duplicates(&members)?;
        Ok(Value::Object(members))
    }

    fn member(&mut self, expected: &'static str) -> Result<Member<'a>, SyntaxError> {
        let offset = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected(expected));
        }
        let key = self.text()?;
        self.skip_blanks();
        self.require(b':', "':'")?;
        self.skip_blanks();
        let node = self.node("a value")?;
        Ok(Member { key, offset, node })
    }

    fn array(&mut self) -> Result<Value<'a>, SyntaxError> {
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        let mut expected = "a value or ']'";
        loop {
            items.push(self.node(expected)?);
            self.skip_blanks();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            self.require(b',', "',' or ']'")?;
            self.skip_blanks();
            expected = "a value";
        }
    }

    /// Two keys are the same when their texts are, however they are escaped.
    fn refuse_duplicates(&self, members: &[Member<'a>]) -> Result<(), SyntaxError> {
        let mut keys: Vec<(Cow<'_, str>, usize)> = members
            .iter()
            .map(|member| (member.key.decode(), member.offset))
            .collect();
        keys.sort_unstable();
        let again = keys
            .windows(2)
            .filter_map(|pair| match pair {
                [(first, _), (second, offset)] if first == second => Some(*offset),
                _ => None,
            })
            .min();
        again.map_or(Ok(()), |offset| {
            Err(SyntaxError {
                position: Position::of(self.text, offset),
                expected: "a key that the object does not have yet",
                found: "one that it has",
            })
        })
    }

    fn text(&mut self) -> Result<Text<'a>, SyntaxError> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += self
                .rest()
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
                .unwrap_or(self.rest().len());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.unexpected("control characters to be escaped")),
                None => return Err(self.unexpected("the quote that ends the text")),
            }
            escaped = true;
        }
        let raw = self.since(start);
        self.at += 1;
        Ok(Text::from_lexeme(raw, escaped))
    }

    fn escape(&mut self) -> Result<(), SyntaxError> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => match self.unit()? {
                0xD800..=0xDBFF => self.low_surrogate()?,
                0xDC00..=0xDFFF => {
                    return Err(self.surprise("a high surrogate first", "a low one"));
                }
                _ => {}
            },
            _ => return Err(self.unexpected("one of \" \\ / b f n r t u after '\\'")),
        }
        Ok(())
    }

    fn low_surrogate(&mut self) -> Result<(), SyntaxError> {
        const EXPECTED: &str = "the low surrogate of a pair";
        if !self.take(b'\\') || self.peek() != Some(b'u') {
            return Err(self.unexpected(EXPECTED));
        }
        if matches!(self.unit()?, 0xDC00..=0xDFFF) {
            Ok(())
        } else {
            Err(self.surprise(EXPECTED, "another escape"))
        }
    }

    /// The four hexadecimal digits after a `u`.
    fn unit(&mut self) -> Result<u32, SyntaxError> {
        self.at += 1;
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let digit = digit.ok_or_else(|| self.unexpected("four hexadecimal digits"))?;
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Result<&'a str, SyntaxError> {
        let start = self.at;
        self.take(b'-');
        if self.take(b'0') {
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.surprise("a number without leading zeros", "another digit"));
            }
        } else {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(self.since(start))
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.unexpected("a digit"));
        }
        Ok(())
    }

    fn word(
        &mut self,
        word: &str,
        value: Value<'a>,
        expected: &'static str,
    ) -> Result<Value<'a>, SyntaxError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.unexpected(expected));
        }
        self.at += word.len();
        Ok(value)
    }

    fn require(&mut self, byte: u8, expected: &'static str) -> Result<(), SyntaxError> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(self.unexpected(expected))
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn unexpected(&self, expected: &'static str) -> SyntaxError {
        self.surprise(expected, describe(self.text, self.at))
    }

    fn surprise(&self, expected: &'static str, found: &'static str) -> SyntaxError {
        SyntaxError {
            position: Position::of(self.text, self.at),
            expected,
            found,
        }
    }
}

/// The kind of thing at `at`; punctuation itself, since it is no data.
fn describe(text: &str, at: usize) -> &'static str {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#') {
        return "a comment";
    }
    match rest.chars().next() {
        None => "the end of the text",
        Some('\u{feff}') => "a byte-order mark",
        Some('{') => "'{'",
        Some('}') => "'}'",
        Some('[') => "'['",
        Some(']') => "']'",
        Some(',') => "','",
        Some(':') => "':'",
        Some('"') => "a text",
        Some('\'') => "a single quote",
        Some('\n' | '\r') => "the end of the line",
        Some('-' | '0'..='9') => "a number",
        Some(other) if other.is_control() => "a control character",
        Some(other) if other.is_alphabetic() => "a word",
        Some(_) => "another character",
    }
}
