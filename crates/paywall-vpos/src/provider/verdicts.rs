//! Whether and when days were reconciled: what is told of each day itself, and
//! what the list of reconciliations shows of it.

use std::{collections::BTreeMap, num::NonZeroUsize, time::Duration};

use futures::StreamExt;
use jiff::civil::{Date, DateTime};
use reconcile_core::Figure;

use crate::{
    Client, Error,
    models::{Reconciliation, ReconciliationEntry},
    reconciliations::Range,
};

/// The figures of what is told of a day, and of what the list shows of it.
pub(super) const PAIRS: [(&str, &str); 3] = [
    ("reconciliations", "reconciliations_listed"),
    ("agreements", "agreements_listed"),
    ("verdict_days", "verdict_days_listed"),
];

/// What the list of reconciliations shows of some days.
///
/// It is evidence by what it shows alone: which date its range is of is not
/// documented, so that what it does not show may be stored all the same.
#[derive(Debug, Default)]
pub(super) struct Listed {
    days: BTreeMap<Date, Vec<ReconciliationEntry>>,
    /// Why the list could not be read, or not be shown to be whole.
    pub(super) failure: Option<Error>,
}

impl Listed {
    /// Reads the list for these days, and on for as long as the verdict on the
    /// last of them may take.
    pub(super) async fn read(client: &Client, days: Range, concurrency: NonZeroUsize) -> Self {
        let margin = client.verdict_within_days().saturating_mul(24 * 60 * 60);
        let until = days.to.saturating_add(Duration::from_secs(margin));
        let until = until.min(client.calendar().today());
        let mut entries = client.reconciliations_of(days, until, concurrency);
        let mut listed = Self::default();
        while let Some(entry) = entries.next().await {
            match entry {
                Ok(entry) => {
                    let day = entry.reconciliation_date.date();
                    listed.days.entry(day).or_default().push(entry);
                }
                Err(error) => listed.failure = Some(error),
            }
        }
        for entries in listed.days.values_mut() {
            entries.sort_by_key(|entry| (entry.insert_date_time, entry.reconciliation_id));
        }
        listed
    }

    /// What it shows of a day, in the order in which it was stored.
    pub(super) fn of(&self, day: Date) -> &[ReconciliationEntry] {
        self.days.get(&day).map_or(&[], Vec::as_slice)
    }
}

/// Whether and when a day was reconciled, as figures: as told of it, and as
/// listed where it is.
pub(super) fn figures(
    client: &Client,
    day: Date,
    told: Option<&Reconciliation>,
    listed: &[ReconciliationEntry],
) -> impl Iterator<Item = (&'static str, Figure)> {
    let reconciled = told.is_some_and(|told| told.is_reconciled);
    let flags = [
        ("reconciled", Figure::Flag(reconciled)),
        ("reconciliation_exists", Figure::Flag(told.is_some())),
    ];
    let told: Vec<_> = told.map(Stored::told).into_iter().collect();
    let listed = standing(listed);
    let mut of_list = [None; 3];
    if !listed.is_empty() {
        of_list = counts(client, day, &listed);
    }
    let counts = counts(client, day, &told).into_iter().zip(of_list);
    let counts = PAIRS.into_iter().zip(counts).flat_map(|(names, counts)| {
        let count = |name, count: Option<u64>| Some((name, Figure::Count(count?)));
        [count(names.0, counts.0), count(names.1, counts.1)]
    });
    flags.into_iter().chain(counts.flatten())
}

/// What is stored of a reconciliation, whichever answer tells of it.
struct Stored {
    is_reconciled: bool,
    /// When it was last stored: one that differed and was corrected is as late
    /// as its correction.
    at: Option<DateTime>,
}

impl Stored {
    fn told(told: &Reconciliation) -> Self {
        Self {
            is_reconciled: told.is_reconciled,
            at: told.update_date_time.or(told.insert_date_time),
        }
    }

    fn listed(entry: &ReconciliationEntry) -> Self {
        Self {
            is_reconciled: entry.is_reconciled,
            at: entry.update_date_time.or(entry.insert_date_time),
        }
    }
}

/// The entries of a day that stand. One that differed may be sent again, which
/// may be another entry: then only the later is what is stored of the day. After
/// one that agreed there is to be no other.
fn standing(entries: &[ReconciliationEntry]) -> Vec<Stored> {
    let later = entries.iter().skip(1).map(Some).chain([None]);
    let entries = entries.iter().zip(later);
    entries
        .filter(|(entry, later)| entry.is_reconciled || later.is_none())
        .map(|(entry, _)| Stored::listed(entry))
        .collect()
}

/// How many are stored, how many of these agreed, and how late the last is.
fn counts(client: &Client, day: Date, stored: &[Stored]) -> [Option<u64>; 3] {
    let agreed = stored.iter().filter(|stored| stored.is_reconciled);
    let last = stored.last().and_then(|stored| stored.at);
    [
        Some(stored.len() as u64),
        Some(agreed.count() as u64),
        last.and_then(|at| verdict_days(client, day, at)),
    ]
}

/// The whole days from the opening of a day to this time.
fn verdict_days(client: &Client, day: Date, at: DateTime) -> Option<u64> {
    let calendar = client.calendar();
    let opening = calendar.opening(day).ok()?.timestamp();
    let at = calendar.instant(at).ok()?;
    let hours = opening.duration_until(at).as_hours();
    Some(u64::try_from(hours / 24).unwrap_or_default())
}
