//! How books are kept: right first, then with a handful of each mistake.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{LedgerRow, Planted, PlantedLedger};
use crate::random::Random;

/// A record of the provider, as the merchant would book it.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    /// What the record is known by, unique among the bookings.
    pub(crate) record_id: String,
    /// The true line; its number comes when the books are closed.
    pub(crate) row: LedgerRow,
    pub(crate) outcome: Outcome,
}

/// What became of a record, and whether it was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Money moved, and it is in the books.
    Succeeded,
    /// Money moved a second time under the same reference, which is not.
    Repeated,
    /// Money moved, and nobody booked it.
    Forgotten,
    Failed,
    Pending,
}

/// How many mistakes of each kind a world gets that is large enough.
const HANDFUL: usize = 3;

/// The books while they are being kept. No record and no line has more than
/// one mistake, and but for one about a fee, they are made with payments whose
/// reference no other record has.
pub(crate) struct Books {
    /// The currency that a clerk takes the right one for.
    wrong_currency: &'static str,
    handful: usize,
    /// The true lines by the place of their booking.
    lines: BTreeMap<usize, Line>,
    /// Lines without a true record behind them.
    extra: Vec<Line>,
    /// Mistakes that have no line.
    lineless: Vec<Planted>,
    /// What moved money and has no mistake yet, in random order.
    payments: Vec<(usize, Booking)>,
    others: Vec<(usize, Booking)>,
    failed: Vec<Booking>,
    pending: Vec<Booking>,
}

/// A line, and what is wrong with it.
struct Line {
    row: LedgerRow,
    mistake: Option<Mistake>,
}

struct Mistake {
    code: &'static str,
    record_id: Option<String>,
    difference: Decimal,
}

impl Books {
    /// The books of these records, with mistakes drawn from `seed`.
    pub(crate) fn keep(
        bookings: Vec<Booking>,
        seed: u64,
        wrong_currency: &'static str,
    ) -> PlantedLedger {
        let mut books = Self::new(bookings, seed, wrong_currency);
        books.miss_and_repeat();
        books.mistake_amounts();
        books.mistake_currencies_and_directions();
        books.book_what_did_not_happen();
        books.invent();
        books.close()
    }

    fn new(bookings: Vec<Booking>, seed: u64, wrong_currency: &'static str) -> Self {
        let payments = bookings.iter().filter(|it| it.row.kind == "payment");
        let mut books = Self {
            wrong_currency,
            handful: HANDFUL.min(payments.count() / 50),
            lines: BTreeMap::new(),
            extra: Vec::new(),
            lineless: Vec::new(),
            payments: Vec::new(),
            others: Vec::new(),
            failed: Vec::new(),
            pending: Vec::new(),
        };
        let mut uses: BTreeMap<String, u32> = BTreeMap::new();
        for booking in &bookings {
            *uses.entry(booking.row.reference.clone()).or_default() += 1;
        }
        for (place, booking) in bookings.into_iter().enumerate() {
            let is_alone = uses.get(&booking.row.reference) == Some(&1);
            books.sort_in(place, booking, is_alone);
        }
        let mut random = Random::new(seed, "ledger");
        random.shuffle(&mut books.payments);
        random.shuffle(&mut books.others);
        random.shuffle(&mut books.failed);
        random.shuffle(&mut books.pending);
        books
    }

    fn sort_in(&mut self, place: usize, booking: Booking, is_alone: bool) {
        let is_payment = booking.row.kind == "payment";
        match booking.outcome {
            Outcome::Repeated => self
                .lineless
                .push(absent("duplicate_at_provider", &booking)),
            Outcome::Forgotten => self.lineless.push(absent("missing_in_ledger", &booking)),
            Outcome::Failed if is_payment && is_alone => self.failed.push(booking),
            Outcome::Pending if is_payment && is_alone => self.pending.push(booking),
            Outcome::Failed | Outcome::Pending => {}
            Outcome::Succeeded => {
                self.lines.insert(place, Line::right(booking.row.clone()));
                if !is_payment {
                    self.others.push((place, booking));
                } else if is_alone {
                    self.payments.push((place, booking));
                }
            }
        }
    }

    /// Payments nobody booked, and payments booked twice.
    fn miss_and_repeat(&mut self) {
        for (place, booking) in self.take_payments() {
            self.lines.remove(&place);
            self.lineless.push(absent("missing_in_ledger", &booking));
        }
        for (_, Booking { row, record_id, .. }) in self.take_payments() {
            let line = Line::wrong(row, "duplicate_in_ledger", Some(record_id));
            self.extra.push(line);
        }
    }

    /// Two digits the wrong way round, and an amount booked with its fee.
    fn mistake_amounts(&mut self) {
        for (place, Booking { row, record_id, .. }) in self.take_payments() {
            let amount = swapped_digits(row.amount);
            self.spoil(place, record_id, "amount_mismatch", |row| {
                row.amount = amount;
            });
        }
        let charged = self.others.iter().position(|(_, it)| it.row.fee.is_some());
        if self.handful > 0
            && let Some(index) = charged
        {
            let (place, Booking { row, record_id, .. }) = self.others.remove(index);
            let amount = row.amount + row.fee.unwrap_or_default();
            self.spoil(place, record_id, "amount_mismatch", |row| {
                row.amount = amount;
            });
        }
    }

