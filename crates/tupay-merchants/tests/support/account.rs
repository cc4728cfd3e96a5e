//! TuPay's account at the simulator.

#![allow(
    clippy::unwrap_used,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::sync::Arc;

use reconcile_core::{Kind, Provider};
use reconcile_sandbox::{FaultKind, Sandbox};
use reconcile_transport::Transport;
use reconcile_trials::{Books, Scale, chaos::Case};
use tupay_merchants::{Config, TuPay};

/// What is TuPay's own.
pub(crate) struct Account;

impl reconcile_trials::Account for Account {
    const FAULTS: &'static [FaultKind] = &[
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

    fn scale(seed: u64, rows_are_late: bool) -> Scale {
        match seed % 7 {
            0 if !rows_are_late => Scale::new(seed % 200, 30, 50),
            // Three requests' worth of days.
            1..=3 if !rows_are_late => Scale::new(2_800 + seed % 1_000, 150, 50),
            _ => Scale::new(
                2_800 + seed % 1_000,
                if seed.is_multiple_of(2) { 30 } else { 31 },
                50,
            ),
        }
    }

    fn switches(seed: u64) -> Vec<&'static str> {
        let is_even = seed.is_multiple_of(2);
        vec![if is_even {
            "order=oldest"
        } else {
            "order=newest"
        }]
    }

    fn provider(sandbox: &Sandbox, case: &Case, transport: Transport) -> Arc<dyn Provider> {
        let access = sandbox.tupay();
        let config = Config::new(
            access.base_url.parse().unwrap(),
            access.access_key.into(),
            access.secret_key.into(),
        );
        let config = config.concurrency(case.concurrency()).transport(transport);
        Arc::new(TuPay::new(config).unwrap())
    }

    fn books(sandbox: &Sandbox) -> Books {
        let world = sandbox.tupay_world();
        let deposits = world.deposits().iter().map(|deposit| {
            let id = (Kind::Payment, deposit.id().to_string());
            (id, (deposit.created(), deposit.requested_amount()))
        });
        let cashouts = world.cashouts().iter().map(|cashout| {
            let id = (Kind::Payout, cashout.id().to_string());
            (id, (cashout.created(), cashout.amount()))
        });
        deposits.chain(cashouts).collect()
    }
}
