//! The pages of a column, a value at a time and each where it lies.
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
    current: Current,
}

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
    places: Vec<Range<usize>>,
}

/// The rows of a page.
#[derive(Default)]
struct DataPage {
    left: u32,
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

/// Where the value of the current row is.
enum Current {
    Absent,
    InPage(Range<usize>),
    InDictionary(Range<usize>),
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
            current: Current::Absent,
        })
    }

    /// Goes to the next row and says whether it has a value.
    pub(super) fn advance(&mut self) -> Result<bool, ParquetError> {
        while self.page.left == 0 {
            self.turn()?;
        }
        self.page.left -= 1;
        let level = match &mut self.page.levels {
            Some(levels) => levels.next().ok_or_else(cut_off)?,
            None => 1,
        };
        self.current = if level == 0 {
            Current::Absent
        } else {
            self.next_value()?
        };
        Ok(level > 0)
    }

    /// The bytes of the current value.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        let (content, place) = self.place()?;
        content.bytes().get(place)
    }

    /// The current value, where it is an integer.
    pub(super) fn integer(&self) -> Option<i64> {
        let bytes = || self.bytes();
        match self.layout {
            Layout::I32 => Some(i32::from_le_bytes(bytes()?.try_into().ok()?).into()),
            Layout::I64 => Some(i64::from_le_bytes(bytes()?.try_into().ok()?)),
            Layout::Wide(_) | Layout::Long { .. } => None,
        }
    }

    /// The current value where it is UTF-8.
    pub(super) fn text(&self) -> Option<&str> {
        let (content, place) = self.place()?;
        match content {
            // Where all of it is UTF-8, a part is that begins and ends between
            // two characters, and no other.
            Content::Text(text) => text.get(place),
            Content::Bytes(bytes) => str::from_utf8(bytes.get(place)?).ok(),
        }
    }

    fn place(&self) -> Option<(&Content, Range<usize>)> {
        match (&self.current, &self.page.values) {
            (Current::InPage(place), Values::Plain { content, .. }) => {
                Some((content, place.clone()))
            }
            (Current::InDictionary(place), _) => Some((&self.dictionary.content, place.clone())),
            _ => None,
        }
    }

    fn next_value(&mut self) -> Result<Current, ParquetError> {
        let value = match &mut self.page.values {
            Values::Plain { content, next } => {
                let place = self.layout.value(content.bytes(), *next);
                place.map(|place| {
                    *next = place.end;
                    Current::InPage(place)
                })
            }
            Values::Numbers(numbers) => numbers.next().and_then(|number| {
                let place = self.dictionary.places.get(number as usize)?;
                Some(Current::InDictionary(place.clone()))
            }),
        };
        value.ok_or_else(cut_off)
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
                let mut bytes = Vec::from(buf);
                let levels = if self.optional {
                    if def_level_encoding != Encoding::RLE {
                        return Err(damaged("levels in an encoding that is long gone"));
                    }
                    let length = length(&bytes, 0).ok_or_else(cut_off)?;
                    Some(split(&mut bytes, PREFIX, length)?)
                } else {
                    None
                };
                self.open(num_values, levels, encoding, bytes)?;
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let mut bytes = Vec::from(buf);
                let before = rep_levels_byte_len as usize;
                let levels = split(&mut bytes, before, def_levels_byte_len as usize)?;
                let levels = self.optional.then_some(levels);
                self.open(num_values, levels, encoding, bytes)?;
            }
        }
        Ok(())
    }

    fn open(
        &mut self,
        left: u32,
        levels: Option<Vec<u8>>,
        encoding: Encoding,
        mut bytes: Vec<u8>,
    ) -> Result<(), ParquetError> {
        // A page of nothing but absent values may be without any byte.
        let numbers = |bytes, width| Hybrid::new(bytes, width).ok_or_else(cut_off);
        self.page = DataPage {
            left,
            levels: levels.map(|levels| numbers(levels, 1)).transpose()?,
            values: match encoding {
                Encoding::PLAIN => Values::plain(self.layout.content(bytes)),
                Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                    let width = bytes.first().copied().unwrap_or_default();
                    bytes.drain(..bytes.len().min(1));
                    Values::Numbers(numbers(bytes, width)?)
                }
                rare => {
                    let rows = usize::try_from(left).unwrap_or(usize::MAX);
                    let bytes = rare::plain(rare, self.layout, &bytes, rows, LONGEST_PAGE);
                    let bytes = bytes.ok_or_else(|| {
                        damaged(&format!("values in the encoding {rare} do not fit"))
                    })?;
                    Values::plain(self.layout.content(bytes))
                }
            },
        };
        Ok(())
    }
}

impl Values {
    fn plain(content: Content) -> Self {
        Self::Plain { content, next: 0 }
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

    /// Where the value is that begins here.
    fn value(self, bytes: &[u8], begin: usize) -> Option<Range<usize>> {
        let (begin, length) = match self {
            Self::I32 => (begin, size_of::<i32>()),
            Self::I64 => (begin, size_of::<i64>()),
            Self::Wide(width) => (begin, width),
            Self::Long { .. } => (begin + PREFIX, length(bytes, begin)?),
        };
        let end = begin.checked_add(length)?;
        (end <= bytes.len()).then_some(begin..end)
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
            let place = layout.value(&bytes, next).ok_or_else(cut_off)?;
            next = place.end;
            places.push(place);
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

/// Takes so many bytes out of the front, and drops those before them.
fn split(bytes: &mut Vec<u8>, before: usize, length: usize) -> Result<Vec<u8>, ParquetError> {
    let end = before.checked_add(length).ok_or_else(cut_off)?;
    let taken = bytes.get(before..end).ok_or_else(cut_off)?.to_vec();
    bytes.drain(..end);
    Ok(taken)
}

fn cut_off() -> ParquetError {
    damaged("a page ends before its values do")
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}
