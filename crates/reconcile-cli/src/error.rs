//! What the command says when it cannot do what was asked.

use std::{
    error::Error as StdError,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use reconcile_core::{ErrorKind, ProviderError};
use reconcile_engine::EngineError;
use reconcile_files::FileError;
use reconcile_sandbox::SandboxError;

/// Why a command did not get to a finding.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The command line asks for something that there is not.
    #[error("{message}")]
    Usage { message: String, hint: String },
    /// The configuration is missing, or is not understood.
    #[error("{message}")]
    Configuration { message: String, hint: String },
    #[error(transparent)]
    File(FileError),
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("the rows cannot be reconciled")]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error("{}: cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// Rows cannot be written to a file.
    #[error("{}: the rows cannot be written", path.display())]
    Rows {
        path: PathBuf,
        source: Box<dyn StdError + Send + Sync>,
    },
    #[error("stdout cannot be written")]
    Stdout(#[source] io::Error),
    #[error("the runtime does not start")]
    Runtime(#[source] io::Error),
    #[error("interrupted; nothing was written")]
    Interrupted,
    /// The demonstration did not find what was planted: a fault of this program.
    #[error("the demonstration found something else than was planted: {0}")]
    Demo(String),
}

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl CommandError {
    /// What a writer of rows cannot say: where the rows were to go. Without a
    /// path that is stdout.
    pub(crate) fn writing(target: Option<&Path>) -> impl Fn(FileError) -> Self {
        move |error| match (error, target) {
            (FileError::Output(source), Some(path)) => Self::Rows {
                path: path.to_owned(),
                source,
            },
            (FileError::Output(source), None) => Self::Stdout(match system_error(&*source) {
                Some(kind) => io::Error::new(kind, source),
                None => io::Error::other(source),
            }),
            (error, _) => Self::File(error),
        }
    }

    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: hint.into(),
        }
    }

    pub(crate) fn configuration(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Configuration {
            message: message.into(),
            hint: hint.into(),
        }
    }

    pub(crate) fn status(&self) -> ExitCode {
        match self {
            // Whoever reads our output has seen enough.
            Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Provider(error) => match error.kind() {
                ErrorKind::Configuration | ErrorKind::InvalidRequest | ErrorKind::Unsupported
                    if error.status().is_none() =>
                {
                    ExitCode::from(2)
                }
                _ => ExitCode::from(3),
            },
            Self::Sandbox(_) | Self::Runtime(_) => ExitCode::from(3),
            Self::Demo(_) => ExitCode::from(1),
            Self::Interrupted => ExitCode::from(130),
            _ => ExitCode::from(2),
        }
    }

    /// One line, then the causes, then a hint.
    pub(crate) fn print(&self) {
        if matches!(self, Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            return;
        }
        eprintln!("error: {self}");
        let mut cause = self.source();
        while let Some(error) = cause {
            eprintln!("  caused by: {error}");
            cause = error.source();
        }
        if let Some(hint) = self.hint() {
            eprintln!("  hint: {hint}");
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. } | Self::Configuration { hint, .. } => Some(hint.clone()),
            Self::File(error) => error.hint().or_else(|| file_hint(error)).map(str::to_owned),
            Self::Provider(error) => error
                .hint()
                .or_else(|| provider_hint(error.kind()))
                .map(str::to_owned),
            Self::Engine(EngineError::Inexact(_)) => Some(INEXACT.to_owned()),
            Self::Sandbox(_) => Some("choose another address with --listen".to_owned()),
            Self::Write { source, .. } | Self::Stdout(source) => {
                Some(write_hint(Some(source.kind())))
            }
            Self::Rows { source, .. } => Some(write_hint(system_error(&**source))),
            _ => None,
        }
    }
}

/// Figures are exact or not shown at all.
const INEXACT: &str = "a total holds 38 digits: take the rows with the most digits apart, \
                       with a shorter range or in files of their own";

/// What kind of failure the system reported, if it did.
fn system_error(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    std::iter::successors(Some(error), |&error| error.source())
        .find_map(|error| error.downcast_ref::<io::Error>())
        .map(io::Error::kind)
}

fn write_hint(kind: Option<io::ErrorKind>) -> String {
    match kind {
        Some(io::ErrorKind::StorageFull) => "free some space, or choose another place",
        _ => "check that the folder exists and that you may write to it",
    }
    .to_owned()
}

/// What to do about a file whose error does not say.
fn file_hint(error: &FileError) -> Option<&'static str> {
    match error {
        FileError::Line { .. } => Some(
            "correct the line, or say in the rules file how it is written; \
             --skip-invalid sets such lines of the ledger aside",
        ),
        FileError::Rules { .. } => Some(
            "a rules file has the tables [ledger], [records], [tolerance], [statuses], \
                 [calendar], [fees], [attention], [[exclude]] and [[pass]]",
        ),
        FileError::Write { .. } => {
            Some("check that the folder exists and that you may write to it")
        }
        FileError::Read { .. } => Some("check that it is a file, and that you may read it"),
        _ => None,
    }
}

/// What to do about an error of a provider that does not say.
fn provider_hint(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::InvalidRequest | ErrorKind::Unsupported => {
            Some("`reconcile providers` says what each can do")
        }
        ErrorKind::Configuration => Some("`reconcile doctor` checks the configuration"),
        ErrorKind::Unavailable => {
            Some("check the base URL, the network and a proxy, or try again later")
        }
        _ => None,
    }
}
