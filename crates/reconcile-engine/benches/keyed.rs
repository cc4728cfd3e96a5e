//! Keyed matching of a million rows with a million, and the worst case: all of
//! them under one reference. `cargo bench -p reconcile-engine --bench keyed`,
//! with another number of rows as its argument.
//!
//! It prints the time of each phase; memory is what `/usr/bin/time -v` says.

#![expect(clippy::print_stdout, reason = "a bench speaks on stdout")]

use std::{hint::black_box, time::Instant};

use jiff::{ToSpan, civil::date};
use reconcile_core::{Direction, Kind, Status};
use reconcile_engine::{Absence, Book, Context, Row, Rules, reconcile};
use rust_decimal::Decimal;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = std::env::args().find_map(|argument| argument.parse().ok());
    let rows: u64 = rows.unwrap_or(1_000_000);
    for references in [rows, 1] {
        let begun = Instant::now();
        let ledger = book(rows, references, "L", None, |place| place)?;
        // The provider lists in an order of its own.
        let shuffled = |place| (place * 7_368_787 + 11) % rows;
        let records = book(rows, references, "R", Some(Status::Succeeded), shuffled)?;
        let filling = begun.elapsed();
        println!("{rows} rows a side, {references} references; filling the books: {filling:?}");
        for _ in 0..3 {
            time(&ledger, &records)?;
        }
    }
    Ok(())
}

fn time(ledger: &Book, records: &Book) -> Result<(), Box<dyn std::error::Error>> {
    let context = Context {
        as_of: date(2026, 11, 21),
        period: None,
        proof_of_absence: Absence::Proven,
    };
    let begun = Instant::now();
    let outcome = black_box(reconcile(ledger, records, &Rules::default(), &context)?);
    println!(
        "reconciling: {:?}, {} matches, {} breaks",
        begun.elapsed(),
        outcome.matches.len(),
        outcome.breaks.len()
    );
    Ok(())
}

/// Rows numbered `number(0..rows)`; one in a hundred differs between the sides.
fn book(
    rows: u64,
    references: u64,
    prefix: &str,
    status: Option<Status>,
    number: impl Fn(u64) -> u64,
) -> Result<Book, Box<dyn std::error::Error>> {
    let capacity = usize::try_from(rows)?;
    let mut book = Book::with_capacity(capacity, capacity * 24);
    for place in 0..rows {
        let number = number(place);
        let off = u64::from(number.is_multiple_of(100) && status.is_some());
        book.push(Row {
            id: &format!("{prefix}-{place:08}"),
            reference: Some(&format!("ORDER-{:07}", number % references)),
            amount: Decimal::new(i64::try_from(number % 100_000 + off)?, 2),
            currency: "PEN".parse()?,
            direction: Direction::Credit,
            kind: Some(Kind::Payment),
            status,
            date: date(2026, 1, 1) + i64::try_from(number % 300)?.days(),
            settled: None,
            fee: None,
            tax: None,
            account: Some("4"),
            method: None,
            description: None,
        })?;
    }
    Ok(book)
}
