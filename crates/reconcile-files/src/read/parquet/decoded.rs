//! A column as the library decodes it, in whatever way it is written.

use parquet::{
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{AsBytes, ByteArrayType, DataType, FixedLenByteArrayType, Int32Type, Int64Type},
    errors::ParquetError,
};

/// Where the reading of a column of a row group stands, by its physical type.
pub(super) enum Decoded {
    I32(Batch<Int32Type>),
    I64(Batch<Int64Type>),
    Bytes(Batch<ByteArrayType>),
    Fixed(Batch<FixedLenByteArrayType>),
}

impl Decoded {
    /// From the start of a row group on; `optional` where rows without a value
    /// are told.
    pub(super) fn new(reader: ColumnReader, optional: bool) -> Result<Self, ParquetError> {
        Ok(match reader {
            ColumnReader::Int32ColumnReader(reader) => Self::I32(Batch::new(reader, optional)),
            ColumnReader::Int64ColumnReader(reader) => Self::I64(Batch::new(reader, optional)),
            ColumnReader::ByteArrayColumnReader(reader) => {
                Self::Bytes(Batch::new(reader, optional))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                Self::Fixed(Batch::new(reader, optional))
            }
            _ => return Err(ParquetError::General("the type of a column changed".into())),
        })
    }

    /// Goes to the next row and says whether it has a value.
    pub(super) fn advance(&mut self) -> Result<bool, ParquetError> {
        match self {
            Self::I32(batch) => batch.advance(),
            Self::I64(batch) => batch.advance(),
            Self::Bytes(batch) => batch.advance(),
            Self::Fixed(batch) => batch.advance(),
        }
    }

    /// The bytes of the current value, where it is no integer.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(batch) => batch.current().map(AsBytes::as_bytes),
            Self::Fixed(batch) => batch.current().map(AsBytes::as_bytes),
            Self::I32(_) | Self::I64(_) => None,
        }
    }

    /// The current value, where it is an integer.
    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::I32(batch) => batch.current().map(|number| i64::from(*number)),
            Self::I64(batch) => batch.current().copied(),
            Self::Bytes(_) | Self::Fixed(_) => None,
        }
    }
}

/// A run of decoded values.
pub(super) struct Batch<T: DataType> {
    reader: ColumnReaderImpl<T>,
    optional: bool,
    values: Vec<T::T>,
    /// Of each row, whether it has a value; unused where every row has one.
    levels: Vec<i16>,
    rows: usize,
    /// How many rows and values were gone to.
    row: usize,
    value: usize,
}

impl<T: DataType> Batch<T> {
    fn new(reader: ColumnReaderImpl<T>, optional: bool) -> Self {
        Self {
            reader,
            optional,
            values: Vec::new(),
            levels: Vec::new(),
            rows: 0,
            row: 0,
            value: 0,
        }
    }

    fn advance(&mut self) -> Result<bool, ParquetError> {
        if self.row == self.rows {
            self.fill()?;
        }
        let present = !self.optional || self.levels.get(self.row).is_some_and(|level| *level > 0);
        self.row += 1;
        self.value += usize::from(present);
        Ok(present)
    }

    /// The value of the last row that has one.
    fn current(&self) -> Option<&T::T> {
        self.values.get(self.value.checked_sub(1)?)
    }

    fn fill(&mut self) -> Result<(), ParquetError> {
        self.values.clear();
        self.levels.clear();
        (self.row, self.value) = (0, 0);
        let (rows, _, _) =
            self.reader
                .read_records(BATCH, Some(&mut self.levels), None, &mut self.values)?;
        if rows == 0 {
            return Err(ParquetError::EOF("a column ends before the others".into()));
        }
        self.rows = rows;
        Ok(())
    }
}

/// How many values are decoded at once.
const BATCH: usize = 4096;
