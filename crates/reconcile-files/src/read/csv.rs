//! Rows of CSV (RFC 4180, any delimiter).

use std::{
    io::{self, Read},
    str,
};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::{BadLine, Collector, line::Problem};
use crate::{
    Field, FileError, formula,
    mapping::Side,
    value::{Cell, Cells},
};

/// Reads every row of the file into the collector.
pub(super) fn read(bytes: impl Read, collector: &mut Collector<'_>) -> Result<(), FileError> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(collector.mapping.delimiter)
        .buffer_capacity(BUFFER)
        .from_reader(Kept::new(bytes));
    let mut record = ByteRecord::new();
    if !advance(&mut reader, &mut record, collector)? {
        return Ok(());
    }
    check_quotes(&reader, &record, collector)?;
    collector.ledger.header = verbatim(&reader, &record).to_vec();
    let columns = Columns::of(&record, collector)?;
    while advance(&mut reader, &mut record, collector)? {
        check_quotes(&reader, &record, collector)?;
        let line = line_of(&reader, &record);
        let cells = columns.cells(&record);
        collector.take(line, cells, || verbatim(&reader, &record).to_vec())?;
    }
    Ok(())
}

const BUFFER: usize = 1 << 16;

fn advance<R: Read>(
    reader: &mut Reader<Kept<R>>,
    record: &mut ByteRecord,
    collector: &Collector<'_>,
) -> Result<bool, FileError> {
    let start = reader.position().byte();
    reader.get_mut().keep_from = start;
    reader.read_byte_record(record).map_err(|error| {
        collector.unreadable(match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            // A flexible reader of bytes has no other errors.
            _ => io::ErrorKind::InvalidData.into(),
        })
    })
}

/// Refuses a record whose quotes leave open which lines belong to it.
///
/// The reader takes all that follows a quote for the cell, up to the next quote
/// or the end of the file, and what follows that one too. Where a quote was
/// lost, this swallows lines, in a last column without a trace.
fn check_quotes<R: Read>(
    reader: &Reader<Kept<R>>,
    record: &ByteRecord,
    collector: &Collector<'_>,
) -> Result<(), FileError> {
    let text = verbatim(reader, record);
    // Without a quote, a cell ends with its line.
    if !text.contains(&b'"') {
        return Ok(());
    }
    let cells = record.as_slice();
    let goes_on = cells.contains(&b'\n') || cells.contains(&b'\r');
    let last = reader.position().byte().saturating_sub(1);
    let ended = reader.get_ref().from(last).first();
    if !goes_on && ended.is_some_and(|byte| is_line_end(*byte)) {
        return Ok(());
    }
    if are_quotes_sound(text, collector.mapping.delimiter) {
        return Ok(());
    }
    let problem = Problem::of_line("a cell that begins with a quote does not end with one")
        .with_hint("close the quote; double one that belongs to the text");
    let line = line_of(reader, record);
    Err(collector.stop(BadLine::new(line, problem, text.to_vec())))
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
struct Columns {
    names: Vec<String>,
    wanted: Vec<(Field, usize)>,
    side: Side,
}

impl Columns {
    fn of(header: &ByteRecord, collector: &Collector<'_>) -> Result<Self, FileError> {
        let names: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect();
        let wanted = collector.find_columns(&names)?;
        Ok(Self {
            names,
            wanted,
            side: collector.side,
        })
    }

    fn cells<'r>(&self, record: &'r ByteRecord) -> Result<Cells<'r>, Problem> {
        if record.len() != self.names.len() {
            return Err(Problem::of_line(format!(
                "{} fields, the header has {}",
                record.len(),
                self.names.len()
            ))
            .with_hint("quote a cell that holds the delimiter, a decimal comma included"));
        }
        let text = str::from_utf8(record.as_slice()).map_err(|_| self.not_utf8(record))?;
        let mut cells = Cells::default();
        for (field, index) in &self.wanted {
            let range = record.range(*index).unwrap_or_default();
            let cell = text.get(range).ok_or_else(|| self.not_utf8(record))?;
            // Only our own files are known to have had their formulas defused.
            let cell = match self.side {
                Side::Records if field.is_text() => formula::restored(cell),
                _ => cell,
            };
            cells.set(*field, Cell::text(cell));
        }
        Ok(cells)
    }

    fn not_utf8(&self, record: &ByteRecord) -> Problem {
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

/// The number of the line that the record begins on. The reader counts from
/// the end of the record before, which leaves out the rest of that line's end
/// and blank lines.
fn line_of<R: Read>(reader: &Reader<Kept<R>>, record: &ByteRecord) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let skipped = reader.get_ref().from(position.byte());
    let blank = skipped.iter().take_while(|byte| is_line_end(**byte));
    position.line() + blank.filter(|byte| **byte == b'\n').count() as u64
}

/// The record as it stands in the file, without its line end.
fn verbatim<'r, R: Read>(reader: &'r Reader<Kept<R>>, record: &ByteRecord) -> &'r [u8] {
    let start = record.position().map_or(0, csv::Position::byte);
    let kept = reader.get_ref().from(start);
    let length = reader.position().byte().saturating_sub(start);
    let text = usize::try_from(length)
        .ok()
        .and_then(|length| kept.get(..length))
        .unwrap_or(kept);
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let begin = text
        .iter()
        .position(|byte| !is_line_end(*byte))
        .unwrap_or(0);
    let end = text
        .iter()
        .rposition(|byte| !is_line_end(*byte))
        .map_or(0, |last| last + 1);
    text.get(begin..end).unwrap_or_default()
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// A reader that keeps what it read since a given byte, so that a line that
/// cannot be read is at hand as it stands in the file.
struct Kept<R> {
    inner: R,
    bytes: Vec<u8>,
    /// Where in the file the kept bytes begin.
    start: u64,
    /// The first byte that is still needed.
    keep_from: u64,
}

impl<R> Kept<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            bytes: Vec::new(),
            start: 0,
            keep_from: 0,
        }
    }

    fn from(&self, at: u64) -> &[u8] {
        at.checked_sub(self.start)
            .and_then(|offset| self.bytes.get(usize::try_from(offset).ok()?..))
            .unwrap_or_default()
    }

    fn forget(&mut self) {
        let unneeded = self.keep_from.saturating_sub(self.start);
        let unneeded =
            usize::try_from(unneeded).map_or(self.bytes.len(), |count| count.min(self.bytes.len()));
        self.bytes.drain(..unneeded);
        self.start += unneeded as u64;
    }
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.forget();
        let count = self.inner.read(buffer)?;
        self.bytes
            .extend_from_slice(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
