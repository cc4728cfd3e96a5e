//! The provider's verdict on each closed day.

use jiff::civil::Date;
use reconcile_core::{Identity, Statement};
use rust_decimal::Decimal;

use super::{Proof, ProofVerdict, Series};
use crate::{BreakCode, Period};

/// Every closed day has a verdict, within so many days. A day that is not
/// certain to be over may still be without.
pub(super) fn prove(
    identity: &Identity,
    series: &[&Series<'_>],
    asked: Option<Period>,
    (flag, days): (&str, &str),
    within_days: u64,
) -> Vec<Proof> {
    let is_closed = |date: Date| asked.is_none_or(|asked| date < asked.certain_to);
    let test = |statement: &Statement| {
        let open = Proof::about(identity, statement, BreakCode::SequenceGap);
        match (statement.flag(flag), statement.count(days)) {
            (None, _) => open.with(ProofVerdict::NotTestable, format!("{flag} is not stated")),
            (Some(false), _) if !open.date.is_none_or(is_closed) => {
                open.with(ProofVerdict::NotTestable, "the day is not over")
            }
            (Some(false), _) => open.with(ProofVerdict::Fails, format!("{flag} is false")),
            (Some(true), None) => {
                let note = format!("{flag} is true, and {days} is not stated");
                open.with(ProofVerdict::NotTestable, note)
            }
            (Some(true), Some(took)) => punctual(open, took, within_days),
        }
    };
    let statements = series.iter().flat_map(|series| series.all());
    statements.map(test).collect()
}

/// A verdict that is there, and how many days it took.
fn punctual(open: Proof, took: u64, within_days: u64) -> Proof {
    let note = format!("it took {took} days, of {within_days} allowed");
    if took <= within_days {
        return open.with(ProofVerdict::Holds, note);
    }
    let proof = Proof {
        code: Some(BreakCode::DateOutOfWindow),
        note,
        ..open.counted(true)
    };
    proof.equality(Decimal::from(within_days), Decimal::from(took))
}
