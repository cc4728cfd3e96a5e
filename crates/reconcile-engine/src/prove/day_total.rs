//! The records of a day against its total, by a convention that is sought.

mod found;
mod search;
mod suspects;
mod tally;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil::Date};
use reconcile_core::{Convention, Counting, DateField, Identity, Kind, Statement};
use rust_decimal::Decimal;

pub use self::found::FoundConvention;
use self::{
    search::Choice,
    suspects::{Suspects, by_day},
    tally::{Counted, Place, Tally},
};
use super::{Proof, ProofVerdict, Series};
use crate::listing::Records;

/// Proves that the records of a day come to its total.
///
/// Where the convention is not known, all are tried on all days of all accounts,
/// since a convention belongs to the provider, and that under which most tie is
/// believed. A summary says which, and the proofs of the days use it.
pub(super) fn prove(
    identity: &Identity,
    series: &[&Series<'_>],
    records: &Records<'_>,
    (total, kinds): (&'static str, &[Kind]),
    counting: &Counting,
) -> Vec<Proof> {
    if let Err(reason) = records.listing(kinds.iter().copied()) {
        return vec![Proof::untestable(identity, reason)];
    }
    let conventions = match counting {
        Counting::Sought(space) => space.all(),
        Counting::Locked(convention) => vec![convention.clone()],
    };
    let tally = Tally::of(records, kinds, &conventions);
    let statements = series.iter().flat_map(|series| series.all());
    let (mut days, mut proofs) = (Vec::new(), Vec::new());
    for statement in statements {
        match Day::of(statement, total, &tally) {
            Ok(day) => days.push(day),
            Err(reason) => {
                let proof = Proof::about(identity, statement);
                proofs.push(proof.with(ProofVerdict::NotTestable, reason));
            }
        }
    }
    if days.is_empty() {
        return proofs;
    }
    let ground = Ground {
        identity,
        total,
        kinds,
        records,
        tally,
        days,
    };
    let choice = match counting {
        Counting::Sought(_) => Choice::of(&ground, &conventions),
        Counting::Locked(convention) => Ok(Choice::locked(&ground, convention)),
    };
    match choice {
        Ok(choice) => {
            proofs.insert(0, ground.summary(&choice, counting));
            proofs.extend(ground.test(&choice));
            proofs.extend(ground.unstated(choice.winner.convention));
        }
        Err(reason) => proofs.insert(0, Proof::untestable(identity, reason)),
    }
    proofs
}

/// A total of a day, as it is stated.
struct Day<'a> {
    statement: &'a Statement,
    date: Date,
    stated: Decimal,
    /// Whether anything is stated or listed for the day: where nothing moved,
    /// every convention ties.
    moved: bool,
}

impl<'a> Day<'a> {
    /// Fails with the reason where the statement is about no such total.
    fn of(statement: &'a Statement, total: &str, tally: &Tally<'a>) -> Result<Self, String> {
        let unstated = || format!("{total} is not stated");
        let stated = statement.amount(total).ok_or_else(unstated)?;
        if statement.scope.is_some() {
            return Err("only totals of a whole account are tested".to_owned());
        }
        let day = statement.day.as_ref().ok_or("it is not about a day")?;
        let day = Self {
            statement,
            date: day.date,
            stated,
            moved: !stated.is_zero(),
        };
        let moved = day.moved || tally.lists(day.place(0));
        Ok(Self { moved, ..day })
    }

    /// Its place by one of the clocks.
    fn place(&self, clock: usize) -> Place<'a> {
        Place {
            account: self.statement.account.as_deref(),
            currency: self.statement.currency,
            date: self.date,
            clock,
        }
    }
}

/// A convention, with what is looked up once for all days.
struct Rule<'c> {
    convention: &'c Convention,
    clock: usize,
    changed_after: SignedDuration,
}

/// What the conventions are tested on.
struct Ground<'a> {
    identity: &'a Identity,
    total: &'static str,
    kinds: &'a [Kind],
    records: &'a Records<'a>,
    tally: Tally<'a>,
    days: Vec<Day<'a>>,
}

