//! Half-open windows of time.

use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::ModelError;

/// The instants from `from`, inclusive, to `to`, exclusive, in UTC.
///
/// Windows are half-open so that they tile: a record belongs to exactly one of
/// two windows that touch. A window may be empty and is never inverted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Bounds", into = "Bounds")]
pub struct Window {
    from: Timestamp,
    to: Timestamp,
}

impl Window {
    /// The window `[from, to)`; an error when it is inverted.
    pub fn new(from: Timestamp, to: Timestamp) -> Result<Self, ModelError> {
        if from <= to {
            Ok(Self { from, to })
        } else {
            Err(ModelError::InvertedWindow { from, to })
        }
    }

    /// The days from `from`, inclusive, to `to`, exclusive, as `zone` counts them.
    pub fn days(from: Date, to: Date, zone: &TimeZone) -> Result<Self, ModelError> {
        let start = |date: Date| {
            date.to_zoned(zone.clone())
                .map(|zoned| zoned.timestamp())
                .map_err(ModelError::Time)
        };
        Self::new(start(from)?, start(to)?)
    }

    /// The first instant in the window.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// The first instant after the window.
    #[must_use]
    pub const fn to(&self) -> Timestamp {
        self.to
    }

    /// Whether no instant is in the window.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// Whether the instant is in the window.
    #[must_use]
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.from <= instant && instant < self.to
    }

    /// What is left of the window before `end`.
    #[must_use]
    pub fn until(&self, end: Timestamp) -> Self {
        Self {
            from: self.from,
            to: self.to.min(end).max(self.from),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {})", self.from, self.to)
    }
}

#[derive(Serialize, Deserialize)]
struct Bounds {
    from: Timestamp,
    to: Timestamp,
}

impl TryFrom<Bounds> for Window {
    type Error = ModelError;

    fn try_from(bounds: Bounds) -> Result<Self, ModelError> {
        Self::new(bounds.from, bounds.to)
    }
}

impl From<Window> for Bounds {
    fn from(window: Window) -> Self {
        Self {
            from: window.from,
            to: window.to,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_inverted_window_is_refused() {
        let (from, to) = (Timestamp::from_second(1).unwrap(), Timestamp::UNIX_EPOCH);
        assert!(matches!(
            Window::new(from, to),
            Err(ModelError::InvertedWindow { .. })
        ));
    }

    #[test]
    fn a_day_is_the_zones_day() {
        let lima = TimeZone::get("America/Lima").unwrap();
        let day = Window::days(date(2024, 6, 1), date(2024, 6, 2), &lima).unwrap();
        assert_eq!(
            day.to_string(),
            "2024-06-01T05:00:00Z to 2024-06-02T05:00:00Z"
        );
    }

    proptest! {
        #[test]
        fn windows_that_touch_share_no_instant(a in 0_i64..1000, b in 0_i64..1000, c in 0_i64..1000, at in 0_i64..1000) {
            let mut bounds = [a, b, c];
            bounds.sort_unstable();
            let [a, b, c] = bounds.map(|second| Timestamp::from_second(second).unwrap());
            let at = Timestamp::from_second(at).unwrap();
            let (left, right) = (Window::new(a, b).unwrap(), Window::new(b, c).unwrap());
            let whole = Window::new(a, c).unwrap();
            prop_assert!(!(left.contains(at) && right.contains(at)));
            prop_assert_eq!(left.contains(at) || right.contains(at), whole.contains(at));
        }
    }
}
