//! How many rows there are of each day.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::civil::Date;
use reconcile_core::Currency;

/// How many rows there are of each day in a currency.
#[derive(Clone, Debug, Default)]
pub(super) struct Days {
    years: Vec<Year>,
    places: HashMap<(Currency, i16), usize, FixedState>,
    /// The year that was counted last: the next row is mostly of it, too.
    last: usize,
}

/// The days of a year.
#[derive(Clone, Debug)]
struct Year {
    currency: Currency,
    number: i16,
    /// By month and day, with room for months of the same length, counted from nought.
    rows: Box<[usize; DAYS]>,
}

/// How much room a month takes, and a year.
const MONTH: usize = 32;
const DAYS: usize = 13 * MONTH;

impl Days {
    /// Counts a row.
    #[expect(
        clippy::inline_always,
        reason = "a row is counted in fewer instructions than a call takes"
    )]
    #[inline(always)]
    pub(super) fn count(&mut self, currency: Currency, date: Date) {
        let is_of = |year: &Year| (year.currency, year.number) == (currency, date.year());
        if !self.years.get(self.last).is_some_and(is_of) {
            self.turn_to(currency, date.year());
        }
        let year = self.years.get_mut(self.last);
        if let Some(rows) = year.and_then(|year| year.rows.get_mut(place(date))) {
            *rows += 1;
        }
    }

    #[cold]
    fn turn_to(&mut self, currency: Currency, number: i16) {
        let next = self.years.len();
        self.last = *self.places.entry((currency, number)).or_insert(next);
        if self.last == next {
            self.years.push(Year {
                currency,
                number,
                rows: Box::new([0; DAYS]),
            });
        }
    }

    /// How many rows of a day were counted.
    pub(super) fn of(&self, currency: Currency, date: Date) -> usize {
        let year = self.places.get(&(currency, date.year()));
        let year = year.and_then(|year| self.years.get(*year));
        let rows = year.and_then(|year| year.rows.get(place(date)));
        rows.copied().unwrap_or(0)
    }

    /// The last day of which a row was counted.
    pub(super) fn last(&self) -> Option<Date> {
        let last_of = |year: &Year| {
            let place = year.rows.iter().rposition(|rows| *rows > 0)?;
            let [month, day] = [place / MONTH, place % MONTH].map(i8::try_from);
            Date::new(year.number, month.ok()?, day.ok()?).ok()
        };
        self.years.iter().filter_map(last_of).max()
    }
}

/// Where the rows of a day are counted in its year.
#[inline]
fn place(date: Date) -> usize {
    let [month, day] = [date.month(), date.day()].map(|number| usize::from(number.cast_unsigned()));
    month * MONTH + day
}
