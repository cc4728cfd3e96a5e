//! A book gives back what was pushed, to the last digit.

use jiff::civil::date;
use proptest::{option, prelude::*};
use rust_decimal::dec;

use super::*;

fn decimal() -> impl Strategy<Value = Decimal> {
    (0..96_u32, any::<i128>(), 0_u32..=28).prop_map(|(bits, number, scale)| {
        Decimal::from_i128_with_scale(number >> (127 - bits), scale)
    })
}

fn money() -> impl Strategy<Value = Money> {
    (decimal(), prop_oneof!["PEN", "KWD"])
        .prop_map(|(amount, code)| Money::new(amount, code.parse().unwrap()))
}

type Texts = (
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

fn texts() -> impl Strategy<Value = Texts> {
    let text = || option::of("[a-zé]{1,40}");
    (
        ".{0,40}",
        text(),
        text(),
        option::of("[ab]{1,2}"),
        option::of("[ab]{1,2}"),
    )
}

type Numbers = (Money, Option<Decimal>, Option<Decimal>, Option<Money>, i64);

fn numbers() -> impl Strategy<Value = Numbers> {
    (
        money(),
        option::of(decimal()),
        option::of(decimal()),
        option::of(money()),
        0_i64..3,
    )
}

proptest! {
    #[test]
    fn rows_read_back_to_the_last_digit(rows in prop::collection::vec((texts(), numbers()), 0..8)) {
        let rows: Vec<Row<'_>> = rows.iter().map(|((id, reference, description, account, method), (amount, fee, tax, settled, day))| Row {
            reference: reference.as_deref(),
            kind: (*day > 1).then_some(Kind::Refund),
            status: (*day > 0).then_some(Status::Pending),
            settled: *settled,
            fee: *fee,
            tax: *tax,
            account: account.as_deref(),
            method: method.as_deref(),
            description: description.as_deref(),
            ..Row::new(id, Money::new(amount.amount.abs(), amount.currency), Direction::Debit, date(2026, 1, 1) + jiff::Span::new().days(*day))
        }).collect();
        // There and back, so that what rows have in common changes to what it was.
        let rows: Vec<_> = rows.iter().chain(rows.iter().rev()).copied().collect();
        let mut book = Book::new();
        for row in &rows {
            book.push(*row).unwrap();
        }
        let scales = |row: &Row<'_>| [Some(row.amount), row.fee, row.tax, row.settled.map(|money| money.amount)].map(|number| number.map(|number| number.scale()));
        for ((pushed, read), index) in rows.iter().zip(book.iter()).zip(book.indices()) {
            prop_assert_eq!(pushed, &read);
            prop_assert_eq!(scales(pushed), scales(&read));
            prop_assert_eq!(book.id(index), pushed.id);
            prop_assert_eq!(book.reference(index), pushed.reference);
            prop_assert_eq!(book.facts(index).amount, pushed.amount);
            for (other, its) in rows.iter().zip(book.indices()) {
                let is_same = book.is_same_amount(index, &book, its);
                prop_assert_eq!(is_same, pushed.amount == other.amount);
            }
        }
        for row in &rows {
            let of_day = rows.iter().filter(|other| (other.currency, other.date) == (row.currency, row.date));
            prop_assert_eq!(book.counted_on(row.currency, row.date), of_day.count());
        }
        prop_assert_eq!(book.last_date(), rows.iter().map(|row| row.date).max());
        prop_assert_eq!(book.has_kind(Kind::Refund), rows.iter().any(|row| row.kind.is_some()));
    }
}

#[test]
fn a_book_of_some_rows_knows_whether_they_are_in_order() {
    let money = Money::new(dec!(1), "PEN".parse().unwrap());
    let mut book = Book::new();
    for id in ["1", "2", "3"] {
        let row = Row::new(id, money, Direction::Credit, date(2026, 1, 1));
        book.push(row).unwrap();
    }
    let [one, _, three] = book.indices().collect::<Vec<_>>()[..] else {
        panic!("three rows")
    };
    let in_order = |rows: [RowIndex; 2]| book.only(rows).is_in_order();
    assert_eq!(
        [in_order([one, three]), in_order([three, one])],
        [true, false]
    );
    let mut more = book.only([one]);
    let row = Row::new("0", money, Direction::Credit, date(2026, 1, 1));
    more.push(row).unwrap();
    assert!(!more.is_in_order());
}

#[test]
fn a_book_adds_up_what_its_rows_move() {
    let mut book = Book::new();
    let day = date(2026, 1, 1);
    for (amount, direction) in [
        (dec!(79228162514264337593543950335), Direction::Credit),
        (dec!(0.001), Direction::Credit),
        (dec!(2.5), Direction::Debit),
    ] {
        let money = Money::new(amount, "PEN".parse().unwrap());
        book.push(Row::new("1", money, direction, day)).unwrap();
    }
    let totals: Vec<_> = book.totals().unwrap().into_values().collect();
    assert_eq!(totals[0].to_string(), "79228162514264337593543950332.501");
    let flows = book.flows().into_iter();
    let flows: Vec<_> = flows
        .map(|flow| (flow.rows, flow.amount.unwrap().to_string()))
        .collect();
    let credits = "79228162514264337593543950335.001".to_owned();
    assert_eq!(flows, [(2, credits), (1, "2.5".to_owned())]);
}
