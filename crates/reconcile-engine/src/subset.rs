//! Which of some amounts add up to a sum, and in how many ways.
//!
//! The work is counted, never timed, so that the same rows give the same answer
//! on every machine. All is exact: what cannot be counted to the end is told as
//! a least number, or given up.

mod dense;
mod halves;

use self::dense::Dense;

/// Up to how many amounts the sums of both halves are listed rather than the
/// ways counted to every sum on the way.
const MOST_IN_HALVES: usize = 24;

/// Of how many amounts ways are sought where there are too many to count all.
const SOME: usize = 36;

/// The ways in which some of the amounts add up to a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ways {
    /// How many ways there are.
    pub(crate) count: u64,
    /// Whether there may be more.
    pub(crate) at_least: bool,
    /// The places of the amounts that some way uses; where the ways are not
    /// counted to the end, those that one may use.
    pub(crate) used: Vec<bool>,
    /// How many ways are to be expected by chance alone, in parts of a million.
    pub(crate) chance: u128,
}

/// Finds the ways in which two or more of the amounts add up to each target.
///
/// An amount that is the target by itself is no way, and nothing takes no part.
/// `None` for a target that takes more work than is left of `budget`, of which it
/// takes what it used.
pub(crate) fn ways(amounts: &[i128], targets: &[i128], budget: &mut u64) -> Vec<Option<Ways>> {
    let is_single = |target: &&i128| amounts.contains(target);
    let shared: Vec<i128> = targets.iter().filter(|t| !is_single(t)).copied().collect();
    let mut solved = solve(amounts, &shared, budget).into_iter();
    let each = targets.iter().map(|target| {
        if !is_single(&target) {
            return solved.next().flatten();
        }
        let others = |amount: &i128| if amount == target { 0 } else { *amount };
        let others: Vec<i128> = amounts.iter().map(others).collect();
        let without = solve(&others, &[*target], budget).pop().flatten()?;
        let with = solve(amounts, &[*target], budget).pop().flatten()?;
        let singles = amounts.iter().filter(|amount| *amount == target).count();
        let count = with.count.saturating_sub(u64::try_from(singles).ok()?);
        // Where others come to nothing, each of those that are the target may be
        // joined by them.
        Some(if count > without.count {
            Ways { count, ..with }
        } else {
            without
        })
    });
    each.collect()
}

/// How many ways to make a sum of some of the amounts are to be expected by chance
/// alone, in parts of a million.
pub(crate) fn chance(amounts: &[i128]) -> u128 {
    by_chance(&Sizes::of(amounts).ascending, 1)
}

/// The same, with an amount that is the target as a way.
fn solve(amounts: &[i128], targets: &[i128], budget: &mut u64) -> Vec<Option<Ways>> {
    let sizes = Sizes::of(amounts);
    let goals: Vec<Option<Goal>> = targets.iter().map(|target| sizes.goal(*target)).collect();
    let dense = sizes.dense(goals.iter().flatten(), budget);
    let solve = |goal: &Option<Goal>| match goal {
        Some(goal) => sizes.ways(goal, dense.as_ref(), budget),
        None => Some(Ways {
            used: vec![false; amounts.len()],
            ..Ways::default()
        }),
    };
    goals.iter().map(solve).collect()
}

fn pay(budget: &mut u64, work: u64) -> Option<()> {
    *budget = budget.checked_sub(work)?;
    Some(())
}

/// The amounts without their signs, in their common unit.
///
/// To take a negative amount is to leave its size out of the sum of all negative
/// ones, so that what is taken and what is left change places.
struct Sizes {
    /// From the smallest on; nothing is left out.
    ascending: Vec<u128>,
    /// Where each stands among the amounts, and whether it is negative.
    places: Vec<(usize, bool)>,
    unit: u128,
    /// What all sizes come to, and those of negative amounts.
    total: u128,
    negative: u128,
    amounts: usize,
}

/// What sizes are to come to.
struct Goal {
    /// In units; at most half of what all come to.
    sum: u128,
    /// Whether it is the sum of what is left rather than of what is taken.
    of_rest: bool,
}

