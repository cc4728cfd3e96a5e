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

/// The lock of shapes, without its ending.
const LOCK: &str = "shapes.lock";

/// How bodies are to lie in a folder.
pub(super) const LAYOUT: &str =
    "bodies are DIR/<operation>/<case>.json, as in fixtures/<provider>, or DIR/<operation>.json";

/// What the bodies in a folder show.
pub(super) fn read(known: &Known, folder: &Path) -> Result<Seen, Vec<Trouble>> {
    let mut seen = Seen::default();
    let mut troubles = Vec::new();
    for (operation, path) in bodies(folder)? {
        if let Err(trouble) = read_one(known, &operation, &path, &mut seen) {
            troubles.push(trouble);
        }
    }
    if troubles.is_empty() {
        Ok(seen)
    } else {
        Err(troubles)
    }
}

/// The bodies in a folder with the operation of each. What lies beside the
/// folders of operations may be the lock of shapes.
fn bodies(folder: &Path) -> Result<Vec<(String, PathBuf)>, Vec<Trouble>> {
    let mut bodies = Vec::new();
    let is_body = |path: &Path| path.extension().is_some_and(|ending| ending == "json");
    for path in entries(folder)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.into_owned();
        if path.is_dir() && name != PUBLISHED {
            let cases = entries(&path)?.into_iter().filter(|path| is_body(path));
            bodies.extend(cases.map(|case| (name.clone(), case)));
        } else if is_body(&path) && name != LOCK {
            bodies.push((name, path));
        }
    }
    Ok(bodies)
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
    let kind = sidecar
        .as_ref()
        .map_or(Body::Response, |sidecar| sidecar.body);
    let root = kind.root(operation);
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
    let mut replaced = Vec::new();
    let written = write_beside(texts).and_then(|()| put_in_place(texts, &mut replaced));
    written.map_err(|(path, source)| {
        for (path, before) in replaced {
            // Whoever cannot write now may not be able to write back, either.
            let _ = match before {
                Some(before) => fs::write(path, before),
                None => fs::remove_file(path),
            };
        }
        for (path, _) in texts {
            // What was not written is not there to be removed, and a folder in
            // which something is stays.
            let _ = fs::remove_file(beside(path));
            let _ = path.parent().map(fs::remove_dir);
        }
        vec![Trouble::of(
            &Error::Write { path, source },
            Some("nothing was written; make room, or mend its permissions".to_owned()),
        )]
    })
}

fn write_beside(texts: &[(PathBuf, String)]) -> Result<(), (PathBuf, io::Error)> {
    texts.iter().try_for_each(|(path, text)| {
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = folder.and_then(|()| fs::write(beside(path), text));
        written.map_err(|source| (path.clone(), source))
    })
}

/// Puts what was written beside in its place; `replaced` gets what was there.
fn put_in_place<'a>(
    texts: &'a [(PathBuf, String)],
    replaced: &mut Vec<(&'a Path, Option<Vec<u8>>)>,
) -> Result<(), (PathBuf, io::Error)> {
    for (path, _) in texts {
        let before = match fs::read(path) {
            Ok(before) => Some(before),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err((path.clone(), source)),
        };
        fs::rename(beside(path), path).map_err(|source| (path.clone(), source))?;
        replaced.push((path, before));
    }
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("new")
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
        let path = folder.to_owned();
        let error = Error::Read { path, source };
        vec![Trouble::of(&error, Some(LAYOUT.to_owned()))]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_file_cannot_be_written_none_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.json"), "before").unwrap();
        // A folder is where the last one is to be.
        fs::create_dir_all(path("z.json").join("inside")).unwrap();
        let texts = ["a.json", "new/b.json", "z.json"].map(|name| (path(name), "after".to_owned()));
        let troubles = write_all(&texts).unwrap_err();
        assert!(troubles[0].to_string().contains("nothing was written"));
        assert_eq!(fs::read_to_string(path("a.json")).unwrap(), "before");
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["a.json", "z.json"]);
        fs::remove_dir_all(path("z.json")).unwrap();
        write_all(&texts).unwrap();
        for (path, text) in texts {
            assert_eq!(fs::read_to_string(path).unwrap(), text);
        }
    }
}
