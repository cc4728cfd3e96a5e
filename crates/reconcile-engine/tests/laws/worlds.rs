//! Worlds made to collide, and rules of every sort to reconcile them by.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use proptest::{prelude::*, sample::Index};
use reconcile_core::{Direction, Kind, Money, Status};
use reconcile_engine::{
    Absence, Attention, Basis, Book, Column, Context, DayWindow, Equality, Exclude, FeeTerm, Fees,
    GroupBy, Grouping, Pass, Period, Row, Rules, Side, Sides, Take, TextRule, Tolerance,
    Tolerances,
};
use rust_decimal::{Decimal, dec};

/// A row with texts of its own.
#[derive(Clone, Debug)]
pub(crate) struct Owned {
    pub(crate) id: u8,
    pub(crate) reference: Option<String>,
    pub(crate) amount: Decimal,
    pub(crate) currency: &'static str,
    pub(crate) direction: Direction,
    pub(crate) kind: Option<Kind>,
    pub(crate) status: Option<Status>,
    pub(crate) day: i8,
    pub(crate) settled: Option<(Decimal, &'static str)>,
    pub(crate) fee: Option<Decimal>,
    pub(crate) tax: Option<Decimal>,
    pub(crate) account: Option<&'static str>,
    pub(crate) text: Option<&'static str>,
    pub(crate) batch: Option<&'static str>,
}

/// Both sides.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) ledger: Vec<Owned>,
    pub(crate) records: Vec<Owned>,
}

/// Rows that have little to do with each other, true books with some mistakes,
/// and books of what settled net or in another currency.
pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let colliding = (ledger(), records()).prop_map(|(ledger, records)| World { ledger, records });
    prop_oneof![3 => colliding, 4 => kept(), 1 => settling()]
}

fn rows(statuses: Vec<Option<Status>>) -> impl Strategy<Value = Vec<Owned>> {
    use prop::sample::select;
    let amounts = vec![
        dec!(10),
        dec!(10.00),
        dec!(10.01),
        dec!(10.02),
        dec!(20.01),
        dec!(9.71),
        dec!(1000),
        dec!(0),
    ];
    let kinds = vec![
        None,
        Some(Kind::Payment),
        Some(Kind::Payment),
        Some(Kind::Refund),
        Some(Kind::Payout),
    ];
    let names = (
        select(vec![
            None,
            Some("A"),
            Some("A"),
            Some("a"),
            Some("B"),
            Some(" "),
        ]),
        select(vec![None, Some("T-1"), Some("T-2")]),
        select(vec![
            None,
            Some("ana quispe 1"),
            Some("ana q. 1"),
            Some("luz rojas 2"),
        ]),
        select(vec![None, Some("b1"), Some("b2")]),
    );
    let charges = (
        select(vec![None, Some(dec!(0.01)), Some(dec!(0.29))]),
        select(vec![None, Some(dec!(0.05))]),
    );
    let money = (
        select(amounts),
        select(vec!["PEN", "PEN", "PEN", "JPY", "KWD"]),
        select(vec![Direction::Credit, Direction::Credit, Direction::Debit]),
    );
    let row = (
        0..20_u8,
        names,
        money,
        select(kinds),
        select(statuses),
        1..6_i8,
        charges,
    );
    let row = row.prop_map(|(id, names, money, kind, status, day, (fee, tax))| Owned {
        id,
        reference: names.0.map(str::to_owned),
        amount: money.0,
        currency: money.1,
        direction: money.2,
        kind,
        status,
        day,
        settled: None,
        fee,
        tax,
        account: names.1,
        text: names.2,
        batch: names.3,
    });
    prop::collection::vec(row, 0..12)
}

