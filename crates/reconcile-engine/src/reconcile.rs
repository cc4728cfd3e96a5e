//! Matching a ledger with a provider's records.

use std::mem;

use jiff::civil::Date;

use crate::{
    Book, Column, DayWindow, EngineError, Equality, Exclusion, Outcome, Pass, RowIndex, Rule,
    Rules, Side, bundles,
    crowd::Settling,
    figures,
    findings::Findings,
    join::{self, Crowd, Joined},
    keys,
    nearest::Pair,
    parts::Settled,
    pending::Pending,
    repeats::Repeats,
    rules::{Standing, Way},
    search, slips,
};

/// What a reconciliation knows beside the rows and the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The day that breaks are aged to.
    pub as_of: Date,
    /// The days that were asked of the provider; `None` is all there are.
    pub period: Option<Period>,
    /// Whether a record that is not there can be said to be missing.
    pub proof_of_absence: Absence,
}

/// The days that were asked of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub to: Date,
    /// The first day that is not certain to be listed whole: `to`, or earlier
    /// where the pull is complete only as of an instant.
    pub certain_to: Date,
    /// The day on which the provider was asked, as it counts days: what it may
    /// still say later is not missing yet. `None` is long after.
    pub asked_on: Option<Date>,
}

impl Period {
    /// The days from `from`, inclusive, to `to`, exclusive, all certain, and
    /// asked for long after.
    #[must_use]
    pub const fn new(from: Date, to: Date) -> Self {
        Self {
            from,
            to,
            certain_to: to,
            asked_on: None,
        }
    }
}

/// Whether a record that is not there can be said to be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The provider's list is complete.
    Proven,
    /// It is not known to be, for these reasons.
    Unproven {
        /// The reasons.
        reasons: Vec<String>,
    },
}

/// How far a reconciliation is: what it tells before each pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage<'a> {
    /// The name of the pass that begins.
    pub pass: &'a str,
    /// Its number among the passes, from one on.
    pub number: usize,
    /// How many passes there are.
    pub passes: usize,
    /// How many rows of both sides the passes before it took care of.
    pub done: usize,
    /// How many rows both sides have.
    pub rows: usize,
}

/// Matches a ledger with a provider's records, and files what does not match.
///
/// What the rules exclude takes no part. The others find each other in the
/// passes of the rules, one after the other; kind, direction, currency and
/// amount decide what they are to each other. Where rows share a key and differ,
/// a later key may yet match them with others, or by its own tolerance; else they
/// are a break of the first pass that tied them. No search tears them apart. The
/// outcome depends on the content of the rows only, never on their order.
///
/// What a status says decides what moved: a ledger row without one counts as
/// booked, one that says `failed` books nothing. A row that moved nothing and
/// that the other side does not claim is excluded, with its status.
///
/// Errors when the rules make no sense, or sums or differences do not fit an
/// exact decimal.
pub fn reconcile(
    ledger: &Book,
    records: &Book,
    rules: &Rules,
    context: &Context,
) -> Result<Outcome, EngineError> {
    reconcile_rest(ledger, records, rules, context, &Settled::default())
}

/// The same with what is left of two books whose other rows were
/// [settled](Settled) apart.
///
/// The books hold these rows and [count](Book::count) the others, so that all
/// totals are those of all rows. The outcome is that of all rows in one book
/// each, but that its matches only [count](crate::Matches::apart) the pairs which
/// were settled.
pub fn reconcile_rest(
    ledger: &Book,
    records: &Book,
    rules: &Rules,
    context: &Context,
    settled: &Settled,
) -> Result<Outcome, EngineError> {
    reconcile_watched(ledger, records, rules, context, settled, |_| ())
}

