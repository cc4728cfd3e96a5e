//! The pages of a column, a stretch of rows at a time and each value where it lies.
//!
//! The library hands out every value as an object of its own that shares its
//! page, which costs more than all that is done with it afterwards. Here a value
//! is a place in a page, and a text is checked with its page.

use std::{mem, ops::Range};

use jiff::civil::Date;
use parquet::{
    basic::Encoding, column::page::Page, errors::ParquetError, file::metadata::ColumnChunkMetaData,
};

use super::{
    LONGEST_PAGE,
    hybrid::Hybrid,
    layout::{Layout, PREFIX, Place, length},
    rare,
    unpacked::Unpacked,
};
use crate::value::PlainDays;

/// Where the reading of a column of a row group stands.
pub(super) struct Pages {
    unpacked: Unpacked,
    layout: Layout,
    /// Whether rows without a value are told.
    optional: bool,
    /// How days are read, where its texts stand for days.
    plain_days: Option<PlainDays>,
    dictionary: Dictionary,
    page: DataPage,
    /// Where the next page is unpacked, kept for its room.
    room: Vec<u8>,
    /// The values of the rows of the stretch.
    rows: Vec<Place>,
    /// What is read on the way there, kept for its room.
    levels: Vec<u32>,
    numbers: Vec<u32>,
    present: Vec<Place>,
}

/// The texts of a stretch.
#[derive(Clone, Copy)]
pub(super) struct Texts<'p> {
    content: &'p Content,
    rows: &'p [Place],
}

/// The days of a stretch whose rows name them by their number in the dictionary.
#[derive(Clone, Copy)]
pub(super) struct Days<'p> {
    pub(super) texts: Texts<'p>,
    numbers: &'p [u32],
    known: &'p [Option<Date>],
}

/// Rows that come next.
pub(super) struct Run {
    pub(super) rows: usize,
    pub(super) alike: bool,
}

impl Run {
    /// That of values of which each is written for itself.
    pub(super) const NONE: Self = Self {
        rows: usize::MAX,
        alike: false,
    };
}

/// The values that rows name by their number.
#[derive(Default)]
struct Dictionary {
    content: Content,
    places: Vec<Place>,
    /// The days that they stand for: each is read once, and most rows have one of a few.
    days: Vec<Option<Date>>,
}

/// The rows of a page.
#[derive(Default)]
struct DataPage {
    left: usize,
    /// Whether each row has a value; `None` where every one has.
    levels: Option<Hybrid>,
    values: Values,
}

enum Values {
    /// One after the other, from this byte on.
    Plain { content: Content, next: usize },
    /// Numbers of values in the dictionary.
    Numbers(Hybrid),
}

/// The values of a page.
enum Content {
    Bytes(Vec<u8>),
    /// All of it is UTF-8, the lengths between the texts included.
    Text {
        text: String,
        is_ascii: bool,
    },
}

impl Pages {
    /// From the start of a row group on.
    pub(super) fn new(
        unpacked: Unpacked,
        chunk: &ColumnChunkMetaData,
        text: bool,
        plain_days: Option<PlainDays>,
    ) -> Result<Self, ParquetError> {
        Ok(Self {
            unpacked,
            layout: Layout::of(chunk, text)
                .ok_or_else(|| damaged("the type of a column changed"))?,
            optional: chunk.column_descr().max_def_level() > 0,
            plain_days,
            dictionary: Dictionary::default(),
            page: DataPage::default(),
            room: Vec::new(),
            rows: Vec::new(),
            levels: Vec::new(),
            numbers: Vec::new(),
            present: Vec::new(),
        })
    }

    /// The same of the same column after another row group, in the room of its values.
    pub(super) fn after(self, group: Self) -> Self {
        Self {
            dictionary: group.dictionary.forgotten(),
            room: group.page.values.into_bytes().unwrap_or(group.room),
            rows: group.rows,
            levels: group.levels,
            numbers: group.numbers,
            present: group.present,
            ..self
        }
    }

    /// How many rows are left of the page; of the next one that has any, where
    /// this one is read.
    pub(super) fn left(&mut self) -> Result<usize, ParquetError> {
        while self.page.left == 0 {
            self.turn()?;
        }
        Ok(self.page.left)
    }

