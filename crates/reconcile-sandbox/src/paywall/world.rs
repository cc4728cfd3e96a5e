//! A world of Paywall: transactions and what was done to them. Rows are kept
//! small, since a world may hold a million of them: texts that follow from a
//! number are written on demand.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::generate;
use super::totals::{self, Convention, PaywallEndOfDay};
use crate::money::Cents;
use crate::random::mix;
use crate::worlds::WorldConfig;

/// The books of the simulated Paywall, which never change once generated.
///
/// ```
/// use reconcile_sandbox::{PaywallWorld, WorldConfig};
///
/// let config = WorldConfig::default();
/// let world = PaywallWorld::generate(&config);
/// let undone = world.steps().iter().filter(|it| it.kind().is_undoing());
/// assert_eq!(world.transactions().len() + undone.count(), config.records);
///
/// let day = world.end_of_day(config.from).expect("a day of the world");
/// assert!(day.total.count > day.successful.count);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaywallWorld {
    pub(super) transactions: Vec<PaywallTransaction>,
    /// Those of a transaction stand together, in the order of their time.
    pub(super) steps: Vec<PaywallStep>,
    /// The places of the steps in the order of their time.
    pub(super) steps_by_time: Vec<usize>,
    /// The first instant of the world, and the first after it.
    pub(super) start: Timestamp,
    pub(super) as_of: Timestamp,
}

impl PaywallWorld {
    /// Makes the world that `config` describes.
    #[must_use]
    pub fn generate(config: &WorldConfig) -> Self {
        generate::world(config)
    }

    /// The transactions, oldest first, their ids ascending.
    #[must_use]
    pub fn transactions(&self) -> &[PaywallTransaction] {
        &self.transactions
    }

    /// What was done to the transactions, one transaction after the other.
    #[must_use]
    pub fn steps(&self) -> &[PaywallStep] {
        &self.steps
    }

    /// What was done to a transaction, oldest first.
    #[must_use]
    pub fn steps_of(&self, transaction: &PaywallTransaction) -> &[PaywallStep] {
        let (first, count) = (transaction.first_step, transaction.step_count);
        self.steps.get(first..first + count).unwrap_or_default()
    }

    /// The transaction that a step was done to.
    #[must_use]
    pub fn transaction_of(&self, step: &PaywallStep) -> Option<&PaywallTransaction> {
        self.transactions.get(step.transaction)
    }

    /// The instant at which the world is looked at.
    #[must_use]
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// The figures of a day in Istanbul, as a gateway without faults and
    /// switches tells them; none for days that are not of this world.
    #[must_use]
    pub fn end_of_day(&self, day: Date) -> Option<PaywallEndOfDay> {
        totals::end_of_day(self, day, &Convention::default())
    }

    /// The transactions with the `MerchantUniqueCode` of another, each with
    /// that other one, which is older; both were successful.
    pub fn duplicates(&self) -> impl Iterator<Item = (&PaywallTransaction, &PaywallTransaction)> {
        self.transactions.windows(2).filter_map(|pair| match pair {
            [original, repeated]
                if original.serial == repeated.serial
                    && original.status == PaywallStatus::Successful
                    && repeated.status == PaywallStatus::Successful =>
            {
                Some((original, repeated))
            }
            _ => None,
        })
    }

    /// The days of the world that have begun, in that zone.
    pub(super) fn days(&self, zone: &TimeZone) -> impl Iterator<Item = Date> {
        let first = self.start.to_zoned(zone.clone()).date();
        let end = self.as_of;
        let zone = zone.clone();
        first
            .series(jiff::Span::new().days(1))
            .take_while(move |day| start_of(*day, &zone) < end.as_microsecond())
    }

    /// The transactions created on a day, and where they begin.
    pub(super) fn created_on(&self, day: Date, zone: &TimeZone) -> &[PaywallTransaction] {
        let (from, to) = bounds(day, zone);
        let before = |bound| self.transactions.partition_point(|it| it.created < bound);
        self.transactions
            .get(before(from)..before(to))
            .unwrap_or_default()
    }

    /// The steps of a day, in the order of their time.
    pub(super) fn done_on(
        &self,
        day: Date,
        zone: &TimeZone,
    ) -> impl DoubleEndedIterator<Item = &PaywallStep> {
        let (from, to) = bounds(day, zone);
        let at = |place: &usize| self.steps.get(*place).map_or(i64::MAX, |step| step.at);
        let before = |bound| self.steps_by_time.partition_point(|it| at(it) < bound);
        let places = self.steps_by_time.get(before(from)..before(to));
        let places = places.unwrap_or_default().iter();
        places.filter_map(|place| self.steps.get(*place))
    }

    pub(super) fn by_id(&self, id: u64) -> Option<&PaywallTransaction> {
        let place = self
            .transactions
            .binary_search_by_key(&id, |it| it.id)
            .ok()?;
        self.transactions.get(place)
    }

    /// The latest transaction with that `MerchantUniqueCode`.
    pub(super) fn by_reference(&self, reference: &str) -> Option<&PaywallTransaction> {
        let serial: u32 = reference.strip_prefix(REFERENCE_PREFIX)?.parse().ok()?;
        let after = self.transactions.partition_point(|it| it.serial <= serial);
        let latest = self.transactions.get(after.checked_sub(1)?)?;
        (latest.reference() == reference).then_some(latest)
    }

