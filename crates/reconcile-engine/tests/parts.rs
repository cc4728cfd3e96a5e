//! What is settled apart is what all rows together show.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::num::NonZeroU32;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use reconcile_core::{Currency, Direction, Kind, Money, Status};
use reconcile_engine::{
    Absence, Book, Column, Context, DayWindow, Equality, Exclude, Outcome, Part, Parting, Pass,
    Row, RowIndex, Rules, Settled, Side, reconcile, reconcile_rest,
};
use rust_decimal::{Decimal, dec};

/// A row with texts of its own.
#[derive(Clone, Debug)]
struct Owned {
    id: u8,
    /// The number behind its reference, if it has one: few share one.
    number: Option<u8>,
    batch: Option<&'static str>,
    cents: i64,
    currency: &'static str,
    direction: Direction,
    kind: Option<Kind>,
    status: Option<Status>,
    day: i8,
    fee: Option<Decimal>,
    settled: Option<Money>,
}

/// Rows of which many agree with a row of the other side that is drawn alike.
fn rows() -> impl Strategy<Value = Vec<Owned>> {
    use prop::sample::select;
    let kinds = vec![
        None,
        Some(Kind::Payment),
        Some(Kind::Payment),
        Some(Kind::Refund),
    ];
    let statuses = vec![None, None, Some(Status::Succeeded), Some(Status::Failed)];
    let directions = vec![Direction::Credit, Direction::Credit, Direction::Debit];
    let euro = |amount| Money::new(amount, "EUR".parse().unwrap());
    let sol = |amount| Money::new(amount, "PEN".parse().unwrap());
    let settled = vec![
        None,
        Some(sol(dec!(9.9))),
        Some(sol(dec!(9.8))),
        Some(sol(dec!(10.1))),
        Some(euro(dec!(2.5))),
        Some(euro(dec!(2.6))),
    ];
    let row = (
        (
            0..20_u8,
            proptest::option::of(0..40_u8),
            select(vec![None, Some("b"), Some("B ")]),
        ),
        (
            select(vec![1000, 1000, 1000, 1001, 2000_i64]),
            select(vec!["PEN", "PEN", "PEN", "USD"]),
        ),
        (select(directions), select(kinds), select(statuses)),
        (
            1..4_i8,
            select(vec![
                None,
                None,
                Some(dec!(0)),
                Some(dec!(0.1)),
                Some(dec!(0.2)),
            ]),
            select(settled),
        ),
    );
    let row = row.prop_map(
        |((id, number, batch), (cents, currency), what, (day, fee, settled))| Owned {
            id,
            number,
            batch,
            cents,
            currency,
            direction: what.0,
            kind: what.1,
            status: what.2,
            day,
            fee,
            settled,
        },
    );
    prop::collection::vec(row, 0..20)
}

fn book(rows: &[Owned]) -> Book {
    let mut book = Book::new();
    for owned in rows {
        let (id, reference) = (
            owned.id.to_string(),
            owned.number.map(|n| match n {
                // One number, if punctuation does not count, or two, or three.
                0 => "1-23".to_owned(),
                1 => "12-3".to_owned(),
                2 => "1/23".to_owned(),
                3 => "123".to_owned(),
                // The reference of another, written otherwise.
                n if n % 8 == 5 => format!("REF {}", n - 1),
                n if n % 8 == 6 => format!(" Ref-{}", n - 2),
                n => format!("Ref-{n}"),
            }),
        );
        let amount = Money::new(Decimal::new(owned.cents, 2), currency(owned.currency));
        let row = Row {
            reference: reference.as_deref(),
            kind: owned.kind,
            status: owned.status,
            fee: owned.fee,
            settled: owned.settled,
            account: owned.batch,
            description: Some("transfer"),
            ..Row::new(&id, amount, owned.direction, day(owned.day))
        };
        book.push_with(row, owned.batch.map(|batch| ("batch", batch)))
            .unwrap();
    }
    book
}

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn day(day: i8) -> Date {
    date(2026, 11, day)
}

