//! Days as Paywall counts them: what is over, and from when on it is open.

use std::sync::Arc;

use jiff::{
    Timestamp, Zoned,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use reconcile_core::{LocalDay, Window};
use reconcile_transport::Timer;

use crate::Error;

/// Paywall's zone and the present.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    zone: TimeZone,
    zone_name: String,
    timer: Arc<dyn Timer>,
}

impl Calendar {
    pub(crate) fn new(zone: TimeZone, timer: Arc<dyn Timer>) -> Result<Self, Error> {
        let name = zone.iana_name().filter(|_| !zone.is_unknown());
        let Some(zone_name) = name.map(str::to_owned) else {
            let reason = "the zone of Paywall's days needs an IANA name, such as Europe/Istanbul";
            return Err(Error::Configuration(reason.to_owned()));
        };
        Ok(Self {
            zone,
            zone_name,
            timer,
        })
    }

    pub(crate) const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub(crate) fn zone_name(&self) -> &str {
        &self.zone_name
    }

    pub(crate) fn today(&self) -> Date {
        self.timer.timestamp().to_zoned(self.zone.clone()).date()
    }

    pub(crate) fn local_day(&self, date: Date) -> LocalDay {
        LocalDay {
            date,
            zone: self.zone_name.clone(),
        }
    }

    /// The instant of a time without an offset. Of two, when clocks are set
    /// back, the first; one that clocks skip is moved on by what they skip.
    pub(crate) fn instant(&self, local: DateTime) -> Result<Timestamp, jiff::Error> {
        self.zone.to_timestamp(local)
    }

    /// From when on a day can be reconciled: 00:30 of the next.
    pub(crate) fn opening(&self, day: Date) -> Result<Zoned, jiff::Error> {
        day.tomorrow()?.at(0, 30, 0, 0).to_zoned(self.zone.clone())
    }

    /// The instants of a day; none where the calendar ends.
    pub(crate) fn day(&self, date: Date) -> Option<Window> {
        Window::days(date, date.tomorrow().ok()?, &self.zone).ok()
    }

    /// The days of a window that end before `end` begins, each with the part of
    /// the window that it covers.
    pub(crate) fn days(&self, window: Window, end: Date) -> Vec<(Date, Window)> {
        let mut days = Vec::new();
        let mut date = window.from().to_zoned(self.zone.clone()).date();
        while date < end
            && let Some(day) = self.day(date).filter(|day| day.from() < window.to())
            && let Ok(next) = date.tomorrow()
        {
            let (from, to) = (day.from().max(window.from()), day.to().min(window.to()));
            let part = Window::new(from, to).ok().filter(|part| !part.is_empty());
            days.extend(part.map(|part| (date, part)));
            date = next;
        }
        days
    }

    /// The first day that cannot be reconciled yet: today, or yesterday before
    /// its opening.
    pub(crate) fn first_unopened(&self) -> Date {
        let today = self.today();
        match today.yesterday() {
            Ok(yesterday) if !self.is_open(yesterday) => yesterday,
            _ => today,
        }
    }

    /// Refuses a day that cannot be reconciled yet.
    pub(crate) fn check_open(&self, operation: &'static str, day: Date) -> Result<(), Error> {
        if self.is_open(day) {
            return Ok(());
        }
        Err(self.not_yet(operation, day, self.opening(day)))
    }

    /// Refuses a day that is not over: the lists have none of its rows.
    pub(crate) fn check_over(&self, operation: &'static str, day: Date) -> Result<(), Error> {
        if day < self.today() {
            return Ok(());
        }
        let midnight = day
            .tomorrow()
            .and_then(|next| next.to_zoned(self.zone.clone()));
        Err(self.not_yet(operation, day, midnight))
    }

    fn is_open(&self, day: Date) -> bool {
        let opening = self.opening(day);
        opening.is_ok_and(|opening| opening.timestamp() <= self.timer.timestamp())
    }

    fn not_yet(
        &self,
        operation: &'static str,
        day: Date,
        from: Result<Zoned, jiff::Error>,
    ) -> Error {
        match from {
            Ok(from) => Error::NotYet {
                operation,
                day,
                from: from.strftime("%Y-%m-%d %H:%M").to_string(),
                zone: self.zone_name.clone(),
            },
            Err(_) => Error::Query {
                operation,
                reason: format!("{day} is out of range"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use reconcile_trials::Standing;

    use super::*;

    fn istanbul_at(now: &str) -> Calendar {
        let zone = TimeZone::get("Europe/Istanbul").unwrap();
        Calendar::new(zone, Arc::new(Standing(now.parse().unwrap()))).unwrap()
    }

    #[test]
    fn a_day_is_over_at_midnight_and_opens_half_an_hour_later() {
        let day = date(2026, 1, 31);
        let before = istanbul_at("2026-01-31T20:59:59Z");
        assert!(before.check_over("list", day).is_err());
        let over = istanbul_at("2026-01-31T21:00:00Z");
        assert!(over.check_over("list", day).is_ok());
        let error = over.check_open("reconcile", day).unwrap_err();
        assert_eq!(
            error.to_string(),
            "reconcile: 2026-01-31 opens on 2026-02-01 00:30 in Europe/Istanbul"
        );
        assert_eq!(over.first_unopened(), day);
        let open = istanbul_at("2026-01-31T21:30:00Z");
        assert!(open.check_open("reconcile", day).is_ok());
        assert_eq!(open.first_unopened(), date(2026, 2, 1));
    }

    #[test]
    fn days_tile_a_window_also_where_clocks_change() {
        let calendar = istanbul_at("2026-01-01T00:00:00Z");
        // In 2015 clocks were set back on 8 November, so that day has 25 hours.
        let from = "2015-11-06T10:00:00Z".parse().unwrap();
        let to = "2015-11-10T10:00:00Z".parse().unwrap();
        let days = calendar.days(Window::new(from, to).unwrap(), calendar.today());
        let mut reached = from;
        for (_, part) in &days {
            assert_eq!(part.from(), reached);
            reached = part.to();
        }
        assert_eq!((days.len(), reached), (5, to));
        let hours: Vec<_> = days
            .iter()
            .map(|(_, part)| part.from().duration_until(part.to()).as_hours())
            .collect();
        assert_eq!(hours, [11, 24, 25, 24, 12]);
        let some = calendar.days(Window::new(from, to).unwrap(), date(2015, 11, 8));
        assert_eq!(some.len(), 2);
        assert!(
            calendar
                .days(Window::new(from, from).unwrap(), calendar.today())
                .is_empty()
        );
    }

    #[test]
    fn local_times_have_an_instant_also_where_clocks_change() {
        let calendar = istanbul_at("2026-01-01T00:00:00Z");
        for (local, instant) in [
            ("2026-01-31T00:00:00.415729", "2026-01-30T21:00:00.415729Z"),
            // Twice, and never.
            ("2015-11-08T03:30:00", "2015-11-08T00:30:00Z"),
            ("2015-03-29T03:30:00", "2015-03-29T01:30:00Z"),
        ] {
            let found = calendar.instant(local.parse().unwrap()).unwrap();
            assert_eq!(found, instant.parse().unwrap(), "{local}");
        }
    }

    #[test]
    fn a_zone_without_a_name_is_refused() {
        let fixed = TimeZone::fixed(jiff::tz::offset(3));
        for zone in [fixed, TimeZone::unknown()] {
            let timer = Arc::new(Standing(Timestamp::UNIX_EPOCH));
            let error = Calendar::new(zone, timer).unwrap_err();
            assert!(matches!(error, Error::Configuration(_)));
        }
    }
}
