//! Files of a run: bodies that were kept elsewhere, and what is written.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use xtask::{
    Error, Workspace,
    drift::{Known, Seen},
    fixture::{Body, PUBLISHED, Sidecar},
    json,
    redact::Redactor,
};

use crate::scenario::Trouble;

/// What the bodies in a folder show.
pub(super) fn read(known: &Known, folder: &Path) -> Result<Seen, Vec<Trouble>> {
    let mut seen = Seen::default();
    let mut troubles = Vec::new();
    for operation in entries(folder)? {
        let name = operation.file_name().unwrap_or_default().to_string_lossy();
        if !operation.is_dir() || name == PUBLISHED {
            continue;
        }
        for path in entries(&operation)? {
            let is_body = path
                .extension()
                .is_some_and(|extension| extension == "json");
            if is_body && let Err(trouble) = read_one(known, &name, &path, &mut seen) {
                troubles.push(trouble);
            }
        }
    }
    if troubles.is_empty() {
        Ok(seen)
    } else {
        Err(troubles)
    }
}

fn read_one(known: &Known, operation: &str, path: &Path, seen: &mut Seen) -> Result<(), Trouble> {
    let unreadable = |source| {
        Trouble::from(Error::Read {
            path: path.to_owned(),
            source,
        })
    };
    let text = fs::read(path).map_err(unreadable)?;
    let body = json::read(&text).map_err(|error| {
        Trouble::from(Error::Body {
            path: path.to_owned(),
            syntax: error.to_string(),
        })
    })?;
    let beside = path.with_extension("meta.toml");
    let sidecar = match fs::read_to_string(&beside) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unreadable(error)),
    };
    let sidecar: Option<Sidecar> = sidecar
        .map(|text| toml::from_str(&text))
        .transpose()
        .map_err(|_| {
            // The parser's words may quote the file.
            Trouble::from(Error::Settings {
                path: beside,
                reason: "it is no sidecar of a fixture".to_owned(),
            })
        })?;
    let root = match sidecar.as_ref().map(|sidecar| sidecar.body) {
        Some(Body::Request) => format!("{operation}.request"),
        Some(Body::Error) => "error".to_owned(),
        Some(Body::Response) | None => operation.to_owned(),
    };
    // Keys that may be data must not be told.
    Redactor::new(&known.overrides)
        .body(&root, &body)
        .map_err(|findings| Trouble {
            causes: findings.iter().map(ToString::to_string).collect(),
            ..Trouble::new(
                format!("{} must not be looked at", path.display()),
                "remove what must not be there",
            )
        })?;
    seen.body(known, &root, &body);
    if let Some(response) = sidecar.and_then(|sidecar| sidecar.response)
        && root == operation
    {
        seen.status(operation, response.status);
    }
    Ok(())
}

/// Adds what was seen to the lock: counts and formats, never values.
pub(super) fn learn(
    workspace: &Workspace,
    known: &Known,
    seen: &Seen,
) -> Result<PathBuf, Vec<Trouble>> {
    let path = workspace.lock(known.provider());
    let mut lock = known.lock.clone();
    for (root, samples, shape) in seen.shapes().filter(|(root, ..)| known.has_root(root)) {
        let learned = lock.learned.entry(root.to_owned()).or_default();
        learned.samples += samples;
        learned.shape.merge(shape);
    }
    write_all(&[(path.clone(), lock.text())])?;
    Ok(path)
}

/// Writes all of these files, or none.
pub(super) fn write_all(texts: &[(PathBuf, String)]) -> Result<(), Vec<Trouble>> {
    let beside = |path: &Path| path.with_extension("new");
    let written = texts.iter().try_for_each(|(path, text)| {
        let write = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(beside(path), text)
        };
        write().map_err(|source| (path.clone(), source))
    });
    let renamed = written.and_then(|()| {
        texts.iter().try_for_each(|(path, _)| {
            fs::rename(beside(path), path).map_err(|source| (path.clone(), source))
        })
    });
    renamed.map_err(|(path, source)| {
        for (path, _) in texts {
            // What was not written is not there to be removed.
            let _ = fs::remove_file(beside(path));
        }
        vec![Trouble::from(Error::Write { path, source })]
    })
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Vec<Trouble>> {
    let read = || -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(folder)?;
        let mut paths: Vec<_> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        paths.sort();
        Ok(paths)
    };
    read().map_err(|source| {
        vec![Trouble::from(Error::Read {
            path: folder.to_owned(),
            source,
        })]
    })
}
