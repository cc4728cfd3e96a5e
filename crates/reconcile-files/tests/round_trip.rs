//! What is written reads back as it was, in every format.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{self, Write},
};

use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;
use reconcile_core::{
    Attribute, Direction, Figure, Kind, LocalDay, Money, Record, Statement, Status, Window,
};
use reconcile_engine::{Book, Row};
use reconcile_files::{Format, Mapping, RecordWriter, StatementWriter, read_records, restored};
use rust_decimal::Decimal;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn json_lines_read_back_to_the_letter(records in prop::collection::vec(record(), 0..8)) {
        let text = String::from_utf8(written(Format::Jsonl, &records)).unwrap();
        let back: Vec<Record> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(amounts(&back), amounts(&records));
        prop_assert_eq!(back, records);
    }

    #[test]
    fn csv_reads_back_to_the_letter(records in prop::collection::vec(record(), 0..8)) {
        let back = from_csv(&written(Format::Csv, &records));
        prop_assert_eq!(amounts(&back), amounts(&records));
        prop_assert_eq!(back, records);
    }

    #[test]
    #[cfg(feature = "parquet")]
    fn parquet_reads_back_by_value(records in prop::collection::vec(record(), 0..8)) {
        prop_assert_eq!(from_parquet(written(Format::Parquet, &records)), records);
    }

    #[test]
    fn the_book_of_every_format_holds_the_same_rows(records in prop::collection::vec(record(), 0..8)) {
        let mut expected = Book::new();
        for record in &records {
            let attributes = record.attributes.iter();
            let attributes = attributes.map(|(name, value)| (name.as_str(), value.to_string()));
            let row = Row::of_record(record, &TimeZone::UTC);
            let day = |instant: Timestamp| instant.to_zoned(TimeZone::UTC).date();
            let changed = record.updated_at.filter(|instant| row.date < day(*instant));
            let changed = changed.map(|instant| (Book::UPDATED_AT, instant.to_string()));
            let attributes: Vec<_> = attributes.chain(changed).collect();
            let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
            expected.push_with(row, attributes).unwrap();
        }
        let mut mapping = Mapping::default();
        let names = records.iter().flat_map(|record| record.attributes.keys());
        mapping.attributes = names.map(|name| (name.clone(), name.clone())).collect();
        for format in formats() {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(format!("records.{format}"));
            fs::write(&path, written(format, &records)).unwrap();
            let book = read_records(&path, &mapping).unwrap();
            let rows: Vec<_> = book.iter().collect();
            prop_assert_eq!(&rows, &expected.iter().collect::<Vec<_>>(), "{}", format);
            prop_assert_eq!(attributes(&book), attributes(&expected), "{}", format);
        }
    }
}

/// The attributes of each row, sorted.
fn attributes(book: &Book) -> Vec<Vec<(&str, &str)>> {
    let rows = book.indices().map(|row| {
        let mut attributes: Vec<_> = book.attributes(row).collect();
        attributes.sort_unstable();
        attributes
    });
    rows.collect()
}

