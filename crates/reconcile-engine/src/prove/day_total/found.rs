//! What came of the search for a convention.

use std::collections::BTreeSet;

use jiff::civil::Date;
use reconcile_core::{Convention, Statuses};

/// How many days are named.
const NAMED: usize = 3;

/// The convention under which most days tie, and what can be said against it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundConvention {
    /// The convention; where others do as well, the most plausible of them.
    pub convention: Convention,
    /// Those that do as well on the days that they share with it.
    pub equals: Vec<Convention>,
    /// The days that could not be tested under each of them, and on which they
    /// come to something else: a pull that covers these days tells them apart.
    pub telling: BTreeSet<Date>,
}

impl FoundConvention {
    /// Whether no other does as well: only then is it certain enough to
    /// [lock](reconcile_core::Identity::lock) an identity to it.
    #[must_use]
    pub const fn is_only(&self) -> bool {
        self.equals.is_empty()
    }

    /// Which others do as well and in what they differ, and which days would
    /// tell, in words.
    #[must_use]
    pub fn rivals(&self) -> String {
        let Some(first) = self.equals.first() else {
            return "no other convention does as well".to_owned();
        };
        let others = match self.equals.len() {
            1 => format!("1 other does as well: {first}"),
            many => {
                let aspects: Vec<_> = self.open().into_iter().map(Aspect::as_str).collect();
                let aspects = aspects.join(", ");
                format!(
                    "{many} others do as well and differ in {aspects}, \
                     the most plausible of them {first}"
                )
            }
        };
        let telling = match self.telling.len() {
            0 => format!("a day with records that {} would tell", self.differing()),
            _ => format!("they differ on {}, which would tell", named(&self.telling)),
        };
        format!("{others}; {telling}")
    }

    /// Which records the conventions that do equally well count differently.
    fn differing(&self) -> String {
        let records = self.open().into_iter().map(|aspect| match aspect {
            Aspect::Statuses => self.differing_statuses(),
            Aspect::Date => "changed on a later day".to_owned(),
            Aspect::Days => "fall between the ends of their days".to_owned(),
            Aspect::Amount => "have a fee, or are settled at another amount".to_owned(),
            Aspect::Signs => "go the other way".to_owned(),
        });
        let records: Vec<_> = records.collect();
        records.join(", or that ")
    }

    /// The statuses that only some of the conventions name.
    fn differing_statuses(&self) -> String {
        let all = || [&self.convention].into_iter().chain(&self.equals);
        let named = all().filter_map(|it| match &it.statuses {
            Statuses::Of(words) => Some(words),
            Statuses::Any => None,
        });
        let words: BTreeSet<_> = named.clone().flatten().collect();
        let by_all = |word: &&String| named.clone().all(|words| words.contains(*word));
        let by_some: Vec<_> = words.into_iter().filter(|word| !by_all(word)).collect();
        let by_some = by_some.iter().map(|word| word.as_str());
        // Where one of them counts every status, so does what none of them names.
        let other = all().any(|it| it.statuses == Statuses::Any);
        let by_some = by_some.chain(other.then_some("anything else"));
        let by_some: Vec<_> = by_some.collect();
        match by_some.split_last() {
            Some((last, [])) => format!("are {last}"),
            Some((last, others)) => format!("are {} or {last}", others.join(", ")),
            None => "are of another status".to_owned(),
        }
    }

    /// In what the conventions that do equally well differ.
    fn open(&self) -> Vec<Aspect> {
        let ours = &self.convention;
        let differs = |aspect: &Aspect| {
            self.equals.iter().any(|other| match aspect {
                Aspect::Statuses => other.statuses != ours.statuses,
                Aspect::Date => other.date != ours.date,
                Aspect::Days => other.days != ours.days,
                Aspect::Amount => other.basis != ours.basis,
                Aspect::Signs => other.signs != ours.signs,
            })
        };
        Aspect::ALL.into_iter().filter(differs).collect()
    }
}

/// What two conventions can differ in.
#[derive(Clone, Copy)]
enum Aspect {
    Statuses,
    Date,
    Days,
    Amount,
    Signs,
}

impl Aspect {
    const ALL: [Self; 5] = [
        Self::Statuses,
        Self::Date,
        Self::Days,
        Self::Amount,
        Self::Signs,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Statuses => "statuses",
            Self::Date => "date",
            Self::Days => "days",
            Self::Amount => "amount",
            Self::Signs => "signs",
        }
    }
}

/// Some of the days, by name.
pub(super) fn named(days: &BTreeSet<Date>) -> String {
    let first: Vec<_> = days.iter().take(NAMED).map(Date::to_string).collect();
    match days.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
