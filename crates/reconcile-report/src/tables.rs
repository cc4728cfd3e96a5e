//! The tables of a run: one definition of each, whatever it is written as.

mod csv;
mod matches;
mod summary;

use std::{
    borrow::Cow,
    fmt,
    io::{self, Write},
    iter,
};

use jiff::civil::Date;
use reconcile_core::Currency;
use reconcile_engine::{Book, Break, Proof, RowIndex};
use rust_decimal::Decimal;

use self::csv::Lines;
pub(crate) use self::{matches::matches, summary::summary};
use crate::Run;

/// A table of a run: typed columns, and rows that are made as they are asked for.
pub struct Table<'r> {
    /// Its name, which with an extension is the name of its file.
    pub name: &'static str,
    /// Its columns, in order.
    pub columns: &'static [Column],
    rows: Box<dyn Rows<'r> + 'r>,
}

/// The rows of a table, made as they are asked for.
trait Rows<'r> {
    /// The cells of the next row; `None` where there is no further row.
    fn next_row(&mut self) -> io::Result<Option<Vec<Cell<'r>>>>;

    /// Writes the line of the next row, or of several that are at hand; whether
    /// there is one. A table of millions of rows has no need of a list for each.
    fn write_next(&mut self, lines: &mut Lines) -> io::Result<bool>;
}

impl<'r, I: Iterator<Item = Vec<Cell<'r>>>> Rows<'r> for I {
    fn next_row(&mut self) -> io::Result<Option<Vec<Cell<'r>>>> {
        Ok(self.next())
    }

    fn write_next(&mut self, lines: &mut Lines) -> io::Result<bool> {
        let Some(cells) = self.next() else {
            return Ok(false);
        };
        for cell in &cells {
            lines.cell(cell);
        }
        lines.end();
        Ok(true)
    }
}

impl<'r> Table<'r> {
    /// The names of all tables, in the order of the contract.
    pub const NAMES: [&'static str; 3] = ["matches", "breaks", "proofs"];

    /// The rows: a cell for each column, of the column's type or absent.
    ///
    /// An error where matches that were [settled apart](crate::SettledPairs)
    /// cannot be read, or are not as many as they should be.
    pub fn into_rows(mut self) -> impl Iterator<Item = io::Result<Vec<Cell<'r>>>> + 'r {
        iter::from_fn(move || self.rows.next_row().transpose())
    }

    /// Writes the table as CSV (RFC 4180) with LF line ends and a header.
    ///
    /// Amounts have the minor digits of their currency, an absent cell is empty.
    /// A spreadsheet runs a cell that begins like a formula, so text cells that
    /// do are quoted with an apostrophe (CWE-1236). Which cells are text follows
    /// from the column, never from the content: `-5.00` is a legitimate amount.
    pub fn write_csv(self, out: impl Write) -> io::Result<()> {
        csv::write(self, out)
    }
}

impl fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("name", &self.name)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// A column of a table. Any of its cells may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, as the contract fixes it.
    pub name: &'static str,
    /// What its cells hold.
    pub holds: ColumnType,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// [`Cell::Text`].
    Text,
    /// [`Cell::Amount`].
    Amount,
    /// [`Cell::Date`].
    Date,
    /// [`Cell::Integer`].
    Integer,
    /// [`Cell::Boolean`].
    Boolean,
}

/// One cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'r> {
    /// There is no value.
    Absent,
    /// Text as somebody wrote it, also where a spreadsheet would run it.
    Text(Cow<'r, str>),
    /// A short text that is made for the table, in a column of text.
    Label(Label),
    /// An amount in major units, signed.
    Amount {
        /// How much.
        amount: Decimal,
        /// What the amount is counted in, where that is one currency.
        currency: Option<Currency>,
    },
    /// A civil date.
    Date(Date),
    /// A count.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
}

/// A short text, in place: the number of a match, the code of a currency.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Label {
    bytes: [u8; 22],
    length: u8,
}

impl Label {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    fn as_bytes(&self) -> &[u8] {
        let bytes = self.bytes.get(..usize::from(self.length));
        bytes.unwrap_or_default()
    }

