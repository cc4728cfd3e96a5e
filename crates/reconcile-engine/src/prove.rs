//! Proving a provider's own figures against each other, and against its records.

mod batch;
mod closing;
mod composition;
mod culprits;
mod day_total;
mod days;
mod pairs;
mod parts;
mod proof;
mod sequence;
mod tiles;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use jiff::civil::Date;
use reconcile_core::{Currency, Identity, Law, Statement};

use self::parts::Parts;
pub use self::{
    day_total::FoundConvention,
    proof::{Proof, ProofVerdict},
};
use crate::{Listing, Period, listing::Records};

/// Tests every identity, each account, scope and currency on its own; only the
/// signs of a composition, and the convention of a day's total, are solved over
/// all of them, since they belong to the provider.
///
/// `records` are what laws about records are tested on; without them those laws
/// stay open. `asked` are the days that were asked for, where that is known:
/// what is missing at their beginning or end is said.
///
/// The proofs come by identity, as given, then account, scope, currency and
/// time; neither the order of the statements nor that of the records matters.
#[must_use]
pub fn prove(
    identities: &[Identity],
    statements: &[Statement],
    records: Option<&Listing>,
    asked: Option<Period>,
) -> Vec<Proof> {
    let ground = Ground {
        series: by_series(statements),
        parts: Parts::of(statements),
        records: Records::of(records),
        asked,
    };
    let mut proofs = Vec::new();
    for identity in identities {
        let tested = ground.test(identity);
        if tested.is_empty() {
            proofs.push(Proof::untestable(identity, ground.emptiness()));
        }
        proofs.extend(tested);
    }
    proofs
}

/// What identities are tested on.
struct Ground<'a> {
    series: Vec<Series<'a>>,
    parts: Parts<'a>,
    /// The records, or why nothing can be concluded from them.
    records: Result<Records<'a>, String>,
    asked: Option<Period>,
}

impl<'a> Ground<'a> {
    /// The proofs of one identity; none where nothing states what it is about.
    fn test(&self, identity: &Identity) -> Vec<Proof> {
        match &identity.law {
            Law::EveryDayOnce => days::every_day_once(identity, &self.series, self.asked),
            Law::RollForward { balance, movement } => {
                let series = self.stating([*balance, *movement]);
                days::roll_forward(identity, &series, balance, movement)
            }
            Law::StepExplained { balance, parts } => {
                let series = self.stating(parts.iter().copied().chain([*balance]));
                days::step_explained(identity, &series, balance, parts)
            }
            Law::Composition { total, parts } => {
                let figures = parts.iter().map(|part| part.figure);
                let series = self.stating(figures.chain([*total]));
                composition::prove(identity, &series, total, parts)
            }
            Law::Equal { pairs } => {
                let figures = pairs.iter().flat_map(|(left, right)| [*left, *right]);
                pairs::equal(identity, &self.stating(figures), pairs)
            }
            Law::Verdict { flag, pairs } => {
                let series = self.stating([*flag]);
                pairs::verdict(identity, &series, &self.parts, flag, pairs)
            }
            Law::Parts { total, part } => self.parts.sum(identity, total, part),
            Law::Tiles => tiles::prove(identity, &self.series),
            Law::VerdictPresent {
                flag,
                days,
                within_days,
            } => {
                let series = self.stating([*flag, *days]);
                closing::prove(identity, &series, self.asked, (flag, days), *within_days)
            }
            Law::Undecidable { why } => vec![Proof::untestable(identity, *why)],
            Law::Batch { .. } | Law::DayTotal { .. } | Law::Sequence { .. } => {
                match &self.records {
                    Ok(records) => self.test_records(identity, records),
                    Err(reason) => vec![Proof::untestable(identity, reason.as_str())],
                }
            }
            _ => vec![Proof::untestable(
                identity,
                "this version does not know the law",
            )],
        }
    }

    fn test_records(&self, identity: &Identity, records: &Records<'a>) -> Vec<Proof> {
        match &identity.law {
            Law::Batch { lines } => {
                let figures = lines.iter().flat_map(|line| [line.amount, line.count]);
                let series = self.stating(figures.flatten());
                batch::prove(identity, &series, records, lines)
            }
            Law::DayTotal {
                total,
                kinds,
                counting,
            } => {
                let series = self.stating([*total]);
                day_total::prove(identity, &series, records, (total, kinds), counting)
            }
            Law::Sequence { kinds, attribute } => {
                sequence::prove(identity, records, kinds, attribute)
            }
            _ => Vec::new(),
        }
    }

