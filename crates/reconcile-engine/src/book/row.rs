//! One row, as it goes into a book and comes out of it.

use jiff::{civil::Date, tz::TimeZone};
use reconcile_core::{Attribute, Currency, Direction, Kind, LedgerEntry, Money, Record, Status};
use rust_decimal::Decimal;

/// One row of either side, as it is pushed into and read from a [`Book`](crate::Book).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The id of the line or record.
    pub id: &'a str,
    /// The merchant's reference; a blank one is none.
    pub reference: Option<&'a str>,
    /// In major units of `currency`; never negative.
    pub amount: Decimal,
    /// What the amount and the fee are counted in.
    pub currency: Currency,
    /// Which way the money moves, from the merchant's side.
    pub direction: Direction,
    /// What moved, where the row says.
    pub kind: Option<Kind>,
    /// How far it got, where the row says.
    pub status: Option<Status>,
    /// The day, in the zone that the reconciliation counts days in and by its
    /// cut-off: whoever reads an instant decides on its day.
    pub date: Date,
    /// What moves the merchant's balance, where that is told beside the amount.
    pub settled: Option<Money>,
    /// The fee, in the currency of the amount.
    pub fee: Option<Decimal>,
    /// The tax on the fee, in the currency of the amount.
    pub tax: Option<Decimal>,
    /// The account or sub-account.
    pub account: Option<&'a str>,
    /// The payment method or card scheme.
    pub method: Option<&'a str>,
    /// Free text; an empty one is none.
    pub description: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// A row with what every row has; the rest is absent.
    #[must_use]
    pub const fn new(id: &'a str, amount: Money, direction: Direction, date: Date) -> Self {
        Self {
            id,
            reference: None,
            amount: amount.amount,
            currency: amount.currency,
            direction,
            kind: None,
            status: None,
            date,
            settled: None,
            fee: None,
            tax: None,
            account: None,
            method: None,
            description: None,
        }
    }

    /// The row of a provider's record, on the day that it was created in `zone`.
    ///
    /// A fee in another currency than the amount's is left out: it explains no
    /// difference between amounts. The tax is the attribute `tax`, where that is an
    /// amount: a record has no column of its own for it.
    #[must_use]
    pub fn of_record(record: &'a Record, zone: &TimeZone) -> Self {
        let date = zone.to_datetime(record.created_at).date();
        Self {
            reference: record.reference.as_deref(),
            kind: Some(record.kind),
            status: Some(record.status),
            settled: record.settled,
            fee: record
                .fee
                .filter(|fee| fee.currency == record.amount.currency)
                .map(|fee| fee.amount),
            tax: Self::tax_in(record, "tax"),
            account: record.account.as_deref(),
            method: record.method.as_deref(),
            description: record.description.as_deref(),
            ..Self::new(&record.id, record.amount, record.direction, date)
        }
    }

    /// The amount that an attribute of a record states; none where it is no amount.
    #[must_use]
    pub fn tax_in(record: &Record, attribute: &str) -> Option<Decimal> {
        match record.attributes.get(attribute)? {
            Attribute::Text(text) => Decimal::from_str_exact(text).ok(),
            Attribute::Integer(number) => Some(Decimal::from(*number)),
            _ => None,
        }
    }

    /// The amount with the sign of its direction: credits `+`, debits `−`.
    #[must_use]
    pub fn signed(&self) -> Decimal {
        signed(self.amount, self.direction)
    }

    /// What somebody wrote, beside the id.
    pub(super) fn texts(&self) -> [Option<&'a str>; 4] {
        [self.reference, self.account, self.method, self.description]
    }
}

impl<'a> From<&'a LedgerEntry> for Row<'a> {
    fn from(entry: &'a LedgerEntry) -> Self {
        Self {
            reference: entry.reference.as_deref(),
            kind: entry.kind,
            status: entry.status,
            fee: entry.fee,
            account: entry.account.as_deref(),
            description: entry.description.as_deref(),
            ..Self::new(&entry.id, entry.amount, entry.direction, entry.date)
        }
    }
}

/// `+` for credits, `−` for debits.
pub(super) fn signed(amount: Decimal, direction: Direction) -> Decimal {
    // A decimal has a negative zero, which nobody wants to read.
    if direction == Direction::Debit && !amount.is_zero() {
        -amount
    } else {
        amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tax_of_a_record_is_the_attribute_of_that_name_where_it_is_an_amount() {
        let tax = |attribute: Attribute| {
            let amount = Money::new(Decimal::TEN, "PEN".parse().unwrap());
            let mut record = Record::new(
                "acme",
                "1",
                (Kind::Payment, Direction::Credit),
                Status::Succeeded,
                amount,
                jiff::Timestamp::UNIX_EPOCH,
            );
            record.attributes.insert("tax".to_owned(), attribute);
            Row::of_record(&record, &TimeZone::UTC).tax
        };
        assert_eq!(tax("0.26".into()), Some(Decimal::new(26, 2)));
        assert_eq!(tax(Attribute::Integer(1)), Some(Decimal::ONE));
        assert_eq!(tax("included".into()), None);
        assert_eq!(tax(Attribute::Flag(true)), None);
    }
}
