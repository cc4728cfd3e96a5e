//! Matches that were settled apart are written as those in the books are.

use std::io;

use jiff::civil::date;
use reconcile_core::{Direction, Money};
use reconcile_engine::{
    Absence, Book, Context, Row, RowIndex, Rules, Settled, SettledPair, reconcile, reconcile_rest,
};
use reconcile_report::{PairCursor, Run, SettledPairs};
use rust_decimal::{Decimal, dec};

use crate::sample::file;

/// More than are written at once.
const ROWS: u32 = 4000;

#[test]
fn pairs_settled_apart_stand_among_the_others_as_if_they_were_in_the_books() {
    let (ledger, records) = (side("L", dec!(0)), side("P", dec!(0.01)));
    let mut rules = Rules::default();
    rules.tolerance.others.absolute = dec!(0.01);
    let context = Context {
        as_of: date(2026, 10, 31),
        period: None,
        proof_of_absence: Absence::Proven,
    };
    let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
    let whole = Run {
        title: "October 2026".to_owned(),
        provider: None,
        ledger: &ledger,
        records: &records,
        outcome: &outcome,
        proofs: &[],
        certificate: None,
        as_of: context.as_of,
        set_aside: 0,
        settled: None,
    };

    let mut settled = Settled::default();
    let part = settled.settle(&ledger, &records, &rules);
    let (left, rest) = (ledger.only(part.ledger), records.only(part.records));
    let outcome = reconcile_rest(&left, &rest, &rules, &context, &settled).unwrap();
    assert_eq!((left.len(), settled.pairs()), (80, 3920));
    let pairs = Apart {
        ledger: &ledger,
        records: &records,
        pairs: part.pairs,
    };
    let apart = Run {
        title: whole.title.clone(),
        ledger: &left,
        records: &rest,
        outcome: &outcome,
        settled: Some(&pairs),
        ..whole
    };

    let written = file(&apart, "matches.csv");
    assert!(written.len() > 2 * (1 << 16), "{}", written.len());
    assert_eq!(written, file(&whole, "matches.csv"));
}

/// A row of each reference; every fiftieth of them is so much apart.
fn side(letter: &str, apart: Decimal) -> Book {
    let mut book = Book::new();
    for number in 0..ROWS {
        let (id, reference) = (format!("{letter}-{number:04}"), format!("order-{number}"));
        let mut amount = Decimal::new(i64::from(number % 700) + 1, 2);
        if number % 50 == 7 {
            amount += apart;
        }
        let currency = if number % 3 == 0 { "JPY" } else { "PEN" };
        let money = Money::new(amount, currency.parse().unwrap());
        let row = Row::new(&id, money, Direction::Debit, date(2026, 10, 1));
        let row = Row {
            reference: Some(&reference),
            ..row
        };
        book.push(row).unwrap();
    }
    book
}

#[derive(Debug)]
struct Apart<'b> {
    ledger: &'b Book,
    records: &'b Book,
    pairs: Vec<(RowIndex, RowIndex)>,
}

impl SettledPairs for Apart<'_> {
    fn first(&self) -> io::Result<Box<dyn PairCursor + '_>> {
        Ok(Box::new(Place { of: self, next: 0 }))
    }
}

struct Place<'p> {
    of: &'p Apart<'p>,
    next: usize,
}

impl PairCursor for Place<'_> {
    fn pair(&self) -> Option<SettledPair<'_>> {
        let (row, record) = *self.of.pairs.get(self.next)?;
        Some(SettledPair {
            ledger: (self.of.ledger, row),
            record: (self.of.records, record),
        })
    }

    fn advance(&mut self) -> io::Result<()> {
        self.next += 1;
        Ok(())
    }
}
