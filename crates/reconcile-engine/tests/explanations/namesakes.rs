//! Rows under one reference that do not come together.

use reconcile_core::{Direction, Status};
use reconcile_engine::{BreakCode, Exclude, Row, Rules, Side};
use rust_decimal::dec;

use super::{explained, explained_by, lone, row};

#[test]
fn a_row_that_is_missing_is_told_where_its_reference_takes_no_part() {
    let mut exclusion = Exclude::new(Side::Records, "a test of ours");
    exclusion.description_has = Some("test".to_owned());
    let rules = Rules {
        exclusions: vec![exclusion],
        ..Rules::default()
    };
    let record = Row {
        description: Some("A TEST"),
        ..row("R-1", dec!(7), "PEN")
    };
    let told = explained_by(&rules, &[row("L-1", dec!(7), "PEN")], &[record]);
    assert_eq!(
        told,
        [(
            BreakCode::MissingAtProvider,
            "7.00 PEN booked on 2026-11-03 under reference A: the provider's complete list does not \
             have it; R-1 has the same reference, 7.00 PEN on 2026-11-03, which a rule leaves out: \
             a test of ours"
                .to_owned()
        )]
    );
}

#[test]
fn rows_of_one_reference_that_move_different_amounts_in_opposite_directions_tell_of_each_other() {
    let record = Row {
        direction: Direction::Debit,
        ..row("R-1", dec!(77.77), "PEN")
    };
    let told = explained(&[row("L-1", dec!(70), "PEN")], &[record]);
    assert_eq!(
        told,
        [
            (
                BreakCode::MissingAtProvider,
                "70.00 PEN booked on 2026-11-03 under reference A: the provider's complete list does \
                 not have it; R-1 has the same reference, -77.77 PEN on 2026-11-03"
                    .to_owned()
            ),
            (
                BreakCode::MissingInLedger,
                "-77.77 PEN listed by the provider on 2026-11-03 under reference A: nothing is \
                 booked; L-1 has the same reference, 70.00 PEN on 2026-11-03"
                    .to_owned()
            ),
        ]
    );
    let more = [
        record,
        Row {
            id: "R-2",
            ..record
        },
    ];
    let told = explained(&[row("L-1", dec!(70), "PEN")], &more);
    assert!(
        told[0]
            .1
            .ends_with("-77.77 PEN on 2026-11-03; so has one other row"),
        "{told:#?}"
    );
    // Another reference says nothing.
    let told = explained(&[lone("L-1", dec!(70), 3)], &[record]);
    assert!(told[0].1.ends_with("does not have it"), "{told:#?}");
}

#[test]
fn a_difference_is_the_rows_of_its_reference_that_moved_nothing() {
    let under_way = Row {
        status: Some(Status::Pending),
        ..row("R-2", dec!(60), "PEN")
    };
    let told = explained(
        &[row("L-1", dec!(100), "PEN")],
        &[row("R-1", dec!(40), "PEN"), under_way],
    );
    assert_eq!(
        told,
        [(
            BreakCode::AmountMismatch,
            "ledger 100.00 − provider 40.00 = 60.00 PEN, R-2 60.00 under the same reference, whose \
             status pending says that nothing moved"
                .to_owned()
        )]
    );
    // Rows that do not close the difference do not explain it.
    let told = explained(
        &[row("L-1", dec!(101), "PEN")],
        &[row("R-1", dec!(40), "PEN"), under_way],
    );
    assert_eq!(told[0].1, "ledger 101.00 − provider 40.00 = 61.00 PEN");
}
