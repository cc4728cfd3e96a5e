//! What each break looks like, on cases that an accountant would recognise.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use jiff::civil::{Date, date};
use reconcile_core::{Direction, Kind, Money, Status};
use reconcile_engine::{
    Absence, Book, Conservation, Context, EngineError, Outcome, Period, Row, Rules, Tolerance,
    Tolerances, reconcile,
};
use rust_decimal::{Decimal, dec};

const DAY: Date = date(2026, 11, 3);

fn booked(id: &'static str, reference: &'static str, amount: Decimal) -> Row<'static> {
    Row {
        id,
        reference: Some(reference),
        amount,
        currency: "PEN".parse().unwrap(),
        direction: Direction::Credit,
        kind: None,
        status: None,
        date: DAY,
        settled: None,
        fee: None,
        tax: None,
        account: None,
        method: None,
        description: None,
    }
}

fn listed(id: &'static str, reference: &'static str, amount: Decimal) -> Row<'static> {
    Row {
        kind: Some(Kind::Payment),
        status: Some(Status::Succeeded),
        ..booked(id, reference, amount)
    }
}

fn proven() -> Context {
    Context {
        as_of: date(2026, 11, 21),
        period: None,
        proof_of_absence: Absence::Proven,
    }
}

fn book<const N: usize>(rows: [Row<'_>; N]) -> Book {
    let mut book = Book::new();
    for row in rows {
        book.push(row).unwrap();
    }
    book
}

/// Matches, breaks and excluded rows, one a line.
fn lines(ledger: &Book, records: &Book, rules: &Rules, context: &Context) -> Vec<String> {
    let outcome = reconcile(ledger, records, rules, context).unwrap();
    assert!(outcome.conservation.values().all(Conservation::holds));
    said(&outcome, ledger, records)
}

fn said(outcome: &Outcome, ledger: &Book, records: &Book) -> Vec<String> {
    let matches = outcome.matches.iter().map(|group| {
        let row = ledger.row(group.ledger[0]).id;
        let record = records.row(group.records[0]).id;
        format!(
            "{row} = {record} by {}, off by {}",
            group.name(),
            group.difference
        )
    });
    let breaks = outcome.breaks.iter().map(|found| {
        let rows = found.ledger.iter().map(|row| ledger.row(*row).id);
        let rows = rows.chain(found.records.iter().map(|row| records.row(*row).id));
        let rows: Vec<_> = rows.collect();
        format!("{} {}: {}", found.code, rows.join("|"), found.explanation)
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

/// One row on each side.
fn couple(ledger: Row<'_>, record: Row<'_>) -> Vec<String> {
    lines(
        &book([ledger]),
        &book([record]),
        &Rules::default(),
        &proven(),
    )
}

#[test]
fn a_difference_that_equals_the_fee_is_the_fee() {
    let record = Row {
        fee: Some(dec!(1.47)),
        ..listed("R-1", "A", dec!(28.53))
    };
    assert_eq!(
        couple(booked("L-1", "A", dec!(30.00)), record),
        ["amount_mismatch L-1|R-1: ledger 30.00 − provider 28.53 = 1.47 PEN, the provider's fee"]
    );
}

#[test]
fn a_payout_booked_as_a_receipt_is_off_by_twice_its_amount() {
    let record = Row {
        direction: Direction::Debit,
        kind: Some(Kind::Payout),
        ..listed("R-1", "A", dec!(30))
    };
    assert_eq!(
        couple(booked("L-1", "A", dec!(30)), record),
        [
            "sign_mismatch L-1|R-1: ledger 30.00 − provider (-30.00) = 60.00 PEN, sign flipped: a \
          credit in the ledger, a debit at the provider"
        ]
    );
}

#[test]
fn amounts_in_two_currencies_are_shown_and_not_subtracted() {
    let record = Row {
        currency: "USD".parse().unwrap(),
        ..listed("R-1", "A", dec!(30))
    };
    let (ledger, records) = (book([booked("L-1", "A", dec!(30))]), book([record]));
    let outcome = reconcile(&ledger, &records, &Rules::default(), &proven()).unwrap();
    assert_eq!(
        said(&outcome, &ledger, &records),
        [
            "currency_mismatch L-1|R-1: ledger 30.00 PEN, provider 30.00 USD: the currencies differ, the figure is the same"
        ]
    );
    let found = &outcome.breaks[0];
    assert_eq!(
        (found.expected, found.actual, found.difference),
        (Some(dec!(30)), None, None)
    );
    assert_eq!(found.age_days, Some(18));
    let explained: Vec<_> = outcome
        .conservation
        .values()
        .map(|tie| tie.explained)
        .collect();
    assert_eq!(explained, [dec!(30), dec!(-30)]);
}

#[test]
fn a_booking_of_what_did_not_move_is_a_break_by_the_status() {
    let with = |status| Row {
        status: Some(status),
        ..listed("R-1", "A", dec!(30))
    };
    let code = |row: Row<'_>, status| {
        couple(row, with(status))[0]
            .split(' ')
            .next()
            .unwrap()
            .to_owned()
    };
    let row = booked("L-1", "A", dec!(30));
    for status in [
        Status::Failed,
        Status::Cancelled,
        Status::Reversed,
        Status::Unknown,
    ] {
        assert_eq!(code(row, status), "status_mismatch");
    }
    assert_eq!(code(row, Status::OnHold), "timing");
    assert_eq!(
        couple(row, with(Status::Pending)),
        ["timing L-1|R-1: ledger 30.00 − provider 0.00 = 30.00 PEN, the provider says pending"]
    );
    let failed = Row {
        status: Some(Status::Failed),
        ..row
    };
    assert_eq!(
        couple(failed, with(Status::Failed)),
        ["L-1 = R-1 by reference_status, off by 0"]
    );
    assert_eq!(
        couple(failed, with(Status::Succeeded)),
        [
            "status_mismatch L-1|R-1: ledger 0.00 − provider 30.00 = -30.00 PEN, the ledger says \
          failed, the provider says succeeded"
        ]
    );
    assert_eq!(
        couple(failed, with(Status::Cancelled)),
        ["L-1 left out: failed", "R-1 left out: cancelled"]
    );
}

#[test]
fn one_reference_for_two_kinds_is_a_mix_up_unless_one_refunds_the_other() {
    let of_kind = |kind, row| Row {
        kind: Some(kind),
        ..row
    };
    let payout = of_kind(Kind::Payout, booked("L-1", "A", dec!(30)));
    assert_eq!(
        couple(payout, listed("R-1", "A", dec!(30))),
        [
            "reference_mismatch L-1|R-1: ledger 30.00 − provider 30.00 = 0.00 PEN, a payout in \
          the ledger, a payment at the provider"
        ]
    );
    let refund = Row {
        direction: Direction::Debit,
        ..of_kind(Kind::Refund, listed("R-1", "A", dec!(30)))
    };
    let payment = of_kind(Kind::Payment, booked("L-1", "A", dec!(30)));
    let codes: Vec<_> = couple(payment, refund);
    assert!(codes[0].starts_with("missing_at_provider L-1"), "{codes:?}");
    assert!(codes[1].starts_with("missing_in_ledger R-1"), "{codes:?}");
}

#[test]
fn what_repeats_a_match_is_a_duplicate() {
    let ledger = book([
        booked("L-12", "A", dec!(30)),
        booked("L-13", "A", dec!(30)),
        booked("L-14", "B", dec!(5)),
    ]);
    let records = book([
        listed("R-1", "A", dec!(30)),
        listed("R-2", "B", dec!(5)),
        listed("R-3", "B", dec!(5)),
    ]);
    assert_eq!(
        lines(&ledger, &records, &Rules::default(), &proven()),
        [
            "L-12 = R-1 by reference, off by 0",
            "L-14 = R-2 by reference, off by 0",
            "duplicate_at_provider R-3: 5.00 PEN listed twice: also R-2",
            "duplicate_in_ledger L-13: 30.00 PEN booked twice: also L-12",
        ]
    );
}

#[test]
fn a_failed_attempt_does_not_stand_in_the_way_of_the_payment() {
    let failed = Row {
        status: Some(Status::Failed),
        ..listed("R-1", "A", dec!(30))
    };
    let records = book([failed, listed("R-2", "A", dec!(28))]);
    assert_eq!(
        lines(
            &book([booked("L-1", "A", dec!(30))]),
            &records,
            &Rules::default(),
            &proven()
        ),
        [
            "amount_mismatch L-1|R-2: ledger 30.00 − provider 28.00 = 2.00 PEN",
            "R-1 left out: failed",
        ]
    );
}

#[test]
fn the_nearest_amount_and_then_the_nearest_day_are_paired() {
    let on = |day, row| Row {
        date: date(2026, 11, day),
        ..row
    };
    let ledger = book([
        on(2, booked("L-1", "A", dec!(10.00))),
        on(9, booked("L-2", "A", dec!(10.00))),
        on(9, booked("L-3", "A", dec!(12.00))),
    ]);
    let records = book([
        on(1, listed("R-1", "A", dec!(12.01))),
        on(8, listed("R-2", "A", dec!(10.00))),
        on(3, listed("R-3", "A", dec!(10.00))),
    ]);
    let rules = Rules {
        tolerance: Tolerances::from(Tolerance {
            absolute: dec!(0.05),
            ..Tolerance::default()
        }),
        ..Rules::default()
    };
    assert_eq!(
        lines(&ledger, &records, &rules, &proven()),
        [
            "L-1 = R-3 by reference, off by 0",
            "L-2 = R-2 by reference, off by 0",
            "L-3 = R-1 by reference_tolerance, off by -0.01",
        ]
    );
}

#[test]
fn every_match_that_others_could_stand_in_for_is_ambiguous() {
    let later = Row {
        date: date(2026, 11, 4),
        ..listed("R-2", "A", dec!(5))
    };
    // Either booking could be either record: the second pair is as much a
    // matter of order as the first.
    let ledger = book([booked("L-1", "A", dec!(5)), booked("L-2", "A", dec!(5))]);
    let records = book([listed("R-1", "A", dec!(5)), later]);
    let outcome = reconcile(&ledger, &records, &Rules::default(), &proven()).unwrap();
    let ambiguous: Vec<_> = outcome
        .matches
        .iter()
        .map(|group| group.ambiguous)
        .collect();
    assert_eq!(ambiguous, [true, true]);
}

#[test]
fn what_is_alone_says_where_it_is_missing() {
    let unknown = Row {
        status: Some(Status::Unknown),
        ..listed("R-2", "C", dec!(7))
    };
    let pending = Row {
        status: Some(Status::Pending),
        ..listed("R-3", "D", dec!(8))
    };
    let ledger = book([Row {
        reference: None,
        ..booked("L-1", "", dec!(30))
    }]);
    let records = book([listed("R-1", "B", dec!(6)), unknown, pending]);
    let outcome = reconcile(&ledger, &records, &Rules::default(), &proven()).unwrap();
    assert_eq!(
        said(&outcome, &ledger, &records),
        [
            "missing_at_provider L-1: 30.00 PEN booked on 2026-11-03 without a reference: the \
             provider's complete list does not have it",
            "missing_in_ledger R-1: 6.00 PEN listed by the provider on 2026-11-03 under reference \
             B: nothing is booked",
            "missing_in_ledger R-2: 7.00 PEN listed by the provider on 2026-11-03 under reference \
             C: nothing is booked, and its status is not known, so neither is whether it moved",
            "R-3 left out: pending",
        ]
    );
    assert_eq!(outcome.breaks[1].difference, Some(dec!(-6)));
    assert_eq!(outcome.breaks[2].difference, None);
}

#[test]
fn what_lies_after_the_as_of_date_is_no_day_old_and_says_so() {
    let (ledger, records) = (book([booked("L-1", "A", dec!(30))]), Book::new());
    let context = Context {
        as_of: date(2026, 11, 1),
        ..proven()
    };
    let outcome = reconcile(&ledger, &records, &Rules::default(), &context).unwrap();
    let found = &outcome.breaks[0];
    assert_eq!(found.age_days, Some(0));
    let early = "; 2026-11-03 lies after the as-of date, 2026-11-01";
    assert!(found.explanation.ends_with(early), "{}", found.explanation);
}

#[test]
fn the_period_decides_what_can_be_missing() {
    let alone = |day| {
        let row = Row {
            date: date(2026, 11, day),
            ..booked("L-1", "A", dec!(30))
        };
        let context = Context {
            period: Some(Period {
                certain_to: date(2026, 11, 7),
                ..Period::new(date(2026, 11, 1), date(2026, 11, 8))
            }),
            ..proven()
        };
        let line = lines(&book([row]), &Book::new(), &Rules::default(), &context).remove(0);
        line.split(" L-1").next().unwrap().to_owned()
    };
    assert_eq!(alone(1), "missing_at_provider");
    assert_eq!(alone(6), "missing_at_provider");
    assert_eq!(alone(7), "timing");
    assert_eq!(alone(8), "L-1 left out: outside the period");
}

#[test]
fn an_unproven_list_gives_its_reasons_instead_of_a_missing_record() {
    let context = Context {
        proof_of_absence: Absence::Unproven {
            reasons: vec!["page 3 repeats page 2".to_owned()],
        },
        ..proven()
    };
    let ledger = book([booked("L-1", "A", dec!(30))]);
    assert_eq!(
        lines(&ledger, &Book::new(), &Rules::default(), &context),
        [
            "unproven L-1: 30.00 PEN booked on 2026-11-03 under reference A: not found, but the \
          provider's list is not proven complete (page 3 repeats page 2)"
        ]
    );
}

#[test]
fn ids_of_breaks_outlive_a_change_of_everything_but_code_and_rows() {
    let id = |row| {
        let (ledger, records) = (book([row]), Book::new());
        let outcome = reconcile(&ledger, &records, &Rules::default(), &proven()).unwrap();
        outcome.breaks[0].id(&ledger, &records)
    };
    let row = booked("L-1", "A", dec!(30));
    assert_eq!(id(row), "3a1cdcb370062689");
    assert_eq!(
        id(Row {
            amount: dec!(31),
            date: date(2026, 11, 9),
            ..row
        }),
        id(row)
    );
    assert_ne!(id(Row { id: "L-2", ..row }), id(row));
}

#[test]
fn many_rows_under_one_reference_take_no_quadratic_time() {
    // Pair by pair, this would be ten thousand million comparisons.
    let mut ledger = Book::new();
    let mut records = Book::new();
    for number in 0..100_000_i64 {
        let amount = Decimal::new(number % 1000, 2);
        let id = number.to_string();
        ledger
            .push(Row {
                id: &id,
                ..booked("", "A", amount)
            })
            .unwrap();
        let amount = amount + dec!(0.001);
        records
            .push(Row {
                id: &id,
                ..listed("", "A", amount)
            })
            .unwrap();
    }
    let outcome = reconcile(&ledger, &records, &Rules::default(), &proven()).unwrap();
    assert_eq!(outcome.breaks.len(), 100_000);
}

#[test]
fn a_row_reads_back_as_it_was_pushed() {
    let row = Row {
        settled: Some(Money::new(dec!(29.90), "USD".parse().unwrap())),
        fee: Some(dec!(0.10)),
        tax: Some(dec!(0.02)),
        account: Some("4"),
        method: Some("YP"),
        description: Some("Café №7"),
        ..listed("R-ñ", "A", dec!(30.0))
    };
    let other = Row {
        reference: None,
        date: date(2026, 12, 1),
        ..booked("L-1", "", dec!(5))
    };
    let book = book([row, other, row]);
    assert_eq!(book.iter().collect::<Vec<_>>(), [row, other, row]);
    assert_eq!(book.last_date(), Some(other.date));
    assert_eq!(
        book.totals().unwrap().into_values().collect::<Vec<_>>(),
        [dec!(65.0)]
    );
}

#[test]
fn attributes_are_found_by_row_and_name() {
    let mut book = Book::new();
    let row = booked("L-1", "A", dec!(1));
    book.push_with(row, [("rrn", "0042"), ("batch", "B-7")])
        .unwrap();
    book.push(row).unwrap();
    book.push_with(row, [("rrn", "0043")]).unwrap();
    let of = |place: usize| book.indices().nth(place).unwrap();
    let all: Vec<_> = book.attributes(of(0)).collect();
    assert_eq!(all, [("batch", "B-7"), ("rrn", "0042")]);
    assert_eq!(book.attribute(of(1), "rrn"), None);
    assert_eq!(book.attribute(of(2), "rrn"), Some("0043"));
    assert_eq!(book.attribute(of(2), "batch"), None);
}

#[test]
fn a_book_refuses_negative_amounts() {
    let refused = Book::new().push(booked("L-1", "A", dec!(-1)));
    assert!(matches!(refused, Err(EngineError::NegativeAmount { .. })));
}
