//! The tasks of `cargo xtask` that need the provider crates.

#![expect(clippy::print_stderr, reason = "a command speaks on its streams")]

use std::{
    io::{self, Write as _},
    num::NonZeroU32,
    panic,
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand, ValueEnum};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use xtask::Workspace;
use xtask_sdk::{
    attempt, observe,
    record::{self, Asked, Ending, Format, Use},
    round_trips,
    scenario::{Scenario, Settings, Trouble},
};

/// The tasks of `cargo xtask` that need the provider crates.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", version)]
struct Arguments {
    /// The checkout to work on, for tests.
    #[arg(long, global = true, hide = true)]
    root: Option<PathBuf>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Performs the calls of a provider and compares, or writes, what it answers.
    ///
    /// Exit status: 0 nothing differs or everything was written, 1 something
    /// differs, 2 something could not be done; unless it says `wrote`, nothing
    /// was written.
    Record {
        #[command(flatten)]
        asked: AskedFor,
        /// Writes what is answered, sanitised, as fixtures, and makes the models.
        #[arg(long, conflicts_with = "shapes_only")]
        update: bool,
        /// Adds the shapes to the lock; no value is kept.
        #[arg(long)]
        shapes_only: bool,
        /// Multiplies every amount that is written by this whole number.
        #[arg(long, value_name = "K", requires = "update")]
        scale_amounts: Option<NonZeroU32>,
    },
    /// Says what a provider sends now that it did not send before.
    ///
    /// Exit status: 0 nothing differs, 1 something differs, 2 something could
    /// not be done.
    Drift {
        #[command(flatten)]
        asked: AskedFor,
        /// Bodies as DIR/<operation>/<case>.json or DIR/<operation>.json, instead
        /// of asking.
        #[arg(long, value_name = "DIR", conflicts_with_all = ["base_url", "operation", "until"])]
        dir: Option<PathBuf>,
        /// How the report is written.
        #[arg(long, value_enum, default_value_t)]
        format: ReportFormat,
    },
    /// Reads bodies into their model and back.
    ///
    /// Exit status: 0 lossless, 1 something is unknown or lost, 2 it does not fit.
    Try {
        /// The provider.
        provider: String,
        /// The operation, `<operation>.request` or `error`.
        operation: String,
        /// The bodies.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Reads every fixture into its model and back.
    #[command(hide = true)]
    RoundTrips {
        /// Only this provider.
        provider: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
struct AskedFor {
    /// The provider.
    provider: String,
    /// Only this operation; others are asked where it needs them.
    #[arg(long)]
    operation: Option<String>,
    /// Where the provider is, instead of what the environment says.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The last day of the 30 that are asked for (default: now).
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ReportFormat {
    #[default]
    Text,
    Json,
}

fn main() -> ExitCode {
    observe::silence_panics();
    let Arguments { root, task } = Arguments::parse();
    let workspace = root.map_or_else(Workspace::here, Workspace::at);
    // What a panic says, the hook has said.
    let ended = panic::catch_unwind(|| run(&workspace, task));
    let ended = ended.unwrap_or(Ok(Ending::Trouble.status()));
    ExitCode::from(ended.unwrap_or_else(|troubles| {
        for trouble in troubles {
            eprint!("{trouble}");
        }
        Ending::Trouble.status()
    }))
}

fn run(workspace: &Workspace, task: Task) -> Result<u8, Vec<Trouble>> {
    let out = &mut io::stdout();
    let refuse = |error: xtask::Error| vec![Trouble::from(error)];
    let ending = match task {
        Task::Record {
            asked,
            update,
            shapes_only,
            scale_amounts,
        } => {
            let use_ = match (update, shapes_only) {
                (true, _) => Use::Update(scale_amounts),
                (_, true) => Use::LearnShapes,
                _ => Use::Compare,
            };
            let asked = asked.resolve()?;
            runtime()?.block_on(record::record(workspace, &asked, use_, out))?
        }
        Task::Drift {
            asked,
            dir: Some(folder),
            format,
        } => {
            let format = format.into();
            record::drift_of_folder(workspace, &asked.provider, &folder, format, out)?
        }
        Task::Drift {
            asked,
            dir: None,
            format,
        } => {
            let asked = asked.resolve()?;
            runtime()?.block_on(record::drift(workspace, &asked, format.into(), out))?
        }
        Task::Try {
            provider,
            operation,
            files,
        } => return attempt::run(workspace, &provider, &operation, &files, out).map_err(refuse),
        Task::RoundTrips { provider } => {
            return round_trips::run(workspace, provider.as_deref(), out).map_err(refuse);
        }
    };
    // Nobody is left to tell where the output is closed.
    let _ = out.flush();
    Ok(ending.status())
}

impl AskedFor {
    fn resolve(self) -> Result<Asked, Vec<Trouble>> {
        let scenario = Scenario::find(&self.provider).map_err(|error| vec![error.into()])?;
        let end_of = |day: Date| {
            let end = day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?;
            Some(end.timestamp())
        };
        Ok(Asked {
            settings: Settings::new(scenario.provider, self.base_url, |name| {
                std::env::var(name).ok()
            }),
            provider: self.provider,
            only: self.operation,
            until: self.until.and_then(end_of).unwrap_or_else(Timestamp::now),
        })
    }
}

impl From<ReportFormat> for Format {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Text => Self::Text,
            ReportFormat::Json => Self::Json,
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Vec<Trouble>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(|error| vec![Trouble::of(&error, None)])
}
