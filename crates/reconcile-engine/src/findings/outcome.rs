//! What was found, in its order and added up.

use std::collections::BTreeMap;

use reconcile_core::{Currency, Sum};

use super::Findings;
use crate::{
    Book, Break, Conservation, EngineError, Outcome, Side, Totals, explain, order, rules::Standing,
    sum::Sums,
};

impl Findings<'_> {
    /// Puts everything in its order and adds up.
    pub(crate) fn into_outcome(mut self) -> Result<Outcome, EngineError> {
        let (ledger, records) = (self.ledger, self.records);
        order::sort_matches(self.matches.couples_mut(), ledger, records);
        order::sort_groups(self.matches.groups_mut(), ledger, records);
        order::sort_breaks(&mut self.breaks, ledger, records);
        order::sort_excluded(&mut self.excluded, ledger, records);
        // Where amounts are compared after the fees, the difference of the stated
        // ones is nothing that another row could be.
        let nets = self.rules.passes.iter().filter(|pass| pass.net);
        let nets: Vec<_> = nets.map(|pass| pass.name.clone()).collect();
        let is_net = |found: &Break| nets.contains(&found.rule);
        let unsought = explain::relate(&mut self.breaks, &self.excluded, (ledger, records), is_net);
        let as_of = self.context.as_of;
        let attention = self.rules.attention.with_averages(ledger, records);
        for found in &mut self.breaks {
            found.severity = attention.severity(found);
            if let Some(date) = found.date.filter(|date| *date > as_of) {
                found.explanation.push_str(&explain::early(date, as_of));
            }
        }
        if unsought > 0 {
            let (breaks, lie) = match unsought {
                1 => ("break", "lies"),
                _ => ("breaks", "lie"),
            };
            self.note(format!(
                "{unsought} {breaks} {lie} among too many unmatched rows to seek sums of them"
            ));
        }
        let conservation = self.conservation()?;
        let totals = |book: &Book| {
            Ok(Totals {
                rows: book.counted(),
                amounts: book.totals()?,
            })
        };
        Ok(Outcome {
            ledger: totals(self.ledger)?,
            records: totals(self.records)?,
            conservation,
            matches: self.matches,
            breaks: self.breaks,
            excluded: self.excluded,
            notes: self.notes,
        })
    }

    /// How the two sides tie: the sides are added up from the books, what
    /// explains them from the findings.
    fn conservation(&self) -> Result<BTreeMap<Currency, Conservation>, EngineError> {
        let mut explained = Sums::default();
        for (row, difference) in self.matches.differences() {
            explained.add(self.ledger.facts(row).currency, difference)?;
        }
        for found in &self.breaks {
            if let Some((currency, difference)) = found.currency.zip(found.difference) {
                explained.add(currency, difference)?;
                continue;
            }
            for row in &found.ledger {
                let facts = self.ledger.facts(*row);
                explained.add(facts.currency, self.moved(&facts))?;
            }
            for row in &found.records {
                let facts = self.records.facts(*row);
                explained.add(facts.currency, -self.moved(&facts))?;
            }
        }
        let mut conservation: BTreeMap<Currency, Conservation> = BTreeMap::new();
        for (currency, sum) in self.taking_part(Side::Ledger)? {
            conservation.entry(currency).or_default().ledger = sum;
        }
        for (currency, sum) in self.taking_part(Side::Records)? {
            conservation.entry(currency).or_default().records = sum;
        }
        for (currency, sum) in explained.totals() {
            conservation.entry(currency).or_default().explained = sum;
        }
        Ok(conservation)
    }

    /// What moved on a side by all rows that are not excluded.
    fn taking_part(&self, side: Side) -> Result<BTreeMap<Currency, Sum>, EngineError> {
        let book = self.book(side);
        let moved = |status| self.rules.standing(status) == Standing::Moved;
        let mut sums = Sums::from(book.totals_of(moved)?);
        for excluded in self
            .excluded
            .iter()
            .filter(|excluded| excluded.side == side)
        {
            let facts = book.facts(excluded.row);
            sums.add(facts.currency, -self.moved(&facts))?;
        }
        Ok(sums.totals())
    }
}
