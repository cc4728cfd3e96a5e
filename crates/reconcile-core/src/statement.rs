//! The statement: a provider's own total for a period and scope.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Currency, Window, money::decimal_text};

/// A provider's own totals for a period and scope: a daily balance report, a
/// terminal's reconciliation receipt, end-of-day figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The provider's id in this toolkit.
    pub provider: String,
    /// The provider's id of the statement, or what identifies it (account, day, currency).
    pub id: String,
    /// The merchant, terminal or sub-account that it is about.
    pub account: Option<String>,
    /// What part of the account, where the provider splits it (a card scheme).
    pub scope: Option<String>,
    /// The instants that it covers, in UTC.
    pub period: Window,
    /// The civil day that it covers, where it is about one.
    pub day: Option<LocalDay>,
    /// What its amounts are counted in.
    pub currency: Currency,
    /// The totals by the provider's own names for them.
    pub figures: BTreeMap<String, Figure>,
}

impl Statement {
    /// The amount with this name, in major units; `None` where there is none.
    #[must_use]
    pub fn amount(&self, figure: &str) -> Option<Decimal> {
        match self.figures.get(figure)? {
            Figure::Amount(amount) => Some(*amount),
            Figure::Count(_) => None,
        }
    }
}

/// A civil day, with the IANA zone whose day it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LocalDay {
    /// The date.
    pub date: Date,
    /// The IANA name of the zone, `UTC` included.
    pub zone: String,
}

/// One total of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Figure {
    /// An amount in major units of the statement's currency; signed as the provider signs it.
    Amount(#[serde(with = "decimal_text")] Decimal),
    /// A number of movements.
    Count(u64),
}
