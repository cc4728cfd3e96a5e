//! How a world of StreamPay comes to be.
//!
//! Every purchase is born with its whole life drawn, its reversal and refund
//! included. Then the receipts of each terminal are numbered in the order of
//! their time, and only then is what has not happened yet left out: a world
//! looked at earlier is the beginning of the same one.

use jiff::tz::TimeZone;

use super::words::{StreamPayReceiptKind as Kind, StreamPayScheme as Scheme};
use super::world::{
    Merchant, StreamPayReceipt, StreamPayReconciliation, StreamPayTerminal, StreamPayTransaction,
    StreamPayWorld, second, widened,
};
use crate::money::Cents;
use crate::random::{Random, mix};
use crate::worlds::WorldConfig;

pub(super) fn world(config: &WorldConfig) -> StreamPayWorld {
    let calendar = Calendar::new(config);
    let terminals = terminals(config, &calendar);
    let mut drafts = drafts(config, &calendar, &terminals);
    number(config, &terminals, &mut drafts);
    let mut world = StreamPayWorld {
        merchants: merchants(&calendar),
        by_terminal: vec![Vec::new(); terminals.len()],
        terminals,
        transactions: Vec::with_capacity(drafts.len()),
        receipts: Vec::with_capacity(config.records),
        reconciliations: Vec::new(),
        as_of: second(calendar.as_of),
    };
    happen(&mut world, drafts, calendar.as_of);
    close(config, &calendar, &mut world);
    let has_begun = |terminal: &StreamPayTerminal| terminal.created < calendar.as_of * 1_000;
    world.terminals.retain(has_begun);
    world
}

/// Where StreamPay is, and in whose time its receipts are assumed to be.
pub(super) fn riyadh() -> TimeZone {
    TimeZone::get("Asia/Riyadh").unwrap_or(TimeZone::UTC)
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The time of the world, in seconds since the epoch.
struct Calendar {
    start: i64,
    end: i64,
    as_of: i64,
}

impl Calendar {
    fn new(config: &WorldConfig) -> Self {
        let start = config.from.to_zoned(riyadh());
        let start = start.map_or(0, |it| it.timestamp().as_second());
        // No day there has ever been longer or shorter since 1947.
        let end = start + i64::from(config.days.max(1)) * DAY;
        let as_of = config.as_of.map_or(end, |it| it.as_second().min(end));
        Self { start, end, as_of }
    }

    /// A second after `then`. What would come after the end of the world comes
    /// half-way to it instead, so that all that was planned is in it.
    fn after(&self, then: i64, delay: i64) -> i64 {
        if then + delay < self.end {
            then + delay
        } else {
            then + (self.end - then) / 2
        }
    }
}

fn merchants(calendar: &Calendar) -> Vec<Merchant> {
    let merchant = |number| Merchant {
        number,
        created: (calendar.start - 400 * DAY + i64::try_from(number).unwrap_or(0) * 97 * DAY)
            * 1_000
            + 595,
    };
    (0..3).map(merchant).collect()
}

/// Terminals of which one is there from the first second on and the others
/// come into service during the first quarter; then some that nobody uses.
fn terminals(config: &WorldConfig, calendar: &Calendar) -> Vec<StreamPayTerminal> {
    let used = in_service(config);
    let quarter = (calendar.end - calendar.start) * 250;
    let terminal = |place: usize| {
        let step = i64::try_from(place * 1_000 / used).unwrap_or(0);
        StreamPayTerminal {
            number: widened(place),
            merchant: place % 3,
            created: calendar.start * 1_000 + quarter * step / 1_000,
            is_assigned: if place < used {
                place % 4 != 3
            } else {
                place == used
            },
            is_connected: place < used || place == used + 2,
        }
    };
    (0..used + IDLE).map(terminal).collect()
}

/// Assigned but without a device, neither, and with a device that is nobody's.
const IDLE: usize = 3;

fn in_service(config: &WorldConfig) -> usize {
    (config.records / 250).clamp(2, 12)
}

/// What becomes of a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Sale,
    Declined,
    /// Declined, then approved.
    AtSecondTry,
    Reversed,
    AtSecondTryReversed,
    /// The card is charged twice.
    PaidTwice,
    /// Within hours, as a receipt of the same transaction.
    RefundedSoon,
    /// Days later, as a transaction of its own.
    Refunded,
    PartlyRefunded,
    /// The refund is declined.
    RefundDeclined,
    /// The refund is reversed.
    RefundReversed,
    /// A refund of what was bought elsewhere.
    LooseRefund,
}

