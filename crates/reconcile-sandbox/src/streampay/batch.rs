//! What a reconciliation says, and how it can be wrong.

use std::collections::BTreeMap;

use super::words::{StreamPayReceiptKind as Kind, StreamPayScheme};
use super::world::{StreamPayReceipt, StreamPayReconciliation, StreamPayWorld};
use crate::faults::{FaultKind, Faults};
use crate::money::Cents;

/// How many, and what they come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) count: i64,
    pub(super) sum: Cents,
}

impl Tally {
    fn add(&mut self, sum: Cents) {
        self.count += 1;
        self.sum += sum;
    }

    /// Both together, the other's amount off.
    pub(super) fn less(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum - other.sum,
        }
    }

    /// Both together.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
        }
    }
}

/// What one side counted of a scheme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Side {
    /// What cardholders paid: purchases, and refunds that were reversed.
    pub(super) debit: Tally,
    /// What they got back.
    pub(super) credit: Tally,
}

/// Both sides of a scheme, and what the gateway says of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SchemeTotals {
    pub(super) pos: Side,
    pub(super) host: Side,
    pub(super) is_balanced: bool,
}

/// The figures of a reconciliation as they are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) purchase: Tally,
    pub(super) purchase_reversal: Tally,
    pub(super) refund: Tally,
    pub(super) refund_reversal: Tally,
    pub(super) schemes: BTreeMap<StreamPayScheme, SchemeTotals>,
    pub(super) is_balanced: bool,
}

impl Totals {
    pub(super) fn total(&self) -> Tally {
        self.purchase
            .less(self.purchase_reversal)
            .less(self.refund)
            .plus(self.refund_reversal)
    }

    fn count(&mut self, receipt: &StreamPayReceipt) {
        let of_kind = match receipt.kind {
            Kind::Purchase => &mut self.purchase,
            Kind::PurchaseReversal => &mut self.purchase_reversal,
            Kind::Refund => &mut self.refund,
            Kind::RefundReversal => &mut self.refund_reversal,
        };
        of_kind.add(receipt.sum);
        let scheme = self.schemes.entry(receipt.scheme).or_default();
        for side in [&mut scheme.pos, &mut scheme.host] {
            if receipt.kind.is_paid() {
                side.debit.add(receipt.sum);
            } else {
                side.credit.add(receipt.sum);
            }
        }
    }
}

/// What is planted among the reconciliations of a world, by their serials, and
/// how they count.
#[derive(Debug, Default)]
pub(super) struct Accounting {
    /// What was reversed counts nowhere.
    ignores_reversed: bool,
    /// Whose host counts one amount or number too many.
    unbalanced: Option<(u64, Excess)>,
    /// Whose verdict is the opposite of the truth.
    lying: Option<u64>,
    /// The receipt that no batch counts.
    left_out: Option<u64>,
    /// The receipt that the reconciliation after its own counts, too.
    twice: Option<(u64, StreamPayReceipt)>,
    /// The reconciliation that is not there.
    pub(super) missing: Option<u64>,
    /// From which receipt on a terminal's trace numbers are one higher.
    gap: Option<(usize, i64, u64)>,
}

#[derive(Debug, Clone, Copy)]
enum Excess {
    Amount,
    Count,
}

impl Accounting {
    pub(super) fn new(world: &StreamPayWorld, faults: &Faults) -> Self {
        let all = world.reconciliations();
        let on = |kind| faults.is_on(kind);
        // Parts of the whole, so that no two are planted in one place.
        let nth = |part: usize, parts: usize| all.get(all.len() * part / parts);
        let is_sale = |it: &&StreamPayReceipt| it.kind == Kind::Purchase && !it.is_reversed;
        let sale = |batch: &StreamPayReconciliation| world.batch(batch).find(is_sale).cloned();
        let excess = match faults.value(FaultKind::UnbalancedBatch) {
            0 => Excess::Amount,
            _ => Excess::Count,
        };
        let unbalanced = nth(1, 2).filter(|_| on(FaultKind::UnbalancedBatch));
        let lying = nth(1, 3).filter(|_| on(FaultKind::WrongVerdict));
        // Whoever says that all is well where it is not.
        let covered = lying.filter(|_| faults.value(FaultKind::WrongVerdict) != 0);
        let left_out = nth(1, 4).filter(|_| on(FaultKind::UnbatchedReceipt));
        let twice = nth(1, 5).filter(|_| on(FaultKind::TwiceBatched));
        let missing = nth(3, 5).filter(|_| on(FaultKind::BatchHole));
        let middle = world.receipts.get(world.receipts.len() * 2 / 3);
        let middle = middle.filter(|_| on(FaultKind::StanGap));
        Self {
            ignores_reversed: faults.value(FaultKind::ReversalsCount) != 0,
            unbalanced: covered.or(unbalanced).map(|it| (it.serial, excess)),
            lying: lying.map(|it| it.serial),
            left_out: left_out.and_then(sale).map(|it| it.serial),
            twice: twice.and_then(|batch| {
                let mut later = all.iter().filter(|it| it.terminal == batch.terminal);
                let next = later.find(|it| it.serial > batch.serial)?;
                Some((next.serial, sale(batch)?))
            }),
            missing: missing.map(|it| it.serial),
            gap: middle.map(|it| (it.terminal, it.at, it.serial)),
        }
    }

    /// The figures of a reconciliation, as they are told.
    pub(super) fn totals(
        &self,
        world: &StreamPayWorld,
        reconciliation: &StreamPayReconciliation,
    ) -> Totals {
        let serial = reconciliation.serial;
        let mut totals = Totals::default();
        for receipt in world.batch(reconciliation).filter(|it| self.counts(it)) {
            totals.count(receipt);
        }
        if let Some((here, receipt)) = &self.twice
            && *here == serial
        {
            totals.count(receipt);
        }
        if let Some((here, excess)) = self.unbalanced
            && here == serial
            && let Some(scheme) = totals.schemes.values_mut().next()
        {
            match excess {
                Excess::Amount => scheme.host.debit.sum += Cents(1),
                Excess::Count => scheme.host.debit.count += 1,
            }
        }
        let lies = self.lying == Some(serial);
        let mut schemes = totals.schemes.values_mut();
        if let Some(first) = schemes.next() {
            first.is_balanced = (first.pos == first.host) != lies;
        }
        schemes.for_each(|scheme| scheme.is_balanced = scheme.pos == scheme.host);
        totals.is_balanced = totals.schemes.values().all(|scheme| scheme.is_balanced);
        totals
    }

    fn counts(&self, receipt: &StreamPayReceipt) -> bool {
        let is_undone = receipt.is_reversed || receipt.kind.is_reversal();
        self.left_out != Some(receipt.serial) && !(self.ignores_reversed && is_undone)
    }

    /// The trace number of a receipt, as it is told.
    pub(super) fn stan(&self, receipt: &StreamPayReceipt) -> u32 {
        let is_after = self.gap.is_some_and(|(terminal, at, serial)| {
            receipt.terminal == terminal && (receipt.at, receipt.serial) >= (at, serial)
        });
        if is_after {
            receipt.stan % super::generate::LAST_STAN + 1
        } else {
            receipt.stan
        }
    }
}
