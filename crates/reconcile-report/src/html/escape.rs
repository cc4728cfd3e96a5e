//! Text of others inside HTML: as content, as attribute and as embedded JSON.

use std::{
    fmt::{self, Write as _},
    io::{self, Write},
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

/// Writes a value as JSON that cannot end the script element that it stands in
/// and is a JavaScript literal in every engine.
pub(crate) fn json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string(value)?;
    let mut rest = json.as_str();
    while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        let (before, from) = rest.split_at(at);
        let mut characters = from.chars();
        out.write_all(before.as_bytes())?;
        if let Some(character) = characters.next() {
            write!(out, "\\u{:04x}", u32::from(character))?;
        }
        rest = characters.as_str();
    }
    out.write_all(rest.as_bytes())
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
