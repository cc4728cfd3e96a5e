//! The laws of matching, on small books made to collide.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use proptest::prelude::*;
use reconcile_core::{Currency, Direction, Kind, Status};
use reconcile_engine::{
    Absence, Book, BreakCode, Column, Context, DayWindow, Equality, Exclude, GroupBy, Grouping,
    Outcome, Pass, Period, Row, RowIndex, Rule, Rules, Side, Sides, Take, Tolerance, Tolerances,
    reconcile,
};
use rust_decimal::{Decimal, dec};

/// A row with texts of its own.
#[derive(Clone, Debug)]
struct Owned {
    id: u8,
    reference: Option<&'static str>,
    amount: Decimal,
    currency: &'static str,
    direction: Direction,
    kind: Option<Kind>,
    status: Option<Status>,
    day: i8,
    fee: Option<Decimal>,
}

fn rows(statuses: Vec<Option<Status>>) -> impl Strategy<Value = Vec<Owned>> {
    use prop::sample::select;
    let amounts = vec![
        dec!(10),
        dec!(10.00),
        dec!(10.01),
        dec!(10.02),
        dec!(1000),
        dec!(0),
    ];
    let kinds = vec![
        None,
        Some(Kind::Payment),
        Some(Kind::Refund),
        Some(Kind::Payout),
    ];
    let row = (
        0..20_u8,
        select(vec![None, Some("A"), Some("A"), Some("B"), Some(" ")]),
        select(amounts),
        select(vec!["PEN", "PEN", "USD"]),
        select(vec![Direction::Credit, Direction::Credit, Direction::Debit]),
        select(kinds),
        select(statuses),
        1..6_i8,
        select(vec![None, Some(dec!(0.01))]),
    );
    let row = row.prop_map(
        |(id, reference, amount, currency, direction, kind, status, day, fee)| Owned {
            id,
            reference,
            amount,
            currency,
            direction,
            kind,
            status,
            day,
            fee,
        },
    );
    prop::collection::vec(row, 0..12)
}

fn ledger() -> impl Strategy<Value = Vec<Owned>> {
    let succeeded = Some(Status::Succeeded);
    rows(vec![
        None,
        None,
        None,
        succeeded,
        Some(Status::Failed),
        Some(Status::Pending),
    ])
}

fn records() -> impl Strategy<Value = Vec<Owned>> {
    let succeeded = std::iter::repeat_n(Some(Status::Succeeded), 8);
    rows(
        Status::ALL
            .iter()
            .copied()
            .map(Some)
            .chain(succeeded)
            .collect(),
    )
}

/// The same rows with little but their kinds to tell them apart.
fn crowded(rows: impl Strategy<Value = Vec<Owned>>) -> impl Strategy<Value = Vec<Owned>> {
    rows.prop_map(|mut rows| {
        for row in &mut rows {
            row.reference = row.reference.map(|_| "A");
            row.currency = "PEN";
            row.direction = Direction::Credit;
            row.amount = row.amount.trunc().min(dec!(10));
        }
        rows
    })
}

/// The default passes, or some of every sort in any order, alone and together.
fn passes() -> impl Strategy<Value = Vec<Pass>> {
    let near = Pass {
        tolerance: Some(
            Tolerance {
                percent: dec!(20),
                ..Tolerance::default()
            }
            .into(),
        ),
        across_references: true,
        ..Pass::search("near", Some(DayWindow::days(1, 2)))
    };
    let dated = Pass {
        days: Some(DayWindow::days(0, 1)),
        ..Pass::keyed("dated", [Equality::of(Column::Reference).normalised()])
    };
    let exact = Pass::keyed("exact", [Equality::of(Column::Reference)]);
    let loose = Pass {
        tolerance: near.tolerance.clone(),
        group: Pass::defaults()[0].group.clone(),
        ..Pass::keyed("loose", [Equality::of(Column::Reference).normalised()])
    };
    let sum = |name, sides| Pass {
        group: Some(Grouping {
            by: GroupBy::Sum,
            sides,
            evidence: vec![Column::Date],
            most: 5,
        }),
        across_references: true,
        ..Pass::search(name, Some(DayWindow::days(2, 2)))
    };
    let all = vec![
        near,
        dated,
        exact,
        loose,
        sum("one to many", Sides::OneToMany),
        sum("many to one", Sides::ManyToOne),
    ];
    let some = prop::sample::subsequence(all, 1..=6).prop_shuffle();
    prop_oneof![Just(Pass::defaults()), some]
}

