//! How plain values lie one after the other.

use std::ops::Range;

use parquet::{basic::Type as Physical, file::metadata::ColumnChunkMetaData};

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

/// From where to where a value goes, in its page or in the dictionary.
#[derive(Clone, Copy)]
pub(super) struct Place {
    begin: u32,
    end: u32,
}

/// How many bytes say how long a value is.
pub(super) const PREFIX: usize = size_of::<u32>();

impl Place {
    /// That of a row without a value: no value ends before it begins.
    pub(super) const ABSENT: Self = Self { begin: 1, end: 0 };

    /// The bytes that it is; of a row without a value, none that there are.
    pub(super) const fn range(self) -> Range<usize> {
        self.begin as usize..self.end as usize
    }
}

impl Layout {
    /// That of a column; `None` where none of the types that are read has it.
    pub(super) fn of(chunk: &ColumnChunkMetaData, text: bool) -> Option<Self> {
        let descriptor = chunk.column_descr();
        Some(match descriptor.physical_type() {
            Physical::INT32 => Self::I32,
            Physical::INT64 => Self::I64,
            Physical::FIXED_LEN_BYTE_ARRAY => {
                // One of no width would never come to the end of its page.
                let width = usize::try_from(descriptor.type_length()).ok()?;
                Self::Wide(Some(width).filter(|width| *width > 0)?)
            }
            Physical::BYTE_ARRAY => Self::Long { text },
            _ => return None,
        })
    }

    /// How many bytes each value takes, where all take as many.
    pub(super) fn width(self) -> Option<usize> {
        match self {
            Self::I32 => Some(size_of::<i32>()),
            Self::I64 => Some(size_of::<i64>()),
            Self::Wide(width) => Some(width),
            Self::Long { .. } => None,
        }
    }

    /// The value that is an integer.
    pub(super) fn integer(self, value: &[u8]) -> Option<i64> {
        match self {
            Self::I32 => Some(i32::from_le_bytes(value.try_into().ok()?).into()),
            Self::I64 => Some(i64::from_le_bytes(value.try_into().ok()?)),
            Self::Wide(_) | Self::Long { .. } => None,
        }
    }

    /// Adds where the next values are, so many; `None` where the bytes end before.
    pub(super) fn places(
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
        // What lies in a page this long has its place in 32 bits.
        u32::try_from(bytes.len()).ok()?;
        let prefix = u32::try_from(PREFIX).ok()?;
        let mut rest = bytes.get(*next..)?;
        let mut end = u32::try_from(*next).ok()?;
        let known = places.len();
        places.resize(known.checked_add(count)?, Place::ABSENT);
        for place in places.get_mut(known..)? {
            let (length, values) = rest.split_first_chunk::<PREFIX>()?;
            let length = u32::from_le_bytes(*length);
            rest = values.get(length as usize..)?;
            let begin = end + prefix;
            end = begin + length;
            *place = Place { begin, end };
        }
        *next = end as usize;
        Some(())
    }
}

/// The length that stands here.
pub(super) fn length(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*length)).ok()
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
}
