//! Numbers that a seed stands for, the same for ever.

/// A stream of numbers: the finaliser of `SplitMix64` over a counter.
#[derive(Debug)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number less than `end`; nothing is less than zero, so that `end` is more.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let drawn = (mixed ^ (mixed >> 31)) % u64::from(end.max(1));
        u32::try_from(drawn).unwrap_or_default()
    }

    /// One of what there is to choose from, which is something.
    #[expect(clippy::indexing_slicing, reason = "no choice here is empty")]
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let place = self.below(u32::try_from(from.len()).unwrap_or(u32::MAX));
        from[usize::try_from(place).unwrap_or_default()]
    }
}
