//! Pseudo-random numbers that stay the same for ever.
//!
//! A world is named by its seed, in bug reports and in documentation, so the
//! numbers must not change with the version of a dependency. `SplitMix64` is
//! short enough to own and good enough for invented data.

/// A stream of numbers determined by its seed.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for each `purpose`, so that drawing more for one
    /// purpose leaves the others as they were.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        Self(
            purpose
                .bytes()
                .fold(mix(seed), |state, byte| mix(state ^ u64::from(byte))),
        )
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number in `low..high`; `low` where that range is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).max(1).unsigned_abs();
        low.saturating_add_unsigned(self.next() % span)
    }

    /// True once in `n` draws, on average.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n.max(1))
    }

    /// A word of `length` letters and digits.
    pub(crate) fn word(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length)
            .filter_map(|_| {
                let index = usize::try_from(self.between(0, 62)).ok()?;
                LETTERS.get(index).copied().map(char::from)
            })
            .collect()
    }

    /// `count` numbers from `start` on, ascending: one in each of `count` equal
    /// parts of the length, so that no sorting is needed.
    pub(crate) fn spread(
        mut self,
        count: usize,
        start: i64,
        length: i64,
    ) -> impl Iterator<Item = i64> {
        let count = i128::try_from(count).unwrap_or_default();
        (0..count).map(move |part| {
            let thousandth = i128::from(self.between(0, 1_000));
            let offset = (part * 1_000 + thousandth) * i128::from(length) / (count * 1_000);
            start + i64::try_from(offset).unwrap_or(0)
        })
    }

    /// Brings `items` into a random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let bound = i64::try_from(last).unwrap_or(i64::MAX).saturating_add(1);
            if let Ok(chosen) = usize::try_from(self.between(0, bound)) {
                items.swap(last, chosen);
            }
        }
    }
}

/// Spreads the bits of `value` over all 64 (the finaliser of `SplitMix64`).
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
