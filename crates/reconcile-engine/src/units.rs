//! Amounts as whole numbers.

use rust_decimal::Decimal;

use crate::{Book, join::Crowd};

/// How many digits the finest amount of some rows has after the point.
pub(crate) fn scale(ledger: &Book, records: &Book, rows: &Crowd) -> u32 {
    let of = |book: &Book, rows: &[crate::RowIndex]| {
        let scales = rows
            .iter()
            .map(|row| book.facts(*row).amount.normalize().scale());
        scales.max().unwrap_or(0)
    };
    of(ledger, &rows.ledger).max(of(records, &rows.records))
}

/// An amount in units of so many digits after the point, rounded towards zero;
/// `None` where it does not fit.
pub(crate) fn units(amount: Decimal, scale: u32) -> Option<i128> {
    let amount = amount.normalize();
    match scale.checked_sub(amount.scale()) {
        Some(more) => 10_i128.checked_pow(more)?.checked_mul(amount.mantissa()),
        None => Some(amount.mantissa() / 10_i128.checked_pow(amount.scale() - scale)?),
    }
}
