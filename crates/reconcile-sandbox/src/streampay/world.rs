//! A world of StreamPay: terminals, what was paid at them, and when they were
//! reconciled. Rows are kept small, since a world may hold a million receipts:
//! texts that follow from a number are written on demand.

use std::ops::Range;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::generate;
use super::words::{StreamPayReceiptKind, StreamPayScheme};
use crate::money::Cents;
use crate::random::mix;
use crate::worlds::WorldConfig;

/// The books of the simulated StreamPay, which never change once generated.
///
/// ```
/// use reconcile_sandbox::{StreamPayWorld, WorldConfig};
///
/// let config = WorldConfig::default();
/// let world = StreamPayWorld::generate(&config);
/// assert_eq!(world.receipts().len(), config.records);
///
/// let last = world.reconciliations().last().expect("a reconciliation");
/// for receipt in world.batch(last) {
///     assert_eq!(receipt.tid(), last.tid());
///     assert!(receipt.at() < last.at());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPayWorld {
    pub(super) merchants: Vec<Merchant>,
    pub(super) terminals: Vec<StreamPayTerminal>,
    pub(super) transactions: Vec<StreamPayTransaction>,
    /// Those of a transaction stand together, in the order of their time.
    pub(super) receipts: Vec<StreamPayReceipt>,
    /// The places of each terminal's receipts in the order of their time.
    pub(super) by_terminal: Vec<Vec<usize>>,
    pub(super) reconciliations: Vec<StreamPayReconciliation>,
    pub(super) as_of: Timestamp,
}

impl StreamPayWorld {
    /// Makes the world that `config` describes.
    #[must_use]
    pub fn generate(config: &WorldConfig) -> Self {
        generate::world(config)
    }

    /// The terminals, oldest first.
    #[must_use]
    pub fn terminals(&self) -> &[StreamPayTerminal] {
        &self.terminals
    }

    /// The transactions, oldest first.
    #[must_use]
    pub fn transactions(&self) -> &[StreamPayTransaction] {
        &self.transactions
    }

    /// The receipts, one transaction after the other.
    #[must_use]
    pub fn receipts(&self) -> &[StreamPayReceipt] {
        &self.receipts
    }

    /// The receipts of a transaction, oldest first.
    #[must_use]
    pub fn receipts_of(&self, transaction: &StreamPayTransaction) -> &[StreamPayReceipt] {
        let (first, count) = (transaction.first_receipt, transaction.receipt_count);
        self.receipts.get(first..first + count).unwrap_or_default()
    }

    /// The transaction of a receipt.
    #[must_use]
    pub fn transaction_of(&self, receipt: &StreamPayReceipt) -> Option<&StreamPayTransaction> {
        self.transactions.get(receipt.transaction)
    }

    /// The reconciliations of all terminals, oldest first.
    #[must_use]
    pub fn reconciliations(&self) -> &[StreamPayReconciliation] {
        &self.reconciliations
    }

    /// The approved receipts that a reconciliation counts, oldest first: those
    /// of the terminal since the reconciliation before.
    #[must_use]
    pub fn batch(
        &self,
        reconciliation: &StreamPayReconciliation,
    ) -> impl DoubleEndedIterator<Item = &StreamPayReceipt> {
        let places = self.by_terminal.get(reconciliation.terminal);
        let places = places.and_then(|places| places.get(reconciliation.places.clone()));
        let places = places.unwrap_or_default().iter();
        let receipts = places.filter_map(|place| self.receipts.get(*place));
        receipts.filter(|receipt| receipt.is_approved)
    }

    /// The instant at which the world is looked at.
    #[must_use]
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// The approved purchases that repeat the one before in their transaction,
    /// each with that one: a customer who paid twice.
    pub fn duplicates(&self) -> impl Iterator<Item = (&StreamPayReceipt, &StreamPayReceipt)> {
        let is_sale =
            |it: &StreamPayReceipt| it.kind == StreamPayReceiptKind::Purchase && it.is_approved;
        self.receipts.windows(2).filter_map(move |pair| match pair {
            [original, repeated]
                if original.transaction == repeated.transaction
                    && is_sale(original)
                    && is_sale(repeated) =>
            {
                Some((original, repeated))
            }
            _ => None,
        })
    }

    /// The transactions that began in these seconds, the last included.
    pub(super) fn begun(&self, seconds: (i64, i64)) -> &[StreamPayTransaction] {
        let before = |bound: i64| self.transactions.partition_point(|it| it.at < bound);
        let (from, to) = (before(seconds.0), before(seconds.1.saturating_add(1)));
        self.transactions.get(from..to).unwrap_or_default()
    }

    pub(super) fn transaction(&self, id: &str) -> Option<&StreamPayTransaction> {
        let serial = number_of(Family::Transaction, id)?;
        let place = self
            .transactions
            .binary_search_by_key(&serial, |it| it.serial);
        self.transactions.get(place.ok()?)
    }

    /// How many receipts the terminal has from before that second.
    pub(super) fn receipts_before(&self, terminal: usize, second: i64) -> usize {
        let places = self.by_terminal.get(terminal);
        let at = |place: &usize| self.receipts.get(*place).map_or(i64::MAX, |it| it.at);
        places.map_or(0, |places| places.partition_point(|it| at(it) < second))
    }
}

/// Who has terminals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merchant {
    pub(super) number: u64,
    /// Milliseconds since the epoch.
    pub(super) created: i64,
}

/// A terminal: a device that a user takes payments with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPayTerminal {
    pub(super) number: u64,
    /// The place of its merchant.
    pub(super) merchant: usize,
    /// Milliseconds since the epoch.
    pub(super) created: i64,
    pub(super) is_assigned: bool,
    pub(super) is_connected: bool,
}

