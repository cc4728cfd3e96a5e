//! How amounts and counts are written: exactly, and with the digits of their currency.

use std::{fmt, iter};

use reconcile_core::{Currency, Sum};
use rust_decimal::Decimal;

/// An amount for a file: no separators, the currency's minor digits, more where
/// the amount has more, never rounded. It matches `^-?\d+(\.\d+)?$`.
pub(crate) fn plain(amount: impl Into<Sum>, currency: Option<Currency>) -> String {
    let amount = amount.into();
    let digits = currency.and_then(|currency| currency.exponent());
    let digits = digits.unwrap_or_default();
    if let Some(amount) = amount.to_decimal() {
        let mut text = Vec::with_capacity(16);
        push_plain(&mut text, amount, digits);
        // Digits, a point and a sign are UTF-8.
        return String::from_utf8(text).unwrap_or_default();
    }
    let amount = amount.normalized();
    let missing = digits.saturating_sub(amount.scale());
    // Zeros are appended to the text, because a scale that does not fit into
    // a decimal would be cut without a word.
    let mut text = amount.to_string();
    if missing > 0 && amount.scale() == 0 {
        text.push('.');
    }
    text.extend((0..missing).map(|_| '0'));
    text
}

/// The same at the end of other text, for a currency that has so many digits.
pub(crate) fn push_plain(out: &mut Vec<u8>, amount: Decimal, digits: u32) {
    let (mut units, mut scale) = (amount.mantissa(), amount.scale());
    if units < 0 {
        out.push(b'-');
    }
    if let Some(nothing) = nothing(digits).filter(|_| units == 0) {
        return out.extend_from_slice(nothing);
    }
    if let Some(small) = in_units(units.unsigned_abs(), scale, digits) {
        return push_units(out, small, digits);
    }
    while scale > digits && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    // From the last digit to the first, and then turned round.
    let start = out.len();
    let zeros = digits.saturating_sub(scale);
    out.extend(iter::repeat_n(b'0', zeros as usize));
    let mut units = units.unsigned_abs();
    let mut place = 0;
    while units > 0 || place <= scale {
        if place == scale && scale + zeros > 0 {
            out.push(b'.');
        }
        // The last digit fits a byte.
        out.push(b'0' + u8::try_from(units % 10).unwrap_or_default());
        units /= 10;
        place += 1;
    }
    if let Some(number) = out.get_mut(start..) {
        number.reverse();
    }
}

/// What most differences are, in so many digits; `None` where no currency has as many.
fn nothing(digits: u32) -> Option<&'static [u8]> {
    match digits {
        0 => Some(b"0"),
        digits => b"0.000000".get(..digits as usize + 2),
    }
}

/// An amount in minor units, where these fit the machine's own word, which is
/// divided many times faster: nearly all do.
fn in_units(units: u128, scale: u32, digits: u32) -> Option<u64> {
    let zeros = digits.checked_sub(scale)?;
    let power = POWERS.get(..=digits as usize)?.get(zeros as usize)?;
    u64::try_from(units).ok()?.checked_mul(*power)
}

/// Of ten, for more minor digits than any currency has.
const POWERS: [u64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// Writes minor units, of which there are [`POWERS`].
fn push_units(out: &mut Vec<u8>, units: u64, minor: u32) {
    let (mut digits, minor) = (itoa::Buffer::new(), minor as usize);
    let digits = digits.format(units).as_bytes();
    match digits.split_at_checked(digits.len().wrapping_sub(minor)) {
        Some((whole, fraction)) if !whole.is_empty() => {
            out.extend_from_slice(whole);
            if minor > 0 {
                out.push(b'.');
                out.extend_from_slice(fraction);
            }
        }
        // At least one digit stands before the point.
        _ => {
            out.extend_from_slice(b"0.");
            out.extend(iter::repeat_n(b'0', minor.saturating_sub(digits.len())));
            out.extend_from_slice(digits);
        }
    }
}

/// An amount for a reader: thousands separated, a real minus sign.
pub(crate) fn grouped(amount: impl Into<Sum>, currency: Option<Currency>) -> String {
    let text = plain(amount, currency);
    let (sign, magnitude) = text.strip_prefix('-').map_or(("", &*text), |m| ("−", m));
    let (whole, fraction) = match magnitude.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (magnitude, String::new()),
    };
    format!("{sign}{}{fraction}", thousands(whole))
}

/// A difference for a reader: as [`grouped`], and positive ones say so.
pub(crate) fn signed(amount: impl Into<Sum>, currency: Option<Currency>) -> String {
    let amount = amount.into();
    let plus = if amount > Sum::ZERO { "+" } else { "" };
    format!("{plus}{}", grouped(amount, currency))
}

