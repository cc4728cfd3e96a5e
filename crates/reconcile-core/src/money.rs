//! Money: an exact amount and the currency it is in.

use std::{
    fmt,
    str::FromStr,
    sync::atomic::{AtomicU8, Ordering},
};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ModelError, Sum};

/// An ISO 4217 currency code.
///
/// The set is open: any three capital letters are accepted, since gateways
/// begin to use a new code before every list knows it. The minor-unit exponent
/// is known only for the codes that ISO 4217 lists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The three letters, as ISO 4217 writes them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The constructor admits capital ASCII letters only.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The same as bytes.
    #[must_use]
    #[inline]
    pub const fn as_bytes(&self) -> &[u8; 3] {
        &self.0
    }

    /// How many digits the minor unit has (JPY 0, SAR 2, KWD 3), or `None`
    /// where ISO 4217 gives none (gold) or does not list the code.
    #[must_use]
    pub fn exponent(&self) -> Option<u32> {
        let letters = self.0.iter().map(|letter| usize::from(letter - b'A'));
        let place = letters.fold(0, |place, letter| place * 26 + letter);
        let kept = EXPONENTS.get(place)?;
        let digits = match kept.load(Ordering::Relaxed) {
            NOT_ASKED => {
                let listed = iso_currency::Currency::from_code(self.as_str());
                let digits = listed.and_then(|listed| listed.exponent()?.try_into().ok());
                let digits = digits.map_or(WITHOUT, |digits: u8| digits.saturating_add(WITH_NONE));
                kept.store(digits, Ordering::Relaxed);
                digits
            }
            digits => digits,
        };
        digits.checked_sub(WITH_NONE).map(u32::from)
    }
}

/// The exponent of each code that was asked for, by its letters: every amount that is
/// written asks, and the list of all currencies is read from its beginning.
static EXPONENTS: [AtomicU8; 26 * 26 * 26] = [const { AtomicU8::new(NOT_ASKED) }; 26 * 26 * 26];

const NOT_ASKED: u8 = 0;
/// There is no exponent.
const WITHOUT: u8 = 1;
/// The exponent is zero; from here on they count up.
const WITH_NONE: u8 = 2;

impl FromStr for Currency {
    type Err = ModelError;

