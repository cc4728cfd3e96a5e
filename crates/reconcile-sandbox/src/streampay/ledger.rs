//! The books of StreamPay's merchants.

use std::collections::BTreeSet;

use super::generate::riyadh;
use super::words::StreamPayReceiptKind;
use super::world::{StreamPayReceipt, StreamPayWorld};
use crate::ledger::{Booking, Books, LedgerRow, Outcome, PlantedLedger};
use crate::random::Random;

/// The books of StreamPay's merchants: every approved receipt on its day in
/// Riyadh, under the id of its transaction; then a handful of mistakes of each
/// kind, and a refund that nobody booked, less where the world is small. No
/// receipt and no line has more than one of them.
///
/// What was reversed is booked, and so is its reversal: whoever reconciles must
/// count receipts that are `reversed` as they do those that `succeeded`.
///
/// ```
/// use reconcile_sandbox::{StreamPayWorld, WorldConfig, streampay_ledger};
///
/// let world = StreamPayWorld::generate(&WorldConfig::default());
/// let ledger = streampay_ledger(&world, 1);
/// assert!(ledger.planted.iter().any(|planted| planted.code == "missing_in_ledger"));
/// assert!(ledger.rows.iter().any(|row| row.kind == "reversal"));
/// ```
#[must_use]
pub fn streampay_ledger(world: &StreamPayWorld, seed: u64) -> PlantedLedger {
    let repeated: BTreeSet<u64> = world.duplicates().map(repetition).collect();
    let booking = |receipt: &StreamPayReceipt| {
        let transaction = world.transaction_of(receipt)?;
        let is_repeated = repeated.contains(&receipt.serial);
        Some(booking(receipt, transaction.id(), is_repeated))
    };
    let mut bookings: Vec<Booking> = world.receipts().iter().filter_map(booking).collect();
    if world.receipts().len() >= FEW {
        forget_one(&mut bookings, seed);
    }
    Books::keep(bookings, seed, "AED")
}

/// Smaller worlds have no mistakes.
const FEW: usize = 50;

fn booking(receipt: &StreamPayReceipt, reference: String, is_repeated: bool) -> Booking {
    let (kind, description) = match receipt.kind {
        StreamPayReceiptKind::Purchase => ("payment", "Sale at the till"),
        StreamPayReceiptKind::Refund => ("refund", "Goods returned"),
        StreamPayReceiptKind::PurchaseReversal => ("reversal", "Sale cancelled at the till"),
        StreamPayReceiptKind::RefundReversal => ("reversal", "Refund cancelled at the till"),
    };
    let is_paid = receipt.kind.is_paid();
    Booking {
        record_id: receipt.id(),
        row: LedgerRow {
            id: String::new(),
            reference,
            amount: receipt.amount(),
            currency: "SAR",
            date: receipt.at().to_zoned(riyadh()).date(),
            kind,
            direction: if is_paid { "credit" } else { "debit" },
            fee: None,
            description,
        },
        outcome: match receipt.is_approved {
            false => Outcome::Failed,
            true if is_repeated => Outcome::Repeated,
            true => Outcome::Succeeded,
        },
    }
}

/// Which of two equal payments was not booked: the later one or, of one day,
/// the one whose id comes last, since nothing else tells them apart.
fn repetition((one, other): (&StreamPayReceipt, &StreamPayReceipt)) -> u64 {
    let place = |it: &StreamPayReceipt| (it.at().to_zoned(riyadh()).date(), it.id());
    if place(one) < place(other) {
        other.serial
    } else {
        one.serial
    }
}

/// Some approved refund is not in the books.
fn forget_one(bookings: &mut [Booking], seed: u64) {
    let is_refund = |it: &&mut Booking| it.row.kind == "refund" && it.outcome == Outcome::Succeeded;
    let mut refunds: Vec<&mut Booking> = bookings.iter_mut().filter(is_refund).collect();
    Random::new(seed, "forgotten").shuffle(&mut refunds);
    if let Some(refund) = refunds.first_mut() {
        refund.outcome = Outcome::Forgotten;
    }
}