/// A count for a reader: thousands separated.
pub(crate) fn count(count: impl fmt::Display) -> String {
    thousands(&count.to_string())
}

/// "1 page", "2 pages".
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{} {word}", count(number))
}

fn thousands(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len().saturating_mul(2));
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len().saturating_sub(index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A sum for a reader. One that has too many digits says so and shows no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally(Option<Sum>);

impl Tally {
    pub(crate) fn add(&mut self, amount: Decimal) {
        self.0 = self.0.and_then(|sum| sum.plus(amount).ok());
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0.zip(other.0).and_then(|(a, b)| a.plus(b).ok()))
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self(self.0.zip(other.0).and_then(|(a, b)| a.minus(b).ok()))
    }

    /// The sum, as far as a decimal holds it.
    pub(crate) fn to_decimal(self) -> Option<Decimal> {
        self.0.and_then(Sum::to_decimal)
    }

    /// Whether it is nothing; one that is too large is not.
    pub(crate) fn is_zero(self) -> bool {
        self.0 == Some(Sum::ZERO)
    }

    pub(crate) fn grouped(self, currency: Currency) -> String {
        self.write(|sum| grouped(sum, Some(currency)))
    }

    pub(crate) fn signed(self, currency: Currency) -> String {
        self.write(|sum| signed(sum, Some(currency)))
    }

    fn write(self, form: impl Fn(Sum) -> String) -> String {
        self.0.map_or_else(|| "too large".to_owned(), form)
    }
}

impl From<Option<Sum>> for Tally {
    fn from(sum: Option<Sum>) -> Self {
        Self(sum)
    }
}

impl From<Sum> for Tally {
    fn from(sum: Sum) -> Self {
        Self(Some(sum))
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self(Some(Sum::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn amounts_have_the_digits_of_their_currency_and_no_fewer_of_their_own() {
        for (amount, code, text) in [
            (dec!(30), "PEN", "30.00"),
            (dec!(30), "JPY", "30"),
            (dec!(0), "JPY", "0"),
            (dec!(0.05), "PEN", "0.05"),
            (dec!(-1000000.00001), "PEN", "-1000000.00001"),
            (dec!(-0.5), "PEN", "-0.50"),
            (dec!(12.400), "PEN", "12.40"),
            (dec!(12.345), "PEN", "12.345"),
            (dec!(1.5), "KWD", "1.500"),
            (dec!(1500.0), "JPY", "1500"),
            (dec!(0.25), "XAU", "0.25"),
            (dec!(-0.00), "PEN", "0.00"),
            (dec!(184467440737095516.15), "PEN", "184467440737095516.15"),
            (dec!(184467440737095516.16), "PEN", "184467440737095516.16"),
            (dec!(18446744073709551615), "JPY", "18446744073709551615"),
            (dec!(1844674407370955161.6), "PEN", "1844674407370955161.60"),
            (Decimal::MAX, "PEN", "79228162514264337593543950335.00"),
        ] {
            let currency = currency(code);
            assert_eq!(plain(amount, Some(currency)), text);
            let mut pushed = b"x,".to_vec();
            push_plain(&mut pushed, amount, currency.exponent().unwrap_or_default());
            assert_eq!(pushed, format!("x,{text}").into_bytes());
        }
        assert_eq!(plain(dec!(7), None), "7");
    }

    #[test]
    fn thousands_are_separated_for_readers() {
        assert_eq!(
            grouped(dec!(1234567.5), Some(currency("PEN"))),
            "1,234,567.50"
        );
        assert_eq!(grouped(dec!(-123), Some(currency("PEN"))), "−123.00");
        assert_eq!(signed(dec!(1234), Some(currency("JPY"))), "+1,234");
        assert_eq!(signed(dec!(0), Some(currency("JPY"))), "0");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(100), "100");
    }

    #[test]
    fn a_sum_with_more_digits_than_a_decimal_is_shown_whole() {
        let mut tally = Tally::default();
        tally.add(dec!(123456789012345.67));
        tally.add(dec!(0.1234567890123456789));
        assert_eq!(
            tally.grouped(currency("PEN")),
            "123,456,789,012,345.7934567890123456789"
        );
    }

    #[test]
    fn a_sum_that_does_not_fit_shows_no_figure() {
        let mut tally = Tally::default();
        tally.add(Decimal::MAX);
        tally.add(dec!(0.0000000000000000000000000001));
        assert_eq!(tally.grouped(currency("PEN")), "too large");
    }
}