impl Life {
    fn receipts(self) -> usize {
        match self {
            Self::Sale | Self::Declined | Self::LooseRefund => 1,
            Self::AtSecondTry
            | Self::Reversed
            | Self::PaidTwice
            | Self::RefundedSoon
            | Self::Refunded
            | Self::PartlyRefunded
            | Self::RefundDeclined => 2,
            Self::AtSecondTryReversed | Self::RefundReversed => 3,
        }
    }

    fn draw(random: &mut Random) -> Self {
        match random.next() % 1_000 {
            0..800 => Self::Sale,
            800..850 => Self::Declined,
            850..875 => Self::AtSecondTry,
            875..905 => Self::Reversed,
            905..912 => Self::AtSecondTryReversed,
            912..930 => Self::RefundedSoon,
            930..960 => Self::Refunded,
            960..978 => Self::PartlyRefunded,
            978..984 => Self::RefundDeclined,
            984..990 => Self::RefundReversed,
            _ => Self::LooseRefund,
        }
    }
}

/// Lives that take exactly as many receipts as are asked for.
fn lives(config: &WorldConfig) -> Vec<Life> {
    let mut random = Random::new(config.seed, "streampay lives");
    let duplicates = config.duplicates.min(config.records / 20);
    // A fifth of the receipts at most are no first ones.
    let stride = config.records * 4 / 5 / (duplicates + 1);
    let is_repeated = |place: usize| {
        duplicates > 0 && place > 0 && place.is_multiple_of(stride) && place / stride <= duplicates
    };
    let mut lives = Vec::with_capacity(config.records);
    let mut left = config.records;
    while left > 0 {
        let drawn = Life::draw(&mut random);
        let life = match drawn {
            _ if left > 1 && is_repeated(lives.len()) => Life::PaidTwice,
            drawn if drawn.receipts() > left => Life::Sale,
            drawn => drawn,
        };
        left -= life.receipts();
        lives.push(life);
    }
    lives
}

/// A transaction as it will be in the end.
struct Draft {
    at: i64,
    terminal: usize,
    scheme: Scheme,
    card: u32,
    receipts: Vec<Planned>,
}

/// A receipt as it will be in the end.
#[derive(Debug, Clone, Copy)]
struct Planned {
    kind: Kind,
    at: i64,
    sum: Cents,
    is_approved: bool,
    stan: u32,
    refunded: Option<i64>,
    reversed: Option<i64>,
}

impl Planned {
    fn new(kind: Kind, at: i64, sum: Cents) -> Self {
        Self {
            kind,
            at,
            sum,
            is_approved: true,
            stan: 0,
            refunded: None,
            reversed: None,
        }
    }

    fn declined(self) -> Self {
        Self {
            is_approved: false,
            ..self
        }
    }

    fn refunded(self, at: i64) -> Self {
        Self {
            refunded: Some(at),
            ..self
        }
    }

    fn reversed(self, at: i64) -> Self {
        Self {
            reversed: Some(at),
            ..self
        }
    }
}

/// The transactions of all lives, in the order of their time.
fn drafts(
    config: &WorldConfig,
    calendar: &Calendar,
    terminals: &[StreamPayTerminal],
) -> Vec<Draft> {
    let mut random = Random::new(config.seed, "streampay");
    let lives = lives(config);
    let births = Random::new(config.seed, "streampay births").spread(
        lives.len(),
        calendar.start,
        calendar.end - calendar.start,
    );
    let used = in_service(config);
    let mut drafts = Vec::with_capacity(lives.len());
    for (life, born) in lives.into_iter().zip(births) {
        let there = terminals.partition_point(|it| it.created <= born * 1_000);
        let there = there.clamp(1, used);
        let terminal = usize::try_from(random.next() % widened(there)).unwrap_or(0);
        let scheme = scheme(&mut random);
        let card = u32::try_from(random.between(0, 1_000_000)).unwrap_or(0);
        for receipts in unfold(life, born, &mut random, calendar) {
            drafts.push(Draft {
                at: receipts.first().map_or(born, |it| it.at),
                terminal,
                scheme,
                card,
                receipts,
            });
        }
    }
    drafts.sort_by_key(|draft| draft.at);
    drafts
}

