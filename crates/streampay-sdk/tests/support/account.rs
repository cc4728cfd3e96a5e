//! StreamPay's account at the simulator.

#![allow(
    clippy::unwrap_used,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::sync::Arc;

use reconcile_core::{Kind, Provider};
use reconcile_sandbox::{FaultKind, Sandbox, StreamPayReceiptKind};
use reconcile_transport::Transport;
use reconcile_trials::{Books, Scale, chaos::Case};
use streampay_sdk::{Config, StreamPay};

/// What is StreamPay's own.
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
    ];

    fn scale(seed: u64, rows_are_late: bool) -> Scale {
        match seed % 7 {
            0 if !rows_are_late => Scale::new(seed % 200, 10, 1000),
            // Three requests' worth of days.
            1..=3 if !rows_are_late => Scale::new(900 + seed % 300, 80, 10),
            _ => Scale::new(1_200 + seed % 300, 25, 20),
        }
    }

    fn switches(seed: u64) -> Vec<&'static str> {
        let order = match seed % 2 {
            0 => "order=newest",
            _ => "order=oldest",
        };
        let filter = match seed / 2 % 2 {
            0 => "filter-by=start",
            _ => "filter-by=created",
        };
        let beyond_the_end = match seed / 4 % 3 {
            0 => "beyond-end=empty",
            1 => "beyond-end=not-found",
            _ => "beyond-end=last-page",
        };
        vec![order, filter, beyond_the_end]
    }

    fn provider(sandbox: &Sandbox, case: &Case, transport: Transport) -> Arc<dyn Provider> {
        let access = sandbox.streampay();
        let config = Config::new(access.base_url.parse().unwrap(), access.api_key.into());
        let config = config
            .concurrency(case.concurrency())
            .page_size(case.scale().page_size)
            .transport(transport);
        Arc::new(StreamPay::new(config).unwrap())
    }

    fn books(sandbox: &Sandbox) -> Books {
        let receipts = sandbox.streampay_world().receipts().iter().map(|receipt| {
            let kind = match receipt.kind() {
                StreamPayReceiptKind::Purchase => Kind::Payment,
                StreamPayReceiptKind::Refund => Kind::Refund,
                _ => Kind::Reversal,
            };
            ((kind, receipt.id()), (receipt.at(), receipt.amount()))
        });
        receipts.collect()
    }
}