/// The defaults, and rules under which less is settled at first sight.
fn rules() -> impl Strategy<Value = Rules> {
    let defaults = Rules::default();
    let excluding = Rules {
        exclusions: vec![
            Exclude {
                account: Some("b".to_owned()),
                ..Exclude::new(Side::Ledger, "internal")
            },
            Exclude {
                kinds: [Kind::Refund].into(),
                ..Exclude::new(Side::Records, "taken back")
            },
        ],
        ..Rules::default()
    };
    let batch = Equality::of(Column::Attribute("batch".into())).normalised();
    let keyed = Pass::keyed("batch", [batch, Equality::of(Column::Reference)]);
    let mut timely = Rules::default();
    timely.passes[0].days = Some(DayWindow::days(0, 1));
    let by_batch = Rules {
        passes: [vec![keyed], Pass::defaults()].concat(),
        ..Rules::default()
    };
    let searching = Rules {
        passes: Pass::defaults().split_off(2),
        ..Rules::default()
    };
    let normalised = Rules {
        passes: Pass::defaults().split_off(1),
        ..Rules::default()
    };
    let mut counting = Rules::default();
    counting.counts.insert(Status::Failed);
    prop::sample::select(vec![
        defaults,
        excluding,
        timely,
        by_batch,
        searching,
        counting,
        normalised,
        by_reference_twice(),
    ])
}

/// Two passes by the reference as it is written: the second one sees no blanks around it.
fn by_reference_twice() -> Rules {
    let pass = |name| Pass::keyed(name, [Equality::of(Column::Reference)]);
    Rules {
        passes: vec![pass("reference"), pass("again")],
        ..Rules::default()
    }
}

fn context() -> Context {
    Context {
        as_of: day(20),
        period: None,
        proof_of_absence: Absence::Proven,
    }
}

/// What is left of two books once their pairs are settled a part at a time, and
/// the pairs by their ids.
struct Rest {
    ledger: Book,
    records: Book,
    settled: Settled,
    pairs: Vec<(String, String)>,
}

fn settle(ledger: &Book, records: &Book, rules: &Rules) -> Rest {
    let parting = Parting::by(rules, NonZeroU32::new(3).unwrap());
    let mut rest = Rest {
        ledger: Book::new(),
        records: Book::new(),
        settled: Settled::default(),
        pairs: Vec::new(),
    };
    let of_part = |book: &Book, side, part: Option<u32>| {
        let mut of_part = Book::new();
        let rows = book
            .indices()
            .filter(|row| parting.part(book, side, *row) == part);
        copy(book, rows, &mut of_part);
        of_part
    };
    copy_all(&of_part(ledger, Side::Ledger, None), &mut rest.ledger);
    copy_all(&of_part(records, Side::Records, None), &mut rest.records);
    for part in 0..parting.parts() {
        let ledger = of_part(ledger, Side::Ledger, Some(part));
        let records = of_part(records, Side::Records, Some(part));
        let Part {
            pairs,
            ledger: lone,
            records: unknown,
            ..
        } = rest.settled.settle(&ledger, &records, rules);
        rest.ledger
            .count(&ledger, pairs.iter().map(|pair| pair.0))
            .unwrap();
        rest.records
            .count(&records, pairs.iter().map(|pair| pair.1))
            .unwrap();
        let ids = |pair: &(RowIndex, RowIndex)| {
            (ledger.id(pair.0).to_owned(), records.id(pair.1).to_owned())
        };
        assert!(pairs.is_sorted_by_key(|pair| ids(pair).0));
        rest.pairs.extend(pairs.iter().map(ids));
        copy(&ledger, lone, &mut rest.ledger);
        copy(&records, unknown, &mut rest.records);
    }
    rest
}

