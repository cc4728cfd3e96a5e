//! Days with what came in, what went back, and the balance.

use jiff::{ToSpan, tz::TimeZone};
use reconcile_core::{
    Convention, Counting, Currency, Direction, Figure, Identity, Kind, Law, LocalDay, Money, Part,
    Record, Sign, Statement, Status, Window,
};
use rust_decimal::Decimal;

use super::{Mistake, Stated, hour};
use crate::{
    BreakCode,
    mutations::{terms::unit, world::period},
};

/// How many days are stated.
const DAYS: u32 = 8;

/// The day with whose statement something is wrong.
const PLACE: usize = 4;

/// Within how many days a verdict is due.
const DUE: u64 = 3;

pub(super) const MISTAKES: &[Mistake] = &[
    of(
        BreakCode::RollForward,
        "a balance of a minor unit more",
        |stated| {
            stated.shift(PLACE, "balance", 1);
        },
    ),
    of(
        BreakCode::RollForward,
        "a balance of a minor unit less",
        |stated| {
            stated.shift(PLACE, "balance", -1);
        },
    ),
    of(
        BreakCode::RollForward,
        "a balance that stays a thousand units off",
        |stated| {
            (PLACE..stated.statements.len()).for_each(|day| stated.shift(day, "balance", 1_000));
        },
    ),
    of(
        BreakCode::NetIdentity,
        "a net of a minor unit more than its parts",
        |stated| {
            stated.shift(PLACE, "net", 1);
            (PLACE..stated.statements.len()).for_each(|day| stated.shift(day, "balance", 1));
        },
    ),
    of(
        BreakCode::NetIdentity,
        "a net of a minor unit less than its parts",
        |stated| {
            stated.shift(PLACE, "net", -1);
            (PLACE..stated.statements.len()).for_each(|day| stated.shift(day, "balance", -1));
        },
    ),
    of(
        BreakCode::ControlTotal,
        "a total of a minor unit more than the records",
        |stated| {
            total(stated, 1);
        },
    ),
    of(
        BreakCode::ControlTotal,
        "a total of a minor unit less than the records",
        |stated| {
            total(stated, -1);
        },
    ),
    of(
        BreakCode::ControlTotal,
        "a payment in the total that is not listed",
        |stated| {
            let day = hour(24 * 4);
            let lost = stated.records.iter().position(|it| it.created_at > day);
            lost.map(|place| stated.records.remove(place));
        },
    ),
    of(
        BreakCode::SequenceGap,
        "a day without a statement",
        |stated| {
            stated.statements.remove(PLACE);
        },
    ),
    of(
        BreakCode::SequenceGap,
        "a day with two statements",
        |stated| {
            let mut again = stated.statements.get(PLACE).cloned();
            if let Some(again) = &mut again {
                again.id.push_str("-again");
            }
            stated.statements.extend(again);
        },
    ),
    of(
        BreakCode::SequenceGap,
        "a day whose verdict is overdue",
        |stated| {
            stated.say(PLACE, "closed", Figure::Flag(false));
        },
    ),
    of(
        BreakCode::DateOutOfWindow,
        "a verdict a day late",
        |stated| {
            stated.say(PLACE, "verdict_days", Figure::Count(DUE + 1));
        },
    ),
];

const fn of(code: BreakCode, name: &'static str, make: fn(&mut Stated)) -> Mistake {
    Mistake {
        code,
        name,
        of: stated,
        make,
    }
}

/// Changes the total of a day, and whatever follows from it.
fn total(stated: &mut Stated, units: i64) {
    stated.shift(PLACE, "payments", units);
    stated.shift(PLACE, "net", units);
    (PLACE..stated.statements.len()).for_each(|day| stated.shift(day, "balance", units));
}

/// Days that tie with their records and with each other.
pub(super) fn stated(currency: Currency) -> Stated {
    let mut stated = Stated {
        currency,
        identities: identities(),
        records: Vec::new(),
        statements: Vec::new(),
    };
    let mut balance = Decimal::from(1_000_000) * unit(currency);
    for day in 0..DAYS {
        let amount = |units: u32| Decimal::from(units) * unit(currency);
        let payments = [10_007 + 131 * day, 25_013 + 17 * day, 3_331 + 1_009 * day].map(amount);
        let refund = amount(1_777 + 13 * day);
        for (number, amount) in (0..).zip(payments) {
            let sale = (Kind::Payment, Direction::Credit);
            stated
                .records
                .push(record(day, number, sale, amount, currency));
        }
        let back = (Kind::Refund, Direction::Debit);
        stated.records.push(record(day, 9, back, refund, currency));
        let paid: Decimal = payments.iter().sum();
        balance += paid - refund;
        let figures = [
            ("payments", Figure::Amount(paid)),
            ("refunds", Figure::Amount(refund)),
            ("net", Figure::Amount(paid - refund)),
            ("balance", Figure::Amount(balance)),
            ("closed", Figure::Flag(true)),
            ("verdict_days", Figure::Count(DUE)),
        ];
        stated.statements.extend(statement(day, currency, figures));
    }
    stated
}

fn identities() -> Vec<Identity> {
    let part = |figure, sign| Part { figure, sign };
    let parts = vec![part("payments", Sign::Plus), part("refunds", Sign::Minus)];
    let counting = "statuses=succeeded;date=created;zone=UTC;amount=amount";
    let total = counting
        .parse::<Convention>()
        .ok()
        .map(|convention| Law::DayTotal {
            total: "payments",
            kinds: vec![Kind::Payment],
            counting: Counting::Locked(convention),
        });
    let laws = [
        ("days", Law::EveryDayOnce),
        (
            "roll",
            Law::RollForward {
                balance: "balance",
                movement: "net",
            },
        ),
        (
            "step",
            Law::StepExplained {
                balance: "balance",
                parts: vec!["payments", "refunds", "net"],
            },
        ),
        (
            "net",
            Law::Composition {
                total: "net",
                parts,
            },
        ),
        (
            "closing",
            Law::VerdictPresent {
                flag: "closed",
                days: "verdict_days",
                within_days: DUE,
            },
        ),
    ];
    let laws = laws.into_iter().chain(total.map(|law| ("payments", law)));
    laws.map(|(name, law)| Identity::new(name, "as a mutation test has it", law))
        .collect()
}

fn record(
    day: u32,
    number: i64,
    what: (Kind, Direction),
    amount: Decimal,
    currency: Currency,
) -> Record {
    let at = hour(24 * i64::from(day) + 1 + number);
    let id = format!("R-{day}-{number}");
    let money = Money::new(amount, currency);
    let mut record = Record::new("acme", &id, what, Status::Succeeded, money, at);
    "succeeded".clone_into(&mut record.provider_status);
    record.account = Some("M-1".to_owned());
    record
}

fn statement(
    day: u32,
    currency: Currency,
    figures: impl IntoIterator<Item = (&'static str, Figure)>,
) -> Option<Statement> {
    let date = period().from.saturating_add(i64::from(day).days());
    let figures = figures.into_iter();
    Some(Statement {
        provider: "acme".to_owned(),
        id: format!("S-{day}"),
        account: Some("M-1".to_owned()),
        scope: None,
        period: Window::days(date, date.tomorrow().ok()?, &TimeZone::UTC).ok()?,
        day: Some(LocalDay {
            date,
            zone: "UTC".to_owned(),
        }),
        currency,
        figures: figures
            .map(|(name, figure)| (name.to_owned(), figure))
            .collect(),
    })
}
