//! Reading ledgers and records into books, each file once and a row at a time.

mod attributes;
mod csv;
mod foreign;
mod hint;
mod jsonl;
mod line;
#[cfg(feature = "parquet")]
mod parquet;
mod row;
mod text;

use std::{
    fs::File,
    io::{self, Cursor, Read, Write},
    path::Path,
};

use reconcile_engine::Book;

use self::{attributes::Attributes, line::Problem, row::RowReader};
pub use self::{line::BadLine, text::read_text};
use crate::{Field, FileError, Format, Mapping, mapping::Side, shown::shown, value::Fields};

/// What to do with a line that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Stop with an error.
    Stop,
    /// Leave it out and keep it in [`Ledger::set_aside`]. A CSV in which a quote
    /// is lost stops even so: which lines it has is not known from there on.
    SetAside,
}

/// A ledger as it was read.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ledger {
    /// The rows that could be read.
    pub book: Book,
    /// The lines that could not, in the order of the file.
    pub set_aside: Vec<BadLine>,
    /// How many rows the file has, those that were set aside included.
    pub rows: u64,
    /// The header as it stands in the file; empty where the format has none.
    header: Vec<u8>,
}

impl Ledger {
    /// Writes the lines that were set aside as they stand in the file, after
    /// its header, so that they can be corrected and read again. A row of a
    /// Parquet file is written as a JSON object of what was read.
    pub fn write_set_aside(&self, mut output: impl Write) -> Result<(), FileError> {
        let lines = self.set_aside.iter().map(BadLine::text);
        std::iter::once(self.header.as_slice())
            .chain(lines)
            .filter(|line| !line.is_empty())
            .try_for_each(|line| {
                output.write_all(line)?;
                output.write_all(b"\n")
            })
            .and_then(|()| output.flush())
            .map_err(|source| FileError::Output(Box::new(source)))
    }
}

/// Reads the merchant's ledger: CSV, JSON Lines or Parquet, by the extension.
///
/// Without a mapping its columns are `id` (the line number where there is
/// none), `reference`, `amount`, `currency`, `date`, and optionally `kind`,
/// `direction`, `status`, `fee`, `description` and `account`. A negative
/// amount with no direction is a debit; a mapping may name two columns in place
/// of `amount`, one of what came in and one of what went out. Amounts are exact:
/// what has more digits than can be held is an error.
pub fn read_ledger(path: &Path, mapping: &Mapping, invalid: Invalid) -> Result<Ledger, FileError> {
    read(path, Side::Ledger, mapping, invalid, None)
}

/// Reads a file of records: CSV, JSON Lines or Parquet, by the extension.
///
/// Without a mapping its columns are those that
/// [`RecordWriter`](crate::RecordWriter) writes, of which `id`, `kind`,
/// `direction`, `status`, `reference`, `amount`, `currency` and `created_at`
/// must be there, and `fee`, `fee_currency`, `account` and `description` are
/// read where they are. A fee in another currency than the amount has no place
/// in a book and is left out. Of `attributes`, what the mapping names is kept.
pub fn read_records(path: &Path, mapping: &Mapping) -> Result<Book, FileError> {
    read(path, Side::Records, mapping, Invalid::Stop, None).map(|read| read.book)
}

/// Takes rows that are not to stay in the book.
pub(crate) type Handover<'a> = &'a mut dyn FnMut(&Book) -> Result<(), FileError>;

