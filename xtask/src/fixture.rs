//! Fixtures: bodies as files, and what is known of each in a sidecar.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Error, Workspace, workspace};

/// A body and its sidecar.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The operation that it belongs to.
    pub operation: String,
    /// Its name among the cases of the operation.
    pub case: String,
    /// The file of the body.
    pub path: PathBuf,
    /// The body, byte by byte.
    pub body: Vec<u8>,
    /// What is known of it.
    pub sidecar: Sidecar,
}

impl Fixture {
    /// The root whose model it is: all bodies of one root teach one type.
    #[must_use]
    pub fn root(&self) -> String {
        self.sidecar.body.root(&self.operation)
    }

    /// The file of the sidecar.
    #[must_use]
    pub fn sidecar_path(&self) -> PathBuf {
        self.path.with_extension("meta.toml")
    }
}

/// What is known of a body: `<case>.meta.toml`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sidecar {
    /// What kind of body it is.
    pub body: Body,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What was asked; a webhook has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// What was answered; a request has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
}

/// The kinds of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// What an operation answers, or what a webhook brings.
    Response,
    /// What is sent.
    Request,
    /// What is answered when an operation is refused.
    Error,
}

impl Body {
    /// The root whose model a body of this kind has.
    #[must_use]
    pub fn root(self, operation: &str) -> String {
        match self {
            Self::Response => operation.to_owned(),
            Self::Request => format!("{operation}.request"),
            Self::Error => "error".to_owned(),
        }
    }
}

/// Where a body comes from.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// How it came about.
    pub kind: Origin,
    /// The page that shows it, or from what it was built and why.
    pub source: String,
    /// The day of recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Date>,
    /// The environment that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The text as it was published, where that is malformed: a file in the
    /// provider's folder `published`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// What made that text well-formed, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<Repair>,
    /// How many values of which class were replaced.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redactions: BTreeMap<String, u64>,
}

/// How a body came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A page of the provider shows it.
    Documented,
    /// It was answered.
    Recorded,
    /// It was built, from documented facts.
    Synthetic,
}

/// The defects of published bodies that are mended, each by the smallest change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// A `//` comment at the end of a line goes.
    StripLineComment,
    /// The brace that opens the body is put before it.
    PrependOpenBrace,
    /// The brace that closes the body is put behind it.
    AppendCloseBrace,
}

/// What was asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, its parameters as `{name}`.
    pub path: String,
    /// The query.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
}

/// What was answered.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers that may be told; see [`HEADERS`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// The response headers that a sidecar may hold.
pub const HEADERS: [&str; 2] = ["content-type", "retry-after"];

/// All fixtures of a provider, by operation and case.
pub fn read_all(workspace: &Workspace, provider: &str) -> Result<Vec<Fixture>, Error> {
    let mut fixtures = Vec::new();
    for folder in workspace::folders(&workspace.fixtures(provider))? {
        let operation = name(&folder);
        if operation == PUBLISHED {
            continue;
        }
        for path in workspace::entries(&folder)? {
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                fixtures.push(read(&operation, &path)?);
            }
        }
    }
    Ok(fixtures)
}

/// The folder of malformed bodies as they were published.
pub const PUBLISHED: &str = "published";

/// One body with its sidecar.
pub(crate) fn read(operation: &str, path: &Path) -> Result<Fixture, Error> {
    let body = fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let beside = path.with_extension("meta.toml");
    let sidecar = toml::from_str(&workspace::read(&beside)?).map_err(|error| Error::Settings {
        path: beside,
        reason: error.to_string(),
    })?;
    Ok(Fixture {
        operation: operation.to_owned(),
        case: name(path),
        path: path.to_owned(),
        body,
        sidecar,
    })
}

fn name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
