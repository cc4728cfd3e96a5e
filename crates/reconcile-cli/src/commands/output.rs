//! The folder of a run: its documents, its tables, and nothing of an earlier run.

#[cfg(feature = "xlsx")]
mod workbook;

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use reconcile_files::{self as files, FileError, Ledger, OutputDir, OutputFile, ParquetTable};
use reconcile_report::{self as report, Document, Run, SideBySide, Table, Verdict, terminal};

use crate::{
    Finding,
    args::{Destination, Global, TableFormat},
    error::CommandError,
    terminal as tty,
};

/// The files of a run, prepared before anything is asked for, so that a folder
/// that cannot be written is found out first.
pub(super) struct Output(Option<Folder>);

impl Output {
    /// Prepares the folder that is asked for. The inputs are the files that the
    /// run reads, none of which may be one that it would replace.
    pub(super) fn prepare(
        destination: &Destination,
        inputs: &[&Path],
    ) -> Result<Self, CommandError> {
        let Some(path) = destination.out.as_deref() else {
            return Ok(Self(None));
        };
        inputs.iter().try_for_each(|input| apart(path, input))?;
        Ok(Self(Some(Folder {
            directory: OutputDir::create(path)?,
            tables: destination.format,
            names: Vec::new(),
        })))
    }

    /// Writes the files, all of them or none, and prints the summary.
    pub(super) fn publish(
        self,
        run: &Run<'_>,
        ledger: Option<&Ledger>,
        global: &Global,
    ) -> Result<Finding, CommandError> {
        let set_aside = ledger.filter(|ledger| !ledger.set_aside.is_empty());
        let note = match self.0 {
            Some(folder) => folder.publish(run, set_aside)?,
            None => String::new(),
        };
        if let Some(ledger) = set_aside {
            eprintln!(
                "{} of {} ledger lines could not be read and were set aside",
                ledger.set_aside.len(),
                ledger.rows
            );
        }
        if !global.quiet {
            tty::print(&terminal(run, tty::style(global.color)))?;
            tty::print(&note)?;
        }
        Ok(match run.summary().verdict {
            Verdict::Reconciled => Finding::Clean,
            Verdict::Breaks => Finding::Open,
        })
    }

    /// Writes what sums up several runs, whose own files are in folders below,
    /// and prints it.
    pub(super) fn publish_all(
        self,
        runs: &SideBySide<'_>,
        global: &Global,
    ) -> Result<(), CommandError> {
        let note = match self.0 {
            Some(mut folder) => {
                folder.text("summary.json", |out| runs.write_summary(out))?;
                folder.text("report.html", |out| runs.write_report(out))?;
                folder.commit()?
            }
            None => String::new(),
        };
        if !global.quiet {
            tty::print(&runs.terminal(tty::style(global.color)))?;
            tty::print(&note)?;
        }
        Ok(())
    }
}

struct Folder {
    directory: OutputDir,
    tables: TableFormat,
    /// The files that this run writes.
    names: Vec<String>,
}

impl Folder {
    /// Writes everything, and says where it is.
    fn publish(
        mut self,
        run: &Run<'_>,
        set_aside: Option<&Ledger>,
    ) -> Result<String, CommandError> {
        for document in run.documents() {
            self.text(document.name, |out| (document.write)(run, out))?;
        }
        match self.tables {
            TableFormat::Csv => {
                for table in run.tables() {
                    let name = csv_name(table.name);
                    self.text(&name, |out| table.write_csv(out))?;
                }
            }
            TableFormat::Parquet => {
                for table in run.tables() {
                    let name = parquet_name(table.name);
                    let file = self.directory.file(&name)?;
                    let file = parquet(table, file).map_err(self.unwritable(&name))?;
                    self.add(&name, file)?;
                }
            }
            #[cfg(feature = "xlsx")]
            TableFormat::Xlsx => {
                let file = self.directory.file(WORKBOOK)?;
                let file = workbook::write(run, self.directory.path(), file);
                self.add(WORKBOOK, file.map_err(self.unwritable(WORKBOOK))?)?;
            }
        }
        if let Some(ledger) = set_aside {
            let mut file = self.directory.file(SET_ASIDE)?;
            ledger
                .write_set_aside(&mut file)
                .map_err(self.unwritable(SET_ASIDE))?;
            self.add(SET_ASIDE, file)?;
        }
        self.commit()
    }

