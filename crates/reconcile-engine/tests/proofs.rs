//! Identities of the provider's figures, on the published sample and on days
//! that break them.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;

use jiff::{civil::date, tz::TimeZone};
use reconcile_core::{Figure, Identity, Law, LocalDay, Part, Sign, Statement, Window};
use reconcile_engine::{BreakCode, Period, Proof, ProofVerdict, prove};
use rust_decimal::{Decimal, dec};

use ProofVerdict::{Fails, Holds, NotTestable};

const DAYS: Identity = Identity::new("days", "every day once", Law::EveryDayOnce);

const ROLL: Identity = Identity::new(
    "roll",
    "balance = balance before + net",
    Law::RollForward {
        balance: "totalBalance",
        movement: "netAmount",
    },
);

fn step() -> Identity {
    let law = Law::StepExplained {
        balance: "totalBalance",
        parts: vec!["depositTotal", "netAmount"],
    };
    Identity::new("step", "no balance step without a movement", law)
}

fn net(signs: [Sign; 4]) -> Identity {
    let figures = [
        "depositTotal",
        "depositFeeTotal",
        "cashoutTotal",
        "noteTotal",
    ];
    let parts = figures.into_iter().zip(signs);
    let law = Law::Composition {
        total: "netAmount",
        parts: parts.map(|(figure, sign)| Part { figure, sign }).collect(),
    };
    Identity::new("net", "net = signed parts", law)
}

/// A day's report: net and balance, then deposits, fees, cashouts and notes.
fn report(day: i8, net: Decimal, balance: Decimal, parts: [Decimal; 4]) -> Statement {
    let date = date(2020, 1, day);
    let figures = [
        ("netAmount", net),
        ("totalBalance", balance),
        ("depositTotal", parts[0]),
        ("depositFeeTotal", parts[1]),
        ("cashoutTotal", parts[2]),
        ("noteTotal", parts[3]),
    ];
    let figures = figures.map(|(name, amount)| (name.to_owned(), Figure::Amount(amount)));
    Statement {
        provider: "tupay".to_owned(),
        id: format!("4:{date}:USD"),
        account: Some("4".to_owned()),
        scope: None,
        period: Window::days(date, date.tomorrow().unwrap(), &TimeZone::UTC).unwrap(),
        day: Some(LocalDay {
            date,
            zone: "UTC".to_owned(),
        }),
        currency: "USD".parse().unwrap(),
        figures: BTreeMap::from(figures),
    }
}

/// The balance report that the provider publishes as a sample.
fn published() -> [Statement; 2] {
    let none = dec!(0.0);
    [
        report(30, none, dec!(104642.98), [none; 4]),
        report(
            31,
            dec!(12.4),
            dec!(104655.38),
            [dec!(12.5), dec!(0.1), none, none],
        ),
    ]
}

fn verdicts(proofs: &[Proof]) -> Vec<(Option<i8>, ProofVerdict)> {
    let verdict = |proof: &Proof| (proof.date.map(jiff::civil::Date::day), proof.verdict);
    proofs.iter().map(verdict).collect()
}

#[test]
fn the_published_sample_keeps_every_law() {
    let laws = [DAYS, ROLL, step(), net([Sign::Unknown; 4])];
    let proofs = prove(&laws, &published(), None, None);
    assert_eq!(
        verdicts(&proofs),
        [
            (Some(30), Holds),
            (Some(31), Holds),
            (Some(30), NotTestable),
            (Some(31), Holds),
            (Some(30), NotTestable),
            (Some(31), Holds),
            (None, Holds),
            (Some(30), Holds),
            (Some(31), Holds),
        ]
    );
    let notes: Vec<_> = proofs.iter().map(|proof| proof.note.as_str()).collect();
    assert_eq!(notes[2], "no previous day");
    assert_eq!(notes[3], "104642.98 + 12.4 = 104655.38, stated 104655.38");
    assert_eq!(
        notes[6],
        "netAmount = depositTotal − depositFeeTotal ± cashoutTotal ± noteTotal on 2 of 2 \
         statements, 1 of them not all zeros; no other signs do as well; undetermined, zero on \
         every statement: cashoutTotal, noteTotal"
    );
    assert_eq!(notes[8], "12.5 − 0.1 = 12.4, stated 12.4");
    assert!(proofs.iter().all(|proof| proof.to_break().is_none()));
}

