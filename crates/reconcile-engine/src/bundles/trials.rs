//! What rows of a pool are tried as a sum.

use std::cmp::Ordering;

use crate::subset::{self, Ways};

/// Which rows of a pool are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// All but so many of them; where some are left out, and a group may have all,
    /// every other choice is counted, too.
    AllBut(usize),
    /// Any of them, where they are no more than a group may have; of more, all but
    /// a few.
    Parts,
    /// The same of so few of them that chance would find no way.
    Telling,
}

impl Trial {
    /// How many rows may be left out of a pool of any size.
    pub(super) const MOST_LEFT_OUT: usize = 2;

    /// How many ways chance alone is to be expected to find to leave some out, in parts
    /// of a million, where that is more than enough: then a way proves nothing, whatever
    /// the target, and none is to be looked for.
    pub(super) fn proves_nothing(self, amounts: &[i128], enough: u128) -> Option<u128> {
        let Self::AllBut(left_out @ 1..) = self else {
            return None;
        };
        let chance = Ranked::of(amounts).by_chance(left_out, 1);
        (chance > enough).then_some(chance)
    }

    /// The ways in which the amounts add up to each target; none where that takes
    /// too much work, or where there are too many of them.
    pub(super) fn ways(
        self,
        amounts: &[i128],
        targets: &[i128],
        (most, enough): (usize, u128),
        budget: &mut u64,
    ) -> Vec<Option<Ways>> {
        match self {
            Self::AllBut(left_out) => {
                let ranked = Ranked::of(amounts);
                let ways = |target: &i128| {
                    let found = ranked.all_but(left_out, *target, budget)?;
                    if left_out == 0 || found.count != 1 || amounts.len() > most {
                        return Some(found);
                    }
                    // The few that are left out are one choice of them, and no
                    // proof where another one comes to the target, too.
                    let all = subset::ways(amounts, &[*target], budget).pop()??;
                    let chance = found.chance;
                    Some(Ways { chance, ..all })
                };
                targets.iter().map(ways).collect()
            }
            Self::Telling if amounts.len() > most || subset::chance(amounts) > enough => {
                targets.iter().map(|_| Some(Ways::default())).collect()
            }
            Self::Telling => subset::ways(amounts, targets, budget),
            Self::Parts if amounts.len() <= most => subset::ways(amounts, targets, budget),
            Self::Parts => {
                let ranked = Ranked::of(amounts);
                let ways = |target: &i128| ranked.all_but_few(*target, budget);
                targets.iter().map(ways).collect()
            }
        }
    }
}

/// Amounts in their order, and what all come to.
struct Ranked {
    /// With their places.
    amounts: Vec<(i128, usize)>,
    sum: i128,
    /// What some of them come to at least, and at most.
    span: (i128, i128),
}

/// How many choices of rows to leave out there are, and the first of them.
#[derive(Default)]
struct LeftOut {
    choices: u64,
    first: Vec<usize>,
}

impl LeftOut {
    fn add(&mut self, choices: usize, first: impl IntoIterator<Item = usize>) {
        if self.choices == 0 {
            self.first = first.into_iter().collect();
        }
        let choices = u64::try_from(choices).unwrap_or(u64::MAX);
        self.choices = self.choices.saturating_add(choices);
    }

    /// What the choices leave, of so many amounts: where there are several, any
    /// amount is in one.
    fn ways(&self, amounts: usize) -> Ways {
        if self.choices == 0 {
            return Ways::default();
        }
        let mut used = vec![true; amounts];
        for place in self.first.iter().filter(|_| self.choices == 1) {
            if let Some(used) = used.get_mut(*place) {
                *used = false;
            }
        }
        Ways {
            count: self.choices,
            used,
            ..Ways::default()
        }
    }
}

impl Ranked {
    fn of(amounts: &[i128]) -> Self {
        let mut ranked: Vec<(i128, usize)> = amounts.iter().copied().zip(0..).collect();
        ranked.sort_unstable();
        let span = amounts.iter().fold((0, 0), |(least, most), amount| {
            (least + amount.min(&0), most + amount.max(&0))
        });
        Self {
            amounts: ranked,
            sum: span.0 + span.1,
            span,
        }
    }

    /// The ways in which all but so many come to a target.
    fn all_but(&self, left_out: usize, target: i128, budget: &mut u64) -> Option<Ways> {
        let mut found = LeftOut::default();
        self.leave_out(left_out, target, budget, &mut found)?;
        let ways = found.ways(self.amounts.len());
        let taken = self.amounts.iter();
        let taken = taken.filter(|(_, place)| ways.used.get(*place) == Some(&true));
        let grain = match ways.count {
            1 => subset::grain(taken.map(|(amount, _)| amount.unsigned_abs())),
            _ => 1,
        };
        let chance = self.by_chance(left_out, grain);
        Some(Ways { chance, ..ways })
    }

