//! What StreamPay's figures are to satisfy.

use reconcile_core::{BatchLine, Direction, Identity, Kind, Law, Part, Sign, Status};

/// The pairs of figures of a scheme that are to be equal: what the terminal
/// counted, and what the host did.
const SIDES: [(&str, &str); 6] = [
    ("pos_debit", "host_debit"),
    ("pos_credit", "host_credit"),
    ("pos_total", "host_total"),
    ("pos_debit_count", "host_debit_count"),
    ("pos_credit_count", "host_credit_count"),
    ("pos_total_count", "host_total_count"),
];

/// A period that is inferred from the reconciliation before it cannot fail to
/// touch it.
const UNTOLD: &str = "a reconciliation does not say since when it counts, so it is taken to begin where the one before ends: one that is missing shows in batch_receipts, as receipts that the next one does not count";

/// Every figure of the samples satisfies these. How reversals enter them the
/// samples leave open, since all are zero; what is said here is the only way in
/// which the totals of the schemes can add up to those of the kinds.
pub(super) fn declared() -> Vec<Identity> {
    let mut identities = compositions();
    identities.extend([
        Identity::new(
            "sides_agree",
            "what the terminal counted is what the host counted, by scheme",
            Law::Equal {
                pairs: SIDES.into(),
            },
        ),
        Identity::new(
            "schemes_total",
            "the total is the sum of the schemes' totals",
            Law::Parts {
                total: "total",
                part: "pos_total",
            },
        ),
        Identity::new(
            "schemes_count",
            "the count is the sum of the schemes' counts",
            Law::Parts {
                total: "total_count",
                part: "pos_total_count",
            },
        ),
        Identity::new(
            "balanced",
            "StreamPay says that a reconciliation is balanced exactly when both sides agree",
            Law::Verdict {
                flag: "balanced",
                pairs: SIDES.into(),
            },
        ),
        Identity::new(
            "batches_tile",
            "a terminal's reconciliations follow each other without a hole",
            Law::Undecidable { why: UNTOLD },
        ),
        Identity::new(
            "batch_receipts",
            "the approved receipts since the reconciliation before come to the batch",
            Law::Batch { lines: lines() },
        ),
        Identity::new(
            "stan",
            "the trace numbers of a terminal follow each other",
            Law::Sequence {
                kinds: vec![Kind::Payment, Kind::Refund, Kind::Reversal],
                attribute: "stan",
            },
        ),
    ]);
    identities
}

fn compositions() -> Vec<Identity> {
    use Sign::{Minus, Plus};

    let composition = |name, title, total, parts: &[(&'static str, Sign)]| {
        let parts = parts.iter().map(|&(figure, sign)| Part { figure, sign });
        let parts = parts.collect();
        Identity::new(name, title, Law::Composition { total, parts })
    };
    vec![
        composition(
            "total",
            "the total is purchases less their reversals, less refunds and plus theirs",
            "total",
            &[
                ("purchase", Plus),
                ("purchase_reversal", Minus),
                ("refund", Minus),
                ("refund_reversal", Plus),
            ],
        ),
        composition(
            "total_count",
            "the count is the sum of the counts by kind",
            "total_count",
            &[
                ("purchase_count", Plus),
                ("purchase_reversal_count", Plus),
                ("refund_count", Plus),
                ("refund_reversal_count", Plus),
            ],
        ),
        composition(
            "pos_total",
            "the terminal's total of a scheme is debits less credits",
            "pos_total",
            &[("pos_debit", Plus), ("pos_credit", Minus)],
        ),
        composition(
            "pos_total_count",
            "the terminal's count of a scheme is debits and credits",
            "pos_total_count",
            &[("pos_debit_count", Plus), ("pos_credit_count", Plus)],
        ),
        composition(
            "host_total",
            "the host's total of a scheme is debits less credits",
            "host_total",
            &[("host_debit", Plus), ("host_credit", Minus)],
        ),
        composition(
            "host_total_count",
            "the host's count of a scheme is debits and credits",
            "host_total_count",
            &[("host_debit_count", Plus), ("host_credit_count", Plus)],
        ),
    ]
}

/// Approved receipts by what the terminal counts them as. One that was reversed
/// afterwards was approved, and its reversal is counted beside it.
fn lines() -> Vec<BatchLine> {
    let approved = |kinds: &[Kind], direction| {
        BatchLine::new(kinds.to_vec(), [Status::Succeeded, Status::Reversed]).direction(direction)
    };
    let all = [Kind::Payment, Kind::Refund, Kind::Reversal];
    vec![
        approved(&all, Direction::Credit)
            .amount("pos_debit")
            .count("pos_debit_count"),
        approved(&all, Direction::Debit)
            .amount("pos_credit")
            .count("pos_credit_count"),
        approved(&[Kind::Payment], Direction::Credit)
            .amount("purchase")
            .count("purchase_count"),
        approved(&[Kind::Reversal], Direction::Debit)
            .amount("purchase_reversal")
            .count("purchase_reversal_count"),
        approved(&[Kind::Refund], Direction::Debit)
            .amount("refund")
            .count("refund_count"),
        approved(&[Kind::Reversal], Direction::Credit)
            .amount("refund_reversal")
            .count("refund_reversal_count"),
    ]
}
