//! The statement: a provider's own total for a period and scope.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Currency, Window, money::decimal_text};

/// A provider's own totals for a period and scope: a daily balance report, a
/// terminal's reconciliation receipt, end-of-day figures.
///
/// What a provider states of a whole and of its parts is one statement for the
/// whole, without a scope, and one for each part, with the same id, account,
/// period and currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The provider's id in this toolkit.
    pub provider: String,
    /// The provider's id of the statement, or what identifies it (account, day, currency).
    pub id: String,
    /// The merchant, terminal or sub-account that it is about.
    pub account: Option<String>,
    /// What part of the account, where the provider splits it (a card scheme);
    /// `None` for the whole.
    pub scope: Option<String>,
    /// The instants that it covers, in UTC; none, at its end, where it is not
    /// known since when.
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
            Figure::Count(_) | Figure::Flag(_) => None,
        }
    }

    /// The count with this name; `None` where there is none.
    #[must_use]
    pub fn count(&self, figure: &str) -> Option<u64> {
        match self.figures.get(figure)? {
            Figure::Count(count) => Some(*count),
            Figure::Amount(_) | Figure::Flag(_) => None,
        }
    }

    /// The amount or the count with this name; `None` where there is neither.
    #[must_use]
    pub fn number(&self, figure: &str) -> Option<Decimal> {
        match self.figures.get(figure)? {
            Figure::Amount(amount) => Some(*amount),
            Figure::Count(count) => Some(Decimal::from(*count)),
            Figure::Flag(_) => None,
        }
    }

    /// The flag with this name; `None` where there is none.
    #[must_use]
    pub fn flag(&self, figure: &str) -> Option<bool> {
        match self.figures.get(figure)? {
            Figure::Flag(flag) => Some(*flag),
            Figure::Amount(_) | Figure::Count(_) => None,
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
    /// A number of movements, or of days.
    Count(u64),
    /// What the provider says of its own figures: that they balance, that it
    /// has reconciled them.
    Flag(bool),
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_figure_is_read_as_what_it_is() {
        let figures = [
            ("total", Figure::Amount(dec!(-12.40))),
            ("rows", Figure::Count(3)),
            ("balanced", Figure::Flag(false)),
        ];
        let instant = Timestamp::UNIX_EPOCH;
        let statement = Statement {
            provider: "acme".into(),
            id: "1".into(),
            account: None,
            scope: None,
            period: Window::new(instant, instant).unwrap(),
            day: None,
            currency: "SAR".parse().unwrap(),
            figures: figures.map(|(name, value)| (name.into(), value)).into(),
        };
        let read = |name| {
            (
                statement.amount(name),
                statement.count(name),
                statement.number(name),
                statement.flag(name),
            )
        };
        let minus = Some(dec!(-12.40));
        assert_eq!(read("total"), (minus, None, minus, None));
        assert_eq!(read("rows"), (None, Some(3), Some(dec!(3)), None));
        assert_eq!(read("balanced"), (None, None, None, Some(false)));
        assert_eq!(read("other"), (None, None, None, None));
        let text = serde_json::to_string(&statement).unwrap();
        assert!(text.contains(r#""balanced":{"flag":false}"#), "{text}");
        assert_eq!(serde_json::from_str::<Statement>(&text).unwrap(), statement);
    }
}
