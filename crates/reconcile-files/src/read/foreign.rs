//! Files that are no text, whatever they are named.

/// How many bytes say what a file is.
pub(super) const BYTES: usize = 4;

/// What a file is that begins with these bytes, where it is no text, and what to
/// do about it.
pub(super) fn recognised(start: &[u8]) -> Option<(&'static str, &'static str)> {
    Some(match start {
        [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8] => (
            "is a workbook or another ZIP archive, not text",
            "save the sheet as CSV (UTF-8); unpack an archive",
        ),
        [0xd0, 0xcf, 0x11, 0xe0] => (
            "is a workbook of an old kind, not text",
            "save the sheet as CSV (UTF-8)",
        ),
        // gzip, bzip2, xz, Zstandard and 7z.
        [0x1f, 0x8b, ..]
        | [b'B', b'Z', b'h', ..]
        | [0xfd, b'7', b'z', b'X']
        | [0x28, 0xb5, 0x2f, 0xfd]
        | [b'7', b'z', 0xbc, 0xaf] => ("is compressed", "unpack it first"),
        // With a byte order mark, or two characters of ASCII without one.
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [1..=0x7f, 0, _, 0] | [0, 1..=0x7f, 0, _] => {
            ("is UTF-16, not UTF-8", "save it as CSV (UTF-8)")
        }
        [0, 0, ..] => (
            "begins with no text",
            "check what wrote it, and write it anew",
        ),
        [b'P', b'A', b'R', b'E'] => ("is encrypted Parquet", "write it without encryption"),
        [b'%', b'P', b'D', b'F'] => ("is a PDF, not a table", "ask for the rows as CSV"),
        [b'<', b'h' | b'H' | b'!' | b'?' | b't' | b'T', ..] => (
            "is a page or XML, not a table",
            "open it in a spreadsheet and save the sheet as CSV (UTF-8), or ask for the rows as CSV",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_not_taken_for_anything_else() {
        for start in [
            "",
            "i",
            "id,a",
            "\u{feff}i",
            "\"id\"",
            "{\"a\"",
            "Bet,",
            "PKT,",
            "\n\n\n\n",
            "<id>",
        ] {
            assert_eq!(recognised(start.as_bytes()), None, "{start:?}");
        }
    }
}
