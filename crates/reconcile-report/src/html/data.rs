//! The breaks as data for the script.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::{self, Write},
};

use reconcile_core::Currency;
use reconcile_engine::{Book, Break, BreakCode, Row, RowIndex};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::{escape::json, rows::SHOWN};
use crate::{
    Run,
    amount::{grouped, plain},
};

/// Writes all breaks as JSON: arrays without names, since names would be half of
/// a page with many breaks. `report.js` reads them in the same order.
pub(super) fn write(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let codes: BTreeSet<_> = run.breaks().map(|broken| broken.code).collect();
    let codes: Vec<_> = codes.into_iter().collect();
    out.write_all(b"{\"causes\":")?;
    let causes: Vec<_> = codes
        .iter()
        .map(|code| (code.as_str(), code.title()))
        .collect();
    json(&causes, out)?;
    out.write_all(b",\"digits\":{")?;
    for (position, currency) in currencies(run).into_iter().enumerate() {
        let comma = if position > 0 { "," } else { "" };
        let digits = currency.exponent().unwrap_or_default();
        write!(out, "{comma}\"{currency}\":{digits}")?;
    }
    out.write_all(b"},\"breaks\":[")?;
    for (position, broken) in run.breaks().enumerate() {
        out.write_all(if position > 0 { b",\n" } else { b"\n" })?;
        json(&item(run, &broken, &codes), out)?;
    }
    out.write_all(b"\n]}")
}

/// The currencies of the breaks and of their rows.
fn currencies(run: &Run<'_>) -> BTreeSet<Currency> {
    let mut currencies = BTreeSet::new();
    for broken in run.breaks() {
        let ledger = broken.ledger.iter();
        let records = broken.records.iter();
        currencies.extend(broken.currency);
        currencies.extend(ledger.map(|&row| run.ledger.signed(row).currency));
        currencies.extend(records.map(|&row| run.records.signed(row).currency));
    }
    currencies
}

/// A break as the page holds it: the cause by its position, amounts as text, as
/// in the CSV.
fn item<'r>(run: &'r Run<'_>, broken: &'r Break, codes: &[BreakCode]) -> impl Serialize + use<'r> {
    let amount = |amount: Option<Decimal>| amount.map(|amount| plain(amount, broken.currency));
    (
        broken.id(run.ledger, run.records),
        codes.binary_search(&broken.code).unwrap_or_default(),
        broken.severity.as_str(),
        broken.date,
        broken.age_days,
        broken.currency,
        amount(broken.expected),
        amount(broken.actual),
        amount(broken.difference),
        &*broken.rule,
        &*broken.explanation,
        side(run.ledger, &broken.ledger),
        side(run.records, &broken.records),
    )
}

/// How many rows a side of a break has, those that are shown, and the ids of the
/// others, so that a search finds them too.
#[derive(Serialize)]
#[serde(untagged)]
enum Side<'r> {
    Whole(usize, Vec<Entry<'r>>),
    Cut(usize, Vec<Entry<'r>>, Vec<&'r str>),
}

fn side<'r>(book: &'r Book, rows: &[RowIndex]) -> Side<'r> {
    let shown = rows.iter().take(SHOWN);
    let shown = shown.map(|&row| Entry(book.row(row))).collect();
    let others = rows.iter().skip(SHOWN).map(|&row| book.id(row));
    match rows.len() {
        all @ ..=SHOWN => Side::Whole(all, shown),
        all => Side::Cut(all, shown, others.collect()),
    }
}

/// A row, without what it does not have at its end.
struct Entry<'r>(Row<'r>);

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let amount = |amount| Cow::from(plain(amount, Some(row.currency)));
        let settled = row.settled.map(|settled| {
            let amount = grouped(settled.amount, Some(settled.currency));
            Cow::from(format!("{amount} {}", settled.currency))
        });
        let cells: [Option<Cow<'_, str>>; 13] = [
            Some(row.id.into()),
            Some(amount(row.signed())),
            Some(row.currency.as_str().into()),
            Some(row.date.to_string().into()),
            row.reference.map(Into::into),
            row.kind.map(|kind| kind.as_str().into()),
            row.status.map(|status| status.as_str().into()),
            row.fee.map(amount),
            row.account.map(Into::into),
            row.description.map(Into::into),
            row.tax.map(amount),
            settled,
            row.method.map(Into::into),
        ];
        let present = cells.iter().rposition(Option::is_some);
        serializer.collect_seq(cells.iter().take(present.map_or(0, |last| last + 1)))
    }
}
