//! Bringing together the open rows that share a key of any columns.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use foldhash::fast::RandomState;
use reconcile_core::{Kind, Status};
use rust_decimal::Decimal;

use crate::{Book, Column, Equality, RowIndex, Side, join::Crowd, normalise};

/// Takes the rows off the open ones that share a key with a row of the other
/// side, and gives them by key, in the order of the keys.
pub(crate) fn join(
    ledger: &Book,
    records: &Book,
    equal: &[Equality],
    open: &mut Crowd,
) -> Vec<Crowd> {
    let mut crowds: HashMap<String, Crowd, RandomState> = HashMap::default();
    let mut key = String::new();
    open.records.retain(|row| {
        let keyed = of(records, equal, Side::Records, *row, &mut key);
        if keyed {
            crowds.entry(key.clone()).or_default().records.push(*row);
        }
        !keyed
    });
    open.ledger.retain(|row| {
        let keyed = of(ledger, equal, Side::Ledger, *row, &mut key);
        let crowd = crowds.get_mut(&key).filter(|_| keyed);
        if let Some(crowd) = crowd {
            crowd.ledger.push(*row);
            return false;
        }
        true
    });
    let mut crowds: Vec<_> = crowds.into_iter().collect();
    crowds.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let mut shared = Vec::new();
    for (_, crowd) in crowds {
        if crowd.ledger.is_empty() {
            open.records.extend(crowd.records);
        } else {
            shared.push(crowd);
        }
    }
    shared
}

/// Parts the rows of a key that contradict each other: punctuation does not
/// count, but where it parts the digits of two texts in different places, it does.
/// `INV-1-23` is not `INV-12-3`, and whether `INV123` is one of them nobody knows;
/// `A-100` is not `A1-00`.
pub(crate) fn part(ledger: &Book, records: &Book, equal: &[Equality], crowd: Crowd) -> Vec<Crowd> {
    equal.iter().fold(vec![crowd], |crowds, equality| {
        let parts = crowds
            .into_iter()
            .map(|crowd| part_by(ledger, records, equality, crowd));
        parts.flatten().collect()
    })
}

fn part_by(ledger: &Book, records: &Book, equality: &Equality, crowd: Crowd) -> Vec<Crowd> {
    if say_the_same(ledger, records, equality, &crowd) {
        return vec![crowd];
    }
    let pieces = |book, side, row| {
        let text = text(book, equality.column(side), row)?;
        let mut pieces = String::new();
        normalise::pieces(equality, &text, &mut pieces).then_some(pieces)
    };
    let mut parts: BTreeMap<Option<String>, Crowd> = BTreeMap::new();
    for &row in &crowd.ledger {
        let part = parts.entry(pieces(ledger, Side::Ledger, row)).or_default();
        part.ledger.push(row);
    }
    for &row in &crowd.records {
        let part = parts
            .entry(pieces(records, Side::Records, row))
            .or_default();
        part.records.push(row);
    }
    let starts = |crowd| numbers_start(ledger, records, equality, crowd);
    let contradict = match parts.iter().collect::<Vec<_>>().as_slice() {
        [] | [_] => false,
        // A text of one number says nothing of how others part it, unless it
        // sets that number off where they do not.
        [(None, whole), (_, parted)] => {
            let parted = starts(parted);
            let mut whole = starts(whole).into_iter();
            whole.any(|whole| parted.iter().any(|parted| !whole.is_subset(parted)))
        }
        _ => true,
    };
    if contradict {
        parts.into_values().collect()
    } else {
        vec![crowd]
    }
}

/// Whether all rows of a key write it in the same way, as nearly all do: then none
/// contradicts another, and no text is taken apart.
fn say_the_same(ledger: &Book, records: &Book, equality: &Equality, crowd: &Crowd) -> bool {
    let booked = crowd.ledger.iter();
    let booked = booked.map(|row| text(ledger, &equality.ledger, *row));
    let listed = crowd.records.iter();
    let listed = listed.map(|row| text(records, &equality.records, *row));
    let mut texts = booked.chain(listed);
    let first = texts.next();
    texts.all(|text| Some(text) == first)
}

/// Where the numbers of each text start that punctuation sets off.
fn numbers_start(
    ledger: &Book,
    records: &Book,
    equality: &Equality,
    crowd: &Crowd,
) -> BTreeSet<BTreeSet<usize>> {
    let of = |book, side, row: &RowIndex| {
        let text = text(book, equality.column(side), *row)?;
        Some(normalise::numbers_start(equality, &text))
    };
    let booked = crowd.ledger.iter();
    let booked = booked.filter_map(|row| of(ledger, Side::Ledger, row));
    let listed = crowd.records.iter();
    let listed = listed.filter_map(|row| of(records, Side::Records, row));
    booked.chain(listed).collect()
}

/// Writes the key of a row; whether it has one: every column that it is made
/// of must say something.
pub(crate) fn of(
    book: &Book,
    equal: &[Equality],
    side: Side,
    row: RowIndex,
    key: &mut String,
) -> bool {
    key.clear();
    equal.iter().all(|equality| {
        let Some(text) = text(book, equality.column(side), row) else {
            return false;
        };
        let start = key.len();
        normalise::key(equality, &text, key);
        let says = key.len() > start;
        // No text has this between two of its letters: ("a", "bc") is not
        // ("ab", "c").
        key.push('\u{0}');
        says
    })
}

/// What a row says in a column, as text.
pub(crate) fn text<'b>(book: &'b Book, column: &Column, row: RowIndex) -> Option<Cow<'b, str>> {
    let figure = |amount: Option<Decimal>| {
        // However many zeros are written, it is the same amount.
        amount.map(|amount| Cow::Owned(amount.normalize().to_string()))
    };
    let facts = || book.facts(row);
    let text = match column {
        Column::Id => Some(book.id(row)),
        Column::Reference => book.reference(row),
        Column::Account => book.row(row).account,
        Column::Method => book.row(row).method,
        Column::Description => book.row(row).description,
        Column::Attribute(name) => book.attribute(row, name),
        Column::Kind => facts().kind.map(Kind::as_str),
        Column::Direction => Some(facts().direction.as_str()),
        Column::Status => facts().status.map(Status::as_str),
        Column::Amount => return figure(Some(facts().amount)),
        Column::Fee => return figure(book.row(row).fee),
        Column::Tax => return figure(book.row(row).tax),
        Column::SettledAmount => return figure(book.row(row).settled.map(|money| money.amount)),
        Column::Currency => return Some(Cow::Owned(facts().currency.to_string())),
        Column::Date => return Some(Cow::Owned(facts().date.to_string())),
    };
    text.filter(|text| !text.trim().is_empty())
        .map(Cow::Borrowed)
}