/// Reads a side. Where rows are handed over, the book is empty in the end.
pub(crate) fn read<'a>(
    path: &'a Path,
    side: Side,
    mapping: &'a Mapping,
    invalid: Invalid,
    handover: Option<Handover<'a>>,
) -> Result<Ledger, FileError> {
    mapping.check().map_err(|wrong| FileError::Mapping {
        path: path.into(),
        message: wrong.message,
        hint: wrong.hint,
    })?;
    let unreadable = |source| FileError::Read {
        path: path.into(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut start = Vec::with_capacity(foreign::BYTES);
    (&file)
        .take(foreign::BYTES as u64)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    let mut collector = Collector::new(path, side, mapping, invalid, handover);
    if start == MAGIC {
        read_parquet(file, &mut collector)?;
        return collector.finish();
    }
    refuse_foreign(path, &start)?;
    // A byte order mark says nothing that UTF-8 does not say.
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    let bytes = Cursor::new(text).chain(file);
    match Format::of_path(path)? {
        Format::Csv => csv::read(bytes, &mut collector)?,
        Format::Jsonl => jsonl::read(bytes, &mut collector)?,
        Format::Parquet => {
            return Err(FileError::WrongFormat {
                path: path.into(),
                found: "is named as Parquet and is none",
                hint: "name it by what it is, .csv or .jsonl",
            });
        }
    }
    collector.finish()
}

/// What a Parquet file begins with.
const MAGIC: &[u8] = b"PAR1";

#[cfg(feature = "parquet")]
fn read_parquet(file: File, collector: &mut Collector<'_>) -> Result<(), FileError> {
    parquet::read(file, collector)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(_: File, _: &mut Collector<'_>) -> Result<(), FileError> {
    Err(FileError::NoParquet)
}

/// An error for a file that people take for text.
fn refuse_foreign(path: &Path, start: &[u8]) -> Result<(), FileError> {
    match foreign::recognised(start) {
        Some((found, hint)) => Err(FileError::WrongFormat {
            path: path.into(),
            found,
            hint,
        }),
        None => Ok(()),
    }
}

/// The most that is set aside of a file, in bytes: such a file is not written as
/// the mapping says, and its lines would be held for nothing.
const MOST_SET_ASIDE: usize = 256 << 20;

/// What a line that was set aside takes beside its text, in bytes.
const BESIDE_TEXT: usize = 256;

/// Takes the rows of a file into a book.
struct Collector<'a> {
    path: &'a Path,
    side: Side,
    mapping: &'a Mapping,
    rows: RowReader<'a>,
    invalid: Invalid,
    ledger: Ledger,
    /// How much memory the lines take that were set aside, in bytes.
    set_aside: usize,
    line_number: String,
    handover: Option<Handover<'a>>,
}

/// How many rows are handed over at once.
const ROWS_AT_ONCE: usize = 4096;

impl<'a> Collector<'a> {
    fn new(
        path: &'a Path,
        side: Side,
        mapping: &'a Mapping,
        invalid: Invalid,
        handover: Option<Handover<'a>>,
    ) -> Self {
        Self {
            path,
            side,
            mapping,
            rows: RowReader::new(side, mapping),
            invalid,
            ledger: Ledger {
                book: Book::new(),
                set_aside: Vec::new(),
                rows: 0,
                header: Vec::new(),
            },
            set_aside: 0,
            line_number: String::new(),
            handover,
        }
    }

    fn finish(mut self) -> Result<Ledger, FileError> {
        self.hand_over()?;
        Ok(self.ledger)
    }

    fn hand_over(&mut self) -> Result<(), FileError> {
        if let Some(handover) = &mut self.handover {
            handover(&self.ledger.book)?;
            self.ledger.book = Book::new();
        }
        Ok(())
    }

    /// Takes the row on this line, or what is wrong with it; `text` gives the
    /// line as it stands in the file.
    fn take<'c>(
        &mut self,
        line: u64,
        row: Result<(&impl Fields<'c>, &Attributes<'c>), Problem>,
        text: impl FnOnce() -> Vec<u8>,
    ) -> Result<(), FileError> {
        let (cells, attributes) = match row {
            Ok(row) => row,
            Err(problem) => return self.refuse(line, problem, text()),
        };
        let reader = self.rows;
        let row = match reader.row(line, cells, &mut self.line_number) {
            Ok(row) => row,
            Err(problem) => return self.refuse(line, problem, text()),
        };
        let changed = reader.changed_later(cells, row.date);
        let changed = changed.as_deref().map(|text| (Book::UPDATED_AT, text));
        let attributes = attributes.iter().map(|(name, text)| (*name, &**text));
        let pushed = self.ledger.book.push_with(row, attributes.chain(changed));
        pushed.map_err(|source| FileError::Book {
            path: self.path.into(),
            source,
        })?;
        self.ledger.rows += 1;
        if self.handover.is_some() && self.ledger.book.len() >= ROWS_AT_ONCE {
            self.hand_over()?;
        }
        Ok(())
    }

    /// Takes a line that cannot be read for what it is.
    fn refuse(&mut self, line: u64, problem: Problem, text: Vec<u8>) -> Result<(), FileError> {
        let bad = BadLine::new(line, problem, text);
        self.ledger.rows += 1;
        match self.invalid {
            Invalid::Stop => Err(self.stop(bad)),
            Invalid::SetAside => {
                self.set_aside += bad.text().len() + BESIDE_TEXT;
                self.ledger.set_aside.push(bad);
                if self.set_aside > MOST_SET_ASIDE {
                    return Err(FileError::TooManyInvalid {
                        path: self.path.into(),
                        lines: self.ledger.set_aside.len(),
                    });
                }
                Ok(())
            }
        }
    }

    /// The error that this line is, when it cannot be left out.
    fn stop(&self, bad: BadLine) -> FileError {
        FileError::Line {
            path: self.path.into(),
            line: Box::new(bad),
        }
    }

    /// Where in `names` the columns are that are read; an error when one is
    /// there twice or one that is needed is not there.
    fn find_columns(&self, names: &[String]) -> Result<Vec<(Field, usize)>, FileError> {
        let mut sorted: Vec<_> = names.iter().filter(|name| !name.is_empty()).collect();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find(|pair| pair.first() == pair.last());
        if let Some(name) = twice.and_then(<[_]>::first) {
            return Err(FileError::DuplicateColumn {
                path: self.path.into(),
                column: shown(name),
            });
        }
        let object = names.iter().any(|name| name == attributes::OBJECT);
        let in_object = |field| {
            let mut fields = self.mapping.in_attributes(self.side);
            object && fields.any(|one| one.field == field)
        };
        let mut found = Vec::new();
        let read = Field::ALL.into_iter();
        for field in read.filter(|field| self.mapping.reads(*field)) {
            let column = self.mapping.column(self.side, field);
            match names.iter().position(|name| name == column) {
                Some(index) => found.push((field, index)),
                None if self.mapping.needs(self.side, field) && !in_object(field) => {
                    return Err(self.missing_column(field, names));
                }
                None => {}
            }
        }
        Ok(found)
    }

    fn missing_attribute(&self, name: &str, column: &str, found: &[String]) -> FileError {
        let table = self.side.table();
        FileError::MissingColumn {
            path: self.path.into(),
            column: shown(column),
            found: found.iter().map(|name| shown(name)).collect(),
            hint: format!(
                "say which column it is under [{table}] in the rules file: attributes = {{ {name} = \"…\" }}"
            ),
        }
    }

    fn missing_column(&self, field: Field, found: &[String]) -> FileError {
        let column = self.mapping.column(self.side, field);
        FileError::MissingColumn {
            path: self.path.into(),
            column: shown(column),
            found: found.iter().map(|name| shown(name)).collect(),
            hint: hint::column(field, column, found, self.side),
        }
    }

    fn unreadable(&self, source: io::Error) -> FileError {
        FileError::Read {
            path: self.path.into(),
            source,
        }
    }
}
