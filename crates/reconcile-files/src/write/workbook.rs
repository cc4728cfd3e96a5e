//! Tables as the sheets of a workbook (Office Open XML, `.xlsx`).

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    io::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    ColNum, DocProperties, ExcelDateTime, Format, FormatAlign, RowNum, Worksheet, XlsxError,
};

use super::{cannot_write, table::of_width};
use crate::{Cell, Column, ColumnType, FileError, neutralised};

/// The rows of a sheet, the header among them.
const ROWS: RowNum = 1_048_576;

/// The digits that a spreadsheet keeps of a number: what a double holds for sure.
const DIGITS: u128 = 10_u128.pow(15);

/// Writes tables into one workbook, a sheet for each, in flat memory.
///
/// - Spreadsheets calculate in binary floating point: an amount or a whole number
///   is a number where that keeps every digit of it, which it does for 15, and
///   text otherwise. So no digit is ever lost, but a formula passes over the text.
/// - A date is a date from March 1900 on, where the calendar of spreadsheets is
///   the civil one, and text before.
/// - Text is never a formula: it is [`neutralised`], as in CSV.
/// - A table with more rows than a sheet holds goes on in sheets named `… 2`,
///   `… 3`. A text longer than a cell holds is an error.
///
/// The same tables give the same bytes: no clock is in the file.
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    sheets: usize,
    rows: RowNum,
    styles: Styles,
}

impl Workbook {
    /// Begins a workbook. What does not stay in memory waits in temporary files
    /// in this directory.
    pub fn create(temporary: &Path) -> Result<Self, FileError> {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.set_tempdir(temporary).map_err(cannot_write_xml)?;
        // Any constant does: this is the first instant of the file format.
        let first = ExcelDateTime::from_ymd(1980, 1, 1).map_err(cannot_write_xml)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&first));
        Ok(Self {
            book,
            sheets: 0,
            rows: ROWS,
            styles: Styles::new(),
        })
    }

    /// Begins a sheet of this name with a header.
    pub fn sheet(&mut self, name: &str, columns: &[Column]) -> Result<Sheet<'_>, FileError> {
        let mut sheet = Sheet {
            name: name.to_owned(),
            columns: columns.to_vec(),
            part: 0,
            row: 0,
            workbook: self,
        };
        sheet.begin()?;
        Ok(sheet)
    }

    /// Writes the file.
    pub fn finish(mut self, output: &mut impl Write) -> Result<(), FileError> {
        // What the library writes into memory cannot fail, and the packed sheets
        // are small against what they came from.
        let bytes = caught(|| self.book.save_to_buffer().map_err(cannot_write_xml))?;
        output.write_all(&bytes).map_err(cannot_write)
    }
}

impl fmt::Debug for Workbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workbook")
            .field("sheets", &self.sheets)
            .finish_non_exhaustive()
    }
}

/// A sheet that rows are added to.
#[derive(Debug)]
pub struct Sheet<'w> {
    workbook: &'w mut Workbook,
    name: String,
    columns: Vec<Column>,
    /// How many sheets the table takes so far.
    part: u32,
    /// The row that is written next.
    row: RowNum,
}

impl Sheet<'_> {
    /// Appends a row: a cell for each column. An error names the row by its
    /// first cell.
    pub fn write(&mut self, cells: &[Cell<'_>]) -> Result<(), FileError> {
        of_width(&self.columns, cells)?;
        caught(|| self.append(cells))
    }

    fn append(&mut self, cells: &[Cell<'_>]) -> Result<(), FileError> {
        if self.row == self.workbook.rows {
            self.begin()?;
        }
        let sheet = self.workbook.sheets.saturating_sub(1);
        let sheet = self.workbook.book.worksheet_from_index(sheet);
        let sheet = sheet.map_err(cannot_write_xml)?;
        for (position, (column, cell)) in (0..).zip(self.columns.iter().zip(cells)) {
            let place = (self.row, position);
            let written = self.workbook.styles.cell(sheet, place, cell);
            written.map_err(|error| misfit(error, cells, *column))?;
        }
        self.row += 1;
        Ok(())
    }

    /// Begins the next sheet of the table.
    fn begin(&mut self) -> Result<(), FileError> {
        self.part += 1;
        self.row = 1;
        let name = match self.part {
            1 => Cow::Borrowed(&*self.name),
            part => Cow::Owned(format!("{} {part}", self.name)),
        };
        let workbook = &mut *self.workbook;
        let sheet = workbook.book.add_worksheet_with_constant_memory();
        let sheet = sheet.map_err(cannot_write_xml)?;
        workbook.sheets += 1;
        let header = &workbook.styles.header;
        let titled = sheet.set_name(&*name).and_then(|sheet| {
            sheet.set_freeze_panes(1, 0)?;
            for (position, column) in (0..).zip(&self.columns) {
                sheet.set_column_width(position, width(*column))?;
                sheet.write_string_with_format(0, position, column.name, header)?;
            }
            Ok(())
        });
        titled.map_err(cannot_write_xml)
    }
}

/// How cells are shown.
#[derive(Debug)]
struct Styles {
    header: Format,
    date: Format,
    /// A number that only text holds stands where numbers stand.
    long: Format,
    /// Amounts, by their digits after the decimal point.
    amounts: BTreeMap<u32, Format>,
}

impl Styles {
    fn new() -> Self {
        Self {
            header: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            long: Format::new().set_align(FormatAlign::Right),
            amounts: BTreeMap::new(),
        }
    }

    fn cell(
        &mut self,
        sheet: &mut Worksheet,
        (row, column): (RowNum, ColNum),
        cell: &Cell<'_>,
    ) -> Result<(), XlsxError> {
        match cell {
            Cell::Absent => return Ok(()),
            Cell::Text(text) => sheet.write_string(row, column, neutralised(text)),
            Cell::Boolean(value) => sheet.write_boolean(row, column, *value),
            Cell::Amount(amount) => match double(*amount) {
                Some(number) => {
                    let style = self.amount(amount.scale());
                    sheet.write_number_with_format(row, column, number, style)
                }
                None => self.long(sheet, row, column, amount),
            },
            Cell::Integer(number) => match double((*number).into()) {
                Some(double) => sheet.write_number(row, column, double),
                None => self.long(sheet, row, column, number),
            },
            Cell::Date(date) => match calendar(*date) {
                Some(day) => sheet.write_datetime_with_format(row, column, &day, &self.date),
                None => self.long(sheet, row, column, date),
            },
        }
        .map(drop)
    }

    fn long<'s>(
        &self,
        sheet: &'s mut Worksheet,
        row: RowNum,
        column: ColNum,
        value: &impl fmt::Display,
    ) -> Result<&'s mut Worksheet, XlsxError> {
        sheet.write_string_with_format(row, column, value.to_string(), &self.long)
    }

    /// Thousands separated, with this many digits after the decimal point.
    fn amount(&mut self, digits: u32) -> &Format {
        self.amounts.entry(digits).or_insert_with(|| {
            let point = if digits > 0 { "." } else { "" };
            let fraction: String = (0..digits).map(|_| '0').collect();
            Format::new().set_num_format(format!("#,##0{point}{fraction}"))
        })
    }
}

