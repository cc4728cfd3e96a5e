//! Numbers by their digits.

use std::fmt;

use rust_decimal::Decimal;

/// A JSON number as value and scale: two are equal when both are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// Never true of zero.
    negative: bool,
    /// Without zeros in front or behind; empty for zero.
    digits: String,
    /// The power of ten of the last of `digits`; 0 for zero.
    power: i64,
    /// How many digits stand after the point once there is no exponent.
    scale: i64,
}

impl Number {
    /// Reads the lexeme of a JSON number; nothing where its exponent is beyond counting.
    pub(crate) fn read(lexeme: &str) -> Option<Self> {
        let (mantissa, exponent) = match lexeme.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (lexeme, 0),
        };
        let (negative, unsigned) = match mantissa.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, mantissa),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let last = i64::from(exponent) - i64::try_from(fraction.len()).ok()?;
        let written = format!("{whole}{fraction}");
        let kept = written.trim_end_matches('0');
        let zeros = i64::try_from(written.len() - kept.len()).ok()?;
        let digits = kept.trim_start_matches('0').to_owned();
        Some(Self {
            negative: negative && !digits.is_empty(),
            power: if digits.is_empty() { 0 } else { last + zeros },
            digits,
            scale: (-last).max(0),
        })
    }
}

impl fmt::Display for Number {
    /// Its size, not its value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let significant = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let whole = significant.saturating_add(self.power).max(1);
        match whole.saturating_add(self.scale) {
            1 => f.write_str("a number of 1 digit")?,
            digits => write!(f, "a number of {digits} digits")?,
        }
        if self.scale > 0 {
            write!(f, ", {} after the point", self.scale)?;
        }
        Ok(())
    }
}

/// The exact decimal that a JSON number is; nothing where a `Decimal` has not
/// the digits for it.
pub(crate) fn decimal(lexeme: &str) -> Option<Decimal> {
    /// No `Decimal` has more digits, so that no exponent makes a long text.
    const MOST_DIGITS: usize = 29;
    if !lexeme.contains(['e', 'E']) {
        return Decimal::from_str_exact(lexeme).ok();
    }
    let number = Number::read(lexeme)?;
    let distance = usize::try_from(number.power.unsigned_abs())
        .ok()
        .filter(|distance| *distance <= MOST_DIGITS)?;
    let zeros = "0".repeat(distance);
    let plain = if number.power >= 0 {
        format!("0{}{zeros}", number.digits)
    } else {
        let padded = format!("{zeros}0{}", number.digits);
        let (whole, fraction) = padded.split_at_checked(padded.len() - distance)?;
        format!("{whole}.{fraction}")
    };
    let value = Decimal::from_str_exact(&plain).ok()?;
    Some(if number.negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(one: &str, other: &str) -> bool {
        Number::read(one).unwrap() == Number::read(other).unwrap()
    }

    #[test]
    fn an_exponent_is_only_another_way_to_write_a_number() {
        for (one, other) in [
            ("1e2", "100"),
            ("1.5E1", "15"),
            ("1.50e1", "15.0"),
            ("1e-7", "0.0000001"),
            ("0.0", "-0.0"),
            ("0e5", "0"),
            ("-12.5", "-1.25e1"),
        ] {
            assert!(equal(one, other), "{one} {other}");
        }
    }

    #[test]
    fn another_scale_sign_or_digit_is_another_number() {
        for (one, other) in [
            ("30.0", "30"),
            ("30.0", "30.00"),
            ("1", "-1"),
            ("12345678901234567.89", "12345678901234567.88"),
            ("1e2", "1e3"),
            ("0.10", "0.01"),
        ] {
            assert!(!equal(one, other), "{one} {other}");
        }
    }

    #[test]
    fn no_exponent_is_too_large_to_be_compared() {
        assert!(equal("1e999999999", "1e999999999"));
        assert!(!equal("1e999999999", "1e999999998"));
        assert_eq!(Number::read("1e99999999999999999999"), None);
        assert_eq!(decimal("1e999999999"), None);
    }

    #[test]
    fn a_decimal_is_exact_or_none() {
        let read = |lexeme| decimal(lexeme).map(|value| value.to_string());
        assert_eq!(read("30.00").as_deref(), Some("30.00"));
        assert_eq!(read("-12.5e-1").as_deref(), Some("-1.25"));
        assert_eq!(read("1e3").as_deref(), Some("1000"));
        assert_eq!(
            read("0.1234567890123456789012345678").as_deref(),
            Some("0.1234567890123456789012345678")
        );
        assert_eq!(read("0.12345678901234567890123456789"), None);
        assert_eq!(read("1e29"), None);
    }

    #[test]
    fn a_number_shows_its_size_and_not_its_value() {
        let shown = |lexeme| Number::read(lexeme).unwrap().to_string();
        assert_eq!(
            shown("104642.98"),
            "a number of 8 digits, 2 after the point"
        );
        assert_eq!(shown("0.05"), "a number of 3 digits, 2 after the point");
        assert_eq!(shown("30"), "a number of 2 digits");
        assert_eq!(shown("0"), "a number of 1 digit");
    }
}
