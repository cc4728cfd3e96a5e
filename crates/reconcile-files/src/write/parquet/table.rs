//! Tables whose columns the caller names.

use std::{borrow::Cow, fmt, io::Write};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Fit, Row, TableWriter, days_since_1970};
use crate::FileError;

/// Writes rows of typed cells as Parquet, in flat memory.
///
/// Text stays as it is, since nothing runs it here. A value that does not fit
/// its column is an error, never rounded, and leaves the table as it was.
pub struct ParquetTable<W: Write + Send> {
    columns: Vec<Column>,
    writer: TableWriter<W>,
}

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

impl<W: Write + Send> ParquetTable<W> {
    /// Begins a table of this name, of letters, digits and underscores.
    pub fn create(name: &str, columns: &[Column], output: W) -> Result<Self, FileError> {
        let fields: String = columns.iter().map(Column::field).collect();
        Ok(Self {
            columns: columns.to_vec(),
            writer: TableWriter::new(output, &format!("message {name} {{ {fields} }}"))?,
        })
    }

    /// Appends a row: a cell for each column. An error names the row by its
    /// first cell.
    pub fn write(&mut self, cells: &[Cell<'_>]) -> Result<(), FileError> {
        if cells.len() != self.columns.len() {
            let (cells, columns) = (cells.len(), self.columns.len());
            let message = format!("a row of {cells} cells in a table of {columns} columns");
            return Err(FileError::Output(message.into()));
        }
        let fit = Fit {
            id: &cells.first().map(Cell::to_string).unwrap_or_default(),
        };
        let values = self
            .columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| fit.value(*column, cell))
            .collect::<Result<Vec<_>, _>>()?;
        let mut row = Row(self.writer.columns.iter_mut());
        for value in values {
            match value {
                Value::Absent => row.text(None),
                Value::Text(text) => row.text(Some(text)),
                Value::Amount(units) => row.amount(Some(units)),
                Value::Number(number) => row.number(Some(number)),
            }
        }
        self.writer.count_row()
    }

    /// Ends the file and gives back what it was written to.
    pub fn finish(self) -> Result<W, FileError> {
        self.writer.finish()
    }
}

impl<W: Write + Send> fmt::Debug for ParquetTable<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetTable")
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

impl Column {
    /// The column in the language of Parquet schemas.
    fn field(&self) -> String {
        let name = self.name;
        match self.holds {
            ColumnType::Text => format!("optional binary {name} (STRING);"),
            ColumnType::Amount => {
                format!("optional fixed_len_byte_array(16) {name} (DECIMAL(38,19));")
            }
            ColumnType::Date => format!("optional int32 {name} (DATE);"),
            ColumnType::Integer => format!("optional int64 {name};"),
            ColumnType::Boolean => format!("optional boolean {name};"),
        }
    }
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

/// A value that fits its column.
enum Value<'a> {
    Absent,
    Text(&'a str),
    Amount(i128),
    Number(i64),
}

impl Fit<'_> {
    fn value<'a>(&self, column: Column, cell: &'a Cell<'_>) -> Result<Value<'a>, FileError> {
        match (column.holds, cell) {
            (_, Cell::Absent) => Ok(Value::Absent),
            (ColumnType::Text, Cell::Text(text)) => Ok(Value::Text(text)),
            (ColumnType::Amount, Cell::Amount(amount)) => {
                let units = self.amount(column.name, Some(*amount))?;
                Ok(units.map_or(Value::Absent, Value::Amount))
            }
            (ColumnType::Date, Cell::Date(date)) => Ok(Value::Number(days_since_1970(*date))),
            (ColumnType::Integer, Cell::Integer(number)) => Ok(Value::Number(*number)),
            (ColumnType::Boolean, Cell::Boolean(value)) => Ok(Value::Number((*value).into())),
            _ => Err(self.misfit(
                column.name,
                cell.to_string(),
                "is not of the type of its column",
            )),
        }
    }
}
