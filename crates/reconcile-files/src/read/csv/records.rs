//! A CSV file as its records.

use std::{
    io::{self, Read},
    mem,
    ops::Range,
    string::FromUtf8Error,
};

use csv_core::{ReadRecordResult, ReaderBuilder};
use memchr::{memchr, memchr2};

use crate::read::line::LONGEST;

/// Splits a file into records.
///
/// Nearly every record is one line without a quote, and is split where it
/// stands. What has a quote goes through csv-core.
pub(super) struct Records<R> {
    bytes: R,
    buffer: Buffer,
    /// How long the buffer may become.
    length: usize,
    /// What of the buffer is read from the file and not yet split.
    open: Range<usize>,
    /// The first bytes of a character whose others are still to be read.
    begun: Vec<u8>,
    /// Where in the buffer the first quote of what is open is, or its end: most
    /// files have none, and need not be searched for one line after line.
    quote: usize,
    /// The number of the line that `open` begins on.
    line: u64,
    delimiter: u8,
    quoted: csv_core::Reader,
    /// The cells of a record with quotes, unquoted, one after the other.
    cells: Vec<u8>,
    /// Where the cells of the current record begin, and more places than it needs.
    starts: Vec<usize>,
    current: Current,
}

/// What was read, looked at once for whether it is UTF-8: that takes less time than
/// record after record.
enum Buffer {
    Text(String),
    /// Something in it is none.
    Bytes(Vec<u8>),
}

impl Buffer {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// What of it is UTF-8, where that is known.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(_) => None,
        }
    }

    /// The bytes, without those at their end that begin a character: these, too.
    fn of(bytes: Vec<u8>) -> (Self, Vec<u8>) {
        let error = match String::from_utf8(bytes) {
            Ok(text) => return (Self::Text(text), Vec::new()),
            Err(error) => error,
        };
        let (valid, is_begun) = {
            let error = error.utf8_error();
            (error.valid_up_to(), error.error_len().is_none())
        };
        let mut bytes = error.into_bytes();
        if !is_begun {
            return (Self::Bytes(bytes), Vec::new());
        }
        let begun = bytes.split_off(valid);
        let text = String::from_utf8(bytes).map_err(FromUtf8Error::into_bytes);
        (text.map_or_else(Self::Bytes, Self::Text), begun)
    }
}

/// Where the current record is.
struct Current {
    line: u64,
    /// Where in the buffer.
    text: Range<usize>,
    quotes: Quotes,
    /// How many of the cells' bytes are its own; none where they stand in the text.
    unquoted: Option<usize>,
    /// How many of the starts are its own.
    starts: usize,
}

/// Why there is no further record, where there should be one.
pub(super) enum Unsplit {
    /// The file cannot be read.
    Io(io::Error),
    /// The record that begins on this line is longer than any real one.
    TooLong(u64),
}

/// One record.
pub(super) struct Record<'r> {
    /// The number of the line that it begins on, from 1.
    pub(super) line: u64,
    /// The record as it stands in the file, without its line end.
    pub(super) text: &'r [u8],
    /// Its cells, where they are known to be UTF-8.
    known: Option<&'r str>,
    cells: &'r [u8],
    /// Where each cell begins, and where one would that came after them.
    starts: &'r [usize],
    /// How many bytes lie between two cells.
    gap: usize,
}

/// What the quotes of a record say about where it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Without a quote, a record ends with its line.
    None,
    /// There are some, and no cell goes on behind the end of its line.
    WithinLine,
    /// A cell holds a line end, or the file ends before the line does.
    AcrossLines,
}

impl<R: Read> Records<R> {
    pub(super) fn new(bytes: R, delimiter: u8) -> Self {
        Self::with_buffer(bytes, delimiter, BUFFER)
    }

    fn with_buffer(bytes: R, delimiter: u8, length: usize) -> Self {
        let mut quoted = ReaderBuilder::new().delimiter(delimiter).build();
        // It takes a byte order mark for none of the text at its very start,
        // which is the start of any record here.
        let _ = quoted.read_record(b"\n", &mut [], &mut []);
        Self {
            bytes,
            buffer: Buffer::Bytes(Vec::new()),
            length,
            open: 0..0,
            begun: Vec::new(),
            quote: 0,
            line: 1,
            delimiter,
            quoted,
            cells: vec![0; 1 << 10],
            starts: vec![0; 32],
            current: Current {
                line: 0,
                text: 0..0,
                quotes: Quotes::None,
                unquoted: None,
                starts: 0,
            },
        }
    }

