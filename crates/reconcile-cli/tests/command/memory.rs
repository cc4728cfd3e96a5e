//! Matches within a bound of memory: rows wait on disk, and nothing else changes.

use std::{
    fmt::Write,
    fs::{self, File},
    sync::Arc,
};

use parquet::{
    data_type::{ByteArray, ByteArrayType},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};

use crate::scene::{PROVIDERS, Scene, january};

/// How many payments the dirty month has.
const PAYMENTS: u32 = 4_000;

/// Writes `ledger.csv` and `records.csv` of a month in which most payments agree
/// and the others are anything: alone, doubled, off in each way, in parts,
/// without a reference, with a reference written otherwise, with ids that repeat.
fn write_dirty_month(scene: &Scene) {
    let mut ledger = vec![];
    let mut records = vec![];
    for number in 0..PAYMENTS {
        let payment = Payment::of(number);
        payment.book(&mut ledger);
        payment.list(&mut records);
    }
    // Neither side is in any order.
    ledger.sort_by_key(|line| line.len() * 7919 % 31);
    records.reverse();
    let file = |header: &str, lines: &[String]| format!("{header}\n{}\n", lines.join("\n"));
    let header = "id,reference,amount,currency,date,kind,direction,fee,description,account,batch";
    scene.write("ledger.csv", &file(header, &ledger));
    let header = "id,kind,direction,status,reference,amount,currency,created_at,fee,\
                  settled_amount,settled_currency,description,account,batch";
    scene.write("records.csv", &file(header, &records));
}

struct Payment {
    number: u32,
    reference: String,
    cents: u32,
    day: u32,
}

impl Payment {
    fn of(number: u32) -> Self {
        Self {
            number,
            reference: format!("ORD-{:05}-{number}", number * 7919 % 99_991),
            cents: 1_000 + number * 31 % 5_003,
            day: 1 + number % 28,
        }
    }

    /// What is wrong with it: nothing with four in five.
    fn fault(&self) -> u32 {
        self.number % 100
    }

    fn book(&self, ledger: &mut Vec<String>) {
        let number = self.number;
        let mut id = format!("L-{number:06}");
        let mut reference = self.reference.clone();
        let (mut cents, mut currency, mut direction) = (self.cents, "PEN", "credit");
        let mut description = format!("sale {number}");
        let mut account = "main";
        match self.fault() {
            1 => return,
            2 => ledger.push(self.booked(&format!("{id}-again"), &reference, cents)),
            3 => cents += 130,
            4 => currency = "USD",
            5 => direction = "debit",
            6 => {
                reference = String::new();
                description = format!("transfer from customer {}", number / 100);
            }
            7 => reference = reference.to_lowercase().replace('-', " "),
            8 => reference.truncate(reference.len() - 1),
            // Ids repeat, also across references.
            9 | 10 => "L-SAME".clone_into(&mut id),
            11 => id = format!("=L|{number}"),
            12 => account = "internal",
            13 => ledger.push(self.booked(&id, &reference, cents)),
            _ => {}
        }
        ledger.push(format!(
            "{id},{reference},{},{currency},2026-10-{:02},payment,{direction},{},{description},{account},B{}",
            major(cents),
            self.day,
            major(self.fee() + u32::from(self.fault() == 14)),
            number / 50,
        ));
    }

    fn booked(&self, id: &str, reference: &str, cents: u32) -> String {
        let (amount, day) = (major(cents), self.day);
        format!("{id},{reference},{amount},PEN,2026-10-{day:02},payment,credit,,twice,main,")
    }

    fn list(&self, records: &mut Vec<String>) {
        let number = self.number;
        let mut reference = self.reference.clone();
        let mut description = format!("pedido {number}");
        let (mut status, mut settled) = ("succeeded", self.cents - self.fee());
        match self.fault() {
            0 => return,
            6 => {
                reference = String::new();
                description = format!("TRANSFER customer {} ref", number / 100);
            }
            15 => status = "pending",
            16 => status = "failed",
            17 => {
                for (place, cents) in [(1, 400), (2, self.cents - 400)] {
                    records.push(self.listed(&format!("P-{number}-{place}"), cents));
                }
                return;
            }
            18 => settled += 1,
            19 => records.push(self.listed(&format!("P-{number}-b"), self.cents)),
            _ => {}
        }
        records.push(format!(
            "P-{number},payment,credit,{status},{reference},{},PEN,2026-10-{:02}T12:00:00Z,{},{},PEN,{description},main,b{}",
            major(self.cents),
            self.day,
            major(self.fee()),
            major(settled),
            number / 50,
        ));
    }

    fn listed(&self, id: &str, cents: u32) -> String {
        let (reference, amount, day) = (&self.reference, major(cents), self.day);
        format!(
            "{id},payment,credit,succeeded,{reference},{amount},PEN,2026-10-{day:02}T09:00:00Z,,,,part,main,"
        )
    }

    fn fee(&self) -> u32 {
        self.cents / 50
    }
}

