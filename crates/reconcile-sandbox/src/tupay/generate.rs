//! How a world comes to be.
//!
//! Every record is born with its whole life drawn; what the world shows is
//! that life up to the instant at which it is looked at. Totals are summed
//! from the rows as shown, so they tie by construction.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::records::{
    BalanceDay, Cashout, CashoutStatus, Deposit, DepositStatus, Method, Note, Settlement,
    SettlementStatus,
};
use super::world::TuPayWorld;
use crate::money::Cents;
use crate::random::Random;
use crate::worlds::WorldConfig;

pub(super) fn world(config: &WorldConfig) -> TuPayWorld {
    let calendar = Calendar::new(config);
    let deposit_count = config
        .deposits
        .unwrap_or(config.records * 17 / 20)
        .min(config.records);
    let cashout_count = config.records - deposit_count;
    let mut world = TuPayWorld {
        deposits: deposits(config, &calendar, deposit_count),
        cashouts: cashouts(config, &calendar, cashout_count),
        balance_days: Vec::new(),
        settlements: Vec::new(),
        notes: notes(config, &calendar),
        as_of: instant(calendar.as_of),
    };
    close_days(config, &calendar, &mut world);
    world
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The world's days, its exchange rates, and the instant it is looked at.
struct Calendar {
    start: i64,
    seconds: i64,
    as_of: i64,
    first: Date,
    /// Soles for a dollar on each day, in ten-thousandths.
    rates: Vec<i64>,
}

impl Calendar {
    fn new(config: &WorldConfig) -> Self {
        let start = TimeZone::UTC
            .to_timestamp(config.from.at(0, 0, 0, 0))
            .map_or(0, Timestamp::as_second);
        let days = config.days.max(1);
        let seconds = i64::from(days) * DAY;
        let end = start + seconds;
        let mut random = Random::new(config.seed, "rates");
        let mut rate = 37_880;
        let rates = (0..days)
            .map(|_| {
                rate = (rate + random.between(-120, 121)).clamp(35_000, 41_000);
                rate
            })
            .collect();
        let as_of = config.as_of.map_or(end, |as_of| as_of.as_second().min(end));
        Self {
            start,
            seconds,
            as_of,
            first: config.from,
            rates,
        }
    }

    /// Which of the world's days `second` falls in.
    fn day(&self, second: i64) -> usize {
        usize::try_from((second - self.start) / DAY).unwrap_or(0)
    }

    fn to_dollars(&self, soles: Cents, second: i64) -> Cents {
        let rate = self.rates.get(self.day(second)).copied().unwrap_or(37_880);
        soles.scaled(10_000, rate)
    }

    /// The births of `count` records, ascending.
    fn births(&self, count: usize, random: Random) -> impl Iterator<Item = i64> {
        random.spread(count, self.start, self.seconds)
    }
}

/// What a record has become by the instant it is looked at.
struct Shown<S> {
    status: S,
    changed: i64,
}

fn deposits(config: &WorldConfig, calendar: &Calendar, count: usize) -> Vec<Deposit> {
    let mut random = Random::new(config.seed, "deposits");
    let duplicates = config.duplicates.min(count / 20);
    let stride = count / (duplicates + 1);
    let is_repeated = |index: usize| {
        duplicates > 0 && index > 0 && index.is_multiple_of(stride) && index / stride <= duplicates
    };
    let mut rows: Vec<Deposit> = Vec::with_capacity(count);
    let (mut id, mut serial) = (301_393_324, 44_861);
    for (index, born) in calendar
        .births(count, Random::new(config.seed, "births"))
        .enumerate()
    {
        if born >= calendar.as_of {
            break;
        }
        let mut deposit = deposit(&mut random, calendar, born);
        let must_complete = is_repeated(index) || is_repeated(index + 1);
        if must_complete {
            complete(&mut deposit, calendar, born);
        }
        match rows.last() {
            Some(original) if is_repeated(index) => {
                repeat(&mut deposit, original, calendar, born);
            }
            _ => serial += 1,
        }
        id += random.next() % 9 + 1;
        (deposit.id, deposit.serial) = (id, serial);
        rows.push(deposit);
    }
    rows
}

/// A deposit without its identity.
fn deposit(random: &mut Random, calendar: &Calendar, born: i64) -> Deposit {
    let shown = deposit_life(random, calendar, born);
    // Most customers pay round sums, which are the ones written `30.0`.
    let local_amount = match random.next() % 3 {
        0 => Cents(random.between(5, 500) * 100),
        1 => Cents(random.between(50, 5_000) * 10),
        _ => Cents(random.between(500, 250_000)),
    };
    let amount = calendar.to_dollars(local_amount, born);
    let method = if random.one_in(4) {
        Method::Voucher
    } else {
        Method::Qr
    };
    let document = u32::try_from(random.between(10_000_000, 80_000_000)).unwrap_or_default();
    // The published sample is a cancelled deposit that kept its fee.
    let keeps_fee = random.one_in(20);
    let has_fee =
        shown.status.is_credited() || (shown.status == DepositStatus::Cancelled && keeps_fee);
    Deposit {
        id: 0,
        serial: 0,
        document,
        created: instant(born),
        changed: instant(shown.changed),
        status: shown.status,
        method,
        amount,
        local_amount,
        fee: if has_fee {
            deposit_fee(amount)
        } else {
            Cents::ZERO
        },
    }
}

/// 4.9 %, which is what the published sample was charged.
fn deposit_fee(amount: Cents) -> Cents {
    amount.scaled(49, 1_000)
}

fn deposit_life(random: &mut Random, calendar: &Calendar, born: i64) -> Shown<DepositStatus> {
    let (status, after) = match random.next() % 1_000 {
        0..880 if random.one_in(20) => (DepositStatus::Completed, random.between(HOUR, 2 * DAY)),
        0..880 => (DepositStatus::Completed, random.between(20, HOUR)),
        880..895 => (DepositStatus::Approved, random.between(20, HOUR)),
        895..925 => (DepositStatus::Pending, 0),
        925..975 => (DepositStatus::Cancelled, random.between(HOUR, 4 * DAY)),
        _ => (DepositStatus::Declined, random.between(1, MINUTE)),
    };
    if born + after < calendar.as_of {
        Shown {
            status,
            changed: born + after,
        }
    } else {
        Shown {
            status: DepositStatus::Pending,
            changed: born,
        }
    }
}

/// Has the deposit completed a minute after its birth, if that has come.
fn complete(deposit: &mut Deposit, calendar: &Calendar, born: i64) {
    if born + MINUTE < calendar.as_of {
        deposit.status = DepositStatus::Completed;
        deposit.changed = instant(born + MINUTE);
        deposit.fee = deposit_fee(deposit.amount);
    }
}

/// Makes the deposit the second payment of what `original` paid.
fn repeat(deposit: &mut Deposit, original: &Deposit, calendar: &Calendar, born: i64) {
    deposit.document = original.document;
    deposit.method = original.method;
    deposit.local_amount = original.local_amount;
    deposit.amount = calendar.to_dollars(original.local_amount, born);
    if deposit.status.is_credited() {
        deposit.fee = deposit_fee(deposit.amount);
    }
}

fn cashouts(config: &WorldConfig, calendar: &Calendar, count: usize) -> Vec<Cashout> {
    let mut random = Random::new(config.seed, "cashouts");
    let births = calendar.births(count, Random::new(config.seed, "cashout births"));
    let mut id = 8_405_146;
    let mut rows = Vec::with_capacity(count);
    for (born, serial) in births.zip(10_001..) {
        if born >= calendar.as_of {
            break;
        }
        id += random.next() % 5 + 1;
        let shown = cashout_life(&mut random, calendar, born);
        let in_dollars = random.one_in(10);
        let amount = Cents(random.between(2_000, 300_000));
        let dollars = if in_dollars {
            amount
        } else {
            calendar.to_dollars(amount, born)
        };
        let is_settled = shown.status == CashoutStatus::Completed;
        rows.push(Cashout {
            id,
            serial,
            document: u32::try_from(random.between(10_000_000, 80_000_000)).unwrap_or_default(),
            created: instant(born),
            changed: instant(shown.changed),
            status: shown.status,
            in_dollars,
            amount,
            merchant_amount: if is_settled { dollars } else { Cents::ZERO },
            fee: if is_settled {
                cashout_fee(dollars)
            } else {
                Cents::ZERO
            },
        });
    }
    rows
}

/// One per cent, half a dollar at least.
fn cashout_fee(dollars: Cents) -> Cents {
    dollars.scaled(1, 100).max(Cents(50))
}

fn cashout_life(random: &mut Random, calendar: &Calendar, born: i64) -> Shown<CashoutStatus> {
    let (status, after) = match random.next() % 1_000 {
        0..850 => (
            CashoutStatus::Completed,
            random.between(5 * MINUTE, 6 * HOUR),
        ),
        850..870 => (CashoutStatus::Delivered, random.between(5 * MINUTE, HOUR)),
        870..900 => (CashoutStatus::Pending, 0),
        900..910 => (CashoutStatus::OnHold, random.between(1, HOUR)),
        910..955 => (CashoutStatus::Rejected, random.between(HOUR, DAY)),
        955..980 => (CashoutStatus::Cancelled, random.between(MINUTE, 2 * HOUR)),
        _ => (CashoutStatus::Declined, random.between(1, MINUTE)),
    };
    // "There are some cases in which the bank could Confirm the Cashout and
    // then Reject it" (Cashouts API of a sibling brand).
    let rejected_later = random.one_in(250).then(|| random.between(DAY, 5 * DAY));
    let decided = born + after;
    if decided >= calendar.as_of {
        return Shown {
            status: CashoutStatus::Pending,
            changed: born,
        };
    }
    match rejected_later {
        Some(later) if status == CashoutStatus::Completed && decided + later < calendar.as_of => {
            Shown {
                status: CashoutStatus::Rejected,
                changed: decided + later,
            }
        }
        _ => Shown {
            status,
            changed: decided,
        },
    }
}

/// A note every nine days or so, every third of them a debit.
fn notes(config: &WorldConfig, calendar: &Calendar) -> Vec<Note> {
    let mut random = Random::new(config.seed, "notes");
    let mut notes = Vec::new();
    for day in (4..i64::from(config.days)).step_by(9) {
        let created = calendar.start + day * DAY + random.between(8 * HOUR, 20 * HOUR);
        let amount = Cents(random.between(500, 20_000));
        let is_debit = random.one_in(3);
        if created < calendar.as_of {
            let id = 989_851 + u64::try_from(notes.len()).unwrap_or_default();
            let amount = if is_debit { -amount } else { amount };
            notes.push(Note {
                id,
                created: instant(created),
                amount,
            });
        }
    }
    notes
}

/// Sums the rows into the balance report, day by day, and settles each week.
fn close_days(config: &WorldConfig, calendar: &Calendar, world: &mut TuPayWorld) {
    let mut days = open_days(calendar);
    for deposit in world.deposits.iter().filter(|it| it.status.is_credited()) {
        if let Some(day) = days.get_mut(calendar.day(deposit.created.as_second())) {
            day.deposits += deposit.amount;
            day.deposit_fees += deposit.fee;
        }
    }
    // What is not completed has neither a merchant amount nor a fee.
    for cashout in &world.cashouts {
        if let Some(day) = days.get_mut(calendar.day(cashout.created.as_second())) {
            day.cashouts += cashout.merchant_amount + cashout.fee;
        }
    }
    for note in &world.notes {
        if let Some(day) = days.get_mut(calendar.day(note.created.as_second())) {
            day.notes += note.amount;
        }
    }
    let mut random = Random::new(config.seed, "settlements");
    // The opening balance of the published sample's first day.
    let mut balance = Cents(10_464_298);
    for (day, number) in days.iter_mut().zip(1_i64..) {
        if number % 7 == 0 {
            settle(day, balance, calendar, &mut random, &mut world.settlements);
        }
        balance += day.net();
        day.balance = balance;
    }
    if let Some(latest) = world.settlements.last_mut()
        && latest.status == SettlementStatus::Completed
    {
        latest.status = SettlementStatus::Pending;
    }
    world.balance_days = days;
}

fn open_days(calendar: &Calendar) -> Vec<BalanceDay> {
    let midnights = (0_i64..).map(|day| calendar.start + day * DAY);
    midnights
        .zip(calendar.first.series(jiff::Span::new().days(1)))
        .take(calendar.rates.len())
        .take_while(|(midnight, _)| *midnight < calendar.as_of)
        .map(|(midnight, date)| BalanceDay {
            date,
            midnight: instant(midnight),
            deposits: Cents::ZERO,
            deposit_fees: Cents::ZERO,
            cashouts: Cents::ZERO,
            notes: Cents::ZERO,
            settlements: Cents::ZERO,
            cancelled_settlements: Cents::ZERO,
            balance: Cents::ZERO,
        })
        .collect()
}

/// What the published sample was charged for one.
const SETTLEMENT_FEE: Cents = Cents(25_000);

/// Pays out half of the balance, in whole hundreds, at nine in the morning.
fn settle(
    day: &mut BalanceDay,
    balance: Cents,
    calendar: &Calendar,
    random: &mut Random,
    settlements: &mut Vec<Settlement>,
) {
    let created = day.midnight.as_second() + 9 * HOUR;
    let requested = Cents(balance.0 / 20_000 * 10_000);
    let is_cancelled = random.one_in(5);
    if created >= calendar.as_of || requested <= SETTLEMENT_FEE {
        return;
    }
    day.settlements = requested;
    if is_cancelled {
        day.cancelled_settlements = requested;
    }
    settlements.push(Settlement {
        id: 3_328 + u64::try_from(settlements.len()).unwrap_or_default(),
        created: instant(created),
        status: if is_cancelled {
            SettlementStatus::Cancelled
        } else {
            SettlementStatus::Completed
        },
        requested,
        fee: SETTLEMENT_FEE,
    });
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
