//! However the pages of a file are written, and whatever is wrong in them.

use std::{fs, ops::Range};

use jiff::civil::date;
use parquet::{
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion},
};
use reconcile_core::Kind;
use reconcile_files::{Field, FileError, Invalid, Mapping, read_ledger};
use rust_decimal::Decimal;

use crate::writing::{Values, write_as, write_groups};

#[test]
fn what_repeats_for_a_while_ends_where_it_ends() {
    // Runs of every length about those that are read at once, each of another
    // column, and rows without a value in between.
    let run = |row: usize, length: usize| row / length;
    let text = |row: usize, length: usize| match run(row, length) % 4 {
        3 => None,
        run => Some(format!("{run} of {length}")),
    };
    let lengths = [1, 7, 31, 32, 33, 64, 250];
    let names = [
        "reference",
        "description",
        "account",
        "method",
        "fee",
        "kind",
        "status",
    ];
    let rows = 0..ROWS;
    let kinds = ["payment", "refund", "reversal"];
    let word = |row| text(row, 33).map(|_| kinds[run(row, 33) % 4].to_owned());
    let cells = |place: usize| -> Vec<Option<String>> {
        let rows = rows.clone();
        match names[place] {
            "fee" => rows
                .map(|row| text(row, 33).map(|_| run(row, 33).to_string()))
                .collect(),
            "kind" => rows.map(word).collect(),
            "status" => rows
                .map(|row| text(row, 250).map(|_| "succeeded".to_owned()))
                .collect(),
            _ => rows.map(|row| text(row, lengths[place])).collect(),
        }
    };
    let schema: Vec<_> = names
        .iter()
        .map(|name| format!("optional binary {name} (STRING)"))
        .collect();
    let mut columns: Vec<(&str, Values)> = schema
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let cells = cells(place).into_iter();
            let bytes = cells.map(|cell| cell.map(String::into_bytes)).collect();
            (column.as_str(), Values::OptionalBytes(bytes))
        })
        .collect();
    columns.push(("int64 amount", Values::I64((1..).take(ROWS).collect())));
    columns.push(("int32 date (DATE)", Values::I32(vec![20_485; ROWS])));
    let currency = Values::Bytes(vec![b"PEN".to_vec(); ROWS]);
    columns.push(("binary currency (STRING)", currency));
    for properties in ways_of_writing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.parquet");
        write_as(&path, &columns, properties.build());
        let ledger = read_ledger(&path, &Mapping::default(), Invalid::Stop).unwrap();
        let cells: Vec<_> = (0..names.len()).map(cells).collect();
        for (place, row) in ledger.book.iter().enumerate() {
            let fee = row.fee.map(|fee| fee.to_string());
            let kind = row.kind.map(|kind| kind.as_str().to_owned());
            let status = row.status.map(|status| status.as_str().to_owned());
            let texts = [row.reference, row.description, row.account, row.method];
            let texts = texts.into_iter().map(|text| text.map(str::to_owned));
            let read: Vec<_> = texts.chain([fee, kind, status]).collect();
            let written: Vec<_> = cells.iter().map(|column| column[place].clone()).collect();
            assert_eq!(read, written, "row {place}");
        }
    }
}

