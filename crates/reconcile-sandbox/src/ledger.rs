//! The books of the merchant, with mistakes whose place is known.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::random::Random;
use crate::tupay::{Cashout, CashoutStatus, Deposit, DepositStatus, TuPayWorld};

/// One line of the merchant's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The line's own id, unique within the ledger.
    pub id: String,
    /// The merchant's reference, which is the provider's `externalId`.
    pub reference: String,
    /// The amount, positive whatever the direction.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: &'static str,
    /// The day of creation, in UTC.
    pub date: Date,
    /// `payment` or `payout`.
    pub kind: &'static str,
    /// `credit` or `debit`, from the merchant's side.
    pub direction: &'static str,
    /// The fee where it is in the currency of the amount.
    pub fee: Option<Decimal>,
    /// Free text without a comma or a quotation mark.
    pub description: &'static str,
}

impl LedgerRow {
    /// The amount with the sign of its direction: a debit is negative.
    #[must_use]
    pub fn signed_amount(&self) -> Decimal {
        if self.direction == "debit" {
            -self.amount
        } else {
            self.amount
        }
    }
}

/// A mistake in the books, and the break that a reconciliation must find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// The code of the break.
    pub code: &'static str,
    /// The ledger line, where there is one.
    pub ledger_id: Option<String>,
    /// The id of the provider's record, where there is one.
    pub record_id: Option<String>,
    /// Ledger less provider, debits negative. What failed or is pending at
    /// the provider counts as nothing there. Of two currencies, which have no
    /// difference, it is the ledger's amount.
    pub difference: Decimal,
    /// The currency of the difference.
    pub currency: &'static str,
}

/// The merchant's books, and what is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedLedger {
    /// The lines, in the order of their dates.
    pub rows: Vec<LedgerRow>,
    /// What a reconciliation with the world must find: all of it, and nothing
    /// else.
    pub planted: Vec<Planted>,
}

impl PlantedLedger {
    /// The ledger file: a header line, then a line for each row.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv =
            String::from("id,reference,amount,currency,date,kind,direction,fee,description\n");
        for row in &self.rows {
            let LedgerRow {
                id,
                reference,
                amount,
                currency,
                date,
                ..
            } = row;
            let LedgerRow {
                kind,
                direction,
                description,
                ..
            } = row;
            let fee = row.fee.map(|fee| fee.to_string()).unwrap_or_default();
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                csv,
                "{id},{reference},{amount},{currency},{date},{kind},{direction},{fee},{description}"
            );
        }
        csv
    }
}

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
    let mut books = Books::new(world, seed);
    books.miss_and_repeat();
    books.mistake_amounts();
    books.mistake_currencies_and_directions();
    books.book_what_did_not_happen();
    books.invent();
    books.close()
}

/// How many mistakes of each kind a world gets that is large enough.
const HANDFUL: usize = 3;

/// The books while they are being kept.
struct Books<'a> {
    /// The true lines by the id of their record.
    lines: BTreeMap<u64, Line>,
    /// Lines without a true record behind them.
    extra: Vec<Line>,
    /// Mistakes that have no line.
    lineless: Vec<Planted>,
    /// Succeeded records that have no mistake yet, in random order.
    deposits: Vec<&'a Deposit>,
    cashouts: Vec<&'a Cashout>,
    failed: Vec<&'a Deposit>,
    pending: Vec<&'a Deposit>,
    handful: usize,
}

/// A line, and what is wrong with it.
struct Line {
    row: LedgerRow,
    mistake: Option<Mistake>,
}

struct Mistake {
    code: &'static str,
    record_id: Option<u64>,
    difference: Decimal,
}

impl<'a> Books<'a> {
    fn new(world: &'a TuPayWorld, seed: u64) -> Self {
        let mut books = Self {
            lines: BTreeMap::new(),
            extra: Vec::new(),
            lineless: Vec::new(),
            deposits: Vec::new(),
            cashouts: Vec::new(),
            failed: Vec::new(),
            pending: Vec::new(),
            handful: HANDFUL.min(world.deposits().len() / 50),
        };
        let repeated: BTreeMap<u64, u64> = world
            .duplicates()
            .map(|(original, repeated)| (repeated.id(), original.id()))
            .collect();
        let originals: Vec<u64> = repeated.values().copied().collect();
        for deposit in world.deposits() {
            match deposit.status() {
                DepositStatus::Approved | DepositStatus::Completed => {
                    // The merchant booked the first payment only.
                    if repeated.contains_key(&deposit.id()) {
                        books
                            .lineless
                            .push(absent("duplicate_at_provider", deposit));
                        continue;
                    }
                    books
                        .lines
                        .insert(deposit.id(), Line::right(payment(deposit)));
                    if !originals.contains(&deposit.id()) {
                        books.deposits.push(deposit);
                    }
                }
                DepositStatus::Pending => books.pending.push(deposit),
                DepositStatus::Cancelled | DepositStatus::Declined => books.failed.push(deposit),
            }
        }
        for cashout in world.cashouts() {
            if cashout.status() == CashoutStatus::Completed {
                books
                    .lines
                    .insert(cashout.id(), Line::right(payout(cashout)));
                books.cashouts.push(cashout);
            }
        }
        let mut random = Random::new(seed, "ledger");
        random.shuffle(&mut books.deposits);
        random.shuffle(&mut books.cashouts);
        random.shuffle(&mut books.failed);
        random.shuffle(&mut books.pending);
        books
    }

