//! `cargo xtask try`: reads bodies into their model and back.

use std::{
    fmt, fs,
    io::{self, Write},
    path::Path,
};

use xtask::{
    Error, Workspace, json,
    lossless::{self, Loss},
    overrides::Overrides,
};

use crate::roots;

/// What became of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it came back.
    Lossless {
        /// How many values it has.
        values: usize,
    },
    /// The model does not carry all of it.
    Lossy(Vec<Loss>),
    /// It is no JSON, or not of the model's shape.
    Unfit(Unfit),
}

impl Outcome {
    /// The exit status that says so: 0, 1 or 2.
    #[must_use]
    pub const fn status(&self) -> u8 {
        match self {
            Self::Lossless { .. } => 0,
            Self::Lossy(_) => 1,
            Self::Unfit(_) => 2,
        }
    }
}

/// Why a body does not fit, and where; never what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The place, as in `data[0].amount`; none where it is no JSON at all.
    pub place: Option<String>,
    /// The line and the column, from 1.
    pub position: (usize, usize),
    /// What was expected, and what is there.
    pub reason: String,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.position;
        write!(f, "{line}:{column}: ")?;
        if let Some(place) = &self.place {
            write!(f, "does not fit at {place}: ")?;
        }
        f.write_str(&self.reason)
    }
}

/// The models of a provider, by root.
#[derive(Debug)]
pub struct Models {
    provider: String,
    overrides: Overrides,
}

impl Models {
    /// The models of a provider that has fixtures.
    pub fn of(workspace: &Workspace, provider: &str) -> Result<Self, Error> {
        let known = workspace.providers()?;
        if !known.iter().any(|known| known == provider) {
            return Err(Error::Unknown {
                what: "provider",
                name: provider.to_owned(),
                known: known.join(", "),
            });
        }
        Ok(Self {
            provider: provider.to_owned(),
            overrides: Overrides::read(&workspace.overrides(provider))?,
        })
    }

    /// The root of an operation, which may be written with blanks.
    pub fn root(&self, operation: &str) -> Result<String, Error> {
        let root = operation.replace(' ', "-");
        let known: Vec<_> = self
            .overrides
            .operations
            .iter()
            .map(|operation| operation.name.as_str())
            .collect();
        if known.contains(&root.as_str()) {
            return Ok(root);
        }
        Err(Error::Unknown {
            what: "operation",
            name: operation.to_owned(),
            known: known.join(", "),
        })
    }

    /// Reads a body into the model of its root and back.
    ///
    /// A root without a model is an error: the generated table is older than
    /// `overrides.toml`.
    pub fn attempt(&self, root: &str, body: &[u8]) -> Result<Outcome, Error> {
        let input = match json::read(body) {
            Ok(input) => input,
            Err(error) => {
                return Ok(Outcome::Unfit(Unfit {
                    place: None,
                    position: (error.position.line, error.position.column),
                    reason: format!("expected {}, found {}", error.expected, error.found),
                }));
            }
        };
        let Some(output) = roots::round_trip(&self.provider, root, body) else {
            return Err(Error::Refused(vec![format!(
                "the root `{root}` of {} has no model; run `cargo xtask models`",
                self.provider
            )]));
        };
        let output = match output {
            Ok(output) => output,
            Err(error) => return Ok(Outcome::Unfit(unfit(&error))),
        };
        let output = json::read(&output).map_err(|error| {
            Error::Refused(vec![format!(
                "the model of `{root}` writes no JSON: {error}"
            )])
        })?;
        let input = lossless::unalias(&input, root, &self.overrides);
        let losses = lossless::compare(&input, &output);
        Ok(if losses.is_empty() {
            Outcome::Lossless {
                values: lossless::count_values(&input),
            }
        } else {
            Outcome::Lossy(losses)
        })
    }
}

/// Tries each file and says what became of it; the worst exit status of all.
pub fn run(
    workspace: &Workspace,
    provider: &str,
    operation: &str,
    files: &[impl AsRef<Path>],
    out: &mut impl Write,
) -> Result<u8, Error> {
    let models = Models::of(workspace, provider)?;
    let root = models.root(operation)?;
    let mut worst = 0;
    for file in files {
        let path = file.as_ref();
        let body = fs::read(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        let outcome = models.attempt(&root, &body)?;
        worst = worst.max(outcome.status());
        tell(path, &outcome, out).map_err(|source| Error::Write {
            path: "the output".into(),
            source,
        })?;
    }
    Ok(worst)
}

/// Says what became of a body, a line each.
pub(crate) fn tell(path: &Path, outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let path = path.display();
    match outcome {
        Outcome::Lossless { values } => writeln!(out, "{path}: lossless, {values} values"),
        Outcome::Lossy(losses) => losses
            .iter()
            .try_for_each(|loss| writeln!(out, "{path}: {loss}")),
        Outcome::Unfit(unfit) => writeln!(out, "{path}:{unfit}"),
    }
}

fn unfit(error: &reconcile_transport::Error) -> Unfit {
    match error.decode_error() {
        Some(decode) => Unfit {
            place: Some(decode.path().to_owned()),
            position: decode.position(),
            reason: match decode.found() {
                Some(found) if decode.message().starts_with("expected ") => {
                    format!("{}, found {found}", decode.message())
                }
                _ => decode.message().to_owned(),
            },
        },
        None => Unfit {
            place: None,
            position: (1, 1),
            reason: error.to_string(),
        },
    }
}
