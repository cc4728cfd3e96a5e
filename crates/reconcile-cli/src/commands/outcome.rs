//! What `demo`, `prove`, `run` and `match` share: both sides as books, the
//! evidence beside them, and the report of what came of it.

use std::{
    io::{BufWriter, Write},
    path::Path,
};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use reconcile_core::{
    Certificate, ProviderExt, PullOptions, RecordQuery, Statement, StatementQuery, Verdict, Window,
};
use reconcile_engine::{Absence, Book, Context, Outcome, Period, Proof, Row, Rules};
use reconcile_files::{Invalid, Ledger, Mapping, OutputDir, RulesFile, read_ledger};
use reconcile_report::{Run, terminal};

use crate::{
    Finding,
    args::{Books, Global},
    commands,
    error::CommandError,
    input,
    progress::Progress,
    registry::Account,
    terminal as tty,
};

/// What a provider says about a window.
pub(super) struct Evidence {
    pub(super) records: Book,
    pub(super) certificate: Certificate,
    pub(super) proofs: Vec<Proof>,
}

impl Evidence {
    /// Pulls records and statements, and proves what the provider declares.
    pub(super) async fn gather(
        account: &Account,
        query: RecordQuery,
        options: PullOptions,
        progress: &Progress,
    ) -> Result<Self, CommandError> {
        let window = query.window;
        let mut evidence = pull(account, query, options, progress).await?;
        if account.provider.descriptor().capabilities.statements {
            progress.say("statements");
            let statements = statements(account, window, options).await?;
            let identities = &account.provider.descriptor().identities;
            evidence.proofs = reconcile_engine::prove(identities, &statements);
        }
        Ok(evidence)
    }
}

async fn pull(
    account: &Account,
    query: RecordQuery,
    options: PullOptions,
    progress: &Progress,
) -> Result<Evidence, CommandError> {
    let mut pull = account.provider.pull(query, options);
    let mut records = Book::new();
    while let Some(page) = pull.next().await {
        let page = page?;
        for record in &page.records {
            records.push(Row::of_record(record, &account.zone))?;
        }
        page.set_aside.iter().for_each(commands::warn);
        progress.say(format!("{} records", records.len()));
    }
    Ok(Evidence {
        records,
        certificate: pull.certificate(),
        proofs: Vec::new(),
    })
}

async fn statements(
    account: &Account,
    window: Window,
    options: PullOptions,
) -> Result<Vec<Statement>, CommandError> {
    let query = StatementQuery::new(window);
    let pulled = account.provider.collect_statements(query, options).await?;
    if let Verdict::Unproven { reasons } = &pulled.verdict {
        eprintln!(
            "the statements are not proven to be all: {}",
            reasons.join("; ")
        );
    }
    Ok(pulled.statements)
}

/// The rules that the file holds, or the defaults.
pub(super) fn rules(books: &Books) -> Result<RulesFile, CommandError> {
    match books.rules.as_deref() {
        Some(path) => Ok(RulesFile::load(path)?),
        None => Ok(RulesFile::default()),
    }
}

/// Reads the ledger. Lines that cannot be read stop it, or are set aside.
pub(super) fn ledger(books: &Books, mapping: &Mapping) -> Result<Ledger, CommandError> {
    let invalid = if books.skip_invalid {
        Invalid::SetAside
    } else {
        Invalid::Stop
    };
    Ok(read_ledger(&books.ledger, mapping, invalid)?)
}

/// What the certificate says about the absence of a record, and about which days.
pub(super) fn context(certificate: Option<&Certificate>, zone: &TimeZone, as_of: Date) -> Context {
    let Some(certificate) = certificate else {
        return Context {
            as_of,
            period: None,
            proof_of_absence: Absence::Proven,
        };
    };
    let (from, to) = input::days(certificate.query.asked, zone);
    let mut period = Period::new(from, to);
    if certificate.query.read != certificate.query.asked {
        // The day in which the reading ended is not certain to be whole.
        period.certain_to = certificate
            .query
            .read
            .to()
            .to_zoned(zone.clone())
            .date()
            .max(from);
    }
    Context {
        as_of,
        period: Some(period),
        proof_of_absence: match &certificate.verdict {
            Verdict::Unproven { reasons } => Absence::Unproven {
                reasons: reasons.clone(),
            },
            _ => Absence::Proven,
        },
    }
}

/// The last day of a window, as of which it is looked at unless told otherwise.
pub(super) fn last_day(window: Window, zone: &TimeZone) -> Date {
    let (from, to) = input::days(window, zone);
    to.saturating_sub(1.day()).max(from)
}

/// The last day in either book, as of which two files are looked at.
pub(super) fn last_date(ledger: &Book, records: &Book) -> Date {
    let dates = ledger.iter().chain(records.iter()).map(|row| row.date);
    dates.max().unwrap_or(Date::ZERO)
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

/// The files of a run, prepared before anything is asked for, so that a folder
/// that cannot be written is found out first.
pub(super) struct Output(Option<OutputDir>);

impl Output {
    pub(super) fn prepare(path: Option<&Path>) -> Result<Self, CommandError> {
        Ok(Self(path.map(OutputDir::create).transpose()?))
    }

    /// Writes the files, all of them or none, and prints the summary.
    pub(super) fn publish(
        self,
        run: &Run<'_>,
        set_aside: Option<&Ledger>,
        global: &Global,
    ) -> Result<Finding, CommandError> {
        let mut note = String::new();
        if let Some(mut folder) = self.0 {
            for file in run.files() {
                let mut output = BufWriter::new(folder.file(file.name)?);
                (file.write)(run, &mut output)
                    .and_then(|()| output.flush())
                    .map_err(|source| CommandError::Write {
                        path: folder.path().join(file.name),
                        source,
                    })?;
                let output = output.into_inner().map_err(|error| CommandError::Write {
                    path: folder.path().join(file.name),
                    source: error.into_error(),
                })?;
                folder.add(output)?;
            }
            if let Some(ledger) = set_aside.filter(|ledger| !ledger.set_aside.is_empty()) {
                let mut file = folder.file(SET_ASIDE)?;
                ledger.write_set_aside(&mut file)?;
                folder.add(file)?;
            }
            note = format!(
                "\nThe files of this run are in {}.\n",
                folder.path().display()
            );
            folder.commit()?;
        }
        if let Some(ledger) = set_aside.filter(|ledger| !ledger.set_aside.is_empty()) {
            eprintln!(
                "{} of {} ledger lines could not be read and were set aside",
                ledger.set_aside.len(),
                ledger.rows
            );
        }
        if !global.quiet {
            tty::print(&terminal(run, tty::style(global.color)))?;
            tty::print(&note)?;
        }
        Ok(match run.summary().verdict {
            reconcile_report::Verdict::Reconciled => Finding::Clean,
            reconcile_report::Verdict::Breaks => Finding::Open,
        })
    }
}

/// The ledger lines that could not be read, in the folder of a run.
const SET_ASIDE: &str = "ledger-set-aside.txt";
