//! Passes that tie several rows to the one that is their sum.
//!
//! Sums alone prove nothing: rows of a bundle share what the rule names as
//! evidence. First come the rows that share it all together, as a payout is its
//! whole batch, however many they are; then all but one, or two. Last come some
//! of them, where they are not too many: where there is one way only, and not so
//! many rows that chance would find one, it is a match; several ways are
//! ambiguous.

mod claims;
mod pools;
mod trials;
mod wholes;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    BreakCode, EngineError, Pass, RowIndex, Side, Sides,
    bundles::{
        claims::{Claim, Tied, tied},
        pools::{BUDGET, Search},
        trials::Trial,
    },
    doubts::Doubt,
    findings::Findings,
    join::Crowd,
    search::too_long,
};

/// How often what was freed is searched again.
const ROUNDS: usize = 8;

/// Runs a pass of sums on the open rows, and takes off what it files.
pub(crate) fn run(
    findings: &mut Findings<'_>,
    pass: &Pass,
    open: &mut Crowd,
) -> Result<(), EngineError> {
    let Some(group) = &pass.group else {
        return Ok(());
    };
    let one = match group.sides {
        Sides::ManyToOne => Side::Records,
        // Several on both sides are refused where the rules are checked.
        Sides::OneToMany | Sides::ManyToMany => Side::Ledger,
    };
    if open.ledger.is_empty() || open.records.is_empty() {
        return Ok(());
    }
    let mut search = Search::of(findings, pass, group, one, open);
    if search.too_long > 0 {
        findings.note(too_long(pass, search.too_long));
    }
    for left_out in 0..=Trial::MOST_LEFT_OUT {
        let mut claims = search.claims(Trial::AllBut(left_out), &mut BUDGET.clone());
        search.weigh(&mut claims);
        if left_out == 0 {
            search.drop_contested(&mut claims);
        }
        take(&mut search, findings, open, &claims)?;
    }
    let mut budget = BUDGET;
    let mut claims = search.claims(Trial::Parts, &mut budget);
    search.weigh(&mut claims);
    for _ in 0..ROUNDS {
        if !take(&mut search, findings, open, &claims)? {
            break;
        }
        claims = search.claims(Trial::Parts, &mut budget);
        search.weigh(&mut claims);
    }
    for part in tied(&claims) {
        file_ambiguous(&search, findings, open, part)?;
    }
    tell_of_doubts(&search, findings, &claims);
    Ok(())
}

/// Matches the targets that are sure of rows that no other is as sure of;
/// whether there were any.
fn take(
    search: &mut Search<'_>,
    findings: &mut Findings<'_>,
    open: &mut Crowd,
    claims: &[Claim],
) -> Result<bool, EngineError> {
    let mut claimed: BTreeMap<RowIndex, usize> = BTreeMap::new();
    let sure = claims.iter().filter(|claim| claim.is_sure());
    for row in sure.clone().flat_map(|claim| &claim.rows) {
        *claimed.entry(*row).or_default() += 1;
    }
    let mut any = false;
    for claim in sure {
        if claim.rows.iter().any(|row| claimed.get(row) != Some(&1)) {
            continue;
        }
        search.close(claim);
        let (ledger, records) = search.in_order([claim.target], claim.rows.iter().copied());
        open.remove(Crowd {
            ledger: ledger.clone(),
            records: records.clone(),
        });
        findings.matched_group(ledger, records)?;
        any = true;
    }
    Ok(any)
}

/// Files what nobody can decide, with the rows that come into question where a
/// person can read them all. Where they cannot, they are left to the passes that
/// follow: each of them is filed as what it is.
fn file_ambiguous(
    search: &Search<'_>,
    findings: &mut Findings<'_>,
    open: &mut Crowd,
    part: Tied<'_>,
) -> Result<(), EngineError> {
    let together = if part.is_legible() {
        vec![part]
    } else {
        let (_, many) = search.sides();
        for row in &part.rows {
            findings.doubt(many, *row, Doubt::Part);
        }
        part.apart()
    };
    for part in together {
        let finding = part.finding();
        let targets = part.claims.iter().map(|claim| claim.target);
        let (ledger, records) = search.in_order(targets, part.rows);
        open.remove(Crowd {
            ledger: ledger.clone(),
            records: records.clone(),
        });
        findings.differing_group(BreakCode::Ambiguous, ledger, records, &finding)?;
    }
    Ok(())
}

/// Says which rows stay open though some sum may account for them.
fn tell_of_doubts(search: &Search<'_>, findings: &mut Findings<'_>, claims: &[Claim]) {
    let given_up: BTreeSet<RowIndex> = claims
        .iter()
        .filter(|claim| claim.is_given_up())
        .filter_map(|claim| search.target_row(claim.target))
        .collect();
    let (one, many) = search.sides();
    for row in &search.doubtful {
        findings.doubt(many, *row, Doubt::Part);
    }
    for claim in claims.iter().filter(|claim| claim.is_coincidence()) {
        if let Some(row) = search.target_row(claim.target) {
            findings.doubt(one, row, Doubt::Chance);
        }
    }
    for row in &given_up {
        findings.doubt(one, *row, Doubt::Sum);
    }
    if !given_up.is_empty() {
        findings.note(format!(
            "pass {}: the search for rows that add up gave up on {} and matched none to {}: too \
             many rows share the evidence, or too much work",
            search.pass.name,
            match given_up.len() {
                1 => "one row".to_owned(),
                rows => format!("{rows} rows"),
            },
            if given_up.len() == 1 { "it" } else { "them" },
        ));
    }
}