fn rules() -> impl Strategy<Value = Rules> {
    let limits = prop::sample::select(vec![
        (dec!(0), dec!(0)),
        (dec!(0.01), dec!(0)),
        (dec!(0.02), dec!(0.1)),
    ]);
    let exclusions = prop::sample::select(vec![None, None, Some(Kind::Payout)]);
    let parts = (limits, any::<bool>(), passes(), exclusions);
    parts.prop_map(|((absolute, percent), larger, passes, excluded)| Rules {
        passes,
        exclusions: excluded
            .map(|kind| {
                let mut exclusion = Exclude::new(Side::Ledger, "payouts");
                exclusion.kinds.insert(kind);
                exclusion
            })
            .into_iter()
            .collect(),
        tolerance: Tolerances::from(Tolerance {
            absolute,
            percent,
            take: if larger { Take::Larger } else { Take::Smaller },
        }),
        ..Rules::default()
    })
}

fn context() -> impl Strategy<Value = Context> {
    (any::<bool>(), any::<bool>()).prop_map(|(proven, bounded)| Context {
        as_of: date(2026, 11, 21),
        period: bounded.then(|| Period {
            certain_to: day(4),
            ..Period::new(day(2), day(5))
        }),
        proof_of_absence: if proven {
            Absence::Proven
        } else {
            Absence::Unproven {
                reasons: vec!["a page repeats".to_owned()],
            }
        },
    })
}

fn day(day: i8) -> Date {
    date(2026, 11, day)
}

fn book(rows: &[Owned]) -> Book {
    let mut book = Book::new();
    for row in rows {
        book.push(Row {
            id: &row.id.to_string(),
            reference: row.reference,
            amount: row.amount,
            currency: row.currency.parse().unwrap(),
            direction: row.direction,
            kind: row.kind,
            status: row.status,
            date: day(row.day),
            settled: None,
            fee: row.fee,
            tax: None,
            account: None,
            method: None,
            description: None,
        })
        .unwrap();
    }
    book
}

/// The outcome in words, rows by their content instead of their position.
fn said(outcome: &Outcome, ledger: &Book, records: &Book) -> Vec<String> {
    let rows = |book: &Book, rows: &[RowIndex]| -> Vec<String> {
        rows.iter()
            .map(|row| format!("{:?}", book.row(*row)))
            .collect()
    };
    let matches = outcome.matches.iter().map(|group| {
        let (left, right) = (rows(ledger, group.ledger), rows(records, group.records));
        format!(
            "{left:?} {right:?} {} {} {}",
            group.name(),
            group.difference,
            group.ambiguous
        )
    });
    let breaks = outcome.breaks.iter().map(|found| {
        let (left, right) = (rows(ledger, &found.ledger), rows(records, &found.records));
        let id = found.id(ledger, records);
        format!(
            "{id} {} {left:?} {right:?} {:?} {:?} {:?} {}",
            found.code, found.expected, found.actual, found.difference, found.explanation
        )
    });
    let excluded = outcome.excluded.iter().map(|excluded| {
        let book = if excluded.side.as_str() == "ledger" {
            ledger
        } else {
            records
        };
        format!(
            "{:?} {:?} {}",
            excluded.side,
            book.row(excluded.row),
            excluded.reason
        )
    });
    matches.chain(breaks).chain(excluded).collect()
}

fn moved(row: &Row<'_>) -> Decimal {
    match row.status {
        None | Some(Status::Succeeded) => row.signed(),
        _ => Decimal::ZERO,
    }
}

