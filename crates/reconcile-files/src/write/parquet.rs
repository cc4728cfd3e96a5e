//! Tables in Parquet, a row group at a time.

mod table;

use std::{io::Write, sync::Arc};

use bytes::Bytes;
use jiff::{Timestamp, civil::Date};
use parquet::{
    basic::Compression,
    data_type::{ByteArray, FixedLenByteArray},
    errors::ParquetError,
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use reconcile_core::Record;
use rust_decimal::Decimal;

pub use self::table::ParquetTable;
use super::{cannot_write, statement::FigureRow};
use crate::FileError;

/// The columns of a record. The names and their order are those of [`Record::COLUMNS`].
const RECORDS: &str = "message record {
    required binary provider (STRING);
    required binary id (STRING);
    required binary kind (STRING);
    required binary direction (STRING);
    required binary status (STRING);
    required binary provider_status (STRING);
    optional binary reference (STRING);
    required fixed_len_byte_array(16) amount (DECIMAL(38,19));
    required binary currency (STRING);
    optional fixed_len_byte_array(16) settled_amount (DECIMAL(38,19));
    optional binary settled_currency (STRING);
    optional fixed_len_byte_array(16) fee (DECIMAL(38,19));
    optional binary fee_currency (STRING);
    required int64 created_at (TIMESTAMP(MICROS,true));
    optional int64 updated_at (TIMESTAMP(MICROS,true));
    optional binary account (STRING);
    optional binary method (STRING);
    optional binary description (STRING);
    required binary attributes (JSON);
}";

/// The columns of a statement's figures.
const STATEMENTS: &str = "message statement {
    required binary provider (STRING);
    required binary id (STRING);
    optional binary account (STRING);
    optional binary scope (STRING);
    optional int32 day (DATE);
    optional binary zone (STRING);
    required int64 period_from (TIMESTAMP(MICROS,true));
    required int64 period_to (TIMESTAMP(MICROS,true));
    required binary figure (STRING);
    optional fixed_len_byte_array(16) amount (DECIMAL(38,19));
    optional int64 count (INTEGER(64,false));
    optional boolean flag;
    required binary currency (STRING);
}";

/// How many rows are held before they are written.
const GROUP: usize = 50_000;

/// The scale of every amount: what 38 digits leave when 19 stand before the point.
const SCALE: u32 = 19;

/// The least amount of 39 digits.
const LIMIT: i128 = 10_i128.pow(38);

/// Writes the rows of one table.
pub(super) struct TableWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: Vec<Values>,
    rows: usize,
}

impl<W: Write + Send> TableWriter<W> {
    pub(super) fn records(output: W) -> Result<Self, FileError> {
        Self::new(output, RECORDS)
    }

    pub(super) fn statements(output: W) -> Result<Self, FileError> {
        Self::new(output, STATEMENTS)
    }

