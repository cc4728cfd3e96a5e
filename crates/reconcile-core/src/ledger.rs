//! The ledger entry: one line of the merchant's books.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{Direction, Kind, ModelError, Money, Status};

/// One line of the merchant's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The merchant's id of the line, or its line number.
    pub id: String,
    /// The reference that the merchant gave the provider.
    pub reference: Option<String>,
    /// The amount in major units; never negative.
    pub amount: Money,
    /// Which way it moves, from the merchant's side.
    pub direction: Direction,
    /// The day it is booked on, in the ledger's zone.
    pub date: Date,
    /// What moved, where the ledger says.
    pub kind: Option<Kind>,
    /// How far it got, where the ledger says.
    pub status: Option<Status>,
    /// The fee booked with it, in the currency of the amount.
    pub fee: Option<Decimal>,
    /// The merchant's text.
    pub description: Option<String>,
    /// The account of the books or the sub-account at the provider.
    pub account: Option<String>,
}

impl LedgerEntry {
    /// The magnitude and direction that a signed amount stands for.
    ///
    /// A negative amount with no direction is a debit. A negative debit is the
    /// same debit: many books write both. A negative credit contradicts itself.
    pub fn signed(
        amount: Decimal,
        direction: Option<Direction>,
    ) -> Result<(Decimal, Direction), ModelError> {
        match (amount.is_sign_negative() && !amount.is_zero(), direction) {
            (true, Some(Direction::Credit)) => Err(ModelError::NegativeCredit(amount)),
            (true, _) => Ok((amount.abs(), Direction::Debit)),
            (false, direction) => Ok((amount.abs(), direction.unwrap_or(Direction::Credit))),
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn the_sign_stands_for_the_direction() {
        use Direction::{Credit, Debit};
        let read = |amount, direction| LedgerEntry::signed(amount, direction).unwrap();
        assert_eq!(read(dec!(5.00), None), (dec!(5.00), Credit));
        assert_eq!(read(dec!(-5.00), None), (dec!(5.00), Debit));
        assert_eq!(read(dec!(-5.00), Some(Debit)), (dec!(5.00), Debit));
        assert_eq!(read(dec!(5.00), Some(Debit)), (dec!(5.00), Debit));
        assert_eq!(read(dec!(-0.00), None), (dec!(0.00), Credit));
        assert!(LedgerEntry::signed(dec!(-5.00), Some(Credit)).is_err());
    }
}