    /// How many rows come next that are written in one way, and whether all of
    /// them have the same value, or none.
    pub(super) fn run(&mut self) -> Run {
        let levels = self.page.levels.as_mut().map(Hybrid::run);
        let (most, numbers) = match (levels, &mut self.page.values) {
            (Some((Some(0), rows)), _) => return Run { rows, alike: true },
            (Some((Some(_), rows)), Values::Numbers(numbers)) => (rows, numbers),
            (None, Values::Numbers(numbers)) => (usize::MAX, numbers),
            (Some((None, _)), _) | (_, Values::Plain { .. }) => return Run::NONE,
        };
        let (number, rows) = numbers.run();
        Run {
            rows: rows.min(most),
            alike: number.is_some(),
        }
    }

    /// Goes to the next stretch of so many rows, which the page has left.
    pub(super) fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        let Self {
            page,
            layout,
            dictionary,
            levels,
            numbers,
            ..
        } = self;
        page.left = page.left.checked_sub(rows).ok_or_else(cut_off)?;
        self.rows.clear();
        if page.are_present(rows) {
            return page.find(rows, *layout, dictionary, numbers, &mut self.rows);
        }
        levels.clear();
        if let Some(hybrid) = &mut page.levels {
            hybrid.take(rows, levels).ok_or_else(cut_off)?;
        }
        let count = levels.iter().filter(|level| **level > 0).count();
        // Values stand close together: they move apart to their rows.
        self.present.clear();
        page.find(count, *layout, dictionary, numbers, &mut self.present)?;
        let mut present = self.present.iter().copied();
        let rows = levels.iter().map(|level| {
            let value = if *level > 0 { present.next() } else { None };
            value.unwrap_or(Place::ABSENT)
        });
        self.rows.extend(rows);
        Ok(())
    }

    /// Passes over so many rows of a run that are all alike.
    pub(super) fn skip(&mut self, rows: usize) -> Result<(), ParquetError> {
        let is_absent = !self.has(0);
        let DataPage {
            left,
            levels,
            values,
        } = &mut self.page;
        *left = left.checked_sub(rows).ok_or_else(cut_off)?;
        let skipped = match (levels, values) {
            (Some(levels), _) if is_absent => levels.skip(rows),
            (Some(levels), Values::Numbers(numbers)) => levels.skip(rows).and(numbers.skip(rows)),
            (None, Values::Numbers(numbers)) => numbers.skip(rows),
            (_, Values::Plain { .. }) => None,
        };
        skipped.ok_or_else(cut_off)
    }

    /// The bytes of the value of a row of the stretch, where it has one.
    pub(super) fn bytes(&self, row: usize) -> Option<&[u8]> {
        let place = self.rows.get(row)?;
        self.content().bytes().get(place.range())
    }

    /// The same of one that is an integer.
    pub(super) fn integer(&self, row: usize) -> Option<i64> {
        self.layout.integer(self.bytes(row)?)
    }

    /// Whether the values are integers of the machine's own widths.
    pub(super) fn are_integers(&self) -> bool {
        matches!(self.layout, Layout::I32 | Layout::I64)
    }

    /// Those of all rows of the stretch.
    pub(super) fn integers(&self) -> impl Iterator<Item = Option<i64>> {
        let (bytes, layout) = (self.content().bytes(), self.layout);
        let values = self.rows.iter().map(move |place| bytes.get(place.range()));
        values.map(move |value| layout.integer(value?))
    }

    /// The texts of the stretch.
    pub(super) fn texts(&self) -> Texts<'_> {
        Texts {
            content: self.content(),
            rows: &self.rows,
        }
    }

    /// The days of the stretch, where the dictionary has that of every row.
    pub(super) fn days(&self) -> Option<Days<'_>> {
        let is_named =
            matches!(self.page.values, Values::Numbers(_)) && self.numbers.len() == self.rows.len();
        (is_named && self.plain_days.is_some()).then(|| Days {
            texts: self.texts(),
            numbers: &self.numbers,
            known: &self.dictionary.days,
        })
    }

    /// Whether every value of the stretch is a text.
    pub(super) fn are_texts(&self) -> bool {
        let texts = self.texts();
        // Wherever a page of one byte a character is cut, it is cut between two.
        matches!(texts.content, Content::Text { is_ascii: true, .. })
            || (0..self.rows.len()).all(|row| texts.at(row).is_some() || !self.has(row))
    }

    /// Whether a row of the stretch has a value.
    pub(super) fn has(&self, row: usize) -> bool {
        self.bytes(row).is_some()
    }

    /// Where the values of the stretch lie.
    fn content(&self) -> &Content {
        match &self.page.values {
            Values::Plain { content, .. } => content,
            Values::Numbers(_) => &self.dictionary.content,
        }
    }

    /// Goes to the next page.
    fn turn(&mut self) -> Result<(), ParquetError> {
        if let Some(room) = mem::take(&mut self.page.values).into_bytes() {
            self.room = room;
        }
        let page = self.unpacked.next(&mut self.room)?;
        match page.ok_or_else(|| damaged("a column ends before the others"))? {
            Page::DictionaryPage { .. } => {
                let dictionary = &mut self.dictionary;
                dictionary.read(self.layout, self.plain_days, &mut self.room)?;
            }
            Page::DataPage {
                num_values,
                encoding,
                def_level_encoding,
                ..
            } => {
                let mut levels = 0..0;
                if self.optional {
                    if def_level_encoding != Encoding::RLE {
                        return Err(damaged("levels in an encoding that is long gone"));
                    }
                    let length = length(&self.room, 0).ok_or_else(cut_off)?;
                    levels = PREFIX..PREFIX.checked_add(length).ok_or_else(cut_off)?;
                }
                self.open(num_values, levels, encoding)?;
            }
            Page::DataPageV2 {
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let begin = rep_levels_byte_len as usize;
                let end = begin.checked_add(def_levels_byte_len as usize);
                let levels = begin..end.ok_or_else(cut_off)?;
                self.open(num_values, levels, encoding)?;
            }
        }
        Ok(())
    }

    /// Opens the page that was unpacked, which has its levels here and its values
    /// behind them.
    fn open(
        &mut self,
        left: u32,
        levels: Range<usize>,
        encoding: Encoding,
    ) -> Result<(), ParquetError> {
        let next = levels.end;
        let before = self.room.get_mut(..next).ok_or_else(cut_off)?;
        let numbers = |bytes: &[u8], width| Hybrid::new(bytes.to_vec(), width).ok_or_else(cut_off);
        let levels = before.get(levels).filter(|_| self.optional);
        let levels = levels.map(|levels| numbers(levels, 1)).transpose()?;
        // They stay where they are, for a page is long, and leave nothing that
        // might be no UTF-8.
        before.fill(0);
        self.page = DataPage {
            left: left as usize,
            levels,
            values: match encoding {
                Encoding::PLAIN => Values::Plain {
                    content: Content::of(self.layout, mem::take(&mut self.room)),
                    next,
                },
                Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                    // A page of nothing but absent values may be without any byte.
                    let values = self.room.get(next..).and_then(<[u8]>::split_first);
                    let (width, values) = values.unwrap_or((&0, &[]));
                    Values::Numbers(numbers(values, *width)?)
                }
                rare => {
                    let values = self.room.get(next..).unwrap_or_default();
                    let values =
                        rare::plain(rare, self.layout, values, left as usize, LONGEST_PAGE);
                    let values = values.ok_or_else(|| {
                        damaged(&format!("values in the encoding {rare} do not fit"))
                    })?;
                    Values::Plain {
                        content: Content::of(self.layout, values),
                        next: 0,
                    }
                }
            },
        };
        Ok(())
    }
}

