//! Writes a ledger and a provider's records with known breaks, to time
//! `reconcile match` on:
//!
//! `cargo run --release -p reconcile-engine --example keyed_corpus -- --rows 1000000 --seed 1 DIR`
//!
//! The same rows and seed give the same files. What is planted is printed; the
//! planted codes are what the engine finds.

#![expect(clippy::print_stdout, reason = "the example is a command")]

use std::{
    collections::BTreeMap,
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
    path::PathBuf,
};

use jiff::{ToSpan, civil::Date, civil::date};
use reconcile_core::Record;
use reconcile_engine::BreakCode;
use rust_decimal::Decimal;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The columns of a ledger, as `reconcile match` reads them without rules.
const LEDGER: &str = "id,reference,amount,currency,date,kind,direction,fee,description";

/// What is planted, and in how many of ten thousand payments.
const PLANTED: [(BreakCode, u64); 9] = [
    (BreakCode::MissingAtProvider, 20),
    (BreakCode::MissingInLedger, 20),
    (BreakCode::DuplicateAtProvider, 10),
    (BreakCode::DuplicateInLedger, 10),
    (BreakCode::Timing, 20),
    (BreakCode::AmountMismatch, 30),
    (BreakCode::CurrencyMismatch, 5),
    (BreakCode::SignMismatch, 5),
    (BreakCode::StatusMismatch, 20),
];

fn main() -> Outcome<()> {
    let Options { rows, seed, dir } = Options::read()?;
    fs::create_dir_all(&dir)?;
    let mut ledger = BufWriter::with_capacity(1 << 20, File::create(dir.join("ledger.csv"))?);
    let mut records = BufWriter::with_capacity(1 << 20, File::create(dir.join("records.csv"))?);
    writeln!(ledger, "{LEDGER}")?;
    writeln!(records, "{}", Record::COLUMNS.join(","))?;
    let mut counts: BTreeMap<BreakCode, u64> = BTreeMap::new();
    let mut random = SplitMix(seed);
    for number in 0..rows {
        let payment = Payment::of(number, &mut random)?;
        let planted = planted(random.below(10_000));
        if let Some(code) = planted {
            *counts.entry(code).or_default() += 1;
        }
        payment.book(&mut ledger, planted)?;
        payment.list(&mut records, planted)?;
    }
    ledger.flush()?;
    records.flush()?;
    println!("{rows} payments in {}", dir.display());
    for (code, count) in counts {
        println!("{code} {count}");
    }
    Ok(())
}

struct Options {
    rows: u64,
    seed: u64,
    dir: PathBuf,
}

impl Options {
    fn read() -> Outcome<Self> {
        let (mut rows, mut seed, mut dir) = (1_000_000, 1, None);
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or("an option needs a value");
            match argument.as_str() {
                "--rows" => rows = value()?.parse()?,
                "--seed" => seed = value()?.parse()?,
                _ => dir = Some(PathBuf::from(argument)),
            }
        }
        let dir = dir.ok_or("usage: keyed_corpus [--rows N] [--seed N] DIR")?;
        Ok(Self { rows, seed, dir })
    }
}

/// The code that a number below ten thousand plants, if any.
fn planted(mut lot: u64) -> Option<BreakCode> {
    for (code, share) in PLANTED {
        if lot < share {
            return Some(code);
        }
        lot -= share;
    }
    None
}

struct Payment {
    number: u64,
    reference: String,
    cents: i64,
    date: Date,
    second: u64,
}

impl Payment {
    fn of(number: u64, random: &mut SplitMix) -> Outcome<Self> {
        Ok(Self {
            number,
            // The number keeps it unique, the rest makes its order a mix.
            reference: format!("ORD-{:08x}-{number}", random.below(1 << 32)),
            cents: i64::try_from(1_000 + random.below(1_000_000))?,
            date: date(2026, 10, 1) + i64::try_from(random.below(31))?.days(),
            second: random.below(86_400),
        })
    }

    fn amount(&self, off: i64) -> Decimal {
        Decimal::new(self.cents + off, 2)
    }

    fn fee(&self) -> Decimal {
        Decimal::new(self.cents / 50, 2)
    }

    fn book(&self, out: &mut impl Write, planted: Option<BreakCode>) -> Outcome<()> {
        let Self {
            number,
            reference,
            date,
            ..
        } = self;
        let times = match planted {
            Some(BreakCode::MissingInLedger) => 0,
            Some(BreakCode::DuplicateInLedger) => 2,
            _ => 1,
        };
        for time in 0..times {
            writeln!(
                out,
                "L-{number:08}-{time},{reference},{},PEN,{date},payment,credit,,Order {number}",
                self.amount(0)
            )?;
        }
        Ok(())
    }

    fn list(&self, out: &mut impl Write, planted: Option<BreakCode>) -> Outcome<()> {
        let Self {
            number,
            reference,
            date,
            second,
            ..
        } = self;
        let times = match planted {
            Some(BreakCode::MissingAtProvider) => 0,
            Some(BreakCode::DuplicateAtProvider) => 2,
            _ => 1,
        };
        let (status, said) = match planted {
            Some(BreakCode::Timing) => ("pending", "PENDING"),
            Some(BreakCode::StatusMismatch) => ("failed", "DECLINED"),
            _ => ("succeeded", "COMPLETED"),
        };
        let direction = match planted {
            Some(BreakCode::SignMismatch) => "debit",
            _ => "credit",
        };
        let currency = match planted {
            Some(BreakCode::CurrencyMismatch) => "USD",
            _ => "PEN",
        };
        let off = match planted {
            Some(BreakCode::AmountMismatch) => -self.cents / 50,
            _ => 0,
        };
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        for time in 0..times {
            writeln!(
                out,
                "acme,{},payment,{direction},{status},{said},{reference},{},{currency},,,{},\
                 {currency},{date}T{hour:02}:{minute:02}:{second:02}Z,,4,YP,,{{}}",
                300_000_000 + 2 * number + time,
                self.amount(off),
                self.fee(),
            )?;
        }
        Ok(())
    }
}

/// A small generator whose numbers never change between versions.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}