#[test]
fn a_balance_that_does_not_follow_is_a_break_with_its_figures() {
    let [first, mut second] = published();
    second
        .figures
        .insert("totalBalance".to_owned(), Figure::Amount(dec!(104655.39)));
    let proofs = prove(&[ROLL], &[second, first], None, None);
    let found = proofs[1].to_break().unwrap();
    assert_eq!(found.code, BreakCode::RollForward);
    assert_eq!(found.expected, Some(dec!(104655.38)));
    assert_eq!(found.actual, Some(dec!(104655.39)));
    assert_eq!(found.difference, Some(dec!(-0.01)));
    assert_eq!(
        found.explanation,
        "balance = balance before + net: 104642.98 + 12.4 = 104655.38, stated 104655.39"
    );
}

#[test]
fn missing_and_repeated_days_are_gaps_and_leave_the_next_day_open() {
    let zero = [dec!(0); 4];
    let day = |day, balance| report(day, dec!(1), balance, zero);
    let statements = [
        day(1, dec!(1)),
        day(2, dec!(2)),
        day(2, dec!(2)),
        day(3, dec!(3)),
        day(5, dec!(5)),
        day(6, dec!(6)),
        day(6, dec!(7)),
        day(7, dec!(7)),
    ];
    let days = prove(&[DAYS], &statements, None, None);
    let expected = [Holds, Fails, Holds, Fails, Holds, Fails, Holds];
    assert_eq!(
        days.iter().map(|proof| proof.verdict).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(days[3].note, "no statement for the day");
    assert_eq!(days[3].to_break().unwrap().code, BreakCode::SequenceGap);
    let roll = prove(&[ROLL], &statements, None, None);
    assert_eq!(
        verdicts(&roll),
        [
            (Some(1), NotTestable),
            (Some(2), Holds),
            (Some(3), Holds),
            (Some(5), NotTestable),
            (Some(6), Fails),
            (Some(7), NotTestable),
        ]
    );
    assert_eq!(roll[3].note, "the day before has no statement");
    assert_eq!(
        roll[4].note,
        "2 statements of the day contradict each other"
    );
}

#[test]
fn a_balance_that_steps_without_a_movement_fails() {
    let zero = [dec!(0); 4];
    let statements = [
        report(1, dec!(0), dec!(5), zero),
        report(2, dec!(0), dec!(5), zero),
        report(3, dec!(0), dec!(6), zero),
        report(4, dec!(1), dec!(7), zero),
    ];
    let proofs = prove(&[step()], &statements, None, None);
    assert_eq!(
        proofs.iter().map(|proof| proof.verdict).collect::<Vec<_>>(),
        [NotTestable, Holds, Fails, Holds]
    );
    assert_eq!(proofs[2].difference, Some(dec!(-1)));
}

#[test]
fn signs_are_solved_from_all_days_and_a_day_that_breaks_them_is_found() {
    let statements = [
        report(1, dec!(7), dec!(0), [dec!(10), dec!(1), dec!(2), dec!(0)]),
        report(2, dec!(4), dec!(0), [dec!(8), dec!(1), dec!(3), dec!(0)]),
        report(3, dec!(5), dec!(0), [dec!(9), dec!(1), dec!(2), dec!(0)]),
        report(4, dec!(-2), dec!(0), [dec!(0), dec!(0), dec!(2), dec!(0)]),
    ];
    let signs = [Sign::Plus, Sign::Minus, Sign::Unknown, Sign::Unknown];
    let proofs = prove(&[net(signs)], &statements, None, None);
    assert_eq!(
        verdicts(&proofs),
        [
            (None, Fails),
            (Some(1), Holds),
            (Some(2), Holds),
            (Some(3), Fails),
            (Some(4), Holds),
        ]
    );
    assert_eq!(
        proofs[0].note,
        "netAmount = depositTotal − depositFeeTotal − cashoutTotal ± noteTotal on 3 of 4 \
         statements, 3 of them not all zeros; no other signs do as well; undetermined, zero on \
         every statement: noteTotal"
    );
    let breaks: Vec<_> = proofs.iter().filter_map(Proof::to_break).collect();
    assert_eq!(breaks.len(), 1);
    assert_eq!(breaks[0].code, BreakCode::NetIdentity);
    assert_eq!(breaks[0].difference, Some(dec!(1)));
}

#[test]
fn signs_that_are_not_unique_are_not_claimed() {
    // Fees and cashouts are alike on the only day that tells anything.
    let statements = [report(
        1,
        dec!(10),
        dec!(0),
        [dec!(10), dec!(1), dec!(1), dec!(0)],
    )];
    let proofs = prove(&[net([Sign::Unknown; 4])], &statements, None, None);
    assert!(
        proofs[0]
            .note
            .contains("2 assignments do equally well and differ in depositFeeTotal, cashoutTotal"),
        "{}",
        proofs[0].note
    );
    let zeros = [report(1, dec!(0), dec!(0), [dec!(0); 4])];
    let proofs = prove(&[net([Sign::Unknown; 4])], &zeros, None, None);
    assert_eq!(proofs[0].verdict, NotTestable);
    assert!(
        proofs[0]
            .note
            .contains("nothing moved that would tell the signs")
    );
}

#[test]
fn signs_that_explain_no_movement_are_said_to() {
    let statements = [
        report(1, dec!(0), dec!(0), [dec!(0); 4]),
        report(2, dec!(5), dec!(0), [dec!(1), dec!(1), dec!(0), dec!(0)]),
    ];
    let proofs = prove(&[net([Sign::Unknown; 4])], &statements, None, None);
    assert_eq!(
        verdicts(&proofs),
        [(None, Fails), (Some(1), Holds), (Some(2), Fails)]
    );
    assert_eq!(
        proofs[0].note,
        "netAmount = depositTotal + depositFeeTotal ± cashoutTotal ± noteTotal on 1 of 2 \
         statements, 0 of them not all zeros; no signs make any of those in which something \
         moved add up; undetermined, zero on every statement: cashoutTotal, noteTotal"
    );
}

#[test]
fn a_figure_that_is_not_stated_leaves_the_day_open() {
    let [first, mut second] = published();
    second.figures.remove("netAmount");
    let proofs = prove(&[ROLL, net([Sign::Plus; 4])], &[first, second], None, None);
    let open: Vec<_> = proofs
        .iter()
        .filter(|proof| proof.verdict == NotTestable)
        .collect();
    assert_eq!(open[1].note, "netAmount is not stated");
    assert_eq!(open[2].note, "netAmount is not stated");
}

#[test]
fn without_statements_nothing_is_proven() {
    let proofs = prove(&[DAYS, ROLL], &[], None, None);
    assert_eq!(
        verdicts(&proofs),
        [(None, NotTestable), (None, NotTestable)]
    );
}

#[test]
fn breaks_of_proofs_have_ids_of_their_own() {
    let zero = [dec!(0); 4];
    let mut statements = Vec::new();
    for account in ["4", "5"] {
        for (day, balance) in [(1, dec!(1)), (2, dec!(9)), (3, dec!(3))] {
            let mut statement = report(day, dec!(1), balance, zero);
            statement.account = Some(account.to_owned());
            statements.push(statement);
        }
    }
    let books = reconcile_engine::Book::new();
    let proofs = prove(&[ROLL, net([Sign::Plus; 4])], &statements, None, None);
    let breaks: Vec<_> = proofs.iter().filter_map(Proof::to_break).collect();
    let ids: std::collections::BTreeSet<_> = breaks
        .iter()
        .map(|found| found.id(&books, &books))
        .collect();
    assert_eq!((breaks.len(), ids.len()), (10, 10));
}

#[test]
fn days_asked_for_before_the_first_and_after_the_last_are_said_to_be_open() {
    let statements = [2, 3].map(|day| report(day, dec!(1), dec!(1), [dec!(0); 4]));
    let first = statements[0].day.as_ref().unwrap().date;
    let asked = |before: i64, after: i64| {
        let days = |days: i64| jiff::Span::new().days(days);
        Some(Period::new(first - days(before), first + days(after)))
    };
    let verdicts = |asked| -> Vec<_> {
        let proofs = prove(&[DAYS], &statements, None, asked);
        proofs.iter().map(|proof| proof.verdict).collect()
    };
    assert_eq!(verdicts(asked(0, 2)), [Holds, Holds]);
    assert_eq!(verdicts(asked(1, 2)), [NotTestable, Holds, Holds]);
    assert_eq!(
        verdicts(asked(9, 9)),
        [NotTestable, Holds, Holds, NotTestable]
    );
    // A day that is not over yet may have no statement.
    let mut today = asked(0, 3).unwrap();
    today.certain_to = first + jiff::Span::new().days(2);
    assert_eq!(verdicts(Some(today)), [Holds, Holds]);
}

#[test]
fn statements_that_are_not_known_to_be_all_are_a_failure_of_their_own() {
    let proof = Proof::unproven_statements(&["page 1 was not read".to_owned()]);
    assert_eq!(proof.verdict, Fails);
    let found = proof.to_break().unwrap();
    assert_eq!(found.code, BreakCode::Unproven);
    assert!(found.explanation.contains("page 1 was not read"));
}

#[test]
fn what_nothing_that_is_told_decides_is_open_for_that_reason() {
    let why = "nobody says when";
    let identity = Identity::new("tile", "periods touch", Law::Undecidable { why });
    let statements = [report(1, dec!(1), dec!(1), [dec!(0); 4])];
    let proofs = prove(&[identity], &statements, None, None);
    let [open] = &proofs[..] else {
        unreachable!("{proofs:#?}")
    };
    assert_eq!((open.verdict, open.note.as_str()), (NotTestable, why));
    assert!(open.to_break().is_none());
}
