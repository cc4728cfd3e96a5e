//! One call and its attempts.

use std::pin::pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};

use super::{Authorize, Shared, gzip};
use crate::call::{Call, Reply};
use crate::error::{Error, ErrorKind};
use crate::http::{SendError, SendFailure};
use crate::json::Nesting;
use crate::rate::Permit;
use crate::retry::{Attempt, Decision, Outcome, Reason, parse_retry_after};
use crate::session::Ticket;
use crate::tap::Exchange;

const USER_AGENT: &str = concat!("reconcile-transport/", env!("CARGO_PKG_VERSION"));

/// A call under way.
pub(super) struct Sending<'a> {
    shared: &'a Shared,
    call: &'a Call,
    auth: Option<&'a dyn Authorize>,
    /// When the first attempt started.
    started: Option<Instant>,
    /// Attempts made.
    number: u32,
    /// How often the authorisation was renewed after a refusal.
    renewals: u32,
}

/// How often a refused call may ask for another session. When many calls share
/// one, it can end again and again while this call is under way, so 401 has
/// some patience; 403 more often means what it says.
const fn most_renewals(status: StatusCode) -> u32 {
    match status {
        StatusCode::UNAUTHORIZED => 8,
        StatusCode::FORBIDDEN => 1,
        _ => 0,
    }
}

/// What an attempt came to: for the policy, and for the caller if it is final.
struct Verdict {
    outcome: Outcome,
    retry_after: Option<Duration>,
    result: Result<Reply, Error>,
}

impl<'a> Sending<'a> {
    pub(super) fn new(shared: &'a Shared, call: &'a Call, auth: Option<&'a dyn Authorize>) -> Self {
        Self {
            shared,
            call,
            auth,
            started: None,
            number: 0,
            renewals: 0,
        }
    }

    pub(super) async fn run(mut self) -> Result<Reply, Error> {
        loop {
            // Before a place is taken: a login goes through the same gate, and
            // calls that wait for it must not hold the places that it needs.
            let (headers, ticket) = self.headers().await?;
            let permit = self.place().await?;
            self.started.get_or_insert_with(|| self.shared.timer.now());
            self.number += 1;
            let verdict = self.attempt(&headers).await;
            if self.may_renew(&verdict, ticket) {
                self.renewals += 1;
                tracing::info!(operation = self.call.operation, "session refused: renewing");
                continue;
            }
            let decision = self.decide(&verdict);
            self.settle(permit, &verdict, decision);
            match decision {
                Decision::Retry(wait) => {
                    tracing::info!(
                        operation = self.call.operation,
                        attempt = self.number,
                        outcome = ?verdict.outcome,
                        ?wait,
                        "retrying"
                    );
                    self.shared.timer.sleep(wait).await;
                }
                Decision::Stop(reason) => return self.conclude(verdict, reason),
            }
        }
    }

    /// The headers of the next attempt, with a fresh credential.
    async fn headers(&self) -> Result<(HeaderMap, Ticket), Error> {
        let mut headers = self.call.headers.clone();
        let mut default = |name, value| {
            headers
                .entry(name)
                .or_insert(HeaderValue::from_static(value));
        };
        default(header::USER_AGENT, USER_AGENT);
        default(header::ACCEPT_ENCODING, "gzip");
        default(
            header::ACCEPT,
            if self.call.expects_json {
                "application/json"
            } else {
                "*/*"
            },
        );
        let ticket = match self.auth {
            Some(auth) => auth
                .authorize(&mut headers)
                .await
                .map_err(|error| self.explain(error))?,
            None => Ticket::default(),
        };
        Ok((headers, ticket))
    }