    fn text(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CommandError> {
        let mut file = self.directory.file(name)?;
        write(&mut file).map_err(|source| CommandError::Write {
            path: self.directory.path().join(name),
            source,
        })?;
        self.add(name, file)
    }

    fn unwritable(&self, name: &str) -> impl FnOnce(FileError) -> CommandError + use<> {
        let path = self.directory.path().join(name);
        move |error| CommandError::writing(Some(&path))(error)
    }

    fn add(&mut self, name: &str, file: OutputFile) -> Result<(), CommandError> {
        self.names.push(name.to_owned());
        Ok(self.directory.add(file)?)
    }

    /// Lets the new files appear, and those go that only an earlier run wrote,
    /// so that a folder never mixes two runs.
    fn commit(mut self) -> Result<String, CommandError> {
        let mut gone = Vec::new();
        for name in names_of_a_run() {
            if !self.names.contains(&name) && self.directory.discard(&name) {
                gone.push(name);
            }
        }
        let removed = match &*gone {
            [] => String::new(),
            names => format!("Removed from an earlier run: {}.\n", names.join(", ")),
        };
        let note = format!(
            "\nThe files of this run are in {}.\n{removed}",
            self.directory.path().display()
        );
        self.directory.commit()?;
        Ok(note)
    }
}

fn csv_name(table: &str) -> String {
    format!("{table}.csv")
}

fn parquet_name(table: &str) -> String {
    format!("{table}.parquet")
}

/// All tables in one file; also a build that writes none replaces it.
const WORKBOOK: &str = "reconciliation.xlsx";

/// The ledger lines that could not be read.
const SET_ASIDE: &str = "ledger-set-aside.txt";

/// Every name that a run may give to a file: these are its own.
fn names_of_a_run() -> impl Iterator<Item = String> {
    let documents = Document::ALL.map(|document| document.name.to_owned());
    let csv = Table::NAMES.map(csv_name);
    let parquet = Table::NAMES.map(parquet_name);
    documents
        .into_iter()
        .chain(csv)
        .chain(parquet)
        .chain([WORKBOOK, SET_ASIDE].map(str::to_owned))
}

/// Whether the input would survive the run. Lines that were set aside are there
/// to be corrected and read again: they must not go with the run they came from.
fn apart(folder: &Path, input: &Path) -> Result<(), CommandError> {
    let (Ok(folder), Ok(found)) = (fs::canonicalize(folder), fs::canonicalize(input)) else {
        return Ok(());
    };
    if found.parent() == Some(&*folder)
        && names_of_a_run().any(|name| found.file_name() == Some(name.as_ref()))
    {
        return Err(CommandError::usage(
            format!(
                "{}: the run would replace this file, which it reads",
                input.display()
            ),
            "rename the file, or choose another folder with --out",
        ));
    }
    Ok(())
}

/// Writes a table as Parquet, and gives back the file.
fn parquet(table: Table<'_>, file: OutputFile) -> Result<OutputFile, FileError> {
    let columns: Vec<_> = table.columns.iter().map(column).collect();
    let mut writer = ParquetTable::create(table.name, &columns, file)?;
    for row in table.into_rows() {
        let row = row.map_err(|error| FileError::Output(Box::new(error)))?;
        let cells: Vec<_> = row.into_iter().map(cell).collect();
        writer.write(&cells)?;
    }
    writer.finish()
}

fn column(column: &report::Column) -> files::Column {
    files::Column {
        name: column.name,
        holds: match column.holds {
            report::ColumnType::Text => files::ColumnType::Text,
            report::ColumnType::Amount => files::ColumnType::Amount,
            report::ColumnType::Date => files::ColumnType::Date,
            report::ColumnType::Integer => files::ColumnType::Integer,
            report::ColumnType::Boolean => files::ColumnType::Boolean,
        },
    }
}

fn cell(cell: report::Cell<'_>) -> files::Cell<'_> {
    match cell {
        report::Cell::Absent => files::Cell::Absent,
        report::Cell::Text(text) => files::Cell::Text(text),
        report::Cell::Label(label) => files::Cell::Text(label.as_str().to_owned().into()),
        report::Cell::Amount { amount, .. } => files::Cell::Amount(amount),
        report::Cell::Date(date) => files::Cell::Date(date),
        report::Cell::Integer(number) => files::Cell::Integer(number),
        report::Cell::Boolean(value) => files::Cell::Boolean(value),
    }
}