    /// The ways in which all but a few come to a target. `None` where none do,
    /// though some rows may: they were not tried.
    fn all_but_few(&self, target: i128, budget: &mut u64) -> Option<Ways> {
        let mut found = LeftOut::default();
        for left_out in 0..=Trial::MOST_LEFT_OUT {
            self.leave_out(left_out, target, budget, &mut found)?;
        }
        (found.choices > 0 || !self.reaches(target)).then(|| Ways {
            at_least: true,
            chance: u128::MAX,
            ..found.ways(self.amounts.len())
        })
    }

    /// Adds the choices of so many amounts without which the others, two or more,
    /// come to a target; `None` where that takes more work than is left.
    fn leave_out(
        &self,
        count: usize,
        target: i128,
        budget: &mut u64,
        found: &mut LeftOut,
    ) -> Option<()> {
        let rest = self.sum.checked_sub(target)?;
        let (Some(least), Some(most)) = (self.amounts.first(), self.amounts.last()) else {
            return Some(());
        };
        if self.amounts.len() < count + 2 {
            return Some(());
        }
        match count {
            0 => found.add(usize::from(rest == 0), []),
            1 => {
                let equal = equal(&self.amounts, rest);
                found.add(equal.len(), equal.iter().map(|(_, place)| *place).take(1));
            }
            _ if least.0.checked_mul(2)? <= rest && rest <= most.0.checked_mul(2)? => {
                *budget = budget.checked_sub(u64::try_from(self.amounts.len()).ok()?)?;
                self.leave_out_two(rest, found);
            }
            _ => {}
        }
        Some(())
    }

    /// Adds the pairs of amounts that come to a rest, from both ends inwards.
    fn leave_out_two(&self, rest: i128, found: &mut LeftOut) {
        let mut within = self.amounts.as_slice();
        while let [(least, first), inner @ .., (most, last)] = within {
            within = match (least + most).cmp(&rest) {
                Ordering::Less => within.split_at(1).1,
                Ordering::Greater => within.split_at(inner.len() + 1).0,
                Ordering::Equal if least == most => {
                    found.add(within.len() * (within.len() - 1) / 2, [*first, *last]);
                    return;
                }
                Ordering::Equal => {
                    let low = within.partition_point(|(amount, _)| amount == least);
                    let high = within.partition_point(|(amount, _)| amount < most);
                    found.add(low * (within.len() - high), [*first, *last]);
                    within.get(low..high).unwrap_or_default()
                }
            };
        }
    }

    /// Whether a target lies within what some of the amounts may come to.
    fn reaches(&self, target: i128) -> bool {
        let (least, most) = self.span;
        (least..=most).contains(&target)
    }

    /// How many choices of so many amounts to leave out are to be expected to fit a sum
    /// of such a grain by chance alone, in parts of a million. Amounts crowd: half of them lie
    /// between the quartiles, and there are up to four times as many as on average.
    fn by_chance(&self, left_out: usize, grain: u128) -> u128 {
        let count = self.amounts.len();
        let at = |place: usize| self.amounts.get(place).map_or(0, |(amount, _)| *amount);
        let middle = at(count - count / 4 - usize::from(count > 0)).abs_diff(at(count / 4));
        let count = count as u128;
        let (choices, span) = match left_out {
            0 => (1, self.span.0.abs_diff(self.span.1)),
            1 => (count, middle.saturating_mul(2)),
            _ => (count.saturating_mul(count) / 2, middle.saturating_mul(4)),
        };
        let choices = choices.saturating_mul(4_000_000);
        choices.saturating_mul(grain) / span.max(1)
    }
}

/// Those of a target among ordered amounts.
fn equal(amounts: &[(i128, usize)], target: i128) -> &[(i128, usize)] {
    let start = amounts.partition_point(|(amount, _)| *amount < target);
    let (_, from) = amounts.split_at(start);
    let end = from.partition_point(|(amount, _)| *amount == target);
    from.split_at(end).0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_but_a_few_are_counted_by_rows(
            amounts in prop::collection::vec(-4..5_i128, 0..9),
            target in -6..7_i128,
            left_out in 0..3_usize,
        ) {
            let sets = 0..1_u32 << amounts.len();
            let left: Vec<u32> = sets
                .filter(|set| set.count_ones() as usize == left_out)
                .filter(|set| {
                    let taken = amounts.iter().zip(0..).filter(|(_, bit)| set >> bit & 1 == 0);
                    let taken: Vec<i128> = taken.map(|(amount, _)| *amount).collect();
                    taken.len() > 1 && taken.iter().sum::<i128>() == target
                })
                .collect();
            let ranked = Ranked::of(&amounts);
            let found = ranked.all_but(left_out, target, &mut 1_000).unwrap();
            prop_assert_eq!(found.count, left.len() as u64);
            if let [only] = left.as_slice() {
                let taken = (0..amounts.len()).map(|bit| only >> bit & 1 == 0);
                prop_assert_eq!(found.used, taken.collect::<Vec<_>>());
            }
        }
    }
}
