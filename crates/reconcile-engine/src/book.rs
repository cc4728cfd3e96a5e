//! One side of a reconciliation, held compactly.

mod class;
mod columns;
mod days;
mod packed;
mod row;
#[cfg(test)]
mod tests;

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    ops::Range,
};

use jiff::civil::Date;
use reconcile_core::{Currency, Direction, Kind, Money, Status, Sum};
use rust_decimal::Decimal;

pub use self::row::Row;
use self::{
    class::{Class, Classes, Scale},
    columns::{Attributes, Labels},
    days::Days,
    packed::{LONGEST_NUMBER, Packed},
    row::signed,
};
use crate::EngineError;

/// Where a row stands in its [`Book`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowIndex(
    /// One more than the position: so an optional index takes no more room.
    NonZeroU32,
);

impl RowIndex {
    /// The index at a position, counted from zero.
    pub(crate) const fn at(position: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(position))
    }

    /// The position, counted from zero in the order of pushing.
    #[must_use]
    pub const fn position(self) -> usize {
        // A position in a `Vec`, narrowed by `push`, fits again.
        self.0.get() as usize - 1
    }
}

/// One side of a reconciliation: the ledger, or a provider's records.
///
/// A row takes 16 bytes beside its texts, which share one allocation: what
/// repeats from row to row (currency, direction, kind, status, account, method)
/// is kept once, and fees, taxes and settled amounts stand with the texts, as an
/// amount does that has more than nine digits.
#[derive(Clone, Debug, Default)]
pub struct Book {
    rows: Vec<Cells>,
    classes: Classes,
    labels: Labels,
    days: Days,
    /// Of each row the lengths of its id, reference and description, these
    /// texts, and the numbers that its class says it has.
    packed: Packed,
    attributes: Attributes,
    /// Where in `packed` the id of the last row is.
    last_id: Range<usize>,
    /// Whether the id of a row is not above that of the row before.
    is_out_of_order: bool,
}

#[derive(Clone, Copy, Debug)]
struct Cells {
    /// The digits of the amount, where the class does not say that they are wide.
    units: u32,
    date: Date,
    /// The place in `classes`.
    class: u32,
    /// Where it begins in `packed`.
    packed: u32,
}

/// How money moves in one direction and currency, whatever its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flow {
    /// What the amount is counted in.
    pub currency: Currency,
    /// Which way it moves, from the merchant's side.
    pub direction: Direction,
    /// How many rows move it.
    pub rows: usize,
    /// The sum of their amounts, in major units and never negative; `None` where
    /// it has more digits than a sum holds.
    pub amount: Option<Sum>,
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

