//! The books of a merchant, with mistakes whose place is known.

use std::fmt::Write as _;

use jiff::civil::Date;
use rust_decimal::Decimal;

mod books;

pub(crate) use books::{Booking, Books, Outcome};

/// One line of the merchant's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The line's own id, unique within the ledger.
    pub id: String,
    /// The merchant's reference, as the provider has it, too.
    pub reference: String,
    /// The amount, positive whatever the direction.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: &'static str,
    /// The day of the record, in the provider's zone.
    pub date: Date,
    /// `payment`, `refund`, `reversal` or `payout`.
    pub kind: &'static str,
    /// `credit` or `debit`, from the merchant's side.
    pub direction: &'static str,
    /// The fee where it is in the currency of the amount.
    pub fee: Option<Decimal>,
    /// Free text without a comma or a quotation mark.
    pub description: &'static str,
}

impl LedgerRow {
    /// The amount with the sign of its direction: a debit is negative.
    #[must_use]
    pub fn signed_amount(&self) -> Decimal {
        if self.direction == "debit" {
            -self.amount
        } else {
            self.amount
        }
    }
}

/// A mistake in the books, and the break that a reconciliation must find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// The code of the break.
    pub code: &'static str,
    /// The ledger line, where there is one.
    pub ledger_id: Option<String>,
    /// The id of the provider's record, where there is one.
    pub record_id: Option<String>,
    /// Ledger less provider, debits negative. What failed or is pending at
    /// the provider counts as nothing there. Of two currencies, which have no
    /// difference, it is the ledger's amount.
    pub difference: Decimal,
    /// The currency of the difference.
    pub currency: &'static str,
}

/// The merchant's books, and what is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedLedger {
    /// The lines, in the order of their dates.
    pub rows: Vec<LedgerRow>,
    /// What a reconciliation with the world must find: all of it, and nothing
    /// else.
    pub planted: Vec<Planted>,
}

impl PlantedLedger {
    /// The ledger file: a header line, then a line for each row.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv =
            String::from("id,reference,amount,currency,date,kind,direction,fee,description\n");
        for row in &self.rows {
            let LedgerRow {
                id,
                reference,
                amount,
                currency,
                date,
                ..
            } = row;
            let LedgerRow {
                kind,
                direction,
                description,
                ..
            } = row;
            let fee = row.fee.map(|fee| fee.to_string()).unwrap_or_default();
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                csv,
                "{id},{reference},{amount},{currency},{date},{kind},{direction},{fee},{description}"
            );
        }
        csv
    }
}
