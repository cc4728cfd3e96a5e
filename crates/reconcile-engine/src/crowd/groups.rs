//! Groups under one key: several rows of a side that add up to the other's.

use std::collections::BTreeSet;

use jiff::civil::Date;
use reconcile_core::{Currency, Direction, Sum};

use super::{Reach, moved, take};
use crate::{
    Book, BreakCode, EngineError, GroupBy, Pass, RowIndex, Side, Sides, explain,
    findings::Findings, join::Crowd, sum::exact_difference,
};

/// Matches the open rows of a currency that moved money where the two sides
/// add up to the same: those of one direction, or all of them, since refunds and
/// fees are part of what is settled net.
pub(super) fn tie(
    findings: &mut Findings<'_>,
    pass: &Pass,
    open: &mut Crowd,
    reach: Reach,
) -> Result<(), EngineError> {
    for candidate in candidates(findings, pass, open) {
        // A group takes rows of a later candidate with it.
        if candidate.is_open(open)
            && candidate.is_timely(findings, pass)
            && candidate.ties(findings, pass, reach)?
        {
            candidate.take(open);
            findings.matched_group(candidate.ledger, candidate.records)?;
        }
    }
    Ok(())
}

/// Files the groups that tie but for their days, which lie too far apart.
pub(super) fn file_belated(
    findings: &mut Findings<'_>,
    pass: &Pass,
    open: &mut Crowd,
) -> Result<(), EngineError> {
    for candidate in candidates(findings, pass, open) {
        if let Some(finding) = candidate.belated(findings, pass)
            && candidate.is_open(open)
            && candidate.ties(findings, pass, Reach::Tolerance)?
        {
            candidate.take(open);
            let code = BreakCode::DateOutOfWindow;
            findings.differing_group(code, candidate.ledger, candidate.records, &finding)?;
        }
    }
    Ok(())
}

/// Files one row and its parts on the other side that do not add up to it.
///
/// Parts are smaller than the whole. Equal ones of which one alone comes nearer
/// to it than all of them are left as they are: a row and its duplicates.
pub(super) fn file_incomplete(
    findings: &mut Findings<'_>,
    pass: &Pass,
    open: &mut Crowd,
) -> Result<(), EngineError> {
    for candidate in candidates(findings, pass, open) {
        let amounts = |side, rows: &[RowIndex]| -> Vec<_> {
            let amounts = rows.iter().map(|row| findings.compared(pass, side, *row));
            amounts.collect()
        };
        let ledger = amounts(Side::Ledger, &candidate.ledger);
        let records = amounts(Side::Records, &candidate.records);
        let ((&[whole], parts) | (parts, &[whole])) = (ledger.as_slice(), records.as_slice())
        else {
            continue;
        };
        let inexact = |_| EngineError::Inexact(candidate.currency);
        let mut excess = Sum::ZERO.minus(whole).map_err(inexact)?;
        for part in parts {
            excess = excess.plus(*part).map_err(inexact)?;
        }
        let over = excess > Sum::ZERO;
        let are_parts = parts.iter().all(|part| *part < whole);
        let distinct: BTreeSet<_> = parts.iter().collect();
        let are_duplicates = match distinct.first() {
            Some(part) if distinct.len() == 1 => {
                Sum::from(whole).minus(**part).map_err(inexact)? < excess
            }
            _ => false,
        };
        if candidate.mixed || !are_parts || are_duplicates || !candidate.is_open(open) {
            continue;
        }
        candidate.take(open);
        let (code, finding) = if over {
            (
                BreakCode::OverAllocated,
                "the parts come to more than the whole",
            )
        } else {
            (BreakCode::SplitIncomplete, "a part is missing")
        };
        findings.differing_group(code, candidate.ledger, candidate.records, finding)?;
    }
    Ok(())
}

/// Rows of one currency that may be a group.
struct Candidate {
    currency: Currency,
    ledger: Vec<RowIndex>,
    records: Vec<RowIndex>,
    /// Whether both directions are in it.
    mixed: bool,
}

/// What may be a group among the open rows: of each currency the credits, the
/// debits, and both where there are both.
fn candidates(findings: &Findings<'_>, pass: &Pass, open: &Crowd) -> Vec<Candidate> {
    let Some(group) = pass.group.as_ref().filter(|group| group.by == GroupBy::Key) else {
        return Vec::new();
    };
    if open.ledger.len() + open.records.len() < 3
        || open.ledger.is_empty()
        || open.records.is_empty()
    {
        return Vec::new();
    }
    let of_side =
        |book: &Book, rows: &[RowIndex], currency: Currency, direction: Option<Direction>| {
            let fits = |row: &RowIndex| {
                let facts = book.facts(*row);
                facts.currency == currency
                    && direction.is_none_or(|direction| facts.direction == direction)
                    && moved(findings.rules.standing(facts.status))
            };
            rows.iter().copied().filter(fits).collect::<Vec<_>>()
        };
    let ledger_currency = |row: &RowIndex| findings.ledger.facts(*row).currency;
    let currencies: BTreeSet<Currency> = open.ledger.iter().map(ledger_currency).collect();
    let directions = [Some(Direction::Credit), Some(Direction::Debit), None];
    let mut found = Vec::new();
    for currency in currencies {
        for direction in directions {
            let candidate = Candidate {
                currency,
                ledger: of_side(findings.ledger, &open.ledger, currency, direction),
                records: of_side(findings.records, &open.records, currency, direction),
                mixed: direction.is_none(),
            };
            if candidate.has_form(findings, group.sides, group.most) {
                found.push(candidate);
            }
        }
    }
    found
}

