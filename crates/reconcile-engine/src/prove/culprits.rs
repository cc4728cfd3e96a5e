//! Which one or two records make a difference.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::{listing::Entry, sum::exact_difference};

/// The few records that come to a difference.
pub(super) enum Culprits<'a> {
    /// No one or two do, or too many pairs.
    Unknown,
    /// Each of these does alone.
    AnyOf(Vec<&'a Entry>),
    /// These two do together, and no others.
    Both([&'a Entry; 2]),
}

impl<'a> Culprits<'a> {
    /// Those among the candidates that come to the amount; `count` is how many
    /// they are, where that is known.
    pub(super) fn among(candidates: &[&'a Entry], amount: Decimal, count: Option<u64>) -> Self {
        if count.is_none_or(|count| count == 1) {
            let alone = candidates.iter().filter(|e| e.amount.amount == amount);
            let alone: Vec<_> = alone.copied().collect();
            if !alone.is_empty() {
                return Self::AnyOf(alone);
            }
        }
        if count.is_none_or(|count| count == 2) {
            return the_pair(candidates, amount).map_or(Self::Unknown, Self::Both);
        }
        Self::Unknown
    }

    /// The records, where no others do.
    pub(super) fn certain(&self) -> &[&'a Entry] {
        match self {
            Self::AnyOf(alone) if alone.len() == 1 => alone,
            Self::Both(pair) => pair,
            Self::AnyOf(_) | Self::Unknown => &[],
        }
    }
}

/// The only two that come to the amount; `None` where none do or several.
fn the_pair<'a>(candidates: &[&'a Entry], amount: Decimal) -> Option<[&'a Entry; 2]> {
    let mut by_amount: BTreeMap<Decimal, Vec<&Entry>> = BTreeMap::new();
    for entry in candidates {
        by_amount
            .entry(entry.amount.amount)
            .or_default()
            .push(entry);
    }
    let mut found = None;
    for (&less, entries) in &by_amount {
        let Some(more) = exact_difference(amount, less) else {
            continue;
        };
        if more < less {
            break;
        }
        let pair = if more == less {
            match entries.as_slice() {
                [_] => continue,
                [first, second] => [*first, *second],
                _ => return None,
            }
        } else {
            match (entries.as_slice(), by_amount.get(&more).map(Vec::as_slice)) {
                (_, None) => continue,
                ([first], Some([second])) => [*first, *second],
                _ => return None,
            }
        };
        if found.replace(pair).is_some() {
            return None;
        }
    }
    found
}
