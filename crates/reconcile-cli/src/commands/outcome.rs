//! What `demo`, `prove`, `run` and `match` share: how both sides are read, and the
//! evidence beside them.

use std::{panic, path::Path};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use reconcile_core::{
    Certificate, Kind, ProviderExt, PullOptions, Record, RecordQuery, StatementQuery, Status,
    Verdict, Window,
};
use reconcile_engine::{Absence, Book, Context, Listing, Outcome, Period, Proof, Row, Rules};
use reconcile_files::{Invalid, Ledger, Mapping, RulesFile, read_ledger, read_records};
use tokio::task;

use super::sides::Sides;
use crate::{
    args::Global,
    commands,
    error::CommandError,
    input,
    progress::Progress,
    registry::{self, Account},
    settings, terminal,
};

/// What a provider says about a window.
pub(super) struct Evidence {
    pub(super) certificate: Certificate,
    /// How many statements the provider gave.
    pub(super) statements: usize,
    pub(super) proofs: Vec<Proof>,
}

impl Evidence {
    /// Pulls records, which `sides` lists, and statements, and proves what the
    /// provider declares.
    pub(super) async fn gather(
        account: &Account,
        reading: &Mapping,
        query: RecordQuery,
        options: PullOptions,
        sides: &mut Sides,
        progress: &Progress,
    ) -> Result<Self, CommandError> {
        let mut asked = StatementQuery::new(query.window);
        asked.concurrency = query.concurrency;
        let (mut evidence, listing) =
            pull(account, reading, query, options, sides, progress).await?;
        if account.provider.descriptor().capabilities.statements {
            progress.say("statements");
            (evidence.statements, evidence.proofs) =
                prove(account, asked, options, &evidence.certificate, &listing).await?;
        }
        Ok(evidence)
    }
}

/// Pulls the records, once as rows to match and once as what identities are about.
async fn pull(
    account: &Account,
    reading: &Mapping,
    query: RecordQuery,
    options: PullOptions,
    sides: &mut Sides,
    progress: &Progress,
) -> Result<(Evidence, Listing), CommandError> {
    let mut pull = account.provider.pull(query, options);
    let mut listing = Listing::of(account.provider.descriptor());
    while let Some(page) = pull.next().await {
        let page = page?;
        sides.list(&page.records, reading)?;
        page.records.iter().for_each(|record| listing.push(record));
        page.set_aside.iter().for_each(commands::warn);
        let records = sides.all().1.counted();
        sides.afford(records, listing.bytes())?;
        progress.say(format!("{records} records"));
    }
    let certificate = pull.certificate();
    listing.certify(&certificate);
    let evidence = Evidence {
        certificate,
        statements: 0,
        proofs: Vec::new(),
    };
    Ok((evidence, listing))
}

/// Keeps what the rules look at, on the day that it counts for.
pub(super) fn keep(
    record: &Record,
    reading: &Mapping,
    records: &mut Book,
) -> Result<(), CommandError> {
    let tax = reading.tax_attribute();
    let row = Row {
        date: reading.day_of(record.created_at),
        tax: tax.and_then(|attribute| Row::tax_in(record, attribute)),
        ..Row::of_record(record, &TimeZone::UTC)
    };
    let attributes = reading.attributes.iter().filter_map(|(name, key)| {
        let value = record.attributes.get(key)?;
        Some((name.as_str(), value.to_string()))
    });
    let changed = record
        .updated_at
        .filter(|instant| row.date < reading.day_of(*instant))
        .map(|instant| (Book::UPDATED_AT, instant.to_string()));
    let attributes: Vec<_> = attributes.chain(changed).collect();
    let attributes = attributes.iter().map(|(name, text)| (*name, text.as_str()));
    Ok(records.push_with(row, attributes)?)
}

/// Pulls the statements and tests what the provider declares about them and
/// about the records. Says how many statements there are, too.
async fn prove(
    account: &Account,
    query: StatementQuery,
    options: PullOptions,
    certificate: &Certificate,
    records: &Listing,
) -> Result<(usize, Vec<Proof>), CommandError> {
    let descriptor = account.provider.descriptor();
    let pulled = account.provider.collect_statements(query, options).await?;
    let lag = options.settle_lag.unwrap_or(descriptor.limits.settle_lag);
    let settled = options.now.saturating_sub(lag).unwrap_or(options.now);
    let asked = Period {
        // What is younger than the lag need not be listed yet.
        asked_on: Some(settled.to_zoned(descriptor.zone.clone()).date()),
        ..period(certificate, &in_zone(Mapping::default(), &descriptor.zone))
    };
    let mut proofs = reconcile_engine::prove(
        &account.identities,
        &pulled.statements,
        Some(records),
        Some(asked),
    );
    if let Verdict::Unproven { reasons } = &pulled.verdict {
        proofs.push(Proof::unproven_statements(reasons));
    }
    Ok((pulled.statements.len(), proofs))
}

