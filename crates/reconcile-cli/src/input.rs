//! What users type: dates, instants, windows.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use reconcile_core::Window;

use crate::error::CommandError;

/// The window from one date or instant to another, exclusive. A date is a day
/// in the zone.
pub(crate) fn window(from: &str, to: &str, zone: &TimeZone) -> Result<Window, CommandError> {
    let (begin, end) = (instant("--from", from, zone)?, instant("--to", to, zone)?);
    Window::new(begin, end).map_err(|_| {
        CommandError::usage(
            format!("the range is inverted: --from {from} is after --to {to}"),
            "swap them; --to is exclusive, so a single day is --from that day --to the next",
        )
    })
}

fn instant(option: &str, text: &str, zone: &TimeZone) -> Result<Timestamp, CommandError> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    // The parser of dates would take an instant without an offset for its date.
    let date = Date::strptime("%Y-%m-%d", text).ok();
    date.and_then(|date| date.to_zoned(zone.clone()).ok())
        .map(|zoned| zoned.timestamp())
        .ok_or_else(|| {
            CommandError::usage(
                format!("{option} {text} is no date and no instant"),
                "write a date like 2026-01-31, or an instant like 2026-01-31T13:00:00Z",
            )
        })
}

/// The days that the window touches: the first, and the first after.
pub(crate) fn days(window: Window, zone: &TimeZone) -> (Date, Date) {
    let day = |instant: Timestamp| instant.to_zoned(zone.clone()).date();
    let from = day(window.from());
    let last = window
        .to()
        .saturating_sub(1.nanosecond())
        .unwrap_or(window.to());
    let to = day(last.max(window.from())).saturating_add(1.day());
    (from, if window.is_empty() { from } else { to })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_are_days_of_the_zone_and_instants_are_what_they_are() {
        let lima = TimeZone::get("America/Lima").unwrap();
        let window = window("2026-01-01", "2026-01-02T12:00:00Z", &lima).unwrap();
        assert_eq!(
            window.to_string(),
            "2026-01-01T05:00:00Z to 2026-01-02T12:00:00Z"
        );
        assert_eq!(days(window, &lima), (date(2026, 1, 1), date(2026, 1, 3)));
    }

    #[test]
    fn what_is_neither_is_refused_with_what_to_write() {
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "01/02/2026",
            "2026-01-01T00:00:00",
        ] {
            let error = window(text, "2026-02-01", &TimeZone::UTC).unwrap_err();
            assert!(matches!(error, CommandError::Usage { .. }), "{text}");
        }
        assert!(window("2026-02-01", "2026-01-01", &TimeZone::UTC).is_err());
    }

    #[test]
    fn whole_days_touch_themselves_only() {
        let window = window("2026-01-01", "2026-02-01", &TimeZone::UTC).unwrap();
        assert_eq!(
            days(window, &TimeZone::UTC),
            (date(2026, 1, 1), date(2026, 2, 1))
        );
    }
}
