//! Lists on stdout, for machines.

use std::io;

use reconcile_files::neutralised;

use crate::error::CommandError;

/// A header and rows as CSV, in which no cell is a formula.
pub(super) fn csv<const N: usize>(
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
