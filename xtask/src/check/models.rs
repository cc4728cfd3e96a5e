//! Whether every body has a model, and every model a body.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Subject};
use crate::fixture::Fixture;

pub(super) fn look(subject: &Subject, findings: &mut Findings<'_>) {
    let Some(overrides) = &subject.overrides else {
        return;
    };
    let mut models = BTreeMap::new();
    for operation in &overrides.operations {
        if models.insert(&operation.name, &operation.model).is_some() {
            let text = format!("root `{}` has two models", operation.name);
            findings.find(&subject.decisions, text);
        }
    }
    for fixture in &subject.fixtures {
        let root = fixture.root();
        if !models.contains_key(&root) {
            let text = format!("its root `{root}` has no `[[operation]]` in overrides.toml");
            findings.find(&fixture.path, text);
        }
    }
    look_for_samples(subject, &models, findings);
}

/// A model without a sample is a guess, unless samples of another root teach it.
fn look_for_samples(
    subject: &Subject,
    models: &BTreeMap<&String, &String>,
    findings: &mut Findings<'_>,
) {
    let sampled: BTreeSet<_> = subject.fixtures.iter().map(Fixture::root).collect();
    let taught: BTreeSet<_> = models
        .iter()
        .filter(|(root, _)| sampled.contains(**root))
        .map(|(_, model)| model)
        .collect();
    for (root, model) in models {
        if sampled.contains(*root) {
            continue;
        }
        if taught.contains(model) {
            let text = format!("root `{root}` has no fixture; others teach its model `{model}`");
            findings.note(&subject.decisions, text);
        } else {
            let text = format!("root `{root}` has no fixture, nor has another its model `{model}`");
            findings.find(&subject.decisions, text);
        }
    }
}
