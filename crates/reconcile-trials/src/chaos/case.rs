//! What a seed stands for.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use jiff::{ToSpan, civil::date};
use reconcile_core::{Provider, Window};
use reconcile_sandbox::{Fault, FaultKind, Faults, Sandbox, SandboxConfig, WorldConfig};
use reconcile_transport::{RetryPolicy, Timeouts, Transport};

use crate::{Account, Hurried, Scale};

/// What a seed stands for: the faults, the world, and how the client pulls.
#[derive(Clone, Debug)]
pub struct Case {
    seed: u64,
    faults: Vec<FaultKind>,
    scale: Scale,
    switches: Vec<&'static str>,
    concurrency: NonZeroUsize,
    /// Two are too few for some pages, so that pulls fail and are resumed.
    attempts: u32,
}

impl Case {
    /// The case of a seed: each fault alone in turn, then all together.
    #[must_use]
    pub fn of<A: Account>(seed: u64) -> Self {
        let turn = usize::try_from(seed).unwrap() % (A::FAULTS.len() + 1);
        let faults = match A::FAULTS.get(turn) {
            Some(&alone) => vec![alone],
            None => A::FAULTS.to_vec(),
        };
        let rows_are_late = faults.contains(&FaultKind::InsertWhilePaging);
        let concurrency = match seed % 4 {
            0 => 16,
            1 => 4,
            2 => 1,
            _ => 32,
        };
        Self {
            seed,
            faults,
            scale: A::scale(seed, rows_are_late),
            switches: A::switches(seed),
            concurrency: NonZeroUsize::new(concurrency).unwrap(),
            attempts: if seed.is_multiple_of(13) { 2 } else { 4 },
        }
    }

    /// How much there is to pull.
    #[must_use]
    pub const fn scale(&self) -> Scale {
        self.scale
    }

    /// How many requests may be under way at once.
    #[must_use]
    pub const fn concurrency(&self) -> NonZeroUsize {
        self.concurrency
    }

    /// The faults, for a table of results.
    #[must_use]
    pub fn name(&self) -> String {
        match self.faults.as_slice() {
            [alone] => format!("{alone:?}"),
            _ => "all together".to_owned(),
        }
    }

    /// The case without rows that show up late: where a list has one page, such a
    /// row is not there yet.
    #[must_use]
    pub fn without_late_rows(mut self) -> Self {
        self.faults
            .retain(|fault| *fault != FaultKind::InsertWhilePaging);
        self
    }

    /// The same account, whose service works.
    pub(super) fn without_faults(&self) -> Self {
        Self {
            faults: Vec::new(),
            ..self.clone()
        }
    }

    /// All days of the world.
    pub(super) fn window(&self, provider: &dyn Provider) -> Window {
        let from = date(2026, 1, 1);
        let to = from + i64::from(self.scale.days).days();
        Window::days(from, to, &provider.descriptor().zone).unwrap()
    }

    pub(super) async fn sandbox(&self) -> Sandbox {
        let switches = self.switches.iter().map(|switch| switch.parse().unwrap());
        let faults = self.faults.iter().map(|fault| at_a_pace(*fault));
        let faults: Faults = switches.chain(faults).collect();
        let world = WorldConfig {
            seed: self.seed,
            records: usize::try_from(self.scale.records).unwrap(),
            days: self.scale.days,
            ..WorldConfig::default()
        };
        let config = SandboxConfig {
            world,
            faults: faults.seed(self.seed),
            ..SandboxConfig::default()
        };
        Sandbox::start(config).await.unwrap()
    }

    pub(super) fn transport(&self) -> Transport {
        Transport::builder()
            .concurrency(self.concurrency)
            .seed(self.seed)
            .timer(Arc::new(Hurried::default()))
            .timeouts(Timeouts {
                attempt: Duration::from_secs(20),
                ..Timeouts::default()
            })
            .retry(RetryPolicy {
                attempts: self.attempts,
                ..RetryPolicy::default()
            })
            .build()
            .unwrap()
    }
}

/// The fault, often enough to matter and seldom enough for a pull to end soon.
fn at_a_pace(fault: FaultKind) -> Fault {
    match fault {
        FaultKind::TokenExpiry => "token-expiry=9".parse().unwrap(),
        FaultKind::SlowBody => "slow-body=2".parse().unwrap(),
        other => other.into(),
    }
}