    fn new(output: W, schema: &str) -> Result<Self, FileError> {
        let schema = Arc::new(parse_message_type(schema).map_err(cannot_write_parquet)?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("reconcile".to_owned())
            .build();
        let columns = schema.get_fields().iter().map(|_| Values::default());
        Ok(Self {
            columns: columns.collect(),
            file: SerializedFileWriter::new(output, schema, Arc::new(properties))
                .map_err(cannot_write_parquet)?,
            rows: 0,
        })
    }

    /// Appends a record. One that does not fit leaves the table as it was.
    pub(super) fn record(&mut self, record: &Record) -> Result<(), FileError> {
        let (settled, fee) = (record.settled.as_ref(), record.fee.as_ref());
        let fit = Fit { id: &record.id };
        let amount = fit.amount("amount", Some(record.amount.amount))?;
        let settled_amount = fit.amount("settled_amount", settled.map(|money| money.amount))?;
        let fee_amount = fit.amount("fee", fee.map(|money| money.amount))?;
        let created_at = fit.instant("created_at", Some(record.created_at))?;
        let updated_at = fit.instant("updated_at", record.updated_at)?;

        let mut row = Row(self.columns.iter_mut());
        row.text(Some(&record.provider));
        row.text(Some(&record.id));
        row.text(Some(record.kind.as_str()));
        row.text(Some(record.direction.as_str()));
        row.text(Some(record.status.as_str()));
        row.text(Some(&record.provider_status));
        row.text(record.reference.as_deref());
        row.amount(amount);
        row.text(Some(record.amount.currency.as_str()));
        row.amount(settled_amount);
        row.text(settled.map(|money| money.currency.as_str()));
        row.amount(fee_amount);
        row.text(fee.map(|money| money.currency.as_str()));
        row.number(created_at);
        row.number(updated_at);
        row.text(record.account.as_deref());
        row.text(record.method.as_deref());
        row.text(record.description.as_deref());
        row.text(Some(&record.attributes_json()));
        self.count_row()
    }

    /// Appends a figure of a statement. One that does not fit leaves the table
    /// as it was.
    pub(super) fn figure(&mut self, figure: &FigureRow<'_>) -> Result<(), FileError> {
        let fit = Fit { id: figure.id };
        let period_from = fit.instant("period_from", Some(figure.period_from))?;
        let period_to = fit.instant("period_to", Some(figure.period_to))?;
        let amount = fit.amount("amount", figure.amount)?;

        let mut row = Row(self.columns.iter_mut());
        row.text(Some(figure.provider));
        row.text(Some(figure.id));
        row.text(figure.account);
        row.text(figure.scope);
        row.number(figure.day.map(days_since_1970));
        row.text(figure.zone);
        row.number(period_from);
        row.number(period_to);
        row.text(Some(figure.figure));
        row.amount(amount);
        row.number(figure.count.map(u64::cast_signed));
        row.number(figure.flag.map(i64::from));
        row.text(Some(figure.currency.as_str()));
        self.count_row()
    }

    pub(super) fn finish(mut self) -> Result<W, FileError> {
        self.flush()?;
        self.file.into_inner().map_err(cannot_write_parquet)
    }

    fn count_row(&mut self) -> Result<(), FileError> {
        self.rows += 1;
        if self.rows < GROUP {
            return Ok(());
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<(), FileError> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let mut group = self.file.next_row_group().map_err(cannot_write_parquet)?;
        for column in &mut self.columns {
            column.write(&mut group).map_err(cannot_write_parquet)?;
        }
        group.close().map(drop).map_err(cannot_write_parquet)
    }
}

/// The values of one column that wait to be written. Which of the three is in
/// use follows from the column's type.
#[derive(Default)]
struct Values {
    /// The level of each row: 1 where it has a value.
    levels: Vec<i16>,
    bytes: Vec<u8>,
    /// Where each value ends in the bytes.
    ends: Vec<usize>,
    numbers: Vec<i64>,
}

impl Values {
    fn push_bytes(&mut self, value: Option<&[u8]>) {
        self.levels.push(value.is_some().into());
        if let Some(value) = value {
            self.bytes.extend_from_slice(value);
            self.ends.push(self.bytes.len());
        }
    }

    fn push_number(&mut self, value: Option<i64>) {
        self.levels.push(value.is_some().into());
        self.numbers.extend(value);
    }

    /// Writes the values as the next column of the group, and forgets them.
    fn write<W: Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        use parquet::column::writer::ColumnWriter;

        let Some(mut column) = group.next_column()? else {
            return Err(ParquetError::General("more columns than the schema".into()));
        };
        let levels = std::mem::take(&mut self.levels);
        match column.untyped() {
            ColumnWriter::ByteArrayColumnWriter(writer) => {
                let values: Vec<ByteArray> = self.take_bytes().map(ByteArray::from).collect();
                writer.write_batch(&values, Some(&levels), None)?;
            }
            ColumnWriter::FixedLenByteArrayColumnWriter(writer) => {
                let values: Vec<FixedLenByteArray> = self
                    .take_bytes()
                    .map(|bytes| ByteArray::from(bytes).into())
                    .collect();
                writer.write_batch(&values, Some(&levels), None)?;
            }
            ColumnWriter::BoolColumnWriter(writer) => {
                let truths: Vec<bool> = self.numbers.drain(..).map(|number| number != 0).collect();
                writer.write_batch(&truths, Some(&levels), None)?;
            }
            ColumnWriter::Int64ColumnWriter(writer) => {
                writer.write_batch(&std::mem::take(&mut self.numbers), Some(&levels), None)?;
            }
            ColumnWriter::Int32ColumnWriter(writer) => {
                let days: Result<Vec<i32>, _> = self.numbers.drain(..).map(i32::try_from).collect();
                let days = days.map_err(|error| ParquetError::External(Box::new(error)))?;
                writer.write_batch(&days, Some(&levels), None)?;
            }
            _ => return Err(ParquetError::General("a type that no column has".into())),
        }
        column.close()
    }

    /// The values, as slices of one allocation.
    fn take_bytes(&mut self) -> impl Iterator<Item = Bytes> {
        let bytes = Bytes::from(std::mem::take(&mut self.bytes));
        let mut start = 0;
        std::mem::take(&mut self.ends).into_iter().map(move |end| {
            let value = bytes.slice(start..end);
            start = end;
            value
        })
    }
}

/// One row on its way into the columns, in their order.
struct Row<'a>(std::slice::IterMut<'a, Values>);

