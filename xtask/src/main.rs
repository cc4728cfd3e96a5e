//! `cargo xtask`: makes the typed models, and keeps fixtures and models true.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks on its streams"
)]

use std::{
    error::Error as _,
    ffi::OsString,
    process::{Command, ExitCode},
};

use clap::{Parser, Subcommand};
use xtask::{
    Error, Workspace, check, explain,
    models::{self, Mode},
};

/// Makes the typed models of the provider crates from recorded exchanges.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Makes models.rs and the lock of shapes from fixtures and overrides.
    Models {
        /// Only this provider.
        provider: Option<String>,
        /// Writes nothing; says what is stale, with exit status 1.
        #[arg(long)]
        check: bool,
    },
    /// Says why a field has its type.
    Explain {
        /// The provider.
        provider: String,
        /// `Type.field` or `operation:path.to[].key`.
        path: String,
    },
    /// Looks after the fixtures.
    #[command(subcommand)]
    Fixtures(FixturesTask),
    /// Performs the calls of a provider and compares, or writes, what it answers.
    #[command(disable_help_flag = true)]
    Record(Passed),
    /// Compares the shapes that a provider sends now with those known.
    #[command(disable_help_flag = true)]
    Drift(Passed),
    /// Reads bodies into their model and back.
    #[command(disable_help_flag = true)]
    Try(Passed),
}

#[derive(Debug, Subcommand)]
enum FixturesTask {
    /// Form, provenance, leaks, round trips and identities of all fixtures.
    Check {
        /// Only this provider.
        provider: Option<String>,
    },
    /// Gives every body its canonical form, to the digit and the escape as it is.
    Format {
        /// Only this provider.
        provider: Option<String>,
    },
}

/// The arguments of a task of `xtask-sdk`, which links the provider crates: they
/// must not be needed to make their models.
#[derive(Debug, clap::Args)]
struct Passed {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    arguments: Vec<OsString>,
}

fn main() -> ExitCode {
    let Arguments { task } = Arguments::parse();
    match run(task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::from(2)
        }
    }
}

fn run(task: Task) -> Result<ExitCode, Error> {
    let workspace = Workspace::here();
    match task {
        Task::Models { provider, check } => make_models(&workspace, provider.as_deref(), check),
        Task::Explain { provider, path } => explain_field(&workspace, &provider, &path),
        Task::Fixtures(FixturesTask::Check { provider }) => check_fixtures(&workspace, provider),
        Task::Fixtures(FixturesTask::Format { provider }) => {
            format_fixtures(&workspace, provider.as_deref())
        }
        Task::Record(Passed { arguments }) => with_sdk("record", arguments),
        Task::Drift(Passed { arguments }) => with_sdk("drift", arguments),
        Task::Try(Passed { arguments }) => with_sdk("try", arguments),
    }
}

fn make_models(
    workspace: &Workspace,
    provider: Option<&str>,
    check: bool,
) -> Result<ExitCode, Error> {
    let mode = if check { Mode::Check } else { Mode::Write };
    let stale = models::run(workspace, provider, mode)?;
    for file in &stale {
        if check {
            print!("{}", file.diff);
        } else {
            println!("wrote {}", file.path.display());
        }
    }
    if check && !stale.is_empty() {
        eprintln!("{} files are stale. Run: {}", stale.len(), models::COMMAND);
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn explain_field(workspace: &Workspace, provider: &str, path: &str) -> Result<ExitCode, Error> {
    for explanation in explain::explain(workspace, provider, path)? {
        print!("{explanation}");
    }
    Ok(ExitCode::SUCCESS)
}

fn check_fixtures(workspace: &Workspace, provider: Option<String>) -> Result<ExitCode, Error> {
    let report = check::check(workspace, provider.as_deref())?;
    for note in &report.notes {
        println!("note: {note}");
    }
    for finding in &report.findings {
        println!("{finding}");
    }
    let survive = with_sdk(
        "round-trips",
        provider.map(OsString::from).into_iter().collect(),
    )?;
    if report.findings.is_empty() {
        println!("{} bodies are sound, and leak nothing", report.bodies);
        return Ok(survive);
    }
    eprintln!(
        "{} findings in {} bodies",
        report.findings.len(),
        report.bodies
    );
    Ok(ExitCode::FAILURE)
}

fn format_fixtures(workspace: &Workspace, provider: Option<&str>) -> Result<ExitCode, Error> {
    for path in check::format(workspace, provider)? {
        println!("wrote {}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a task of `xtask-sdk`, and ends as it does.
fn with_sdk(task: &str, arguments: Vec<OsString>) -> Result<ExitCode, Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--package", "xtask-sdk", "--", task])
        .args(arguments)
        .status()
        .map_err(|source| Error::Command {
            command: format!("cargo run --package xtask-sdk -- {task}"),
            source,
        })?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(2)))
}
