//! Tables whose columns the caller names.

use std::{fmt, io::Write};

use super::{super::table::of_width, Fit, Row, TableWriter, days_since_1970};
use crate::{Cell, Column, ColumnType, FileError};

/// Writes rows of typed cells as Parquet, in flat memory.
///
/// Text stays as it is, since nothing runs it here. A value that does not fit
/// its column is an error, never rounded, and leaves the table as it was.
pub struct ParquetTable<W: Write + Send> {
    columns: Vec<Column>,
    writer: TableWriter<W>,
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
        of_width(&self.columns, cells)?;
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
