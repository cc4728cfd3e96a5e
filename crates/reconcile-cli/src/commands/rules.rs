//! `reconcile rules`: what a rules file says, what it finds, and what a change of
//! it does. One file each.

mod check;
mod diff;
mod test;

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
