//! Values in the encodings that few columns have, written out as plain ones.
//!
//! The library decodes them too, and ends the program where a page is damaged:
//! here nothing is taken that is not there.

use parquet::basic::Encoding;

use super::layout::{Layout, PREFIX};

/// The plain values that so many rows have at most; `None` where the page is
/// damaged, or unpacks to more than so many bytes.
pub(super) fn plain(
    encoding: Encoding,
    layout: Layout,
    bytes: &[u8],
    rows: usize,
    longest: usize,
) -> Option<Vec<u8>> {
    let mut out = Plain {
        bytes: Vec::new(),
        layout,
        longest,
    };
    let mut bits = Bits(bytes);
    match (encoding, layout) {
        (Encoding::DELTA_BINARY_PACKED, Layout::I32 | Layout::I64) => {
            let rows = rows.min(longest / size_of::<i64>());
            for number in delta_binary_packed(&mut bits, rows)? {
                out.integer(number)?;
            }
        }
        (Encoding::DELTA_LENGTH_BYTE_ARRAY, Layout::Long { .. }) => {
            let lengths = lengths(&mut bits, rows.min(longest / PREFIX))?;
            for length in lengths {
                out.value(&[], bits.take(length)?)?;
            }
        }
        (Encoding::DELTA_BYTE_ARRAY, Layout::Long { .. } | Layout::Wide(_)) => {
            out.front_coded(&mut bits, rows.min(longest / PREFIX))?;
        }
        (Encoding::BYTE_STREAM_SPLIT, _) => {
            let width = layout.width()?;
            let rows = bytes.len() / width;
            for row in 0..rows {
                let parts = bytes.chunks_exact(rows).take(width);
                out.bytes.extend(parts.filter_map(|part| part.get(row)));
            }
        }
        _ => return None,
    }
    Some(out.bytes)
}

/// Plain values as they grow.
struct Plain {
    bytes: Vec<u8>,
    layout: Layout,
    longest: usize,
}

impl Plain {
    fn integer(&mut self, number: i64) -> Option<()> {
        // A narrow number is what its lower half says: the differences wrap.
        let bytes = number.to_le_bytes();
        self.bytes.extend(bytes.get(..self.layout.width()?)?);
        Some(())
    }

    /// A value in two parts.
    fn value(&mut self, first: &[u8], second: &[u8]) -> Option<()> {
        let length = first.len().checked_add(second.len())?;
        match self.layout {
            Layout::Wide(width) if width == length => {}
            Layout::Long { .. } => {
                let prefix = u32::try_from(length).ok()?;
                self.bytes.extend(prefix.to_le_bytes());
            }
            _ => return None,
        }
        if self.bytes.len().checked_add(length)? > self.longest {
            return None;
        }
        self.bytes.extend(first);
        self.bytes.extend(second);
        Some(())
    }

    /// Values that each begin as the one before: how far, and what follows.
    fn front_coded(&mut self, bits: &mut Bits<'_>, rows: usize) -> Option<()> {
        let shared = lengths(bits, rows)?;
        let lengths = lengths(bits, rows)?;
        if shared.len() != lengths.len() {
            return None;
        }
        let mut before = Vec::new();
        for (shared, length) in shared.into_iter().zip(lengths) {
            let suffix = bits.take(length)?;
            self.value(before.get(..shared)?, suffix)?;
            before.truncate(shared);
            before.extend(suffix);
        }
        Some(())
    }
}

fn lengths(bits: &mut Bits<'_>, rows: usize) -> Option<Vec<usize>> {
    let lengths = delta_binary_packed(bits, rows)?.into_iter();
    lengths.map(|length| usize::try_from(length).ok()).collect()
}

/// Whole numbers by the differences between them, of which there may be so many.
///
/// The format is at [delta encoding][delta].
///
/// [delta]: https://parquet.apache.org/docs/file-format/data-pages/encodings/#delta-encoding-delta_binary_packed--5
fn delta_binary_packed(bits: &mut Bits<'_>, most: usize) -> Option<Vec<i64>> {
    let mut whole = || usize::try_from(bits.unsigned()?).ok();
    let (block, parts, count) = (whole()?, whole()?, whole()?);
    let mut number = bits.signed()?;
    let in_part = block.checked_div(parts).filter(|length| *length > 0)?;
    if count > most || in_part % 8 != 0 {
        return None;
    }
    let mut numbers = Vec::new();
    numbers.extend((count > 0).then_some(number));
    while numbers.len() < count {
        let least = bits.signed()?;
        for width in bits.take(parts)? {
            let width = u32::from(*width);
            let left = count - numbers.len();
            if left == 0 {
                break;
            }
            let packed = bits.take((in_part / 8).checked_mul(width as usize)?)?;
            for place in 0..in_part.min(left) {
                let difference = number_at(packed, place * width as usize, width)?;
                let difference = least.wrapping_add(difference.cast_signed());
                number = number.wrapping_add(difference);
                numbers.push(number);
            }
        }
    }
    Some(numbers)
}

