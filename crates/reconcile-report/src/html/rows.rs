//! The breaks: the first ones as HTML, for readers without scripts, and all of
//! them as data for the script. Both show the same; `report.js` has the twin of
//! each function that writes HTML here.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use jiff::civil::Date;
use reconcile_core::{Currency, Kind, Status};
use reconcile_engine::{Book, Break, BreakCode, RowIndex};
use rust_decimal::Decimal;
use serde::Serialize;

use super::escape::{Escaped, Isolated, json};
use crate::{
    Run,
    amount::{count, counted, grouped, plain, signed},
};

/// How many breaks stand in the HTML itself.
const WITHOUT_SCRIPT: usize = 200;

/// How many rows of one side of a break are shown; the table of breaks has all ids.
const ROWS: usize = 20;

/// Says how many breaks the table shows.
pub(super) fn shown(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let all = run.breaks().count();
    if all > WITHOUT_SCRIPT {
        write!(
            out,
            "The first {WITHOUT_SCRIPT} of {}; all are in the table of breaks beside this page.",
            counted(all, "break", "breaks")
        )
    } else {
        write!(out, "{}", counted(all, "break", "breaks"))
    }
}

/// The table, with its first rows.
pub(super) fn table(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    if run.breaks().next().is_none() {
        return out.write_all(b"<p class=\"none\">Nothing is open.</p>");
    }
    out.write_all(
        b"<table class=\"breaks\"><thead><tr><th scope=\"col\" class=\"when\" data-column=\"date\">Date</th>\
<th scope=\"col\" class=\"what\" data-column=\"cause\">Cause</th><th scope=\"col\" data-column=\"ledger\">Ledger</th>\
<th scope=\"col\" data-column=\"provider\">Provider</th>\
<th scope=\"col\" class=\"n gap\" data-column=\"difference\">Difference</th></tr></thead><tbody>",
    )?;
    for broken in run.breaks().take(WITHOUT_SCRIPT) {
        row(&Item::of(run, &broken), &broken, out)?;
    }
    out.write_all(b"</tbody></table>")
}

/// All breaks as JSON.
pub(super) fn data(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let codes: BTreeSet<BreakCode> = run.breaks().map(|broken| broken.code).collect();
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
        json(&Item::of(run, &broken), out)?;
    }
    out.write_all(b"\n]}")
}

/// The currencies of the breaks and of their rows.
fn currencies(run: &Run<'_>) -> BTreeSet<Currency> {
    let mut currencies = BTreeSet::new();
    for broken in run.breaks() {
        currencies.extend(broken.currency);
        currencies.extend(
            broken
                .ledger
                .iter()
                .map(|&row| run.ledger.row(row).currency),
        );
        currencies.extend(
            broken
                .records
                .iter()
                .map(|&row| run.records.row(row).currency),
        );
    }
    currencies
}

/// A break as the page holds it; amounts are text, as in the CSV.
#[derive(Serialize)]
struct Item<'r> {
    id: String,
    code: &'static str,
    severity: &'static str,
    date: Option<Date>,
    age: Option<i64>,
    currency: Option<Currency>,
    expected: Option<String>,
    actual: Option<String>,
    difference: Option<String>,
    rule: &'static str,
    explanation: &'r str,
    ledger: Entries<'r>,
    provider: Entries<'r>,
}

/// The rows of one side of a break, and how many are not shown.
#[derive(Serialize)]
struct Entries<'r> {
    rows: Vec<Entry<'r>>,
    more: usize,
}

#[derive(Serialize)]
struct Entry<'r> {
    id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'r str>,
    amount: String,
    currency: Currency,
    date: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'r str>,
    #[serde(skip)]
    signed: Decimal,
    #[serde(skip)]
    fee_amount: Option<Decimal>,
}

impl<'r> Item<'r> {
    fn of(run: &'r Run<'_>, broken: &'r Break) -> Self {
        let amount = |amount: Option<Decimal>| amount.map(|amount| plain(amount, broken.currency));
        Self {
            id: broken.id(run.ledger, run.records),
            code: broken.code.as_str(),
            severity: broken.severity.as_str(),
            date: broken.date,
            age: broken.age_days,
            currency: broken.currency,
            expected: amount(broken.expected),
            actual: amount(broken.actual),
            difference: amount(broken.difference),
            rule: broken.rule,
            explanation: &broken.explanation,
            ledger: Entries::of(run.ledger, &broken.ledger),
            provider: Entries::of(run.records, &broken.records),
        }
    }
}

