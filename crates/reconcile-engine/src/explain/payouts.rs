//! Whether a row without a counterpart is a whole day of the other side, as a
//! payout is, before the fees or after them.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use reconcile_core::{Currency, Sum};
use rust_decimal::Decimal;

use super::shown;
use crate::{Book, Row, RowIndex};

/// The rows of a side that have no counterpart, day by day.
#[derive(Default)]
pub(super) struct Days(BTreeMap<(Currency, Date), Day>);

#[derive(Default)]
struct Day {
    rows: usize,
    /// Credits `+`; none where a sum is not exact.
    gross: Option<Sum>,
    fees: Option<Sum>,
    taxes: Option<Sum>,
}

impl Days {
    /// Adds up the days of some rows.
    pub(super) fn of(book: &Book, rows: impl IntoIterator<Item = RowIndex>) -> Self {
        let mut days = Self::default();
        for row in rows {
            let row = book.row(row);
            let day = days.0.entry((row.currency, row.date)).or_insert(Day {
                rows: 0,
                gross: Some(Sum::ZERO),
                fees: Some(Sum::ZERO),
                taxes: Some(Sum::ZERO),
            });
            day.rows += 1;
            day.gross = plus(day.gross, row.signed());
            day.fees = plus(day.fees, row.fee.unwrap_or_default());
            day.taxes = plus(day.taxes, row.tax.unwrap_or_default());
        }
        days
    }

    /// The only day, of so many around that of the row, that comes to its
    /// amount. `what` names the rows of a day.
    pub(super) fn explain(&self, row: &Row<'_>, around: i64, what: &str) -> Option<String> {
        let from = (row.currency, row.date.saturating_sub(around.days()));
        let to = (row.currency, row.date.saturating_add(around.days()));
        let days = self.0.range(from..=to);
        let mut told = days.filter_map(|((_, date), day)| {
            let sum = day.comes_to(row)?;
            let rows = day.rows;
            Some(format!(
                "all {rows} unmatched {what} of {date} come to {sum}"
            ))
        });
        told.next().filter(|_| told.next().is_none())
    }
}

impl Day {
    /// The equation in which a row is the sum of the day, or what the fees leave
    /// of it, or the fees and the taxes.
    fn comes_to(&self, row: &Row<'_>) -> Option<String> {
        // Hardly any day does: sums become figures only where one is told.
        let target = Sum::from(row.signed());
        let figure = |sum: Sum| Some(shown(sum.to_decimal()?, row.currency));
        let gross = self.gross.filter(|_| self.rows > 1)?;
        if gross == target {
            return Some(figure(gross)?.to_string());
        }
        let fees = self.fees?;
        let told = |charges: &str, left: Sum| {
            let (gross, fees, left) = (figure(gross)?, figure(fees)?, figure(left)?);
            Some(format!("{gross} − fees {fees}{charges} = {left}"))
        };
        let net = gross.minus(fees).ok()?;
        if net == target {
            return told("", net);
        }
        let taxes = self.taxes?;
        let net = net.minus(taxes).ok().filter(|net| *net == target)?;
        told(&format!(" − taxes {}", figure(taxes)?), net)
    }
}

fn plus(sum: Option<Sum>, term: Decimal) -> Option<Sum> {
    sum?.plus(term).ok()
}