    #[inline]
    fn from_str(code: &str) -> Result<Self, ModelError> {
        match code.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(ModelError::Currency(code.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// An exact amount in major units of a currency.
///
/// The scale of the amount is kept as it was read: `30.0` stays `30.0`. Two
/// amounts are equal when their values are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in major units.
    pub amount: Decimal,
    /// What it is counted in.
    pub currency: Currency,
}

impl Money {
    /// An amount in major units.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// The sum, or an error when the currencies differ or it does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, ModelError> {
        self.same_currency(other)?;
        let sum = Sum::from(self.amount).plus(other.amount)?;
        self.with_amount(sum)
    }

    /// The difference, or an error when the currencies differ or it does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, ModelError> {
        self.same_currency(other)?;
        let sum = Sum::from(self.amount).minus(other.amount)?;
        self.with_amount(sum)
    }

    /// The amount as a whole number of minor units (`12.40 PEN` is 1240).
    ///
    /// Errors when the currency has no known exponent, when the amount has a
    /// part smaller than a minor unit (nothing is rounded), or when it does
    /// not fit.
    pub fn minor_units(self) -> Result<i128, ModelError> {
        let exponent = self
            .currency
            .exponent()
            .ok_or(ModelError::NoMinorUnit(self.currency))?;
        let amount = self.amount.normalize();
        let missing = exponent
            .checked_sub(amount.scale())
            .ok_or(ModelError::SubMinor(self))?;
        10_i128
            .checked_pow(missing)
            .and_then(|factor| amount.mantissa().checked_mul(factor))
            .ok_or(ModelError::Overflow)
    }

    /// The money that a whole number of minor units is.
    pub fn from_minor_units(units: i128, currency: Currency) -> Result<Self, ModelError> {
        let exponent = currency
            .exponent()
            .ok_or(ModelError::NoMinorUnit(currency))?;
        Decimal::try_from_i128_with_scale(units, exponent)
            .map(|amount| Self { amount, currency })
            .map_err(|_| ModelError::Overflow)
    }

    fn with_amount(self, sum: Sum) -> Result<Self, ModelError> {
        let amount = sum.to_decimal().ok_or(ModelError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    fn same_currency(self, other: Self) -> Result<(), ModelError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(ModelError::CurrenciesDiffer(self.currency, other.currency))
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Decimals as text, for `#[serde(with)]`.
///
/// JSON numbers are refused: what reads them usually goes through a float.
pub(crate) mod decimal_text {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(
        value: &Decimal,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text)
            .map_err(|_| de::Error::custom(format_args!("`{text}` is not an exact decimal")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    fn money(amount: Decimal, currency: &str) -> Money {
        Money::new(amount, currency.parse().unwrap())
    }

    #[test]
    fn exponents_follow_iso_4217() {
        let exponent = |code: &str| code.parse::<Currency>().unwrap().exponent();
        assert_eq!(exponent("JPY"), Some(0));
        assert_eq!(exponent("SAR"), Some(2));
        assert_eq!(exponent("KWD"), Some(3));
        assert_eq!(exponent("CLF"), Some(4));
        assert_eq!(exponent("XAU"), None);
        assert_eq!(exponent("QQQ"), None);
        // What is kept of the first time says the same.
        assert_eq!(exponent("JPY"), Some(0));
        assert_eq!(exponent("KWD"), Some(3));
        assert_eq!(exponent("XAU"), None);
    }

    #[test]
    fn only_three_capital_letters_are_a_currency() {
        for text in ["", "us", "usd", "US1", "USDT", "ر.س", " USD"] {
            assert!(text.parse::<Currency>().is_err(), "{text}");
        }
    }

    #[test]
    fn minor_units_are_never_rounded() {
        assert_eq!(money(dec!(12.40), "PEN").minor_units().unwrap(), 1240);
        assert_eq!(money(dec!(12.400), "PEN").minor_units().unwrap(), 1240);
        assert_eq!(money(dec!(12.4), "KWD").minor_units().unwrap(), 12_400);
        assert_eq!(money(dec!(30.0), "JPY").minor_units().unwrap(), 30);
        assert!(matches!(
            money(dec!(0.001), "PEN").minor_units(),
            Err(ModelError::SubMinor(_))
        ));
        assert!(matches!(
            money(dec!(1), "XAU").minor_units(),
            Err(ModelError::NoMinorUnit(_))
        ));
    }

    #[test]
    fn currencies_never_mix() {
        let sum = money(dec!(1), "PEN").checked_add(money(dec!(1), "USD"));
        assert!(matches!(sum, Err(ModelError::CurrenciesDiffer(..))));
    }

    #[test]
    fn sums_that_do_not_fit_are_errors() {
        let sum = money(Decimal::MAX, "PEN").checked_add(money(Decimal::ONE, "PEN"));
        assert!(matches!(sum, Err(ModelError::Overflow)));
        // `Decimal` alone would round this one without a word.
        let digits = money(dec!(123456789012345.67), "PEN");
        let sum = digits.checked_add(money(dec!(0.1234567890123456789), "PEN"));
        assert!(matches!(sum, Err(ModelError::Overflow)));
    }

    proptest! {
        #[test]
        fn minor_units_round_trip(units in any::<i64>(), code in prop::sample::select(vec!["JPY", "PEN", "KWD"])) {
            let currency = code.parse().unwrap();
            let money = Money::from_minor_units(i128::from(units), currency).unwrap();
            prop_assert_eq!(money.minor_units().unwrap(), i128::from(units));
        }
    }
}