impl<'r> Entries<'r> {
    fn of(book: &'r Book, rows: &[RowIndex]) -> Self {
        Self {
            rows: rows
                .iter()
                .take(ROWS)
                .map(|&row| Entry::of(book, row))
                .collect(),
            more: rows.len().saturating_sub(ROWS),
        }
    }
}

impl<'r> Entry<'r> {
    fn of(book: &'r Book, row: RowIndex) -> Self {
        let row = book.row(row);
        Self {
            id: row.id,
            reference: row.reference,
            amount: plain(row.signed(), Some(row.currency)),
            currency: row.currency,
            date: row.date,
            kind: row.kind,
            status: row.status,
            fee: row.fee.map(|fee| plain(fee, Some(row.currency))),
            account: row.account,
            description: row.description,
            signed: row.signed(),
            fee_amount: row.fee,
        }
    }
}

fn row(item: &Item<'_>, broken: &Break, out: &mut dyn Write) -> io::Result<()> {
    let money = |amount: String| match item.currency {
        Some(currency) => format!("{amount} {currency}"),
        None => amount,
    };
    let date = item
        .date
        .map_or_else(|| "—".to_owned(), |date| date.to_string());
    let age = item.age.map_or_else(String::new, |days| {
        let word = if days == 1 { "day" } else { "days" };
        format!("<small>{} {word}</small>", count(days))
    });
    write!(
        out,
        "<tr><td data-label=\"Date\">{date}{age}</td><td data-label=\"Cause\"><h3>{}</h3><p dir=\"auto\">{}</p>\
<small><span class=\"severity {severity}\">{severity}</span> · {} · {}</small></td>",
        Escaped(broken.code.title()),
        Escaped(item.explanation),
        Escaped(item.rule),
        Escaped(&item.id),
        severity = item.severity,
    )?;
    for (label, entries, figure) in [
        ("Ledger", &item.ledger, ("expected", broken.expected)),
        ("Provider", &item.provider, ("actual", broken.actual)),
    ] {
        let (role, amount) = figure;
        let figure = amount.map(|amount| {
            let amount = money(grouped(amount, item.currency));
            format!("<span class=\"sum\">{amount}</span><small>{role}</small>")
        });
        side(label, entries, figure, out)?;
    }
    match broken.difference {
        Some(amount) => {
            let amount = money(signed(amount, item.currency));
            let cell = format!("<span class=\"sum\">{amount}</span>");
            write!(
                out,
                "<td class=\"n\" data-label=\"Difference\">{cell}</td></tr>"
            )
        }
        None => out.write_all(
            "<td class=\"n\" data-label=\"Difference\"><span class=\"none\">—</span></td></tr>"
                .as_bytes(),
        ),
    }
}

fn side(
    label: &str,
    entries: &Entries<'_>,
    figure: Option<String>,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "<td data-label=\"{label}\">")?;
    for row in &entries.rows {
        entry(row, out)?;
    }
    if entries.more > 0 {
        write!(out, "<small>and {} more</small>", count(entries.more))?;
    }
    if entries.rows.is_empty() {
        match figure {
            Some(figure) => out.write_all(figure.as_bytes())?,
            None => out.write_all("<span class=\"none\">—</span>".as_bytes())?,
        }
    }
    out.write_all(b"</td>")
}

fn entry(row: &Entry<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<div class=\"entry\"><span class=\"sum\">{} {}</span><small>{}</small>",
        grouped(row.signed, Some(row.currency)),
        row.currency,
        Isolated(row.id)
    )?;
    if let Some(reference) = row.reference {
        write!(out, "<small>Reference {}</small>", Isolated(reference))?;
    }
    write!(out, "<small>{}", row.date)?;
    if let Some(kind) = row.kind {
        write!(out, " · {kind}")?;
    }
    if let Some(status) = row.status {
        write!(out, " · {status}")?;
    }
    out.write_all(b"</small>")?;
    if let Some(fee) = row.fee_amount {
        let fee = grouped(fee, Some(row.currency));
        write!(out, "<small>Fee {fee}</small>")?;
    }
    if let Some(account) = row.account {
        write!(out, "<small>Account {}</small>", Isolated(account))?;
    }
    if let Some(description) = row.description {
        write!(out, "<small>{}</small>", Isolated(description))?;
    }
    out.write_all(b"</div>")
}
