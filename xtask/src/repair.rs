//! Mends the malformed bodies that providers publish, each by the smallest change.
//!
//! Only named defects are mended, and only in a text that needs it: whatever
//! else is wrong with a page stays a refusal, since a guess would be evidence of
//! nothing.

use crate::{
    fixture::Repair,
    json::{self, SyntaxError},
};

/// Why a published text does not become a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepairError {
    /// There is nothing that the repair could do here.
    #[error("`{}` changes nothing here", .0.name())]
    Idle(Repair),
    /// The text was sound before the repair.
    #[error("`{}` mends a text that is sound without it", .0.name())]
    Needless(Repair),
    /// The text is malformed still; the position is that in the published text.
    #[error("malformed still at {0}")]
    Malformed(SyntaxError),
}

/// The canonical body that a published text becomes by these repairs, in their order.
pub fn mend(published: &str, repairs: &[Repair]) -> Result<String, RepairError> {
    let mut text = published.to_owned();
    for repair in repairs {
        if json::read(&text).is_ok() {
            return Err(RepairError::Needless(*repair));
        }
        text = repair.apply(&text).ok_or(RepairError::Idle(*repair))?;
    }
    let node = json::read(&text)
        .map_err(|error| RepairError::Malformed(without_prepended(error, repairs)))?;
    Ok(json::write(&node))
}

impl Repair {
    /// Its name in sidecars.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StripLineComment => "strip-line-comment",
            Self::PrependOpenBrace => "prepend-open-brace",
            Self::AppendCloseBrace => "append-close-brace",
        }
    }

    /// The text with this change; nothing where there is none to make.
    fn apply(self, text: &str) -> Option<String> {
        match self {
            Self::StripLineComment => strip_line_comments(text),
            Self::PrependOpenBrace => {
                (!text.trim_start().starts_with(['{', '['])).then(|| format!("{{{text}"))
            }
            Self::AppendCloseBrace => {
                let body = text.trim_end();
                (!body.is_empty()).then(|| format!("{body}}}\n"))
            }
        }
    }
}

/// Takes `//` and what follows it off each line, where it stands in no text.
fn strip_line_comments(text: &str) -> Option<String> {
    let mut stripped = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match comment(line) {
            Some(start) => {
                stripped.push_str(line.get(..start)?);
                stripped.push_str(if line.ends_with('\n') { "\n" } else { "" });
            }
            None => stripped.push_str(line),
        }
    }
    (stripped != text).then_some(stripped)
}

/// Where a comment begins in a line. No text spans lines in JSON.
fn comment(line: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    line.bytes().enumerate().find_map(|(at, byte)| {
        let starts = !quoted && line.get(at..).is_some_and(|rest| rest.starts_with("//"));
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        starts.then_some(at)
    })
}

/// The brace that was put before the text is not in the published file.
fn without_prepended(mut error: SyntaxError, repairs: &[Repair]) -> SyntaxError {
    let prepended = repairs
        .iter()
        .filter(|repair| **repair == Repair::PrependOpenBrace)
        .count();
    if error.position.line == 1 {
        error.position.column = error.position.column.saturating_sub(prepended).max(1);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use Repair::{AppendCloseBrace, PrependOpenBrace, StripLineComment};

    #[test]
    fn each_defect_is_mended_by_its_repair() {
        let canonical = "{\n  \"a\": 1\n}\n";
        assert_eq!(
            mend("{\"a\":1 // a number\n}", &[StripLineComment]).unwrap(),
            canonical
        );
        assert_eq!(mend("\"a\":1}", &[PrependOpenBrace]).unwrap(), canonical);
        assert_eq!(mend("{\"a\":1\n", &[AppendCloseBrace]).unwrap(), canonical);
        assert_eq!(
            mend(
                "\"a\":1 // one",
                &[StripLineComment, PrependOpenBrace, AppendCloseBrace]
            )
            .unwrap(),
            canonical
        );
    }

    #[test]
    fn slashes_within_a_text_are_no_comment() {
        let text = "{\"a\":\"https://x\\\"//y\" // here\n}";
        assert_eq!(
            mend(text, &[StripLineComment]).unwrap(),
            "{\n  \"a\": \"https://x\\\"//y\"\n}\n"
        );
    }

    #[test]
    fn a_repair_that_changes_nothing_is_refused() {
        assert_eq!(
            mend("{\"a\":1", &[StripLineComment]),
            Err(RepairError::Idle(StripLineComment))
        );
        assert_eq!(
            mend("{\"a\":1", &[PrependOpenBrace]),
            Err(RepairError::Idle(PrependOpenBrace))
        );
    }

    #[test]
    fn a_sound_text_is_not_mended() {
        for repair in [StripLineComment, PrependOpenBrace, AppendCloseBrace] {
            assert_eq!(mend("{}", &[repair]), Err(RepairError::Needless(repair)));
        }
        assert_eq!(
            mend("{", &[AppendCloseBrace, AppendCloseBrace]),
            Err(RepairError::Needless(AppendCloseBrace))
        );
    }

    #[test]
    fn whatever_else_is_wrong_is_refused_where_it_stands_in_the_published_text() {
        // A comma is missing, as on the page of StreamPay's created merchant.
        let text = "{\n\"mobile\": \"+96656*******\"\n\"email\": \"a\"\n}\n";
        let error = mend(text, &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "malformed still at line 3, column 1: expected ',' or '}', found a text"
        );
        let error = mend("\"a\" 1}", &[PrependOpenBrace]).unwrap_err();
        assert!(error.to_string().contains("line 1, column 5"), "{error}");
    }
}
