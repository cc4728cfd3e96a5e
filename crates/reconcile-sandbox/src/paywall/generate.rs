//! How a world of Paywall comes to be.
//!
//! Every transaction is born with its whole life drawn, what will be refunded
//! of it included; the world shows that life up to the instant at which it is
//! looked at.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::world::{
    PaywallStatus, PaywallStep, PaywallStepKind, PaywallTransaction, PaywallWorld, bounds, instant,
    start_of,
};
use crate::money::Cents;
use crate::random::Random;
use crate::worlds::WorldConfig;

pub(super) fn world(config: &WorldConfig) -> PaywallWorld {
    let zone = istanbul();
    let end = config
        .from
        .saturating_add(jiff::Span::new().days(i64::from(config.days.max(1))));
    let (start, end) = (start_of(config.from, &zone), start_of(end, &zone));
    let as_of = config.as_of.map_or(end, |it| it.as_microsecond().min(end));
    let mut maker = Maker {
        zone,
        end,
        as_of,
        random: Random::new(config.seed, "paywall"),
        world: PaywallWorld {
            transactions: Vec::with_capacity(config.records),
            steps: Vec::with_capacity(config.records),
            steps_by_time: Vec::new(),
            start: instant(start),
            as_of: instant(as_of),
        },
    };
    let lives = lives(config);
    let births = Random::new(config.seed, "paywall births").spread(lives.len(), start, end - start);
    let mut serial = 100_000;
    for (life, born) in lives.into_iter().zip(births) {
        if born >= as_of {
            break;
        }
        serial += u32::from(life.fate != Fate::Repeats);
        maker.bear(life, born, serial);
    }
    maker.close(config.seed)
}

/// Where Paywall is, and by whose days it is assumed to count.
pub(super) fn istanbul() -> TimeZone {
    TimeZone::get("Europe/Istanbul").unwrap_or(TimeZone::UTC)
}

/// What becomes of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Life {
    fate: Fate,
    undoing: Undoing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Succeeds,
    /// At the second provider.
    SucceedsAtLast,
    /// A success under the merchant's reference of the one before, which is
    /// one, too.
    Repeats,
    Ends(PaywallStatus),
}

/// How a successful transaction is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Undoing {
    Nothing,
    Cancel,
    /// Tried too late.
    FailedCancel,
    Refund,
    RefundAtSecondTry,
    Part,
    TwoParts,
}

impl Undoing {
    /// How many steps it takes, each of which is a record.
    fn steps(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Cancel | Self::FailedCancel | Self::Refund | Self::Part => 1,
            Self::RefundAtSecondTry | Self::TwoParts => 2,
        }
    }
}

/// Lives that take exactly as many records as are asked for.
fn lives(config: &WorldConfig) -> Vec<Life> {
    let mut random = Random::new(config.seed, "paywall lives");
    let duplicates = config.duplicates.min(config.records / 20);
    // A few per cent of the records are no transactions.
    let stride = config.records * 9 / 10 / (duplicates + 1);
    let is_repeated = |place: usize| {
        duplicates > 0 && place > 0 && place.is_multiple_of(stride) && place / stride <= duplicates
    };
    let mut lives = Vec::with_capacity(config.records);
    let mut left = config.records;
    while left > 0 {
        let mut life = life(&mut random);
        let place = lives.len();
        if is_repeated(place) || is_repeated(place + 1) {
            let undoing = Undoing::Nothing;
            let fate = if is_repeated(place) {
                Fate::Repeats
            } else {
                Fate::Succeeds
            };
            life = Life { fate, undoing };
        }
        if life.undoing.steps() >= left {
            life.undoing = Undoing::Nothing;
        }
        left -= 1 + life.undoing.steps();
        lives.push(life);
    }
    lives
}

