//! Exact sums.

use std::{cmp::Ordering, fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ModelError;

/// A sum of amounts, to the last digit.
///
/// `Decimal` holds 28 digits, and its addition rounds without a word when a sum
/// has more: `123456789012345.67 + 0.1234567890123456789` has 34. A sum holds
/// 38, and fails rather than lose one. It is in major units, like what it is of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    mantissa: i128,
    scale: u32,
}

impl Sum {
    /// Nothing.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };

    /// So many units, of which ten to the power of the scale make one.
    #[must_use]
    pub const fn new(units: i128, scale: u32) -> Self {
        Self {
            mantissa: units,
            scale,
        }
    }

    /// This and the other; an error when a digit would be lost.
    pub fn plus(self, other: impl Into<Self>) -> Result<Self, ModelError> {
        let other = other.into();
        let scale = self.scale.max(other.scale);
        let mantissa = self.mantissa_at(scale).zip(other.mantissa_at(scale));
        mantissa
            .and_then(|(ours, theirs)| ours.checked_add(theirs))
            .map(|mantissa| Self { mantissa, scale })
            .ok_or(ModelError::Overflow)
    }

    /// This less the other; an error when a digit would be lost.
    pub fn minus(self, other: impl Into<Self>) -> Result<Self, ModelError> {
        let other = other.into();
        self.plus(Self {
            mantissa: other.mantissa.checked_neg().ok_or(ModelError::Overflow)?,
            ..other
        })
    }

    /// The sum as a decimal; `None` when it has more digits than one holds.
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.mantissa, self.scale)
            .or_else(|_| {
                let Self { mantissa, scale } = self.normalized();
                Decimal::try_from_i128_with_scale(mantissa, scale)
            })
            .ok()
    }

    /// The same sum without zeros at its end.
    #[must_use]
    pub const fn normalized(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    /// How many digits stand behind the point.
    #[must_use]
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether it is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    fn mantissa_at(self, scale: u32) -> Option<i128> {
        // Nearly all amounts of a currency have one scale, and millions are added.
        if scale == self.scale {
            return Some(self.mantissa);
        }
        let zeros = scale.checked_sub(self.scale)?;
        self.mantissa.checked_mul(10_i128.checked_pow(zeros)?)
    }
}

impl From<Decimal> for Sum {
    fn from(amount: Decimal) -> Self {
        Self {
            mantissa: amount.mantissa(),
            scale: amount.scale(),
        }
    }
}

impl PartialEq for Sum {
    fn eq(&self, other: &Self) -> bool {
        if self.scale == other.scale {
            return self.mantissa == other.mantissa;
        }
        let (ours, theirs) = (self.normalized(), other.normalized());
        ours.mantissa == theirs.mantissa && ours.scale == theirs.scale
    }
}

impl Eq for Sum {}

impl PartialEq<Decimal> for Sum {
    fn eq(&self, amount: &Decimal) -> bool {
        *self == Self::from(*amount)
    }
}

impl PartialOrd for Sum {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sum {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.mantissa_at(scale), other.mantissa_at(scale)) {
            (Some(ours), Some(theirs)) => ours.cmp(&theirs),
            // Only the one with fewer digits behind the point can be too large
            // for the other's scale, and then it is far from zero.
            (None, _) => self.mantissa.cmp(&0),
            (_, None) => 0.cmp(&other.mantissa),
        }
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let point = usize::try_from(self.scale).unwrap_or(usize::MAX);
        let width = point.saturating_add(1);
        let digits = format!("{:0width$}", self.mantissa.unsigned_abs());
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(point));
        let dot = if fraction.is_empty() { "" } else { "." };
        f.pad(&format!("{sign}{whole}{dot}{fraction}"))
    }
}

impl FromStr for Sum {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        let unreadable = || ModelError::Amount {
            column: "amount",
            text: text.to_owned(),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let magnitude = whole.strip_prefix('-').unwrap_or(whole);
        if magnitude.is_empty() || !is_plain(magnitude) || !is_plain(fraction) {
            return Err(unreadable());
        }
        Ok(Self {
            mantissa: format!("{whole}{fraction}")
                .parse()
                .map_err(|_| unreadable())?,
            scale: u32::try_from(fraction.len()).map_err(|_| unreadable())?,
        })
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_sum_keeps_the_digits_that_a_decimal_would_lose() {
        let (large, small) = (dec!(123456789012345.67), dec!(0.1234567890123456789));
        let sum = Sum::from(large).plus(small).unwrap();
        assert_eq!(sum.to_string(), "123456789012345.7934567890123456789");
        assert_eq!(sum.to_decimal(), None);
        assert_eq!(sum.minus(small).unwrap(), large);
    }

    #[test]
    fn a_sum_that_would_lose_a_digit_is_an_error() {
        let large = Sum::from(Decimal::MAX);
        assert!(large.plus(dec!(0.0000000001)).is_err());
        assert_eq!(
            large.plus(dec!(0.00)).unwrap().to_decimal(),
            Some(Decimal::MAX)
        );
    }

    #[test]
    fn text_has_the_digits_and_reads_back() {
        for text in ["0", "-0.05", "12.40", "-123456789012345678901234567890.12"] {
            let sum: Sum = text.parse().unwrap();
            assert_eq!(sum.to_string(), text);
        }
        for text in ["", "-", ".5", "1e3", "1,5", "+1", "1.-5", "٣"] {
            assert!(text.parse::<Sum>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn sums_agree_with_decimals_where_those_are_exact(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000, s in 0_u32..6, t in 0_u32..6) {
            let (a, b) = (Decimal::new(a, s), Decimal::new(b, t));
            prop_assert_eq!(Sum::from(a).plus(b).unwrap().to_decimal(), Some(a + b));
            prop_assert_eq!(Sum::from(a).minus(b).unwrap().to_decimal(), Some(a - b));
            prop_assert_eq!(Sum::from(a).cmp(&b.into()), a.cmp(&b));
            prop_assert_eq!(Sum::from(a) == b, a == b);
        }
    }
}
