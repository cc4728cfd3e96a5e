//! How severe a break is: by its code, its amount and its age.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use reconcile_core::{Direction, Money, Status};
use reconcile_engine::{
    Absence, Attention, Book, BreakCode, Context, Row, Rules, Severity, reconcile,
};
use rust_decimal::{Decimal, dec};

const DAY: Date = date(2026, 11, 3);

fn row<'a>(reference: &'a str, amount: Decimal, currency: &str) -> Row<'a> {
    let amount = Money::new(amount, currency.parse().unwrap());
    Row {
        reference: Some(reference),
        ..Row::new(reference, amount, Direction::Credit, DAY)
    }
}

fn book(rows: &[Row<'_>]) -> Book {
    let mut book = Book::new();
    for row in rows {
        book.push(*row).unwrap();
    }
    book
}

/// The code and severity of the only break.
fn found(
    attention: &Attention,
    ledger: &[Row<'_>],
    records: &[Row<'_>],
    as_of: Date,
) -> (BreakCode, Severity) {
    let rules = Rules {
        attention: attention.clone(),
        ..Rules::default()
    };
    let context = Context {
        as_of,
        period: None,
        proof_of_absence: Absence::Proven,
    };
    let outcome = reconcile(&book(ledger), &book(records), &rules, &context).unwrap();
    assert_eq!(outcome.breaks.len(), 1);
    let found = outcome.breaks.first().unwrap();
    (found.code, found.severity)
}

/// Amounts in PEN, and none by the average.
fn limits(small: Option<Decimal>, large: Option<Decimal>) -> Attention {
    let of = |amount: Option<Decimal>| {
        let amount = amount.map(|amount| ("PEN".parse().unwrap(), amount));
        amount.into_iter().collect::<BTreeMap<_, _>>()
    };
    Attention {
        small: of(small),
        large: of(large),
        by_average: false,
        ..Attention::default()
    }
}

#[test]
fn a_break_is_as_severe_as_its_code_its_amount_and_its_age() {
    let severity = |attention: &Attention, booked, listed, as_of| {
        let (ledger, records) = (row("A", booked, "PEN"), row("A", listed, "PEN"));
        found(attention, &[ledger], &[records], as_of).1
    };
    let attention = limits(Some(dec!(5)), Some(dec!(1000)));
    let of_amount = |booked, listed| severity(&attention, booked, listed, DAY);
    assert_eq!(of_amount(dec!(30), dec!(23)), Severity::High);
    assert_eq!(of_amount(dec!(30), dec!(25)), Severity::Medium);
    assert_eq!(of_amount(dec!(30), dec!(29.99)), Severity::Low);
    let large = limits(None, Some(dec!(0.01)));
    assert_eq!(severity(&large, dec!(30), dec!(29.99), DAY), Severity::High);
    // Thirty days are not yet stale, thirty-one are.
    let of_age = |as_of| severity(&Attention::default(), dec!(30), dec!(29.99), as_of);
    assert_eq!(of_age(date(2026, 12, 3)), Severity::Low);
    assert_eq!(of_age(date(2026, 12, 4)), Severity::Medium);
}

/// Pairs of an amount that agree, and one of another currency that is beside the
/// point.
fn pairs(references: &[String], amount: Decimal) -> Vec<Row<'_>> {
    let pairs = references.iter();
    let pairs = pairs.map(|reference| row(reference, amount, "PEN"));
    pairs.chain([row("J", dec!(5000000), "JPY")]).collect()
}

#[test]
fn up_to_a_hundredth_of_the_average_row_is_small_without_a_word() {
    let references = ["B".to_owned(), "C".to_owned()];
    let severity = |attention: &Attention, booked, listed| {
        // What moves on average is 100.00.
        let matched = pairs(&references, (dec!(600) - booked - listed) / dec!(4));
        let with = |amount| [&matched[..], &[row("A", amount, "PEN")]].concat();
        let (code, severity) = found(attention, &with(booked), &with(listed), DAY);
        assert_eq!(code, BreakCode::AmountMismatch);
        severity
    };
    let usual = Attention::default();
    assert_eq!(severity(&usual, dec!(52), dec!(51)), Severity::Medium);
    assert_eq!(severity(&usual, dec!(51), dec!(52)), Severity::Medium);
    assert_eq!(severity(&usual, dec!(52.01), dec!(51)), Severity::High);
    let off = limits(None, None);
    assert_eq!(severity(&off, dec!(52), dec!(51)), Severity::High);
}

#[test]
fn ten_times_the_average_row_is_severe_without_a_word() {
    let references: Vec<String> = (0..20).map(|number| format!("B-{number}")).collect();
    let severity = |attention: &Attention, of_others| {
        let matched = pairs(&references, of_others);
        let booked = row("A", dec!(1000), "PEN");
        let listed = Row {
            status: Some(Status::Pending),
            ..booked
        };
        let with = |row| [&matched[..], &[row]].concat();
        let (code, severity) = found(attention, &with(booked), &with(listed), DAY);
        assert_eq!(code, BreakCode::Timing);
        severity
    };
    let usual = Attention::default();
    // What moves on average is 100.00, then a cent more.
    assert_eq!(severity(&usual, dec!(55)), Severity::High);
    assert_eq!(severity(&usual, dec!(55.01)), Severity::Low);
    let off = limits(None, None);
    assert_eq!(severity(&off, dec!(55)), Severity::Low);
    // Where one amount is given for a currency, no other is made up.
    let small = Attention {
        by_average: true,
        ..limits(Some(dec!(1)), None)
    };
    assert_eq!(severity(&small, dec!(55)), Severity::Low);
}
