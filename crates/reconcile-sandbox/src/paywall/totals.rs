//! The end of a day: six figures, each a count and an amount, and by which
//! convention they are counted.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::generate::istanbul;
use super::world::{PaywallStatus, PaywallStep, PaywallStepKind, PaywallTransaction, PaywallWorld};
use crate::faults::{FaultKind, Faults};
use crate::json::Object;

/// How many, and how much in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PaywallFigure {
    /// How many.
    pub count: u64,
    /// The sum of their amounts, in TRY.
    pub amount: Decimal,
}

/// A day as Paywall counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PaywallEndOfDay {
    /// `EndOfDayId`; zero on the side of the merchant, which has none.
    pub id: u64,
    /// `TotalCount`, `TotalAmount`.
    pub total: PaywallFigure,
    /// `SuccessfulCount`, `SuccessfulAmount`.
    pub successful: PaywallFigure,
    /// `UnsuccessfulCount`, `UnsuccessfulAmount`.
    pub unsuccessful: PaywallFigure,
    /// `RefundCount`, `RefundAmount`: refunds of the whole.
    pub refund: PaywallFigure,
    /// `PartialRefundCount`, `PartialRefundAmount`.
    pub partial_refund: PaywallFigure,
    /// `CancelCount`, `CancelAmount`.
    pub cancel: PaywallFigure,
}

impl PaywallEndOfDay {
    /// The six figures in the order of the documents, under the names that
    /// their keys begin with.
    #[must_use]
    pub fn figures(&self) -> [(&'static str, PaywallFigure); 6] {
        [
            ("Total", self.total),
            ("Successful", self.successful),
            ("Unsuccessful", self.unsuccessful),
            ("Refund", self.refund),
            ("PartialRefund", self.partial_refund),
            ("Cancel", self.cancel),
        ]
    }

    /// Writes the twelve fields of the figures.
    pub(super) fn write(&self, object: &mut Object<'_>) {
        for (name, PaywallFigure { count, amount }) in self.figures() {
            object.integer(&format!("{name}Count"), count);
            object.decimal(&format!("{name}Amount"), amount);
        }
    }

    /// The figure that counts a step of that kind.
    fn undone(&mut self, kind: PaywallStepKind) -> Option<&mut PaywallFigure> {
        match kind {
            PaywallStepKind::Sale => None,
            PaywallStepKind::Cancel => Some(&mut self.cancel),
            PaywallStepKind::Refund => Some(&mut self.refund),
            PaywallStepKind::PartialRefund => Some(&mut self.partial_refund),
        }
    }
}

impl PaywallFigure {
    /// A figure of that count and amount.
    #[must_use]
    pub fn new(count: u64, amount: Decimal) -> Self {
        Self { count, amount }
    }

    fn add(&mut self, amount: Decimal) {
        self.count += 1;
        self.amount += amount;
    }

    fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            amount: self.amount + other.amount,
        }
    }
}

/// By what a day is counted. No document says it.
#[derive(Debug, Clone)]
pub(super) struct Convention {
    pub(super) zone: TimeZone,
    total: Total,
    /// Refunds and cancellations count on the day of their transaction, not
    /// on their own.
    undone_with_sale: bool,
    /// What was taken back since is not successful.
    net: bool,
}

/// What counts in the total.
#[derive(Debug, Clone, Copy)]
enum Total {
    /// Every transaction, so that what is under way is in no part.
    All,
    /// Those that succeeded or failed.
    Decided,
    /// The five parts, added up.
    Parts,
}

impl Convention {
    pub(super) fn new(faults: &Faults) -> Self {
        Self {
            zone: match faults.value(FaultKind::PaywallZone) {
                0 => istanbul(),
                _ => TimeZone::UTC,
            },
            total: match faults.value(FaultKind::TotalCounts) {
                0 => Total::All,
                1 => Total::Decided,
                _ => Total::Parts,
            },
            undone_with_sale: faults.value(FaultKind::DayOf) != 0,
            net: faults.value(FaultKind::SuccessfulIs) != 0,
        }
    }
}

impl Default for Convention {
    fn default() -> Self {
        Self::new(&Faults::none())
    }
}

/// The figures of a day; none where it is no day of the world.
pub(super) fn end_of_day(
    world: &PaywallWorld,
    day: Date,
    convention: &Convention,
) -> Option<PaywallEndOfDay> {
    let place = world.days(&convention.zone).position(|it| it == day)?;
    let mut figures = PaywallEndOfDay {
        id: FIRST_END_OF_DAY + u64::try_from(place).unwrap_or_default(),
        ..PaywallEndOfDay::default()
    };
    let transactions = world.created_on(day, &convention.zone);
    for transaction in transactions {
        count(&mut figures, world, transaction, convention);
    }
    if convention.undone_with_sale {
        let steps = transactions.iter().flat_map(|it| world.steps_of(it));
        steps.for_each(|step| count_step(&mut figures, step));
    } else {
        let steps = world.done_on(day, &convention.zone);
        steps.for_each(|step| count_step(&mut figures, step));
    }
    let decided = figures.successful.plus(figures.unsuccessful);
    figures.total = match convention.total {
        Total::All => figures.total,
        Total::Decided => decided,
        Total::Parts => [figures.refund, figures.partial_refund, figures.cancel]
            .into_iter()
            .fold(decided, PaywallFigure::plus),
    };
    Some(figures)
}

/// The one that the published samples have.
const FIRST_END_OF_DAY: u64 = 3_417;

fn count(
    figures: &mut PaywallEndOfDay,
    world: &PaywallWorld,
    transaction: &PaywallTransaction,
    convention: &Convention,
) {
    figures.total.add(transaction.amount());
    if transaction.status().is_failed() {
        figures.unsuccessful.add(transaction.amount());
    }
    if transaction.status() == PaywallStatus::Successful {
        let undone = world
            .steps_of(transaction)
            .iter()
            .filter(|it| is_undone(it));
        let undone: Decimal = undone.map(PaywallStep::amount).sum();
        let left = transaction.amount() - undone;
        if !convention.net {
            figures.successful.add(transaction.amount());
        } else if left > Decimal::ZERO {
            figures.successful.add(left);
        }
    }
}

fn count_step(figures: &mut PaywallEndOfDay, step: &PaywallStep) {
    if is_undone(step)
        && let Some(figure) = figures.undone(step.kind())
    {
        figure.add(step.amount());
    }
}

/// Whether the step gave money back.
fn is_undone(step: &PaywallStep) -> bool {
    step.kind().is_undoing() && step.status() == PaywallStatus::Successful
}
