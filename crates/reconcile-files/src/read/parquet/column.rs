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
    pages::{NotUtf8, Pages, Run, Texts},
    unpacked::Unpacked,
};
use crate::{Field, read::line::Problem, value::Cell};

/// A column that is read, and where in it the reading stands.
pub(super) struct Column {
    name: String,
    leaf: usize,
    meaning: Meaning,
    pages: Option<Pages>,
    /// Whether all rows of the stretch have the same value, which stands in the
    /// first; and whether that can be read.
    alike: bool,
    settled: bool,
    /// The amounts of the stretch that a machine's word holds, where not all rows
    /// have the same one.
    amounts: Vec<Option<Decimal>>,
    written: Written,
}

/// The cells of a stretch of a column.
pub(super) struct Stretch<'c> {
    column: &'c Column,
    known: Known<'c>,
}

/// Cells as nearly all columns have them: of what kind they are is not asked at
/// every row.
enum Known<'c> {
    Texts(Texts<'c>),
    Amounts(&'c [Option<Decimal>]),
    Nothing,
}

/// The numbers of a stretch that are read as text, one after the other.
#[derive(Default)]
struct Written {
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
    ) -> Option<Self> {
        let meaning = match Meaning::of(descriptor)? {
            Meaning::Units(scale) if field.is_some_and(Field::is_amount) => Meaning::Amount(scale),
            meaning => meaning,
        };
        Some(Self {
            name: descriptor.path().string(),
            leaf,
            meaning,
            pages: None,
            alike: false,
            settled: false,
            amounts: Vec::new(),
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
        let pages = Pages::new(unpacked, chunk, self.meaning == Meaning::Text)?;
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
        self.written.clear();
        match self.meaning {
            Meaning::Units(scale) => {
                let numbers = (0..rows).map(|row| whole_number(pages, row));
                numbers.for_each(|number| self.written.push(number, scale));
            }
            Meaning::Unsigned(bits) => {
                let mask = (1 << bits) - 1;
                let numbers = (0..rows).map(|row| Some(whole_number(pages, row)? & mask));
                numbers.for_each(|number| self.written.push(number, 0));
            }
            Meaning::Amount(scale) if !alike => {
                let amounts = pages.integers().map(|units| amount(units?, scale));
                self.amounts.clear();
                self.amounts.extend(amounts);
            }
            Meaning::Text
            | Meaning::Nothing
            | Meaning::Amount(_)
            | Meaning::Day
            | Meaning::Instant { .. } => {}
        }
        self.settled = alike && self.cell(0).is_ok();
        Ok(())
    }

    /// Whether all rows of the stretch have the same cell. What cannot be read is
    /// told of every row.
    pub(super) fn is_settled(&self) -> bool {
        self.settled
    }

    /// The cells of the stretch.
    pub(super) fn stretch(&self) -> Stretch<'_> {
        let texts = || self.pages.as_ref().and_then(Pages::texts);
        let known = match self.meaning {
            _ if self.alike => Known::Nothing,
            Meaning::Text => texts().map_or(Known::Nothing, Known::Texts),
            Meaning::Amount(_) => Known::Amounts(&self.amounts),
            _ => Known::Nothing,
        };
        Stretch {
            column: self,
            known,
        }
    }

    /// The cell of a row of the stretch.
    pub(super) fn cell(&self, row: usize) -> Result<Cell<'_>, Problem> {
        let Some(pages) = &self.pages else {
            return Ok(Cell::Absent);
        };
        let row = if self.alike { 0 } else { row };
        if self.meaning != Meaning::Text {
            return self.typed(pages, row);
        }
        match pages.text(row) {
            Ok(text) => Ok(text.map_or(Cell::Absent, Cell::text)),
            Err(NotUtf8) => Err(self.unreadable("is not UTF-8")),
        }
    }

    fn typed(&self, pages: &Pages, row: usize) -> Result<Cell<'_>, Problem> {
        if let (Meaning::Amount(scale), Some(units)) = (self.meaning, pages.integer(row)) {
            let amount = amount(units, scale).map(Cell::Amount);
            return amount.ok_or_else(|| self.unreadable(TOO_LONG));
        }
        if !pages.has(row) {
            return Ok(Cell::Absent);
        }
        let cell = match self.meaning {
            Meaning::Amount(scale) => {
                let amount = wide_amount(self.number(pages, row)?, scale);
                amount.map(Cell::Amount).ok_or(TOO_LONG)
            }
            Meaning::Units(_) | Meaning::Unsigned(_) => {
                self.number(pages, row)?;
                Ok(Cell::Number(self.written.at(row)))
            }
            Meaning::Day => {
                let day = day(self.number(pages, row)?);
                day.map(Cell::Day).ok_or(NO_DATE)
            }
            Meaning::Instant { unit, utc } => {
                let instant = instant(self.number(pages, row)?, unit);
                let cell = instant.map(|instant| {
                    if utc {
                        Cell::Instant(instant)
                    } else {
                        Cell::Clock(TimeZone::UTC.to_datetime(instant))
                    }
                });
                cell.ok_or(NO_DATE)
            }
            Meaning::Text | Meaning::Nothing => Err("has a value, of which its type has none"),
        };
        cell.map_err(|what| self.unreadable(what))
    }

    /// The number of a row that has a value.
    fn number(&self, pages: &Pages, row: usize) -> Result<i128, Problem> {
        whole_number(pages, row).ok_or_else(|| self.unreadable(TOO_LONG))
    }

    #[cold]
    fn unreadable(&self, what: &str) -> Problem {
        Problem::of_column(&self.name, what)
    }
}

impl<'c> Stretch<'c> {
    /// The cell of a row.
    #[inline]
    pub(super) fn cell(&self, row: usize) -> Result<Cell<'c>, Problem> {
        let known = match self.known {
            Known::Texts(texts) => texts.at(row).map(Cell::text),
            Known::Amounts(amounts) => amounts.get(row).copied().flatten().map(Cell::Amount),
            Known::Nothing => None,
        };
        known.map_or_else(|| self.column.cell(row), Ok)
    }
}

const TOO_LONG: &str = "has more digits than can be held exactly";
const NO_DATE: &str = "is out of the range of dates";

impl Written {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds the number of a row that has one.
    fn push(&mut self, number: Option<i128>, scale: u32) {
        if let Some(number) = number {
            write_units(&mut self.text, number, scale);
        }
        self.ends.push(self.text.len());
    }

    fn at(&self, row: usize) -> &str {
        let end_of = |row: usize| self.ends.get(row).copied().unwrap_or_default();
        let begin = row.checked_sub(1).map_or(0, end_of);
        self.text.get(begin..end_of(row)).unwrap_or_default()
    }
}

/// The whole number of a row that has one, whatever its width.
fn whole_number(pages: &Pages, row: usize) -> Option<i128> {
    match pages.integer(row) {
        Some(number) => Some(number.into()),
        None => pages.bytes(row).and_then(big_endian),
    }
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

/// The amount that so many units are; `None` when no decimal holds it.
fn amount(mut units: i64, mut scale: u32) -> Option<Decimal> {
    if scale > Decimal::MAX_SCALE {
        return wide_amount(units.into(), scale);
    }
    // As `shortened`, in the machine's own words.
    while scale > 0 && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    Some(Decimal::new(units, scale))
}

/// The same of more units than the machine's own words hold.
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
