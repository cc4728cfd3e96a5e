//! What the rows without a counterpart make of each other, and of differences.

use reconcile_core::Direction;
use reconcile_engine::{BreakCode, Row, Rules, reconcile};
use rust_decimal::dec;

use super::{book, explained, lone, proven, row};

/// What stands behind the finding of each row without a counterpart.
fn related(ledger: &[Row<'_>], records: &[Row<'_>]) -> Vec<String> {
    let told = explained(ledger, records).into_iter();
    told.map(|(_, text)| {
        let told = text.split_once("; ").map(|(_, told)| told.to_owned());
        told.unwrap_or_default()
    })
    .collect()
}

#[test]
fn a_row_of_the_next_day_with_the_same_amount_is_a_cut_off() {
    let (booked, listed) = (lone("L-1", dec!(30), 3), lone("R-1", dec!(30), 4));
    assert_eq!(
        related(&[booked], &[listed]),
        [
            "R-1 of the next day, 2026-11-04, has the same amount: a cut-off between them",
            "L-1 of the day before, 2026-11-03, has the same amount: a cut-off between them",
        ]
    );
    // Two of them, and it is anybody's.
    assert_eq!(
        related(&[booked], &[listed, lone("R-2", dec!(30), 2)])[0],
        "the amount of the unmatched record R-2 30.00, one of 2 choices of one"
    );
    // Two days lie between.
    assert_eq!(
        related(&[booked], &[lone("R-1", dec!(30), 5)])[0],
        "the amount of the unmatched record R-1 30.00, and of no other one"
    );
    assert_eq!(related(&[booked], &[lone("R-1", dec!(30), 7)]), ["", ""]);
}

#[test]
fn a_row_is_a_whole_day_before_the_fees_or_after_them() {
    let charged = |id, amount, reference, fee| Row {
        reference: Some(reference),
        fee: Some(fee),
        ..lone(id, amount, 4)
    };
    let mut day = [
        charged("R-1", dec!(100), "A", dec!(3)),
        charged("R-2", dec!(50), "B", dec!(2.50)),
        charged("R-3", dec!(80), "C", dec!(2.95)),
        charged("R-4", dec!(70), "D", dec!(1.05)),
    ];
    let told = |day: &[Row<'_>], amount| {
        let payout = Row {
            reference: Some("PAYOUT"),
            ..lone("L-1", amount, 6)
        };
        related(&[payout], day)[0].clone()
    };
    assert_eq!(
        told(&day, dec!(290.50)),
        "all 4 unmatched records of 2026-11-04 come to 300.00 − fees 9.50 = 290.50"
    );
    assert_eq!(
        told(&day, dec!(300)),
        "all 4 unmatched records of 2026-11-04 come to 300.00"
    );
    assert_eq!(told(&day, dec!(290.51)), "");
    // The tax on the fees of two of them.
    let taxed = [(0, dec!(0.54)), (1, dec!(0.45))];
    for (place, tax) in taxed {
        day[place].tax = Some(tax);
    }
    assert_eq!(
        told(&day, dec!(289.51)),
        "all 4 unmatched records of 2026-11-04 come to 300.00 − fees 9.50 − taxes 0.99 = 289.51"
    );
    assert_eq!(
        told(&day, dec!(290.50)),
        "all 4 unmatched records of 2026-11-04 come to 300.00 − fees 9.50 = 290.50"
    );
}

#[test]
fn a_row_has_the_amount_of_another_after_the_fees_of_that_or_of_its_own() {
    let charged = Row {
        fee: Some(dec!(3)),
        tax: Some(dec!(0.54)),
        ..lone("R-1", dec!(100), 4)
    };
    let booked = lone("L-1", dec!(96.46), 6);
    let equation = "100.00 − fee 3.00 − tax 0.54 = 96.46";
    assert_eq!(
        related(&[booked], &[charged]),
        [
            format!("the unmatched record R-1 after its fees, {equation}, and no other one"),
            format!("after its fees, {equation}, the unmatched booking L-1, and no other one"),
        ]
    );
    // Another would do as well.
    let twin = Row {
        reference: Some("R-2"),
        id: "R-2",
        ..charged
    };
    assert_eq!(
        related(&[booked], &[charged, twin])[0],
        format!("the unmatched record R-1 after its fees, {equation}, one of 2 that would do")
    );
    // What is charged for money that leaves leaves with it.
    let leaves = |row: Row<'static>| Row {
        direction: Direction::Debit,
        ..row
    };
    assert_eq!(
        related(&[leaves(lone("L-1", dec!(103.54), 4))], &[leaves(charged)])[0],
        "the unmatched record R-1 after its fees, -100.00 − fee 3.00 − tax 0.54 = -103.54, and no \
         other one"
    );
    assert_eq!(
        related(&[lone("L-1", dec!(96.47), 4)], &[charged]),
        ["", ""]
    );
}

#[test]
fn a_row_is_the_sum_of_two_or_three_that_nothing_else_claims() {
    let whole = [lone("L-1", dec!(30), 3)];
    let parts = [
        lone("R-1", dec!(10), 3),
        lone("R-2", dec!(19.99), 3),
        lone("R-3", dec!(0.01), 4),
    ];
    assert_eq!(
        related(&whole, &parts)[0],
        "the sum of the unmatched records R-1 10.00 + R-2 19.99 + R-3 0.01, and of no other three"
    );
    let more = [
        parts.as_slice(),
        &[lone("R-4", dec!(20), 4), lone("R-5", dec!(10), 4)],
    ]
    .concat();
    assert_eq!(
        related(&whole, &more)[0],
        "the sum of the unmatched records R-1 10.00 + R-4 20.00, one of 2 choices of two"
    );
}

#[test]
fn a_difference_is_the_sum_of_rows_that_nothing_else_claims() {
    let (ledger, record) = (row("L-1", dec!(30), "PEN"), row("R-1", dec!(17), "PEN"));
    let parts = [lone("R-2", dec!(6), 3), lone("R-3", dec!(7), 4)];
    let text = "ledger 30.00 − provider 17.00 = 13.00 PEN, the sum of the unmatched records R-2 \
                6.00 + R-3 7.00, and of no other two";
    let found = explained(&[ledger], &[&[record], parts.as_slice()].concat());
    assert!(
        found.contains(&(BreakCode::AmountMismatch, text.to_owned())),
        "{found:?}"
    );
    let text = "ledger 17.00 − provider 30.00 = -13.00 PEN, the amount of the unmatched booking \
                L-2 13.00, and of no other one";
    let (short, whole) = (row("L-1", dec!(17), "PEN"), row("R-1", dec!(30), "PEN"));
    let found = explained(&[short, lone("L-2", dec!(13), 3)], &[whole]);
    assert!(
        found.contains(&(BreakCode::AmountMismatch, text.to_owned())),
        "{found:?}"
    );
}

#[test]
fn a_search_among_too_many_rows_says_that_it_gave_up() {
    let ids: Vec<String> = (0..41).map(|number| format!("R-{number}")).collect();
    let records: Vec<_> = ids
        .iter()
        .map(|id| Row {
            id,
            reference: Some(id),
            ..lone("", dec!(7), 3)
        })
        .collect();
    let ledger = [lone("L-1", dec!(14), 3)];
    let outcome = reconcile(
        &book(&ledger),
        &book(&records),
        &Rules::default(),
        &proven(),
    )
    .unwrap();
    let note = "1 break lies among too many unmatched rows to seek sums of them";
    assert_eq!(outcome.notes, [note]);
    assert_eq!(related(&ledger, &records)[0], "");
}
