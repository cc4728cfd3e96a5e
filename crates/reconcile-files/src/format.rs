//! The formats of tables.

use std::{fmt, path::Path, str::FromStr};

use crate::FileError;

/// The format of a file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values (RFC 4180) with a header.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// The word for it on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// The format that the extension of `path` stands for: `jsonl`, `ndjson`,
    /// `csv`, `tsv`, `txt`, `parquet` or `pq`, in any case; an error for any other.
    pub fn of_path(path: &Path) -> Result<Self, FileError> {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str().unwrap_or_default() {
            "jsonl" | "ndjson" => Ok(Self::Jsonl),
            "csv" | "tsv" | "txt" => Ok(Self::Csv),
            "parquet" | "pq" => Ok(Self::Parquet),
            _ => Err(FileError::UnknownExtension { path: path.into() }),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = FileError;

    fn from_str(word: &str) -> Result<Self, FileError> {
        match word {
            "jsonl" => Ok(Self::Jsonl),
            "csv" => Ok(Self::Csv),
            "parquet" => Ok(Self::Parquet),
            _ => Err(FileError::UnknownFormat { word: word.into() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_format() {
        let of = |path: &str| Format::of_path(Path::new(path)).ok();
        assert_eq!(of("a/ledger.CSV"), Some(Format::Csv));
        assert_eq!(of("ledger.ndjson"), Some(Format::Jsonl));
        assert_eq!(of("ledger.pq"), Some(Format::Parquet));
        assert_eq!(of("ledger.xlsx"), None);
        assert_eq!(of("ledger"), None);
    }

    #[test]
    fn every_word_reads_back() {
        for format in [Format::Jsonl, Format::Csv, Format::Parquet] {
            assert_eq!(format.as_str().parse::<Format>().unwrap(), format);
        }
        assert!("xlsx".parse::<Format>().is_err());
    }
}
