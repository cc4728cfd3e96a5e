//! Reconciliations and their receipts.

use super::{Dialect, instant};
use crate::json::Object;
use crate::streampay::batch::{SchemeTotals, Side, Tally, Totals};
use crate::streampay::words::{self, StreamPayScheme, Words};
use crate::streampay::world::StreamPayReconciliation;

impl Dialect {
    /// A reconciliation as it is found.
    pub(in crate::streampay) fn found_reconciliation(
        &self,
        it: &StreamPayReconciliation,
        totals: &Totals,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        let mut envelope = Object::open(&mut out, self.style);
        envelope.with("reconciliation", |out| {
            self.reconciliation(out, it, totals);
        });
        envelope.close();
        out
    }

    /// A reconciliation that was asked for: only which one.
    pub(in crate::streampay) fn created_reconciliation(
        &self,
        it: &StreamPayReconciliation,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        let mut envelope = Object::open(&mut out, self.style);
        envelope.with("reconciliation", |out| {
            let mut row = Object::open(out, self.style);
            row.text("id", &it.id());
            row.close();
        });
        envelope.close();
        out
    }

    /// A reconciliation as it is listed.
    pub(in crate::streampay) fn reconciliation(
        &self,
        out: &mut Vec<u8>,
        it: &StreamPayReconciliation,
        totals: &Totals,
    ) {
        let mut row = Object::open(out, self.style);
        row.text("id", &it.id());
        instant(&mut row, "created_at", it.stored());
        row.with("reconciliation_receipt", |out| {
            let mut receipt = Object::open(out, self.style);
            receipt.text("id", &it.id());
            self.moment(&mut receipt, it.at, ["date", "time"]);
            self.verdict(&mut receipt, totals.is_balanced);
            receipt.with("details", |out| self.details(out, totals));
            let schemes: Vec<_> = totals.schemes.iter().collect();
            receipt.array("schemes", &schemes, |out, (scheme, totals)| {
                self.scheme(out, **scheme, totals);
            });
            receipt.with("currency", |out| words::RIYAL.arabic_first(out));
            receipt.close();
        });
        row.close();
    }

    fn verdict(&self, receipt: &mut Object<'_>, is_balanced: bool) {
        let label = if is_balanced {
            words::BALANCED
        } else {
            words::UNBALANCED
        };
        receipt.optional_with("is_balanced", |out| {
            let mut verdict = Object::open(out, self.style);
            verdict.optional_with("label", |out| label.arabic_first(out));
            verdict.boolean("value", is_balanced);
            verdict.close();
        });
    }

    fn details(&self, out: &mut Vec<u8>, totals: &Totals) {
        let mut details = Object::open(out, self.style);
        for (key, label, tally) in [
            ("total", words::TOTAL, totals.total()),
            ("purchase", words::PURCHASE, totals.purchase),
            (
                "purchase_reversal",
                words::PURCHASE_REVERSAL,
                totals.purchase_reversal,
            ),
            ("refund", words::REFUND, totals.refund),
            (
                "refund_reversal",
                words::REFUND_REVERSAL,
                totals.refund_reversal,
            ),
        ] {
            self.tally(&mut details, key, label, tally);
        }
        details.close();
    }

    fn scheme(&self, out: &mut Vec<u8>, scheme: StreamPayScheme, totals: &SchemeTotals) {
        let mut row = Object::open(out, self.style);
        row.with("name", |out| {
            let mut name = Object::open(out, self.style);
            name.optional_with("label", |out| scheme.name().english_first(out));
            name.text("value", scheme.code());
            name.close();
        });
        for (key, side) in [("pos", &totals.pos), ("host", &totals.host)] {
            row.with(key, |out| self.side(out, side));
        }
        row.boolean("is_balanced", totals.is_balanced);
        row.close();
    }

    fn side(&self, out: &mut Vec<u8>, side: &Side) {
        let mut object = Object::open(out, self.style);
        self.tally(&mut object, "credit", words::CREDIT, side.credit);
        self.tally(&mut object, "debit", words::DEBIT, side.debit);
        let total = side.debit.less(side.credit);
        self.tally(&mut object, "total", words::TOTAL, total);
        object.close();
    }

    fn tally(&self, object: &mut Object<'_>, key: &str, label: Words, tally: Tally) {
        object.with(key, |out| {
            let mut figure = Object::open(out, self.style);
            figure.optional_with("label", |out| label.arabic_first(out));
            figure.text("total", &self.amount(tally.sum));
            figure.integer("count", tally.count);
            figure.close();
        });
    }
}
