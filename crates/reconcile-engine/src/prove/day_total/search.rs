//! The convention under which most days tie.

use std::{cmp::Reverse, collections::BTreeSet};

use jiff::civil::Date;
use reconcile_core::Convention;

use super::{
    Day, Ground,
    found::{FoundConvention, named},
};

/// How many days with something stated must tie before a convention is believed:
/// fewer tie by chance, above all where a day has a record or two.
const TELLING: usize = 3;

/// A convention, and how it does.
pub(super) struct Candidate<'c> {
    pub(super) convention: &'c Convention,
    /// What it makes of each day.
    days: Vec<Tie>,
    /// How many of the days on which something moved tie.
    tied: usize,
    /// How many do not.
    differing: usize,
    /// How many of those that tie state something else than zero.
    telling: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tie {
    Untested,
    Ties,
    Differs,
}

/// The best of the conventions, and what can be said against it.
pub(super) struct Choice<'c> {
    pub(super) winner: Candidate<'c>,
    /// Those that do as well on the days that it shares with them.
    equals: Vec<Candidate<'c>>,
    /// The best of those that do worse, and the days that say so.
    next: Option<(Candidate<'c>, BTreeSet<Date>)>,
    /// How many could not be tested on any day.
    untested: usize,
}

impl<'c> Choice<'c> {
    /// The best of the conventions, which come with the most plausible first;
    /// the reason where none of them is believable.
    pub(super) fn of(ground: &Ground<'_>, conventions: &'c [Convention]) -> Result<Self, String> {
        let candidates = conventions.iter().map(|it| Candidate::of(ground, it));
        let mut candidates: Vec<_> = candidates.collect();
        // A stable sort: of equals the most plausible stays first.
        candidates.sort_by_key(|it| (Reverse(it.tied), it.differing));
        let mut candidates = candidates.into_iter();
        let winner = candidates.next().ok_or("no convention is known")?;
        winner.believable()?;
        let mut choice = Self {
            winner,
            equals: Vec::new(),
            next: None,
            untested: 0,
        };
        for other in candidates {
            if !other.is_tested() {
                choice.untested += 1;
            } else if choice.winner.is_equalled(&other, ground) {
                choice.equals.push(other);
            } else if choice.next.is_none() {
                let days = choice.winner.told_apart(&other, ground);
                choice.next = Some((other, days));
            }
        }
        Ok(choice)
    }

    /// The convention that is held to: nothing is sought.
    pub(super) fn locked(ground: &Ground<'_>, convention: &'c Convention) -> Self {
        Self {
            winner: Candidate::of(ground, convention),
            equals: Vec::new(),
            next: None,
            untested: 0,
        }
    }

    /// A convention that does as well as the winner, and makes something else of
    /// this day.
    pub(super) fn contradicted(&self, day: usize) -> Option<&'c Convention> {
        let ours = self.winner.day(day);
        let contradicts = |other: &&Candidate<'_>| {
            let theirs = other.day(day);
            ours != theirs && ours != Tie::Untested && theirs != Tie::Untested
        };
        self.equals.iter().find(contradicts).map(|it| it.convention)
    }

    /// What can be said against the winner: whether it is the only one, and what
    /// comes next.
    pub(super) fn doubts(&self, found: &FoundConvention) -> String {
        let mut notes = vec![found.rivals()];
        if let Some((next, days)) = &self.next {
            let (score, told) = (next.score(), named(days));
            let apart = match days.len() {
                // It has fewer days to be tested on, and is refuted on one of them.
                0 => String::new(),
                _ => format!(", told apart by {told}"),
            };
            notes.push(format!(
                "the next best is {}: {score}{apart}",
                next.convention
            ));
        }
        match self.untested {
            0 => {}
            1 => notes.push("1 other could not be tested on any day".to_owned()),
            many => notes.push(format!("{many} others could not be tested on any day")),
        }
        notes.join("; ")
    }

    /// The winner, with those that do as well and what would tell them apart.
    pub(super) fn found(&self, ground: &Ground<'_>) -> FoundConvention {
        let (winner, equals) = (&self.winner, self.equals.iter());
        let telling = equals.clone().map(|it| winner.would_tell(it, ground));
        FoundConvention {
            convention: winner.convention.clone(),
            telling: telling.flatten().collect(),
            equals: equals.map(|it| it.convention.clone()).collect(),
        }
    }
}