/// The same without the amount.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
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
    /// The attribute that says when a record changed last, where that is on a
    /// later day than its own: it tells a status that changed after the cut-off.
    pub const UPDATED_AT: &str = "updated_at";

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
            packed: Packed::with_capacity(text_bytes + 4 * rows),
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
        let reference = row.reference;
        let reference = reference.filter(|text| !text.chars().all(char::is_whitespace));
        let reference = reference.unwrap_or_default();
        let description = row.description.unwrap_or_default();
        let index = u32::try_from(self.rows.len()).map_err(|_| full())?;
        if index == u32::MAX {
            return Err(full());
        }
        let index = RowIndex::at(index);
        let packed = u32::try_from(self.packed.len()).map_err(|_| full())?;
        let most = [row.id, reference, description]
            .map(str::len)
            .iter()
            .sum::<usize>();
        if u32::try_from(self.packed.len() + most + 8 * LONGEST_NUMBER).is_err() {
            return Err(full());
        }
        let amount = row.amount.abs();
        let units = u32::try_from(amount.mantissa());
        let label = self.labels.place(row.account, row.method);
        let class = Class {
            label: label.ok_or_else(full)?,
            amount: Scale::of(Some(amount)),
            fee: Scale::of(row.fee),
            tax: Scale::of(row.tax),
            settled: Scale::of(row.settled.map(|money| money.amount)),
            wide: units.is_err(),
            currency: row.currency,
            direction: row.direction,
            kind: row.kind,
            status: row.status,
            settled_currency: row.settled.map(|money| money.currency),
        };
        let class = self.classes.place(class).ok_or_else(full)?;
        self.attributes.push(index, attributes).ok_or_else(full)?;
        self.classes.count(class, amount.mantissa());
        self.days.count(row.currency, row.date);
        // Asked while the row before is near: later, it is a way through all ids.
        let before = self.packed.bytes_at(self.last_id.clone());
        self.is_out_of_order |= before >= row.id.as_bytes() && !self.rows.is_empty();
        for text in [row.id, reference, description] {
            self.packed.push_length(text);
        }
        let start = self.packed.len();
        self.last_id = start..start + row.id.len();
        for text in [row.id, reference, description] {
            self.packed.push_text(text);
        }
        let wide = units.is_err().then_some(amount);
        let settled = row.settled.map(|money| money.amount);
        let mut push = |number: Option<Decimal>| {
            if let Some(number) = number {
                self.packed.push_signed(number.mantissa());
            }
        };
        push(wide);
        push(row.fee);
        push(row.tax);
        push(settled);
        self.rows.push(Cells {
            units: units.unwrap_or_default(),
            date: row.date,
            class,
            packed,
        });
        Ok(())
    }

    /// A book of these rows alone, each of which is named once. All that it says of its
    /// rows together is said of every row of this one, as if it had
    /// [counted](Self::count) the others.
    ///
    /// # Panics
    ///
    /// When an index comes from a longer book.
    #[must_use]
    pub fn only(&self, rows: impl IntoIterator<Item = RowIndex>) -> Self {
        let mut book = Self {
            classes: self.classes.clone(),
            labels: self.labels.clone(),
            days: self.days.clone(),
            // What is in order stays so.
            is_out_of_order: self.is_out_of_order,
            ..Self::default()
        };
        let mut before = None;
        for (place, row) in (0..).zip(rows) {
            book.is_out_of_order |= before.replace(row) >= Some(row);
            let (cells, _) = self.cells(row);
            // A part of what fits fits.
            let packed = u32::try_from(book.packed.len()).unwrap_or(u32::MAX);
            let attributes = self.attributes(row);
            book.attributes.push(RowIndex::at(place), attributes);
            let ([id, _, _], begin) = self.packed.lengths(cells.packed);
            let begin = book.packed.len() + begin - cells.packed as usize;
            book.last_id = begin..begin + id;
            book.packed.push_text(self.packed_of(row));
            book.rows.push(Cells { packed, ..*cells });
        }
        book
    }

    /// All of a row that is in `packed`.
    fn packed_of(&self, index: RowIndex) -> &str {
        let begin = self.packed_at(index) as usize;
        let next = self.rows.get(index.position() + 1);
        let end = next.map_or(self.packed.len(), |next| next.packed as usize);
        self.packed.text(begin, end - begin)
    }

    /// Counts rows of another book without holding them: all that this book says
    /// of its rows together, their number, sums and last day, is then said of
    /// these, too.
    ///
    /// Errors when the book is full, and then has counted none or some.
    ///
    /// # Panics
    ///
    /// When an index comes from a longer book than the other.
    pub fn count(
        &mut self,
        other: &Self,
        rows: impl IntoIterator<Item = RowIndex>,
    ) -> Result<(), EngineError> {
        for row in rows {
            let (cells, class) = other.cells(row);
            let (account, method) = other.labels.at(class.label);
            let full = || EngineError::BookFull {
                id: other.id(row).to_owned(),
            };
            let label = self.labels.place(account, method).ok_or_else(full)?;
            let class = Class { label, ..*class };
            let place = self.classes.place(class).ok_or_else(full)?;
            self.classes.count(place, other.mantissa(row));
            self.days.count(class.currency, cells.date);
        }
        Ok(())
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many rows are counted: those that there are, and those that are only
    /// [counted](Self::count).
    #[must_use]
    pub fn counted(&self) -> usize {
        let classes = self.classes.members.iter();
        classes.map(|members| members.rows).sum()
    }

    /// How many bytes its rows take in memory, about: what they have in common
    /// left out.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Cells>() + self.packed.bytes() + self.attributes.bytes()
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
        let (cells, class) = self.cells(index);
        let (lengths, mut place) = self.packed.lengths::<3>(cells.packed);
        let [id, reference, description] = lengths.map(|length| {
            let text = self.packed.text(place, length);
            place += length;
            text
        });
        let mut packed = self.packed.from(place);
        let amount = if class.wide {
            number(packed.signed(), class.digits())
        } else {
            cells.amount(class)
        };
        let mut next = |scale: u32| number(packed.signed(), scale);
        let fee = class.fee.digits().map(&mut next);
        let tax = class.tax.digits().map(&mut next);
        let settled = class.settled.digits().map(&mut next);
        let settled = settled.zip(class.settled_currency);
        let settled = settled.map(|(amount, currency)| Money::new(amount, currency));
        let (account, method) = self.labels.at(class.label);
        Row {
            id,
            reference: Some(reference).filter(|text| !text.is_empty()),
            amount,
            currency: class.currency,
            direction: class.direction,
            kind: class.kind,
            status: class.status,
            date: cells.date,
            settled,
            fee,
            tax,
            account,
            method,
            description: Some(description).filter(|text| !text.is_empty()),
        }
    }

    /// The amount of a row with the sign of its direction: credits `+`, debits `−`.
    ///
    /// # Panics
    ///
    /// When the index comes from a longer book.
    #[must_use]
    #[inline]
    pub fn signed(&self, index: RowIndex) -> Money {
        let (_, class) = self.cells(index);
        Money::new(signed(self.amount(index), class.direction), class.currency)
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

    /// Whether any row states a fee or a tax.
    pub(crate) fn states_charges(&self) -> bool {
        let mut classes = self.classes.members.iter().map(|members| members.class);
        classes.any(|class| class.fee.digits().or(class.tax.digits()).is_some())
    }

    /// Whether any row states what settled.
    pub(crate) fn states_settled(&self) -> bool {
        let mut classes = self.classes.members.iter().map(|members| members.class);
        classes.any(|class| class.settled_currency.is_some())
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
        self.totals_of(|_| true)
    }

    /// The same over the rows whose status counts.
    pub(crate) fn totals_of(
        &self,
        counts: impl Fn(Option<Status>) -> bool,
    ) -> Result<BTreeMap<Currency, Sum>, EngineError> {
        let mut totals: BTreeMap<_, Sum> = BTreeMap::new();
        for members in &self.classes.members {
            let Class {
                currency,
                direction,
                status,
                ..
            } = members.class;
            let total = totals.entry(currency).or_default();
            if counts(status) {
                let sum = members.sum()?;
                let sum = match direction {
                    Direction::Debit => total.minus(sum),
                    _ => total.plus(sum),
                };
                *total = sum.map_err(|_| EngineError::Inexact(currency))?;
            }
        }
        Ok(totals)
    }

    /// What moves in each direction and currency, in their order.
    #[must_use]
    pub fn flows(&self) -> Vec<Flow> {
        let mut flows: BTreeMap<_, (usize, Option<Sum>)> = BTreeMap::new();
        for members in &self.classes.members {
            let Class {
                currency,
                direction,
                ..
            } = members.class;
            let nothing = (0, Some(Sum::ZERO));
            let (rows, total) = flows.entry((currency, direction)).or_insert(nothing);
            *rows += members.rows;
            *total = total.and_then(|total| total.plus(members.sum().ok()?).ok());
        }
        let flows = flows.into_iter();
        flows
            .map(|((currency, direction), (rows, amount))| Flow {
                currency,
                direction,
                rows,
                amount,
            })
            .collect()
    }

    /// Whether any row says that it is of this kind.
    #[must_use]
    pub fn has_kind(&self, kind: Kind) -> bool {
        let mut classes = self.classes.members.iter();
        classes.any(|members| members.class.kind == Some(kind))
    }

    /// The last day of any row; `None` where there is no row.
    #[must_use]
    pub fn last_date(&self) -> Option<Date> {
        self.days.last()
    }

    /// How many rows are counted that are of this currency and day.
    pub(crate) fn counted_on(&self, currency: Currency, date: Date) -> usize {
        self.days.of(currency, date)
    }

    /// Every index, in the order of pushing.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = RowIndex> + use<> {
        // `push` admits no row whose position does not fit.
        (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).map(RowIndex::at)
    }

    /// Whether a row states the same amount as a row of another book, in whatever
    /// currencies.
    pub(crate) fn is_same_amount(&self, index: RowIndex, other: &Self, its: RowIndex) -> bool {
        let ((cells, class), (others, its_class)) = (self.cells(index), other.cells(its));
        if class.amount == its_class.amount && !class.wide && !its_class.wide {
            return cells.units == others.units;
        }
        self.amount(index) == other.amount(its)
    }

    /// The digits of the amount of a row as a whole number; `None` where there are
    /// more than that holds.
    pub(crate) fn units(&self, index: RowIndex) -> Option<i64> {
        i64::try_from(self.mantissa(index)).ok()
    }

    /// How many digits after the point its amounts are written with.
    pub(crate) fn scales(&self) -> BTreeSet<u32> {
        let classes = self.classes.members.iter();
        classes.map(|members| members.class.digits()).collect()
    }

    fn amount(&self, index: RowIndex) -> Decimal {
        let (cells, class) = self.cells(index);
        if class.wide {
            number(self.mantissa(index), class.digits())
        } else {
            cells.amount(class)
        }
    }

    /// The digits of the amount of a row.
    fn mantissa(&self, index: RowIndex) -> i128 {
        let (cells, class) = self.cells(index);
        if !class.wide {
            return cells.units.into();
        }
        let (lengths, place) = self.packed.lengths::<3>(cells.packed);
        let place = place + lengths.iter().sum::<usize>();
        self.packed.from(place).signed()
    }

    /// What a match of a row is decided on beside its amount.
    pub(crate) fn terms(&self, index: RowIndex) -> Terms {
        let (cells, class) = self.cells(index);
        Terms {
            date: cells.date,
            currency: class.currency,
            direction: class.direction,
            kind: class.kind,
            status: class.status,
        }
    }

    /// What a match of a row is decided on.
    pub(crate) fn facts(&self, index: RowIndex) -> Facts {
        let terms = self.terms(index);
        Facts {
            amount: self.amount(index),
            date: terms.date,
            currency: terms.currency,
            direction: terms.direction,
            kind: terms.kind,
            status: terms.status,
        }
    }

    /// The id of a row.
    ///
    /// # Panics
    ///
    /// When the index comes from a longer book.
    #[must_use]
    #[inline]
    pub fn id(&self, index: RowIndex) -> &str {
        let ([id, _, _], place) = self.packed.lengths(self.packed_at(index));
        self.packed.text(place, id)
    }

    /// The same as bytes, which are there in fewer steps.
    ///
    /// # Panics
    ///
    /// When the index comes from a longer book.
    #[must_use]
    #[inline]
    pub fn id_bytes(&self, index: RowIndex) -> &[u8] {
        let ([id, _, _], place) = self.packed.lengths(self.packed_at(index));
        self.packed.bytes_at(place..place + id)
    }

    /// Whether the ids ascend, each of them once.
    pub(crate) fn is_in_order(&self) -> bool {
        !self.is_out_of_order
    }

    /// The reference of a row.
    pub(crate) fn reference(&self, index: RowIndex) -> Option<&str> {
        let ([id, reference, _], place) = self.packed.lengths(self.packed_at(index));
        let reference = self.packed.text(place + id, reference);
        Some(reference).filter(|text| !text.is_empty())
    }

    /// The bytes of the reference of a row; none where it has no reference.
    #[inline]
    pub(crate) fn reference_bytes(&self, index: RowIndex) -> &[u8] {
        let ([id, reference, _], place) = self.packed.lengths(self.packed_at(index));
        let start = place + id;
        self.packed.bytes_at(start..start + reference)
    }

    pub(crate) fn compare(&self, left: RowIndex, right: RowIndex) -> Ordering {
        self.compare_with(left, self, right)
    }

    /// An order of rows, of this book and another, by nothing but their content,
    /// the id first: rows that it finds equal are the same in every column.
    ///
    /// # Panics
    ///
    /// When an index comes from a longer book.
    #[must_use]
    pub fn compare_with(&self, left: RowIndex, other: &Self, right: RowIndex) -> Ordering {
        let by_id = self.id(left).cmp(other.id(right));
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
            let (one, two) = (self.row(left), other.row(right));
            key(one)
                .cmp(&key(two))
                .then_with(|| one.texts().cmp(&two.texts()))
                .then_with(|| self.attributes(left).cmp(other.attributes(right)))
        })
    }

    /// Where a row begins in `packed`.
    #[expect(clippy::indexing_slicing, reason = "documented panic of `Book::id`")]
    fn packed_at(&self, index: RowIndex) -> u32 {
        self.rows[index.position()].packed
    }

    // An index is only ever handed out by a book or what was made from it, so
    // that one out of bounds is a mistake in the program, as for a slice.
    #[expect(clippy::indexing_slicing, reason = "documented panic of `Book::row`")]
    fn cells(&self, index: RowIndex) -> (&Cells, &Class) {
        let cells = &self.rows[index.position()];
        (cells, &self.classes.members[cells.class as usize].class)
    }
}

impl Cells {
    /// The amount, where it is not wide.
    fn amount(&self, class: &Class) -> Decimal {
        Decimal::new(self.units.into(), class.digits())
    }
}

/// A number that was a decimal of this scale.
fn number(mantissa: i128, scale: u32) -> Decimal {
    Decimal::try_from_i128_with_scale(mantissa, scale).unwrap_or_default()
}
