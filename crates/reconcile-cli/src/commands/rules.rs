//! `reconcile rules`: what a rules file says, what it finds, and what a change of
//! it does. One file each.

mod check;
mod diff;
mod test;

use std::io;

use reconcile_files::neutralised;

use crate::{Finding, args::Rules, error::CommandError};

pub(crate) async fn run(command: &Rules) -> Result<Finding, CommandError> {
    match command {
        Rules::Check(check) => check::run(check),
        Rules::Diff(diff) => diff::run(diff).await,
        Rules::Test(test) => test::run(test),
    }
}

/// Rows with their cells under each other.
fn aligned<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> String {
    // What could steer a terminal is not printed on one.
    let printed = |cell: String| cell.replace(char::is_control, "\u{fffd}");
    let rows: Vec<_> = rows.into_iter().map(|row| row.map(printed)).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// A header and rows as CSV, in which no cell is a formula.
fn csv<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<String, CommandError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let unwritten = |error: csv::Error| CommandError::Stdout(io::Error::other(error));
    writer.write_record(header).map_err(unwritten)?;
    for row in rows {
        let cells = row.iter().map(|cell| neutralised(cell));
        let cells: Vec<_> = cells.collect();
        let cells = cells.iter().map(|cell| cell.as_bytes());
        writer.write_record(cells).map_err(unwritten)?;
    }
    let bytes = writer.into_inner().unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
