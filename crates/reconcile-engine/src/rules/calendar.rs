//! Business days, and how far days may lie apart.

use std::{cmp::Ordering, collections::BTreeSet};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::RulesError;

/// Which days are business days: all but the weekend and the holidays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The days of the week on which nothing settles.
    pub weekend: Vec<Weekday>,
    /// The days of the year on which nothing settles.
    pub holidays: BTreeSet<Date>,
}

impl Default for Calendar {
    /// Saturday and Sunday, and no holidays.
    fn default() -> Self {
        Self {
            weekend: vec![Weekday::Saturday, Weekday::Sunday],
            holidays: BTreeSet::new(),
        }
    }
}

impl Calendar {
    /// Whether a day is a business day.
    #[must_use]
    pub fn is_business_day(&self, day: Date) -> bool {
        !self.weekend.contains(&day.weekday()) && !self.holidays.contains(&day)
    }

    /// How many business days `to` lies after `from`: those after the earlier
    /// day, the later one included. From Friday to Monday is one, from Friday
    /// to Saturday none.
    #[must_use]
    pub fn business_days(&self, from: Date, to: Date) -> i64 {
        let (early, late) = (from.min(to), from.max(to));
        let days = days_between(early, late);
        let weekend = |day: Weekday| self.weekend.contains(&day);
        let working = Weekday::Monday.cycle_forward().take(7);
        let in_week = working.filter(|day| !weekend(*day)).count();
        let (weeks, rest) = (days / 7, days % 7);
        let tail = early.weekday().cycle_forward().skip(1);
        let tail = tail
            .take(usize::try_from(rest).unwrap_or(0))
            .filter(|day| !weekend(*day))
            .count();
        let holidays = early.checked_add(1.day()).map_or(0, |first| {
            let holidays = self.holidays.range(first..=late.max(first));
            let within = holidays.filter(|day| **day <= late && !weekend(day.weekday()));
            within.count()
        });
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let between = weeks * count(in_week) + count(tail) - count(holidays);
        if from <= to { between } else { -between }
    }

    pub(super) fn check(&self) -> Result<(), RulesError> {
        let mut week = Weekday::Monday.cycle_forward().take(7);
        if week.all(|day| self.weekend.contains(&day)) {
            return Err(RulesError::NoBusinessDay);
        }
        Ok(())
    }
}

/// How many days `to` lies after `from`; negative where it lies before.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    // Two dates in days never overflow: jiff's range is some 20,000 years.
    from.until(to)
        .map_or(i64::MAX, |span| i64::from(span.get_days()))
}

/// How far the provider's day may lie from the ledger's, in each direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayWindow {
    /// How many days the provider's may lie before the ledger's.
    pub before: u16,
    /// How many days the provider's may lie after the ledger's.
    pub after: u16,
    /// Whether only business days are counted.
    pub business: bool,
}

impl DayWindow {
    /// A window of calendar days.
    #[must_use]
    pub const fn days(before: u16, after: u16) -> Self {
        Self {
            before,
            after,
            business: false,
        }
    }

    /// How far the provider's day lies after the ledger's, counted as the
    /// window counts.
    #[must_use]
    pub fn lag(&self, calendar: &Calendar, ledger: Date, record: Date) -> i64 {
        if self.business {
            calendar.business_days(ledger, record)
        } else {
            days_between(ledger, record)
        }
    }

    /// Whether the window holds the provider's day.
    #[must_use]
    pub fn holds(&self, calendar: &Calendar, ledger: Date, record: Date) -> bool {
        self.place(calendar, ledger, record).is_eq()
    }

    /// Whether the provider's day lies before the window, in it, or after it.
    pub(crate) fn place(self, calendar: &Calendar, ledger: Date, record: Date) -> Ordering {
        let lag = self.lag(calendar, ledger, record);
        if lag < -i64::from(self.before) {
            Ordering::Less
        } else {
            lag.cmp(&i64::from(self.after)).max(Ordering::Equal)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn business_days_are_those_that_a_walk_counts() {
        let calendar = Calendar {
            weekend: vec![Weekday::Friday, Weekday::Saturday],
            holidays: BTreeSet::from([date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 20)]),
        };
        let first = date(2025, 12, 25);
        for from in 0..20 {
            for length in 0..40 {
                let from = first + from.days();
                let to = from + length.days();
                let walked = (1..=length)
                    .filter(|day| calendar.is_business_day(from + day.days()))
                    .count();
                assert_eq!(
                    calendar.business_days(from, to),
                    i64::try_from(walked).unwrap()
                );
                assert_eq!(
                    calendar.business_days(to, from),
                    -calendar.business_days(from, to)
                );
            }
        }
    }

    #[test]
    fn a_window_is_directional_and_skips_the_weekend() {
        let calendar = Calendar::default();
        let friday = date(2026, 11, 6);
        let window = DayWindow {
            after: 1,
            business: true,
            ..DayWindow::default()
        };
        assert!(window.holds(&calendar, friday, date(2026, 11, 9)));
        assert!(!window.holds(&calendar, friday, date(2026, 11, 10)));
        assert!(!window.holds(&calendar, friday, date(2026, 11, 5)));
        assert!(!DayWindow::days(0, 2).holds(&calendar, friday, date(2026, 11, 9)));
        assert!(DayWindow::days(1, 0).holds(&calendar, friday, date(2026, 11, 5)));
    }
}
