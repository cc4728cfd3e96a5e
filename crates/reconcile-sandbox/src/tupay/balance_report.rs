//! The balance report as the gateway tells it.

use super::records::BalanceDay;
use super::world::TuPayWorld;
use crate::faults::{FaultKind, Faults};
use crate::money::Cents;

/// The world's report, bent as the faults say. Each bends a day of its own,
/// so that they can be told apart when several are on.
pub(super) fn balance_report(world: &TuPayWorld, faults: &Faults) -> Vec<BalanceDay> {
    let mut days = world.balance_days().to_vec();
    let count = days.len();
    if faults.is_on(FaultKind::BrokenRollForward)
        && let Some(day) = days.get_mut(count / 2)
    {
        day.balance += Cents(100);
    }
    if faults.is_on(FaultKind::UnexplainedStep) {
        for day in days.iter_mut().skip(count.div_ceil(3)) {
            day.balance += Cents(2_500);
        }
    }
    // From the back, so that the earlier index stays what it was.
    if faults.is_on(FaultKind::MissingDay) && count > 2 {
        days.remove(count * 2 / 3);
    }
    if faults.is_on(FaultKind::RepeatedDay)
        && let Some(day) = days.get(count / 4).cloned()
    {
        days.insert(count / 4, day);
    }
    days
}
