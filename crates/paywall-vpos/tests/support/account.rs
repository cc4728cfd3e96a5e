//! Paywall's account at the simulator.

#![allow(
    clippy::unwrap_used,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::sync::Arc;

use paywall_vpos::{Config, Paywall};
use reconcile_core::{Kind, Provider};
use reconcile_sandbox::{FaultKind, PaywallStepKind, Sandbox};
use reconcile_transport::Transport;
use reconcile_trials::{Books, Scale, chaos::Case};

/// What is Paywall's own.
pub(crate) struct Account;

impl reconcile_trials::Account for Account {
    const FAULTS: &'static [FaultKind] = &[
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
        FaultKind::WrongPage,
    ];

    fn scale(seed: u64, rows_are_late: bool) -> Scale {
        match seed % 7 {
            0 if !rows_are_late => Scale::new(seed % 200, 10, 1000),
            1..=3 if !rows_are_late => Scale::new(600 + seed % 300, 15, 10),
            _ => Scale::new(1_200 + seed % 300, 5, 20),
        }
    }

    fn switches(seed: u64) -> Vec<&'static str> {
        let is_even = seed.is_multiple_of(2);
        vec![if is_even {
            "order=newest"
        } else {
            "order=oldest"
        }]
    }

    fn provider(sandbox: &Sandbox, case: &Case, transport: Transport) -> Arc<dyn Provider> {
        let access = sandbox.paywall();
        let config = Config::new(
            access.base_url.parse().unwrap(),
            access.api_key.into(),
            access.api_client.into(),
        );
        let config = config
            .concurrency(case.concurrency())
            .page_size(case.scale().page_size.get())
            .transport(transport);
        Arc::new(Paywall::new(config).unwrap())
    }

    fn books(sandbox: &Sandbox) -> Books {
        let world = sandbox.paywall_world();
        let mut books = Books::new();
        for transaction in world.transactions() {
            let id = (Kind::Payment, transaction.id().to_string());
            books.insert(id, (transaction.created(), transaction.amount()));
            for step in world.steps_of(transaction) {
                let kind = match step.kind() {
                    PaywallStepKind::Sale => continue,
                    PaywallStepKind::Cancel => Kind::Reversal,
                    PaywallStepKind::Refund | PaywallStepKind::PartialRefund => Kind::Refund,
                };
                let id = (kind, format!("{}:{}", transaction.id(), step.id()));
                books.insert(id, (step.at(), step.amount()));
            }
        }
        books
    }
}