    pub(super) fn by_unique_code(&self, code: &str) -> Option<&PaywallTransaction> {
        let (_, last_group) = code.rsplit_once('-')?;
        let found = self.by_id(u64::from_str_radix(last_group, 16).ok()?)?;
        (found.unique_code() == code).then_some(found)
    }
}

/// A payment by card, as far as it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaywallTransaction {
    pub(super) id: u64,
    pub(super) serial: u32,
    /// Microseconds since the epoch.
    pub(super) created: i64,
    pub(super) status: PaywallStatus,
    /// Without interest.
    pub(super) price: Cents,
    pub(super) interest: Cents,
    pub(super) card: u32,
    pub(super) first_step: usize,
    pub(super) step_count: usize,
}

impl PaywallTransaction {
    /// `Id`, which the inquiry calls `PaymentId`.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// `UniqueCode`, Paywall's own code: a UUID.
    #[must_use]
    pub fn unique_code(&self) -> String {
        let noise = mix(self.id);
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            noise >> 32,
            noise >> 16 & 0xffff,
            noise >> 4 & 0xfff,
            mix(noise) & 0xfff,
            self.id
        )
    }

    /// `MerchantUniqueCode`, the merchant's own reference.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{REFERENCE_PREFIX}{}", self.serial)
    }

    /// `InsertDateTime`.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        instant(self.created)
    }

    /// `StatusId`.
    #[must_use]
    pub fn status(&self) -> PaywallStatus {
        self.status
    }

    /// `Amount`: what the customer pays, interest included, in TRY.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        self.paid().to_decimal()
    }

    pub(super) fn paid(&self) -> Cents {
        self.price + self.interest
    }

    /// Whoever pays interest pays in three instalments.
    pub(super) fn instalments(&self) -> u32 {
        if self.interest == Cents::ZERO { 1 } else { 3 }
    }
}

/// What the merchant's references start with.
const REFERENCE_PREFIX: &str = "order-";

/// How far a transaction or step got, by its published number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaywallStatus {
    /// 1: the customer has not begun.
    Created,
    /// 2: on its way.
    Started,
    /// 3: authorised, not captured.
    WaitingForSettlement,
    /// 4.
    Successful,
    /// 5.
    Failed,
    /// 6: failed at a provider, being tried at another.
    PayJump,
    /// 7: found to have failed when somebody looked.
    FailedOnQuery,
}

impl PaywallStatus {
    /// The number on the wire.
    #[must_use]
    pub fn id(self) -> u32 {
        match self {
            Self::Created => 1,
            Self::Started => 2,
            Self::WaitingForSettlement => 3,
            Self::Successful => 4,
            Self::Failed => 5,
            Self::PayJump => 6,
            Self::FailedOnQuery => 7,
        }
    }

    /// Whether it failed for good.
    #[must_use]
    pub fn is_failed(self) -> bool {
        matches!(self, Self::Failed | Self::FailedOnQuery)
    }

    /// Whether nothing more will come of it by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        self == Self::Successful || self.is_failed()
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Started => "Started",
            Self::WaitingForSettlement => "Waiting for Settlement",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
            Self::PayJump => "PayJump",
            Self::FailedOnQuery => "Failed (On Query)",
        }
    }
}

/// One thing that was done to a transaction, or tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaywallStep {
    pub(super) id: u64,
    pub(super) transaction: usize,
    pub(super) kind: PaywallStepKind,
    pub(super) status: PaywallStatus,
    /// Microseconds since the epoch.
    pub(super) at: i64,
    pub(super) sum: Cents,
}

impl PaywallStep {
    /// `Id`.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// `TypeId`, by its meaning.
    #[must_use]
    pub fn kind(&self) -> PaywallStepKind {
        self.kind
    }

    /// `StatusId`.
    #[must_use]
    pub fn status(&self) -> PaywallStatus {
        self.status
    }

    /// `InsertDateTime`.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        instant(self.at)
    }

    /// `Amount`, in TRY.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        self.sum.to_decimal()
    }
}

/// What a step is. Published are these four, but of their numbers only that of
/// a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaywallStepKind {
    /// Money is taken.
    Sale,
    /// A sale is taken back on its day, before it is settled.
    Cancel,
    /// All is given back.
    Refund,
    /// A part is given back.
    PartialRefund,
}

impl PaywallStepKind {
    /// Whether it takes back a sale or a part of it.
    #[must_use]
    pub fn is_undoing(self) -> bool {
        self != Self::Sale
    }
}

/// The first microsecond of a day.
pub(super) fn start_of(day: Date, zone: &TimeZone) -> i64 {
    let midnight = day.to_zoned(zone.clone());
    midnight.map_or(i64::MAX, |it| it.timestamp().as_microsecond())
}

/// The day on which a microsecond is.
pub(super) fn day_of(microsecond: i64, zone: &TimeZone) -> Date {
    instant(microsecond).to_zoned(zone.clone()).date()
}

/// The first microsecond of a day, and of the next.
pub(super) fn bounds(day: Date, zone: &TimeZone) -> (i64, i64) {
    let next = day.tomorrow().unwrap_or(Date::MAX);
    (start_of(day, zone), start_of(next, zone))
}

pub(super) fn instant(microsecond: i64) -> Timestamp {
    Timestamp::from_microsecond(microsecond).unwrap_or(Timestamp::MAX)
}