fn life(random: &mut Random) -> Life {
    let fate = match random.next() % 1_000 {
        0..840 => Fate::Succeeds,
        840..880 => Fate::SucceedsAtLast,
        880..940 => Fate::Ends(PaywallStatus::Failed),
        940..950 => Fate::Ends(PaywallStatus::FailedOnQuery),
        950..965 => Fate::Ends(PaywallStatus::Created),
        965..975 => Fate::Ends(PaywallStatus::Started),
        975..990 => Fate::Ends(PaywallStatus::WaitingForSettlement),
        _ => Fate::Ends(PaywallStatus::PayJump),
    };
    let undoing = match random.next() % 1_000 {
        0..20 => Undoing::Cancel,
        20..24 => Undoing::FailedCancel,
        24..50 => Undoing::Refund,
        50..56 => Undoing::RefundAtSecondTry,
        56..80 => Undoing::Part,
        80..88 => Undoing::TwoParts,
        _ => Undoing::Nothing,
    };
    match fate {
        Fate::Ends(_) => Life {
            fate,
            undoing: Undoing::Nothing,
        },
        _ => Life { fate, undoing },
    }
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The world while it is being made.
struct Maker {
    zone: TimeZone,
    end: i64,
    as_of: i64,
    random: Random,
    world: PaywallWorld,
}

impl Maker {
    /// Adds a transaction, with as much of its life as has come.
    fn bear(&mut self, life: Life, born: i64, serial: u32) {
        let latest = self.world.transactions.last();
        let original = latest.filter(|_| life.fate == Fate::Repeats).cloned();
        let id = latest.map_or(FIRST_TRANSACTION, |it| it.id) + self.random.next() % 9 + 1;
        let (price, interest) = self.price();
        let card = u32::try_from(self.random.between(0, 100_000_000)).unwrap_or_default();
        let mut transaction = PaywallTransaction {
            id,
            serial,
            created: born,
            status: PaywallStatus::Started,
            price,
            interest,
            card,
            first_step: self.world.steps.len(),
            step_count: 0,
        };
        if let Some(original) = original {
            transaction.price = original.price;
            transaction.interest = original.interest;
            transaction.card = original.card;
        }
        let sold = self.sell(life.fate, &mut transaction);
        self.undo(life.undoing, sold, &transaction);
        transaction.step_count = self.world.steps.len() - transaction.first_step;
        self.world.transactions.push(transaction);
    }

    /// Most customers pay round sums; one in ten pays interest.
    fn price(&mut self) -> (Cents, Cents) {
        let price = match self.random.next() % 3 {
            0 => Cents(self.random.between(10, 2_000) * 100),
            1 => Cents(self.random.between(100, 20_000) * 10),
            _ => Cents(self.random.between(1_000, 1_000_000)),
        };
        let interest = if self.random.one_in(10) {
            price.scaled(INTEREST_HUNDREDTHS, 10_000)
        } else {
            Cents::ZERO
        };
        (price, interest)
    }

    /// Does the steps of the sale, and says when the last one was.
    fn sell(&mut self, fate: Fate, transaction: &mut PaywallTransaction) -> i64 {
        use PaywallStatus::{Created, Failed, FailedOnQuery, PayJump, Successful};
        let sum = transaction.paid();
        let first = self.after(transaction.created, SECOND, 6 * SECOND);
        let second = self.after(first, SECOND, 6 * SECOND);
        let late = self.after(transaction.created, 25 * MINUTE, 40 * MINUTE);
        let mut sale = |maker: &mut Self, at, tried, becomes| {
            if maker.step(PaywallStepKind::Sale, tried, at, sum) {
                transaction.status = becomes;
            }
            at
        };
        match fate {
            Fate::Succeeds | Fate::Repeats => sale(self, first, Successful, Successful),
            Fate::SucceedsAtLast => {
                sale(self, first, Failed, PayJump);
                sale(self, second, Successful, Successful)
            }
            Fate::Ends(Created) => {
                transaction.status = Created;
                first
            }
            // Whoever was started and never came back is looked for later.
            Fate::Ends(FailedOnQuery) => sale(self, late, FailedOnQuery, FailedOnQuery),
            Fate::Ends(PayJump) => sale(self, first, Failed, PayJump),
            Fate::Ends(status) => sale(self, first, status, status),
        }
    }

    fn undo(&mut self, undoing: Undoing, sold: i64, transaction: &PaywallTransaction) {
        use PaywallStatus::{Failed, Successful};
        use PaywallStepKind::{Cancel, PartialRefund, Refund};
        let whole = transaction.paid();
        let one_part = whole.scaled(self.random.between(20, 45), 100).max(Cents(1));
        let other_part = whole.scaled(self.random.between(46, 55), 100).max(Cents(1));
        let soon = self.after(sold, 2 * MINUTE, 3 * HOUR);
        let soon = soon.min(bounds(self.day(sold), &self.zone).1 - 1);
        let later = self.after(sold, DAY, 12 * DAY);
        let at_last = self.after(later, HOUR, 5 * DAY);
        match undoing {
            Undoing::Nothing => {}
            Undoing::Cancel => _ = self.step(Cancel, Successful, soon, whole),
            Undoing::FailedCancel => _ = self.step(Cancel, Failed, at_last, whole),
            Undoing::Refund => _ = self.step(Refund, Successful, later, whole),
            Undoing::RefundAtSecondTry => {
                self.step(Refund, Failed, later, whole);
                self.step(Refund, Successful, at_last, whole);
            }
            Undoing::Part => _ = self.step(PartialRefund, Successful, later, one_part),
            Undoing::TwoParts => {
                self.step(PartialRefund, Successful, later, one_part);
                self.step(PartialRefund, Successful, at_last, other_part);
            }
        }
    }

    /// An instant after `then`. What would come after the end of the world
    /// comes half-way to it instead, so that all that was planned is in it.
    fn after(&mut self, then: i64, least: i64, most: i64) -> i64 {
        let planned = then + self.random.between(least, most);
        if planned < self.end {
            planned
        } else {
            then + (self.end - then) / 2
        }
    }

    fn day(&self, at: i64) -> Date {
        instant(at).to_zoned(self.zone.clone()).date()
    }

    /// Does a step to the transaction that is being made, if its time has come.
    fn step(&mut self, kind: PaywallStepKind, status: PaywallStatus, at: i64, sum: Cents) -> bool {
        let has_come = at < self.as_of;
        if has_come {
            self.world.steps.push(PaywallStep {
                id: 0,
                transaction: self.world.transactions.len(),
                kind,
                status,
                at,
                sum,
            });
        }
        has_come
    }

    /// Numbers the steps as they came, which later looks do not change.
    fn close(self, seed: u64) -> PaywallWorld {
        let mut world = self.world;
        let mut places: Vec<usize> = (0..world.steps.len()).collect();
        places.sort_by_key(|place| world.steps.get(*place).map(|step| step.at));
        let mut random = Random::new(seed, "paywall steps");
        let mut id = FIRST_STEP;
        for place in &places {
            id += random.next() % 7 + 1;
            if let Some(step) = world.steps.get_mut(*place) {
                step.id = id;
            }
        }
        world.steps_by_time = places;
        world
    }
}

/// The ids before the first, near those of the published samples.
const FIRST_TRANSACTION: u64 = 21_948_537;
const FIRST_STEP: u64 = 59_768_858;

/// Five per cent.
pub(super) const INTEREST_HUNDREDTHS: i64 = 500;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn days_begin_at_midnight_in_istanbul() {
        let config = WorldConfig::default();
        let world = PaywallWorld::generate(&config);
        let midnight: Timestamp = "2025-12-31T21:00:00Z".parse().unwrap();
        assert_eq!(world.start, midnight);
        assert_eq!(world.days(&istanbul()).count(), 31);
        assert_eq!(world.days(&TimeZone::UTC).count(), 32);
    }
}
