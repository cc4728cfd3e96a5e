//! The books of TuPay's merchant.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::records::{Cashout, CashoutStatus, Deposit, DepositStatus};
use super::world::TuPayWorld;
use crate::ledger::{Booking, Books, LedgerRow, Outcome, PlantedLedger};

/// The books of TuPay's merchant: every succeeded deposit at what the customer
/// paid, every completed cashout at what the beneficiary got; then a handful
/// of mistakes of each kind, less where the world is small. No record and no
/// line has more than one of them.
///
/// ```
/// use reconcile_sandbox::{TuPayWorld, WorldConfig, tupay_ledger};
///
/// let world = TuPayWorld::generate(&WorldConfig::default());
/// let ledger = tupay_ledger(&world, 1);
/// assert!(ledger.planted.iter().any(|planted| planted.code == "amount_mismatch"));
/// assert!(ledger.to_csv().starts_with("id,reference,amount,currency,date"));
/// ```
#[must_use]
pub fn tupay_ledger(world: &TuPayWorld, seed: u64) -> PlantedLedger {
    let repeated: BTreeSet<u64> = world
        .duplicates()
        .map(|(_, repeated)| repeated.id())
        .collect();
    let deposits = world.deposits().iter().map(|deposit| Booking {
        record_id: deposit.id().to_string(),
        row: payment(deposit),
        outcome: match deposit.status() {
            DepositStatus::Approved | DepositStatus::Completed
                if repeated.contains(&deposit.id()) =>
            {
                Outcome::Repeated
            }
            DepositStatus::Approved | DepositStatus::Completed => Outcome::Succeeded,
            DepositStatus::Pending => Outcome::Pending,
            DepositStatus::Cancelled | DepositStatus::Declined => Outcome::Failed,
        },
    });
    let completed = world.cashouts().iter();
    let completed = completed.filter(|it| it.status() == CashoutStatus::Completed);
    let cashouts = completed.map(|cashout| Booking {
        record_id: cashout.id().to_string(),
        row: payout(cashout),
        outcome: Outcome::Succeeded,
    });
    Books::keep(deposits.chain(cashouts).collect(), seed, "USD")
}

/// The line of a deposit. Its fee is in another currency and so not in it.
fn payment(deposit: &Deposit) -> LedgerRow {
    LedgerRow {
        id: String::new(),
        reference: deposit.external_id(),
        amount: deposit.requested_amount(),
        currency: "PEN",
        date: deposit.created().to_zoned(TimeZone::UTC).date(),
        kind: "payment",
        direction: "credit",
        fee: None,
        description: "Order paid through TuPay",
    }
}

fn payout(cashout: &Cashout) -> LedgerRow {
    LedgerRow {
        id: String::new(),
        reference: cashout.external_id(),
        amount: cashout.amount(),
        currency: cashout.currency(),
        date: cashout.created().to_zoned(TimeZone::UTC).date(),
        kind: "payout",
        direction: "debit",
        fee: (cashout.currency() == "USD").then(|| cashout.fee()),
        description: "Payout through TuPay",
    }
}