    /// The series that an equation over these figures is about.
    fn stating(&self, figures: impl IntoIterator<Item = &'static str>) -> Vec<&Series<'a>> {
        let figures: Vec<_> = figures.into_iter().collect();
        let series = self.series.iter();
        series
            .filter(|series| series.is_about(figures.iter().copied()))
            .collect()
    }

    /// Why an identity has no proof at all.
    fn emptiness(&self) -> &'static str {
        if self.series.is_empty() {
            "there is no statement to test it on"
        } else {
            "no statement states a figure that it is about"
        }
    }
}

/// The statements of one account, scope and currency.
struct Series<'a> {
    account: Option<&'a str>,
    scope: Option<&'a str>,
    currency: Currency,
    /// By day, in the order of their content.
    days: BTreeMap<Date, Vec<&'a Statement>>,
    /// Those that are not about a day.
    other: Vec<&'a Statement>,
    /// Every figure that the statements of any whole or, where this is about
    /// parts, of any part have.
    stated: Rc<BTreeSet<&'a str>>,
}

fn by_series(statements: &[Statement]) -> Vec<Series<'_>> {
    let stated = |wholes: bool| {
        let alike = statements.iter().filter(|s| s.scope.is_none() == wholes);
        let names = alike.flat_map(|statement| statement.figures.keys());
        Rc::new(names.map(String::as_str).collect::<BTreeSet<_>>())
    };
    let (of_wholes, of_parts) = (stated(true), stated(false));
    let mut series = BTreeMap::new();
    for statement in statements {
        let (account, scope) = (statement.account.as_deref(), statement.scope.as_deref());
        let key = (account, scope, statement.currency, &statement.provider);
        let series = series.entry(key).or_insert_with(|| Series {
            account,
            scope,
            currency: statement.currency,
            days: BTreeMap::new(),
            other: Vec::new(),
            stated: Rc::clone(if scope.is_none() {
                &of_wholes
            } else {
                &of_parts
            }),
        });
        match &statement.day {
            Some(day) => series.days.entry(day.date).or_default().push(statement),
            None => series.other.push(statement),
        }
    }
    let mut series: Vec<Series<'_>> = series.into_values().collect();
    for series in &mut series {
        for statements in series.days.values_mut().chain([&mut series.other]) {
            statements.sort_by_cached_key(|s| (s.period, s.id.clone(), figures(s)));
        }
    }
    series
}

/// The figures as text, in an order that says nothing but is always the same.
fn figures(statement: &Statement) -> String {
    format!("{:?}", statement.figures)
}

impl<'a> Series<'a> {
    /// Whether an equation over these figures is about this series: about all
    /// wholes when any of them states one of the figures, and so for the parts.
    fn is_about<'f>(&self, figures: impl IntoIterator<Item = &'f str>) -> bool {
        let mut figures = figures.into_iter();
        figures.any(|figure| self.stated.contains(figure))
    }

    /// Every statement; one that is given again with equal figures counts once.
    fn all(&self) -> impl Iterator<Item = &'a Statement> {
        self.days
            .values()
            .chain([&self.other])
            .flat_map(|statements| distinct(statements))
    }

    /// A proof about one day, still without figures.
    fn proof(
        &self,
        identity: &Identity,
        date: Date,
        verdict: ProofVerdict,
        note: impl Into<String>,
    ) -> Proof {
        let proof = Proof::about_account(identity, self.account, Some(self.currency));
        Proof {
            scope: self.scope.map(str::to_owned),
            date: Some(date),
            ..proof.with(verdict, note)
        }
    }
}

/// The statements without those that repeat the one before in all they say;
/// repetitions stand side by side.
fn distinct<'a>(statements: &[&'a Statement]) -> Vec<&'a Statement> {
    let mut distinct = statements.to_vec();
    distinct.dedup_by(|next, first| {
        (next.period, &next.id, &next.figures) == (first.period, &first.id, &first.figures)
    });
    distinct
}
