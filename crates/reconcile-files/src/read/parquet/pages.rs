//! The pages of a column, a stretch of rows at a time and each value where it lies.
//!
//! The library hands out every value as an object of its own that shares its
//! page, which costs more than all that is done with it afterwards. Here a value
//! is a place in a page, and a text is checked with its page.

use std::ops::Range;

use parquet::{
    basic::{Encoding, Type as Physical},
    column::page::{Page, PageReader},
    errors::ParquetError,
    file::metadata::ColumnChunkMetaData,
};

use super::{LONGEST_PAGE, hybrid::Hybrid, rare};

/// Where the reading of a column of a row group stands.
pub(super) struct Pages {
    reader: Box<dyn PageReader>,
    layout: Layout,
    /// Whether rows without a value are told.
    optional: bool,
    dictionary: Dictionary,
    page: DataPage,
    /// Of each row of the stretch its place among the values: where in the page
    /// it begins, or its number in the dictionary.
    places: Vec<u32>,
    /// What is read on the way there, kept for its room.
    levels: Vec<u32>,
    present: Vec<u32>,
}

/// The place of a row without a value. A page is shorter, and a dictionary has
/// fewer values.
const ABSENT: u32 = u32::MAX;

/// How plain values lie one after the other.
#[derive(Clone, Copy)]
pub(super) enum Layout {
    /// Integers of four bytes, and of eight, the lowest byte first.
    I32,
    I64,
    /// Each takes so many bytes.
    Wide(usize),
    /// Each begins with its length; `text` where all are to be UTF-8.
    Long {
        text: bool,
    },
}

/// The values that rows name by their number.
#[derive(Default)]
struct Dictionary {
    content: Content,
    /// Where in it each value begins.
    places: Vec<u32>,
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
    Text(String),
}

impl Pages {
    /// From the start of a row group on.
    pub(super) fn new(
        reader: Box<dyn PageReader>,
        chunk: &ColumnChunkMetaData,
        text: bool,
    ) -> Result<Self, ParquetError> {
        Ok(Self {
            reader,
            layout: layout(chunk, text).ok_or_else(|| damaged("the type of a column changed"))?,
            optional: chunk.column_descr().max_def_level() > 0,
            dictionary: Dictionary::default(),
            page: DataPage::default(),
            places: Vec::new(),
            levels: Vec::new(),
            present: Vec::new(),
        })
    }

    /// How many rows are left of the page; of the next one that has any, where
    /// this one is read.
    pub(super) fn left(&mut self) -> Result<usize, ParquetError> {
        while self.page.left == 0 {
            self.turn()?;
        }
        Ok(self.page.left)
    }

    /// Goes to the next stretch of so many rows, which the page has left.
    pub(super) fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.page.left = self.page.left.checked_sub(rows).ok_or_else(cut_off)?;
        self.places.clear();
        self.levels.clear();
        if let Some(levels) = &mut self.page.levels {
            levels.take(rows, &mut self.levels).ok_or_else(cut_off)?;
        }
        if self.levels.iter().all(|level| *level > 0) {
            return self
                .page
                .find(rows, self.layout, &self.dictionary, &mut self.places);
        }
        let present = self.levels.iter().filter(|level| **level > 0).count();
        self.present.clear();
        self.page
            .find(present, self.layout, &self.dictionary, &mut self.present)?;
        let mut present = self.present.iter().copied();
        let places = self.levels.iter().map(|level| match level {
            0 => ABSENT,
            _ => present.next().unwrap_or(ABSENT),
        });
        self.places.extend(places);
        Ok(())
    }

    /// The bytes of the value of a row of the stretch, where it has one.
    pub(super) fn bytes(&self, row: usize) -> Option<&[u8]> {
        let (content, place) = self.place(row)?;
        let (begin, end) = self.layout.value(content.bytes(), place)?;
        content.bytes().get(begin..end)
    }

    /// The same of one that is an integer.
    pub(super) fn integer(&self, row: usize) -> Option<i64> {
        let (content, place) = self.place(row)?;
        let bytes = content.bytes().get(place..)?;
        match self.layout {
            Layout::I32 => Some(i32::from_le_bytes(*bytes.first_chunk()?).into()),
            Layout::I64 => Some(i64::from_le_bytes(*bytes.first_chunk()?)),
            Layout::Wide(_) | Layout::Long { .. } => None,
        }
    }

    /// The same of one that is UTF-8.
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        let (content, place) = self.place(row)?;
        let (begin, end) = self.layout.value(content.bytes(), place)?;
        match content {
            // Where all of it is UTF-8, a part is that begins and ends between
            // two characters, and no other.
            Content::Text(text) => text.get(begin..end),
            Content::Bytes(bytes) => str::from_utf8(bytes.get(begin..end)?).ok(),
        }
    }

    /// Whether a row of the stretch has a value.
    pub(super) fn has(&self, row: usize) -> bool {
        self.places.get(row).is_some_and(|place| *place != ABSENT)
    }

    /// Where the value of a row begins.
    fn place(&self, row: usize) -> Option<(&Content, usize)> {
        let place = *self.places.get(row).filter(|place| **place != ABSENT)?;
        Some(match &self.page.values {
            Values::Plain { content, .. } => (content, place as usize),
            Values::Numbers(_) => {
                let place = self.dictionary.places.get(place as usize)?;
                (&self.dictionary.content, *place as usize)
            }
        })
    }

    /// Goes to the next page.
    fn turn(&mut self) -> Result<(), ParquetError> {
        let page = self.reader.get_next_page()?;
        match page.ok_or_else(|| damaged("a column ends before the others"))? {
            Page::DictionaryPage { buf, .. } => {
                self.dictionary = Dictionary::of(self.layout, buf.into())?;
            }
            Page::DataPage {
                buf,
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
                    let length = length(&buf, 0).ok_or_else(cut_off)?;
                    levels = PREFIX..PREFIX.checked_add(length).ok_or_else(cut_off)?;
                }
                self.open(num_values, levels, encoding, buf.into())?;
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let begin = rep_levels_byte_len as usize;
                let end = begin.checked_add(def_levels_byte_len as usize);
                let levels = begin..end.ok_or_else(cut_off)?;
                self.open(num_values, levels, encoding, buf.into())?;
            }
        }
        Ok(())
    }

    /// Opens a page that has its levels here and its values behind them.
    fn open(
        &mut self,
        left: u32,
        levels: Range<usize>,
        encoding: Encoding,
        mut bytes: Vec<u8>,
    ) -> Result<(), ParquetError> {
        let next = levels.end;
        let before = bytes.get_mut(..next).ok_or_else(cut_off)?;
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
                    content: self.layout.content(bytes),
                    next,
                },
                Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                    // A page of nothing but absent values may be without any byte.
                    let values = bytes.get(next..).and_then(<[u8]>::split_first);
                    let (width, values) = values.unwrap_or((&0, &[]));
                    Values::Numbers(numbers(values, *width)?)
                }
                rare => {
                    let values = bytes.get(next..).unwrap_or_default();
                    let values =
                        rare::plain(rare, self.layout, values, left as usize, LONGEST_PAGE);
                    let values = values.ok_or_else(|| {
                        damaged(&format!("values in the encoding {rare} do not fit"))
                    })?;
                    Values::Plain {
                        content: self.layout.content(values),
                        next: 0,
                    }
                }
            },
        };
        Ok(())
    }
}

