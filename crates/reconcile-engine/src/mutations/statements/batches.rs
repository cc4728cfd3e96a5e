//! Batches of a terminal: the whole and each card scheme, by the terminal and by
//! the host.

use reconcile_core::{
    BatchLine, Currency, Direction, Figure, Identity, Kind, Law, Money, Record, Statement, Status,
    Window,
};
use rust_decimal::Decimal;

use super::{Mistake, Stated, hour};
use crate::{BreakCode, mutations::terms::unit};

/// How many batches there are, and how many hours each lasts.
const BATCHES: u32 = 5;
const HOURS: i64 = 6;

const SCHEMES: [&str; 2] = ["P1", "VC"];

/// Each batch has a statement of the whole and one of each scheme.
const STATEMENTS: usize = 3;

/// The whole of the batch with which something is wrong, and a part of it.
const WHOLE: usize = 2 * STATEMENTS;
const PART: usize = WHOLE + 1;

pub(super) const MISTAKES: &[Mistake] = &[
    of(
        BreakCode::ControlTotal,
        "a whole of a minor unit more than its parts",
        |stated| {
            stated.shift(WHOLE, "total", 1);
        },
    ),
    of(
        BreakCode::ControlTotal,
        "a whole of a minor unit less than its parts",
        |stated| {
            stated.shift(WHOLE, "total", -1);
        },
    ),
    of(
        BreakCode::ControlTotal,
        "a receipt of a minor unit more than in the batch",
        |stated| {
            let by = unit(stated.currency);
            stated
                .records
                .iter_mut()
                .take(1)
                .for_each(|it| it.amount.amount += by);
        },
    ),
    of(
        BreakCode::ControlTotal,
        "a count of one too many",
        |stated| {
            let counted = stated
                .statements
                .get(WHOLE)
                .and_then(|it| it.count("count"));
            stated.say(
                WHOLE,
                "count",
                Figure::Count(counted.unwrap_or_default() + 1),
            );
        },
    ),
    of(
        BreakCode::BatchUnbalanced,
        "a minor unit more at the host",
        |stated| {
            stated.shift(PART, "host_total", 1);
        },
    ),
    of(
        BreakCode::BatchUnbalanced,
        "a minor unit less at the host",
        |stated| {
            stated.shift(PART, "host_total", -1);
        },
    ),
    of(
        BreakCode::BatchUnbalanced,
        "balanced, but said not to be",
        |stated| {
            stated.say(WHOLE, "balanced", Figure::Flag(false));
        },
    ),
    of(
        BreakCode::SequenceGap,
        "a batch that begins an hour late",
        |stated| {
            begin(stated, 1);
        },
    ),
    of(
        BreakCode::SequenceGap,
        "a batch that begins an hour early",
        |stated| {
            begin(stated, -1);
        },
    ),
    of(BreakCode::SequenceGap, "a number left out", |stated| {
        let later = stated.records.iter_mut().skip(5);
        for (record, number) in later.zip(7_u32..) {
            number_as(record, number);
        }
    }),
    of(BreakCode::SequenceGap, "a number twice", |stated| {
        stated
            .records
            .iter_mut()
            .skip(5)
            .take(1)
            .for_each(|it| number_as(it, 5));
    }),
];

const fn of(code: BreakCode, name: &'static str, make: fn(&mut Stated)) -> Mistake {
    Mistake {
        code,
        name,
        of: stated,
        make,
    }
}

/// Has a batch begin so many hours later than the one before ends.
fn begin(stated: &mut Stated, hours: i64) {
    for statement in stated.statements.iter_mut().skip(WHOLE).take(STATEMENTS) {
        let from = hour(2 * HOURS + hours);
        if let Ok(period) = Window::new(from, statement.period.to()) {
            statement.period = period;
        }
    }
}

/// Batches that tie with their receipts, their parts and the host.
pub(super) fn stated(currency: Currency) -> Stated {
    let mut stated = Stated {
        currency,
        identities: identities(),
        records: Vec::new(),
        statements: Vec::new(),
    };
    let mut number = 0;
    for batch in 0..BATCHES {
        let mut whole = (Decimal::ZERO, 0);
        let mut parts = Vec::new();
        for scheme in SCHEMES {
            let mut part = Decimal::ZERO;
            for _ in 0..3 {
                number += 1;
                let amount = Decimal::from(2_003 + 97 * number) * unit(currency);
                stated
                    .records
                    .push(receipt(batch, number, scheme, amount, currency));
                part += amount;
                whole = (whole.0 + amount, whole.1 + 1);
            }
            let figures = ["pos_total", "host_total"].map(|name| (name, Figure::Amount(part)));
            parts.extend(statement(batch, Some(scheme), currency, figures));
        }
        let figures = [
            ("total", Figure::Amount(whole.0)),
            ("count", Figure::Count(whole.1)),
            ("balanced", Figure::Flag(true)),
        ];
        stated
            .statements
            .extend(statement(batch, None, currency, figures));
        stated.statements.extend(parts);
    }
    stated
}

fn identities() -> Vec<Identity> {
    let pairs = vec![("pos_total", "host_total")];
    let paid = || BatchLine::new([Kind::Payment], [Status::Succeeded]);
    let laws = [
        (
            "sides",
            Law::Equal {
                pairs: pairs.clone(),
            },
        ),
        (
            "balanced",
            Law::Verdict {
                flag: "balanced",
                pairs,
            },
        ),
        (
            "schemes",
            Law::Parts {
                total: "total",
                part: "pos_total",
            },
        ),
        (
            "receipts",
            Law::Batch {
                lines: vec![paid().amount("pos_total"), paid().count("count")],
            },
        ),
        ("periods", Law::Tiles),
        (
            "numbers",
            Law::Sequence {
                kinds: vec![Kind::Payment],
                attribute: "stan",
            },
        ),
    ];
    laws.map(|(name, law)| Identity::new(name, "as a mutation test has it", law))
        .into()
}

fn receipt(batch: u32, number: u32, scheme: &str, amount: Decimal, currency: Currency) -> Record {
    // In the second half of the batch, in the order of the numbers.
    let minutes = i64::from(number % 6);
    let at = hour(HOURS * i64::from(batch) + 4) + jiff::SignedDuration::from_mins(minutes);
    let sale = (Kind::Payment, Direction::Credit);
    let money = Money::new(amount, currency);
    let mut record = Record::new(
        "acme",
        format!("R-{number}"),
        sale,
        Status::Succeeded,
        money,
        at,
    );
    record.account = Some("T-1".to_owned());
    record.method = Some(scheme.to_owned());
    number_as(&mut record, number);
    record
}

fn number_as(record: &mut Record, number: u32) {
    let stan = format!("{number:06}");
    record.attributes.insert("stan".to_owned(), stan.into());
}

fn statement(
    batch: u32,
    scope: Option<&str>,
    currency: Currency,
    figures: impl IntoIterator<Item = (&'static str, Figure)>,
) -> Option<Statement> {
    let from = HOURS * i64::from(batch);
    let figures = figures.into_iter();
    Some(Statement {
        provider: "acme".to_owned(),
        id: format!("B-{batch}"),
        account: Some("T-1".to_owned()),
        scope: scope.map(str::to_owned),
        period: Window::new(hour(from), hour(from + HOURS)).ok()?,
        day: None,
        currency,
        figures: figures
            .map(|(name, figure)| (name.to_owned(), figure))
            .collect(),
    })
}