/// The same, and says how far it is: many rows take a while. What is done with that
/// changes no outcome.
pub fn reconcile_watched(
    ledger: &Book,
    records: &Book,
    rules: &Rules,
    context: &Context,
    settled: &Settled,
    watch: impl Fn(Stage<'_>),
) -> Result<Outcome, EngineError> {
    rules.check().map_err(EngineError::Rules)?;
    let mut findings = Findings::new(ledger, records, rules, context);
    findings.count_settled(settled);
    let mut open = Open::of(&mut findings);
    let mut pending = Pending::default();
    let rows = ledger.counted() + records.counted();
    let mut passes = (0..).zip(&rules.passes);
    while let Some((place, pass)) = passes.next() {
        watch(Stage {
            pass: &pass.name,
            number: usize::from(place) + 1,
            passes: rules.passes.len(),
            done: rows.saturating_sub(open.len(&findings)),
            rows,
        });
        if pass.way() == Way::Key {
            bring_together(&mut findings, (place, pass), &mut open, &mut pending)?;
        } else {
            let mut rows = open.rows(&findings);
            search_for(&mut findings, (place, pass), &mut rows, &pending)?;
            open = Open::Rows(rows);
        }
        let key_to_come = passes.clone().any(|(_, pass)| pass.goes_by_key());
        if !key_to_come {
            let mut rows = open.rows(&findings);
            pending.tie(&mut findings, &mut rows)?;
            pending.file(&mut findings, &mut rows)?;
            open = Open::Rows(rows);
        }
    }
    if let Some(first) = rules.passes.first() {
        findings.begin(0, first);
    }
    let mut open = open.rows(&findings);
    slips::file(&mut findings, &mut open)?;
    for row in open.ledger {
        findings.ledger_alone(row);
    }
    for row in open.records {
        findings.record_alone(row);
    }
    figures::review(&mut findings, settled.conventions())?;
    findings.into_outcome()
}

/// The rows that are not filed yet.
enum Open {
    /// All of both books: they are not listed, since the first pass, by
    /// reference, needs no list of a million rows.
    All,
    Rows(Crowd),
}

impl Open {
    /// All rows but those that the rules exclude.
    fn of(findings: &mut Findings<'_>) -> Self {
        let rules = findings.rules;
        if rules.exclusions.is_empty() {
            return Self::All;
        }
        let mut open = Crowd::default();
        for side in [Side::Ledger, Side::Records] {
            let book = findings.book(side);
            for row in book.indices() {
                let what = book.row(row);
                let mut exclusions = rules.exclusions.iter().filter(|rule| rule.side == side);
                match (exclusions.find(|rule| rule.covers(&what)), side) {
                    (Some(rule), _) => {
                        findings.exclude(side, row, Exclusion::Rule(rule.reason.clone()));
                    }
                    (None, Side::Ledger) => open.ledger.push(row),
                    (None, Side::Records) => open.records.push(row),
                }
            }
        }
        Self::Rows(open)
    }

    fn len(&self, findings: &Findings<'_>) -> usize {
        match self {
            Self::All => findings.ledger.len() + findings.records.len(),
            Self::Rows(rows) => rows.ledger.len() + rows.records.len(),
        }
    }

    /// The rows, listed.
    fn rows(self, findings: &Findings<'_>) -> Crowd {
        match self {
            Self::All => Crowd {
                ledger: findings.ledger.indices().collect(),
                records: findings.records.indices().collect(),
            },
            Self::Rows(rows) => rows,
        }
    }
}

/// Runs a pass that searches.
fn search_for(
    findings: &mut Findings<'_>,
    (place, pass): (u8, &Pass),
    open: &mut Crowd,
    pending: &Pending<'_>,
) -> Result<(), EngineError> {
    let held = if pass.goes_by_key() {
        Crowd::default()
    } else {
        pending.hold(findings, open)?
    };
    findings.begin(place, pass);
    if pass.way() == Way::Sum {
        bundles::run(findings, pass, open)?;
    } else {
        search::run(findings, pass, open)?;
    }
    open.ledger.extend(held.ledger);
    open.records.extend(held.records);
    Ok(())
}

/// Matches what shares the key of a pass and agrees.
fn bring_together<'p>(
    findings: &mut Findings<'_>,
    pass: (u8, &'p Pass),
    open: &mut Open,
    pending: &mut Pending<'p>,
) -> Result<(), EngineError> {
    findings.begin(pass.0, pass.1);
    let equal = &pass.1.equal;
    let verbatim = Equality::of(Column::Reference);
    let taken = mem::replace(open, Open::All);
    let rest = match taken {
        Open::All if *equal == [verbatim] => settle_joined(
            join::by_reference(findings.ledger, findings.records),
            findings,
            pass,
            pending,
        )?,
        taken => {
            let mut rest = taken.rows(findings);
            let (ledger, records) = (findings.ledger, findings.records);
            let repeats = Repeats::of(findings, pass.1, &rest);
            let mut crowds = keys::join(ledger, records, equal, &mut rest);
            crowds.extend(repeats.take(findings, pass.1, &mut rest));
            let crowds = crowds.into_iter();
            for crowd in crowds.flat_map(|crowd| keys::part(ledger, records, equal, crowd)) {
                let twins = repeats.twins(findings, pass.1, &crowd);
                let mut key = Settling::matching(findings, pass, crowd)?;
                key.repeat(findings, &twins);
                pending.put_off(key, &mut rest);
            }
            rest
        }
    };
    *open = Open::Rows(rest);
    Ok(())
}

/// Matches what agrees in whole books that were joined, and gives the rest.
fn settle_joined<'p>(
    joined: Joined,
    findings: &mut Findings<'_>,
    pass: (u8, &'p Pass),
    pending: &mut Pending<'p>,
) -> Result<Crowd, EngineError> {
    let (ledger, records) = (findings.ledger, findings.records);
    let mut rest = joined.alone;
    for (row, record) in joined.couples.iter(ledger) {
        if agree((ledger, row), (records, record), findings.rules, pass.1) {
            let pair = Pair {
                ledger: row,
                record,
                ambiguous: false,
            };
            findings.matched(pair, Rule::Exact)?;
        } else {
            let crowd = Crowd {
                ledger: vec![row],
                records: vec![record],
            };
            pending.put_off(Settling::matching(findings, pass, crowd)?, &mut rest);
        }
    }
    for crowd in joined.crowds {
        pending.put_off(Settling::matching(findings, pass, crowd)?, &mut rest);
    }
    Ok(rest)
}

/// Whether the only two rows of a reference agree in everything: nearly all
/// do, and need no further look.
pub(crate) fn agree(
    (ledger, row): (&Book, RowIndex),
    (records, record): (&Book, RowIndex),
    rules: &Rules,
    pass: &Pass,
) -> bool {
    let (booked, listed) = (ledger.terms(row), records.terms(record));
    let kinds = booked.kind.zip(listed.kind);
    let timely = |days: DayWindow| days.holds(&rules.calendar, booked.date, listed.date);
    ledger.is_same_amount(row, records, record)
        && booked.currency == listed.currency
        && booked.direction == listed.direction
        && kinds.is_none_or(|(booked, listed)| booked == listed)
        && rules.standing(booked.status) == Standing::Moved
        && rules.standing(listed.status) == Standing::Moved
        && pass.days.is_none_or(timely)
        && !pass.net
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use reconcile_core::Direction;

    use super::*;
    use crate::Row;

    fn book(rows: &[(&str, &str)]) -> Book {
        let mut book = Book::new();
        for (id, reference) in rows {
            book.push(Row {
                id,
                reference: Some(reference),
                amount: rust_decimal::dec!(1),
                currency: "PEN".parse().unwrap(),
                direction: Direction::Credit,
                kind: None,
                status: None,
                date: date(2026, 11, 3),
                settled: None,
                fee: None,
                tax: None,
                account: None,
                method: None,
                description: None,
            })
            .unwrap();
        }
        book
    }

    #[test]
    fn references_with_the_same_hash_are_told_apart() {
        let context = Context {
            as_of: date(2026, 11, 21),
            period: None,
            proof_of_absence: Absence::Proven,
        };
        let rules = Rules::default();
        let same = |ledger: &Book, records: &Book| {
            let joined = join::by_hash(ledger, records, |_| 0);
            let mut findings = Findings::new(ledger, records, &rules, &context);
            let mut pending = Pending::default();
            let pass = (0, &rules.passes[0]);
            let mut rest = settle_joined(joined, &mut findings, pass, &mut pending).unwrap();
            pending.file(&mut findings, &mut rest).unwrap();
            for row in rest.ledger {
                findings.ledger_alone(row);
            }
            for row in rest.records {
                findings.record_alone(row);
            }
            let collided = findings.into_outcome().unwrap();
            assert_eq!(
                collided,
                reconcile(ledger, records, &rules, &context).unwrap()
            );
            collided
        };
        let crowd = book(&[("1", "A"), ("2", "C"), ("3", "B"), ("4", "A")]);
        let other = book(&[("5", "D"), ("6", "A"), ("7", "B"), ("8", "D")]);
        assert_eq!(same(&crowd, &other).matches.len(), 2);
        assert!(
            same(&book(&[("1", "A")]), &book(&[("2", "B")]))
                .matches
                .is_empty()
        );
        assert_eq!(
            same(&book(&[("1", "A")]), &book(&[("2", "A")]))
                .matches
                .len(),
            1
        );
    }
}
