//! The `reconcile` command: pull what the provider says, match it with the
//! ledger, prove the totals, and show what breaks and why.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks on its standard streams"
)]

mod args;
mod commands;
mod error;
mod input;
mod logging;
mod progress;
mod registry;
mod settings;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use args::Args;
use error::CommandError;

/// What a command found, when nothing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finding {
    /// Nothing is open.
    Clean,
    /// There are breaks, failed proofs, or a pull that is not proven.
    Open,
}

impl From<Finding> for ExitCode {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Clean => Self::SUCCESS,
            Finding::Open => Self::from(1),
        }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    logging::start(args.global.verbose);
    match run(args) {
        Ok(finding) => finding.into(),
        Err(error) => {
            error.print();
            error.status()
        }
    }
}

fn run(args: Args) -> Result<Finding, CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?;
    let finding = runtime.block_on(async {
        // An interrupted command is dropped, and takes its unfinished files along.
        tokio::select! {
            // Listening comes first: a command may be busy before it ever waits.
            biased;
            _ = tokio::signal::ctrl_c() => Err(CommandError::Interrupted),
            finding = commands::run(args) => finding,
        }
    });
    // A file that is still being read does not hold up an interrupted command.
    runtime.shutdown_background();
    finding
}
