//! One flat column, a stretch of rows at a time.

use std::fmt::Write;

use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};
use parquet::{
    basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical},
    errors::ParquetError,
    file::reader::RowGroupReader,
    schema::types::ColumnDescriptor,
};
use rust_decimal::Decimal;

use super::{
    guarded::Guarded,
    pages::{Days, Pages, Run, Texts},
    unpacked::Unpacked,
};
use crate::{
    Field,
    read::line::Problem,
    value::{Cell, PlainDays},
};

/// A column that is read, and where in it the reading stands.
pub(super) struct Column {
    name: String,
    leaf: usize,
    meaning: Meaning,
    /// How days are read that are written as text.
    plain_days: Option<PlainDays>,
    pages: Option<Pages>,
    /// Whether all rows of the stretch have the same value, which stands in the
    /// first; and whether one has a value that cannot be read.
    alike: bool,
    faulty: bool,
    /// The amounts, days and times of the stretch.
    typed: Vec<Cell<'static>>,
    written: Written,
}

/// The cells of a stretch of a column: of what kind they are is not asked at every
/// row. What cannot be read is absent here, and told by [`Column::fault`].
#[derive(Clone, Copy)]
pub(super) enum Cells<'c> {
    /// The same in every row.
    Same(Cell<'c>),
    Texts(Texts<'c>),
    Days(Days<'c>),
    Typed(&'c [Cell<'static>]),
    Written(&'c Written),
}

/// The numbers of a stretch that are read as text, one after the other.
#[derive(Default)]
pub(super) struct Written {
    text: String,
    /// Where that of each row ends.
    ends: Vec<usize>,
}

impl Column {
    /// The column of a field, or of an attribute, where its type holds exact values.
    pub(super) fn new(
        field: Option<Field>,
        leaf: usize,
        descriptor: &ColumnDescriptor,
        plain_days: PlainDays,
    ) -> Option<Self> {
        let meaning = match Meaning::of(descriptor)? {
            Meaning::Units(scale) if field.is_some_and(Field::is_amount) => Meaning::Amount(scale),
            meaning => meaning,
        };
        Some(Self {
            name: descriptor.path().string(),
            leaf,
            meaning,
            plain_days: (field == Some(Field::Date)).then_some(plain_days),
            pages: None,
            alike: false,
            faulty: false,
            typed: Vec::new(),
            written: Written::default(),
        })
    }

    /// Goes to the start of a row group of the file.
    pub(super) fn open(
        &mut self,
        file: &Guarded,
        group: &dyn RowGroupReader,
    ) -> Result<(), ParquetError> {
        let chunk = group.metadata().column(self.leaf);
        let offsets = [
            Some(chunk.data_page_offset()),
            chunk.dictionary_page_offset(),
            Some(chunk.compressed_size()),
        ];
        if offsets.into_iter().flatten().any(i64::is_negative) {
            return Err(ParquetError::General("a column lies nowhere".into()));
        }
        let unpacked = Unpacked::new(file, group, self.leaf)?;
        let is_text = self.meaning == Meaning::Text;
        let plain_days = self.plain_days.filter(|_| is_text);
        let pages = Pages::new(unpacked, chunk, is_text, plain_days)?;
        self.pages = Some(match self.pages.take() {
            Some(group) => pages.after(group),
            None => pages,
        });
        Ok(())
    }

    /// How many rows can be read before a page is turned.
    pub(super) fn left(&mut self) -> Result<usize, ParquetError> {
        self.pages.as_mut().map_or(Ok(0), Pages::left)
    }

    /// The rows that come next, as they are written.
    pub(super) fn run(&mut self) -> Run {
        self.pages.as_mut().map_or(Run::NONE, Pages::run)
    }

    /// Goes to the next stretch of so many rows, which may all be alike.
    pub(super) fn read(&mut self, rows: usize, alike: bool) -> Result<(), ParquetError> {
        let Some(pages) = &mut self.pages else {
            return Ok(());
        };
        self.alike = alike;
        let (rows, same) = if alike {
            (1, rows.saturating_sub(1))
        } else {
            (rows, 0)
        };
        pages.read(rows)?;
        if alike {
            pages.skip(same)?;
        }
        self.typed.clear();
        self.written.clear();
        self.faulty = match self.meaning {
            Meaning::Text => !pages.are_texts(),
            Meaning::Units(scale) => {
                let numbers = (0..rows).map(|row| whole_number(pages, row));
                self.written.extend(numbers, scale)
            }
            Meaning::Unsigned(bits) => {
                let mask = (1 << bits) - 1;
                let numbers =
                    (0..rows).map(|row| Ok(whole_number(pages, row)?.map(|number| number & mask)));
                self.written.extend(numbers, 0)
            }
            Meaning::Amount(scale) if pages.are_integers() && scale <= Decimal::MAX_SCALE => {
                let amounts = pages.integers().map(|units| match units {
                    Some(units) => Cell::Amount(amount(units, scale)),
                    None => Cell::Absent,
                });
                self.typed.extend(amounts);
                false
            }
            meaning => {
                let mut faulty = false;
                let cells = (0..rows).map(|row| {
                    meaning.value(pages, row).unwrap_or_else(|_| {
                        faulty = true;
                        Cell::Absent
                    })
                });
                self.typed.extend(cells);
                faulty
            }
        };
        Ok(())
    }

    /// The cells of the stretch.
    pub(super) fn cells(&self) -> Cells<'_> {
        let Some(pages) = &self.pages else {
            return Cells::default();
        };
        let cells = match self.meaning {
            Meaning::Text => match pages.days().filter(|_| !self.alike) {
                Some(days) => Cells::Days(days),
                None => Cells::Texts(pages.texts()),
            },
            Meaning::Units(_) | Meaning::Unsigned(_) => Cells::Written(&self.written),
            Meaning::Nothing | Meaning::Amount(_) | Meaning::Day | Meaning::Instant { .. } => {
                Cells::Typed(&self.typed)
            }
        };
        if self.alike {
            Cells::Same(cells.at(0))
        } else {
            cells
        }
    }

    /// Whether any value of the stretch cannot be read.
    pub(super) fn is_faulty(&self) -> bool {
        self.faulty
    }

    /// Why the value of a row of the stretch cannot be read, where it cannot.
    pub(super) fn fault(&self, row: usize) -> Option<Problem> {
        let pages = self.pages.as_ref().filter(|_| self.faulty)?;
        let row = if self.alike { 0 } else { row };
        let read = match self.meaning {
            Meaning::Text if pages.has(row) => {
                pages.texts().at(row).map(drop).ok_or("is not UTF-8")
            }
            Meaning::Text => Ok(()),
            Meaning::Units(_) | Meaning::Unsigned(_) => whole_number(pages, row).map(drop),
            meaning => meaning.value(pages, row).map(drop),
        };
        read.err().map(|what| Problem::of_column(&self.name, what))
    }
}

impl Default for Cells<'_> {
    fn default() -> Self {
        Self::Same(Cell::Absent)
    }
}