impl<'p> Texts<'p> {
    /// The text of a row, where it has one that is UTF-8.
    #[expect(
        clippy::inline_always,
        reason = "a call costs as much as what is done in it, for each cell"
    )]
    #[inline(always)]
    pub(super) fn at(self, row: usize) -> Option<&'p str> {
        let range = self.rows.get(row)?.range();
        match self.content {
            // A part that begins and ends between two characters, and no other.
            Content::Text { text, .. } => text.get(range),
            Content::Bytes(bytes) => str::from_utf8(bytes.get(range)?).ok(),
        }
    }
}

impl Days<'_> {
    /// The day of a row, where its text is a plain one.
    #[inline]
    pub(super) fn at(self, row: usize) -> Option<Date> {
        let number = *self.numbers.get(row)?;
        *self.known.get(number as usize)?
    }
}

impl DataPage {
    /// Whether each of the next rows, so many, has a value, as is said once of all of
    /// them; if so, passes over what says it.
    fn are_present(&mut self, rows: usize) -> bool {
        self.levels.as_mut().is_none_or(|levels| {
            let (level, left) = levels.run();
            level.is_some_and(|level| level > 0) && left >= rows && levels.skip(rows).is_some()
        })
    }

    /// Adds the places of the next values, so many. `numbers` is where those of
    /// the dictionary are read.
    fn find(
        &mut self,
        count: usize,
        layout: Layout,
        dictionary: &Dictionary,
        numbers: &mut Vec<u32>,
        places: &mut Vec<Place>,
    ) -> Result<(), ParquetError> {
        match &mut self.values {
            Values::Plain { content, next } => {
                let found = layout.places(content.bytes(), next, count, places);
                found.ok_or_else(cut_off)
            }
            Values::Numbers(hybrid) => {
                numbers.clear();
                hybrid.take(count, numbers).ok_or_else(cut_off)?;
                for number in numbers {
                    let place = dictionary.places.get(*number as usize);
                    places.push(*place.ok_or_else(cut_off)?);
                }
                Ok(())
            }
        }
    }
}