    /// Goes on to the next record; false when there is none. Blank lines are none.
    pub(super) fn advance(&mut self) -> Result<bool, Unsplit> {
        if !self.skip_line_ends()? {
            return Ok(false);
        }
        let length = self.line_length()?;
        let text = self.open.start..self.open.start + length;
        if self.quote < text.end {
            self.advance_quoted()?;
            return Ok(true);
        }
        let line = part(self.buffer.bytes(), text.start, length);
        let starts = loop {
            match starts(line, self.delimiter, &mut self.starts) {
                Some(count) => break count,
                None => self.starts.resize(self.starts.len() * 2, 0),
            }
        };
        self.open.start = text.end;
        self.current = Current {
            line: self.line,
            text,
            quotes: Quotes::None,
            unquoted: None,
            starts,
        };
        // Of a carriage return it may not be known yet what follows it.
        if !self.open.is_empty() && self.buffer.bytes().get(self.open.start) == Some(&b'\n') {
            self.line += 1;
            self.open.start += 1;
        }
        Ok(true)
    }

    /// What the quotes of the record say about where it ends.
    pub(super) fn quotes(&self) -> Quotes {
        self.current.quotes
    }

    /// The record that it stands at.
    pub(super) fn current(&self) -> Record<'_> {
        let Current {
            line,
            text,
            unquoted,
            starts,
            ..
        } = &self.current;
        let known = self.buffer.text().filter(|_| unquoted.is_none());
        let known = known.and_then(|known| known.get(text.clone()));
        let text = self.buffer.bytes().get(text.clone()).unwrap_or_default();
        Record {
            line: *line,
            text,
            known,
            cells: unquoted.map_or(text, |length| part(&self.cells, 0, length)),
            starts: self.starts.get(..*starts).unwrap_or_default(),
            gap: usize::from(unquoted.is_none()),
        }
    }

    /// Goes to the first byte that ends no line; false at the end of the file.
    fn skip_line_ends(&mut self) -> Result<bool, Unsplit> {
        loop {
            let open = self
                .buffer
                .bytes()
                .get(self.open.clone())
                .unwrap_or_default();
            if open.first().is_some_and(|byte| !is_line_end(*byte)) {
                return Ok(true);
            }
            let text = open.iter().position(|byte| !is_line_end(*byte));
            // A line feed that is still to be read ends the same line.
            let is_split = text.is_none() && open.last() == Some(&b'\r');
            let skipped = text.unwrap_or(open.len() - usize::from(is_split));
            self.line += line_ends(part(open, 0, skipped));
            self.open.start += skipped;
            if text.is_some() {
                return Ok(true);
            }
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// How far it is from here to the end of the line, which is a line feed or,
    /// as on old machines, a carriage return.
    fn line_length(&mut self) -> Result<usize, Unsplit> {
        let mut searched = 0;
        loop {
            let open = self
                .buffer
                .bytes()
                .get(self.open.clone())
                .unwrap_or_default();
            let unseen = open.get(searched..).unwrap_or_default();
            if let Some(end) = memchr2(b'\n', b'\r', unseen) {
                return Ok(searched + end);
            }
            searched = open.len();
            if !self.fill()? {
                return Ok(searched);
            }
        }
    }

    /// Goes on to the record from here on, which has a quote.
    fn advance_quoted(&mut self) -> Result<(), Unsplit> {
        // Each cell ends where the next one begins.
        let (mut read, mut written, mut ended) = (0, 0, 1);
        loop {
            let input = self
                .buffer
                .bytes()
                .get(self.open.start + read..self.open.end);
            let (result, taken, unquoted, ends) = self.quoted.read_record(
                input.unwrap_or_default(),
                self.cells.get_mut(written..).unwrap_or_default(),
                self.starts.get_mut(ended..).unwrap_or_default(),
            );
            read += taken;
            written += unquoted;
            ended += ends;
            match result {
                // At the end of the file, no input is what ends the record.
                ReadRecordResult::InputEmpty => _ = self.fill()?,
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => {
                    self.starts.resize(self.starts.len() * 2, 0);
                }
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        let taken = part(self.buffer.bytes(), self.open.start, read);
        let text = without_line_ends(taken);
        let cells = part(&self.cells, 0, written);
        let ends_with_line = taken.last().is_some_and(|byte| is_line_end(*byte));
        let quotes = if memchr(b'"', text).is_none() {
            Quotes::None
        } else if ends_with_line && !cells.iter().any(|byte| is_line_end(*byte)) {
            Quotes::WithinLine
        } else {
            Quotes::AcrossLines
        };
        let (line, end) = (self.line, self.open.start + text.len());
        self.line += line_ends(text);
        self.current = Current {
            line,
            text: self.open.start..end,
            quotes,
            unquoted: Some(written),
            starts: ended,
        };
        self.open.start = end;
        let open = self
            .buffer
            .bytes()
            .get(self.open.clone())
            .unwrap_or_default();
        self.quote = end + memchr(b'"', open).unwrap_or(open.len());
        Ok(())
    }

    /// Reads on; false at the end of the file. What is open moves to the front.
    fn fill(&mut self) -> Result<bool, Unsplit> {
        let mut bytes = self.take_buffer();
        bytes.copy_within(self.open.clone(), 0);
        self.quote -= self.open.start;
        self.open = 0..self.open.len();
        let before = self.open.end;
        loop {
            let ends = !self.read(&mut bytes)?;
            (self.buffer, self.begun) = if ends {
                // Nothing follows what is begun any more.
                (Buffer::Bytes(bytes), Vec::new())
            } else {
                Buffer::of(bytes)
            };
            let read = self.buffer.bytes().get(before..).unwrap_or_default();
            if ends || !read.is_empty() {
                if self.quote == before {
                    self.quote += memchr(b'"', read).unwrap_or(read.len());
                }
                self.open.end += read.len();
                return Ok(!read.is_empty());
            }
            bytes = self.take_buffer();
        }
    }

    fn take_buffer(&mut self) -> Vec<u8> {
        mem::replace(&mut self.buffer, Buffer::Bytes(Vec::new())).into_bytes()
    }

    /// Reads on behind what is open and the character that is begun, and cuts off what
    /// was not read; false at the end of the file.
    fn read(&mut self, bytes: &mut Vec<u8>) -> Result<bool, Unsplit> {
        let start = self.open.end + self.begun.len();
        while start >= self.length {
            if self.length >= LONGEST {
                return Err(Unsplit::TooLong(self.line));
            }
            self.length *= 2;
        }
        bytes.resize(self.length, 0);
        if let Some(begun) = bytes.get_mut(self.open.end..start) {
            begun.copy_from_slice(&self.begun);
        }
        let room = bytes.get_mut(start..).unwrap_or_default();
        loop {
            match self.bytes.read(room) {
                Ok(count) => {
                    bytes.truncate(start + count);
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Unsplit::Io(error)),
            }
        }
    }
}

/// What is read at once: it stays in the processor's cache until it is split.
const BUFFER: usize = 1 << 18;

impl<'r> Record<'r> {
    /// What its cells lie in, where each of them is UTF-8.
    pub(super) fn utf8(&self) -> Option<&'r str> {
        if self.known.is_some() {
            return self.known;
        }
        let text = str::from_utf8(self.cells).ok()?;
        // A delimiter parts what stands in the text. Where cells are unquoted, two
        // halves of a character may meet.
        let mut starts = self.starts.iter();
        let parted = self.gap > 0 || starts.all(|start| text.is_char_boundary(*start));
        parted.then_some(text)
    }

    /// The cells of some neighbouring columns as one, where they stand in the text:
    /// then, no others read the same.
    pub(super) fn stretch(&self, columns: &Range<usize>) -> Option<&'r [u8]> {
        let start = self.starts.get(columns.start)?;
        let end = self.starts.get(columns.end)?.checked_sub(1)?;
        self.cells.get(*start..end).filter(|_| self.gap > 0)
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Where a cell lies in the bytes.
    pub(super) fn range(&self, index: usize) -> Range<usize> {
        match self.starts.get(index..).and_then(<[usize]>::first_chunk) {
            Some([start, next]) => *start..next - self.gap,
            None => 0..0,
        }
    }

    /// Every cell.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'r [u8]> {
        (0..self.len()).map(|index| self.cells.get(self.range(index)).unwrap_or_default())
    }
}

/// Puts down where each cell begins that the delimiter parts, from the second one
/// on, and where one would after the last: how many places that are with the
/// first one, zero; `None` when there are not so many.
///
/// It looks at eight bytes at a time: delimiters lie too close together for a
/// search that begins anew after each.
fn starts(text: &[u8], delimiter: u8, places: &mut [usize]) -> Option<usize> {
    let (_, behind_first) = places.split_first_mut()?;
    let most = behind_first.len();
    let mut places = behind_first.iter_mut();
    let (eights, rest) = text.as_chunks();
    let mut behind = 1;
    for eight in eights {
        let mut hits = high_bits_of(delimiter, *eight);
        while hits != 0 {
            *places.next()? = behind + hits.trailing_zeros() as usize / 8;
            hits &= hits - 1;
        }
        behind += eight.len();
    }
    for byte in rest {
        if *byte == delimiter {
            *places.next()? = behind;
        }
        behind += 1;
    }
    *places.next()? = behind;
    Some(1 + most - places.len())
}

/// Eight bytes in which the high bit is set of each that is this one, and no other.
fn high_bits_of(byte: u8, eight: [u8; 8]) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    // A byte that is wanted is zero here, and nothing is carried from one byte to
    // the next.
    let apart = u64::from_le_bytes(eight) ^ u64::from_le_bytes([byte; 8]);
    !(((apart & LOW) + LOW) | apart | LOW)
}

