//! References with a slip of the pen: one sign wrong, missing, too many, or two
//! that changed places; or one without the prefix and zeros of the other.
//!
//! Where references are numbered, the next number differs by one digit, too: the
//! sale before this one may be missing on one side, and this one on the other. A
//! sign in place of one like it counts only where the amount tells the two rows
//! from all others that are left, and the day is the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;
use jiff::{ToSpan, civil::Date};
use reconcile_core::{Currency, Direction};
use rust_decimal::Decimal;

use crate::{
    BreakCode, Column, EngineError, Pass, RowIndex, Side,
    findings::Findings,
    join::Crowd,
    nearest::Pair,
    rules::{Standing, Way},
};

/// How many pairs are looked at.
const BUDGET: usize = 1 << 22;

/// How long a reference is at least in which a slip shows.
const LEAST_LENGTH: usize = 5;

/// How many digits a number has at least that shows without its prefix.
const LEAST_DIGITS: usize = 4;

/// What two rows with a slip between their references have in common, beside
/// the day, which may be the next.
type Face = (Currency, Direction, Decimal, Date);

/// Files what differs by nothing but a slip in the reference, where there is
/// only one such counterpart on either side. What two references share is no
/// match: a person must say which of them is right.
///
/// Amounts are compared as the passes by reference do: as they are stated, and
/// after the fees.
pub(crate) fn file(findings: &mut Findings<'_>, open: &mut Crowd) -> Result<(), EngineError> {
    let rules = findings.rules;
    let by_reference = (0_u8..).zip(&rules.passes).filter(|(_, pass)| {
        let mut equal = pass.equal.iter();
        pass.way() == Way::Key && equal.any(|one| one.ledger == Column::Reference)
    });
    let mut passes: Vec<_> = by_reference.collect();
    let mut seen = BTreeSet::new();
    passes.retain(|(_, pass)| seen.insert(pass.net));
    for (place, pass) in passes {
        if pass.net {
            findings.begin(place, pass);
        }
        file_as_compared(findings, pass, open)?;
    }
    if let Some(first) = rules.passes.first() {
        findings.begin(0, first);
    }
    Ok(())
}

/// The same, where amounts are equal as the pass compares them.
fn file_as_compared(
    findings: &mut Findings<'_>,
    pass: &Pass,
    open: &mut Crowd,
) -> Result<(), EngineError> {
    let face = |side: Side, row: RowIndex| -> Option<Face> {
        let book = findings.book(side);
        let facts = book.facts(row);
        let takes_part = findings.rules.standing(facts.status) == Standing::Moved
            && book
                .reference(row)
                .is_some_and(|text| text.trim().chars().count() >= LEAST_DIGITS);
        takes_part.then(|| {
            (
                facts.currency,
                facts.direction,
                findings.compared(pass, side, row).normalize(),
                facts.date,
            )
        })
    };
    let mut records: HashMap<Face, Vec<RowIndex>, RandomState> = HashMap::default();
    for &row in &open.records {
        if let Some(face) = face(Side::Records, row) {
            records.entry(face).or_default().push(row);
        }
    }
    let mut pairs = Vec::new();
    let mut looked = 0;
    for &row in &open.ledger {
        let Some((currency, direction, amount, date)) = face(Side::Ledger, row) else {
            continue;
        };
        for days in -1..=1 {
            let near = date.checked_add(days.days()).ok();
            let same = near.and_then(|near| records.get(&(currency, direction, amount, near)));
            for &record in same.into_iter().flatten() {
                looked += 1;
                if is_slip(findings, row, record) {
                    pairs.push((row, record));
                }
            }
            if looked > BUDGET {
                findings.note(
                    "too many rows without a counterpart have the same amount and day to look \
                     for slips in their references; none was looked for"
                        .to_owned(),
                );
                return Ok(());
            }
        }
    }
    let mut times = (BTreeMap::new(), BTreeMap::new());
    for (row, record) in &pairs {
        *times.0.entry(*row).or_insert(0) += 1;
        *times.1.entry(*record).or_insert(0) += 1;
    }
    pairs.retain(|(row, record)| times.0.get(row) == Some(&1) && times.1.get(record) == Some(&1));
    drop_next_numbers(findings, pass, open, &mut pairs);
    for &(ledger, record) in &pairs {
        let pair = Pair {
            ledger,
            record,
            ambiguous: false,
        };
        findings.differing(pair, BreakCode::ReferenceMismatch)?;
    }
    let (ledger, records) = pairs.into_iter().unzip();
    open.remove(Crowd { ledger, records });
    Ok(())
}

