//! The equation that each difference is explained by: exactly that text, and
//! never one that does not close.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod groups;
mod leftovers;
mod namesakes;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use reconcile_core::{Direction, Money, Status};
use reconcile_engine::{
    Absence, Basis, Book, BreakCode, Column, Conservation, Context, Equality, FeeTerm, Fees, Pass,
    Row, Rules, reconcile,
};
use rust_decimal::{Decimal, dec};

const DAY: Date = date(2026, 11, 3);

fn row(id: &'static str, amount: Decimal, currency: &str) -> Row<'static> {
    let amount = Money::new(amount, currency.parse().unwrap());
    Row {
        reference: Some("A"),
        ..Row::new(id, amount, Direction::Credit, DAY)
    }
}

fn book(rows: &[Row<'_>]) -> Book {
    let mut book = Book::new();
    for row in rows {
        book.push(*row).unwrap();
    }
    book
}

fn proven() -> Context {
    Context {
        as_of: date(2026, 11, 21),
        period: None,
        proof_of_absence: Absence::Proven,
    }
}

/// The codes and explanations of the breaks.
fn explained(ledger: &[Row<'_>], records: &[Row<'_>]) -> Vec<(BreakCode, String)> {
    explained_by(&Rules::default(), ledger, records)
}

fn explained_by(
    rules: &Rules,
    ledger: &[Row<'_>],
    records: &[Row<'_>],
) -> Vec<(BreakCode, String)> {
    let outcome = reconcile(&book(ledger), &book(records), rules, &proven()).unwrap();
    assert!(outcome.conservation.values().all(Conservation::holds));
    let breaks = outcome.breaks.into_iter();
    breaks
        .map(|found| (found.code, found.explanation))
        .collect()
}

/// The only break of one row on each side.
fn couple(ledger: Row<'_>, record: Row<'_>) -> (BreakCode, String) {
    let mut breaks = explained(&[ledger], &[record]);
    assert_eq!(breaks.len(), 1);
    breaks.remove(0)
}

/// A currency, the ledger's amount, the provider's, and what else they state;
/// what is told; and what the break is.
const EQUATIONS: &[(&str, &str, BreakCode)] = {
    use BreakCode::{AmountMismatch, Rounding};
    &[
        (
            "PEN 30 28.53",
            "ledger 30.00 − provider 28.53 = 1.47 PEN",
            AmountMismatch,
        ),
        (
            "PEN 30 28.53 fee=1.47",
            "ledger 30.00 − provider 28.53 = 1.47 PEN, the provider's fee",
            AmountMismatch,
        ),
        (
            "PEN 28.53 30 booked_fee=1.47",
            "ledger 28.53 − provider 30.00 = -1.47 PEN, the fee that the ledger books",
            AmountMismatch,
        ),
        (
            "PEN 30 29.74 fee=1.47 tax=0.26",
            "ledger 30.00 − provider 29.74 = 0.26 PEN, the provider's tax",
            AmountMismatch,
        ),
        (
            "PEN 29.74 30 booked_tax=0.26",
            "ledger 29.74 − provider 30.00 = -0.26 PEN, the tax that the ledger books",
            AmountMismatch,
        ),
        (
            "PEN 30 28.27 fee=1.47 tax=0.26",
            "ledger 30.00 − provider 28.27 = 1.73 PEN, the provider's fee 1.47 + tax 0.26",
            AmountMismatch,
        ),
        (
            "PEN 28.27 30 booked_fee=1.47 booked_tax=0.26",
            "ledger 28.27 − provider 30.00 = -1.73 PEN, the ledger's fee 1.47 + tax 0.26",
            AmountMismatch,
        ),
        (
            "PEN 30 29.99",
            "ledger 30.00 − provider 29.99 = 0.01 PEN, rounding: 1 minor unit over 1 row",
            Rounding,
        ),
        (
            "JPY 30 29.5",
            "ledger 30 − provider 29.5 = 0.5 JPY, rounding: 0.5 minor unit over 1 row",
            Rounding,
        ),
        (
            "PEN 60 30",
            "ledger 60.00 − provider 30.00 = 30.00 PEN, double: the ledger's amount is twice the \
             provider's",
            AmountMismatch,
        ),
        (
            "PEN 15 30",
            "ledger 15.00 − provider 30.00 = -15.00 PEN, half: the ledger's amount is half the \
             provider's",
            AmountMismatch,
        ),
        (
            "PEN 3000 30",
            "ledger 3000.00 − provider 30.00 = 2970.00 PEN, ×100: the ledger's amount is a hundred \
             times the provider's",
            AmountMismatch,
        ),
        (
            "PEN 0.3 30",
            "ledger 0.30 − provider 30.00 = -29.70 PEN, ÷100: the ledger's amount is a hundredth \
             of the provider's",
            AmountMismatch,
        ),
        (
            "KWD 30000 30",
            "ledger 30000.000 − provider 30.000 = 29970.000 KWD, ×1000: the ledger's amount is a \
             thousand times the provider's",
            AmountMismatch,
        ),
        (
            "KWD 0.03 30",
            "ledger 0.030 − provider 30.000 = -29.970 KWD, ÷1000: the ledger's amount is a \
             thousandth of the provider's",
            AmountMismatch,
        ),
        // No currency of two digits slips by three.
        (
            "PEN 30000 30",
            "ledger 30000.00 − provider 30.00 = 29970.00 PEN",
            AmountMismatch,
        ),
        (
            "PEN 94.50 49.5",
            "ledger 94.50 − provider 49.50 = 45.00 PEN, digits transposed: 94 for 49, and 45.00 = \
             9 × 5.00",
            AmountMismatch,
        ),
        (
            "PEN 0.95 0.59",
            "ledger 0.95 − provider 0.59 = 0.36 PEN, digits transposed: 95 for 59, and 0.36 = 9 × \
             0.04",
            AmountMismatch,
        ),
        (
            "PEN 1.05 0.15",
            "ledger 1.05 − provider 0.15 = 0.90 PEN, digits transposed: 10 for 01, and 0.90 = 9 × \
             0.10",
            AmountMismatch,
        ),
        // A zero too many is no transposed digit.
        (
            "PEN 90 9",
            "ledger 90.00 − provider 9.00 = 81.00 PEN, ×10, a digit too many: the ledger's amount \
             is ten times the provider's",
            AmountMismatch,
        ),
        (
            "PEN 0.05 0.5",
            "ledger 0.05 − provider 0.50 = -0.45 PEN, ÷10, a digit missing: the ledger's amount is \
             a tenth of the provider's",
            AmountMismatch,
        ),
        (
            "PEN 90.50 9.50",
            "ledger 90.50 − provider 9.50 = 81.00 PEN",
            AmountMismatch,
        ),
        // Two digits that did not change places.
        (
            "PEN 9.50 95.05",
            "ledger 9.50 − provider 95.05 = -85.55 PEN",
            AmountMismatch,
        ),
        // Zero is no multiple of anything.
        (
            "PEN 0 30",
            "ledger 0.00 − provider 30.00 = -30.00 PEN",
            AmountMismatch,
        ),
    ]
};

#[test]
fn each_equation_is_told_in_its_own_words() {
    for &(case, text, code) in EQUATIONS {
        let words: Vec<_> = case.split(' ').collect();
        let figure = |name: &str| {
            let mut figures = words.iter().filter_map(|word| word.split_once('='));
            figures.find_map(|(key, figure)| (key == name).then(|| figure.parse().unwrap()))
        };
        let ledger = Row {
            fee: figure("booked_fee"),
            tax: figure("booked_tax"),
            ..row("L-1", words[1].parse().unwrap(), words[0])
        };
        let record = Row {
            fee: figure("fee"),
            tax: figure("tax"),
            ..row("R-1", words[2].parse().unwrap(), words[0])
        };
        assert_eq!(couple(ledger, record), (code, text.to_owned()), "{case}");
    }
}

#[test]
fn the_first_equation_in_the_order_is_the_one_that_is_told() {
    // The fee, and rounding, and the double.
    let record = Row {
        fee: Some(dec!(0.01)),
        ..row("R-1", dec!(0.01), "PEN")
    };
    let (code, text) = couple(row("L-1", dec!(0.02), "PEN"), record);
    assert_eq!(code, BreakCode::AmountMismatch);
    assert!(text.ends_with("the provider's fee"), "{text}");
    // Rounding, and the double.
    let (code, _) = couple(row("L-1", dec!(0.02), "PEN"), row("R-1", dec!(0.01), "PEN"));
    assert_eq!(code, BreakCode::Rounding);
}

#[test]
fn a_split_that_is_off_by_a_unit_a_part_is_rounded() {
    let parts = |last| {
        [
            row("R-1", dec!(3.33), "PEN"),
            row("R-2", dec!(3.34), "PEN"),
            row("R-3", last, "PEN"),
        ]
    };
    let whole = [row("L-1", dec!(10), "PEN")];
    assert_eq!(
        explained(&whole, &parts(dec!(3.31))),
        [(
            BreakCode::Rounding,
            "ledger 10.00 (1 row) − provider 9.98 (3 rows) = 0.02 PEN: rounding: 2 minor units \
             over 3 rows"
                .to_owned()
        )]
    );
    let (code, _) = explained(&whole, &parts(dec!(3.29))).remove(0);
    assert_eq!(code, BreakCode::SplitIncomplete);
}

/// A row without a counterpart: its reference is its own.
fn lone(id: &'static str, amount: Decimal, day: i8) -> Row<'static> {
    Row {
        reference: Some(id),
        date: date(2026, 11, day),
        ..row(id, amount, "PEN")
    }
}

#[test]
fn a_status_that_changed_after_the_cut_off_is_told_with_its_days() {
    let pending = Row {
        status: Some(Status::Pending),
        ..row("L-1", dec!(30), "PEN")
    };
    let paid = Row {
        status: Some(Status::Succeeded),
        date: date(2026, 11, 4),
        ..row("R-1", dec!(30), "PEN")
    };
    let text = "ledger 0.00 − provider 30.00 = -30.00 PEN, the status changed after the cut-off: \
                pending in the ledger on 2026-11-03, succeeded at the provider on 2026-11-04";
    assert_eq!(
        couple(pending, paid),
        (BreakCode::StatusMismatch, text.to_owned())
    );
}

#[test]
fn a_payment_reversed_days_later_is_told_with_the_instant() {
    let reversed = Row {
        status: Some(Status::Reversed),
        ..row("R-1", dec!(30), "PEN")
    };
    let told = |booked: Row<'_>| {
        let mut records = Book::new();
        let changed = (Book::UPDATED_AT, "2026-11-05T08:00:00Z");
        records.push_with(reversed, [changed]).unwrap();
        let outcome = reconcile(&book(&[booked]), &records, &Rules::default(), &proven()).unwrap();
        outcome.breaks[0].explanation.clone()
    };
    let booked = row("L-1", dec!(30), "PEN");
    assert_eq!(
        told(booked),
        "ledger 30.00 − provider 0.00 = 30.00 PEN, the status changed after the cut-off: booked in \
         the ledger on 2026-11-03, reversed at the provider at 2026-11-05T08:00:00Z"
    );
    // Nothing shows that it changed after it was booked.
    let late = Row {
        date: date(2026, 11, 6),
        ..booked
    };
    assert_eq!(
        told(late),
        "ledger 30.00 − provider 0.00 = 30.00 PEN, the provider says reversed"
    );
}

/// Records of one day that agree on what is usual, and the last of which is
/// changed; all are booked as they are listed.
fn unusual(usual: impl Fn(&mut Row<'_>, i64), change: impl Fn(&mut Row<'_>)) -> Vec<String> {
    unusual_among(10, usual, change)
}

fn unusual_among(
    rows: i64,
    usual: impl Fn(&mut Row<'_>, i64),
    change: impl Fn(&mut Row<'_>),
) -> Vec<String> {
    let ids: Vec<String> = (10..10 + rows).map(|number| number.to_string()).collect();
    let last = ids.last().unwrap();
    let mut ledger = Vec::new();
    let mut records = Vec::new();
    for (id, number) in ids.iter().zip(10..) {
        let mut record = Row {
            id,
            reference: Some(id),
            ..row("", Decimal::from(number), "PEN")
        };
        ledger.push(record);
        usual(&mut record, number);
        if id == last {
            change(&mut record);
        }
        records.push(record);
    }
    let told = explained(&ledger, &records).into_iter();
    told.map(|(code, text)| format!("{code}: {text}")).collect()
}

#[test]
fn fees_and_taxes_that_both_sides_state_must_agree() {
    let stating = |id, fee, tax| Row {
        fee: Some(fee),
        tax: Some(tax),
        ..row(id, dec!(30), "PEN")
    };
    let booked = stating("L-1", dec!(1.47), dec!(0.26));
    assert_eq!(
        couple(booked, stating("R-1", dec!(1.5), dec!(0.27))),
        (
            BreakCode::FeeVariance,
            "ledger 30.00 PEN, provider 30.00 PEN: the fees differ: ledger 1.47 − provider 1.50 = \
             -0.03 PEN"
                .to_owned()
        )
    );
    assert_eq!(
        couple(booked, stating("R-1", dec!(1.47), dec!(0.27))),
        (
            BreakCode::TaxVariance,
            "ledger 30.00 PEN, provider 30.00 PEN: the taxes differ: ledger 0.26 − provider 0.27 \
             = -0.01 PEN"
                .to_owned()
        )
    );
    assert_eq!(
        explained(&[booked], &[stating("R-1", dec!(1.470), dec!(0.26))]),
        []
    );
    // What one side does not state contradicts nothing.
    let silent = row("R-1", dec!(30), "PEN");
    assert_eq!(explained(&[booked], &[silent]), []);
}

#[test]
fn a_ledger_that_says_zero_on_every_row_keeps_no_fees_which_is_told_once() {
    let told = |rows: u16, booked: Decimal| {
        let ids: Vec<String> = (0..rows).map(|row| row.to_string()).collect();
        let all = |fee: fn(&str, Decimal) -> Decimal| -> Vec<Row<'_>> {
            let of = |id| Row {
                reference: Some(id),
                fee: Some(fee(id, booked)),
                tax: Some(Decimal::ZERO),
                ..row("", dec!(30), "PEN")
            };
            ids.iter().map(|id| Row { id, ..of(id) }).collect()
        };
        let ledger = book(&all(|id, booked| if id == "8" { booked } else { dec!(0) }));
        let records = book(&all(|_, _| dec!(1.5)));
        let outcome = reconcile(&ledger, &records, &Rules::default(), &proven()).unwrap();
        (outcome.breaks.len(), outcome.notes)
    };
    let note = "the ledger keeps no fees: it says 0 on all 8 rows that state any, where the \
                provider charges 12.00 PEN; they are not compared";
    assert_eq!(told(8, dec!(0)), (0, vec![note.to_owned()]));
    // A few zeros are figures, and so are all where any other is one.
    assert_eq!(told(7, dec!(0)), (7, Vec::new()));
    assert_eq!(told(9, dec!(1.5)), (8, Vec::new()));
}

#[test]
fn what_is_charged_for_money_that_leaves_is_put_on_or_taken_off_as_others_have_it() {
    let told = |usual: fn(Decimal) -> Decimal, last: Decimal| {
        let ids: Vec<String> = (10..20).map(|number| number.to_string()).collect();
        let all = ids.iter().zip(10..).map(|(id, number)| Row {
            id,
            reference: Some(id),
            direction: Direction::Debit,
            fee: Some(dec!(0.5)),
            tax: Some(dec!(0.09)),
            ..row("", Decimal::from(number), "PEN")
        });
        let ledger: Vec<Row<'_>> = all.collect();
        let settled = |record: &Row<'_>| {
            let usual = usual(record.amount);
            let amount = if record.id == "19" { last } else { usual };
            Some(Money::new(amount, record.currency))
        };
        let records = ledger.iter().map(|row| Row {
            settled: settled(row),
            ..*row
        });
        let records: Vec<Row<'_>> = records.collect();
        explained(&ledger, &records)
    };
    let put_on = |amount| amount + dec!(0.59);
    let taken_off = |amount| amount - dec!(0.59);
    for (usual, last, equation) in [
        (
            put_on as fn(Decimal) -> Decimal,
            dec!(18.41),
            "settled 18.41 − (19.00 + fee 0.50 + tax 0.09) = -1.18 PEN",
        ),
        (
            taken_off,
            dec!(19.59),
            "settled 19.59 − (19.00 − fee 0.50 − tax 0.09) = 1.18 PEN",
        ),
    ] {
        let text = format!(
            "ledger -19.00 PEN, provider -19.00 PEN: {equation}, which is nothing for 9 of the 9 \
             others"
        );
        assert_eq!(told(usual, last), [(BreakCode::NetIdentity, text)]);
    }
}

#[test]
fn a_record_that_settles_anything_but_its_net_is_a_break_where_the_others_do_not() {
    let pen = |amount| Some(Money::new(amount, "PEN".parse().unwrap()));
    let usual = |record: &mut Row<'_>, _| {
        record.fee = Some(dec!(0.50));
        record.tax = Some(dec!(0.09));
        record.settled = pen(record.amount - dec!(0.59));
    };
    assert_eq!(unusual(usual, |_| ()), [""; 0]);
    let changed = unusual(usual, |record| record.settled = pen(dec!(18.50)));
    assert_eq!(
        changed,
        [
            "net_identity: ledger 19.00 PEN, provider 19.00 PEN: settled 18.50 − (19.00 − fee \
             0.50 − tax 0.09) = 0.09 PEN, which is nothing for 9 of the 9 others"
        ]
    );
    // The record that is off shows no convention: eight are enough, seven are not.
    let off = |record: &mut Row<'_>| record.settled = pen(record.amount - dec!(0.50));
    assert_eq!(unusual_among(8, usual, off).len(), 1);
    assert_eq!(unusual_among(7, usual, off), [""; 0]);
    // Where hardly any record settles its net, gross is what settles.
    let gross = |record: &mut Row<'_>, _| {
        record.fee = Some(dec!(0.50));
        record.settled = pen(record.amount);
    };
    assert_eq!(
        unusual(gross, |record| record.settled = pen(dec!(18.50))),
        [""; 0]
    );
}

#[test]
fn a_rate_far_off_the_median_of_its_day_is_a_break_where_the_others_are_near() {
    let usd = |amount| Some(Money::new(amount, "USD".parse().unwrap()));
    let usual = |record: &mut Row<'_>, number| {
        record.settled = usd((Decimal::from(number) * dec!(0.267)).round_dp(2));
    };
    assert_eq!(unusual(usual, |_| ()), [""; 0]);
    let changed = unusual(usual, |record| record.settled = usd(dec!(5.70)));
    assert_eq!(
        changed,
        [
            "fx_variance: ledger 19.00 PEN, provider 19.00 PEN: settled 5.70 − 5.07 at the median \
             rate of the day, 4.54 USD for 17.00 PEN, = 0.63 USD; its rate is 0.3, the median of 10 \
             records 0.267059, from which half of them lie no further than 0.000184"
        ]
    );
    let off = |record: &mut Row<'_>| record.settled = usd((record.amount * dec!(0.32)).round_dp(2));
    assert_eq!(unusual_among(8, usual, off).len(), 1);
    assert_eq!(unusual_among(7, usual, off), [""; 0]);
    // A rate that moves a little in a day is none the less that of the day.
    let moving = |record: &mut Row<'_>, number: i64| {
        record.settled = usd(record.amount * Decimal::new(245 + number * 7 % 11, 3));
    };
    assert_eq!(unusual_among(20, moving, |_| ()), [""; 0]);
    let off = |record: &mut Row<'_>| record.settled = usd(record.amount * dec!(0.3));
    let changed = unusual_among(20, moving, off);
    assert_eq!(
        changed,
        [
            "fx_variance: ledger 29.00 PEN, provider 29.00 PEN: settled 8.70 − 7.28 at the median \
             rate of the day, 3.765 USD for 15.00 PEN, = 1.42 USD; its rate is 0.3, the median of 20 \
             records 0.251, from which half of them lie no further than 0.003"
        ]
    );
    // A day of many rates has no rate to be off.
    let drifting = |record: &mut Row<'_>, number| {
        record.settled = usd(Decimal::from(number) * Decimal::new(200 + 9 * number, 3));
    };
    assert_eq!(
        unusual(drifting, |record| record.settled = usd(dec!(5.70))),
        [""; 0]
    );
}

