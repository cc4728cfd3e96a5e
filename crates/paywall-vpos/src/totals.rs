//! The six totals of a day, which a request, an end of day and the answer to a
//! reconciliation have alike.

use jiff::civil::Date;
use reconcile_core::{Bucket, BucketComparison};

use crate::models::{DayTotals, EndOfDay, ReconcileOutcome, ReconcileRequest, Reconciliation};

/// One of the six totals of a day. Its name is that of the bucket in a
/// [`DayTotals`](reconcile_core::DayTotals), and of the figure of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BucketName {
    /// All transactions. What is in it beside the others is not documented.
    Total,
    /// Payments that were successful.
    Successful,
    /// Payments that failed.
    Unsuccessful,
    /// Refunds of the whole.
    Refund,
    /// Refunds of a part.
    PartialRefund,
    /// Cancellations.
    Cancel,
}

impl BucketName {
    /// All six, in Paywall's order.
    pub const ALL: [Self; 6] = [
        Self::Total,
        Self::Successful,
        Self::Unsuccessful,
        Self::Refund,
        Self::PartialRefund,
        Self::Cancel,
    ];

    /// The name, of the amount as a figure, too.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Successful => "successful",
            Self::Unsuccessful => "unsuccessful",
            Self::Refund => "refund",
            Self::PartialRefund => "partial_refund",
            Self::Cancel => "cancel",
        }
    }

    /// The name of the count as a figure.
    pub(crate) const fn count(self) -> &'static str {
        match self {
            Self::Total => "total_count",
            Self::Successful => "successful_count",
            Self::Unsuccessful => "unsuccessful_count",
            Self::Refund => "refund_count",
            Self::PartialRefund => "partial_refund_count",
            Self::Cancel => "cancel_count",
        }
    }
}

/// The merchant's totals of a day beside what Paywall has of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// The day.
    pub day: Date,
    /// The six totals on both sides, in Paywall's order.
    pub buckets: Vec<BucketComparison>,
    /// What Paywall has stored of the day's reconciliation, if there was one.
    pub stored: Option<Reconciliation>,
}

/// The six totals on both sides, in Paywall's order.
pub(crate) fn both_sides(
    request: &ReconcileRequest,
    end_of_day: Option<&EndOfDay>,
) -> Vec<BucketComparison> {
    let compare = |name: BucketName| BucketComparison {
        name: name.as_str().to_owned(),
        merchant: request.bucket(name),
        provider: end_of_day.map(|day| day.bucket(name)),
    };
    BucketName::ALL.map(compare).into()
}

impl Comparison {
    /// Whether the day is reconciled, so that Paywall takes its totals no more.
    #[must_use]
    pub fn is_reconciled(&self) -> bool {
        self.stored
            .as_ref()
            .is_some_and(|stored| stored.is_reconciled)
    }

    /// Whether all six totals are the same on both sides, count and amount.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differing().next().is_none()
    }

    /// The totals that are not the same on both sides.
    pub fn differing(&self) -> impl Iterator<Item = &BucketComparison> {
        let differs = |bucket: &&BucketComparison| bucket.provider != Some(bucket.merchant);
        self.buckets.iter().filter(differs)
    }
}

impl ReconcileRequest {
    /// A day on which nothing happened; [`with`](Self::with) adds what did.
    #[must_use]
    pub fn new(date: Date) -> Self {
        Self {
            date,
            ..Self::default()
        }
    }

    /// Sets a total: how many, and what they come to in major units.
    #[must_use]
    pub const fn with(mut self, name: BucketName, bucket: Bucket) -> Self {
        let (count, amount) = match name {
            BucketName::Total => (&mut self.total_count, &mut self.total_amount),
            BucketName::Successful => (&mut self.successful_count, &mut self.successful_amount),
            BucketName::Unsuccessful => {
                (&mut self.unsuccessful_count, &mut self.unsuccessful_amount)
            }
            BucketName::Refund => (&mut self.refund_count, &mut self.refund_amount),
            BucketName::PartialRefund => (
                &mut self.partial_refund_count,
                &mut self.partial_refund_amount,
            ),
            BucketName::Cancel => (&mut self.cancel_count, &mut self.cancel_amount),
        };
        (*count, *amount) = (bucket.count, bucket.amount);
        self
    }
}

impl ReconcileOutcome {
    /// Whether the totals of both sides are the same, whatever the verdict says:
    /// the two can be held against each other. `None` where a side is not shown.
    #[must_use]
    pub fn sides_agree(&self) -> Option<bool> {
        let (merchant, paywall) = (self.merchant.as_ref()?, self.paywall.as_ref()?);
        let same = |name| merchant.bucket(name) == paywall.bucket(name);
        Some(BucketName::ALL.into_iter().all(same))
    }
}

/// Gives the totals by name.
macro_rules! six_totals {
    ($($totals:ty),+) => {$(
        impl $totals {
            /// The total with this name.
            #[must_use]
            pub const fn bucket(&self, name: BucketName) -> Bucket {
                let (count, amount) = match name {
                    BucketName::Total => (self.total_count, self.total_amount),
                    BucketName::Successful => (self.successful_count, self.successful_amount),
                    BucketName::Unsuccessful => (self.unsuccessful_count, self.unsuccessful_amount),
                    BucketName::Refund => (self.refund_count, self.refund_amount),
                    BucketName::PartialRefund => {
                        (self.partial_refund_count, self.partial_refund_amount)
                    }
                    BucketName::Cancel => (self.cancel_count, self.cancel_amount),
                };
                Bucket { count, amount }
            }
        }
    )+};
}

six_totals!(ReconcileRequest, DayTotals, EndOfDay);

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn each_total_is_set_and_read_under_its_own_name() {
        let day = date(2024, 5, 7);
        for name in BucketName::ALL {
            let bucket = Bucket {
                count: 3,
                amount: dec!(1.50),
            };
            let request = ReconcileRequest::new(day).with(name, bucket);
            let set: Vec<_> = BucketName::ALL
                .into_iter()
                .filter(|other| request.bucket(*other) == bucket)
                .collect();
            assert_eq!(set, [name]);
        }
    }
}