fn scheme(random: &mut Random) -> Scheme {
    match random.next() % 100 {
        0..55 => Scheme::Mada,
        55..75 => Scheme::Visa,
        75..90 => Scheme::Mastercard,
        90..94 => Scheme::AmericanExpress,
        94..96 => Scheme::GccNet,
        96 => Scheme::Maestro,
        97 => Scheme::UnionPay,
        98 => Scheme::Jcb,
        _ => Scheme::Discover,
    }
}

/// The transactions of a life, one or two.
fn unfold(
    life: Life,
    born: i64,
    random: &mut Random,
    calendar: &Calendar,
) -> impl Iterator<Item = Vec<Planned>> + use<> {
    let sum = price(random);
    let part = sum.scaled(random.between(20, 80), 100).max(Cents(1));
    let again = calendar.after(born, random.between(15, 90));
    // Reversals are possible for a minute only.
    let reversed = calendar.after(born, random.between(5, 60));
    let again_reversed = calendar.after(again, random.between(5, 60));
    let soon = calendar.after(born, random.between(10 * MINUTE, 8 * HOUR));
    let later = calendar.after(born, random.between(DAY, 12 * DAY));
    let later_reversed = calendar.after(later, random.between(5, 60));
    let sale = Planned::new(Kind::Purchase, born, sum);
    let retried = Planned::new(Kind::Purchase, again, sum);
    let refund = |at, sum| Planned::new(Kind::Refund, at, sum);
    let reversal = |kind, at| Planned::new(kind, at, sum);
    let (first, second) = match life {
        Life::Sale => (vec![sale], None),
        Life::Declined => (vec![sale.declined()], None),
        Life::AtSecondTry => (vec![sale.declined(), retried], None),
        Life::PaidTwice => (vec![sale, retried], None),
        Life::Reversed => {
            let reversal = reversal(Kind::PurchaseReversal, reversed);
            (vec![sale.reversed(reversed), reversal], None)
        }
        Life::AtSecondTryReversed => {
            let reversal = reversal(Kind::PurchaseReversal, again_reversed);
            let retried = retried.reversed(again_reversed);
            (vec![sale.declined(), retried, reversal], None)
        }
        Life::RefundedSoon => (vec![sale.refunded(soon), refund(soon, sum)], None),
        Life::Refunded => (vec![sale.refunded(later)], Some(vec![refund(later, sum)])),
        Life::PartlyRefunded => (vec![sale.refunded(later)], Some(vec![refund(later, part)])),
        Life::RefundDeclined => (vec![sale], Some(vec![refund(later, sum).declined()])),
        Life::RefundReversed => {
            let refund = refund(later, sum).reversed(later_reversed);
            let reversal = reversal(Kind::RefundReversal, later_reversed);
            (vec![sale], Some(vec![refund, reversal]))
        }
        Life::LooseRefund => (vec![refund(born, part)], None),
    };
    [Some(first), second].into_iter().flatten()
}

/// Most customers pay round sums; the published ones pay almost nothing.
fn price(random: &mut Random) -> Cents {
    match random.next() % 3 {
        0 => Cents(random.between(5, 500) * 100),
        1 => Cents(random.between(50, 5_000) * 10),
        _ => Cents(random.between(1, 250_000)),
    }
}

/// Numbers the receipts of each terminal in the order of their time.
fn number(config: &WorldConfig, terminals: &[StreamPayTerminal], drafts: &mut [Draft]) {
    let mut latest: Vec<u32> = terminals
        .iter()
        .map(|terminal| match terminal.number {
            // So that one terminal begins again at 1 soon.
            1 => LAST_STAN - 100,
            number => u32::try_from(mix(config.seed ^ mix(number)) % 50_000).unwrap_or(0),
        })
        .collect();
    let mut order: Vec<_> = drafts
        .iter_mut()
        .zip(0_usize..)
        .flat_map(|(draft, place)| {
            let terminal = draft.terminal;
            let receipts = draft.receipts.iter_mut().zip(0_usize..);
            receipts.map(move |(receipt, nth)| ((receipt.at, place, nth), terminal, receipt))
        })
        .collect();
    order.sort_unstable_by_key(|(key, ..)| *key);
    for (_, terminal, receipt) in order {
        if let Some(latest) = latest.get_mut(terminal) {
            *latest = *latest % LAST_STAN + 1;
            receipt.stan = *latest;
        }
    }
}

