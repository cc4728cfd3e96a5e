//! Whether bodies are in canonical form, and bear out what was replaced in them.

use super::{Findings, Subject};
use crate::{
    fixture::{Fixture, Origin},
    json::{self, Node, Value},
};

pub(super) fn look(subject: &Subject, findings: &mut Findings<'_>) {
    for fixture in &subject.fixtures {
        match json::read(&fixture.body) {
            Ok(node) => {
                look_at_form(fixture, &node, findings);
                look_at_pseudonyms(fixture, &node, findings);
            }
            Err(error) => findings.find(&fixture.path, error.to_string()),
        }
    }
}

fn look_at_form(fixture: &Fixture, node: &Node<'_>, findings: &mut Findings<'_>) {
    let canonical = json::write(node);
    if let Some(line) = first_difference(&fixture.body, canonical.as_bytes()) {
        findings.find(
            &fixture.path,
            format!("line {line} is not in canonical form; `cargo xtask fixtures format` mends it"),
        );
    }
}

/// A count of replacements that the body does not bear out was made up, or the
/// body was changed since.
fn look_at_pseudonyms(fixture: &Fixture, node: &Node<'_>, findings: &mut Findings<'_>) {
    let provenance = &fixture.sidecar.provenance;
    for (class, is_pseudonym) in PSEUDONYMS {
        let found = count_texts(node, is_pseudonym);
        let told = provenance
            .redactions
            .get(class)
            .copied()
            .unwrap_or_default();
        let fits = match provenance.kind {
            Origin::Documented => told == found,
            // What is asked of a simulator, or made up, may hold pseudonyms already.
            Origin::Recorded | Origin::Synthetic => told <= found,
        };
        if !fits {
            findings.find(
                &fixture.sidecar_path(),
                format!("`redactions` counts {told} of class `{class}`, the body has {found}"),
            );
        }
    }
}

type IsPseudonym = fn(&str) -> bool;

/// The classes whose pseudonyms can be told from anything else.
const PSEUDONYMS: [(&str, IsPseudonym); 3] = [
    ("email", |text| numbered(text, "user", "@example.com")),
    ("phone", |text| numbered(text, "+999", "")),
    ("person", |text| numbered(text, "Person ", "")),
];

fn numbered(text: &str, before: &str, after: &str) -> bool {
    text.strip_prefix(before)
        .and_then(|rest| rest.strip_suffix(after))
        .is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

fn count_texts(node: &Node<'_>, counts: IsPseudonym) -> u64 {
    let below = node
        .items()
        .iter()
        .chain(node.members().iter().map(|member| &member.node));
    let here = match &node.value {
        Value::Text(text) => u64::from(counts(&text.decode())),
        _ => 0,
    };
    here + below.map(|node| count_texts(node, counts)).sum::<u64>()
}

/// The first line, from 1, in which two texts differ.
pub(super) fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    if one == other {
        return None;
    }
    let same = one
        .iter()
        .zip(other)
        .take_while(|(one, other)| one == other)
        .filter(|(byte, _)| **byte == b'\n')
        .count();
    Some(same + 1)
}
