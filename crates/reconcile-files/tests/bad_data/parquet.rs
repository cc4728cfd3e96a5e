//! Parquet that is damaged, lies about itself or has other types.

use std::{fmt::Write, sync::Arc};

use parquet::{
    basic::{Compression, Encoding, ZstdLevel},
    column::writer::ColumnWriter,
    data_type::{ByteArray, Int96},
    file::{
        properties::{WriterProperties, WriterVersion},
        writer::SerializedFileWriter,
    },
    schema::{parser::parse_message_type, types::SchemaDescriptor},
};
use reconcile_files::Invalid;

use crate::{outcome, read};

const PLAIN: &str = "required binary reference (STRING); required int64 amount (DECIMAL(18,2)); \
                     optional binary currency (STRING); required int32 date (DATE);";

/// A file of equal rows in columns of any type.
fn file(columns: &str, rows: usize, properties: WriterProperties) -> Vec<u8> {
    let schema = parse_message_type(&format!("message ledger {{ {columns} }}")).unwrap();
    let schema = Arc::new(schema);
    let leaves = SchemaDescriptor::new(Arc::clone(&schema));
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for descriptor in leaves.columns() {
        let mut column = group.next_column().unwrap().unwrap();
        let name = descriptor.path().string();
        let text = match &*name {
            "currency" => "PEN".to_owned(),
            "long" => "x".repeat(1 << 21),
            _ => name,
        };
        let repeats = vec![0; rows];
        let levels = vec![descriptor.max_def_level(); rows];
        let (levels, repeats) = (Some(&*levels), Some(&*repeats));
        let written = match column.untyped() {
            ColumnWriter::BoolColumnWriter(writer) => {
                writer.write_batch(&vec![true; rows], levels, repeats)
            }
            ColumnWriter::Int32ColumnWriter(writer) => {
                writer.write_batch(&vec![20_484; rows], levels, repeats)
            }
            ColumnWriter::Int64ColumnWriter(writer) => {
                writer.write_batch(&vec![500; rows], levels, repeats)
            }
            ColumnWriter::Int96ColumnWriter(writer) => {
                writer.write_batch(&vec![Int96::new(); rows], levels, repeats)
            }
            ColumnWriter::FloatColumnWriter(writer) => {
                writer.write_batch(&vec![5.0; rows], levels, repeats)
            }
            ColumnWriter::DoubleColumnWriter(writer) => {
                writer.write_batch(&vec![5.0; rows], levels, repeats)
            }
            ColumnWriter::ByteArrayColumnWriter(writer) => {
                writer.write_batch(&vec![ByteArray::from(&*text); rows], levels, repeats)
            }
            ColumnWriter::FixedLenByteArrayColumnWriter(writer) => {
                let values = vec![ByteArray::from(vec![0; 12]).into(); rows];
                writer.write_batch(&values, levels, repeats)
            }
        };
        assert_eq!(written.unwrap(), rows);
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn plain(rows: usize) -> Vec<u8> {
    file(PLAIN, rows, WriterProperties::default())
}

#[test]
fn a_column_of_a_type_without_exact_values_is_refused() {
    let with = |column: &str, other: &str| {
        let columns = PLAIN.split_inclusive(';').map(str::trim);
        let columns = columns.map(|plain| {
            let name = plain.split([' ', ';']).nth(2).unwrap();
            if name == column { other } else { plain }
        });
        let columns: String = columns.collect();
        outcome("l.parquet", file(&columns, 1, WriterProperties::default()))
    };
    let mut text = String::new();
    for (column, other) in [
        ("amount", "required double amount;"),
        ("amount", "required float amount;"),
        ("amount", "required boolean amount;"),
        ("amount", "repeated int64 amount;"),
        (
            "amount",
            "required fixed_len_byte_array(12) amount (INTERVAL);",
        ),
        ("amount", "required group amount { required int64 value; }"),
        ("amount", "required int32 amount (DATE);"),
        ("date", "required int96 date;"),
        ("date", "required int64 date;"),
        ("date", "required int32 date (TIME(MILLIS,true));"),
        ("date", "required int64 date (DECIMAL(18,2));"),
        ("reference", "required int32 reference (DATE);"),
        ("currency", "required int32 currency;"),
    ] {
        let said = with(column, other);
        let said = said.lines().next().unwrap();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{other}\n  {said}");
    }
    insta::assert_snapshot!(text, @r"
    required double amount;
      l.parquet, column amount: its type is DOUBLE
    required float amount;
      l.parquet, column amount: its type is FLOAT
    required boolean amount;
      l.parquet, column amount: its type is BOOLEAN
    repeated int64 amount;
      l.parquet, column amount: its type is a list of INT64
    required fixed_len_byte_array(12) amount (INTERVAL);
      l.parquet, column amount: its type is FIXED_LEN_BYTE_ARRAY
    required group amount { required int64 value; }
      l.parquet: no column `amount`; there are `reference`, `amount.value`, `currency`, `date`
    required int32 amount (DATE);
      l.parquet, line 1, column amount: holds a date, not an amount
    required int96 date;
      l.parquet, column date: its type is INT96
    required int64 date;
      l.parquet, line 1, column date: `500` is not a date (2026-01-31) or an RFC 3339 instant
    required int32 date (TIME(MILLIS,true));
      l.parquet, column date: its type is INT32 (Time(TimestampType { is_adjusted_to_u_t_c: true, unit: MILLIS }))
    required int64 date (DECIMAL(18,2));
      l.parquet, line 1, column date: `5` is not a date (2026-01-31) or an RFC 3339 instant
    required int32 reference (DATE);
      l.parquet, line 1, column reference: holds a date, not text
    required int32 currency;
      l.parquet, line 1, column currency: `20484` is not an ISO 4217 code (three capital letters)
    ");
}

#[test]
fn a_file_that_is_cut_off_is_one_error() {
    let file = plain(3);
    for length in (4..file.len()).step_by(11) {
        let said = outcome("l.parquet", &file[..length]);
        assert!(
            said.starts_with("l.parquet: is damaged or not of its format\n"),
            "{said}"
        );
    }
    insta::assert_snapshot!(outcome("l.parquet", b"PAR1PAR1"), @r"
    l.parquet: is damaged or not of its format
      caused by: EOF: Parquet file too small. Size is 8 but need 827474264
      hint: write it anew; of compressions, Snappy, Zstandard, gzip and LZ4 (raw) are read
    ");
}

#[test]
fn a_page_that_says_to_unpack_to_more_than_there_is_takes_no_memory() {
    let columns = format!("{PLAIN} required binary long;");
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(false)
        .build();
    let mut file = file(&columns, 1, properties);
    // The length that the page of the long text unpacks to, doubled, in seven
    // bits a byte.
    let length = (2 * ((2 << 20) + 4_u32)).to_le_bytes();
    assert_eq!(length, [8, 0, 64, 0]);
    let header = [0x15, 0, 0x15, 0x88, 0x80, 0x80, 0x02];
    let at = file.windows(7).position(|bytes| bytes == header).unwrap();
    file[at + 6] = 0x7f;
    let rules = "[ledger]\ncolumns = { description = \"long\" }";
    let said = crate::outcome_by(rules, "l.parquet", file);
    insta::assert_snapshot!(said, @r"
    l.parquet: is damaged or not of its format
      caused by: Parquet error: a page that unpacks to 127 MiB
      hint: write it anew; of compressions, Snappy, Zstandard, gzip and LZ4 (raw) are read
    ");
}

#[test]
fn a_page_that_unpacks_to_more_or_less_than_it_says_is_damaged() {
    let packed = |compression, version| {
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_writer_version(version)
            .set_dictionary_enabled(false)
            .set_encoding(Encoding::PLAIN);
        file(PLAIN, 30, properties.build())
    };
    let zstandard = Compression::ZSTD(ZstdLevel::default());
    let (first, second) = (WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0);
    for file in [
        include_bytes!("../packed/gzip-v1.parquet").to_vec(),
        include_bytes!("../packed/gzip-v2.parquet").to_vec(),
        include_bytes!("../packed/lz4-v1.parquet").to_vec(),
        include_bytes!("../packed/lz4-v2.parquet").to_vec(),
        packed(Compression::SNAPPY, first),
        packed(Compression::SNAPPY, second),
        packed(zstandard, first),
        packed(zstandard, second),
    ] {
        assert!(outcome("l.parquet", &file).contains(" rows\n"));
        // Behind the mark of the format stands the first header, with the length
        // doubled in seven bits a byte.
        let (at, last) = (7, 8);
        assert_eq!([file[4], file[6], file[last] >> 7], [0x15, 0x15, 0]);
        for (place, other) in [(at, file[at] - 2), (at, file[at] + 2), (last, 0x7f)] {
            let mut altered = file.clone();
            altered[place] = other;
            let said = outcome("l.parquet", altered);
            assert!(
                said.starts_with("l.parquet: is damaged or not of its format\n"),
                "{said}"
            );
        }
    }
    let mut short = include_bytes!("../packed/gzip-v1.parquet").to_vec();
    short[7] -= 2;
    insta::assert_snapshot!(outcome("l.parquet", short), @r"
    l.parquet: is damaged or not of its format
      caused by: Parquet error: a page unpacks to other than the 115 bytes that it says
      hint: write it anew; of compressions, Snappy, Zstandard, gzip and LZ4 (raw) are read
    ");
}

#[test]
fn a_file_has_no_more_rows_than_its_bytes_can_tell() {
    let properties = WriterProperties::builder()
        .set_data_page_row_count_limit(1 << 20)
        .build();
    let bomb = file(PLAIN, 100_000, properties);
    let said = outcome("l.parquet", &bomb).replace(&bomb.len().to_string(), "N");
    insta::assert_snapshot!(said, @r"
    l.parquet: is damaged or not of its format
      caused by: Parquet error: it says that it has more rows than N bytes can tell
      hint: write it anew; of compressions, Snappy, Zstandard, gzip and LZ4 (raw) are read
    ");
    assert!(read("", "l.parquet", &plain(10_000), Invalid::Stop).is_ok());
}

#[test]
fn a_page_with_a_checksum_is_held_against_it() {
    // Written with checksums and without compression, where nothing else tells
    // that a byte is another.
    let file = include_bytes!("checksummed.parquet");
    insta::assert_snapshot!(outcome("l.parquet", file), @r#"
    3 rows
      1 "A" 5 2026-01-31
      2 "B" 6 2026-01-31
      3 "C" 7 2026-01-31
    "#);
    let amount = 600_i32.to_le_bytes();
    let at = file.windows(4).position(|bytes| bytes == amount).unwrap();
    let mut altered = file.to_vec();
    altered[at] += 1;
    insta::assert_snapshot!(outcome("l.parquet", altered), @r"
    l.parquet: is damaged or not of its format
      caused by: Parquet error: Page CRC checksum mismatch
      hint: write it anew; of compressions, Snappy, Zstandard, gzip and LZ4 (raw) are read
    ");
}

#[test]
fn whatever_byte_is_another_nothing_ends_the_program() {
    let rare = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_dictionary_enabled(false)
        .set_column_encoding("amount".into(), Encoding::BYTE_STREAM_SPLIT)
        .set_column_encoding("currency".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
        .build();
    for whole in [plain(5), file(PLAIN, 5, rare)] {
        let rows = outcome("l.parquet", &whole);
        assert!(rows.starts_with("5 rows"), "{rows}");
        for (place, byte) in whole.iter().enumerate().skip(4).step_by(5) {
            for other in [byte ^ 1, byte ^ 0x80] {
                let mut altered = whole.clone();
                altered[place] = other;
                let read = read("", "l.parquet", &altered, Invalid::SetAside);
                assert!(read.is_err() || read.is_ok_and(|read| read.rows < 1000));
            }
        }
    }
}
