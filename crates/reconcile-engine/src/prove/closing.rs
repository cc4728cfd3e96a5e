//! The provider's verdict on each closed day.

use jiff::{Span, civil::Date};
use reconcile_core::{Identity, Statement};
use rust_decimal::Decimal;

use super::{Proof, ProofVerdict, Series};
use crate::{BreakCode, Period};

/// Every closed day has a verdict, within so many days. Until these have passed,
/// a day may still be without.
pub(super) fn prove(
    identity: &Identity,
    series: &[&Series<'_>],
    asked: Option<Period>,
    (flag, days): (&str, &str),
    within_days: u64,
) -> Vec<Proof> {
    let test = |statement: &Statement| {
        let open = Proof::about(identity, statement);
        match (statement.flag(flag), statement.count(days)) {
            (None, _) => open.with(ProofVerdict::NotTestable, format!("{flag} is not stated")),
            (Some(false), _) => match pending(open.date, asked, within_days) {
                Some(why) => open.with(
                    ProofVerdict::NotTestable,
                    format!("{flag} is false, and {why}"),
                ),
                None => open.with(ProofVerdict::Fails, format!("{flag} is false")),
            },
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

/// Why a day may still be without a verdict; `None` where it may not.
fn pending(date: Option<Date>, asked: Option<Period>, within_days: u64) -> Option<String> {
    let (date, asked) = (date?, asked?);
    if date >= asked.certain_to {
        return Some("the day is not over".to_owned());
    }
    (asked.asked_on? <= last_day(date, within_days))
        .then(|| format!("the verdict may take {within_days} days"))
}

/// The last day on which the verdict of a day is in time: so many days after
/// the next one, on which the day is closed.
fn last_day(date: Date, within_days: u64) -> Date {
    let days = i64::try_from(within_days).ok();
    let days = days.and_then(|days| Span::new().try_days(days).ok());
    let next = date.tomorrow().ok();
    let last = next
        .zip(days)
        .and_then(|(next, days)| next.checked_add(days).ok());
    last.unwrap_or(Date::MAX)
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
