//! The pages of a column, unpacked to no more than their headers say.
//!
//! The library unpacks gzip to whatever comes out of it, and a page of a mebibyte
//! may hold a gibibyte. Such pages are asked for as they are stored.

use std::{
    io::Read as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
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
    reader: Box<dyn PageReader>,
    /// That in which the reader hands its pages out.
    packing: Option<Packing>,
    /// How long the page is, once it is unpacked, whose header was read last.
    declared: Arc<AtomicUsize>,
}

/// How pages are packed that are unpacked here.
#[derive(Clone, Copy)]
enum Packing {
    Gzip,
    Lz4,
}

impl Unpacked {
    pub(super) fn new(file: &Guarded, group: &dyn RowGroupReader, leaf: usize) -> Result<Self> {
        let chunk = group.metadata().column(leaf);
        let declared = Arc::default();
        let packing = match chunk.compression() {
            Compression::GZIP(_) => Some(Packing::Gzip),
            Compression::LZ4_RAW => Some(Packing::Lz4),
            _ => None,
        };
        let reader: Box<dyn PageReader> = if packing.is_some() {
            let stored = chunk.clone().into_builder();
            let stored = stored.set_compression(Compression::UNCOMPRESSED).build()?;
            let file = Arc::new(file.telling(Arc::clone(&declared)));
            let rows = usize::try_from(group.metadata().num_rows())?;
            Box::new(SerializedPageReader::new(file, &stored, rows, None)?)
        } else {
            group.get_column_page_reader(leaf)?
        };
        Ok(Self {
            reader,
            packing,
            declared,
        })
    }

    /// The next page, where there is one.
    pub(super) fn next(&mut self) -> Result<Option<Page>> {
        let mut page = self.reader.get_next_page()?;
        let Some(packing) = self.packing else {
            return Ok(page);
        };
        let (bytes, levels) = match &mut page {
            Some(Page::DictionaryPage { buf, .. } | Page::DataPage { buf, .. }) => (buf, 0),
            // Its levels come first, and are not packed.
            Some(Page::DataPageV2 {
                buf,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed: true,
                ..
            }) => (
                buf,
                u64::from(*def_levels_byte_len) + u64::from(*rep_levels_byte_len),
            ),
            Some(Page::DataPageV2 { .. }) | None => return Ok(page),
        };
        let levels = usize::try_from(levels)?;
        let declared = self.declared.load(Ordering::Relaxed);
        *bytes = packing.unpack(bytes, levels, declared)?.into();
        Ok(page)
    }
}

impl Packing {
    /// The bytes of a page that says how long it is with its levels, of which so
    /// many bytes come first as they are.
    fn unpack(self, page: &[u8], levels: usize, declared: usize) -> Result<Vec<u8>> {
        let other = || {
            let what = format!("a page unpacks to other than the {declared} bytes that it says");
            ParquetError::General(what)
        };
        let (levels, packed) = page.split_at_checked(levels).ok_or_else(other)?;
        let values = declared.checked_sub(levels.len()).ok_or_else(other)?;
        let mut bytes = Vec::with_capacity(declared);
        bytes.extend_from_slice(levels);
        match self {
            // Where no row has a value, nothing may be packed at all.
            _ if values == 0 => {}
            Self::Gzip => {
                let unpacked = MultiGzDecoder::new(packed);
                // One more tells that there is more than there should be.
                let mut unpacked = unpacked.take(values as u64 + 1);
                unpacked.read_to_end(&mut bytes)?;
            }
            Self::Lz4 => {
                bytes.resize(declared, 0);
                let room = bytes.get_mut(levels.len()..).unwrap_or_default();
                let unpacked = lz4_flex::block::decompress_into(packed, room);
                let length = unpacked.map_err(|error| ParquetError::External(Box::new(error)))?;
                bytes.truncate(levels.len() + length);
            }
        }
        if bytes.len() == declared {
            Ok(bytes)
        } else {
            Err(other())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_page_is_unpacked_behind_its_levels_to_what_it_says_and_no_further() {
        let values = vec![7; 1 << 22];
        let mut gzip = GzEncoder::new(b"levels".to_vec(), flate2::Compression::best());
        gzip.write_all(&values).unwrap();
        let gzip = gzip.finish().unwrap();
        let whole = [b"levels", &*values].concat();
        let unpack = |declared| Packing::Gzip.unpack(&gzip, 6, declared);
        assert!(unpack(whole.len()).unwrap() == whole);
        for other in [5, 6, 60, whole.len() - 1, whole.len() + 1] {
            let unpacked = unpack(other).map(|bytes| bytes.len());
            assert_eq!(unpacked.is_ok(), other == 6, "{other}");
        }
        let cut = Packing::Gzip.unpack(&gzip[..gzip.len() - 1], 6, whole.len());
        assert!(cut.is_err());
    }
}