impl<'c> Cells<'c> {
    /// The cell of a row.
    #[expect(
        clippy::inline_always,
        reason = "which column is asked is known where it is called, millions of times"
    )]
    #[inline(always)]
    pub(super) fn at(self, row: usize) -> Cell<'c> {
        match self {
            Self::Same(cell) => cell,
            Self::Texts(texts) => Cell::text(texts.at(row).unwrap_or_default()),
            Self::Days(days) => match days.at(row) {
                Some(day) => Cell::Day(day),
                None => Cell::text(days.texts.at(row).unwrap_or_default()),
            },
            Self::Typed(cells) => cells.get(row).copied().unwrap_or_default(),
            Self::Written(written) => written.at(row),
        }
    }

    /// The same as it stands in the file: of a day, its text.
    pub(super) fn as_written(self, row: usize) -> Cell<'c> {
        match self {
            Self::Days(days) => Self::Texts(days.texts).at(row),
            cells => cells.at(row),
        }
    }
}

const TOO_LONG: &str = "has more digits than can be held exactly";
const NO_DATE: &str = "is out of the range of dates";

impl Written {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds the numbers of rows that have one; true where one cannot be read.
    fn extend(
        &mut self,
        numbers: impl Iterator<Item = Result<Option<i128>, &'static str>>,
        scale: u32,
    ) -> bool {
        let mut faulty = false;
        for number in numbers {
            match number {
                Ok(Some(number)) => write_units(&mut self.text, number, scale),
                Ok(None) => {}
                Err(_) => faulty = true,
            }
            self.ends.push(self.text.len());
        }
        faulty
    }

