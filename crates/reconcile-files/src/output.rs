//! Files that appear whole or not at all.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tempfile::{NamedTempFile, TempPath};

use crate::FileError;

/// A file that appears under its name, whole, on [`commit`](Self::commit).
///
/// Until then it is a temporary file beside its target; dropped without a
/// commit, it leaves nothing, and a file that stood there stays as it was. A
/// target that is no regular file (`/dev/null`, a named pipe) is written directly.
#[derive(Debug)]
pub struct OutputFile {
    target: PathBuf,
    writer: BufWriter<File>,
    /// Absent where the target is written directly.
    temporary: Option<TempPath>,
    /// The directory that was made for the file goes after the file is gone.
    directory: Option<Arc<MadeDirectories>>,
}

impl OutputFile {
    /// Prepares to write `target`; an error when it could not be written at the end.
    pub fn create(target: &Path) -> Result<Self, FileError> {
        let target = followed(target);
        let refuse = |reason, hint| {
            Err(FileError::Target {
                path: target.clone(),
                reason,
                hint,
            })
        };
        match fs::metadata(&target) {
            Ok(found) if found.is_dir() => {
                return refuse("it is a directory", "name a file in it");
            }
            Ok(found) if found.permissions().readonly() => {
                return refuse(
                    "it is there and read-only",
                    "choose another name, or make it writable",
                );
            }
            Ok(found) if !found.is_file() => return Self::direct(target),
            _ => {}
        }
        let parent = parent_of(&target);
        if !parent.is_dir() {
            return refuse(
                "its directory does not exist",
                "create the directory first, or choose another",
            );
        }
        let temporary = temporary_in(parent).map_err(|source| FileError::Write {
            path: target.clone(),
            source,
        })?;
        let (file, temporary) = temporary.into_parts();
        Ok(Self {
            target,
            writer: BufWriter::with_capacity(BUFFER, file),
            temporary: Some(temporary),
            directory: None,
        })
    }

    /// Where the file will be.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.target
    }

    /// Puts the file in its place, replacing what stood there.
    pub fn commit(mut self) -> Result<(), FileError> {
        self.complete()?;
        self.publish()
    }

    fn direct(target: PathBuf) -> Result<Self, FileError> {
        match File::options().write(true).open(&target) {
            Ok(file) => Ok(Self {
                target,
                writer: BufWriter::with_capacity(BUFFER, file),
                temporary: None,
                directory: None,
            }),
            Err(source) => Err(FileError::Write {
                path: target,
                source,
            }),
        }
    }

    /// Brings every byte to the disk.
    fn complete(&mut self) -> Result<(), FileError> {
        self.writer
            .flush()
            .and_then(|()| match self.temporary {
                Some(_) => self.writer.get_ref().sync_all(),
                None => Ok(()),
            })
            .map_err(|source| self.error(source))
    }

    fn publish(mut self) -> Result<(), FileError> {
        let Some(temporary) = self.temporary.take() else {
            return Ok(());
        };
        temporary
            .persist(&self.target)
            .map_err(|error| self.error(error.error))?;
        if let Some(directory) = &self.directory {
            directory.keep.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn error(&self, source: io::Error) -> FileError {
        FileError::Write {
            path: self.target.clone(),
            source,
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A directory whose files appear together at the end of a run.
///
/// A directory that was made for the run goes again when nothing was committed.
#[derive(Debug)]
pub struct OutputDir {
    path: PathBuf,
    complete: Vec<OutputFile>,
    /// Files of an earlier run that have no successor in this one.
    outdated: Vec<PathBuf>,
    made: Arc<MadeDirectories>,
}

impl OutputDir {
    /// Makes the directory, and those above it, where they are missing.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        if path.exists() && !path.is_dir() {
            return Err(FileError::Target {
                path: path.into(),
                reason: "it is a file",
                hint: "name a directory",
            });
        }
        let mut made = MadeDirectories::default();
        let missing: Vec<_> = path
            .ancestors()
            .take_while(|above| !above.as_os_str().is_empty() && !above.exists())
            .collect();
        for directory in missing.iter().rev() {
            fs::create_dir(directory).map_err(|source| FileError::Write {
                path: (*directory).into(),
                source,
            })?;
            made.paths.push((*directory).into());
        }
        Ok(Self {
            path: path.into(),
            complete: Vec::new(),
            outdated: Vec::new(),
            made: Arc::new(made),
        })
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Prepares to write the file with this name in the directory.
    pub fn file(&self, name: &str) -> Result<OutputFile, FileError> {
        let mut file = OutputFile::create(&self.path.join(name))?;
        file.directory = Some(Arc::clone(&self.made));
        Ok(file)
    }

    /// Takes a file that is written to its end, to appear with the others.
    pub fn add(&mut self, mut file: OutputFile) -> Result<(), FileError> {
        file.complete()?;
        self.complete.push(file);
        Ok(())
    }

    /// Lets the file with this name, which an earlier run left and this one does
    /// not write, go when the new files appear. Returns whether there is one.
    ///
    /// Nothing but a file goes: a directory of this name is not a run's.
    pub fn discard(&mut self, name: &str) -> bool {
        let path = self.path.join(name);
        let found = fs::symlink_metadata(&path).is_ok_and(|found| !found.is_dir());
        if found {
            self.outdated.push(path);
        }
        found
    }

    /// Lets every file that was added appear.
    ///
    /// All of them are on the disk by now, so only removals and renames are
    /// left: each is atomic, the set of them is not, and an error names the file
    /// that failed. What is discarded goes first, so that it never stands beside
    /// a file of this run.
    pub fn commit(mut self) -> Result<(), FileError> {
        self.made.keep.store(true, Ordering::Relaxed);
        self.outdated.drain(..).try_for_each(remove)?;
        self.complete.drain(..).try_for_each(OutputFile::publish)
    }
}

/// Rows are written in small pieces; the system gets large ones.
const BUFFER: usize = 1 << 16;

/// Directories that go when they were made for nothing.
#[derive(Debug, Default)]
struct MadeDirectories {
    /// From the top down.
    paths: Vec<PathBuf>,
    keep: AtomicBool,
}

impl Drop for MadeDirectories {
    fn drop(&mut self) {
        if self.keep.load(Ordering::Relaxed) {
            return;
        }
        for path in self.paths.iter().rev() {
            // One that somebody else put a file into stays.
            if fs::remove_dir(path).is_err() {
                return;
            }
        }
    }
}

/// One that somebody else has removed by now is just as gone.
fn remove(path: PathBuf) -> Result<(), FileError> {
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(FileError::Write { path, source })
        }
        _ => Ok(()),
    }
}

/// The file that a symbolic link leads to, so that the link stays one.
fn followed(target: &Path) -> PathBuf {
    match fs::symlink_metadata(target) {
        Ok(found) if found.is_symlink() => {
            fs::canonicalize(target).unwrap_or_else(|_| target.into())
        }
        _ => target.into(),
    }
}

fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn temporary_in(directory: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".reconcile-").suffix(".partial");
    #[cfg(unix)]
    {
        // Temporary files are private unless told otherwise; this one becomes
        // the user's file, with the rights that the umask leaves.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}
