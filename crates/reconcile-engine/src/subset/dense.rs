//! The number of ways to every sum up to a limit.

use std::{cell::OnceCell, collections::BTreeSet};

use super::{Choices, pay};

/// The largest limit.
pub(super) const MOST: u128 = 1 << 22;

/// How many sums are counted in a step of work.
const SUMS_A_STEP: u64 = 8;

/// How many ways are traced back to the sizes that they take; of more, any may
/// take any.
const MOST_TRACED: u64 = 200;

/// How many bits the table may have along which they are traced.
const MOST_BITS: usize = 1 << 28;

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
        let traceable = self.counts.len().saturating_mul(self.sizes.len()) <= MOST_BITS;
        let choices = if count > MOST_TRACED || !traceable {
            Choices::any(sizes)
        } else {
            pay(budget, count.saturating_mul(u64::try_from(sizes).ok()?))?;
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
        let mut sums = BTreeSet::from([sum]);
        for ((size, layer), (taken, left)) in steps.zip(marks).rev() {
            let mut before = BTreeSet::new();
            for sum in sums {
                let rest = sum.checked_sub(*size);
                if let Some(rest) = rest.filter(|rest| has(layer, *rest)) {
                    *taken = true;
                    before.insert(rest);
                }
                if has(layer, sum) {
                    *left = true;
                    before.insert(sum);
                }
            }
            sums = before;
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

fn has(layer: &[u64], sum: usize) -> bool {
    let word = layer.get(sum / 64);
    word.is_some_and(|word| word >> (sum % 64) & 1 == 1)
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
