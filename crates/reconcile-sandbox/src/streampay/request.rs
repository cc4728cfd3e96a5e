//! What clients send: queries of lists, and bodies.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::faults::{FaultKind, Faults};

/// The lists of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Merchants,
    Terminals,
    Transactions,
    Reconciliations,
}

impl List {
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::Merchants => "streampay/merchants",
            Self::Terminals => "streampay/terminals",
            Self::Transactions => "streampay/transactions",
            Self::Reconciliations => "streampay/reconciliations",
        }
    }

    /// The key of its rows.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Merchants => "merchants",
            Self::Terminals => "terminals",
            Self::Transactions => "transactions",
            Self::Reconciliations => "reconciliations",
        }
    }
}

/// What a list is asked for. What it does not know is not looked at.
#[derive(Debug, Clone)]
pub(super) struct ListQuery {
    pub(super) list: List,
    /// From 1.
    pub(super) page: usize,
    /// How many rows were asked for.
    pub(super) asked: usize,
    /// How many of them are sent at most.
    pub(super) limit: usize,
    /// Milliseconds since the epoch, both bounds included.
    pub(super) range: (i64, i64),
    pub(super) tid: Option<String>,
    pub(super) terminal: Option<String>,
    pub(super) is_connected: Option<bool>,
    pub(super) is_assigned: Option<bool>,
}

impl ListQuery {
    pub(super) fn read(
        list: List,
        parameters: &HashMap<String, String>,
        faults: &Faults,
    ) -> Result<Self, Problem> {
        let text = |name: &str| parameters.get(name).filter(|it| !it.is_empty()).cloned();
        let page = positive(text("page"), "page")?.unwrap_or(1);
        let limit = positive(text("limit"), "limit")?.unwrap_or(DEFAULT_LIMIT);
        let from = milliseconds(text("from"), "from")?.unwrap_or(i64::MIN);
        let to = milliseconds(text("to"), "to")?.unwrap_or(i64::MAX);
        if from > to {
            return Err(Problem::Invalid("to", "must not be before from"));
        }
        let excluded = i64::from(faults.is_on(FaultKind::ExclusiveTo));
        Ok(Self {
            list,
            page,
            asked: limit,
            limit: limit.min(most_rows(faults)),
            range: (from, to.saturating_sub(excluded)),
            tid: text("tid"),
            terminal: text("terminal_id").filter(|_| !faults.is_on(FaultKind::IgnoresTerminal)),
            is_connected: flag(text("is_connected"), "is_connected")?,
            is_assigned: flag(text("is_assigned"), "is_assigned")?,
        })
    }

    /// What all pages of one pull have in common.
    pub(super) fn window(&self) -> String {
        let Self {
            list,
            range,
            tid,
            terminal,
            ..
        } = self;
        format!("{list:?} {range:?} {tid:?} {terminal:?}")
    }
}

/// The whole query, by which one and the same request is known.
impl fmt::Display for ListQuery {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self:?}")
    }
}

/// Of the mobile SDK of the same platform: "limit: 30 // default (30)".
const DEFAULT_LIMIT: usize = 30;

/// Whoever asks for more gets as many without being told.
fn most_rows(faults: &Faults) -> usize {
    const ASSUMED: usize = 100;
    if faults.is_on(FaultKind::MaxRows) {
        usize::try_from(faults.value(FaultKind::MaxRows)).unwrap_or(ASSUMED)
    } else {
        ASSUMED
    }
}

fn positive(text: Option<String>, name: &'static str) -> Result<Option<usize>, Problem> {
    let number = |text: String| text.parse().ok().filter(|number| *number > 0);
    let invalid = Problem::Invalid(name, "must be a positive number");
    text.map(|text| number(text).ok_or(invalid)).transpose()
}

fn milliseconds(text: Option<String>, name: &'static str) -> Result<Option<i64>, Problem> {
    let invalid = |_| Problem::Invalid(name, "must be a timestamp in milliseconds");
    text.map(|text| text.parse().map_err(invalid)).transpose()
}

fn flag(text: Option<String>, name: &'static str) -> Result<Option<bool>, Problem> {
    let invalid = |_| Problem::Invalid(name, "must be a boolean value");
    text.map(|text| text.parse().map_err(invalid)).transpose()
}

/// A body of texts.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let invalid = |_| Problem::Invalid("body", "must be an object of texts");
    serde_json::from_slice(body).map_err(invalid)
}

/// The text of a field that has to be there.
pub(super) fn required(text: Option<String>, name: &'static str) -> Result<String, Problem> {
    text.filter(|text| !text.is_empty())
        .ok_or(Problem::Invalid(name, "should not be empty"))
}

/// The body that creates a merchant.
#[derive(Deserialize)]
pub(super) struct NewMerchant {
    pub(super) name: Option<String>,
    pub(super) name_ar: Option<String>,
    pub(super) reference_id: Option<String>,
}

/// The body that creates a terminal.
#[derive(Deserialize)]
pub(super) struct NewTerminal {
    pub(super) trsm_code: Option<String>,
    pub(super) merchant_id: Option<String>,
}

/// The body that assigns a terminal.
#[derive(Deserialize)]
pub(super) struct NewUser {
    name: Option<String>,
    mobile: Option<String>,
    email: Option<String>,
}

impl NewUser {
    /// Name, telephone number and e-mail address.
    pub(super) fn checked(self) -> Result<(String, String, String), Problem> {
        let name = required(self.name, "name")?;
        let mobile = required(self.mobile, "mobile")?;
        let email = required(self.email, "email")?;
        let digits = mobile.strip_prefix('+').unwrap_or_default();
        if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|it| it.is_ascii_digit()) {
            return Err(Problem::Invalid("mobile", "must be a valid phone number"));
        }
        if !email
            .split_once('@')
            .is_some_and(|(_, host)| host.contains('.'))
        {
            return Err(Problem::Invalid("email", "must be an email"));
        }
        Ok((name, mobile, email))
    }
}

/// The body that reconciles a terminal.
#[derive(Deserialize)]
pub(super) struct NewReconciliation {
    pub(super) terminal_id: Option<String>,
}
