//! Bins of bytes in one temporary file.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::FileError;

/// What is put into many bins at once, and taken out a bin at a time.
///
/// A bin is a list of chunks in the file, so that however many bins there are,
/// one file is open and the disk sees large pieces.
#[derive(Debug)]
pub(super) struct Bins {
    folder: PathBuf,
    /// It has no name: nobody else opens it, and it is gone with the process.
    file: File,
    end: u64,
    all: Vec<Bin>,
}

#[derive(Clone, Debug, Default)]
struct Bin {
    chunks: Vec<Chunk>,
    /// What is not written yet.
    open: Vec<u8>,
}

/// A piece of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    start: u64,
    length: usize,
}

/// How long chunks are, at least but for the last of each bin.
const CHUNK: usize = 1 << 14;

impl Bins {
    pub(super) fn new(folder: &Path, bins: u32) -> Result<Self, FileError> {
        let file = tempfile::tempfile_in(folder).map_err(|source| FileError::Scratch {
            folder: folder.into(),
            source,
        })?;
        Ok(Self {
            folder: folder.into(),
            file,
            end: 0,
            all: vec![Bin::default(); bins as usize],
        })
    }

    /// Puts what is written as one into a bin: it is never cut.
    pub(super) fn push(
        &mut self,
        bin: u32,
        write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
    ) -> Result<(), FileError> {
        let Some(bin) = self.all.get_mut(bin as usize) else {
            return Ok(());
        };
        let mut pushed = write(&mut bin.open);
        if bin.open.len() >= CHUNK {
            pushed = pushed.and_then(|()| bin.flush(&self.file, &mut self.end));
        }
        pushed.map_err(|source| self.unusable(source))
    }

    /// How many bytes are in a bin.
    pub(super) fn bytes(&self, bin: u32) -> usize {
        let bin = self.all.get(bin as usize);
        bin.map_or(0, |bin| {
            let written: usize = bin.chunks.iter().map(|chunk| chunk.length).sum();
            written + bin.open.len()
        })
    }

    /// Takes out of a bin what was put in, a chunk at a time, in its order.
    pub(super) fn read(
        &mut self,
        bin: u32,
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), FileError> {
        let bin = self.all.get_mut(bin as usize).map(std::mem::take);
        let bin = bin.unwrap_or_default();
        let mut bytes = Vec::new();
        let chunks = bin.chunks.iter().try_for_each(|chunk| {
            chunk.read(&self.file, &mut bytes)?;
            each(&bytes)
        });
        chunks
            .and_then(|()| each(&bin.open))
            .map_err(|source| self.unusable(source))
    }

    /// The file with all that was put in, and where in it the bins are.
    pub(super) fn finish(mut self) -> Result<(File, Vec<Vec<Chunk>>), FileError> {
        let flushed = self
            .all
            .iter_mut()
            .try_for_each(|bin| bin.flush(&self.file, &mut self.end));
        flushed.map_err(|source| self.unusable(source))?;
        let chunks = self.all.into_iter().map(|bin| bin.chunks);
        Ok((self.file, chunks.collect()))
    }

    fn unusable(&self, source: io::Error) -> FileError {
        FileError::Scratch {
            folder: self.folder.clone(),
            source,
        }
    }
}

impl Bin {
    fn flush(&mut self, mut file: &File, end: &mut u64) -> io::Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        file.seek(SeekFrom::Start(*end))?;
        file.write_all(&self.open)?;
        self.chunks.push(Chunk {
            start: *end,
            length: self.open.len(),
        });
        *end += self.open.len() as u64;
        self.open.clear();
        Ok(())
    }
}

impl Chunk {
    /// Reads it in place of what is in `bytes`.
    pub(super) fn read(self, mut file: &File, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.clear();
        bytes.resize(self.length, 0);
        file.seek(SeekFrom::Start(self.start))?;
        file.read_exact(bytes)
    }
}