/// Which sizes are taken by some way, and which are left by some.
pub(super) struct Choices {
    taken: Vec<bool>,
    left: Vec<bool>,
}

impl Choices {
    /// Anything may be taken, and left.
    fn any(sizes: usize) -> Self {
        Self {
            taken: vec![true; sizes],
            left: vec![true; sizes],
        }
    }
}

impl Sizes {
    fn of(amounts: &[i128]) -> Self {
        let mut all: Vec<(u128, usize, bool)> = amounts
            .iter()
            .enumerate()
            .filter(|(_, amount)| **amount != 0)
            .map(|(place, amount)| (amount.unsigned_abs(), place, *amount < 0))
            .collect();
        all.sort_unstable();
        let unit = grain(all.iter().map(|(size, ..)| *size));
        let negative = all.iter().filter(|(.., negative)| *negative);
        Self {
            unit,
            total: all.iter().map(|(size, ..)| size).sum(),
            negative: negative.map(|(size, ..)| size).sum(),
            ascending: all.iter().map(|(size, ..)| size / unit).collect(),
            places: all
                .iter()
                .map(|(_, place, negative)| (*place, *negative))
                .collect(),
            amounts: amounts.len(),
        }
    }

    /// What the sizes must come to for the amounts to come to the target; none
    /// where no choice of them does.
    fn goal(&self, target: i128) -> Option<Goal> {
        let sum = self.negative.checked_add_signed(target)?;
        let rest = self.total.checked_sub(sum)?;
        (sum % self.unit == 0).then(|| Goal {
            sum: sum.min(rest) / self.unit,
            of_rest: rest < sum,
        })
    }

    /// Those that a sum can be made of.
    fn up_to(&self, sum: u128) -> &[u128] {
        let end = self.ascending.partition_point(|size| *size <= sum);
        self.ascending.split_at(end).0
    }

    /// The ways to every sum that the goals need, where that is the least work.
    fn dense<'a>(&self, goals: impl Iterator<Item = &'a Goal>, budget: &mut u64) -> Option<Dense> {
        let within = goals.filter(|goal| goal.sum <= dense::MOST);
        let (count, most) = within.fold((0, 0), |(count, most), goal| {
            (count + 1, goal.sum.max(most))
        });
        let sizes = self.up_to(most);
        let by_halves = halves::cost(sizes.len()).saturating_mul(count);
        if count == 0 || sizes.len() <= MOST_IN_HALVES && by_halves <= Dense::cost(sizes, most) {
            return None;
        }
        Dense::of(sizes, most, budget)
    }

    fn ways(&self, goal: &Goal, dense: Option<&Dense>, budget: &mut u64) -> Option<Ways> {
        let sizes = self.up_to(goal.sum);
        let counted = dense.and_then(|dense| dense.ways(sizes.len(), goal.sum, budget));
        let counted = counted.or_else(|| halves::ways(sizes, goal.sum, budget));
        let (count, at_least, choices) = if let Some((count, choices)) = counted {
            (count, count == u64::MAX, choices)
        } else {
            let count = some_ways(sizes, goal.sum, budget)?;
            (count, true, Choices::any(sizes.len()))
        };
        let mut used = vec![false; self.amounts];
        let both = choices.taken.into_iter().zip(choices.left);
        // What is larger than the sum is left by every way.
        let both = both.chain(std::iter::repeat((false, true)));
        for ((place, negative), (taken, left)) in self.places.iter().zip(both) {
            let is_taken = *negative == goal.of_rest;
            let is_used = is_taken && taken || !is_taken && left;
            if let Some(used) = used.get_mut(*place) {
                *used = count > 0 && is_used;
            }
        }
        let taken = self.ascending.iter().zip(&self.places);
        let taken = taken.filter(|(_, (place, _))| used.get(*place) == Some(&true));
        let grain = match count {
            1 => grain(taken.map(|(size, _)| *size)),
            _ => 1,
        };
        Some(Ways {
            count,
            at_least,
            used,
            chance: by_chance(sizes, grain),
        })
    }
}

