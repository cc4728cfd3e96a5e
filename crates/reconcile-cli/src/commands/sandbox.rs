//! `reconcile sandbox`: the simulator alone.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, is_separator},
    time::Duration,
};

use reconcile_sandbox::{Fault, Faults, Sandbox, SandboxConfig, WorldConfig};

use crate::{
    Finding,
    args::{self, FaultOrList, Global},
    error::CommandError,
    registry::{self, Planted},
    terminal,
};

pub(crate) async fn run(global: &Global, args: &args::Sandbox) -> Result<Finding, CommandError> {
    if args
        .faults
        .iter()
        .any(|fault| matches!(fault, FaultOrList::List))
    {
        terminal::print(&catalogue())?;
        return Ok(Finding::Clean);
    }
    let sandbox = Sandbox::start(config(args)).await?;
    if let Some(path) = args.ledger.as_deref() {
        write_ledgers(&sandbox, args.seed, path)?;
    }
    let mut text = String::new();
    for (variable, value) in sandbox.environment() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{variable}={value}");
    }
    terminal::print(&text)?;
    if !global.quiet {
        eprintln!(
            "running until interrupted; the lines above are the environment for other commands"
        );
    }
    // Interrupting the command ends this future, and with it the simulator.
    std::future::pending().await
}

fn config(args: &args::Sandbox) -> SandboxConfig {
    let faults = args.faults.iter().filter_map(|fault| match fault {
        FaultOrList::Fault(fault) => Some(*fault),
        FaultOrList::List => None,
    });
    SandboxConfig {
        world: WorldConfig {
            seed: args.seed,
            records: args.records,
            from: args.from,
            days: args.days.max(1),
            ..WorldConfig::default()
        },
        faults: faults.collect::<Faults>().seed(args.fault_seed),
        alterations: args.alterations.clone(),
        latency: Duration::from_millis(args.latency),
        listen: args.listen,
        ..SandboxConfig::default()
    }
}

/// Writes the books of every provider into a folder, or those of the first
/// into a file.
fn write_ledgers(sandbox: &Sandbox, seed: u64, path: &Path) -> Result<(), CommandError> {
    let write = |planted: Planted, path: &Path| {
        fs::write(path, planted(sandbox, seed).to_csv()).map_err(unwritable(path))
    };
    let mut books = registry::simulated();
    if !is_folder(path) {
        let first = books.next();
        return first.map_or(Ok(()), |(_, planted)| write(planted, path));
    }
    fs::create_dir_all(path).map_err(unwritable(path))?;
    books.try_for_each(|(entry, planted)| write(planted, &path.join(format!("{}.csv", entry.id))))
}

/// Whether a folder is meant: it is one, or its name ends as only theirs do.
fn is_folder(path: &Path) -> bool {
    let ends_open = path.as_os_str().to_string_lossy().ends_with(is_separator);
    ends_open || path.is_dir()
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> CommandError + use<> {
    let path = path.to_owned();
    move |source| CommandError::Write { path, source }
}

fn catalogue() -> String {
    let mut text = String::new();
    for fault in Fault::all() {
        let values = fault
            .values
            .map(|values| format!("[={values}]"))
            .unwrap_or_default();
        let name = format!("{}{values}", fault.name);
        let _ = writeln!(text, "{name:<34}{}", fault.about);
    }
    text
}