#[test]
fn a_file_reads_the_same_however_its_pages_are_written() {
    // Repeats, gaps, texts longer than a byte tells, and those of many bytes a
    // character.
    let texts: Vec<_> = (0..ROWS)
        .map(|row| match row % 7 {
            0 => None,
            1 => Some("again".to_owned()),
            2 => Some("n".repeat(row)),
            3 => Some(format!("pago ñ {}", row / 50)),
            4 => Some("دفع".repeat(row % 90)),
            _ => Some(row.to_string()),
        })
        .collect();
    let taxed = |row: i32| (row % 3 > 0).then_some(row * 10);
    let group = |rows: Range<usize>| {
        let texts = texts[rows.clone()].iter();
        let bytes = texts.map(|text| Some(text.as_ref()?.clone().into()));
        let count = rows.len();
        let numbers = move || i32::try_from(rows.start).unwrap()..i32::try_from(rows.end).unwrap();
        [
            (
                "optional binary reference (STRING)",
                Values::OptionalBytes(bytes.collect()),
            ),
            (
                "int64 amount (DECIMAL(18,2))",
                Values::I64(numbers().map(|row| i64::from(row * row)).collect()),
            ),
            (
                "fixed_len_byte_array(2) fee (DECIMAL(4,2))",
                Values::Fixed(
                    numbers()
                        .map(|row| (row % 300).to_be_bytes()[2..].to_vec())
                        .collect(),
                ),
            ),
            (
                "optional int64 tax (DECIMAL(18,2))",
                Values::OptionalI64(numbers().map(|row| taxed(row).map(i64::from)).collect()),
            ),
            (
                "int32 date (DATE)",
                Values::I32(numbers().map(|row| 20_000 + row / 40).collect()),
            ),
            (
                "binary currency (STRING)",
                Values::Bytes(vec![b"PEN".to_vec(); count]),
            ),
        ]
    };
    // Of the groups of rows, the last is the shortest.
    let groups = [group(0..400), group(400..750), group(750..ROWS)];
    let groups = groups.each_ref().map(<[_; 6]>::as_slice);
    for properties in ways_of_writing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.parquet");
        write_groups(&path, &groups, properties.build());
        let ledger = read_ledger(&path, &Mapping::default(), Invalid::Stop).unwrap();
        assert_eq!(ledger.book.len(), ROWS);
        for ((number, row), text) in (0..).zip(ledger.book.iter()).zip(&texts) {
            let text = text.as_deref().filter(|text| !text.is_empty());
            assert_eq!(row.reference, text);
            assert_eq!(row.amount, Decimal::new(number * number, 2));
            assert_eq!(row.fee, Some(Decimal::new(number % 300, 2)));
            let tax = taxed(i32::try_from(number).unwrap());
            assert_eq!(row.tax, tax.map(|tax| Decimal::new(tax.into(), 2)));
            let days = jiff::Span::new().days(20_000 + number / 40);
            assert_eq!(row.date, jiff::civil::date(1970, 1, 1) + days);
        }
    }
}

#[test]
fn days_and_words_as_text_read_the_same_however_their_pages_are_written() {
    let days = [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-02-01T23:30:00Z", date(2026, 2, 1)),
        ("2026-02-01T23:30:00-05:00", date(2026, 2, 2)),
        ("2026-02-03 08:00:00", date(2026, 2, 3)),
    ];
    let kinds = [None, Some(Kind::Payment), Some(Kind::Refund)];
    // Each group has another dictionary.
    let day =
        |row: usize| (!row.is_multiple_of(50)).then_some(days[(row / 300 + row % 3) % days.len()]);
    let kind = |row: usize| kinds[if row < 600 { row / 10 % 3 } else { row % 3 }];
    let group = |rows: Range<usize>| {
        let kinds = rows.clone().map(kind);
        let kinds = kinds.map(|kind| Some(kind?.as_str().into()));
        let count = rows.len();
        [
            ("int64 amount", Values::I64(vec![1; count])),
            (
                "binary currency (STRING)",
                Values::Bytes(vec![b"PEN".to_vec(); count]),
            ),
            (
                "binary reference (STRING)",
                Values::Bytes(rows.clone().map(|row| row.to_string().into()).collect()),
            ),
            (
                "optional binary booked_on (STRING)",
                Values::OptionalBytes(rows.map(|row| Some(day(row)?.0.into())).collect()),
            ),
            (
                "optional binary kind (STRING)",
                Values::OptionalBytes(kinds.collect()),
            ),
        ]
    };
    let groups = [group(0..300), group(300..600), group(600..ROWS)];
    let groups = groups.each_ref().map(<[_; 5]>::as_slice);
    let mut mapping = Mapping::default();
    mapping.columns.insert(Field::Date, "booked_on".into());
    for properties in ways_of_writing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.parquet");
        write_groups(&path, &groups, properties.build());
        let ledger = read_ledger(&path, &mapping, Invalid::SetAside).unwrap();
        let read = ledger.book.iter().map(|row| (row.date, row.kind));
        let written = (0..ROWS).filter_map(|row| Some((day(row)?.1, kind(row))));
        assert!(read.eq(written));
    }
}

const ROWS: usize = 1000;

/// Pages of both versions, with a dictionary, without one, with one that is full
/// after a while, and in the encodings that are rare.
fn ways_of_writing() -> Vec<WriterPropertiesBuilder> {
    let mut ways = Vec::new();
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let zstandard = Compression::ZSTD(ZstdLevel::default());
        for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, zstandard] {
            let plain = WriterProperties::builder()
                .set_writer_version(version)
                .set_compression(compression)
                .set_data_page_row_count_limit(70)
                .set_write_batch_size(10)
                .set_dictionary_enabled(false);
            let dictionary = plain.clone().set_dictionary_enabled(true);
            ways.push(plain.clone().set_encoding(Encoding::PLAIN));
            ways.push(dictionary.clone().set_dictionary_page_size_limit(2000));
            ways.push(dictionary.set_data_page_row_count_limit(ROWS));
            let rare = [
                ("reference", Encoding::DELTA_BYTE_ARRAY),
                ("amount", Encoding::DELTA_BINARY_PACKED),
                ("fee", Encoding::DELTA_BYTE_ARRAY),
                ("date", Encoding::DELTA_BINARY_PACKED),
                ("currency", Encoding::DELTA_LENGTH_BYTE_ARRAY),
            ];
            ways.push(rare.into_iter().fold(plain, |way, (column, encoding)| {
                way.set_column_encoding(column.into(), encoding)
            }));
        }
    }
    ways
}

