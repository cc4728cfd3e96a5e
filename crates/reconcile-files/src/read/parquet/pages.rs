//! The pages of a column, a stretch of rows at a time and each value where it lies.
//!
//! The library hands out every value as an object of its own that shares its
//! page, which costs more than all that is done with it afterwards. Here a value
//! is a place in a page, and a text is checked with its page.

use std::{mem, ops::Range};

use parquet::{
    basic::{Encoding, Type as Physical},
    column::page::Page,
    errors::ParquetError,
    file::metadata::ColumnChunkMetaData,
};

use super::{LONGEST_PAGE, hybrid::Hybrid, rare, unpacked::Unpacked};

/// Where the reading of a column of a row group stands.
pub(super) struct Pages {
    unpacked: Unpacked,
    layout: Layout,
    /// Whether rows without a value are told.
    optional: bool,
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

/// From where to where a value goes, in its page or in the dictionary.
#[derive(Clone, Copy)]
struct Place {
    begin: u32,
    end: u32,
}

/// That of a row without a value: no value ends before it begins.
const ABSENT: Place = Place { begin: 1, end: 0 };

/// A text that is no UTF-8.
pub(super) struct NotUtf8;

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
        unpacked: Unpacked,
        chunk: &ColumnChunkMetaData,
        text: bool,
    ) -> Result<Self, ParquetError> {
        Ok(Self {
            unpacked,
            layout: layout(chunk, text).ok_or_else(|| damaged("the type of a column changed"))?,
            optional: chunk.column_descr().max_def_level() > 0,
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
        levels.clear();
        if let Some(hybrid) = &mut page.levels {
            hybrid.take(rows, levels).ok_or_else(cut_off)?;
        }
        let count = levels.iter().filter(|level| **level > 0).count();
        if count == levels.len() {
            return page.find(rows, *layout, dictionary, numbers, &mut self.rows);
        }
        // Values stand close together: they move apart to their rows.
        self.present.clear();
        page.find(count, *layout, dictionary, numbers, &mut self.present)?;
        let mut present = self.present.iter().copied();
        let rows = levels.iter().map(|level| {
            let value = if *level > 0 { present.next() } else { None };
            value.unwrap_or(ABSENT)
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
        let bytes = self.content().bytes();
        bytes.get(place.begin as usize..place.end as usize)
    }

    /// The same of one that is an integer.
    pub(super) fn integer(&self, row: usize) -> Option<i64> {
        let bytes = self.bytes(row)?;
        match self.layout {
            Layout::I32 => Some(i32::from_le_bytes(bytes.try_into().ok()?).into()),
            Layout::I64 => Some(i64::from_le_bytes(bytes.try_into().ok()?)),
            Layout::Wide(_) | Layout::Long { .. } => None,
        }
    }

    /// The text of a row of the stretch, where it has one.
    pub(super) fn text(&self, row: usize) -> Result<Option<&str>, NotUtf8> {
        if let Content::Text(text) = self.content()
            && let Some(Place { begin, end }) = self.rows.get(row)
            // Where all of it is UTF-8, a part is that begins and ends between
            // two characters, and no other.
            && let Some(text) = text.get(*begin as usize..*end as usize)
        {
            return Ok(Some(text));
        }
        let text = self.bytes(row).map(str::from_utf8).transpose();
        text.map_err(|_| NotUtf8)
    }

    /// Whether a row of the stretch has a value.
    pub(super) fn has(&self, row: usize) -> bool {
        let place = self.rows.get(row);
        place.is_some_and(|place| place.begin <= place.end)
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
                self.dictionary.read(self.layout, &mut self.room)?;
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
                    content: self.layout.content(mem::take(&mut self.room)),
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
    fn place(self, bytes: &[u8], begin: usize) -> Option<Place> {
        let (begin, length) = match self {
            Self::I32 => (begin, size_of::<i32>()),
            Self::I64 => (begin, size_of::<i64>()),
            Self::Wide(width) => (begin, width),
            Self::Long { .. } => (begin + PREFIX, length(bytes, begin)?),
        };
        let end = begin.checked_add(length)?;
        Some(Place {
            begin: u32::try_from(begin).ok()?,
            end: u32::try_from(end).ok().filter(|_| end <= bytes.len())?,
        })
    }

    /// Adds where the next values are, so many; `None` where the bytes end before.
    fn places(
        self,
        bytes: &[u8],
        next: &mut usize,
        count: usize,
        places: &mut Vec<Place>,
    ) -> Option<()> {
        if let Some(width) = self.width() {
            let end = next.checked_add(count.checked_mul(width)?)?;
            let begin = u32::try_from(*next).ok()?;
            let (width, end) = (u32::try_from(width).ok()?, u32::try_from(end).ok()?);
            if end as usize > bytes.len() {
                return None;
            }
            *next = end as usize;
            places.extend((begin..end).step_by(width as usize).map(|begin| Place {
                begin,
                end: begin + width,
            }));
            return Some(());
        }
        places.reserve(count);
        for _ in 0..count {
            let place = self.place(bytes, *next)?;
            *next = place.end as usize;
            places.push(place);
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
        self
    }

    /// Takes the values of a page, and puts those that it had in their place.
    fn read(&mut self, layout: Layout, bytes: &mut Vec<u8>) -> Result<(), ParquetError> {
        self.places.clear();
        let mut next = 0;
        while next < bytes.len() {
            let found = layout.places(bytes, &mut next, 1, &mut self.places);
            found.ok_or_else(cut_off)?;
        }
        let content = layout.content(mem::take(bytes));
        *bytes = mem::replace(&mut self.content, content).into_bytes();
        Ok(())
    }
}

impl Content {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.into_bytes(),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Where three values are in so many bytes, of which the first is a length.
    fn three(layout: Layout, bytes: usize) -> Option<Vec<(u32, u32)>> {
        let mut page = vec![0; bytes];
        page[0] = 1;
        let mut places = Vec::new();
        layout.places(&page, &mut 0, 3, &mut places)?;
        Some(
            places
                .iter()
                .map(|place| (place.begin, place.end))
                .collect(),
        )
    }

    #[test]
    fn a_page_that_ends_before_its_values_do_has_none_of_them() {
        let text = Layout::Long { text: true };
        for (layout, length, places) in [
            (Layout::I32, 12, [(0, 4), (4, 8), (8, 12)]),
            (Layout::I64, 24, [(0, 8), (8, 16), (16, 24)]),
            (Layout::Wide(3), 9, [(0, 3), (3, 6), (6, 9)]),
            (text, 13, [(4, 5), (9, 9), (13, 13)]),
        ] {
            assert_eq!(three(layout, length), Some(places.to_vec()));
            assert_eq!(three(layout, length - 1), None);
        }
    }

    #[test]
    fn a_number_that_the_dictionary_does_not_have_is_no_value() {
        let mut dictionary = Dictionary::default();
        dictionary.read(Layout::I32, &mut vec![0; 8]).unwrap();
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
