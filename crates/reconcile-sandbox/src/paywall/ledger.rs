//! The books of Paywall's merchant.

use std::collections::BTreeSet;

use super::generate::istanbul;
use super::world::{PaywallStatus, PaywallStep, PaywallStepKind, PaywallTransaction, PaywallWorld};
use crate::ledger::{Booking, Books, LedgerRow, Outcome, PlantedLedger};
use crate::random::Random;

/// The books of Paywall's merchant: every successful payment, refund and
/// cancellation on its day in Istanbul; then a handful of mistakes of each
/// kind, and a refund that nobody booked, less where the world is small. No
/// record and no line has more than one of them.
///
/// The id of a refund's or cancellation's record is the transaction's and the
/// step's, `Id:StepId`, since steps are known by both.
///
/// ```
/// use reconcile_sandbox::{PaywallWorld, WorldConfig, paywall_ledger};
///
/// let world = PaywallWorld::generate(&WorldConfig::default());
/// let ledger = paywall_ledger(&world, 1);
/// assert!(ledger.planted.iter().any(|planted| planted.code == "sign_mismatch"));
/// assert!(ledger.rows.iter().any(|row| row.kind == "reversal"));
/// ```
#[must_use]
pub fn paywall_ledger(world: &PaywallWorld, seed: u64) -> PlantedLedger {
    let repeated: BTreeSet<u64> = world.duplicates().map(|(_, it)| it.id()).collect();
    let mut bookings: Vec<Booking> = Vec::new();
    for transaction in world.transactions() {
        bookings.push(payment(transaction, repeated.contains(&transaction.id())));
        let steps = world.steps_of(transaction).iter();
        bookings.extend(steps.filter_map(|step| taken_back(transaction, step)));
    }
    if world.transactions().len() >= FEW {
        forget_one(&mut bookings, seed);
    }
    Books::keep(bookings, seed, "EUR")
}

/// Smaller worlds have no mistakes.
const FEW: usize = 50;

fn payment(transaction: &PaywallTransaction, is_repeated: bool) -> Booking {
    let outcome = match transaction.status() {
        PaywallStatus::Successful if is_repeated => Outcome::Repeated,
        PaywallStatus::Successful => Outcome::Succeeded,
        status if status.is_failed() => Outcome::Failed,
        _ => Outcome::Pending,
    };
    Booking {
        record_id: transaction.id().to_string(),
        row: LedgerRow {
            id: String::new(),
            reference: transaction.reference(),
            amount: transaction.amount(),
            currency: "TRY",
            date: transaction.created().to_zoned(istanbul()).date(),
            kind: "payment",
            direction: "credit",
            fee: None,
            description: "Order paid through Paywall",
        },
        outcome,
    }
}

/// The booking of a step that gave money back, if it is one and did.
fn taken_back(transaction: &PaywallTransaction, step: &PaywallStep) -> Option<Booking> {
    let (kind, description) = match step.kind() {
        PaywallStepKind::Sale => return None,
        PaywallStepKind::Cancel => ("reversal", "Order cancelled"),
        PaywallStepKind::Refund => ("refund", "Order refunded"),
        PaywallStepKind::PartialRefund => ("refund", "Part of an order refunded"),
    };
    (step.status() == PaywallStatus::Successful).then(|| Booking {
        record_id: format!("{}:{}", transaction.id(), step.id()),
        row: LedgerRow {
            id: String::new(),
            reference: transaction.reference(),
            amount: step.amount(),
            currency: "TRY",
            date: step.at().to_zoned(istanbul()).date(),
            kind,
            direction: "debit",
            fee: None,
            description,
        },
        outcome: Outcome::Succeeded,
    })
}

/// Some refund of the whole is not in the books.
fn forget_one(bookings: &mut [Booking], seed: u64) {
    let mut refunds: Vec<&mut Booking> = bookings
        .iter_mut()
        .filter(|booking| booking.row.description == "Order refunded")
        .collect();
    Random::new(seed, "forgotten").shuffle(&mut refunds);
    if let Some(refund) = refunds.first_mut() {
        refund.outcome = Outcome::Forgotten;
    }
}
