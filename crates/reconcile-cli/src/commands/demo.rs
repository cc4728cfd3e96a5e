//! `reconcile demo`: a whole reconciliation of a simulated account at each
//! provider, all at once.

use std::{collections::BTreeSet, fmt, fs, mem};

use futures::future;
use jiff::{Timestamp, ToSpan, civil::Date};
use reconcile_core::{PullOptions, RecordQuery, Window};
use reconcile_engine::{Book, Break, BreakCode, Outcome, RowIndex};
use reconcile_files::{Invalid, Ledger, Mapping, RulesFile, read_ledger};
use reconcile_report::{Beside, Run, SideBySide};
use reconcile_sandbox::{Planted, PlantedLedger, Sandbox, SandboxConfig, WorldConfig};

use super::{
    outcome::{self, Evidence},
    output::Output,
    sides::{Left, Sides},
};
use crate::{
    Finding,
    args::{self, Global},
    commands,
    error::CommandError,
    progress::Progress,
    registry::{self, Account, Entry},
    settings::Settings,
    terminal,
};

pub(crate) async fn run(global: &Global, args: &args::Demo) -> Result<Finding, CommandError> {
    let together = Output::prepare(&args.destination, &[])?;
    let outputs = registry::simulated()
        .map(|(entry, _)| Output::prepare(&args.destination.below(entry.id), &[]))
        .collect::<Result<Vec<_>, _>>()?;
    let world = WorldConfig {
        seed: args.seed,
        records: args.records,
        ..WorldConfig::default()
    };
    let sandbox = Sandbox::start(SandboxConfig {
        world: world.clone(),
        ..SandboxConfig::default()
    })
    .await?;
    let books = registry::simulated()
        .map(|(entry, planted)| Books::open(entry, planted(&sandbox, world.seed), &sandbox, &world))
        .collect::<Result<Vec<_>, _>>()?;
    introduce(global, &books, args)?;
    let acts = perform(books, global).await?;
    let runs: Vec<_> = acts.iter().map(Act::run).collect();
    for (output, run) in outputs.into_iter().zip(&runs) {
        output.publish(run, None, global)?;
    }
    together.publish_all(&side_by_side(&acts, &runs)?, global)?;
    for (act, run) in acts.iter().zip(&runs) {
        check(act, run)?;
    }
    conclude(global, &acts)
}

/// Reconciles all accounts at once.
async fn perform(books: Vec<Books>, global: &Global) -> Result<Vec<Act>, CommandError> {
    let progress = Progress::begin("reconciling", global.quiet);
    let acts = books
        .into_iter()
        .map(|books| Act::perform(books, &progress));
    future::try_join_all(acts).await
}

/// A simulated account, and a ledger with known mistakes that goes with it.
struct Books {
    entry: &'static Entry,
    account: Account,
    /// All days of the world, as the provider counts them.
    window: Window,
    planted: PlantedLedger,
    ledger: Ledger,
}

impl Books {
    fn open(
        entry: &'static Entry,
        planted: PlantedLedger,
        sandbox: &Sandbox,
        world: &WorldConfig,
    ) -> Result<Self, CommandError> {
        let account = Account::open(&Settings::of_lines(entry, &sandbox.environment()))?;
        Ok(Self {
            window: days(world, &account)?,
            ledger: read(&planted)?,
            entry,
            account,
            planted,
        })
    }
}

fn days(world: &WorldConfig, account: &Account) -> Result<Window, CommandError> {
    let end = world.from.saturating_add(i64::from(world.days).days());
    Window::days(world.from, end, &account.zone)
        .map_err(|error| CommandError::usage(error.to_string(), "choose other dates"))
}

/// The planted ledger as a user's file would be read.
fn read(planted: &PlantedLedger) -> Result<Ledger, CommandError> {
    let unwritable = |source| CommandError::Write {
        path: std::env::temp_dir(),
        source,
    };
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let path = folder.path().join("ledger.csv");
    fs::write(&path, planted.to_csv()).map_err(unwritable)?;
    Ok(read_ledger(&path, &Mapping::default(), Invalid::Stop)?)
}

/// A reconciliation that has been done.
struct Act {
    books: Books,
    evidence: Evidence,
    rows: Left,
    outcome: Outcome,
    as_of: Date,
}