impl StreamPayTerminal {
    /// `id`, StreamPay's own: a UUID.
    #[must_use]
    pub fn id(&self) -> String {
        uuid(Family::Terminal, self.number)
    }

    /// `tid`, the acquirer's: 16 digits, zeros in front included.
    #[must_use]
    pub fn tid(&self) -> String {
        tid(self.number)
    }

    /// `created_at`. Nothing was paid before.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        millisecond(self.created)
    }
}

/// What was done about one purchase or refund: one to three receipts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPayTransaction {
    /// Ascending, with gaps where the world is looked at early.
    pub(super) serial: u64,
    /// Seconds since the epoch.
    pub(super) at: i64,
    pub(super) first_receipt: usize,
    pub(super) receipt_count: usize,
}

impl StreamPayTransaction {
    /// `id`: a UUID, `transaction_uuid` of its receipts.
    #[must_use]
    pub fn id(&self) -> String {
        uuid(Family::Transaction, self.serial)
    }

    /// When its first receipt was printed.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        second(self.at)
    }
}

/// A receipt: one movement of money, or the refusal of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPayReceipt {
    pub(super) serial: u64,
    /// The place of its transaction.
    pub(super) transaction: usize,
    /// The place of its terminal, which is its number, too.
    pub(super) terminal: usize,
    pub(super) kind: StreamPayReceiptKind,
    pub(super) scheme: StreamPayScheme,
    pub(super) stan: u32,
    pub(super) card: u32,
    pub(super) sum: Cents,
    /// Seconds since the epoch.
    pub(super) at: i64,
    /// When it was refunded or reversed, else `at`.
    pub(super) changed: i64,
    pub(super) is_approved: bool,
    pub(super) is_refunded: bool,
    pub(super) is_reversed: bool,
}

impl StreamPayReceipt {
    /// `id`: a UUID.
    #[must_use]
    pub fn id(&self) -> String {
        uuid(Family::Receipt, self.serial)
    }

    /// `tid` of its terminal.
    #[must_use]
    pub fn tid(&self) -> String {
        tid(widened(self.terminal))
    }

    /// `type` and `transaction_type`, by their meaning.
    #[must_use]
    pub fn kind(&self) -> StreamPayReceiptKind {
        self.kind
    }

    /// `card_scheme`.
    #[must_use]
    pub fn scheme(&self) -> StreamPayScheme {
        self.scheme
    }

    /// `system_trace_audit_number`: the terminal's receipts are numbered
    /// without a gap, and after 999999 comes 1.
    #[must_use]
    pub fn stan(&self) -> u32 {
        self.stan
    }

    /// `amount_authorized`, in SAR.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        self.sum.to_decimal()
    }

    /// `start_date` and `start_time`.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        second(self.at)
    }

    /// `is_approved`.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.is_approved
    }

    /// `is_refunded`: by a receipt later on.
    #[must_use]
    pub fn is_refunded(&self) -> bool {
        self.is_refunded
    }

    /// `is_reversed`: by the next receipt of its transaction.
    #[must_use]
    pub fn is_reversed(&self) -> bool {
        self.is_reversed
    }
}

/// The close of a terminal's batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPayReconciliation {
    pub(super) serial: u64,
    /// The place of its terminal, which is its number, too.
    pub(super) terminal: usize,
    /// Seconds since the epoch; what is paid in that second is no more of it.
    pub(super) at: i64,
    /// Which of the terminal's receipts it is about.
    pub(super) places: Range<usize>,
}

impl StreamPayReconciliation {
    /// `id`, and that of its receipt: a UUID.
    #[must_use]
    pub fn id(&self) -> String {
        uuid(Family::Reconciliation, self.serial)
    }

    /// `tid` of its terminal, which no answer tells.
    #[must_use]
    pub fn tid(&self) -> String {
        tid(widened(self.terminal))
    }

    /// `date` and `time`.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        second(self.at)
    }

    /// `created_at` in milliseconds: as its receipt is printed.
    pub(super) fn stored(&self) -> i64 {
        let delay = i64::try_from(mix(self.serial) % 1_000).unwrap_or(0);
        self.at * 1_000 + delay
    }
}

/// What an id is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Merchant = 1,
    Terminal,
    User,
    Device,
    Transaction,
    Receipt,
    Reconciliation,
}

/// The id with that number.
pub(super) fn uuid(family: Family, number: u64) -> String {
    let noise = mix(number ^ mix(family as u64));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{number:012x}",
        noise >> 32,
        noise >> 16 & 0xffff,
        noise >> 4 & 0xfff,
        mix(noise) & 0xfff,
    )
}

/// The number of an id, if it is one of that family.
pub(super) fn number_of(family: Family, id: &str) -> Option<u64> {
    let (_, last_group) = id.rsplit_once('-')?;
    let number = u64::from_str_radix(last_group, 16).ok()?;
    (uuid(family, number) == id).then_some(number)
}

/// The acquirer's number of a terminal.
pub(super) fn tid(terminal: u64) -> String {
    format!("{:016}", 11 + 7 * terminal)
}

pub(super) fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

pub(super) fn millisecond(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::MAX)
}

pub(super) fn widened(place: usize) -> u64 {
    u64::try_from(place).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_by_its_family_only() {
        let id = uuid(Family::Receipt, 77);
        assert_eq!(number_of(Family::Receipt, &id), Some(77));
        assert_eq!(number_of(Family::Transaction, &id), None);
        for other in ["", "-", "77", "00000000-0000-4000-a000-00000000004d"] {
            assert_eq!(number_of(Family::Receipt, other), None);
        }
    }
}
