//! The reconciliations of days: what merchants sent, and what came of it.

use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::world::{PaywallWorld, start_of};
use crate::faults::{FaultKind, Faults};
use crate::random::Random;

/// What is kept of the reconciliation of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) day: Date,
    pub(super) is_reconciled: bool,
    /// Microseconds since the epoch.
    pub(super) inserted: i64,
    pub(super) updated: Option<i64>,
}

/// All that was kept, in the order in which it was inserted.
#[derive(Debug)]
pub(super) struct Register {
    entries: Mutex<Vec<Entry>>,
    /// A day that is sent again gets another entry, not a change of its own.
    inserts_again: bool,
    disagreement: Option<Disagreement>,
}

/// What the list shows of a day, and the day itself does not tell.
#[derive(Debug, Clone, Copy)]
struct Disagreement {
    day: Date,
    shows: Shows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    OtherVerdict,
    /// A second entry.
    Second,
    /// An entry, where none is told of.
    Any,
    /// That it was stored later.
    Later,
}

/// The day is reconciled already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Already;

const MINUTE: i64 = 60 * 1_000_000;
const DAY: i64 = 24 * 60 * MINUTE;

impl Register {
    /// What the merchant sent before the sandbox began: each day of the world
    /// the morning after, and all of it agreed.
    pub(super) fn new(world: &PaywallWorld, zone: &TimeZone, faults: &Faults) -> Self {
        let mut random = Random::new(0, "paywall verdicts");
        let days: Vec<Date> = world.days(zone).collect();
        let left = usize::try_from(faults.value(FaultKind::Unreconciled)).unwrap_or(0);
        let sent = days.len().saturating_sub(left);
        let mut entries: Vec<Entry> = days
            .iter()
            .take(sent)
            .map(|day| Entry {
                id: 0,
                day: *day,
                is_reconciled: true,
                inserted: start_of(*day, zone) + DAY + random.between(480 * MINUTE, 660 * MINUTE),
                updated: None,
            })
            .collect();
        bend(&mut entries, faults);
        entries.sort_by_key(|entry| entry.inserted);
        let mut id = FIRST_ENTRY;
        for entry in &mut entries {
            id += random.next() % 900 + 1;
            entry.id = id;
        }
        Self {
            entries: Mutex::new(entries),
            inserts_again: faults.value(FaultKind::ReconcileAgain) != 0,
            disagreement: Disagreement::of(&days, faults),
        }
    }

    /// The last that was kept of a day.
    pub(super) fn of(&self, day: Date, now: i64) -> Option<Entry> {
        let hides = |it: Disagreement| it.day == day && it.shows == Shows::Any;
        if self.disagreement.is_some_and(hides) {
            return None;
        }
        let all = self.until(now);
        all.into_iter().rev().find(|entry| entry.day == day)
    }

    /// What is listed of all that was kept until now, the first first.
    pub(super) fn listed(&self, now: i64) -> Vec<Entry> {
        let mut all = self.until(now);
        let last = all.last().map_or(FIRST_ENTRY, |entry| entry.id);
        if let Some(Disagreement { day, shows }) = self.disagreement
            && let Some(place) = all.iter().position(|entry| entry.day == day)
            && let Some(entry) = all.get_mut(place)
        {
            match shows {
                Shows::OtherVerdict => entry.is_reconciled = !entry.is_reconciled,
                Shows::Second => {
                    let second = Entry {
                        id: last + 1,
                        inserted: entry.inserted + MINUTE,
                        ..*entry
                    };
                    all.insert(place + 1, second);
                }
                Shows::Any => {}
                Shows::Later => entry.inserted += 3 * DAY,
            }
        }
        all
    }

    /// All that was kept until now, the first first.
    fn until(&self, now: i64) -> Vec<Entry> {
        let mut all = self.with(|entries| entries.clone());
        all.retain(|entry| entry.inserted <= now);
        all
    }

