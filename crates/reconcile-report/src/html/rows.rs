//! The breaks as HTML: the first ones, for readers without scripts. `report.js`
//! has the twin of each function here, and shows the others in the same way.

use std::io::{self, Write};

use reconcile_engine::{Book, Break, Row, RowIndex};
use rust_decimal::Decimal;

use super::escape::{Escaped, Isolated, Sentence};
use crate::{
    Run,
    amount::{count, counted, grouped, signed},
};

/// How many breaks stand in the HTML itself.
const WITHOUT_SCRIPT: usize = 200;

/// How many rows of one side are shown; the tables beside the page have all ids.
pub(super) const SHOWN: usize = 20;

/// How many rows a side may have to be shown with all that is known of them.
const WHOLE: usize = 3;

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
        row(run, &broken, out)?;
    }
    out.write_all(b"</tbody></table>")
}

fn row(run: &Run<'_>, broken: &Break, out: &mut dyn Write) -> io::Result<()> {
    let date = broken
        .date
        .map_or_else(|| "—".to_owned(), |date| date.to_string());
    let age = broken.age_days.map_or_else(String::new, |days| {
        let word = if days == 1 { "day" } else { "days" };
        format!("<small>{} {word}</small>", count(days))
    });
    write!(
        out,
        "<tr><td data-label=\"Date\">{date}{age}</td><td data-label=\"Cause\"><h3>{}</h3><p>{}</p>\
<small><span class=\"severity {severity}\">{severity}</span> · {} · {}</small></td>",
        Escaped(broken.code.title()),
        Sentence(&broken.explanation),
        Escaped(&broken.rule),
        Escaped(&broken.id(run.ledger, run.records)),
        severity = broken.severity,
    )?;
    let money = |amount: Decimal, form: fn(Decimal, _) -> String| {
        let currency = broken.currency.map(|currency| format!(" {currency}"));
        let amount = form(amount, broken.currency);
        format!(
            "<span class=\"sum\">{amount}{}</span>",
            currency.unwrap_or_default()
        )
    };
    let figure = |amount: Option<Decimal>| amount.map(|amount| money(amount, grouped));
    let (expected, actual) = (figure(broken.expected), figure(broken.actual));
    let label = ("Ledger", "expected");
    side(label, run.ledger, &broken.ledger, expected, out)?;
    let label = ("Provider", "actual");
    side(label, run.records, &broken.records, actual, out)?;
    let gap = match broken.difference {
        Some(amount) => money(amount, signed),
        None => "<span class=\"none\">—</span>".to_owned(),
    };
    write!(
        out,
        "<td class=\"n\" data-label=\"Difference\">{gap}</td></tr>"
    )
}

/// One side of a break or match: its row; the rows of a group below their sum; a
/// figure of a proof, which has no rows.
pub(super) fn side(
    (label, role): (&str, &str),
    book: &Book,
    rows: &[RowIndex],
    figure: Option<String>,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "<td data-label=\"{label}\">")?;
    match (rows, figure) {
        ([], None) => out.write_all("<span class=\"none\">—</span>".as_bytes())?,
        ([], Some(figure)) => write!(out, "{figure}<small>{role}</small>")?,
        ([_], _) | (_, None) => {}
        (rows, Some(figure)) => {
            let all = count(rows.len());
            write!(out, "{figure}<small>{role}, {all} rows</small>")?;
        }
    }
    for &index in rows.iter().take(SHOWN) {
        let row = book.row(index);
        if rows.len() > WHOLE {
            line(&row, out)?;
        } else {
            entry(&row, out)?;
        }
    }
    let more = rows.len().saturating_sub(SHOWN);
    if more > 0 {
        let more = count(more);
        write!(out, "<small>and {more} more</small>")?;
    }
    out.write_all(b"</td>")
}

/// A row among many: what tells it from the others.
fn line(row: &Row<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<div class=\"line\">{} {} <small>{} · {}</small></div>",
        grouped(row.signed(), Some(row.currency)),
        row.currency,
        Isolated(row.id),
        row.date
    )
}

/// A row with all that is known of it.
fn entry(row: &Row<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<div class=\"entry\"><span class=\"sum\">{} {}</span><small>{}</small>",
        grouped(row.signed(), Some(row.currency)),
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
    if let Some(fee) = row.fee {
        let fee = grouped(fee, Some(row.currency));
        write!(out, "<small>Fee {fee}</small>")?;
    }
    if let Some(tax) = row.tax {
        let tax = grouped(tax, Some(row.currency));
        write!(out, "<small>Tax {tax}</small>")?;
    }
    if let Some(settled) = row.settled {
        let amount = grouped(settled.amount, Some(settled.currency));
        write!(out, "<small>Settled {amount} {}</small>", settled.currency)?;
    }
    if let Some(account) = row.account {
        write!(out, "<small>Account {}</small>", Isolated(account))?;
    }
    if let Some(method) = row.method {
        write!(out, "<small>Method {}</small>", Isolated(method))?;
    }
    if let Some(description) = row.description {
        write!(out, "<small>{}</small>", Isolated(description))?;
    }
    out.write_all(b"</div>")
}
