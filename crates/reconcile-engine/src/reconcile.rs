//! Matching a ledger with a provider's records.

use jiff::civil::Date;

use crate::{
    Book, EngineError, Outcome, Rule, Rules,
    book::Facts,
    crowd,
    findings::Findings,
    join::{self, Crowd, Joined},
    nearest::Pair,
    rules::Standing,
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

/// Matches a ledger with a provider's records, and files what does not match.
///
/// Rows belong together by their reference; kind, direction, currency and
/// amount decide what they are to each other. The outcome depends on the
/// content of the rows only, never on their order.
///
/// What a status says decides what moved: a ledger row without one counts as
/// booked, one that says `failed` books nothing. A row that moved nothing and
/// that the other side does not claim is excluded, with its status.
///
/// Errors when the rules make no sense, or sums or differences do not fit an exact decimal.
pub fn reconcile(
    ledger: &Book,
    records: &Book,
    rules: &Rules,
    context: &Context,
) -> Result<Outcome, EngineError> {
    rules.check().map_err(EngineError::Rules)?;
    file(
        join::by_reference(ledger, records),
        ledger,
        records,
        rules,
        context,
    )
}

/// Files everything that was joined.
fn file(
    joined: Joined,
    ledger: &Book,
    records: &Book,
    rules: &Rules,
    context: &Context,
) -> Result<Outcome, EngineError> {
    let mut findings = Findings::new(ledger, records, rules, context);
    for (row, record) in joined.couples {
        if ledger.reference(row) != records.reference(record) {
            // Only the hashes of the two references are equal.
            findings.ledger_alone(row);
            findings.record_alone(record);
        } else if agree(&ledger.facts(row), &records.facts(record), rules) {
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
            crowd::settle(&mut findings, crowd)?;
        }
    }
    for crowd in joined.crowds {
        crowd::settle(&mut findings, crowd)?;
    }
    for row in joined.ledger {
        findings.ledger_alone(row);
    }
    for row in joined.records {
        findings.record_alone(row);
    }
    findings.into_outcome()
}

/// Whether the only two rows of a reference agree in everything: nearly all
/// do, and need no further look.
fn agree(ledger: &Facts, record: &Facts, rules: &Rules) -> bool {
    let kinds = ledger.kind.zip(record.kind);
    ledger.amount == record.amount
        && ledger.currency == record.currency
        && ledger.direction == record.direction
        && kinds.is_none_or(|(ledger, record)| ledger == record)
        && rules.standing(ledger.status) == Standing::Moved
        && rules.standing(record.status) == Standing::Moved
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
            let collided = join::by_hash(ledger, records, |_| 0);
            let collided = file(collided, ledger, records, &rules, &context).unwrap();
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