#[test]
fn the_median_rate_is_told_alike_whatever_zeros_its_row_is_written_with() {
    let ids: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    for padded in [0, 1] {
        let rows = ids.iter().zip(0..);
        let rows = rows.map(|(id, place)| {
            let settled = match place {
                9 => dec!(5),
                place if place % 2 == padded => dec!(2.50000),
                _ => dec!(2.5),
            };
            Row {
                id,
                reference: Some(id),
                settled: Some(Money::new(settled, "USD".parse().unwrap())),
                ..row("", dec!(10), "PEN")
            }
        });
        let records: Vec<_> = rows.collect();
        let mut ledger = records.clone();
        for row in &mut ledger {
            row.settled = None;
        }
        let told = explained(&ledger, &records);
        let text = &told.first().unwrap().1;
        assert!(text.contains("2.50 USD for 10.00 PEN"), "{text}");
    }
}

#[test]
fn the_rate_that_a_pair_in_two_currencies_implies_is_set_against_the_days() {
    let usd = |amount| Some(Money::new(amount, "USD".parse().unwrap()));
    let records: Vec<_> = ["1", "2", "3", "4", "5", "6", "7", "8"]
        .map(|id| Row {
            reference: Some(id),
            settled: usd(dec!(8.00)),
            ..row(id, dec!(32), "PEN")
        })
        .to_vec();
    let mut ledger = records.clone();
    ledger[0] = Row {
        reference: Some("1"),
        ..row("1", dec!(8.40), "USD")
    };
    let text = "ledger 8.40 USD, provider 32.00 PEN: the currencies differ, which implies 0.2625 USD \
                for 1 PEN, 5% off the median rate of the day, 0.25";
    assert_eq!(
        explained(&ledger, &records),
        [(BreakCode::CurrencyMismatch, text.to_owned())]
    );
    // The same figure was exchanged by nobody.
    let same = Row {
        amount: dec!(32),
        ..ledger[0]
    };
    let text = "ledger 32.00 USD, provider 32.00 PEN: the currencies differ, the figure is the same, \
                though the median rate of the day is 0.25";
    assert_eq!(
        explained(&[&[same], &ledger[1..]].concat(), &records),
        [(BreakCode::CurrencyMismatch, text.to_owned())]
    );
    // A day of too few records has no median.
    let text = "ledger 8.40 USD, provider 32.00 PEN: the currencies differ, which implies 0.2625 USD \
                for 1 PEN";
    assert_eq!(couple(ledger[0], records[0]).1, text);
}

