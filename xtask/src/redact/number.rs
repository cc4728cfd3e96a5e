//! Numbers as they are written.

use std::num::NonZeroU32;

/// A number in its parts: `-12.50e3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) negative: bool,
    pub(super) whole: &'a str,
    pub(super) fraction: &'a str,
    /// With its letter and sign.
    pub(super) exponent: &'a str,
}

impl<'a> Parts<'a> {
    /// The parts, where the text is digits with an optional sign, fraction and
    /// exponent.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix('-');
        let rest = unsigned.unwrap_or(text);
        let (mantissa, exponent) = rest.split_at(rest.find(['e', 'E']).unwrap_or(rest.len()));
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let power = exponent.trim_start_matches(['e', 'E']);
        let power = power.strip_prefix(['+', '-']).unwrap_or(power);
        (is_digits(whole) && (exponent.is_empty() || is_digits(power))).then_some(Self {
            negative: unsigned.is_some(),
            whole,
            fraction,
            exponent,
        })
    }

    /// The same number with other digits before the exponent; the last so many
    /// as there were are the fraction.
    pub(super) fn with_digits(&self, digits: &str) -> String {
        let scale = self.fraction.len();
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        let sign = if self.negative { "-" } else { "" };
        let point = if scale == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}{}", self.exponent)
    }
}

/// Whether it is digits with an optional sign and fraction.
pub(super) fn is_plain(text: &str) -> bool {
    Parts::of(text).is_some_and(|parts| parts.exponent.is_empty())
}

/// Whether it is digits with an optional sign.
pub(super) fn is_whole(text: &str) -> bool {
    is_plain(text) && !text.contains('.')
}

/// The number times `factor`, exactly, whatever its length; the fraction stays
/// as long as it is. What is no number stays.
pub(super) fn times(lexeme: &str, factor: NonZeroU32) -> String {
    let Some(parts) = Parts::of(lexeme) else {
        return lexeme.to_owned();
    };
    let mut carry = 0;
    let mut product: Vec<char> = Vec::new();
    for digit in parts.whole.chars().chain(parts.fraction.chars()).rev() {
        carry += u64::from(digit.to_digit(10).unwrap_or_default()) * u64::from(factor.get());
        product.push(last_digit(carry));
        carry /= 10;
    }
    while carry > 0 {
        product.push(last_digit(carry));
        carry /= 10;
    }
    parts.with_digits(&product.into_iter().rev().collect::<String>())
}

fn last_digit(number: u64) -> char {
    u32::try_from(number % 10)
        .ok()
        .and_then(|digit| char::from_digit(digit, 10))
        .unwrap_or('0')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_multiplied_to_the_digit_and_keep_their_fraction() {
        for (lexeme, factor, product) in [
            ("7.92", 3, "23.76"),
            ("30.00", 1, "30.00"),
            ("0.0", 7, "0.0"),
            ("0.05", 3, "0.15"),
            ("-0.50", 2, "-1.00"),
            ("1e-7", 3, "3e-7"),
            ("1.5E3", 2, "3.0E3"),
            ("999", 9, "8991"),
            (
                "123456789012345678901234567.89",
                4_000_000_000,
                "493827156049382715604938271560000000.00",
            ),
        ] {
            let factor = NonZeroU32::new(factor).unwrap();
            assert_eq!(times(lexeme, factor), product);
        }
    }

    #[test]
    fn what_is_no_number_has_no_parts() {
        for text in [
            "", "-", "1.", ".5", "1e", "+1", "1,000", "٣", "0x1", "1e5e5",
        ] {
            assert_eq!(Parts::of(text), None, "{text}");
        }
    }
}