impl DataPage {
    /// Adds the places of the next values, so many.
    fn find(
        &mut self,
        count: usize,
        layout: Layout,
        dictionary: &Dictionary,
        places: &mut Vec<u32>,
    ) -> Result<(), ParquetError> {
        let found = match &mut self.values {
            Values::Plain { content, next } => layout.places(content.bytes(), next, count, places),
            Values::Numbers(numbers) => numbers.take(count, places).filter(|()| {
                let highest = places.iter().max();
                highest.is_none_or(|highest| (*highest as usize) < dictionary.places.len())
            }),
        };
        found.ok_or_else(cut_off)
    }
}

impl Layout {
    /// How many bytes each value takes, where all take as many.
    pub(super) fn width(self) -> Option<usize> {
        match self {
            Self::I32 => Some(size_of::<i32>()),
            Self::I64 => Some(size_of::<i64>()),
            Self::Wide(width) => Some(width),
            Self::Long { .. } => None,
        }
    }

    /// From where to where the value goes that begins here.
    fn value(self, bytes: &[u8], begin: usize) -> Option<(usize, usize)> {
        let (begin, length) = match self {
            Self::I32 => (begin, size_of::<i32>()),
            Self::I64 => (begin, size_of::<i64>()),
            Self::Wide(width) => (begin, width),
            Self::Long { .. } => (begin + PREFIX, length(bytes, begin)?),
        };
        let end = begin.checked_add(length)?;
        (end <= bytes.len()).then_some((begin, end))
    }

    /// Adds where the next values begin, so many; `None` where the bytes end before.
    fn places(
        self,
        bytes: &[u8],
        next: &mut usize,
        count: usize,
        places: &mut Vec<u32>,
    ) -> Option<()> {
        places.reserve(count);
        for _ in 0..count {
            let (_, end) = self.value(bytes, *next)?;
            places.push(u32::try_from(*next).ok()?);
            *next = end;
        }
        Some(())
    }

    fn content(self, bytes: Vec<u8>) -> Content {
        match self {
            Self::Long { text: true } => String::from_utf8(bytes)
                .map_or_else(|error| Content::Bytes(error.into_bytes()), Content::Text),
            _ => Content::Bytes(bytes),
        }
    }
}

impl Dictionary {
    fn of(layout: Layout, bytes: Vec<u8>) -> Result<Self, ParquetError> {
        let (mut places, mut next) = (Vec::new(), 0);
        while next < bytes.len() {
            let found = layout.places(&bytes, &mut next, 1, &mut places);
            found.ok_or_else(cut_off)?;
        }
        Ok(Self {
            content: layout.content(bytes),
            places,
        })
    }
}

impl Content {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
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

/// How plain values of a column lie; `None` where none of the types that are
/// read has them.
fn layout(chunk: &ColumnChunkMetaData, text: bool) -> Option<Layout> {
    let descriptor = chunk.column_descr();
    Some(match descriptor.physical_type() {
        Physical::INT32 => Layout::I32,
        Physical::INT64 => Layout::I64,
        Physical::FIXED_LEN_BYTE_ARRAY => {
            // One of no width would never come to the end of its page.
            let width = usize::try_from(descriptor.type_length()).ok()?;
            Layout::Wide(Some(width).filter(|width| *width > 0)?)
        }
        Physical::BYTE_ARRAY => Layout::Long { text },
        _ => return None,
    })
}

/// How many bytes say how long a value is.
pub(super) const PREFIX: usize = size_of::<u32>();

/// The length that stands here.
fn length(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*length)).ok()
}

fn cut_off() -> ParquetError {
    damaged("a page ends before its values do")
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}
