//! The tables of a run as one workbook.

use std::path::Path;

use reconcile_files::{self as files, FileError, OutputFile, Workbook};
use reconcile_report::{self as report, Run, Table};
use rust_decimal::Decimal;

use super::{cell, column};

/// Writes the summary, then the tables with the breaks first, and gives back the
/// file. What does not stay in memory waits in the folder.
pub(super) fn write(
    run: &Run<'_>,
    folder: &Path,
    mut file: OutputFile,
) -> Result<OutputFile, FileError> {
    let mut workbook = Workbook::create(folder)?;
    let [matches, breaks, proofs] = run.tables();
    for table in [run.summary_table(), breaks, matches, proofs] {
        sheet(table, &mut workbook)?;
    }
    workbook.finish(&mut file)?;
    Ok(file)
}

fn sheet(table: Table<'_>, workbook: &mut Workbook) -> Result<(), FileError> {
    let columns: Vec<_> = table.columns.iter().map(column).collect();
    let mut sheet = workbook.sheet(table.name, &columns)?;
    for row in table.into_rows() {
        let row = row.map_err(|error| FileError::Output(Box::new(error)))?;
        let cells: Vec<_> = row.into_iter().map(shown).collect();
        sheet.write(&cells)?;
    }
    Ok(())
}

/// A workbook shows as many digits as an amount has: those of its currency at least.
fn shown(from: report::Cell<'_>) -> files::Cell<'_> {
    match from {
        report::Cell::Amount { amount, currency } => {
            let digits = currency.and_then(|currency| currency.exponent());
            files::Cell::Amount(with_digits(amount, digits.unwrap_or_default()))
        }
        other => cell(other),
    }
}

/// The same amount with zeros up to this many digits, as far as there is room.
fn with_digits(amount: Decimal, digits: u32) -> Decimal {
    let mut longer = amount.normalize();
    longer.rescale(digits.max(longer.scale()));
    longer
}
