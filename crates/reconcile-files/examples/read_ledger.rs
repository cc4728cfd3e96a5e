//! Reads a ledger and says what it took: `read_ledger FILE`, or without a file
//! a CSV of a million lines that it writes first.
//!
//! `cargo run --release -p reconcile-files --example read_ledger -- [FILE]`

use std::{
    env,
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use reconcile_files::{Invalid, Mapping, OutputFile, read_ledger};

fn main() -> Result<(), Box<dyn Error>> {
    let path = if let Some(path) = env::args_os().nth(1) {
        PathBuf::from(path)
    } else {
        let path = env::temp_dir().join("reconcile-ledger.csv");
        write_ledger(&path)?;
        path
    };
    let start = Instant::now();
    let ledger = read_ledger(&path, &Mapping::default(), Invalid::Stop)?;
    let took = start.elapsed();
    let mut output = io::stdout().lock();
    writeln!(
        output,
        "{} rows of {} in {took:.2?}",
        ledger.rows,
        path.display()
    )?;
    // Where the system says it: the most memory that the process ever held.
    if let Ok(status) = fs::read_to_string("/proc/self/status") {
        for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
            writeln!(output, "{line}")?;
        }
    }
    Ok(())
}

fn write_ledger(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut file = OutputFile::create(path)?;
    writeln!(
        file,
        "id,reference,amount,currency,date,kind,direction,fee,description"
    )?;
    for row in 0..1_000_000 {
        let (cents, day) = (row % 100, row % 28 + 1);
        writeln!(
            file,
            "L-{row},ORDER-{row:08},{}.{cents:02},PEN,2026-10-{day:02},payment,credit,0.35,",
            row % 5000
        )?;
    }
    file.commit()?;
    Ok(())
}
