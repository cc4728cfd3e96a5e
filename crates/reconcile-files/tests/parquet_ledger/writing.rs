//! Files as a test wants them.

use std::{fs, path::Path, sync::Arc};

use parquet::{
    column::writer::ColumnWriter,
    data_type::{ByteArray, FixedLenByteArray},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};

/// The values of a column.
pub(crate) enum Values {
    I32(Vec<i32>),
    I64(Vec<i64>),
    OptionalI64(Vec<Option<i64>>),
    F64(Vec<f64>),
    Bytes(Vec<Vec<u8>>),
    OptionalBytes(Vec<Option<Vec<u8>>>),
    Fixed(Vec<Vec<u8>>),
    /// So many rows without a value.
    Nothing(usize),
}

pub(crate) fn write(path: &Path, columns: &[(&str, Values)]) {
    write_as(path, columns, WriterProperties::default());
}

pub(crate) fn write_as(path: &Path, columns: &[(&str, Values)], properties: WriterProperties) {
    write_groups(path, &[columns], properties);
}

/// Writes groups of rows of the same columns.
pub(crate) fn write_groups(
    path: &Path,
    groups: &[&[(&str, Values)]],
    properties: WriterProperties,
) {
    let lines = groups[0].iter().map(|(column, _)| {
        if column.starts_with("optional") {
            format!("{column};")
        } else {
            format!("required {column};")
        }
    });
    let schema = format!("message ledger {{ {} }}", lines.collect::<String>());
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let file = fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    for columns in groups {
        let mut group = writer.next_row_group().unwrap();
        for (name, values) in *columns {
            let mut column = group.next_column().unwrap().unwrap();
            let count = match (column.untyped(), values) {
                (ColumnWriter::Int32ColumnWriter(writer), Values::I32(values)) => {
                    writer.write_batch(values, None, None)
                }
                (ColumnWriter::Int32ColumnWriter(writer), Values::Nothing(rows)) => {
                    writer.write_batch(&[], Some(&vec![0; *rows]), None)
                }
                (ColumnWriter::Int64ColumnWriter(writer), Values::I64(values)) => {
                    writer.write_batch(values, None, None)
                }
                (ColumnWriter::Int64ColumnWriter(writer), Values::OptionalI64(values)) => {
                    let levels: Vec<i16> =
                        values.iter().map(|value| value.is_some().into()).collect();
                    let values: Vec<_> = values.iter().copied().flatten().collect();
                    writer.write_batch(&values, Some(&levels), None)
                }
                (ColumnWriter::DoubleColumnWriter(writer), Values::F64(values)) => {
                    writer.write_batch(values, None, None)
                }
                (ColumnWriter::ByteArrayColumnWriter(writer), Values::Bytes(values)) => {
                    let values: Vec<_> = values.iter().cloned().map(ByteArray::from).collect();
                    writer.write_batch(&values, None, None)
                }
                (ColumnWriter::ByteArrayColumnWriter(writer), Values::OptionalBytes(values)) => {
                    let levels: Vec<i16> =
                        values.iter().map(|value| value.is_some().into()).collect();
                    let values: Vec<_> = values
                        .iter()
                        .flatten()
                        .cloned()
                        .map(ByteArray::from)
                        .collect();
                    writer.write_batch(&values, Some(&levels), None)
                }
                (ColumnWriter::FixedLenByteArrayColumnWriter(writer), Values::Fixed(values)) => {
                    let values: Vec<_> = values
                        .iter()
                        .cloned()
                        .map(FixedLenByteArray::from)
                        .collect();
                    writer.write_batch(&values, None, None)
                }
                _ => panic!("{name} has values of another type"),
            };
            count.unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
}