    /// Keeps an outcome, unless one that agreed is there. Says whether there
    /// was one that did not.
    pub(super) fn keep(&self, day: Date, agrees: bool, now: i64) -> Result<bool, Already> {
        self.with(|entries| {
            // What the merchant did later in the world's own course, it does
            // now instead.
            entries.retain(|entry| entry.day != day || entry.inserted <= now);
            let before = entries.iter_mut().rev().find(|entry| entry.day == day);
            let was_there = before.is_some();
            match before {
                Some(entry) if entry.is_reconciled => return Err(Already),
                Some(entry) if !self.inserts_again => {
                    entry.is_reconciled = agrees;
                    entry.updated = Some(now);
                }
                _ => {
                    let id = entries.iter().map(|entry| entry.id).max();
                    let entry = Entry {
                        id: id.unwrap_or(FIRST_ENTRY) + 1,
                        day,
                        is_reconciled: agrees,
                        inserted: now,
                        updated: None,
                    };
                    let place = entries.partition_point(|other| other.inserted <= now);
                    entries.insert(place, entry);
                }
            }
            Ok(was_there)
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut Vec<Entry>) -> T) -> T {
        change(&mut self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The id before the first, near those of the published sample.
const FIRST_ENTRY: u64 = 145_645;

impl Disagreement {
    fn of(days: &[Date], faults: &Faults) -> Option<Self> {
        let shows = match faults.value(FaultKind::ListDisagrees) {
            _ if !faults.is_on(FaultKind::ListDisagrees) => return None,
            0 => Shows::OtherVerdict,
            1 => Shows::Second,
            2 => Shows::Any,
            _ => Shows::Later,
        };
        let day = *days.get(days.len() * 2 / 5)?;
        Some(Self { day, shows })
    }
}

/// Each fault bends a day of its own, so that they can be told apart when
/// several are on.
fn bend(entries: &mut Vec<Entry>, faults: &Faults) {
    let count = entries.len();
    if faults.is_on(FaultKind::VerdictLate)
        && let Some(entry) = entries.get_mut(count / 4)
    {
        // As late as the latest in the published sample.
        entry.inserted += 43 * DAY;
    }
    if faults.is_on(FaultKind::VerdictFalse)
        && let Some(entry) = entries.get_mut(count * 2 / 3)
    {
        entry.is_reconciled = false;
    }
    if faults.is_on(FaultKind::VerdictMissing) && count > 0 {
        entries.remove(count / 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;
    use crate::worlds::WorldConfig;

    fn register(faults: &[&str]) -> (Register, Vec<Date>) {
        let world = PaywallWorld::generate(&WorldConfig::default());
        let faults = faults.iter().map(|fault| fault.parse::<Fault>().unwrap());
        let zone = TimeZone::UTC;
        let register = Register::new(&world, &zone, &faults.collect());
        (register, world.days(&zone).collect())
    }

    #[test]
    fn a_day_is_kept_once_it_agreed_and_can_be_sent_again_until_then() {
        let (register, days) = register(&["unreconciled"]);
        let day = *days.last().unwrap();
        let later = start_of(day, &TimeZone::UTC) + 9 * DAY;
        assert_eq!(register.of(day, later), None);
        assert_eq!(register.keep(day, false, later), Ok(false));
        assert_eq!(register.keep(day, true, later + 1), Ok(true));
        assert_eq!(register.keep(day, true, later + 2), Err(Already));
        let entry = register.of(day, later + 2).unwrap();
        assert_eq!((entry.inserted, entry.updated), (later, Some(later + 1)));
        assert_eq!(register.until(i64::MAX).len(), days.len());
    }

    #[test]
    fn a_second_try_is_an_entry_of_its_own_where_that_is_wanted() {
        let (register, days) = register(&["unreconciled", "reconcile-again=insert"]);
        let day = *days.last().unwrap();
        assert_eq!(register.keep(day, false, i64::MAX - 1), Ok(false));
        assert_eq!(register.keep(day, true, i64::MAX), Ok(true));
        assert_eq!(register.until(i64::MAX).len(), days.len() + 1);
    }

    #[test]
    fn what_is_not_there_yet_is_not_told_and_gives_way() {
        let (register, days) = register(&[]);
        let opening = start_of(days[4], &TimeZone::UTC) + DAY + 31 * MINUTE;
        assert_eq!(register.of(days[4], opening), None);
        assert_eq!(register.keep(days[4], true, opening), Ok(false));
        let of_day = |entry: &&Entry| entry.day == days[4];
        let all = register.until(i64::MAX);
        assert_eq!(all.iter().filter(of_day).count(), 1);
    }
}
