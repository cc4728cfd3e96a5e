//! Writing records and statements, a row at a time.

#[cfg(feature = "parquet")]
mod parquet;
mod statement;
mod table;
#[cfg(feature = "xlsx")]
mod workbook;

use std::{
    fmt,
    io::{self, BufWriter, Write},
};

use reconcile_core::Record;

#[cfg(feature = "parquet")]
pub use self::parquet::ParquetTable;
pub use self::statement::StatementWriter;
pub use self::table::{Cell, Column, ColumnType};
#[cfg(feature = "xlsx")]
pub use self::workbook::{Sheet, Workbook};
use crate::{FileError, Format, neutralised};

/// Writes records as rows of [`Record::COLUMNS`], in flat memory.
///
/// CSV is RFC 4180 with LF line ends and a header; its text columns are
/// [`neutralised`], and an absent value and an empty text are both an empty
/// cell. Parquet holds amounts as `decimal128(38, 19)` and instants in
/// microseconds; a value that does not fit is an error and never rounded.
pub struct RecordWriter<W: Write + Send>(Sink<W>);

impl<W: Write + Send> RecordWriter<W> {
    /// Begins a file of this format.
    pub fn create(format: Format, output: W) -> Result<Self, FileError> {
        Ok(Self(match format {
            Format::Jsonl => Sink::Jsonl(BufWriter::new(output)),
            Format::Csv => Sink::Csv(csv_writer(output, &Record::COLUMNS)?),
            #[cfg(feature = "parquet")]
            Format::Parquet => Sink::Parquet(Box::new(parquet::TableWriter::records(output)?)),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => return Err(FileError::NoParquet),
        }))
    }

    /// Appends a record.
    pub fn write(&mut self, record: &Record) -> Result<(), FileError> {
        match &mut self.0 {
            Sink::Jsonl(output) => json_line(output, record),
            Sink::Csv(writer) => write_cells(writer, record),
            #[cfg(feature = "parquet")]
            Sink::Parquet(writer) => writer.record(record),
        }
    }

    /// Ends the file and gives back what it was written to.
    pub fn finish(self) -> Result<W, FileError> {
        self.0.finish()
    }
}

impl<W: Write + Send> fmt::Debug for RecordWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RecordWriter")
            .field(&self.0.format())
            .finish()
    }
}

/// The columns of a record that hold text as somebody wrote it.
const TEXT_COLUMNS: [&str; 7] = [
    "provider",
    "id",
    "provider_status",
    "reference",
    "account",
    "method",
    "description",
];

/// Where rows of one format go.
enum Sink<W: Write + Send> {
    Jsonl(BufWriter<W>),
    Csv(Box<csv::Writer<W>>),
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::TableWriter<W>>),
}

impl<W: Write + Send> Sink<W> {
    fn finish(self) -> Result<W, FileError> {
        match self {
            Self::Jsonl(output) => output
                .into_inner()
                .map_err(|error| cannot_write(error.into_error())),
            Self::Csv(writer) => writer
                .into_inner()
                .map_err(|error| cannot_write(error.into_error())),
            #[cfg(feature = "parquet")]
            Self::Parquet(writer) => writer.finish(),
        }
    }

    fn format(&self) -> Format {
        match self {
            Self::Jsonl(_) => Format::Jsonl,
            Self::Csv(_) => Format::Csv,
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => Format::Parquet,
        }
    }
}

fn csv_writer<W: Write>(output: W, columns: &[&str]) -> Result<Box<csv::Writer<W>>, FileError> {
    let mut writer = csv::Writer::from_writer(output);
    writer.write_record(columns).map_err(cannot_write_csv)?;
    Ok(Box::new(writer))
}

fn write_cells<W: Write>(writer: &mut csv::Writer<W>, record: &Record) -> Result<(), FileError> {
    for (column, cell) in Record::COLUMNS.iter().zip(record.cells()) {
        let cell = cell.unwrap_or_default();
        if TEXT_COLUMNS.contains(column) {
            writer.write_field(neutralised(&cell).as_bytes())
        } else {
            writer.write_field(cell.as_bytes())
        }
        .map_err(cannot_write_csv)?;
    }
    writer.write_record(None::<&[u8]>).map_err(cannot_write_csv)
}

fn json_line<W: Write>(output: &mut W, row: &impl serde::Serialize) -> Result<(), FileError> {
    serde_json::to_writer(&mut *output, row)
        .map_err(|error| cannot_write(io::Error::from(error)))?;
    output.write_all(b"\n").map_err(cannot_write)
}

fn cannot_write(source: impl std::error::Error + Send + Sync + 'static) -> FileError {
    FileError::Output(Box::new(source))
}

/// This error does not give its cause as a source, so the kind of the cause is
/// kept: callers tell a closed pipe from a full disk by it.
fn cannot_write_csv(error: csv::Error) -> FileError {
    let kind = match error.kind() {
        csv::ErrorKind::Io(cause) => cause.kind(),
        _ => io::ErrorKind::Other,
    };
    cannot_write(io::Error::new(kind, error))
}
