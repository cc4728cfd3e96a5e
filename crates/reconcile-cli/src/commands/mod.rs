//! The subcommands: one file each, and what several of them share.

mod attest;
mod demo;
mod doctor;
mod list;
mod match_files;
mod outcome;
mod output;
mod prove;
mod providers;
mod pull;
mod rules;
mod run;
mod sandbox;
mod sides;
mod statements;

pub(crate) use attest::conventions;

use jiff::ToSpan;
use reconcile_core::{Kind, PullOptions, RecordQuery, SetAside, Window};

use crate::{
    Finding,
    args::{Args, Command, Global, Scope},
    error::CommandError,
    input,
    registry::{self, Account},
    settings::Configuration,
};

/// Carries out what the command line says.
pub(crate) async fn run(args: Args) -> Result<Finding, CommandError> {
    let global = &args.global;
    match args.command {
        Command::Demo(demo) => demo::run(global, &demo).await,
        Command::Providers => providers::run(),
        Command::Doctor => doctor::run(global).await,
        Command::Pull(pull) => pull::run(global, &pull).await,
        Command::Statements(statements) => statements::run(global, &statements).await,
        Command::Prove(prove) => prove::run(global, &prove).await,
        Command::Run(run) => run::run(global, &run).await,
        Command::Match(files) => match_files::run(global, &files).await,
        Command::Rules(command) => rules::run(&command).await,
        Command::Attest(attest) => attest::run(global, &attest).await,
        Command::Sandbox(sandbox) => sandbox::run(global, &sandbox).await,
    }
}

/// The account and the window that a command is about.
fn open(global: &Global, scope: &Scope) -> Result<(Account, Window), CommandError> {
    let entry = registry::find(&scope.provider)?;
    let configuration = Configuration::load(global.config.as_deref())?;
    let account = Account::open(&configuration.of(entry)?)?;
    for oddity in &account.oddities {
        eprintln!("{}: {oddity}", entry.id);
    }
    let window = input::window(&scope.from, &scope.to, &account.zone)?;
    Ok((account, window))
}

/// The records that a command is about.
fn query(window: Window, scope: &Scope, kinds: &[Kind], skip_invalid: bool) -> RecordQuery {
    let mut query = RecordQuery::new(window).kinds(kinds.iter().copied());
    query.concurrency = scope.concurrency;
    query.skip_invalid = skip_invalid;
    query
}

/// A pull at this moment.
fn options(account: &Account) -> PullOptions {
    let options = PullOptions::at(jiff::Timestamp::now());
    match account.settle_lag {
        Some(lag) => options.settle_lag(lag),
        None => options,
    }
}

/// What a run is about, as a heading.
fn title(account: &Account, window: Window) -> String {
    let (from, to) = input::days(window, &account.zone);
    let last = to.saturating_sub(1.day()).max(from);
    format!("{}, {from} to {last}", account.provider.descriptor().name)
}

/// Says that a row of the provider could not be read.
fn warn(row: &SetAside) {
    let SetAside {
        list,
        page,
        index,
        path,
        reason,
    } = row;
    eprintln!("set aside: {list}, page {page}, row {index}, `{path}`: {reason}");
}
