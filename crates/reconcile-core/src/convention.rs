//! Conventions: which records of a day come to its total, and with what of them.

use std::{cmp::Reverse, collections::BTreeSet, fmt, str::FromStr};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use crate::{ModelError, Window, record::words};

/// Which records of a day a provider counts in its total, and with what of them.
///
/// Its text is short and stable, so that it can stand in a configuration. What
/// is left out of it is midnight and unsigned.
///
/// ```
/// use reconcile_core::{Basis, Convention, DateField};
///
/// let text = "statuses=APPROVED+COMPLETED;date=created;zone=America/Lima;amount=settled-fee";
/// let convention: Convention = text.parse()?;
/// assert_eq!(convention.date, DateField::Created);
/// assert_eq!(convention.basis, Basis::SettledLessFee);
/// assert_eq!(convention.to_string(), text);
/// # Ok::<(), reconcile_core::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Convention {
    /// The statuses that count.
    pub statuses: Statuses,
    /// The instant that says on which day a record counts.
    pub date: DateField,
    /// When the days begin.
    pub days: DayBounds,
    /// What of a record counts.
    pub basis: Basis,
    /// Whether debits are taken off.
    pub signs: Signs,
}

impl Convention {
    /// What it says, as a person reads it.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Self {
            statuses,
            date,
            days,
            basis,
            signs,
        } = self;
        let what = match basis {
            Basis::Amount => "the amounts",
            Basis::Settled => "the settled amounts",
            Basis::Fee => "the fees",
            Basis::AmountLessFee => "the amounts less the fees",
            Basis::AmountPlusFee => "the amounts and the fees",
            Basis::SettledLessFee => "the settled amounts less the fees",
            Basis::SettledPlusFee => "the settled amounts and the fees",
        };
        let signs = match signs {
            Signs::Unsigned => "",
            Signs::ByDirection => ", debits below zero",
        };
        let which = match statuses {
            Statuses::Any => "all records".to_owned(),
            Statuses::Of(words) => {
                let words: Vec<_> = words.iter().map(String::as_str).collect();
                format!("records that are {}", words.join(" or "))
            }
        };
        let date = match date {
            DateField::Created => "creation",
            DateField::Updated => "last change",
        };
        let end = if days.cut_off == Time::midnight() {
            String::new()
        } else {
            format!(" that end at {}", days.cut_off.strftime("%H:%M"))
        };
        let zone = days.zone_name();
        format!("{what} of {which}{signs}, by the day of their {date}, days of {zone}{end}")
    }
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            statuses,
            date,
            days,
            ..
        } = self;
        let zone = days.zone_name();
        write!(f, "statuses={statuses};date={date};zone={zone}")?;
        if days.cut_off != Time::midnight() {
            write!(f, ";cutoff={}", days.cut_off.strftime("%H:%M"))?;
        }
        write!(f, ";amount={}", self.basis)?;
        if self.signs != Signs::Unsigned {
            write!(f, ";signs={}", self.signs)?;
        }
        Ok(())
    }
}

impl FromStr for Convention {
    type Err = ModelError;

    /// The error says which part is wrong and what it may be, and quotes none of
    /// them in its reason: a secret may stand in the wrong place.
    fn from_str(text: &str) -> Result<Self, ModelError> {
        let broken = |reason: String| ModelError::Convention {
            text: text.to_owned(),
            reason,
        };
        let known = ["statuses", "date", "zone", "cutoff", "amount", "signs"];
        let mut values: [Option<&str>; 6] = [None; 6];
        for part in text.split(';') {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| broken("a part of it is not written name=value".to_owned()))?;
            let (name, value) = (name.trim(), value.trim());
            let mut places = known.iter().zip(&mut values);
            let (_, place) = places.find(|(known, _)| **known == name).ok_or_else(|| {
                let known = known.join(", ");
                broken(format!("the name of a part is none of {known}"))
            })?;
            if place.replace(value).is_some() {
                return Err(broken(format!("`{name}` is there twice")));
            }
        }
        let [statuses, date, zone, cut_off, amount, signs] = values;
        let needed = |value: Option<&'_ str>, name: &str| {
            value
                .map(str::to_owned)
                .ok_or_else(|| broken(format!("`{name}` is missing")))
        };
        let wrong = |name: &'static str| move |error| broken(flaw(name, &error));
        let days = DayBounds::of(&needed(zone, "zone")?).map_err(wrong("zone"))?;
        let days = match cut_off {
            None => days,
            Some(cut_off) => {
                let time = cut_off.parse().map_err(|_| {
                    broken("its `cutoff` is not a time of the day like 23:30".to_owned())
                })?;
                days.cut_off(time)
            }
        };
        let signs = signs.map_or(Ok(Signs::Unsigned), str::parse);
        Ok(Self {
            statuses: needed(statuses, "statuses")?
                .parse()
                .map_err(wrong("statuses"))?,
            date: needed(date, "date")?.parse().map_err(wrong("date"))?,
            days,
            basis: needed(amount, "amount")?.parse().map_err(wrong("amount"))?,
            signs: signs.map_err(wrong("signs"))?,
        })
    }
}

