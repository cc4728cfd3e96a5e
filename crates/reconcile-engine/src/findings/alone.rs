//! Rows that stand alone: without a counterpart, or once more.

use reconcile_core::Status;

use super::Findings;
use crate::{Absence, Break, BreakCode, Exclusion, RowIndex, Side, explain, rules::Standing};

impl Findings<'_> {
    /// Files a ledger row that repeats `twin`.
    pub(crate) fn booked_again(&mut self, row: RowIndex, twin: RowIndex) {
        let what = self.ledger.row(row);
        let explanation = explain::repeated(&what, "booked", self.ledger.id(twin));
        self.breaks
            .push(self.ledger_break(BreakCode::DuplicateInLedger, row, explanation));
    }

    /// Files a record that repeats `twin`.
    pub(crate) fn listed_again(&mut self, row: RowIndex, twin: RowIndex) {
        let what = self.records.row(row);
        let explanation = explain::repeated(&what, "listed", self.records.id(twin));
        self.breaks
            .push(self.record_break(BreakCode::DuplicateAtProvider, row, explanation));
    }

    /// Files a ledger row without a counterpart.
    pub(crate) fn ledger_alone(&mut self, row: RowIndex) {
        let what = self.ledger.row(row);
        let still = what
            .status
            .filter(|_| self.rules.standing(what.status) != Standing::Moved);
        if let Some(status) = still {
            return self.exclude(Side::Ledger, row, Exclusion::Status(status));
        }
        let period = self.context.period;
        if period.is_some_and(|period| what.date < period.from || period.to <= what.date) {
            return self.exclude(Side::Ledger, row, Exclusion::OutsidePeriod);
        }
        let uncertain = period.filter(|period| period.certain_to <= what.date);
        let (code, finding) = match (uncertain, &self.context.proof_of_absence) {
            (Some(period), _) => (
                BreakCode::Timing,
                format!(
                    "the provider's list is certain only up to {}",
                    period.certain_to
                ),
            ),
            // What may be the sum of records is not known to be missing.
            (None, Absence::Proven) if self.doubts.may_be_sum(Side::Ledger, row) => {
                (BreakCode::Unproven, "no record alone is it".to_owned())
            }
            (None, Absence::Proven) => (
                BreakCode::MissingAtProvider,
                "the provider's complete list does not have it".to_owned(),
            ),
            (None, Absence::Unproven { reasons }) => (
                BreakCode::Unproven,
                format!(
                    "not found, but the provider's list is not proven complete ({})",
                    reasons.join("; ")
                ),
            ),
        };
        let finding = self.doubts.beside(Side::Ledger, row, &finding);
        let explanation = explain::lone(&what, "booked", &finding);
        self.breaks.push(self.ledger_break(code, row, explanation));
    }

    /// Files a record without a counterpart.
    pub(crate) fn record_alone(&mut self, row: RowIndex) {
        let what = self.records.row(row);
        let explain = |finding: &str| {
            let finding = self.doubts.beside(Side::Records, row, finding);
            explain::lone(&what, "listed by the provider", &finding)
        };
        let code = BreakCode::MissingInLedger;
        match (self.rules.standing(what.status), what.status) {
            (Standing::Still, Some(Status::Unknown)) => {
                let explanation = explain(
                    "nothing is booked, and its status is not known, so neither is whether it moved",
                );
                self.breaks.push(Break {
                    actual: None,
                    difference: None,
                    ..self.record_break(code, row, explanation)
                });
            }
            (Standing::Still | Standing::UnderWay, Some(status)) => {
                self.exclude(Side::Records, row, Exclusion::Status(status));
            }
            _ => {
                let explanation = explain("nothing is booked");
                self.breaks.push(self.record_break(code, row, explanation));
            }
        }
    }

    fn ledger_break(&self, code: BreakCode, row: RowIndex, explanation: String) -> Break {
        let what = self.ledger.row(row);
        Break {
            ledger: vec![row],
            expected: Some(what.signed()),
            difference: Some(what.signed()),
            explanation,
            ..self.open_break(code, &what)
        }
    }

    fn record_break(&self, code: BreakCode, row: RowIndex, explanation: String) -> Break {
        let what = self.records.row(row);
        Break {
            records: vec![row],
            actual: Some(what.signed()),
            difference: Some(if what.amount.is_zero() {
                what.amount
            } else {
                -what.signed()
            }),
            explanation,
            ..self.open_break(code, &what)
        }
    }
}
