//! A pull of a simulated account under faults, judged against the simulator's
//! own books: shared by the test of some seeds and the command for a thousand.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use reconcile_core::{
    Certificate, Kind, ProviderError, ProviderExt, PullOptions, Record, RecordQuery, Statement,
    StatementQuery, Window,
};
use reconcile_sandbox::{
    FaultKind, Faults, Sandbox, SandboxConfig, StreamPayReceiptKind, StreamPayWorld, WorldConfig,
};
use reconcile_transport::{RetryPolicy, Timeouts, Timer, TokioTimer, Transport};
use streampay_sdk::{Config, StreamPay};

/// The faults of the promise, each alone; all of them together are one more case.
const FAULTS: [FaultKind; 10] = [
    FaultKind::RateLimit,
    FaultKind::RateLimitRetryAfter,
    FaultKind::ServerError,
    FaultKind::Unavailable,
    FaultKind::CutConnection,
    FaultKind::ShortBody,
    FaultKind::SlowBody,
    FaultKind::HtmlBody,
    FaultKind::InsertWhilePaging,
    FaultKind::RepeatPage,
];

/// What a seed stands for.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    seed: u64,
    faults: Vec<FaultKind>,
    records: usize,
    days: u32,
    page_size: NonZeroU32,
    /// What is not documented.
    manners: [&'static str; 3],
    concurrency: NonZeroUsize,
    /// Two are too few for some pages, so that pulls fail and are resumed.
    attempts: u32,
}

impl Case {
    /// The case of a seed: each fault alone in turn, then all together.
    pub(crate) fn of(seed: u64) -> Self {
        let turn = usize::try_from(seed).unwrap_or_default() % (FAULTS.len() + 1);
        let faults = match FAULTS.get(turn) {
            Some(&alone) => vec![alone],
            None => FAULTS.to_vec(),
        };
        // Late rows show up within six visits of a window, so it has pages enough
        // for all to have shown up when the pull ends.
        let rows_are_late = faults.contains(&FaultKind::InsertWhilePaging);
        let (records, days, page_size) = match seed % 7 {
            0 if !rows_are_late => (seed % 200, 10, 1000),
            // Three requests' worth of days.
            1..=3 if !rows_are_late => (900 + seed % 300, 80, 10),
            _ => (1_200 + seed % 300, 25, 20),
        };
        Self {
            seed,
            faults,
            records: usize::try_from(records).unwrap_or_default(),
            days,
            page_size: NonZeroU32::new(page_size).unwrap(),
            manners: [
                ["order=newest", "order=oldest"][(seed % 2) as usize],
                ["filter-by=start", "filter-by=created"][(seed / 2 % 2) as usize],
                [
                    "beyond-end=empty",
                    "beyond-end=not-found",
                    "beyond-end=last-page",
                ][(seed / 4 % 3) as usize],
            ],
            concurrency: NonZeroUsize::new([16, 4, 1, 32][(seed % 4) as usize]).unwrap(),
            attempts: if seed.is_multiple_of(13) { 2 } else { 4 },
        }
    }

    /// The case without rows that show up late: where a list has one page, such a
    /// row is not there yet.
    pub(crate) fn without_late_rows(mut self) -> Self {
        self.faults
            .retain(|fault| *fault != FaultKind::InsertWhilePaging);
        self
    }

    /// All days of the world.
    fn window(&self) -> Window {
        let from = date(2026, 1, 1);
        let riyadh = TimeZone::get("Asia/Riyadh").unwrap();
        Window::days(from, from + i64::from(self.days).days(), &riyadh).unwrap()
    }

    /// The faults, for a table of results.
    pub(crate) fn name(&self) -> String {
        match self.faults.as_slice() {
            [alone] => format!("{alone:?}"),
            _ => "all together".to_owned(),
        }
    }
}

/// How a pull under faults may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// Exactly the records of the world, and a certificate that proves it.
    Complete,
    /// Exactly the records of the world, and a certificate that has doubts.
    Unproven,
    /// An error with the position to resume from, all records before it, and
    /// exactly the records of the world once it was resumed from there.
    Resumed,
}

/// How often an account may fail before its pull counts as stuck.
const MOST_RESUMED: usize = 100;

/// Pulls, resumes after each error, and judges; an error says what was lost,
/// doubled or untrue.
pub(crate) async fn run(case: &Case) -> Result<Ending, String> {
    let sandbox = sandbox(case).await;
    let world = books(sandbox.streampay_world());
    let mut pulled = BTreeMap::new();
    let mut window = case.window();
    let mut ending = None;
    for _ in 0..MOST_RESUMED {
        let (records, outcome) = pull(&sandbox, case, window).await;
        take_in(&mut pulled, &records, &world)?;
        let certificate = match outcome {
            Ok(certificate) => certificate,
            Err(error) => {
                window = resumed(&error, window, &world, &pulled)?;
                ending = Some(Ending::Resumed);
                continue;
            }
        };
        let ending = match ending {
            Some(resumed) => resumed,
            None if certificate.verdict.is_proven() => Ending::Complete,
            None => Ending::Unproven,
        };
        return match world.keys().find(|id| !pulled.contains_key(*id)) {
            Some(lost) => Err(format!("{lost:?} was lost without an error ({ending:?})")),
            None => Ok(ending),
        };
    }
    Err(format!("the pull fails again and again at {window}"))
}

