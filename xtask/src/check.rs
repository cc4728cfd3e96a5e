//! Whether the fixtures are what they must be: complete, canonical, free of
//! personal data, true to their origin and to the books.

mod body;
mod folder;
mod identities;
mod leaks;
mod models;
mod published;
mod sidecar;

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
};

use crate::{Error, Workspace, fixture::Fixture, json, overrides::Overrides, workspace};

/// What the fixtures show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many bodies were looked at.
    pub bodies: usize,
    /// What is wrong; all of it.
    pub findings: Vec<Finding>,
    /// What is as it may be, and yet worth knowing.
    pub notes: Vec<Finding>,
}

/// Something about a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root of the checkout.
    pub path: PathBuf,
    /// What is to be said of it, in one line.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.text)
    }
}

/// Looks at the fixtures of one provider, or of all.
///
/// Whether each body survives its model is for `xtask-sdk` to say, which has
/// the models.
pub fn check(workspace: &Workspace, provider: Option<&str>) -> Result<Report, Error> {
    let mut report = Report::default();
    for provider in workspace.select(provider)? {
        let mut findings = Findings::new(workspace);
        let subject = Subject::read(workspace, &provider, &mut findings)?;
        sidecar::look(&subject, &mut findings);
        body::look(&subject, &mut findings);
        published::look(&subject, &mut findings)?;
        leaks::look(&subject, &mut findings)?;
        models::look(&subject, &mut findings);
        identities::look(&subject, &mut findings);
        report.bodies += subject.fixtures.len();
        report.findings.extend(findings.wrong);
        report.notes.extend(findings.notes);
    }
    Ok(report)
}

/// Gives every body its canonical form and says which ones had another.
///
/// Where one body is malformed nothing is written.
pub fn format(workspace: &Workspace, provider: Option<&str>) -> Result<Vec<PathBuf>, Error> {
    let mut changed = Vec::new();
    for provider in workspace.select(provider)? {
        for path in folder::bodies(&workspace.fixtures(&provider))? {
            let text = workspace::read(&path)?;
            let node = json::read(&text).map_err(|error| Error::Body {
                path: workspace.shown(&path).to_owned(),
                syntax: error.to_string(),
            })?;
            let canonical = json::write(&node);
            if canonical != text {
                changed.push((path, canonical));
            }
        }
    }
    for (path, canonical) in &changed {
        std::fs::write(path, canonical).map_err(|source| Error::Write {
            path: path.clone(),
            source,
        })?;
    }
    Ok(changed
        .into_iter()
        .map(|(path, _)| workspace.shown(&path).to_owned())
        .collect())
}

/// The fixtures of a provider, as far as they can be read.
struct Subject {
    folder: PathBuf,
    decisions: PathBuf,
    fixtures: Vec<Fixture>,
    overrides: Option<Overrides>,
}

impl Subject {
    fn read(
        workspace: &Workspace,
        provider: &str,
        findings: &mut Findings<'_>,
    ) -> Result<Self, Error> {
        let folder = workspace.fixtures(provider);
        let decisions = workspace.overrides(provider);
        let overrides = Overrides::read(&decisions)
            .map_err(|error| findings.find(&decisions, cause(&error)))
            .ok();
        Ok(Self {
            fixtures: folder::read(&folder, findings)?,
            folder,
            decisions,
            overrides,
        })
    }
}

/// What is found, in order and each once.
struct Findings<'w> {
    workspace: &'w Workspace,
    wrong: BTreeSet<Finding>,
    notes: BTreeSet<Finding>,
}

impl<'w> Findings<'w> {
    const fn new(workspace: &'w Workspace) -> Self {
        Self {
            workspace,
            wrong: BTreeSet::new(),
            notes: BTreeSet::new(),
        }
    }

    fn find(&mut self, path: &Path, text: impl Into<String>) {
        let finding = self.about(path, text.into());
        self.wrong.insert(finding);
    }

    fn note(&mut self, path: &Path, text: impl Into<String>) {
        let note = self.about(path, text.into());
        self.notes.insert(note);
    }

    fn about(&self, path: &Path, text: String) -> Finding {
        let path = self.workspace.shown(path).to_owned();
        Finding { path, text }
    }
}

/// What is wrong with a file that cannot be read, without its name.
fn cause(error: &Error) -> String {
    match error {
        Error::Settings { reason, .. } => reason.trim_end().to_owned(),
        Error::Read { source, .. } => format!("cannot be read: {source}"),
        other => other.to_string(),
    }
}
