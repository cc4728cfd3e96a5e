//! `cargo xtask models`: makes, or checks, everything that is generated.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use similar::TextDiff;

use crate::{Error, Workspace, emit, fixture, lock::Lock, lower, overrides::Overrides};

/// What to do about a file that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write it.
    Write,
    /// Only say it.
    Check,
}

/// A file that was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The file, below the checkout.
    pub path: PathBuf,
    /// What is different, as a unified diff from what was there.
    pub diff: String,
}

/// The command that brings everything up to date.
pub const COMMAND: &str = "cargo xtask models";

/// Generates the models of one provider, or of all, and compares with what is
/// there. Nothing is written unless everything could be generated.
pub fn run(workspace: &Workspace, provider: Option<&str>, mode: Mode) -> Result<Vec<Stale>, Error> {
    let mut files = Vec::new();
    for provider in workspace.select(provider)? {
        files.extend(generate(workspace, &provider)?);
    }
    let mut stale = Vec::new();
    for file in &files {
        stale.extend(settle(workspace, file, mode)?);
    }
    Ok(stale)
}

/// A file as it should be.
struct Generated {
    path: PathBuf,
    text: String,
}

fn generate(workspace: &Workspace, provider: &str) -> Result<[Generated; 3], Error> {
    let lock_path = workspace.lock(provider);
    let learned = Lock::read(workspace, &lock_path)?.map_or_else(Default::default, |l| l.learned);
    let fixtures = fixture::read_all(workspace, provider)?;
    let lock = Lock::of_fixtures(workspace, &fixtures, learned)?;
    let overrides = Overrides::read(&workspace.overrides(provider))?;
    let model = lower::lower(&overrides, &lock).map_err(|error| of_provider(provider, error))?;
    let unparsable = |error: syn::Error| {
        Error::Refused(vec![format!(
            "{provider}: the generated code is no Rust: {error}"
        )])
    };
    let who = &overrides.provider;
    Ok([
        Generated {
            path: lock_path,
            text: lock.text(),
        },
        Generated {
            path: workspace.models(&who.package),
            text: emit::models(provider, who, &model).map_err(unparsable)?,
        },
        Generated {
            path: workspace.roots(provider),
            text: emit::roots(provider, who, &model),
        },
    ])
}

/// Every line of a refusal says whose overrides are meant, but for what is to
/// be written there.
fn of_provider(provider: &str, error: Error) -> Error {
    let told = |line: &str| {
        let whose = if line.starts_with(' ') {
            String::new()
        } else {
            format!("{provider}: ")
        };
        whose + line
    };
    match error {
        Error::Refused(refusals) => Error::Refused(
            refusals
                .iter()
                .flat_map(|refusal| refusal.lines().map(told))
                .collect(),
        ),
        other => other,
    }
}

fn settle(workspace: &Workspace, file: &Generated, mode: Mode) -> Result<Option<Stale>, Error> {
    let Generated { path, text } = file;
    let there = match fs::read_to_string(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(source) => {
            return Err(Error::Read {
                path: path.clone(),
                source,
            });
        }
    };
    if there == *text {
        return Ok(None);
    }
    if mode == Mode::Write {
        write(path, text)?;
    }
    let path = workspace.shown(path).to_owned();
    let name = path.display().to_string();
    let diff = TextDiff::from_lines(&there, text);
    let diff = diff
        .unified_diff()
        .header(&name, &format!("{name} as {COMMAND} makes it"))
        .to_string();
    Ok(Some(Stale { path, diff }))
}

/// Beside the file first, so that nobody ever sees half of it.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |source| Error::Write {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let beside = path.with_extension("new");
    fs::write(&beside, text).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)
}
