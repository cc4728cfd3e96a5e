//! Rows of CSV (RFC 4180, any delimiter).

mod records;

use std::{io::Read, str};

use self::records::{Quotes, Record, Records, Unsplit};
use super::{
    BadLine, Collector,
    attributes::{self, Attributes, Keys, Places},
    line::Problem,
};
use crate::{
    Field, FileError, formula,
    mapping::Side,
    value::{Cell, Cells},
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
        // Filled where it lies: it is too large to be handed from hand to hand
        // a million times.
        let mut row = (Cells::default(), Attributes::new());
        let read = columns.fill(&record, &mut row);
        collector.take(record.line, read.map(|()| &row), || record.text.to_vec())?;
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
            let record = records.current();
            if is_sound(&record, collector.mapping.delimiter) {
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

/// Whether the quotes of a record say where it ends.
///
/// All that follows a quote is its cell, up to the next quote or the end of the
/// file, and what follows that one too. Where a quote was lost, this swallows
/// lines, in a last column without a trace.
fn is_sound(record: &Record<'_>, delimiter: u8) -> bool {
    record.quotes != Quotes::AcrossLines || are_quotes_sound(record.text, delimiter)
}

/// Whether every cell that begins with a quote ends with one, and no other
/// quote in it stands alone (RFC 4180).
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
    fields: Vec<Column>,
    /// The attributes that have a column, and the index of that.
    attributes: Vec<(&'m str, usize)>,
    /// The index of the column that holds the others, as an object.
    object: Option<usize>,
    /// The keys of the object that attributes stand in.
    keys: Keys<'m>,
}

/// A column that is read as a field.
struct Column {
    field: Field,
    index: usize,
    /// Whether its texts were kept from being taken for formulas.
    is_defused: bool,
}

impl<'m> Columns<'m> {
    fn of(header: &Record<'_>, collector: &Collector<'m>) -> Result<Self, FileError> {
        let names: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect();
        // Only our own files are known to have had their formulas defused.
        let is_ours = collector.side == Side::Records;
        let fields = collector.find_columns(&names)?.into_iter();
        let fields = fields.map(|(field, index)| Column {
            field,
            index,
            is_defused: is_ours && field.is_text(),
        });
        let fields = fields.collect();
        let places = Places::find(collector, &names)?;
        Ok(Self {
            names,
            fields,
            attributes: places.columns,
            object: places.object,
            keys: places.keys,
        })
    }

    fn fill<'r>(
        &self,
        record: &Record<'r>,
        (cells, attributes): &mut (Cells<'r>, Attributes<'r>),
    ) -> Result<(), Problem>
    where
        'm: 'r,
    {
        if record.len() != self.names.len() {
            return Err(self.misread(record));
        }
        let text = str::from_utf8(record.bytes()).map_err(|_| self.misread(record))?;
        let cell = |index| {
            let cell = text.get(record.range(index));
            cell.ok_or_else(|| self.misread(record))
        };
        for column in &self.fields {
            // Of the columns of our own files, half are empty in most rows.
            if record.range(column.index).is_empty() {
                continue;
            }
            let cell = cell(column.index)?;
            let text = if column.is_defused {
                formula::restored(cell)
            } else {
                cell
            };
            cells.put(column.field, Cell::Text(text));
        }
        for (name, index) in &self.attributes {
            attributes::add(name, Cell::text(cell(*index)?), attributes);
        }
        match self.object {
            Some(index) => self.keys.pick(cell(index)?, cells, attributes),
            None => Ok(()),
        }
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