/// The same with all rows as one part, of whose books those are left that hold the rest.
fn settle_at_once(ledger: &Book, records: &Book, rules: &Rules) -> Rest {
    let mut settled = Settled::default();
    let part = settled.settle(ledger, records, rules);
    let ids =
        |pair: &(RowIndex, RowIndex)| (ledger.id(pair.0).to_owned(), records.id(pair.1).to_owned());
    Rest {
        ledger: ledger.only(part.ledger),
        records: records.only(part.records),
        settled,
        pairs: part.pairs.iter().map(ids).collect(),
    }
}

fn copy_all(from: &Book, to: &mut Book) {
    copy(from, from.indices(), to);
}

fn copy(from: &Book, rows: impl IntoIterator<Item = RowIndex>, to: &mut Book) {
    for row in rows {
        to.push_with(from.row(row), from.attributes(row)).unwrap();
    }
}

/// All that an outcome says, whatever the places of its rows; of the matches
/// those to the last digit by the first pass apart, in any order.
fn told(
    outcome: &Outcome,
    ledger: &Book,
    records: &Book,
    pairs: &[(String, String)],
) -> Vec<String> {
    let ids = |book: &Book, rows: &[RowIndex]| -> String {
        let ids: Vec<_> = rows.iter().map(|row| book.id(*row)).collect();
        ids.join("+")
    };
    let matches = outcome.matches.iter().map(|group| {
        let (ledger, records) = (ids(ledger, group.ledger), ids(records, group.records));
        let (rule, difference) = (group.name(), group.difference);
        format!(
            "{ledger} = {records} by {rule}, {difference}, {}",
            group.ambiguous
        )
    });
    let first = outcome.matches.first_pass();
    let apart = pairs
        .iter()
        .map(|(ledger, record)| format!("{ledger} = {record} by {first}, 0, false"));
    let mut told: Vec<String> = matches.chain(apart).collect();
    told.sort_unstable();
    assert_eq!(told.len(), outcome.matches.len());
    told.extend(outcome.breaks.iter().map(|found| {
        let (id, code, severity) = (found.id(ledger, records), found.code, found.severity);
        let figures = (
            found.expected,
            found.actual,
            found.difference,
            found.currency,
        );
        format!(
            "{id} {code} {severity:?} {figures:?} {:?} {}",
            found.date, found.explanation
        )
    }));
    told.extend(outcome.excluded.iter().map(|row| {
        let book = match row.side {
            Side::Ledger => ledger,
            Side::Records => records,
        };
        format!("{} {}: {}", row.side.as_str(), book.id(row.row), row.reason)
    }));
    told.push(format!("{:?} {:?}", outcome.ledger, outcome.records));
    told.push(format!("{:?} {:?}", ledger.flows(), records.flows()));
    told.push(format!(
        "{:?} {:?}",
        ledger.last_date(),
        records.last_date()
    ));
    told.push(format!("{:?} {:?}", outcome.conservation, outcome.notes));
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn settling_finds_what_all_rows_together_show(
        (ledger, others, alike, rules) in (rows(), rows(), any::<u32>(), rules())
    ) {
        // Some records say what a row of the ledger says, the others anything.
        let said = (0..).zip(&ledger).filter(|(place, _)| alike >> place & 1 == 1);
        let records = said.map(|(_, row)| row).chain(&others);
        let records: Vec<_> = records.cloned().collect();
        let (ledger, records) = (book(&ledger), book(&records));
        let whole = reconcile(&ledger, &records, &rules, &context()).unwrap();
        let whole = told(&whole, &ledger, &records, &[]);
        for settle in [settle, settle_at_once] {
            let Rest { ledger, records, settled, pairs } = settle(&ledger, &records, &rules);
            let outcome = reconcile_rest(&ledger, &records, &rules, &context(), &settled).unwrap();
            prop_assert_eq!(told(&outcome, &ledger, &records, &pairs), whole.clone());
        }
    }
}

