//! Amounts as whole numbers.

use rust_decimal::Decimal;

use crate::{Book, join::Crowd};

/// How many digits the finest amount of some rows has after the point.
pub(crate) fn scale(ledger: &Book, records: &Book, rows: &Crowd) -> u32 {
    let booked = rows.ledger.iter().map(|row| ledger.facts(*row).amount);
    let listed = rows.records.iter().map(|row| records.facts(*row).amount);
    finest(booked.chain(listed))
}

/// How many digits the finest of some amounts has after the point.
pub(crate) fn finest(amounts: impl Iterator<Item = Decimal>) -> u32 {
    let scales = amounts.map(|amount| amount.normalize().scale());
    scales.max().unwrap_or(0)
}

/// An amount in units of so many digits after the point; `None` where it does
/// not fit, or has more digits: nothing is ever rounded.
pub(crate) fn units(amount: Decimal, scale: u32) -> Option<i128> {
    let amount = amount.normalize();
    let more = scale.checked_sub(amount.scale())?;
    10_i128.checked_pow(more)?.checked_mul(amount.mantissa())
}