#[test]
fn a_fee_off_the_schedule_is_a_variance() {
    let percent = |percent| FeeTerm {
        percent,
        ..FeeTerm::default()
    };
    let mut rules = Rules {
        fees: Fees {
            schedule: vec![percent(dec!(3))],
            tax_percent: dec!(18),
            ..Fees::default()
        },
        ..Rules::default()
    };
    let charged = |fee, tax| Row {
        fee: Some(fee),
        tax,
        ..row("R-1", dec!(100), "PEN")
    };
    let booked = [row("L-1", dec!(100), "PEN")];
    let told = |record| explained_by(&rules, &booked, &[record]);
    assert_eq!(told(charged(dec!(3), None)), []);
    assert_eq!(told(charged(dec!(3.00), Some(dec!(0.54)))), []);
    let beside = "ledger 100.00 PEN, provider 100.00 PEN: the provider's";
    assert_eq!(
        told(charged(dec!(9), None)),
        [(
            BreakCode::FeeVariance,
            format!("{beside} fee 9.00 − 3.00 by the schedule = 6.00 PEN")
        )]
    );
    assert_eq!(
        told(charged(dec!(3), Some(dec!(0.60)))),
        [(
            BreakCode::TaxVariance,
            format!("{beside} tax 0.60 − 0.54 by the schedule = 0.06 PEN")
        )]
    );
    // The schedule is one of payments.
    let refund = Row {
        direction: Direction::Debit,
        ..charged(dec!(9), None)
    };
    let returned = Row {
        direction: Direction::Debit,
        ..booked[0]
    };
    assert_eq!(explained_by(&rules, &[returned], &[refund]), []);
    // What is left after the fees is compared: the fee is what makes the difference.
    rules.fees.ledger = Basis::Net;
    rules.fees.tax_percent = Decimal::ZERO;
    rules.passes = vec![Pass {
        net: true,
        ..Pass::keyed("net", [Equality::of(Column::Reference)])
    }];
    assert_eq!(
        explained_by(
            &rules,
            &[row("L-1", dec!(97), "PEN")],
            &[charged(dec!(9), None)]
        ),
        [(
            BreakCode::FeeVariance,
            "ledger 97.00 − provider 100.00 = -3.00 PEN; after fees 97.00 − 91.00 = 6.00 PEN, the \
             provider's fee 9.00 where the schedule has 3.00"
                .to_owned()
        )]
    );
}