/// What all sizes are multiples of: among round amounts, or prices of one list,
/// chance has so many times fewer sums to hit.
pub(crate) fn grain(sizes: impl Iterator<Item = u128>) -> u128 {
    sizes.fold(0, common).max(1)
}

/// How many ways there are at least, of which more than one is found by taking
/// large sizes until about half of the small ones are to make the rest: that is
/// where their sums lie densest.
fn some_ways(sizes: &[u128], sum: u128, budget: &mut u64) -> Option<u64> {
    let (small, large) = sizes.split_at(sizes.len().min(SOME));
    let half = small.iter().sum::<u128>() / 2;
    let rest = large.iter().rev().fold(sum, |rest, size| {
        let less = rest.checked_sub(*size).filter(|less| *less >= half);
        less.unwrap_or(rest)
    });
    let (count, _) = halves::ways(small, rest, budget)?;
    (count > 1).then_some(count)
}

/// How many subsets of the sizes are to be expected to come to a sum of such a grain by
/// chance alone, in parts of a million. Sums crowd in the middle of what is possible:
/// there are up to four times as many as on average.
fn by_chance(sizes: &[u128], grain: u128) -> u128 {
    let subsets = u32::try_from(sizes.len())
        .ok()
        .filter(|count| *count < 64)
        .map(|count| 1_u128 << count);
    let span = sizes.iter().sum::<u128>().max(1);
    // Multiplied before it is divided: of amounts in fine units it would be nothing.
    subsets.map_or(u128::MAX, |subsets| {
        (subsets * 4_000_000).saturating_mul(grain) / span
    })
}

