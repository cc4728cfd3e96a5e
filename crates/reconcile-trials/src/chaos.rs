//! Pulls of a simulated account under faults, judged against the simulator's own
//! books: nothing is lost or doubled without a word.

mod case;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    process::ExitCode,
    sync::Arc,
};

use reconcile_core::{
    Certificate, Provider, ProviderError, ProviderExt, PullOptions, Record, RecordQuery, Statement,
    StatementQuery, Window,
};

pub use case::Case;

use crate::{Account, Books, now};

/// How a pull under faults may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Exactly the records of the world, and a certificate that proves it.
    Complete,
    /// Exactly the records of the world, and a certificate that has doubts.
    Unproven,
    /// An error with the position to resume from, all records before it, and
    /// exactly the records of the world once it was resumed from there.
    Resumed,
}

/// Tries each seed, and gives how often a pull ended in which way; fails where a
/// record was lost, doubled or untrue, or where fewer than two pulls in three are
/// complete at once.
pub async fn try_records<A: Account>(seeds: Range<u64>) -> BTreeMap<Ending, u64> {
    let mut endings: BTreeMap<Ending, u64> = BTreeMap::new();
    for seed in seeds.clone() {
        let case = Case::of::<A>(seed);
        match records::<A>(&case).await {
            Ok(ending) => *endings.entry(ending).or_default() += 1,
            Err(wrong) => panic!("seed {seed} ({}): {wrong}", case.name()),
        }
    }
    // Most get through: a client that gave up at once would pass the rest.
    let complete = endings.get(&Ending::Complete).copied().unwrap_or_default();
    assert!(
        complete * 3 >= (seeds.end - seeds.start) * 2 - 2,
        "{endings:?}"
    );
    endings
}

/// Tries the statements of each seed; fails where they are others than without
/// faults, or none.
pub async fn try_statements<A: Account>(seeds: &[u64]) {
    for &seed in seeds {
        let case = Case::of::<A>(seed).without_late_rows();
        match statements::<A>(&case).await {
            Ok(statements) => assert!(statements > 0, "seed {seed} has no statement"),
            Err(wrong) => panic!("seed {seed} ({}): {wrong}", case.name()),
        }
    }
}

/// Tries the records and the statements of as many seeds as `cases` says, and
/// prints how they ended: what the examples of the provider crates do.
#[allow(clippy::print_stdout, reason = "it is what an example does")]
pub async fn table<A: Account>(cases: u64) -> ExitCode {
    let mut table: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut wrong = 0;
    for seed in 0..cases {
        let case = Case::of::<A>(seed);
        let statements = statements::<A>(&case.clone().without_late_rows()).await;
        let ending = match statements.and(records::<A>(&case).await) {
            Ok(ending) => format!("{ending:?}"),
            Err(why) => {
                println!("seed {seed} ({}): {why}", case.name());
                wrong += 1;
                "WRONG".to_owned()
            }
        };
        *table
            .entry(case.name())
            .or_default()
            .entry(ending)
            .or_default() += 1;
    }
    for (faults, endings) in &table {
        println!("{faults:<22} {endings:?}");
    }
    println!("{cases} seeds, {wrong} wrong");
    if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// How often an account may fail before its pull counts as stuck.
const MOST_RESUMED: usize = 100;

/// Pulls the records, resumes after each error, and judges.
///
/// # Errors
///
/// What was lost, doubled or untrue.
pub async fn records<A: Account>(case: &Case) -> Result<Ending, String> {
    let sandbox = case.sandbox().await;
    let books = A::books(&sandbox);
    let mut pulled = Books::new();
    let mut window = None;
    for _ in 0..MOST_RESUMED {
        let provider = A::provider(&sandbox, case, case.transport());
        let asked = window.unwrap_or_else(|| case.window(&*provider));
        let (records, outcome) = pull(&provider, asked).await;
        take_in(&mut pulled, &records, &books)?;
        let certificate = match outcome {
            Ok(certificate) => certificate,
            Err(error) => {
                window = Some(resumed(&error, asked, &books, &pulled)?);
                continue;
            }
        };
        let ending = match window {
            Some(_) => Ending::Resumed,
            None if certificate.verdict.is_proven() => Ending::Complete,
            None => Ending::Unproven,
        };
        return match books.keys().find(|id| !pulled.contains_key(*id)) {
            Some(lost) => Err(format!("{lost:?} was lost without an error ({ending:?})")),
            None => Ok(ending),
        };
    }
    Err("the pull fails again and again".to_owned())
}

/// Pulls the statements until they come, and compares them with those of the
/// same account without faults: how many there are.
///
/// # Errors
///
/// How many came, where they are others, or why none come.
pub async fn statements<A: Account>(case: &Case) -> Result<usize, String> {
    let without = pulled_statements::<A>(&case.without_faults()).await?;
    let under = pulled_statements::<A>(case).await?;
    if under != without {
        let (seen, exist) = (under.len(), without.len());
        return Err(format!("{seen} statements came, and {exist} others exist"));
    }
    Ok(without.len())
}

async fn pulled_statements<A: Account>(case: &Case) -> Result<Vec<Statement>, String> {
    let sandbox = case.sandbox().await;
    let provider = A::provider(&sandbox, case, case.transport());
    for _ in 0..MOST_RESUMED {
        let query = StatementQuery::new(case.window(&*provider));
        let pulling = provider.collect_statements(query, PullOptions::at(now()));
        match pulling.await {
            Ok(pull) if pull.verdict.is_proven() => return Ok(pull.statements),
            Ok(pull) => return Err(format!("{:?}", pull.verdict)),
            Err(error) if error.is_retryable() => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Err("the statements never come".to_owned())
}

/// Pulls to the end or to the first error, and keeps what was delivered.
async fn pull(
    provider: &Arc<dyn Provider>,
    window: Window,
) -> (Vec<Record>, Result<Certificate, ProviderError>) {
    let mut pull = provider.pull(RecordQuery::new(window), PullOptions::at(now()));
    let mut records = Vec::new();
    while let Some(page) = pull.next().await {
        match page {
            Ok(page) => records.extend(page.records),
            Err(error) => return (records, Err(error)),
        }
    }
    (records, Ok(pull.certificate()))
}

/// Adds what one pull delivered: each record of the world as it is there, once.
fn take_in(pulled: &mut Books, records: &[Record], books: &Books) -> Result<(), String> {
    let mut delivered = BTreeSet::new();
    for record in records {
        let id = (record.kind, record.id.clone());
        let entry = (record.created_at, record.amount.amount);
        if books.get(&id) != Some(&entry) {
            return Err(format!("{id:?} is not in the world as {entry:?}"));
        }
        if !delivered.insert(id.clone()) {
            return Err(format!("{id:?} was delivered twice"));
        }
        pulled.insert(id, entry);
    }
    Ok(())
}

/// The window to resume with, if the error says where, and everything before
/// that is there.
fn resumed(
    error: &ProviderError,
    window: Window,
    books: &Books,
    pulled: &Books,
) -> Result<Window, String> {
    let position = error
        .position()
        .ok_or_else(|| format!("an error without a position: {error}"))?;
    let mut before = books
        .iter()
        .filter(|(_, (created, _))| *created < position.from);
    match before.find(|(id, _)| !pulled.contains_key(*id)) {
        Some((lost, _)) => Err(format!("{lost:?} is before the position and was lost")),
        None => Window::new(position.from, window.to()).map_err(|error| error.to_string()),
    }
}
