//! Amounts as whole numbers.

use rust_decimal::Decimal;

use crate::{Pass, Side, findings::Findings, join::Crowd};

/// How many digits the finest amount that a pass compares of some rows has after
/// the point: more than any states, where a fee is taken off.
pub(crate) fn scale(findings: &Findings<'_>, pass: &Pass, rows: &Crowd) -> u32 {
    let compared = |side, row| findings.compared(pass, side, row).normalize().scale();
    let booked = rows.ledger.iter().map(|row| compared(Side::Ledger, *row));
    let listed = rows.records.iter().map(|row| compared(Side::Records, *row));
    booked.chain(listed).max().unwrap_or(0)
}

/// An amount in units of so many digits after the point; `None` where it does
/// not fit, or has more digits: nothing is ever rounded.
pub(crate) fn units(amount: Decimal, scale: u32) -> Option<i128> {
    let amount = amount.normalize();
    let more = scale.checked_sub(amount.scale())?;
    10_i128.checked_pow(more)?.checked_mul(amount.mantissa())
}
