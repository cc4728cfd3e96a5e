//! What repeats from row to row.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use reconcile_core::{Currency, Direction, Kind, Status, Sum};
use rust_decimal::Decimal;

use crate::EngineError;

/// All of a row but its amount, its day and its texts: of a million rows there
/// are a few of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Class {
    /// The place of account and method among the labels.
    pub(super) label: u32,
    pub(super) amount: Scale,
    /// The same of what stands with the texts, where it is there.
    pub(super) fee: Scale,
    pub(super) tax: Scale,
    pub(super) settled: Scale,
    /// Whether the amount has more digits than a row has room for, and stands
    /// with its texts.
    pub(super) wide: bool,
    pub(super) currency: Currency,
    pub(super) direction: Direction,
    pub(super) kind: Option<Kind>,
    pub(super) status: Option<Status>,
    pub(super) settled_currency: Option<Currency>,
}

/// How many digits of a number stand behind the point, where there is a number: a byte
/// without a case, since each row is compared with the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Scale(u8);

impl Scale {
    const NONE: Self = Self(u8::MAX);

    #[inline]
    pub(super) fn of(number: Option<Decimal>) -> Self {
        // A decimal has 28 digits at most.
        let digits = |number: Decimal| u8::try_from(number.scale()).map_or(Self::NONE, Self);
        number.map_or(Self::NONE, digits)
    }

    #[inline]
    pub(super) fn digits(self) -> Option<u32> {
        (self != Self::NONE).then_some(self.0.into())
    }
}

impl Class {
    /// How many digits of the amount stand behind the point.
    #[inline]
    pub(super) fn digits(&self) -> u32 {
        self.amount.digits().unwrap_or_default()
    }
}

/// The classes of a book, and what there is of each.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    pub(super) members: Vec<Members>,
    places: HashMap<Class, u32, FixedState>,
    /// Of the two classes that were asked for last, the last one first: the next row
    /// mostly has one of them.
    last: [u32; 2],
}

/// The rows of a class.
#[derive(Clone, Debug)]
pub(super) struct Members {
    pub(super) class: Class,
    pub(super) rows: usize,
    /// The sum of their amounts in units of the class's scale; `None` where it
    /// does not fit.
    units: Option<i128>,
}

impl Classes {
    /// The place of a class; `None` when there is no room.
    #[inline]
    pub(super) fn place(&mut self, class: Class) -> Option<u32> {
        let [last, before] = self.last;
        if self.is_at(last, &class) {
            return Some(last);
        }
        if self.is_at(before, &class) {
            self.last = [before, last];
            return Some(before);
        }
        self.another(class)
    }

    fn is_at(&self, place: u32, class: &Class) -> bool {
        let members = self.members.get(place as usize);
        members.is_some_and(|members| members.class == *class)
    }

    /// The place of one that was not asked for last.
    fn another(&mut self, class: Class) -> Option<u32> {
        let next = u32::try_from(self.members.len()).ok()?;
        let place = *self.places.entry(class).or_insert(next);
        let [last, _] = self.last;
        self.last = [place, last];
        if place == next {
            self.members.push(Members {
                class,
                rows: 0,
                units: Some(0),
            });
        }
        Some(place)
    }

    /// Counts a row.
    #[inline]
    pub(super) fn count(&mut self, place: u32, units: i128) {
        if let Some(members) = self.members.get_mut(place as usize) {
            members.rows += 1;
            members.units = members.units.and_then(|sum| sum.checked_add(units));
        }
    }
}

impl Members {
    /// The sum of their amounts, whatever their direction.
    pub(super) fn sum(&self) -> Result<Sum, EngineError> {
        let sum = self.units.map(|units| Sum::new(units, self.class.digits()));
        sum.ok_or(EngineError::Inexact(self.class.currency))
    }
}
