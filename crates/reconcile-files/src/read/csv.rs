//! Rows of CSV (RFC 4180, any delimiter).

mod records;

use std::{io::Read, str};

use self::records::{Quotes, Record, Records, Unsplit};
use super::{
    BadLine, Collector,
    attributes::{self, Attributes, Places},
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
    let Some(header) = next(&mut records, collector)? else {
        return Ok(());
    };
    if header.len() > MOST_COLUMNS {
        let problem = Problem::of_line(format!("has {} columns", header.len())).with_hint(
            "the first line names the columns, of which a spreadsheet has 16384 at most",
        );
        return Err(collector.stop(BadLine::new(header.line, problem, Vec::new())));
    }
    collector.ledger.header = header.text.to_vec();
    let columns = Columns::of(&header, collector)?;
    while let Some(record) = next(&mut records, collector)? {
        // Filled where it lies: it is too large to be handed from hand to hand
        // a million times.
        let mut row = (Cells::default(), Attributes::new());
        let read = columns.fill(&record, &mut row);
        collector.take(record.line, read.map(|()| &row), || record.text.to_vec())?;
    }
    Ok(())
}

/// More columns than any table has: each takes memory.
const MOST_COLUMNS: usize = 1 << 14;

/// The next record, whose quotes leave no doubt which lines belong to it.
fn next<'r, R: Read>(
    records: &'r mut Records<R>,
    collector: &Collector<'_>,
) -> Result<Option<Record<'r>>, FileError> {
    let delimiter = collector.mapping.delimiter;
    match records.next() {
        Ok(Some(record)) if !is_sound(&record, delimiter) => {
            let problem = Problem::of_line("a cell that begins with a quote does not end with one")
                .with_hint("close the quote; double one that belongs to the text");
            Err(collector.stop(BadLine::new(record.line, problem, record.text.to_vec())))
        }
        Ok(record) => Ok(record),
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

/// Where the columns of a file are that are read.
struct Columns<'m> {
    names: Vec<String>,
    wanted: Vec<(Field, usize)>,
    attributes: Places<'m>,
    side: Side,
}

impl<'m> Columns<'m> {
    fn of(header: &Record<'_>, collector: &Collector<'m>) -> Result<Self, FileError> {
        let names: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect();
        Ok(Self {
            wanted: collector.find_columns(&names)?,
            attributes: Places::find(collector, &names)?,
            names,
            side: collector.side,
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
            return Err(Problem::of_line(format!(
                "{} fields, the header has {}",
                record.len(),
                self.names.len()
            ))
            .with_hint("quote a cell that holds the delimiter, a decimal comma included"));
        }
        let text = str::from_utf8(record.bytes()).map_err(|_| self.not_utf8(record))?;
        let part = |range| text.get(range).ok_or_else(|| self.not_utf8(record));
        let cell = |index| part(record.range(index));
        for (field, index) in &self.wanted {
            let range = record.range(*index);
            // Of the columns of our own files, half are empty in most rows.
            if range.is_empty() {
                continue;
            }
            let cell = part(range)?;
            // Only our own files are known to have had their formulas defused.
            let cell = match self.side {
                Side::Records if field.is_text() => formula::restored(cell),
                _ => cell,
            };
            cells.set(*field, Cell::text(cell));
        }
        for (name, index) in &self.attributes.columns {
            attributes::add(name, Cell::text(cell(*index)?), attributes);
        }
        if let Some(object) = self.attributes.object {
            self.attributes
                .keys
                .pick(cell(object)?, cells, attributes)?;
        }
        Ok(())
    }

    fn not_utf8(&self, record: &Record<'_>) -> Problem {
        let broken = record
            .iter()
            .zip(&self.names)
            .find_map(|(cell, name)| str::from_utf8(cell).is_err().then_some(name));
        let problem = match broken {
            Some(name) => Problem::of_column(name, "is not UTF-8"),
            None => Problem::of_line("is not UTF-8"),
        };
        problem.with_hint("save the file as CSV (UTF-8)")
    }
}
