use reconcile_engine::{
    Basis, Column, DayWindow, Equality, Exclude, FeeTerm, Fees, GroupBy, Grouping, Pass, Rules,
    Side, Sides, TextRule,
};
use rust_decimal::{Decimal, dec};

use super::{book, lines, outcome};

fn net_booked(schedule: Vec<FeeTerm>) -> Rules {
    let net = |pass| Pass { net: true, ..pass };
    Rules {
        passes: vec![
            net(Pass::keyed("net", [Equality::of(Column::Reference)])),
            net(Pass {
                text: Some(TextRule::descriptions()),
                ..Pass::search("net_text", Some(DayWindow::days(0, 3)))
            }),
        ],
        fees: Fees {
            ledger: Basis::Net,
            records: Basis::Gross,
            infer: true,
            schedule,
            tax_percent: dec!(18),
        },
        ..Rules::default()
    }
}

fn card() -> FeeTerm {
    FeeTerm {
        method: Some("card".to_owned()),
        flat: dec!(0.30),
        percent: dec!(2.9),
        ..FeeTerm::default()
    }
}

#[test]
fn net_bookings_match_gross_records_less_the_fee_and_its_tax() {
    let ledger = ["L-1 96.22 ref=A", "L-2 96.22 1 text=ana", "L-3 95.00 ref=C"];
    let records = [
        "R-1 100 ref=A method=card",
        "R-2 100 2 text=ana method=card",
        "R-3 100 ref=C method=card",
    ];
    assert_eq!(
        lines(&ledger, &records, &net_booked(vec![card()])),
        [
            "L-1 = R-1 by net_net, off by -3.78",
            "L-2 = R-2 by net_text_net, off by -3.78",
            "amount_mismatch L-3/R-3 by net: ledger 95.00 − provider 100.00 = -5.00 PEN; after fees 95.00 − 96.22 = -1.22 PEN",
        ]
    );
}

#[test]
fn a_fee_that_the_net_side_states_otherwise_is_a_variance_before_it_is_rounding() {
    let booked_gross = Rules {
        fees: Fees {
            records: Basis::Net,
            ..Fees::default()
        },
        passes: vec![Pass {
            net: true,
            ..Pass::keyed("net", [Equality::of(Column::Reference)])
        }],
        ..Rules::default()
    };
    let said = lines(
        &[
            "L-1 100 ref=A fee=2.99",
            "L-2 100.01 ref=B fee=3",
            "L-3 51 ref=C fee=1",
        ],
        &[
            "R-1 97 ref=A fee=3",
            "R-2 97 ref=B fee=3",
            "R-3 49.99 ref=C fee=0.01",
        ],
        &booked_gross,
    );
    assert_eq!(
        said,
        [
            "fee_variance L-1/R-1 by net: ledger 100.00 − provider 97.00 = 3.00 PEN; after fees \
             97.01 − 97.00 = 0.01 PEN, the ledger's fee 2.99 where the provider states 3.00",
            "rounding L-2/R-2 by net: ledger 100.01 − provider 97.00 = 3.01 PEN; after fees 97.01 − \
             97.00 = 0.01 PEN, rounding: 1 minor unit over 1 row",
            "rounding L-3/R-3 by net: ledger 51.00 − provider 49.99 = 1.01 PEN; after fees 50.00 − \
             49.99 = 0.01 PEN, rounding: 1 minor unit over 1 row",
        ]
    );
}

#[test]
fn a_slip_in_a_reference_shows_in_what_is_left_after_the_fees() {
    let said = lines(
        &["L-1 96.22 ref=ORD-10045"],
        &["R-1 100 ref=ORD-10054 method=card"],
        &net_booked(vec![card()]),
    );
    assert_eq!(
        said,
        [
            "reference_mismatch L-1/R-1 by net: ledger 96.22 − provider 100.00 = -3.78 PEN; after \
             fees 96.22 − 96.22 = 0.00 PEN, a slip in the reference: ORD-10045 in the ledger, \
             ORD-10054 at the provider"
        ]
    );
    // Two gross amounts are equal, and nothing that the pass compares is.
    let said = lines(
        &["L-1 100 ref=ORD-10045"],
        &["R-1 100 ref=ORD-10054 method=card"],
        &net_booked(vec![card()]),
    );
    assert!(
        said.iter().all(|line| line.starts_with("missing_")),
        "{said:#?}"
    );
}

