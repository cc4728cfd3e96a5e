//! How many rows there are of each day.

use std::{array, collections::HashMap};

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

/// The days of a year, as far as they are counted.
#[derive(Clone, Debug)]
struct Year {
    currency: Currency,
    number: i16,
    /// By their numbers, from one on: the first place stays empty, as that of a month.
    months: [Option<Box<[usize; 32]>>; 13],
}

impl Days {
    /// Counts a row.
    #[inline]
    pub(super) fn count(&mut self, currency: Currency, date: Date) {
        let year = match self.years.get_mut(self.last) {
            Some(last) if (last.currency, last.number) == (currency, date.year()) => Some(last),
            _ => self.turn_to(currency, date.year()),
        };
        if let Some(year) = year {
            year.count(date);
        }
    }

    /// How many rows of a day were counted.
    pub(super) fn of(&self, currency: Currency, date: Date) -> usize {
        let place_of_year = self.places.get(&(currency, date.year()));
        let year = place_of_year.and_then(|place| self.years.get(*place));
        let month = year.and_then(|year| year.months.get(place(date.month()))?.as_ref());
        let rows = month.and_then(|days| days.get(place(date.day())));
        rows.copied().unwrap_or(0)
    }

    fn turn_to(&mut self, currency: Currency, year: i16) -> Option<&mut Year> {
        let next = self.years.len();
        self.last = *self.places.entry((currency, year)).or_insert(next);
        if self.last == next {
            self.years.push(Year {
                currency,
                number: year,
                months: array::from_fn(|_| None),
            });
        }
        self.years.get_mut(self.last)
    }
}

impl Year {
    #[inline]
    fn count(&mut self, date: Date) {
        let month = self.months.get_mut(place(date.month()));
        let days = month.map(|month| month.get_or_insert_with(|| Box::new([0; 32])));
        if let Some(rows) = days.and_then(|days| days.get_mut(place(date.day()))) {
            *rows += 1;
        }
    }
}

/// The place of a month in its year, or of a day in its month.
fn place(number: i8) -> usize {
    number.cast_unsigned().into()
}
