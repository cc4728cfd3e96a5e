//! Which records a day that does not tie may have left out, or counted.

use std::{cmp::Ordering, collections::BTreeMap};

use jiff::civil::Date;
use reconcile_core::{Convention, Kind};
use rust_decimal::Decimal;

use super::{
    Day,
    tally::{Clock, weight},
};
use crate::{
    listing::{Entry, Records},
    prove::{Proof, culprits::Culprits},
};

/// How many records are named where any one of them makes the difference.
const NAMED: usize = 3;

/// The records of every account and day.
pub(super) type ByDay<'a> = BTreeMap<(Option<&'a str>, Date), Vec<&'a Entry>>;

/// The records of these kinds by the days on which a convention counts them.
pub(super) fn by_day<'a>(
    records: &Records<'a>,
    kinds: &[Kind],
    convention: &Convention,
) -> ByDay<'a> {
    let clock = Clock::of(convention);
    let mut by_day = ByDay::new();
    for (account, entries) in records.accounts() {
        for &entry in entries.iter().filter(|it| kinds.contains(&it.kind)) {
            let day = (account, clock.day(entry));
            by_day.entry(day).or_default().push(entry);
        }
    }
    by_day
}

/// The records that a day which does not tie may have left out, or counted
/// though the convention does not.
pub(super) struct Suspects<'s, 'a> {
    pub(super) convention: &'s Convention,
    pub(super) day: &'s Day<'a>,
    pub(super) by_day: &'s ByDay<'a>,
}

impl<'a> Suspects<'_, 'a> {
    /// The failure of the day, with the records that make the difference.
    pub(super) fn accused(&self, proof: Proof) -> Proof {
        let Some(gap) = proof.difference else {
            return proof;
        };
        let culprits = Culprits::among(&self.toward(gap), gap, None);
        let named = match &culprits {
            Culprits::Unknown => String::new(),
            Culprits::AnyOf(alone) => match alone.as_slice() {
                [only] => format!("; {} it would tie", self.described(only)),
                several => {
                    let named = several.iter().take(NAMED);
                    let named: Vec<_> = named.map(|entry| self.described(entry)).collect();
                    let (count, named) = (several.len(), named.join(", "));
                    format!("; any one of {count} records would make it tie: {named}")
                }
            },
            Culprits::Both([first, second]) => {
                let (first, second) = (self.described(first), self.described(second));
                format!("; {first} and {second} it would tie")
            }
            Culprits::Pairs(count) => format!("; {count} pairs of records would make it tie"),
        };
        let certain = culprits.certain().iter();
        Proof {
            note: proof.note + &named,
            records: certain.map(|entry| entry.id.to_string()).collect(),
            ..proof
        }
    }

    /// Those that would make the difference smaller, each with how much it would.
    fn toward(&self, gap: Decimal) -> Vec<(&'a Entry, Decimal)> {
        let side = |amount: Decimal| amount.cmp(&Decimal::ZERO);
        let date = self.day.date;
        let beside = [date.yesterday().ok(), Some(date), date.tomorrow().ok()];
        let mut suspects = Vec::new();
        for date in beside.into_iter().flatten() {
            for &entry in self.on(date) {
                let weight = weight(entry, self.convention, self.day.statement.currency);
                let effect = match (date == self.day.date, self.counts(entry)) {
                    (true, true) => weight,
                    (true, false) | (false, true) => weight.map(|weight| -weight),
                    (false, false) => None,
                };
                let effect = effect.filter(|effect| side(*effect) != Ordering::Equal);
                if let Some(effect) = effect.filter(|effect| side(*effect) == side(gap)) {
                    suspects.push((entry, effect));
                }
            }
        }
        suspects
    }

    fn on(&self, date: Date) -> &[&'a Entry] {
        let account = self.day.statement.account.as_deref();
        self.by_day.get(&(account, date)).map_or(&[], Vec::as_slice)
    }

    fn counts(&self, entry: &Entry) -> bool {
        self.convention.statuses.count(&entry.provider_status)
    }

    /// A record with what it weighs and, where the convention does not count it
    /// on the day, why not.
    fn described(&self, entry: &Entry) -> String {
        let currency = self.day.statement.currency;
        let weight = weight(entry, self.convention, currency).unwrap_or_default();
        let date = Clock::of(self.convention).day(entry);
        let id = &entry.id;
        if date != self.day.date {
            format!("with {id} ({weight}, counted on {date})")
        } else if self.counts(entry) {
            format!("without {id} ({weight})")
        } else {
            format!("with {id} ({weight}, {})", entry.provider_status)
        }
    }
}
