//! What tables consist of, whatever they are written as.

use std::{borrow::Cow, fmt};

use jiff::civil::Date;
use rust_decimal::Decimal;

#[cfg(any(feature = "parquet", feature = "xlsx"))]
use crate::FileError;

/// A column of a table. Any of its cells may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, of letters, digits and underscores.
    pub name: &'static str,
    /// What its cells hold.
    pub holds: ColumnType,
}

/// What the cells of a column hold, and the type that this is in Parquet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// UTF-8 text: `STRING`.
    Text,
    /// Exact numbers, as amounts in major units: `DECIMAL(38, 19)`.
    Amount,
    /// Civil dates: `DATE`.
    Date,
    /// Whole numbers: `INT64`.
    Integer,
    /// `BOOLEAN`.
    Boolean,
}

/// One cell of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No value: null.
    Absent,
    /// Text.
    Text(Cow<'a, str>),
    /// An exact number, as an amount in major units.
    Amount(Decimal),
    /// A civil date.
    Date(Date),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => Ok(()),
            Self::Text(text) => text.fmt(f),
            Self::Amount(amount) => amount.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Boolean(value) => value.fmt(f),
        }
    }
}

/// Refuses a row that has not a cell for each column.
#[cfg(any(feature = "parquet", feature = "xlsx"))]
pub(super) fn of_width(columns: &[Column], cells: &[Cell<'_>]) -> Result<(), FileError> {
    if cells.len() == columns.len() {
        return Ok(());
    }
    let (cells, columns) = (cells.len(), columns.len());
    let message = format!("a row of {cells} cells in a table of {columns} columns");
    Err(FileError::Output(message.into()))
}