#[test]
fn what_is_finer_than_the_stated_amounts_is_not_cut_off() {
    // Both sides state whole numbers, and the record comes to 96.22 net.
    let said = lines(
        &["L-1 96 1 text=ana"],
        &["R-1 100 2 text=ana method=card"],
        &net_booked(vec![card()]),
    );
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].starts_with("missing_at_provider L-1/"));
    assert!(said[1].starts_with("missing_in_ledger /R-1"));
}

#[test]
fn a_fee_that_nobody_states_is_inferred_and_told() {
    let mut fees = net_booked(vec![card()]).fees;
    fees.schedule[0].method = None;
    let (mut ledger, mut records) = (Vec::new(), Vec::new());
    for row in 0..40_i64 {
        let gross = Decimal::new(1_000 + 977 * row, 2);
        let (fee, tax) = fees.charge(gross, "PEN".parse().unwrap(), None).unwrap();
        // One pair is off for another reason.
        let off = if row == 20 { dec!(1) } else { dec!(0) };
        ledger.push(format!("L-{row} {} ref=A{row}", gross - fee - tax - off));
        records.push(format!("R-{row} {gross} ref=A{row}"));
    }
    let rows = |rows: &[String]| book(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let (ledger, records) = (rows(&ledger), rows(&records));
    let outcome = outcome(&ledger, &records, &net_booked(Vec::new()));
    assert_eq!(
        outcome.notes,
        ["fees inferred for PEN: 2.9% and 0.3 flat, which explain 39 of 40 pairs"]
    );
    assert_eq!(outcome.matches.len(), 39);
    assert_eq!(outcome.breaks[0].code.as_str(), "amount_mismatch");
}

#[test]
fn fees_that_the_rows_state_need_no_schedule() {
    let rules = Rules {
        passes: vec![Pass {
            net: true,
            ..Pass::keyed("key", [Equality::of(Column::Reference)])
        }],
        fees: Fees {
            ledger: Basis::Net,
            ..Fees::default()
        },
        ..Rules::default()
    };
    let said = lines(
        &["L-1 97 ref=A", "L-2 100 ref=B"],
        &["R-1 100 ref=A fee=3", "R-2 100 ref=B"],
        &rules,
    );
    assert_eq!(
        said,
        [
            "L-1 = R-1 by key_net, off by -3",
            "L-2 = R-2 by key, off by 0"
        ],
        "a row that states none has none"
    );
}

#[test]
fn groups_of_a_net_pass_compare_what_is_left_after_the_fees() {
    let net = |pass| Pass { net: true, ..pass };
    let group = |by, sides, evidence: &[Column]| {
        Some(Grouping {
            by,
            sides,
            evidence: evidence.to_vec(),
            most: Grouping::MOST,
        })
    };
    let rules = Rules {
        passes: vec![
            net(Pass {
                group: group(GroupBy::Key, Sides::ManyToMany, &[]),
                ..Pass::keyed("key", [Equality::of(Column::Reference)])
            }),
            net(Pass {
                group: group(GroupBy::Sum, Sides::OneToMany, &[Column::Date]),
                ..Pass::search("sum", Some(DayWindow::days(3, 0)))
            }),
        ],
        ..net_booked(vec![card()])
    };
    // Each of the three is charged 0.30 and 2.9%, and 18% of that.
    let said = lines(
        &["L-1 192.44 ref=A", "L-2 144.15 5"],
        &[
            "R-1 100 ref=A method=card",
            "R-2 100 ref=A method=card",
            "R-3 100 4 method=card",
            "R-4 50 4 method=card",
        ],
        &rules,
    );
    assert_eq!(
        said,
        [
            "L-1 = R-1|R-2 by key_group, off by -7.56",
            "L-2 = R-3|R-4 by sum_group, off by -5.85",
        ]
    );
    // What ties gross does not tie net, and is no part of the whole gross either.
    let said = lines(
        &["L-1 200 ref=A"],
        &["R-1 100 ref=A method=card", "R-2 100 ref=A method=card"],
        &rules,
    );
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].starts_with("split_incomplete L-1/R-1|R-2 by key"),
        "{said:#?}"
    );
}