#[test]
fn a_ledger_that_books_what_settled_is_told_so_where_no_fee_is_stated() {
    let record = Row {
        settled: Some(Money::new(dec!(97), "PEN".parse().unwrap())),
        ..row("R-1", dec!(100), "PEN")
    };
    assert_eq!(
        couple(row("L-1", dec!(97), "PEN"), record).1,
        "ledger 97.00 − provider 100.00 = -3.00 PEN, the ledger books what the provider settled, \
         97.00"
    );
    let (_, text) = couple(row("L-1", dec!(96.98), "PEN"), record);
    assert_eq!(text, "ledger 96.98 − provider 100.00 = -3.02 PEN");
}

#[test]
fn a_currency_taken_for_the_one_that_settled_is_told() {
    let record = Row {
        settled: Some(Money::new(dec!(8.01), "USD".parse().unwrap())),
        ..row("R-1", dec!(30), "PEN")
    };
    assert_eq!(
        couple(row("L-1", dec!(8.01), "USD"), record),
        (
            BreakCode::CurrencyMismatch,
            "ledger 8.01 USD, provider 30.00 PEN: the currencies differ, and the provider settled \
             8.01 USD"
                .to_owned()
        )
    );
}

/// Whether the equation that a text claims holds between the figures.
fn closes(text: &str, ledger: &Row<'_>, record: &Row<'_>) -> bool {
    let (booked, listed) = (ledger.amount, record.amount);
    let gap = (booked - listed).abs();
    let differ = |booked: Option<Decimal>, listed: Option<Decimal>| {
        let off = booked.zip(listed).map(|(booked, listed)| booked - listed);
        gap.is_zero() && off.is_some_and(|off| text.ends_with(&format!("= {off} KWD")))
    };
    if text.contains("the fees differ") {
        return differ(ledger.fee, record.fee);
    }
    if text.contains("the taxes differ") {
        return differ(ledger.tax, record.tax);
    }
    let Some((_, claim)) = text.split_once(", ") else {
        return true;
    };
    let sum = |row: &Row<'_>| Some(row.fee? + row.tax?);
    match claim {
        "the provider's fee" => record.fee == Some(gap),
        "the fee that the ledger books" => ledger.fee == Some(gap),
        "the provider's tax" => record.tax == Some(gap),
        "the tax that the ledger books" => ledger.tax == Some(gap),
        _ if claim.starts_with("the provider's fee ") => sum(record) == Some(gap),
        _ if claim.starts_with("the ledger's fee ") => sum(ledger) == Some(gap),
        _ if claim.starts_with("rounding") => gap <= dec!(0.001),
        _ if claim.starts_with("double") => booked == listed * dec!(2),
        _ if claim.starts_with("half") => booked * dec!(2) == listed,
        _ if claim.starts_with("×100:") => booked == listed * dec!(100),
        _ if claim.starts_with("÷100:") => booked * dec!(100) == listed,
        _ if claim.starts_with("×10,") => booked == listed * dec!(10),
        _ if claim.starts_with("÷10,") => booked * dec!(10) == listed,
        _ if claim.starts_with("×1000:") => booked == listed * dec!(1000),
        _ if claim.starts_with("÷1000:") => booked * dec!(1000) == listed,
        _ if claim.starts_with("digits transposed") => {
            let units = gap * dec!(1000);
            units.fract().is_zero() && (units % dec!(9)).is_zero()
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn no_equation_is_claimed_that_does_not_close(
        booked in 1..2000_i64,
        factor in prop::sample::select(vec![1_i64, 2, 10, 100, 1000]),
        off in -30..30_i64,
        charges in prop::collection::vec(prop::option::of(0..30_i64), 4),
        swap in any::<bool>(),
    ) {
        let fils = |units: i64| Decimal::new(units, 3);
        let listed = (booked * factor + off).max(0);
        let (left, right) = if swap { (listed, booked) } else { (booked, listed) };
        let charge = |place: usize| charges[place].map(fils);
        let ledger = Row { fee: charge(0), tax: charge(1), ..row("L-1", fils(left), "KWD") };
        let record = Row { fee: charge(2), tax: charge(3), ..row("R-1", fils(right), "KWD") };
        for (_, text) in explained(&[ledger], &[record]) {
            prop_assert!(closes(&text, &ledger, &record), "{text}");
        }
    }
}
