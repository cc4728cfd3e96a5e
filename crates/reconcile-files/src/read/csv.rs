//! Rows of CSV (RFC 4180, any delimiter).

mod records;

use std::{cell::RefCell, io::Read, ops::Range, str};

use self::records::{Quotes, Record, Records, Unsplit};
use super::{
    BadLine, Collector,
    attributes::{self, Attributes, Keys, Places},
    line::Problem,
};
use crate::{
    Field, FileError, formula,
    mapping::Side,
    value::{Cell, Fields, Words},
};

/// Reads every row of the file into the collector.
pub(super) fn read(bytes: impl Read, collector: &mut Collector<'_>) -> Result<(), FileError> {
    let mut records = Records::new(bytes, collector.mapping.delimiter);
    if !advance(&mut records, collector)? {
        return Ok(());
    }
    let header = records.current();
    let columns = header.len();
    if columns > MOST_COLUMNS {
        let problem = Problem::of_line(format!("has {columns} columns")).with_hint(
            "the first line names the columns, of which a spreadsheet has 16384 at most",
        );
        return Err(collector.stop(BadLine::new(header.line, problem, Vec::new())));
    }
    collector.ledger.header = header.text.to_vec();
    let columns = Columns::of(&header, collector)?;
    while advance(&mut records, collector)? {
        let record = records.current();
        if is_blank(&record, collector.mapping.delimiter) {
            continue;
        }
        let row = columns.row(&record);
        let row = row.as_ref().map(|(line, attributes)| (line, attributes));
        let text = || record.text.to_vec();
        collector.take(record.line, row.map_err(Problem::clone), text)?;
    }
    Ok(())
}

/// Whether no cell holds anything: spreadsheets write such rows behind the last one.
fn is_blank(record: &Record<'_>, delimiter: u8) -> bool {
    // Of nearly every other row, the first byte tells.
    let first = record.text.first();
    first.is_some_and(|byte| *byte == delimiter || b" \t\"".contains(byte))
        && record.iter().all(|cell| cell.trim_ascii().is_empty())
}

/// More columns than any table has: each takes memory.
const MOST_COLUMNS: usize = 1 << 14;

/// Goes on to the next record, whose quotes leave no doubt which lines belong to
/// it; false when there is none.
fn advance<R: Read>(
    records: &mut Records<R>,
    collector: &Collector<'_>,
) -> Result<bool, FileError> {
    match records.advance() {
        Ok(true) => {
            if records.quotes() != Quotes::AcrossLines {
                return Ok(true);
            }
            let record = records.current();
            if are_quotes_sound(record.text, collector.mapping.delimiter) {
                return Ok(true);
            }
            let problem = Problem::of_line("a cell that begins with a quote does not end with one")
                .with_hint("close the quote; double one that belongs to the text");
            Err(collector.stop(BadLine::new(record.line, problem, record.text.to_vec())))
        }
        Ok(false) => Ok(false),
        Err(Unsplit::Io(source)) => Err(collector.unreadable(source)),
        Err(Unsplit::TooLong(line)) => {
            let problem = Problem::too_long(
                "a quote that is not closed takes all that follows for its cell; a file without line ends is no CSV",
            );
            Err(collector.stop(BadLine::new(line, problem, Vec::new())))
        }
    }
}

/// Whether every cell that begins with a quote ends with one, and no other
/// quote in it stands alone (RFC 4180).
///
/// All that follows a quote is its cell, up to the next quote or the end of the
/// file, and what follows that one too. Where a quote was lost, this swallows
/// lines, in a last column without a trace.
fn are_quotes_sound(record: &[u8], delimiter: u8) -> bool {
    let mut rest = record;
    loop {
        let after = if let Some(quoted) = rest.strip_prefix(b"\"") {
            after_closing_quote(quoted)
        } else {
            let end = rest.iter().position(|byte| *byte == delimiter);
            end.map_or(Some(&[][..]), |end| rest.get(end..))
        };
        let Some(after) = after else {
            return false;
        };
        rest = match after.split_first() {
            None => return true,
            Some((byte, next)) if *byte == delimiter => next,
            Some(_) => return false,
        };
    }
}

/// What follows the quote that closes a cell; a doubled one belongs to its text.
fn after_closing_quote(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        let quote = text.iter().position(|byte| *byte == b'"')?;
        let after = text.get(quote + 1..)?;
        match after.strip_prefix(b"\"") {
            Some(rest) => text = rest,
            None => return Some(after),
        }
    }
}

/// What the columns of a file are read as.
struct Columns<'m> {
    names: Vec<String>,
    /// By field, where there is one.
    fields: [Option<Column>; Field::ALL.len()],
    /// The attributes that have a column, and the index of that.
    attributes: Vec<(&'m str, usize)>,
    /// The index of the column that holds the others, as an object.
    object: Option<usize>,
    /// The keys of the object that attributes stand in.
    keys: Keys<'m>,
    words: RefCell<LastWords>,
}

/// A column that is read as a field.
#[derive(Clone, Copy)]
struct Column {
    index: usize,
    /// Whether its texts were kept from being taken for formulas.
    is_defused: bool,
}

/// The words of the row that was read last, and what they mean: most rows have the
/// same.
#[derive(Default)]
struct LastWords {
    /// The columns of words, those that lie side by side as one, and what they held.
    runs: Vec<(Range<usize>, Vec<u8>)>,
    words: Option<Words>,
}

