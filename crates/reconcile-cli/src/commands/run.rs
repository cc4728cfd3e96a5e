//! `reconcile run`: pull, prove, match, report.

use reconcile_report::Run;

use super::{
    outcome::{self, Evidence},
    output::Output,
    sides::Sides,
};
use crate::{
    Finding,
    args::{self, Global},
    commands,
    error::CommandError,
    progress::Progress,
};

pub(crate) async fn run(global: &Global, args: &args::Run) -> Result<Finding, CommandError> {
    let (account, window) = commands::open(global, &args.scope)?;
    // The ledger and the folder are ours: what is wrong with them is said
    // before the provider is asked for anything.
    let mut rules = outcome::rules(args.books.rules.as_deref(), &account.zone)?;
    if outcome::lists_reversals(&account) {
        outcome::count_reversed(&mut rules);
    }
    // Rows may wait in the folder.
    let output = Output::prepare(&args.books.destination, &[&args.books.ledger])?;
    let (ledger, mut sides) = Sides::read_ledger(&args.books, &rules).await?;
    let query = commands::query(window, &args.scope, &args.kinds, args.books.skip_invalid);
    let as_of = args
        .books
        .as_of
        .unwrap_or_else(|| outcome::last_day(window, &account.zone));
    let progress = Progress::begin(format!("pulling {}", args.scope.provider), global.quiet);
    // The certificate carries the day, not the clock: equal runs leave equal files.
    let options = commands::options(&account).instant(window.to());
    let reading = outcome::reading(&account, &rules);
    let evidence =
        Evidence::gather(&account, &reading, query, options, &mut sides, &progress).await?;
    progress.say("matching");
    let context = outcome::context(Some(&evidence.certificate), &reading, as_of);
    let left = sides.settle(&rules.rules, &progress).await?;
    let outcome = left.reconcile(&rules.rules, &context, &progress)?;
    drop(progress);
    let run = Run {
        title: commands::title(&account, window),
        provider: Some(&account.provider.descriptor().id),
        ledger: &left.ledger,
        records: &left.records,
        outcome: &outcome,
        proofs: &evidence.proofs,
        certificate: Some(&evidence.certificate),
        as_of,
        set_aside: ledger.set_aside.len(),
        settled: left.settled_pairs(),
    };
    let finding = output.publish(&run, Some(&ledger), global)?;
    outcome::suggest_locks(&account, &evidence.proofs, global)?;
    Ok(finding)
}
