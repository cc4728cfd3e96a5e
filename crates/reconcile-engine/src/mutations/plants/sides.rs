//! Rows that one side has not, has twice, or has otherwise than by the amount.

use jiff::{ToSpan, civil::Date};
use reconcile_core::{Direction, Kind, Money, Status};
use rust_decimal::Decimal;

use super::{Made, Variant, keyed, of, plain};
use crate::{
    BreakCode,
    mutations::{
        terms::{Terms, unit},
        world::{Entry, Line, Role, currency, period},
    },
    rules::Standing,
};

const NO_WINDOW: &str = "a pass by a key compares no days";
const NO_REFERENCE: &str = "no pass brings together rows of one reference";
const STATUS: &str = "the rules give the status another meaning";

pub(super) const VARIANTS: &[Variant] = &[
    of(
        BreakCode::MissingAtProvider,
        "not at the provider",
        |_, entry| without_record(entry),
    ),
    of(
        BreakCode::MissingAtProvider,
        "not at the provider, booked without a key",
        |_, entry| {
            each(&mut entry.ledger, |line| line.key = None);
            without_record(entry)
        },
    ),
    of(
        BreakCode::MissingAtProvider,
        "not at the provider, on the last certain day",
        |_, entry| {
            let last = period().certain_to.yesterday().unwrap_or(Date::ZERO);
            each(&mut entry.ledger, |line| line.date = last);
            without_record(entry)
        },
    ),
    of(BreakCode::MissingInLedger, "not booked", |_, entry| {
        without_booking(entry)
    }),
    of(
        BreakCode::MissingInLedger,
        "not booked, listed without a key",
        |_, entry| {
            each(&mut entry.records, |line| line.key = None);
            without_booking(entry)
        },
    ),
    of(
        BreakCode::MissingInLedger,
        "not booked, of a status that nobody knows",
        |terms, entry| {
            each(&mut entry.records, |line| {
                line.status = Some(Status::Unknown);
            });
            match terms.standing(Status::Unknown) {
                Standing::UnderWay => Made::Allowed(STATUS),
                Standing::Moved | Standing::Still => without_booking(entry),
            }
        },
    ),
    of(
        BreakCode::DuplicateAtProvider,
        "listed twice",
        |terms, entry| repeated(terms, entry, |entry| &mut entry.records, &[0]),
    ),
    of(
        BreakCode::DuplicateAtProvider,
        "listed three times, over days",
        |terms, entry| repeated(terms, entry, |entry| &mut entry.records, &[1, 5]),
    ),
    of(
        BreakCode::DuplicateInLedger,
        "booked twice",
        |terms, entry| repeated(terms, entry, |entry| &mut entry.ledger, &[0]),
    ),
    of(
        BreakCode::DuplicateInLedger,
        "booked three times, over days",
        |terms, entry| repeated(terms, entry, |entry| &mut entry.ledger, &[1, 5]),
    ),
    of(BreakCode::Timing, "booked while pending", |terms, entry| {
        under_way(terms, entry, Status::Pending)
    }),
    of(BreakCode::Timing, "booked while on hold", |terms, entry| {
        under_way(terms, entry, Status::OnHold)
    }),
    of(
        BreakCode::Timing,
        "booked on the first day that is not certain",
        |_, entry| {
            each(&mut entry.ledger, |line| line.date = period().certain_to);
            without_record(entry)
        },
    ),
    of(
        BreakCode::Timing,
        "booked on the last day that was asked for",
        |_, entry| {
            let last = period().to.yesterday().unwrap_or(Date::ZERO);
            each(&mut entry.ledger, |line| line.date = last);
            without_record(entry)
        },
    ),
    of(
        BreakCode::Unproven,
        "not in a list that may be incomplete",
        |_, entry| without_record(entry),
    ),
    of(
        BreakCode::CurrencyMismatch,
        "booked in dollars",
        |terms, entry| {
            each(&mut entry.ledger, |line| line.currency = currency("USD"));
            keyed(terms, entry)
        },
    ),
    of(
        BreakCode::CurrencyMismatch,
        "listed in a currency of other digits",
        |terms, entry| {
            each(&mut entry.records, |line| {
                line.currency = currency(match line.currency.exponent() {
                    Some(2) => "JPY",
                    Some(3) => "PEN",
                    _ => "KWD",
                });
                line.settled = None;
            });
            keyed(terms, entry)
        },
    ),
    of(
        BreakCode::SignMismatch,
        "booked in the other direction",
        |terms, entry| {
            each(&mut entry.ledger, turn);
            keyed(terms, entry)
        },
    ),
    of(
        BreakCode::SignMismatch,
        "listed in the other direction",
        |terms, entry| {
            each(&mut entry.records, turn);
            keyed(terms, entry)
        },
    ),
    of(
        BreakCode::StatusMismatch,
        "booked, but failed",
        |terms, entry| still(terms, entry, Status::Failed),
    ),
    of(
        BreakCode::StatusMismatch,
        "booked, but cancelled",
        |terms, entry| still(terms, entry, Status::Cancelled),
    ),
    of(
        BreakCode::StatusMismatch,
        "booked, but reversed",
        |terms, entry| still(terms, entry, Status::Reversed),
    ),
    of(
        BreakCode::StatusMismatch,
        "booked, but of a status that nobody knows",
        |terms, entry| still(terms, entry, Status::Unknown),
    ),
    of(
        BreakCode::StatusMismatch,
        "booked as failed, but succeeded",
        |terms, entry| booked_as(terms, entry, Status::Failed),
    ),
    of(
        BreakCode::StatusMismatch,
        "booked as pending, but succeeded",
        |terms, entry| booked_as(terms, entry, Status::Pending),
    ),
    of(
        BreakCode::DateOutOfWindow,
        "listed a day after the window",
        |terms, entry| beyond(terms, entry, true),
    ),
    of(
        BreakCode::DateOutOfWindow,
        "listed a day before the window",
        |terms, entry| beyond(terms, entry, false),
    ),
    of(
        BreakCode::ReferenceMismatch,
        "two digits of the reference swapped",
        |terms, entry| {
            slip(terms, entry, |key| {
                let swapped =
                    (5..key.len().saturating_sub(1)).find(|at| key.get(*at) != key.get(at + 1));
                if let Some(at) = swapped {
                    key.swap(at, at + 1);
                }
            })
        },
    ),
    of(
        BreakCode::ReferenceMismatch,
        "a digit of the reference wrong, the amount like no other",
        |terms, entry| {
            set_apart(entry);
            slip(terms, entry, |key| {
                if let Some(digit) = key.get_mut(6) {
                    *digit = if *digit == b'9' { b'1' } else { *digit + 1 };
                }
            })
        },
    ),
    of(
        BreakCode::ReferenceMismatch,
        "a digit of the reference missing",
        |terms, entry| {
            slip(terms, entry, |key| {
                key.remove(7);
            })
        },
    ),
    of(
        BreakCode::ReferenceMismatch,
        "a digit of the reference too many",
        |terms, entry| slip(terms, entry, |key| key.insert(7, b'5')),
    ),
    of(
        BreakCode::ReferenceMismatch,
        "one key for two kinds",
        |terms, entry| {
            let payments = entry.ledger.iter_mut();
            let payments = payments.filter(|line| line.kind == Some(Kind::Payment));
            match payments.map(|line| line.kind = Some(Kind::Payout)).count() {
                0 => Made::Unfit,
                _ => keyed(terms, entry),
            }
        },
    ),
];