/// Says how the conventions that were found can be locked, so that a later day
/// that leaves one is a break. One that ties with others is not certain enough.
pub(super) fn suggest_locks(
    account: &Account,
    proofs: &[Proof],
    global: &Global,
) -> Result<(), CommandError> {
    if global.quiet {
        return Ok(());
    }
    let (mut certain, mut tied) = (Vec::new(), Vec::new());
    for proof in proofs {
        let Some(found) = &proof.convention else {
            continue;
        };
        let key = registry::convention_key(proof.identity);
        let convention = &found.convention;
        if found.is_only() {
            certain.push(format!("  {key} = \"{convention}\"\n"));
        } else {
            let rivals = found.rivals();
            tied.push(format!("  {key}: {convention}; {rivals}\n"));
        }
    }
    let id = &account.provider.descriptor().id;
    if !certain.is_empty() {
        terminal::print(&format!(
            "\nConventions that were found, not documented: `proofs` says on which days. \
             [providers.{id}] in {} holds later days to them:\n{}",
            settings::FILE,
            certain.concat()
        ))?;
    }
    if !tied.is_empty() {
        terminal::print(&format!(
            "\nConventions that tie with others, so that later days are not to be held to \
             one of them yet:\n{}",
            tied.concat()
        ))?;
    }
    Ok(())
}

/// The rules that the file holds, or the defaults. Books that do not say in
/// which zone they count days count in this one.
pub(super) fn rules(path: Option<&Path>, zone: &TimeZone) -> Result<RulesFile, CommandError> {
    let mut rules = match path {
        Some(path) => RulesFile::load(path)?,
        None => RulesFile::default(),
    };
    rules.ledger.zone.get_or_insert_with(|| zone.clone());
    Ok(rules)
}

/// How the records of an account are read: its zone is where their days begin.
pub(super) fn reading(account: &Account, rules: &RulesFile) -> Mapping {
    in_zone(rules.records.clone(), &account.zone)
}

fn in_zone(mut mapping: Mapping, zone: &TimeZone) -> Mapping {
    mapping.zone = Some(zone.clone());
    mapping
}

/// Where reversals are records of their own, what they reverse moved its money,
/// too, unless the rules say otherwise: it would else go back without having come.
pub(super) fn count_reversed(rules: &mut RulesFile) {
    if !rules.says_what_counts {
        rules.rules.counts.insert(Status::Reversed);
    }
}

/// Whether a provider's reversals are records of their own.
pub(super) fn lists_reversals(account: &Account) -> bool {
    let capabilities = &account.provider.descriptor().capabilities;
    capabilities.kinds.contains(&Kind::Reversal)
}

/// Reads the ledger. Lines that cannot be read stop it, or are set aside.
pub(super) async fn ledger(
    path: &Path,
    skip_invalid: bool,
    mapping: &Mapping,
) -> Result<Ledger, CommandError> {
    let invalid = invalid(skip_invalid);
    let (path, mapping) = (path.to_owned(), mapping.clone());
    Ok(apart(move || read_ledger(&path, &mapping, invalid)).await?)
}

/// What to do with ledger lines that cannot be read.
pub(super) const fn invalid(skip_invalid: bool) -> Invalid {
    if skip_invalid {
        Invalid::SetAside
    } else {
        Invalid::Stop
    }
}

/// Reads a file of records.
pub(super) async fn records(path: &Path, mapping: &Mapping) -> Result<Book, CommandError> {
    let (path, mapping) = (path.to_owned(), mapping.clone());
    Ok(apart(move || read_records(&path, &mapping)).await?)
}

/// Works on a thread of its own: the command can be interrupted meanwhile.
pub(super) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match task::spawn_blocking(work).await {
        Ok(done) => done,
        // Nobody cancels the work, so it panicked.
        Err(failed) => panic::resume_unwind(failed.into_panic()),
    }
}

/// What the certificate says about the absence of a record, and about which days.
pub(super) fn context(
    certificate: Option<&Certificate>,
    reading: &Mapping,
    as_of: Date,
) -> Context {
    let Some(certificate) = certificate else {
        return Context {
            as_of,
            period: None,
            proof_of_absence: Absence::Proven,
        };
    };
    Context {
        as_of,
        period: Some(period(certificate, reading)),
        proof_of_absence: match &certificate.verdict {
            Verdict::Unproven { reasons } => Absence::Unproven {
                reasons: reasons.clone(),
            },
            _ => Absence::Proven,
        },
    }
}

/// The days that were asked for, and up to which they are certain.
fn period(certificate: &Certificate, reading: &Mapping) -> Period {
    let zone = reading.zone.clone().unwrap_or(TimeZone::UTC);
    let (mut from, to) = input::days(certificate.query.asked, &zone);
    if reading.cutoff.is_some() {
        // The first day began at the cut-off of its eve, which was not asked for.
        from = from.saturating_add(1.day()).min(to);
    }
    let mut period = Period::new(from, to);
    if certificate.query.read != certificate.query.asked {
        // The day in which the reading ended is not certain to be whole.
        let last = reading.day_of(certificate.query.read.to());
        period.certain_to = last.max(from);
    }
    period
}

/// The last day of a window, as of which it is looked at unless told otherwise.
pub(super) fn last_day(window: Window, zone: &TimeZone) -> Date {
    let (from, to) = input::days(window, zone);
    to.saturating_sub(1.day()).max(from)
}

/// The last day in either book, as of which two files are looked at.
pub(super) fn last_date(ledger: &Book, records: &Book) -> Date {
    let last = ledger.last_date().max(records.last_date());
    last.unwrap_or(Date::ZERO)
}

/// Matches the two sides.
pub(super) fn reconcile(
    ledger: &Book,
    records: &Book,
    rules: &Rules,
    context: &Context,
) -> Result<Outcome, CommandError> {
    Ok(reconcile_engine::reconcile(
        ledger, records, rules, context,
    )?)
}