/// What is wrong with a part of a convention, without the part.
fn flaw(name: &str, error: &ModelError) -> String {
    match error {
        ModelError::Word { known, .. } => format!("its `{name}` is none of {}", known.join(", ")),
        ModelError::Zone(_) => format!("its `{name}` is not an IANA time zone"),
        ModelError::Convention { reason, .. } => format!("of its `{name}`, {reason}"),
        _ => format!("its `{name}` cannot be read"),
    }
}

/// Which statuses count, in the provider's own words: two of them may be one
/// [`Status`](crate::Status) here, and only one of them be counted there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Statuses {
    /// Those with one of these words as
    /// [`provider_status`](crate::Record::provider_status).
    Of(BTreeSet<String>),
    /// Every one, `any` in text.
    Any,
}

impl Statuses {
    /// These statuses.
    #[must_use]
    pub fn of<const N: usize>(words: [&str; N]) -> Self {
        Self::Of(words.into_iter().map(str::to_owned).collect())
    }

    /// The words, where they are said.
    fn words(&self) -> impl Iterator<Item = &str> {
        let words = match self {
            Self::Of(words) => Some(words),
            Self::Any => None,
        };
        words.into_iter().flatten().map(String::as_str)
    }

    /// Whether records with this status count.
    #[must_use]
    pub fn count(&self, provider_status: &str) -> bool {
        match self {
            Self::Of(words) => words.contains(provider_status),
            Self::Any => true,
        }
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = match self {
            Self::Of(words) => words.iter().map(String::as_str).collect(),
            Self::Any => vec!["any"],
        };
        f.pad(&words.join("+"))
    }
}

impl FromStr for Statuses {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        if text == "any" {
            return Ok(Self::Any);
        }
        let words: BTreeSet<_> = text.split('+').map(|word| word.trim().to_owned()).collect();
        if words.iter().any(String::is_empty) {
            return Err(ModelError::Convention {
                text: text.to_owned(),
                reason: "one is empty".to_owned(),
            });
        }
        Ok(Self::Of(words))
    }
}

words! {
    /// The instant of a record that says on which day it counts.
    DateField, "date of a record" {
        /// When it was created.
        Created = "created",
        /// When it last changed, which is its creation where nothing else is known.
        Updated = "updated",
    }
}

words! {
    /// What of a record counts. An amount counts in its own currency only, and
    /// one that is not there counts nothing.
    Basis, "part of a record" {
        /// What the customer or beneficiary was to pay or get.
        Amount = "amount",
        /// What moves the merchant's balance.
        Settled = "settled",
        /// What the provider keeps.
        Fee = "fee",
        /// The amount, net of the fee.
        AmountLessFee = "amount-fee",
        /// The amount and the fee.
        AmountPlusFee = "amount+fee",
        /// What moves the balance, net of the fee.
        SettledLessFee = "settled-fee",
        /// What moves the balance, and the fee.
        SettledPlusFee = "settled+fee",
    }
}

impl Basis {
    /// How often the amount, the settled amount and the fee count in it.
    #[must_use]
    pub const fn factors(self) -> [i8; 3] {
        match self {
            Self::Amount => [1, 0, 0],
            Self::Settled => [0, 1, 0],
            Self::Fee => [0, 0, 1],
            Self::AmountLessFee => [1, 0, -1],
            Self::AmountPlusFee => [1, 0, 1],
            Self::SettledLessFee => [0, 1, -1],
            Self::SettledPlusFee => [0, 1, 1],
        }
    }
}

words! {
    /// Whether the direction of a record gives what counts of it a sign.
    Signs, "way of signing" {
        /// It counts as it is.
        Unsigned = "unsigned",
        /// Credits are added and debits taken off.
        ByDirection = "direction",
    }
}

/// When days begin: at midnight in a zone, or at a cut-off in the evening
/// before, from which on what comes counts to the next day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayBounds {
    zone: TimeZone,
    cut_off: Time,
}

impl DayBounds {
    /// The days of UTC.
    pub const UTC: Self = Self {
        zone: TimeZone::UTC,
        cut_off: Time::midnight(),
    };

    /// The days of the zone with this IANA name.
    pub fn of(zone: &str) -> Result<Self, ModelError> {
        Ok(Self {
            zone: TimeZone::get(zone).map_err(|_| ModelError::Zone(zone.to_owned()))?,
            cut_off: Time::midnight(),
        })
    }