    /// One currency booked as another, and money in booked as money out.
    fn mistake_currencies_and_directions(&mut self) {
        let wrong_currency = self.wrong_currency;
        for (place, Booking { record_id, .. }) in self.take_payments() {
            let Some(line) = self.lines.get_mut(&place) else {
                continue;
            };
            line.row.currency = wrong_currency;
            line.mistake = Some(Mistake {
                code: "currency_mismatch",
                record_id: Some(record_id),
                difference: line.row.signed_amount(),
            });
        }
        for (place, Booking { record_id, .. }) in self.take_payments() {
            self.spoil(place, record_id, "sign_mismatch", |row| {
                row.direction = "debit";
            });
        }
    }

    /// Payments booked that failed, or that are still to come.
    fn book_what_did_not_happen(&mut self) {
        let failed = take(&mut self.failed, self.handful);
        let pending = take(&mut self.pending, self.handful);
        let failed = failed
            .into_iter()
            .map(|booking| ("status_mismatch", booking));
        let pending = pending.into_iter().map(|booking| ("timing", booking));
        for (code, Booking { row, record_id, .. }) in failed.chain(pending) {
            self.extra.push(Line::wrong(row, code, Some(record_id)));
        }
    }

    /// Payments booked that the provider never heard of: the lines of real
    /// ones, under a reference that no world gets to.
    fn invent(&mut self) {
        for ((_, Booking { row, .. }), number) in self.take_payments().into_iter().zip(1..) {
            let row = LedgerRow {
                reference: format!("1-90000000{number}-ACP"),
                ..row
            };
            self.extra
                .push(Line::wrong(row, "missing_at_provider", None));
        }
    }

    /// Numbers the lines by date, and tells what was planted.
    fn close(self) -> PlantedLedger {
        let mut lines: Vec<Line> = self.lines.into_values().chain(self.extra).collect();
        lines.sort_by(|one, other| {
            (one.row.date, &one.row.reference).cmp(&(other.row.date, &other.row.reference))
        });
        let mut planted = self.lineless;
        let mut rows = Vec::with_capacity(lines.len());
        for (Line { mut row, mistake }, number) in lines.into_iter().zip(1..) {
            row.id = format!("L-{number:06}");
            planted.extend(mistake.map(|mistake| Planted {
                code: mistake.code,
                ledger_id: Some(row.id.clone()),
                record_id: mistake.record_id,
                difference: mistake.difference,
                currency: row.currency,
            }));
            rows.push(row);
        }
        planted.sort_by(|one, other| {
            (one.code, &one.ledger_id, &one.record_id).cmp(&(
                other.code,
                &other.ledger_id,
                &other.record_id,
            ))
        });
        PlantedLedger { rows, planted }
    }

    fn take_payments(&mut self) -> Vec<(usize, Booking)> {
        take(&mut self.payments, self.handful)
    }

    /// Spoils a true line; the difference is what that changes.
    fn spoil(
        &mut self,
        place: usize,
        record_id: String,
        code: &'static str,
        change: impl FnOnce(&mut LedgerRow),
    ) {
        if let Some(line) = self.lines.get_mut(&place) {
            let before = line.row.signed_amount();
            change(&mut line.row);
            line.mistake = Some(Mistake {
                code,
                record_id: Some(record_id),
                difference: line.row.signed_amount() - before,
            });
        }
    }
}

impl Line {
    fn right(row: LedgerRow) -> Self {
        Self { row, mistake: None }
    }

    /// A line that should not be there at all.
    fn wrong(row: LedgerRow, code: &'static str, record_id: Option<String>) -> Self {
        let difference = row.signed_amount();
        Self {
            row,
            mistake: Some(Mistake {
                code,
                record_id,
                difference,
            }),
        }
    }
}

/// The mistake of a record that has no line of its own.
fn absent(code: &'static str, booking: &Booking) -> Planted {
    Planted {
        code,
        ledger_id: None,
        record_id: Some(booking.record_id.clone()),
        difference: -booking.row.signed_amount(),
        currency: booking.row.currency,
    }
}

/// Swaps the first two neighbouring digits of which the later is another one
/// and not zero, as tired fingers do; where there are none, adds ten: a hundredth
/// would be taken for rounding.
fn swapped_digits(amount: Decimal) -> Decimal {
    let mut digits = amount.mantissa().to_string().into_bytes();
    let swappable = digits
        .windows(2)
        .position(|pair| matches!(pair, [left, right] if left != right && *right != b'0'));
    if let Some(index) = swappable {
        digits.swap(index, index + 1);
    }
    let swapped = String::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok());
    match swapped {
        Some(mantissa) if swappable.is_some() => {
            Decimal::from_i128_with_scale(mantissa, amount.scale())
        }
        _ => amount + Decimal::TEN,
    }
}

fn take<T>(from: &mut Vec<T>, count: usize) -> Vec<T> {
    from.split_off(from.len().saturating_sub(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapping_digits_always_changes_the_amount() {
        for (amount, swapped) in [("30.00", "40.00"), ("12.00", "21.00"), ("77.71", "77.17")] {
            assert_eq!(swapped_digits(amount.parse().unwrap()).to_string(), swapped);
        }
    }
}
