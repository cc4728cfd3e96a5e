//! Writing statements: one row a figure.

use std::{
    fmt,
    io::{BufWriter, Write},
};

use jiff::{Timestamp, civil::Date};
use reconcile_core::{Currency, Figure, Statement};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::{Sink, cannot_write_csv, csv_writer, json_line};
use crate::{FileError, Format, neutralised};

/// Writes statements as long rows, one a figure, in flat memory.
///
/// A figure is an amount, in major units of the currency and signed as the
/// provider signs it, or a count, or a flag. The period is in UTC and its end is
/// exclusive. Formats are as in [`RecordWriter`](crate::RecordWriter).
pub struct StatementWriter<W: Write + Send>(Sink<W>);

impl<W: Write + Send> StatementWriter<W> {
    /// The columns of every output, in order.
    pub const COLUMNS: [&'static str; 13] = [
        "provider",
        "id",
        "account",
        "scope",
        "day",
        "zone",
        "period_from",
        "period_to",
        "figure",
        "amount",
        "count",
        "flag",
        "currency",
    ];

    /// Begins a file of this format.
    pub fn create(format: Format, output: W) -> Result<Self, FileError> {
        Ok(Self(match format {
            Format::Jsonl => Sink::Jsonl(BufWriter::new(output)),
            Format::Csv => Sink::Csv(csv_writer(output, &Self::COLUMNS)?),
            #[cfg(feature = "parquet")]
            Format::Parquet => {
                Sink::Parquet(Box::new(super::parquet::TableWriter::statements(output)?))
            }
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => return Err(FileError::NoParquet),
        }))
    }

    /// Appends the figures of a statement, by name.
    pub fn write(&mut self, statement: &Statement) -> Result<(), FileError> {
        for (name, figure) in &statement.figures {
            let row = FigureRow::new(statement, name, *figure);
            match &mut self.0 {
                Sink::Jsonl(output) => json_line(output, &row),
                Sink::Csv(writer) => write_cells(writer, &row),
                #[cfg(feature = "parquet")]
                Sink::Parquet(writer) => writer.figure(&row),
            }?;
        }
        Ok(())
    }

    /// Ends the file and gives back what it was written to.
    pub fn finish(self) -> Result<W, FileError> {
        self.0.finish()
    }
}

impl<W: Write + Send> fmt::Debug for StatementWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StatementWriter")
            .field(&self.0.format())
            .finish()
    }
}

/// One figure of a statement as a flat row, its fields in the order of the columns.
#[derive(Serialize)]
pub(super) struct FigureRow<'a> {
    pub(super) provider: &'a str,
    pub(super) id: &'a str,
    pub(super) account: Option<&'a str>,
    pub(super) scope: Option<&'a str>,
    pub(super) day: Option<Date>,
    pub(super) zone: Option<&'a str>,
    pub(super) period_from: Timestamp,
    pub(super) period_to: Timestamp,
    pub(super) figure: &'a str,
    #[serde(serialize_with = "decimal_text")]
    pub(super) amount: Option<Decimal>,
    pub(super) count: Option<u64>,
    pub(super) flag: Option<bool>,
    pub(super) currency: Currency,
}

impl<'a> FigureRow<'a> {
    fn new(statement: &'a Statement, name: &'a str, figure: Figure) -> Self {
        let (mut amount, mut count, mut flag) = (None, None, None);
        match figure {
            Figure::Amount(stated) => amount = Some(stated),
            Figure::Count(stated) => count = Some(stated),
            Figure::Flag(stated) => flag = Some(stated),
            // A kind of figure that a later core adds has no column here yet.
            _ => {}
        }
        Self {
            provider: &statement.provider,
            id: &statement.id,
            account: statement.account.as_deref(),
            scope: statement.scope.as_deref(),
            day: statement.day.as_ref().map(|day| day.date),
            zone: statement.day.as_ref().map(|day| day.zone.as_str()),
            period_from: statement.period.from(),
            period_to: statement.period.to(),
            figure: name,
            amount,
            count,
            flag,
            currency: statement.currency,
        }
    }
}

fn write_cells<W: Write>(
    writer: &mut csv::Writer<W>,
    row: &FigureRow<'_>,
) -> Result<(), FileError> {
    let text = |text: Option<&str>| neutralised(text.unwrap_or_default()).into_owned();
    let cells = [
        text(Some(row.provider)),
        text(Some(row.id)),
        text(row.account),
        text(row.scope),
        row.day.map(|day| day.to_string()).unwrap_or_default(),
        text(row.zone),
        row.period_from.to_string(),
        row.period_to.to_string(),
        text(Some(row.figure)),
        row.amount
            .map(|amount| amount.to_string())
            .unwrap_or_default(),
        row.count.map(|count| count.to_string()).unwrap_or_default(),
        row.flag.map(|flag| flag.to_string()).unwrap_or_default(),
        row.currency.to_string(),
    ];
    writer.write_record(cells).map_err(cannot_write_csv)
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn decimal_text<S: Serializer>(amount: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match amount {
        Some(amount) => serializer.collect_str(amount),
        None => serializer.serialize_none(),
    }
}
