//! Saying what a difference is, in figures.
//!
//! A cause is named only where arithmetic shows it.

use reconcile_core::Currency;
use rust_decimal::Decimal;

use crate::{BreakCode, Row};

/// The two sides of a pair that differs, with the sums that they moved.
pub(crate) fn pair(
    code: BreakCode,
    (ledger, expected): (&Row<'_>, Decimal),
    (record, actual): (&Row<'_>, Decimal),
    difference: Option<Decimal>,
) -> String {
    let Some(difference) = difference else {
        return format!(
            "ledger {}, provider {}: the currencies differ",
            money(ledger.signed(), ledger.currency),
            money(record.signed(), record.currency),
        );
    };
    let currency = ledger.currency;
    let equation = format!(
        "ledger {} − provider {} = {}",
        shown(expected, currency),
        operand(actual, currency),
        money(difference, currency),
    );
    match remark(code, ledger, record) {
        Some(remark) => format!("{equation}, {remark}"),
        None => equation,
    }
}

/// Rows of both sides that belong together, with their sums and numbers.
pub(crate) fn group(
    currency: Currency,
    (expected, booked): (Decimal, usize),
    (actual, listed): (Decimal, usize),
    difference: Decimal,
    finding: &str,
) -> String {
    let rows = |count| if count == 1 { "row" } else { "rows" };
    format!(
        "ledger {} ({booked} {}) − provider {} ({listed} {}) = {}: {finding}",
        shown(expected, currency),
        rows(booked),
        operand(actual, currency),
        rows(listed),
        money(difference, currency),
    )
}

/// A row that the other side does not have.
pub(crate) fn lone(row: &Row<'_>, place: &str, finding: &str) -> String {
    let reference = match row.reference {
        Some(reference) => format!("under reference {reference}"),
        None => "without a reference".to_owned(),
    };
    format!(
        "{} {place} on {} {reference}: {finding}",
        money(row.signed(), row.currency),
        row.date,
    )
}

/// A row that says again what another one says.
pub(crate) fn repeated(row: &Row<'_>, place: &str, twin: &str) -> String {
    format!(
        "{} {place} twice: also {twin}",
        money(row.signed(), row.currency)
    )
}

fn remark(code: BreakCode, ledger: &Row<'_>, record: &Row<'_>) -> Option<String> {
    match code {
        BreakCode::SignMismatch => Some(format!(
            "sign flipped: a {} in the ledger, a {} at the provider",
            ledger.direction, record.direction
        )),
        BreakCode::Timing | BreakCode::StatusMismatch => {
            let says = |row: &Row<'_>| row.status.map_or("nothing", |status| status.as_str());
            Some(match ledger.status {
                Some(_) => format!(
                    "the ledger says {}, the provider says {}",
                    says(ledger),
                    says(record)
                ),
                None => format!("the provider says {}", says(record)),
            })
        }
        BreakCode::ReferenceMismatch => {
            let (ledger, record) = ledger.kind.zip(record.kind)?;
            Some(format!(
                "a {ledger} in the ledger, a {record} at the provider"
            ))
        }
        _ => cause(ledger, record),
    }
}

/// Why two amounts of one currency differ, where their digits or a fee show it.
fn cause(ledger: &Row<'_>, record: &Row<'_>) -> Option<String> {
    let (booked, listed) = (ledger.amount, record.amount);
    let gap = (booked.max(listed)).checked_sub(booked.min(listed));
    let is = |factor: Decimal, small: Decimal, large: Decimal| {
        !small.is_zero() && small.checked_mul(factor) == Some(large)
    };
    let text = if gap.is_none() || gap == Some(Decimal::ZERO) {
        return None;
    } else if gap == record.fee {
        "the provider's fee"
    } else if gap == ledger.fee {
        "the fee that the ledger books"
    } else if is(Decimal::ONE_HUNDRED, listed, booked) {
        "×100: the ledger's amount is a hundred times the provider's"
    } else if is(Decimal::ONE_HUNDRED, booked, listed) {
        "÷100: the ledger's amount is a hundredth of the provider's"
    } else if is(Decimal::TWO, listed, booked) {
        "double: the ledger's amount is twice the provider's"
    } else if is(Decimal::TWO, booked, listed) {
        "half: the ledger's amount is half the provider's"
    } else if transposed(booked, listed) {
        "digits transposed"
    } else {
        return None;
    };
    Some(text.to_owned())
}

/// Whether two neighbouring digits changed places.
fn transposed(left: Decimal, right: Decimal) -> bool {
    let scale = left.scale().max(right.scale());
    let digits = |mut amount: Decimal| {
        amount.rescale(scale);
        // Leading zeros count: 09.50 and 90.50 are transposed.
        format!("{:0>30}", amount.mantissa()).into_bytes()
    };
    let (left, right) = (digits(left), digits(right));
    let differing: Vec<(usize, u8, u8)> = (0..)
        .zip(left.into_iter().zip(right))
        .filter(|(_, (l, r))| l != r)
        .map(|(place, (l, r))| (place, l, r))
        .collect();
    matches!(differing.as_slice(), &[(first, a, b), (second, c, d)]
        if second == first + 1 && a == d && b == c)
}

/// What is taken away, in brackets where it is negative.
fn operand(amount: Decimal, currency: Currency) -> String {
    let amount = shown(amount, currency);
    if amount.is_sign_negative() {
        format!("({amount})")
    } else {
        amount.to_string()
    }
}

fn money(amount: Decimal, currency: Currency) -> String {
    format!("{} {currency}", shown(amount, currency))
}

/// The amount with the digits of its currency at least.
fn shown(mut amount: Decimal, currency: Currency) -> Decimal {
    if let Some(exponent) = currency.exponent()
        && amount.scale() < exponent
    {
        amount.rescale(exponent);
    }
    amount
}

#[cfg(test)]
mod tests {
    use reconcile_core::Direction;
    use rust_decimal::dec;

    use super::*;

    fn row(amount: Decimal, fee: Option<Decimal>) -> Row<'static> {
        Row {
            id: "1",
            reference: Some("R"),
            amount,
            currency: "PEN".parse().unwrap(),
            direction: Direction::Credit,
            kind: None,
            status: None,
            date: jiff::civil::date(2026, 11, 1),
            settled: None,
            fee,
            tax: None,
            account: None,
            method: None,
            description: None,
        }
    }

    fn explained(ledger: Decimal, record: Decimal, fee: Option<Decimal>) -> String {
        pair(
            BreakCode::AmountMismatch,
            (&row(ledger, None), ledger),
            (&row(record, fee), record),
            Some(ledger - record),
        )
    }

    #[test]
    fn a_cause_is_named_where_the_figures_show_it() {
        assert_eq!(
            explained(dec!(30), dec!(28.53), Some(dec!(1.47))),
            "ledger 30.00 − provider 28.53 = 1.47 PEN, the provider's fee"
        );
        let ends = |ledger, record, end: &str| {
            let text = explained(ledger, record, None);
            assert!(text.ends_with(end), "{text}");
        };
        ends(dec!(28.53), dec!(30), "= -1.47 PEN");
        ends(dec!(3000), dec!(30.00), "a hundred times the provider's");
        ends(dec!(0.3), dec!(30.00), "a hundredth of the provider's");
        ends(dec!(60), dec!(30), "twice the provider's");
        ends(dec!(15), dec!(30), "half the provider's");
        ends(dec!(94.50), dec!(49.5), "digits transposed");
        ends(dec!(9.50), dec!(95.05), "= -85.55 PEN");
        ends(dec!(0.05), dec!(0.5), "digits transposed");
    }

    #[test]
    fn zero_is_no_multiple_of_anything() {
        assert_eq!(
            explained(dec!(0), dec!(30), None),
            "ledger 0.00 − provider 30.00 = -30.00 PEN"
        );
    }
}