fn major(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Rules under which nothing is the default: another key, exclusions, days.
const RULES: &str = r#"
[ledger]
attributes = ["batch"]
[records]
attributes = ["batch"]
[[exclude]]
side = "ledger"
account = "internal"
reason = "internal transfer"
[[pass]]
name = "by batch"
equal = [
  { ledger = "attributes.batch", records = "attributes.batch", normalise = ["case"] },
  { ledger = "reference", records = "reference", normalise = ["case", "punctuation"] },
]
days = { before = 0, after = 1 }
tolerance = { absolute = "2.00" }
group = { by = "key", sides = "one_to_many", most = 10 }
[[pass]]
name = "reference"
equal = ["reference"]
[[pass]]
name = "amounts"
days = { before = 1, after = 1 }
"#;

#[test]
fn a_bound_of_memory_changes_no_byte_of_a_run() {
    let scene = Scene::bare();
    write_dirty_month(&scene);
    scene.write("rules.toml", RULES);
    let match_whole = "match --ledger ledger.csv --records records.csv";
    let found = scene.run(match_whole).exits(1).stdout;
    for way in [
        "reference_group",
        "reference_normalised",
        "amount_date_text",
        "nothing for 3800",
    ] {
        assert!(found.contains(way), "{way}\n{found}");
    }
    // A folder each: a run says which files of an earlier one it removed.
    for (out, rules, format) in [
        ("a", "", "csv"),
        ("b", "", "parquet"),
        ("c", "--rules rules.toml", "csv"),
        ("d", "--rules rules.toml", "xlsx"),
    ] {
        let run = |bound: &str| {
            let ran = scene.run(&format!(
                "{match_whole} --out {out} --format {format} {rules} {bound}"
            ));
            (ran.exits(1).stdout, scene.contents(out))
        };
        let whole = run("");
        let bounded = run("--memory 64M");
        assert!(whole == bounded, "{format} {rules}");
    }
}

#[test]
fn nor_does_it_where_the_files_are_of_another_format() {
    let scene = Scene::bare();
    write_dirty_month(&scene);
    for side in ["ledger", "records"] {
        write_otherwise(&scene, side);
    }
    let run = |format: &str, bound: &str| {
        let files = format!("--ledger ledger.{format} --records records.{format}");
        let ran = scene.run(&format!("match {files} --out {format} {bound}"));
        (ran.exits(1).stdout, scene.contents(format))
    };
    let (_, of_csv) = run("csv", "");
    for format in ["jsonl", "parquet"] {
        let whole = run(format, "");
        let bounded = run(format, "--memory 64M");
        assert!(whole == bounded, "{format}");
        for table in ["matches.csv", "breaks.csv"] {
            assert!(whole.1[table] == of_csv[table], "{format}, {table}");
        }
    }
}

/// Writes the CSV of a side as JSON Lines and as Parquet too, in pages that do
/// not end together. What is empty is absent.
fn write_otherwise(scene: &Scene, side: &str) {
    let text = scene.read(&format!("{side}.csv"));
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let rows: Vec<_> = lines.collect();

    let objects = rows.iter().map(|row| {
        let cells = header.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        let object: serde_json::Map<_, _> = cells
            .map(|(name, cell)| ((*name).to_owned(), (*cell).into()))
            .collect();
        serde_json::Value::from(object).to_string() + "\n"
    });
    scene.write(&format!("{side}.jsonl"), &objects.collect::<String>());

    let columns = header
        .iter()
        .map(|name| format!("optional binary {name} (STRING);"));
    let schema = format!("message side {{ {} }}", columns.collect::<String>());
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let pages = WriterProperties::builder()
        .set_write_batch_size(10)
        .set_data_page_size_limit(4096)
        .build();
    let file = File::create(scene.path(&format!("{side}.parquet"))).expect("a file");
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(pages)).expect("a writer");
    for rows in rows.chunks(1500) {
        let mut group = writer.next_row_group().expect("a row group");
        for place in 0..header.len() {
            let cells = rows.iter().map(|row| row[place]);
            let levels: Vec<_> = cells
                .clone()
                .map(|cell| (!cell.is_empty()).into())
                .collect();
            let values: Vec<ByteArray> = cells
                .filter(|cell| !cell.is_empty())
                .map(ByteArray::from)
                .collect();
            let mut column = group.next_column().expect("a column").expect("a column");
            let typed = column.typed::<ByteArrayType>();
            typed
                .write_batch(&values, Some(&levels), None)
                .expect("values");
            column.close().expect("a column");
        }
        group.close().expect("a row group");
    }
    writer.close().expect("a file");
}

#[test]
fn a_bound_of_memory_changes_no_byte_of_a_run_that_pulls() {
    for provider in PROVIDERS {
        let scene = Scene::clean();
        scene.write_ledger_of(provider);
        let run = |bound: &str| {
            let run = format!("run {} --ledger ledger.csv", january(provider));
            let ran = scene.run(&format!("{run} --out out {bound}")).exits(1);
            let left = scene.contents("out");
            // Rows wait in a folder that is not there before.
            fs::remove_dir_all(scene.path("out")).expect("the folder of the run");
            (ran.stdout, left)
        };
        let (whole, bounded) = (run(""), run("--memory 64M"));
        assert!(whole == bounded, "{provider}");
    }
}

#[test]
fn what_does_not_fit_the_memory_is_refused_and_counted() {
    let scene = Scene::bare();
    let mut ledger = "id,reference,amount,currency,date\n".to_owned();
    for number in 0..20_000 {
        writeln!(ledger, "L-{number},,1.00,PEN,2026-10-01").expect("a text");
    }
    scene.write("ledger.csv", &ledger);
    scene.write(
        "records.csv",
        "id,kind,direction,status,reference,amount,currency,created_at\n\
         P-1,payment,credit,succeeded,,1.00,PEN,2026-10-01T12:00:00Z\n",
    );
    let bounded = "match --ledger ledger.csv --records records.csv --out out --memory";
    insta::assert_snapshot!(scene.refusal(2, &format!("{bounded} 64M")), @"
    error: 20001 of 20001 rows must be looked at together: about 66 MiB, of 64 MiB allowed
      hint: allow more memory, or match a shorter range of days; pairs that agree under the key of the first pass of the rules need none
    ");
    for size in ["lots", "10", "12.5G", "99999999999T", "512X"] {
        let ran = scene.run(&format!("{bounded} {size}")).exits(2);
        assert!(ran.stderr.contains("--memory"), "{}", ran.stderr);
    }
}
