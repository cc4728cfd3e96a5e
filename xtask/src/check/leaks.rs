//! Whether anything is written down that must not be.

use std::fs;

use super::{Findings, Subject, folder};
use crate::{Error, json, overrides::Overrides, scan};

/// Looks through every file in the folder of a provider, whether or not it is
/// part of a fixture.
pub(super) fn look(subject: &Subject, findings: &mut Findings<'_>) -> Result<(), Error> {
    for path in folder::files(&subject.folder)? {
        let bytes = fs::read(&path).map_err(|source| Error::Read {
            path: path.clone(),
            source,
        })?;
        // What is no UTF-8 may leak all the same.
        let text = String::from_utf8_lossy(&bytes);
        let fixture = subject.fixtures.iter().find(|fixture| fixture.path == path);
        let leaks = match (fixture, &subject.overrides) {
            (Some(fixture), Some(overrides)) => in_body(&fixture.root(), &text, overrides),
            _ => scan::lines(&text),
        };
        for leak in leaks {
            findings.find(&path, format!("leaks at {leak}"));
        }
    }
    Ok(())
}

/// What a body leaks; its decisions know identifiers from card numbers.
fn in_body(root: &str, text: &str, overrides: &Overrides) -> Vec<scan::Finding> {
    json::read(text).map_or_else(
        |_| scan::lines(text),
        |node| scan::body(root, &node, overrides),
    )
}
