//! Which of some amounts add up to a sum, and in how many ways.
//!
//! The work is counted, never timed, so that the same rows give the same answer
//! on every machine. Small sets are solved by meeting in the middle, larger ones
//! by the sums that can be reached with each further amount, a bit a sum.

/// How many ways are counted; where there are more, it says so.
pub(crate) const MOST_WAYS: usize = 10_000;

/// How many amounts are split in two halves whose sums are all listed.
const MOST_IN_HALVES: usize = 24;

/// How many bits the table of reachable sums may have.
const MOST_BITS: i128 = 1 << 27;

/// How many steps through the ways are one unit of work.
const STEPS_A_UNIT: usize = 8;

/// The ways in which some of the amounts add up to the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ways {
    /// How many ways, up to [`MOST_WAYS`].
    pub(crate) count: usize,
    /// The places of the amounts in the first way that was found.
    pub(crate) first: Vec<usize>,
    /// The places that any way uses.
    pub(crate) used: Vec<bool>,
}

/// Finds the ways in which two or more of the amounts add up to the target.
/// `None` when that takes more work than is left of `budget`, of which it takes
/// what it used.
pub(crate) fn ways(amounts: &[i128], target: i128, budget: &mut u64) -> Option<Ways> {
    let negative: i128 = amounts.iter().filter(|amount| **amount < 0).sum();
    let positive: i128 = amounts.iter().filter(|amount| **amount > 0).sum();
    let mut found = Ways {
        used: vec![false; amounts.len()],
        ..Ways::default()
    };
    if target < negative || positive < target {
        return Some(found);
    }
    if amounts.len() <= MOST_IN_HALVES {
        pay(budget, 1 << amounts.len().div_ceil(2))?;
        meet(amounts, target, &mut found);
        found.charge(budget);
        return Some(found);
    }
    let bits = (positive - negative + 1).checked_mul(i128::try_from(amounts.len()).ok()? + 1)?;
    if bits > MOST_BITS {
        return None;
    }
    pay(budget, u64::try_from(bits / 64).ok()?)?;
    let table = Table::of(amounts, negative, positive);
    let mut taken = Vec::new();
    table.walk(amounts, amounts.len(), target, &mut taken, &mut found);
    found.charge(budget);
    Some(found)
}

fn pay(budget: &mut u64, work: u64) -> Option<()> {
    *budget = budget.checked_sub(work)?;
    Some(())
}

impl Ways {
    /// Takes off what it was to walk through every way: among rows of one amount
    /// there are thousands for each sum that is sought.
    fn charge(&self, budget: &mut u64) {
        let walked = self.count.saturating_mul(self.used.len()) / STEPS_A_UNIT;
        *budget = budget.saturating_sub(u64::try_from(walked).unwrap_or(u64::MAX));
    }

    /// Counts a way; whether that is enough of them.
    fn add(&mut self, places: impl Iterator<Item = usize> + Clone) -> bool {
        if places.clone().nth(1).is_none() {
            // One row that is the sum is no group.
            return false;
        }
        if self.count == 0 {
            self.first = places.clone().collect();
            self.first.sort_unstable();
        }
        self.count += 1;
        for place in places {
            if let Some(used) = self.used.get_mut(place) {
                *used = true;
            }
        }
        let enough = self.count >= MOST_WAYS;
        if enough {
            // Nobody looks at the other ways: any amount may be in one.
            self.used.fill(true);
        }
        enough
    }
}

/// Lists the sums of both halves, and looks for two that make the target.
fn meet(amounts: &[i128], target: i128, found: &mut Ways) {
    let (left, right) = amounts.split_at(amounts.len() / 2);
    let sums = |amounts: &[i128]| -> Vec<(i128, u32)> {
        let mut sums = vec![(0, 0)];
        for (place, amount) in amounts.iter().enumerate() {
            let with = sums
                .iter()
                .map(|(sum, used)| (sum + amount, used | 1 << place));
            let with: Vec<_> = with.collect();
            sums.extend(with);
        }
        sums
    };
    let mut others = sums(right);
    others.sort_unstable();
    for (sum, used) in sums(left) {
        let start = others.partition_point(|(other, _)| *other < target - sum);
        let fitting = others.iter().skip(start);
        for (_, also) in fitting.take_while(|(other, _)| *other == target - sum) {
            let places = (0..left.len()).filter(move |place| used >> place & 1 == 1);
            let more = (0..right.len()).filter(move |place| also >> place & 1 == 1);
            let more = more.map(|place| left.len() + place);
            if found.add(places.chain(more)) {
                return;
            }
        }
    }
}

/// By how many of the amounts may be used, which sums can be reached.
struct Table {
    layers: Vec<Vec<u64>>,
    /// What the first bit stands for.
    least: i128,
}

impl Table {
    fn of(amounts: &[i128], least: i128, most: i128) -> Self {
        let width = usize::try_from((most - least) / 64 + 1).unwrap_or(0);
        let mut layer = vec![0_u64; width];
        let mut table = Self {
            layers: Vec::with_capacity(amounts.len() + 1),
            least,
        };
        table.set(&mut layer, 0);
        table.layers.push(layer.clone());
        for amount in amounts {
            let mut next = layer.clone();
            shift_into(&layer, *amount, &mut next);
            table.layers.push(next.clone());
            layer = next;
        }
        table
    }

    fn set(&self, layer: &mut [u64], sum: i128) {
        if let Some((word, bit)) = self.place(sum)
            && let Some(word) = layer.get_mut(word)
        {
            *word |= 1 << bit;
        }
    }

