//! Reading a ledger of a million lines: `cargo bench -p reconcile-files`, with
//! another number of lines as its argument.
//!
//! It prints the time of each run for plain lines, and for lines of which each
//! has a quoted cell; memory is what `/usr/bin/time -v` says.

#![expect(clippy::print_stdout, reason = "a bench speaks on stdout")]

use std::{
    fs::File,
    hint::black_box,
    io::{BufWriter, Write},
    path::Path,
    time::Instant,
};

use reconcile_files::{Invalid, Mapping, read_ledger};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lines = std::env::args().find_map(|argument| argument.parse().ok());
    let lines: u64 = lines.unwrap_or(1_000_000);
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("ledger.csv");
    for quote in ["", "\""] {
        write(&path, lines, quote)?;
        let what = if quote.is_empty() { "plain" } else { "quoted" };
        for _ in 0..3 {
            let begun = Instant::now();
            let ledger = black_box(read_ledger(&path, &Mapping::default(), Invalid::Stop)?);
            println!("{} {what} lines: {:?}", ledger.rows, begun.elapsed());
        }
    }
    Ok(())
}

/// Writes lines whose description stands in these quotes.
fn write(path: &Path, lines: u64, quote: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(
        file,
        "id,reference,amount,currency,date,kind,direction,fee,description"
    )?;
    for line in 0..lines {
        let (day, cents) = (line % 28 + 1, line % 100);
        writeln!(
            file,
            "L-{line:08},ORDER-{line:07},{}.{cents:02},PEN,2026-10-{day:02},payment,credit,,{quote}Order {line}{quote}",
            line % 10_000,
        )?;
    }
    Ok(file.flush()?)
}
