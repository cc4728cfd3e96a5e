//! Text of others inside HTML: as content, as attribute and as embedded JSON.

use std::{
    fmt::{self, Write as _},
    io::{self, Write},
    slice,
};

use serde::Serialize;

/// Text as HTML content or as a quoted attribute.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Text of others as an element of its own, so that right-to-left text does
/// not turn its neighbours around.
pub(crate) struct Isolated<'a>(pub(crate) &'a str);

impl fmt::Display for Isolated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<bdi dir=\"auto\">{}</bdi>", Escaped(self.0))
    }
}

/// A sentence of ours that quotes texts of others: words with right-to-left
/// letters are isolated, so that the figures beside them stay where they are.
pub(crate) struct Sentence<'a>(pub(crate) &'a str);

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((before, run, after)) = right_to_left(rest) {
            write!(f, "{}{}", Escaped(before), Isolated(run))?;
            rest = after;
        }
        Escaped(rest).fmt(f)
    }
}

/// The first words in a row that have such letters, without the punctuation
/// around them, and what stands before and after.
fn right_to_left(text: &str) -> Option<(&str, &str, &str)> {
    let length = |text: &str, turning: bool| -> usize {
        text.split_inclusive(' ')
            .take_while(|word| word.contains(turns_around) == turning)
            .map(str::len)
            .sum()
    };
    let (_, from) = text.split_at_checked(length(text, false))?;
    let (words, _) = from.split_at_checked(length(from, true))?;
    let run = words
        .trim_start_matches(['(', '"', '\''])
        .trim_end_matches([' ', ',', '.', ';', ':', ')', '"', '\'']);
    let (before, after) = text.split_once(run).filter(|_| !run.is_empty())?;
    Some((before, run, after))
}

/// Letters and digits of right-to-left scripts, and what overrides directions.
fn turns_around(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// Writes a value as JSON that cannot end the script element that it stands in
/// and is a JavaScript literal in every engine.
pub(crate) fn json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string(value)?;
    let mut rest = json.as_bytes();
    while let Some((harmless, risky)) = rest.split_at_checked(harmless(rest)) {
        out.write_all(harmless)?;
        let (escape, length): (&[u8], _) = match risky {
            [b'<', ..] => (b"\\u003c", 1),
            [b'>', ..] => (b"\\u003e", 1),
            [b'&', ..] => (b"\\u0026", 1),
            // Line and paragraph separators, U+2028 and U+2029.
            [0xe2, 0x80, 0xa8, ..] => (b"\\u2028", 3),
            [0xe2, 0x80, 0xa9, ..] => (b"\\u2029", 3),
            [other, ..] => (slice::from_ref(other), 1),
            [] => break,
        };
        out.write_all(escape)?;
        rest = risky.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// How many bytes stand before the first that may begin what is escaped. Bytes are
/// looked at faster than characters, and sixteen at once faster than one.
fn harmless(bytes: &[u8]) -> usize {
    let (chunks, _) = bytes.as_chunks::<16>();
    let is_harmless = |chunk: &&[u8; 16]| {
        let any = chunk.iter().fold(false, |any, byte| any | is_risky(*byte));
        !any
    };
    let whole = 16 * chunks.iter().take_while(is_harmless).count();
    let rest = bytes.iter().skip(whole);
    whole + rest.take_while(|byte| !is_risky(**byte)).count()
}

#[expect(clippy::needless_bitwise_bool, reason = "many are compared at once")]
const fn is_risky(byte: u8) -> bool {
    (byte == b'<') | (byte == b'>') | (byte == b'&') | (byte == 0xe2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_attributes_hold_no_markup() {
        assert_eq!(
            Escaped("<b a='1' c=\"2\">&").to_string(),
            "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;"
        );
    }

    #[test]
    fn right_to_left_words_in_a_sentence_are_isolated_and_nothing_else_is() {
        assert_eq!(
            Sentence("30.00 under دفعة رقم ١٢, 12.50 <PEN> (عميل-7): gone").to_string(),
            "30.00 under <bdi dir=\"auto\">دفعة رقم ١٢</bdi>, 12.50 &lt;PEN&gt; \
             (<bdi dir=\"auto\">عميل-7</bdi>): gone"
        );
        assert_eq!(Sentence("a, b: 1 < 2").to_string(), "a, b: 1 &lt; 2");
        assert_eq!(
            Sentence("a\u{202e}b c").to_string(),
            "<bdi dir=\"auto\">a\u{202e}b</bdi> c"
        );
    }

    #[test]
    fn what_would_end_a_script_is_escaped_wherever_it_stands() {
        for before in 0..40 {
            for after in 0..40 {
                for (risky, escaped) in [("<", "\\u003c"), ("\u{2028}", "\\u2028"), ("−", "−")]
                {
                    let around = |text| [&*"a".repeat(before), text, &*"b".repeat(after)].concat();
                    let mut out = Vec::new();
                    json(&around(risky), &mut out).unwrap();
                    assert_eq!(out, format!("\"{}\"", around(escaped)).into_bytes());
                }
            }
        }
    }

    #[test]
    fn json_cannot_end_its_script_and_reads_back_the_same() {
        let hostile = "</script><!-- & \u{2028}\u{2029} \" \\ é";
        let mut out = Vec::new();
        json(&hostile, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            !text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}