impl Act {
    async fn perform(mut books: Books, progress: &Progress) -> Result<Self, CommandError> {
        let mut sides = Sides::in_memory(mem::take(&mut books.ledger.book));
        let Books {
            account, window, ..
        } = &books;
        let options = PullOptions::at(Timestamp::now()).instant(window.to());
        let query = RecordQuery::new(*window);
        let mut rules = RulesFile::default();
        let reading = outcome::reading(account, &rules);
        let evidence = Evidence::gather(account, &reading, query, options, &mut sides, progress);
        let evidence = evidence.await?;
        let as_of = outcome::last_day(*window, &account.zone);
        let context = outcome::context(Some(&evidence.certificate), &reading, as_of);
        if outcome::lists_reversals(account) {
            outcome::count_reversed(&mut rules);
        }
        let rows = sides.settle(&rules.rules, progress).await?;
        let outcome = rows.reconcile(&rules.rules, &context, progress)?;
        Ok(Self {
            books,
            evidence,
            rows,
            outcome,
            as_of,
        })
    }

    fn run(&self) -> Run<'_> {
        let Books {
            entry,
            account,
            window,
            ..
        } = &self.books;
        Run {
            title: commands::title(account, *window),
            provider: Some(entry.id),
            ledger: &self.rows.ledger,
            records: &self.rows.records,
            outcome: &self.outcome,
            proofs: &self.evidence.proofs,
            certificate: Some(&self.evidence.certificate),
            as_of: self.as_of,
            set_aside: 0,
            settled: self.rows.settled_pairs(),
        }
    }
}

fn side_by_side<'a>(acts: &'a [Act], runs: &'a [Run<'a>]) -> Result<SideBySide<'a>, CommandError> {
    let beside = |(act, run): (&'a Act, &'a Run<'a>)| Beside {
        run,
        folder: act.books.entry.id,
        statements: act.evidence.statements,
        planted: Some(act.books.planted.planted.len()),
    };
    let entries = acts.iter().zip(runs).map(beside).collect();
    SideBySide::new("Side by side".to_owned(), entries)
        .map_err(|error| CommandError::Demo(error.to_string()))
}

fn introduce(global: &Global, books: &[Books], args: &args::Demo) -> Result<(), CommandError> {
    if global.quiet {
        return Ok(());
    }
    let about = books.iter().map(|it| {
        let Books { planted, .. } = it;
        let name = &it.account.provider.descriptor().name;
        let (lines, mistakes) = (planted.rows.len(), planted.planted.len());
        format!("  {name}: a ledger of {lines} lines with {mistakes} mistakes in it\n")
    });
    terminal::print(&format!(
        "Simulated accounts with {} records each in January 2026:\n{}\
         Pulled over HTTP, all at once, proven, matched:\n\n",
        args.records,
        about.collect::<String>()
    ))
}

/// Whether exactly what was planted was found.
fn check(act: &Act, run: &Run<'_>) -> Result<(), CommandError> {
    let id = act.books.entry.id;
    let differs = |what: &dyn fmt::Display| Err(CommandError::Demo(format!("{id}: {what}")));
    let planted = act.books.planted.planted.iter();
    let wanted: BTreeSet<_> = planted.map(Mistake::planted).collect();
    let found = act.outcome.breaks.iter();
    let found: BTreeSet<_> = found.map(|found| Mistake::found(run, found)).collect();
    if let Some(missed) = wanted.difference(&found).next() {
        return differs(&format_args!("{missed:?} was not found"));
    }
    if let Some(extra) = found.difference(&wanted).next() {
        return differs(&format_args!("{extra:?} was not planted"));
    }
    if run.summary().proofs.fails > 0 {
        return differs(&"a proof fails");
    }
    if !act.evidence.certificate.verdict.is_proven() {
        return differs(&"the pull is not proven complete");
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

fn conclude(global: &Global, acts: &[Act]) -> Result<Finding, CommandError> {
    if !global.quiet {
        let planted = acts.iter().map(|act| act.books.planted.planted.len());
        let found = match planted.sum::<usize>() {
            0 => "So few records had no mistakes planted, and none was found.".to_owned(),
            planted => format!("All {planted} planted mistakes were found, and nothing else."),
        };
        terminal::print(&format!(
            "\n{found} Next: the commands `providers` and `doctor`, for an account of your own.\n"
        ))?;
    }
    // The breaks are those that were planted: the demonstration is a success.
    Ok(Finding::Clean)
}
