//! Who may ask: credentials and sessions.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use jiff::{SignedDuration, Timestamp};

use super::confidential::TuPayConfidential;
use super::render::MERCHANT_ID;
use crate::random::Random;

/// How a client reaches the simulated TuPay.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TuPayAccess {
    /// Scheme, host and port, without a path; of all three APIs.
    pub base_url: String,
    /// The Merchants API's user.
    pub access_key: String,
    /// The Merchants API's password.
    pub secret_key: String,
    /// The API key of the Deposit and Cashout APIs (`X-Login`, `login`).
    pub api_key: String,
    /// The API passphrase of the Cashout API (`pass`).
    pub api_passphrase: String,
    /// The API signature, with which the Deposit and Cashout APIs sign.
    pub api_signature: String,
}

impl TuPayAccess {
    pub(crate) fn new(base_url: String, confidential: &TuPayConfidential) -> Self {
        Self {
            base_url,
            access_key: confidential.access_key.clone(),
            secret_key: confidential.secret_key.clone(),
            api_key: confidential.api_key.clone(),
            api_passphrase: confidential.api_passphrase.clone(),
            api_signature: confidential.api_signature.clone(),
        }
    }
}

impl fmt::Debug for TuPayAccess {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TuPayAccess")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// The open sessions.
#[derive(Debug)]
pub(super) struct Sessions(Mutex<Open>);

struct Open {
    token_prefix: String,
    issued: u64,
    by_token: HashMap<String, Session>,
}

/// Tokens are no more for logs here than at a gateway.
impl fmt::Debug for Open {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Open")
            .field("issued", &self.issued)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy)]
struct Session {
    merchant: u64,
    last_used: Timestamp,
}

/// "The `BEARER_TOKEN` cookie will expire after 15 minutes of its last
/// request" (all four brands).
const LIFE: SignedDuration = SignedDuration::from_mins(15);

impl Sessions {
    /// No session yet; every token will begin with the prefix.
    pub(super) fn new(token_prefix: String) -> Self {
        Self(Mutex::new(Open {
            token_prefix,
            issued: 0,
            by_token: HashMap::new(),
        }))
    }

    /// Opens a session and returns its token.
    pub(super) fn open(&self, now: Timestamp) -> String {
        self.with(|open| {
            open.issued += 1;
            let token = format!("{}{}", open.token_prefix, token(open.issued));
            open.by_token.insert(
                token.clone(),
                Session {
                    merchant: MERCHANT_ID,
                    last_used: now,
                },
            );
            token
        })
    }

    /// The merchant whose data the token shows, if the session is alive;
    /// being asked keeps it alive.
    pub(super) fn merchant(&self, token: &str, now: Timestamp) -> Option<u64> {
        self.with(|open| {
            let session = open.by_token.get_mut(token)?;
            if now.duration_since(session.last_used) > LIFE {
                open.by_token.remove(token);
                return None;
            }
            session.last_used = now;
            Some(session.merchant)
        })
    }

    pub(super) fn switch(&self, token: &str, merchant: u64) {
        self.with(|open| {
            if let Some(session) = open.by_token.get_mut(token) {
                session.merchant = merchant;
            }
        });
    }

    pub(super) fn close(&self, token: &str) {
        self.with(|open| open.by_token.remove(token));
    }

    fn with<T>(&self, change: impl FnOnce(&mut Open) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The token that a request carries, in either of the documented ways.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if let Some(token) = authorization.and_then(|value| value.strip_prefix("Bearer ")) {
        return Some(token);
    }
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix("BEARER_TOKEN="))
}

/// As long and as opaque as the tokens of the samples.
fn token(number: u64) -> String {
    Random::new(number, "token").word(33)
}
