//! What lies in the folder of a provider, and what should.

use std::path::{Path, PathBuf};

use super::{Findings, cause};
use crate::{
    Error,
    fixture::{self, Fixture, PUBLISHED},
    workspace::{entries, folders},
};

/// Beside the folders of the operations.
const DECISIONS: &str = "overrides.toml";
const EVIDENCE: &str = "shapes.lock.json";
const SIDECAR: &str = ".meta.toml";

/// The bodies of a provider, sorted.
pub(super) fn bodies(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut bodies = Vec::new();
    for operation in folders(folder)? {
        let files = entries(&operation)?.into_iter();
        bodies.extend(files.filter(|path| path.extension().is_some_and(|end| end == "json")));
    }
    Ok(bodies)
}

/// Every file of a provider, sorted.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// Every fixture that can be read. What is no part of one is found.
pub(super) fn read(folder: &Path, findings: &mut Findings<'_>) -> Result<Vec<Fixture>, Error> {
    let mut fixtures = Vec::new();
    for path in entries(folder)? {
        match name(&path).as_str() {
            PUBLISHED | DECISIONS | EVIDENCE => {}
            _ if path.is_dir() => fixtures.extend(read_operation(&path, findings)?),
            _ => findings.find(
                &path,
                "is no part of a fixture; a body lies in the folder of its operation",
            ),
        }
    }
    Ok(fixtures)
}

fn read_operation(folder: &Path, findings: &mut Findings<'_>) -> Result<Vec<Fixture>, Error> {
    let operation = name(folder);
    if !is_kebab(&operation) {
        findings.find(
            folder,
            "the name of an operation is in lower case, with `-` for blanks",
        );
    }
    let mut fixtures = Vec::new();
    for path in entries(folder)? {
        let file = name(&path);
        if let Some(case) = file.strip_suffix(SIDECAR) {
            if !folder.join(format!("{case}.json")).is_file() {
                findings.find(&path, format!("has no body `{case}.json` beside it"));
            }
        } else if let Some(case) = file.strip_suffix(".json") {
            fixtures.extend(read_case(&operation, case, &path, findings));
        } else {
            findings.find(
                &path,
                "is neither a body (`.json`) nor a sidecar (`.meta.toml`)",
            );
        }
    }
    Ok(fixtures)
}

fn read_case(
    operation: &str,
    case: &str,
    path: &Path,
    findings: &mut Findings<'_>,
) -> Option<Fixture> {
    if !is_kebab(case) {
        findings.find(
            path,
            "the name of a case is in lower case, with `-` for blanks",
        );
    }
    let sidecar = path.with_extension("meta.toml");
    if !sidecar.is_file() {
        findings.find(path, format!("has no sidecar `{case}{SIDECAR}` beside it"));
        return None;
    }
    fixture::read(operation, path)
        .map_err(|error| findings.find(&sidecar, cause(&error)))
        .ok()
}

pub(super) fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn is_kebab(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.split('-').all(is_word)
}