impl<'a> Ground<'a> {
    fn rule<'c>(&self, convention: &'c Convention) -> Rule<'c> {
        Rule {
            convention,
            clock: self.tally.clock(convention),
            changed_after: self.tally.changed_after(convention),
        }
    }

    /// What the listed records of a day come to; `None` where that has too many
    /// digits.
    fn sum(&self, day: &Day<'a>, rule: &Rule<'_>) -> Option<Counted> {
        self.tally.counted(day.place(rule.clock), rule.convention)
    }

    /// The same, where these are certain to be all; else the reason.
    fn counted(&self, day: &Day<'a>, rule: &Rule<'_>) -> Result<Counted, String> {
        let window = rule.convention.days.window(day.date);
        let window = window.map_err(|error| error.to_string())?;
        self.records.covering(window)?;
        let read = self.records.read().from();
        if rule.convention.date == DateField::Updated && window.from() < settled(read, rule) {
            return Err(format!(
                "a record that was created before {read} and changed on the day was not pulled: \
                 they change up to {:#} later",
                rule.changed_after
            ));
        }
        let place = day.place(rule.clock);
        if place.account.is_none() && self.records.name_accounts() {
            return Err("the statement does not say which account it is about".to_owned());
        }
        let nameless = Place {
            account: None,
            ..place
        };
        let too_long = || "the sum has too many digits".to_owned();
        if place.account.is_some() {
            let nameless = self.tally.counted(nameless, rule.convention);
            if nameless.ok_or_else(too_long)?.records > 0 {
                return Err("records of the day name no account".to_owned());
            }
        }
        self.sum(day, rule).ok_or_else(too_long)
    }

    /// What was found, on how much evidence.
    fn summary(&self, choice: &Choice<'_>, counting: &Counting) -> Proof {
        let winner = &choice.winner;
        let (convention, score) = (winner.convention, winner.score());
        let words = format!("{} is {}", self.total, convention.in_words());
        let open = Proof::untestable(self.identity, "");
        // The failing days carry the code.
        let verdict = match winner.ties_everywhere() {
            false => ProofVerdict::Fails,
            true if winner.is_tested() => ProofVerdict::Holds,
            true => ProofVerdict::NotTestable,
        };
        match counting {
            Counting::Locked(_) => open.with(
                verdict,
                format!("{words}, as it is locked ({convention}): {score}"),
            ),
            Counting::Sought(_) => {
                let found = choice.found(self);
                let doubts = choice.doubts(&found);
                let note = format!("{words} ({convention}): {score}; {doubts}");
                Proof {
                    convention: Some(found),
                    ..open.with(verdict, note)
                }
            }
        }
    }

    /// The proof of each day.
    fn test(&self, choice: &Choice<'_>) -> Vec<Proof> {
        let rule = self.rule(choice.winner.convention);
        let mut placed = None;
        let mut proofs = Vec::with_capacity(self.days.len());
        for (place, day) in self.days.iter().enumerate() {
            let open = Proof::about(self.identity, day.statement);
            let open = open.of(self.total);
            let counted = match self.counted(day, &rule) {
                Ok(counted) => counted,
                Err(reason) => {
                    proofs.push(open.with(ProofVerdict::NotTestable, reason));
                    continue;
                }
            };
            let note = self.written(counted, day);
            let tested = open.clone().equality(counted.sum, day.stated);
            proofs.push(if let Some(other) = choice.contradicted(place) {
                let note = format!("{note}; {other} does as well and says otherwise");
                open.with(ProofVerdict::NotTestable, note)
            } else if tested.verdict == ProofVerdict::Holds {
                Proof { note, ..tested }
            } else {
                let by_day =
                    placed.get_or_insert_with(|| by_day(self.records, self.kinds, rule.convention));
                let suspects = Suspects {
                    convention: rule.convention,
                    day,
                    by_day,
                };
                suspects.accused(Proof { note, ..tested })
            });
        }
        proofs
    }

    /// "3 records come to 30.00; stated depositTotal 20.00".
    fn written(&self, counted: Counted, day: &Day<'_>) -> String {
        let sum = counted.sum;
        let records = match counted.records {
            0 => "no record counts".to_owned(),
            1 => format!("1 record comes to {sum}"),
            many => format!("{many} records come to {sum}"),
        };
        format!("{records}; stated {} {}", self.total, day.stated)
    }

    /// Days with records that count and no total: nothing says what they come to.
    fn unstated(&self, convention: &Convention) -> Vec<Proof> {
        let clock = self.tally.clock(convention);
        let stated: BTreeSet<_> = self.days.iter().map(|day| day.place(clock)).collect();
        let places = self.tally.places(convention).into_iter();
        let mut left: BTreeMap<_, (Date, u64)> = BTreeMap::new();
        for (place, counted) in places.filter(|(place, _)| !stated.contains(place)) {
            let of_account = left.entry((place.account, place.currency));
            let (_, records) = of_account.or_insert((place.date, 0));
            *records += counted.records;
        }
        let proofs = left.into_iter().map(|((account, currency), (first, records))| {
            let note = match records {
                1 => format!("1 record counts on {first}, for which nothing is stated"),
                many => format!(
                    "{many} records count on days for which nothing is stated, the first {first}"
                ),
            };
            Proof {
                date: Some(first),
                note,
                ..Proof::about_account(self.identity, account, Some(currency))
            }
        });
        proofs.collect()
    }
}

/// Since when every record that changed is among those that were created since
/// the pull begins, as far as those at hand tell.
fn settled(read: Timestamp, rule: &Rule<'_>) -> Timestamp {
    read.saturating_add(rule.changed_after)
        .unwrap_or(Timestamp::MAX)
}
