//! `reconcile match`: the engine on two files.

use std::path::Path;

use jiff::tz::TimeZone;
use reconcile_core::{Certificate, Kind, Verdict};
use reconcile_files::{read_text, shown_sentence};
use reconcile_report::Run;

use super::{outcome, output::Output, sides::Sides};
use crate::{
    Finding,
    args::{self, Global},
    error::CommandError,
    progress::Progress,
};

pub(crate) async fn run(global: &Global, args: &args::Match) -> Result<Finding, CommandError> {
    let output = Output::prepare(
        &args.books.destination,
        &[&args.books.ledger, &args.records],
    )?;
    let mut rules = outcome::rules(args.books.rules.as_deref(), &TimeZone::UTC)?;
    let mut certificate = args
        .certificate
        .as_deref()
        .map(read_certificate)
        .transpose()?;
    let progress = Progress::begin("match", global.quiet);
    progress.say("reading the files");
    let (ledger, sides) = Sides::read(args, &rules).await?;
    let (booked, listed) = sides.all();
    if listed.has_kind(Kind::Reversal) {
        outcome::count_reversed(&mut rules);
    }
    if let Some(certificate) = &mut certificate {
        hold_against(certificate, listed.counted());
    }
    let as_of = match args.books.as_of {
        Some(date) => date,
        None => outcome::last_date(booked, listed),
    };
    let context = outcome::context(certificate.as_ref(), &rules.records, as_of);
    progress.say(format!(
        "{} ledger lines and {} records",
        booked.counted(),
        listed.counted()
    ));
    let left = sides.settle(&rules.rules, &progress).await?;
    let outcome = left.reconcile(&rules.rules, &context, &progress)?;
    // An interruption that came meanwhile is heard before anything is written.
    tokio::task::yield_now().await;
    drop(progress);
    let run = Run {
        title: title(&args.books.ledger, &args.records),
        provider: None,
        ledger: &left.ledger,
        records: &left.records,
        outcome: &outcome,
        proofs: &[],
        certificate: certificate.as_ref(),
        as_of,
        set_aside: ledger.set_aside.len(),
        settled: left.settled_pairs(),
    };
    output.publish(&run, Some(&ledger), global)
}

/// Names the files without their folders, so that a report is the same wherever
/// they are.
fn title(ledger: &Path, records: &Path) -> String {
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned()
    };
    format!("{} and {}", name(ledger), name(records))
}

/// A certificate proves nothing of a file that has more or fewer records than it
/// counts: it is of another pull, or the file was altered.
fn hold_against(certificate: &mut Certificate, records: usize) {
    if usize::try_from(certificate.distinct) == Ok(records) {
        return;
    }
    let reason = format!(
        "the certificate counts {} records, and the file has {records}: is it of the same pull?",
        certificate.distinct
    );
    match &mut certificate.verdict {
        Verdict::Unproven { reasons } => reasons.push(reason),
        verdict => {
            *verdict = Verdict::Unproven {
                reasons: vec![reason],
            }
        }
    }
}

/// The longest certificate, in bytes: it names each page of a pull.
const LONGEST: u64 = 256 << 20;

fn read_certificate(path: &Path) -> Result<Certificate, CommandError> {
    let unreadable = |reason: &str| {
        CommandError::configuration(
            format!(
                "{}: cannot be read as a certificate: {}",
                path.display(),
                shown_sentence(reason)
            ),
            "give the file that `reconcile pull --certificate` wrote",
        )
    };
    let text = read_text(path, LONGEST)?;
    serde_json::from_str(&text).map_err(|error| unreadable(&error.to_string()))
}
