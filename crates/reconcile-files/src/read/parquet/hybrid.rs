//! Parquet's small whole numbers: definition levels and places in a dictionary.

/// Numbers of a few bits each, in runs: one that repeats, or several packed
/// side by side.
///
/// The format calls it the [RLE/bit-packing hybrid][hybrid].
///
/// [hybrid]: https://parquet.apache.org/docs/file-format/data-pages/encodings/
#[derive(Debug, Default)]
pub(super) struct Hybrid {
    bytes: Vec<u8>,
    /// Where the next run begins.
    next: usize,
    /// How many bits a number has.
    width: u32,
    run: Run,
}

#[derive(Debug)]
enum Run {
    /// One number, and how often it is still to come.
    Repeated { number: u32, left: u64 },
    /// The bit that the next number begins at, and how many numbers are left.
    Packed { bit: usize, left: u64 },
}

impl Default for Run {
    fn default() -> Self {
        Self::Repeated { number: 0, left: 0 }
    }
}

impl Hybrid {
    /// Numbers of so many bits; `None` where no number of the format has as many.
    pub(super) fn new(bytes: Vec<u8>, width: u8) -> Option<Self> {
        let width = u32::from(width);
        (width <= u32::BITS).then_some(Self {
            bytes,
            width,
            ..Self::default()
        })
    }

    /// The run that comes: its number where that repeats, and how many are left of
    /// it; none where nothing comes.
    pub(super) fn run(&mut self) -> (Option<u32>, usize) {
        while let Run::Repeated { left: 0, .. } | Run::Packed { left: 0, .. } = self.run {
            match self.next_run() {
                Some(run) => self.run = run,
                None => return (None, 0),
            }
        }
        let (number, left) = match self.run {
            Run::Repeated { number, left } => (Some(number), left),
            Run::Packed { left, .. } => (None, left),
        };
        (number, usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Passes over so many numbers of a run that repeats; `None` where it has fewer.
    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        match &mut self.run {
            Run::Repeated { left, .. } => {
                *left = left.checked_sub(count as u64)?;
                Some(())
            }
            Run::Packed { .. } => (count == 0).then_some(()),
        }
    }

    /// Adds the next numbers, so many; `None` where the bytes hold no further one.
    pub(super) fn take(&mut self, mut count: usize, numbers: &mut Vec<u32>) -> Option<()> {
        numbers.reserve(count);
        while count > 0 {
            let (Run::Repeated { left, .. } | Run::Packed { left, .. }) = &mut self.run;
            let taken = usize::try_from(*left).map_or(count, |left| left.min(count));
            *left -= taken as u64;
            count -= taken;
            match &mut self.run {
                _ if taken == 0 => self.run = self.next_run()?,
                Run::Repeated { number, .. } => numbers.resize(numbers.len() + taken, *number),
                Run::Packed { bit, .. } => {
                    for _ in 0..taken {
                        numbers.push(number_at(&self.bytes, *bit, self.width)?);
                        *bit += self.width as usize;
                    }
                }
            }
        }
        Some(())
    }

    fn next_run(&mut self) -> Option<Run> {
        let header = self.header()?;
        let (is_packed, count) = (header & 1 == 1, header >> 1);
        let begin = self.next;
        let length = if is_packed {
            // So many groups of eight.
            usize::try_from(count.checked_mul(u64::from(self.width))?).ok()?
        } else {
            self.width.div_ceil(8) as usize
        };
        self.next = begin.checked_add(length)?;
        Some(if is_packed {
            Run::Packed {
                bit: begin.checked_mul(8)?,
                left: count.checked_mul(8)?,
            }
        } else {
            let bytes = self.bytes.get(begin..self.next)?;
            Run::Repeated {
                number: number_at(bytes, 0, self.width).unwrap_or_default(),
                left: count,
            }
        })
    }

    /// What a run begins with: seven bits a byte, the lowest first.
    fn header(&mut self) -> Option<u64> {
        let (mut header, mut shift) = (0_u64, 0);
        loop {
            let byte = *self.bytes.get(self.next)?;
            self.next += 1;
            header |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(header);
            }
            shift += 7;
        }
    }
}

/// The number of so many bits that begins at this one; `None` where the bytes
/// end before it does.
fn number_at(bytes: &[u8], bit: usize, width: u32) -> Option<u32> {
    let rest = bytes.get(bit / 8..)?;
    let eight = rest.first_chunk().copied().unwrap_or_else(|| {
        let mut eight = [0; 8];
        for (place, byte) in eight.iter_mut().zip(rest) {
            *place = *byte;
        }
        eight
    });
    let end = bit % 8 + width as usize;
    if end > rest.len() * 8 {
        return None;
    }
    // A number has 32 bits at most and begins in the first byte: it lies in
    // these eight, and fits once it is masked.
    let mask = (1_u64 << width) - 1;
    u32::try_from(u64::from_le_bytes(eight) >> (bit % 8) & mask).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that there are, taken a few at a time.
    fn all(mut numbers: Hybrid) -> Vec<u32> {
        let mut all = Vec::new();
        while numbers.take(3, &mut all).is_some() {}
        all
    }

    #[test]
    fn runs_of_both_kinds_follow_each_other() {
        // Three times 5, then one group of eight: 0 to 7 (the example of the format).
        let bytes = vec![3 << 1, 5, 1 << 1 | 1, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        let numbers = all(Hybrid::new(bytes, 3).unwrap());
        assert_eq!(numbers, [5, 5, 5, 0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_run_that_repeats_can_be_passed_over() {
        let bytes = vec![3 << 1, 5, 1 << 1 | 1, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        let mut numbers = Hybrid::new(bytes, 3).unwrap();
        assert_eq!([numbers.run(), numbers.run()], [(Some(5), 3); 2]);
        assert_eq!(numbers.skip(4), None);
        numbers.skip(2).unwrap();
        assert_eq!(numbers.run(), (Some(5), 1));
        numbers.skip(1).unwrap();
        assert_eq!(numbers.run(), (None, 8));
        assert_eq!(numbers.skip(1), None);
        assert_eq!(all(numbers), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(Hybrid::default().run(), (None, 0));
    }

    #[test]
    fn a_number_may_take_every_bit_or_none() {
        let widest = vec![2 << 1, 0xff, 0xff, 0xff, 0xff, 1 << 1 | 1, 1, 0, 0, 0x80];
        let numbers = all(Hybrid::new(widest, 32).unwrap());
        assert_eq!(numbers, [u32::MAX, u32::MAX, 0x8000_0001]);
        assert_eq!(all(Hybrid::new(vec![2 << 1], 0).unwrap()), [0, 0]);
        assert!(Hybrid::new(Vec::new(), 33).is_none());
    }

    #[test]
    fn a_long_run_has_a_long_header() {
        let numbers = all(Hybrid::new(vec![0x80 | 0x10, 0x03, 1], 1).unwrap());
        assert_eq!(numbers, [1; 200]);
    }

    #[test]
    fn what_is_cut_off_ends() {
        for bytes in [
            vec![],
            vec![0x80],
            vec![3 << 1],
            vec![1 << 1 | 1],
            vec![0xff; 11],
        ] {
            assert_eq!(all(Hybrid::new(bytes, 9).unwrap()), [0_u32; 0]);
        }
    }
}