/// The number that a spreadsheet shows with the same digits, where there is one.
fn double(amount: Decimal) -> Option<f64> {
    let amount = amount.normalize();
    if amount.mantissa().unsigned_abs() >= DIGITS {
        return None;
    }
    // Read from its digits: conversions by arithmetic may be off by the last one.
    amount.to_string().parse().ok()
}

/// The day in the calendar of spreadsheets, in which 1900 is a leap year.
fn calendar(date: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok()?;
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    (date >= Date::constant(1900, 3, 1))
        .then(|| ExcelDateTime::from_ymd(year, month, day).ok())
        .flatten()
}

/// The width of a column, in characters.
const fn width(column: Column) -> f64 {
    match column.holds {
        ColumnType::Text => 24.0,
        ColumnType::Amount => 18.0,
        ColumnType::Date | ColumnType::Integer | ColumnType::Boolean => 12.0,
    }
}

/// The library gives up by a panic where it cannot write a temporary file, as on
/// a full disk. That is an error like any other.
fn caught<T>(write: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|panic| {
        let said = panic.downcast::<String>().map(|said| *said);
        let said = said.unwrap_or_else(|_| "a temporary file cannot be written".to_owned());
        let full = io::Error::new(io::ErrorKind::StorageFull, said);
        Err(cannot_write(full))
    })
}

fn misfit(error: XlsxError, cells: &[Cell<'_>], column: Column) -> FileError {
    if !matches!(error, XlsxError::MaxStringLengthExceeded) {
        return cannot_write_xml(error);
    }
    FileError::DoesNotFit {
        id: cells.first().map(Cell::to_string).unwrap_or_default(),
        column: column.name,
        value: "its text".to_owned(),
        reason: "is longer than the 32,767 characters that a cell of a workbook holds",
    }
}

/// Keeps what the system said, by which callers tell a full disk.
fn cannot_write_xml(error: XlsxError) -> FileError {
    match error {
        XlsxError::IoError(cause) => cannot_write(cause),
        error => cannot_write(error),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_number_of_fifteen_digits_is_a_double_and_a_longer_one_is_not() {
        for (amount, number) in [
            (dec!(0), Some("0")),
            (dec!(-0.10), Some("-0.1")),
            (dec!(9999999999999.99), Some("9999999999999.99")),
            (dec!(123456789012345), Some("123456789012345")),
            (
                dec!(0.000000000000000000000000001),
                Some("0.000000000000000000000000001"),
            ),
            (dec!(10000000000000.01), None),
            (dec!(1234567890123456), None),
            (dec!(0.1234567890123456), None),
            (Decimal::MAX, None),
        ] {
            let found = double(amount).map(|double| double.to_string());
            assert_eq!(found.as_deref(), number, "{amount}");
        }
    }

    #[test]
    fn a_library_that_gives_up_is_an_error() {
        let full =
            || -> Result<(), FileError> { panic!("{} bytes are left", Vec::<u8>::new().len()) };
        let FileError::Output(cause) = caught(full).unwrap_err() else {
            panic!("an error of the output")
        };
        assert_eq!(cause.to_string(), "0 bytes are left");
    }

    #[test]
    fn a_table_goes_on_in_another_sheet_where_one_is_full() {
        let directory = tempfile::tempdir().unwrap();
        let mut workbook = Workbook::create(directory.path()).unwrap();
        workbook.rows = 3;
        let columns = [Column {
            name: "id",
            holds: ColumnType::Integer,
        }];
        let mut sheet = workbook.sheet("rows", &columns).unwrap();
        for number in 0..5 {
            sheet.write(&[Cell::Integer(number)]).unwrap();
        }
        let names = workbook.book.worksheets().iter().map(Worksheet::name);
        assert_eq!(names.collect::<Vec<_>>(), ["rows", "rows 2", "rows 3"]);
    }
}
