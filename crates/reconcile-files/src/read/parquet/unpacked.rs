//! The pages of a column, unpacked to no more than their headers say.
//!
//! The library unpacks gzip to whatever comes out of it, though a page of a mebibyte
//! may hold a gibibyte, and every page into memory of its own, which the system has
//! to hand out and take back. So pages are asked for as they are stored, and each is
//! unpacked where the one before was.

use std::{
    io::{self, Read as _},
    mem,
    sync::Arc,
};

use flate2::bufread::MultiGzDecoder;
use parquet::{
    basic::Compression,
    column::page::{Page, PageReader},
    errors::{ParquetError, Result},
    file::{reader::RowGroupReader, serialized_reader::SerializedPageReader},
};

use super::guarded::Guarded;

/// The pages of a column of a row group, one after the other.
pub(super) struct Unpacked {
    file: Arc<Guarded>,
    reader: SerializedPageReader<Guarded>,
    /// None where they are stored as they are.
    packing: Option<Packing>,
}

/// How the pages of a column are packed.
#[derive(Clone, Copy, Debug)]
enum Packing {
    Snappy,
    Gzip,
    Lz4,
    Zstandard,
}

impl Unpacked {
    pub(super) fn new(file: &Guarded, group: &dyn RowGroupReader, leaf: usize) -> Result<Self> {
        let chunk = group.metadata().column(leaf);
        let packing = Packing::of(chunk.compression())?;
        let stored = chunk.clone().into_builder();
        let stored = stored.set_compression(Compression::UNCOMPRESSED).build()?;
        let file = Arc::new(file.of_a_column());
        let rows = usize::try_from(group.metadata().num_rows())?;
        let reader = SerializedPageReader::new(Arc::clone(&file), &stored, rows, None)?;
        Ok(Self {
            file,
            reader,
            packing,
        })
    }

    /// The next page, where there is one. Its bytes are put into `bytes`, in place of
    /// those of a page before, and are no more in the page.
    pub(super) fn next(&mut self, bytes: &mut Vec<u8>) -> Result<Option<Page>> {
        let Some(mut page) = self.reader.get_next_page()? else {
            return Ok(None);
        };
        let (stored, levels, is_packed) = match &mut page {
            Page::DictionaryPage { buf, .. } | Page::DataPage { buf, .. } => (buf, 0, true),
            // Its levels come first, and are not packed.
            Page::DataPageV2 {
                buf,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed,
                ..
            } => (
                buf,
                u64::from(*def_levels_byte_len) + u64::from(*rep_levels_byte_len),
                *is_compressed,
            ),
        };
        let stored = mem::take(stored);
        if let Some(packing) = self.packing.filter(|_| is_packed) {
            let levels = usize::try_from(levels)?;
            packing.unpack(&stored, levels, self.file.unpacked(), bytes)?;
        } else {
            bytes.clear();
            bytes.extend_from_slice(&stored);
        }
        self.file.take_back(stored);
        Ok(Some(page))
    }
}

impl Packing {
    fn of(compression: Compression) -> Result<Option<Self>> {
        Ok(match compression {
            Compression::UNCOMPRESSED => None,
            Compression::SNAPPY => Some(Self::Snappy),
            Compression::GZIP(_) => Some(Self::Gzip),
            Compression::LZ4_RAW => Some(Self::Lz4),
            Compression::ZSTD(_) => Some(Self::Zstandard),
            other => return Err(ParquetError::NYI(format!("pages packed by {other}"))),
        })
    }

    /// Puts the bytes of a page, which with its levels are so many, in place of
    /// others. Its levels, so many bytes of it, come first and as they are.
    fn unpack(
        self,
        page: &[u8],
        levels: usize,
        declared: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        let other = || {
            let what = format!("a page unpacks to other than the {declared} bytes that it says");
            ParquetError::General(what)
        };
        let (levels, packed) = page.split_at_checked(levels).ok_or_else(other)?;
        // Nothing is cleared that was there before: all of it is written over, or the
        // page is not taken.
        bytes.resize(declared, 0);
        let room = bytes.split_at_mut_checked(levels.len());
        let (begin, values) = room.ok_or_else(other)?;
        begin.copy_from_slice(levels);
        // Where no row has a value, nothing may be packed at all.
        if values.is_empty() || self.unpack_values(packed, values)? == values.len() {
            Ok(())
        } else {
            Err(other())
        }
    }

    /// Unpacks values that should fill the room, and says how many bytes they have.
    fn unpack_values(self, packed: &[u8], room: &mut [u8]) -> Result<usize> {
        let length = match self {
            Self::Snappy => snap::raw::Decoder::new()
                .decompress(packed, room)
                .map_err(io::Error::from),
            Self::Gzip => unpack_gzip(packed, room),
            Self::Lz4 => lz4_flex::block::decompress_into(packed, room).map_err(io::Error::other),
            Self::Zstandard => zstd::bulk::decompress_to_buffer(packed, room),
        };
        Ok(length?)
    }
}

fn unpack_gzip(packed: &[u8], room: &mut [u8]) -> io::Result<usize> {
    let mut unpacked = MultiGzDecoder::new(packed);
    let mut length = 0;
    while let Some(rest) = room.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match unpacked.read(rest)? {
            0 => return Ok(length),
            read => length += read,
        }
    }
    // One more tells that there is more than there should be.
    Ok(length + unpacked.read(&mut [0])?)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::write::GzEncoder;

    use super::*;

    fn packed(values: &[u8]) -> [(Packing, Vec<u8>); 4] {
        let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(values).unwrap();
        let mut snappy = snap::raw::Encoder::new();
        [
            (Packing::Snappy, snappy.compress_vec(values).unwrap()),
            (Packing::Gzip, gzip.finish().unwrap()),
            (Packing::Lz4, lz4_flex::block::compress(values)),
            (Packing::Zstandard, zstd::bulk::compress(values, 3).unwrap()),
        ]
    }

    #[test]
    fn a_page_is_unpacked_behind_its_levels_to_what_it_says_and_no_further() {
        let values = vec![7; 1 << 22];
        let whole = [b"levels", &*values].concat();
        for (packing, packed) in packed(&values) {
            let page = [b"levels", &*packed].concat();
            let mut bytes = Vec::new();
            let mut unpack = |page, declared| packing.unpack(page, 6, declared, &mut bytes);
            for other in [5, 6, 60, whole.len() - 1, whole.len() + 1] {
                assert_eq!(
                    unpack(&page, other).is_ok(),
                    other == 6,
                    "{packing:?} {other}"
                );
            }
            assert!(unpack(&page[..page.len() - 1], whole.len()).is_err());
            assert!(unpack(&page[..5], whole.len()).is_err());
            unpack(&page, whole.len()).unwrap();
            assert!(bytes == whole, "{packing:?}");
        }
    }

    #[test]
    fn nothing_is_left_of_the_page_that_was_there_before() {
        for (packing, packed) in packed(b"values") {
            for before in [0, 3, 1000] {
                let mut bytes = vec![9; before];
                packing.unpack(&packed, 0, 6, &mut bytes).unwrap();
                assert_eq!(bytes, b"values", "{packing:?}");
            }
        }
    }
}