impl Candidate {
    /// Whether as many rows are on each side as the rule allows, and their
    /// kinds agree where both directions are not mixed anyway.
    fn has_form(&self, findings: &Findings<'_>, sides: Sides, most: usize) -> bool {
        let (ledger, records) = (self.ledger.len(), self.records.len());
        let allowed = match sides {
            Sides::OneToMany => ledger == 1,
            Sides::ManyToOne => records == 1,
            Sides::ManyToMany => true,
        };
        let kinds = |book: &Book, rows: &[RowIndex]| {
            let kinds: Vec<_> = rows
                .iter()
                .filter_map(|row| book.facts(*row).kind)
                .collect();
            kinds
        };
        let mut all = kinds(findings.ledger, &self.ledger);
        all.extend(kinds(findings.records, &self.records));
        let one_kind = all.windows(2).all(|pair| pair.first() == pair.last());
        ledger > 0
            && records > 0
            && ledger + records > 2
            && ledger.max(records) <= most
            && allowed
            && if self.mixed {
                self.nets_out(findings)
            } else {
                one_kind
            }
    }

    /// Whether rows of one direction are set against those of the other. One row
    /// of each on both sides are two pairs: when they differ by the same amount,
    /// these are two mistakes, and no group.
    fn nets_out(&self, findings: &Findings<'_>) -> bool {
        let count = |book: &Book, rows: &[RowIndex], direction: Direction| {
            let rows = rows.iter().map(|row| book.facts(*row).direction);
            rows.filter(|said| *said == direction).count()
        };
        let [credits, debits] = [Direction::Credit, Direction::Debit].map(|direction| {
            (
                count(findings.ledger, &self.ledger, direction),
                count(findings.records, &self.records, direction),
            )
        });
        credits != (0, 0) && debits != (0, 0) && (credits, debits) != ((1, 1), (1, 1))
    }

    fn is_open(&self, open: &Crowd) -> bool {
        let all = |rows: &[RowIndex], open: &[RowIndex]| rows.iter().all(|row| open.contains(row));
        all(&self.ledger, &open.ledger) && all(&self.records, &open.records)
    }

    /// Takes its rows off the open ones.
    fn take(&self, open: &mut Crowd) {
        take(&mut open.ledger, self.ledger.iter().copied());
        take(&mut open.records, self.records.iter().copied());
    }

    /// Whether the sides add up to the same, or nearly.
    fn ties(
        &self,
        findings: &Findings<'_>,
        pass: &Pass,
        reach: Reach,
    ) -> Result<bool, EngineError> {
        let (ledger, records) = findings.compared_sums(pass, &self.ledger, &self.records)?;
        let Some(gap) = exact_difference(ledger, records) else {
            return Ok(false);
        };
        Ok(match reach {
            Reach::Equal => gap.is_zero(),
            Reach::Tolerance | Reach::Any => {
                let tolerance = findings.rules.tolerance_of(pass).of(self.currency);
                tolerance.allows(ledger.abs(), gap.abs())
            }
        })
    }

    /// Whether every day of one side lies near enough to every day of the other.
    fn is_timely(&self, findings: &Findings<'_>, pass: &Pass) -> bool {
        self.belated(findings, pass).is_none()
    }

    /// Which two rows lie furthest apart, and further than they may, in words.
    fn belated(&self, findings: &Findings<'_>, pass: &Pass) -> Option<String> {
        let (days, calendar) = (pass.days?, &findings.rules.calendar);
        let (ledger, records) = (findings.ledger, findings.records);
        let ends = |book: &Book, rows: &[RowIndex]| {
            let day = |row: &RowIndex| (book.facts(*row).date, *row);
            let (first, last) = (rows.iter().map(day), rows.iter().map(day));
            let by_day = |a: &(Date, RowIndex), b: &(Date, RowIndex)| {
                a.0.cmp(&b.0).then_with(|| book.compare(a.1, b.1))
            };
            Some([first.min_by(by_day)?, last.max_by(by_day)?])
        };
        let [first_booked, last_booked] = ends(ledger, &self.ledger)?;
        let [first_listed, last_listed] = ends(records, &self.records)?;
        let pairs = [(first_booked, last_listed), (last_booked, first_listed)];
        let too_far = |((booked, _), (listed, _)): &((Date, _), (Date, _))| {
            !days.holds(calendar, *booked, *listed)
        };
        let apart = |((booked, _), (listed, _)): &((Date, _), (Date, _))| {
            days.lag(calendar, *booked, *listed).abs()
        };
        let furthest = pairs.into_iter().filter(too_far).max_by_key(apart)?;
        let ((booked, row), (listed, record)) = furthest;
        Some(explain::belated(
            (ledger.id(row), booked),
            (records.id(record), listed),
            days,
            calendar,
        ))
    }
}
