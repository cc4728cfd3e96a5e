//! `reconcile prove`: a provider's figures against each other.

use reconcile_engine::{Book, Rules};
use reconcile_files::RulesFile;
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

pub(crate) async fn run(global: &Global, args: &args::Prove) -> Result<Finding, CommandError> {
    let (account, window) = commands::open(global, &args.scope)?;
    let output = Output::prepare(&args.destination, &[])?;
    let query = commands::query(window, &args.scope, &[], args.skip_invalid);
    let as_of = outcome::last_day(window, &account.zone);
    let progress = Progress::begin(format!("proving {}", args.scope.provider), global.quiet);
    // The certificate carries the day, not the clock: equal runs leave equal files.
    let options = commands::options(&account).instant(window.to());
    let reading = outcome::reading(&account, &RulesFile::default());
    // There is no ledger: the records stand alone, and none is missing.
    let (ledger, none) = (Book::new(), Book::new());
    let mut unmatched = Sides::in_memory(Book::new());
    let evidence = Evidence::gather(
        &account,
        &reading,
        query,
        options,
        &mut unmatched,
        &progress,
    );
    let evidence = evidence.await?;
    drop(progress);
    let context = outcome::context(Some(&evidence.certificate), &reading, as_of);
    let nothing = outcome::reconcile(&ledger, &none, &Rules::default(), &context)?;
    let run = Run {
        title: commands::title(&account, window),
        provider: Some(&account.provider.descriptor().id),
        ledger: &ledger,
        records: &none,
        outcome: &nothing,
        proofs: &evidence.proofs,
        certificate: Some(&evidence.certificate),
        as_of,
        set_aside: 0,
        settled: None,
    };
    let finding = output.publish(&run, None, global)?;
    outcome::suggest_locks(&account, &evidence.proofs, global)?;
    Ok(finding)
}
