//! Tables as CSV (RFC 4180).

use std::{
    borrow::Cow,
    io::{self, Write},
};

use reconcile_core::Currency;
use reconcile_engine::{Book, RowIndex};
use rust_decimal::Decimal;

use super::{Cell, Cells, SEPARATORS, Table, ids, text};
use crate::amount::push_plain;

/// Writes a table with LF line ends and a header.
pub(super) fn write(mut table: Table<'_>, mut out: impl Write) -> io::Result<()> {
    let mut lines = Lines::default();
    for column in table.columns {
        lines.cell(&text(column.name));
    }
    lines.end();
    while table.rows.write_next(&mut lines)? {
        if lines.is_full() {
            out.write_all(&lines.text)?;
            lines.text.clear();
        }
    }
    out.write_all(&lines.text)?;
    out.flush()
}

/// How much is written at once.
const PIECE: usize = 1 << 16;

/// Lines that are not written yet. Tables have millions of cells, so that none
/// of them is a text of its own before it is one here.
#[derive(Default)]
pub(super) struct Lines {
    text: Vec<u8>,
    /// The currency that was written last, and how many digits it has.
    digits: (Option<Currency>, u32),
    rule: Repeated<String>,
    verdict: Repeated<(Decimal, Option<Currency>, bool)>,
}

/// Cells as they were written last, and for what: those of most lines of a long table
/// are the same as in the line before.
#[derive(Default)]
struct Repeated<T> {
    of: Option<T>,
    cells: Vec<u8>,
}

impl<T> Repeated<T> {
    fn keep(&mut self, of: T, cells: Option<&[u8]>) {
        self.of = Some(of);
        self.cells.clear();
        self.cells.extend_from_slice(cells.unwrap_or_default());
    }
}

impl Lines {
    /// Adds a cell to the line.
    pub(super) fn cell(&mut self, cell: &Cell<'_>) {
        match cell {
            Cell::Absent => {}
            Cell::Text(text) => self.push_text(text),
            // Letters and digits, whatever it labels.
            Cell::Label(label) => self.text.extend_from_slice(label.as_bytes()),
            Cell::Amount { amount, currency } => self.push_amount(*amount, *currency),
            Cell::Date(date) => self.text.extend(date.to_string().into_bytes()),
            Cell::Integer(number) => self.text.extend(number.to_string().into_bytes()),
            Cell::Boolean(value) => self.push_boolean(*value),
        }
        self.text.push(b',');
    }

    /// Text as it is, where a spreadsheet reads it as that.
    fn push_text(&mut self, text: &str) {
        if is_plain(text.as_bytes()) {
            self.text.extend_from_slice(text.as_bytes());
        } else {
            self.escaped(text);
        }
    }

    fn push_boolean(&mut self, value: bool) {
        let word: &[u8] = if value { b"true" } else { b"false" };
        self.text.extend_from_slice(word);
    }

    fn push_amount(&mut self, amount: Decimal, currency: Option<Currency>) {
        let digits = self.digits(currency);
        push_plain(&mut self.text, amount, digits);
    }

    /// An amount, where there is one, and the delimiter behind it.
    fn amount(&mut self, amount: Option<Decimal>, currency: Option<Currency>) {
        if let Some(amount) = amount {
            self.push_amount(amount, currency);
        }
        self.text.push(b',');
    }

    /// A spreadsheet runs text that begins like a formula, so that such a one gets
    /// an apostrophe before it (CWE-1236); one that has apostrophes there already
    /// gets another, so that it can be undone.
    fn escaped(&mut self, text: &str) {
        let quoted = text.bytes().any(splits);
        if quoted {
            self.text.push(b'"');
        }
        if is_formula(text.as_bytes()) {
            self.text.push(b'\'');
        }
        for byte in text.bytes() {
            if byte == b'"' {
                self.text.push(b'"');
            }
            self.text.push(byte);
        }
        if quoted {
            self.text.push(b'"');
        }
    }

    /// Whether there is enough to be written.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() >= PIECE
    }

    /// Ends the line: the delimiter after its last cell becomes the line end.
    pub(super) fn end(&mut self) {
        if let Some(last) = self.text.last_mut() {
            *last = b'\n';
        }
    }

    fn digits(&mut self, currency: Option<Currency>) -> u32 {
        if self.digits.0 != currency {
            let digits = currency.and_then(|currency| currency.exponent());
            self.digits = (currency, digits.unwrap_or_default());
        }
        self.digits.1
    }
}

impl<'c> Cells<'c> for Lines {
    fn number(&mut self, letter: u8, number: u64) {
        self.text.push(letter);
        let mut digits = itoa::Buffer::new();
        self.text
            .extend_from_slice(digits.format(number).as_bytes());
        self.text.push(b',');
    }

    fn rule(&mut self, name: Cow<'c, str>) {
        if self.rule.of.as_deref() == Some(&*name) {
            return self.text.extend_from_slice(&self.rule.cells);
        }
        let start = self.text.len();
        self.push_text(&name);
        self.text.push(b',');
        self.rule.keep(name.into_owned(), self.text.get(start..));
    }

    fn ids(&mut self, book: &'c Book, rows: &'c [RowIndex]) {
        if let &[row] = rows
            && let id = book.id_bytes(row)
            && is_plain(id)
        {
            self.text.extend_from_slice(id);
            self.text.push(b',');
        } else {
            self.cell(&ids(book, rows));
        }
    }

    fn amounts(&mut self, [one, other]: [Option<Decimal>; 2], currency: Option<Currency>) {
        let start = self.text.len();
        self.amount(one, currency);
        if one == other {
            // As it is where the sides agree: what an amount is written as, its value says.
            self.text.extend_from_within(start..);
        } else {
            self.amount(other, currency);
        }
    }

