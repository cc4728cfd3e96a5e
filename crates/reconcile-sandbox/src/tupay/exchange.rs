//! One request, and what every answer to it has.

use axum::response::Response;

use super::api::Gateway;
use crate::answer::Answer;
use crate::refusal::Refusal;
use crate::requests::InFlight;

/// A request that is being answered; in flight until it is dropped.
pub(super) struct Exchange<'a> {
    gateway: &'a Gateway,
    operation: &'static str,
    _in_flight: InFlight<'a>,
}

impl<'a> Exchange<'a> {
    pub(super) fn begin(gateway: &'a Gateway, operation: &'static str) -> Self {
        Self {
            gateway,
            operation,
            _in_flight: gateway.requests.begin(operation),
        }
    }

    /// What the outcome of the request is answered with: altered, and with the
    /// headers of every answer.
    pub(super) fn answer(&self, outcome: Result<Answer, Refusal>) -> Answer {
        let Gateway {
            requests,
            alterations,
            headers,
            dialect,
            ..
        } = self.gateway;
        let (operation, mut answer) = match outcome {
            Ok(answer) => (self.operation, answer),
            Err(refusal) => ("error", refusal.answer(dialect.error_note())),
        };
        for alteration in alterations.iter().filter(|it| it.is_for(operation)) {
            requests.altered(alteration, answer.alter(alteration));
        }
        answer.headers.extend(headers.iter().cloned());
        answer
    }

    pub(super) fn send(&self, outcome: Result<Answer, Refusal>) -> Response {
        self.answer(outcome).into()
    }
}
