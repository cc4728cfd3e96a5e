//! The mutation test of rules: mistakes of every kind are planted in a world
//! that has none, and what is reported is held against what was planted.
//!
//! A world is made for the rules that it is to test: whatever they take for a
//! key holds one, amounts are net where they say so, days lie up to the edge of
//! their windows. It has currencies of no, two and three digits, payments,
//! refunds and payouts, splits, exchanges and failed attempts. Where the rules
//! let a mistake pass by their own wish, as within a tolerance, the report says
//! so instead of counting it as missed.

mod draw;
mod plants;
mod statements;
mod terms;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use self::{
    plants::{Made, Variant},
    terms::Terms,
    world::{Entry, Role},
};
use crate::{Absence, BreakCode, Context, EngineError, RowIndex, Rules, Side, reconcile};

/// The fewest pairs that have room for every kind of mistake.
pub const LEAST_PAIRS: usize = 1_000;

/// How often each kind of mistake is made in each currency.
const TIMES: usize = 2;

/// What came of planting mistakes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// A line for each code, in their order; then one of a world without a
    /// mistake, and one with all mistakes in one world.
    pub lines: Vec<Tested>,
}

impl Report {
    /// Whether every mistake was reported under its code, and nothing else was.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.lines.iter().all(Tested::is_clean)
    }
}

/// What was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Subject {
    /// Mistakes of one code.
    Code(BreakCode),
    /// A world without a mistake.
    Clean,
    /// All mistakes in the rows of one world.
    Together,
}

/// What came of planting mistakes of one code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tested {
    /// The mistakes that were planted.
    pub subject: Subject,
    /// How many were planted that are to be found.
    pub planted: usize,
    /// How many of them were reported under their code and no other.
    pub found: usize,
    /// Those that were not, by what was done and what it was reported under:
    /// nothing, or other codes.
    pub missed: BTreeMap<(&'static str, BTreeSet<BreakCode>), usize>,
    /// Those that the rules let pass by their own wish, by what was done and why.
    pub allowed: BTreeMap<(&'static str, &'static str), usize>,
    /// Breaks that touch rows without a mistake, by code.
    pub false_alarms: BTreeMap<BreakCode, usize>,
    /// Entries without a mistake, and without a break, whose rows are not matched
    /// with each other alone.
    pub strays: usize,
}

impl Tested {
    fn new(subject: Subject) -> Self {
        Self {
            subject,
            planted: 0,
            found: 0,
            missed: BTreeMap::new(),
            allowed: BTreeMap::new(),
            false_alarms: BTreeMap::new(),
            strays: 0,
        }
    }

    /// Whether every mistake was reported under its code, and nothing else was.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.found == self.planted && self.false_alarms.is_empty() && self.strays == 0
    }

    /// Counts a mistake that was planted, and the codes it was reported under.
    fn judge(&mut self, code: BreakCode, name: &'static str, reported: &BTreeSet<BreakCode>) {
        self.planted += 1;
        if reported.iter().eq([&code]) {
            self.found += 1;
        } else {
            let missed = self.missed.entry((name, reported.clone()));
            *missed.or_default() += 1;
        }
    }
}

/// Plants mistakes of every code in a world of so many pairs, drawn from a seed,
/// and reconciles it by the rules. Fewer pairs than [`LEAST_PAIRS`] count as
/// that many.
///
/// Errors as [`reconcile`](crate::reconcile()) does.
pub fn test(rules: &Rules, pairs: usize, seed: u64) -> Result<Report, EngineError> {
    rules.check().map_err(EngineError::Rules)?;
    let terms = Terms::of(rules);
    let clean = world::entries(&terms, pairs.max(LEAST_PAIRS), seed);
    let variants = plants::variants();
    let mut lines = Vec::new();
    for &code in BreakCode::ALL {
        let mut tested = Tested::new(Subject::Code(code));
        let of_code: Vec<_> = variants
            .iter()
            .filter(|variant| variant.code == code)
            .collect();
        run(
            &terms,
            &clean,
            &of_code,
            code == BreakCode::Unproven,
            &mut tested,
        )?;
        statements::test(code, &mut tested);
        lines.push(tested);
    }
    let mut none = Tested::new(Subject::Clean);
    run(&terms, &clean, &[], false, &mut none)?;
    statements::test_clean(&mut none);
    lines.push(none);
    let mut together = Tested::new(Subject::Together);
    let provable: Vec<_> = variants
        .iter()
        .filter(|variant| variant.code != BreakCode::Unproven)
        .collect();
    run(&terms, &clean, &provable, false, &mut together)?;
    together.allowed.clear();
    lines.push(together);
    Ok(Report { lines })
}

