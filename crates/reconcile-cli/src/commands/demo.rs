//! `reconcile demo`: a whole reconciliation of a simulated account.

use std::{collections::BTreeSet, fs, sync::Arc};

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use reconcile_core::{PullOptions, RecordQuery, Window};
use reconcile_engine::{Book, Break, BreakCode, Outcome, RowIndex, Rules};
use reconcile_files::{Invalid, Ledger, Mapping, read_ledger};
use reconcile_report::Run;
use reconcile_sandbox::{
    Planted, PlantedLedger, Sandbox, SandboxConfig, WorldConfig, tupay_ledger,
};
use tupay_merchants::{Config, TuPay};

use super::{
    outcome::{self, Evidence},
    output::Output,
};
use crate::{
    Finding,
    args::{self, Global},
    commands,
    error::CommandError,
    progress::Progress,
    registry::Account,
    terminal,
};

pub(crate) async fn run(global: &Global, args: &args::Demo) -> Result<Finding, CommandError> {
    let output = Output::prepare(&args.destination, &[])?;
    let world = WorldConfig {
        seed: args.seed,
        records: args.records,
        ..WorldConfig::default()
    };
    let window = month(&world)?;
    let sandbox = Sandbox::start(SandboxConfig {
        world,
        ..SandboxConfig::default()
    })
    .await?;
    let planted = tupay_ledger(sandbox.tupay_world(), args.seed);
    let ledger = book(&planted)?;
    let account = account(&sandbox)?;
    introduce(global, &planted, args)?;

    let progress = Progress::begin("reconciling", global.quiet);
    let options = PullOptions::at(Timestamp::now()).instant(window.to());
    let query = RecordQuery::new(window);
    let evidence = Evidence::gather(&account, query, options, &progress).await?;
    drop(progress);
    let as_of = outcome::last_day(window, &account.zone);
    let context = outcome::context(Some(&evidence.certificate), &account.zone, as_of);
    let rules = Rules::default();
    let outcome = outcome::reconcile(&ledger.book, &evidence.records, &rules, &context)?;
    let run = Run {
        title: commands::title(&account, window),
        provider: Some(&account.provider.descriptor().id),
        ledger: &ledger.book,
        records: &evidence.records,
        outcome: &outcome,
        proofs: &evidence.proofs,
        certificate: Some(&evidence.certificate),
        as_of,
    };
    output.publish(&run, None, global)?;
    check(&planted, &run, &outcome)?;
    conclude(global, &planted)
}

/// The days of the simulated world, in UTC.
fn month(world: &WorldConfig) -> Result<Window, CommandError> {
    let end = world.from.saturating_add(i64::from(world.days).days());
    Window::days(world.from, end, &TimeZone::UTC)
        .map_err(|error| CommandError::usage(error.to_string(), "choose other dates"))
}

fn account(sandbox: &Sandbox) -> Result<Account, CommandError> {
    let access = sandbox.tupay();
    let unusable = |error: &dyn std::fmt::Display| CommandError::Demo(error.to_string());
    let config = Config::new(
        access.base_url.parse().map_err(|error| unusable(&error))?,
        access.access_key.into(),
        access.secret_key.into(),
    );
    let provider = TuPay::new(config).map_err(|error| unusable(&error))?;
    Ok(Account {
        provider: Arc::new(provider),
        zone: TimeZone::UTC,
        settle_lag: None,
    })
}

/// The planted ledger as a user's file would be read.
fn book(planted: &PlantedLedger) -> Result<Ledger, CommandError> {
    let unwritable = |source| CommandError::Write {
        path: std::env::temp_dir(),
        source,
    };
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let path = folder.path().join("ledger.csv");
    fs::write(&path, planted.to_csv()).map_err(unwritable)?;
    Ok(read_ledger(&path, &Mapping::default(), Invalid::Stop)?)
}

fn introduce(
    global: &Global,
    planted: &PlantedLedger,
    args: &args::Demo,
) -> Result<(), CommandError> {
    if global.quiet {
        return Ok(());
    }
    terminal::print(&format!(
        "A simulated TuPay account with {} records in January 2026, and a ledger of {} lines\n\
         with {} mistakes in it. Pulled over HTTP, proven, matched:\n\n",
        args.records,
        planted.rows.len(),
        planted.planted.len(),
    ))
}

/// Whether exactly what was planted was found.
fn check(planted: &PlantedLedger, run: &Run<'_>, outcome: &Outcome) -> Result<(), CommandError> {
    let wanted: BTreeSet<_> = planted.planted.iter().map(Mistake::planted).collect();
    let found: BTreeSet<_> = outcome
        .breaks
        .iter()
        .map(|found| Mistake::found(run, found))
        .collect();
    if let Some(missed) = wanted.difference(&found).next() {
        return Err(CommandError::Demo(format!("{missed:?} was not found")));
    }
    if let Some(extra) = found.difference(&wanted).next() {
        return Err(CommandError::Demo(format!("{extra:?} was not planted")));
    }
    if run.summary().proofs.fails > 0 {
        return Err(CommandError::Demo("a proof fails".to_owned()));
    }
    Ok(())
}

/// A break by what can be compared with a planted mistake.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mistake {
    code: &'static str,
    ledger: Vec<String>,
    records: Vec<String>,
}

impl Mistake {
    fn planted(planted: &Planted) -> Self {
        // The record of a line that is booked twice is matched with the other.
        let is_matched = planted.code == BreakCode::DuplicateInLedger.as_str();
        let record = planted.record_id.clone().filter(|_| !is_matched);
        Self {
            code: planted.code,
            ledger: planted.ledger_id.clone().into_iter().collect(),
            records: record.into_iter().collect(),
        }
    }

    fn found(run: &Run<'_>, found: &Break) -> Self {
        let ids = |book: &Book, rows: &[RowIndex]| {
            rows.iter()
                .map(|&row| book.row(row).id.to_owned())
                .collect()
        };
        Self {
            code: found.code.as_str(),
            ledger: ids(run.ledger, &found.ledger),
            records: ids(run.records, &found.records),
        }
    }
}

fn conclude(global: &Global, planted: &PlantedLedger) -> Result<Finding, CommandError> {
    if !global.quiet {
        terminal::print(&format!(
            "\nAll {} planted mistakes were found, and nothing else. \
             Next: the commands `providers` and `doctor`, for an account of your own.\n",
            planted.planted.len()
        ))?;
    }
    // The breaks are those that were planted: the demonstration is a success.
    Ok(Finding::Clean)
}