    /// A letter and a number: both fit.
    fn numbered(letter: u8, number: u64) -> Self {
        let (mut bytes, mut digits) = ([letter; 22], itoa::Buffer::new());
        let digits = digits.format(number).as_bytes();
        if let Some(places) = bytes.get_mut(1..=digits.len()) {
            places.copy_from_slice(digits);
        }
        let length = u8::try_from(digits.len() + 1).unwrap_or_default();
        Self { bytes, length }
    }
}

/// What takes the cells of a row, one after the other: a list of them, or a line of text,
/// which has no need of a cell for each.
trait Cells<'c> {
    fn number(&mut self, letter: u8, number: u64);
    fn rule(&mut self, name: Cow<'c, str>);
    fn ids(&mut self, book: &'c Book, rows: &'c [RowIndex]);
    /// What the rows of each side come to.
    fn amounts(&mut self, amounts: [Option<Decimal>; 2], currency: Option<Currency>);
    /// What they differ by, what all of it is counted in, and whether it is ambiguous.
    fn verdict(&mut self, difference: Decimal, currency: Option<Currency>, ambiguous: bool);
}

impl<'c> Cells<'c> for Vec<Cell<'c>> {
    fn number(&mut self, letter: u8, number: u64) {
        self.push(Cell::Label(Label::numbered(letter, number)));
    }

    fn rule(&mut self, name: Cow<'c, str>) {
        self.push(text(name));
    }

    fn ids(&mut self, book: &'c Book, rows: &'c [RowIndex]) {
        self.push(ids(book, rows));
    }

    fn amounts(&mut self, amounts: [Option<Decimal>; 2], currency: Option<Currency>) {
        self.extend(amounts.map(|figure| amount(figure, currency)));
    }

    fn verdict(&mut self, difference: Decimal, currency: Option<Currency>, ambiguous: bool) {
        self.push(amount(Some(difference), currency));
        self.push(code(currency));
        self.push(Cell::Boolean(ambiguous));
    }
}

impl Cell<'_> {
    /// The same with a text of its own.
    fn into_owned<'r>(self) -> Cell<'r> {
        match self {
            Self::Absent => Cell::Absent,
            Self::Text(text) => Cell::Text(text.into_owned().into()),
            Self::Label(label) => Cell::Label(label),
            Self::Amount { amount, currency } => Cell::Amount { amount, currency },
            Self::Date(date) => Cell::Date(date),
            Self::Integer(number) => Cell::Integer(number),
            Self::Boolean(value) => Cell::Boolean(value),
        }
    }
}

