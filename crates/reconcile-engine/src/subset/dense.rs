//! The number of ways to every sum up to a limit.

use std::cell::OnceCell;

use super::{Choices, pay};

/// The largest limit.
pub(super) const MOST: u128 = 1 << 22;

/// How many sums are counted in a step of work.
const SUMS_A_STEP: u64 = 8;

/// How many bits the table may have along which ways are traced back to the sizes
/// that they take; with a larger one, any may take any.
const MOST_BITS: usize = 1 << 28;

/// How many words of the table are traced in a step of work.
const WORDS_A_STEP: usize = 8;

/// In how many ways some sizes make each sum up to a limit.
pub(super) struct Dense {
    sizes: Vec<usize>,
    counts: Vec<u64>,
    /// By how many of the sizes may be taken, which sums can be made.
    reached: OnceCell<Vec<Vec<u64>>>,
}

impl Dense {
    /// How much work it is to count.
    pub(super) fn cost(sizes: &[u128], most: u128) -> u64 {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        let sizes = u64::try_from(sizes.len()).unwrap_or(u64::MAX);
        (most / SUMS_A_STEP + 1).saturating_mul(sizes)
    }

    /// Counts; `None` when that takes more work than is left.
    pub(super) fn of(sizes: &[u128], most: u128, budget: &mut u64) -> Option<Self> {
        pay(budget, Self::cost(sizes, most))?;
        let mut counts = vec![0; usize::try_from(most).ok()?.checked_add(1)?];
        *counts.first_mut()? = 1;
        let sizes = sizes.iter().map(|size| usize::try_from(*size).ok());
        let sizes: Vec<usize> = sizes.collect::<Option<_>>()?;
        for size in &sizes {
            take(&mut counts, *size);
        }
        Some(Self {
            sizes,
            counts,
            reached: OnceCell::new(),
        })
    }

    /// In how many ways the first sizes, which are those up to the sum, make it;
    /// `None` where it lies above the limit, or takes more work than is left.
    pub(super) fn ways(&self, sizes: usize, sum: u128, budget: &mut u64) -> Option<(u64, Choices)> {
        let sum = usize::try_from(sum).ok()?;
        let count = *self.counts.get(sum)?;
        let bits = sum.saturating_add(1).saturating_mul(sizes);
        let choices =
            if count == 0 || self.counts.len().saturating_mul(self.sizes.len()) > MOST_BITS {
                Choices::any(sizes)
            } else {
                pay(budget, u64::try_from(bits / 64 / WORDS_A_STEP).ok()?)?;
                self.trace(sizes, sum)
            };
        Some((count, choices))
    }

    /// Walks back from a sum through all sums on the way to it.
    fn trace(&self, sizes: usize, sum: usize) -> Choices {
        let mut choices = Choices {
            taken: vec![false; sizes],
            left: vec![false; sizes],
        };
        let layers = self.reached.get_or_init(|| self.layers());
        let steps = self.sizes.iter().zip(layers).take(sizes);
        let marks = choices.taken.iter_mut().zip(&mut choices.left);
        let mut sums = vec![0_u64; sum / 64 + 1];
        if let Some(word) = sums.last_mut() {
            *word = 1 << (sum % 64);
        }
        for ((size, layer), (taken, left)) in steps.zip(marks).rev() {
            let without = |words: &mut Vec<u64>| {
                let reached = words.iter_mut().zip(layer);
                reached.fold(false, |any, (word, reached)| {
                    *word &= reached;
                    any || *word != 0
                })
            };
            let mut rests = shifted_down(&sums, *size);
            *taken = without(&mut rests);
            *left = without(&mut sums);
            for (word, rest) in sums.iter_mut().zip(rests) {
                *word |= rest;
            }
        }
        choices
    }

    /// For each size, the sums that those before it make, a bit each.
    fn layers(&self) -> Vec<Vec<u64>> {
        let mut layer = vec![0_u64; self.counts.len() / 64 + 1];
        if let Some(nothing) = layer.first_mut() {
            *nothing = 1;
        }
        let mut layers = Vec::with_capacity(self.sizes.len());
        for size in &self.sizes {
            let mut next = layer.clone();
            shift_into(&layer, *size, &mut next);
            layers.push(layer);
            layer = next;
        }
        layers
    }
}

/// Adds to the ways to each sum those that take a size, too: from the highest
/// sum down, so that the size is taken once.
fn take(counts: &mut [u64], size: usize) {
    let mut rest = counts;
    while rest.len() > size && size > 0 {
        let from = (rest.len() - 1) / size * size;
        let (below, last) = rest.split_at_mut(from);
        let without = below.split_at(from - size).1;
        for (ways, without) in last.iter_mut().zip(without) {
            *ways = ways.saturating_add(*without);
        }
        rest = below;
    }
}

/// Every bit of `sums`, moved down.
fn shifted_down(sums: &[u64], distance: usize) -> Vec<u64> {
    let (words, bits) = (distance / 64, distance % 64);
    let upper = sums.iter().skip(words + 1).chain([&0]);
    let moved = sums.iter().skip(words).zip(upper);
    let moved = moved.map(|(near, upper)| match bits {
        0 => *near,
        _ => near >> bits | upper << (64 - bits),
    });
    moved.collect()
}

/// Sets in `next` every bit of `layer`, moved up.
fn shift_into(layer: &[u64], distance: usize, next: &mut [u64]) {
    let (words, bits) = (distance / 64, distance % 64);
    let lower = [0].iter().chain(layer);
    let moved = next.iter_mut().skip(words).zip(layer.iter().zip(lower));
    for (next, (near, lower)) in moved {
        *next |= near << bits;
        if bits > 0 {
            *next |= lower >> (64 - bits);
        }
    }
}
