use reconcile_engine::{Basis, Column, DayWindow, Equality, FeeTerm, Fees, Pass, Rules, TextRule};
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
            "amount_mismatch L-3/R-3 by net: ledger 95.00 − provider 100.00 = -5.00 PEN",
        ]
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