    /// A place at the gate, while there is time; the first one may take any time.
    async fn place(&self) -> Result<Permit<'a>, Error> {
        let entering = pin!(self.shared.gate.enter());
        if self.started.is_none() {
            return Ok(entering.await);
        }
        let alarm = pin!(self.shared.timer.sleep(self.remaining()));
        match select(entering, alarm).await {
            Either::Left((permit, _)) if !self.remaining().is_zero() => Ok(permit),
            _ => Err(self.explain(Error::new(ErrorKind::Timeout, "no time is left"))),
        }
    }

    async fn attempt(&self, headers: &HeaderMap) -> Verdict {
        match self.exchange(headers).await {
            Ok(response) => self.judge(response),
            Err(error) => Verdict {
                outcome: match error.failure() {
                    SendFailure::NotSent => Outcome::NotSent,
                    SendFailure::Timeout | SendFailure::Broken => Outcome::NoAnswer,
                    SendFailure::TooLarge | SendFailure::Other => Outcome::Unacceptable,
                },
                retry_after: None,
                result: Err(self.explain(Error::from_send(error))),
            },
        }
    }

    async fn exchange(&self, headers: &HeaderMap) -> Result<Response<Bytes>, SendError> {
        let Shared {
            http,
            timer,
            limits,
            timeouts,
            ..
        } = self.shared;
        let mut request = Request::new(self.call.body.clone());
        *request.method_mut() = self.call.method.clone();
        *request.uri_mut() = self.call.url.uri().clone();
        request.headers_mut().clone_from(headers);
        let sending = pin!(http.send(request, limits));
        let alarm = pin!(timer.sleep(timeouts.attempt.min(self.remaining())));
        let response = match select(sending, alarm).await {
            Either::Left((answered, _)) => answered?,
            Either::Right(_) => return Err(SendError::new(SendFailure::Timeout)),
        };
        let response = gzip::decoded(response, limits.max_body)?;
        if let Some(tap) = &self.shared.tap {
            tap.exchange(&Exchange {
                operation: self.call.operation,
                method: &self.call.method,
                url: &self.call.url,
                request_headers: headers,
                request_body: &self.call.body,
                attempt: self.number,
                status: response.status(),
                headers: response.headers(),
                body: response.body(),
            });
        }
        Ok(response)
    }

    fn judge(&self, response: Response<Bytes>) -> Verdict {
        let (parts, body) = response.into_parts();
        let status = parts.status;
        let retry_after = parts
            .headers
            .get(header::RETRY_AFTER)
            .and_then(|value| parse_retry_after(value, self.shared.timer.timestamp()));
        let refusal = |outcome, error: Error| Verdict {
            outcome,
            retry_after,
            result: Err(self.explain(error.with_status(status))),
        };
        if status.is_redirection() {
            return refusal(Outcome::Unacceptable, redirected(&parts.headers));
        }
        if status.is_success() && self.call.expects_json {
            if is_web_page(&parts.headers, &body) {
                let error =
                    Error::new(ErrorKind::Broken, "a web page came where JSON was expected");
                return refusal(Outcome::NotJson, error);
            }
            let nesting = Nesting::of(&body);
            if let Err(error) = nesting.check(self.shared.limits.max_depth) {
                return refusal(Outcome::Unacceptable, error);
            }
            if nesting.is_cut() {
                let error = Error::new(ErrorKind::Broken, "the JSON ends early");
                return refusal(Outcome::NoAnswer, error);
            }
        }
        let reply = Reply {
            status,
            headers: parts.headers,
            body,
            attempts: self.number,
            retry_after,
        };
        Verdict {
            outcome: Outcome::Answered(status),
            retry_after,
            result: Ok(reply),
        }
    }

    fn may_renew(&self, verdict: &Verdict, ticket: Ticket) -> bool {
        let Outcome::Answered(status) = verdict.outcome else {
            return false;
        };
        self.renewals < most_renewals(status)
            && self.auth.is_some_and(|auth| auth.refused(ticket, status))
    }

    fn decide(&self, verdict: &Verdict) -> Decision {
        let attempt = Attempt {
            safety: self.call.safety,
            outcome: verdict.outcome,
            // A session that ended says nothing about how the provider fares.
            number: self.number.saturating_sub(self.renewals),
            remaining: self.remaining(),
            retry_after: verdict.retry_after,
            roll: self.shared.dice.roll(),
        };
        let decision = self.shared.retry.decide(&attempt, &self.shared.budget);
        tracing::debug!(
            operation = self.call.operation,
            attempt = self.number,
            outcome = ?verdict.outcome,
            decision = ?decision,
            "attempt"
        );
        decision
    }

    /// Lets all other calls learn from this attempt.
    fn settle(&self, permit: Permit<'_>, verdict: &Verdict, decision: Decision) {
        let Outcome::Answered(status) = verdict.outcome else {
            return;
        };
        let asks_for_silence =
            status == StatusCode::SERVICE_UNAVAILABLE && verdict.retry_after.is_some();
        if status == StatusCode::TOO_MANY_REQUESTS || asks_for_silence {
            // A wait that no call can sit out is each caller's to know, not to suffer.
            let wait = verdict
                .retry_after
                .filter(|_| decision != Decision::Stop(Reason::RetryAfter));
            permit.throttled(wait);
        } else if !status.is_server_error() {
            self.shared.budget.deposit();
            permit.succeeded();
        }
    }

    fn conclude(&self, verdict: Verdict, reason: Reason) -> Result<Reply, Error> {
        let throttled = verdict.outcome == Outcome::Answered(StatusCode::TOO_MANY_REQUESTS);
        match (reason, verdict.retry_after) {
            (Reason::RetryAfter, Some(wait)) if throttled => {
                let error = Error::new(ErrorKind::RateLimited, "the provider asks to wait longer")
                    .with_status(StatusCode::TOO_MANY_REQUESTS)
                    .with_retry_after(wait);
                Err(self.explain(error))
            }
            _ => verdict.result,
        }
    }

    /// What is left of the call's total time.
    fn remaining(&self) -> Duration {
        let total = self.shared.timeouts.total;
        let now = self.shared.timer.now();
        self.started.map_or(total, |started| {
            total.saturating_sub(now.saturating_duration_since(started))
        })
    }

    fn explain(&self, error: Error) -> Error {
        let error = match error.operation() {
            Some(_) => error,
            None => error.with_operation(self.call.operation),
        };
        error.with_attempts(self.number)
    }
}

fn redirected(headers: &HeaderMap) -> Error {
    // The host alone: the rest of a location may carry a token.
    let host = headers
        .get(header::LOCATION)
        .and_then(|location| Uri::try_from(location.as_bytes()).ok())
        .and_then(|location| location.host().map(str::to_owned));
    let to = host.map_or_else(|| "elsewhere".to_owned(), |host| format!("to {host}"));
    Error::new(
        ErrorKind::Redirected,
        format!("redirected {to}, which is never followed"),
    )
}

/// Gateways answer 200 with their own error page; so do captive portals.
fn is_web_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .trim_start()
                .to_ascii_lowercase()
                .starts_with("text/html")
        });
    declared || body.trim_ascii_start().first() == Some(&b'<')
}