    /// Payments nobody booked, and payments booked twice.
    fn miss_and_repeat(&mut self) {
        for deposit in self.take_deposits() {
            self.lines.remove(&deposit.id());
            self.lineless.push(absent("missing_in_ledger", deposit));
        }
        for deposit in self.take_deposits() {
            let row = payment(deposit);
            let difference = row.signed_amount();
            self.extra.push(Line::wrong(
                row,
                "duplicate_in_ledger",
                Some(deposit.id()),
                difference,
            ));
        }
    }

    /// Two digits the wrong way round, and a payout booked with its fee.
    fn mistake_amounts(&mut self) {
        for deposit in self.take_deposits() {
            let amount = swapped_digits(deposit.requested_amount());
            self.spoil(deposit.id(), "amount_mismatch", |row| row.amount = amount);
        }
        let in_dollars = self.cashouts.iter().position(|it| it.currency() == "USD");
        if self.handful > 0
            && let Some(index) = in_dollars
        {
            let cashout = self.cashouts.remove(index);
            let amount = cashout.amount() + cashout.fee();
            self.spoil(cashout.id(), "amount_mismatch", |row| row.amount = amount);
        }
    }

    /// Soles booked as dollars, and money in booked as money out.
    fn mistake_currencies_and_directions(&mut self) {
        for deposit in self.take_deposits() {
            let Some(line) = self.lines.get_mut(&deposit.id()) else {
                continue;
            };
            line.row.currency = "USD";
            line.mistake = Some(Mistake {
                code: "currency_mismatch",
                record_id: Some(deposit.id()),
                difference: line.row.signed_amount(),
            });
        }
        for deposit in self.take_deposits() {
            self.spoil(deposit.id(), "sign_mismatch", |row| row.direction = "debit");
        }
    }

    /// Payments booked that failed, or that are still to come.
    fn book_what_did_not_happen(&mut self) {
        let failed = take(&mut self.failed, self.handful);
        let pending = take(&mut self.pending, self.handful);
        let failed = failed
            .into_iter()
            .map(|deposit| ("status_mismatch", deposit));
        let pending = pending.into_iter().map(|deposit| ("timing", deposit));
        for (code, deposit) in failed.chain(pending) {
            let row = payment(deposit);
            let difference = row.signed_amount();
            self.extra
                .push(Line::wrong(row, code, Some(deposit.id()), difference));
        }
    }

    /// Payments booked that the provider never heard of: the lines of real
    /// ones, under a reference that no world gets to.
    fn invent(&mut self) {
        for (deposit, number) in self.take_deposits().into_iter().zip(1..) {
            let row = LedgerRow {
                reference: format!("1-90000000{number}-ACP"),
                ..payment(deposit)
            };
            let difference = row.signed_amount();
            self.extra
                .push(Line::wrong(row, "missing_at_provider", None, difference));
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
                record_id: mistake.record_id.map(|id| id.to_string()),
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

    fn take_deposits(&mut self) -> Vec<&'a Deposit> {
        take(&mut self.deposits, self.handful)
    }

    /// Spoils a true line; the difference is what that changes.
    fn spoil(&mut self, id: u64, code: &'static str, change: impl FnOnce(&mut LedgerRow)) {
        if let Some(line) = self.lines.get_mut(&id) {
            let before = line.row.signed_amount();
            change(&mut line.row);
            let difference = line.row.signed_amount() - before;
            line.mistake = Some(Mistake {
                code,
                record_id: Some(id),
                difference,
            });
        }
    }
}

impl Line {
    fn right(row: LedgerRow) -> Self {
        Self { row, mistake: None }
    }

    fn wrong(
        row: LedgerRow,
        code: &'static str,
        record_id: Option<u64>,
        difference: Decimal,
    ) -> Self {
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

/// The mistake of a payment that has no line of its own.
fn absent(code: &'static str, deposit: &Deposit) -> Planted {
    Planted {
        code,
        ledger_id: None,
        record_id: Some(deposit.id().to_string()),
        difference: -deposit.requested_amount(),
        currency: "PEN",
    }
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

/// Swaps the first two neighbouring digits of which the later is another one
/// and not zero, as tired fingers do; where there are none, adds a hundredth.
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
        _ => amount + Decimal::new(1, 2),
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
        for (amount, swapped) in [("30.00", "30.01"), ("12.00", "21.00"), ("77.71", "77.17")] {
            assert_eq!(swapped_digits(amount.parse().unwrap()).to_string(), swapped);
        }
    }
}