impl From<Currency> for Label {
    fn from(currency: Currency) -> Self {
        let (mut bytes, code) = ([0; 22], currency.as_bytes());
        for (place, byte) in bytes.iter_mut().zip(code) {
            *place = *byte;
        }
        Self { bytes, length: 3 }
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Every break: those of the outcome, then one for each proof that fails.
pub(crate) fn breaks<'r>(run: &'r Run<'_>) -> Table<'r> {
    Table {
        name: "breaks",
        columns: &BREAKS,
        rows: Box::new(run.breaks().map(|broken| break_row(run, &broken))),
    }
}

const BREAKS: [Column; 13] = [
    column("break_id", ColumnType::Text),
    column("code", ColumnType::Text),
    column("severity", ColumnType::Text),
    column("ledger_ids", ColumnType::Text),
    column("record_ids", ColumnType::Text),
    column("expected", ColumnType::Amount),
    column("actual", ColumnType::Amount),
    column("difference", ColumnType::Amount),
    column("currency", ColumnType::Text),
    column("date", ColumnType::Date),
    column("age_days", ColumnType::Integer),
    column("rule", ColumnType::Text),
    column("explanation", ColumnType::Text),
];

fn break_row<'r>(run: &'r Run<'_>, broken: &Break) -> Vec<Cell<'r>> {
    vec![
        text(broken.id(run.ledger, run.records)),
        text(broken.code.as_str()),
        text(broken.severity.as_str()),
        ids(run.ledger, &broken.ledger),
        ids(run.records, &broken.records),
        amount(broken.expected, broken.currency),
        amount(broken.actual, broken.currency),
        amount(broken.difference, broken.currency),
        code(broken.currency),
        broken.date.map_or(Cell::Absent, Cell::Date),
        broken.age_days.map_or(Cell::Absent, Cell::Integer),
        text(broken.rule.to_string()),
        text(broken.explanation.clone()),
    ]
}

/// Every identity and what it was tested on.
pub(crate) fn proofs<'r>(run: &'r Run<'_>) -> Table<'r> {
    Table {
        name: "proofs",
        columns: &PROOFS,
        rows: Box::new(run.proofs.iter().map(proof_row)),
    }
}

const PROOFS: [Column; 14] = [
    column("identity", ColumnType::Text),
    column("account", ColumnType::Text),
    column("scope", ColumnType::Text),
    column("currency", ColumnType::Text),
    column("date", ColumnType::Date),
    column("verdict", ColumnType::Text),
    column("expected", ColumnType::Amount),
    column("actual", ColumnType::Amount),
    column("difference", ColumnType::Amount),
    column("note", ColumnType::Text),
    column("title", ColumnType::Text),
    column("statement", ColumnType::Text),
    column("subject", ColumnType::Text),
    column("record_ids", ColumnType::Text),
];

fn proof_row(proof: &Proof) -> Vec<Cell<'_>> {
    vec![
        text(proof.identity),
        proof.account.as_deref().map_or(Cell::Absent, text),
        proof.scope.as_deref().map_or(Cell::Absent, text),
        code(proof.currency),
        proof.date.map_or(Cell::Absent, Cell::Date),
        text(proof.verdict.as_str()),
        amount(proof.expected, proof.currency),
        amount(proof.actual, proof.currency),
        amount(proof.difference, proof.currency),
        text(&*proof.note),
        text(proof.title),
        proof.statement.as_deref().map_or(Cell::Absent, text),
        proof.subject.as_deref().map_or(Cell::Absent, text),
        joined(proof.records.iter().map(String::as_str)),
    ]
}

const fn column(name: &'static str, holds: ColumnType) -> Column {
    Column { name, holds }
}

fn text<'r>(text: impl Into<Cow<'r, str>>) -> Cell<'r> {
    Cell::Text(text.into())
}

fn amount<'r>(amount: Option<Decimal>, currency: Option<Currency>) -> Cell<'r> {
    amount.map_or(Cell::Absent, |amount| Cell::Amount { amount, currency })
}

fn code<'r>(currency: Option<Currency>) -> Cell<'r> {
    currency.map_or(Cell::Absent, |currency| Cell::Label(currency.into()))
}

/// The ids of rows.
fn ids<'r>(book: &'r Book, rows: &[RowIndex]) -> Cell<'r> {
    match rows {
        &[row] => match book.id(row) {
            "" => Cell::Absent,
            id if has_separator(id) => joined([id].into_iter()),
            id => text(id),
        },
        rows => joined(rows.iter().map(|&row| book.id(row))),
    }
}

/// What separates ids, and what stands before that where it is in one.
const SEPARATORS: [u8; 2] = *b"|\\";

fn has_separator(id: &str) -> bool {
    id.bytes().any(|byte| SEPARATORS.contains(&byte))
}

/// Ids, separated by `|`; absent where there are none. Inside an id, `|` and
/// `\` follow a `\`.
fn joined<'i, 'r>(ids: impl Iterator<Item = &'i str>) -> Cell<'r> {
    let mut joined = String::new();
    for (position, id) in ids.enumerate() {
        if position > 0 {
            joined.push('|');
        }
        for character in id.chars() {
            if SEPARATORS.map(char::from).contains(&character) {
                joined.push('\\');
            }
            joined.push(character);
        }
    }
    if joined.is_empty() {
        return Cell::Absent;
    }
    text(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_what_they_are_made_of() {
        for number in [0, 7, 10, 1_234_567, u64::MAX] {
            let label = Label::numbered(b'M', number);
            assert_eq!(label.as_str(), format!("M{number}"));
        }
        let currency: Currency = "PEN".parse().unwrap();
        assert_eq!(Label::from(currency).as_str(), "PEN");
    }
}
