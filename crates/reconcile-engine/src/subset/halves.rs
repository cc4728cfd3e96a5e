//! The sums of two halves, listed, and the pairs of them that make a sum.

use super::{Choices, pay};

/// How many sums of a half may be listed.
const MOST: usize = 1 << 19;

/// A sum, and the sizes of the half that make it, a bit each.
type Made = (u64, u64);

/// How much work a search among so many sizes is at most.
pub(super) fn cost(sizes: usize) -> u64 {
    let half = u32::try_from(sizes.div_ceil(2)).unwrap_or(u32::MAX);
    4_u64.checked_shl(half).unwrap_or(u64::MAX)
}

/// In how many ways the sizes, none of them larger than the sum, make it. `None`
/// when too many sums lie below it.
pub(super) fn ways(sizes: &[u128], sum: u128, budget: &mut u64) -> Option<(u64, Choices)> {
    let sum = u64::try_from(sum)
        .ok()
        .filter(|sum| sum.leading_zeros() > 0)?;
    let sizes: Vec<u64> = sizes
        .iter()
        .map(|size| u64::try_from(*size).ok())
        .collect::<Option<_>>()?;
    let left = sums(sizes.iter().step_by(2), sum, budget)?;
    let right = sums(sizes.iter().skip(1).step_by(2), sum, budget)?;
    let mut rests = right.chunk_by(|a, b| a.0 == b.0).rev().peekable();
    let mut count = 0_u128;
    let mut made = [Taken::default(), Taken::default()];
    for alike in left.chunk_by(|a, b| a.0 == b.0) {
        let rest = sum - alike.first().map_or(0, |(sum, _)| *sum);
        let of = |run: &[Made]| run.first().map_or(0, |(sum, _)| *sum);
        while rests.next_if(|run| of(run) > rest).is_some() {}
        let Some(fitting) = rests.next_if(|run| of(run) == rest) else {
            continue;
        };
        count += alike.len() as u128 * fitting.len() as u128;
        for (made, run) in made.iter_mut().zip([alike, fitting]) {
            for (_, sizes) in run {
                made.add(*sizes);
            }
        }
    }
    let bits = (0..sizes.len()).map(|place| (place % 2, place / 2));
    let (taken, left) = bits
        .map(|(half, bit)| {
            let made = made.get(half).copied().unwrap_or_default();
            (made.some >> bit & 1 == 1, made.all >> bit & 1 == 0)
        })
        .unzip();
    Some((
        u64::try_from(count).unwrap_or(u64::MAX),
        Choices { taken, left },
    ))
}

/// Which sizes of a half are taken by some way, and by all.
#[derive(Clone, Copy)]
struct Taken {
    some: u64,
    all: u64,
}

impl Default for Taken {
    fn default() -> Self {
        Self {
            some: 0,
            all: u64::MAX,
        }
    }
}

impl Taken {
    fn add(&mut self, sizes: u64) {
        self.some |= sizes;
        self.all &= sizes;
    }
}

/// All sums of some of the sizes up to the most, in order.
fn sums<'a>(
    sizes: impl Iterator<Item = &'a u64>,
    most: u64,
    budget: &mut u64,
) -> Option<Vec<Made>> {
    let mut sums: Vec<Made> = vec![(0, 0)];
    for (place, size) in (0..=u64::BITS).zip(sizes) {
        let bit = 1_u64.checked_shl(place)?;
        let with = sums.iter().map(|(sum, made)| (sum + size, made | bit));
        let with: Vec<Made> = with.take_while(|(sum, _)| *sum <= most).collect();
        pay(budget, u64::try_from(sums.len() + with.len()).ok()?)?;
        sums.extend(with);
        if sums.len() > MOST {
            return None;
        }
        // Two runs in order are merged by a stable sort.
        sums.sort_by_key(|(sum, _)| *sum);
    }
    Some(sums)
}
