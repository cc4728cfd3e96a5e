//! Card numbers, of which only what may be kept is kept.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A card number (PAN) as a gateway writes it, mostly masked by the gateway.
///
/// The value never holds a whole number: whatever digits come beyond those
/// that may be stored are replaced by `*` as it is read, and length and
/// separators stay. What came masked far enough stays as it came.
///
/// Digits stay readable by their place: the first eight and the last four, or
/// the first six and the last four where the number has fewer than 16 places.
/// A place is any character but blanks and hyphens, so a digit and its mask
/// count alike, and an unfamiliar mask can only hide more. Up to ten places are
/// no card number, and stay.
///
/// Sources: PCI DSS v4.0.1, requirement 3.5.1 (stored numbers are truncated)
/// with [FAQ 1091] (what truncation may leave: of 16 digits the first eight and
/// any other four, of 15 and fewer the first six and the last four), and
/// requirement 3.4.1 (what may be displayed).
///
/// `Debug` shows no digit. `Display` shows at most the first six and the last
/// four.
///
/// [FAQ 1091]: https://www.pcisecuritystandards.org/faq/articles/Frequently_Asked_Question/What-are-acceptable-formats-for-truncation-of-primary-account-numbers/
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct MaskedPan(String);

impl MaskedPan {
    /// The first six digits, which name the issuer, without separators.
    ///
    /// `None` if one of them is masked, or if nothing is: then the text is a
    /// part of a number, and does not say which.
    #[must_use]
    pub fn first_six(&self) -> Option<String> {
        let places = self.places_of_a_masked_number()?;
        digits(places.get(..6)?)
    }

    /// The last four digits, without separators.
    ///
    /// `None` if one of them is masked, or if nothing is: then the text is a
    /// part of a number, and does not say which.
    #[must_use]
    pub fn last_four(&self) -> Option<String> {
        let places = self.places_of_a_masked_number()?;
        digits(places.get(places.len().checked_sub(4)?..)?)
    }

    fn places_of_a_masked_number(&self) -> Option<Vec<char>> {
        let places: Vec<char> = self.0.chars().filter(|c| is_place(*c)).collect();
        places
            .iter()
            .any(|place| !place.is_numeric())
            .then_some(places)
    }
}

impl From<&str> for MaskedPan {
    fn from(text: &str) -> Self {
        let places = text.chars().filter(|c| is_place(*c)).count();
        let first = if places < 16 { 6 } else { 8 };
        Self(mask(text, first))
    }
}

impl From<String> for MaskedPan {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl fmt::Display for MaskedPan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&mask(&self.0, 6))
    }
}

impl fmt::Debug for MaskedPan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[card]")
    }
}

/// Masks the digits beyond the first places and the last four.
fn mask(text: &str, first: usize) -> String {
    let places = text.chars().filter(|c| is_place(*c)).count();
    let mut place = 0;
    let masked = text.chars().map(|c| {
        if !is_place(c) {
            return c;
        }
        place += 1;
        let is_readable = place <= first || place + 4 > places;
        // Any script's digits, for a number in Arabic ones is a number too.
        if c.is_numeric() && !is_readable {
            '*'
        } else {
            c
        }
    });
    masked.collect()
}

fn is_place(c: char) -> bool {
    !c.is_whitespace() && c != '-'
}

fn digits(places: &[char]) -> Option<String> {
    places
        .iter()
        .all(char::is_ascii_digit)
        .then(|| places.iter().collect())
}
