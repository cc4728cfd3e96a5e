//! A row of a book as bytes.

use std::io;

use jiff::civil::Date;
use reconcile_core::{Currency, Direction, Kind, Money, Status};
use reconcile_engine::{Book, Row, RowIndex};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What is written of a row: all of it, its amounts to the last digit.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    id: &'a str,
    reference: Option<&'a str>,
    amount: Number,
    currency: &'a str,
    direction: Direction,
    kind: Option<Kind>,
    status: Option<Status>,
    /// Year, month and day.
    date: (i16, i8, i8),
    settled: Option<(Number, &'a str)>,
    fee: Option<Number>,
    tax: Option<Number>,
    account: Option<&'a str>,
    method: Option<&'a str>,
    description: Option<&'a str>,
    #[serde(borrow)]
    attributes: Vec<(&'a str, &'a str)>,
}

/// The digits of an amount, and how many of them stand behind the point.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Number(i128, u32);

/// Appends a row.
pub(super) fn write(book: &Book, row: RowIndex, bytes: &mut Vec<u8>) -> io::Result<()> {
    let attributes = book.attributes(row).collect();
    let row = book.row(row);
    let settled = row.settled.as_ref();
    let stored = Stored {
        id: row.id,
        reference: row.reference,
        amount: row.amount.into(),
        currency: row.currency.as_str(),
        direction: row.direction,
        kind: row.kind,
        status: row.status,
        date: (row.date.year(), row.date.month(), row.date.day()),
        settled: settled.map(|money| (money.amount.into(), money.currency.as_str())),
        fee: row.fee.map(Number::from),
        tax: row.tax.map(Number::from),
        account: row.account,
        method: row.method,
        description: row.description,
        attributes,
    };
    postcard::to_io(&stored, bytes).map_err(io::Error::other)?;
    Ok(())
}

/// Pushes the first row of these bytes into a book, and gives what follows.
pub(super) fn read<'b>(bytes: &'b [u8], book: &mut Book) -> io::Result<&'b [u8]> {
    let (stored, rest) =
        postcard::take_from_bytes::<Stored<'_>>(bytes).map_err(io::Error::other)?;
    let (year, month, day) = stored.date;
    let settled = stored.settled.map(|(amount, currency)| {
        let currency = currency_of(currency)?;
        Ok::<_, io::Error>(Money::new(amount.decimal()?, currency))
    });
    let row = Row {
        id: stored.id,
        reference: stored.reference,
        amount: stored.amount.decimal()?,
        currency: currency_of(stored.currency)?,
        direction: stored.direction,
        kind: stored.kind,
        status: stored.status,
        date: Date::new(year, month, day).map_err(io::Error::other)?,
        settled: settled.transpose()?,
        fee: stored.fee.map(Number::decimal).transpose()?,
        tax: stored.tax.map(Number::decimal).transpose()?,
        account: stored.account,
        method: stored.method,
        description: stored.description,
    };
    book.push_with(row, stored.attributes)
        .map_err(io::Error::other)?;
    Ok(rest)
}

fn currency_of(code: &str) -> io::Result<Currency> {
    code.parse().map_err(io::Error::other)
}

impl From<Decimal> for Number {
    fn from(amount: Decimal) -> Self {
        Self(amount.mantissa(), amount.scale())
    }
}

impl Number {
    fn decimal(self) -> io::Result<Decimal> {
        Decimal::try_from_i128_with_scale(self.0, self.1).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*};

    use super::*;

    fn number() -> impl Strategy<Value = Decimal> {
        (any::<i64>(), 0_u32..=18).prop_map(|(digits, scale)| Decimal::new(digits, scale))
    }

    fn text() -> impl Strategy<Value = Option<String>> {
        option::of(
            ".{1,20}".prop_filter("a blank reference is none", |text| !text.trim().is_empty()),
        )
    }

    fn money() -> impl Strategy<Value = Money> {
        (number(), prop_oneof!["PEN", "KWD"])
            .prop_map(|(amount, code)| Money::new(amount, code.parse().unwrap()))
    }

    proptest! {
        #[test]
        fn a_row_comes_back_as_it_went(
            texts in [text(), text(), text(), text(), text()],
            (money, settled) in (money(), option::of(money())),
            (fee, tax) in (option::of(number()), option::of(number())),
            day in 0_i64..3_000_000,
            said in any::<bool>(),
        ) {
            let [id, reference, account, method, description] = &texts;
            let amount = Money::new(money.amount.abs(), money.currency);
            let day = Date::ZERO + jiff::Span::new().days(day);
            let row = Row {
                reference: reference.as_deref(),
                kind: said.then_some(Kind::Adjustment),
                status: said.then_some(Status::Unknown),
                settled,
                fee,
                tax,
                account: account.as_deref(),
                method: method.as_deref(),
                description: description.as_deref(),
                ..Row::new(id.as_deref().unwrap_or_default(), amount, Direction::Debit, day)
            };
            let attributes = [("batch", account), ("rrn", method)];
            let attributes = attributes.iter().filter_map(|(name, text)| Some((*name, text.as_deref()?)));
            let mut book = Book::new();
            book.push(Row::new("before", amount, Direction::Credit, day)).unwrap();
            book.push_with(row, attributes).unwrap();
            let mut bytes = Vec::new();
            for row in book.indices() {
                write(&book, row, &mut bytes).unwrap();
            }
            let mut back = Book::new();
            let rest = read(&bytes, &mut back).unwrap();
            prop_assert!(read(rest, &mut back).unwrap().is_empty());
            for row in book.indices() {
                prop_assert!(book.compare_with(row, &back, row).is_eq());
            }
            prop_assert_eq!(book.flows(), back.flows());
        }
    }
}
