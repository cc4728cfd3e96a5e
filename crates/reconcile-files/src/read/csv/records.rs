//! A CSV file as its records.

use std::{
    io::{self, Read},
    ops::Range,
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
    buffer: Vec<u8>,
    /// What of the buffer is read from the file and not yet split.
    open: Range<usize>,
    /// The number of the line that `open` begins on.
    line: u64,
    delimiter: u8,
    quoted: csv_core::Reader,
    /// The cells of a record with quotes, unquoted, one after the other.
    cells: Vec<u8>,
    /// Where the cells of the current record end.
    ends: Vec<usize>,
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
    /// What its quotes say about where it ends.
    pub(super) quotes: Quotes,
    cells: &'r [u8],
    ends: &'r [usize],
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
            buffer: vec![0; length],
            open: 0..0,
            line: 1,
            delimiter,
            quoted,
            cells: vec![0; 1 << 10],
            ends: Vec::new(),
        }
    }

    /// The next record; blank lines are none.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Unsplit> {
        if !self.skip_line_ends()? {
            return Ok(None);
        }
        let length = self.line_length()?;
        let line = part(&self.buffer, self.open.start, length);
        if memchr(b'"', line).is_some() {
            return self.quoted().map(Some);
        }
        let text = self.open.start..self.open.start + length;
        self.open.start = text.end;
        let text = self.buffer.get(text).unwrap_or_default();
        self.ends.clear();
        find_all(self.delimiter, text, &mut self.ends);
        self.ends.push(text.len());
        Ok(Some(Record {
            line: self.line,
            text,
            quotes: Quotes::None,
            cells: text,
            ends: &self.ends,
            gap: 1,
        }))
    }

    /// Goes to the first byte that ends no line; false at the end of the file.
    fn skip_line_ends(&mut self) -> Result<bool, Unsplit> {
        loop {
            let open = self.buffer.get(self.open.clone()).unwrap_or_default();
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
            let open = self.buffer.get(self.open.clone()).unwrap_or_default();
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

    /// The record from here on, which has a quote.
    fn quoted(&mut self) -> Result<Record<'_>, Unsplit> {
        let (mut read, mut written, mut ended) = (0, 0, 0);
        self.ends.resize(self.ends.capacity().max(16), 0);
        loop {
            let input = self.buffer.get(self.open.start + read..self.open.end);
            let (result, taken, unquoted, ends) = self.quoted.read_record(
                input.unwrap_or_default(),
                self.cells.get_mut(written..).unwrap_or_default(),
                self.ends.get_mut(ended..).unwrap_or_default(),
            );
            read += taken;
            written += unquoted;
            ended += ends;
            match result {
                // At the end of the file, no input is what ends the record.
                ReadRecordResult::InputEmpty => _ = self.fill()?,
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        let taken = part(&self.buffer, self.open.start, read);
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
        let line = self.line;
        self.line += line_ends(text);
        self.open.start += text.len();
        Ok(Record {
            line,
            text,
            quotes,
            cells,
            ends: self.ends.get(..ended).unwrap_or_default(),
            gap: 0,
        })
    }

    /// Reads on; false at the end of the file. What is open moves to the front.
    fn fill(&mut self) -> Result<bool, Unsplit> {
        if self.open.start > 0 {
            self.buffer.copy_within(self.open.clone(), 0);
            self.open = 0..self.open.len();
        }
        if self.open.end == self.buffer.len() {
            if self.buffer.len() >= LONGEST {
                return Err(Unsplit::TooLong(self.line));
            }
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let room = self.buffer.get_mut(self.open.end..).unwrap_or_default();
        loop {
            match self.bytes.read(room) {
                Ok(count) => {
                    self.open.end += count;
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
    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// What its cells lie in.
    pub(super) fn bytes(&self) -> &'r [u8] {
        self.cells
    }

    /// Where a cell lies in the bytes.
    pub(super) fn range(&self, index: usize) -> Range<usize> {
        let end = |index: usize| self.ends.get(index).copied();
        let before = index.checked_sub(1).and_then(end);
        before.map_or(0, |before| before + self.gap)..end(index).unwrap_or_default()
    }

    /// Every cell.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'r [u8]> {
        (0..self.len()).map(|index| self.cells.get(self.range(index)).unwrap_or_default())
    }
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

/// Puts down where a byte stands, eight bytes at a look: delimiters lie too
/// close together for a search that begins anew after each.
fn find_all(byte: u8, text: &[u8], places: &mut Vec<usize>) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let wanted = u64::from_le_bytes([byte; 8]);
    let (eights, rest) = text.as_chunks();
    // What is left is made eight bytes, none of which is wanted after it.
    let mut last = [!byte; 8];
    for (place, byte) in last.iter_mut().zip(rest) {
        *place = *byte;
    }
    for (number, eight) in eights.iter().chain([&last]).enumerate() {
        // A byte that is wanted is zero here, and nothing is carried from one
        // byte to the next: its high bit, and no other, is set in the end.
        let apart = u64::from_le_bytes(*eight) ^ wanted;
        let mut hits = !(((apart & LOW) + LOW) | apart | LOW);
        while hits != 0 {
            places.push(number * 8 + hits.trailing_zeros() as usize / 8);
            hits &= hits - 1;
        }
    }
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
        while let Ok(Some(record)) = records.next() {
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
        fn every_place_of_a_byte_is_found(text: Vec<u8>, byte in 0x2b_u8..0x2e) {
            let text: Vec<u8> = text.iter().map(|other| if other % 3 == 0 { 0x2c } else { *other }).collect();
            let mut places = Vec::new();
            find_all(byte, &text, &mut places);
            prop_assert_eq!(places, memchr_iter(byte, &text).collect::<Vec<_>>());
        }

        #[test]
        fn every_file_has_the_records_that_the_csv_crate_sees(text in "[ab,,\"\"\r\n\né]{0,60}") {
            prop_assert_eq!(split(text.as_bytes()), expected(text.as_bytes()));
        }
    }
}