/// The most rows of one reference that can be paired with equal amounts, by
/// trying: the slow and obvious way.
fn most_exact_pairs(ledger: &[Owned], records: &[Owned]) -> usize {
    fn fits(ledger: &Owned, record: &Owned) -> bool {
        let moved = |row: &Owned| matches!(row.status, None | Some(Status::Succeeded));
        ledger.reference.is_some_and(|reference| reference != " ")
            && ledger.reference == record.reference
            && (ledger.amount, ledger.currency, ledger.direction)
                == (record.amount, record.currency, record.direction)
            && ledger.kind.zip(record.kind).is_none_or(|(l, r)| l == r)
            && moved(ledger)
            && moved(record)
    }
    fn augment(
        row: usize,
        ledger: &[Owned],
        records: &[Owned],
        seen: &mut BTreeSet<usize>,
        taken: &mut BTreeMap<usize, usize>,
    ) -> bool {
        for (place, record) in records.iter().enumerate() {
            if fits(&ledger[row], record) && seen.insert(place) {
                let holder = taken.get(&place).copied();
                if holder.is_none_or(|holder| augment(holder, ledger, records, seen, taken)) {
                    taken.insert(place, row);
                    return true;
                }
            }
        }
        false
    }
    let mut taken = BTreeMap::new();
    (0..ledger.len())
        .filter(|&row| augment(row, ledger, records, &mut BTreeSet::new(), &mut taken))
        .count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_row_ends_in_exactly_one_place(
        ledger in ledger(), records in records(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&ledger), book(&records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        let mut seen = [vec![0; ledger.len()], vec![0; records.len()]];
        let groups = outcome.matches.iter().map(|group| (group.ledger, group.records));
        let breaks = outcome.breaks.iter().map(|found| (&*found.ledger, &*found.records));
        for (left, right) in groups.chain(breaks) {
            for row in left {
                seen[0][row.position()] += 1;
            }
            for row in right {
                seen[1][row.position()] += 1;
            }
        }
        for excluded in &outcome.excluded {
            let side = usize::from(excluded.side.as_str() == "records");
            seen[side][excluded.row.position()] += 1;
        }
        prop_assert!(seen.iter().flatten().all(|&times| times == 1), "{seen:?}");
    }

    #[test]
    fn what_is_found_explains_what_the_sides_differ_by(
        ledger in ledger(), records in records(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&ledger), book(&records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        let mut sums: BTreeMap<Currency, [Decimal; 3]> = BTreeMap::new();
        let mut out = BTreeSet::new();
        for excluded in &outcome.excluded {
            out.insert((excluded.side.as_str(), excluded.row.position()));
        }
        for (side, (name, book)) in [("ledger", &ledger), ("records", &records)].into_iter().enumerate() {
            for (place, row) in book.iter().enumerate() {
                if !out.contains(&(name, place)) {
                    sums.entry(row.currency).or_default()[side] += moved(&row);
                }
            }
        }
        for group in outcome.matches.iter() {
            let currency = ledger.row(group.ledger[0]).currency;
            sums.entry(currency).or_default()[2] += group.difference;
        }
        for found in &outcome.breaks {
            if let Some(difference) = found.difference {
                sums.entry(found.currency.unwrap()).or_default()[2] += difference;
            } else if found.code == BreakCode::CurrencyMismatch {
                let (left, right) = (ledger.row(found.ledger[0]), records.row(found.records[0]));
                prop_assert_ne!(left.currency, right.currency);
                sums.entry(left.currency).or_default()[2] += left.signed();
                sums.entry(right.currency).or_default()[2] -= right.signed();
            }
        }
        for (currency, [ledger, records, explained]) in sums {
            prop_assert_eq!(ledger - records, explained);
            let said = outcome.conservation[&currency];
            prop_assert!(said.holds());
            let said = (said.ledger, said.records, said.explained);
            prop_assert_eq!(said, (ledger.into(), records.into(), explained.into()));
        }
    }

    #[test]
    fn the_order_of_the_rows_never_shows(
        (ledger, shuffled_ledger) in ledger().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        (records, shuffled_records) in records().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        rules in rules(), context in context(),
    ) {
        let run = |ledger: &[Owned], records: &[Owned]| {
            let (ledger, records) = (book(ledger), book(records));
            let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
            said(&outcome, &ledger, &records)
        };
        prop_assert_eq!(run(&ledger, &records), run(&shuffled_ledger, &shuffled_records));
    }

    #[test]
    fn as_many_rows_match_as_can(
        ledger in crowded(ledger()), records in crowded(records()), context in context(),
    ) {
        let most = most_exact_pairs(&ledger, &records);
        let outcome = reconcile(&book(&ledger), &book(&records), &Rules::default(), &context).unwrap();
        let exact = outcome.matches.iter().filter(|group| group.rule == Rule::Exact && group.pass == "reference");
        prop_assert_eq!(exact.count(), most);
    }

    #[test]
    fn tolerated_differences_are_within_the_tolerance(
        ledger in ledger(), records in records(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&ledger), book(&records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        for group in outcome.matches.iter() {
            let currency = ledger.row(group.ledger[0]).currency;
            let booked: Decimal = group.ledger.iter().map(|row| ledger.row(*row).signed()).sum();
            let pass = rules.passes.iter().find(|pass| &*pass.name == group.pass).unwrap();
            let tolerance = pass.tolerance.as_ref().unwrap_or(&rules.tolerance).of(currency);
            prop_assert!(tolerance.allows(booked.abs(), group.difference.abs()));
            if group.rule != Rule::Group {
                prop_assert_eq!(group.rule == Rule::Tolerance, !group.difference.is_zero());
            }
        }
    }

    #[test]
    fn what_is_matched_is_of_one_currency_and_within_the_days(
        ledger in ledger(), records in records(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&ledger), book(&records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        for group in outcome.matches.iter() {
            let pass = rules.passes.iter().find(|pass| &*pass.name == group.pass).unwrap();
            let currency = ledger.row(group.ledger[0]).currency;
            let still = group.rule == Rule::SameStatus;
            for (booked, listed) in group.ledger.iter().flat_map(|l| group.records.iter().map(move |r| (l, r))) {
                let (booked, listed) = (ledger.row(*booked), records.row(*listed));
                prop_assert_eq!((booked.currency, listed.currency), (currency, currency));
                let timely = |days: DayWindow| days.holds(&rules.calendar, booked.date, listed.date);
                prop_assert!(still || pass.days.is_none_or(timely));
            }
        }
    }

    #[test]
    fn only_a_complete_list_shows_that_a_record_is_missing(
        ledger in ledger(), records in records(), rules in rules(), context in context(),
    ) {
        let outcome = reconcile(&book(&ledger), &book(&records), &rules, &context).unwrap();
        let refused = match context.proof_of_absence {
            Absence::Proven => BreakCode::Unproven,
            Absence::Unproven { .. } => BreakCode::MissingAtProvider,
        };
        prop_assert!(outcome.breaks.iter().all(|found| found.code != refused));
    }

    #[test]
    fn break_ids_are_unique_and_the_three_amounts_agree(
        ledger in ledger(), records in records(), rules in rules(), context in context(),
    ) {
        let (ledger, records) = (book(&ledger), book(&records));
        let outcome = reconcile(&ledger, &records, &rules, &context).unwrap();
        let ids: BTreeSet<String> = outcome.breaks.iter().map(|found| found.id(&ledger, &records)).collect();
        prop_assert_eq!(ids.len(), outcome.breaks.len());
        for found in &outcome.breaks {
            if let Some(difference) = found.difference {
                let side = |amount: Option<Decimal>| amount.unwrap_or_default();
                prop_assert_eq!(side(found.expected) - side(found.actual), difference);
            }
        }
    }
}