impl Values {
    /// The bytes in which they lie, where those are of the page alone.
    fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Plain { content, .. } => Some(content.into_bytes()),
            Self::Numbers(_) => None,
        }
    }
}

impl Dictionary {
    /// One without values, in the room of these.
    fn forgotten(mut self) -> Self {
        self.places.clear();
        self.days.clear();
        self
    }

    /// Takes the values of a page, and puts those that it had in their place.
    fn read(
        &mut self,
        layout: Layout,
        plain_days: Option<PlainDays>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), ParquetError> {
        self.places.clear();
        self.days.clear();
        let mut next = 0;
        while next < bytes.len() {
            let found = layout.places(bytes, &mut next, 1, &mut self.places);
            found.ok_or_else(cut_off)?;
        }
        let content = Content::of(layout, mem::take(bytes));
        *bytes = mem::replace(&mut self.content, content).into_bytes();
        if let Some(plain) = plain_days {
            let texts = Texts {
                content: &self.content,
                rows: &self.places,
            };
            let days = (0..self.places.len()).map(|row| plain.day(texts.at(row)?));
            self.days.extend(days);
        }
        Ok(())
    }
}

impl Content {
    /// What a page has as values that lie so.
    fn of(layout: Layout, bytes: Vec<u8>) -> Self {
        match layout {
            Layout::Long { text: true } => match String::from_utf8(bytes) {
                Ok(text) => Self::Text {
                    is_ascii: text.is_ascii(),
                    text,
                },
                Err(error) => Self::Bytes(error.into_bytes()),
            },
            _ => Self::Bytes(bytes),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text { text, .. } => text.as_bytes(),
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text { text, .. } => text.into_bytes(),
        }
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

impl Default for Values {
    fn default() -> Self {
        Self::Numbers(Hybrid::default())
    }
}

fn cut_off() -> ParquetError {
    damaged("a page ends before its values do")
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_the_dictionary_does_not_have_is_no_value() {
        let mut dictionary = Dictionary::default();
        let page = &mut vec![0; 8];
        dictionary.read(Layout::I32, None, page).unwrap();
        let found = |dictionary: &Dictionary, number: u8| {
            let mut page = DataPage {
                left: 3,
                levels: None,
                values: Values::Numbers(Hybrid::new(vec![3 << 1, number], 8).unwrap()),
            };
            let (mut numbers, mut places) = (Vec::new(), Vec::new());
            let found = page.find(3, Layout::I32, dictionary, &mut numbers, &mut places);
            found.map(|()| places.len()).ok()
        };
        assert_eq!(found(&dictionary, 1), Some(3));
        assert_eq!(found(&dictionary, 2), None);
        assert_eq!(found(&dictionary.forgotten(), 1), None);
    }
}