impl LastWords {
    fn of(fields: &[Option<Column>]) -> Self {
        let columns = Field::ALL.iter().filter(|field| field.is_word());
        let columns = columns.filter_map(|field| *fields.get(*field as usize)?);
        let mut indices: Vec<_> = columns.map(|column| column.index).collect();
        indices.sort_unstable();
        let runs = indices.chunk_by(|one, next| one + 1 == *next);
        let runs = runs.filter_map(|run| Some((*run.first()?..run.last()? + 1, Vec::new())));
        Self {
            runs: runs.collect(),
            words: None,
        }
    }

    /// What the words of a record mean that was just looked at; none where it may
    /// have others.
    fn of_record(&self, record: &Record<'_>) -> Option<Words> {
        let mut runs = self.runs.iter();
        let is_alike = runs.all(|(run, text)| record.stretch(run) == Some(text));
        self.words.filter(|_| is_alike)
    }

    fn keep(&mut self, record: &Record<'_>, words: Words) {
        self.words = Some(words);
        for (run, text) in &mut self.runs {
            text.clear();
            match record.stretch(run) {
                Some(stretch) => text.extend_from_slice(stretch),
                None => self.words = None,
            }
        }
    }
}

impl<'m> Columns<'m> {
    fn of(header: &Record<'_>, collector: &Collector<'m>) -> Result<Self, FileError> {
        let names: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect();
        // Only our own files are known to have had their formulas defused.
        let is_ours = collector.side == Side::Records;
        let mut fields = [None; Field::ALL.len()];
        for (field, index) in collector.find_columns(&names)? {
            if let Some(place) = fields.get_mut(field as usize) {
                *place = Some(Column {
                    index,
                    is_defused: is_ours && field.is_text(),
                });
            }
        }
        let places = Places::find(collector, &names)?;
        Ok(Self {
            names,
            words: RefCell::new(LastWords::of(&fields)),
            fields,
            attributes: places.columns,
            object: places.object,
            keys: places.keys,
        })
    }

    /// The fields and attributes of a record.
    fn row<'r>(&self, record: &'r Record<'r>) -> Result<(Line<'_, 'r>, Attributes<'r>), Problem>
    where
        'm: 'r,
    {
        let text = record.utf8().filter(|_| record.len() == self.names.len());
        let text = text.ok_or_else(|| self.misread(record))?;
        let mut line = Line {
            columns: self,
            record,
            text,
            in_object: Vec::new(),
        };
        let mut attributes = Attributes::new();
        for (name, index) in &self.attributes {
            attributes::add(name, Cell::text(line.text(*index)), &mut attributes);
        }
        if let Some(index) = self.object {
            line.in_object = self.keys.pick(line.text(index), &mut attributes)?;
        }
        Ok((line, attributes))
    }

    /// Why a record has not the cells that the header names.
    #[cold]
    fn misread(&self, record: &Record<'_>) -> Problem {
        let (cells, columns) = (record.len(), self.names.len());
        if cells != columns {
            let problem = format!("{cells} fields, the header has {columns}");
            return Problem::of_line(problem)
                .with_hint("quote a cell that holds the delimiter, a decimal comma included");
        }
        let mut named = record.iter().zip(&self.names);
        let broken = named.find(|(cell, _)| str::from_utf8(cell).is_err());
        let problem = match broken {
            Some((_, name)) => Problem::of_column(name, "is not UTF-8"),
            None => Problem::of_line("is not UTF-8"),
        };
        problem.with_hint("save the file as CSV (UTF-8)")
    }
}

/// A record whose cells are cut out of it as they are asked for.
struct Line<'l, 'r> {
    columns: &'l Columns<'l>,
    record: &'r Record<'r>,
    text: &'r str,
    /// The fields that stand in the object of attributes.
    in_object: Vec<(Field, Cell<'r>)>,
}

impl<'r> Line<'_, 'r> {
    /// The text of a column.
    fn text(&self, index: usize) -> &'r str {
        // It is cut between characters, as `Record::utf8` has seen.
        self.text.get(self.record.range(index)).unwrap_or_default()
    }
}

impl<'r> Fields<'r> for Line<'_, 'r> {
    #[expect(
        clippy::inline_always,
        reason = "which field is asked for is known where it is called, millions of times"
    )]
    #[inline(always)]
    fn at(&self, field: Field) -> Cell<'r> {
        let column = self.columns.fields.get(field as usize);
        let text = match column.copied().flatten() {
            Some(column) if column.is_defused => formula::restored(self.text(column.index)),
            Some(column) => self.text(column.index),
            None => "",
        };
        if text.is_empty() && !self.in_object.is_empty() {
            let mut found = self.in_object.iter();
            let found = found.find(|(other, _)| *other == field);
            return found.map_or(Cell::Absent, |(_, cell)| *cell);
        }
        Cell::text(text)
    }

    fn words<E>(&self, look_up: impl FnOnce() -> Result<Words, E>) -> Result<Words, E> {
        // What stands in the object may be a word.
        if !self.in_object.is_empty() {
            return look_up();
        }
        let mut last = self.columns.words.borrow_mut();
        if let Some(words) = last.of_record(self.record) {
            return Ok(words);
        }
        let words = look_up()?;
        last.keep(self.record, words);
        Ok(words)
    }
}