/// Drops the pairs whose references may be two numbers of one sequence: those of
/// two days, or of an amount that other open rows have, too.
fn drop_next_numbers(
    findings: &Findings<'_>,
    pass: &Pass,
    open: &Crowd,
    pairs: &mut Vec<(RowIndex, RowIndex)>,
) {
    let (ledger, records) = (findings.ledger, findings.records);
    let paid = |side: Side, row: RowIndex| {
        let facts = findings.book(side).facts(row);
        let amount = findings.compared(pass, side, row).normalize();
        (facts.currency, facts.direction, amount)
    };
    // How many open rows of each side have an amount.
    let mut counts: HashMap<_, (usize, usize), RandomState> = HashMap::default();
    for row in &open.ledger {
        counts.entry(paid(Side::Ledger, *row)).or_default().0 += 1;
    }
    for row in &open.records {
        counts.entry(paid(Side::Records, *row)).or_default().1 += 1;
    }
    pairs.retain(|(row, record)| {
        let same_day = ledger.facts(*row).date == records.facts(*record).date;
        let alone = counts.get(&paid(Side::Ledger, *row)) == Some(&(1, 1));
        same_day && alone || !may_be_next(findings, *row, *record)
    });
}

/// Whether the references of two rows may be two numbers of one sequence.
fn may_be_next(findings: &Findings<'_>, row: RowIndex, record: RowIndex) -> bool {
    let references = findings
        .ledger
        .reference(row)
        .zip(findings.records.reference(record));
    references.is_some_and(|(left, right)| {
        let (left, right) = (left.trim(), right.trim());
        differ_by_one_like_sign(left, right) || differ_by_a_prefix(left, right)
    })
}

/// Whether one digit stands for another, or one letter for another.
fn differ_by_one_like_sign(left: &str, right: &str) -> bool {
    if left.chars().count() != right.chars().count() {
        return false;
    }
    let signs = left.chars().zip(right.chars());
    let mut differing = signs.filter(|(left, right)| left != right);
    let alike = |(left, right): (char, char)| {
        left.is_numeric() && right.is_numeric() || left.is_alphabetic() && right.is_alphabetic()
    };
    differing.next().is_some_and(alike) && differing.next().is_none()
}

/// Whether two rows of kinds that agree have references with a slip between them.
fn is_slip(findings: &Findings<'_>, row: RowIndex, record: RowIndex) -> bool {
    let kinds = (
        findings.ledger.facts(row).kind,
        findings.records.facts(record).kind,
    );
    let references = (
        findings.ledger.reference(row),
        findings.records.reference(record),
    );
    let (Some(left), Some(right)) = references else {
        return false;
    };
    kinds
        .0
        .zip(kinds.1)
        .is_none_or(|(left, right)| left == right)
        && (are_a_slip_apart(left.trim(), right.trim())
            || differ_by_a_prefix(left.trim(), right.trim()))
}

/// Whether one is the number that the other has behind a prefix, such as 8841 and
/// ORD-0008841.
pub(crate) fn differ_by_a_prefix(left: &str, right: &str) -> bool {
    let (longer, shorter) = if left.len() < right.len() {
        (right, left)
    } else {
        (left, right)
    };
    let number = shorter.trim_start_matches('0');
    let is_number = number.len() >= LEAST_DIGITS && number.bytes().all(|one| one.is_ascii_digit());
    let prefix = longer
        .strip_suffix(number)
        .map(|front| front.trim_end_matches('0'));
    is_number && left != right && prefix.is_some_and(|front| !front.ends_with(char::is_numeric))
}

/// Whether one sign is wrong, missing or too many, or two neighbours changed
/// places.
fn are_a_slip_apart(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().min(right.len()) < LEAST_LENGTH {
        return false;
    }
    let front = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let (left, right) = (left.split_at(front).1, right.split_at(front).1);
    let ends = left.iter().rev().zip(right.iter().rev());
    let back = ends.take_while(|(a, b)| a == b).count();
    match (
        left.split_at(left.len() - back).0,
        right.split_at(right.len() - back).0,
    ) {
        ([_], [_] | []) | ([], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_one_sign_or_two_that_changed_places() {
        for slip in [
            "ORD-1243",
            "ORD-123",
            "ORD-12344",
            "ORD-1235",
            "RD-1234",
            "ROD-1234",
        ] {
            assert!(are_a_slip_apart("ORD-1234", slip), "{slip}");
        }
        for other in ["ORD-1234", "ORD-4321", "ORD-12", "ORD-1256", "ÑRD-123"] {
            assert!(!are_a_slip_apart("ORD-1234", other), "{other}");
        }
        assert!(are_a_slip_apart("AAAAAA", "AAAAA"));
        assert!(!are_a_slip_apart("AAAA", "AAA"), "too short to tell");
    }

    #[test]
    fn a_number_is_told_from_one_with_digits_in_front_of_it() {
        for alike in ["ORD-8841", "ORD-0008841", "INV/2026/8841", "008841"] {
            assert!(differ_by_a_prefix("8841", alike), "{alike}");
            assert!(differ_by_a_prefix(alike, "08841"), "{alike}");
        }
        for other in ["8841", "18841", "ORD-18841", "ORD-108841", "ORD-8842"] {
            assert!(!differ_by_a_prefix("8841", other), "{other}");
        }
        assert!(!differ_by_a_prefix("841", "ORD-841"), "too short to tell");
    }
}
