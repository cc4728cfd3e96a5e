//! What other rules do to the matches of the same rows.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use jiff::civil::{Date, date};
use reconcile_core::{Direction, Money};
use reconcile_engine::{
    Absence, Book, Column, Context, DayWindow, Equality, Outcome, Pass, Row, Rules, changes,
    reconcile,
};
use rust_decimal::Decimal;

const DAY: Date = date(2026, 3, 2);

#[test]
fn the_same_matches_are_no_change_whichever_pass_makes_them() {
    let (ledger, records) = (book(&[("l", "A", 5)]), book(&[("r", "A", 5)]));
    let other = Pass::keyed("other", [Equality::of(Column::Reference)]);
    assert_eq!(told(&ledger, &records, by_reference(), other), [""; 0]);
}

#[test]
fn matches_are_gained_and_lost() {
    let (ledger, records) = (book(&[("l", "A", 5)]), book(&[("r", "", 5)]));
    assert_eq!(
        told(&ledger, &records, by_reference(), by_amount()),
        ["nothing -> l+r"]
    );
    assert_eq!(
        told(&ledger, &records, by_amount(), by_reference()),
        ["l+r -> nothing"]
    );
}

#[test]
fn a_row_with_another_counterpart_has_moved() {
    let ledger = book(&[("l1", "A", 5), ("l2", "B", 7)]);
    let records = book(&[("r1", "B", 5), ("r2", "A", 7)]);
    let across = Pass {
        across_references: true,
        tolerance: None,
        ..by_amount()
    };
    let mut by_reference = by_reference();
    by_reference.tolerance = Some(
        reconcile_engine::Tolerance {
            absolute: Decimal::from(2),
            ..Default::default()
        }
        .into(),
    );
    assert_eq!(
        told(&ledger, &records, by_reference, across),
        ["l1+r2 -> l1+r1", "l2+r1 -> l2+r2"]
    );
}

#[test]
fn a_record_with_another_line_of_the_ledger_has_moved_too() {
    let ledger = book(&[("l", "X", 5), ("X", "B", 5)]);
    let records = book(&[("r", "X", 5)]);
    let id = Equality::between(Column::Id, Column::Reference);
    assert_eq!(
        told(&ledger, &records, by_reference(), Pass::keyed("id", [id])),
        ["l+r -> X+r"]
    );
}

fn by_reference() -> Pass {
    Pass::keyed("reference", [Equality::of(Column::Reference)])
}

fn by_amount() -> Pass {
    Pass::search("amount", Some(DayWindow::days(0, 0)))
}

fn book(rows: &[(&str, &str, i64)]) -> Book {
    let mut book = Book::new();
    for (id, reference, amount) in rows {
        let amount = Money::new(Decimal::from(*amount), "PEN".parse().unwrap());
        let mut row = Row::new(id, amount, Direction::Credit, DAY);
        row.reference = Some(reference);
        row.status = Some(reconcile_core::Status::Succeeded);
        book.push(row).unwrap();
    }
    book
}

/// The changes from one pass to the other.
fn told(ledger: &Book, records: &Book, before: Pass, after: Pass) -> Vec<String> {
    let (before, after) = (
        outcome(ledger, records, before),
        outcome(ledger, records, after),
    );
    let group = |group: Option<reconcile_engine::MatchGroup<'_>>| {
        group.map_or("nothing".to_owned(), |group| {
            let ledger_ids = group.ledger.iter().map(|row| ledger.id(*row));
            let record_ids = group.records.iter().map(|row| records.id(*row));
            ledger_ids.chain(record_ids).collect::<Vec<_>>().join("+")
        })
    };
    changes(&before.matches, &after.matches)
        .iter()
        .map(|change| format!("{} -> {}", group(change.before), group(change.after)))
        .collect()
}

fn outcome(ledger: &Book, records: &Book, pass: Pass) -> Outcome {
    let rules = Rules {
        passes: vec![pass],
        ..Rules::default()
    };
    let context = Context {
        as_of: DAY,
        period: None,
        proof_of_absence: Absence::Proven,
    };
    reconcile(ledger, records, &rules, &context).unwrap()
}
