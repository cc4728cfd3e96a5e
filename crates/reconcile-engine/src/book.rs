//! One side of a reconciliation, held compactly.

mod columns;

use std::{cmp::Ordering, collections::BTreeMap};

use jiff::{civil::Date, tz::TimeZone};
use reconcile_core::{Currency, Direction, Kind, LedgerEntry, Money, Record, Status, Sum};
use rust_decimal::Decimal;

use self::columns::{Attributes, Labels, Sparse};
use crate::{EngineError, sum::Sums};

/// One row of either side, as it is pushed into and read from a [`Book`].
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
    /// difference between amounts.
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
            account: record.account.as_deref(),
            method: record.method.as_deref(),
            description: record.description.as_deref(),
            ..Self::new(&record.id, record.amount, record.direction, date)
        }
    }

    /// The amount with the sign of its direction: credits `+`, debits `−`.
    #[must_use]
    pub fn signed(&self) -> Decimal {
        signed(self.amount, self.direction)
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

/// Where a row stands in its [`Book`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowIndex(u32);

impl RowIndex {
    /// The position, counted from zero in the order of pushing.
    #[must_use]
    pub const fn position(self) -> usize {
        // A position in a `Vec`, narrowed by `push`, fits again.
        self.0 as usize
    }
}

/// One side of a reconciliation: the ledger, or a provider's records.
///
/// A row takes 44 bytes beside its texts, which share one allocation. What a
/// row's match is decided on lies together, since matching visits rows in no
/// order of theirs; what many books do not have (fees, taxes, settled amounts,
/// attributes) lies apart.
#[derive(Clone, Debug, Default)]
pub struct Book {
    rows: Vec<Cells>,
    /// Of each row its id, reference and description, one after the other.
    texts: String,
    labels: Labels,
    fees: Sparse<Decimal>,
    taxes: Sparse<Decimal>,
    settled: Sparse<Money>,
    attributes: Attributes,
}

#[derive(Clone, Copy, Debug)]
struct Cells {
    facts: Facts,
    /// Where the texts of the row begin; those of the row before end there.
    text: u32,
    id_end: u32,
    reference_end: u32,
    /// The place of account and method in `labels`.
    label: u32,
}

/// What a match is decided on beside the reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) amount: Decimal,
    pub(crate) date: Date,
    pub(crate) currency: Currency,
    pub(crate) direction: Direction,
    pub(crate) kind: Option<Kind>,
    pub(crate) status: Option<Status>,
}

impl Facts {
    /// The amount with the sign of its direction.
    pub(crate) fn signed(&self) -> Decimal {
        signed(self.amount, self.direction)
    }
}

impl Book {
    /// An empty book.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty book with room for so many rows and bytes of text (ids,
    /// references and descriptions).
    #[must_use]
    pub fn with_capacity(rows: usize, text_bytes: usize) -> Self {
        Self {
            rows: Vec::with_capacity(rows),
            texts: String::with_capacity(text_bytes),
            ..Self::default()
        }
    }

    /// Adds a row; ids need not be unique.
    ///
    /// Errors when the amount is negative or the book is full, and then leaves
    /// the book as it was.
    pub fn push(&mut self, row: Row<'_>) -> Result<(), EngineError> {
        self.push_with(row, [])
    }

