//! Rows of Parquet, read without arrow.

mod column;

use std::{collections::BTreeMap, fs::File};

use parquet::{
    errors::ParquetError,
    file::reader::{FileReader, SerializedFileReader},
};

use self::column::Column;
use super::Collector;
use crate::{
    Field, FileError,
    value::{Cell, Cells},
};

/// Reads every row of the file into the collector.
pub(super) fn read(file: File, collector: &mut Collector<'_>) -> Result<(), FileError> {
    let path = collector.path;
    let damaged = |source: ParquetError| FileError::Damaged {
        path: path.into(),
        source: Box::new(source),
    };
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let mut columns = columns(&reader, collector)?;
    let mut number = 0;
    for index in 0..reader.num_row_groups() {
        let group = reader.get_row_group(index).map_err(damaged)?;
        for column in &mut columns {
            column.open(&*group).map_err(damaged)?;
        }
        for _ in 0..group.metadata().num_rows() {
            number += 1;
            let (mut cells, mut problem) = (Cells::default(), None);
            for column in &mut columns {
                let field = column.field();
                column.advance().map_err(damaged)?;
                match column.cell() {
                    Ok(cell) => cells.set(field, cell),
                    Err(unreadable) => problem = Some(unreadable),
                }
            }
            let row = problem.map_or(Ok(cells), Err);
            collector.take(number, row, || as_json(&cells))?;
        }
    }
    Ok(())
}

/// The columns that are read; one whose type holds no exact value is an error.
fn columns(
    reader: &SerializedFileReader<File>,
    collector: &Collector<'_>,
) -> Result<Vec<Column>, FileError> {
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<_> = schema
        .columns()
        .iter()
        .map(|leaf| leaf.path().string())
        .collect();
    let wanted = collector.find_columns(&names)?.into_iter();
    wanted
        .map(|(field, leaf)| {
            let descriptor = schema.column(leaf);
            Column::new(field, leaf, &descriptor).ok_or_else(|| FileError::ColumnType {
                path: collector.path.into(),
                column: descriptor.path().string(),
                type_name: column::type_name(&descriptor),
            })
        })
        .collect()
}

/// What was read of a row, since it has no text of its own in the file.
fn as_json(cells: &Cells<'_>) -> Vec<u8> {
    let row: BTreeMap<String, String> = Field::ALL
        .into_iter()
        .filter_map(|field| {
            let text = match cells.at(field) {
                Cell::Absent => return None,
                Cell::Text(text) | Cell::Number(text) => text.to_owned(),
                Cell::Amount(amount) => amount.to_string(),
                Cell::Day(day) => day.to_string(),
                Cell::Instant(instant) => instant.to_string(),
            };
            Some((field.as_str().to_owned(), text))
        })
        .collect();
    // A map of texts always serialises.
    serde_json::to_vec(&row).unwrap_or_default()
}
