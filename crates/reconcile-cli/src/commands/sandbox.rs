//! `reconcile sandbox`: the simulator alone.

use std::{fmt::Write as _, fs, path::Path, time::Duration};

use reconcile_sandbox::{
    Fault, Faults, Sandbox, SandboxConfig, TuPayWorld, WorldConfig, tupay_ledger,
};

use crate::{
    Finding,
    args::{self, FaultOrList, Global},
    error::CommandError,
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
        write_ledger(sandbox.tupay_world(), args.seed, path)?;
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

fn write_ledger(world: &TuPayWorld, seed: u64, path: &Path) -> Result<(), CommandError> {
    fs::write(path, tupay_ledger(world, seed).to_csv()).map_err(|source| CommandError::Write {
        path: path.to_owned(),
        source,
    })
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