pub(crate) fn ledger() -> impl Strategy<Value = Vec<Owned>> {
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

pub(crate) fn records() -> impl Strategy<Value = Vec<Owned>> {
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
pub(crate) fn crowded(
    rows: impl Strategy<Value = Vec<Owned>>,
) -> impl Strategy<Value = Vec<Owned>> {
    rows.prop_map(|mut rows| {
        for row in &mut rows {
            row.reference = row.reference.as_ref().map(|_| "A".to_owned());
            row.currency = "PEN";
            row.direction = Direction::Credit;
            row.amount = row.amount.trunc().min(dec!(10));
            (row.fee, row.tax) = (None, None);
        }
        rows
    })
}

/// Books that were kept right, gross or net, and then mistaken a few times.
fn kept() -> impl Strategy<Value = World> {
    let pair = (0..40_u8, 0..3_usize, 1..6_i8, 0..6_u8);
    let pairs = prop::collection::vec(pair, 1..12);
    (pairs, any::<bool>(), mistakes(6)).prop_map(|(pairs, net, mistakes)| {
        let pairs = pairs.into_iter().enumerate();
        let records = pairs.map(|(place, (price, currency, day, sort))| {
            let (currency, digits) = [("PEN", 2), ("JPY", 0), ("KWD", 3)][currency];
            let units = i64::from(price) * 700 + 1_234;
            listed(place, Decimal::new(units, digits), currency, day, sort)
        });
        let mut world = World::of(records.collect());
        for row in world.ledger.iter_mut().filter(|_| net) {
            let charges = row.fee.unwrap_or_default() + row.tax.unwrap_or_default();
            match row.direction {
                Direction::Debit => row.amount += charges,
                _ => row.amount -= charges,
            }
        }
        mistaken(world, mistakes)
    })
}

/// Mistakes of so many rows at most: of which side, in which row, of what kind.
fn mistakes(most: usize) -> impl Strategy<Value = Vec<(bool, Index, u8)>> {
    let mistake = (any::<bool>(), any::<Index>(), 0..MISTAKES);
    prop::collection::vec(mistake, 0..most)
}

/// Ten or more payments that settle by one convention, but for a mistake or two.
fn settling() -> impl Strategy<Value = World> {
    let off = prop::option::of(any::<Index>());
    (10..14_usize, any::<bool>(), off, mistakes(3)).prop_map(|(rows, abroad, off, mistakes)| {
        let records = (0..rows).map(|place| {
            let units = 10_000 + i64::try_from(place).unwrap() * 1_117;
            let mut record = listed(place, Decimal::new(units, 2), "PEN", 3, 0);
            record.settled = Some(if abroad {
                ((record.amount * dec!(0.27)).round_dp(2), "USD")
            } else {
                let charges = record.fee.unwrap_or_default() + record.tax.unwrap_or_default();
                (record.amount - charges, "PEN")
            });
            record
        });
        let mut world = World::of(records.collect());
        if let Some(off) = off {
            let record = off.index(world.records.len());
            let settled = &mut world.records[record].settled;
            *settled = settled.map(|(amount, currency)| (amount + dec!(3), currency));
        }
        mistaken(world, mistakes)
    })
}

/// A record of its own reference, amount and text; the sort says its kind.
fn listed(place: usize, amount: Decimal, currency: &'static str, day: i8, sort: u8) -> Owned {
    let (kind, direction) = match sort {
        0 => (Kind::Refund, Direction::Debit),
        1 => (Kind::Payout, Direction::Debit),
        _ => (Kind::Payment, Direction::Credit),
    };
    let texts = [
        "ana quispe 17",
        "luz rojas 23",
        "eva vargas 31",
        "sol castro 47",
    ];
    Owned {
        id: u8::try_from(place).unwrap(),
        reference: Some(format!("ORDER-{}", 4_001 + place * 37)),
        amount,
        currency,
        direction,
        kind: Some(kind),
        status: Some(Status::Succeeded),
        day,
        settled: None,
        fee: Some(dec!(0.29)),
        tax: Some(dec!(0.05)),
        account: Some(["T-1", "T-2"][place % 2]),
        text: Some(texts[place % 4]),
        batch: Some(["b1", "b2", "b3"][place % 3]),
    }
}

impl World {
    /// Records, and the books that they are booked in as they are.
    fn of(records: Vec<Owned>) -> Self {
        let booked = |record: &Owned| Owned {
            status: None,
            settled: None,
            ..record.clone()
        };
        Self {
            ledger: records.iter().map(booked).collect(),
            records,
        }
    }
}

/// How many kinds of mistakes there are.
const MISTAKES: u8 = 22;

fn mistaken(mut world: World, mistakes: Vec<(bool, Index, u8)>) -> World {
    for (in_ledger, at, mistake) in mistakes {
        let rows = if in_ledger {
            &mut world.ledger
        } else {
            &mut world.records
        };
        if !rows.is_empty() {
            let place = at.index(rows.len());
            mistake_row(rows, place, mistake);
        }
    }
    world
}

fn mistake_row(rows: &mut Vec<Owned>, place: usize, mistake: u8) {
    let another = u8::try_from(100 + rows.len()).unwrap();
    let row = &mut rows[place];
    match mistake {
        0 => drop(rows.remove(place)),
        1 => {
            let again = Owned {
                id: another,
                ..row.clone()
            };
            rows.push(again);
        }
        2 => row.amount += dec!(0.01),
        3 => row.amount += dec!(3),
        4 => row.amount *= Decimal::TWO,
        5 => row.currency = "USD",
        6 => {
            row.direction = match row.direction {
                Direction::Debit => Direction::Credit,
                _ => Direction::Debit,
            }
        }
        7 => row.status = Some(Status::Failed),
        8 => row.status = Some(Status::Pending),
        9 => row.status = Some(Status::Unknown),
        10 => row.day += 3,
        11 => row.reference = row.reference.as_ref().map(|text| text.replace("RD", "DR")),
        12 => row.reference = None,
        13 => row.kind = Some(Kind::Payout),
        14 => row.fee = Some(dec!(0.30)),
        15 => row.tax = Some(dec!(0.06)),
        16 => row.text = None,
        17 => (row.reference, row.text) = (None, Some("ana quispe 17")),
        // In two parts under the one reference, and under none.
        part => {
            let half = (row.amount / Decimal::TWO).trunc();
            row.amount -= half;
            if part == 18 {
                row.reference = None;
            }
            let rest = Owned {
                id: another,
                amount: half,
                ..row.clone()
            };
            rows.push(rest);
        }
    }
}

/// The default passes, or some of every sort in any order, alone and together.
fn passes() -> impl Strategy<Value = Vec<Pass>> {
    let some = prop::sample::subsequence(sorts(), 1..=6).prop_shuffle();
    prop_oneof![Just(Pass::defaults()), some]
}

fn sorts() -> Vec<Pass> {
    let group = |by, sides, evidence: &[Column]| {
        Some(Grouping {
            by,
            sides,
            evidence: evidence.to_vec(),
            most: 5,
        })
    };
    let wide = |percent| {
        let tolerance = Tolerance {
            percent,
            ..Tolerance::default()
        };
        Some(tolerance.into())
    };
    let reference = || Equality::of(Column::Reference);
    let batch = || Column::Attribute("batch".into());
    vec![
        Pass {
            tolerance: wide(dec!(20)),
            across_references: true,
            ..Pass::search("near", Some(DayWindow::days(1, 2)))
        },
        Pass {
            text: Some(TextRule::descriptions()),
            tolerance: wide(dec!(5)),
            ..Pass::search(
                "text",
                Some(DayWindow {
                    business: true,
                    ..DayWindow::days(2, 2)
                }),
            )
        },
        Pass {
            identifies: false,
            ..Pass::keyed(
                "of_account",
                [Equality::of(Column::Account), Equality::of(Column::Date)],
            )
        },
        Pass {
            days: Some(DayWindow::days(0, 1)),
            ..Pass::keyed("dated", [reference().normalised()])
        },
        Pass {
            tolerance: wide(dec!(20)),
            group: group(GroupBy::Key, Sides::ManyToMany, &[]),
            ..Pass::keyed("loose", [reference().normalised()])
        },
        Pass {
            group: group(GroupBy::Key, Sides::OneToMany, &[]),
            ..Pass::keyed("split", [reference()])
        },
        Pass {
            group: group(GroupBy::Key, Sides::ManyToMany, &[]),
            ..Pass::keyed("batch", [Equality::of(batch())])
        },
        Pass {
            net: true,
            group: group(GroupBy::Key, Sides::ManyToMany, &[]),
            ..Pass::keyed("net", [reference()])
        },
        Pass {
            net: true,
            tolerance: wide(dec!(1)),
            ..Pass::search("net_near", Some(DayWindow::days(1, 1)))
        },
        Pass {
            group: group(GroupBy::Sum, Sides::OneToMany, &[Column::Date]),
            across_references: true,
            ..Pass::search("one_to_many", Some(DayWindow::days(2, 2)))
        },
        Pass {
            group: group(GroupBy::Sum, Sides::ManyToOne, &[Column::Account, batch()]),
            ..Pass::search("many_to_one", Some(DayWindow::days(2, 2)))
        },
    ]
}

pub(crate) fn rules() -> impl Strategy<Value = Rules> {
    use prop::sample::select;
    let limits = select(vec![
        (dec!(0), dec!(0)),
        (dec!(0.01), dec!(0)),
        (dec!(0.02), dec!(0.1)),
    ]);
    let counts = select(vec![
        BTreeSet::from([Status::Succeeded]),
        BTreeSet::from([Status::Succeeded, Status::Reversed]),
        BTreeSet::from([Status::Succeeded, Status::Pending]),
    ]);
    let attention = select(vec![dec!(0.02), dec!(5)]);
    let parts = (
        limits,
        any::<bool>(),
        passes(),
        exclusions(),
        counts,
        attention,
        any::<bool>(),
    );
    parts.prop_map(
        |((absolute, percent), larger, passes, exclusions, counts, small, infer)| {
            let tolerance = Tolerance {
                absolute,
                percent,
                take: if larger { Take::Larger } else { Take::Smaller },
            };
            let dinar = Tolerance {
                absolute: dec!(0.005),
                ..tolerance
            };
            Rules {
                passes,
                exclusions,
                counts,
                tolerance: Tolerances {
                    others: tolerance,
                    currencies: BTreeMap::from([("KWD".parse().unwrap(), dinar)]),
                },
                fees: fees(infer),
                attention: Attention {
                    by_average: !infer,
                    stale_after_days: Some(17),
                    small: BTreeMap::from([("PEN".parse().unwrap(), small)]),
                    large: BTreeMap::from([("PEN".parse().unwrap(), dec!(100))]),
                },
                ..Rules::default()
            }
        },
    )
}

/// What passes compare that are net: a ledger of what is left of each payment.
fn fees(infer: bool) -> Fees {
    let term = FeeTerm {
        currency: Some("PEN".parse().unwrap()),
        percent: dec!(2.9),
        ..FeeTerm::default()
    };
    Fees {
        ledger: Basis::Net,
        schedule: vec![term],
        infer,
        ..Fees::default()
    }
}

fn exclusions() -> impl Strategy<Value = Vec<Exclude>> {
    let mut payouts = Exclude::new(Side::Ledger, "payouts");
    payouts.kinds.insert(Kind::Payout);
    let mut terminal = Exclude::new(Side::Records, "the second terminal");
    terminal.account = Some("T-2".to_owned());
    let mut failed = Exclude::new(Side::Records, "failed");
    failed.statuses.insert(Status::Failed);
    let some = prop::sample::subsequence(vec![payouts, terminal, failed], 0..=2);
    prop_oneof![2 => Just(Vec::new()), 1 => some]
}

pub(crate) fn context() -> impl Strategy<Value = Context> {
    (any::<bool>(), any::<bool>()).prop_map(|(proven, bounded)| Context {
        as_of: date(2026, 11, 21),
        period: bounded.then(|| Period {
            certain_to: day(5),
            ..Period::new(day(1), day(6))
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

pub(crate) fn book(rows: &[Owned]) -> Book {
    let mut book = Book::new();
    for row in rows {
        let pushed = Row {
            id: &row.id.to_string(),
            reference: row.reference.as_deref(),
            amount: row.amount,
            currency: row.currency.parse().unwrap(),
            direction: row.direction,
            kind: row.kind,
            status: row.status,
            date: day(row.day),
            settled: row
                .settled
                .map(|(amount, currency)| Money::new(amount, currency.parse().unwrap())),
            fee: row.fee,
            tax: row.tax,
            account: row.account,
            method: None,
            description: row.text,
        };
        let batch = row.batch.map(|batch| ("batch", batch));
        book.push_with(pushed, batch).unwrap();
    }
    book
}

/// More payments of one day than can be searched for a sum, and a payout of no
/// reference that may be some of them.
pub(crate) fn floods() -> impl Strategy<Value = World> {
    let rows = prop::collection::vec(100..9_999_i64, 30..700);
    let payout = (any::<bool>(), 10_000..900_000_i64);
    (rows, payout).prop_map(|(rows, (some, cents))| {
        let of = |cents| Owned {
            reference: None,
            text: None,
            ..listed(0, Decimal::new(cents, 2), "PEN", 3, 5)
        };
        let sum: i64 = rows.iter().step_by(3).sum();
        let payout = of(if some { sum } else { cents });
        World {
            ledger: vec![payout],
            records: rows.into_iter().map(of).collect(),
        }
    })
}
