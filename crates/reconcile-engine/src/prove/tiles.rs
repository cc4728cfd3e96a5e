//! Periods that follow each other.

use std::{cmp::Ordering, collections::BTreeMap};

use jiff::{SignedDuration, Timestamp};
use reconcile_core::{Currency, Identity, Statement, Window};
use rust_decimal::Decimal;

use super::{Proof, ProofVerdict, Series};

/// The periods of an account touch: no second is between them, nor in both. A
/// whole and its parts have one period, and so has a statement that is given
/// twice.
pub(super) fn prove(identity: &Identity, series: &[Series<'_>]) -> Vec<Proof> {
    let accounts = by_account(series);
    let named = accounts.keys().any(|(account, ..)| account.is_some());
    let mut proofs = Vec::new();
    for ((account, ..), periods) in &accounts {
        if named && account.is_none() {
            let nameless = periods.values().map(|statement| {
                let note = "the statement does not say which account it is about";
                proof(identity, statement).with(ProofVerdict::NotTestable, note)
            });
            proofs.extend(nameless);
            continue;
        }
        let mut before: Option<&Statement> = None;
        for statement in periods.values() {
            let open = proof(identity, statement);
            proofs.push(test(before, statement, open));
            // What reaches furthest is what the next one is to follow.
            if before.is_none_or(|before| before.period.to() <= statement.period.to()) {
                before = Some(statement);
            }
        }
    }
    proofs
}

/// Account, currency and provider.
type Account<'a> = (Option<&'a str>, Currency, &'a str);

fn by_account<'a>(
    series: &[Series<'a>],
) -> BTreeMap<Account<'a>, BTreeMap<(Window, &'a str), &'a Statement>> {
    let mut accounts: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for statement in series.iter().flat_map(Series::all) {
        let account = statement.account.as_deref();
        accounts
            .entry((account, statement.currency, statement.provider.as_str()))
            .or_default()
            .entry((statement.period, statement.id.as_str()))
            .or_insert(statement);
    }
    accounts
}

fn proof(identity: &Identity, statement: &Statement) -> Proof {
    Proof {
        scope: None,
        ..Proof::about(identity, statement)
    }
}

fn test(before: Option<&Statement>, statement: &Statement, open: Proof) -> Proof {
    let Some(before) = before else {
        let note = format!("nothing is known before {}", statement.period.from());
        return open.with(ProofVerdict::NotTestable, note);
    };
    let (reached, from) = (before.period.to(), statement.period.from());
    let (between, note) = match reached.cmp(&from) {
        Ordering::Less => (
            seconds(reached, from),
            format!("{reached} to {from} is in no statement"),
        ),
        Ordering::Equal => (Decimal::ZERO, format!("follows {} at {from}", before.id)),
        Ordering::Greater => {
            let until = reached.min(statement.period.to());
            (
                -seconds(from, until),
                format!("{from} to {until} is also in {}", before.id),
            )
        }
    };
    let proof = Proof { note, ..open };
    proof.counted(true).equality(Decimal::ZERO, between)
}

/// The seconds between two instants, the later one last.
fn seconds(from: Timestamp, to: Timestamp) -> Decimal {
    let duration: SignedDuration = from.duration_until(to);
    let whole = Decimal::from(duration.as_secs());
    whole + Decimal::new(duration.subsec_nanos().into(), 9).normalize()
}
