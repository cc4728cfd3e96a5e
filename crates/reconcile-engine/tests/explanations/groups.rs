//! A whole and its parts: what the difference is.

use reconcile_core::Direction;
use reconcile_engine::{
    Basis, BreakCode, Column, Equality, Fees, GroupBy, Grouping, Pass, Row, Rules, Sides,
};
use rust_decimal::{Decimal, dec};

use super::{explained, explained_by, lone, row};

/// A record of a whole, with the fee and the tax that it states.
fn part(
    id: &'static str,
    amount: Decimal,
    fee: Option<Decimal>,
    tax: Option<Decimal>,
) -> Row<'static> {
    Row {
        fee,
        tax,
        ..row(id, amount, "PEN")
    }
}

#[test]
fn what_the_parts_are_charged_is_no_excess_of_theirs() {
    let parts = |tax: fn(Decimal) -> Option<Decimal>| {
        [
            part("R-1", dec!(60), Some(dec!(1.80)), tax(dec!(0.32))),
            part("R-2", dec!(40), Some(dec!(1.20)), tax(dec!(0.22))),
        ]
    };
    let told = |whole, records: &[Row<'_>]| {
        let mut told = explained(&[row("L-1", whole, "PEN")], records);
        assert_eq!(told.len(), 1);
        told.remove(0)
    };
    let over = |text: &str| (BreakCode::OverAllocated, text.to_owned());
    assert_eq!(
        told(dec!(97), &parts(|_| None)),
        over("ledger 97.00 (1 row) − provider 100.00 (2 rows) = -3.00 PEN: the provider's fees")
    );
    assert_eq!(
        told(dec!(99.46), &parts(Some)),
        over("ledger 99.46 (1 row) − provider 100.00 (2 rows) = -0.54 PEN: the provider's taxes")
    );
    assert_eq!(
        told(dec!(96.46), &parts(Some)),
        over(
            "ledger 96.46 (1 row) − provider 100.00 (2 rows) = -3.54 PEN: the provider's fees 3.00 \
             + taxes 0.54"
        )
    );
    // Nothing closes.
    assert_eq!(told(dec!(96.50), &parts(Some)).0, BreakCode::OverAllocated);
    // The ledger states what its parts are charged.
    let booked = parts(|_| None);
    let told = explained(&booked, &[row("P-1", dec!(97), "PEN")]);
    assert_eq!(
        told,
        [over(
            "ledger 100.00 (2 rows) − provider 97.00 (1 row) = 3.00 PEN: the ledger's fees"
        )]
    );
}

#[test]
fn parts_after_the_fees_are_rounded_by_what_is_left_of_them() {
    let rules = Rules {
        fees: Fees {
            ledger: Basis::Net,
            ..Fees::default()
        },
        passes: vec![Pass {
            net: true,
            group: Some(Grouping {
                by: GroupBy::Key,
                sides: Sides::ManyToMany,
                evidence: Vec::new(),
                most: Grouping::MOST,
            }),
            ..Pass::keyed("net", [Equality::of(Column::Reference)])
        }],
        ..Rules::default()
    };
    let parts = [
        part("R-1", dec!(60), Some(dec!(1.80)), None),
        part("R-2", dec!(40), Some(dec!(1.20)), None),
    ];
    let told = |whole| explained_by(&rules, &[row("L-1", whole, "PEN")], &parts).remove(0);
    assert_eq!(
        told(dec!(97.02)),
        (
            BreakCode::Rounding,
            "ledger 97.02 (1 row) − provider 100.00 (2 rows) = -2.98 PEN: rounding: 2 minor units \
             over 2 rows; after the fees, ledger 97.02 PEN, provider 97.00 PEN"
                .to_owned()
        )
    );
    // A unit of the gross amounts is none of what was compared.
    assert_eq!(
        told(dec!(99.99)),
        (
            BreakCode::SplitIncomplete,
            "ledger 99.99 (1 row) − provider 100.00 (2 rows) = -0.01 PEN: a part is missing; after \
             the fees, ledger 99.99 PEN, provider 97.00 PEN"
                .to_owned()
        )
    );
}

#[test]
fn a_part_that_is_missing_is_sought_among_the_rows_that_nothing_else_claims() {
    let parts = [row("R-1", dec!(60), "PEN"), row("R-2", dec!(30), "PEN")];
    let whole = [row("L-1", dec!(100), "PEN")];
    let found = explained(&whole, &[&parts[..], &[lone("R-3", dec!(10), 4)]].concat());
    let text = "ledger 100.00 (1 row) − provider 90.00 (2 rows) = 10.00 PEN: a part is missing, the \
                amount of the unmatched record R-3 10.00, and of no other one";
    assert!(
        found.contains(&(BreakCode::SplitIncomplete, text.to_owned())),
        "{found:#?}"
    );
    let refund = Row {
        direction: Direction::Debit,
        ..lone("R-3", dec!(10), 4)
    };
    let found = explained(
        &[row("L-1", dec!(80), "PEN")],
        &[&parts[..], &[refund]].concat(),
    );
    let text = "ledger 80.00 (1 row) − provider 90.00 (2 rows) = -10.00 PEN: the parts come to more \
                than the whole, the amount of the unmatched record R-3 -10.00, and of no other one";
    assert!(
        found.contains(&(BreakCode::OverAllocated, text.to_owned())),
        "{found:#?}"
    );
}
