//! Rows of both sides that bear one reference and are not told of together: one
//! of them takes no part, or they move money in opposite directions.
//!
//! Whoever reads that a list does not have a booking looks for its reference
//! there, and would find it.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use reconcile_core::Sum;
use rust_decimal::Decimal;

use super::{leftovers::is_lone, money, shown};
use crate::{Book, Break, BreakCode, Excluded, Exclusion, Row, RowIndex, Side};

/// The rows that have no counterpart or take no part, by side and reference.
pub(super) struct Namesakes<'a> {
    ledger: &'a Book,
    records: &'a Book,
    by_reference: HashMap<(Side, &'a str), Vec<Namesake<'a>>, RandomState>,
}

#[derive(Clone, Copy)]
struct Namesake<'a> {
    row: RowIndex,
    /// Why it takes no part, where it takes none.
    reason: Option<&'a Exclusion>,
}

impl<'a> Namesakes<'a> {
    /// Those of the breaks and of the excluded rows, in their order.
    pub(super) fn of(
        breaks: &[Break],
        excluded: &'a [Excluded],
        (ledger, records): (&'a Book, &'a Book),
    ) -> Self {
        let mut namesakes = Self {
            ledger,
            records,
            by_reference: HashMap::default(),
        };
        let mut told: HashSet<&str, RandomState> = HashSet::default();
        for found in breaks.iter().filter(|found| is_told(found)) {
            for (side, rows) in [
                (Side::Ledger, &found.ledger),
                (Side::Records, &found.records),
            ] {
                for &row in rows {
                    told.extend(namesakes.reference(side, row));
                    if is_lone(found) {
                        namesakes.add(side, Namesake { row, reason: None });
                    }
                }
            }
        }
        for Excluded { side, row, reason } in excluded {
            let reference = namesakes.reference(*side, *row);
            if reference.is_some_and(|reference| told.contains(reference)) {
                let (row, reason) = (*row, Some(reason));
                namesakes.add(*side, Namesake { row, reason });
            }
        }
        namesakes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_reference.is_empty()
    }

    /// The first row of the other side that bears the reference of a row without
    /// a counterpart, with how many do.
    pub(super) fn of_row(&self, side: Side, row: &Row<'_>) -> Option<String> {
        let other = match side {
            Side::Ledger => Side::Records,
            Side::Records => Side::Ledger,
        };
        let namesakes = self.by_reference.get(&(other, row.reference?))?;
        let first = namesakes.first()?;
        let row = self.row(other, first.row);
        let mut text = format!(
            "{} has the same reference, {} on {}",
            row.id,
            money(row.signed(), row.currency),
            row.date
        );
        if let Some(reason) = first.reason {
            text.push_str(&takes_no_part(reason));
        }
        let others = match namesakes.len() - 1 {
            0 => String::new(),
            1 => "; so has one other row".to_owned(),
            count => format!("; so have {count} other rows"),
        };
        Some(text + &others)
    }

    /// The rows under the same reference that take no part and whose sum closes a
    /// difference: all those of the records, else of the ledger.
    pub(super) fn of_difference(
        &self,
        found: &Break,
        ledger: &Row<'_>,
        record: &Row<'_>,
    ) -> Option<String> {
        let difference = found.difference?;
        let sides = [
            (Side::Records, record, difference),
            (Side::Ledger, ledger, -difference),
        ];
        sides
            .into_iter()
            .find_map(|(side, row, target)| self.left_out(side, row, target))
    }

    fn left_out(&self, side: Side, like: &Row<'_>, target: Decimal) -> Option<String> {
        let namesakes = self.by_reference.get(&(side, like.reference?))?;
        let reason = namesakes.first()?.reason?;
        let mut sum = Sum::ZERO;
        let mut parts = Vec::new();
        for namesake in namesakes {
            let row = self.row(side, namesake.row);
            if row.currency != like.currency || namesake.reason != Some(reason) {
                return None;
            }
            sum = sum.plus(row.signed()).ok()?;
            parts.push(format!("{} {}", row.id, shown(row.signed(), row.currency)));
        }
        (sum.to_decimal() == Some(target)).then(|| {
            let parts = parts.join(" + ");
            format!("{parts} under the same reference{}", takes_no_part(reason))
        })
    }

    fn add(&mut self, side: Side, namesake: Namesake<'a>) {
        if let Some(reference) = self.reference(side, namesake.row) {
            let all = self.by_reference.entry((side, reference));
            all.or_default().push(namesake);
        }
    }

    fn reference(&self, side: Side, row: RowIndex) -> Option<&'a str> {
        self.row(side, row).reference
    }

    fn row(&self, side: Side, row: RowIndex) -> Row<'a> {
        match side {
            Side::Ledger => self.ledger.row(row),
            Side::Records => self.records.row(row),
        }
    }
}

/// Whether rows that bear the same reference may say more of a break.
fn is_told(found: &Break) -> bool {
    use BreakCode::{AmountMismatch, OverAllocated, SplitIncomplete};
    let of_amounts = [AmountMismatch, OverAllocated, SplitIncomplete];
    is_lone(found) || of_amounts.contains(&found.code)
}

fn takes_no_part(reason: &Exclusion) -> String {
    match reason {
        Exclusion::Status(status) => format!(", whose status {status} says that nothing moved"),
        Exclusion::OutsidePeriod => ", outside the period".to_owned(),
        Exclusion::Rule(reason) => format!(", which a rule leaves out: {reason}"),
    }
}
