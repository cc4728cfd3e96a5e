//! What is known of a provider: evidence, decisions and models.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Error, Workspace, fixture,
    fixture::Body,
    lock::{Lock, Observed},
    lower,
    model::Model,
    overrides::Overrides,
    shape::Shape,
};

/// What is known of a provider.
#[derive(Debug)]
pub struct Known {
    provider: String,
    /// What people decided.
    pub overrides: Overrides,
    /// What is in the lock of shapes.
    pub lock: Lock,
    evidence: BTreeMap<String, Observed>,
    pub(super) model: Model,
    statuses: BTreeMap<String, BTreeSet<u16>>,
}

impl Known {
    /// Reads what is known of a provider.
    pub fn read(workspace: &Workspace, provider: &str) -> Result<Self, Error> {
        workspace.select(Some(provider))?;
        let path = workspace.lock(provider);
        let lock = Lock::read(workspace, &path)?.ok_or_else(|| Error::Settings {
            path: workspace.shown(&path).to_owned(),
            reason: "it is not there; `cargo xtask models` makes it".to_owned(),
        })?;
        let overrides = Overrides::read(&workspace.overrides(provider))?;
        let mut statuses: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for fixture in fixture::read_all(workspace, provider)? {
            if let (Body::Response, Some(response)) =
                (fixture.sidecar.body, &fixture.sidecar.response)
            {
                let statuses = statuses.entry(fixture.operation).or_default();
                statuses.insert(response.status);
            }
        }
        Ok(Self {
            provider: provider.to_owned(),
            model: lower::lower(&overrides, &lock)?,
            evidence: lock.evidence(),
            overrides,
            lock,
            statuses,
        })
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Whether there is a model of the root.
    #[must_use]
    pub fn has_root(&self, root: &str) -> bool {
        let mut operations = self.overrides.operations.iter();
        operations.any(|operation| operation.name == root)
    }

    /// The operations whose answers have a model.
    #[must_use]
    pub fn operations(&self) -> Vec<&str> {
        let names = self.overrides.operations.iter();
        names
            .map(|operation| operation.name.as_str())
            .filter(|name| *name != "error" && !name.ends_with(".request"))
            .collect()
    }

    pub(super) fn shape(&self, root: &str) -> Option<&Shape> {
        self.evidence.get(root).map(|observed| &observed.shape)
    }

    /// The statuses with which an operation is known to succeed.
    pub(super) fn statuses(&self, operation: &str) -> Option<&BTreeSet<u16>> {
        self.statuses.get(operation)
    }

    /// The most digits after the point in any amount.
    pub(super) fn longest_fraction(&self) -> u64 {
        let mut longest = 0;
        for observed in self.evidence.values() {
            let here = crate::place::Place::root("");
            observed.shape.walk(&here, &mut |_, shape| {
                longest = longest.max(shape.decimal.scale);
            });
        }
        longest
    }
}
