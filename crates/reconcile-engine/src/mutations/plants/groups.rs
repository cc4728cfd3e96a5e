//! Several rows that belong to one, and rows that could belong to each other.

use reconcile_core::Kind;
use rust_decimal::Decimal;

use super::{Made, Variant, of};
use crate::{
    BreakCode, Sides,
    mutations::{
        terms::{PARTS, Terms, unit},
        world::{Entry, Line, Role},
    },
};

const NO_GROUPS: &str = "no pass by a key ties such a group";
const NO_SEARCH: &str = "no pass searches by amount, day and text";
const NO_SUMS: &str = "no pass ties rows to the one that is their sum";
const TOLERATED: &str = "the tolerance lets it pass";

pub(super) const VARIANTS: &[Variant] = &[
    of(
        BreakCode::SplitIncomplete,
        "a part not listed",
        |terms, entry| parts(terms, entry, Role::Split, |parts| drop(parts.pop())),
    ),
    of(
        BreakCode::SplitIncomplete,
        "a part not booked",
        |terms, entry| parts(terms, entry, Role::Merged, |parts| drop(parts.pop())),
    ),
    of(
        BreakCode::SplitIncomplete,
        "a part listed too small",
        |terms, entry| parts(terms, entry, Role::Split, |parts| resize(parts, -40)),
    ),
    of(
        BreakCode::OverAllocated,
        "a part listed too large",
        |terms, entry| parts(terms, entry, Role::Split, |parts| resize(parts, 40)),
    ),
    of(
        BreakCode::OverAllocated,
        "a part booked too large",
        |terms, entry| parts(terms, entry, Role::Merged, |parts| resize(parts, 40)),
    ),
    of(
        BreakCode::OverAllocated,
        "a part too many booked",
        |terms, entry| {
            parts(terms, entry, Role::Merged, |parts| {
                let more = parts.first().cloned().map(|mut part| {
                    part.amount += unit(part.currency) * Decimal::from(7);
                    part
                });
                parts.extend(more);
            })
        },
    ),
    of(
        BreakCode::Rounding,
        "parts that were each rounded",
        |terms, entry| parts(terms, entry, Role::Split, |parts| resize(parts, 2)),
    ),
    of(
        BreakCode::Ambiguous,
        "two bookings and two records alike",
        |terms, entry| alike(terms, entry, [2, 2]),
    ),
    of(
        BreakCode::Ambiguous,
        "two bookings alike and one record",
        |terms, entry| alike(terms, entry, [2, 1]),
    ),
    of(
        BreakCode::Ambiguous,
        "a booking and two records alike",
        |terms, entry| alike(terms, entry, [1, 2]),
    ),
    of(
        BreakCode::Ambiguous,
        "a booking that records add up to in two ways",
        two_ways,
    ),
];

/// Changes the parts of a split payment.
fn parts(
    terms: &Terms<'_>,
    entry: &mut Entry,
    role: Role,
    change: impl Fn(&mut Vec<Line>),
) -> Made {
    let (sides, lines) = match role {
        Role::Split => (Sides::OneToMany, &mut entry.records),
        _ => (Sides::ManyToOne, &mut entry.ledger),
    };
    if !terms.groups(sides) || terms.is_net() {
        return Made::Allowed(NO_GROUPS);
    }
    if entry.role != role || lines.len() != PARTS {
        return Made::Unfit;
    }
    change(lines);
    let sum = |lines: &[Line]| -> Decimal { lines.iter().map(|line| line.amount).sum() };
    let (booked, listed) = (sum(&entry.ledger), sum(&entry.records));
    let currency = entry.ledger.first().map(|line| line.currency);
    let gap = (booked - listed).abs();
    if currency.is_some_and(|currency| terms.tolerates(currency, booked, gap)) {
        return Made::Allowed(TOLERATED);
    }
    Made::Mistake
}

/// Changes the last part by so many minor units.
fn resize(parts: &mut [Line], units: i64) {
    if let Some(part) = parts.last_mut() {
        part.amount += unit(part.currency) * Decimal::from(units);
    }
}

/// So many rows of each side that nothing tells apart.
fn alike(terms: &Terms<'_>, entry: &mut Entry, rows: [usize; 2]) -> Made {
    if !terms.searches() {
        return Made::Allowed(NO_SEARCH);
    }
    let (Role::Bare, Some(booked), Some(listed)) =
        (entry.role, entry.ledger.first(), entry.records.first())
    else {
        return Made::Unfit;
    };
    let bare = |line: &Line| Line {
        key: None,
        ..line.clone()
    };
    let [booked, listed] = [bare(booked), bare(listed)];
    entry.ledger = vec![booked; rows[0]];
    entry.records = vec![listed; rows[1]];
    Made::Mistake
}

/// A booking of ten, and records of six and four, and of seven and three.
fn two_ways(terms: &Terms<'_>, entry: &mut Entry) -> Made {
    if !terms.sums() {
        return Made::Allowed(NO_SUMS);
    }
    let (Role::Bare, [booked], [listed]) = (entry.role, &mut *entry.ledger, &mut *entry.records)
    else {
        return Made::Unfit;
    };
    if listed.kind != Some(Kind::Payment) {
        return Made::Unfit;
    }
    let tenth = Decimal::from(98_765) * unit(booked.currency);
    booked.amount = tenth * Decimal::TEN;
    // Between net and gross amounts, what is charged would part the two ways.
    if terms.is_net() {
        for line in [&mut *booked, &mut *listed] {
            (line.fee, line.tax) = (Decimal::ZERO, Decimal::ZERO);
        }
    }
    let parts = [6, 4, 7, 3].map(|tenths: i64| Line {
        key: None,
        amount: tenth * Decimal::from(tenths),
        text: format!("{} {tenths}", listed.account),
        settled: None,
        ..listed.clone()
    });
    entry.records = parts.into();
    Made::Mistake
}