    /// Ends the days at this time, to the minute.
    #[must_use]
    pub fn cut_off(self, time: Time) -> Self {
        Self {
            cut_off: Time::constant(time.hour(), time.minute(), 0, 0),
            ..self
        }
    }

    /// The IANA name of the zone.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        // It was found by its name.
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The day in which an instant counts.
    #[must_use]
    pub fn day(&self, instant: Timestamp) -> Date {
        let local = self.zone.to_datetime(instant);
        if self.cut_off != Time::midnight() && local.time() >= self.cut_off {
            local.date().tomorrow().unwrap_or(Date::MAX)
        } else {
            local.date()
        }
    }

    /// The instants of a day.
    pub fn window(&self, day: Date) -> Result<Window, ModelError> {
        let first = if self.cut_off == Time::midnight() {
            day
        } else {
            day.yesterday().map_err(ModelError::Time)?
        };
        let begins = |date: Date| {
            let local = self
                .zone
                .to_ambiguous_timestamp(date.to_datetime(self.cut_off));
            local.compatible().map_err(ModelError::Time)
        };
        let next = first.checked_add(1.day()).map_err(ModelError::Time)?;
        Window::new(begins(first)?, begins(next)?)
    }
}

/// The conventions that a provider may follow, as far as is known: every choice
/// of these, with the first of each the most plausible.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conventions {
    /// Which statuses may be those that count.
    pub statuses: Vec<Statuses>,
    /// Every status that the provider is known to give, whether it may count or
    /// not; where none is said, those that may count.
    pub words: BTreeSet<String>,
    /// Which instant may say on which day a record counts.
    pub dates: Vec<DateField>,
    /// When the days may begin.
    pub days: Vec<DayBounds>,
    /// What of a record may count.
    pub bases: Vec<Basis>,
    /// Whether debits may be taken off.
    pub signs: Vec<Signs>,
}

impl Conventions {
    /// These parts of records with these statuses, without signs, by the day of
    /// their creation in UTC.
    #[must_use]
    pub fn new(
        statuses: impl IntoIterator<Item = Statuses>,
        bases: impl IntoIterator<Item = Basis>,
    ) -> Self {
        let statuses: Vec<_> = statuses.into_iter().collect();
        Self {
            words: statuses
                .iter()
                .flat_map(Statuses::words)
                .map(str::to_owned)
                .collect(),
            statuses,
            dates: vec![DateField::Created],
            days: vec![DayBounds::UTC],
            bases: bases.into_iter().collect(),
            signs: vec![Signs::Unsigned],
        }
    }