#[test]
fn the_schedule_charges_payments_and_no_refund() {
    let said = lines(
        &["L-1 96.22 ref=A kind=payment", "L-2 -100 ref=B kind=refund"],
        &[
            "R-1 100 ref=A method=card kind=payment",
            "R-2 -100 ref=B method=card kind=refund",
        ],
        &net_booked(vec![card()]),
    );
    assert_eq!(
        said,
        [
            "L-1 = R-1 by net_net, off by -3.78",
            "L-2 = R-2 by net, off by 0",
        ]
    );
}

/// Net bookings and gross records of these amounts, less 0.30, 2.9% and the tax.
fn sales(grosses: impl Iterator<Item = Decimal>) -> (Vec<String>, Vec<String>) {
    let of_any_method = FeeTerm {
        method: None,
        ..card()
    };
    let fees = net_booked(vec![of_any_method]).fees;
    let row = |(row, gross): (usize, Decimal)| {
        let (fee, tax) = fees.charge(gross, "PEN".parse().unwrap(), None).unwrap();
        (
            format!("L-{row} {} ref=A{row}", gross - fee - tax),
            format!("R-{row} {gross} ref=A{row}"),
        )
    };
    grosses.enumerate().map(row).unzip()
}

fn notes(ledger: &[String], records: &[String], rules: &Rules) -> Vec<String> {
    let rows = |rows: &[String]| book(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    outcome(&rows(ledger), &rows(records), rules).notes
}

#[test]
fn a_few_prices_show_no_fee() {
    let said = |prices: &[Decimal]| {
        let (ledger, records) = sales(prices.iter().cycle().take(24).copied());
        notes(&ledger, &records, &net_booked(Vec::new())).len()
    };
    // Through two points there is always a line.
    assert_eq!(said(&[dec!(10), dec!(250)]), 0);
    assert_eq!(said(&[dec!(10), dec!(25), dec!(250)]), 0);
    assert_eq!(said(&[dec!(10), dec!(25), dec!(250), dec!(400)]), 1);
}

#[test]
fn what_takes_no_part_shows_no_fee() {
    let (mut ledger, records) = sales((0..40).map(|row| Decimal::new(1_000 + 977 * row, 2)));
    for row in &mut ledger {
        row.push_str(" text=moved_by_hand");
    }
    let mut rules = net_booked(Vec::new());
    assert_eq!(notes(&ledger, &records, &rules).len(), 1);
    let mut by_hand = Exclude::new(Side::Ledger, "booked by hand");
    by_hand.description_has = Some("by hand".to_owned());
    rules.exclusions.push(by_hand);
    assert!(notes(&ledger, &records, &rules).is_empty());
}

#[test]
fn a_direction_booked_the_wrong_way_shows_beside_fees_on_either_side() {
    // What comes in is 96.22 net, what goes out 103.78 with the fee on top.
    let rules = net_booked(vec![card()]);
    for (booked, listed) in [("-96.22", "100"), ("96.22", "-100")] {
        let said = lines(
            &[&format!("L-1 {booked} ref=A kind=payment")],
            &[&format!("R-1 {listed} ref=A method=card kind=payment")],
            &rules,
        );
        assert!(said[0].starts_with("sign_mismatch L-1/R-1"), "{said:?}");
    }
}
