//! What every gateway does with a request, whatever is asked: count it, let it
//! take its time, strike it, and alter what is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::alteration::Alteration;
use crate::answer::{Answer, deliver};
use crate::chaos::{Chaos, LateRows, Strike};
use crate::clock::Clock;
use crate::faults::{FaultKind, Faults};
use crate::gateway::GatewayId;
use crate::refusal::Refusal;
use crate::requests::{InFlight, Requests};
use crate::sandbox::SandboxConfig;
use crate::stationery::Stationery;
use crate::wire::Line;

/// The part of a gateway that does not depend on which one it is.
#[derive(Debug)]
pub(crate) struct Desk {
    /// The faults and switches as they are at this gateway.
    pub(crate) faults: Faults,
    pub(crate) clock: Clock,
    gateway: GatewayId,
    latency: Duration,
    chaos: Chaos,
    /// How many requests had credentials, for tokens that die of it.
    authorised: AtomicU64,
    alterations: Vec<Alteration>,
    stationery: Stationery,
    /// Shared by all gateways of a sandbox.
    requests: Arc<Requests>,
}

impl Desk {
    pub(crate) fn new(
        gateway: GatewayId,
        config: &SandboxConfig,
        requests: &Arc<Requests>,
        stationery: Stationery,
    ) -> Self {
        let faults = config.faults.at(gateway);
        let added = Duration::from_millis(faults.value(FaultKind::Latency));
        Self {
            chaos: Chaos::new(&faults),
            faults,
            clock: config.clock.clone(),
            gateway,
            latency: config.latency.saturating_add(added),
            authorised: AtomicU64::new(0),
            alterations: config.alterations.clone(),
            stationery,
            requests: Arc::clone(requests),
        }
    }

    /// Counts a request and lets it take its time. The operation is one of
    /// the gateway's, or a name of that form that cannot be altered.
    pub(crate) async fn begin(&self, operation: &'static str) -> Exchange<'_> {
        let exchange = Exchange {
            desk: self,
            operation,
            _in_flight: self.requests.begin(operation),
        };
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        exchange
    }

    /// The fault that strikes a request, if one does that can be felt there.
    /// Requests are the same where their texts are.
    pub(crate) fn strike(
        &self,
        request: &str,
        is_felt: impl FnOnce(FaultKind) -> bool,
    ) -> Option<Strike> {
        let strike = self.chaos.strike(request)?;
        if !is_felt(strike.kind) {
            return None;
        }
        self.requests.injected(strike.kind);
        Some(strike)
    }

    /// Notes that a lasting fault showed.
    pub(crate) fn injected(&self, kind: FaultKind) {
        self.requests.injected(kind);
    }

    /// Counts an authorised request, and says whether its token has to die.
    pub(crate) fn kills_token(&self) -> bool {
        let life = self.faults.value(FaultKind::TokenExpiry);
        let is_due = || (self.authorised.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(life);
        life > 0 && is_due()
    }

    /// Which rows of a window show up at this visit, where some are late.
    pub(crate) fn late_rows(&self, window: &str) -> Option<LateRows> {
        self.chaos.late_rows(window)
    }

    /// The HTTP status that a switch stands at.
    pub(crate) fn status(&self, switch: FaultKind) -> StatusCode {
        u16::try_from(self.faults.value(switch))
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or(StatusCode::UNAUTHORIZED)
    }

    /// How long a slow body waits before each of its parts.
    fn pause(&self) -> Duration {
        Duration::from_millis(self.faults.value(FaultKind::SlowBody))
    }

    /// What a fault adds before the closing brace of a body.
    fn padding(&self, strike: Strike) -> Option<Vec<u8>> {
        match strike.kind {
            FaultKind::DeepJson => {
                const DEPTH: usize = 100_000;
                let mut nested = br#","nested":"#.to_vec();
                nested.resize(nested.len() + DEPTH, b'[');
                nested.resize(nested.len() + DEPTH, b']');
                Some(nested)
            }
            FaultKind::OversizeBody => {
                let mebibytes = self.faults.value(FaultKind::OversizeBody);
                Some(vec![b' '; usize::try_from(mebibytes).unwrap_or(1) << 20])
            }
            _ => None,
        }
    }
}

/// A request that is being answered; in flight until it is dropped.
pub(crate) struct Exchange<'a> {
    desk: &'a Desk,
    operation: &'static str,
    _in_flight: InFlight<'a>,
}

impl Exchange<'_> {
    /// Answers with the outcome of the request: altered, and with the headers
    /// of every answer.
    pub(crate) fn send(&self, outcome: Result<Answer, Refusal>) -> Response {
        self.answer(outcome).into()
    }

    /// As [`send`](Self::send), compressed for those who ask, and in the way
    /// that the fault will have it. What a fault puts in the place of an answer
    /// is an outcome, and so the caller's: see [`Strike::instead`].
    pub(crate) fn deliver(
        &self,
        outcome: Result<Answer, Refusal>,
        strike: Option<Strike>,
        asked: &HeaderMap,
        line: &Line,
    ) -> Response {
        let mut answer = self.answer(outcome);
        if let Some(padding) = strike.and_then(|strike| self.desk.padding(strike)) {
            answer = answer.padded(&padding);
        }
        if accepts_gzip(asked) {
            answer = answer.gzipped();
        }
        deliver(answer, strike, self.desk.pause(), line)
    }

    fn answer(&self, outcome: Result<Answer, Refusal>) -> Answer {
        let Desk {
            gateway,
            requests,
            alterations,
            stationery,
            ..
        } = self.desk;
        let (operation, mut answer) = match outcome {
            Ok(answer) => (self.operation, answer),
            Err(refusal) => {
                let answer = refusal.answer(&stationery.error_note);
                (gateway.error_operation(), answer)
            }
        };
        for alteration in alterations.iter().filter(|it| it.is_for(operation)) {
            requests.altered(alteration, answer.alter(alteration));
        }
        answer.headers.extend(stationery.headers.iter().cloned());
        answer
    }
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.trim().split(';').next() == Some("gzip"))
}
