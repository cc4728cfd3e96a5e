//! Whether the books balance in the fixtures.

use super::{Findings, Subject};
use crate::{
    fixture::Fixture,
    invariant::{self, Verdict},
    json,
    overrides::Invariant,
};

pub(super) fn look(subject: &Subject, findings: &mut Findings<'_>) {
    let Some(overrides) = &subject.overrides else {
        return;
    };
    for invariant in &overrides.invariants {
        if let Err(reason) = look_at(invariant, &subject.fixtures, findings) {
            let text = format!("invariant `{}`: {reason}", invariant.name);
            findings.find(&subject.decisions, text);
        }
    }
}

/// An error where the law is none, or is tested nowhere, so that it says nothing.
fn look_at(
    invariant: &Invariant,
    fixtures: &[Fixture],
    findings: &mut Findings<'_>,
) -> Result<(), String> {
    let law: invariant::Law = invariant.law.parse()?;
    let mut tested = false;
    let mut missing = None;
    for fixture in fixtures {
        // A malformed body is told elsewhere.
        let Ok(body) = json::read(&fixture.body) else {
            continue;
        };
        for (place, verdict) in law.verdicts(&invariant.each, &fixture.root(), &body) {
            match verdict {
                Verdict::Holds => tested = true,
                Verdict::Broken(how) => {
                    tested = true;
                    let text = format!("`{}` ({law}) is broken at {place}: {how}", invariant.name);
                    findings.find(&fixture.path, text);
                }
                Verdict::Untestable(operand) => missing = Some(operand),
            }
        }
    }
    match missing {
        _ if tested => Ok(()),
        Some(operand) => Err(format!("it is tested nowhere: no fixture has `{operand}`")),
        None => Err(format!(
            "it is tested nowhere: no fixture has a place `{}`",
            invariant.each
        )),
    }
}