    /// Whether the first so many amounts can make a sum.
    fn reaches(&self, amounts: usize, sum: i128) -> bool {
        let layer = self.layers.get(amounts);
        let place = self.place(sum);
        place
            .zip(layer)
            .and_then(|((word, bit), layer)| Some(layer.get(word)? >> bit & 1 == 1))
            .unwrap_or(false)
    }

    fn place(&self, sum: i128) -> Option<(usize, i128)> {
        let distance = sum
            .checked_sub(self.least)
            .filter(|distance| *distance >= 0)?;
        Some((usize::try_from(distance / 64).ok()?, distance % 64))
    }

    /// Walks back from the target through every way; whether that was enough.
    fn walk(
        &self,
        amounts: &[i128],
        left: usize,
        target: i128,
        taken: &mut Vec<usize>,
        found: &mut Ways,
    ) -> bool {
        let Some(last) = left.checked_sub(1) else {
            return found.add(taken.iter().copied());
        };
        if self.reaches(last, target) && self.walk(amounts, last, target, taken, found) {
            return true;
        }
        let rest = target - amounts.get(last).copied().unwrap_or(0);
        if !self.reaches(last, rest) {
            return false;
        }
        taken.push(last);
        let enough = self.walk(amounts, last, rest, taken, found);
        taken.pop();
        enough
    }
}

/// Sets in `next` every bit of `layer`, moved by an amount.
fn shift_into(layer: &[u64], amount: i128, next: &mut [u64]) {
    let distance = amount.unsigned_abs();
    let words = usize::try_from(distance / 64).unwrap_or(usize::MAX);
    let bits = u32::try_from(distance % 64).unwrap_or(0);
    let word = |place: Option<usize>| {
        place
            .and_then(|place| layer.get(place))
            .copied()
            .unwrap_or(0)
    };
    for (place, next) in next.iter_mut().enumerate() {
        let (near, far, moved) = if amount >= 0 {
            let near = place.checked_sub(words);
            let far = near.and_then(|near| near.checked_sub(1));
            (word(near) << bits, word(far), 64 - bits)
        } else {
            let near = place.checked_add(words);
            let far = near.and_then(|near| near.checked_add(1));
            (word(near) >> bits, word(far), 64 - bits)
        };
        let carried = match (moved, amount >= 0) {
            (64, _) => 0,
            (moved, true) => far >> moved,
            (moved, false) => far << moved,
        };
        *next |= near | carried;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every subset, one by one: slow and obvious.
    fn tried(amounts: &[i128], target: i128) -> usize {
        (0_u32..1 << amounts.len())
            .filter(|used| used.count_ones() > 1)
            .filter(|used| {
                let taken = (0..amounts.len()).filter(|place| used >> place & 1 == 1);
                taken.map(|place| amounts[place]).sum::<i128>() == target
            })
            .count()
    }

    proptest! {
        #[test]
        fn both_methods_count_what_trying_counts(
            amounts in prop::collection::vec(-60..200_i128, 0..12),
            target in -100..400_i128,
        ) {
            let expected = tried(&amounts, target);
            let found = ways(&amounts, target, &mut 1_000_000).unwrap();
            prop_assert_eq!(found.count, expected);
            let negative: i128 = amounts.iter().filter(|amount| **amount < 0).sum();
            let positive: i128 = amounts.iter().filter(|amount| **amount > 0).sum();
            let mut walked = Ways { used: vec![false; amounts.len()], ..Ways::default() };
            if negative <= target && target <= positive {
                let table = Table::of(&amounts, negative, positive);
                table.walk(&amounts, amounts.len(), target, &mut Vec::new(), &mut walked);
            }
            prop_assert_eq!(walked.count, expected);
            prop_assert_eq!(&walked.used, &found.used);
            if expected > 0 {
                for first in [walked.first, found.first] {
                    prop_assert_eq!(first.iter().map(|place| amounts[*place]).sum::<i128>(), target);
                }
            }
        }
    }

    #[test]
    fn sixty_amounts_have_more_ways_than_are_counted() {
        let amounts: Vec<i128> = (0..60).map(|place| 1000 + 37 * place).collect();
        let mut budget = 1 << 26;
        let found = ways(&amounts, 63_300, &mut budget).unwrap();
        assert_eq!(found.count, MOST_WAYS);
        assert!(budget < 1 << 26);
    }

    #[test]
    fn every_way_is_work_and_the_work_of_many_sums_ends() {
        // Refunds among them, and one amount over and over.
        let mut amounts = vec![999; 40];
        amounts.extend([-999; 20]);
        let mut budget = 1 << 20;
        let given_up = (1..1_000).find(|_| ways(&amounts, 9_990, &mut budget).is_none());
        assert_eq!(given_up, Some(9));
        let halves = amounts.get(30..50).unwrap();
        let mut budget = 1 << 20;
        let given_up = (1..1_000).find(|_| ways(halves, 0, &mut budget).is_none());
        assert!(given_up.is_some());
    }

    #[test]
    fn what_takes_too_much_work_is_given_up() {
        let amounts: Vec<i128> = (0..60)
            .map(|place| 1_000_000_000_007 * (place + 1))
            .collect();
        assert_eq!(
            ways(&amounts, 1_000_000_000_007, &mut u64::MAX.clone()),
            None
        );
        assert_eq!(ways(&[1, 2, 3], 3, &mut 0), None);
    }
}
