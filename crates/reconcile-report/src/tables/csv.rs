//! Tables as CSV (RFC 4180).

use std::{
    borrow::Cow,
    io::{self, Write},
    ops::Range,
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
        lines.end();
        if lines.text.len() >= PIECE {
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
    /// The amount that was written last in the line, and where: what agrees has the
    /// same on both sides.
    amount: Option<(Decimal, Option<Currency>, Range<usize>)>,
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
        if marks(text) & (SPLITS | STARTS) == 0 {
            self.text.extend_from_slice(text.as_bytes());
        } else {
            self.escaped(text);
        }
    }

    fn push_boolean(&mut self, value: bool) {
        let word: &[u8] = if value { b"true" } else { b"false" };
        self.text.extend_from_slice(word);
    }

    /// An amount, which most lines have twice.
    fn push_amount(&mut self, amount: Decimal, currency: Option<Currency>) {
        if let Some((last, its, place)) = &self.amount
            && *its == currency
            && (last.mantissa(), last.scale()) == (amount.mantissa(), amount.scale())
        {
            return self.text.extend_from_within(place.clone());
        }
        let (digits, start) = (self.digits(currency), self.text.len());
        push_plain(&mut self.text, amount, digits);
        self.amount = Some((amount, currency, start..self.text.len()));
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

    /// Ends the line: the delimiter after its last cell becomes the line end.
    fn end(&mut self) {
        if let Some(last) = self.text.last_mut() {
            *last = b'\n';
        }
        self.amount = None;
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

    fn text(&mut self, text: Cow<'c, str>) {
        self.push_text(&text);
        self.text.push(b',');
    }

    fn ids(&mut self, book: &'c Book, rows: &'c [RowIndex]) {
        if let &[row] = rows
            && let id = book.id(row)
            && marks(id) == 0
        {
            self.text.extend_from_slice(id.as_bytes());
            self.text.push(b',');
        } else {
            self.cell(&ids(book, rows));
        }
    }

    fn amount(&mut self, amount: Option<Decimal>, currency: Option<Currency>) {
        if let Some(amount) = amount {
            self.push_amount(amount, currency);
        }
        self.text.push(b',');
    }

    fn code(&mut self, currency: Option<Currency>) {
        if let Some(currency) = currency {
            self.text.extend_from_slice(currency.as_bytes());
        }
        self.text.push(b',');
    }

    fn boolean(&mut self, value: bool) {
        self.push_boolean(value);
        self.text.push(b',');
    }
}

/// What the bytes of a text may need: to be quoted, where it begins with one to be no
/// formula, and in an id to be told from what separates ids.
const SPLITS: u8 = 1;
const STARTS: u8 = 2;
const SEPARATES: u8 = 4;

/// What each byte may need.
#[expect(clippy::indexing_slicing, reason = "there is a place for every byte")]
const MARKS: [u8; 256] = {
    let mut marks = [0; 256];
    let mut byte = 0_u8;
    loop {
        let mut mark = 0;
        if splits(byte) {
            mark |= SPLITS;
        }
        if begins_formula(byte) || byte == b'\'' {
            mark |= STARTS;
        }
        if byte == SEPARATORS[0] || byte == SEPARATORS[1] {
            mark |= SEPARATES;
        }
        marks[byte as usize] = mark;
        if byte == u8::MAX {
            break marks;
        }
        byte += 1;
    }
};

/// All that the bytes of a text may need; of those that begin a formula, the first alone
/// does.
fn marks(text: &str) -> u8 {
    let mark = |byte: &u8| MARKS.get(usize::from(*byte)).copied().unwrap_or_default();
    let bytes = text.as_bytes();
    let first = bytes.first().map_or(0, mark) & STARTS;
    bytes
        .iter()
        .fold(first, |marks, byte| marks | mark(byte) & !STARTS)
}

/// Whether a cell with this byte is to be quoted.
const fn splits(byte: u8) -> bool {
    matches!(byte, b',' | b'"' | b'\r' | b'\n')
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