/// Pulls the statements until they come, and compares them with those of the
/// same account without faults: how many there are.
pub(crate) async fn statements(case: &Case) -> Result<usize, String> {
    let healthy = Case {
        faults: Vec::new(),
        ..case.clone()
    };
    let without = pulled_statements(&healthy).await?;
    let under = pulled_statements(case).await?;
    if under != without {
        let (seen, exist) = (under.len(), without.len());
        return Err(format!("{seen} statements came, and {exist} others exist"));
    }
    Ok(without.len())
}

async fn pulled_statements(case: &Case) -> Result<Vec<Statement>, String> {
    let sandbox = sandbox(case).await;
    let streampay = provider(&sandbox, case);
    let options = PullOptions::at("2026-06-01T00:00:00Z".parse().unwrap());
    for _ in 0..MOST_RESUMED {
        let query = StatementQuery::new(case.window());
        match streampay.collect_statements(query, options).await {
            Ok(pull) if pull.verdict.is_proven() => return Ok(pull.statements),
            Ok(pull) => return Err(format!("{:?}", pull.verdict)),
            Err(error) if error.is_retryable() => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Err("the statements never come".to_owned())
}

type Id = (Kind, String);

/// What the world has under an id: the instant of creation, and the amount to
/// the digit.
type Entry = (Timestamp, String);

async fn sandbox(case: &Case) -> Sandbox {
    let mut faults = Faults::none().seed(case.seed);
    for &fault in &case.faults {
        faults = match fault {
            FaultKind::SlowBody => {
                faults.with("slow-body=2".parse::<reconcile_sandbox::Fault>().unwrap())
            }
            other => faults.with(other),
        };
    }
    for manner in case.manners {
        faults = faults.with(manner.parse::<reconcile_sandbox::Fault>().unwrap());
    }
    let world = WorldConfig {
        seed: case.seed,
        records: case.records,
        days: case.days,
        ..WorldConfig::default()
    };
    let config = SandboxConfig {
        world,
        faults,
        ..SandboxConfig::default()
    };
    Sandbox::start(config).await.unwrap()
}

fn provider(sandbox: &Sandbox, case: &Case) -> StreamPay {
    let transport = Transport::builder()
        .concurrency(case.concurrency)
        .seed(case.seed)
        .timer(Arc::new(Hurried::default()))
        .timeouts(Timeouts {
            attempt: Duration::from_secs(20),
            ..Timeouts::default()
        })
        .retry(RetryPolicy {
            attempts: case.attempts,
            ..RetryPolicy::default()
        })
        .build()
        .unwrap();
    let access = sandbox.streampay();
    let config = Config::new(access.base_url.parse().unwrap(), access.api_key.into());
    let config = config
        .concurrency(case.concurrency)
        .page_size(case.page_size)
        .transport(transport);
    StreamPay::new(config).unwrap()
}

/// Pulls to the end or to the first error, and keeps what was delivered.
async fn pull(
    sandbox: &Sandbox,
    case: &Case,
    window: Window,
) -> (Vec<Record>, Result<Certificate, ProviderError>) {
    let streampay = provider(sandbox, case);
    let options = PullOptions::at("2026-06-01T00:00:00Z".parse().unwrap());
    let mut pull = streampay.pull(RecordQuery::new(window), options);
    let mut records = Vec::new();
    while let Some(page) = pull.next().await {
        match page {
            Ok(page) => records.extend(page.records),
            Err(error) => return (records, Err(error)),
        }
    }
    (records, Ok(pull.certificate()))
}

/// The world's records by id.
fn books(world: &StreamPayWorld) -> BTreeMap<Id, Entry> {
    let receipts = world.receipts().iter().map(|receipt| {
        let kind = match receipt.kind() {
            StreamPayReceiptKind::Purchase => Kind::Payment,
            StreamPayReceiptKind::Refund => Kind::Refund,
            _ => Kind::Reversal,
        };
        let amount = receipt.amount().normalize().to_string();
        ((kind, receipt.id()), (receipt.at(), amount))
    });
    receipts.collect()
}

/// Adds what one pull delivered: each record of the world as it is there, once.
fn take_in(
    pulled: &mut BTreeMap<Id, Entry>,
    records: &[Record],
    world: &BTreeMap<Id, Entry>,
) -> Result<(), String> {
    let mut delivered = BTreeSet::new();
    for record in records {
        let id = (record.kind, record.id.clone());
        let amount = record.amount.amount.normalize().to_string();
        let entry = (record.created_at, amount);
        if world.get(&id) != Some(&entry) {
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
    world: &BTreeMap<Id, Entry>,
    pulled: &BTreeMap<Id, Entry>,
) -> Result<Window, String> {
    let position = error
        .position()
        .ok_or_else(|| format!("an error without a position: {error}"))?;
    let mut before = world
        .iter()
        .filter(|(_, (created, _))| *created < position.from);
    match before.find(|(id, _)| !pulled.contains_key(*id)) {
        Some((lost, _)) => Err(format!("{lost:?} is before the position and was lost")),
        None => Window::new(position.from, window.to()).map_err(|error| error.to_string()),
    }
}

/// A timer that runs fifty times as fast, so that waiting out a provider costs
/// no time; what it measures stays consistent with how long it sleeps.
#[derive(Debug)]
struct Hurried {
    begin: Instant,
}

const HURRY: u32 = 50;

impl Default for Hurried {
    fn default() -> Self {
        Self {
            begin: Instant::now(),
        }
    }
}

#[async_trait]
impl Timer for Hurried {
    fn now(&self) -> Instant {
        self.begin + self.begin.elapsed() * HURRY
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, duration: Duration) {
        TokioTimer.sleep(duration / HURRY).await;
    }
}
