//! A file whose pages are looked at before they are unpacked.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    mem,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use parquet::{
    errors::{ParquetError, Result},
    file::reader::{ChunkReader, Length},
};

use super::LONGEST_PAGE;

/// A file that gives out no page that unpacks to more than any real one.
///
/// The library takes the memory that the header of a page asks for before it
/// looks at the page, and a header may ask for two gibibytes.
pub(super) struct Guarded {
    file: Arc<File>,
    length: u64,
    /// How long the page is, once it is unpacked, whose header was read last.
    unpacked: AtomicUsize,
    /// Where the next page is read.
    room: Arc<Mutex<Vec<u8>>>,
}

impl Guarded {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self {
            file: Arc::new(file),
            length,
            unpacked: AtomicUsize::default(),
            room: Arc::default(),
        })
    }

    /// The same file for the reader of one column.
    pub(super) fn of_a_column(&self) -> Self {
        Self {
            file: Arc::clone(&self.file),
            length: self.length,
            unpacked: AtomicUsize::default(),
            room: Arc::clone(&self.room),
        }
    }

    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// How long the page is, once it is unpacked, whose header was read last.
    pub(super) fn unpacked(&self) -> usize {
        self.unpacked.load(Ordering::Relaxed)
    }

    /// Takes back the bytes of a page that is not needed any more: the next one is
    /// read in their place, and no memory is asked for.
    pub(super) fn take_back(&self, bytes: Bytes) {
        if let Ok(mut room) = self.room.lock() {
            *room = bytes.into();
        }
    }

    fn reader(&self, start: u64) -> io::Result<Arc<File>> {
        let mut file = Arc::clone(&self.file);
        file.seek(SeekFrom::Start(start))?;
        Ok(file)
    }
}

impl Length for Guarded {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Guarded {
    type T = BufReader<Arc<File>>;

    /// From here on, where a header stands or the end of the file does.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut reader = BufReader::new(self.reader(start)?);
        let length = unpacked(reader.fill_buf()?).unwrap_or_default();
        match usize::try_from(length) {
            Ok(length) if length <= LONGEST_PAGE => {
                self.unpacked.store(length, Ordering::Relaxed);
                Ok(reader)
            }
            _ => Err(ParquetError::General(format!(
                "a page that unpacks to {} MiB",
                length >> 20
            ))),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF(
                "a part beyond the end of the file".into(),
            ));
        }
        let room = self.room.lock().map(|mut room| mem::take(&mut *room));
        let mut bytes = room.unwrap_or_default();
        bytes.resize(length, 0);
        self.reader(start)?.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// How long the page is that has this header, once it is unpacked.
///
/// A header is a structure of [Thrift's compact protocol][thrift]: its first two
/// fields, the kind of the page and this length, each have a byte that says so
/// and a number of seven bits a byte, doubled.
///
/// [thrift]: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
fn unpacked(header: &[u8]) -> Option<u64> {
    let (_, rest) = field(header)?;
    let (doubled, _) = field(rest)?;
    Some(doubled >> 1)
}

fn field(bytes: &[u8]) -> Option<(u64, &[u8])> {
    const NEXT_I32: u8 = 0x15;
    let number = bytes.strip_prefix(&[NEXT_I32])?;
    let length = 1 + number.iter().position(|byte| *byte < 0x80)?;
    let (number, rest) = number.split_at_checked(length.min(10))?;
    let number = number.iter().rev();
    let number = number.fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f));
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_how_long_its_page_is() {
        assert_eq!(unpacked(&[0x15, 4, 0x15, 20, 0x15, 24]), Some(10));
        let longest = [0x15, 0, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f];
        assert_eq!(unpacked(&longest), Some(0x7fff_ffff));
        for other in [
            &b"\x15"[..],
            b"",
            b"PAR1",
            &[0x15, 0x80],
            &[0x15, 0, 0x25, 0],
        ] {
            assert_eq!(unpacked(other), None);
        }
    }
}
