//! What the passes of the rules do, on cases that an accountant would recognise.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod cascade;
mod keyed;
mod net;
mod search;
mod sums;

use jiff::{ToSpan, civil::date};
use reconcile_core::{Direction, Money};
use reconcile_engine::{
    Absence, Book, Conservation, Context, Outcome, Row, RowIndex, Rules, reconcile,
};

/// A row of a few words: `id amount [day] [key=value]...`, in November 2026
/// and PEN where it says no other `currency`; a negative amount is a debit. Keys are `ref`, `text`, `account`,
/// `method`, `kind`, `currency`, `status`, `fee`, `tax`, `settled`, and any other is an
/// attribute; `_` stands for a space.
fn push(book: &mut Book, row: &str) {
    let mut words = row.split(' ');
    let id = words.next().unwrap();
    let amount: rust_decimal::Decimal = words.next().unwrap().parse().unwrap();
    let direction = if amount.is_sign_negative() {
        Direction::Debit
    } else {
        Direction::Credit
    };
    let words: Vec<String> = words.map(|word| word.replace('_', " ")).collect();
    let day = words.iter().find_map(|word| word.parse::<i64>().ok());
    let named = |name: &str| {
        let mut pairs = words.iter().filter_map(|word| word.split_once('='));
        pairs.find_map(|(key, value)| (key == name).then_some(value))
    };
    let known = [
        "ref", "text", "account", "method", "kind", "currency", "status", "fee", "tax", "settled",
    ];
    let currency = named("currency").unwrap_or("PEN").parse().unwrap();
    let figure = |name| named(name).map(|figure| figure.parse().unwrap());
    let attributes = words.iter().filter_map(|word| word.split_once('='));
    let row = Row {
        reference: named("ref"),
        kind: named("kind").map(|kind| kind.parse().unwrap()),
        description: named("text"),
        account: named("account"),
        method: named("method"),
        status: named("status").map(|status| status.parse().unwrap()),
        fee: figure("fee"),
        tax: figure("tax"),
        settled: figure("settled").map(|amount| Money::new(amount, currency)),
        ..Row::new(
            id,
            Money::new(amount.abs(), currency),
            direction,
            date(2026, 11, 1) + (day.unwrap_or(1) - 1).days(),
        )
    };
    book.push_with(row, attributes.filter(|(key, _)| !known.contains(key)))
        .unwrap();
}

fn book(rows: &[&str]) -> Book {
    let mut book = Book::new();
    for row in rows {
        push(&mut book, row);
    }
    book
}

/// Matches, breaks and excluded rows, one a line. Shuffled rows must give the
/// same.
fn lines(ledger: &[&str], records: &[&str], rules: &Rules) -> Vec<String> {
    let said = said(ledger, records, rules);
    let (mut left, mut right) = (ledger.to_vec(), records.to_vec());
    left.reverse();
    right.rotate_left(records.len() / 2);
    assert_eq!(said, self::said(&left, &right, rules), "the order shows");
    said
}

fn said(ledger: &[&str], records: &[&str], rules: &Rules) -> Vec<String> {
    let (ledger, records) = (book(ledger), book(records));
    let outcome = outcome(&ledger, &records, rules);
    in_words(&outcome, &ledger, &records)
}

fn outcome(ledger: &Book, records: &Book, rules: &Rules) -> Outcome {
    let context = Context {
        as_of: date(2026, 11, 21),
        period: None,
        proof_of_absence: Absence::Proven,
    };
    let outcome = reconcile(ledger, records, rules, &context).unwrap();
    assert!(outcome.conservation.values().all(Conservation::holds));
    outcome
}

fn in_words(outcome: &Outcome, ledger: &Book, records: &Book) -> Vec<String> {
    let ids = |book: &Book, rows: &[RowIndex]| {
        let ids: Vec<_> = rows
            .iter()
            .map(|row| book.row(*row).id.to_owned())
            .collect();
        ids.join("|")
    };
    let matches = outcome.matches.iter().map(|group| {
        let (left, right) = (ids(ledger, group.ledger), ids(records, group.records));
        format!(
            "{left} = {right} by {}, off by {}",
            group.name(),
            group.difference.normalize()
        )
    });
    let breaks = outcome.breaks.iter().map(|found| {
        let (left, right) = (ids(ledger, &found.ledger), ids(records, &found.records));
        format!(
            "{} {left}/{right} by {}: {}",
            found.code, found.rule, found.explanation
        )
    });
    let excluded = outcome.excluded.iter().map(|excluded| {
        let book = if excluded.side.as_str() == "ledger" {
            ledger
        } else {
            records
        };
        format!(
            "{} left out: {}",
            book.row(excluded.row).id,
            excluded.reason
        )
    });
    matches.chain(breaks).chain(excluded).collect()
}
