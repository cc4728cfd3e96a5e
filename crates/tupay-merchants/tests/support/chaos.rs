//! A pull of a simulated account under faults, judged against the simulator's
//! own books: shared by the test of some seeds and the command for a thousand.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jiff::{Timestamp, civil::date, tz::TimeZone};
use reconcile_core::{
    Certificate, Kind, ProviderError, ProviderExt, PullOptions, Record, RecordQuery, Window,
};
use reconcile_sandbox::{FaultKind, Faults, Sandbox, SandboxConfig, TuPayWorld, WorldConfig};
use reconcile_transport::{RetryPolicy, Timeouts, Timer, TokioTimer, Transport};
use tupay_merchants::{Config, TuPay};

/// The faults of the promise, each alone; all of them together are one more case.
const FAULTS: [FaultKind; 10] = [
    FaultKind::TokenExpiry,
    FaultKind::RateLimit,
    FaultKind::RateLimitRetryAfter,
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
    oldest_first: bool,
    concurrency: NonZeroUsize,
}

impl Case {
    /// The case of a seed: each fault alone in turn, then all together.
    pub(crate) fn of(seed: u64) -> Self {
        let turn = usize::try_from(seed).unwrap_or_default() % (FAULTS.len() + 1);
        let faults = match FAULTS.get(turn) {
            Some(&alone) => vec![alone],
            None => FAULTS.to_vec(),
        };
        // Late rows show up within six visits of a window, so windows are long
        // enough for all to have shown up when the pull ends.
        let records = match seed % 7 {
            0 if !faults.contains(&FaultKind::InsertWhilePaging) => seed % 200,
            _ => 2_800 + seed % 1_000,
        };
        Self {
            seed,
            faults,
            records: usize::try_from(records).unwrap_or_default(),
            days: if seed.is_multiple_of(5) { 31 } else { 30 },
            oldest_first: seed.is_multiple_of(2),
            concurrency: NonZeroUsize::new([16, 4, 1, 32][(seed % 4) as usize]).unwrap(),
        }
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
    /// An error, with the position to resume from and all records before it.
    Error,
}

/// Pulls, and judges; an error says what was lost, doubled or untrue.
pub(crate) async fn run(case: &Case) -> Result<Ending, String> {
    let sandbox = sandbox(case).await;
    let (records, outcome) = pull(&sandbox, case).await;
    let world = books(sandbox.tupay_world());
    let pulled = unique(&records)?;
    if let Some((id, amount)) = pulled
        .iter()
        .find(|(id, amount)| world.get(*id) != Some(amount))
    {
        return Err(format!("{id:?} with {amount} is not in the world"));
    }
    let ending = match outcome {
        Err(error) => return resumable(&error, &world_instants(sandbox.tupay_world()), &pulled),
        Ok(certificate) if certificate.verdict.is_proven() => Ending::Complete,
        Ok(_) => Ending::Unproven,
    };
    match world.keys().find(|id| !pulled.contains_key(*id)) {
        Some(lost) => Err(format!("{lost:?} was lost without an error ({ending:?})")),
        None => Ok(ending),
    }
}

type Id = (Kind, String);

async fn sandbox(case: &Case) -> Sandbox {
    let mut faults = Faults::none().seed(case.seed);
    for &fault in &case.faults {
        faults = match fault {
            FaultKind::TokenExpiry => faults.with(
                "token-expiry=9"
                    .parse::<reconcile_sandbox::Fault>()
                    .unwrap(),
            ),
            FaultKind::SlowBody => {
                faults.with("slow-body=2".parse::<reconcile_sandbox::Fault>().unwrap())
            }
            other => faults.with(other),
        };
    }
    if case.oldest_first {
        faults = faults.with("order=oldest".parse::<reconcile_sandbox::Fault>().unwrap());
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

/// Pulls to the end or to the first error, and keeps what was delivered.
async fn pull(sandbox: &Sandbox, case: &Case) -> (Vec<Record>, Result<Certificate, ProviderError>) {
    let transport = Transport::builder()
        .concurrency(case.concurrency)
        .seed(case.seed)
        .timer(Arc::new(Hurried::default()))
        .timeouts(Timeouts {
            attempt: Duration::from_secs(20),
            ..Timeouts::default()
        })
        .retry(RetryPolicy::default())
        .build()
        .unwrap();
    let access = sandbox.tupay();
    let config = Config::new(
        access.base_url.parse().unwrap(),
        access.access_key.into(),
        access.secret_key.into(),
    );
    let config = config.concurrency(case.concurrency).transport(transport);
    let tupay = TuPay::new(config).unwrap();
    let window = Window::days(date(2026, 1, 1), date(2026, 2, 1), &TimeZone::UTC).unwrap();
    let options = PullOptions::at("2026-06-01T00:00:00Z".parse().unwrap());
    let mut pull = tupay.pull(RecordQuery::new(window), options);
    let mut records = Vec::new();
    while let Some(page) = pull.next().await {
        match page {
            Ok(page) => records.extend(page.records),
            Err(error) => return (records, Err(error)),
        }
    }
    (records, Ok(pull.certificate()))
}

/// The world's records by id, with their amounts to the digit.
fn books(world: &TuPayWorld) -> BTreeMap<Id, String> {
    let deposits = world.deposits().iter().map(|deposit| {
        let amount = deposit.requested_amount().normalize().to_string();
        ((Kind::Payment, deposit.id().to_string()), amount)
    });
    let cashouts = world.cashouts().iter().map(|cashout| {
        let amount = cashout.amount().normalize().to_string();
        ((Kind::Payout, cashout.id().to_string()), amount)
    });
    deposits.chain(cashouts).collect()
}

fn world_instants(world: &TuPayWorld) -> BTreeMap<Id, Timestamp> {
    let deposits = world
        .deposits()
        .iter()
        .map(|deposit| ((Kind::Payment, deposit.id().to_string()), deposit.created()));
    let cashouts = world
        .cashouts()
        .iter()
        .map(|cashout| ((Kind::Payout, cashout.id().to_string()), cashout.created()));
    deposits.chain(cashouts).collect()
}

fn unique(records: &[Record]) -> Result<BTreeMap<Id, String>, String> {
    let mut pulled = BTreeMap::new();
    for record in records {
        let amount = record.amount.amount.normalize().to_string();
        if pulled
            .insert((record.kind, record.id.clone()), amount)
            .is_some()
        {
            return Err(format!("{} was delivered twice", record.id));
        }
    }
    Ok(pulled)
}

/// Whether an error says where to resume, and everything before it is there.
fn resumable(
    error: &ProviderError,
    world: &BTreeMap<Id, Timestamp>,
    pulled: &BTreeMap<Id, String>,
) -> Result<Ending, String> {
    let position = error
        .position()
        .ok_or_else(|| format!("an error without a position: {error}"))?;
    let before: BTreeSet<_> = world
        .iter()
        .filter(|(_, created)| **created < position.from)
        .map(|(id, _)| id)
        .collect();
    match before.into_iter().find(|id| !pulled.contains_key(*id)) {
        Some(lost) => Err(format!("{lost:?} is before the position and was lost")),
        None => Ok(Ending::Error),
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