/// What is still to be read of a page.
struct Bits<'b>(&'b [u8]);

impl<'b> Bits<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of seven bits a byte, the lowest first.
    fn unsigned(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if *byte < 0x80 {
                return Some(number);
            }
            shift += 7;
        }
    }

    /// The same whose lowest bit is the sign.
    fn signed(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

/// The number of up to 64 bits that begins at this one; `None` where the bytes
/// end before it does.
fn number_at(bytes: &[u8], bit: usize, width: u32) -> Option<u64> {
    let rest = bytes.get(bit / 8..)?;
    let end = bit % 8 + width as usize;
    if width > u64::BITS || end > rest.len() * 8 {
        return None;
    }
    let mut sixteen = [0; 16];
    for (place, byte) in sixteen.iter_mut().zip(rest) {
        *place = *byte;
    }
    let mask = (1_u128 << width) - 1;
    u64::try_from(u128::from_le_bytes(sixteen) >> (bit % 8) & mask).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(bytes: &[u8], most: usize) -> Option<Vec<i64>> {
        delta_binary_packed(&mut Bits(bytes), most)
    }

    #[test]
    fn numbers_are_the_sums_of_their_differences() {
        // The second example of the format: 7, 5, 3, 1, 2, 3, 4, 5 in one block.
        let header = [0x80, 0x01, 4, 8, 14];
        let block = [3, 2, 0, 0, 0, 0b1100_0000, 0b0011_1111, 0, 0, 0, 0, 0, 0];
        let bytes = [&header[..], &block].concat();
        assert_eq!(numbers(&bytes, 8).unwrap(), [7, 5, 3, 1, 2, 3, 4, 5]);
        assert_eq!(numbers(&bytes, 7), None);
        assert_eq!(numbers(&bytes[..10], 8), None);
    }

    #[test]
    fn nothing_is_taken_that_is_not_there() {
        for bytes in [
            &[][..],
            &[0x80, 0x01, 0, 8, 14],
            &[0, 4, 8, 14],
            &[7, 1, 8, 14],
            &[0xff; 40],
            &[0x80, 0x01, 4, 8, 14, 3, 65, 0, 0, 0],
        ] {
            assert_eq!(numbers(bytes, 1 << 20), None, "{bytes:?}");
        }
    }

    #[test]
    fn what_unpacks_to_more_than_is_held_is_refused() {
        // Ten values of ten bytes, of which all but the first are the first again.
        let shared = [0, 10, 10, 10, 10, 10, 10, 10, 10, 10];
        let lengths = [10, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let page = [packed(&shared), packed(&lengths), b"0123456789".to_vec()].concat();
        let unpacked = |longest| {
            let layout = Layout::Long { text: true };
            plain(Encoding::DELTA_BYTE_ARRAY, layout, &page, 10, longest)
        };
        assert_eq!(unpacked(140), Some(b"\x0a\0\0\x000123456789".repeat(10)));
        assert_eq!(unpacked(139), None);
    }

    #[test]
    fn a_value_shares_no_more_than_the_one_before_has() {
        let page = [packed(&[3, 0]), packed(&[1, 1]), b"AB".to_vec()].concat();
        let layout = Layout::Long { text: true };
        let read = plain(Encoding::DELTA_BYTE_ARRAY, layout, &page, 2, 100);
        assert_eq!(read, None);
        let page = [packed(&[-1, 2]), b"AB".to_vec()].concat();
        let read = plain(Encoding::DELTA_LENGTH_BYTE_ARRAY, layout, &page, 2, 100);
        assert_eq!(read, None);
    }

    /// Small numbers, each difference in 64 bits.
    fn packed(numbers: &[i8]) -> Vec<u8> {
        let first = (numbers[0] << 1) ^ (numbers[0] >> 7);
        let count = u8::try_from(numbers.len()).unwrap();
        let mut bytes = vec![8, 1, count, first.cast_unsigned()];
        let differences = numbers.windows(2).map(|two| i64::from(two[1] - two[0]));
        for eight in differences.collect::<Vec<_>>().chunks(8) {
            bytes.extend([0, 64]);
            bytes.extend((0..8).flat_map(|place| eight.get(place).unwrap_or(&0).to_le_bytes()));
        }
        bytes
    }
}