/// After which comes 1.
pub(super) const LAST_STAN: u32 = 999_999;

/// Puts into the world what has happened by then.
fn happen(world: &mut StreamPayWorld, drafts: Vec<Draft>, as_of: i64) {
    let has_come = |at: &i64| *at < as_of;
    let mut next_receipt = 0;
    for (draft, serial) in drafts.into_iter().zip(0..) {
        let first_receipt = world.receipts.len();
        for planned in draft.receipts {
            next_receipt += 1;
            if !has_come(&planned.at) {
                continue;
            }
            let refunded = planned.refunded.filter(has_come);
            let reversed = planned.reversed.filter(has_come);
            world.receipts.push(StreamPayReceipt {
                serial: next_receipt,
                transaction: world.transactions.len(),
                terminal: draft.terminal,
                kind: planned.kind,
                scheme: draft.scheme,
                stan: planned.stan,
                card: draft.card,
                sum: planned.sum,
                at: planned.at,
                changed: refunded.or(reversed).unwrap_or(planned.at),
                is_approved: planned.is_approved,
                is_refunded: refunded.is_some(),
                is_reversed: reversed.is_some(),
            });
        }
        let receipt_count = world.receipts.len() - first_receipt;
        if receipt_count > 0 {
            world.transactions.push(StreamPayTransaction {
                serial,
                at: draft.at,
                first_receipt,
                receipt_count,
            });
        }
    }
    let mut order: Vec<(i64, usize, usize)> = world
        .receipts
        .iter()
        .zip(0..)
        .map(|(receipt, place)| (receipt.at, place, receipt.terminal))
        .collect();
    order.sort_unstable();
    for (_, place, terminal) in order {
        if let Some(places) = world.by_terminal.get_mut(terminal) {
            places.push(place);
        }
    }
}

/// Closes the batches of each terminal: late on most evenings, at times around
/// noon, too, and not before something was approved.
fn close(config: &WorldConfig, calendar: &Calendar, world: &mut StreamPayWorld) {
    let mut closed: Vec<StreamPayReconciliation> = Vec::new();
    for terminal in 0..world.terminals.len() {
        let mut from = 0;
        for at in closing_times(config, calendar, terminal) {
            let to = world.receipts_before(terminal, at);
            let reconciliation = StreamPayReconciliation {
                serial: 0,
                terminal,
                at,
                places: from..to,
            };
            if world.batch(&reconciliation).next().is_some() {
                closed.push(reconciliation);
                from = to;
            }
        }
    }
    closed.sort_by_key(|it| (it.at, it.terminal));
    for (reconciliation, serial) in closed.iter_mut().zip(0..) {
        reconciliation.serial = serial;
    }
    world.reconciliations = closed;
}

fn closing_times(config: &WorldConfig, calendar: &Calendar, terminal: usize) -> Vec<i64> {
    let mut random = Random::new(config.seed ^ mix(widened(terminal)), "streampay batches");
    let days = 0..i64::from(config.days.max(1));
    let times = days.flat_map(|day| {
        let midnight = calendar.start + day * DAY;
        let noon = midnight + random.between(12 * HOUR, 14 * HOUR);
        let evening = midnight + random.between(23 * HOUR, DAY);
        let is_at_noon = random.one_in(12);
        let is_in_the_evening = !random.one_in(9);
        [
            is_at_noon.then_some(noon),
            is_in_the_evening.then_some(evening),
        ]
    });
    let times = times.flatten();
    times.filter(|at| *at < calendar.as_of).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn days_begin_at_midnight_in_riyadh() {
        let world = StreamPayWorld::generate(&WorldConfig::default());
        let midnight: Timestamp = "2025-12-31T21:00:00Z".parse().unwrap();
        let first = world.terminals().first().unwrap();
        assert_eq!(first.created(), midnight);
        let first = world.transactions().first().unwrap();
        assert!(midnight <= first.at());
        assert_eq!(world.as_of(), "2026-01-31T21:00:00Z".parse().unwrap());
    }
}
