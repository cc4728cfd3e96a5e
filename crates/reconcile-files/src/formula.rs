//! Text that a spreadsheet would take for a formula.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab, a carriage return or a
//! NUL is run by spreadsheets when the file is opened (OWASP, "CSV
//! Injection"), and the text of a payment comes from whoever paid.

use std::borrow::Cow;

/// The text with one more `'` before it, where it would be a formula after any
/// leading `'`s; otherwise as it is.
///
/// [`restored`] undoes exactly this, whatever the text. Only for text: a
/// spreadsheet is to read a negative amount as a number.
///
/// ```
/// use reconcile_files::{neutralised, restored};
///
/// assert_eq!(neutralised("=HYPERLINK(A1)"), "'=HYPERLINK(A1)");
/// assert_eq!(neutralised("O'Brien"), "O'Brien");
/// assert_eq!(restored("'=HYPERLINK(A1)"), "=HYPERLINK(A1)");
/// ```
#[must_use]
pub fn neutralised(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that [`neutralised`] was given.
#[must_use]
pub fn restored(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\0'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_defused_and_other_text_is_left_alone() {
        for formula in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "''=1",
        ] {
            assert_eq!(neutralised(formula), format!("'{formula}"));
        }
        for text in ["", "'", "O'Brien", "'quoted'", "a=b", "دفع"] {
            assert_eq!(neutralised(text), text);
        }
    }

    proptest! {
        #[test]
        fn defusing_is_undone_exactly(text in "['=+@\t\r\0a-]{0,6}|.*") {
            let written = neutralised(&text);
            let reopened = restored(&written);
            prop_assert_eq!(reopened, &text);
            prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']));
        }
    }
}
