//! The mutation test of the engine's own rules, and of rules that a user may have.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;

use jiff::civil::{Weekday, date};
use reconcile_core::{Kind, Status};
use reconcile_engine::{
    Basis, BreakCode, Calendar, Column, DayWindow, Equality, Exclude, FeeTerm, FeeTier, Fees,
    GroupBy, Grouping, Normalisation, Pass, Rules, Side, Sides, Take, TextRule, Tolerance,
    Tolerances,
    mutations::{self, Report, Subject, Tested},
};
use rust_decimal::dec;

fn test(rules: &Rules, seed: u64) -> Report {
    mutations::test(rules, mutations::LEAST_PAIRS, seed).unwrap()
}

/// Fails with the lines in which anything went wrong.
fn assert_clean(report: &Report) {
    let wrong: Vec<_> = report
        .lines
        .iter()
        .filter(|line| !line.is_clean())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn line(report: &Report, code: BreakCode) -> &Tested {
    let mut lines = report.lines.iter();
    lines
        .find(|line| line.subject == Subject::Code(code))
        .unwrap()
}

fn keyed(name: &str) -> Pass {
    Pass {
        group: Some(Grouping {
            by: GroupBy::Key,
            sides: Sides::ManyToMany,
            evidence: Vec::new(),
            most: 20,
        }),
        ..Pass::keyed(name, [Equality::of(Column::Reference)])
    }
}

#[test]
fn every_mistake_is_reported_under_its_code_and_nothing_else_is() {
    for seed in [1, 20_261_121] {
        let report = test(&Rules::default(), seed);
        assert_clean(&report);
        for &code in BreakCode::ALL {
            assert!(line(&report, code).planted > 0, "{code}");
        }
    }
}

#[test]
fn no_sum_that_chance_made_hides_a_mistake() {
    // Worlds in which two rows that are left of a day come to a booking of that week.
    for seed in [25, 41] {
        assert_clean(&mutations::test(&Rules::default(), 2_000, seed).unwrap());
    }
}

#[test]
fn mistakes_at_the_edge_of_tolerances_and_windows_are_told_from_what_they_let_pass() {
    let rules = Rules {
        passes: vec![Pass {
            days: Some(DayWindow {
                before: 1,
                after: 3,
                business: true,
            }),
            ..keyed("reference")
        }],
        tolerance: Tolerances {
            others: Tolerance {
                absolute: dec!(0.05),
                percent: dec!(1),
                take: Take::Smaller,
            },
            currencies: [
                (
                    "KWD".parse().unwrap(),
                    Tolerance {
                        absolute: dec!(0.005),
                        ..Tolerance::default()
                    },
                ),
                (
                    "JPY".parse().unwrap(),
                    Tolerance {
                        percent: dec!(0.5),
                        ..Tolerance::default()
                    },
                ),
            ]
            .into(),
        },
        calendar: Calendar {
            weekend: vec![Weekday::Friday, Weekday::Saturday],
            holidays: BTreeSet::from([date(2026, 3, 10)]),
        },
        counts: BTreeSet::from([Status::Succeeded, Status::Reversed]),
        pending: BTreeSet::from([Status::Pending]),
        ..Rules::default()
    };
    let report = test(&rules, 5);
    assert_clean(&report);
    assert!(line(&report, BreakCode::DateOutOfWindow).planted > 12);
    let reasons = |code| {
        let allowed = line(&report, code).allowed.keys();
        allowed.map(|(_, why)| *why).collect::<BTreeSet<_>>()
    };
    let status = BTreeSet::from(["the rules give the status another meaning"]);
    assert_eq!(reasons(BreakCode::Timing), status);
    assert_eq!(reasons(BreakCode::StatusMismatch), status);
    let tolerated = BTreeSet::from(["the tolerance lets it pass"]);
    assert_eq!(reasons(BreakCode::Rounding), tolerated);
    assert_eq!(reasons(BreakCode::SignMismatch), BTreeSet::new());
}

#[test]
fn what_any_pass_by_a_key_lets_pass_is_no_mistake() {
    let loose = Pass {
        tolerance: Some(
            Tolerance {
                absolute: dec!(0.5),
                ..Tolerance::default()
            }
            .into(),
        ),
        ..keyed("loose")
    };
    let rules = Rules {
        passes: vec![keyed("exact"), loose],
        ..Rules::default()
    };
    let report = test(&rules, 3);
    assert_clean(&report);
    assert!(!line(&report, BreakCode::AmountMismatch).allowed.is_empty());
}

#[test]
fn mistakes_are_found_between_gross_and_net_by_references_and_untaxed_fees() {
    let rules = Rules {
        fees: Fees {
            ledger: Basis::Net,
            schedule: vec![FeeTerm {
                flat: dec!(0.30),
                percent: dec!(2.9),
                ..FeeTerm::default()
            }],
            ..Fees::default()
        },
        passes: vec![Pass {
            net: true,
            ..keyed("reference")
        }],
        ..Rules::default()
    };
    let report = test(&rules, 1);
    assert_clean(&report);
    assert!(line(&report, BreakCode::ReferenceMismatch).found > 0);
    assert!(line(&report, BreakCode::NetIdentity).found > 0);
    let mut booked_gross = rules.clone();
    booked_gross.fees.ledger = Basis::Gross;
    booked_gross.fees.records = Basis::Net;
    assert_clean(&test(&booked_gross, 1));
    let mut payouts = rules;
    payouts.passes.push(Pass {
        net: true,
        text: Some(TextRule::descriptions()),
        ..Pass::search("text", Some(DayWindow::days(3, 7)))
    });
    payouts.passes.push(Pass {
        net: true,
        group: Some(Grouping {
            by: GroupBy::Sum,
            sides: Sides::OneToMany,
            evidence: vec![Column::Date],
            most: Grouping::MOST,
        }),
        ..Pass::search("payouts", Some(DayWindow::days(7, 3)))
    });
    let report = test(&payouts, 1);
    assert_clean(&report);
    assert!(line(&report, BreakCode::Ambiguous).found > 0);
}

#[test]
fn mistakes_are_found_between_gross_and_net_by_attributes_and_beside_exclusions() {
    let schedule = vec![
        FeeTerm {
            method: Some("WALLET".to_owned()),
            flat: dec!(1),
            percent: dec!(2.9),
            most: Some(dec!(500)),
            ..FeeTerm::default()
        },
        FeeTerm {
            tiers: vec![
                FeeTier {
                    up_to: Some(dec!(100)),
                    percent: dec!(3),
                },
                FeeTier {
                    up_to: None,
                    percent: dec!(2),
                },
            ],
            ..FeeTerm::default()
        },
    ];
    let mut payouts = Exclude::new(Side::Ledger, "payouts");
    payouts.kinds.insert(Kind::Payout);
    let rrn = Equality {
        normalise: BTreeSet::from([Normalisation::Case, Normalisation::Zeros]),
        ..Equality::between(
            Column::Attribute("memo".into()),
            Column::Attribute("rrn".into()),
        )
    };
    let rules = Rules {
        passes: vec![
            Pass {
                net: true,
                ..Pass::keyed("rrn", [rrn])
            },
            Pass {
                net: true,
                ..Pass::search("amount_date", Some(DayWindow::days(0, 0)))
            },
        ],
        fees: Fees {
            ledger: Basis::Net,
            schedule,
            tax_percent: dec!(18),
            ..Fees::default()
        },
        exclusions: vec![payouts],
        ..Rules::default()
    };
    assert_clean(&test(&rules, 7));
}

#[test]
fn rules_that_match_by_no_key_say_what_they_cannot_see() {
    let search = Pass::search("amount_date", Some(DayWindow::days(0, 0)));
    let rules = Rules {
        passes: vec![search],
        ..Rules::default()
    };
    let report = test(&rules, 1);
    let amounts = line(&report, BreakCode::AmountMismatch);
    assert_eq!(amounts.planted, 0);
    let mut reasons = amounts.allowed.keys().map(|(_, why)| *why);
    assert!(reasons.all(|why| why == "no pass brings together rows of one key"));
    // One price on one day is anyone's, and no key tells whose.
    let mut lines = report.lines.iter();
    let clean = lines.find(|line| line.subject == Subject::Clean).unwrap();
    assert!(clean.false_alarms.contains_key(&BreakCode::Ambiguous));
    assert!(!report.is_clean());
}