fn each(lines: &mut [Line], change: impl FnMut(&mut Line)) {
    lines.iter_mut().for_each(change);
}

fn without_record(entry: &mut Entry) -> Made {
    entry.records.clear();
    plain(entry)
}

fn without_booking(entry: &mut Entry) -> Made {
    entry.ledger.clear();
    plain(entry)
}

/// The first row of a side again, so many days later.
fn repeated(
    terms: &Terms<'_>,
    entry: &mut Entry,
    side: fn(&mut Entry) -> &mut Vec<Line>,
    days: &[i32],
) -> Made {
    let lines = side(entry);
    let Some(first) = lines.first().cloned() else {
        return Made::Unfit;
    };
    lines.extend(days.iter().map(|days| Line {
        date: first.date.saturating_add(days.days()),
        ..first.clone()
    }));
    keyed(terms, entry)
}

fn under_way(terms: &Terms<'_>, entry: &mut Entry, status: Status) -> Made {
    each(&mut entry.records, |line| line.status = Some(status));
    match terms.standing(status) {
        Standing::UnderWay => keyed(terms, entry),
        Standing::Moved | Standing::Still => Made::Allowed(STATUS),
    }
}

fn still(terms: &Terms<'_>, entry: &mut Entry, status: Status) -> Made {
    each(&mut entry.records, |line| line.status = Some(status));
    match terms.standing(status) {
        Standing::Still => keyed(terms, entry),
        Standing::Moved | Standing::UnderWay => Made::Allowed(STATUS),
    }
}

fn booked_as(terms: &Terms<'_>, entry: &mut Entry, status: Status) -> Made {
    each(&mut entry.ledger, |line| line.status = Some(status));
    match terms.standing(status) {
        Standing::Moved => Made::Allowed(STATUS),
        Standing::UnderWay | Standing::Still => keyed(terms, entry),
    }
}

fn turn(line: &mut Line) {
    line.direction = match line.direction {
        Direction::Debit => Direction::Credit,
        _ => Direction::Debit,
    };
}

/// The record a day further from the booking than any pass by a key allows.
fn beyond(terms: &Terms<'_>, entry: &mut Entry, after: bool) -> Made {
    let (Some(booked), Some(listed)) = (entry.ledger.first(), entry.records.first_mut()) else {
        return Made::Unfit;
    };
    if entry.role != Role::Plain {
        return Made::Unfit;
    }
    let Some(edge) = terms.edge(booked.date, after) else {
        return Made::Allowed(NO_WINDOW);
    };
    let further = if after {
        edge.tomorrow()
    } else {
        edge.yesterday()
    };
    listed.date = further.unwrap_or(edge);
    keyed(terms, entry)
}

/// Gives both rows an amount that no other has: at a price that others pay, the
/// wrong digit may as well be the number of another sale.
fn set_apart(entry: &mut Entry) {
    for line in entry.ledger.iter_mut().chain(&mut entry.records) {
        let number = line
            .key
            .as_deref()
            .and_then(|key| key.get(3..)?.parse().ok());
        let more = Decimal::from(number.unwrap_or(0_u32)) * unit(line.currency);
        line.amount += more;
        line.settled = line
            .settled
            .map(|settled| Money::new(settled.amount + more, settled.currency));
    }
}

fn slip(terms: &Terms<'_>, entry: &mut Entry, change: impl Fn(&mut Vec<u8>)) -> Made {
    if entry.role != Role::Plain {
        return Made::Unfit;
    }
    if !terms.compares_references() {
        return Made::Allowed(NO_REFERENCE);
    }
    for line in &mut entry.ledger {
        let mut key = line.key.take().unwrap_or_default().into_bytes();
        change(&mut key);
        line.key = String::from_utf8(key).ok();
    }
    Made::Mistake
}