impl<'c> Candidate<'c> {
    /// Tests a convention on every day.
    fn of(ground: &Ground<'_>, convention: &'c Convention) -> Self {
        let rule = ground.rule(convention);
        let mut candidate = Self {
            convention,
            days: Vec::with_capacity(ground.days.len()),
            tied: 0,
            differing: 0,
            telling: 0,
        };
        for day in &ground.days {
            let tie = match ground.counted(day, &rule) {
                Err(_) => Tie::Untested,
                Ok(counted) if counted.sum == day.stated => Tie::Ties,
                Ok(_) => Tie::Differs,
            };
            candidate.days.push(tie);
            if tie == Tie::Ties {
                candidate.tied += usize::from(day.moved);
                candidate.telling += usize::from(!day.stated.is_zero());
            }
            candidate.differing += usize::from(tie == Tie::Differs);
        }
        candidate
    }

    /// Fails with the reason where there is too little to believe it on.
    fn believable(&self) -> Result<(), String> {
        let (convention, score) = (self.convention, self.score());
        if self.telling < TELLING {
            return Err(format!(
                "fewer than {TELLING} days with a total above zero tie under any convention; \
                 the best is {convention}: {score}"
            ));
        }
        if self.tied < self.differing {
            return Err(format!(
                "no convention makes half of the days tie; the best is {convention}: {score}"
            ));
        }
        Ok(())
    }

    /// "30 of 31 days tie", of those on which something moved.
    pub(super) fn score(&self) -> String {
        let all = self.tied + self.differing;
        let days = if all == 1 { "day ties" } else { "days tie" };
        format!("{} of {all} {days}", self.tied)
    }

    pub(super) fn ties_everywhere(&self) -> bool {
        self.differing == 0
    }

    /// Whether any day on which something moved was tested.
    pub(super) fn is_tested(&self) -> bool {
        self.tied + self.differing > 0
    }

    fn day(&self, day: usize) -> Tie {
        self.days.get(day).copied().unwrap_or(Tie::Untested)
    }

    /// Both verdicts on each day on which both could be tested and something moved.
    fn shared<'d, 'a>(
        &'d self,
        other: &'d Self,
        ground: &'d Ground<'a>,
    ) -> impl Iterator<Item = (Tie, Tie, &'d Day<'a>)> {
        let ties = self.days.iter().zip(&other.days).zip(&ground.days);
        ties.filter(|((ours, theirs), day)| {
            day.moved && **ours != Tie::Untested && **theirs != Tie::Untested
        })
        .map(|((ours, theirs), day)| (*ours, *theirs, day))
    }

    /// Whether the other ties as many of the days that they share, and is not
    /// refuted more often where they do not.
    fn is_equalled(&self, other: &Self, ground: &Ground<'_>) -> bool {
        let shared = || self.shared(other, ground);
        let ours = shared().filter(|(ours, _, _)| *ours == Tie::Ties).count();
        let theirs = shared()
            .filter(|(_, theirs, _)| *theirs == Tie::Ties)
            .count();
        ours == theirs && other.differing <= self.differing && shared().next().is_some()
    }

    /// The days on which exactly one of the two ties.
    fn told_apart(&self, other: &Self, ground: &Ground<'_>) -> BTreeSet<Date> {
        let shared = self.shared(other, ground);
        let apart = shared.filter(|(ours, theirs, _)| ours != theirs);
        apart.map(|(_, _, day)| day.date).collect()
    }

    /// The days that one of the two could not be tested on, and on which they
    /// come to something else.
    fn would_tell(&self, other: &Self, ground: &Ground<'_>) -> BTreeSet<Date> {
        let (ours, theirs) = (ground.rule(self.convention), ground.rule(other.convention));
        let ties = self.days.iter().zip(&other.days).zip(&ground.days);
        let untested =
            ties.filter(|((ours, theirs), _)| **ours == Tie::Untested || **theirs == Tie::Untested);
        let differ = untested.filter(|(_, day)| {
            let sum = |rule| ground.sum(day, rule).map(|counted| counted.sum);
            sum(&ours) != sum(&theirs)
        });
        differ.map(|(_, day)| day.date).collect()
    }
}
