#![doc = include_str!("../README.md")]

mod error;
mod format;
mod formula;
mod mapping;
mod output;
mod read;
mod rules;
mod shown;
mod spill;
mod value;
mod write;

pub use error::FileError;
pub use format::Format;
pub use formula::{neutralised, restored};
pub use mapping::{Field, Mapping, Meanings};
pub use output::{OutputDir, OutputFile};
pub use read::{BadLine, Invalid, Ledger, read_ledger, read_records, read_text};
pub use rules::RulesFile;
pub use shown::{shown, shown_sentence};
pub use spill::{Pairs, PairsCursor, Spill, Spilled, settle};
#[cfg(feature = "parquet")]
pub use write::ParquetTable;
pub use write::{Cell, Column, ColumnType, RecordWriter, StatementWriter};
#[cfg(feature = "xlsx")]
pub use write::{Sheet, Workbook};
