//! Filing rows as matched, broken or excluded.

mod alone;
mod outcome;

use std::sync::Arc;

use jiff::civil::Date;
use reconcile_core::{Currency, Direction, Sum};
use rust_decimal::Decimal;

use crate::{
    Basis, Book, Break, BreakCode, Context, EngineError, Excluded, Exclusion, Fees, Matches, Row,
    RowIndex, Rule, Rules, Side,
    book::Facts,
    doubts::{Doubt, Doubts},
    explain::{self, Charges, Pile},
    join::Crowd,
    matches::{Couple, Group},
    nearest::Pair,
    nets,
    parts::Settled,
    rules::{Pass, Standing},
    sum::exact_difference,
};

/// What has been found so far.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    pub(crate) ledger: &'a Book,
    pub(crate) records: &'a Book,
    pub(crate) rules: &'a Rules,
    /// The rows that the books count and do not hold.
    /// The fees of the rules, with those that were inferred.
    fees: Fees,
    context: &'a Context,
    /// The place of the pass that is run, and its name; where all have been
    /// run, the first one's.
    pass: (u8, Arc<str>),
    matches: Matches,
    breaks: Vec<Break>,
    excluded: Vec<Excluded>,
    notes: Vec<String>,
    doubts: Doubts,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(
        ledger: &'a Book,
        records: &'a Book,
        rules: &'a Rules,
        context: &'a Context,
    ) -> Self {
        let (fees, notes) = nets::infer(ledger, records, rules);
        let names: Vec<Arc<str>> = rules.passes.iter().map(|pass| pass.name.clone()).collect();
        let couples = ledger.len().min(records.len());
        Self {
            ledger,
            records,
            rules,
            fees,
            context,
            pass: (0, names.first().cloned().unwrap_or_else(|| "".into())),
            matches: Matches::with_capacity(names, couples),
            breaks: Vec::new(),
            excluded: Vec::new(),
            notes,
            doubts: Doubts::default(),
        }
    }

    /// Counts pairs of the first pass that agree in everything and were settled
    /// apart.
    pub(crate) fn count_settled(&mut self, settled: &Settled) {
        self.matches.count_apart(settled.pairs());
    }

    /// Notes what the reader must know.
    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Notes what a row that the pass leaves open may be for all that it knows.
    pub(crate) fn doubt(&mut self, side: Side, row: RowIndex, doubt: Doubt) {
        self.doubts.add(side, row, doubt, &self.pass.1);
    }

    /// Files what is found from now on under the pass at this place.
    pub(crate) fn begin(&mut self, place: u8, pass: &Pass) {
        self.pass = (place, pass.name.clone());
    }

    pub(crate) fn book(&self, side: Side) -> &'a Book {
        match side {
            Side::Ledger => self.ledger,
            Side::Records => self.records,
        }
    }

    /// The amount that a pass compares.
    pub(crate) fn compared(&self, pass: &Pass, side: Side, row: RowIndex) -> Decimal {
        let book = self.book(side);
        if pass.net {
            nets::net(&self.fees, side, &book.row(row))
        } else {
            book.facts(row).amount
        }
    }

    /// The amount that a pass would compare if the money had moved the other way:
    /// a fee goes off what comes in, and on top of what goes out.
    pub(crate) fn compared_turned(&self, pass: &Pass, side: Side, row: RowIndex) -> Decimal {
        let row = self.book(side).row(row);
        if !pass.net {
            return row.amount;
        }
        let direction = match row.direction {
            Direction::Debit => Direction::Credit,
            _ => Direction::Debit,
        };
        nets::net(&self.fees, side, &Row { direction, ..row })
    }

    /// What of a row that moved money counts in the sums that a pass compares,
    /// credits `+`.
    pub(crate) fn compared_signed(&self, pass: &Pass, side: Side, row: RowIndex) -> Decimal {
        let amount = self.compared(pass, side, row);
        let facts = self.book(side).facts(row);
        Facts { amount, ..facts }.signed()
    }

    /// How a pair agrees whose compared amounts are equal, or nearly.
    pub(crate) fn agreement(&self, pass: &Pass, pair: &Pair) -> Rule {
        let amounts = (
            self.ledger.facts(pair.ledger).amount,
            self.records.facts(pair.record).amount,
        );
        let compared = (
            self.compared(pass, Side::Ledger, pair.ledger),
            self.compared(pass, Side::Records, pair.record),
        );
        if compared.0 != compared.1 {
            Rule::Tolerance
        } else if amounts.0 != amounts.1 {
            Rule::Net
        } else {
            Rule::Exact
        }
    }

    /// Files a pair that agrees.
    pub(crate) fn matched(&mut self, pair: Pair, rule: Rule) -> Result<(), EngineError> {
        let difference = if rule.may_differ() {
            let (ledger, record) = (
                self.ledger.facts(pair.ledger),
                self.records.facts(pair.record),
            );
            difference(ledger.currency, ledger.signed(), record.signed())?
        } else {
            Decimal::ZERO
        };
        let couple = Couple {
            ledger: pair.ledger,
            record: pair.record,
            rule,
            pass: self.pass.0,
            ambiguous: pair.ambiguous,
        };
        self.matches.push(couple, difference);
        Ok(())
    }

    /// Files several rows whose sums agree; both sides have rows, of one
    /// currency.
    pub(crate) fn matched_group(
        &mut self,
        ledger: Vec<RowIndex>,
        records: Vec<RowIndex>,
    ) -> Result<(), EngineError> {
        let (expected, actual) = self.sums(&ledger, &records)?;
        let Some(currency) = ledger.first().map(|row| self.ledger.facts(*row).currency) else {
            return Ok(());
        };
        self.matches.push_group(Group {
            ledger: self.sorted(Side::Ledger, ledger),
            records: self.sorted(Side::Records, records),
            rule: Rule::Group,
            pass: self.pass.0,
            difference: difference(currency, expected, actual)?,
        });
        Ok(())
    }

    /// Files several rows of one currency that belong together and differ, or
    /// of which nobody can tell which belong together.
    pub(crate) fn differing_group(
        &mut self,
        code: BreakCode,
        ledger: Vec<RowIndex>,
        records: Vec<RowIndex>,
        finding: &str,
    ) -> Result<(), EngineError> {
        let (expected, actual) = self.sums(&ledger, &records)?;
        let (booked, listed) = self.piles(code, (&ledger, expected), (&records, actual))?;
        let (ledger, records) = (
            self.sorted(Side::Ledger, ledger),
            self.sorted(Side::Records, records),
        );
        let first = ledger.first().map(|row| self.ledger.row(*row));
        let Some(first) = first.or_else(|| records.first().map(|row| self.records.row(*row)))
        else {
            return Ok(());
        };
        let difference = difference(first.currency, expected, actual)?;
        let (code, explanation) = explain::group(
            code,
            first.currency,
            (&booked, &listed),
            difference,
            finding,
        );
        self.breaks.push(Break {
            expected: Some(expected),
            actual: Some(actual),
            difference: Some(difference),
            explanation,
            ..self.open_break(code, &first)
        });
        if let Some(found) = self.breaks.last_mut() {
            (found.ledger, found.records) = (ledger, records);
        }
        Ok(())
    }

    /// What explains the difference of rows of each side, with what they moved:
    /// of a whole and its parts, what they state to be charged, or what is left
    /// after that, where the pass compares it.
    fn piles(
        &self,
        code: BreakCode,
        (ledger, expected): (&[RowIndex], Decimal),
        (records, actual): (&[RowIndex], Decimal),
    ) -> Result<(Pile, Pile), EngineError> {
        let pile = |rows: &[RowIndex], moved| Pile {
            rows: rows.len(),
            moved,
            ..Pile::default()
        };
        let (mut booked, mut listed) = (pile(ledger, expected), pile(records, actual));
        if matches!(code, BreakCode::SplitIncomplete | BreakCode::OverAllocated) {
            let pass = self.rules.passes.get(usize::from(self.pass.0));
            if let Some(pass) = pass.filter(|pass| pass.net) {
                let (left, right) = self.compared_sums(pass, ledger, records)?;
                (booked.after_fees, listed.after_fees) = (Some(left), Some(right));
            }
            booked.charges = Charges::of(ledger.iter().map(|row| self.ledger.row(*row)));
            listed.charges = Charges::of(records.iter().map(|row| self.records.row(*row)));
        }
        Ok((booked, listed))
    }

    /// What moved by rows of each side, which have one currency.
    fn sums(
        &self,
        ledger: &[RowIndex],
        records: &[RowIndex],
    ) -> Result<(Decimal, Decimal), EngineError> {
        let moved = |side: Side, row| self.moved(&self.book(side).facts(row));
        Ok((
            self.sum(Side::Ledger, ledger, moved)?,
            self.sum(Side::Records, records, moved)?,
        ))
    }

    /// What a pass compares of rows of each side that moved money, which have
    /// one currency.
    pub(crate) fn compared_sums(
        &self,
        pass: &Pass,
        ledger: &[RowIndex],
        records: &[RowIndex],
    ) -> Result<(Decimal, Decimal), EngineError> {
        let compared = |side, row| self.compared_signed(pass, side, row);
        Ok((
            self.sum(Side::Ledger, ledger, compared)?,
            self.sum(Side::Records, records, compared)?,
        ))
    }

    /// What rows of a side come to, which have one currency.
    fn sum(
        &self,
        side: Side,
        rows: &[RowIndex],
        amount: impl Fn(Side, RowIndex) -> Decimal,
    ) -> Result<Decimal, EngineError> {
        let Some(first) = rows.first() else {
            return Ok(Decimal::ZERO);
        };
        let inexact = EngineError::Inexact(self.book(side).facts(*first).currency);
        let sum = rows
            .iter()
            .try_fold(Sum::ZERO, |sum, row| sum.plus(amount(side, *row)).ok());
        sum.and_then(Sum::to_decimal).ok_or(inexact)
    }

    fn sorted(&self, side: Side, mut rows: Vec<RowIndex>) -> Vec<RowIndex> {
        let book = self.book(side);
        rows.sort_unstable_by(|a, b| book.compare(*a, *b));
        rows
    }

    /// Files a pair that belongs together and differs.
    pub(crate) fn differing(&mut self, pair: Pair, code: BreakCode) -> Result<(), EngineError> {
        let (ledger, record) = (self.ledger.row(pair.ledger), self.records.row(pair.record));
        let expected = self.moved(&self.ledger.facts(pair.ledger));
        let actual = self.moved(&self.records.facts(pair.record));
        let comparable = code != BreakCode::CurrencyMismatch;
        let difference = comparable
            .then(|| difference(ledger.currency, expected, actual))
            .transpose()?;
        let pass = self.rules.passes.get(usize::from(self.pass.0));
        let after_fees = |pass| {
            let (gross, row) = match self.rules.fees.ledger {
                Basis::Gross => (Side::Ledger, &ledger),
                Basis::Net => (Side::Records, &record),
            };
            explain::AfterFees {
                ledger: self.compared(pass, Side::Ledger, pair.ledger),
                record: self.compared(pass, Side::Records, pair.record),
                gross,
                scheduled: nets::scheduled(&self.rules.fees, row),
            }
        };
        let compared = explain::Compared {
            after_fees: pass.filter(|pass| pass.net).map(after_fees),
            changed: self.records.attribute(pair.record, Book::UPDATED_AT),
            days: pass
                .and_then(|pass| pass.days)
                .map(|window| (window, &self.rules.calendar)),
        };
        let (code, explanation) = explain::pair(
            code,
            (&ledger, expected),
            (&record, actual),
            difference,
            compared,
        );
        self.breaks.push(Break {
            ledger: vec![pair.ledger],
            records: vec![pair.record],
            expected: Some(expected),
            actual: comparable.then_some(actual),
            difference,
            explanation,
            ..self.open_break(code, &ledger)
        });
        Ok(())
    }

    /// Adds to what is said of the pairs whose currencies differ.
    pub(crate) fn add_to_explanations(
        &mut self,
        more: impl Fn(&Row<'_>, &Row<'_>) -> Option<String>,
    ) {
        let (ledger, records) = (self.ledger, self.records);
        let breaks = self.breaks.iter_mut();
        for found in breaks.filter(|found| found.code == BreakCode::CurrencyMismatch) {
            if let (&[row], &[record]) = (found.ledger.as_slice(), found.records.as_slice())
                && let Some(more) = more(&ledger.row(row), &records.row(record))
            {
                found.explanation.push_str(&more);
            }
        }
    }

    /// Makes breaks of the matched pairs that moved money and of which `finding`
    /// tells what is wrong beside the amounts.
    pub(crate) fn demote(
        &mut self,
        finding: impl Fn(&Row<'_>, &Row<'_>) -> Option<(BreakCode, String)>,
    ) -> Result<(), EngineError> {
        let (ledger, records) = (self.ledger, self.records);
        let told = |couple: &Couple| {
            let moved = couple.rule != Rule::SameStatus;
            let finding = || finding(&ledger.row(couple.ledger), &records.row(couple.record));
            moved.then(finding).flatten()
        };
        for couple in self.matches.take_out(|couple| told(couple).is_some()) {
            let Some((code, finding)) = told(&couple) else {
                continue;
            };
            let (row, record) = (ledger.row(couple.ledger), records.row(couple.record));
            let (expected, actual) = (row.signed(), record.signed());
            let name = self.rules.passes.get(usize::from(couple.pass));
            self.breaks.push(Break {
                ledger: vec![couple.ledger],
                records: vec![couple.record],
                expected: Some(expected),
                actual: Some(actual),
                difference: Some(difference(row.currency, expected, actual)?),
                explanation: explain::beside(&row, &record, &finding),
                rule: name.map_or_else(|| self.pass.1.clone(), |pass| pass.name.clone()),
                ..self.open_break(code, &row)
            });
        }
        Ok(())
    }

    /// The pairs that are matched and moved money, but those settled apart.
    pub(crate) fn matched_pairs(&self) -> impl Iterator<Item = (Row<'a>, Row<'a>)> {
        let (ledger, records) = (self.ledger, self.records);
        let moved = self.matches.iter();
        let moved = moved.filter(|group| group.rule != Rule::SameStatus);
        moved.filter_map(|group| match (group.ledger, group.records) {
            (&[row], &[record]) => Some((ledger.row(row), records.row(record))),
            _ => None,
        })
    }

    /// How many breaks there are.
    pub(crate) fn broken(&self) -> usize {
        self.breaks.len()
    }

    /// Takes back the breaks after the first ones, and gives their rows.
    pub(crate) fn take_back(&mut self, after: usize) -> Crowd {
        let mut rows = Crowd::default();
        for found in self.breaks.drain(after..) {
            rows.ledger.extend(found.ledger);
            rows.records.extend(found.records);
        }
        rows
    }

    pub(crate) fn exclude(&mut self, side: Side, row: RowIndex, reason: Exclusion) {
        self.excluded.push(Excluded { side, row, reason });
    }

    /// What moved by a row: nothing where its status says so.
    fn moved(&self, facts: &Facts) -> Decimal {
        match self.rules.standing(facts.status) {
            Standing::Moved => facts.signed(),
            Standing::UnderWay | Standing::Still => Decimal::ZERO,
        }
    }

    /// A break of which only the code and the place of a row are known.
    fn open_break(&self, code: BreakCode, row: &Row<'_>) -> Break {
        Break {
            code,
            severity: code.severity(),
            ledger: Vec::new(),
            records: Vec::new(),
            expected: None,
            actual: None,
            difference: None,
            currency: Some(row.currency),
            date: Some(row.date),
            age_days: age_days(row.date, self.context.as_of),
            rule: self.pass.1.clone(),
            explanation: String::new(),
            discriminator: String::new(),
        }
    }
}

/// What lies after the day that breaks are aged to is not yet a day old.
fn age_days(date: Date, as_of: Date) -> Option<i64> {
    let span = as_of.since(date).ok()?;
    Some(i64::from(span.get_days()).max(0))
}

fn difference(
    currency: Currency,
    ledger: Decimal,
    provider: Decimal,
) -> Result<Decimal, EngineError> {
    exact_difference(ledger, provider).ok_or(EngineError::Inexact(currency))
}