#[test]
fn csv_defuses_formulas_and_leaves_numbers_alone() {
    let mut record = plain();
    record.reference = Some("=HYPERLINK(\"http://evil\")".into());
    record.description = Some("-5, \"off\"".into());
    let text = String::from_utf8(written(Format::Csv, &[record])).unwrap();
    insta::assert_snapshot!(text, @r#"
    provider,id,kind,direction,status,provider_status,reference,amount,currency,settled_amount,settled_currency,fee,fee_currency,created_at,updated_at,account,method,description,attributes
    acme,1,payment,credit,succeeded,OK,"'=HYPERLINK(""http://evil"")",30.0,PEN,,,,,2024-06-01T13:37:17Z,,,,"'-5, ""off""",{}
    "#);
}

#[test]
fn the_same_records_give_the_same_bytes() {
    for format in formats() {
        assert_eq!(written(format, &[plain()]), written(format, &[plain()]));
    }
}

#[test]
fn statements_are_one_row_a_figure() {
    insta::assert_snapshot!(statements(Format::Csv), @r"
    provider,id,account,scope,day,zone,period_from,period_to,figure,amount,count,flag,currency
    tupay,7-2024-06-01-PEN,7,,2024-06-01,UTC,2024-06-01T00:00:00Z,2024-06-02T00:00:00Z,netAmount,-12.40,,,PEN
    tupay,7-2024-06-01-PEN,7,,2024-06-01,UTC,2024-06-01T00:00:00Z,2024-06-02T00:00:00Z,transactions,,18446744073709551615,,PEN
    tupay,7-2024-06-01-PEN,7,,2024-06-01,UTC,2024-06-01T00:00:00Z,2024-06-02T00:00:00Z,upheld,,,false,PEN
    ");
    insta::assert_snapshot!(statements(Format::Jsonl), @r#"
    {"provider":"tupay","id":"7-2024-06-01-PEN","account":"7","scope":null,"day":"2024-06-01","zone":"UTC","period_from":"2024-06-01T00:00:00Z","period_to":"2024-06-02T00:00:00Z","figure":"netAmount","amount":"-12.40","count":null,"flag":null,"currency":"PEN"}
    {"provider":"tupay","id":"7-2024-06-01-PEN","account":"7","scope":null,"day":"2024-06-01","zone":"UTC","period_from":"2024-06-01T00:00:00Z","period_to":"2024-06-02T00:00:00Z","figure":"transactions","amount":null,"count":18446744073709551615,"flag":null,"currency":"PEN"}
    {"provider":"tupay","id":"7-2024-06-01-PEN","account":"7","scope":null,"day":"2024-06-01","zone":"UTC","period_from":"2024-06-01T00:00:00Z","period_to":"2024-06-02T00:00:00Z","figure":"upheld","amount":null,"count":null,"flag":false,"currency":"PEN"}
    "#);
}

#[test]
#[cfg(feature = "parquet")]
fn statements_in_parquet_hold_the_same_figures() {
    let rows = parquet_rows(statement_bytes(Format::Parquet));
    insta::assert_snapshot!(rows[0], @r#"{provider: "tupay", id: "7-2024-06-01-PEN", account: "7", scope: null, day: 2024-06-01, zone: "UTC", period_from: 2024-06-01 00:00:00.000000 +00:00, period_to: 2024-06-02 00:00:00.000000 +00:00, figure: "netAmount", amount: -12.4000000000000000000, count: null, flag: null, currency: "PEN"}"#);
    insta::assert_snapshot!(rows[1], @r#"{provider: "tupay", id: "7-2024-06-01-PEN", account: "7", scope: null, day: 2024-06-01, zone: "UTC", period_from: 2024-06-01 00:00:00.000000 +00:00, period_to: 2024-06-02 00:00:00.000000 +00:00, figure: "transactions", amount: null, count: 18446744073709551615, flag: null, currency: "PEN"}"#);
    insta::assert_snapshot!(rows[2], @r#"{provider: "tupay", id: "7-2024-06-01-PEN", account: "7", scope: null, day: 2024-06-01, zone: "UTC", period_from: 2024-06-01 00:00:00.000000 +00:00, period_to: 2024-06-02 00:00:00.000000 +00:00, figure: "upheld", amount: null, count: null, flag: false, currency: "PEN"}"#);
}

#[test]
#[cfg(feature = "parquet")]
fn a_value_that_parquet_cannot_hold_is_an_error_and_never_rounded() {
    let refuse = |change: &dyn Fn(&mut Record)| {
        let mut writer = RecordWriter::create(Format::Parquet, Vec::new()).unwrap();
        let mut record = plain();
        change(&mut record);
        let error = writer.write(&record).unwrap_err().to_string();
        writer.write(&plain()).unwrap();
        assert_eq!(from_parquet(writer.finish().unwrap()), [plain()]);
        error
    };
    insta::assert_snapshot!(
        refuse(&|record| record.amount.amount = "0.12345678901234567891".parse().unwrap()),
        @"row `1`, column amount: 0.12345678901234567891 does not fit 19 digits before and 19 after the decimal point");
    insta::assert_snapshot!(
        refuse(&|record| record.fee = Some(Money::new("10000000000000000000".parse().unwrap(), record.amount.currency))),
        @"row `1`, column fee: 10000000000000000000 does not fit 19 digits before and 19 after the decimal point");
    insta::assert_snapshot!(
        refuse(&|record| record.created_at = "2024-06-01T13:37:17.123456789Z".parse().unwrap()),
        @"row `1`, column created_at: 2024-06-01T13:37:17.123456789Z is finer than a microsecond");
}

#[test]
#[cfg(feature = "parquet")]
fn row_groups_are_bounded_and_in_order() {
    let mut writer = RecordWriter::create(Format::Parquet, Vec::new()).unwrap();
    for id in 0..50_001 {
        let record = Record {
            id: id.to_string(),
            ..plain()
        };
        writer.write(&record).unwrap();
    }
    let back = from_parquet(writer.finish().unwrap());
    assert_eq!(back.len(), 50_001);
    assert!(
        back.iter()
            .zip(0..)
            .all(|(record, id)| record.id == format!("{id}"))
    );
}

#[test]
fn a_closed_pipe_can_be_told_from_other_failures_in_every_format() {
    for format in formats() {
        let written = RecordWriter::create(format, ClosedPipe).and_then(|mut writer| {
            // More than any buffer holds, so that also a row meets the pipe.
            (0..2_000).try_for_each(|_| writer.write(&plain()))?;
            writer.finish().map(drop)
        });
        let error = written.unwrap_err();
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        let kinds: Vec<_> = causes
            .filter_map(|cause| cause.downcast_ref::<io::Error>().map(io::Error::kind))
            .collect();
        assert_eq!(kinds, [io::ErrorKind::BrokenPipe], "{format}");
    }
}

struct ClosedPipe;

impl Write for ClosedPipe {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn formats() -> Vec<Format> {
    let mut formats = vec![Format::Jsonl, Format::Csv];
    if cfg!(feature = "parquet") {
        formats.push(Format::Parquet);
    }
    formats
}

fn written(format: Format, records: &[Record]) -> Vec<u8> {
    let mut writer = RecordWriter::create(format, Vec::new()).unwrap();
    for record in records {
        writer.write(record).unwrap();
    }
    writer.finish().unwrap()
}

fn amounts(records: &[Record]) -> Vec<String> {
    records
        .iter()
        .flat_map(|record| [Some(record.amount), record.settled, record.fee])
        .flatten()
        .map(|money| money.to_string())
        .collect()
}

fn from_csv(bytes: &[u8]) -> Vec<Record> {
    let mut reader = csv::Reader::from_reader(bytes);
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cells = Record::COLUMNS
            .iter()
            .zip(row.iter())
            .map(|(column, cell)| {
                let value = match (*column, cell) {
                    ("attributes", json) => json.to_owned(),
                    ("provider" | "id" | "provider_status", text) => json(restored(text)),
                    (_, "") => "null".to_owned(),
                    ("reference" | "account" | "method" | "description", text) => {
                        json(restored(text))
                    }
                    (_, text) => json(text),
                };
                format!("\"{column}\":{value}")
            });
        let cells: Vec<_> = cells.collect();
        serde_json::from_str(&format!("{{{}}}", cells.join(","))).unwrap()
    });
    rows.collect()
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[cfg(feature = "parquet")]
fn parquet_rows(bytes: Vec<u8>) -> Vec<parquet::record::Row> {
    use parquet::file::{reader::FileReader, serialized_reader::SerializedFileReader};

    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(Result::unwrap).collect()
}

#[cfg(feature = "parquet")]
fn from_parquet(bytes: Vec<u8>) -> Vec<Record> {
    use parquet::{data_type::AsBytes, record::Field};

    let value = |field: &Field| match field {
        Field::Null => "null".to_owned(),
        Field::Str(text) => json(text),
        Field::TimestampMicros(at) => json(&Timestamp::from_microsecond(*at).unwrap().to_string()),
        Field::Decimal(amount) => {
            let units = i128::from_be_bytes(amount.data().as_bytes().try_into().unwrap());
            assert_eq!((amount.precision(), amount.scale()), (38, 19));
            let (sign, units) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
            let one = 10_u128.pow(19);
            let text = format!("{sign}{}.{:019}", units / one, units % one);
            json(text.trim_end_matches('0').trim_end_matches('.'))
        }
        other => panic!("{other:?}"),
    };
    let rows = parquet_rows(bytes).into_iter().map(|row| {
        let cells = row
            .get_column_iter()
            .map(|(column, field)| match (column.as_str(), field) {
                ("attributes", Field::Str(json)) => format!("\"attributes\":{json}"),
                _ => format!("\"{column}\":{}", value(field)),
            });
        let cells: Vec<_> = cells.collect();
        serde_json::from_str(&format!("{{{}}}", cells.join(","))).unwrap()
    });
    rows.collect()
}

fn plain() -> Record {
    Record {
        provider: "acme".into(),
        id: "1".into(),
        kind: Kind::Payment,
        direction: Direction::Credit,
        status: Status::Succeeded,
        provider_status: "OK".into(),
        reference: None,
        amount: Money::new("30.0".parse().unwrap(), "PEN".parse().unwrap()),
        settled: None,
        fee: None,
        created_at: "2024-06-01T13:37:17Z".parse().unwrap(),
        updated_at: None,
        account: None,
        method: None,
        description: None,
        attributes: BTreeMap::new(),
    }
}

fn statements(format: Format) -> String {
    String::from_utf8(statement_bytes(format)).unwrap()
}

fn statement_bytes(format: Format) -> Vec<u8> {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let statement = Statement {
        provider: "tupay".into(),
        id: "7-2024-06-01-PEN".into(),
        account: Some("7".into()),
        scope: None,
        period: Window::new(at("2024-06-01T00:00:00Z"), at("2024-06-02T00:00:00Z")).unwrap(),
        day: Some(LocalDay {
            date: jiff::civil::date(2024, 6, 1),
            zone: "UTC".into(),
        }),
        currency: "PEN".parse().unwrap(),
        figures: BTreeMap::from([
            (
                "netAmount".into(),
                Figure::Amount("-12.40".parse().unwrap()),
            ),
            ("transactions".into(), Figure::Count(u64::MAX)),
            ("upheld".into(), Figure::Flag(false)),
        ]),
    };
    let mut writer = StatementWriter::create(format, Vec::new()).unwrap();
    writer.write(&statement).unwrap();
    writer.finish().unwrap()
}

fn record() -> impl Strategy<Value = Record> {
    let who = (text(), text(), text());
    let words = (
        prop::sample::select(Kind::ALL),
        prop::sample::select(Direction::ALL),
        prop::sample::select(Status::ALL),
    );
    let money = (
        money(),
        prop::option::of(money()),
        prop::option::of(money()),
    );
    let when = (instant(), prop::option::of(instant()));
    let optional = || prop::option::of(text());
    let texts = (optional(), optional(), optional(), optional());
    let attributes = prop::collection::btree_map(text(), attribute(), 0..3);
    (who, words, money, when, texts, attributes).prop_map(
        |(who, (kind, direction, status), money, when, texts, attributes)| Record {
            provider: who.0,
            id: who.1,
            kind,
            direction,
            status,
            provider_status: who.2,
            reference: texts.0,
            amount: money.0,
            settled: money.1,
            fee: money.2,
            created_at: when.0,
            updated_at: when.1,
            account: texts.1,
            method: texts.2,
            description: texts.3,
            attributes,
        },
    )
}

/// Never empty: an empty text and none are the same cell.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "['=+@\t\r\n\0-]{1,4}[a-z\"',;]{0,4}",
        Just("دفعة رقم ١٢".to_owned()),
        Just("\u{feff}bom".to_owned()),
        "[ -~]{1,12}",
        "\\PC{1,8}",
    ]
}

/// Amounts that every format holds: 19 digits on either side of the point.
fn money() -> impl Strategy<Value = Money> {
    let amount = prop_oneof![
        prop::sample::select(vec![
            "30.0",
            "0.0000001",
            "123456789012345.67",
            "0.1234567890123456789",
            "9999999999.9999999999999999999",
            "0.00",
        ])
        .prop_map(|text| text.parse().unwrap()),
        (0..i64::MAX, 0_u32..=19).prop_map(|(units, scale)| Decimal::new(units, scale)),
    ];
    let currency = prop::sample::select(vec!["PEN", "USD", "SAR"]);
    (amount, currency).prop_map(|(amount, code)| Money::new(amount, code.parse().unwrap()))
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_000_000_000_000_000).prop_map(|at| Timestamp::from_microsecond(at).unwrap())
}

fn attribute() -> impl Strategy<Value = Attribute> {
    prop_oneof![
        any::<bool>().prop_map(Attribute::from),
        any::<i64>().prop_map(Attribute::from),
        text().prop_map(Attribute::from),
    ]
}