    fn verdict(&mut self, difference: Decimal, currency: Option<Currency>, ambiguous: bool) {
        let of = (difference, currency, ambiguous);
        if self.verdict.of == Some(of) {
            return self.text.extend_from_slice(&self.verdict.cells);
        }
        let start = self.text.len();
        self.amount(Some(difference), currency);
        if let Some(currency) = currency {
            self.text.extend_from_slice(currency.as_bytes());
        }
        self.text.push(b',');
        self.push_boolean(ambiguous);
        self.text.push(b',');
        self.verdict.keep(of, self.text.get(start..));
    }
}

/// Whether a text needs nothing to stand in a cell, not even as an id among others:
/// nearly none does. The bytes of one of a usual length are looked at together.
fn is_plain(text: &[u8]) -> bool {
    let may_be_formula = |byte: &u8| begins_formula(*byte) || *byte == b'\'';
    let has_mark = |bytes: &[u8]| bytes.iter().fold(false, |any, byte| any | is_mark(*byte));
    let is_marked = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) if text.len() <= 16 => has_mark(first) | has_mark(last),
        _ => has_mark(text),
    };
    !is_marked && !text.first().is_some_and(may_be_formula)
}

/// Whether a text with this byte may need to be quoted, or to be told from what
/// separates ids.
#[expect(clippy::needless_bitwise_bool, reason = "many are compared at once")]
const fn is_mark(byte: u8) -> bool {
    splits(byte) | (byte == SEPARATORS[0]) | (byte == SEPARATORS[1])
}

/// Whether a cell with this byte is to be quoted.
#[expect(clippy::needless_bitwise_bool, reason = "many are compared at once")]
const fn splits(byte: u8) -> bool {
    (byte == b',') | (byte == b'"') | (byte == b'\r') | (byte == b'\n')
}

/// Whether a spreadsheet would run the text, but for apostrophes before it.
fn is_formula(text: &[u8]) -> bool {
    let bare = text.iter().find(|byte| **byte != b'\'');
    bare.is_some_and(|first| begins_formula(*first))
}

const fn begins_formula(byte: u8) -> bool {
    matches!(byte, b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\0')
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn written(content: &str) -> String {
        let mut lines = Lines::default();
        lines.cell(&text(content));
        lines.end();
        String::from_utf8(lines.text).unwrap()
    }

    #[test]
    fn text_that_begins_like_a_formula_is_quoted() {
        for formula in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\0=1", "'=1", "''-1",
        ] {
            assert_eq!(written(formula), format!("'{formula}\n"));
        }
        assert_eq!(written("\r=1"), "\"'\r=1\"\n");
        for harmless in ["", "L-1", "1+1", " =1", "'a", "|=1"] {
            assert_eq!(written(harmless), format!("{harmless}\n"));
        }
    }

    #[test]
    fn a_cell_is_quoted_where_a_byte_of_it_would_end_it() {
        for byte in 0..=u8::MAX {
            let text = format!("a{}", char::from(byte));
            let is_quoted = written(&text).starts_with('"');
            assert_eq!(is_quoted, b",\"\r\n".contains(&byte), "{byte}");
        }
    }

    #[test]
    fn what_a_cell_or_an_id_needs_is_seen_wherever_it_stands() {
        for length in 1..40 {
            assert!(is_plain("a".repeat(length).as_bytes()));
            for place in 0..length {
                for mark in [",", "\"", "\r", "\n", "|", "\\"] {
                    let mut text = "a".repeat(length);
                    text.replace_range(place..=place, mark);
                    assert!(!is_plain(text.as_bytes()), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn amounts_that_agree_are_written_alike_whatever_their_scale() {
        for [one, other] in [
            [dec!(12.5), dec!(12.50)],
            [dec!(0), dec!(-0.000)],
            [dec!(-1.2345), dec!(-1.23450)],
        ] {
            let (mut together, mut apart) = (Lines::default(), Lines::default());
            let currency = Some("PEN".parse().unwrap());
            together.amounts([Some(one), Some(other)], currency);
            apart.amount(Some(one), currency);
            apart.amount(Some(other), currency);
            assert_eq!(together.text, apart.text);
        }
    }

    #[test]
    fn what_a_line_repeats_of_the_one_before_is_written_as_if_it_were_the_first() {
        let currency = |code: &str| Some(code.parse().unwrap());
        let cells = [
            ("reference", dec!(0), currency("PEN"), false),
            ("reference", dec!(0), currency("PEN"), false),
            ("reference", dec!(0), currency("JPY"), false),
            ("a, \"b\"", dec!(0.0), currency("JPY"), true),
            ("a, \"b\"", dec!(-1), currency("JPY"), true),
            ("=a", dec!(-1), None, true),
            ("=a", dec!(0), None, false),
            ("=a", dec!(0), None, false),
        ];
        let mut lines = Lines::default();
        for (rule, difference, currency, ambiguous) in cells {
            let mut first = Lines::default();
            for lines in [&mut lines, &mut first] {
                lines.text.clear();
                lines.rule(rule.into());
                lines.verdict(difference, currency, ambiguous);
            }
            assert_eq!(lines.text, first.text);
        }
    }

    #[test]
    fn text_reads_back_whatever_it_holds() {
        for content in ["a,b", "say \"yes\"", "two\nlines", "\"", "دفع, نقدا"] {
            let line = written(content);
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(line.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            assert_eq!(record.iter().collect::<Vec<_>>(), [content]);
        }
    }
}