/// Rows that differ in their references alone.
fn alike(count: u8) -> Vec<Owned> {
    let row = |number| Owned {
        id: number,
        number: Some(number),
        batch: None,
        cents: 1000,
        currency: "PEN",
        direction: Direction::Credit,
        kind: Some(Kind::Payment),
        status: None,
        day: 1,
        fee: Some(dec!(0.1)),
        settled: Some(Money::new(dec!(9.9), currency("PEN"))),
    };
    (0..count).map(row).collect()
}

#[test]
fn nearly_all_rows_are_settled_apart() {
    let (ledger, mut records) = (alike(100), alike(100));
    records[7].cents = 1001;
    let rest = settle(&book(&ledger), &book(&records), &Rules::default());
    assert_eq!((rest.ledger.len(), rest.records.len()), (1, 1));
    assert_eq!((rest.ledger.counted(), rest.settled.pairs()), (100, 99));
}

#[test]
fn a_pair_that_is_said_again_with_a_blank_is_seen_with_what_says_it() {
    let ledger = alike(100);
    let mut records = ledger.clone();
    records.retain(|row| row.id % 8 != 6);
    let (ledger, records) = (book(&ledger), book(&records));
    let rest = settle(&ledger, &records, &by_reference_twice());
    assert_eq!((rest.ledger.len(), rest.records.len()), (24, 12));
}

#[test]
fn blanks_around_a_reference_part_no_rows_where_rules_exclude_some() {
    let numbered = |numbers: &[usize]| {
        let rows = alike(8);
        book(&numbers.iter().map(|n| rows[*n].clone()).collect::<Vec<_>>())
    };
    // "Ref-4" and " Ref-4": which of them is the record, nobody knows.
    let (ledger, records) = (numbered(&[4, 6]), numbered(&[4]));
    let pass = Pass::keyed("reference", [Equality::of(Column::Reference)]);
    let rules = Rules {
        passes: vec![pass],
        exclusions: vec![Exclude {
            account: Some("internal".to_owned()),
            ..Exclude::new(Side::Records, "transfer")
        }],
        ..Rules::default()
    };
    for settle in [settle, settle_at_once] {
        let rest = settle(&ledger, &records, &rules);
        assert_eq!((rest.ledger.len(), rest.records.len()), (2, 1));
    }
}

#[test]
fn references_that_contradict_each_other_are_no_pair_of_a_part() {
    let (ledger, mut records) = (alike(4), alike(4));
    // Of the ledger "1-23", of the provider "12-3": the same without punctuation.
    records[0].number = Some(1);
    let rules = Rules {
        passes: Pass::defaults().split_off(1),
        ..Rules::default()
    };
    let rest = settle(&book(&ledger[..1]), &book(&records[..1]), &rules);
    assert_eq!(rest.settled.pairs(), 0);
    let rest = settle(&book(&ledger[3..]), &book(&records[3..]), &rules);
    assert_eq!(rest.settled.pairs(), 1);
}

#[test]
fn what_settled_records_have_in_common_shows_what_is_off() {
    let (mut ledger, mut records) = (alike(20), alike(20));
    // It agrees in amount and fee, and settles something else than all others.
    records[7].settled = Some(Money::new(dec!(9.8), currency("PEN")));
    ledger[7].day = 1;
    let rest = settle(&book(&ledger), &book(&records), &Rules::default());
    assert_eq!(rest.settled.pairs(), 19);
    let rules = Rules::default();
    let outcome = reconcile_rest(
        &rest.ledger,
        &rest.records,
        &rules,
        &context(),
        &rest.settled,
    )
    .unwrap();
    assert_eq!(
        outcome.breaks[0].code,
        reconcile_engine::BreakCode::NetIdentity
    );
    assert!(
        outcome.breaks[0]
            .explanation
            .ends_with("nothing for 19 of the 19 others")
    );
}