    /// The same with attributes: further match keys by name, each name once.
    /// Which of them the rules ask for is [`Rules::attributes`](crate::Rules::attributes);
    /// no other need be kept.
    pub fn push_with<'a>(
        &mut self,
        row: Row<'_>,
        attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), EngineError> {
        if row.amount.is_sign_negative() && !row.amount.is_zero() {
            return Err(EngineError::NegativeAmount {
                id: row.id.to_owned(),
                amount: row.amount,
            });
        }
        let full = || EngineError::BookFull {
            id: row.id.to_owned(),
        };
        let reference = row.reference.filter(|text| !text.trim().is_empty());
        let reference = reference.unwrap_or_default();
        let description = row.description.unwrap_or_default();
        let index = RowIndex(u32::try_from(self.rows.len()).map_err(|_| full())?);
        let end = |start: u32, text: &str| {
            let length = u32::try_from(text.len()).ok();
            length.and_then(|length| start.checked_add(length))
        };
        let text = u32::try_from(self.texts.len()).map_err(|_| full())?;
        let id_end = end(text, row.id).ok_or_else(full)?;
        let reference_end = end(id_end, reference).ok_or_else(full)?;
        end(reference_end, description).ok_or_else(full)?;
        let label = self.labels.place(row.account, row.method);
        let label = label.ok_or_else(full)?;
        self.attributes.push(index, attributes).ok_or_else(full)?;
        for text in [row.id, reference, description] {
            self.texts.push_str(text);
        }
        self.fees.push(index, row.fee);
        self.taxes.push(index, row.tax);
        self.settled.push(index, row.settled);
        self.rows.push(Cells {
            facts: Facts {
                amount: row.amount.abs(),
                date: row.date,
                currency: row.currency,
                direction: row.direction,
                kind: row.kind,
                status: row.status,
            },
            text,
            id_end,
            reference_end,
            label,
        });
        Ok(())
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row at an index of this book.
    ///
    /// # Panics
    ///
    /// When the index comes from a longer book.
    #[must_use]
    pub fn row(&self, index: RowIndex) -> Row<'_> {
        let cells = self.cells(index);
        let (account, method) = self.labels.at(cells.label);
        Row {
            id: self.id(index),
            reference: self.reference(index),
            amount: cells.facts.amount,
            currency: cells.facts.currency,
            direction: cells.facts.direction,
            kind: cells.facts.kind,
            status: cells.facts.status,
            date: cells.facts.date,
            settled: self.settled.at(index),
            fee: self.fees.at(index),
            tax: self.taxes.at(index),
            account,
            method,
            description: self.description(index),
        }
    }

    /// The attribute of that name of a row.
    #[must_use]
    pub fn attribute(&self, index: RowIndex, name: &str) -> Option<&str> {
        self.attributes(index)
            .find_map(|(other, value)| (other == name).then_some(value))
    }

    /// The attributes of a row by name.
    pub fn attributes(&self, index: RowIndex) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.of(index)
    }

    /// Every row, in the order of pushing.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.indices().map(|index| self.row(index))
    }

    /// The sum of all rows by currency, credits `+` and debits `−`, whatever
    /// their status.
    ///
    /// Errors when a sum has more digits than [`Sum`] holds.
    pub fn totals(&self) -> Result<BTreeMap<Currency, Sum>, EngineError> {
        let mut sums = Sums::default();
        for row in &self.rows {
            sums.add(row.facts.currency, row.facts.signed())?;
        }
        Ok(sums.totals())
    }

    /// The last day of any row; `None` where there is no row.
    #[must_use]
    pub fn last_date(&self) -> Option<Date> {
        self.rows.iter().map(|row| row.facts.date).max()
    }

    /// Every index, in the order of pushing.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = RowIndex> + use<> {
        // `push` admits no row whose position does not fit.
        (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).map(RowIndex)
    }

    /// What a match of a row is decided on.
    pub(crate) fn facts(&self, index: RowIndex) -> &Facts {
        &self.cells(index).facts
    }

    /// The id of a row.
    pub(crate) fn id(&self, index: RowIndex) -> &str {
        let cells = self.cells(index);
        self.text(cells.text, cells.id_end as usize)
    }

    /// The reference of a row.
    pub(crate) fn reference(&self, index: RowIndex) -> Option<&str> {
        let cells = self.cells(index);
        Some(self.text(cells.id_end, cells.reference_end as usize)).filter(|text| !text.is_empty())
    }

    fn description(&self, index: RowIndex) -> Option<&str> {
        let next = self.rows.get(index.position() + 1);
        let end = next.map_or(self.texts.len(), |next| next.text as usize);
        Some(self.text(self.cells(index).reference_end, end)).filter(|text| !text.is_empty())
    }

    /// An order of rows by nothing but their content, the id first: rows that
    /// it finds equal are the same in every column.
    pub(crate) fn compare(&self, left: RowIndex, right: RowIndex) -> Ordering {
        let by_id = self.id(left).cmp(self.id(right));
        by_id.then_with(|| {
            let key = |row: Row<'_>| {
                let scaled = |amount: Decimal| (amount, amount.scale());
                let settled = row
                    .settled
                    .map(|money| (money.currency, scaled(money.amount)));
                (
                    (row.date, scaled(row.amount), row.currency),
                    (row.direction, row.kind, row.status),
                    (row.fee.map(scaled), row.tax.map(scaled), settled),
                )
            };
            let texts = |index| {
                let row = self.row(index);
                (row.reference, row.account, row.method, row.description)
            };
            key(self.row(left))
                .cmp(&key(self.row(right)))
                .then_with(|| texts(left).cmp(&texts(right)))
                .then_with(|| self.attributes(left).cmp(self.attributes(right)))
        })
    }

    // An index is only ever handed out by a book or what was made from it, so
    // that one out of bounds is a mistake in the program, as for a slice.
    #[expect(clippy::indexing_slicing, reason = "documented panic of `Book::row`")]
    fn cells(&self, index: RowIndex) -> &Cells {
        &self.rows[index.position()]
    }

    fn text(&self, from: u32, to: usize) -> &str {
        // The offsets were taken at the ends of texts.
        self.texts.get(from as usize..to).unwrap_or_default()
    }
}

/// `+` for credits, `−` for debits.
fn signed(amount: Decimal, direction: Direction) -> Decimal {
    // A decimal has a negative zero, which nobody wants to read.
    if direction == Direction::Debit && !amount.is_zero() {
        -amount
    } else {
        amount
    }
}