    fn at(&self, row: usize) -> Cell<'_> {
        let end_of = |row: usize| self.ends.get(row).copied().unwrap_or_default();
        let begin = row.checked_sub(1).map_or(0, end_of);
        match self.text.get(begin..end_of(row)) {
            None | Some("") => Cell::Absent,
            Some(number) => Cell::Number(number),
        }
    }
}

/// The whole number of a row that has one, whatever its width.
fn whole_number(pages: &Pages, row: usize) -> Result<Option<i128>, &'static str> {
    let Some(bytes) = pages.bytes(row) else {
        return Ok(None);
    };
    let number = match pages.integer(row) {
        Some(number) => Some(number.into()),
        None => big_endian(bytes),
    };
    number.map(Some).ok_or(TOO_LONG)
}

/// The type of a column in Parquet's words.
pub(super) fn type_name(descriptor: &ColumnDescriptor) -> String {
    let list = match descriptor.max_rep_level() {
        0 => "",
        _ => "a list of ",
    };
    match descriptor.logical_type_ref() {
        Some(logical) => format!("{list}{} ({logical:?})", descriptor.physical_type()),
        None => format!("{list}{}", descriptor.physical_type()),
    }
}

/// What the values of a column stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Text,
    /// Nothing in any row, as pandas writes a column without a value.
    Nothing,
    /// A whole number of so many bits, none of them a sign.
    Unsigned(u8),
    /// A whole number of units, of which ten to this power make one.
    Units(u32),
    /// The same in a field that holds an amount.
    Amount(u32),
    /// Days since 1970-01-01.
    Day,
    /// Time since 1970, in UTC or on the books' own clock.
    Instant {
        unit: TimeUnit,
        utc: bool,
    },
}

impl Meaning {
    /// The amount, day or time of a row that has one.
    fn value(self, pages: &Pages, row: usize) -> Result<Cell<'static>, &'static str> {
        let Some(number) = whole_number(pages, row)? else {
            return Ok(Cell::Absent);
        };
        match self {
            Self::Amount(scale) => {
                let amount = wide_amount(number, scale);
                amount.map(Cell::Amount).ok_or(TOO_LONG)
            }
            Self::Day => day(number).map(Cell::Day).ok_or(NO_DATE),
            Self::Instant { unit, utc } => {
                let instant = instant(number, unit).ok_or(NO_DATE)?;
                Ok(if utc {
                    Cell::Instant(instant)
                } else {
                    Cell::Clock(TimeZone::UTC.to_datetime(instant))
                })
            }
            Self::Text | Self::Nothing | Self::Units(_) | Self::Unsigned(_) => {
                Err("has a value, of which its type has none")
            }
        }
    }

