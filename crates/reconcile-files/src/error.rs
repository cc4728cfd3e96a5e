//! The error of this crate.

use std::{error::Error as StdError, io, path::PathBuf};

use reconcile_engine::EngineError;

use crate::BadLine;

/// A file that cannot be read or written.
///
/// `Display` is one line that names the file and the place in it; what to do
/// is in [`hint`](Self::hint), the causes follow through
/// [`source`](StdError::source). Values are shortened, and of a card number
/// only the first six and last four digits are shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Not the name of a format.
    #[error("`{word}` is not a format; the formats are jsonl, csv and parquet")]
    UnknownFormat {
        /// What was asked for.
        word: String,
    },
    /// The name of the file does not say what is in it.
    #[error("{}: the extension does not tell the format", path.display())]
    UnknownExtension {
        /// The file.
        path: PathBuf,
    },
    /// The file is of a format that this toolkit does not read.
    #[error("{}: {found}", path.display())]
    WrongFormat {
        /// The file.
        path: PathBuf,
        /// What the file is.
        found: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// This build leaves a format out.
    #[error("this build reads and writes no Parquet")]
    NoParquet,
    /// The system does not let the file be read.
    #[error("{}: cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file or directory cannot be written where it was to be.
    #[error("{}: cannot be written: {reason}", path.display())]
    Target {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        reason: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// The system does not let the file be written.
    #[error("{}: cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Rows cannot be written to where they go.
    #[error("the rows cannot be written")]
    Output(#[source] Box<dyn StdError + Send + Sync>),
    /// A value does not fit the format that it is to be written in.
    #[error("row `{id}`, column {column}: {value} {reason}")]
    DoesNotFit {
        /// The id of the row: of a record, a statement, or the text of a first cell.
        id: String,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
        /// Why it does not fit.
        reason: &'static str,
    },
    /// The mapping contradicts itself, so that nothing is read.
    #[error("{}: cannot be read as is asked: {message}", path.display())]
    Mapping {
        /// The file that was to be read.
        path: PathBuf,
        /// What contradicts what.
        message: String,
        /// What to do.
        hint: &'static str,
    },
    /// A column that is needed is not there.
    #[error("{}: no column `{column}`; there are {}", path.display(), listed(found))]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// The name that was looked for.
        column: String,
        /// The columns of the file, in order.
        found: Vec<String>,
        /// What to do.
        hint: String,
    },
    /// Two columns have the same name.
    #[error("{}: two columns are named `{column}`", path.display())]
    DuplicateColumn {
        /// The file.
        path: PathBuf,
        /// The name.
        column: String,
    },
    /// A column of a Parquet file has a type that holds no exact value.
    #[error("{}, column {column}: its type is {type_name}", path.display())]
    ColumnType {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The type in Parquet's words.
        type_name: String,
    },
    /// A line cannot be read.
    #[error("{}, {line}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, the column and what is wrong with it.
        line: Box<BadLine>,
    },
    /// So many lines cannot be read that they are not all held.
    #[error("{}: {lines} lines cannot be read, and there are more", path.display())]
    TooManyInvalid {
        /// The file.
        path: PathBuf,
        /// How many lines there were when reading stopped.
        lines: usize,
    },
    /// The file is broken.
    #[error("{}: is damaged or not of its format", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and how.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The rules file says something that is not understood.
    #[error("{}{}: {message}", path.display(), place(*position))]
    Rules {
        /// The file.
        path: PathBuf,
        /// The line and column, from 1, where they are known.
        position: Option<(usize, usize)>,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: Option<&'static str>,
    },
    /// The rows that must be looked at together do not fit the memory allowed.
    #[error(
        "{left} of {rows} rows must be looked at together: about {} MiB, of {} MiB allowed",
        needed.div_ceil(1 << 20),
        allowed >> 20
    )]
    Memory {
        /// How many rows these are: all that are not the only one of their key
        /// on their side, or differ from their counterpart, or have none.
        left: usize,
        /// How many rows there are, of both sides.
        rows: usize,
        /// How much memory they need, in bytes, about.
        needed: usize,
        /// How much is allowed, in bytes.
        allowed: usize,
    },
    /// Rows cannot wait on disk.
    #[error("{}: rows cannot wait in this folder until they are matched", folder.display())]
    Scratch {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The engine does not take more rows.
    #[error("{}: its rows cannot be held", path.display())]
    Book {
        /// The file.
        path: PathBuf,
        /// Why.
        source: EngineError,
    },
}

impl FileError {
    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::UnknownExtension { .. } => Some(
                "name it .csv, .jsonl or .parquet; unpack a compressed file, save a workbook as CSV",
            ),
            Self::NoParquet => Some("use CSV or JSON Lines, or build with the feature `parquet`"),
            Self::WrongFormat { hint, .. }
            | Self::Target { hint, .. }
            | Self::Mapping { hint, .. } => Some(hint),
            Self::Read { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => Some("check the path; nothing is there"),
                io::ErrorKind::PermissionDenied => Some("ask for the right to read it"),
                io::ErrorKind::IsADirectory => Some("name the file in it"),
                _ => None,
            },
            Self::Memory { .. } => Some(
                "allow more memory, or match a shorter range of days; pairs that agree under the \
                 key of the first pass of the rules need none",
            ),
            Self::Write { source, .. } | Self::Scratch { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull => Some("free some space, or choose another place"),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Some("choose a directory that you may write to")
                }
                _ => None,
            },
            Self::DoesNotFit { .. } => Some("write CSV or JSON Lines, which hold every value"),
            Self::MissingColumn { hint, .. } => Some(hint),
            Self::DuplicateColumn { .. } => Some("rename one of them"),
            Self::ColumnType { .. } => {
                Some("write it as text, DECIMAL, integer, DATE or TIMESTAMP: a float is not exact")
            }
            Self::Line { line, .. } => line.hint(),
            Self::TooManyInvalid { .. } => {
                Some("say in the rules file how the file is written; no line is set aside then")
            }
            Self::Rules { hint, .. } => *hint,
            Self::Damaged { .. } => Some(
                "write it anew; of compressions, Snappy, Zstandard, gzip and LZ4 (raw) are read",
            ),
            Self::UnknownFormat { .. } | Self::Output(_) | Self::Book { .. } => None,
        }
    }
}

/// How many columns a message names: a line has no end otherwise.
const MOST_NAMED: usize = 40;

fn listed(columns: &[String]) -> String {
    if columns.is_empty() {
        return "none".to_owned();
    }
    let named = columns.iter().take(MOST_NAMED);
    let quoted: Vec<_> = named.map(|name| format!("`{name}`")).collect();
    let list = quoted.join(", ");
    match columns.len().saturating_sub(MOST_NAMED) {
        0 => list,
        others => format!("{list} and {others} more"),
    }
}

fn place(position: Option<(usize, usize)>) -> String {
    position.map_or_else(String::new, |(line, column)| {
        format!(", line {line}, column {column}")
    })
}
