//! Texts and numbers of rows, one after the other in one allocation.

use std::ops::Range;

/// Texts as they are, and numbers in as few letters as they need.
///
/// Numbers are letters, too, five bits each, so that all of it is one string
/// and a text in it is a slice.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed(String);

/// The first of the letters that numbers are made of: 32 that end a number,
/// then 32 after which it goes on. Their lowest bits are those of the number.
const FIRST: u8 = 0x40;
const BITS: u32 = 5;
const MORE: u8 = 1 << BITS;

/// All bits of a letter, which tells whoever adds one that it is a byte.
const ASCII: u8 = 0x7F;

/// The most letters that a number has.
pub(super) const LONGEST_NUMBER: usize = 26;

impl Packed {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How much room is taken.
    pub(super) fn bytes(&self) -> usize {
        self.0.capacity()
    }

    #[inline]
    pub(super) fn push_text(&mut self, text: &str) {
        self.0.push_str(text);
    }

    #[inline]
    pub(super) fn push_length(&mut self, text: &str) {
        self.push_word(text.len() as u64);
    }

    pub(super) fn push_number(&mut self, number: u128) {
        // Nearly every number is a machine word, which takes a third of the time.
        if let Ok(word) = u64::try_from(number) {
            return self.push_word(word);
        }
        let low = u64::try_from(number & u128::from(MORE - 1));
        self.push_letter(low.unwrap_or_default(), MORE);
        self.push_number(number >> BITS);
    }

    #[inline]
    fn push_word(&mut self, mut number: u64) {
        while number >= u64::from(MORE) {
            self.push_letter(number, MORE);
            number >>= BITS;
        }
        self.push_letter(number, 0);
    }

    #[inline]
    fn push_letter(&mut self, number: u64, more: u8) {
        // Masked to five bits, it fits a byte.
        let bits = u8::try_from(number & u64::from(MORE - 1)).unwrap_or_default();
        let letter = FIRST + more + bits;
        self.0.push(char::from(letter & ASCII));
    }

    /// Adds a number that may be less than nothing.
    pub(super) fn push_signed(&mut self, number: i128) {
        self.push_number(number.unsigned_abs() << 1 | u128::from(number < 0));
    }

    /// So many lengths that were pushed from this place on, and where what follows
    /// them begins.
    #[inline]
    pub(super) fn lengths<const N: usize>(&self, place: u32) -> ([usize; N], usize) {
        let place = place as usize;
        let letters = self.0.as_bytes().get(place..).unwrap_or_default();
        if let Some(letters) = letters.first_chunk::<N>()
            && letters.iter().fold(0, |all, letter| all | letter) & MORE == 0
        {
            // Nearly every text is short enough for one letter.
            let lengths = letters.map(|letter| usize::from(letter & (MORE - 1)));
            return (lengths, place + N);
        }
        let (lengths, letters) = long_lengths(letters);
        (lengths, place + letters)
    }

    /// The text of this length that was pushed at a place.
    #[inline]
    pub(super) fn text(&self, place: usize, length: usize) -> &str {
        self.0.get(place..place + length).unwrap_or_default()
    }

    /// The bytes at a place.
    #[inline]
    pub(super) fn bytes_at(&self, place: Range<usize>) -> &[u8] {
        self.0.as_bytes().get(place).unwrap_or_default()
    }

    /// Reads what was pushed from this place on.
    pub(super) fn from(&self, place: usize) -> Unpacking<'_> {
        Unpacking(self.0.get(place..).unwrap_or_default())
    }
}

/// The lengths that these letters begin with, and how many letters they have.
#[inline(never)]
fn long_lengths<const N: usize>(letters: &[u8]) -> ([usize; N], usize) {
    let mut letters_read = 0;
    let mut letters = letters.iter();
    let lengths = [(); N].map(|()| {
        // It fits a word, as the text itself does.
        let (mut length, mut shift) = (0, 0);
        for letter in letters.by_ref() {
            letters_read += 1;
            length |= usize::from(letter & (MORE - 1)).unbounded_shl(shift);
            shift += BITS;
            if letter & MORE == 0 {
                break;
            }
        }
        length
    });
    (lengths, letters_read)
}

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unpacking<'a>(&'a str);

impl Unpacking<'_> {
    pub(super) fn number(&mut self) -> u128 {
        let (mut number, mut shift) = (0, 0);
        for (place, letter) in self.0.bytes().enumerate() {
            let digit = letter.saturating_sub(FIRST);
            number |= u128::from(digit & (MORE - 1)) << shift;
            shift += BITS;
            if digit & MORE == 0 || shift >= u128::BITS {
                self.0 = self.0.get(place + 1..).unwrap_or_default();
                break;
            }
        }
        number
    }

    pub(super) fn signed(&mut self) -> i128 {
        let number = self.number();
        // What was pushed was an `i128` without its lowest bit.
        let magnitude = i128::try_from(number >> 1).unwrap_or_default();
        if number & 1 == 0 {
            magnitude
        } else {
            -magnitude
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_pushed_reads_back(texts in [".{0,90}", ".{0,40}"], number in -(1_i128 << 96)..(1_i128 << 96), shift in 0_u32..97) {
            let number = number >> shift;
            let mut packed = Packed::default();
            packed.push_text("before");
            for text in &texts {
                packed.push_length(text);
            }
            for text in &texts {
                packed.push_text(text);
            }
            packed.push_signed(number);
            packed.push_number(7);
            let (lengths, mut place) = packed.lengths::<2>(6);
            for (text, length) in texts.iter().zip(lengths) {
                prop_assert_eq!(packed.text(place, length), text);
                place += length;
            }
            let mut unpacking = packed.from(place);
            prop_assert_eq!(unpacking.signed(), number);
            prop_assert_eq!(unpacking.number(), 7);
            let texts: usize = lengths.iter().sum();
            prop_assert!(packed.len() <= 6 + 4 * LONGEST_NUMBER + texts);
        }
    }
}