#[test]
fn a_file_reads_the_same_however_pyarrow_packs_it() {
    // With pages of fifteen rows, currencies in a dictionary, and no account.
    let packed: [(&str, &[u8]); 4] = [
        ("gzip", include_bytes!("../packed/gzip-v1.parquet")),
        ("gzip", include_bytes!("../packed/gzip-v2.parquet")),
        ("LZ4", include_bytes!("../packed/lz4-v1.parquet")),
        ("LZ4", include_bytes!("../packed/lz4-v2.parquet")),
    ];
    for (packing, file) in packed {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.parquet");
        fs::write(&path, file).unwrap();
        let ledger = read_ledger(&path, &Mapping::default(), Invalid::Stop).unwrap();
        assert_eq!(ledger.book.len(), 60, "{packing}");
        for (number, row) in (0..).zip(ledger.book.iter()) {
            assert_eq!(row.reference, Some(&*format!("R-{number}")));
            assert_eq!(row.amount, Decimal::new(number, 2));
            let currency = if number % 5 == 0 { "USD" } else { "PEN" };
            assert_eq!(row.currency.as_str(), currency);
            assert_eq!(row.date, jiff::civil::date(2026, 1, 31));
            let described = (number % 3 == 0).then(|| format!("payment of {number}"));
            assert_eq!(row.description, described.as_deref());
            assert_eq!(row.account, None);
        }
    }
}

#[test]
fn a_text_that_is_no_utf8_is_wrong_in_its_own_row_alone() {
    let half = "ñ".as_bytes()[..1].to_vec();
    let texts = [b"A".to_vec(), half, "ñ".into(), vec![0xb1], b"B".to_vec()];
    for repeated in [false, true] {
        let columns = [
            ("binary reference (STRING)", Values::Bytes(texts.to_vec())),
            ("int64 amount", Values::I64(vec![1; 5])),
            (
                "binary currency (STRING)",
                Values::Bytes(vec![b"PEN".to_vec(); 5]),
            ),
            ("int32 date (DATE)", Values::I32(vec![20_485; 5])),
        ];
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.parquet");
        let properties = WriterProperties::builder().set_dictionary_enabled(repeated);
        write_as(&path, &columns, properties.build());
        let ledger = read_ledger(&path, &Mapping::default(), Invalid::SetAside).unwrap();
        let references: Vec<_> = ledger.book.iter().filter_map(|row| row.reference).collect();
        assert_eq!(references, ["A", "ñ", "B"]);
        let set_aside: Vec<_> = ledger.set_aside.iter().map(ToString::to_string).collect();
        assert_eq!(
            set_aside,
            [
                "line 2, column reference: is not UTF-8",
                "line 4, column reference: is not UTF-8"
            ]
        );
    }
}

#[test]
fn a_file_that_is_cut_or_altered_ends_in_an_error_or_reads() {
    let texts = (0..ROWS).map(|row| Some(format!("R-{}", row % 9).into_bytes()));
    let columns = [
        (
            "optional binary reference (STRING)",
            Values::OptionalBytes(texts.collect()),
        ),
        ("int64 amount", Values::I64((0..).take(ROWS).collect())),
        (
            "binary currency (STRING)",
            Values::Bytes(vec![b"PEN".to_vec(); ROWS]),
        ),
        ("int32 date (DATE)", Values::I32(vec![20_485; ROWS])),
    ];
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.parquet");
    let uncompressed = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED);
    write_as(&path, &columns, uncompressed.build());
    let whole = fs::read(&path).unwrap();
    // The pages lie first; those of the references are small.
    for (place, byte) in whole.iter().enumerate().take(600).skip(4).step_by(3) {
        for other in [byte ^ 1, 0xff] {
            let mut altered = whole.clone();
            altered[place] = other;
            fs::write(&path, altered).unwrap();
            if let Ok(ledger) = read_ledger(&path, &Mapping::default(), Invalid::SetAside) {
                assert_eq!(ledger.rows, ROWS as u64);
            }
        }
    }
    for length in (4..whole.len()).step_by(97) {
        fs::write(&path, &whole[..length]).unwrap();
        let cut = read_ledger(&path, &Mapping::default(), Invalid::SetAside);
        assert!(matches!(cut, Err(FileError::Damaged { .. })));
    }
}
