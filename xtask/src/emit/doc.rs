//! Documentation, in lines of the length that people write.

use proc_macro2::TokenStream;
use quote::quote;

/// The longest line of documentation, with its indent and `/// `.
const WIDTH: usize = 80;

/// What is documented, which decides how far in it stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Level {
    /// A struct or an enum.
    Item,
    /// A field or a variant.
    Member,
}

/// One attribute a line: of several lines in one, `prettyplease` would make a
/// block comment.
pub(super) fn doc(text: &str, level: Level) -> TokenStream {
    let room = match level {
        Level::Item => WIDTH - "/// ".len(),
        Level::Member => WIDTH - "    /// ".len(),
    };
    let lines = text.lines().flat_map(|line| wrap(line, room));
    let lines = lines.map(|line| match line.as_str() {
        "" => line,
        _ => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// A paragraph as lines, each as full as it gets; one that is empty stays.
fn wrap(paragraph: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words(paragraph) {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(&word),
            Some(line) if line.chars().count() + 1 + length <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// What may not be parted: words, and what stands between backticks.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut within_code = false;
    for part in text.split_whitespace() {
        match words.last_mut() {
            Some(code) if within_code => {
                code.push(' ');
                code.push_str(part);
            }
            _ => words.push(part.to_owned()),
        }
        within_code ^= part.matches('`').count() % 2 == 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_full_as_they_get() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 6), ["one", "two", "three"]);
        assert_eq!(wrap("", 6), [""]);
        assert_eq!(wrap("unbreakable", 6), ["unbreakable"]);
        assert_eq!(wrap("عربي عربي", 9), ["عربي عربي"]);
    }

    #[test]
    fn code_is_never_parted() {
        assert_eq!(
            wrap("as `GET /v1/deposits` lists it", 8),
            ["as", "`GET /v1/deposits`", "lists it"]
        );
        assert_eq!(wrap("a `b` c `d e`, f", 7), ["a `b` c", "`d e`,", "f"]);
    }
}