/// The largest unit that both are whole numbers of.
fn common(mut left: u128, mut right: u128) -> u128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every subset, one by one, slow and obvious: how many come to the target,
    /// and what they use.
    fn tried(amounts: &[i128], target: i128) -> (u64, Vec<bool>) {
        let mut found = (0, vec![false; amounts.len()]);
        let takes_part = |place: usize| amounts[place] != 0;
        for taken in 1_u32..1 << amounts.len() {
            let places = (0..amounts.len()).filter(|place| taken >> place & 1 == 1);
            if taken.count_ones() > 1
                && places.clone().all(takes_part)
                && places.clone().map(|place| amounts[place]).sum::<i128>() == target
            {
                found.0 += 1;
                places.for_each(|place| found.1[place] = true);
            }
        }
        found
    }

    fn all_of(amounts: &[i128], targets: &[i128]) -> Vec<(u64, Vec<bool>)> {
        let found = ways(amounts, targets, &mut 100_000_000);
        let found = found.into_iter().map(Option::unwrap);
        found.map(|ways| (ways.count, ways.used)).collect()
    }

    proptest! {
        #[test]
        fn every_way_is_counted_and_what_it_uses_is_told(
            amounts in prop::collection::vec(-60..200_i128, 0..12),
            targets in prop::collection::vec(
                (-100..400_i128).prop_filter("not nothing", |target| *target != 0), 1..5,
            ),
            unit in prop::sample::select(vec![1, 5, 1_000_000_007]),
        ) {
            let expected: Vec<_> = targets.iter().map(|target| tried(&amounts, *target)).collect();
            let scaled = |all: &[i128]| all.iter().map(|one| one * unit).collect::<Vec<_>>();
            prop_assert_eq!(all_of(&scaled(&amounts), &scaled(&targets)), expected);
        }

        #[test]
        fn both_methods_count_the_same(
            sizes in prop::collection::vec(1..300_u128, 1..16),
            sum in 1..1500_u128,
        ) {
            let mut sizes: Vec<u128> = sizes.into_iter().filter(|size| *size <= sum).collect();
            sizes.sort_unstable();
            let mut budget = 1_000_000;
            let dense = Dense::of(&sizes, sum, &mut budget).unwrap();
            let dense = dense.ways(sizes.len(), sum, &mut budget).unwrap();
            let halves = halves::ways(&sizes, sum, &mut budget).unwrap();
            prop_assert_eq!(dense.0, halves.0);
            if dense.0 > 0 {
                prop_assert_eq!(dense.1.taken, halves.1.taken);
                prop_assert_eq!(dense.1.left, halves.1.left);
            }
        }
    }

    /// Amounts as if by chance, from one to the most.
    fn by_lot(count: usize, most: i128) -> Vec<i128> {
        let mut state = 7_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            1 + i128::from(state >> 11) % most
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn all_ways_among_sixty_amounts_are_counted() {
        // Of sixty alike, any two: sixty times fifty-nine, halved.
        assert_eq!(all_of(&[7; 60], &[14])[0].0, 1_770);
        // And any thirty, which no other way of counting would list.
        assert_eq!(all_of(&[7; 60], &[210])[0].0, 118_264_581_564_861_424);
        let amounts = by_lot(60, 9_999);
        for few in [2, 17, 58] {
            let target = amounts.iter().take(few).sum();
            let mut budget = 1 << 26;
            let found = ways(&amounts, &[target], &mut budget).remove(0).unwrap();
            assert!(found.count > 0 && !found.at_least, "{few}: {found:?}");
            assert!(found.used.iter().take(few).all(|used| *used));
        }
    }

    #[test]
    fn more_ways_than_a_number_holds_are_told_as_a_least_number() {
        let found = ways(&[1; 200], &[100], &mut 1_000_000).remove(0).unwrap();
        assert_eq!((found.count, found.at_least), (u64::MAX, true));
    }

    #[test]
    fn large_amounts_have_some_of_their_ways_counted() {
        let amounts = by_lot(60, 9_999_999);
        for few in [2, 58] {
            let target = amounts.iter().take(few).sum();
            let found = ways(&amounts, &[target], &mut (1 << 26)).remove(0).unwrap();
            assert!(found.count > 0 && !found.at_least, "{few}");
        }
        let target = amounts.iter().take(30).sum();
        let found = ways(&amounts, &[target], &mut (1 << 26)).remove(0).unwrap();
        assert!(found.count > 1 && found.at_least);
    }

    #[test]
    fn what_takes_too_much_work_is_given_up() {
        let amounts = by_lot(60, 1_000_000_000_000_000);
        let target = amounts.iter().take(30).sum();
        assert_eq!(ways(&amounts, &[target], &mut (1 << 26)), [None]);
        assert_eq!(ways(&[1, 2, 4, 5], &[6], &mut 0), [None]);
    }

    #[test]
    fn what_is_too_large_for_the_sum_makes_no_way_likelier() {
        let found = ways(&[3, 4, 1_000_000], &[7], &mut 1_000)
            .remove(0)
            .unwrap();
        assert_eq!((found.count, found.used), (1, vec![true, true, false]));
        assert_eq!(found.chance, by_chance(&[3, 4], 1));
    }

    #[test]
    fn prices_of_one_list_make_a_way_likelier() {
        let found = ways(&[1_990, 3_980, 5_001], &[5_970], &mut 1_000)
            .remove(0)
            .unwrap();
        assert_eq!(found.count, 1);
        assert_eq!(found.chance, by_chance(&[1_990, 3_980, 5_001], 1_990));
        // However fine the units are in which another amount is odd.
        let mut finer = [1_990, 3_980, 5_001].map(|size| size * 1_000_000_000_000);
        finer[2] += 1;
        let found = ways(&finer, &[finer[0] + finer[1]], &mut 1_000).remove(0);
        assert!(found.unwrap().chance > 1_000_000);
    }

    #[test]
    fn what_no_way_takes_is_told_however_many_ways_there_are() {
        // Of thirty even ones any ten, and never the odd one.
        let amounts = [vec![2; 30], vec![3]].concat();
        let found = ways(&amounts, &[20], &mut 1_000_000).remove(0).unwrap();
        assert_eq!(found.count, 30_045_015);
        assert_eq!(found.used, [vec![true; 30], vec![false]].concat());
    }
}