impl Row<'_> {
    fn text(&mut self, value: Option<&str>) {
        self.bytes(value.map(str::as_bytes));
    }

    fn amount(&mut self, units: Option<i128>) {
        self.bytes(
            units
                .map(i128::to_be_bytes)
                .as_ref()
                .map(<[u8; 16]>::as_slice),
        );
    }

    fn number(&mut self, value: Option<i64>) {
        if let Some(column) = self.0.next() {
            column.push_number(value);
        }
    }

    fn bytes(&mut self, value: Option<&[u8]>) {
        if let Some(column) = self.0.next() {
            column.push_bytes(value);
        }
    }
}

/// Checks the values of one row against what their columns hold.
struct Fit<'a> {
    /// What names the row in an error.
    id: &'a str,
}

impl Fit<'_> {
    fn amount(
        &self,
        column: &'static str,
        value: Option<Decimal>,
    ) -> Result<Option<i128>, FileError> {
        let Some(amount) = value else {
            return Ok(None);
        };
        let reason = "does not fit 19 digits before and 19 after the decimal point";
        match units(amount) {
            Some(units) => Ok(Some(units)),
            None => Err(self.misfit(column, amount.to_string(), reason)),
        }
    }

    fn instant(
        &self,
        column: &'static str,
        value: Option<Timestamp>,
    ) -> Result<Option<i64>, FileError> {
        match value {
            Some(instant) if instant.subsec_nanosecond() % 1000 != 0 => {
                Err(self.misfit(column, instant.to_string(), "is finer than a microsecond"))
            }
            instant => Ok(instant.map(Timestamp::as_microsecond)),
        }
    }

    fn misfit(&self, column: &'static str, value: String, reason: &'static str) -> FileError {
        FileError::DoesNotFit {
            id: self.id.to_owned(),
            column,
            value,
            reason,
        }
    }
}

/// Parquet wraps what the system said; the wrapping says nothing more.
fn cannot_write_parquet(error: ParquetError) -> FileError {
    match error {
        ParquetError::External(cause) => FileError::Output(cause),
        error => cannot_write(error),
    }
}

/// Two civil dates are always some days apart.
fn days_since_1970(day: Date) -> i64 {
    let span = Date::constant(1970, 1, 1).until(day);
    span.map_or(0, |span| span.get_days().into())
}

/// The amount in units of the 19th decimal, where it is a whole number of at
/// most 38 digits.
fn units(amount: Decimal) -> Option<i128> {
    let amount = amount.normalize();
    let missing = SCALE.checked_sub(amount.scale())?;
    let units = amount
        .mantissa()
        .checked_mul(10_i128.checked_pow(missing)?)?;
    (units.abs() < LIMIT).then_some(units)
}