    fn of(descriptor: &ColumnDescriptor) -> Option<Self> {
        if descriptor.max_rep_level() > 0 || descriptor.path().parts().len() != 1 {
            return None;
        }
        let whole = matches!(
            descriptor.physical_type(),
            Physical::INT32 | Physical::INT64
        );
        let decimal = || {
            let scale = u32::try_from(descriptor.type_scale()).ok()?;
            (scale <= 38).then_some(Self::Units(scale))
        };
        match (descriptor.logical_type_ref(), descriptor.converted_type()) {
            (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => decimal(),
            (Some(LogicalType::Unknown), _) => Some(Self::Nothing),
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Some(Self::Day),
            (Some(LogicalType::Timestamp(timestamp)), _) => Some(Self::Instant {
                unit: timestamp.unit,
                utc: timestamp.is_adjusted_to_u_t_c,
            }),
            (None, ConvertedType::TIMESTAMP_MILLIS) => Some(Self::Instant {
                unit: TimeUnit::MILLIS,
                utc: true,
            }),
            (None, ConvertedType::TIMESTAMP_MICROS) => Some(Self::Instant {
                unit: TimeUnit::MICROS,
                utc: true,
            }),
            (Some(LogicalType::Integer(integer)), _) if !integer.is_signed => {
                Some(Self::Unsigned(u8::try_from(integer.bit_width).ok()?))
            }
            (Some(LogicalType::Integer(_)), _) => Some(Self::Units(0)),
            (None, ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32) => {
                Some(Self::Unsigned(32))
            }
            (None, ConvertedType::UINT_64) => Some(Self::Unsigned(64)),
            (None, _) if whole => Some(Self::Units(0)),
            (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json) | None, _)
                if descriptor.physical_type() == Physical::BYTE_ARRAY =>
            {
                Some(Self::Text)
            }
            _ => None,
        }
    }
}

fn big_endian(bytes: &[u8]) -> Option<i128> {
    let padding = size_of::<i128>().checked_sub(bytes.len())?;
    let negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    let mut padded = [if negative { 0xff } else { 0 }; size_of::<i128>()];
    padded.get_mut(padding..)?.copy_from_slice(bytes);
    Some(i128::from_be_bytes(padded))
}

/// The amount that so many units are, of a scale that a decimal has.
fn amount(mut units: i64, mut scale: u32) -> Decimal {
    // As `shortened`, in the machine's own words.
    while scale > 0 && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    Decimal::new(units, scale)
}

/// The same of any units and scale; `None` when no decimal holds it.
fn wide_amount(units: i128, scale: u32) -> Option<Decimal> {
    let (units, scale) = shortened(units, scale);
    Decimal::try_from_i128_with_scale(units, scale).ok()
}

/// Units without the zeros at their end, which say nothing: every value of a
/// column has the column's scale.
fn shortened(mut units: i128, mut scale: u32) -> (i128, u32) {
    // Many zeros at once, since to divide so wide a number takes long. What two
    // times sixteen leave has fewer than sixteen, and so on.
    for zeros in [16, 16, 8, 4, 2, 1] {
        let one = 10_i128.pow(zeros);
        if zeros <= scale && units % one == 0 {
            units /= one;
            scale -= zeros;
        }
    }
    (units, scale)
}

/// Writes units as a plain decimal.
fn write_units(text: &mut String, units: i128, scale: u32) {
    let (units, scale) = shortened(units, scale);
    let digits = units.unsigned_abs();
    let one = 10_u128.pow(scale);
    let sign = if units < 0 { "-" } else { "" };
    // Writing to a string never fails.
    let _ = write!(text, "{sign}{}", digits / one);
    if scale > 0 {
        let _ = write!(text, ".{:0>width$}", digits % one, width = scale as usize);
    }
}

fn day(number: i128) -> Option<Date> {
    let days = Span::new().try_days(i64::try_from(number).ok()?).ok()?;
    Date::constant(1970, 1, 1).checked_add(days).ok()
}

fn instant(number: i128, unit: TimeUnit) -> Option<Timestamp> {
    let narrow = || i64::try_from(number).ok();
    match unit {
        TimeUnit::MILLIS => Timestamp::from_millisecond(narrow()?),
        TimeUnit::MICROS => Timestamp::from_microsecond(narrow()?),
        TimeUnit::NANOS => Timestamp::from_nanosecond(number),
    }
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_lose_the_zeros_that_every_value_of_their_column_has() {
        for scale in 0..=38 {
            for zeros in 0..=scale {
                // The widest number has no more.
                let zeros = zeros.min(37);
                let short = shortened(-7 * 10_i128.pow(zeros), scale);
                assert_eq!(short, (-7, scale - zeros), "{zeros} of {scale}");
            }
            assert_eq!(shortened(0, scale), (0, 0));
        }
    }
}
