//! Amounts inside the sandbox: whole cents.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use rust_decimal::Decimal;

/// An amount in hundredths of its currency. Every currency of the worlds has
/// two decimals, so sums are exact and a record stays small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Cents(pub(crate) i64);

impl Cents {
    pub(crate) const ZERO: Self = Self(0);

    /// The amount in major units, with two decimals.
    pub(crate) fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// `self × numerator / denominator`, rounded half up to the cent.
    pub(crate) fn scaled(self, numerator: i64, denominator: i64) -> Self {
        Self((self.0 * numerator + denominator / 2) / denominator)
    }
}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Cents {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Cents {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}
