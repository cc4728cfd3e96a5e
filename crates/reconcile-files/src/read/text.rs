//! Files of text that are read as a whole.

use std::{fs::File, io::Read, path::Path, str};

use memchr::memchr_iter;

use super::{BadLine, foreign, line::Problem};
use crate::FileError;

/// Reads a file of text that is no table: rules, settings, a certificate.
///
/// It is UTF-8, with or without a byte order mark, which is left out, and has at
/// most so many bytes: whatever is named by mistake takes no more memory. An
/// error names the line that is not UTF-8, or what the file is that is no text.
pub fn read_text(path: &Path, longest: u64) -> Result<String, FileError> {
    let unreadable = |source| FileError::Read {
        path: path.into(),
        source,
    };
    let wrong = |found, hint| FileError::WrongFormat {
        path: path.into(),
        found,
        hint,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(longest.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if let Some((found, _)) = bytes.get(..foreign::BYTES).and_then(foreign::recognised) {
        return Err(wrong(found, "save it as plain text in UTF-8"));
    }
    if bytes.len() as u64 > longest {
        return Err(wrong("is longer than such a file gets", "check the path"));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match str::from_utf8(text) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let before = text.get(..error.valid_up_to()).unwrap_or_default();
            let line = 1 + memchr_iter(b'\n', before).count();
            let problem = Problem::of_line("is not UTF-8").with_hint("save the file as UTF-8");
            Err(FileError::Line {
                path: path.into(),
                line: Box::new(BadLine::new(line as u64, problem, Vec::new())),
            })
        }
    }
}
