//! Whether mended bodies are what their repairs make of the published texts.

use std::{collections::BTreeSet, path::Path};

use super::{Findings, Subject, body::first_difference, cause, folder::name};
use crate::{
    Error,
    fixture::{Fixture, PUBLISHED},
    repair, workspace,
};

pub(super) fn look(subject: &Subject, findings: &mut Findings<'_>) -> Result<(), Error> {
    let folder = subject.folder.join(PUBLISHED);
    let mut mended = BTreeSet::new();
    for fixture in &subject.fixtures {
        if let Some(file) = &fixture.sidecar.provenance.published {
            look_at_repairs(fixture, &folder.join(file), findings);
            mended.insert(file.as_str());
        }
    }
    if folder.is_dir() {
        for path in workspace::entries(&folder)? {
            if !mended.contains(name(&path).as_str()) {
                findings.find(&path, "is the published text of no fixture");
            }
        }
    }
    Ok(())
}

fn look_at_repairs(fixture: &Fixture, published: &Path, findings: &mut Findings<'_>) {
    let text = match workspace::read(published) {
        Ok(text) => text,
        Err(error) => return findings.find(published, cause(&error)),
    };
    match repair::mend(&text, &fixture.sidecar.provenance.repairs) {
        Ok(mended) => {
            if let Some(line) = first_difference(&fixture.body, mended.as_bytes()) {
                findings.find(
                    &fixture.path,
                    format!("line {line} is not what the repairs make of the published text"),
                );
            }
        }
        Err(error) => findings.find(published, error.to_string()),
    }
}
