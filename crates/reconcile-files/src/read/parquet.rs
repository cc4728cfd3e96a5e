//! Rows of Parquet, read without arrow.

mod column;
mod guarded;
mod hybrid;
mod layout;
mod pages;
mod rare;
mod stretch;
mod unpacked;

use std::{collections::BTreeMap, fs::File};

use parquet::{
    errors::ParquetError,
    file::reader::{FileReader, SerializedFileReader},
};

use self::{
    column::Column,
    guarded::Guarded,
    stretch::{Line, Stretch},
};
use super::{
    Collector,
    attributes::{Attributes, Places},
    line::Problem,
};
use crate::{
    Field, FileError,
    value::{Cell, PlainDays},
};

/// Reads every row of the file into the collector.
pub(super) fn read(file: File, collector: &mut Collector<'_>) -> Result<(), FileError> {
    let path = collector.path;
    let damaged = |source: ParquetError| FileError::Damaged {
        path: path.into(),
        source: Box::new(source),
    };
    let file = Guarded::new(file).map_err(|source| collector.unreadable(source))?;
    let length = file.length();
    let pages = file.of_a_column();
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let rows = rows(&reader).filter(|rows| *rows / MOST_ROWS_A_BYTE <= length);
    if rows.is_none() {
        let what = format!("it says that it has more rows than {length} bytes can tell");
        return Err(damaged(ParquetError::General(what)));
    }
    let mut columns = Columns::of(&reader, collector)?;
    let mut number = 0;
    for index in 0..reader.num_row_groups() {
        let group = reader.get_row_group(index).map_err(damaged)?;
        for column in columns.all() {
            column.open(&pages, &*group).map_err(damaged)?;
        }
        // None is less than none, as `rows` has seen.
        let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
        while left > 0 {
            let rows = columns.read(left).map_err(damaged)?;
            left -= rows;
            let stretch = Stretch::of(&columns);
            let mut attributes = Attributes::new();
            for row in 0..rows {
                number += 1;
                let mut line = stretch.line(row);
                let read = line.complete(&mut attributes);
                collector.take(number, read.map(|()| (&line, &attributes)), || {
                    as_json(&line)
                })?;
            }
        }
    }
    Ok(())
}

/// How many rows the row groups have together; `None` where one has fewer than
/// none.
fn rows(reader: &SerializedFileReader<Guarded>) -> Option<u64> {
    let groups = reader.metadata().row_groups().iter();
    let mut rows = groups.map(|group| u64::try_from(group.num_rows()).ok());
    rows.try_fold(0_u64, |all, rows| all.checked_add(rows?))
}

/// More rows than a byte of any real file tells of: those of whole numbers in
/// sequence beside columns that never change.
const MOST_ROWS_A_BYTE: u64 = 64;

/// How many rows are read at once, at most: what is known of them stays in the
/// caches that are near.
const LONGEST_STRETCH: usize = 1024;

/// How many rows are read at once where no page ends, at least, though a column
/// repeats itself for fewer.
const SHORTEST_STRETCH: usize = 32;

/// The longest page that is read, in bytes once it is unpacked: writers make
/// them of a mebibyte.
const LONGEST_PAGE: usize = 64 << 20;

/// The columns that are read.
struct Columns<'m> {
    fields: Vec<(Field, Column)>,
    attributes: Vec<(&'m str, Column)>,
    object: Option<Column>,
    places: Places<'m>,
}

impl<'m> Columns<'m> {
    /// Finds them; one whose type holds no exact value is an error.
    fn of(
        reader: &SerializedFileReader<Guarded>,
        collector: &Collector<'m>,
    ) -> Result<Self, FileError> {
        let schema = reader.metadata().file_metadata().schema_descr();
        let names: Vec<_> = schema
            .columns()
            .iter()
            .map(|leaf| leaf.path().string())
            .collect();
        let column = |field, leaf| {
            let descriptor = schema.column(leaf);
            let plain_days = PlainDays::of(collector.mapping);
            Column::new(field, leaf, &descriptor, plain_days).ok_or_else(|| FileError::ColumnType {
                path: collector.path.into(),
                column: descriptor.path().string(),
                type_name: column::type_name(&descriptor),
            })
        };
        let fields = collector.find_columns(&names)?.into_iter();
        let places = Places::find(collector, &names)?;
        let attributes = places.columns.iter();
        Ok(Self {
            fields: fields
                .map(|(field, leaf)| Ok((field, column(Some(field), leaf)?)))
                .collect::<Result<_, _>>()?,
            attributes: attributes
                .map(|(name, leaf)| Ok((*name, column(None, *leaf)?)))
                .collect::<Result<_, _>>()?,
            object: places.object.map(|leaf| column(None, leaf)).transpose()?,
            places,
        })
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Column> {
        let fields = self.fields.iter_mut().map(|(_, column)| column);
        let attributes = self.attributes.iter_mut().map(|(_, column)| column);
        fields.chain(attributes).chain(&mut self.object)
    }

    /// Reads the next stretch of rows, of which there are so many, and says how
    /// many it has: as far as no column has to turn a page, so that every value
    /// lies where it was read.
    fn read(&mut self, rows: usize) -> Result<usize, ParquetError> {
        let mut stretch = rows.min(LONGEST_STRETCH);
        for column in self.all() {
            stretch = stretch.min(column.left()?);
        }
        // Where a column repeats itself, its cell is read once.
        for column in self.all() {
            stretch = stretch.min(column.run().rows.max(SHORTEST_STRETCH));
        }
        for column in self.all() {
            let run = column.run();
            column.read(stretch, run.alike && run.rows >= stretch)?;
        }
        Ok(stretch)
    }

    /// Whether any value of the stretch cannot be read.
    fn are_faulty(&self) -> bool {
        self.every().any(Column::is_faulty)
    }

    /// Why a row of the stretch cannot be read, where it cannot.
    fn fault(&self, row: usize) -> Option<Problem> {
        self.every().find_map(|column| column.fault(row))
    }

    fn every(&self) -> impl Iterator<Item = &Column> {
        let fields = self.fields.iter().map(|(_, column)| column);
        let attributes = self.attributes.iter().map(|(_, column)| column);
        fields.chain(attributes).chain(&self.object)
    }
}

/// What was read of a row, since it has no text of its own in the file.
fn as_json(line: &Line<'_, '_>) -> Vec<u8> {
    let row: BTreeMap<String, String> = Field::ALL
        .into_iter()
        .filter_map(|field| {
            let text = match line.as_written(field) {
                Cell::Absent => return None,
                Cell::Text(text) | Cell::Number(text) => text.to_owned(),
                Cell::Amount(amount) => amount.to_string(),
                Cell::Day(day) => day.to_string(),
                Cell::Clock(clock) => clock.to_string(),
                Cell::Instant(instant) => instant.to_string(),
            };
            Some((field.as_str().to_owned(), text))
        })
        .collect();
    // A map of texts always serialises.
    serde_json::to_vec(&row).unwrap_or_default()
}