/// Plants mistakes in a world, and holds what is reported against them.
fn run(
    terms: &Terms<'_>,
    clean: &[Entry],
    variants: &[&Variant],
    unproven: bool,
    tested: &mut Tested,
) -> Result<(), EngineError> {
    let mut entries = clean.to_vec();
    let mut planted: BTreeMap<usize, Planted<'_>> = BTreeMap::new();
    for &variant in variants {
        plant(terms, variant, &mut entries, &mut planted);
    }
    let mut alarms = BTreeSet::new();
    for (place, seen) in seen(terms, &entries, unproven)?.into_iter().enumerate() {
        let Some(planted) = planted.get(&place) else {
            tested.strays += usize::from(seen.is_stray());
            alarms.extend(seen.breaks);
            continue;
        };
        let variant = planted.variant;
        match planted.why_allowed {
            None => {
                let codes = seen.breaks.iter().map(|(_, code)| *code).collect();
                tested.judge(variant.code, variant.name, &codes);
            }
            Some(why) => *tested.allowed.entry((variant.name, why)).or_default() += 1,
        }
    }
    for (_, code) in alarms {
        *tested.false_alarms.entry(code).or_default() += 1;
    }
    Ok(())
}

/// A mistake in an entry.
struct Planted<'v> {
    variant: &'v Variant,
    why_allowed: Option<&'static str>,
}

/// Makes a mistake in the first entries of each currency that have none and suit
/// it.
fn plant<'v>(
    terms: &Terms<'_>,
    variant: &'v Variant,
    entries: &mut [Entry],
    planted: &mut BTreeMap<usize, Planted<'v>>,
) {
    let mut times: BTreeMap<_, usize> = BTreeMap::new();
    for (place, entry) in entries.iter_mut().enumerate() {
        let line = entry.ledger.first().or(entry.records.first());
        let Some(currency) = line.map(|line| line.currency) else {
            continue;
        };
        let times = times.entry(currency).or_default();
        if *times == TIMES || planted.contains_key(&place) {
            continue;
        }
        let mut changed = entry.clone();
        let why_allowed = match (variant.make)(terms, &mut changed) {
            Made::Unfit => continue,
            Made::Mistake if terms.excludes(&changed) => Some("an exclusion covers it"),
            Made::Mistake => None,
            Made::Allowed(why) => Some(why),
        };
        *times += 1;
        *entry = changed;
        planted.insert(
            place,
            Planted {
                variant,
                why_allowed,
            },
        );
    }
}

/// What a reconciliation says of an entry.
#[derive(Default)]
struct Seen {
    /// The breaks that touch it, by number and code.
    breaks: BTreeSet<(usize, BreakCode)>,
    /// How many of its rows are not yet seen in a match of its own rows alone.
    unmatched: usize,
}

impl Seen {
    fn is_stray(&self) -> bool {
        self.breaks.is_empty() && self.unmatched > 0
    }
}

/// What a reconciliation says of each entry.
fn seen(terms: &Terms<'_>, entries: &[Entry], unproven: bool) -> Result<Vec<Seen>, EngineError> {
    let ledger = terms.book(Side::Ledger, entries)?;
    let records = terms.book(Side::Records, entries)?;
    let outcome = reconcile(&ledger, &records, terms.rules, &context(unproven))?;
    let owners = Owners::of(entries);
    let unmatched = |entry: &Entry| match entry.role {
        Role::Noise => 0,
        _ => entry.ledger.len() + entry.records.len(),
    };
    let mut seen: Vec<_> = entries
        .iter()
        .map(|entry| Seen {
            unmatched: unmatched(entry),
            ..Seen::default()
        })
        .collect();
    for (number, found) in outcome.breaks.iter().enumerate() {
        for place in owners.of_rows(&found.ledger, &found.records) {
            if let Some(seen) = seen.get_mut(place) {
                seen.breaks.insert((number, found.code));
            }
        }
    }
    for group in outcome.matches.iter() {
        let places: BTreeSet<_> = owners.of_rows(group.ledger, group.records).collect();
        let only = places.first().filter(|_| places.len() == 1);
        if let Some(seen) = only.and_then(|place| seen.get_mut(*place)) {
            let rows = group.ledger.len() + group.records.len();
            seen.unmatched = seen.unmatched.saturating_sub(rows);
        }
    }
    Ok(seen)
}

/// What is known beside the rows: the provider lists all, or perhaps not.
fn context(unproven: bool) -> Context {
    let period = world::period();
    let proof_of_absence = if unproven {
        let reasons = vec!["a page was not read".to_owned()];
        Absence::Unproven { reasons }
    } else {
        Absence::Proven
    };
    Context {
        as_of: period.to,
        period: Some(period),
        proof_of_absence,
    }
}

/// The entry that each row of the books is of.
struct Owners {
    ledger: Vec<usize>,
    records: Vec<usize>,
}

impl Owners {
    fn of(entries: &[Entry]) -> Self {
        let of = |side| {
            let places = entries.iter().enumerate();
            let owners =
                places.flat_map(|(place, entry)| entry.of(side).iter().map(move |_| place));
            owners.collect()
        };
        Self {
            ledger: of(Side::Ledger),
            records: of(Side::Records),
        }
    }

    fn of_rows(&self, ledger: &[RowIndex], records: &[RowIndex]) -> impl Iterator<Item = usize> {
        let of = |owners: &[usize], rows: &[RowIndex]| -> Vec<usize> {
            let owners = rows.iter().filter_map(|row| owners.get(row.position()));
            owners.copied().collect()
        };
        let places = [of(&self.ledger, ledger), of(&self.records, records)];
        places.into_iter().flatten()
    }
}