fn part(bytes: &[u8], from: usize, length: usize) -> &[u8] {
    bytes.get(from..from + length).unwrap_or_default()
}

fn without_line_ends(bytes: &[u8]) -> &[u8] {
    let last = bytes.iter().rposition(|byte| !is_line_end(*byte));
    part(bytes, 0, last.map_or(0, |last| last + 1))
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// How many lines end in the bytes: each with a line feed, or with a carriage
/// return that none follows.
fn line_ends(bytes: &[u8]) -> u64 {
    let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    ends.count() as u64
}

#[cfg(test)]
mod tests {
    use memchr::memchr_iter;
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time, as a slow disk may.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let some = buffer.len().min(3);
            self.0.read(&mut buffer[..some])
        }
    }

    type Rows = Vec<(u64, Vec<Vec<u8>>)>;

    fn split(text: &[u8]) -> Rows {
        let mut records = Records::with_buffer(Slow(text), b',', 2);
        let mut rows = Vec::new();
        while let Ok(true) = records.advance() {
            let record = records.current();
            rows.push((record.line, record.iter().map(<[u8]>::to_vec).collect()));
        }
        rows
    }

    /// The records as the csv crate sees them. It says where the record before
    /// ends, so the line ends after that one are added.
    fn expected(text: &[u8]) -> Rows {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text);
        let rows = reader.into_byte_records().map(|record| {
            let record = record.unwrap();
            let position = record.position().unwrap();
            let from = usize::try_from(position.byte()).unwrap();
            let skipped = text[from..].iter().take_while(|byte| is_line_end(**byte));
            let before = &text[..from + skipped.count()];
            let cells = record.iter().map(<[u8]>::to_vec).collect();
            (1 + line_ends(before), cells)
        });
        rows.collect()
    }

    #[test]
    fn lines_are_split_where_they_stand() {
        let rows = split(b"a,b\r\n\r\n,\nc");
        let cells = |row: usize| rows[row].1.iter().map(Vec::as_slice).collect::<Vec<_>>();
        assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 3, 4]);
        assert_eq!(cells(0), [b"a", b"b"]);
        assert_eq!(cells(1), [b"", b""]);
        assert_eq!(cells(2), [b"c"]);
    }

    #[test]
    fn a_carriage_return_ends_a_line_as_well() {
        for (text, lines) in [
            (&b"a\rb\r\rc\r"[..], [1, 2, 4]),
            (b"a\r\nb\r\n\r\nc\r\n", [1, 2, 4]),
            (b"a\n\"\r\r\n\"\rc", [1, 2, 5]),
        ] {
            let rows = split(text);
            let found: Vec<_> = rows.iter().map(|row| row.0).collect();
            assert_eq!(found, lines, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_cell_begins_behind_every_delimiter(text: Vec<u8>, byte in 0x2b_u8..0x2e) {
            let text: Vec<u8> = text.iter().map(|other| if other % 3 == 0 { 0x2c } else { *other }).collect();
            let mut expected = vec![0];
            expected.extend(memchr_iter(byte, &text).map(|place| place + 1));
            expected.push(text.len() + 1);
            let mut places = vec![0; expected.len()];
            prop_assert_eq!(starts(&text, byte, &mut places), Some(expected.len()));
            prop_assert_eq!(&places, &expected);
            places.pop();
            prop_assert_eq!(starts(&text, byte, &mut places), None);
        }

        #[test]
        fn a_record_is_utf8_where_each_of_its_cells_is(
            bytes in prop::collection::vec(prop::sample::select(b"a,\"\n\xc3\xa9".to_vec()), 0..60),
            length in 1_usize..9,
        ) {
            let mut records = Records::with_buffer(Slow(&bytes), b',', length);
            while let Ok(true) = records.advance() {
                let record = records.current();
                let is_utf8 = record.iter().all(|cell| str::from_utf8(cell).is_ok());
                prop_assert_eq!(record.utf8().is_some(), is_utf8);
                prop_assert!(record.utf8().is_none_or(|text| text.as_bytes() == record.cells));
            }
        }

        #[test]
        fn every_file_has_the_records_that_the_csv_crate_sees(text in "[ab,,\"\"\r\n\né]{0,60}") {
            prop_assert_eq!(split(text.as_bytes()), expected(text.as_bytes()));
        }
    }
}