    /// Adds statuses that the provider gives, and that cannot be those that count.
    #[must_use]
    pub fn words<'w>(mut self, words: impl IntoIterator<Item = &'w str>) -> Self {
        self.words.extend(words.into_iter().map(str::to_owned));
        self
    }

    /// The statuses that a convention counts and that the provider is not known
    /// to give: a new one, or one that is written wrong.
    pub fn unknown<'c>(&'c self, convention: &'c Convention) -> impl Iterator<Item = &'c str> {
        let words = convention.statuses.words();
        words.filter(|word| !self.words.contains(*word))
    }

    /// Sets which instant may say on which day a record counts.
    #[must_use]
    pub fn dates(mut self, dates: impl IntoIterator<Item = DateField>) -> Self {
        self.dates = dates.into_iter().collect();
        self
    }

    /// Sets when the days may begin.
    #[must_use]
    pub fn days(mut self, days: impl IntoIterator<Item = DayBounds>) -> Self {
        self.days = days.into_iter().collect();
        self
    }

    /// Sets whether debits may be taken off.
    #[must_use]
    pub fn signs(mut self, signs: impl IntoIterator<Item = Signs>) -> Self {
        self.signs = signs.into_iter().collect();
        self
    }

    /// Every one of them, the most plausible first: those that depart in the
    /// fewest places from the first choice of all.
    #[must_use]
    pub fn all(&self) -> Vec<Convention> {
        let mut all = Vec::new();
        for (s, statuses) in self.statuses.iter().enumerate() {
            for (d, date) in self.dates.iter().enumerate() {
                for (z, days) in self.days.iter().enumerate() {
                    for (b, basis) in self.bases.iter().enumerate() {
                        for (n, signs) in self.signs.iter().enumerate() {
                            let convention = Convention {
                                statuses: statuses.clone(),
                                date: *date,
                                days: days.clone(),
                                basis: *basis,
                                signs: *signs,
                            };
                            let places = [s, d, z, b, n];
                            let firsts = places.iter().filter(|place| **place == 0).count();
                            all.push((Reverse(firsts), places.iter().sum::<usize>(), convention));
                        }
                    }
                }
            }
        }
        all.sort_by_key(|(firsts, sum, _)| (*firsts, *sum));
        all.into_iter()
            .map(|(_, _, convention)| convention)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_convention_reads_back_from_its_text() {
        for text in [
            "statuses=COMPLETED;date=created;zone=UTC;amount=settled",
            "statuses=any;date=updated;zone=America/Lima;cutoff=23:30;amount=amount+fee;signs=direction",
        ] {
            assert_eq!(text.parse::<Convention>().unwrap().to_string(), text);
        }
        let spaced = "amount=fee; zone=UTC; statuses = B + A; date=created; cutoff=00:00";
        assert_eq!(
            spaced.parse::<Convention>().unwrap().to_string(),
            "statuses=A+B;date=created;zone=UTC;amount=fee"
        );
    }

    #[test]
    fn a_text_that_is_no_convention_says_why_without_quoting_it() {
        let why = |text: &str| match text.parse::<Convention>().unwrap_err() {
            ModelError::Convention { reason, .. } => reason,
            other => other.to_string(),
        };
        let whole = "statuses=A;date=created;zone=UTC;amount=fee";
        for (text, part) in [
            ("statuses=A;date=created;zone=UTC", "`amount` is missing"),
            (
                &format!("{whole};status=B"),
                "the name of a part is none of statuses, date, zone",
            ),
            (&format!("{whole};date=created"), "`date` is there twice"),
            (
                &format!("{whole};cutoff=25:00"),
                "its `cutoff` is not a time of the day like 23:30",
            ),
            (
                &whole.replace("=A", "=A+"),
                "of its `statuses`, one is empty",
            ),
            (
                &whole.replace("fee", "gross"),
                "its `amount` is none of amount, settled, fee",
            ),
            (
                &whole.replace("UTC", "Nowhere"),
                "its `zone` is not an IANA time zone",
            ),
            (
                &whole.replace("created", "sometime"),
                "its `date` is none of created, updated",
            ),
            (
                &format!("{whole};signs=both"),
                "its `signs` is none of unsigned, direction",
            ),
            ("", "a part of it is not written name=value"),
        ] {
            assert!(why(text).starts_with(part), "{text}: {}", why(text));
        }
        for secret in ["s3cret", "s3cret=", "date=s3cret", "s3cret;date=s3cret"] {
            assert!(!why(&format!("{whole};{secret}")).contains("s3cret"));
        }
    }

    #[test]
    fn a_day_with_a_cut_off_begins_in_the_evening_before() {
        let lima = DayBounds::of("America/Lima").unwrap();
        let early = lima.clone().cut_off(jiff::civil::time(23, 30, 0, 0));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let day = jiff::civil::date(2026, 1, 5);
        for (bounds, first, next) in [
            (
                &DayBounds::UTC,
                "2026-01-05T00:00:00Z",
                "2026-01-06T00:00:00Z",
            ),
            (&lima, "2026-01-05T05:00:00Z", "2026-01-06T05:00:00Z"),
            (&early, "2026-01-05T04:30:00Z", "2026-01-06T04:30:00Z"),
        ] {
            let window = bounds.window(day).unwrap();
            assert_eq!((window.from(), window.to()), (at(first), at(next)));
            assert_eq!(bounds.day(at(first)), day);
            assert_eq!(bounds.day(at(next)), day.tomorrow().unwrap());
            let before = at(first) - jiff::SignedDuration::from_secs(1);
            assert_eq!(bounds.day(before), day.yesterday().unwrap());
        }
    }

    #[test]
    fn a_status_that_the_provider_is_not_known_to_give_is_told() {
        let space = Conventions::new([Statuses::of(["DONE"]), Statuses::Any], [Basis::Fee]);
        let space = space.words(["LOST"]);
        let unknown = |statuses: &str| {
            let text = format!("statuses={statuses};date=created;zone=UTC;amount=fee");
            let convention: Convention = text.parse().unwrap();
            space.unknown(&convention).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(unknown("DONE+LOST"), "");
        assert_eq!(unknown("any"), "");
        assert_eq!(unknown("DOEN+LOST+done"), "DOEN done");
    }

    #[test]
    fn the_most_plausible_comes_first() {
        let statuses = [Statuses::of(["DONE"]), Statuses::Any];
        let space = Conventions::new(statuses, [Basis::Settled, Basis::Fee, Basis::Amount])
            .dates([DateField::Created, DateField::Updated]);
        let all: Vec<_> = space.all().iter().map(Convention::to_string).collect();
        assert_eq!(all.len(), 12);
        let rest = |statuses, date, amount| {
            format!("statuses={statuses};date={date};zone=UTC;amount={amount}")
        };
        assert_eq!(all[0], rest("DONE", "created", "settled"));
        assert_eq!(all[1], rest("DONE", "created", "fee"));
        assert_eq!(all[11], rest("any", "updated", "amount"));
    }
}
