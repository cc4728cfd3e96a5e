//! Which one or two records make a difference.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::{listing::Entry, sum::exact_difference};

/// The few records that come to a difference.
pub(super) enum Culprits<'a> {
    /// No one or two do.
    Unknown,
    /// Each of these does alone.
    AnyOf(Vec<&'a Entry>),
    /// These two do together, and no others.
    Both([&'a Entry; 2]),
    /// So many pairs do.
    Pairs(usize),
}

impl<'a> Culprits<'a> {
    /// Those among the candidates whose weights come to the amount; `count` is
    /// how many they are, where that is known.
    pub(super) fn among(
        candidates: &[(&'a Entry, Decimal)],
        amount: Decimal,
        count: Option<u64>,
    ) -> Self {
        if count.is_none_or(|count| count == 1) {
            let alone = candidates.iter().filter(|(_, weight)| *weight == amount);
            let alone: Vec<_> = alone.map(|(entry, _)| *entry).collect();
            if !alone.is_empty() {
                return Self::AnyOf(alone);
            }
        }
        if count.is_none_or(|count| count == 2) {
            return pairs(candidates, amount);
        }
        Self::Unknown
    }

    /// The records, where no others do.
    pub(super) fn certain(&self) -> &[&'a Entry] {
        match self {
            Self::AnyOf(alone) if alone.len() == 1 => alone,
            Self::Both(pair) => pair,
            Self::AnyOf(_) | Self::Pairs(_) | Self::Unknown => &[],
        }
    }
}

/// The two that come to the amount, or how many pairs do.
fn pairs<'a>(candidates: &[(&'a Entry, Decimal)], amount: Decimal) -> Culprits<'a> {
    let mut by_weight: BTreeMap<Decimal, Vec<&Entry>> = BTreeMap::new();
    for &(entry, weight) in candidates {
        by_weight.entry(weight).or_default().push(entry);
    }
    let (mut found, mut count) = (None, 0_usize);
    for (&less, entries) in &by_weight {
        let Some(more) = exact_difference(amount, less) else {
            continue;
        };
        if more < less {
            break;
        }
        let (pair, pairs) = if more == less {
            let pairs = entries.len() * entries.len().saturating_sub(1) / 2;
            (entries.first().zip(entries.get(1)), pairs)
        } else {
            let others = by_weight.get(&more).map_or(&[][..], Vec::as_slice);
            (
                entries.first().zip(others.first()),
                entries.len() * others.len(),
            )
        };
        found = found.or(pair);
        count = count.saturating_add(pairs);
    }
    match (count, found) {
        (1, Some((first, second))) => Culprits::Both([*first, *second]),
        (0, _) | (_, None) => Culprits::Unknown,
        (several, Some(_)) => Culprits::Pairs(several),
    }
}
