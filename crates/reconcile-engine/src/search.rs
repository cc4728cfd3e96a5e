//! Passes that search: rows find each other by amount, day and text.
//!
//! Each pair of rows that the pass admits is weighed by how rare its agreement
//! is, in bits, as whole numbers: what two rows share by chance weighs little.
//! Then the best assignment is sought. A pair that is not better than every
//! other by the margin is no match: it is ambiguous, with all its candidates.

mod assign;
mod candidates;
mod lists;
mod nodes;
mod text;

use std::{cmp::Ordering, collections::BTreeSet};

use crate::{
    BreakCode, EngineError, Pass, RowIndex, Side, findings::Findings, join::Crowd, nearest::Pair,
    rules::days_between,
};

/// Runs a search pass on the open rows, and takes off what it files.
pub(crate) fn run(
    findings: &mut Findings<'_>,
    pass: &Pass,
    open: &mut Crowd,
) -> Result<(), EngineError> {
    if open.ledger.is_empty() || open.records.is_empty() {
        return Ok(());
    }
    let field = nodes::Field::of(findings, pass, open);
    if field.too_long > 0 {
        findings.note(too_long(pass, field.too_long));
    }
    let found = candidates::find(pass, &field);
    if found.gave_up > 0 {
        findings.note(format!(
            "pass {}: {} ledger rows have too many candidates to tell them apart by amount and \
             day; the search gave up on them and matched none",
            pass.name, found.gave_up
        ));
    }
    let mut assigned = assign::assign(&field, found.edges, pass.margin);
    drop(field);
    // In the order of the ledger, since whoever files them looks into the books.
    assigned.pairs.sort_unstable();
    let mut filed = Crowd::default();
    for (ledger, record) in assigned.pairs {
        filed.ledger.push(ledger);
        filed.records.push(record);
        let pair = Pair {
            ledger,
            record,
            ambiguous: false,
        };
        let rule = findings.agreement(pass, &pair);
        findings.matched(pair, rule)?;
    }
    for tied in assigned.tied {
        filed.ledger.extend(&tied.ledger);
        filed.records.extend(&tied.records);
        let finding = finding(findings, pass, &tied);
        findings.differing_group(BreakCode::Ambiguous, tied.ledger, tied.records, &finding)?;
    }
    open.remove(filed);
    Ok(())
}

/// Why nobody can tell who of some rows belongs to whom.
fn finding(findings: &Findings<'_>, pass: &Pass, tied: &Crowd) -> String {
    let day = |side, row| findings.book(side).facts(row).date;
    if let (&[booked], &[listed]) = (tied.ledger.as_slice(), tied.records.as_slice()) {
        // Any other pair that is left to itself is matched.
        let days = days_between(day(Side::Ledger, booked), day(Side::Records, listed));
        return format!(
            "no text tells whether one booking and one record that lie {} days apart belong \
             together",
            days.abs()
        );
    }
    format!(
        "{} and {} fit each other equally well{}",
        count(tied.ledger.len(), "booking"),
        count(tied.records.len(), "record"),
        of_one_amount(findings, pass, tied).unwrap_or_default(),
    )
}

/// What is known all the same of rows of one amount that nothing contradicts: whether
/// each may have a counterpart. Daily sales of one price cannot be told apart, but they
/// can be counted.
fn of_one_amount(findings: &Findings<'_>, pass: &Pass, tied: &Crowd) -> Option<String> {
    let booked = tied.ledger.iter().map(|row| (Side::Ledger, *row));
    let all = booked.chain(tied.records.iter().map(|row| (Side::Records, *row)));
    let (mut amounts, mut kinds, mut referred) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (side, row) in all {
        let book = findings.book(side);
        amounts.insert(findings.compared_signed(pass, side, row));
        kinds.extend(book.facts(row).kind);
        referred.extend(book.reference(row).map(|_| side));
    }
    let one_side = referred.first() == referred.last();
    if amounts.len() > 1 || kinds.len() > 1 || !one_side && !pass.across_references {
        return None;
    }
    let (booked, listed) = (tied.ledger.len(), tied.records.len());
    let more = |what| count(booked.abs_diff(listed), what);
    Some(match booked.cmp(&listed) {
        Ordering::Greater => {
            format!("; all of one amount, {} more than records", more("booking"))
        }
        Ordering::Less => format!("; all of one amount, {} more than bookings", more("record")),
        Ordering::Equal if pair_in_order(findings, pass, tied) => {
            "; all of one amount, and none is left over where they are paired in the order of \
             their days: what cannot be told is only which belong together"
                .to_owned()
        }
        Ordering::Equal => {
            "; all of one amount, but however they are paired, some lie too many days apart"
                .to_owned()
        }
    })
}

/// Whether as many rows of each side lie within the days of the pass in the order of
/// their days: where they do not, they do in no other order.
fn pair_in_order(findings: &Findings<'_>, pass: &Pass, tied: &Crowd) -> bool {
    let days = |side: Side, rows: &[RowIndex]| {
        let book = findings.book(side);
        let mut days: Vec<_> = rows.iter().map(|row| book.facts(*row).date).collect();
        days.sort_unstable();
        days
    };
    let booked = days(Side::Ledger, &tied.ledger);
    let mut pairs = booked.into_iter().zip(days(Side::Records, &tied.records));
    let calendar = &findings.rules.calendar;
    pairs.all(|(booked, listed)| {
        (pass.days).is_none_or(|window| window.holds(calendar, booked, listed))
    })
}

/// What a pass could not look at, which is told and left open.
pub(crate) fn too_long(pass: &Pass, rows: usize) -> String {
    format!(
        "pass {}: {} more digits than can be compared with the finest amount; the pass left {}",
        pass.name,
        match rows {
            1 => "the amount of one row has".to_owned(),
            rows => format!("the amounts of {rows} rows have"),
        },
        if rows == 1 { "it out" } else { "them out" },
    )
}

fn count(count: usize, what: &str) -> String {
    if count == 1 {
        format!("one {what}")
    } else {
        format!("{count} {what}s")
    }
}
