//! The tables of a run as CSV.
//!
//! A spreadsheet runs a cell that begins like a formula, so text cells that do
//! are quoted with an apostrophe (CWE-1236). Which cells these are follows from
//! the column, never from the content: `-5.00` is a legitimate amount.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use reconcile_core::Currency;
use reconcile_engine::{Book, RowIndex};
use rust_decimal::Decimal;

use crate::{Run, amount::plain, overview::total};

pub(crate) fn matches(run: &Run<'_>, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "match_id",
        "rule",
        "ledger_ids",
        "record_ids",
        "ledger_amount",
        "record_amount",
        "difference",
        "currency",
        "ambiguous",
    ])?;
    for (position, group) in (1_u64..).zip(&run.outcome.matches) {
        let ledger = total(run.ledger, group.ledger.as_slice());
        let records = total(run.records, group.records.as_slice());
        let currency = ledger.or(records).map(|total| total.currency);
        csv.write_record([
            // The order of the matches follows from their ids alone, so a
            // number is as stable as the input is.
            &*format!("M{position}"),
            group.rule.as_str(),
            &*text(&ids(run.ledger, group.ledger.as_slice())),
            &*text(&ids(run.records, group.records.as_slice())),
            &*number(ledger.map(|total| total.amount), currency),
            &*number(records.map(|total| total.amount), currency),
            &*number(Some(group.difference), currency),
            currency.as_ref().map_or("", Currency::as_str),
            if group.ambiguous { "true" } else { "false" },
        ])?;
    }
    csv.flush()
}

pub(crate) fn breaks(run: &Run<'_>, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "break_id",
        "code",
        "severity",
        "ledger_ids",
        "record_ids",
        "expected",
        "actual",
        "difference",
        "currency",
        "date",
        "age_days",
        "rule",
        "explanation",
    ])?;
    for broken in run.breaks() {
        csv.write_record([
            &*text(&broken.id(run.ledger, run.records)),
            broken.code.as_str(),
            broken.severity.as_str(),
            &*text(&ids(run.ledger, &broken.ledger)),
            &*text(&ids(run.records, &broken.records)),
            &*number(broken.expected, broken.currency),
            &*number(broken.actual, broken.currency),
            &*number(broken.difference, broken.currency),
            broken.currency.as_ref().map_or("", Currency::as_str),
            &*broken
                .date
                .map_or_else(String::new, |date| date.to_string()),
            &*broken
                .age_days
                .map_or_else(String::new, |days| days.to_string()),
            &*text(broken.rule),
            &*text(&broken.explanation),
        ])?;
    }
    csv.flush()
}

pub(crate) fn proofs(run: &Run<'_>, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "identity",
        "account",
        "scope",
        "currency",
        "date",
        "verdict",
        "expected",
        "actual",
        "difference",
        "note",
        "title",
    ])?;
    for proof in run.proofs {
        csv.write_record([
            &*text(proof.identity),
            &*text(proof.account.as_deref().unwrap_or_default()),
            &*text(proof.scope.as_deref().unwrap_or_default()),
            proof.currency.as_ref().map_or("", Currency::as_str),
            &*proof.date.map_or_else(String::new, |date| date.to_string()),
            proof.verdict.as_str(),
            &*number(proof.expected, proof.currency),
            &*number(proof.actual, proof.currency),
            &*number(proof.difference, proof.currency),
            &*text(&proof.note),
            &*text(proof.title),
        ])?;
    }
    csv.flush()
}

/// A text cell that no spreadsheet takes for a formula.
fn text(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn number(amount: Option<Decimal>, currency: Option<Currency>) -> String {
    amount.map_or_else(String::new, |amount| plain(amount, currency))
}

/// The ids of rows, separated by `|`. Inside an id, `|` and `\` follow a `\`.
fn ids(book: &Book, rows: &[RowIndex]) -> String {
    let mut joined = String::new();
    for (position, &row) in rows.iter().enumerate() {
        if position > 0 {
            joined.push('|');
        }
        for character in book.row(row).id.chars() {
            if matches!(character, '|' | '\\') {
                joined.push('\\');
            }
            joined.push(character);
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_begins_like_a_formula_is_quoted() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for harmless in ["", "L-1", "1+1", " =1", "'=1", "|=1"] {
            assert_eq!(text(harmless), harmless);
        }
    }
}
