//! The balance report as the gateway tells it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::records::{BalanceDay, Deposit, DepositStatus};
use super::world::TuPayWorld;
use crate::faults::{FaultKind, Faults};
use crate::money::Cents;

/// The world's report, counted and bent as the faults say. Each bends a day of
/// its own, so that they can be told apart when several are on.
pub(super) fn balance_report(world: &TuPayWorld, faults: &Faults) -> Vec<BalanceDay> {
    let counting = Counting::of(world, faults);
    let mut days = counting.count(world);
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

/// What TuPay does not document of its report: which rows count, on which day,
/// and with what.
struct Counting {
    by_change: bool,
    zone: TimeZone,
    deposits: fn(DepositStatus) -> bool,
    deposits_net: bool,
    cashouts_with_fee: bool,
    /// The deposit that is forgotten.
    omitted: Option<u64>,
}

impl Counting {
    fn of(world: &TuPayWorld, faults: &Faults) -> Self {
        let is_turned = |fault| faults.value(fault) != 0;
        let lima = || TimeZone::get("America/Lima").unwrap_or(TimeZone::UTC);
        let is_omitted = faults.is_on(FaultKind::OmittedDeposit);
        Self {
            by_change: is_turned(FaultKind::ReportDay),
            zone: if is_turned(FaultKind::ReportZone) {
                lima()
            } else {
                TimeZone::UTC
            },
            deposits: match faults.value(FaultKind::ReportCounts) {
                0 => DepositStatus::is_credited,
                1 => |status| status == DepositStatus::Completed,
                _ => |_| true,
            },
            deposits_net: is_turned(FaultKind::ReportDeposits),
            cashouts_with_fee: !is_turned(FaultKind::ReportCashouts),
            omitted: largest(world).filter(|_| is_omitted).map(Deposit::id),
        }
    }

    /// The report, summed anew from the rows.
    fn count(&self, world: &TuPayWorld) -> Vec<BalanceDay> {
        let mut days = world.balance_days().to_vec();
        let opening = days.first().map(|day| day.balance - day.net());
        for day in &mut days {
            (day.deposits, day.deposit_fees, day.cashouts) = Default::default();
        }
        let deposits = world.deposits().iter();
        for deposit in deposits.filter(|it| (self.deposits)(it.status)) {
            let is_omitted = self.omitted == Some(deposit.id);
            let day = self.day(&mut days, deposit.created, deposit.changed);
            if let Some(day) = day.filter(|_| !is_omitted) {
                day.deposits += deposit.amount;
                day.deposit_fees += deposit.fee;
                if self.deposits_net {
                    day.deposits += -deposit.fee;
                }
            }
        }
        // What is not completed has neither a merchant amount nor a fee.
        for cashout in world.cashouts() {
            if let Some(day) = self.day(&mut days, cashout.created, cashout.changed) {
                day.cashouts += cashout.merchant_amount;
                if self.cashouts_with_fee {
                    day.cashouts += cashout.fee;
                }
            }
        }
        let mut balance = opening.unwrap_or_default();
        for day in &mut days {
            balance += day.net();
            day.balance = balance;
        }
        days
    }

    /// The line on which a row counts, where the report has it.
    fn day<'d>(
        &self,
        days: &'d mut [BalanceDay],
        created: Timestamp,
        changed: Timestamp,
    ) -> Option<&'d mut BalanceDay> {
        let counted = if self.by_change { changed } else { created };
        let date = self.zone.to_datetime(counted).date();
        let place = days.binary_search_by_key(&date, |day| day.date).ok()?;
        days.get_mut(place)
    }
}

/// The largest deposit of a day near the end that was credited.
fn largest(world: &TuPayWorld) -> Option<&Deposit> {
    let days = world.balance_days();
    let day = days.get(days.len() * 5 / 6)?;
    let of_day = world.deposits().iter().filter(|deposit| {
        let date = deposit.created.to_zoned(TimeZone::UTC).date();
        deposit.status.is_credited() && date == day.date
    });
    of_day.max_by_key(|deposit| deposit.amount)
}
