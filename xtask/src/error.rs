//! The error of these commands.

use std::{io, path::PathBuf};

/// What can go wrong while models are made or exchanges recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A body is no JSON as it should be; nothing was written.
    #[error("{}: {syntax}", path.display())]
    Body {
        /// The file.
        path: PathBuf,
        /// Line, column, what was expected and what is there.
        syntax: String,
    },
    /// A sidecar or an `overrides.toml` does not fit its schema.
    #[error("{}: {reason}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        reason: String,
    },
    /// There is no such provider, operation or place.
    #[error("there is no {what} `{name}`; known are {known}")]
    Unknown {
        /// The kind of thing.
        what: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// What is wrong with fixtures, overrides or a recording, one line each.
    #[error("{}", .0.join("\n"))]
    Refused(Vec<String>),
    /// Another command that this one runs failed to start.
    #[error("{command} cannot be run")]
    Command {
        /// The command.
        command: String,
        /// What the system says.
        source: io::Error,
    },
}
